/*
 * Copyright (c) 2026 The um project
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * From statements to rules: everything a rule needs is checked here, so
 * that a file is loaded whole or not at all.
 */
#include <net/pfkeyv2.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

static struct rulelist	*rules;
static int		 options;
static unsigned int	 nrules;
static int		 warned;

void
conf_begin(int opts, struct rulelist *list)
{
	options = opts;
	rules = list;
	conf_ike_begin(opts);
}

void
conf_add(struct rule *r)
{
	r->nr = nrules++;
	r->file = stmt.file;
	r->line = stmt.line;
	TAILQ_INSERT_TAIL(rules, r, entry);
}

/* "a:b" becomes "a" and "b", or NULL if there is no colon. */
static char *
split(char *s)
{
	char *colon;

	if (s == NULL || (colon = strchr(s, ':')) == NULL)
		return (NULL);
	*colon++ = '\0';
	return (colon);
}

/* Decimal or 0x; -1 and told why, with the range as people write it. */
static int
number(const char *s, const char *what, unsigned long min, unsigned long max,
    const char *range, uint32_t *n)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(s, &end, 0);
	if (*s < '0' || *s > '9' || *end != '\0') {
		conf_error("%s \"%.40s\" is no number", what, s);
		return (-1);
	}
	if (errno == ERANGE || v < min || v > max) {
		conf_error("%s %.40s is out of range: %s", what, s, range);
		return (-1);
	}
	*n = v;
	return (0);
}

void
conf_proto(const struct draft *d, struct rule *r)
{
	uint32_t n;
	int proto;

	if (d->proto == NULL)
		return;
	r->hasproto = 1;
	if (d->proto[0] >= '0' && d->proto[0] <= '9') {
		if (number(d->proto, "protocol", 1, 255, "1 to 255", &n) == 0)
			r->proto = n;
	} else if ((proto = proto_number(d->proto)) != -1)
		r->proto = proto;
	else
		conf_error("unknown protocol \"%.40s\": write its number",
		    d->proto);
}

in_port_t
conf_port(const char *port, const struct rule *r)
{
	struct servent *se;
	uint32_t n;

	if (port == NULL)
		return (0);
	if (r->proto != IPPROTO_TCP && r->proto != IPPROTO_UDP) {
		conf_error("port needs proto tcp or proto udp");
		return (0);
	}
	if (port[0] >= '0' && port[0] <= '9')
		return (number(port, "port", 1, 65535, "1 to 65535", &n) == 0 ?
		    htons(n) : 0);
	se = getservbyname(port, r->proto == IPPROTO_TCP ? "tcp" : "udp");
	if (se == NULL) {
		conf_error("unknown service \"%.40s\": write its number", port);
		return (0);
	}
	return (se->s_port);
}

static int
resolve(struct addrlist *al, const struct host *h)
{
	const char *why;

	if (h->nat != NULL) {
		conf_error("%.40s (%.40s): a translated source belongs behind "
		    "from in ike rules", h->name, h->nat);
		return (-1);
	}
	if ((why = addr_resolve(al, h->name)) != NULL) {
		conf_error("%s", why);
		return (-1);
	}
	return (0);
}

/* Those of a family stay, 0: of any, unless they are of a link alone. */
static void
keep_family(struct addrlist *al, int family)
{
	const struct addr *a;
	size_t i, n = 0;

	for (i = 0; i < al->al_n; i++) {
		a = &al->al_addr[i];
		if (family != 0 ? a->sa.sa_family == family :
		    a->sa.sa_family != AF_INET6 ||
		    !IN6_IS_ADDR_LINKLOCAL(&a->in6.sin6_addr))
			al->al_addr[n++] = *a;
	}
	if (n > 0)
		al->al_n = n;
}

