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
 * choosetest: which of their transforms is taken, what of an answer is
 * believed, and the text when nothing fits.
 */
#include "msgtest.h"

#define R(w, lo, hi)	{ (w), (lo), (hi) }
#define HOUR		{ R(3600, 60, 86400), R(0, 0, 0) }

static const struct p1_xform p1_ours[] = {
	{ V1_ENC_AES, R(128, 128, 256), V1_HASH_SHA1, V1_AUTH_PSK,
	    IKE_DH_MODP3072, HOUR },
	{ V1_ENC_3DES, R(0, 0, 0), V1_HASH_MD5, V1_AUTH_RSA,
	    IKE_DH_MODP1024, { R(0, 0, 0), R(1000, 500, 2000) } },
};

static const struct p2_xform p2_ours[] = {
	{ V1_PROTO_ESP, V1_ESP_AES, R(128, 128, 256), V1_MAC_SHA2_256,
	    V1_ENCAP_TUNNEL, IKE_DH_MODP3072, HOUR, 0 },
	{ V1_PROTO_ESP, V1_ESP_AES_GCM, R(256, 256, 256), V1_MAC_NONE,
	    V1_ENCAP_TUNNEL, IKE_DH_NONE, HOUR, 1 },
	{ V1_PROTO_AH, V1_AH_SHA2_256, R(0, 0, 0), V1_MAC_SHA2_256,
	    V1_ENCAP_TRANSPORT, IKE_DH_MODP3072, HOUR, 2 },
};

