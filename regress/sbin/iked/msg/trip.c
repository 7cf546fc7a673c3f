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
 * What was said is what is heard.
 */
#include <err.h>
#include <stdlib.h>

#include "msgtest.h"

#define TRIPS		200
#define MANY		5	/* at most, of what may come often */
#define ITEMS		40

/* All that one message says. */
struct said {
	struct ike_props sa;
	uint16_t	 group;
	struct buf	 ke;
	struct buf	 nonce;
	struct ike_id	 id[2];		/* IDi, IDr */
	uint8_t		 method;
	struct buf	 auth;
	struct ike_tslist ts[2];	/* TSi, TSr */
	unsigned int	 ncerts;
	struct buf	 certs[MANY];
	unsigned int	 nnotifies;
	struct buf	 notifies[MANY];
	unsigned int	 ndeletes;
	uint32_t	 spis[MANY];
	uint8_t		 spi[8];
};

static void *
need(void *p)
{
	if (p == NULL)
		err(1, NULL);
	return (p);
}

static void
make_octets(struct buf *b, size_t min, size_t max)
{
	size_t len = min + roll(max - min + 1);

	if (len > 0)
		roll_octets(need(buf_room(b, len)), len);
}

static void
make_prop(struct ike_prop *pr, uint8_t proto)
{
	unsigned int i;

	memset(pr, 0, sizeof(*pr));
	pr->pr_proto = proto;
	pr->pr_spilen = proto == IKE_PROTO_IKE ? 8 * roll(2) : 4;
	roll_octets(pr->pr_spi, pr->pr_spilen);
	pr->pr_n = 1 + roll(12);
	pr->pr_xf = need(calloc(pr->pr_n, sizeof(*pr->pr_xf)));
	for (i = 0; i < pr->pr_n; i++)
		pr->pr_xf[i] = (struct ike_xform){ 1 + roll(7), roll(65536),
		    roll(2) * roll(65536) };
}

static void
make_props(struct ike_props *ps, unsigned int n)
{
	uint8_t proto = roll(2) ? IKE_PROTO_ESP : IKE_PROTO_IKE;
	unsigned int i;

	ps->ps_n = n;
	ps->ps_prop = need(calloc(n, sizeof(*ps->ps_prop)));
	for (i = 0; i < n; i++)
		make_prop(&ps->ps_prop[i], proto);
}

static void
make_id(struct ike_id *id)
{
	static const struct {
		uint8_t type;
		unsigned int min, max;
	} kinds[] = {
		{ IKE_ID_IPV4, 4, 4 }, { IKE_ID_IPV6, 16, 16 },
		{ IKE_ID_FQDN, 1, IKE_ID_MAX }, { IKE_ID_UFQDN, 1, 100 },
		{ IKE_ID_DN, 1, 300 }, { IKE_ID_KEYID, 1, IKE_ID_MAX },
		{ 200, 1, 9 },
	};
	unsigned int k = roll(nitems(kinds)), i;

	id->id_type = kinds[k].type;
	id->id_len = kinds[k].min + roll(kinds[k].max - kinds[k].min + 1);
	id->id_data = need(malloc(id->id_len));
	for (i = 0; i < id->id_len; i++)
		id->id_data[i] = 1 + roll(255);
}

static void
make_ts(struct ike_tslist *tl, unsigned int n)
{
	struct ike_ts *ts;
	unsigned int alen;

	tl->tl_n = n;
	tl->tl_ts = need(calloc(n, sizeof(*ts)));
	for (ts = tl->tl_ts; ts < tl->tl_ts + n; ts++) {
		ts->ts_family = roll(2) ? 4 : 6;
		alen = ts->ts_family == 4 ? 4 : 16;
		ts->ts_proto = roll(256);
		ts->ts_port[0] = roll(1000);
		ts->ts_port[1] = roll(3) ? 1000 + roll(60000) : ts->ts_port[0];
		if (roll(8) == 0) {
			ts->ts_port[0] = 65535;	/* OPAQUE */
			ts->ts_port[1] = 0;
		}
		roll_octets(ts->ts_lo, alen);
		memcpy(ts->ts_hi, ts->ts_lo, alen);
		ts->ts_hi[roll(alen)] |= 0xff;
	}
}

