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
 * Whole datagrams: clear ones, and those under SK (RFC 7296 3.14) or SKF
 * (RFC 7383 2.5).
 */
#include <stdlib.h>
#include <string.h>

#include "msg.h"

#define SKF_HDRLEN	4	/* number and total, behind the payload's */

/* A message on its way into its fragments. */
struct seal {
	const struct ike_hdr *s_hdr;
	const struct skey *s_key;
	uint64_t	*s_counter;
	uint8_t		 s_next;	/* first payload inside */
	struct buf	 s_plain;	/* all of them */
	unsigned int	 s_frags;	/* 0: SK, not SKF */
	size_t		 s_each;	/* octets of s_plain in a fragment */
};

/* Octets of a datagram that are not ciphertext. */
static size_t
overhead(const struct seal *s)
{
	return (IKE_HDRLEN + PAYLOAD_HDRLEN +
	    (s->s_frags > 0 ? SKF_HDRLEN : 0) + skey_ivlen(s->s_key) +
	    skey_icvlen(s->s_key));
}

/* With the pad and the octet that says how long it is. */
static size_t
padded(const struct seal *s, size_t len)
{
	size_t block = skey_block(s->s_key);

	return ((len + 1 + block - 1) / block * block);
}

static int
seal_padded(struct seal *s, const void *data, size_t len, struct buf *pkt)
{
	struct buf plain = { 0 }, aad = { 0 };
	size_t pad = padded(s, len) - len - 1;
	int error = -1;

	buf_put(&plain, data, len);
	if (pad > 0)
		buf_room(&plain, pad);
	buf_put8(&plain, pad);
	buf_putbuf(&aad, pkt);
	if (!plain.b_failed && !aad.b_failed)
		error = skey_seal(s->s_key, (*s->s_counter)++, aad.b_data,
		    aad.b_len, plain.b_data, plain.b_len, pkt);
	buf_clear(&plain);
	buf_clear(&aad);
	return (error);
}

/* Datagram `i', from 0.  Only the first says what is inside. */
static int
seal_one(struct seal *s, unsigned int i, struct buf *pkt)
{
	const uint8_t *data = s->s_plain.b_data;	/* may be NULL */
	size_t off = i * s->s_each, len = s->s_plain.b_len - off, total;

	if (off > 0)
		data += off;
	if (len > s->s_each)
		len = s->s_each;
	total = overhead(s) + padded(s, len);
	hdr_put(pkt, s->s_hdr, s->s_frags > 0 ? IKE_P_SKF : IKE_P_SK, total);
	buf_put8(pkt, i == 0 ? s->s_next : IKE_P_NONE);
	buf_put8(pkt, 0);
	buf_put16(pkt, total - IKE_HDRLEN);
	if (s->s_frags > 0) {
		buf_put16(pkt, i + 1);
		buf_put16(pkt, s->s_frags);
	}
	if (pkt->b_failed || seal_padded(s, data, len, pkt) == -1 ||
	    pkt->b_failed)
		return (-1);
	return (pkt->b_len == total ? 0 : -1);
}

/* How many datagrams, and how much in each: to s_frags and s_each. */
static int
seal_split(struct seal *s, size_t mtu)
{
	size_t len = s->s_plain.b_len, room, block = skey_block(s->s_key);

	s->s_frags = 0;
	s->s_each = len;
	if (overhead(s) + padded(s, len) > IKE_MAXMSG)
		return (-1);
	if (mtu == 0 || overhead(s) + padded(s, len) <= mtu)
		return (0);
	s->s_frags = 1;
	if (mtu < overhead(s))
		return (-1);
	room = (mtu - overhead(s)) / block * block;
	if (room < 2)
		return (-1);
	s->s_each = room - 1;
	s->s_frags = (len + s->s_each - 1) / s->s_each;
	return (s->s_frags > 0 && s->s_frags <= MSG_MAXFRAGS ? 0 : -1);
}

static int
seal_all(struct seal *s, struct pkts *pk)
{
	unsigned int i;

	if (pkts_new(pk, s->s_frags > 0 ? s->s_frags : 1) == -1)
		return (-1);
	for (i = 0; i < pk->pk_n; i++)
		if (seal_one(s, i, &pk->pk_buf[i]) == -1) {
			pkts_clear(pk);
			return (-1);
		}
	return (0);
}

int
msg_seal(struct pkts *pk, const struct ike_hdr *h, const struct msgb *mb,
    const struct skey *key, uint64_t *counter, size_t mtu)
{
	struct seal s = { h, key, counter, mb->mb_first, { 0 }, 0, 0 };
	int error = -1;

	memset(pk, 0, sizeof(*pk));
	if (skey_block(key) != 0 && mb_put(&s.s_plain, mb) == 0 &&
	    seal_split(&s, mtu) == 0)
		error = seal_all(&s, pk);
	buf_clear(&s.s_plain);
	return (error);
}

int
msg_open(struct buf *plain, const uint8_t *data, size_t len,
    const struct msg *m, const struct skey *key)
{
	struct buf b = { 0 };
	size_t pad;

	if (m->m_sktype == 0 || m->m_skoff > len || skey_open(key, data,
	    m->m_skoff, data + m->m_skoff, len - m->m_skoff, &b) == -1)
		return (-1);
	if (b.b_len == 0 || (pad = b.b_data[b.b_len - 1]) + 1 > b.b_len) {
		buf_clear(&b);
		return (-1);
	}
	buf_trim(&b, b.b_len - pad - 1);
	buf_clear(plain);
	buf_move(plain, &b);
	return (0);
}