/* An offer of one transform, or an answer: which of ours it is. */
static const struct row {
	int		 r_natt;	/* of phase 2 */
	uint8_t		 r_proto;	/* of phase 2 */
	uint8_t		 r_id;
	const char	*r_spi;
	const char	*r_attrs;
	int		 r_ours;	/* -1: none */
	int		 r_answer;	/* likewise, if it is an answer */
	unsigned int	 r_bits;
	unsigned int	 r_life_s, r_life_kb;
	const char	*r_why;		/* the end of the text, or a part */
} rows1[] = {
#define AES_SHA	"80010007" "80020002" "80030001" "8004000f"
	{ 0, 0, 1, "", AES_SHA "800b0001800c0e10800e0080", 0, 0, 128, 3600, 0,
	    NULL },
	{ 0, 0, 1, "", AES_SHA "800b0001800c0e10", 0, 0, 128, 3600, 0, NULL },
	{ 0, 0, 1, "", AES_SHA "800e0080", 0, 0, 128, 3600, 0, NULL },
	{ 0, 0, 1, "0011223344556677", AES_SHA "800e0080", 0, 0, 128, 3600, 0,
	    NULL },
	{ 0, 0, 1, "", AES_SHA "800e0100", 0, -1, 256, 3600, 0, NULL },
	{ 0, 0, 1, "", AES_SHA "800e00a0", -1, -1, 0, 0, 0, "key length" },
	{ 0, 0, 1, "", AES_SHA "800b0001800c0e0f800e0080", 0, 0, 128, 3599, 0,
	    NULL },
	{ 0, 0, 1, "", AES_SHA "800b0001800c0e11800e0080", 0, -1, 128, 3601,
	    0, NULL },
	{ 0, 0, 1, "", AES_SHA "800b0001800c003b800e0080", -1, -1, 0, 0, 0,
	    "only the peer can mend it" },
	{ 0, 0, 1, "", AES_SHA "800b0001000c000400015180" "800e0080", 0, -1,
	    128, 86400, 0, NULL },
	{ 0, 0, 1, "", AES_SHA "800b0001000c000400015181" "800e0080", -1, -1,
	    0, 0, 0, "(wrong: lifetime)" },
	{ 0, 0, 1, "", AES_SHA "800b0002800c0001800e0080", 0, -1, 128, 3600, 1,
	    NULL },
	{ 0, 0, 2, "", AES_SHA "800e0080", -1, -1, 0, 0, 0, "protocol" },
	{ 0, 0, 1, "", AES_SHA "800e0080800d0001", -1, -1, 0, 0, 0, "PRF" },
	{ 0, 0, 1, "", AES_SHA "800e0080ffff0001", -1, -1, 0, 0, 0,
	    "an attribute that is not supported" },
	{ 0, 0, 1, "", "80010005" "80020001" "80030003" "80040002", 1, 1, 0,
	    0, 1000, NULL },
	{ 0, 0, 1, "", "80010005" "80020001" "80030003" "80040002" "800e00c0",
	    -1, -1, 0, 0, 0, "key length" },
	{ 0, 0, 1, "", "80010005" "80020001" "80030003" "80040002"
	    "800b0001000c000401000000", 1, -1, 0, 0x1000000, 1000, NULL },
	{ 0, 0, 1, "", "80010005" "80020001" "80030003" "80040002"
	    "800b0002800c07d1", -1, -1, 0, 0, 0, "lifetime" },
	{ 0, 0, 1, "", "80010007" "80020004" "80030001" "8004000e" "800e0100",
	    -1, -1, 0, 0, 0,
	    "write `main auth hmac-sha2-256 enc aes-256 group modp2048' in "
	    "ipsec.conf(5)" },
	{ 0, 0, 1, "", "80010007" "80020002" "80030003" "8004000f" "800e0080",
	    -1, -1, 0, 0, 0,
	    "write `main auth hmac-sha1 enc aes-128 group modp3072' and, to "
	    "authenticate, `rsa' in ipsec.conf(5)" },
	{ 0, 0, 1, "", "80010005" "80020002" "80030001" "80040013", -1, -1, 0,
	    0, 0, "`main auth hmac-sha1 enc 3des group ecp256'" },
	{ 0, 0, 1, "", "80010001" "80020002" "80030001" "8004000f", -1, -1, 0,
	    0, 0, "DES_CBC SHA MODP_3072 PRE_SHARED (wrong: cipher); we "
	    "accept AES_CBC 128-256 SHA MODP_3072 PRE_SHARED 60-86400 s | "
	    "3DES_CBC MD5 MODP_1024 RSA_SIG 500-2000 kB; only the peer" },
	{ 0, 0, 1, "", "80010007" "80020002" "80030002" "8004000f" "800e0080",
	    -1, -1, 0, 0, 0, "only the peer can mend it" },
	{ 0, 0, 1, "", "80010007" "80020002" "80030001" "80040003" "800e0080",
	    -1, -1, 0, 0, 0, "only the peer can mend it" },
	{ 0, 0, 1, "", "", -1, -1, 0, 0, 0, "only the peer can mend it" },
};