static void
said_make(struct said *s)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	make_props(&s->sa, 1 + roll(6));
	s->group = roll(65536);
	make_octets(&s->ke, 1, 1100);
	make_octets(&s->nonce, IKE_NONCE_MIN, IKE_NONCE_MAX);
	s->method = roll(256);
	make_octets(&s->auth, 1, 600);
	for (i = 0; i < 2; i++) {
		make_id(&s->id[i]);
		make_ts(&s->ts[i], 1 + roll(9));
	}
	s->ncerts = roll(MANY + 1);
	s->nnotifies = roll(MANY + 1);
	s->ndeletes = roll(MANY + 1);
	for (i = 0; i < MANY; i++) {
		make_octets(&s->certs[i], 1, 2000);
		make_octets(&s->notifies[i], 0, 100);
		roll_octets(&s->spis[i], sizeof(s->spis[i]));
	}
	roll_octets(s->spi, sizeof(s->spi));
}

static void
said_clear(struct said *s)
{
	unsigned int i;

	for (i = 0; i < s->sa.ps_n; i++)
		free(s->sa.ps_prop[i].pr_xf);
	free(s->sa.ps_prop);
	buf_clear(&s->ke);
	buf_clear(&s->nonce);
	buf_clear(&s->auth);
	for (i = 0; i < 2; i++) {
		free(s->id[i].id_data);
		free(s->ts[i].tl_ts);
	}
	for (i = 0; i < MANY; i++) {
		buf_clear(&s->certs[i]);
		buf_clear(&s->notifies[i]);
	}
}

/* The nth of those that come often. */
static void
say_nth(struct msgb *mb, const struct said *s, uint8_t payload,
    unsigned int n)
{
	const struct buf *b = &s->certs[n];

	switch (payload) {
	case IKE_P_CERT:
		mb_cert(mb, 100 + n, b->b_data, b->b_len);
		break;
	case IKE_P_CERTREQ:
		mb_certreq(mb, 200 + n, b->b_data, b->b_len - 1);
		break;
	case IKE_P_NOTIFY:
		b = &s->notifies[n];
		mb_notify(mb, n, s->spi, n == 0 ? 0 : 4 * (n % 3),
		    16383 + n * 100, b->b_data, b->b_len);
		break;
	case IKE_P_DELETE:
		mb_delete(mb, n == 0 ? IKE_PROTO_IKE : IKE_PROTO_ESP, s->spis,
		    n);
		break;
	case IKE_P_VENDOR:
		mb_vendor(mb, b->b_data, b->b_len);
		break;
	}
}

static void
say(struct msgb *mb, const struct said *s, uint8_t payload, unsigned int n)
{
	switch (payload) {
	case IKE_P_SA:
		mb_sa(mb, &s->sa);
		break;
	case IKE_P_KE:
		mb_ke(mb, s->group, &s->ke);
		break;
	case IKE_P_NONCE:
		mb_nonce(mb, s->nonce.b_data, s->nonce.b_len);
		break;
	case IKE_P_IDI:
	case IKE_P_IDR:
		mb_id(mb, payload, &s->id[payload - IKE_P_IDI]);
		break;
	case IKE_P_AUTH:
		mb_auth(mb, s->method, s->auth.b_data, s->auth.b_len);
		break;
	case IKE_P_TSI:
	case IKE_P_TSR:
		mb_ts(mb, payload, &s->ts[payload - IKE_P_TSI]);
		break;
	default:
		say_nth(mb, s, payload, n);
	}
}

