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
 * Headers and chains of payloads.  A failure to make one is remembered in
 * the buffer, so only who sends looks.
 */
#include <stdlib.h>
#include <string.h>

#include "payload.h"

int
hdr_parse(struct ike_hdr *h, const uint8_t *data, size_t len)
{
	struct span s = { data, len };

	if (len < IKE_HDRLEN || span_get64(&s, &h->h_spii) == -1 ||
	    span_get64(&s, &h->h_spir) == -1 ||
	    span_get8(&s, &h->h_next) == -1 ||
	    span_get8(&s, &h->h_version) == -1 ||
	    span_get8(&s, &h->h_exch) == -1 ||
	    span_get8(&s, &h->h_flags) == -1 ||
	    span_get32(&s, &h->h_msgid) == -1 ||
	    span_get32(&s, &h->h_len) == -1)
		return (-1);
	return (h->h_len == len ? 0 : -1);
}

const char *
payload_get(struct span *s, struct payload_hdr *ph, struct span *body)
{
	if (s->s_len == 0)
		return ("no payload where there should be one");
	if (span_get8(s, &ph->ph_next) == -1 ||
	    span_get8(s, &ph->ph_flags) == -1 ||
	    span_get16(s, &ph->ph_len) == -1)
		return ("chain of payloads cut short");
	if (ph->ph_len < PAYLOAD_HDRLEN ||
	    span_take(s, ph->ph_len - PAYLOAD_HDRLEN, body) == -1)
		return ("length of a payload");
	return (NULL);
}

void
payload_length(struct buf *b, size_t at)
{
	if (b->b_failed)
		return;
	if (b->b_len - at > UINT16_MAX)
		b->b_failed = 1;
	else
		buf_set16(b, at + 2, b->b_len - at);
}

void
mb_open(struct msgb *mb, uint8_t type)
{
	struct buf *b = &mb->mb_buf;

	mb_close(mb);
	if (b->b_failed)
		return;
	if (b->b_len == 0)
		mb->mb_first = type;
	else
		buf_set8(b, mb->mb_last, type);
	mb->mb_last = b->b_len;
	buf_put32(b, 0);
	mb->mb_isopen = 1;
}

void
mb_close(struct msgb *mb)
{
	if (mb->mb_isopen)
		payload_length(&mb->mb_buf, mb->mb_last);
	mb->mb_isopen = 0;
}

void
mb_clear(struct msgb *mb)
{
	buf_clear(&mb->mb_buf);
	memset(mb, 0, sizeof(*mb));
}

void
pkts_clear(struct pkts *pk)
{
	unsigned int i;

	for (i = 0; i < pk->pk_n; i++)
		buf_clear(&pk->pk_buf[i]);
	free(pk->pk_buf);
	pk->pk_buf = NULL;
	pk->pk_n = 0;
}

size_t
pkts_len(const struct pkts *pk)
{
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < pk->pk_n; i++)
		len += pk->pk_buf[i].b_len;
	return (len);
}

int
pkts_new(struct pkts *pk, unsigned int n)
{
	pk->pk_n = 0;
	if ((pk->pk_buf = calloc(n, sizeof(*pk->pk_buf))) == NULL)
		return (-1);
	pk->pk_n = n;
	return (0);
}

void
hdr_put(struct buf *b, const struct ike_hdr *h, uint8_t next, size_t len)
{
	buf_put64(b, h->h_spii);
	buf_put64(b, h->h_spir);
	buf_put8(b, next);
	buf_put8(b, h->h_version);
	buf_put8(b, h->h_exch);
	buf_put8(b, h->h_flags);
	buf_put32(b, h->h_msgid);
	buf_put32(b, len);
}

/* A copy of the chain; the last payload ends here if nobody closed it. */
int
mb_put(struct buf *b, const struct msgb *mb)
{
	size_t start = b->b_len, len = mb->mb_buf.b_len - mb->mb_last;

	if (mb->mb_buf.b_failed || (mb->mb_isopen && len > UINT16_MAX))
		return (-1);
	buf_putbuf(b, &mb->mb_buf);
	if (mb->mb_isopen && !b->b_failed)
		buf_set16(b, start + mb->mb_last + 2, len);
	return (b->b_failed ? -1 : 0);
}

int
msg_clear_make(struct pkts *pk, const struct ike_hdr *h,
    const struct msgb *mb)
{
	size_t len = IKE_HDRLEN + mb->mb_buf.b_len;

	memset(pk, 0, sizeof(*pk));
	if (len > IKE_MAXMSG || pkts_new(pk, 1) == -1)
		return (-1);
	hdr_put(&pk->pk_buf[0], h, mb->mb_first, len);
	if (mb_put(&pk->pk_buf[0], mb) == 0)
		return (0);
	pkts_clear(pk);
	return (-1);
}