#define SPI	"c0000001"
static const struct row rows2[] = {
#define QAES	"8003000f" "80040001" "80050005"
	{ -1, 3, 12, SPI, QAES "80060080", 0, 0, 128, 3600, 0, NULL },
	{ -1, 3, 12, SPI, QAES, 0, 0, 128, 3600, 0, NULL },
	{ -1, 3, 12, SPI, QAES "80060100", 0, -1, 256, 3600, 0, NULL },
	{ -1, 3, 12, SPI, QAES "800600a0", -1, -1, 0, 0, 0, "key length" },
	{ -1, 3, 12, SPI, QAES "80060080" "80010001" "800204b0", 0, 0, 128,
	    1200, 0, NULL },
	{ -1, 3, 12, SPI, QAES "80060080" "80010002" "000200080000000100000000",
	    0, -1, 128, 3600, UINT32_MAX, NULL },
	{ -1, 3, 12, "c00001", QAES "80060080", -1, -1, 0, 0, 0, "SPI" },
	{ -1, 3, 12, "000000ff", QAES "80060080", -1, -1, 0, 0, 0, "SPI" },
	{ -1, 3, 12, "00000100", QAES "80060080", 0, 0, 128, 3600, 0, NULL },
	{ -1, 3, 12, SPI, "8003000f" "80050005" "80060080", 0, -1, 128, 3600,
	    0, NULL },
	{ -1, 3, 12, SPI, "8003000f" "80040002" "80050005" "80060080", -1, -1,
	    0, 0, 0, "`ike esp transport'" },
	{ -1, 3, 12, SPI, "8003000f" "80040003" "80050005" "80060080", -1, -1,
	    0, 0, 0, "there is no NAT-T" },
	{ -1, 3, 12, SPI, "80040001" "80050005" "80060080", -1, -1, 0, 0, 0,
	    "write `quick auth hmac-sha2-256 enc aes-128 group none' in" },
	{ -1, 3, 12, SPI, "8003000e" "80040001" "80050007" "80060100", -1, -1,
	    0, 0, 0,
	    "write `quick auth hmac-sha2-512 enc aes-256 group modp2048' in" },
	{ -1, 3, 12, SPI, "8003000f" "80040001" "80060080", -1, -1, 0, 0, 0,
	    "only the peer can mend it" },
	{ -1, 3, 20, SPI, "80040001" "80060100", 1, 1, 256, 3600, 0, NULL },
	{ -1, 3, 20, SPI, "80040001" "80050000" "80060100", 1, 1, 256, 3600, 0,
	    NULL },
	{ -1, 3, 20, SPI, "80040001", -1, -1, 0, 0, 0, "key length" },
	{ -1, 3, 20, SPI, "80040001" "80050005" "80060100", -1, -1, 0, 0, 0,
	    "(wrong: hash)" },
	{ -1, 3, 20, SPI, "80040001" "80060080", -1, -1, 0, 0, 0,
	    "write `quick enc aes-128-gcm group none' in ipsec.conf(5)" },
	{ -1, 3, 23, SPI, "80040001" "80060080", -1, -1, 0, 0, 0,
	    "write `quick enc aes-128-gmac group none' in ipsec.conf(5)" },
	{ -1, 3, 6, SPI, "80040001" "80050005" "80060080", -1, -1, 0, 0, 0,
	    "only the peer" },
	{ -1, 3, 3, SPI, "80040001" "80050002", -1, -1, 0, 0, 0,
	    "ESP 3DES HMAC_SHA without PFS TUNNEL" },
	{ -1, 2, 5, SPI, "8003000f" "80040002" "80050005", 2, 2, 0, 3600, 0,
	    NULL },
	{ -1, 2, 5, SPI, "8003000f" "80040002", 2, 2, 0, 3600, 0, NULL },
	{ -1, 2, 5, SPI, "8003000f" "80040002" "80050002", -1, -1, 0, 0, 0,
	    "hash" },
	{ -1, 2, 3, SPI, "8003000f" "80040002" "80050002", -1, -1, 0, 0, 0,
	    "(wrong: hash)" },
	{ -1, 4, 3, SPI, "80040001", -1, -1, 0, 0, 0,
	    "protocol 4 transform 3" },
	{ 0, 3, 12, SPI, "8003000f" "80040003" "80050005" "80060080", 0, 0,
	    128, 3600, 0, NULL },
	{ 0, 3, 12, SPI, QAES "80060080", 0, -1, 128, 3600, 0, NULL },
	{ 1, 3, 12, SPI, "8003000f" "8004f003" "80050005" "80060080", 0, 0,
	    128, 3600, 0, NULL },
};

static unsigned int
encap_of(int natt)
{
	return (natt == -1 ? 0 : natt == 0 ? 2 : 61442);
}

/* -1, or which of ours; both phases, offer or answer. */
static int
ask(const struct row *r, int phase, int answer, const struct v1_sa *sa,
    struct p1_choice *c1, struct p2_choice *c2, struct buf *why)
{
	int error;

