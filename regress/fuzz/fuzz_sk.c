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
 * What is under SK and SKF, from a peer that has the keys.
 *
 * Input: an octet for the cipher, one for what to do.  Either a chain, which
 * is sealed as we do and must come out again; or pieces, each of
 *	number (1) total (1) next payload (1) what to spoil (1) length (1)
 * and so many octets with their padding, to be sealed and sent.
 */
#include <stdlib.h>
#include <string.h>

#include "msg.h"

#include "fuzz.h"

#define SPOIL		0x80	/* in `what to spoil': an octet of it */
#define WIDE		0x40	/* number and total in 16 bits */
#define PLAIN		0x20	/* as SK */

static const struct {
	uint16_t	 encr;
	uint16_t	 bits;
	uint16_t	 integ;
} suites[] = {
	{ IKE_ENCR_AES_GCM_16, 128, IKE_INTEG_NONE },
	{ IKE_ENCR_AES_CBC, 128, IKE_INTEG_SHA2_256 },
	{ IKE_ENCR_CHACHA20, 0, IKE_INTEG_NONE },
	{ IKE_ENCR_3DES, 0, IKE_INTEG_SHA1_96 },
};

static const struct ike_hdr	 header = {
	.h_spii = 1, .h_spir = 2, .h_version = IKE_VERSION,
	.h_exch = IKE_X_AUTH, .h_msgid = 1
};

static void
key_make(struct skey *sk, unsigned int i)
{
	i %= sizeof(suites) / sizeof(suites[0]);
	memset(sk, 0, sizeof(*sk));
	sk->sk_encr = (struct ike_xform){ IKE_T_ENCR, suites[i].encr,
	    suites[i].bits };
	sk->sk_integ = (struct ike_xform){ IKE_T_INTEG, suites[i].integ, 0 };
	if (skey_sizes(sk) == -1)
		wrong("no cipher %u", i);
	memset(sk->sk_ekey, 0x55, sk->sk_ekeylen);
	memset(sk->sk_akey, 0xaa, sk->sk_akeylen);
}

/* What the engine does with a datagram, without the engine. */
static int
receive(struct frags *fr, const struct skey *key, const struct buf *pkt,
    struct buf *whole, uint8_t *next)
{
	struct buf plain = { 0 };
	struct ike_hdr h;
	struct msg m;
	const char *why;
	uint8_t critical;
	int done = 1;

	if (hdr_parse(&h, pkt->b_data, pkt->b_len) == -1 ||
	    msg_parse(&m, h.h_next, pkt->b_data, IKE_HDRLEN,
	    pkt->b_len - IKE_HDRLEN, &critical, &why) != 0)
		return (-1);
	if (msg_open(&plain, pkt->b_data, pkt->b_len, &m, key) == -1)
		done = -1;
	else if (m.m_sktype == IKE_P_SK) {
		buf_clear(whole);
		buf_move(whole, &plain);
		*next = m.m_sknext;
	} else
		done = frags_add(fr, &h, &m, &plain, whole, next);
	if (plain.b_data != NULL)
		wrong("the text of a fragment is left behind");
	msg_clear(&m);
	return (done);
}

static void
inside(const struct buf *whole, uint8_t next)
{
	struct msg m;
	const char *why;
	uint8_t critical;

	if (whole->b_len > IKE_MAXMSG)
		wrong("%zu octets", whole->b_len);
	if (msg_parse(&m, next, whole->b_data, 0, whole->b_len, &critical,
	    &why) == 0) {
		if (m.m_sktype != 0)
			wrong("SK inside of SK");
		msg_clear(&m);
	}
}

/* Sealed as we do, in whatever fragments, it comes out as it was. */
static void
there_and_back(const struct skey *key, uint8_t first, struct span *s,
    size_t mtu)
{
	struct frags fr = { 0 };
	struct buf whole = { 0 };
	struct msgb mb = { .mb_first = first };
	struct pkts pk;
	uint64_t counter = 1;
	uint8_t next = 0;
	unsigned int i;
	int done = 0;

	buf_put(&mb.mb_buf, s->s_data, s->s_len);
	if (msg_seal(&pk, &header, &mb, key, &counter, mtu) == 0) {
		for (i = pk.pk_n; i-- > 0;) {
			if (mtu != 0 && pk.pk_buf[i].b_len > mtu)
				wrong("longer than %zu", mtu);
			done = receive(&fr, key, &pk.pk_buf[i], &whole, &next);
			if (done != (i == 0))
				wrong("fragment %u: %d", i, done);
		}
		if (next != first || whole.b_len != s->s_len ||
		    (s->s_len > 0 &&
		    memcmp(whole.b_data, s->s_data, s->s_len) != 0))
			wrong("not what was sealed");
		inside(&whole, next);
		pkts_clear(&pk);
	} else if (mtu == 0 && s->s_len < 60000)
		wrong("not sealed");
	mb_clear(&mb);
	buf_clear(&whole);
	frags_clear(&fr);
}