static void
say_all(struct msgb *mb, const struct said *s)
{
	static const uint8_t once[] = { IKE_P_SA, IKE_P_KE, IKE_P_NONCE,
	    IKE_P_IDI, IKE_P_IDR, IKE_P_AUTH, IKE_P_TSI, IKE_P_TSR };
	uint8_t types[ITEMS], swap;
	unsigned int i, j, n = 0, next[256] = { 0 };

	for (i = 0; i < nitems(once); i++)
		types[n++] = once[i];
	for (i = 0; i < s->ncerts; i++) {
		types[n++] = IKE_P_CERT;
		types[n++] = IKE_P_CERTREQ;
		types[n++] = IKE_P_VENDOR;
	}
	for (i = 0; i < s->nnotifies; i++)
		types[n++] = IKE_P_NOTIFY;
	for (i = 0; i < s->ndeletes; i++)
		types[n++] = IKE_P_DELETE;
	for (i = n; i > 1; i--) {
		j = roll(i);
		swap = types[j];
		types[j] = types[i - 1];
		types[i - 1] = swap;
	}
	for (i = 0; i < n; i++)
		say(mb, s, types[i], next[types[i]]++);
}

void
chain_random(struct msgb *mb)
{
	struct said s;

	said_make(&s);
	say_all(mb, &s);
	said_clear(&s);
}

static int
prop_same(const struct ike_prop *a, const struct ike_prop *b)
{
	unsigned int i;

	if (a->pr_proto != b->pr_proto || a->pr_spilen != b->pr_spilen ||
	    memcmp(a->pr_spi, b->pr_spi, 8) != 0 || a->pr_n != b->pr_n)
		return (0);
	for (i = 0; i < a->pr_n; i++)
		if (a->pr_xf[i].xf_type != b->pr_xf[i].xf_type ||
		    a->pr_xf[i].xf_id != b->pr_xf[i].xf_id ||
		    a->pr_xf[i].xf_keybits != b->pr_xf[i].xf_keybits)
			return (0);
	return (1);
}

static void
hear_sa(const struct ike_props *a, const struct ike_props *b)
{
	unsigned int i;

	CHECK(a->ps_n == b->ps_n, "%u proposals, not %u", a->ps_n, b->ps_n);
	for (i = 0; i < a->ps_n && i < b->ps_n; i++) {
		CHECK(prop_same(&a->ps_prop[i], &b->ps_prop[i]),
		    "proposal %u differs", i);
		CHECK(a->ps_prop[i].pr_num == i + 1, "proposal %u has number "
		    "%u", i, a->ps_prop[i].pr_num);
	}
}

static void
hear_ts(const struct ike_tslist *a, const struct ike_tslist *b)
{
	CHECK(a->tl_n == b->tl_n && memcmp(a->tl_ts, b->tl_ts,
	    a->tl_n * sizeof(*a->tl_ts)) == 0, "selectors differ");
}

static void
hear_id(const struct ike_id *a, const struct ike_id *b)
{
	CHECK(a->id_type == b->id_type && a->id_len == b->id_len &&
	    memcmp(a->id_data, b->id_data, a->id_len) == 0,
	    "identities of type %u differ", b->id_type);
}

static void
hear_certs(const struct msg *m, const struct said *s)
{
	const struct buf *b;
	unsigned int i;

	CHECK(m->m_ncerts == s->ncerts && m->m_ncertreqs == s->ncerts,
	    "%u and %u certificates, not %u", m->m_ncerts, m->m_ncertreqs,
	    s->ncerts);
	for (i = 0; i < s->ncerts && i < m->m_ncerts; i++) {
		b = &s->certs[i];
		CHECK(m->m_certs[i].mc_encoding == 100 + i &&
		    span_is(&m->m_certs[i].mc_data, b->b_data, b->b_len),
		    "CERT %u differs", i);
		CHECK(m->m_certreqs[i].mc_encoding == 200 + i &&
		    span_is(&m->m_certreqs[i].mc_data, b->b_data,
		    b->b_len - 1), "CERTREQ %u differs", i);
	}
}

static void
hear_notifies(const struct msg *m, const struct said *s)
{
	const struct msg_notify *n;
	unsigned int i;

	CHECK(m->m_nnotifies == s->nnotifies, "%u notifies, not %u",
	    m->m_nnotifies, s->nnotifies);
	for (i = 0; i < s->nnotifies; i++) {
		n = msg_notify(m, 16383 + i * 100);
		CHECK(n != NULL && n->mn_proto == i &&
		    span_is(&n->mn_spi, s->spi, i == 0 ? 0 : 4 * (i % 3)) &&
		    span_is(&n->mn_data, s->notifies[i].b_data,
		    s->notifies[i].b_len), "notify %u differs", i);
	}
	n = msg_error(m);
	CHECK(s->nnotifies == 0 ? n == NULL : n != NULL &&
	    n->mn_type == 16383, "the error is not found");
	CHECK(msg_notify(m, 5) == NULL, "notify that nobody sent");
}

