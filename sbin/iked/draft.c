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
 * From what is written to a policy: all that a policy needs is checked here,
 * so that a file is loaded whole or not at all.
 */
#include <sys/types.h>

#include <netinet/in.h>

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "lex.h"
#include "log.h"
#include "proposal.h"

#define MAXNAME		255
#define MAXSEL		64	/* what a responder takes: ts.c */
#define MAXDPD		86400	/* s */

static struct conf	*conf;
static int		 check;
static unsigned int	 npolicies;

void
draft_begin(struct conf *c, int only_check)
{
	conf = c;
	check = only_check;
	npolicies = 0;
}

static char *
xstrdup(const char *s)
{
	char *p;

	if ((p = strdup(s)) == NULL)
		fatal("configuration");
	return (p);
}

/*
 * Numbers.  0, or -1 and told.
 */

/* Digits, and what stands behind them. */
static int
number(const char *s, uint64_t max, uint64_t *v, const char **rest)
{
	char *end;

	errno = 0;
	*v = strtoull(s, &end, 10);
	*rest = end;
	return (*s < '0' || *s > '9' || errno != 0 || *v > max ? -1 : 0);
}

static int
parse_time(const char *s, uint32_t *t)
{
	const char *unit;
	uint64_t v, factor = 1;

	if (number(s, UINT32_MAX, &v, &unit) == -1) {
		conf_error("invalid time specification: %s", lex_show(s));
		return (-1);
	}
	if (strcmp(unit, "m") == 0)
		factor = 60;
	else if (strcmp(unit, "h") == 0)
		factor = 3600;
	else if (*unit != '\0') {
		conf_error("invalid time unit: %s: write seconds, minutes as "
		    "30m or hours as 3h", lex_show(s));
		return (-1);
	}
	if (v > UINT32_MAX / factor) {
		conf_error("invalid time specification: %s: too long",
		    lex_show(s));
		return (-1);
	}
	*t = v * factor;
	return (0);
}

static int
parse_bytes(const char *s, uint64_t *n)
{
	static const char units[] = "KMG";
	const char *unit, *p;
	uint64_t v;
	unsigned int shift = 0;

	if (number(s, UINT64_MAX, &v, &unit) == -1) {
		conf_error("invalid byte specification: %s", lex_show(s));
		return (-1);
	}
	if (*unit != '\0') {
		if ((p = strchr(units, *unit)) == NULL || unit[1] != '\0') {
			conf_error("invalid byte unit: %s: write K, M or G",
			    lex_show(s));
			return (-1);
		}
		shift = 10 * (p - units + 1);
	}
	if (v > UINT64_MAX >> shift) {
		conf_error("invalid byte specification: %s: too many",
		    lex_show(s));
		return (-1);
	}
	*n = v << shift;
	return (0);
}

/*
 * Protocols and ports
 */
void
draft_proto(struct draft *d, char *name)
{
	const struct protoent *pe;
	const char *rest;
	uint64_t v = 0;

	if (d->d_nprotos++ == DRAFT_PROTOS) {
		conf_error("too many protocols: at most %d", DRAFT_PROTOS);
		return;
	}
	if (*name >= '0' && *name <= '9') {
		if (number(name, 255, &v, &rest) == -1 || *rest != '\0')
			conf_error("protocol outside range: %s: 0 to 255",
			    lex_show(name));
	} else if ((pe = getprotobyname(name)) == NULL)
		conf_error("unknown protocol: %s", lex_show(name));
	else
		v = pe->p_proto;
	if (memchr(d->d_proto, v, d->d_nproto) != NULL)
		return;
	d->d_proto[d->d_nproto++] = v;
	if (v != 0 && d->d_protoname == NULL)
		d->d_protoname = name;
}

/* A port of a selector: 0 and *number, or -1 and told. */
static int
parse_port(const char *port, uint16_t *n)
{
	const struct servent *se;
	const char *rest;
	uint64_t v;

	if (*port >= '0' && *port <= '9') {
		if (number(port, 65535, &v, &rest) == 0 && *rest == '\0') {
			*n = v;
			return (0);
		}
		conf_error("port outside range: %s: 0 to 65535",
		    lex_show(port));
		return (-1);
	}
	if ((se = getservbyname(port, "tcp")) == NULL &&
	    (se = getservbyname(port, "udp")) == NULL) {
		conf_error("unknown port: %s", lex_show(port));
		return (-1);
	}
	*n = ntohs(se->s_port);
	return (0);
}