struct piece {
	uint8_t		 p_num;
	uint8_t		 p_total;
	uint8_t		 p_next;
	uint8_t		 p_spoil;
	struct span	 p_text;
};

static int
piece_get(struct piece *p, struct span *s)
{
	uint8_t len;

	if (span_get8(s, &p->p_num) == -1 || span_get8(s, &p->p_total) == -1 ||
	    span_get8(s, &p->p_next) == -1 ||
	    span_get8(s, &p->p_spoil) == -1 || span_get8(s, &len) == -1)
		return (-1);
	return (span_take(s, len < s->s_len ? len : s->s_len, &p->p_text));
}

static void
piece_seal(const struct piece *p, const struct skey *key, struct buf *b)
{
	size_t block = skey_block(key), len = p->p_text.s_len / block * block;
	size_t skf = p->p_spoil & PLAIN ? 0 : 4;
	size_t total = IKE_HDRLEN + 4 + skf + skey_ivlen(key) + len +
	    skey_icvlen(key);
	int wide = p->p_spoil & WIDE ? 257 : 1;

	buf_room(b, IKE_HDRLEN);
	buf_set8(b, 16, skf == 0 ? IKE_P_SK : IKE_P_SKF);
	buf_set32(b, 24, total);
	buf_put8(b, p->p_next);
	buf_put8(b, 0);
	buf_put16(b, total - IKE_HDRLEN);
	if (skf != 0) {
		buf_put16(b, p->p_num * wide);
		buf_put16(b, p->p_total * wide);
	}
	if (skey_seal(key, 1, b->b_data, b->b_len, p->p_text.s_data, len,
	    b) == -1)
		wrong("skey_seal");
}

static void
pieces(const struct skey *key, struct span *s)
{
	struct frags fr = { 0 };
	struct buf whole = { 0 }, b = { 0 };
	struct piece p;
	uint8_t next;
	size_t at;
	int done;

	while (piece_get(&p, s) == 0) {
		piece_seal(&p, key, &b);
		if (p.p_spoil & SPOIL) {
			at = p.p_spoil % b.b_len;
			buf_set8(&b, at, b.b_data[at] ^ 0x10);
		}
		next = 0;
		done = receive(&fr, key, &b, &whole, &next);
		if (done != -1 && p.p_spoil & SPOIL)
			wrong("octet %zu is not authentic", at);
		if (done == 1)
			inside(&whole, next);
		buf_clear(&b);
	}
	buf_clear(&whole);
	frags_clear(&fr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span s = { data, len };
	struct skey key;
	uint8_t suite, what, first;

	if (span_get8(&s, &suite) == -1 || span_get8(&s, &what) == -1)
		return (0);
	key_make(&key, suite);
	if (what & 1)
		pieces(&key, &s);
	else if (span_get8(&s, &first) == 0)
		there_and_back(&key, first, &s, what * 2);
	return (0);
}

void
seeds(void)
{
	static const uint8_t chain[] = { 0, 200, 40, 0, 0, 0, 20, 1, 2, 3, 4,
	    5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	static const uint8_t whole[] = { 0, 1, 0, 0, 40, PLAIN, 21,
	    0, 0, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	    0 };
	static const uint8_t two[] = { 0, 1,
	    1, 2, 40, 0, 11, 0, 0, 0, 20, 1, 2, 3, 4, 5, 6, 0,
	    2, 2, 0, 0, 12, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 1,
	    2, 2, 0, SPOIL, 3, 1, 1, 0 };
	uint8_t cbc[sizeof(whole) + 32] = { 0 };

	seed(chain, sizeof(chain));
	seed(whole, sizeof(whole));
	seed(two, sizeof(two));
	memcpy(cbc, whole, sizeof(whole));
	cbc[0] = 1;
	cbc[6] = 48;
	cbc[54] = 27;
	seed(cbc, sizeof(cbc));
}
