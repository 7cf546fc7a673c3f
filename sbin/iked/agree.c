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
 * Would two configurations, one of each end, come to a tunnel?
 */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "props.h"

#define WORDLEN	1100		/* an identity and more */

/* A policy of ours and the one of theirs it has to do with. */
struct pair {
	const struct conf	*p_ourconf;
	const struct conf	*p_theirconf;
	const struct policy	*p_ours;
	const struct policy	*p_theirs;
	struct buf		 p_found;	/* a line each */
	unsigned int		 p_n;
};

/*
 * Which policy answers.
 */

/* What of an answering policy is not as the caller has it. */
#define DIFF_LOCAL	0x01
#define DIFF_PEER	0x02
#define DIFF_AF		0x04
#define DIFF_SRCID	0x08
#define DIFF_DSTID	0x10
#define DIFF_END	(DIFF_LOCAL | DIFF_PEER | DIFF_AF)

/* Do two prefixes share an address? */
static int
ends_meet(const struct conf_end *a, const struct conf_end *b)
{
	const uint8_t *x = a->ce_addr.ia_addr, *y = b->ce_addr.ia_addr;
	unsigned int plen;

	if (a->ce_addr.ia_family == 0 || b->ce_addr.ia_family == 0)
		return (1);
	if (a->ce_addr.ia_family != b->ce_addr.ia_family)
		return (0);
	plen = a->ce_plen < b->ce_plen ? a->ce_plen : b->ce_plen;
	if (memcmp(x, y, plen / 8) != 0)
		return (0);
	return (plen % 8 == 0 ||
	    (x[plen / 8] ^ y[plen / 8]) >> (8 - plen % 8) == 0);
}

/* dstid of one end takes srcid of the other. */
static int
id_taken(const struct ike_id *dstid, const struct ike_id *srcid)
{
	return (dstid->id_type == 0 || id_cmp(dstid, srcid) == 0);
}

static unsigned int
policy_diff(const struct policy *pol, const struct policy *caller)
{
	unsigned int diff = 0;

	if (!ends_meet(&pol->pol_local, &caller->pol_peer))
		diff |= DIFF_LOCAL;
	if (!ends_meet(&pol->pol_peer, &caller->pol_local))
		diff |= DIFF_PEER;
	if (diff == 0 && pol->pol_af != 0 && caller->pol_af != 0 &&
	    pol->pol_af != caller->pol_af)
		diff |= DIFF_AF;
	if (!id_taken(&caller->pol_dstid, &pol->pol_srcid))
		diff |= DIFF_SRCID;
	if (!id_taken(&pol->pol_dstid, &caller->pol_srcid))
		diff |= DIFF_DSTID;
	return (diff);
}

/* As iked.conf(5) says: the last, but for quick; default if none. */
static const struct policy *
policy_answer(const struct conf *conf, const struct policy *caller)
{
	const struct policy *pol, *last = NULL, *def = NULL;

	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry) {
		if (pol->pol_flags & POL_SKIP)
			continue;
		if (pol->pol_flags & POL_DEFAULT) {
			def = pol;
			continue;
		}
		if (policy_diff(pol, caller) != 0)
			continue;
		last = pol;
		if (pol->pol_flags & POL_QUICK)
			break;
	}
	return (last != NULL ? last : def);
}

/* That with the least to change; an address says more than a name. */
static const struct policy *
policy_nearest(const struct conf *conf, const struct policy *caller)
{
	const struct policy *pol, *best = NULL;
	unsigned int diff, cost, least = 0;

	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry) {
		if (pol->pol_flags & POL_SKIP)
			continue;
		diff = policy_diff(pol, caller);
		cost = !!(diff & DIFF_PEER) * 3 + !!(diff & DIFF_LOCAL) * 3 +
		    !!(diff & DIFF_AF) + !!(diff & DIFF_SRCID) * 2 +
		    !!(diff & DIFF_DSTID) * 2;
		if (best == NULL || cost <= least) {
			best = pol;
			least = cost;
		}
	}
	return (best);
}

/*
 * What is found, a line each.
 */

static void
put_place(struct buf *b, const struct policy *pol)
{
	buf_printf(b, "%s:%u", pol->pol_file, pol->pol_line);
}

