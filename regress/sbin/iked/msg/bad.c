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
 * Messages that are wrong in one way each, beside their nearest good
 * neighbours.
 */
#include <err.h>
#include <stdio.h>

#include "msgtest.h"

#define SYN	IKE_N_INVALID_SYNTAX
#define CRIT	IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD

/* One payload by its octets; w_n is how many things a good one has. */
struct wrong {
	const char	*w_name;
	uint8_t		 w_type;
	const char	*w_body;
	int		 w_want;
	unsigned int	 w_n;
};

static void
put_payload(struct buf *b, uint8_t next, uint8_t flags, const char *hex)
{
	size_t start = b->b_len;

	buf_put8(b, next);
	buf_put8(b, flags);
	buf_put16(b, 0);
	put_hex(b, hex);
	buf_set16(b, start + 2, b->b_len - start);
}

/* Parses a chain behind a header; the answer is cleared. */
static int
parse(const struct buf *chain, uint8_t first, struct msg *m,
    uint8_t *critical)
{
	struct buf b = { 0 };
	const uint8_t *data;
	const char *why;
	int error;

	buf_room(&b, IKE_HDRLEN);
	buf_putbuf(&b, chain);
	if (b.b_failed)
		errx(1, "no memory");
	data = guarded(0, b.b_data, b.b_len);
	error = msg_parse(m, first, data, IKE_HDRLEN, b.b_len - IKE_HDRLEN,
	    critical, &why);
	if ((error == 0) != (why == NULL))
		bad("answer %d with reason %s", error, why);
	buf_clear(&b);
	return (error);
}

static unsigned int
things(const struct msg *m, uint8_t type)
{
	unsigned int i, n = 0;

	switch (type) {
	case IKE_P_SA:
		for (i = 0; i < m->m_sa.ps_n; i++)
			n += m->m_sa.ps_prop[i].pr_n;
		return (n);
	case IKE_P_TSI:
		return (m->m_tsi.tl_n);
	case IKE_P_TSR:
		return (m->m_tsr.tl_n);
	case IKE_P_IDI:
		return (m->m_idi.id_len);
	case IKE_P_IDR:
		return (m->m_idr.id_len);
	case IKE_P_AUTH:
		return (m->m_auth.s_len);
	case IKE_P_KE:
		return (m->m_ke.s_len);
	case IKE_P_NONCE:
		return (m->m_nonce.s_len);
	case IKE_P_DELETE:
		return (m->m_deletes[0].md_n);
	case IKE_P_NOTIFY:
		return (m->m_notifies[0].mn_data.s_len);
	}
	return (0);
}

static void
check_one(const struct wrong *w)
{
	struct buf b = { 0 };
	struct msg m;
	uint8_t critical;
	int got;

	put_payload(&b, 0, 0, w->w_body);
	got = parse(&b, w->w_type, &m, &critical);
	CHECK(got == w->w_want, "%s: %d, not %d", w->w_name, got, w->w_want);
	if (got == 0) {
		CHECK(w->w_want != 0 || things(&m, w->w_type) == w->w_n,
		    "%s: %u things, not %u", w->w_name,
		    things(&m, w->w_type), w->w_n);
		msg_clear(&m);
	}
	buf_clear(&b);
}

