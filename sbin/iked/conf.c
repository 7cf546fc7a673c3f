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
 * Configurations: their life, whether two are the same, and the way to
 * another process.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "proposal.h"

#define CONF_MAGIC	0x696b6401	/* "ikd", 1: the layout */
#define MAXPSK		1024
#define MAXSEL		255
#define MAXPROP		255

#define POL_ALL		(POL_ACTIVE | POL_QUICK | POL_SKIP | POL_DEFAULT | \
			    POL_NATT | POL_FLOWS | POL_TRANSPORT | POL_AH)
#define CONF_ALL	(CONF_PASSIVE | CONF_DECOUPLE | CONF_MOBIKE | \
			    CONF_FRAGMENT | CONF_VENDORID | CONF_SINGLEIKE | \
			    CONF_PARTIALCHAIN)

struct conf *
conf_new(void)
{
	struct conf *c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	TAILQ_INIT(&c->conf_policies);
	c->conf_flags = CONF_MOBIKE | CONF_VENDORID;
	c->conf_dpd = 60;
	return (c);
}

void
conf_free(struct conf *c)
{
	struct policy *pol;

	if (c == NULL)
		return;
	while ((pol = TAILQ_FIRST(&c->conf_policies)) != NULL) {
		TAILQ_REMOVE(&c->conf_policies, pol, pol_entry);
		policy_free(pol);
	}
	free(c);
}

struct policy *
policy_new(void)
{
	struct policy *pol;

	if ((pol = calloc(1, sizeof(*pol))) == NULL)
		return (NULL);
	pol->pol_lifetime = 3 * 60 * 60;
	pol->pol_bytes = 4ULL * 1024 * 1024 * 1024;
	pol->pol_auth = CONF_AUTH_SIGNATURE;
	return (pol);
}

void
policy_free(struct policy *pol)
{
	if (pol == NULL)
		return;
	free(pol->pol_name);
	free(pol->pol_file);
	tslist_clear(&pol->pol_src);
	tslist_clear(&pol->pol_dst);
	props_clear(&pol->pol_ikesa);
	props_clear(&pol->pol_childsa);
	id_clear(&pol->pol_srcid);
	id_clear(&pol->pol_dstid);
	freezero(pol->pol_psk, pol->pol_psklen);
	free(pol);
}

static int
end_equal(const struct conf_end *a, const struct conf_end *b)
{
	return (addr_same(&a->ce_addr, &b->ce_addr) &&
	    a->ce_plen == b->ce_plen);
}

/* One by one, in their order. */
static int
sels_equal(const struct ike_tslist *a, const struct ike_tslist *b)
{
	_Static_assert(sizeof(struct ike_ts) == 38, "no padding");

	return (a->tl_n == b->tl_n && (a->tl_n == 0 ||
	    memcmp(a->tl_ts, b->tl_ts, a->tl_n * sizeof(*a->tl_ts)) == 0));
}

static int
psk_equal(const struct policy *a, const struct policy *b)
{
	return (a->pol_pskmark == b->pol_pskmark &&
	    a->pol_psklen == b->pol_psklen && (a->pol_psklen == 0 ||
	    timingsafe_bcmp(a->pol_psk, b->pol_psk, a->pol_psklen) == 0));
}

int
policy_same(const struct policy *a, const struct policy *b)
{
	return (a->pol_flags == b->pol_flags && a->pol_af == b->pol_af &&
	    end_equal(&a->pol_local, &b->pol_local) &&
	    end_equal(&a->pol_peer, &b->pol_peer) &&
	    sels_equal(&a->pol_src, &b->pol_src) &&
	    sels_equal(&a->pol_dst, &b->pol_dst) &&
	    props_equal(&a->pol_ikesa, &b->pol_ikesa) &&
	    props_equal(&a->pol_childsa, &b->pol_childsa) &&
	    id_cmp(&a->pol_srcid, &b->pol_srcid) == 0 &&
	    id_cmp(&a->pol_dstid, &b->pol_dstid) == 0 &&
	    a->pol_auth == b->pol_auth && psk_equal(a, b) &&
	    a->pol_unit == b->pol_unit);
}