/* What a port is of. */
static int
has_ports(uint8_t proto)
{
	return (proto == IPPROTO_TCP || proto == IPPROTO_UDP);
}

static void
set_port(struct ike_ts *ts, const char *port)
{
	uint16_t n;

	/* 0 is every one */
	if (port == NULL || parse_port(port, &n) == -1 || n == 0)
		return;
	if (!has_ports(ts->ts_proto))
		conf_error("port %s: tcp and udp have ports, write `proto "
		    "tcp', `proto udp' or `proto { tcp udp }' before `from'",
		    lex_show(port));
	ts->ts_port[0] = ts->ts_port[1] = n;
}

/*
 * What is understood and refused.
 */

static void
refuse_port(const char *port)
{
	uint16_t n;

	if (port != NULL && parse_port(port, &n) == 0)
		conf_error("port %s: not supported, a sec interface takes "
		    "whatever is routed to it: leave `port' out and filter "
		    "there", lex_show(port));
}

/* What only policies of the kernel can have. */
static void
check_iface(const struct draft *d)
{
	const struct draft_sel *ds;

	if (d->d_iface == NULL)
		return;
	if (d->d_flags & POL_TRANSPORT)
		conf_error("transport mode: not supported: a sec interface "
		    "needs tunnel mode");
	if (d->d_flags & POL_AH)
		conf_error("ah: not supported: write esp, or nothing");
	if (d->d_protoname != NULL)
		conf_error("proto %s: not supported, a sec interface takes "
		    "whatever is routed to it: leave `proto' out and filter "
		    "there", lex_show(d->d_protoname));
	for (ds = d->d_sel; ds != NULL && !stmt.st_bad; ds = ds->ds_next) {
		refuse_port(ds->ds_from.de_port);
		refuse_port(ds->ds_to.de_port);
	}
}

void
draft_rdomain(const char *s)
{
	const char *rest;
	uint64_t v;

	if (number(s, 255, &v, &rest) == -1 || *rest != '\0')
		conf_error("rdomain outside range: %s: 0 to 255",
		    lex_show(s));
	else
		conf_error("rdomain %s: not supported, there is one routing "
		    "table: leave `rdomain' out", lex_show(s));
}

void
draft_cfg(const char *option)
{
	static const char *const options[] = { "address", "netmask",
	    "name-server", "netbios-server", "dhcp-server",
	    "protected-subnet", "access-server" };
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i], option) == 0) {
			conf_error("config, request: not supported, addresses "
			    "are not handed out: set those of the sec "
			    "interface in hostname.if(5)");
			return;
		}
	conf_error("%s: not a valid ikecfg option", lex_show(option));
}

void
draft_tap(const char *name)
{
	if (strncmp(name, "enc", 3) != 0)
		conf_error("invalid tap interface name: %s", lex_show(name));
	else if (name[3] == '\0' ||
	    strspn(name + 3, "0123456789") != strlen(name + 3))
		conf_error("invalid tap interface unit: %s", lex_show(name));
	else
		conf_error("tap %s: not supported: leave `tap' out and watch "
		    "enc0, or the sec interface", lex_show(name));
}

void
draft_dpd(const char *s)
{
	const char *rest;
	uint64_t v;

	if (number(s, MAXDPD, &v, &rest) == -1 || *rest != '\0')
		conf_error("timeout outside range: %s: 0 to %d seconds",
		    lex_show(s), MAXDPD);
	else
		conf->conf_dpd = v;
}

/*
 * Name and identities
 */

/* Can it be printed so that it is read again as the same? */
static int
is_text(const char *s)
{
	size_t n = strlen(s);

	return (n > 0 && s[n - 1] != '\\');
}

static void
set_name(struct policy *pol, const char *name)
{
	const struct policy *other;
	const char *s;
	char number[16];

	snprintf(number, sizeof(number), "policy%u", npolicies);
	if (name == NULL)
		name = number;
	if (strlen(name) > MAXNAME)
		conf_error("name too long: at most %d characters", MAXNAME);
	for (s = name; *s >= ' ' && *s < 0x7f; s++)
		;
	if (*s != '\0' || !is_text(name))
		conf_error("name of a policy: printable characters are "
		    "needed, the last one no backslash");
	TAILQ_FOREACH(other, &conf->conf_policies, pol_entry)
		if (strcmp(other->pol_name, name) == 0) {
			conf_error("\"%s\" is already the name of the policy "
			    "at %s:%u: give one of them another",
			    lex_show(name), other->pol_file, other->pol_line);
			break;
		}
	pol->pol_name = xstrdup(name);
}