/* The family that the other end leaves to choose; 0: it has both, or none. */
static int
family_of(const struct host *h)
{
	struct addrlist al = { NULL, 0 };
	int family = 0;
	size_t i;

	if (h == NULL || h->name == NULL || addr_resolve(&al, h->name) != NULL)
		return (0);
	keep_family(&al, 0);
	if (al.al_n > 0)
		family = al.al_addr[0].sa.sa_family;
	for (i = 1; i < al.al_n; i++)
		if (al.al_addr[i].sa.sa_family != family)
			family = 0;
	free(al.al_addr);
	return (family);
}

int
conf_onehost(const struct host *h, const struct host *other,
    const char *what, struct addr *a)
{
	struct addrlist al = { NULL, 0 };
	int rv = -1;

	if (h->name == NULL || h->next != NULL) {
		conf_error("%s: one host is needed, not %s", what,
		    h->name == NULL ? "any" : "a list");
		return (-1);
	}
	if (resolve(&al, h) == 0) {
		if (al.al_n > 1)
			keep_family(&al, 0);
		if (al.al_n > 1)
			keep_family(&al, family_of(other));
		*a = al.al_addr[0];
		if (al.al_n != 1)
			conf_error("%s: %.80s stands for %zu addresses: write "
			    "one of them", what, h->name, al.al_n);
		else if (ADDR_ISNET(a))
			conf_error("%s: %s is a network, one host is needed",
			    what, addr_str(a));
		else
			rv = 0;
	}
	free(al.al_addr);
	return (rv);
}

/*
 * Flows
 */
static void
conf_ident(const char *name, struct ident *id)
{
	struct in6_addr a6;
	struct in_addr a4;
	const char *kind;
	size_t size;

	if (name == NULL)
		return;
	if (*name == '\0') {
		conf_error("srcid, dstid: empty name");
		return;
	}
	if (inet_pton(AF_INET, name, &a4) == 1) {
		id->type = SADB_IDENTTYPE_PREFIX;
		kind = "IPV4";
	} else if (inet_pton(AF_INET6, name, &a6) == 1) {
		id->type = SADB_IDENTTYPE_PREFIX;
		kind = "IPV6";
	} else if (strchr(name, '@') != NULL) {
		id->type = SADB_IDENTTYPE_USERFQDN;
		kind = "UFQDN";
	} else {
		id->type = SADB_IDENTTYPE_FQDN;
		kind = "FQDN";
	}
	if (strlen(name) > 255) {
		conf_error("srcid, dstid: longer than 255 characters");
		return;
	}
	size = strlen(kind) + 1 + strlen(name) + 1;
	id->name = xcalloc(1, size);
	snprintf(id->name, size, "%s/%s", kind, name);
}

static struct rule *
rule_copy(const struct rule *from)
{
	struct rule *r = rule_new(from->type);

	*r = *from;
	if (from->srcid.name != NULL)
		r->srcid.name = xstrdup(from->srcid.name);
	if (from->dstid.name != NULL)
		r->dstid.name = xstrdup(from->dstid.name);
	return (r);
}

static void
flow_reverse(struct rule *r)
{
	struct addr a = r->src;
	uint16_t port = r->sport;

	r->src = r->dst;
	r->dst = a;
	r->sport = r->dport;
	r->dport = port;
	r->dir = IPSP_DIRECTION_IN;
}

/* One flow, or two, from the pattern that all pairs of hosts share. */
static void
flow_pair(const struct rule *pattern, const struct draft *d,
    const struct addr *src, const struct addr *dst)
{
	const struct addr *far = d->dir == IPSP_DIRECTION_IN ? src : dst;
	struct rule *r = rule_copy(pattern);

	r->src = *src;
	r->dst = *dst;
	r->dir = d->dir != 0 ? d->dir : IPSP_DIRECTION_OUT;
	if (d->peer == NULL && r->flowtype != SADB_X_FLOW_TYPE_BYPASS &&
	    r->flowtype != SADB_X_FLOW_TYPE_DENY) {
		if (ADDR_ISNET(far)) {
			conf_error("no peer specified for destination %s",
			    addr_str(far));
			rule_free(r);
			return;
		}
		r->peer = *far;
		r->haspeer = 1;
	}
	if (r->haslocal && r->haspeer &&
	    r->local.sa.sa_family != r->peer.sa.sa_family)
		conf_error("local %s and peer %s are of different address "
		    "families", addr_str(&r->local), addr_str(&r->peer));
	conf_add(r);
	if (d->dir == 0) {
		r = rule_copy(r);
		flow_reverse(r);
		conf_add(r);
	}
}