/* One good body a type; empty: only that it may be. */
static const struct {
	uint8_t		 type;
	const char	*body;
	int		 maybe;		/* empty */
} goods[] = {
	{ IKE_P_SA, "00 00 0014 01 01 00 01 0000000c 01 00 0014 800e0080", 0 },
	{ IKE_P_KE, "001f 0000 (32x 11)", 0 },
	{ IKE_P_IDI, "02 000000 61", 0 },
	{ IKE_P_IDR, "01 000000 0a000001", 0 },
	{ IKE_P_CERT, "04 30820101", 0 },
	{ IKE_P_CERTREQ, "04 (20x 22)", 0 },
	{ IKE_P_AUTH, "02 000000 (32x 33)", 0 },
	{ IKE_P_NONCE, "(16x 44)", 0 },
	{ IKE_P_NOTIFY, "00 00 4004", 0 },
	{ IKE_P_DELETE, "03 04 0001 01020304", 0 },
	{ IKE_P_VENDOR, "55", 1 },
	{ IKE_P_TSI, "01 000000 0700001000000fff 0a000000 0a0000ff", 0 },
	{ IKE_P_TSR, "01 000000 080000280000ffff (16x 00)(16x ff)", 0 },
	{ IKE_P_SK, "66", 1 },
	{ IKE_P_CP, "01 000000", 1 },
	{ IKE_P_EAP, "01 01 0005 01", 1 },
	{ IKE_P_SKF, "0001 0002 66", 0 },
	{ 49, "77", 1 },
};

static void
want_parse(const struct buf *b, uint8_t first, int want, const char *what,
    unsigned int a)
{
	struct msg m;
	uint8_t critical;
	int got = parse(b, first, &m, &critical);

	CHECK(got == want, "%s, %u: %d, not %d", what, a, got, want);
	if (got == 0)
		msg_clear(&m);
}

static void
b30_lengths(uint8_t type, const char *body, int maybe)
{
	static const unsigned int lies[] = { 0, 1, 2, 3, 65535 };
	struct buf b = { 0 };
	unsigned int i;
	size_t len;

	put_payload(&b, 0, 0, body);
	len = b.b_len;
	want_parse(&b, type, 0, "as it should be", type);
	for (i = 0; i < nitems(lies); i++) {
		buf_set16(&b, 2, lies[i]);
		want_parse(&b, type, SYN, "false length",
		    type);
	}
	buf_set16(&b, 2, len + 1);
	want_parse(&b, type, SYN, "past the end", type);
	buf_set16(&b, 2, len - 1);
	want_parse(&b, type, SYN, "ends early", type);
	buf_set16(&b, 2, 4);
	want_parse(&b, type, SYN, "before its end", type);
	buf_trim(&b, 4);
	want_parse(&b, type, maybe ? 0 : SYN, "empty", type);
	buf_clear(&b);
}

/* The critical bit of what we know says nothing. */
static void
b30_critical(void)
{
	struct buf b = { 0 };
	struct msg m;
	unsigned int i;
	uint8_t critical;
	int got;

	for (i = 0; i < nitems(goods); i++) {
		put_payload(&b, 0, 0xff, goods[i].body);
		want_parse(&b, goods[i].type, goods[i].type == 49 ? CRIT : 0,
		    "critical bit", goods[i].type);
		buf_clear(&b);
	}
	put_payload(&b, 200, 0, "01");
	put_payload(&b, IKE_P_NONCE, IKE_P_CRITICAL, "02");
	put_payload(&b, 0, 0, "(16x 03)");
	got = parse(&b, 1, &m, &critical);
	CHECK(got == CRIT && critical == 200, "unknown critical: %d, %u", got,
	    critical);
	buf_set8(&b, 6, 0x7f);
	got = parse(&b, 1, &m, &critical);
	CHECK(got == 0 && critical == 0 && MSG_HAS(&m, IKE_P_NONCE),
	    "unknown, not critical: %d", got);
	msg_clear(&m);
	buf_clear(&b);
}

static void
b30_number(uint8_t type)
{
	struct buf b = { 0 };
	unsigned int i;

	for (i = 1; i < MSG_MAXPAYLOADS; i++)
		put_payload(&b, type, 0, "");
	put_payload(&b, 0, 0, "");
	want_parse(&b, type, 0, "so many payloads", MSG_MAXPAYLOADS);
	buf_set8(&b, b.b_len - 4, type);
	put_payload(&b, 0, 0, "");
	want_parse(&b, type, SYN, "so many payloads", MSG_MAXPAYLOADS + 1);
	buf_clear(&b);
}

