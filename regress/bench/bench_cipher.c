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
 * Every cipher alone, by itself and against other libraries on the same
 * bytes.
 */
#include "bench.h"

#include <sys/malloc.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#include "peer.h"

#define BC_RUNS		5
#define BC_ICV		16

static const struct bc_cipher {
	const char	*name;
	int		 enc, auth;
	size_t		 enckeylen, authkeylen;
} bc_ciphers[] = {
	{ "aes-128-gcm", CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 20, 0 },
	{ "aes-256-gcm", CRYPTO_AES_GCM_16, CRYPTO_AES_256_GMAC, 36, 0 },
	{ "chacha20-poly1305", CRYPTO_CHACHA20_POLY1305,
	  CRYPTO_CHACHA20_POLY1305_MAC, 36, 0 },
	{ "aes-128-cbc-hmac-sha2-256", CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC,
	  16, 32 },
};
static const size_t bc_sizes[] = { 64, 512, 1400, 9000 };
static const char *const bc_libs[] = { "ipsec-mb", "openssl" };

static const u_int8_t bc_key[64] = { 2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5, 9 };
static const u_int8_t bc_mackey[32] = { 1, 4, 1, 4, 2, 1, 3, 5, 6, 2, 3, 7 };

static void
peer_go(struct bench_work *w)
{
	struct bench_peer *bp = w->bw_arg;

	host_peer_encrypt(bp->bp_peer, bp->bp_bufs, bp->bp_stride, bp->bp_len,
	    BENCH_BURST);
}

/* One burst of ours, over the peer's packets. */
static void
ours_go(struct bench_work *w)
{
	struct bench_peer *bp = w->bw_arg;
	u_int8_t *p = bp->bp_bufs;
	struct cryptop crp;
	int i;

	crp.crp_session = bp->bp_session;
	crp.crp_flags = CRYPTO_F_ENCRYPT;
	crp.crp_aadlen = CRYPTO_AAD_LEN;
	crp.crp_len = bp->bp_len;
	for (i = 0; i < BENCH_BURST; i++, p += bp->bp_stride) {
		crp.crp_aad = p;
		crp.crp_iv = p + CRYPTO_AAD_LEN;
		crp.crp_data = crp.crp_iv + bp->bp_ivlen;
		crp.crp_icv = crp.crp_data + bp->bp_len;
		if (crypto_invoke(&crp) != 0)
			panic("bench: the cipher alone fails");
	}
}

static int
peer_session(struct bench_peer *bp, const struct bc_cipher *bc)
{
	struct crypto_params cp;

	memset(&cp, 0, sizeof(cp));
	cp.cp_enc = bc->enc;
	cp.cp_auth = bc->auth;
	cp.cp_enckey = bc_key;
	cp.cp_enckeylen = bc->enckeylen;
	cp.cp_authkey = bc_mackey;
	cp.cp_authkeylen = bc->authkeylen;
	cp.cp_icvlen = BC_ICV;
	return (crypto_newsession(&bp->bp_session, &cp));
}

/* Both make the same of a burst: else what is measured is something else. */
static int
peer_agrees(struct bench_peer *bp)
{
	size_t len = BENCH_BURST * bp->bp_stride, i;
	u_int8_t *p;
	int same;

	for (i = 0; i < len; i++)
		bp->bp_bufs[i] = kt_random();
	p = malloc(len, M_TEMP, M_WAITOK);
	memcpy(p, bp->bp_bufs, len);
	peer_go(&bp->bp_theirs);
	for (i = 0; i < len; i++) {
		u_int8_t x = bp->bp_bufs[i];

		bp->bp_bufs[i] = p[i];
		p[i] = x;
	}
	ours_go(&bp->bp_ours);
	same = memcmp(p, bp->bp_bufs, len) == 0;
	free(p, M_TEMP, len);
	return (same);
}

static const struct bc_cipher *
find_cipher(const char *name)
{
	int i;

	for (i = 0; i < nitems(bc_ciphers); i++)
		if (strcmp(bc_ciphers[i].name, name) == 0)
			return (&bc_ciphers[i]);
	panic("bench: no cipher %s", name);
}

int
bench_peer_init(struct bench_peer *bp, const char *lib, const char *cipher,
    size_t len)
{
	const struct bc_cipher *bc = find_cipher(cipher);
	const struct enc_xform *enc = enc_xform_find(bc->enc);
	const char *why;

	memset(bp, 0, sizeof(*bp));
	bp->bp_peer = host_peer_open(lib, cipher, bc_key, bc_mackey, &why);
	if (bp->bp_peer == NULL) {
		kt_say("skipped: %s for %s: %s\n", lib, cipher, why);
		return (ENOENT);
	}
	bp->bp_ours.bw_go = ours_go;
	bp->bp_theirs.bw_go = peer_go;
	bp->bp_ours.bw_arg = bp->bp_theirs.bw_arg = bp;
	bp->bp_ivlen = enc->ivsize;
	bp->bp_len = roundup(len, enc->blocksize);
	bp->bp_stride = roundup(CRYPTO_AAD_LEN + bp->bp_ivlen + bp->bp_len +
	    BC_ICV, 64);
	bp->bp_bufs = malloc(BENCH_BURST * bp->bp_stride, M_TEMP, M_WAITOK);
	if (peer_session(bp, bc) != 0 || !peer_agrees(bp)) {
		ktest_fail(__FILE__, __LINE__, "%s does not agree on %s",
		    lib, cipher);
		bench_peer_free(bp);
		return (EINVAL);
	}
	return (0);
}

void
bench_peer_free(struct bench_peer *bp)
{
	host_peer_close(bp->bp_peer);
	crypto_freesession(bp->bp_session);
	free(bp->bp_bufs, M_TEMP, BENCH_BURST * bp->bp_stride);
}

/* 0 also when there is no such library, which has been said */
static int
bc_figure(const char *lib, const char *cipher, size_t size)
{
	struct bench_peer bp;
	char name[64];
	int error;

	if ((error = bench_peer_init(&bp, lib, cipher, size)) != 0)
		return (error == ENOENT ? 0 : error);
	snprintf(name, sizeof(name), "cipher/%s/%zu", cipher, size);
	kt_say("provider %s %s\n", name,
	    crypto_provider_name(bp.bp_session));
	error = bench_compare(name, lib, &bp.bp_ours, &bp.bp_theirs, BC_RUNS);
	bench_peer_free(&bp);
	return (error);
}

KTEST(bench_cipher, "ciphers against those of other libraries")
{
	int c, s, l;

	KT_EQ(bench_start(), 0);
	for (c = 0; c < nitems(bc_ciphers); c++) {
		for (s = 0; s < nitems(bc_sizes); s++) {
			for (l = 0; l < nitems(bc_libs); l++)
				KT_EQ(bc_figure(bc_libs[l],
				    bc_ciphers[c].name, bc_sizes[s]), 0);
		}
	}
	kt_say("hz %llu\n", (unsigned long long)bench_hz());
	bench_stop();
}