static void
set_id(struct ike_id *id, const char *word, const char *what)
{
	if (!is_text(word))
		conf_error("%s: it cannot be empty or end in a backslash",
		    what);
	else if (strlen(word) > IKE_ID_MAX)
		conf_error("%s too long: at most %d characters", what,
		    IKE_ID_MAX);
	else if (id_parse(word, id) == -1)
		conf_error("%s %s: %s", what, lex_show(word), *word == '/' ?
		    "no distinguished name: write \"/C=..../CN=...\" with "
		    "names that openssl(1) knows" : "no identity");
}

static void
set_ids(struct policy *pol, const struct draft *d)
{
	char host[256];

	if (d->d_srcid != NULL)
		set_id(&pol->pol_srcid, d->d_srcid, "srcid");
	else if (gethostname(host, sizeof(host)) == -1 ||
	    (host[sizeof(host) - 1] = '\0', host[0] == '\0'))
		conf_error("srcid: this machine has no name to take: write "
		    "`srcid NAME'");
	else
		set_id(&pol->pol_srcid, host, "srcid");
	if (d->d_dstid != NULL)
		set_id(&pol->pol_dstid, d->d_dstid, "dstid");
}

/*
 * Addresses
 */
static int
resolve(struct ends *en, const char *word)
{
	const char *why;

	if ((why = host_resolve(en, word)) == NULL)
		return (0);
	conf_error("could not parse host specification %s: %s",
	    lex_show(word), why);
	free(en->en_end);
	memset(en, 0, sizeof(*en));
	return (-1);
}

static void
end_range(struct ike_ts *ts, const struct conf_end *e)
{
	unsigned int i, bits = e->ce_addr.ia_family == 4 ? 32 : 128;

	memset(ts, 0, sizeof(*ts));
	ts->ts_family = e->ce_addr.ia_family;
	ts->ts_port[1] = 65535;
	memcpy(ts->ts_lo, e->ce_addr.ia_addr, sizeof(ts->ts_lo));
	memcpy(ts->ts_hi, e->ce_addr.ia_addr, sizeof(ts->ts_hi));
	for (i = e->ce_plen; i < bits; i++)
		ts->ts_hi[i / 8] |= 0x80 >> i % 8;
}

/* An SA in transport mode is between two hosts. */
static void
check_hosts(const struct ike_ts *src, const struct ike_ts *dst)
{
	if (memcmp(src->ts_lo, src->ts_hi, sizeof(src->ts_lo)) != 0 ||
	    memcmp(dst->ts_lo, dst->ts_hi, sizeof(dst->ts_lo)) != 0)
		conf_error("transport mode is from one host to one host: "
		    "write these addresses behind `from' and `to', or tunnel");
}

static void
add_pair(struct policy *pol, const struct draft_sel *ds, uint8_t proto,
    const struct conf_end *src, const struct conf_end *dst)
{
	struct ike_ts from, to;

	if (pol->pol_src.tl_n == MAXSEL) {
		conf_error("more than %d pairs of from and to", MAXSEL);
		return;
	}
	end_range(&from, src);
	end_range(&to, dst);
	from.ts_proto = to.ts_proto = proto;
	set_port(&from, ds->ds_from.de_port);
	set_port(&to, ds->ds_to.de_port);
	if (pol->pol_flags & POL_TRANSPORT)
		check_hosts(&from, &to);
	if (tslist_add(&pol->pol_src, &from) == -1 ||
	    tslist_add(&pol->pol_dst, &to) == -1)
		fatal("configuration");
}

/* Each of one side with each of the other that is of its family. */
static void
add_pairs(struct policy *pol, const struct draft_sel *ds, uint8_t proto,
    const struct ends *from, const struct ends *to)
{
	unsigned int i, j, n = pol->pol_src.tl_n;

	for (i = 0; i < from->en_n; i++)
		for (j = 0; j < to->en_n && !stmt.st_bad; j++)
			if (from->en_end[i].ce_addr.ia_family ==
			    to->en_end[j].ce_addr.ia_family)
				add_pair(pol, ds, proto, &from->en_end[i],
				    &to->en_end[j]);
	if (n == pol->pol_src.tl_n && !stmt.st_bad)
		conf_error("from %s to %s: one is IPv4, the other IPv6",
		    lex_show(ds->ds_from.de_host),
		    lex_show(ds->ds_to.de_host));
}

