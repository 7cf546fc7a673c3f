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
 * From what is to be said to octets.
 */
#include <string.h>

#include "msg.h"

#define LIFE_BASIC	65535	/* the longest that two octets can say */

/*
 * SA payloads.
 */

static void
sa_open(struct msgb *mb)
{
	mb_open(mb, V1_P_SA);
	buf_put32(&mb->mb_buf, V1_DOI);
	buf_put32(&mb->mb_buf, V1_SIT_IDENTITY);
}

/* A proposal or transform, to be ended by payload_length(). */
static size_t
sub_open(struct buf *b, uint8_t type, int more)
{
	size_t at = b->b_len;

	buf_put8(b, more ? type : V1_P_NONE);
	buf_put8(b, 0);
	buf_put16(b, 0);
	return (at);
}

static size_t
prop_open(struct buf *b, uint8_t num, uint8_t proto, const void *spi,
    size_t spilen, unsigned int n, int more)
{
	size_t at = sub_open(b, V1_P_PROPOSAL, more);

	if (n > UINT8_MAX || spilen > UINT8_MAX)
		b->b_failed = 1;
	buf_put8(b, num);
	buf_put8(b, proto);
	buf_put8(b, spilen);
	buf_put8(b, n);
	buf_put(b, spi, spilen);
	return (at);
}

static size_t
xform_open(struct buf *b, uint8_t num, uint8_t id, int more)
{
	size_t at = sub_open(b, V1_P_TRANSFORM, more);

	buf_put8(b, num);
	buf_put8(b, id);
	buf_put16(b, 0);
	return (at);
}

static void
put_attr(struct buf *b, uint16_t type, uint16_t value)
{
	buf_put16(b, type | V1_A_BASIC);
	buf_put16(b, value);
}

static void
put_duration(struct buf *b, uint16_t type, uint32_t value)
{
	if (value <= LIFE_BASIC) {
		put_attr(b, type, value);
		return;
	}
	buf_put16(b, type);
	buf_put16(b, sizeof(value));
	buf_put32(b, value);
}

static void
put_life(struct buf *b, const struct life *lf, uint16_t type, uint16_t dur)
{
	if (lf->lf_s.r_want != 0) {
		put_attr(b, type, V1_LIFE_SECONDS);
		put_duration(b, dur, lf->lf_s.r_want);
	}
	if (lf->lf_kb.r_want != 0) {
		put_attr(b, type, V1_LIFE_KBYTES);
		put_duration(b, dur, lf->lf_kb.r_want);
	}
}

static void
put_p1_xform(struct buf *b, const struct p1_xform *px, uint8_t num, int more)
{
	size_t at = xform_open(b, num, V1_KEY_IKE, more);

	put_attr(b, V1_A_ENC, px->px_enc);
	put_attr(b, V1_A_HASH, px->px_hash);
	put_attr(b, V1_A_AUTH, px->px_auth);
	put_attr(b, V1_A_GROUP, px->px_group);
	put_life(b, &px->px_life, V1_A_LIFETYPE, V1_A_LIFEDUR);
	if (px->px_bits.r_want != 0)
		put_attr(b, V1_A_KEYLEN, px->px_bits.r_want);
	payload_length(b, at);
}

void
mb_p1_sa(struct msgb *mb, const struct p1_xform *px, unsigned int n)
{
	struct buf *b = &mb->mb_buf;
	unsigned int i;
	size_t at;

	sa_open(mb);
	at = prop_open(b, 1, V1_PROTO_ISAKMP, NULL, 0, n, 0);
	for (i = 0; i < n; i++)
		put_p1_xform(b, &px[i], i + 1, i + 1 < n);
	payload_length(b, at);
	mb_close(mb);
}

static void
put_p2_xform(struct buf *b, const struct p2_xform *qx, unsigned int encap,
    uint8_t num, int more)
{
	size_t at = xform_open(b, num, qx->qx_id, more);

	put_life(b, &qx->qx_life, V1_B_LIFETYPE, V1_B_LIFEDUR);
	if (qx->qx_group != IKE_DH_NONE)
		put_attr(b, V1_B_GROUP, qx->qx_group);
	put_attr(b, V1_B_ENCAP, qx->qx_encap + encap);
	if (qx->qx_mac != V1_MAC_NONE)
		put_attr(b, V1_B_AUTH, qx->qx_mac);
	if (qx->qx_bits.r_want != 0)
		put_attr(b, V1_B_KEYLEN, qx->qx_bits.r_want);
	payload_length(b, at);
}

/* How many from the first one on are of its suite. */
static unsigned int
suite_len(const struct p2_xform *qx, unsigned int n)
{
	unsigned int i;

	for (i = 1; i < n && qx[i].qx_suite == qx[0].qx_suite; i++)
		;
	return (i);
}

