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
 * prftest: PRF, prf+ and the odds and ends of crypto.c against what another
 * implementation made.
 */
#include "crypto.h"
#include "log.h"

#include "check.h"
#include "golden_prf.h"

/* The same in one part, and cut in two at each place. */
static void
one_prf(unsigned int row)
{
	struct buf key = { 0 }, data = { 0 };
	struct span parts[3] = { { NULL, 0 } };
	uint8_t out[PRF_MAX];
	uint16_t prf = prf_golden[row].prf;
	size_t cut;

	unhex(&key, prf_golden[row].key);
	unhex(&data, prf_golden[row].data);
	for (cut = 0; cut <= data.b_len; cut++) {
		parts[1] = (struct span){ data.b_data, cut };
		parts[2] = (struct span){ cut == data.b_len ? NULL :
		    data.b_data + cut, data.b_len - cut };
		memset(out, 0, sizeof(out));
		check(prf_calc(prf, key.b_data, key.b_len, parts, 3, out) ==
		    0 && is_hex(out, prf_len(prf), prf_golden[row].out),
		    "prf row %u cut at %zu", row, cut);
	}
	buf_clear(&key);
	buf_clear(&data);
}

static void
one_plus(unsigned int row)
{
	struct buf key = { 0 }, seed = { 0 };
	struct span parts[2];
	uint16_t prf = plus_golden[row].prf;
	size_t len = plus_golden[row].len;
	uint8_t out[255 * PRF_MAX + 1], digest[20];

	unhex(&key, plus_golden[row].key);
	unhex(&seed, plus_golden[row].seed);
	parts[0] = (struct span){ seed.b_data, 33 };
	parts[1] = (struct span){ seed.b_data + 33, seed.b_len - 33 };
	memset(out, 0x5a, sizeof(out));
	check(prf_plus(prf, key.b_data, key.b_len, parts, 2, out, len) == 0,
	    "prf+ row %u", row);
	crypto_sha1(out, len, digest);
	check(is_hex(digest, 20, plus_golden[row].sha1),
	    "prf+ row %u: other octets", row);
	check(out[len] == 0x5a, "prf+ row %u: writes past the end", row);
	buf_clear(&key);
	buf_clear(&seed);
}

static void
sizes(void)
{
	static const struct {
		uint16_t	prf;
		size_t		len;
	} want[] = {
		{ IKE_PRF_MD5, 16 }, { IKE_PRF_SHA1, 20 },
		{ IKE_PRF_SHA2_256, 32 }, { IKE_PRF_SHA2_384, 48 },
		{ IKE_PRF_SHA2_512, 64 },
		{ 0, 0 }, { 3, 0 }, { 4, 0 }, { 8, 0 }, { 65535, 0 },
	};
	struct span part = { (const uint8_t *)"x", 1 };
	uint8_t out[255 * PRF_MAX + 1];
	unsigned int i;

	for (i = 0; i < nitems(want); i++) {
		check(prf_len(want[i].prf) == want[i].len,
		    "prf_len(%u)", want[i].prf);
		check(prf_plus(want[i].prf, "k", 1, &part, 1, out,
		    255 * want[i].len + 1) == -1,
		    "prf+ %u gives more than 255 outputs", want[i].prf);
		check(prf_calc(want[i].prf, "k", 1, &part, 1, out) ==
		    (want[i].len != 0 ? 0 : -1), "prf_calc(%u)",
		    want[i].prf);
	}
	check(prf_plus(IKE_PRF_SHA1, "k", 1, &part, 1, out, 0) == 0,
	    "prf+ of nothing");
}

static void
digests(void)
{
	uint8_t out[20];

	crypto_sha1("abc", 3, out);
	check(is_hex(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"),
	    "SHA1 of abc");
	crypto_sha1("", 0, out);
	check(is_hex(out, 20, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
	    "SHA1 of nothing");
	check(crypto_equal("abcd", "abcd", 4) && crypto_equal("ab", "ac", 1) &&
	    crypto_equal("a", "b", 0), "crypto_equal says no");
	check(!crypto_equal("abcd", "abce", 4) && !crypto_equal("b", "a", 1),
	    "crypto_equal says yes");
}

int
main(void)
{
	unsigned int i;

	log_init("prftest", 1, 0);
	for (i = 0; i < nitems(prf_golden); i++)
		one_prf(i);
	for (i = 0; i < nitems(plus_golden); i++)
		one_plus(i);
	sizes();
	digests();
	return (check_done());
}