/* Twice, with another one between. */
static void
b30_twice(uint8_t type, const char *body)
{
	struct buf b = { 0 };
	int many = type == IKE_P_CERT || type == IKE_P_CERTREQ ||
	    type == IKE_P_NOTIFY || type == IKE_P_DELETE ||
	    type == IKE_P_VENDOR || type == IKE_P_CP || type == IKE_P_EAP ||
	    type == 49;

	put_payload(&b, 60, 0, body);
	put_payload(&b, type, 0, "");
	put_payload(&b, 0, 0, body);
	want_parse(&b, type, many ? 0 : SYN, "twice", type);
	buf_clear(&b);
}

void
test_b30(void)
{
	struct buf b = { 0 };
	unsigned int i;

	for (i = 0; i < nitems(goods); i++) {
		b30_lengths(goods[i].type, goods[i].body, goods[i].maybe);
		b30_twice(goods[i].type, goods[i].body);
	}
	b30_critical();
	b30_number(IKE_P_VENDOR);
	b30_number(100);
	want_parse(&b, 0, 0, "no payload", 0);
	want_parse(&b, IKE_P_SA, SYN, "nothing where one should be", IKE_P_SA);
	put_hex(&b, "00");
	want_parse(&b, 0, SYN, "an octet behind the end", 0);
	buf_clear(&b);
}

