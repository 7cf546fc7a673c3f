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
 * skeytest: the protection of SK payloads.  Messages of another
 * implementation, every length, every bit that may be changed.
 */
#include "crypto.h"
#include "log.h"

#include "check.h"
#include "golden_skey.h"

static struct skey
skey_make(uint16_t encr, uint16_t bits, uint16_t integ)
{
	struct skey sk;

	memset(&sk, 0, sizeof(sk));
	sk.sk_encr = (struct ike_xform){ IKE_T_ENCR, encr, bits };
	sk.sk_integ = (struct ike_xform){ IKE_T_INTEG, integ, 0 };
	return (sk);
}

static struct skey
skey_golden_key(unsigned int row)
{
	struct buf ekey = { 0 }, akey = { 0 };
	struct skey sk = skey_make(skey_golden[row].encr,
	    skey_golden[row].bits, skey_golden[row].integ);

	unhex(&ekey, skey_golden[row].ekey);
	unhex(&akey, skey_golden[row].akey);
	check(skey_sizes(&sk) == 0 && sk.sk_ekeylen == ekey.b_len &&
	    sk.sk_akeylen == akey.b_len, "row %u: sizes of the keys", row);
	memcpy(sk.sk_ekey, ekey.b_data, ekey.b_len);
	if (akey.b_len != 0)
		memcpy(sk.sk_akey, akey.b_data, akey.b_len);
	buf_clear(&ekey);
	buf_clear(&akey);
	return (sk);
}

static int
try_open(const struct skey *sk, const struct buf *aad, const uint8_t *data,
    size_t len, struct buf *plain)
{
	return (skey_open(sk, aad->b_data, aad->b_len, data, len, plain));
}

static int
try_seal(const struct skey *sk, uint64_t counter, const struct buf *aad,
    const struct buf *plain, size_t len, struct buf *out)
{
	return (skey_seal(sk, counter, aad->b_data, aad->b_len,
	    plain->b_data, len, out));
}

/* Nothing of a message may be another, and nothing may be missing. */
static void
changed(unsigned int row, const struct skey *sk, struct buf *aad,
    struct buf *sealed)
{
	struct buf plain = { 0 };
	size_t i, n = aad->b_len + sealed->b_len;
	uint8_t *at;

	buf_put8(&plain, 0x77);
	for (i = 0; i < 8 * n; i++) {
		at = i / 8 < aad->b_len ? aad->b_data + i / 8 :
		    sealed->b_data + (i / 8 - aad->b_len);
		*at ^= 1 << i % 8;
		check(try_open(sk, aad, sealed->b_data, sealed->b_len,
		    &plain) == -1, "row %u opens with bit %zu changed", row,
		    i);
		*at ^= 1 << i % 8;
	}
	for (i = 0; i < sealed->b_len; i++) {
		check(try_open(sk, aad, sealed->b_data, i, &plain) == -1,
		    "row %u opens with %zu octets", row, i);
		check(i == 0 || try_open(sk, aad, sealed->b_data + i,
		    sealed->b_len - i, &plain) == -1,
		    "row %u opens from octet %zu", row, i);
	}
	aad->b_len--;
	check(try_open(sk, aad, sealed->b_data, sealed->b_len, &plain) == -1,
	    "row %u opens with a shorter head", row);
	aad->b_len++;
	check(plain.b_len == 1 && plain.b_data[0] == 0x77,
	    "row %u: what failed left something behind", row);
	buf_clear(&plain);
}

/* No part of an IV of CBC may be that of the message before. */
static void
fresh_iv(unsigned int row, const struct skey *sk, const struct buf *aad,
    const struct buf *text)
{
	struct buf a = { 0 }, b = { 0 };
	size_t i;

	check(try_seal(sk, 1, aad, text, text->b_len, &a) == 0 &&
	    try_seal(sk, 1, aad, text, text->b_len, &b) == 0,
	    "row %u does not seal", row);
	for (i = 0; i < skey_ivlen(sk); i += 8)
		check((skey_block(sk) == 1) ==
		    (memcmp(a.b_data + i, b.b_data + i, 8) == 0),
		    "row %u: octets %zu to %zu of two IVs", row, i, i + 7);
	buf_clear(&a);
	buf_clear(&b);
}

