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
 * Chains of payloads.  A failure is remembered in the buffer, so only who
 * sends looks.
 */
#include <string.h>

#include "msg.h"

#define PROP_MORE	2
#define XFORM_MORE	3
#define ATTR_KEYBITS	(0x8000 | IKE_ATTR_KEYBITS)

static void
put_xform(struct buf *b, const struct ike_xform *xf, int last)
{
	buf_put8(b, last ? 0 : XFORM_MORE);
	buf_put8(b, 0);
	buf_put16(b, xf->xf_keybits != 0 ? 12 : 8);
	buf_put8(b, xf->xf_type);
	buf_put8(b, 0);
	buf_put16(b, xf->xf_id);
	if (xf->xf_keybits != 0) {
		buf_put16(b, ATTR_KEYBITS);
		buf_put16(b, xf->xf_keybits);
	}
}

/* pr_num and SPI as they are. */
static void
put_prop(struct buf *b, const struct ike_prop *pr, int nodh, int last)
{
	size_t start = b->b_len;
	unsigned int i, n = 0, left;

	for (i = 0; i < pr->pr_n; i++)
		n += !nodh || pr->pr_xf[i].xf_type != IKE_T_DH;
	if (n > UINT8_MAX || pr->pr_spilen > sizeof(pr->pr_spi)) {
		b->b_failed = 1;
		return;
	}
	buf_put8(b, last ? 0 : PROP_MORE);
	buf_put8(b, 0);
	buf_put16(b, 0);
	buf_put8(b, pr->pr_num);
	buf_put8(b, pr->pr_proto);
	buf_put8(b, pr->pr_spilen);
	buf_put8(b, n);
	buf_put(b, pr->pr_spi, pr->pr_spilen);
	for (i = 0, left = n; i < pr->pr_n; i++)
		if (!nodh || pr->pr_xf[i].xf_type != IKE_T_DH)
			put_xform(b, &pr->pr_xf[i], --left == 0);
	payload_length(b, start);
}

/*
 * Proposals count from 1, but the one of an answer has the number it had in
 * the question (RFC 7296 3.3.1).  spi NULL: that of the proposals.
 */
static void
put_sa(struct msgb *mb, const struct ike_props *ps, const void *spi,
    size_t spilen, int nodh)
{
	struct ike_prop pr;
	unsigned int i;

	mb_open(mb, IKE_P_SA);
	if (ps->ps_n == 0 || ps->ps_n > UINT8_MAX ||
	    spilen > sizeof(pr.pr_spi))
		mb->mb_buf.b_failed = 1;
	for (i = 0; i < ps->ps_n && !mb->mb_buf.b_failed; i++) {
		pr = ps->ps_prop[i];
		if (ps->ps_n > 1 || pr.pr_num == 0)
			pr.pr_num = i + 1;
		if (spi != NULL) {
			memcpy(pr.pr_spi, spi, spilen);
			pr.pr_spilen = spilen;
		}
		put_prop(&mb->mb_buf, &pr, nodh, i == ps->ps_n - 1);
	}
	mb_close(mb);
}

void
mb_sa(struct msgb *mb, const struct ike_props *ps)
{
	put_sa(mb, ps, NULL, 0, 0);
}

void
mb_sa_spi(struct msgb *mb, const struct ike_props *ps, const void *spi,
    size_t spilen, int nodh)
{
	put_sa(mb, ps, spi, spilen, nodh);
}

void
mb_ke(struct msgb *mb, uint16_t group, const struct buf *pub)
{
	mb_open(mb, IKE_P_KE);
	buf_put16(&mb->mb_buf, group);
	buf_put16(&mb->mb_buf, 0);
	buf_putbuf(&mb->mb_buf, pub);
	mb_close(mb);
}

void
mb_nonce(struct msgb *mb, const void *data, size_t len)
{
	mb_open(mb, IKE_P_NONCE);
	buf_put(&mb->mb_buf, data, len);
	mb_close(mb);
}

