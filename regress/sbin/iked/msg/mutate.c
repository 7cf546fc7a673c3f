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
 * Good messages cut short everywhere and changed in every octet.  What comes
 * of it is not said; nothing may be read that is not there, and a message
 * that is refused for its length cannot be taken.
 */
#include <err.h>

#include "msgtest.h"

#define TRIES		4		/* messages */
#define VALUES		5		/* each octet gets so many others */
#define MAXLEN		4000		/* octets of a message */

static int
try(uint8_t first, const uint8_t *data, size_t len)
{
	struct msg m;
	const char *why;
	uint8_t critical;
	int error;

	error = msg_parse(&m, first, data, 0, len, &critical, &why);
	if (error == 0)
		msg_clear(&m);
	else
		CHECK(why != NULL && why[0] != '\0', "no reason for %d",
		    error);
	return (error);
}

static void
chain_short(struct msgb *mb)
{
	do {
		mb_clear(mb);
		chain_random(mb);
		if (mb->mb_buf.b_failed)
			errx(1, "no memory");
	} while (mb->mb_buf.b_len > MAXLEN);
}

void
test_cut(void)
{
	struct msgb mb = { 0 };
	unsigned int i;
	size_t len;

	for (i = 0; i < TRIES; i++) {
		chain_short(&mb);
		for (len = 0; len < mb.mb_buf.b_len; len++)
			CHECK(try(mb.mb_first, guarded(0, mb.mb_buf.b_data,
			    len), len) == IKE_N_INVALID_SYNTAX,
			    "%zu of %zu octets are taken", len,
			    mb.mb_buf.b_len);
		CHECK(try(mb.mb_first, guarded(0, mb.mb_buf.b_data, len),
		    len) == 0, "refused as a whole");
	}
	mb_clear(&mb);
}

void
test_flip(void)
{
	struct msgb mb = { 0 };
	struct buf *b = &mb.mb_buf;
	uint8_t was, values[VALUES];
	unsigned int i, j;
	size_t at;

	for (i = 0; i < TRIES; i++) {
		chain_short(&mb);
		for (at = 0; at < b->b_len; at++) {
			was = b->b_data[at];
			values[0] = 0;
			values[1] = 0xff;
			values[2] = was + 1;
			values[3] = was - 1;
			values[4] = was ^ 1 << roll(8);
			for (j = 0; j < VALUES; j++) {
				buf_set8(b, at, values[j]);
				try(mb.mb_first, guarded(0, b->b_data,
				    b->b_len), b->b_len);
			}
			buf_set8(b, at, was);
		}
		CHECK(try(mb.mb_first, b->b_data, b->b_len) == 0,
		    "refused as it was");
	}
	mb_clear(&mb);
}