static const struct wrong	 proposals[] = {
	{ "without DH", IKE_P_SA, "00000024 01010003 0300000c 0100000c 800e0080"
	    "03000008 02000005 00000008 0300000c", 0, 3 },
	{ "GMAC", IKE_P_SA, "00000014 01010001 0000000c 01000015 800e0080",
	    0, 1 },
	{ "key length 0", IKE_P_SA,
	    "00000014 01010001 0000000c 0100000c 800e0000", 0, 1 },
	{ "key length 1", IKE_P_SA,
	    "00000014 01010001 0000000c 0100000c 800e0001", 0, 1 },
	{ "key length 65535", IKE_P_SA,
	    "00000014 01010001 0000000c 0100000c 800effff", 0, 1 },
	{ "key length twice", IKE_P_SA,
	    "00000018 01010001 00000010 0100000c 800e0080 800e0080", SYN, 0 },
	{ "key length as TLV", IKE_P_SA,
	    "00000016 01010001 0000000e 0100000c 000e0002 0080", 0, 1 },
	{ "TLV of 0 octets", IKE_P_SA,
	    "00000014 01010001 0000000c 0100000c 00630000", 0, 1 },
	{ "TLV past the end", IKE_P_SA,
	    "00000014 01010001 0000000c 0100000c 00630001", SYN, 0 },
	{ "TLV of 65535", IKE_P_SA,
	    "00000014 01010001 0000000c 0100000c 000effff", SYN, 0 },
	{ "half an attribute", IKE_P_SA,
	    "00000012 01010001 0000000a 0100000c 800e", SYN, 0 },
	{ "255 transforms", IKE_P_SA, "00000800 010100ff"
	    "(254x 0300000804000001) 0000000804000002", 0, 255 },
	{ "255, says 254", IKE_P_SA, "00000800 010100fe"
	    "(254x 0300000804000001) 0000000804000002", SYN, 0 },
	{ "254, says 255", IKE_P_SA, "000007f8 010100ff"
	    "(253x 0300000804000001) 0000000804000002", SYN, 0 },
	{ "no transforms", IKE_P_SA, "00000008 01010000", SYN, 0 },
	{ "says none, has one", IKE_P_SA,
	    "00000010 01010000 00000008 04000001", SYN, 0 },
	{ "last in between", IKE_P_SA, "00000018 01010002"
	    "00000008 04000001 00000008 04000002", SYN, 0 },
	{ "more at the end", IKE_P_SA, "00000010 01010001"
	    "03000008 04000001", SYN, 0 },
	{ "strange more", IKE_P_SA, "00000018 01010002"
	    "02000008 04000001 00000008 04000002", SYN, 0 },
	{ "transform of 0", IKE_P_SA, "00000010 01010001 00000000 04000001",
	    SYN, 0 },
	{ "transform of 3", IKE_P_SA, "00000010 01010001 00000003 04000001",
	    SYN, 0 },
	{ "transform of 4", IKE_P_SA, "0000000c 01010001 00000004", SYN, 0 },
	{ "transform of 7", IKE_P_SA, "0000000f 01010001 00000007 040000",
	    SYN, 0 },
	{ "transform past the proposal", IKE_P_SA,
	    "00000010 01010001 00000009 04000001", SYN, 0 },
	{ "octet behind the transform", IKE_P_SA,
	    "00000011 01010001 00000008 04000001 00", SYN, 0 },
	{ "unknown type", IKE_P_SA, "00000010 01010001 00000008 f2000001",
	    0, 1 },
	{ "no proposal", IKE_P_SA, "", SYN, 0 },
	{ "two proposals", IKE_P_SA, "02000010 01010001 00000008 04000001"
	    "00000010 02010001 00000008 04000002", 0, 2 },
	{ "more, and nothing", IKE_P_SA,
	    "02000010 01010001 00000008 04000001", SYN, 0 },
	{ "last, and another", IKE_P_SA, "00000010 01010001 00000008 04000001"
	    "00000010 02010001 00000008 04000002", SYN, 0 },
	{ "strange last", IKE_P_SA, "01000010 01010001 00000008 04000001"
	    "00000010 02010001 00000008 04000002", SYN, 0 },
	{ "strange and alone", IKE_P_SA,
	    "01000010 01010001 00000008 04000001", SYN, 0 },
	{ "proposal of 0", IKE_P_SA, "00000000 01010001 00000008 04000001",
	    SYN, 0 },
	{ "proposal of 7", IKE_P_SA, "00000007 010100", SYN, 0 },
	{ "proposal past the payload", IKE_P_SA,
	    "00000011 01010001 00000008 04000001", SYN, 0 },
	{ "64 proposals", IKE_P_SA, "(63x 02000010 01010001 00000008 04000001)"
	    "00000010 40010001 00000008 04000002", 0, 64 },
	{ "65 proposals", IKE_P_SA, "(64x 02000010 01010001 00000008 04000001)"
	    "00000010 40010001 00000008 04000002", SYN, 0 },
	{ "ESP", IKE_P_SA, "00000014 01030401 c0000001 00000008 05000000",
	    0, 1 },
	{ "ESP without SPI", IKE_P_SA, "00000010 01030001 00000008 05000000",
	    SYN, 0 },
	{ "ESP with 8", IKE_P_SA,
	    "00000018 01030801 c0000001c0000001 00000008 05000000", SYN, 0 },
	{ "IKE with 8", IKE_P_SA,
	    "00000018 01010801 c0000001c0000001 00000008 05000000", 0, 1 },
	{ "IKE with 4", IKE_P_SA,
	    "00000014 01010401 c0000001 00000008 05000000", SYN, 0 },
	{ "SPI of 255", IKE_P_SA, "0000010f 0105ff01 (255x 01)"
	    "00000008 05000000", SYN, 0 },
	{ "SPI past the end", IKE_P_SA, "0000000b 01030401 c00000", SYN, 0 },
	{ "unknown protocol", IKE_P_SA,
	    "00000010 01090001 00000008 05000000", 0, 1 },
};

