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

#ifndef _MSGTEST_H_
#define _MSGTEST_H_

#include <string.h>

#include "msg.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

/* One more failure, and on with the test. */
void	 bad(const char *, ...) __attribute__((__format__(printf, 1, 2)));
#define CHECK(cond, ...) do {						\
	if (!(cond))							\
		bad(__VA_ARGS__);					\
} while (0)

/* 0 .. sides - 1, by SEED */
unsigned int	 roll(unsigned int sides);
void	 roll_octets(void *, size_t);
/* "01 02 (3x ff)" */
void	 put_hex(struct buf *, const char *);
/*
 * A copy whose end is the end of what can be read: one octet further is a
 * SIGSEGV.  Valid until the next call with this slot, 0 or 1.
 */
const uint8_t *guarded(int slot, const void *, size_t);
int	 span_is(const struct span *, const void *, size_t);
void	 key_make(struct skey *, uint16_t encr, uint16_t bits,
	    uint16_t integ);
extern const struct ike_hdr	 header;

/* A message that has every payload there is, in some order. */
void	 chain_random(struct msgb *);

/* The tests. */
void	 test_trip(void);
void	 test_answer(void);
void	 test_limits(void);
void	 test_header(void);
void	 test_cut(void);
void	 test_flip(void);
void	 test_b30(void);
void	 test_b31(void);
void	 test_b33(void);
void	 test_b35(void);
void	 test_b36(void);
void	 test_b37(void);
void	 test_lists(void);
void	 test_inside(void);
void	 test_seal(void);
void	 test_forge(void);
void	 test_split(void);
void	 test_padding(void);

#endif