uint8_t
policy_proto(const struct policy *pol)
{
	return (pol->pol_flags & POL_AH ? IKE_PROTO_AH : IKE_PROTO_ESP);
}

int
policy_equal(const struct policy *a, const struct policy *b)
{
	return (policy_same(a, b) && strcmp(a->pol_name, b->pol_name) == 0 &&
	    a->pol_ikelifetime == b->pol_ikelifetime &&
	    a->pol_lifetime == b->pol_lifetime &&
	    a->pol_bytes == b->pol_bytes &&
	    a->pol_packets == b->pol_packets);
}

/*
 * To another process.  Each put has a get below that reads the same, and
 * believes nothing: 0, or -1.
 */
static void
put_end(struct buf *b, const struct conf_end *e)
{
	buf_put8(b, e->ce_addr.ia_family);
	buf_put(b, e->ce_addr.ia_addr, sizeof(e->ce_addr.ia_addr));
	buf_put8(b, e->ce_plen);
}

static int
get_end(struct span *s, struct conf_end *e)
{
	struct ike_addr *a = &e->ce_addr;

	if (span_get8(s, &a->ia_family) == -1 ||
	    span_get(s, a->ia_addr, sizeof(a->ia_addr)) == -1 ||
	    span_get8(s, &e->ce_plen) == -1)
		return (-1);
	if (a->ia_family != 0 && addr_len(a) == 0)
		return (-1);
	return (e->ce_plen > addr_len(a) * 8 ? -1 : 0);
}

static void
put_sel(struct buf *b, const struct ike_ts *ts)
{
	buf_put8(b, ts->ts_family);
	buf_put8(b, ts->ts_proto);
	buf_put16(b, ts->ts_port[0]);
	buf_put16(b, ts->ts_port[1]);
	buf_put(b, ts->ts_lo, sizeof(ts->ts_lo));
	buf_put(b, ts->ts_hi, sizeof(ts->ts_hi));
}

static int
get_sel(struct span *s, struct ike_ts *ts)
{
	memset(ts, 0, sizeof(*ts));
	if (span_get8(s, &ts->ts_family) == -1 ||
	    span_get8(s, &ts->ts_proto) == -1 ||
	    span_get16(s, &ts->ts_port[0]) == -1 ||
	    span_get16(s, &ts->ts_port[1]) == -1 ||
	    span_get(s, ts->ts_lo, sizeof(ts->ts_lo)) == -1 ||
	    span_get(s, ts->ts_hi, sizeof(ts->ts_hi)) == -1)
		return (-1);
	return ((ts->ts_family != 4 && ts->ts_family != 6) ||
	    ts->ts_port[0] > ts->ts_port[1] ||
	    memcmp(ts->ts_lo, ts->ts_hi, sizeof(ts->ts_lo)) > 0 ? -1 : 0);
}

static void
put_sels(struct buf *b, const struct policy *pol)
{
	unsigned int i;

	buf_put8(b, pol->pol_src.tl_n);
	for (i = 0; i < pol->pol_src.tl_n; i++) {
		put_sel(b, &pol->pol_src.tl_ts[i]);
		put_sel(b, &pol->pol_dst.tl_ts[i]);
	}
}

static int
get_sels(struct span *s, struct policy *pol)
{
	struct ike_ts src, dst;
	uint8_t n;

	_Static_assert(MAXSEL <= UINT8_MAX, "one octet");
	if (span_get8(s, &n) == -1 || n == 0)
		return (-1);
	while (n-- > 0)
		if (get_sel(s, &src) == -1 || get_sel(s, &dst) == -1 ||
		    src.ts_family != dst.ts_family ||
		    tslist_add(&pol->pol_src, &src) == -1 ||
		    tslist_add(&pol->pol_dst, &dst) == -1)
			return (-1);
	return (0);
}