int
conf_partner(const struct addr *a, const struct addrlist *others)
{
	size_t i;

	for (i = 0; i < others->al_n; i++)
		if (others->al_addr[i].sa.sa_family == a->sa.sa_family)
			return (1);
	if (a->any)
		return (1);
	conf_error("%s has no counterpart of its address family", addr_str(a));
	return (0);
}

static void
flow_pairs(const struct rule *pattern, const struct draft *d,
    const struct addrlist *from, const struct addrlist *to)
{
	const struct addr *src, *dst;
	size_t i, j;

	for (i = 0; i < from->al_n; i++)
		if (!conf_partner(&from->al_addr[i], to))
			return;
	for (j = 0; j < to->al_n; j++)
		if (!conf_partner(&to->al_addr[j], from))
			return;
	for (i = 0; i < from->al_n; i++) {
		for (j = 0; j < to->al_n && !stmt.bad; j++) {
			src = &from->al_addr[i];
			dst = &to->al_addr[j];
			if (src->sa.sa_family == dst->sa.sa_family)
				flow_pair(pattern, d, src, dst);
		}
	}
}

static void
flow_end(const struct host *h, const struct host *other, const char *what,
    struct addr *a, uint8_t *has)
{
	/* "any" says that there is none. */
	if (h == NULL || (h->name == NULL && h->next == NULL))
		return;
	if (conf_onehost(h, other, what, a) == 0)
		*has = 1;
}

static void
conf_flow(const struct draft *d)
{
	struct addrlist from = { NULL, 0 }, to = { NULL, 0 };
	const struct host *h;
	struct rule *r = rule_new(RULE_FLOW);

	r->satype = d->satype;
	r->flowtype = d->flowtype;
	if (r->flowtype == 0)
		r->flowtype = d->satype == SADB_SATYPE_ESP ||
		    d->satype == SADB_SATYPE_AH ? SADB_X_FLOW_TYPE_REQUIRE :
		    SADB_X_FLOW_TYPE_USE;
	conf_proto(d, r);
	r->sport = conf_port(d->sport, r);
	r->dport = conf_port(d->dport, r);
	conf_ident(d->srcid, &r->srcid);
	conf_ident(d->dstid, &r->dstid);
	flow_end(d->local, d->peer, "local", &r->local, &r->haslocal);
	flow_end(d->peer, d->local, "peer", &r->peer, &r->haspeer);
	for (h = d->from; h != NULL && !stmt.bad; h = h->next)
		resolve(&from, h);
	for (h = d->to; h != NULL && !stmt.bad; h = h->next)
		resolve(&to, h);
	if (!stmt.bad)
		flow_pairs(r, d, &from, &to);
	rule_free(r);
	free(from.al_addr);
	free(to.al_addr);
}

/*
 * SAs
 */
static const struct alg *
sa_alg(enum algkind kind, const char *name, const char *what,
    const char *preset)
{
	const struct alg *a;

	if ((a = alg_byname(kind, name != NULL ? name : preset)) == NULL)
		conf_error("%s \"%.40s\" is unknown: %s", what, name,
		    alg_names(kind));
	return (a);
}

static void
sa_forbid(const struct draft *d, const char *word, const char *what)
{
	if (word != NULL)
		conf_error("%s has no place in %s rules", what,
		    satype_name(d->satype));
}