static void
set_selector(struct policy *pol, const struct draft_sel *ds, uint8_t proto)
{
	struct ends from, to;

	if (ds->ds_to.de_nat != NULL)
		conf_error("no flow NAT support for destination network: %s",
		    lex_show(ds->ds_to.de_nat));
	else if (ds->ds_from.de_nat != NULL)
		conf_error("from %s (%s): not supported, there is no "
		    "translation of addresses: leave \"(%s)\" out",
		    lex_show(ds->ds_from.de_host),
		    lex_show(ds->ds_from.de_nat),
		    lex_show(ds->ds_from.de_nat));
	if (stmt.st_bad || resolve(&from, ds->ds_from.de_host) == -1)
		return;
	if (resolve(&to, ds->ds_to.de_host) == 0)
		add_pairs(pol, ds, proto, &from, &to);
	free(from.en_end);
	free(to.en_end);
}

/* All of them for each protocol, so that it can be told from the first. */
static void
set_selectors(struct policy *pol, const struct draft *d)
{
	const struct draft_sel *ds;
	unsigned int i = 0;

	do
		for (ds = d->d_sel; ds != NULL && !stmt.st_bad;
		    ds = ds->ds_next)
			set_selector(pol, ds, d->d_nproto == 0 ? 0 :
			    d->d_proto[i]);
	while (++i < d->d_nproto && !stmt.st_bad);
}

static const char *
af_name(unsigned int family)
{
	return (family == 4 ? "inet" : "inet6");
}

/* What is of the family, 0: any, stays. */
static void
narrow(struct ends *en, unsigned int family)
{
	unsigned int i, n = 0;

	for (i = 0; i < en->en_n; i++)
		if (family == 0 || en->en_end[i].ce_addr.ia_family == family)
			en->en_end[n++] = en->en_end[i];
	en->en_n = n;
}

static int
has_family(const struct ends *en, unsigned int family)
{
	unsigned int i;

	for (i = 0; i < en->en_n; i++)
		if (en->en_end[i].ce_addr.ia_family == family)
			return (1);
	return (0);
}

/* The first of those that are left. */
static void
choose(struct conf_end *e, struct ends *en, unsigned int family,
    const char *word, const char *what)
{
	if (en->en_n == 0)
		return;
	narrow(en, family);
	*e = en->en_end[0];
	if (en->en_n > 1)
		conf_warn("%s %s is %u addresses: %s is taken", what,
		    lex_show(word), en->en_n, end_print(e));
}

/* The words of either end, NULL for any, and their addresses. */
static void
match_ends(struct policy *pol, const struct draft *d, struct ends *local,
    struct ends *peer)
{
	const struct ends *en = peer->en_n > 0 ? peer : local;
	unsigned int i, family = 0;

	for (i = 0; i < en->en_n && family == 0; i++)
		if (en == local || local->en_n == 0 ||
		    has_family(local, en->en_end[i].ce_addr.ia_family))
			family = en->en_end[i].ce_addr.ia_family;
	if (en->en_n > 0 && family == 0) {
		conf_error("local %s and peer %s: one is IPv4, the other "
		    "IPv6", lex_show(d->d_local), lex_show(d->d_peer));
		return;
	}
	choose(&pol->pol_local, local, family, d->d_local, "local");
	choose(&pol->pol_peer, peer, family, d->d_peer, "peer");
	if (pol->pol_af == 0)
		pol->pol_af = family;
}

/* NULL is any here: no address at all. */
static int
resolve_end(struct ends *en, const struct draft *d, const char *word,
    const char *what)
{
	if (word == NULL)
		return (0);
	if (resolve(en, word) == -1)
		return (-1);
	narrow(en, d->d_af);
	if (en->en_n > 0)
		return (0);
	conf_error("the policy is %s, but %s %s is not", af_name(d->d_af),
	    what, lex_show(word));
	return (-1);
}