/* Together, over several proposals. */
static void
b33_1024(void)
{
	struct buf b = { 0 };
	unsigned int i;

	put_payload(&b, 0, 0, "");
	for (i = 0; i < 5; i++) {
		put_hex(&b, i < 4 ? "02000800 010100ff" : "00000028 01010004");
		put_hex(&b, i < 4 ? "(254x 0300000804000001)" :
		    "(3x 0300000804000001)");
		put_hex(&b, "0000000804000002");
	}
	buf_set16(&b, 2, b.b_len);
	want_parse(&b, IKE_P_SA, 0, "so many transforms", 1024);
	buf_trim(&b, b.b_len - 0x28);
	put_hex(&b, "00000030 01010005 (4x 0300000804000001) 0000000804000002");
	buf_set16(&b, 2, b.b_len);
	want_parse(&b, IKE_P_SA, SYN, "so many transforms", 1025);
	buf_clear(&b);
}

/* What it comes to, where more than a number counts. */
static void
b33_meaning(const char *body, uint16_t id, uint16_t bits)
{
	const struct ike_xform *xf;
	struct buf b = { 0 };
	struct msg m;
	uint8_t critical;

	put_payload(&b, 0, 0, body);
	if (parse(&b, IKE_P_SA, &m, &critical) != 0)
		bad("%s: refused", body);
	else {
		xf = &m.m_sa.ps_prop[0].pr_xf[0];
		CHECK(xf->xf_id == id && (id == MSG_XFORM_NEVER ||
		    xf->xf_keybits == bits), "%s: id %u, %u bits", body,
		    xf->xf_id, xf->xf_keybits);
		msg_clear(&m);
	}
	buf_clear(&b);
}

void
test_b33(void)
{
	unsigned int i;

	for (i = 0; i < nitems(proposals); i++)
		check_one(&proposals[i]);
	b33_1024();
	b33_meaning("00000014 01010001 0000000c 0100000c 800e0100", 12, 256);
	b33_meaning("00000010 01010001 00000008 01000003", 3, 0);
	b33_meaning("00000014 01010001 0000000c 01000003 800e0000",
	    MSG_XFORM_NEVER, 0);
	b33_meaning("00000014 01010001 0000000c 01000003 800f0080",
	    MSG_XFORM_NEVER, 0);
	b33_meaning("00000016 01010001 0000000e 0100000c 000e0002 0080",
	    MSG_XFORM_NEVER, 0);
}

static const struct wrong	 selectors[] = {
	{ "start > end", IKE_P_TSI,
	    "01000000 070000100000ffff 0a000002 0a000001", SYN, 0 },
	{ "start = end", IKE_P_TSI,
	    "01000000 070000100000ffff 0a000001 0a000001", 0, 1 },
	{ "IPv6 start > end", IKE_P_TSR,
	    "01000000 080000280000ffff (15x 00) 01 (16x 00)", SYN, 0 },
	{ "port start > end", IKE_P_TSR,
	    "01000000 0706001001000050 00000000 ffffffff", SYN, 0 },
	{ "opaque ports", IKE_P_TSR,
	    "01000000 07060010ffff0000 00000000 ffffffff", 0, 1 },
	{ "nearly opaque", IKE_P_TSR,
	    "01000000 07060010ffff0001 00000000 ffffffff", SYN, 0 },
	{ "0 selectors", IKE_P_TSI, "00000000", SYN, 0 },
	{ "0, but one", IKE_P_TSI,
	    "00000000 070000100000ffff 0a000001 0a000002", SYN, 0 },
	{ "1, but none", IKE_P_TSI, "01000000", SYN, 0 },
	{ "1, but two", IKE_P_TSI,
	    "01000000 (2x 070000100000ffff 0a000001 0a000002)", SYN, 0 },
	{ "255 selectors", IKE_P_TSI,
	    "ff000000 (255x 070000100000ffff 0a000001 0a000002)", 0, 255 },
	{ "255, but 254", IKE_P_TSI,
	    "ff000000 (254x 070000100000ffff 0a000001 0a000002)", SYN, 0 },
	{ "IPv4 as long as IPv6", IKE_P_TSI,
	    "01000000 070000280000ffff (16x 00) (16x ff)", SYN, 0 },
	{ "IPv6 as short as IPv4", IKE_P_TSI,
	    "01000000 080000100000ffff 00000000 ffffffff", SYN, 0 },
	{ "length 0", IKE_P_TSI,
	    "01000000 070000000000ffff 0a000001 0a000002", SYN, 0 },
	{ "length 3", IKE_P_TSI,
	    "01000000 070000030000ffff 0a000001 0a000002", SYN, 0 },
	{ "length 4", IKE_P_TSI, "01000000 07000004", SYN, 0 },
	{ "length 15", IKE_P_TSI,
	    "01000000 0700000f0000ffff 0a000001 0a0000", SYN, 0 },
	{ "length 65535", IKE_P_TSI,
	    "01000000 0700ffff0000ffff 0a000001 0a000002", SYN, 0 },
	{ "unknown type alone", IKE_P_TSI, "01000000 0a000008 01020304",
	    0, 0 },
	{ "unknown type of 4", IKE_P_TSI, "01000000 0a000004", 0, 0 },
	{ "unknown type of 3", IKE_P_TSI, "01000000 0a000003", SYN, 0 },
	{ "unknown type and IPv4", IKE_P_TSI,
	    "03000000 0a000005 01 070000100000ffff 0a000001 0a000002 0a000004",
	    0, 1 },
	{ "two octets", IKE_P_TSI, "0100", SYN, 0 },
};