static void
sa_esp(const struct draft *d, struct rule *r)
{
	r->enc = sa_alg(ALG_ENC, d->enc, "enc", "aes");
	sa_forbid(d, d->comp, "comp");
	if (r->enc == NULL)
		return;
	if (r->enc->flags & ALG_NONCE && !d->testonly) {
		conf_error("%s is disallowed with static keys: after a restart "
		    "its counter starts again under the same key; use "
		    "aes-256, or say testonly in a test", r->enc->name);
		return;
	}
	r->testonly = d->testonly;
	if (!(r->enc->flags & ALG_AEAD))
		r->auth = sa_alg(ALG_AUTH, d->auth, "auth", "hmac-sha2-256");
	else if (d->auth != NULL || d->authkey != NULL)
		conf_error("%s authenticates by itself: no auth, no authkey",
		    r->enc->name);
	if (r->enc->flags & ALG_NONCE && !stmt.bad && !warned &&
	    !(options & OPT_DELETE)) {
		warned = 1;
		conf_warn("warning: %s with static keys, for tests only",
		    r->enc->name);
	}
	/* Under the name that -s sa will show. */
	r->enc = alg_byid(ALG_ENC, r->enc->id, r->enc->minkey);
}

static void
sa_transforms(const struct draft *d, struct rule *r)
{
	switch (d->satype) {
	case SADB_SATYPE_ESP:
		sa_esp(d, r);
		return;
	case SADB_SATYPE_AH:
		r->auth = sa_alg(ALG_AUTH, d->auth, "auth", "hmac-sha2-256");
		sa_forbid(d, d->comp, "comp");
		break;
	case SADB_X_SATYPE_IPCOMP:
		r->comp = sa_alg(ALG_COMP, d->comp, "comp", "deflate");
		/* FALLTHROUGH */
	case SADB_X_SATYPE_IPIP:
		sa_forbid(d, d->authkey, "authkey");
		/* FALLTHROUGH */
	default:
		if (d->satype != SADB_X_SATYPE_IPCOMP)
			sa_forbid(d, d->comp, "comp");
		sa_forbid(d, d->auth, "auth");
		break;
	}
	sa_forbid(d, d->enc, "enc");
	sa_forbid(d, d->enckey, "enckey");
	sa_forbid(d, d->testonly ? "" : NULL, "testonly");
	sa_forbid(d, d->esn && d->satype != SADB_SATYPE_AH ? "" : NULL, "esn");
}

static void
sa_keylen(const char *what, const char *name, const struct key *key,
    size_t min, size_t max)
{
	if (key->len >= min && key->len <= max)
		return;
	if (min == max)
		conf_error("%s for %s has %zu bytes, needs %zu", what, name,
		    key->len, min);
	else
		conf_error("%s for %s has %zu bytes, needs %zu to %zu", what,
		    name, key->len, min, max);
}

/* Key or keys for an algorithm: k[1] is for the reverse SA, or NULL. */
static void
sa_keys(char *text, int isfile, const char *what, const char *name,
    size_t min, size_t max, struct key *k[2])
{
	char *other = split(text);

	if (max == 0) {
		if (text != NULL)
			conf_error("%s: %s takes no key", what, name);
		return;
	}
	if (text == NULL) {
		conf_error("no %s specified: %s needs %s 0x...", what, name,
		    what);
		return;
	}
	if (other == NULL && k[1] != NULL) {
		conf_error("%s: the reverse SA needs its own: write one:other",
		    what);
		return;
	}
	if (other != NULL && k[1] == NULL) {
		conf_error("%s: a second one needs a second spi", what);
		return;
	}
	if (key_parse(text, isfile, k[0]) == 0)
		sa_keylen(what, name, k[0], min, max);
	if (other != NULL && !stmt.bad && key_parse(other, isfile, k[1]) == 0)
		sa_keylen(what, name, k[1], min, max);
}

