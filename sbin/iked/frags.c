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
 * Fragments, RFC 7383 2.6.  They are authentic when they come here, but the
 * peer may still be anybody: what one message may cost is bounded by
 * MSG_MAXFRAGS and IKE_MAXMSG, and each fragment costs its own octets.
 */
#include <stdlib.h>
#include <string.h>

#include "msg.h"

void
frags_clear(struct frags *fr)
{
	unsigned int i;

	for (i = 0; i < fr->fr_total && fr->fr_part != NULL; i++)
		buf_clear(&fr->fr_part[i]);
	free(fr->fr_part);
	memset(fr, 0, sizeof(*fr));
}

static int
frags_start(struct frags *fr, uint32_t msgid, uint16_t total)
{
	frags_clear(fr);
	if ((fr->fr_part = calloc(total, sizeof(*fr->fr_part))) == NULL)
		return (-1);
	fr->fr_msgid = msgid;
	fr->fr_total = total;
	return (0);
}

static int
frags_join(struct frags *fr, struct buf *whole, uint8_t *next)
{
	struct buf b = { 0 };
	unsigned int i;

	for (i = 0; i < fr->fr_total; i++)
		buf_putbuf(&b, &fr->fr_part[i]);
	*next = fr->fr_next;
	frags_clear(fr);
	if (b.b_failed) {
		buf_clear(&b);
		return (-1);
	}
	buf_clear(whole);
	buf_move(whole, &b);
	return (1);
}

/* What cannot be of use whatever came before. */
static int
frag_good(const struct msg *m, const struct buf *plain)
{
	if (m->m_frag == 0 || m->m_frag > m->m_frags ||
	    m->m_frags > MSG_MAXFRAGS)
		return (0);
	/* Nobody cuts a message into nothing. */
	return (plain->b_len > 0 || m->m_frags == 1);
}

static int
frags_take(struct frags *fr, const struct ike_hdr *h, const struct msg *m,
    struct buf *plain)
{
	struct buf *part;

	if (fr->fr_part == NULL || fr->fr_msgid != h->h_msgid ||
	    m->m_frags > fr->fr_total) {
		if (frags_start(fr, h->h_msgid, m->m_frags) == -1)
			return (-1);
	} else if (m->m_frags < fr->fr_total)
		return (-1);
	part = &fr->fr_part[m->m_frag - 1];
	if (part->b_len > 0 || plain->b_len > IKE_MAXMSG - fr->fr_octets)
		return (-1);
	if (m->m_frag == 1)
		fr->fr_next = m->m_sknext;
	fr->fr_octets += plain->b_len;
	fr->fr_have++;
	buf_move(part, plain);
	return (0);
}

int
frags_add(struct frags *fr, const struct ike_hdr *h, const struct msg *m,
    struct buf *plain, struct buf *whole, uint8_t *next)
{
	int error = -1;

	if (frag_good(m, plain))
		error = frags_take(fr, h, m, plain);
	buf_clear(plain);
	if (error == -1)
		return (-1);
	return (fr->fr_have < fr->fr_total ? 0 : frags_join(fr, whole, next));
}