void
test_b35(void)
{
	unsigned int i;

	for (i = 0; i < nitems(selectors); i++)
		check_one(&selectors[i]);
}

static const struct wrong	 identities[] = {
	{ "empty DN", IKE_P_IDI, "09000000", SYN, 0 },
	{ "empty FQDN", IKE_P_IDR, "02000000", SYN, 0 },
	{ "empty, unknown type", IKE_P_IDI, "0d000000", SYN, 0 },
	{ "DN with bad DER", IKE_P_IDI, "09000000 3084ffffffff 00ff", 0, 8 },
	{ "FQDN of 1024", IKE_P_IDI, "02000000 (1024x 61)", 0, 1024 },
	{ "FQDN of 1025", IKE_P_IDI, "02000000 (1025x 61)", SYN, 0 },
	{ "FQDN of 64 KiB", IKE_P_IDI, "02000000 (65527x 61)", SYN, 0 },
	{ "key ID of 64 KiB", IKE_P_IDI, "0b000000 (65527x 61)", SYN, 0 },
	{ "NUL in a FQDN", IKE_P_IDI, "02000000 6100622e63", SYN, 0 },
	{ "NUL at its end", IKE_P_IDI, "02000000 612e6200", SYN, 0 },
	{ "NUL in an UFQDN", IKE_P_IDR, "03000000 614000622e63", SYN, 0 },
	{ "NUL in a key ID", IKE_P_IDR, "0b000000 00010002", 0, 4 },
	{ "IPv4 of 3", IKE_P_IDI, "01000000 0a0000", SYN, 0 },
	{ "IPv4 of 5", IKE_P_IDI, "01000000 0a00000000", SYN, 0 },
	{ "IPv4", IKE_P_IDI, "01000000 0a000001", 0, 4 },
	{ "IPv6 of 15", IKE_P_IDI, "05000000 (15x 20)", SYN, 0 },
	{ "IPv6", IKE_P_IDI, "05000000 (16x 20)", 0, 16 },
	{ "IPv6 of 17", IKE_P_IDI, "05000000 (17x 20)", SYN, 0 },
	{ "of no type", IKE_P_IDI, "00000000 61", SYN, 0 },
	{ "three octets", IKE_P_IDI, "020000", SYN, 0 },
	{ "format and newline", IKE_P_IDI, "02000000 256e0a1b5b33316d", 0, 8 },
};