static void
put_policy(struct buf *b, const struct policy *pol)
{
	buf_printf(b, "\"%s\" (", pol->pol_name);
	put_place(b, pol);
	buf_printf(b, ")");
}

/* Begins one: what is wrong, and where to change something. */
static struct buf *
found(struct pair *p, const struct policy *where, const char *what)
{
	p->p_n++;
	buf_printf(&p->p_found, "\t%s: change ", what);
	put_place(&p->p_found, where);
	buf_printf(&p->p_found, ": ");
	return (&p->p_found);
}

static const char *
end_word(const struct conf_end *ce, char *s, size_t len)
{
	const struct ike_addr *a = &ce->ce_addr;

	if (a->ia_family == 0)
		snprintf(s, len, "any");
	else if (ce->ce_plen == addr_len(a) * 8)
		snprintf(s, len, "%s", addr_ntop(a));
	else
		snprintf(s, len, "%s/%u", addr_ntop(a), ce->ce_plen);
	return (s);
}

/* As iked.conf(5) has it: without the type that is printed in front. */
static const char *
id_word(const struct ike_id *id, char *s, size_t len)
{
	const char *text = id_print(id), *slash = strchr(text, '/');

	snprintf(s, len, "%s", slash != NULL ? slash + 1 : text);
	return (s);
}

static void
found_word(struct pair *p, const char *word, const char *other,
    const char *want, const char *have)
{
	char what[64];
	struct buf *b;

	snprintf(what, sizeof(what), "%s differs", word);
	b = found(p, p->p_theirs, what);
	buf_printf(b, "write \"%s %s\", the %s of ", word, want, other);
	put_place(b, p->p_ours);
	buf_printf(b, ", not \"%s\"\n", have);
}

static void
check_ends(struct pair *p, unsigned int diff)
{
	const struct policy *ours = p->p_ours, *theirs = p->p_theirs;
	char want[WORDLEN], have[WORDLEN];

	if (diff & DIFF_LOCAL)
		found_word(p, "local", "peer",
		    end_word(&ours->pol_peer, want, sizeof(want)),
		    end_word(&theirs->pol_local, have, sizeof(have)));
	if (diff & DIFF_PEER)
		found_word(p, "peer", "local",
		    end_word(&ours->pol_local, want, sizeof(want)),
		    end_word(&theirs->pol_peer, have, sizeof(have)));
	if (diff & DIFF_AF)
		buf_printf(found(p, theirs, "the family differs"),
		    "write \"%s\"\n", ours->pol_af == 4 ? "inet" : "inet6");
	if (diff & DIFF_SRCID)
		found_word(p, "srcid", "dstid",
		    id_word(&ours->pol_dstid, want, sizeof(want)),
		    id_word(&theirs->pol_srcid, have, sizeof(have)));
	if (diff & DIFF_DSTID)
		found_word(p, "dstid", "srcid",
		    id_word(&ours->pol_srcid, want, sizeof(want)),
		    id_word(&theirs->pol_dstid, have, sizeof(have)));
}

/*
 * Who starts.
 */

static int
starts(const struct conf *conf, const struct policy *pol)
{
	return ((pol->pol_flags & POL_ACTIVE) != 0 &&
	    (conf->conf_flags & CONF_PASSIVE) == 0);
}

static void
check_start(struct pair *p)
{
	const struct policy *where = p->p_ours;

	if (starts(p->p_ourconf, p->p_ours) ||
	    starts(p->p_theirconf, p->p_theirs))
		return;
	if (!(where->pol_flags & POL_ACTIVE) &&
	    p->p_theirs->pol_flags & POL_ACTIVE)
		where = p->p_theirs;
	buf_printf(found(p, where, "nobody starts"), "%s\n",
	    where->pol_flags & POL_ACTIVE ?
	    "take \"set passive\" out of the file" : "write \"active\"");
}