static void
hear_deletes(const struct msg *m, const struct said *s)
{
	const struct msg_delete *d;
	struct span spis;
	unsigned int i, j;
	uint32_t spi;

	CHECK(m->m_ndeletes == s->ndeletes, "%u deletes, not %u",
	    m->m_ndeletes, s->ndeletes);
	for (i = 0; i < s->ndeletes && i < m->m_ndeletes; i++) {
		d = &m->m_deletes[i];
		spis = d->md_spis;
		CHECK(d->md_n == i && d->md_spilen == (i == 0 ? 0 : 4),
		    "DELETE %u differs", i);
		for (j = 0; j < i; j++)
			CHECK(span_get32(&spis, &spi) == 0 &&
			    spi == s->spis[j], "SPI %u to delete", j);
		CHECK(spis.s_len == 0, "SPIs nobody named");
	}
}

static void
hear(const struct msg *m, const struct said *s)
{
	hear_sa(&m->m_sa, &s->sa);
	CHECK(m->m_group == s->group && span_is(&m->m_ke, s->ke.b_data,
	    s->ke.b_len), "KE differs");
	CHECK(span_is(&m->m_nonce, s->nonce.b_data, s->nonce.b_len),
	    "nonce differs");
	CHECK(m->m_authmethod == s->method && span_is(&m->m_auth,
	    s->auth.b_data, s->auth.b_len), "AUTH differs");
	hear_id(&m->m_idi, &s->id[0]);
	hear_id(&m->m_idr, &s->id[1]);
	hear_ts(&m->m_tsi, &s->ts[0]);
	hear_ts(&m->m_tsr, &s->ts[1]);
	hear_certs(m, s);
	hear_notifies(m, s);
	hear_deletes(m, s);
	CHECK(MSG_HAS(m, IKE_P_SA) && MSG_HAS(m, IKE_P_TSR) &&
	    !MSG_HAS(m, IKE_P_SK) && !MSG_HAS(m, IKE_P_CP) &&
	    MSG_HAS(m, IKE_P_VENDOR) == (s->ncerts > 0),
	    "payloads seen: %jx", (uintmax_t)m->m_seen);
}

static void
trip(const struct said *s)
{
	struct msgb mb = { 0 };
	struct pkts pk;
	struct ike_hdr h;
	struct msg m;
	const uint8_t *data;
	const char *why;
	uint8_t critical;

	say_all(&mb, s);
	if (msg_clear_make(&pk, &header, &mb) == -1)
		errx(1, "msg_clear_make");
	data = guarded(0, pk.pk_buf->b_data, pk.pk_buf->b_len);
	CHECK(pk.pk_n == 1 && pkts_len(&pk) == pk.pk_buf->b_len,
	    "pkts_len: %zu", pkts_len(&pk));
	CHECK(hdr_parse(&h, data, pkts_len(&pk)) == 0 &&
	    h.h_spii == header.h_spii && h.h_spir == header.h_spir &&
	    h.h_msgid == header.h_msgid && h.h_exch == header.h_exch &&
	    h.h_flags == header.h_flags && h.h_next == mb.mb_first,
	    "header differs");
	if (msg_parse(&m, h.h_next, data, IKE_HDRLEN, pkts_len(&pk) -
	    IKE_HDRLEN, &critical, &why) != 0)
		bad("msg_parse: %s", why);
	else {
		hear(&m, s);
		msg_clear(&m);
	}
	pkts_clear(&pk);
	mb_clear(&mb);
}

void
test_trip(void)
{
	struct said s;
	unsigned int i;

	for (i = 0; i < TRIPS; i++) {
		said_make(&s);
		trip(&s);
		said_clear(&s);
	}
}