void
test_b36(void)
{
	unsigned int i;

	for (i = 0; i < nitems(identities); i++)
		check_one(&identities[i]);
}

static const struct wrong	 auths[] = {
	{ "nothing", IKE_P_AUTH, "", SYN, 0 },
	{ "method alone", IKE_P_AUTH, "02", SYN, 0 },
	{ "no data", IKE_P_AUTH, "02000000", SYN, 0 },
	{ "one octet", IKE_P_AUTH, "02000000 00", 0, 1 },
	{ "64 KiB", IKE_P_AUTH, "0e000000 (65527x 00)", 0, 65527 },
};

void
test_b37(void)
{
	unsigned int i;

	for (i = 0; i < nitems(auths); i++)
		check_one(&auths[i]);
}

static const struct wrong	 lists[] = {
	{ "nonce of 15", IKE_P_NONCE, "(15x 01)", SYN, 0 },
	{ "nonce of 16", IKE_P_NONCE, "(16x 01)", 0, 16 },
	{ "nonce of 256", IKE_P_NONCE, "(256x 01)", 0, 256 },
	{ "nonce of 257", IKE_P_NONCE, "(257x 01)", SYN, 0 },
	{ "KE of 3", IKE_P_KE, "001f00", SYN, 0 },
	{ "KE without value", IKE_P_KE, "001f0000", SYN, 0 },
	{ "KE", IKE_P_KE, "001f0000 01", 0, 1 },
	{ "notify of 3", IKE_P_NOTIFY, "000040", SYN, 0 },
	{ "notify", IKE_P_NOTIFY, "03044009 01020304 05", 0, 1 },
	{ "SPI past the end", IKE_P_NOTIFY, "03044009 010203", SYN, 0 },
	{ "SPI of 255", IKE_P_NOTIFY, "03ff4009 (255x 01)", 0, 0 },
	{ "delete IKE", IKE_P_DELETE, "01000000", 0, 0 },
	{ "delete IKE with SPI", IKE_P_DELETE, "01080001 0102030405060708",
	    SYN, 0 },
	{ "delete ESP", IKE_P_DELETE, "03040002 0102030405060708", 0, 2 },
	{ "delete ESP, one less", IKE_P_DELETE, "03040003 0102030405060708",
	    SYN, 0 },
	{ "delete ESP, one more", IKE_P_DELETE, "03040001 0102030405060708",
	    SYN, 0 },
	{ "delete ESP, SPI of 8", IKE_P_DELETE, "03080001 0102030405060708",
	    SYN, 0 },
	{ "delete ESP, SPI of 0", IKE_P_DELETE, "0300ffff", SYN, 0 },
	{ "delete 65535", IKE_P_DELETE, "0304ffff 01020304", SYN, 0 },
	{ "delete of 3", IKE_P_DELETE, "030400", SYN, 0 },
	{ "delete unknown", IKE_P_DELETE, "09020002 01020304", 0, 2 },
};

static void
lists_number(uint8_t type, const char *body, unsigned int max)
{
	struct buf b = { 0 };
	unsigned int i;

	for (i = 1; i < max; i++)
		put_payload(&b, type, 0, body);
	put_payload(&b, 0, 0, body);
	want_parse(&b, type, 0, "as many as may be", type);
	buf_clear(&b);
	for (i = 1; i < max + 1; i++)
		put_payload(&b, type, 0, body);
	put_payload(&b, 0, 0, body);
	want_parse(&b, type, SYN, "one too many", type);
	buf_clear(&b);
}