/* When they start, is it our policy that answers? */
static void
check_answer(struct pair *p)
{
	const struct policy *pol, *other;
	struct buf *b;

	if (!starts(p->p_theirconf, p->p_theirs))
		return;
	other = policy_answer(p->p_ourconf, p->p_theirs);
	if (other == NULL || other == p->p_ours)
		return;
	for (pol = p->p_ours; pol != NULL && pol != other;
	    pol = TAILQ_NEXT(pol, pol_entry))
		;
	b = found(p, p->p_ours, "another policy answers when they start");
	if (p->p_ours->pol_flags & POL_DEFAULT)
		buf_printf(b, "take \"default\" away, or close ");
	else if (pol == other)
		buf_printf(b, "write \"quick\", or put it behind ");
	else
		buf_printf(b, "put it before ");
	put_policy(b, other);
	buf_printf(b, "\n");
}

/*
 * How they prove who they are.
 */

static const char *
auth_word(enum conf_auth auth)
{
	switch (auth) {
	case CONF_AUTH_PSK:
		return ("psk");
	case CONF_AUTH_RSA:
		return ("rsa");
	case CONF_AUTH_ECDSA256:
		return ("ecdsa256");
	case CONF_AUTH_ECDSA384:
		return ("ecdsa384");
	case CONF_AUTH_ECDSA521:
		return ("ecdsa521");
	case CONF_AUTH_RFC7427:
		return ("rfc7427");
	default:
		return ("signature");
	}
}

static int
auth_agree(enum conf_auth a, enum conf_auth b)
{
	if (a == CONF_AUTH_PSK || b == CONF_AUTH_PSK)
		return (a == b);
	return (a == b || a == CONF_AUTH_SIGNATURE || b == CONF_AUTH_SIGNATURE);
}

static void
check_psk(struct pair *p)
{
	const struct policy *ours = p->p_ours, *theirs = p->p_theirs;
	struct buf *b;

	if (ours->pol_psk == NULL)
		buf_printf(found(p, ours, "no key"), "write a psk\n");
	else if (theirs->pol_psk == NULL || ours->pol_psklen !=
	    theirs->pol_psklen || memcmp(ours->pol_psk, theirs->pol_psk,
	    ours->pol_psklen) != 0) {
		b = found(p, theirs, "the psk differs");
		buf_printf(b, "write the psk of ");
		put_place(b, ours);
		buf_printf(b, "\n");
	}
}

static void
check_auth(struct pair *p)
{
	enum conf_auth ours = p->p_ours->pol_auth;
	enum conf_auth theirs = p->p_theirs->pol_auth;
	struct buf *b;

	if (auth_agree(ours, theirs)) {
		if (ours == CONF_AUTH_PSK)
			check_psk(p);
		return;
	}
	b = found(p, p->p_theirs, "authentication differs");
	buf_printf(b, "write \"%s\"%s, as ", auth_word(ours),
	    ours == CONF_AUTH_PSK ? " and the key" : "");
	put_place(b, p->p_ours);
	buf_printf(b, " has, not \"%s\"\n", auth_word(theirs));
}

/*
 * What they would use.  The end that answers chooses, by its order.
 */

static int
pair_select(const struct pair *p, struct ike_props *chosen,
    const struct ike_props *ours, const struct ike_props *theirs, int nodh)
{
	if (starts(p->p_ourconf, p->p_ours))
		return (props_select(chosen, theirs, ours, nodh));
	return (props_select(chosen, ours, theirs, nodh));
}

/*
 * At which end a word would mend it: at theirs if at all, but a group is
 * added where there is none, not taken from where there is one.
 */
static void
cure_props(struct pair *p, const struct ike_props *ours,
    const struct ike_props *theirs, const char *which, int nodh)
{
	const struct policy *where = p->p_theirs;
	struct buf *b = &p->p_found, cure = { 0 };
	uint16_t group;
	int rc = -1;

	if (props_groups(theirs, &group, 1) == 0 ||
	    props_groups(ours, &group, 1) == 1)
		rc = props_cure(&cure, theirs, ours, which, nodh);
	if (rc == -1) {
		buf_clear(&cure);
		where = p->p_ours;
		rc = props_cure(&cure, ours, theirs, which, nodh);
	}
	if (rc == 0) {
		buf_printf(b, "change ");
		put_place(b, where);
		buf_printf(b, ": ");
		buf_putbuf(b, &cure);
		buf_printf(b, "\n");
	} else
		buf_printf(b, "no word at one end would do: take %s away "
		    "from both\n", which);
	buf_clear(&cure);
}

