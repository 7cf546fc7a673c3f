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
 * triptest: what is said is understood, what is understood is chosen, what
 * is chosen is accepted; and good messages cut short everywhere and changed
 * in every octet, of which nothing may be read that is not there.
 */
#include "msgtest.h"

#define TRIPS		300

static const uint16_t groups[] = { 1, 2, 5, 14, 15, 16, 19, 20, 21, 28 };

static struct range
range_random(uint32_t max)
{
	struct range r;

	r.r_min = 1 + roll(max);
	r.r_want = r.r_min + roll(max);
	r.r_max = r.r_want + roll(max);
	return (r);
}

static struct life
life_random(void)
{
	struct life lf = { 0 };

	/* on both sides of what a basic attribute can say */
	if (roll(4) != 0)
		lf.lf_s = range_random(roll(2) ? 60000 : 0x30000000);
	if (roll(4) == 0)
		lf.lf_kb = range_random(roll(2) ? 30000 : 0x30000000);
	return (lf);
}

static struct range
bits_random(void)
{
	static const struct range bits[] = {
		{ 128, 128, 256 }, { 192, 128, 192 }, { 256, 256, 256 }
	};

	return (bits[roll(nitems(bits))]);
}

static struct p1_xform
p1_random(void)
{
	struct p1_xform px = {
		.px_enc = roll(2) ? V1_ENC_AES : V1_ENC_3DES,
		.px_hash = roll(2) ? V1_HASH_SHA2_256 : V1_HASH_SHA1,
		.px_auth = roll(2) ? V1_AUTH_PSK : V1_AUTH_RSA,
		.px_group = groups[roll(nitems(groups))],
		.px_life = life_random()
	};

	if (px.px_enc == V1_ENC_AES)
		px.px_bits = bits_random();
	return (px);
}

static struct p2_xform
p2_random(unsigned int suite)
{
	static const struct {
		uint8_t proto, id;
		uint16_t mac;
		int bits;
	} kinds[] = {
		{ V1_PROTO_ESP, V1_ESP_AES, V1_MAC_SHA1, 1 },
		{ V1_PROTO_ESP, V1_ESP_AES, V1_MAC_SHA2_512, 1 },
		{ V1_PROTO_ESP, V1_ESP_AES_GCM, V1_MAC_NONE, 1 },
		{ V1_PROTO_ESP, V1_ESP_AES_CTR, V1_MAC_SHA2_256, 1 },
		{ V1_PROTO_ESP, V1_ESP_NULL, V1_MAC_MD5, 0 },
		{ V1_PROTO_ESP, V1_ESP_3DES, V1_MAC_SHA2_384, 0 },
	};
	unsigned int i = roll(nitems(kinds));
	struct p2_xform qx = {
		.qx_proto = kinds[i].proto, .qx_id = kinds[i].id,
		.qx_mac = kinds[i].mac, .qx_encap = 1 + roll(2),
		.qx_group = roll(3) ? groups[roll(nitems(groups))] : 0,
		.qx_life = life_random(), .qx_suite = suite
	};

	if (kinds[i].bits)
		qx.qx_bits = bits_random();
	return (qx);
}

static int
said(const struct life *lf, const struct v1_xform *x)
{
	return (x->x_life_s == lf->lf_s.r_want &&
	    x->x_life_kb == lf->lf_kb.r_want);
}

/* Whose answer it is, and that it is the one that was chosen. */
static void
trip_answer(const struct msgb *mb, struct msg *m, int phase)
{
	check(parse(m, mb->mb_first, mb->mb_buf.b_data, mb->mb_buf.b_len, 0,
	    phase) == 0, "the answer is refused");
	check(m->m_sa.s_n == 1 && m->m_sa.s_nxf == 1, "not one answer");
}

