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


#include <sys/ktest.h>

static char out[128];

/* Format, compare, and check the length; then again into 4 bytes. */
#define SAYS(want, ...)	do {						\
	char small[4];							\
	int n = snprintf(out, sizeof(out), __VA_ARGS__);		\
	if (strcmp(out, (want)) != 0)					\
		KT_FAIL("\"%s\", not \"%s\"", out, (want));		\
	KT_EQ(n, strlen(want));						\
	KT_EQ(snprintf(small, sizeof(small), __VA_ARGS__), n);		\
	KT_EQ(strlen(small), n < 3 ? n : 3);				\
	KT_EQ(strncmp(small, out, 3), 0);				\
	KT_EQ(snprintf(NULL, 0, __VA_ARGS__), n);			\
} while (0)

KTEST(prf_decimal, "decimal numbers")
{
	SAYS("0", "%d", 0);
	SAYS("-1 1", "%d %i", -1, 1);
	SAYS("-2147483648", "%d", -INT_MAX - 1);
	SAYS("-9223372036854775808", "%ld", -LONG_MAX - 1);
	SAYS("18446744073709551615", "%lu", ULONG_MAX);
	SAYS("18446744073709551615", "%zu", SIZE_MAX);
	SAYS("18446744073709551615", "%llu", (unsigned long long)ULONG_MAX);
	SAYS("-3", "%lld", -3LL);
	SAYS("4294967295", "%u", UINT_MAX);
	SAYS("+5| 5|    5|5    |00005", "%+d|% d|%5d|%-5d|%05d", 5, 5, 5, 5, 5);
	SAYS("-0005|  -05|-5   |  +07", "%05d|%5.2d|%-5d|%+5.2d", -5, -5, -5,
	    7);
	SAYS("00042", "%.5d", 42);
	SAYS("[]", "[%.0d]", 0);
	SAYS("   7|7   ", "%*d|%*d", 4, 7, -4, 7);
	SAYS("007", "%.*d", 3, 7);
	SAYS("12345", "%2d", 12345);
}

KTEST(prf_hex, "hexadecimal and octal numbers")
{
	SAYS("ff FF 377", "%x %X %o", 255, 255, 255);
	SAYS("0xff 0XFF 0377 0", "%#x %#X %#o %#x", 255, 255, 255, 0);
	SAYS("0x0000ff|  0xff|0xff  ", "%#08x|%#6x|%-#6x", 255, 255, 255);
	SAYS("deadbeefcafef00d", "%lx", 0xdeadbeefcafef00dUL);
	SAYS("1777777777777777777777", "%lo", ULONG_MAX);
	SAYS("0x1234", "%p", (void *)0x1234);
	SAYS("0x0", "%p", NULL);
	SAYS("    0x12|0x12    ", "%8p|%-8p", (void *)0x12, (void *)0x12);
}

KTEST(prf_short, "h and hh cut their argument")
{
	SAYS("ff ffff", "%hhx %hx", (u_char)0x1ff,
	    (u_short)0x1ffff);
	SAYS("-1 -1", "%hhd %hd", (signed char)0xff, (short)0xffff);
	SAYS("200 60000", "%hhu %hu", (u_char)200, (u_short)60000);
}

KTEST(prf_string, "strings and characters")
{
	static const char raw[3] = { 'a', 'b', 'c' };

	SAYS("hello", "%s", "hello");
	SAYS("[  hi][hi  ]", "[%4s][%-4s]", "hi", "hi");
	SAYS("[hel][  he]", "[%.3s][%4.2s]", "hello", "hello");
	SAYS("abc", "%.3s", raw);
	SAYS("ab", "%.*s", 2, raw);
	SAYS("x|  x|x  ", "%c|%3c|%-3c", 'x', 'x', 'x');
	SAYS("100%", "%d%%", 100);
	SAYS("", "%s", "");
}

KTEST(prf_null, "a NULL string does not crash")
{
	const char *volatile null = NULL;

	snprintf(out, sizeof(out), "%s", null);
	KT_EQ(strcmp(out, "(null)"), 0);
}

KTEST(prf_zeroprec, "a precision turns the flag 0 off")
{
	const char *volatile fmt = "%05.3d|%05d";

	snprintf(out, sizeof(out), fmt, 42, 42);
	KT_EQ(strcmp(out, "  042|00042"), 0);
}

KTEST(prf_unknown, "an unknown conversion is shown, not obeyed")
{
	const char *volatile fmt = "a %d b %n c %d";

	snprintf(out, sizeof(out), fmt, 1, out, 2);
	KT_EQ(strcmp(out, "a 1 b %n c %d"), 0);
	fmt = "tail %";
	snprintf(out, sizeof(out), fmt, 0);
	KT_EQ(strcmp(out, "tail %"), 0);
}

KTEST(prf_msgbuf, "the ring holds what was printed last")
{
	static char ring[66000];
	unsigned long i, n;
	int len;

	for (i = 0; i < 3000; i++)
		log(LOG_DEBUG, "line %lu of the ring buffer test\n", i);
	len = snprintf(out, sizeof(out), "line %lu of the ring buffer test\n",
	    i - 1);
	n = msgbuf_read(ring, 10);
	KT_EQ(n, 10);
	KT_MEMEQ(ring, out + len - 10, 10);
	n = msgbuf_read(ring, sizeof(ring));
	KT_EQ(n, 65536);
	KT_MEMEQ(ring + n - len, out, len);
}

KTEST(libkern_strings, "strings and memory of libkern")
{
	char buf[8];
	const char *s = "abcabc";

	KT_EQ(strlen(""), 0);
	KT_EQ(strlen(s), 6);
	KT_EQ(strnlen(s, 3), 3);
	KT_EQ(strnlen(s, 30), 6);
	KT_ASSERT(strcmp("a", "b") < 0 && strcmp("\xff", "a") > 0);
	KT_ASSERT(strcmp("ab", "a") > 0 && strcmp("ab", "ab") == 0);
	KT_ASSERT(strncmp("abc", "abd", 2) == 0);
	KT_ASSERT(strncmp("abc", "abd", 3) < 0);
	KT_ASSERT(strncmp("a", "a", 9) == 0);
	KT_ASSERT(strchr(s, 'c') == s + 2 && strrchr(s, 'c') == s + 5);
	KT_ASSERT(strchr(s, 'x') == NULL && strrchr(s, 'x') == NULL);
	KT_ASSERT(strchr(s, 0) == s + 6 && strrchr(s, 0) == s + 6);
	KT_ASSERT(memchr(s, 'c', 2) == NULL && memchr(s, 'c', 3) == s + 2);
	KT_EQ(strlcpy(buf, "123456789", sizeof(buf)), 9);
	KT_EQ(strcmp(buf, "1234567"), 0);
	KT_EQ(strlcpy(buf, "12", sizeof(buf)), 2);
	KT_EQ(strlcat(buf, "34", sizeof(buf)), 4);
	KT_EQ(strcmp(buf, "1234"), 0);
	KT_EQ(strlcat(buf, "56789", sizeof(buf)), 9);
	KT_EQ(strcmp(buf, "1234567"), 0);
	explicit_bzero(buf, 4);
	KT_EQ(timingsafe_bcmp(buf, "\0\0\0\0" "567", 8), 0);
	KT_ASSERT(timingsafe_bcmp(buf, "\0\0\0\0" "568", 8) != 0);
}
