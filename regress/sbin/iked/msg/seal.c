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
 * Under SK and SKF: what one seals the other opens, if not an octet differs.
 */
#include <err.h>

#include "msgtest.h"

#define LENGTHS		70		/* of a payload, from 0 */

static const struct {
	uint16_t	 encr;
	uint16_t	 bits;
	uint16_t	 integ;
} suites[] = {
	{ IKE_ENCR_AES_GCM_16, 128, IKE_INTEG_NONE },
	{ IKE_ENCR_AES_GCM_12, 256, IKE_INTEG_NONE },
	{ IKE_ENCR_CHACHA20, 0, IKE_INTEG_NONE },
	{ IKE_ENCR_AES_CBC, 256, IKE_INTEG_SHA2_256 },
	{ IKE_ENCR_AES_CBC, 128, IKE_INTEG_SHA2_512 },
	{ IKE_ENCR_3DES, 0, IKE_INTEG_SHA1_96 },
};

static void
chain_vendor(struct msgb *mb, size_t len)
{
	static uint8_t octets[IKE_MAXMSG];

	mb_clear(mb);
	roll_octets(octets, len);
	mb_vendor(mb, octets, len);
	if (mb->mb_buf.b_failed)
		errx(1, "chain of %zu octets", len);
}

/* A datagram as it comes: 0, or -1: refused on the way. */
static int
receive(const uint8_t *data, size_t len, struct ike_hdr *h, struct msg *m,
    const struct skey *key, struct buf *plain)
{
	const char *why;
	uint8_t critical;

	data = guarded(0, data, len);
	if (hdr_parse(h, data, len) == -1 || msg_parse(m, h->h_next, data,
	    IKE_HDRLEN, len - IKE_HDRLEN, &critical, &why) != 0)
		return (-1);
	if (msg_open(plain, data, len, m, key) == 0)
		return (0);
	msg_clear(m);
	return (-1);
}

static void
shuffle(unsigned int *order, unsigned int n)
{
	unsigned int i, j, swap;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = n; i > 1; i--) {
		j = roll(i);
		swap = order[j];
		order[j] = order[i - 1];
		order[i - 1] = swap;
	}
}

/* One datagram, and what it makes of what was there: as frags_add. */
static int
take(struct frags *fr, const struct buf *pkt, const struct skey *key,
    struct buf *whole, uint8_t *next)
{
	struct buf plain = { 0 };
	struct ike_hdr h;
	struct msg m;
	int done = 1;

	if (receive(pkt->b_data, pkt->b_len, &h, &m, key, &plain) == -1)
		return (-1);
	*next = m.m_sknext;
	if (m.m_sktype == IKE_P_SK)
		buf_move(whole, &plain);
	else
		done = frags_add(fr, &h, &m, &plain, whole, next);
	msg_clear(&m);
	return (done);
}

/* All datagrams, in an order by chance, are the chain again. */
static void
collect(const struct pkts *pk, const struct msgb *mb, const struct skey *key)
{
	struct frags fr = { 0 };
	struct buf whole = { 0 };
	unsigned int i, order[MSG_MAXFRAGS];
	uint8_t next = 0;
	int done;

	shuffle(order, pk->pk_n);
	for (i = 0; i < pk->pk_n; i++) {
		done = take(&fr, &pk->pk_buf[order[i]], key, &whole, &next);
		CHECK(done == (i == pk->pk_n - 1), "datagram %u of %u: %d",
		    order[i], pk->pk_n, done);
	}
	CHECK(next == mb->mb_first && whole.b_len == mb->mb_buf.b_len &&
	    (whole.b_len == 0 || memcmp(whole.b_data, mb->mb_buf.b_data,
	    whole.b_len) == 0), "%zu octets, not %zu; next %u", whole.b_len,
	    mb->mb_buf.b_len, next);
	frags_clear(&fr);
	buf_clear(&whole);
}