static void
trip_p1(void)
{
	struct p1_xform px[8];
	struct msgb mb = { 0 }, answer = { 0 };
	struct buf why = { 0 };
	struct p1_choice c;
	struct msg m;
	unsigned int i, n = 1 + roll(nitems(px)), at;
	const struct v1_xform *x;
	uint8_t *copy;

	for (i = 0; i < n; i++)
		px[i] = p1_random();
	mb_p1_sa(&mb, px, n);
	/* outside of the guarded page, as what is chosen points to it */
	copy = mb.mb_buf.b_data;
	check(msg_parse(&m, mb.mb_first, copy, mb.mb_buf.b_len, 0, 1,
	    &(const char *){ NULL }) == 0 && m.m_sa.s_nxf == n &&
	    span_is(&m.m_sa.s_body, copy + 4, mb.mb_buf.b_len - 4),
	    "phase 1 differs");
	for (i = 0; i < n; i++) {
		x = &m.m_sa.s_xf[i];
		check(x->x_bad == NULL && x->x_enc == px[i].px_enc &&
		    x->x_hash == px[i].px_hash && x->x_num == i + 1 &&
		    x->x_auth == px[i].px_auth && x->x_id == V1_KEY_IKE &&
		    x->x_group == px[i].px_group &&
		    x->x_bits == px[i].px_bits.r_want &&
		    said(&px[i].px_life, x), "transform %u differs", i);
	}
	at = roll(n);
	check(p1_choose(&c, &m.m_sa, &px[at], 1, &why) == 0,
	    "none of %u fits: %s", n, why.b_data);
	mb_sa_chosen(&answer, c.c_prop, c.c_xf, NULL, 0);
	msg_clear(&m);
	trip_answer(&answer, &m, 1);
	check(p1_accept(&c, &m.m_sa, px, n, &why) == 0,
	    "the answer is not accepted: %s", why.b_data);
	buf_clear(&why);
	msg_clear(&m);
	mb_clear(&answer);
	mb_clear(&mb);
}

static void
trip_p2(void)
{
	static const unsigned int encaps[] = { 0, 2, 61442 };
	struct p2_xform qx[8];
	struct msgb mb = { 0 }, answer = { 0 };
	struct buf why = { 0 };
	struct p2_choice c;
	struct msg m;
	unsigned int i, n = 1 + roll(nitems(qx)), suite = 0;
	int natt = (int)roll(3) - 1;

	for (i = 0; i < n; i++) {
		suite += i > 0 && roll(2);
		qx[i] = p2_random(suite);
		if (i > 0 && qx[i - 1].qx_suite == suite)
			qx[i].qx_proto = qx[i - 1].qx_proto;
	}
	mb_p2_sa(&mb, qx, n, 0xc0000001, encaps[natt + 1]);
	check(msg_parse(&m, mb.mb_first, mb.mb_buf.b_data, mb.mb_buf.b_len, 0,
	    2, &(const char *){ NULL }) == 0 && m.m_sa.s_nxf == n &&
	    m.m_sa.s_n == suite + 1, "phase 2 differs");
	check(p2_choose(&c, &m.m_sa, &qx[roll(n)], 1, natt, &why) == 0 &&
	    c.c_spi == 0xc0000001 && c.c_udp == (natt != -1),
	    "none of %u fits: %s", n, why.b_data);
	mb_sa_chosen(&answer, c.c_prop, c.c_xf, "\300\0\0\2", 4);
	msg_clear(&m);
	trip_answer(&answer, &m, 2);
	check(p2_accept(&c, &m.m_sa, qx, n, encaps[natt + 1], &why) == 0 &&
	    c.c_spi == 0xc0000002, "the answer is not accepted: %s",
	    why.b_data);
	buf_clear(&why);
	msg_clear(&m);
	mb_clear(&answer);
	mb_clear(&mb);
}

/* One of each payload; of phase 2, with an identity more. */
static void
chain_make(struct msgb *mb, int phase)
{
	static uint8_t name[] = "east.example.org";
	static const uint8_t o[32] = { 1, 2, 3 };
	struct ike_id id = { IKE_ID_FQDN, sizeof(name) - 1, name };
	struct p2_id p2 = { V1_ID_IPV4_SUBNET, { .ts_family = 4,
	    .ts_port = { 0, 65535 }, .ts_lo = { 10 },
	    .ts_hi = { 10, 255, 255, 255 } } };
	struct p2_xform qx[2] = { p2_random(0), p2_random(1) };
	struct p1_xform px[2] = { p1_random(), p1_random() };

	mb_data(mb, V1_P_HASH, o, 20);
	if (phase == 1)
		mb_p1_sa(mb, px, 2);
	else
		mb_p2_sa(mb, qx, 2, 0xc0000001, 0);
	mb_data(mb, V1_P_NONCE, o, sizeof(o));
	mb_data(mb, V1_P_KE, o, 8);
	mb_id1(mb, &id);
	if (phase == 2)
		mb_id2(mb, &p2);
	mb_cert1(mb, V1_P_CERT, IKE_CERT_X509, o, 9);
	mb_cert1(mb, V1_P_CERTREQ, IKE_CERT_X509, NULL, 0);
	mb_data(mb, V1_P_SIG, o, 7);
	mb_notify1(mb, V1_PROTO_ISAKMP, o, 16, V1_N_INITIAL_CONTACT, NULL, 0);
	mb_notify1(mb, V1_PROTO_ESP, o, 4, V1_N_NO_PROPOSAL_CHOSEN, o, 3);
	mb_delete1(mb, V1_PROTO_ESP, o, 4, 8);
	mb_delete1(mb, V1_PROTO_ISAKMP, o, 16, 2);
	mb_data(mb, V1_P_VENDOR, o, 16);
	mb_data(mb, V1_P_NATD, o, 20);
	mb_data(mb, V1_P_NATD_DRAFT, o + 1, 20);
	mb_data(mb, V1_P_NATOA, o, 8);
	mb_data(mb, 200, o, 3);
	if (mb->mb_buf.b_failed)
		errx(1, "no memory");
}