/* The only pair of from and to, if both are hosts. */
static void
ends_of_selectors(struct policy *pol)
{
	const struct ike_ts *src = pol->pol_src.tl_ts;
	const struct ike_ts *dst = pol->pol_dst.tl_ts;

	if (pol->pol_src.tl_n != 1 || memcmp(src->ts_lo, src->ts_hi,
	    sizeof(src->ts_lo)) != 0 || memcmp(dst->ts_lo, dst->ts_hi,
	    sizeof(dst->ts_lo)) != 0 || (pol->pol_af != 0 &&
	    pol->pol_af != src->ts_family))
		return;
	pol->pol_af = src->ts_family;
	pol->pol_local.ce_addr.ia_family = src->ts_family;
	pol->pol_peer.ce_addr.ia_family = src->ts_family;
	memcpy(pol->pol_local.ce_addr.ia_addr, src->ts_lo, 16);
	memcpy(pol->pol_peer.ce_addr.ia_addr, dst->ts_lo, 16);
	pol->pol_local.ce_plen = pol->pol_peer.ce_plen =
	    src->ts_family == 4 ? 32 : 128;
}

static void
set_ends(struct policy *pol, const struct draft *d)
{
	struct ends local, peer;

	memset(&local, 0, sizeof(local));
	memset(&peer, 0, sizeof(peer));
	pol->pol_af = d->d_af;
	if (!d->d_ends)
		ends_of_selectors(pol);
	else if (resolve_end(&local, d, d->d_local, "local") == 0 &&
	    resolve_end(&peer, d, d->d_peer, "peer") == 0)
		match_ends(pol, d, &local, &peer);
	free(local.en_end);
	free(peer.en_end);
	if (pol->pol_flags & POL_ACTIVE && !end_single(&pol->pol_peer))
		conf_error("active mode requires local/peer address: write "
		    "`peer ADDRESS' of one host, or passive");
}

/*
 * Proposals
 */
static const struct {
	const char	*word;
	unsigned int	 flag;
	unsigned int	 proto;
} kinds[] = {
	{ "ikesa",	XN_IKE,			IKE_PROTO_IKE },
	{ "childsa",	XN_CHILD | XN_KERNEL,	IKE_PROTO_ESP },
	{ "childsa",	XN_CHILD | XN_KERNEL,	IKE_PROTO_AH }
};

static const char *const types[IKE_T_MAX + 1] = {
	"", "enc ", "prf ", "auth ", "group ", ""
};

/* All names that could stand there. */
static const char *
choices(uint8_t type, unsigned int flag)
{
	static char s[640];
	const struct xform_name *xn;
	unsigned int i;

	s[0] = '\0';
	for (i = 0; (xn = xform_nth(i)) != NULL; i++) {
		if (xn->xn_type != type || (xn->xn_flags & flag) != flag ||
		    xn->xn_flags & XN_ALIAS)
			continue;
		strlcat(s, s[0] == '\0' ? "" : ", ", sizeof(s));
		strlcat(s, xn->xn_name, sizeof(s));
	}
	return (s);
}

/* NULL and told: it has no place in such a proposal. */
static const struct xform_name *
find_xform(const struct draft_xform *dx, unsigned int kind)
{
	const struct xform_name *xn;
	unsigned int want = kinds[kind].flag;

	xn = xform_byname(dx->dx_type, dx->dx_name);
	if (xn != NULL && (xn->xn_flags & want) == want)
		return (xn);
	if (kind == 0 && dx->dx_type == IKE_T_ESN)
		conf_error("cannot use ESN with ikesa.");
	else if (kind == 0 && xn != NULL && dx->dx_type == IKE_T_DH)
		conf_error("IKE group can not be \"none\".");
	else if (kind == 1 && dx->dx_type == IKE_T_PRF)
		conf_error("childsa has no `prf': write it behind `ikesa'");
	else if (xn == NULL || !(xn->xn_flags & want & ~XN_KERNEL))
		conf_error("%s%s not a valid transform of %s: it can be %s",
		    types[dx->dx_type], lex_show(dx->dx_name),
		    kinds[kind].word, choices(dx->dx_type, want));
	else
		conf_error("%s%s: this kernel has no such transform for ESP: "
		    "%s can be %s", types[dx->dx_type], dx->dx_name,
		    kinds[kind].word, choices(dx->dx_type, want));
	return (NULL);
}