/* Seals with this mtu and says in how many; 0: it did not work. */
static unsigned int
seal_mtu(const struct msgb *mb, const struct skey *key, size_t mtu)
{
	static uint64_t counter = 1;
	uint64_t start = counter;
	struct pkts pk;
	unsigned int i, n;

	if (msg_seal(&pk, &header, mb, key, &counter, mtu) == -1)
		return (0);
	CHECK(counter == start + pk.pk_n, "the counter moved by %ju for %u",
	    (uintmax_t)(counter - start), pk.pk_n);
	for (i = 0; i < pk.pk_n; i++)
		CHECK(mtu == 0 || pk.pk_buf[i].b_len <= mtu,
		    "%zu octets with a mtu of %zu", pk.pk_buf[i].b_len, mtu);
	collect(&pk, mb, key);
	n = pk.pk_n;
	pkts_clear(&pk);
	return (n);
}

void
test_seal(void)
{
	struct msgb mb = { 0 };
	struct skey key;
	unsigned int i;
	size_t len;

	for (i = 0; i < nitems(suites); i++) {
		key_make(&key, suites[i].encr, suites[i].bits,
		    suites[i].integ);
		mb_clear(&mb);
		CHECK(seal_mtu(&mb, &key, 0) == 1, "nothing at all");
		for (len = 0; len < LENGTHS; len++) {
			chain_vendor(&mb, len);
			CHECK(seal_mtu(&mb, &key, 0) == 1, "%zu octets", len);
			CHECK(seal_mtu(&mb, &key, 70 + roll(60)) > 0 ||
			    suites[i].integ != IKE_INTEG_NONE,
			    "%zu octets in fragments", len);
		}
		mb_clear(&mb);
		chain_random(&mb);
		CHECK(seal_mtu(&mb, &key, 0) == 1, "everything");
		CHECK(seal_mtu(&mb, &key, 1200) > 1, "everything, 1200");
	}
	mb_clear(&mb);
}

/* Each octet counts, and so do the key and the number of octets. */
static void
forge(const struct pkts *pk, const struct skey *key)
{
	struct buf b = { 0 }, plain = { 0 };
	struct ike_hdr h;
	struct msg m;
	size_t i;

	for (i = 0; i < pk->pk_buf->b_len; i++) {
		buf_clear(&b);
		buf_putbuf(&b, pk->pk_buf);
		buf_set8(&b, i, b.b_data[i] ^ 1 << roll(8));
		CHECK(receive(b.b_data, b.b_len, &h, &m, key, &plain) == -1,
		    "octet %zu changed", i);
	}
	for (i = 0; i < pk->pk_buf->b_len; i++) {
		buf_clear(&b);
		buf_put(&b, pk->pk_buf->b_data, i);
		if (i >= IKE_HDRLEN)
			buf_set32(&b, 24, i);
		if (i >= IKE_HDRLEN + 4)
			buf_set16(&b, IKE_HDRLEN + 2, i - IKE_HDRLEN);
		CHECK(receive(b.b_data, b.b_len, &h, &m, key, &plain) == -1,
		    "cut to %zu octets", i);
	}
	buf_clear(&b);
	buf_clear(&plain);
}

void
test_forge(void)
{
	struct msgb mb = { 0 };
	struct buf plain = { 0 };
	struct skey key, other;
	struct ike_hdr h;
	struct pkts pk;
	struct msg m;
	uint64_t counter = 9;
	unsigned int i;

	for (i = 0; i < nitems(suites); i++) {
		key_make(&key, suites[i].encr, suites[i].bits,
		    suites[i].integ);
		key_make(&other, suites[i].encr, suites[i].bits,
		    suites[i].integ);
		chain_vendor(&mb, 50);
		if (msg_seal(&pk, &header, &mb, &key, &counter, 0) == -1)
			errx(1, "msg_seal");
		forge(&pk, &key);
		CHECK(receive(pk.pk_buf->b_data, pk.pk_buf->b_len, &h, &m,
		    &other, &plain) == -1, "another key opens it");
		pkts_clear(&pk);
	}
	mb_clear(&mb);
}

