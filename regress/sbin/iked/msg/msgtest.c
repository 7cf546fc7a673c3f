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
 * Messages of IKE.
 *
 *	msgtest -l | test
 *
 * In: SEED, chosen and printed on failure.
 */
#include <sys/mman.h>

#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "msgtest.h"

#define GUARD_SIZE	(256 * 1024)	/* octets, of a slot */

static const struct test {
	const char	*t_name;
	void		(*t_fn)(void);
} tests[] = {
	{ "trip", test_trip },
	{ "answer", test_answer },
	{ "limits", test_limits },
	{ "header", test_header },
	{ "cut", test_cut },
	{ "flip", test_flip },
	{ "B30", test_b30 },
	{ "B31", test_b31 },
	{ "B33", test_b33 },
	{ "B35", test_b35 },
	{ "B36", test_b36 },
	{ "B37", test_b37 },
	{ "lists", test_lists },
	{ "inside", test_inside },
	{ "seal", test_seal },
	{ "forge", test_forge },
	{ "split", test_split },
	{ "padding", test_padding },
};

const struct ike_hdr	 header = {
	.h_spii = 0x0102030405060708, .h_spir = 0x1112131415161718,
	.h_version = IKE_VERSION, .h_exch = IKE_X_AUTH,
	.h_flags = IKE_F_INITIATOR, .h_msgid = 0xa1a2a3a4
};

static const char	*name;
static unsigned int	 seed, failures;
static uint64_t		 dice;

void
bad(const char *fmt, ...)
{
	va_list ap;

	if (++failures > 20)
		errx(1, "%s: too many failures", name);
	fprintf(stderr, "%s (SEED=%u): ", name, seed);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
}

/* splitmix64 */
unsigned int
roll(unsigned int sides)
{
	uint64_t z = (dice += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return ((z ^ (z >> 31)) % sides);
}

void
roll_octets(void *p, size_t len)
{
	uint8_t *o = p;

	while (len-- > 0)
		*o++ = roll(256);
}

static unsigned int
digit(char c)
{
	if (!isxdigit((unsigned char)c))
		errx(1, "%s: hexadecimal: %c", name, c);
	return (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Up to the end or a parenthesis, which is where it returns. */
static const char *
put_digits(struct buf *b, const char *s)
{
	for (; *s != '\0' && *s != '(' && *s != ')'; s++)
		if (*s != ' ') {
			buf_put8(b, digit(s[0]) << 4 | digit(s[1]));
			s++;
		}
	return (s);
}

void
put_hex(struct buf *b, const char *s)
{
	const char *start;
	char *end;
	long n;

	for (s = put_digits(b, s); *s == '('; s = put_digits(b, s + 1)) {
		n = strtol(s + 1, &end, 10);
		for (start = end + 1; n > 0; n--)
			s = put_digits(b, start);
	}
}

const uint8_t *
guarded(int slot, const void *data, size_t len)
{
	static uint8_t *mem[2];
	size_t page = sysconf(_SC_PAGESIZE);

	if (mem[slot] == NULL) {
		mem[slot] = mmap(NULL, GUARD_SIZE + page,
		    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
		if (mem[slot] == MAP_FAILED ||
		    mprotect(mem[slot] + GUARD_SIZE, page, PROT_NONE) == -1)
			err(1, "guard");
	}
	if (len > GUARD_SIZE)
		errx(1, "guard: %zu octets", len);
	if (len > 0)
		memcpy(mem[slot] + GUARD_SIZE - len, data, len);
	return (mem[slot] + GUARD_SIZE - len);
}

int
span_is(const struct span *s, const void *data, size_t len)
{
	return (s->s_len == len &&
	    (len == 0 || memcmp(s->s_data, data, len) == 0));
}

void
key_make(struct skey *sk, uint16_t encr, uint16_t bits, uint16_t integ)
{
	memset(sk, 0, sizeof(*sk));
	sk->sk_encr = (struct ike_xform){ IKE_T_ENCR, encr, bits };
	sk->sk_integ = (struct ike_xform){ IKE_T_INTEG, integ, 0 };
	if (skey_sizes(sk) == -1)
		errx(1, "cipher %u with %u bits and integrity %u", encr, bits,
		    integ);
	roll_octets(sk->sk_ekey, sk->sk_ekeylen);
	roll_octets(sk->sk_akey, sk->sk_akeylen);
}

static void
run(const struct test *t)
{
	const char *s = getenv("SEED");

	seed = s != NULL ? strtoul(s, NULL, 10) : time(NULL) ^ getpid() << 16;
	dice = seed;
	t->t_fn();
}

int
main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 2)
		errx(1, "usage: msgtest -l | test");
	name = argv[1];
	log_init("msgtest", 1, 0);
	for (i = 0; i < nitems(tests); i++)
		if (strcmp(name, "-l") == 0)
			printf("%s\n", tests[i].t_name);
		else if (strcmp(name, tests[i].t_name) == 0) {
			run(&tests[i]);
			return (failures > 0);
		}
	if (strcmp(name, "-l") != 0)
		errx(1, "%s: no such test", name);
	return (0);
}
