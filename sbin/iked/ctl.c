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
 * What ikectl(8) asked, on its way between control and who does it.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "iked.h"
#include "log.h"
#include "proc.h"

int
ctl_req_get(struct span *sp, struct ctl_req *cr)
{
	memset(cr, 0, sizeof(*cr));
	if (span_get32(sp, &cr->cr_client) == -1 ||
	    span_get32(sp, &cr->cr_type) == -1 ||
	    span_get32(sp, &cr->cr_flags) == -1 ||
	    (cr->cr_arg = span_getstr(sp)) == NULL)
		return (-1);
	return (0);
}

/* In parts, so that control need not hold it twice. */
void
ctl_text(struct chan *ch, uint32_t client, const void *data, size_t len)
{
	struct buf b = { 0 };
	const uint8_t *p = data;
	size_t n;

	for (; len > 0; p += n, len -= n) {
		n = len < CTL_MAXTEXT ? len : CTL_MAXTEXT;
		buf_put32(&b, client);
		buf_put(&b, p, n);
		chan_sendbuf(ch, M_CTLTEXT, &b);
	}
}

void
ctl_end(struct chan *ch, uint32_t client, const char *why)
{
	struct buf b = { 0 };

	buf_put32(&b, client);
	buf_put32(&b, why == NULL ? CTL_OK : CTL_FAILED);
	if (why != NULL)
		buf_put(&b, why, strlen(why));
	chan_sendbuf(ch, M_CTLEND, &b);
}

void
ctl_log(uint32_t type)
{
	log_setverbose(type == CTL_LOG_VERBOSE ? 2 : 0);
}