/* Which notify is an error, and which of several comes first. */
static void
errors(void)
{
	struct buf b = { 0 };
	struct msg m;
	uint8_t critical;

	put_payload(&b, IKE_P_NOTIFY, 0, "0000 4000");
	put_payload(&b, IKE_P_NOTIFY, 0, "0000 ffff");
	put_payload(&b, 0, 0, "0000 4000 01");
	if (parse(&b, IKE_P_NOTIFY, &m, &critical) != 0)
		errx(1, "notifies");
	CHECK(msg_error(&m) == NULL, "INITIAL_CONTACT is an error");
	CHECK(msg_notify(&m, 16384) == &m.m_notifies[0], "not the first");
	msg_clear(&m);
	buf_set8(&b, 8 + 6, 0x3f);
	if (parse(&b, IKE_P_NOTIFY, &m, &critical) != 0)
		errx(1, "notifies");
	CHECK(msg_error(&m) == &m.m_notifies[1], "16383 is no error");
	msg_clear(&m);
	buf_clear(&b);
}

void
test_lists(void)
{
	unsigned int i;

	errors();
	for (i = 0; i < nitems(lists); i++)
		check_one(&lists[i]);
	lists_number(IKE_P_CERT, "0430", MSG_MAXCERTS);
	lists_number(IKE_P_CERTREQ, "04", MSG_MAXCERTS);
	lists_number(IKE_P_NOTIFY, "00004004", MSG_MAXNOTIFIES);
	lists_number(IKE_P_DELETE, "03040001 01020304", MSG_MAXDELETES);
}

/* SK is the last, says what is inside, and has no other inside. */
void
test_inside(void)
{
	struct buf b = { 0 };
	struct msg m;
	const char *why;
	uint8_t critical;

	put_payload(&b, IKE_P_SKF, 0, "(16x 01)");
	put_payload(&b, IKE_P_AUTH, 0, "0003 0007 (30x 02)");
	if (parse(&b, IKE_P_NONCE, &m, &critical) != 0)
		bad("SKF refused");
	else {
		CHECK(m.m_sktype == IKE_P_SKF && m.m_sknext == IKE_P_AUTH &&
		    m.m_frag == 3 && m.m_frags == 7 &&
		    m.m_skoff == IKE_HDRLEN + 20 + 8 &&
		    MSG_HAS(&m, IKE_P_SKF) && !MSG_HAS(&m, IKE_P_AUTH),
		    "SKF: type %u, next %u, %u of %u at %zu", m.m_sktype,
		    m.m_sknext, m.m_frag, m.m_frags, m.m_skoff);
		msg_clear(&m);
	}
	CHECK(msg_parse(&m, IKE_P_NONCE, b.b_data, 0, b.b_len, &critical,
	    &why) == SYN, "SKF inside of SK");
	put_payload(&b, 0, 0, "(16x 03)");
	want_parse(&b, IKE_P_NONCE, SYN, "SKF before another", IKE_P_AUTH);
	buf_clear(&b);
	put_payload(&b, IKE_P_SK, 0, "(40x 01)");
	put_payload(&b, 0, 0, "(40x 01)");
	want_parse(&b, IKE_P_SK, SYN, "SK before SK", IKE_P_SK);
	buf_clear(&b);
	put_payload(&b, 0, 0, "000100");
	want_parse(&b, IKE_P_SKF, SYN, "SKF too short", 3);
	buf_clear(&b);
}

/* Of the header nothing but the length is held against anything here. */
void
test_header(void)
{
	uint8_t d[IKE_HDRLEN + 4] = { 0 };
	struct ike_hdr h;
	unsigned int i;

	for (i = 0; i <= sizeof(d); i++) {
		d[27] = i;
		CHECK(hdr_parse(&h, guarded(0, d, i), i) ==
		    (i < IKE_HDRLEN ? -1 : 0), "%u octets", i);
	}
	for (i = 0; i <= sizeof(d); i++) {
		d[27] = i;
		CHECK(hdr_parse(&h, d, sizeof(d)) == (i == sizeof(d) ? 0 :
		    -1), "length says %u", i);
	}
	d[24] = 0x80;
	CHECK(hdr_parse(&h, d, sizeof(d)) == -1, "length of 2 GiB");
}