void
mb_p2_sa(struct msgb *mb, const struct p2_xform *qx, unsigned int n,
    uint32_t spi, unsigned int encap)
{
	const uint8_t octets[4] = { spi >> 24, spi >> 16, spi >> 8, spi };
	struct buf *b = &mb->mb_buf;
	unsigned int i, len, num;
	size_t at;

	sa_open(mb);
	for (num = 1; n > 0; qx += len, n -= len) {
		len = suite_len(qx, n);
		at = prop_open(b, num++, qx->qx_proto, octets, sizeof(octets),
		    len, len < n);
		for (i = 0; i < len; i++)
			put_p2_xform(b, &qx[i], encap, i + 1, i + 1 < len);
		payload_length(b, at);
	}
	mb_close(mb);
}

void
mb_sa_chosen(struct msgb *mb, const struct v1_prop *p,
    const struct v1_xform *x, const void *spi, size_t spilen)
{
	struct buf *b = &mb->mb_buf;
	size_t at, xat;

	sa_open(mb);
	at = prop_open(b, p->p_num, p->p_proto, spi, spilen, 1, 0);
	xat = xform_open(b, x->x_num, x->x_id, 0);
	buf_put(b, x->x_raw.s_data, x->x_raw.s_len);
	payload_length(b, xat);
	payload_length(b, at);
	mb_close(mb);
}

struct span
mb_first_body(const struct msgb *mb)
{
	const struct buf *b = &mb->mb_buf;
	size_t len;

	if (b->b_failed || b->b_len < PAYLOAD_HDRLEN)
		return ((struct span){ NULL, 0 });
	if (mb->mb_isopen && mb->mb_last == 0)
		len = b->b_len;
	else
		len = b->b_data[2] << 8 | b->b_data[3];
	return ((struct span){ b->b_data + PAYLOAD_HDRLEN,
	    len - PAYLOAD_HDRLEN });
}

/*
 * Identities.
 */

static void
put_id(struct buf *b, uint8_t type, uint8_t proto, uint16_t port)
{
	buf_put8(b, type);
	buf_put8(b, proto);
	buf_put16(b, port);
}

/* Protocol and port are 0: what they could say a NAT may change. */
void
id1_body(struct buf *b, const struct ike_id *id)
{
	put_id(b, id->id_type, 0, 0);
	buf_put(b, id->id_data, id->id_len);
}

void
mb_id1(struct msgb *mb, const struct ike_id *id)
{
	mb_open(mb, V1_P_ID);
	id1_body(&mb->mb_buf, id);
	mb_close(mb);
}

void
mb_id2(struct msgb *mb, const struct p2_id *id)
{
	const struct ike_ts *ts = &id->pi_ts;
	struct buf *b = &mb->mb_buf;
	size_t i, len = ts->ts_family == 4 ? 4 : 16;

	mb_open(mb, V1_P_ID);
	put_id(b, id->pi_type, ts->ts_proto, ts->ts_port[0]);
	buf_put(b, ts->ts_lo, len);
	switch (id->pi_type) {
	case V1_ID_IPV4_SUBNET:
	case V1_ID_IPV6_SUBNET:
		for (i = 0; i < len; i++)
			buf_put8(b, ~(ts->ts_lo[i] ^ ts->ts_hi[i]));
		break;
	case V1_ID_IPV4_RANGE:
	case V1_ID_IPV6_RANGE:
		buf_put(b, ts->ts_hi, len);
		break;
	}
	mb_close(mb);
}

/*
 * The others.
 */

void
mb_data(struct msgb *mb, uint8_t payload, const void *data, size_t len)
{
	mb_open(mb, payload);
	buf_put(&mb->mb_buf, data, len);
	mb_close(mb);
}

void
mb_cert1(struct msgb *mb, uint8_t payload, uint8_t encoding,
    const void *data, size_t len)
{
	mb_open(mb, payload);
	buf_put8(&mb->mb_buf, encoding);
	buf_put(&mb->mb_buf, data, len);
	mb_close(mb);
}

void
mb_notify1(struct msgb *mb, uint8_t proto, const void *spi, size_t spilen,
    uint16_t type, const void *data, size_t len)
{
	struct buf *b = &mb->mb_buf;

	mb_open(mb, V1_P_NOTIFY);
	if (spilen > UINT8_MAX)
		b->b_failed = 1;
	buf_put32(b, V1_DOI);
	buf_put8(b, proto);
	buf_put8(b, spilen);
	buf_put16(b, type);
	buf_put(b, spi, spilen);
	buf_put(b, data, len);
	mb_close(mb);
}

void
mb_delete1(struct msgb *mb, uint8_t proto, const void *spis, size_t spilen,
    unsigned int n)
{
	struct buf *b = &mb->mb_buf;

	mb_open(mb, V1_P_DELETE);
	if (spilen > UINT8_MAX || n > UINT16_MAX)
		b->b_failed = 1;
	buf_put32(b, V1_DOI);
	buf_put8(b, proto);
	buf_put8(b, spilen);
	buf_put16(b, n);
	buf_put(b, spis, spilen * n);
	mb_close(mb);
}