static void
parse_chain(struct msg *m, const struct msgb *mb)
{
	const char *why = NULL;
	uint8_t critical;

	if (mb->mb_buf.b_failed || msg_parse(m, mb->mb_first,
	    mb->mb_buf.b_data, 0, mb->mb_buf.b_len, &critical, &why) != 0)
		errx(1, "chain of our own: %s", why);
}

/* What was chosen keeps its number; one SPI for all; without groups. */
void
test_answer(void)
{
	static const uint8_t spi[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static struct ike_xform xf[] = {
		{ IKE_T_ENCR, 20, 128 }, { IKE_T_DH, 31, 0 },
		{ IKE_T_ESN, 1, 0 }, { IKE_T_DH, 14, 0 },
	};
	struct ike_prop pr[2] = {
		{ 7, IKE_PROTO_ESP, 4, { 9, 9, 9, 9 }, 4, xf },
		{ 9, IKE_PROTO_ESP, 0, { 0 }, 2, xf },
	};
	struct ike_props ps = { 1, pr };
	struct msgb mb = { 0 };
	struct msg m;

	mb_sa(&mb, &ps);
	parse_chain(&m, &mb);
	CHECK(m.m_sa.ps_prop[0].pr_num == 7 &&
	    prop_same(&m.m_sa.ps_prop[0], &pr[0]), "answer differs");
	msg_clear(&m);
	mb_clear(&mb);
	ps.ps_n = 2;
	mb_sa_spi(&mb, &ps, spi, 4, 1);
	parse_chain(&m, &mb);
	CHECK(m.m_sa.ps_n == 2 && m.m_sa.ps_prop[0].pr_num == 1 &&
	    m.m_sa.ps_prop[1].pr_num == 2, "numbers of two");
	CHECK(m.m_sa.ps_prop[0].pr_n == 2 && m.m_sa.ps_prop[1].pr_n == 1 &&
	    m.m_sa.ps_prop[0].pr_xf[1].xf_type == IKE_T_ESN, "nodh");
	CHECK(memcmp(m.m_sa.ps_prop[1].pr_spi, spi, 4) == 0 &&
	    m.m_sa.ps_prop[1].pr_spilen == 4, "SPI of all");
	msg_clear(&m);
	mb_clear(&mb);
}

/* What does not fit is refused, and not sent cut short. */
void
test_limits(void)
{
	static uint8_t big[70000];
	struct msgb mb = { 0 };
	struct pkts pk;
	struct msg m;

	mb_vendor(&mb, big, 65531);
	CHECK(!mb.mb_buf.b_failed, "payload of 65535 octets");
	memset(&pk, 0xff, sizeof(pk));
	CHECK(msg_clear_make(&pk, &header, &mb) == -1, "65563 octets");
	pkts_clear(&pk);	/* whatever was in it */
	mb_vendor(&mb, big, 65532);
	CHECK(mb.mb_buf.b_failed, "payload of 65536 octets");
	CHECK(msg_clear_make(&pk, &header, &mb) == -1, "failed chain");
	mb_clear(&mb);
	mb_vendor(&mb, big, 65535 - IKE_HDRLEN - 4);
	CHECK(msg_clear_make(&pk, &header, &mb) == 0 &&
	    pkts_len(&pk) == 65535, "65535 octets");
	pkts_clear(&pk);
	mb_clear(&mb);
	mb_notify(&mb, 0, big, 256, 1, NULL, 0);
	CHECK(mb.mb_buf.b_failed, "SPI of 256 octets");
	mb_clear(&mb);

	/* nothing at all, and what nobody closed */
	parse_chain(&m, &mb);
	CHECK(m.m_seen == 0, "empty chain");
	msg_clear(&m);
	mb_open(&mb, IKE_P_VENDOR);
	buf_put(&mb.mb_buf, big, 3);
	CHECK(msg_clear_make(&pk, &header, &mb) == 0 &&
	    pk.pk_buf->b_data[IKE_HDRLEN + 3] == 7, "open at the end");
	pkts_clear(&pk);
	mb_clear(&mb);
}