static void
put_props(struct buf *b, const struct ike_props *ps)
{
	const struct ike_prop *pr;
	unsigned int i, j;

	buf_put8(b, ps->ps_n);
	for (i = 0; i < ps->ps_n; i++) {
		pr = &ps->ps_prop[i];
		buf_put8(b, pr->pr_num);
		buf_put16(b, pr->pr_n);
		for (j = 0; j < pr->pr_n; j++) {
			buf_put8(b, pr->pr_xf[j].xf_type);
			buf_put16(b, pr->pr_xf[j].xf_id);
			buf_put16(b, pr->pr_xf[j].xf_keybits);
		}
	}
}

static int
get_prop(struct span *s, struct ike_prop *pr)
{
	uint16_t n, id, bits;
	uint8_t type;

	if (span_get8(s, &pr->pr_num) == -1 || span_get16(s, &n) == -1)
		return (-1);
	while (n-- > 0)
		if (span_get8(s, &type) == -1 || type == 0 ||
		    type > IKE_T_MAX || span_get16(s, &id) == -1 ||
		    span_get16(s, &bits) == -1 ||
		    prop_add(pr, type, id, bits) == -1)
			return (-1);
	return (0);
}

static int
get_props(struct span *s, struct ike_props *ps, uint8_t proto)
{
	uint8_t n;

	_Static_assert(MAXPROP <= UINT8_MAX, "one octet");
	if (span_get8(s, &n) == -1 || n == 0)
		return (-1);
	while (n-- > 0)
		if (props_add(ps, proto) == -1 ||
		    get_prop(s, &ps->ps_prop[ps->ps_n - 1]) == -1)
			return (-1);
	return (0);
}

static void
put_id(struct buf *b, const struct ike_id *id)
{
	buf_put8(b, id->id_type);
	buf_putsized(b, id->id_data, id->id_len);
}

/* Without a type there are no octets, and with one there are. */
static int
get_id(struct span *s, struct ike_id *id)
{
	struct span data;
	struct ike_id tmp;

	if (span_get8(s, &tmp.id_type) == -1 || span_getsized(s, &data) == -1)
		return (-1);
	if (tmp.id_type == 0)
		return (data.s_len == 0 ? 0 : -1);
	if (data.s_len == 0 || data.s_len > IKE_ID_MAX)
		return (-1);
	tmp.id_len = data.s_len;
	tmp.id_data = (uint8_t *)data.s_data;
	return (id_copy(id, &tmp));
}

static void
put_auth(struct buf *b, const struct policy *pol, int secrets)
{
	buf_put8(b, pol->pol_auth);
	buf_put64(b, pol->pol_pskmark);
	buf_putsized(b, pol->pol_psk, secrets ? pol->pol_psklen : 0);
}

static int
get_auth(struct span *s, struct policy *pol)
{
	struct span psk;
	uint8_t auth;

	if (span_get8(s, &auth) == -1 || auth > CONF_AUTH_RFC7427 ||
	    span_get64(s, &pol->pol_pskmark) == -1 ||
	    span_getsized(s, &psk) == -1 || psk.s_len > MAXPSK)
		return (-1);
	pol->pol_auth = auth;
	if (psk.s_len == 0)
		return (0);
	if (auth != CONF_AUTH_PSK || (pol->pol_psk = malloc(psk.s_len)) == NULL)
		return (-1);
	memcpy(pol->pol_psk, psk.s_data, psk.s_len);
	pol->pol_psklen = psk.s_len;
	return (0);
}