static void
golden(unsigned int row)
{
	struct buf aad = { 0 }, sealed = { 0 }, plain = { 0 };
	struct buf again = { 0 };
	struct skey sk = skey_golden_key(row);

	unhex(&aad, skey_golden[row].aad);
	unhex(&sealed, skey_golden[row].sealed);
	check(try_open(&sk, &aad, sealed.b_data, sealed.b_len, &plain) == 0 &&
	    is_hex(plain.b_data, plain.b_len, skey_golden[row].plain),
	    "row %u does not open", row);
	check(try_seal(&sk, skey_golden[row].counter, &aad, &plain,
	    plain.b_len, &again) == 0 && again.b_len == sealed.b_len,
	    "row %u does not seal", row);
	/* The IV of CBC must be another one. */
	check((skey_block(&sk) == 1) == is_hex(again.b_data, again.b_len,
	    skey_golden[row].sealed), "row %u seals something else", row);
	fresh_iv(row, &sk, &aad, &plain);
	changed(row, &sk, &aad, &sealed);
	buf_clear(&aad);
	buf_clear(&sealed);
	buf_clear(&plain);
	buf_clear(&again);
}

/* Of this length, with the head in the buffer that gets the result. */
static void
there_and_back(unsigned int row, const struct skey *sk, size_t len)
{
	struct buf head = { 0 }, msg = { 0 }, plain = { 0 };
	struct buf text = { 0 };
	size_t over = skey_ivlen(sk) + skey_icvlen(sk), i;
	int error;

	for (i = 0; i < 64; i++)
		buf_put8(&text, i * 7 + row);
	buf_printf(&head, "the head of message %zu", len);
	buf_putbuf(&msg, &head);
	error = try_seal(sk, len, &msg, &text, len, &msg);
	if (len % skey_block(sk) != 0) {
		check(error == -1 && msg.b_len == head.b_len,
		    "row %u seals %zu octets", row, len);
	} else {
		check(error == 0 && msg.b_len == head.b_len + over + len,
		    "row %u does not seal %zu octets", row, len);
		check(try_open(sk, &head, msg.b_data + head.b_len,
		    over + len, &plain) == 0 && plain.b_len == len &&
		    (len == 0 || memcmp(plain.b_data, text.b_data, len) == 0),
		    "row %u, %zu octets: not what was sealed", row, len);
	}
	buf_clear(&head);
	buf_clear(&msg);
	buf_clear(&plain);
	buf_clear(&text);
}

/* IV | ICV sizes, RFC 7296 3.14, RFC 5282 and RFC 7634. */
static const struct {
	uint16_t	encr, bits, integ;
	size_t		ekey, akey, iv, icv, block;	/* ekey 0: refused */
} sizes[] = {
	{ IKE_ENCR_3DES, 0, IKE_INTEG_MD5_96, 24, 16, 8, 12, 8 },
	{ IKE_ENCR_3DES, 0, IKE_INTEG_SHA1_96, 24, 20, 8, 12, 8 },
	{ IKE_ENCR_AES_CBC, 128, IKE_INTEG_SHA2_256, 16, 32, 16, 16, 16 },
	{ IKE_ENCR_AES_CBC, 192, IKE_INTEG_SHA2_384, 24, 48, 16, 24, 16 },
	{ IKE_ENCR_AES_CBC, 256, IKE_INTEG_SHA2_512, 32, 64, 16, 32, 16 },
	{ IKE_ENCR_AES_GCM_12, 128, IKE_INTEG_NONE, 20, 0, 8, 12, 1 },
	{ IKE_ENCR_AES_GCM_12, 256, IKE_INTEG_NONE, 36, 0, 8, 12, 1 },
	{ IKE_ENCR_AES_GCM_16, 128, IKE_INTEG_NONE, 20, 0, 8, 16, 1 },
	{ IKE_ENCR_AES_GCM_16, 256, IKE_INTEG_NONE, 36, 0, 8, 16, 1 },
	{ IKE_ENCR_CHACHA20, 0, IKE_INTEG_NONE, 36, 0, 8, 16, 1 },
	{ IKE_ENCR_AES_CBC, 0, IKE_INTEG_SHA2_256, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CBC, 1, IKE_INTEG_SHA2_256, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CBC, 160, IKE_INTEG_SHA2_256, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CBC, 65535, IKE_INTEG_SHA2_256, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CBC, 128, IKE_INTEG_NONE, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CBC, 128, 3, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CBC, 128, 65535, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_3DES, 192, IKE_INTEG_SHA1_96, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_GCM_16, 0, IKE_INTEG_NONE, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_GCM_16, 192, IKE_INTEG_NONE, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_GCM_16, 128, IKE_INTEG_SHA1_96, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_CHACHA20, 256, IKE_INTEG_NONE, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_GMAC, 128, IKE_INTEG_NONE, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_AES_CTR, 128, IKE_INTEG_SHA1_96, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_NULL, 0, IKE_INTEG_SHA1_96, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_BLOWFISH, 160, IKE_INTEG_SHA1_96, 0, 0, 0, 0, 0 },
	{ IKE_ENCR_CAST, 128, IKE_INTEG_SHA1_96, 0, 0, 0, 0, 0 },
	{ 0, 0, 0, 0, 0, 0, 0, 0 },
};