static void
sa_allkeys(const struct draft *d, struct rule *r, struct rule *back)
{
	struct key *ka[2] = { &r->authkey, back ? &back->authkey : NULL };
	struct key *ke[2] = { &r->enckey, back ? &back->enckey : NULL };

	if (r->auth != NULL)
		sa_keys(d->authkey, d->authfile, "authkey", r->auth->name,
		    r->auth->minkey, r->auth->maxkey, ka);
	else if (d->satype == SADB_X_SATYPE_TCPSIGNATURE)
		sa_keys(d->authkey, d->authfile, "authkey", "tcpmd5", 1, 80,
		    ka);
	if (r->enc != NULL)
		sa_keys(d->enckey, d->encfile, "enckey", r->enc->name,
		    r->enc->minkey, r->enc->maxkey, ke);
}

static int
sa_spi(const struct draft *d, const char *s, uint32_t *spi)
{
	/* IPComp's are its 16-bit CPIs, the upper ones not for negotiation. */
	if (d->satype == SADB_X_SATYPE_IPCOMP)
		return (number(s, "spi", 0x100, 0xefff, "0x100 to 0xefff",
		    spi));
	return (number(s, "spi", 0x100, 0xffffffff, "0x100 to 0xffffffff",
	    spi));
}

static void
sa_mode(const struct draft *d, struct rule *r)
{
	r->tunnel = d->tmode != TMODE_TRANSPORT &&
	    d->satype != SADB_X_SATYPE_TCPSIGNATURE;
	if (d->satype == SADB_X_SATYPE_IPIP && !r->tunnel)
		conf_error("ipip is a tunnel, transport makes no sense");
}

static void
sa_udpencap(const struct draft *d, struct rule *r)
{
	uint32_t port;

	if (!d->udpencap)
		return;
	if (d->satype != SADB_SATYPE_ESP)
		conf_error("udpencap belongs to esp rules");
	r->udpencap = 1;
	r->udpport = htons(UDPENCAP_PORT);
	if (d->udpport != NULL &&
	    number(d->udpport, "udpencap port", 1, 65535, "1 to 65535",
	    &port) == 0)
		r->udpport = htons(port);
}

/* Which end is this machine?  Sets the direction of the first SA. */
static void
sa_direction(const struct draft *d, struct rule *r)
{
	int src, dst;

	r->dir = IPSP_DIRECTION_OUT;
	if (options & (OPT_NOACTION | OPT_DELETE) || stmt.bad)
		return;
	src = addr_islocal(&r->src);
	dst = addr_islocal(&r->dst);
	if (src == -1 || dst == -1) {
		conf_error("interface %s: the kernel does not tell which "
		    "addresses are local: %s", d->iface, strerror(errno));
		return;
	}
	if (src && dst)
		conf_error("interface %s: both %s and %s are addresses of "
		    "this machine: one must be the peer's", d->iface,
		    addr_str(&r->src), addr_str(&r->dst));
	else if (!src && !dst)
		conf_error("interface %s: neither %s nor %s is an address of "
		    "this machine: assign one first, see ifconfig(8)",
		    d->iface, addr_str(&r->src), addr_str(&r->dst));
	else if (dst)
		r->dir = IPSP_DIRECTION_IN;
}

int
conf_unit(const char *name, uint32_t *n)
{
	const char *unit, *errstr;

	unit = name + 3;
	if (strncmp(name, "sec", 3) != 0 || *unit == '\0' ||
	    strspn(unit, "0123456789") != strlen(unit) ||
	    (unit[0] == '0' && unit[1] != '\0')) {
		conf_error("invalid sec interface name \"%.40s\": write sec "
		    "and a number, as sec0", name);
		return (-1);
	}
	*n = strtonum(unit, 0, INT_MAX, &errstr);
	if (errstr != NULL) {
		conf_error("invalid sec interface unit: %s: %.40s", errstr,
		    name);
		return (-1);
	}
	return (0);
}

