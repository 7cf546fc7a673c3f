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

/* What the tests of messages share. */
#include <sys/mman.h>

#include <err.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "msg.h"

#include "check.h"

#define GUARD_SIZE	(64 * 1024)	/* octets */

static uint64_t dice;

/* In: SEED, chosen and printed. */
static inline void
roll_start(void)
{
	const char *s = getenv("SEED");

	dice = s != NULL ? strtoul(s, NULL, 10) : time(NULL) ^ getpid() << 16;
	printf("SEED=%u\n", (unsigned int)dice);
	dice = (unsigned int)dice;
}

/* splitmix64 */
static inline unsigned int
roll(unsigned int sides)
{
	uint64_t z = (dice += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return ((z ^ (z >> 31)) % sides);
}

/* A copy behind which no octet can be read. */
static inline const uint8_t *
guarded(const void *data, size_t len)
{
	static uint8_t *mem;
	size_t page = sysconf(_SC_PAGESIZE);

	if (mem == NULL) {
		mem = mmap(NULL, GUARD_SIZE + page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (mem == MAP_FAILED ||
		    mprotect(mem + GUARD_SIZE, page, PROT_NONE) == -1)
			err(1, "guard");
	}
	if (len > GUARD_SIZE)
		errx(1, "guard: %zu octets", len);
	if (len > 0)
		memcpy(mem + GUARD_SIZE - len, data, len);
	return (mem + GUARD_SIZE - len);
}

static inline int
span_is(const struct span *s, const void *data, size_t len)
{
	return (s->s_len == len &&
	    (len == 0 || memcmp(s->s_data, data, len) == 0));
}

/* Answer and reason have to be of one mind. */
static inline int
parse(struct msg *m, uint8_t first, const void *data, size_t len, int padded,
    int phase)
{
	const char *why = NULL;
	int error;

	error = msg_parse(m, first, guarded(data, len), len, padded, phase,
	    &why);
	check((error == 0) == (why == NULL), "answer %d, reason %s", error,
	    why != NULL ? why : "none");
	return (error);
}

/* A payload header in front of what the digits say. */
static inline void
put_payload(struct buf *b, uint8_t next, const char *hex)
{
	size_t start = b->b_len;

	buf_put8(b, next);
	buf_put8(b, 0);
	buf_put16(b, 0);
	unhex(b, hex);
	payload_length(b, start);
}

/*
 * An SA of one proposal with one transform of these attributes.  spi: digits.
 */
static inline void
put_sa(struct buf *b, uint8_t proto, const char *spi, uint8_t id,
    const char *attrs)
{
	struct buf sub = { 0 };
	size_t start = b->b_len, at;

	unhex(b, "000000000000000100000001");
	at = b->b_len;
	buf_put32(b, 0);
	buf_put8(b, 1);
	buf_put8(b, proto);
	buf_put8(b, strlen(spi) / 2);
	buf_put8(b, 1);
	unhex(b, spi);
	buf_put8(&sub, 1);
	buf_put8(&sub, id);
	buf_put16(&sub, 0);
	unhex(&sub, attrs);
	buf_put16(b, 0);
	buf_put16(b, sub.b_len + 4);
	buf_putbuf(b, &sub);
	payload_length(b, at);
	payload_length(b, start);
	buf_clear(&sub);
}

#endif /* _MSGTEST_H_ */