/* At which mtu one becomes two, and when there is no room for anything. */
void
test_split(void)
{
	struct msgb mb = { 0 };
	struct skey key;
	struct pkts pk;
	uint64_t counter = 1;
	unsigned int i, n, last;
	size_t len, mtu;

	for (i = 0; i < nitems(suites); i++) {
		key_make(&key, suites[i].encr, suites[i].bits,
		    suites[i].integ);
		chain_vendor(&mb, 200);
		if (msg_seal(&pk, &header, &mb, &key, &counter, 0) == -1)
			errx(1, "msg_seal");
		len = pkts_len(&pk);
		pkts_clear(&pk);
		CHECK(seal_mtu(&mb, &key, len) == 1, "fits exactly");
		CHECK(seal_mtu(&mb, &key, len - 1) == 2, "is one too long");
		for (mtu = len, last = 1; mtu > 0; mtu--, last = n) {
			if ((n = seal_mtu(&mb, &key, mtu)) == 0)
				break;
			CHECK(n >= last, "fewer fragments with less room");
		}
		len = IKE_HDRLEN + 8 + skey_ivlen(&key) + skey_icvlen(&key);
		CHECK(mtu < len + 2 * skey_block(&key) + 2,
		    "no room in %zu octets", mtu);
		for (; mtu > 0; mtu--)
			CHECK(seal_mtu(&mb, &key, mtu) == 0,
			    "%zu octets are enough", mtu);
		/* as many as may be, and more */
		len += 10 * skey_block(&key);
		chain_vendor(&mb, MSG_MAXFRAGS * (10 * skey_block(&key) - 1) -
		    4);
		CHECK(seal_mtu(&mb, &key, len) == MSG_MAXFRAGS,
		    "not %u fragments", MSG_MAXFRAGS);
		chain_vendor(&mb, MSG_MAXFRAGS * (10 * skey_block(&key) - 1) -
		    3);
		CHECK(seal_mtu(&mb, &key, len) == 0, "too many fragments");
		chain_vendor(&mb, 65500);
		CHECK(seal_mtu(&mb, &key, 0) == 0, "too long a message");
	}
	mb_clear(&mb);
}

/* Sealed as it is, with whatever at its end. */
static int
open_padded(const struct skey *key, const uint8_t *text, size_t len,
    struct buf *plain)
{
	struct buf b = { 0 };
	struct ike_hdr h;
	struct msg m;
	size_t total = IKE_HDRLEN + 4 + skey_ivlen(key) + len +
	    skey_icvlen(key);
	int error;

	buf_room(&b, IKE_HDRLEN + 4);
	buf_set8(&b, 16, IKE_P_SK);
	buf_set32(&b, 24, total);
	buf_set16(&b, IKE_HDRLEN + 2, total - IKE_HDRLEN);
	if (skey_seal(key, 5, b.b_data, b.b_len, text, len, &b) == -1)
		errx(1, "skey_seal");
	error = receive(b.b_data, b.b_len, &h, &m, key, plain);
	if (error == 0)
		msg_clear(&m);
	buf_clear(&b);
	return (error);
}

/* Any pad the peer likes, as long as it is there. */
void
test_padding(void)
{
	uint8_t text[512];
	struct buf plain = { 0 };
	struct skey key;
	unsigned int i, pad;
	size_t len;
	int want;

	for (i = 0; i < nitems(suites); i++) {
		key_make(&key, suites[i].encr, suites[i].bits,
		    suites[i].integ);
		for (len = 0; len < sizeof(text); len += 48)
			for (pad = 0; pad < 256; pad += len == 0 ? 256 : 5) {
				roll_octets(text, len);
				if (len > 0)
					text[len - 1] = pad;
				want = pad < len ? 0 : -1;
				CHECK(open_padded(&key, text, len, &plain) ==
				    want, "pad of %u in %zu octets", pad,
				    len);
				CHECK(want == -1 ||
				    plain.b_len == len - pad - 1,
				    "%zu octets are left of %zu with a pad "
				    "of %u", plain.b_len, len, pad);
			}
	}
	buf_clear(&plain);
}