static void
sa_interface(const struct draft *d, struct rule *r, struct rule *back)
{
	if (d->iface == NULL || conf_unit(d->iface, &r->iface) == -1)
		return;
	if (d->satype != SADB_SATYPE_ESP || !r->tunnel)
		conf_error("interface %s: only an esp tunnel can be bound to "
		    "it", d->iface);
	else if (back == NULL)
		conf_error("interface %s: it needs both directions: write spi "
		    "N:M and two keys each", d->iface);
	else if (d->bundle != NULL)
		conf_error("interface %s: its SAs cannot be in a bundle",
		    d->iface);
	if (stmt.bad)
		return;
	sa_direction(d, r);
	r->hasiface = back->hasiface = 1;
	back->iface = r->iface;
	back->dir = r->dir == IPSP_DIRECTION_OUT ? IPSP_DIRECTION_IN :
	    IPSP_DIRECTION_OUT;
}

/* What both SAs of a rule have in common. */
static void
sa_common(const struct draft *d, struct rule *r)
{
	r->satype = d->satype;
	sa_mode(d, r);
	sa_udpencap(d, r);
	sa_transforms(d, r);
	r->esn = d->esn;
	if (d->bundle != NULL)
		r->bundle = xstrdup(d->bundle);
	if (d->bundle != NULL && d->satype == SADB_X_SATYPE_TCPSIGNATURE)
		conf_error("bundle has no place in tcpmd5 rules");
}

static void
conf_sa(const struct draft *d)
{
	struct rule *r = rule_new(RULE_SA), *back = NULL;
	char *spi2 = split(d->spi);

	if (conf_onehost(d->from, d->to, "from", &r->src) == 0 &&
	    conf_onehost(d->to, d->from, "to", &r->dst) == 0 &&
	    r->src.sa.sa_family != r->dst.sa.sa_family)
		conf_error("from %s and to %s are of different address "
		    "families", addr_str(&r->src), addr_str(&r->dst));
	sa_forbid(d, d->sport != NULL ? d->sport : d->dport, "port");
	sa_spi(d, d->spi, &r->spi);
	sa_common(d, r);
	if (spi2 != NULL && !stmt.bad) {
		back = rule_new(RULE_SA);
		sa_common(d, back);
		sa_spi(d, spi2, &back->spi);
		back->src = r->dst;
		back->dst = r->src;
	}
	if (!stmt.bad)
		sa_allkeys(d, r, back);
	sa_interface(d, r, back);
	if (stmt.bad) {
		rule_free(r);
		if (back != NULL)
			rule_free(back);
		return;
	}
	conf_add(r);
	if (back != NULL)
		conf_add(back);
}

void
conf_rule(const struct draft *d)
{
	if (stmt.bad)
		return;
	if (d->kind == STMT_FLOW)
		conf_flow(d);
	else if (d->kind == STMT_SA)
		conf_sa(d);
	else if (d->kind == STMT_IKE)
		conf_ike(d);
}

/*
 * Checks among rules
 */
static int
cmp(uint64_t a, uint64_t b)
{
	return (a < b ? -1 : a > b);
}

static int
cmp_sa(const void *va, const void *vb)
{
	const struct rule *a = *(struct rule *const *)va;
	const struct rule *b = *(struct rule *const *)vb;
	int rv;

	if ((rv = cmp(a->satype, b->satype)) == 0 &&
	    (rv = cmp(a->spi, b->spi)) == 0)
		rv = addr_cmp(&a->dst, &b->dst);
	return (rv);
}

static int
cmp_iface(const void *va, const void *vb)
{
	const struct rule *a = *(struct rule *const *)va;
	const struct rule *b = *(struct rule *const *)vb;
	int rv;

	if ((rv = cmp(a->iface, b->iface)) == 0)
		rv = cmp(a->dir, b->dir);
	return (rv);
}

static int
cmp_bundle(const void *va, const void *vb)
{
	const struct rule *a = *(struct rule *const *)va;
	const struct rule *b = *(struct rule *const *)vb;
	int rv;

	if ((rv = strcmp(a->bundle, b->bundle)) == 0)
		rv = addr_cmp(&a->dst, &b->dst);
	return (rv);
}