static void
check_clause(const struct draft_clause *dc, unsigned int kind, int *aead,
    int *classic)
{
	const struct draft_xform *dx, *other;
	const struct xform_name *xn;
	int auth = 0;

	*aead = *classic = 0;
	for (dx = dc->dc_xform; dx != NULL; dx = dx->dx_next) {
		if ((xn = find_xform(dx, kind)) == NULL)
			return;
		if (dx->dx_type == IKE_T_INTEG)
			auth = 1;
		if (dx->dx_type == IKE_T_ENCR)
			*(xn->xn_flags & XN_AEAD ? aead : classic) = 1;
		for (other = dc->dc_xform; other != dx;
		    other = other->dx_next)
			if (other->dx_type == dx->dx_type &&
			    xform_byname(dx->dx_type, other->dx_name)->xn_id
			    == xn->xn_id && xform_byname(dx->dx_type,
			    other->dx_name)->xn_keybits == xn->xn_keybits)
				conf_error("%s%s is given twice in one %s",
				    types[dx->dx_type], dx->dx_name,
				    kinds[kind].word);
	}
	if ((*aead || *classic) && kinds[kind].proto == IKE_PROTO_AH)
		conf_error("ah does not encrypt: leave `enc' out, or write "
		    "esp");
	else if (*aead && *classic)
		conf_error("cannot mix encryption transforms with implicit "
		    "and non-implicit authentication: write a second %s for "
		    "the others", kinds[kind].word);
	else if (*aead && auth)
		conf_error("authentication is implicit for given encryption "
		    "transforms: leave `auth' out");
	else if (!*aead && !*classic)
		*classic = auth;
}

/* What the clause has of the type, else what the default has. */
static void
fill(struct ike_prop *pr, const struct draft_clause *dc,
    const struct ike_prop *def, uint8_t type)
{
	const struct draft_xform *dx;
	const struct xform_name *xn;
	const struct ike_xform *xf;
	int n = 0;

	for (dx = dc->dc_xform; dx != NULL; dx = dx->dx_next) {
		if (dx->dx_type != type)
			continue;
		xn = xform_byname(type, dx->dx_name);
		if (prop_add(pr, type, xn->xn_id, xn->xn_keybits) == -1)
			fatal("configuration");
		n++;
	}
	for (xf = def->pr_xf; n == 0 && xf < def->pr_xf + def->pr_n; xf++)
		if (xf->xf_type == type &&
		    prop_add(pr, type, xf->xf_id, xf->xf_keybits) == -1)
			fatal("configuration");
}

/* One proposal, or with nothing to tell which kind is meant one of each. */
static void
add_clause(struct ike_props *ps, const struct draft_clause *dc,
    unsigned int kind)
{
	const struct ike_prop *def;
	struct ike_props defaults;
	unsigned int i, type, n = ps->ps_n;
	int aead, classic;

	check_clause(dc, kind, &aead, &classic);
	if (stmt.st_bad)
		return;
	memset(&defaults, 0, sizeof(defaults));
	if (props_default(&defaults, kinds[kind].proto) == -1)
		fatal("configuration");
	for (i = 0; i < defaults.ps_n; i++) {
		def = &defaults.ps_prop[i];
		if (prop_aead(def) ? classic : aead)
			continue;
		if (props_add(ps, kinds[kind].proto) == -1) {
			conf_error("more than 255 proposals of %s",
			    kinds[kind].word);
			break;
		}
		for (type = IKE_T_ENCR; type <= IKE_T_MAX; type++)
			fill(&ps->ps_prop[ps->ps_n - 1], dc, def, type);
	}
	if (n == ps->ps_n)
		conf_error("%s: no default to take the rest from: write all "
		    "of it", kinds[kind].word);
	props_clear(&defaults);
}

static void
set_props(struct ike_props *ps, const struct draft_clause *dc,
    unsigned int kind)
{
	static const struct draft_clause none;

	if (dc == NULL)
		dc = &none;
	for (; dc != NULL && !stmt.st_bad; dc = dc->dc_next)
		add_clause(ps, dc, kind);
}

/*
 * Life, proof, interface
 */
static void
set_lifetimes(struct policy *pol, const struct draft *d)
{
	const char *rest;

	if (d->d_ikelifetime != NULL)
		parse_time(d->d_ikelifetime, &pol->pol_ikelifetime);
	if (d->d_lifetime != NULL)
		parse_time(d->d_lifetime, &pol->pol_lifetime);
	if (d->d_bytes != NULL)
		parse_bytes(d->d_bytes, &pol->pol_bytes);
	if (d->d_packets != NULL && (number(d->d_packets, UINT64_MAX,
	    &pol->pol_packets, &rest) == -1 || *rest != '\0'))
		conf_error("invalid packet specification: %s: write a number",
		    lex_show(d->d_packets));
}