static void
check_props(struct pair *p, const struct ike_props *ours,
    const struct ike_props *theirs, const char *which, int nodh)
{
	struct ike_props chosen;
	struct buf *b = &p->p_found;
	char we[512], they[512];

	if (pair_select(p, &chosen, ours, theirs, nodh) == 0) {
		props_clear(&chosen);
		return;
	}
	p->p_n++;
	snprintf(they, sizeof(they), "%s:%u has", p->p_theirs->pol_file,
	    p->p_theirs->pol_line);
	snprintf(we, sizeof(we), "%s:%u has", p->p_ours->pol_file,
	    p->p_ours->pol_line);
	buf_printf(b, "\t%s%s: ", which, !nodh && strcmp(which, "ikesa") != 0 ?
	    ", at the first rekey" : "");
	props_compare(b, theirs, ours, nodh, they, we);
	cure_props(p, ours, theirs, which, nodh);
}

static void
check_childsa(struct pair *p)
{
	const struct ike_props *ours = &p->p_ours->pol_childsa;
	const struct ike_props *theirs = &p->p_theirs->pol_childsa;
	unsigned int n = p->p_n;

	/* the first comes with IKE_AUTH and has no group of its own */
	check_props(p, ours, theirs, "childsa", 1);
	if (p->p_n == n)
		check_props(p, ours, theirs, "childsa", 0);
}

/* The mode, too, has no second choice. */
static void
check_mode(struct pair *p)
{
	const struct policy *ours = p->p_ours, *theirs = p->p_theirs;
	unsigned int differ = ours->pol_flags ^ theirs->pol_flags;

	if (differ & POL_TRANSPORT)
		buf_printf(found(p, theirs, "the mode differs"),
		    "write \"%s\"\n", ours->pol_flags & POL_TRANSPORT ?
		    "transport" : "tunnel");
	if (differ & POL_AH)
		buf_printf(found(p, theirs, "the protocol differs"),
		    "write \"%s\"\n", ours->pol_flags & POL_AH ? "ah" :
		    "esp");
}

static unsigned int
families(const struct ike_tslist *tl)
{
	unsigned int i, set = 0;

	for (i = 0; i < tl->tl_n; i++)
		set |= 1U << tl->tl_ts[i].ts_family;
	return (set);
}

static void
check_ts(struct pair *p)
{
	const struct policy *ours = p->p_ours, *theirs = p->p_theirs;
	struct ike_tslist src, dst = { 0 };
	struct buf *b;

	if (ts_narrow(&src, &ours->pol_src, &theirs->pol_dst) == -1 ||
	    ts_narrow(&dst, &ours->pol_dst, &theirs->pol_src) == -1) {
		b = found(p, theirs, "the selectors have nothing in common");
		ts_cure(b, &theirs->pol_src, &theirs->pol_dst,
		    &ours->pol_src, &ours->pol_dst);
		buf_printf(b, "\n");
	} else if ((families(&src) & families(&dst)) == 0) {
		/* a packet has one for both its addresses */
		b = found(p, theirs, "the selectors have no common family");
		buf_printf(b, "write \"from %s to %s\"\n",
		    ts_print(&ours->pol_dst.tl_ts[0]),
		    ts_print(&ours->pol_src.tl_ts[0]));
	}
	tslist_clear(&src);
	tslist_clear(&dst);
}

/*
 * Verdicts.
 */

static void
put_selected(struct buf *b, const struct pair *p, const char *which,
    const struct ike_props *ours, const struct ike_props *theirs)
{
	struct ike_props chosen;

	buf_printf(b, " %s ", which);
	if (pair_select(p, &chosen, ours, theirs, 0) == 0) {
		props_print(b, &chosen);
		props_clear(&chosen);
	}
	buf_printf(b, ";");
}

static void
put_side(struct buf *b, const char *word, const struct ike_tslist *ours,
    const struct ike_tslist *theirs)
{
	struct ike_tslist both;
	unsigned int i;

	buf_printf(b, " %s ", word);
	if (ts_narrow(&both, ours, theirs) == -1)
		return;
	for (i = 0; i < both.tl_n; i++)
		buf_printf(b, "%s%s", i > 0 ? ", " : "",
		    ts_print(&both.tl_ts[i]));
	tslist_clear(&both);
}