static int	(*order)(const void *, const void *);

static int
cmp_stable(const void *va, const void *vb)
{
	int rv = order(va, vb);

	return (rv != 0 ? rv : cmp((*(struct rule *const *)va)->nr,
	    (*(struct rule *const *)vb)->nr));
}

static int
want_sa(const struct rule *r)
{
	return (r->type == RULE_SA);
}

static int
want_iface(const struct rule *r)
{
	return (r->hasiface);
}

static int
want_bundle(const struct rule *r)
{
	return (r->bundle != NULL);
}

struct rule **
conf_sorted(int (*want)(const struct rule *),
    int (*compare)(const void *, const void *), size_t *n)
{
	struct rule *r, **list;

	list = xcalloc(nrules + 1, sizeof(*list));
	*n = 0;
	TAILQ_FOREACH(r, rules, entry)
		if (want(r))
			list[(*n)++] = r;
	order = compare;
	qsort(list, *n, sizeof(*list), cmp_stable);
	return (list);
}

void
conf_blame(const struct rule *r)
{
	stmt.file = r->file;
	stmt.line = r->line;
	stmt.bad = 0;
}

/* Of an SA and its reverse, one is enough to tell. */
static int
same_iface(const struct rule *a, const struct rule *b)
{
	return (a->iface == b->iface && (a->type != b->type ||
	    (a->dir == b->dir && b->dir != IPSP_DIRECTION_IN)));
}

static void
check_ifaces(void)
{
	struct rule **list;
	size_t i, n, sas = 0;

	list = conf_sorted(want_iface, cmp_iface, &n);
	for (i = 0; i < n; i++) {
		sas += list[i]->type == RULE_SA;
		if (i == 0 || !same_iface(list[i - 1], list[i]))
			continue;
		conf_blame(list[i]);
		conf_error("interface sec%u is that of the rule in %s, line "
		    "%d, too", list[i]->iface, list[i - 1]->file,
		    list[i - 1]->line);
	}
	if (sas > 0 && options & OPT_NOACTION && options & OPT_VERBOSE &&
	    lex_errors() == 0)
		warnx("-n asks no kernel: \"from\" is taken for the local end "
		    "of interface rules");
	free(list);
}

static void
check_unique(void)
{
	struct rule **list;
	size_t i, n;

	list = conf_sorted(want_sa, cmp_sa, &n);
	for (i = 1; i < n; i++) {
		if (cmp_sa(&list[i - 1], &list[i]) != 0)
			continue;
		conf_blame(list[i]);
		conf_error("spi 0x%08x to %s is that of the rule in %s, line "
		    "%d, too", list[i]->spi, addr_str(&list[i]->dst),
		    list[i - 1]->file, list[i - 1]->line);
	}
	free(list);
}

/* Chain each SA of a bundle to the next one of the same direction. */
static void
make_bundles(void)
{
	struct rule **list, *r;
	size_t i, n;
	int joined = 0;

	list = conf_sorted(want_bundle, cmp_bundle, &n);
	for (i = 0; i < n; i++) {
		conf_blame(list[i]);
		if (i + 1 == n || cmp_bundle(&list[i], &list[i + 1]) != 0) {
			if (!joined)
				conf_error("bundle \"%.40s\" joins nothing: "
				    "another rule to %s must name it",
				    list[i]->bundle, addr_str(&list[i]->dst));
			joined = 0;
			continue;
		}
		joined = 1;
		r = rule_new(RULE_BUNDLE);
		r->satype = list[i]->satype;
		r->spi = list[i]->spi;
		r->dst = list[i]->dst;
		r->satype2 = list[i + 1]->satype;
		r->spi2 = list[i + 1]->spi;
		r->peer = list[i + 1]->dst;
		conf_add(r);
	}
	free(list);
}

void
conf_finish(void)
{
	check_unique();
	check_ifaces();
	conf_ike_check();
	if (lex_errors() == 0)
		make_bundles();
}