static void
set_auth(struct policy *pol, const struct draft *d)
{
	static const struct {
		const char	*name;
		enum conf_auth	 auth;
	} auths[] = {
		{ "signature",	CONF_AUTH_SIGNATURE },
		{ "rsa",	CONF_AUTH_RSA },
		{ "ecdsa256",	CONF_AUTH_ECDSA256 },
		{ "ecdsa384",	CONF_AUTH_ECDSA384 },
		{ "ecdsa521",	CONF_AUTH_ECDSA521 },
		{ "rfc7427",	CONF_AUTH_RFC7427 }
	};
	size_t i;

	if (d->d_psk != NULL) {
		pol->pol_auth = CONF_AUTH_PSK;
		psk_parse(d->d_psk, d->d_pskfile, &pol->pol_psk,
		    &pol->pol_psklen);
		return;
	}
	if (d->d_auth == NULL)
		return;
	for (i = 0; i < sizeof(auths) / sizeof(auths[0]); i++)
		if (strcmp(auths[i].name, d->d_auth) == 0) {
			pol->pol_auth = auths[i].auth;
			return;
		}
	/* It may be a key that has lost its `psk': it is not shown. */
	conf_error("not a valid authentication mode before `iface': write "
	    "psk \"key\", signature, rfc7427, rsa, ecdsa256, ecdsa384 or "
	    "ecdsa521");
}

static int
parse_iface(const char *name, unsigned int *unit)
{
	const char *s = name + 3, *errstr = NULL;

	if (strncmp(name, "sec", 3) != 0) {
		conf_error("invalid iface %s: only a sec interface can be "
		    "named, as sec0; clients that are given an address are "
		    "not supported", lex_show(name));
		return (-1);
	}
	if (*s == '\0' || strspn(s, "0123456789") != strlen(s) ||
	    (s[0] == '0' && s[1] != '\0'))
		errstr = "write sec and its number, without zeros in front";
	else
		*unit = strtonum(s, 0, INT_MAX, &errstr);
	if (errstr == NULL)
		return (0);
	conf_error("invalid iface %s: %s", lex_show(name), errstr);
	return (-1);
}

static void
set_iface(struct policy *pol, const char *name)
{
	const struct policy *other;

	if (name == NULL) {
		pol->pol_flags |= POL_FLOWS;
		return;
	}
	if (parse_iface(name, &pol->pol_unit) == -1)
		return;
	TAILQ_FOREACH(other, &conf->conf_policies, pol_entry)
		if (!(other->pol_flags & POL_FLOWS) &&
		    other->pol_unit == pol->pol_unit) {
			conf_error("%s is already the interface of policy "
			    "\"%s\" at %s:%u: give each its own", name,
			    other->pol_name, other->pol_file,
			    other->pol_line);
			return;
		}
	if (!check && host_iface(name) == 0)
		conf_warn("%s does not exist yet: ifconfig %s create", name,
		    name);
}

void
draft_policy(const struct draft *d)
{
	struct policy *pol;

	npolicies++;
	if (!stmt.st_bad)
		check_iface(d);
	if (stmt.st_bad)
		return;
	if ((pol = policy_new()) == NULL)
		fatal("configuration");
	pol->pol_file = xstrdup(stmt.st_file);
	pol->pol_line = stmt.st_line;
	pol->pol_flags = d->d_flags;
	set_name(pol, d->d_name);
	set_selectors(pol, d);
	if (!stmt.st_bad)
		set_ends(pol, d);
	set_props(&pol->pol_ikesa, d->d_ikesa, 0);
	set_props(&pol->pol_childsa, d->d_childsa,
	    d->d_flags & POL_AH ? 2 : 1);
	set_ids(pol, d);
	set_lifetimes(pol, d);
	set_auth(pol, d);
	if (!stmt.st_bad)
		set_iface(pol, d->d_iface);
	if (stmt.st_bad)
		policy_free(pol);
	else
		TAILQ_INSERT_TAIL(&conf->conf_policies, pol, pol_entry);
}
