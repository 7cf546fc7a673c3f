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
 * badtest: messages that are wrong in one way each, beside their nearest good
 * neighbours; attributes; identities.
 */
#include "msgtest.h"

#define MAL	V1_N_PAYLOAD_MALFORMED
#define TYPE	V1_N_INVALID_PAYLOAD_TYPE
#define DOI	V1_N_DOI_NOT_SUPPORTED
#define SIT	V1_N_SITUATION_NOT_SUPPORTED
#define SYN	V1_N_BAD_PROPOSAL_SYNTAX

/* One payload by its body. */
static const struct wrong {
	const char	*w_name;
	uint8_t		 w_type;
	const char	*w_body;
	int		 w_want;
} wrongs[] = {
	{ "KE", V1_P_KE, "01", 0 },
	{ "KE, empty", V1_P_KE, "", MAL },
	{ "HASH, empty", V1_P_HASH, "", MAL },
	{ "SIG, empty", V1_P_SIG, "", MAL },
	{ "nonce of 7", V1_P_NONCE, "01020304050607", MAL },
	{ "nonce of 8", V1_P_NONCE, "0102030405060708", 0 },
	{ "ID, no data", V1_P_ID, "02000000", 0 },
	{ "ID, short", V1_P_ID, "020000", MAL },
	{ "CERT, no data", V1_P_CERT, "04", MAL },
	{ "CERT", V1_P_CERT, "0401", 0 },
	{ "CERT, empty", V1_P_CERT, "", MAL },
	{ "CERTREQ, any", V1_P_CERTREQ, "04", 0 },
	{ "CERTREQ, empty", V1_P_CERTREQ, "", MAL },
	{ "vendor, empty", V1_P_VENDOR, "", 0 },
	{ "notify", V1_P_NOTIFY, "00000001 01 00 000e", 0 },
	{ "notify, DOI 0", V1_P_NOTIFY, "00000000 01 00 000e", 0 },
	{ "notify, DOI 2", V1_P_NOTIFY, "00000002 01 00 000e", DOI },
	{ "notify, SPI", V1_P_NOTIFY, "00000001 03 04 000e c0000001", 0 },
	{ "notify, short SPI", V1_P_NOTIFY, "00000001 03 04 000e c00001",
	    MAL },
	{ "notify, short", V1_P_NOTIFY, "00000001 01 00 00", MAL },
	{ "delete", V1_P_DELETE, "00000001 03 04 0001 c0000001", 0 },
	{ "delete of phase 1", V1_P_DELETE, "00000001 01 10 0001"
	    "00112233445566778899aabbccddeeff", 0 },
	{ "delete, DOI 2", V1_P_DELETE, "00000002 03 04 0001 c0000001", DOI },
	{ "delete of none", V1_P_DELETE, "00000001 03 04 0000", MAL },
	{ "delete, too few", V1_P_DELETE, "00000001 03 04 0002 c0000001",
	    MAL },
	{ "delete, too many", V1_P_DELETE,
	    "00000001 03 04 0001 c0000001 c0000002", MAL },
	{ "delete, no size", V1_P_DELETE, "00000001 03 00 0001", MAL },
	{ "delete, wrong size", V1_P_DELETE,
	    "00000001 03 08 0001 c0000001c0000002", MAL },
	{ "delete, cookies of 8", V1_P_DELETE,
	    "00000001 01 08 0001 0011223344556677", MAL },
	{ "delete, huge number", V1_P_DELETE, "00000001 03 04 ffff", MAL },
	{ "delete, short", V1_P_DELETE, "00000001 03 04 00", MAL },
	{ "NAT-D", V1_P_NATD, "0102", 0 },
	{ "NAT-D of drafts", V1_P_NATD_DRAFT, "0102", 0 },
	{ "NAT-OA", V1_P_NATOA, "01000000 c0000201", 0 },
	{ "private", 200, "00", 0 },
	{ "attributes", V1_P_ATTR, "01000000", TYPE },
	{ "a proposal alone", V1_P_PROPOSAL, "01010000", TYPE },
	{ "a transform alone", V1_P_TRANSFORM, "01010000", TYPE },
	{ "unknown", 15, "00", TYPE },
	{ "unknown", 22, "00", TYPE },
	{ "unknown", 127, "00", TYPE },
	{ "none", V1_P_NONE, "00", TYPE },
	{ "SA, empty", V1_P_SA, "", MAL },
	{ "SA, DOI alone", V1_P_SA, "00000001", MAL },
	{ "SA, DOI 0", V1_P_SA, "00000000 00000001", DOI },
	{ "SA, situation", V1_P_SA, "00000001 00000002", SIT },
	{ "SA, no proposal", V1_P_SA, "00000001 00000001", SYN },
#define SA	"00000001 00000001"
	{ "SA", V1_P_SA, SA "00000010 01010001 00000008 01010000", 0 },
	{ "SA, reserved octet of a proposal", V1_P_SA,
	    SA "00010010 01010001 00000008 01010000", SYN },
	{ "SA, reserved octet of a transform", V1_P_SA,
	    SA "00000010 01010001 00010008 01010000", SYN },
	{ "SA, reserved octets in a transform", V1_P_SA,
	    SA "00000010 01010001 00000008 01010001", SYN },
	{ "SA, no transform", V1_P_SA, SA "00000008 01010000", SYN },
	{ "SA, says no transform", V1_P_SA,
	    SA "00000010 01010000 00000008 01010000", SYN },
	{ "SA, says two transforms", V1_P_SA,
	    SA "00000010 01010002 00000008 01010000", SYN },
	{ "SA, one transform more follows", V1_P_SA,
	    SA "00000010 01010001 03000008 01010000", SYN },
	{ "SA, a KE among transforms", V1_P_SA,
	    SA "00000018 01010002 04000008 01010000 00000008 01010000", SYN },
	{ "SA, a KE among proposals", V1_P_SA,
	    SA "04000010 01010001 00000008 01010000", SYN },
	{ "SA, octets in a proposal", V1_P_SA,
	    SA "00000011 01010001 00000008 01010000 00", SYN },
	{ "SA, octets behind", V1_P_SA,
	    SA "00000010 01010001 00000008 01010000 00", SYN },
	{ "SA, SPI too long", V1_P_SA,
	    SA "00000010 0101ff01 00000008 01010000", SYN },
	{ "SA, transform of no length", V1_P_SA,
	    SA "00000010 01010001 00000000 01010000", SYN },
	{ "SA, short transform", V1_P_SA,
	    SA "0000000f 01010001 00000007 010100", SYN },
	{ "SA, half an attribute", V1_P_SA,
	    SA "00000012 01010001 0000000a 01010000 8001", SYN },
	{ "SA, attribute too long", V1_P_SA,
	    SA "00000015 01010001 0000000d 01010000 000c0002 01", SYN },
#define PROP(next, num)	next "000010" num "010001 00000008 01010000"
	{ "SA, two proposals", V1_P_SA, SA PROP("02", "01") PROP("00", "02"),
	    0 },
	{ "SA, one number", V1_P_SA, SA PROP("02", "01") PROP("00", "01"),
	    0 },
	{ "SA, one number apart", V1_P_SA,
	    SA PROP("02", "01") PROP("02", "02") PROP("00", "01"), SYN },
	{ "SA, numbers falling", V1_P_SA,
	    SA PROP("02", "02") PROP("00", "01"), 0 },
};

