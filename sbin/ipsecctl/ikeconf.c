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
 * Rules that isakmpd(8) is to negotiate: what they say is checked here, and
 * ikegen.c writes the commands.  The daemon tells nobody what it makes of
 * them, so that nothing may pass that it would not take.
 */
#include <net/pfkeyv2.h>
#include <arpa/inet.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "ike.h"

static const struct ikexf encs[] = {
	{ "3des", "3DES_CBC", "3DES", NULL, IKE_WEAK },
	{ "3des-cbc", "3DES_CBC", "3DES", NULL, IKE_WEAK },
	{ "aes", "AES_CBC", "AES", "128,128:256", 0 },
	{ "aes-128", "AES_CBC", "AES", "128,128:128", 0 },
	{ "aes-192", "AES_CBC", "AES", "192,192:192", 0 },
	{ "aes-256", "AES_CBC", "AES", "256,256:256", 0 },
	{ "aesctr", NULL, "AES_CTR", "128,128:256", 0 },
	{ "aes-128-ctr", NULL, "AES_CTR", "128,128:128", 0 },
	{ "aes-192-ctr", NULL, "AES_CTR", "192,192:192", 0 },
	{ "aes-256-ctr", NULL, "AES_CTR", "256,256:256", 0 },
	{ "aes-128-gcm", NULL, "AES_GCM_16", "128,128:128", IKE_AEAD },
	{ "aes-192-gcm", NULL, "AES_GCM_16", "192,192:192", IKE_AEAD },
	{ "aes-256-gcm", NULL, "AES_GCM_16", "256,256:256", IKE_AEAD },
	{ "aes-128-gmac", NULL, "AES_GMAC", "128,128:128", IKE_AEAD },
	{ "aes-192-gmac", NULL, "AES_GMAC", "192,192:192", IKE_AEAD },
	{ "aes-256-gmac", NULL, "AES_GMAC", "256,256:256", IKE_AEAD },
	{ "blowfish", "BLOWFISH_CBC", "BLOWFISH", "128,96:192", 0 },
	{ "cast128", "CAST_CBC", "CAST", NULL, 0 },
	{ "null", NULL, "NULL", NULL, IKE_NONE },
	{ "chacha20-poly1305", NULL, NULL, NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};

static const struct ikexf auths[] = {
	{ "hmac-md5", "MD5", "MD5", NULL, IKE_WEAK },
	{ "hmac-sha1", "SHA", "SHA", NULL, 0 },
	{ "hmac-ripemd160", NULL, "RIPEMD", NULL, 0 },
	{ "hmac-sha2-256", "SHA2_256", "SHA2_256", NULL, 0 },
	{ "hmac-sha2-384", "SHA2_384", "SHA2_384", NULL, 0 },
	{ "hmac-sha2-512", "SHA2_512", "SHA2_512", NULL, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};

#define BOTH(s)	s, s, NULL
static const struct ikexf groups[] = {
	{ "none", NULL, "NONE", NULL, IKE_NONE },
	{ "modp768", BOTH("MODP_768"), IKE_WEAK },
	{ "grp1", BOTH("MODP_768"), IKE_WEAK },
	{ "modp1024", BOTH("MODP_1024"), IKE_WEAK },
	{ "grp2", BOTH("MODP_1024"), IKE_WEAK },
	{ "modp1536", BOTH("MODP_1536"), 0 },
	{ "grp5", BOTH("MODP_1536"), 0 },
	{ "modp2048", BOTH("MODP_2048"), 0 },
	{ "grp14", BOTH("MODP_2048"), 0 },
	{ "modp3072", BOTH("MODP_3072"), 0 },
	{ "grp15", BOTH("MODP_3072"), 0 },
	{ "modp4096", BOTH("MODP_4096"), 0 },
	{ "grp16", BOTH("MODP_4096"), 0 },
	{ "modp6144", BOTH("MODP_6144"), 0 },
	{ "grp17", BOTH("MODP_6144"), 0 },
	{ "modp8192", BOTH("MODP_8192"), 0 },
	{ "grp18", BOTH("MODP_8192"), 0 },
	{ "ecp256", BOTH("ECP_256"), 0 },
	{ "grp19", BOTH("ECP_256"), 0 },
	{ "ecp384", BOTH("ECP_384"), 0 },
	{ "grp20", BOTH("ECP_384"), 0 },
	{ "ecp521", BOTH("ECP_521"), 0 },
	{ "grp21", BOTH("ECP_521"), 0 },
	{ "ecp224", BOTH("ECP_224"), 0 },
	{ "grp26", BOTH("ECP_224"), 0 },
	{ "bp224", BOTH("BP_224"), 0 },
	{ "grp27", BOTH("BP_224"), 0 },
	{ "bp256", BOTH("BP_256"), 0 },
	{ "grp28", BOTH("BP_256"), 0 },
	{ "bp384", BOTH("BP_384"), 0 },
	{ "grp29", BOTH("BP_384"), 0 },
	{ "bp512", BOTH("BP_512"), 0 },
	{ "grp30", BOTH("BP_512"), 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};
#undef BOTH

static int		 deleting;
static const char	*phase1;	/* as the rule calls it */

void
conf_ike_begin(int opts)
{
	deleting = opts & OPT_DELETE;
}

/*
 * Transforms
 */
static int
ike_allowed(const struct ikexf *x, int quick)
{
	return ((quick ? x->quick : x->main) != NULL);
}

static const char *
ike_names(const struct ikexf *x, int quick)
{
	static char buf[512];

	buf[0] = '\0';
	for (; x->name != NULL; x++) {
		if (!ike_allowed(x, quick))
			continue;
		if (buf[0] != '\0')
			strlcat(buf, ", ", sizeof(buf));
		strlcat(buf, x->name, sizeof(buf));
	}
	return (buf);
}

static const struct ikexf *
ike_transform(const struct ikexf *table, const char *what, const char *name,
    const char *preset, int quick)
{
	const char *phase = quick ? "quick" : phase1;
	const struct ikexf *x;

	for (x = table; x->name != NULL; x++)
		if (strcmp(x->name, name != NULL ? name : preset) == 0)
			break;
	if (x->name == NULL) {
		conf_error("%s %s \"%.40s\" is unknown: write one of %s",
		    phase, what, name, ike_names(table, quick));
		return (NULL);
	}
	if (!ike_allowed(x, quick)) {
		conf_error("illegal transform: %s is no %s %s: write one "
		    "of %s", x->name, phase, what, ike_names(table, quick));
		return (NULL);
	}
	if (x->flags & IKE_WEAK && !stmt.bad && !deleting)
		conf_warn("warning: %s %s %s is weak: others can break it",
		    phase, what, x->name);
	return (x);
}

/* 0 not said */
static uint32_t
ike_lifetime(const char *s, int quick)
{
	const char *phase = quick ? "quick" : phase1, *errstr;
	char digits[12];
	size_t n;
	int unit = 1;
	long long v;

	if (s == NULL)
		return (0);
	n = strspn(s, "0123456789");
	if (s[n] == 'm' || s[n] == 'h')
		unit = s[n] == 'm' ? 60 : 3600;
	if (n == 0 || (s[n] != '\0' && (strchr("smh", s[n]) == NULL ||
	    s[n + 1] != '\0'))) {
		conf_error("%s lifetime \"%.40s\" is no time: write seconds, "
		    "or as 30m or 8h", phase, s);
		return (0);
	}
	/* Cut, what does not fit is too large still. */
	snprintf(digits, sizeof(digits), "%.*s",
	    (int)(n < sizeof(digits) ? n : sizeof(digits) - 1), s);
	v = strtonum(digits, 1, INT_MAX / unit, &errstr);
	if (errstr != NULL)
		conf_error("%s lifetime %.40s is %s: 1 to %d seconds", phase,
		    s, errstr, INT_MAX);
	return (v * unit);
}

static void
ike_phase(const struct draftxf *d, int quick, struct ikesuite *s)
{
	s->auth = ike_transform(auths, "auth", d->auth,
	    quick ? "hmac-sha2-256" : "hmac-sha1", quick);
	s->group = ike_transform(groups, "group", d->group, "modp3072",
	    quick);
	s->lifetime = ike_lifetime(d->lifetime, quick);
}

/* Who does without encryption, without authentication, or without both. */
static void
ike_phase2_enc(const struct draft *d, struct ikesuite *s)
{
	if (d->satype == SADB_SATYPE_AH) {
		if (d->p2.enc != NULL)
			conf_error("quick enc has no place in ike ah rules");
		return;
	}
	s->enc = ike_transform(encs, "enc", d->p2.enc, "aes", 1);
	if (s->enc == NULL)
		return;
	if (s->enc->flags & IKE_AEAD && d->p2.auth != NULL)
		conf_error("%s authenticates by itself: no auth behind quick",
		    s->enc->name);
	if (s->enc->flags & IKE_NONE && d->p2.auth == NULL && !deleting)
		conf_warn("warning: enc null without auth protects nothing, "
		    "and isakmpd refuses it: write quick auth hmac-sha2-256 "
		    "enc null");
	if (s->enc->flags & (IKE_AEAD | IKE_NONE) && d->p2.auth == NULL)
		s->auth = NULL;
}

static void
ike_transforms(const struct draft *d, struct ike *ike)
{
	ike->aggressive = d->exchange == IKE_AGGRESSIVE;
	phase1 = ike->aggressive ? "aggressive" : "main";
	ike_phase(&d->p1, 0, &ike->p1);
	ike->p1.enc = ike_transform(encs, "enc", d->p1.enc, "aes", 0);
	ike_phase(&d->p2, 1, &ike->p2);
	ike_phase2_enc(d, &ike->p2);
}

/*
 * Who we are.  The name becomes that of a section, "id-name".
 */
#define ID_BAD	"[]=:,\"'"
#define ID_MAX	(IKE_MAXFIELD - (sizeof("id-") - 1))

/* Is it fit for the daemon?  Never shows the word, it may be a secret. */
static int
ike_word(const char *what, const char *s, const char *bad, size_t max)
{
	size_t i, n = strlen(s);

	if (n == 0)
		conf_error("%s is empty", what);
	else if (n > max)
		conf_error("%s has %zu characters: isakmpd takes %zu", what,
		    n, max);
	else if (s[strcspn(s, " \t\n\v\f\r")] != '\0')
		conf_error("%s has white space in it, which isakmpd cannot "
		    "take: write other characters", what);
	for (i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			conf_error("%s has a character in it that is not "
			    "printable ASCII", what);
	if (s[strcspn(s, bad)] != '\0')
		conf_error("%s has a '%c' in it, which isakmpd cannot take",
		    what, s[strcspn(s, bad)]);
	return (stmt.bad ? -1 : 0);
}

static void
ike_ident(const char *what, const char *name, struct ikeid *id)
{
	struct in6_addr a6;
	struct in_addr a4;

	if (name == NULL)
		return;
	id->name = name;
	id->tag = "Address";
	if (inet_pton(AF_INET, name, &a4) == 1)
		id->type = "IPV4_ADDR";
	else if (inet_pton(AF_INET6, name, &a6) == 1)
		id->type = "IPV6_ADDR";
	else {
		id->type = strchr(name, '@') != NULL ? "USER_FQDN" : "FQDN";
		id->tag = "Name";
		ike_word(what, name, ID_BAD, ID_MAX);
	}
}

/* The address may change at any time: the name does not. */
static void
ike_hostname(struct ike *ike)
{
	char *name = lex_alloc(256);

	if (gethostname(name, 255) == -1 || name[0] == '\0') {
		conf_error("dynamic: this machine has no name: write srcid");
		return;
	}
	if (ike_word("dynamic: the name of this machine", name, ID_BAD,
	    ID_MAX) == -1)
		return;
	ike->srcid.name = name;
	ike->srcid.type = "FQDN";
	ike->srcid.tag = "Name";
}

static void
ike_identity(const struct draft *d, struct ike *ike)
{
	ike_ident("srcid", d->srcid, &ike->srcid);
	ike_ident("dstid", d->dstid, &ike->dstid);
	if (ike->mode == IKE_DYNAMIC && d->srcid == NULL)
		ike_hostname(ike);
	if (d->psk != NULL && d->rsa)
		conf_error("psk and rsa exclude each other");
	if ((ike->psk = d->psk) != NULL)
		ike_word("psk", d->psk, "", IKE_MAXFIELD);
	if ((ike->tag = d->tag) != NULL)
		ike_word("tag", d->tag, "", IKE_MAXFIELD);
	if (ike->aggressive && ike->psk != NULL && !stmt.bad && !deleting)
		conf_warn("warning: aggressive mode with psk: anyone who "
		    "listens can guess the key offline; use main");
}

/*
 * Ends
 */
static void
ike_add(const struct rule *pattern, const struct draft *d, struct ike *ike)
{
	struct rule *r = rule_new(RULE_IKE);

	*r = *pattern;
	if (d->peer == NULL && !r->hasiface && !ADDR_ISNET(&r->dst)) {
		r->peer = r->dst;
		r->haspeer = 1;
	}
	if (r->haslocal && r->haspeer &&
	    r->local.sa.sa_family != r->peer.sa.sa_family)
		conf_error("local %s and peer %s are of different address "
		    "families", addr_str(&r->local), addr_str(&r->peer));
	ike->nopeer |= !r->haspeer;
	if (!r->haspeer && ike->mode == IKE_DYNAMIC)
		conf_error("no peer specified: a dynamic rule calls it, write "
		    "peer");
	if (!stmt.bad)
		ike_generate(ike, r, deleting);
	if (stmt.bad)
		rule_free(r);
	else
		conf_add(r);
}

static void
ike_nat(const struct host *h, const struct addr *src, struct ike *ike)
{
	struct addrlist al = { NULL, 0 };
	const char *why;

	ike->hasnat = h->nat != NULL;
	if (h->nat == NULL)
		return;
	if ((why = addr_resolve(&al, h->nat)) != NULL)
		conf_error("%s", why);
	else if (al.al_n != 1)
		conf_error("%.80s stands for %zu addresses: write one of them",
		    h->nat, al.al_n);
	else if (al.al_addr[0].sa.sa_family != src->sa.sa_family)
		conf_error("%s and %s are of different address families",
		    addr_str(src), addr_str(&al.al_addr[0]));
	else
		ike->nat = al.al_addr[0];
	free(al.al_addr);
}

static void
ike_resolve(const struct host *h, struct addrlist *al)
{
	const char *why;

	if ((why = addr_resolve(al, h->name)) != NULL)
		conf_error("%s", why);
}

/* One source with all destinations of its family. */
static void
ike_source(struct rule *pattern, const struct draft *d, struct ike *ike,
    const struct addrlist *to)
{
	size_t i;

	if (!conf_partner(&pattern->src, to))
		return;
	for (i = 0; i < to->al_n && !stmt.bad; i++) {
		pattern->dst = to->al_addr[i];
		if (pattern->src.sa.sa_family == pattern->dst.sa.sa_family)
			ike_add(pattern, d, ike);
	}
}

static void
ike_pairs(const struct draft *d, struct rule *pattern, struct ike *ike)
{
	struct addrlist from = { NULL, 0 }, to = { NULL, 0 };
	const struct host *h;
	size_t i = 0;

	for (h = d->to; h != NULL && !stmt.bad; h = h->next) {
		if (h->nat != NULL)
			conf_error("to %.40s (%.40s): only the source, behind "
			    "from, can be translated", h->name, h->nat);
		else
			ike_resolve(h, &to);
	}
	for (h = d->from; h != NULL && !stmt.bad; h = h->next) {
		for (ike_resolve(h, &from); i < from.al_n && !stmt.bad; i++) {
			pattern->src = from.al_addr[i];
			ike_nat(h, &pattern->src, ike);
			ike_source(pattern, d, ike, &to);
		}
	}
	for (i = 0; i < to.al_n && !stmt.bad; i++)
		conf_partner(&to.al_addr[i], &from);
	free(from.al_addr);
	free(to.al_addr);
}

static void
ike_hosts(const struct draft *d, struct rule *r, struct ike *ike)
{
	r->satype = d->satype != 0 ? d->satype : SADB_SATYPE_ESP;
	r->tunnel = d->tmode != TMODE_TRANSPORT;
	if (r->satype != SADB_SATYPE_ESP && r->satype != SADB_SATYPE_AH)
		conf_error("ike %s: only esp and ah can be negotiated",
		    satype_name(r->satype));
	conf_proto(d, r);
	r->sport = conf_port(d->sport, r);
	r->dport = conf_port(d->dport, r);
	ike_pairs(d, r, ike);
}

static void
ike_interface(const struct draft *d, struct rule *r, struct ike *ike)
{
	const char *extra = d->satype != 0 ? satype_name(d->satype) :
	    d->tmode != 0 ? "tunnel, transport" :
	    d->proto != NULL ? "proto" : d->tag != NULL ? "tag" : NULL;

	if (d->from != NULL)
		conf_error("interface %.40s and from, to exclude each other: "
		    "routes tell what goes through an interface", d->iface);
	else if (extra != NULL)
		conf_error("%s has no place in rules with interface, which "
		    "always have an esp tunnel for all packets", extra);
	else if (conf_unit(d->iface, &r->iface) == 0) {
		r->satype = SADB_SATYPE_ESP;
		r->tunnel = 1;
		r->hasiface = 1;
		ike_add(r, d, ike);
	}
}

static int
ike_is_host(const struct host *h)
{
	return (h != NULL && (h->name != NULL || h->next != NULL));
}

/* As "any", of which it is the address. */
static int
ike_is_unspecified(const struct addr *a)
{
	return (a->sa.sa_family == AF_INET ?
	    a->in4.sin_addr.s_addr == INADDR_ANY :
	    IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr));
}

void
conf_ike(const struct draft *d)
{
	struct rule *r = rule_new(RULE_IKE);
	struct ike ike;

	memset(&ike, 0, sizeof(ike));
	ike.mode = d->ikemode != 0 ? d->ikemode : IKE_ACTIVE;
	if (ike_is_host(d->local) &&
	    conf_onehost(d->local, d->peer, "local", &r->local) == 0)
		r->haslocal = 1;
	if (ike_is_host(d->peer) &&
	    conf_onehost(d->peer, d->local, "peer", &r->peer) == 0)
		r->haspeer = !ike_is_unspecified(&r->peer);
	ike_transforms(d, &ike);
	ike_identity(d, &ike);
	if (d->iface != NULL)
		ike_interface(d, r, &ike);
	else
		ike_hosts(d, r, &ike);
	/* No error, since such a rule can answer. */
	if (!stmt.bad && !deleting && ike.nopeer && ike.mode == IKE_ACTIVE)
		conf_warn("warning: no peer specified: isakmpd has nobody to "
		    "call and can only answer; write peer, or ike passive");
	rule_free(r);
}

/*
 * Checks among rules
 */
static int
want_ike(const struct rule *r)
{
	return (r->type == RULE_IKE);
}

/* Those of interfaces are compared with all that have one. */
static int
want_conn(const struct rule *r)
{
	return (r->type == RULE_IKE && !r->hasiface);
}

static int
cmp_conn(const void *va, const void *vb)
{
	return (strcmp((*(struct rule *const *)va)->ike.conn,
	    (*(struct rule *const *)vb)->ike.conn));
}

/* Those of one peer with interface follow one another. */
static int
cmp_peer(const void *va, const void *vb)
{
	const struct rule *a = *(struct rule *const *)va;
	const struct rule *b = *(struct rule *const *)vb;
	int order = strcmp(a->ike.peer, b->ike.peer);

	return (order != 0 ? order : a->hasiface - b->hasiface);
}

static int
same_part(const struct iketext *a, const struct iketext *b, int part)
{
	return (a->part[part].len == b->part[part].len &&
	    memcmp(a->text + a->part[part].off, b->text + b->part[part].off,
	    a->part[part].len) == 0);
}

/* The later of two rules would silently replace what the earlier one said. */
void
conf_ike_check(void)
{
	struct rule **list, *a, *b;
	size_t i, n;

	if (deleting)
		return;
	list = conf_sorted(want_conn, cmp_conn, &n);
	for (i = 1; i < n; i++) {
		a = list[i - 1];
		b = list[i];
		if (cmp_conn(&a, &b) != 0)
			continue;
		conf_blame(b);
		conf_error("connection %s is that of the rule in %s, line %d, "
		    "too", b->ike.conn, a->file, a->line);
	}
	free(list);
	list = conf_sorted(want_ike, cmp_peer, &n);
	for (i = 1; i < n; i++) {
		a = list[i - 1];
		b = list[i];
		if (strcmp(a->ike.peer, b->ike.peer) == 0 && a->hasiface &&
		    b->hasiface) {
			conf_blame(b);
			conf_error("%s has sec%u in %s, line %d, already: "
			    "with interface there is one tunnel to a peer, so "
			    "write another local or peer", b->ike.peer,
			    a->iface, a->file, a->line);
			continue;
		}
		if (strcmp(a->ike.peer, b->ike.peer) != 0 ||
		    (same_part(&a->ike, &b->ike, IKE_PARTPEER) &&
		    same_part(&a->ike, &b->ike, IKE_PARTIDS)))
			continue;
		conf_blame(b);
		conf_error("%s is that of the rule in %s, line %d, too: with "
		    "one peer, local, main or aggressive, psk, srcid and "
		    "dstid must be the same", b->ike.peer, a->file, a->line);
	}
	free(list);
}