static void
test_chain(void)
{
	struct msgb mb = { 0 };
	struct msg m;
	const struct v1_notify *n;
	struct span first;

	chain_make(&mb, 2);
	check(parse(&m, mb.mb_first, mb.mb_buf.b_data, mb.mb_buf.b_len, 0,
	    2) == 0, "refused");
	check(m.m_first == V1_P_HASH && m.m_hash.s_len == 20 &&
	    m.m_hashend == 24 && m.m_end == mb.mb_buf.b_len, "HASH");
	check(m.m_nsa == 1 && m.m_sa.s_n == 2 && m.m_nonce.s_len == 32 &&
	    m.m_ke.s_len == 8 && m.m_sig.s_len == 7, "SA, nonce, KE, SIG");
	check(m.m_nids == 2 && m.m_id[0].i_type == IKE_ID_FQDN &&
	    m.m_id[0].i_data.s_len == 16 && m.m_id[0].i_body.s_len == 20 &&
	    m.m_id[1].i_type == V1_ID_IPV4_SUBNET, "identities");
	check(m.m_ncerts == 1 && m.m_certs[0].c_encoding == 4 &&
	    m.m_certs[0].c_data.s_len == 9 && m.m_ncertreqs == 1 &&
	    m.m_certreqs[0].c_data.s_len == 0, "certificates");
	n = msg_error(&m);
	check(m.m_nnotifies == 2 && n != NULL && n->n_spi.s_len == 4 &&
	    n->n_type == V1_N_NO_PROPOSAL_CHOSEN && n->n_data.s_len == 3 &&
	    n->n_proto == V1_PROTO_ESP && n->n_doi == V1_DOI, "error");
	check(msg_notify(&m, V1_N_INITIAL_CONTACT) == &m.m_notifies[0] &&
	    msg_notify(&m, V1_N_CONNECTED) == NULL, "notifies");
	check(m.m_ndeletes == 2 && m.m_deletes[0].d_n == 8 &&
	    m.m_deletes[1].d_spilen == 16 && m.m_deletes[1].d_n == 2 &&
	    m.m_deletes[0].d_spis.s_len == 32, "deletes");
	check(m.m_nnatd == 2 && m.m_natd[1].s_data[0] == 2 &&
	    m.m_nvendors == 1, "NAT-D, vendor");
	check(msg_vendor(&m, "\1\2\3\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) &&
	    !msg_vendor(&m, "\1\2\3", 3) && !msg_vendor(&m,
	    "\1\2\4\0\0\0\0\0\0\0\0\0\0\0\0\0", 16), "which vendor");
	check(MSG_HAS(&m, V1_P_SA) && MSG_HAS(&m, V1_P_NATOA) &&
	    !MSG_HAS(&m, V1_P_ATTR), "seen");
	msg_clear(&m);
	first = mb_first_body(&mb);
	check(first.s_data == mb.mb_buf.b_data + 4 && first.s_len == 20,
	    "body of the first");
	mb_clear(&mb);
	mb_open(&mb, V1_P_KE);
	buf_put32(&mb.mb_buf, 1);
	first = mb_first_body(&mb);
	check(first.s_len == 4, "body of an open one");
	mb_clear(&mb);
	check(mb_first_body(&mb).s_data == NULL, "body of none");
}

/*
 * The octets themselves: the order of the attributes, and durations on both
 * sides of what two octets can say.
 */
static void
test_wire(void)
{
	struct p1_xform px = { V1_ENC_AES, { 256, 256, 256 },
	    V1_HASH_SHA2_256, V1_AUTH_PSK, IKE_DH_MODP2048,
	    { { 65535, 60, 86400 }, { 65536, 1, 65536 } } };
	struct p2_xform qx = { V1_PROTO_ESP, V1_ESP_AES, { 128, 128, 256 },
	    V1_MAC_SHA2_256, V1_ENCAP_TUNNEL, IKE_DH_MODP3072,
	    { { 65536, 60, 86400 }, { 0, 0, 0 } }, 0 };
	struct msgb mb = { 0 };

	mb_p1_sa(&mb, &px, 1);
	check(is_hex(mb.mb_buf.b_data, mb.mb_buf.b_len, "00000044"
	    "0000000100000001" "00000038" "01010001" "00000030" "01010000"
	    "80010007" "80020004" "80030001" "8004000e" "800b0001" "800cffff"
	    "800b0002" "000c000400010000" "800e0100"), "octets of phase 1");
	mb_clear(&mb);
	mb_p2_sa(&mb, &qx, 1, 0xc0000001, 2);
	check(is_hex(mb.mb_buf.b_data, mb.mb_buf.b_len, "0000003c"
	    "0000000100000001" "00000030" "01030401" "c0000001" "00000024"
	    "010c0000" "80010001" "0002000400010000" "8003000f" "80040003"
	    "80050005" "80060080"), "octets of phase 2");
	mb_clear(&mb);
}

/* What cannot be said is no message. */
static void
test_toomuch(void)
{
	static const uint8_t octets[70000];
	struct p1_xform px[256] = { 0 };
	struct msgb mb = { 0 };

	mb_p1_sa(&mb, px, 256);
	check(mb.mb_buf.b_failed, "256 transforms");
	mb_clear(&mb);
	mb_data(&mb, V1_P_KE, octets, sizeof(octets));
	check(mb.mb_buf.b_failed, "a long payload");
	mb_clear(&mb);
	mb_notify1(&mb, 1, octets, 256, 1, NULL, 0);
	check(mb.mb_buf.b_failed, "a long SPI");
	mb_clear(&mb);
}

/* A chain that is cut is no chain, padded or not. */
static void
test_cut(int phase)
{
	struct msgb mb = { 0 };
	struct msg m;
	size_t len;
	int padded;

	chain_make(&mb, phase);
	for (len = 0; len < mb.mb_buf.b_len; len++)
		for (padded = 0; padded < 2; padded++)
			check(parse(&m, mb.mb_first, mb.mb_buf.b_data, len,
			    padded, phase) != 0, "%zu of %zu octets are "
			    "taken", len, mb.mb_buf.b_len);
	mb_clear(&mb);
}

/* Whatever comes of it, all that looks at a message looks at this one. */
static void
look(const struct msg *m, int phase)
{
	static const struct p1_xform px = {
		.px_enc = V1_ENC_AES, .px_bits = { 128, 128, 256 }
	};
	static const struct p2_xform qx = {
		.qx_proto = V1_PROTO_ESP, .qx_id = V1_ESP_AES,
		.qx_bits = { 128, 128, 256 }, .qx_encap = V1_ENCAP_TUNNEL
	};
	struct p1_choice c1;
	struct p2_choice c2;
	struct buf why = { 0 };
	struct ike_id id = { 0 };
	struct p2_id p2;
	unsigned int i;

	for (i = 0; i < m->m_nids; i++) {
		if (v1_id_get(&m->m_id[i], &id) == 0)
			id_clear(&id);
		p2_id_get(&m->m_id[i], &p2);
	}
	if (m->m_nsa == 0)
		return;
	i = phase == 1 ? p1_choose(&c1, &m->m_sa, &px, 1, &why) :
	    p2_choose(&c2, &m->m_sa, &qx, 1, -1, &why);
	check((i == 0) == (why.b_len == 0), "choice without a text");
	buf_clear(&why);
}

static void
test_flip(int phase)
{
	struct msgb mb = { 0 };
	struct buf *b = &mb.mb_buf;
	struct msg m;
	uint8_t was, values[5];
	unsigned int i, good = 0;
	size_t at;

	chain_make(&mb, phase);
	for (at = 0; at < b->b_len; at++) {
		was = b->b_data[at];
		values[0] = 0;
		values[1] = 0xff;
		values[2] = was + 1;
		values[3] = was - 1;
		values[4] = was ^ 1 << roll(8);
		for (i = 0; i < nitems(values); i++) {
			buf_set8(b, at, values[i]);
			if (parse(&m, mb.mb_first, b->b_data, b->b_len,
			    roll(2), phase) != 0)
				continue;
			good++;
			look(&m, phase);
			msg_clear(&m);
		}
		buf_set8(b, at, was);
	}
	check(good > b->b_len, "only %u are taken", good);
	mb_clear(&mb);
}

int
main(void)
{
	unsigned int i;
	int phase;

	log_init("triptest", 1, 0);
	roll_start();
	for (i = 0; i < TRIPS; i++) {
		trip_p1();
		trip_p2();
	}
	test_chain();
	test_wire();
	test_toomuch();
	for (phase = 1; phase <= 2; phase++) {
		test_cut(phase);
		test_flip(phase);
	}
	return (check_done());
}