static void
one_size(unsigned int row)
{
	struct skey sk = skey_make(sizes[row].encr, sizes[row].bits,
	    sizes[row].integ);
	int error = skey_sizes(&sk);

	check(error == (sizes[row].ekey != 0 ? 0 : -1) &&
	    sk.sk_ekeylen == sizes[row].ekey &&
	    sk.sk_akeylen == sizes[row].akey,
	    "skey_sizes of %u %u %u: %d, %zu and %zu", sizes[row].encr,
	    sizes[row].bits, sizes[row].integ, error, sk.sk_ekeylen,
	    sk.sk_akeylen);
	if (sizes[row].ekey == 0)
		return;
	check(skey_ivlen(&sk) == sizes[row].iv &&
	    skey_icvlen(&sk) == sizes[row].icv &&
	    skey_block(&sk) == sizes[row].block,
	    "sizes of %u %u %u: IV %zu, ICV %zu, block %zu",
	    sizes[row].encr, sizes[row].bits, sizes[row].integ,
	    skey_ivlen(&sk), skey_icvlen(&sk), skey_block(&sk));
}

/* Transforms that are none, and lengths that no message has. */
static void
refused(void)
{
	struct skey none = skey_make(IKE_ENCR_NULL, 0, IKE_INTEG_SHA1_96);
	struct skey gcm = skey_make(IKE_ENCR_AES_GCM_16, 128, IKE_INTEG_NONE);
	struct skey bare = skey_make(IKE_ENCR_AES_CBC, 128, IKE_INTEG_NONE);
	struct buf aad = { 0 }, text = { 0 }, out = { 0 };

	buf_room(&text, IKE_MAXMSG + 64);
	check(try_seal(&none, 1, &aad, &text, 16, &out) == -1,
	    "seals with NULL");
	check(try_open(&none, &aad, text.b_data, 64, &out) == -1,
	    "opens with NULL");
	check(try_seal(&bare, 1, &aad, &text, 16, &out) == -1,
	    "seals without integrity");
	check(try_open(&bare, &aad, text.b_data, 64, &out) == -1,
	    "opens without integrity");
	check(skey_sizes(&gcm) == 0, "sizes of GCM");
	check(try_seal(&gcm, 1, &aad, &text, IKE_MAXMSG + 1, &out) == -1,
	    "seals more than a message");
	check(try_open(&gcm, &aad, text.b_data, IKE_MAXMSG + 64, &out) == -1,
	    "opens more than a message");
	check(out.b_len == 0, "refused, but something was written");
	check(try_seal(&gcm, 1, &aad, &text, IKE_MAXMSG, &out) == 0,
	    "does not seal %d octets", IKE_MAXMSG);
	buf_clear(&text);
	buf_clear(&out);
}

int
main(void)
{
	struct skey sk;
	unsigned int i;
	size_t len;

	log_init("skeytest", 1, 0);
	for (i = 0; i < nitems(skey_golden); i++) {
		golden(i);
		sk = skey_golden_key(i);
		for (len = 0; len <= 64; len++)
			there_and_back(i, &sk, len);
	}
	for (i = 0; i < nitems(sizes); i++)
		one_size(i);
	refused();
	return (check_done());
}