/* Through what packets come to the SAs; two static buffers. */
static const char *
carrier(const struct policy *pol)
{
	static char s[2][16];
	static unsigned int i;

	i = !i;
	if (pol->pol_flags & POL_FLOWS)
		return ("flows");
	snprintf(s[i], sizeof(s[i]), "sec%u", pol->pol_unit);
	return (s[i]);
}

static void
put_agreed(struct buf *b, const struct pair *p)
{
	const struct policy *ours = p->p_ours, *theirs = p->p_theirs;
	int we = starts(p->p_ourconf, ours);
	int they = starts(p->p_theirconf, theirs);

	buf_printf(b, " agree:");
	put_selected(b, p, "ikesa", &ours->pol_ikesa, &theirs->pol_ikesa);
	put_selected(b, p, "childsa", &ours->pol_childsa,
	    &theirs->pol_childsa);
	put_side(b, "from", &ours->pol_src, &theirs->pol_dst);
	put_side(b, "to", &ours->pol_dst, &theirs->pol_src);
	buf_printf(b, "; %s%s; %s to their %s; %s\n",
	    auth_word(ours->pol_auth == CONF_AUTH_SIGNATURE ?
	    theirs->pol_auth : ours->pol_auth),
	    ours->pol_auth == CONF_AUTH_PSK ? "" : " (keys not looked at)",
	    carrier(ours), carrier(theirs), we && they ?
	    "either end starts" : we ? "we start" : "they start");
}

/* Nobody of theirs takes a call of ours. */
static void
agree_none(struct buf *b, struct pair *p)
{
	p->p_theirs = policy_nearest(p->p_theirconf, p->p_ours);
	if (p->p_theirs == NULL) {
		buf_printf(b, ": the other end has no policy that answers\n");
		p->p_n++;
		return;
	}
	check_ends(p, policy_diff(p->p_theirs, p->p_ours));
	buf_printf(b, ": no policy answers, the nearest is ");
	put_policy(b, p->p_theirs);
	buf_printf(b, ":\n");
}

static int
agree_policy(struct buf *b, struct pair *p)
{
	buf_printf(b, "policy ");
	put_policy(b, p->p_ours);
	p->p_theirs = policy_answer(p->p_theirconf, p->p_ours);
	if (p->p_theirs == NULL)
		agree_none(b, p);
	else {
		buf_printf(b, " and ");
		put_policy(b, p->p_theirs);
		/* a default takes any address, but still has its names */
		check_ends(p, policy_diff(p->p_theirs, p->p_ours) & ~DIFF_END);
		check_start(p);
		check_answer(p);
		check_auth(p);
		check_props(p, &p->p_ours->pol_ikesa, &p->p_theirs->pol_ikesa,
		    "ikesa", 0);
		check_mode(p);
		if (!((p->p_ours->pol_flags ^ p->p_theirs->pol_flags) &
		    POL_AH))
			check_childsa(p);
		check_ts(p);
		if (p->p_n == 0)
			put_agreed(b, p);
		else
			buf_printf(b, " do not agree:\n");
	}
	buf_putbuf(b, &p->p_found);
	buf_clear(&p->p_found);
	return (p->p_n != 0);
}

int
conf_agree(struct buf *b, const struct conf *ours, const struct conf *theirs)
{
	struct pair p;
	int failed = 0, n = 0;

	memset(&p, 0, sizeof(p));
	p.p_ourconf = ours;
	p.p_theirconf = theirs;
	TAILQ_FOREACH(p.p_ours, &ours->conf_policies, pol_entry) {
		/* it answers nobody, on purpose */
		if ((p.p_ours->pol_flags & (POL_SKIP | POL_ACTIVE)) ==
		    POL_SKIP)
			continue;
		p.p_n = 0;
		failed += agree_policy(b, &p);
		n++;
	}
	if (n == 0)
		buf_printf(b, "no policy here starts or answers\n");
	return (failed);
}