	if (phase == 1) {
		error = answer ? p1_accept(c1, sa, p1_ours, nitems(p1_ours),
		    why) : p1_choose(c1, sa, p1_ours, nitems(p1_ours), why);
		return (error == -1 ? -1 : c1->c_ours - p1_ours);
	}
	error = answer ? p2_accept(c2, sa, p2_ours, nitems(p2_ours),
	    encap_of(r->r_natt), why) : p2_choose(c2, sa, p2_ours,
	    nitems(p2_ours), r->r_natt, why);
	return (error == -1 ? -1 : c2->c_ours - p2_ours);
}

static void
check_chosen(const struct row *r, int phase, size_t i,
    const struct p1_choice *c1, const struct p2_choice *c2)
{
	struct msgb mb = { 0 };
	struct msg m;

	if (phase == 1) {
		check(c1->c_bits == r->r_bits &&
		    c1->c_life_s == r->r_life_s &&
		    c1->c_life_kb == r->r_life_kb,
		    "row %zu: %u bits, %u s, %u kB", i, c1->c_bits,
		    c1->c_life_s, c1->c_life_kb);
		mb_sa_chosen(&mb, c1->c_prop, c1->c_xf, NULL, 0);
	} else {
		check(c2->c_bits == r->r_bits &&
		    c2->c_life_s == r->r_life_s &&
		    c2->c_life_kb == r->r_life_kb &&
		    c2->c_udp == (strstr(r->r_attrs, "80040003") != NULL ||
		    strstr(r->r_attrs, "8004f003") != NULL) &&
		    c2->c_transport == (r->r_proto == V1_PROTO_AH) &&
		    c2->c_spi == strtoul(r->r_spi, NULL, 16),
		    "row %zu of phase 2: %u bits, %u s, %u kB, SPI %x", i,
		    c2->c_bits, c2->c_life_s, c2->c_life_kb, c2->c_spi);
		mb_sa_chosen(&mb, c2->c_prop, c2->c_xf, "\1\2\3\4", 4);
	}
	/* The answer has the octets of the offer. */
	if (msg_parse(&m, mb.mb_first, mb.mb_buf.b_data, mb.mb_buf.b_len, 0,
	    phase, &(const char *){ NULL }) != 0)
		errx(1, "row %zu: the answer is no good", i);
	check(is_hex(m.m_sa.s_xf->x_raw.s_data, m.m_sa.s_xf->x_raw.s_len,
	    r->r_attrs) && m.m_sa.s_xf->x_num == 1 &&
	    m.m_sa.s_xf->x_id == r->r_id, "row %zu: answer differs", i);
	msg_clear(&m);
	mb_clear(&mb);
}

static void
test_row(const struct row *r, size_t i, int phase, int answer)
{
	struct p1_choice c1;
	struct p2_choice c2;
	struct buf b = { 0 }, why = { 0 };
	struct msg m;
	int got, wanted = answer ? r->r_answer : r->r_ours;

	put_sa(&b, phase == 1 ? V1_PROTO_ISAKMP : r->r_proto, r->r_spi,
	    r->r_id, r->r_attrs);
	if (parse(&m, V1_P_SA, b.b_data, b.b_len, 0, phase) != 0)
		errx(1, "row %zu: refused", i);
	got = ask(r, phase, answer, &m.m_sa, &c1, &c2, &why);
	check(got == wanted, "row %zu of phase %d, answer %d: %d, not %d: %s",
	    i, phase, answer, got, wanted, why.b_len != 0 ?
	    (char *)why.b_data : "");
	check((why.b_len == 0) == (got != -1), "row %zu: text", i);
	if (got != -1)
		check_chosen(r, phase, i, &c1, &c2);
	else if (!answer && r->r_why != NULL)
		check(strstr((char *)why.b_data, r->r_why) != NULL,
		    "row %zu of phase %d: %s", i, phase, why.b_data);
	if (got == -1 && answer)
		check(strncmp((char *)why.b_data, "they answer ", 12) == 0 &&
		    strstr((char *)why.b_data, "only the peer") != NULL,
		    "row %zu of phase %d: %s", i, phase, why.b_data);
	buf_clear(&why);
	msg_clear(&m);
	buf_clear(&b);
}