void
mb_id(struct msgb *mb, uint8_t payload, const struct ike_id *id)
{
	mb_open(mb, payload);
	buf_put32(&mb->mb_buf, (uint32_t)id->id_type << 24);
	buf_put(&mb->mb_buf, id->id_data, id->id_len);
	mb_close(mb);
}

void
mb_auth(struct msgb *mb, uint8_t method, const void *data, size_t len)
{
	mb_open(mb, IKE_P_AUTH);
	buf_put32(&mb->mb_buf, (uint32_t)method << 24);
	buf_put(&mb->mb_buf, data, len);
	mb_close(mb);
}

static void
put_cert(struct msgb *mb, uint8_t type, uint8_t encoding, const void *data,
    size_t len)
{
	mb_open(mb, type);
	buf_put8(&mb->mb_buf, encoding);
	buf_put(&mb->mb_buf, data, len);
	mb_close(mb);
}

void
mb_cert(struct msgb *mb, uint8_t encoding, const void *data, size_t len)
{
	put_cert(mb, IKE_P_CERT, encoding, data, len);
}

void
mb_certreq(struct msgb *mb, uint8_t encoding, const void *data, size_t len)
{
	put_cert(mb, IKE_P_CERTREQ, encoding, data, len);
}

void
mb_notify(struct msgb *mb, uint8_t proto, const void *spi, size_t spilen,
    uint16_t type, const void *data, size_t len)
{
	struct buf *b = &mb->mb_buf;

	mb_open(mb, IKE_P_NOTIFY);
	if (spilen > UINT8_MAX)
		b->b_failed = 1;
	buf_put8(b, proto);
	buf_put8(b, spilen);
	buf_put16(b, type);
	buf_put(b, spi, spilen);
	buf_put(b, data, len);
	mb_close(mb);
}

void
mb_delete(struct msgb *mb, uint8_t proto, const uint32_t *spis,
    unsigned int n)
{
	struct buf *b = &mb->mb_buf;
	unsigned int i;

	mb_open(mb, IKE_P_DELETE);
	if (n > UINT16_MAX)
		b->b_failed = 1;
	buf_put8(b, proto);
	buf_put8(b, proto == IKE_PROTO_IKE ? 0 : sizeof(*spis));
	buf_put16(b, proto == IKE_PROTO_IKE ? 0 : n);
	for (i = 0; i < n && proto != IKE_PROTO_IKE; i++)
		buf_put32(b, spis[i]);
	mb_close(mb);
}

static void
put_ts(struct buf *b, const struct ike_ts *ts)
{
	size_t alen = ts->ts_family == 4 ? 4 : 16;

	buf_put8(b, ts->ts_family == 4 ? IKE_TS_IPV4 : IKE_TS_IPV6);
	buf_put8(b, ts->ts_proto);
	buf_put16(b, 8 + 2 * alen);
	buf_put16(b, ts->ts_port[0]);
	buf_put16(b, ts->ts_port[1]);
	buf_put(b, ts->ts_lo, alen);
	buf_put(b, ts->ts_hi, alen);
}

void
mb_ts(struct msgb *mb, uint8_t payload, const struct ike_tslist *tl)
{
	unsigned int i;

	mb_open(mb, payload);
	if (tl->tl_n == 0 || tl->tl_n > MSG_MAXTS)
		mb->mb_buf.b_failed = 1;
	buf_put32(&mb->mb_buf, (uint32_t)tl->tl_n << 24);
	for (i = 0; i < tl->tl_n; i++)
		put_ts(&mb->mb_buf, &tl->tl_ts[i]);
	mb_close(mb);
}

void
mb_vendor(struct msgb *mb, const void *data, size_t len)
{
	mb_open(mb, IKE_P_VENDOR);
	buf_put(&mb->mb_buf, data, len);
	mb_close(mb);
}