static void
put_policy(struct buf *b, const struct policy *pol, int secrets)
{
	buf_putstr(b, pol->pol_name);
	buf_putstr(b, pol->pol_file);
	buf_put32(b, pol->pol_line);
	buf_put32(b, pol->pol_flags);
	buf_put8(b, pol->pol_af);
	put_end(b, &pol->pol_local);
	put_end(b, &pol->pol_peer);
	put_sels(b, pol);
	put_props(b, &pol->pol_ikesa);
	put_props(b, &pol->pol_childsa);
	put_id(b, &pol->pol_srcid);
	put_id(b, &pol->pol_dstid);
	buf_put32(b, pol->pol_ikelifetime);
	buf_put32(b, pol->pol_lifetime);
	buf_put64(b, pol->pol_bytes);
	buf_put64(b, pol->pol_packets);
	put_auth(b, pol, secrets);
	buf_put32(b, pol->pol_unit);
	buf_put32(b, pol->pol_id);
}

static int
get_policy(struct span *s, struct policy *pol)
{
	if ((pol->pol_name = span_getstr(s)) == NULL ||
	    (pol->pol_file = span_getstr(s)) == NULL ||
	    span_get32(s, &pol->pol_line) == -1 ||
	    span_get32(s, &pol->pol_flags) == -1 ||
	    span_get8(s, &pol->pol_af) == -1 ||
	    get_end(s, &pol->pol_local) == -1 ||
	    get_end(s, &pol->pol_peer) == -1 ||
	    get_sels(s, pol) == -1 ||
	    get_props(s, &pol->pol_ikesa, IKE_PROTO_IKE) == -1 ||
	    get_props(s, &pol->pol_childsa, policy_proto(pol)) == -1 ||
	    get_id(s, &pol->pol_srcid) == -1 ||
	    get_id(s, &pol->pol_dstid) == -1 ||
	    span_get32(s, &pol->pol_ikelifetime) == -1 ||
	    span_get32(s, &pol->pol_lifetime) == -1 ||
	    span_get64(s, &pol->pol_bytes) == -1 ||
	    span_get64(s, &pol->pol_packets) == -1 ||
	    get_auth(s, pol) == -1 ||
	    span_get32(s, &pol->pol_unit) == -1 ||
	    span_get32(s, &pol->pol_id) == -1)
		return (-1);
	if (pol->pol_af != 0 && pol->pol_af != 4 && pol->pol_af != 6)
		return (-1);
	if (!(pol->pol_flags & POL_FLOWS) &&
	    (pol->pol_flags & (POL_TRANSPORT | POL_AH)))
		return (-1);
	return (pol->pol_flags & ~POL_ALL || pol->pol_unit > INT_MAX ||
	    pol->pol_srcid.id_type == 0 ? -1 : 0);
}

void
conf_put(struct buf *b, const struct conf *c, int secrets)
{
	const struct policy *pol;
	uint32_t n = 0;

	TAILQ_FOREACH(pol, &c->conf_policies, pol_entry)
		n++;
	buf_put32(b, CONF_MAGIC);
	buf_put32(b, c->conf_flags);
	buf_put32(b, c->conf_dpd);
	buf_put32(b, n);
	TAILQ_FOREACH(pol, &c->conf_policies, pol_entry)
		put_policy(b, pol, secrets);
}

static int
get_policies(struct span *s, struct conf *c)
{
	struct policy *pol;
	uint32_t magic, n;

	if (span_get32(s, &magic) == -1 || magic != CONF_MAGIC ||
	    span_get32(s, &c->conf_flags) == -1 ||
	    c->conf_flags & ~CONF_ALL ||
	    span_get32(s, &c->conf_dpd) == -1 || span_get32(s, &n) == -1)
		return (-1);
	while (n-- > 0) {
		if ((pol = policy_new()) == NULL)
			return (-1);
		TAILQ_INSERT_TAIL(&c->conf_policies, pol, pol_entry);
		if (get_policy(s, pol) == -1)
			return (-1);
	}
	return (0);
}

struct conf *
conf_get(struct span *s)
{
	struct conf *c;

	if ((c = conf_new()) == NULL)
		return (NULL);
	if (get_policies(s, c) == 0)
		return (c);
	conf_free(c);
	return (NULL);
}