static void
squeeze(char *to, const char *from)
{
	for (; *from != '\0'; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
}

/*
 * Alone; with an octet behind, that encryption may leave there; and with the
 * reserved octet of the payload set.
 */
static void
test_wrongs(void)
{
	const struct wrong *w;
	struct buf b = { 0 };
	struct msg m;
	char hex[1024];
	size_t i;
	int got;

	for (i = 0; i < nitems(wrongs); i++) {
		w = &wrongs[i];
		squeeze(hex, w->w_body);
		put_payload(&b, 0, hex);
		got = parse(&m, w->w_type, b.b_data, b.b_len, 0, 2);
		check(got == w->w_want, "%s: %d, not %d", w->w_name, got,
		    w->w_want);
		if (got == 0) {
			check(m.m_first == w->w_type && m.m_end == b.b_len,
			    "%s: first %u, end %zu", w->w_name, m.m_first,
			    m.m_end);
			msg_clear(&m);
		}
		buf_put8(&b, 0);
		got = parse(&m, w->w_type, b.b_data, b.b_len, 1, 2);
		check(got == w->w_want, "%s, padded: %d", w->w_name, got);
		if (got == 0) {
			check(m.m_end == b.b_len - 1, "%s, padded: end",
			    w->w_name);
			msg_clear(&m);
		}
		if (w->w_want == 0)
			check(parse(&m, w->w_type, b.b_data, b.b_len, 0, 2) ==
			    MAL, "%s: an octet behind", w->w_name);
		buf_trim(&b, b.b_len - 1);
		buf_set8(&b, 1, 1);
		check(parse(&m, w->w_type, b.b_data, b.b_len, 0, 2) == MAL,
		    "%s: reserved octet", w->w_name);
		buf_clear(&b);
	}
}

/* What may come once, twice; what may come twice, in which phase. */
static void
test_twice(void)
{
	static const struct {
		uint8_t type;
		const char *body;
		int want[2];
	} rows[] = {
		{ V1_P_KE, "01", { MAL, MAL } },
		{ V1_P_HASH, "01", { MAL, MAL } },
		{ V1_P_SIG, "01", { MAL, MAL } },
		{ V1_P_NONCE, "0102030405060708", { MAL, MAL } },
		{ V1_P_ID, "0200000061", { MAL, 0 } },
		{ V1_P_VENDOR, "01", { 0, 0 } },
		{ V1_P_CERT, "0401", { 0, 0 } },
		{ V1_P_SA, "0000000100000001000000100101000100000008"
		    "01010000", { MAL, 0 } },
	};
	struct buf b = { 0 };
	struct msg m;
	size_t i;
	int phase, got;

	for (i = 0; i < 2 * nitems(rows); i++) {
		phase = 1 + i % 2;
		put_payload(&b, rows[i / 2].type, rows[i / 2].body);
		put_payload(&b, 0, rows[i / 2].body);
		got = parse(&m, rows[i / 2].type, b.b_data, b.b_len, 0, phase);
		check(got == rows[i / 2].want[phase - 1],
		    "%s twice in phase %d: %d", v1_payload_name(
		    rows[i / 2].type), phase, got);
		if (got == 0) {
			check(m.m_nsa == 0 || (m.m_nsa == 2 &&
			    m.m_sa.s_n == 1), "the second SA counts");
			msg_clear(&m);
		}
		buf_clear(&b);
	}
}

/* So many of one kind are good, one more is not, or is passed over. */
static void
test_limits(void)
{
	static const struct {
		uint8_t type;
		const char *body;
		unsigned int max;
		int want;		/* of one more */
	} rows[] = {
		{ V1_P_CERT, "0401", MSG_MAXCERTS, MAL },
		{ V1_P_CERTREQ, "04", MSG_MAXCERTS, 0 },
		{ V1_P_NOTIFY, "000000010100000e", MSG_MAXNOTIFIES, MAL },
		{ V1_P_DELETE, "0000000103040001c0000001", MSG_MAXDELETES,
		    MAL },
		{ V1_P_VENDOR, "01", MSG_MAXVENDORS, 0 },
		{ V1_P_NATD, "01", MSG_MAXNATD, MAL },
		{ V1_P_NATOA, "01", MSG_MAXPAYLOADS, MAL },
		{ 200, "01", MSG_MAXPAYLOADS, MAL },
	};
	struct buf b = { 0 };
	struct msg m;
	unsigned int i, j, n;
	int got;

	for (i = 0; i < 2 * nitems(rows); i++) {
		n = rows[i / 2].max + i % 2;
		for (j = 0; j < n; j++)
			put_payload(&b, j + 1 < n ? rows[i / 2].type : 0,
			    rows[i / 2].body);
		got = parse(&m, rows[i / 2].type, b.b_data, b.b_len, 0, 2);
		check(got == (i % 2 == 0 ? 0 : rows[i / 2].want),
		    "%u of %s: %d", n, v1_payload_name(rows[i / 2].type),
		    got);
		if (got == 0) {
			check(m.m_ncerts + m.m_ncertreqs + m.m_nnotifies +
			    m.m_ndeletes + m.m_nvendors + m.m_nnatd ==
			    (rows[i / 2].max == MSG_MAXPAYLOADS ? 0 :
			    rows[i / 2].max), "%u of %s: other number", n,
			    v1_payload_name(rows[i / 2].type));
			msg_clear(&m);
		}
		buf_clear(&b);
	}
}

/* So many proposals and transforms; so long a message; so many SPIs. */
static void
test_sizes(void)
{
	static uint8_t octets[V1_MAXMSG + 1], spis[4 * (MSG_MAXSPIS + 1)];
	static struct p2_xform qx[MSG_MAXXFORMS + 1];
	struct msgb mb = { 0 };
	struct msg m;
	unsigned int i, n, each;

	for (i = 0; i < nitems(qx); i++)
		qx[i] = (struct p2_xform){ .qx_proto = V1_PROTO_ESP,
		    .qx_id = V1_ESP_NULL, .qx_encap = 1 };
	for (each = 1; each <= 100; each += 99)
		for (n = MSG_MAXPROPS; n <= MSG_MAXXFORMS + 1; n++) {
			for (i = 0; i < n; i++)
				qx[i].qx_suite = i / each;
			mb_p2_sa(&mb, qx, n, 256, 0);
			check(parse(&m, mb.mb_first, mb.mb_buf.b_data,
			    mb.mb_buf.b_len, 0, 2) == ((each == 1 &&
			    n > MSG_MAXPROPS) || n > MSG_MAXXFORMS ? SYN : 0),
			    "%u transforms, %u each", n, each);
			msg_clear(&m);
			mb_clear(&mb);
		}
	for (n = V1_MAXMSG; n <= V1_MAXMSG + 1; n++) {
		mb_data(&mb, V1_P_KE, octets, n - PAYLOAD_HDRLEN);
		check(parse(&m, V1_P_KE, mb.mb_buf.b_data, mb.mb_buf.b_len, 0,
		    1) == (n > V1_MAXMSG ? MAL : 0), "%u octets", n);
		msg_clear(&m);
		mb_clear(&mb);
	}
	for (n = MSG_MAXSPIS; n <= MSG_MAXSPIS + 1; n++) {
		mb_delete1(&mb, V1_PROTO_ESP, spis, 4, n);
		check(parse(&m, V1_P_DELETE, mb.mb_buf.b_data,
		    mb.mb_buf.b_len, 0, 2) == (n > MSG_MAXSPIS ? MAL : 0),
		    "%u SPIs", n);
		msg_clear(&m);
		mb_clear(&mb);
	}
	check(parse(&m, V1_P_KE, NULL, 0, 0, 1) == MAL, "no octets");
	check(parse(&m, V1_P_NONE, NULL, 0, 1, 1) != 0, "nothing");
}

/* What attributes come to. */
static const struct attr_row {
	int		 a_phase;
	const char	*a_hex;
	int		 a_bad;
	struct v1_xform	 a_want;
} attr_rows[] = {
	{ 1, "", 0, { 0 } },
	{ 1, "80010007 80020004 80030001 8004000e 800e0100", 0,
	    { .x_enc = 7, .x_hash = 4, .x_auth = 1, .x_group = 14,
	    .x_bits = 256 } },
	{ 1, "800d0001", 0, { .x_prf = 1 } },
	{ 1, "80010007 80010007", 0, { .x_enc = 7 } },
	{ 1, "80010007 80010005", 1, { 0 } },
	{ 1, "80010000", 1, { 0 } },
	{ 1, "0001 0002 0007", 1, { 0 } },
	{ 1, "80050001", 1, { 0 } },
	{ 1, "800f0001", 1, { 0 } },
	{ 1, "ffff0001", 1, { 0 } },
	{ 1, "7fff 0000", 1, { 0 } },
	{ 1, "800b0001 800c0e10", 0, { .x_life_s = 3600 } },
	{ 1, "800b0001 000c 0004 00015180", 0, { .x_life_s = 86400 } },
	{ 1, "800b0001 000c 0001 10", 0, { .x_life_s = 16 } },
	{ 1, "800b0001 000c 0008 0000000000000010", 0, { .x_life_s = 16 } },
	{ 1, "800b0001 000c 0008 0000000100000000", 0,
	    { .x_life_s = UINT32_MAX } },
	{ 1, "800b0001 000c 0008 ffffffffffffffff", 0,
	    { .x_life_s = UINT32_MAX } },
	{ 1, "800b0001 000c 0009 000000000000000010", 1, { 0 } },
	{ 1, "800b0001 000c 0000", 1, { 0 } },
	{ 1, "800b0001 800c0000", 1, { 0 } },
	{ 1, "800b0001", 1, { 0 } },
	{ 1, "800b0001 800b0002 800c0001", 1, { 0 } },
	{ 1, "800c0e10", 1, { 0 } },
	{ 1, "800c0e10 800b0001", 1, { 0 } },
	{ 1, "800b0003 800c0001", 1, { 0 } },
	{ 1, "800b0000 800c0001", 1, { 0 } },
	{ 1, "000b 0002 0001 800c0001", 1, { 0 } },
	{ 1, "800b0001 800c0001 800b0001 800c0001", 0, { .x_life_s = 1 } },
	{ 1, "800b0001 800c0001 800b0001 800c0002", 1, { 0 } },
	{ 1, "800b0002 800c0001 800b0001 800c0002", 0,
	    { .x_life_s = 2, .x_life_kb = 1 } },
	{ 1, "800b0001 800c0001 800c0001", 1, { 0 } },
	{ 2, "80010001 800204b0 8003000e 80040001 80050005 80060100", 0,
	    { .x_life_s = 1200, .x_group = 14, .x_encap = 1, .x_mac = 5,
	    .x_bits = 256 } },
	{ 2, "80050000 80030000", 0, { 0 } },
	{ 2, "80050000 80050001", 1, { 0 } },
	{ 2, "80040000", 1, { 0 } },
	{ 2, "80060000", 1, { 0 } },
	{ 2, "8004f003", 0, { .x_encap = 61443 } },
	{ 2, "80070001", 1, { 0 } },
	{ 2, "80080001", 1, { 0 } },
	{ 2, "800b0001", 1, { 0 } },
	{ 2, "80010002 0002 0004 00100000", 0, { .x_life_kb = 1048576 } },
};

static int
xform_same(const struct v1_xform *a, const struct v1_xform *b)
{
	return (a->x_enc == b->x_enc && a->x_hash == b->x_hash &&
	    a->x_auth == b->x_auth && a->x_prf == b->x_prf &&
	    a->x_group == b->x_group && a->x_bits == b->x_bits &&
	    a->x_mac == b->x_mac && a->x_encap == b->x_encap &&
	    a->x_life_s == b->x_life_s && a->x_life_kb == b->x_life_kb);
}

static void
test_attrs(void)
{
	const struct attr_row *r;
	const struct v1_xform *x;
	struct buf b = { 0 };
	struct msg m;
	char hex[256];
	size_t i;

	for (i = 0; i < nitems(attr_rows); i++) {
		r = &attr_rows[i];
		squeeze(hex, r->a_hex);
		put_sa(&b, r->a_phase == 1 ? 1 : 3, "", 1, hex);
		check(parse(&m, V1_P_SA, b.b_data, b.b_len, 0,
		    r->a_phase) == 0 && m.m_sa.s_nxf == 1,
		    "attributes %zu: refused", i);
		x = &m.m_sa.s_xf[0];
		check((x->x_bad != NULL) == r->a_bad, "attributes %zu: %s",
		    i, x->x_bad != NULL ? x->x_bad : "good");
		check(r->a_bad || xform_same(x, &r->a_want),
		    "attributes %zu: other values", i);
		check(is_hex(x->x_raw.s_data, x->x_raw.s_len, hex),
		    "attributes %zu: raw", i);
		msg_clear(&m);
		buf_clear(&b);
	}
}

/* Identities by their bodies; i_p1: octets of phase 1, or -1. */
static const struct {
	const char	*i_body;
	int		 i_p1;
	const char	*i_p2;		/* as ts_print has it, or NULL */
} ids[] = {
	{ "01000000 c0000201", 4, "192.0.2.1/32" },
	{ "01000000 c00002", -1, NULL },
	{ "01000000 c000020100", -1, NULL },
	{ "05000000 20010db8000000000000000000000001", 16,
	    "2001:db8::1/128" },
	{ "05000000 20010db8", -1, NULL },
	{ "02000000", -1, NULL },
	{ "02000000 61", 1, NULL },
	{ "03000000 6140", 2, NULL },
	{ "09000000 3000", 2, NULL },
	{ "0a000000 3000", 2, NULL },
	{ "0b000000 00", 1, NULL },
	{ "0c000000 00", -1, NULL },
	{ "00000000 00", -1, NULL },
	{ "04000000 00000000 00000000", -1, "0.0.0.0/0" },
	{ "04000000 0a000000 ff000000", -1, "10.0.0.0/8" },
	{ "04000000 0a010203 ff000000", -1, "10.0.0.0/8" },
	{ "04000000 0a000000 fffffffe", -1, "10.0.0.0/31" },
	{ "04000000 0a000000 ff00ff00", -1, NULL },
	{ "04000000 0a000000 00ffffff", -1, NULL },
	{ "04000000 0a000000 fd000000", -1, NULL },
	{ "04000000 0a000000 ff0000", -1, NULL },
	{ "04000000 0a000000 ff00000000", -1, NULL },
	{ "04110035 0a000000 ff000000", -1, "10.0.0.0/8 proto 17 port 53" },
	{ "04000035 0a000000 ff000000", -1, NULL },
	{ "06000000 20010db8000000000000000000000000"
	    "ffffffff000000000000000000000000", -1, "2001:db8::/32" },
	{ "07000000 0a000001 0a000009", -1, "10.0.0.1-10.0.0.9" },
	{ "07000000 0a000009 0a000001", -1, NULL },
	{ "08000000 00000000000000000000000000000001"
	    "00000000000000000000000000000003", -1, "::1-::3" },
};

static void
test_id(size_t i)
{
	char hex[256];
	struct buf b = { 0 };
	struct msgb mb = { 0 };
	struct msg m;
	struct ike_id id = { 0 };
	struct p2_id p2;
	int got;

	squeeze(hex, ids[i].i_body);
	put_payload(&b, 0, hex);
	check(parse(&m, V1_P_ID, b.b_data, b.b_len, 0, 2) == 0 &&
	    m.m_nids == 1, "ID %zu: refused", i);
	got = v1_id_get(&m.m_id[0], &id) == 0 ? id.id_len : -1;
	check(got == ids[i].i_p1, "ID %zu: %d octets", i, got);
	if (got != -1) {
		mb_id1(&mb, &id);
		check(mb.mb_first == V1_P_ID && mb.mb_buf.b_len == b.b_len &&
		    memcmp(mb.mb_buf.b_data, b.b_data, b.b_len) == 0,
		    "ID %zu: differs when said again", i);
		mb_clear(&mb);
	}
	id_clear(&id);
	got = p2_id_get(&m.m_id[0], &p2);
	check(got == (ids[i].i_p2 != NULL ? 0 : -1), "ID %zu: phase 2", i);
	if (got == 0 && ids[i].i_p2 != NULL) {
		check(strcmp(ts_print(&p2.pi_ts), ids[i].i_p2) == 0,
		    "ID %zu: %s", i, ts_print(&p2.pi_ts));
		mb_id2(&mb, &p2);
		check(mb.mb_buf.b_len == b.b_len && (i == 15 ||
		    memcmp(mb.mb_buf.b_data, b.b_data, b.b_len) == 0),
		    "ID %zu: differs when said again in phase 2", i);
		mb_clear(&mb);
	}
	msg_clear(&m);
	buf_clear(&b);
}

static void
test_ids(void)
{
	static uint8_t octets[IKE_ID_MAX + 1];
	struct v1_id v = { .i_type = IKE_ID_FQDN };
	struct ike_id id = { 0 };
	size_t i;

	for (i = 0; i < nitems(ids); i++)
		test_id(i);
	for (i = IKE_ID_MAX; i <= IKE_ID_MAX + 1; i++) {
		v.i_data = (struct span){ octets, i };
		check(v1_id_get(&v, &id) == (i > IKE_ID_MAX ? -1 : 0),
		    "ID of %zu octets", i);
		id_clear(&id);
	}
}

/* Names: there and back. */
static void
test_names(void)
{
	static const struct {
		const char *(*name)(unsigned int);
		int (*number)(const char *);
	} kinds[] = {
		{ v1_exch_name, v1_exch_number },
		{ v1_enc_name, v1_enc_number },
		{ v1_hash_name, v1_hash_number },
		{ v1_auth_name, v1_auth_number },
		{ v1_group_name, v1_group_number },
		{ v1_esp_name, v1_esp_number }, { v1_ah_name, v1_ah_number },
		{ v1_mac_name, v1_mac_number },
		{ v1_encap_name, v1_encap_number },
	};
	unsigned int n, known;
	const char *s;
	size_t i;

	for (i = 0; i < nitems(kinds); i++) {
		for (n = known = 0; n <= 0xffff; n++) {
			s = kinds[i].name(n);
			if (s[0] == '3' || s[0] < '0' || s[0] > '9') {
				if (kinds[i].number(s) == -1 &&
				    strtoul(s, NULL, 10) == n)
					continue;
				known++;
				check(kinds[i].number(s) == (int)n,
				    "kind %zu: %s is not %u", i, s, n);
			}
		}
		check(known >= 3, "kind %zu: %u names", i, known);
		check(kinds[i].number("NOSUCH") == -1 &&
		    kinds[i].number("") == -1, "kind %zu: no name", i);
	}
	check(v1_enc_number("AES") == V1_ENC_AES &&
	    v1_enc_number("3DES") == V1_ENC_3DES &&
	    v1_esp_number("AES_CBC") == V1_ESP_AES &&
	    v1_exch_number("ID_PROT") == V1_X_MAIN, "second names");
	check(strcmp(v1_notify_name(14), "NO-PROPOSAL-CHOSEN") == 0 &&
	    strcmp(v1_notify_name(9999), "9999") == 0 &&
	    strcmp(v1_payload_name(V1_P_NATD), "NAT-D") == 0, "notifies");
}

int
main(void)
{
	log_init("badtest", 1, 0);
	test_wrongs();
	test_twice();
	test_limits();
	test_sizes();
	test_attrs();
	test_ids();
	test_names();
	return (check_done());
}