static void
offer(struct msg *m, const struct msgb *mb, int phase)
{
	if (parse(m, mb->mb_first, mb->mb_buf.b_data, mb->mb_buf.b_len, 0,
	    phase) != 0)
		errx(1, "an offer of ours is refused");
}

/* Their order counts, not ours. */
static void
test_order(void)
{
	struct p2_xform qx[3] = { p2_ours[1], p2_ours[2], p2_ours[0] };
	struct msgb mb = { 0 };
	struct p2_choice c;
	struct buf why = { 0 };
	struct msg m;

	mb_p2_sa(&mb, qx, 3, 0xc0000001, 0);
	offer(&m, &mb, 2);
	check(p2_choose(&c, &m.m_sa, p2_ours, 3, -1, &why) == 0 &&
	    c.c_ours == &p2_ours[1], "not the first of theirs");
	check(p2_accept(&c, &m.m_sa, p2_ours, 3, 0, &why) == -1 &&
	    strcmp((char *)why.b_data, "they answer with 3 transforms instead "
	    "of one; only the peer can mend it") == 0, "three answers");
	buf_clear(&why);
	check(p2_choose(&c, &m.m_sa, p2_ours, 1, -1, &why) == 0 &&
	    c.c_ours == &p2_ours[0] && c.c_prop == &m.m_sa.s_prop[2],
	    "not the last of theirs");
	check(p2_choose(&c, &m.m_sa, NULL, 0, -1, &why) == -1 &&
	    strstr((char *)why.b_data, "; we accept nothing; only") != NULL,
	    "none of ours");
	buf_clear(&why);
	msg_clear(&m);
	mb_clear(&mb);
}

/* ESP and IPComp under one number are no choice; nor is what is beside. */
static void
test_and(void)
{
	struct msgb mb = { 0 };
	struct p2_choice c;
	struct buf why = { 0 };
	struct msg m;

	mb_p2_sa(&mb, p2_ours, 3, 0xc0000001, 0);
	offer(&m, &mb, 2);
	m.m_sa.s_prop[1].p_num = 1;
	check(p2_choose(&c, &m.m_sa, p2_ours, 2, -1, &why) == -1 &&
	    strstr((char *)why.b_data, "several protocols in one proposal") !=
	    NULL, "two protocols");
	buf_clear(&why);
	check(p2_choose(&c, &m.m_sa, p2_ours, 3, -1, &why) == 0 &&
	    c.c_prop == &m.m_sa.s_prop[2], "the one that is alone");
	msg_clear(&m);
	mb_clear(&mb);
}

/* Of long lists the text has the first. */
static void
test_long(void)
{
	struct p1_xform px[20];
	struct msgb mb = { 0 };
	struct p1_choice c;
	struct buf why = { 0 };
	struct msg m;
	size_t i;

	for (i = 0; i < nitems(px); i++) {
		px[i] = p1_ours[0];
		px[i].px_group = IKE_DH_MODP8192;
	}
	mb_p1_sa(&mb, px, nitems(px));
	offer(&m, &mb, 1);
	check(p1_choose(&c, &m.m_sa, p1_ours, 2, &why) == -1 &&
	    strstr((char *)why.b_data, " and 14 more; we accept") != NULL &&
	    why.b_len < 800, "long list: %s", why.b_data);
	buf_clear(&why);
	check(p1_choose(&c, &m.m_sa, NULL, 0, &why) == -1, "none of ours");
	buf_clear(&why);
	msg_clear(&m);
	mb_clear(&mb);
}

int
main(void)
{
	size_t i;
	int answer;

	log_init("choosetest", 1, 0);
	for (answer = 0; answer < 2; answer++) {
		for (i = 0; i < nitems(rows1); i++)
			test_row(&rows1[i], i, 1, answer);
		for (i = 0; i < nitems(rows2); i++)
			test_row(&rows2[i], i, 2, answer);
	}
	test_order();
	test_and();
	test_long();
	return (check_done());
}
