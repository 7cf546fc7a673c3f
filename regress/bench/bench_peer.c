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
 * The ciphers of libcrypto and of libipsec-mb, by the way that costs them
 * least: one context for all packets, and of libipsec-mb the direct calls
 * for AES-GCM, and jobs side by side for the rest.  Host side.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

#define HEADER		8
#define SALT		4
#define SEQIV		8
#define CBCIV		16
#define MACKEY		32
#define ICV		16
#define BATCH		32

struct peer_lib;
struct host_peer {
	const struct peer_lib	*pe_lib;
	int			 pe_cipher;	/* of those below */
	unsigned char		 pe_key[32];
	unsigned char		 pe_nonce[SALT + SEQIV];
	unsigned char		 pe_mackey[MACKEY];
	void			*pe_state;
};

struct peer_lib {
	const char	*pl_name;
	const char	*(*pl_open)(struct host_peer *);	/* NULL: good */
	void		(*pl_encrypt)(struct host_peer *, unsigned char *,
			    unsigned long, unsigned long, unsigned int);
	void		(*pl_close)(struct host_peer *);
};

enum { PC_GCM128, PC_GCM256, PC_CHACHA, PC_CBC, PC_NCIPHERS };
static const struct {
	const char	*name;
	unsigned int	 keylen;
	unsigned int	 ivlen;
} ciphers[PC_NCIPHERS] = {
	{ "aes-128-gcm", 16, SEQIV },
	{ "aes-256-gcm", 32, SEQIV },
	{ "chacha20-poly1305", 32, SEQIV },
	{ "aes-128-cbc-hmac-sha2-256", 16, CBCIV },
};

/* Functions of a library, found by name; what is missing is why. */
struct import {
	const char	*name;
	void		*where;		/* of a pointer */
};

static const char *
import(const char *file, const struct import *im)
{
	void *lib, *p;

	if ((lib = dlopen(file, RTLD_NOW | RTLD_LOCAL)) == NULL)
		return ("the library is not installed");
	for (; im->name != NULL; im++) {
		if ((p = dlsym(lib, im->name)) == NULL)
			return ("the library lacks a function");
		memcpy(im->where, &p, sizeof(p));
	}
	return (NULL);
}

static unsigned char *
nonce(struct host_peer *pe, const unsigned char *p)
{
	memcpy(pe->pe_nonce + SALT, p + HEADER, SEQIV);
	return (pe->pe_nonce);
}

#if __has_include(<openssl/evp.h>)
#include <openssl/evp.h>

#define EVP(name)	static __typeof__(EVP_##name) *evp_##name
EVP(CIPHER_CTX_new);
EVP(CIPHER_CTX_free);
EVP(CIPHER_CTX_ctrl);
EVP(CIPHER_CTX_set_padding);
EVP(CipherInit_ex);
EVP(CipherUpdate);
EVP(CipherFinal_ex);
EVP(aes_128_gcm);
EVP(aes_256_gcm);
EVP(aes_128_cbc);
EVP(chacha20_poly1305);
EVP(MAC_fetch);
EVP(MAC_free);
EVP(MAC_CTX_new);
EVP(MAC_CTX_free);
EVP(MAC_init);
EVP(MAC_update);
EVP(MAC_final);

#define IMPORT(name)	{ "EVP_" #name, &evp_##name }
static const struct import evp_imports[] = {
	IMPORT(CIPHER_CTX_new), IMPORT(CIPHER_CTX_free),
	IMPORT(CIPHER_CTX_ctrl), IMPORT(CIPHER_CTX_set_padding),
	IMPORT(CipherInit_ex), IMPORT(CipherUpdate), IMPORT(CipherFinal_ex),
	IMPORT(aes_128_gcm), IMPORT(aes_256_gcm), IMPORT(aes_128_cbc),
	IMPORT(chacha20_poly1305), IMPORT(MAC_fetch), IMPORT(MAC_free),
	IMPORT(MAC_CTX_new), IMPORT(MAC_CTX_free), IMPORT(MAC_init),
	IMPORT(MAC_update), IMPORT(MAC_final), { NULL, NULL }
};

struct evp {
	EVP_CIPHER_CTX	*ev_ctx;
	EVP_MAC		*ev_mac;
	EVP_MAC_CTX	*ev_macctx;
};

static void
openssl_close(struct host_peer *pe)
{
	struct evp *ev = pe->pe_state;

	if (ev->ev_macctx != NULL)
		evp_MAC_CTX_free(ev->ev_macctx);
	if (ev->ev_mac != NULL)
		evp_MAC_free(ev->ev_mac);
	evp_CIPHER_CTX_free(ev->ev_ctx);
	free(ev);
}

static const EVP_CIPHER *
openssl_cipher(int c)
{
	switch (c) {
	case PC_GCM128:
		return (evp_aes_128_gcm());
	case PC_GCM256:
		return (evp_aes_256_gcm());
	case PC_CHACHA:
		return (evp_chacha20_poly1305());
	default:
		return (evp_aes_128_cbc());
	}
}

static const char *
openssl_open(struct host_peer *pe)
{
	static char digest[] = "SHA256";
	OSSL_PARAM params[2] = {
		{ "digest", OSSL_PARAM_UTF8_STRING, digest,
		  sizeof(digest) - 1, 0 },
		{ NULL, 0, NULL, 0, 0 }
	};
	const char *why;
	struct evp *ev;

	if ((why = import("libcrypto.so.3", evp_imports)) != NULL)
		return (why);
	if ((ev = calloc(1, sizeof(*ev))) == NULL)
		return ("no memory");
	pe->pe_state = ev;
	ev->ev_ctx = evp_CIPHER_CTX_new();
	evp_CipherInit_ex(ev->ev_ctx, openssl_cipher(pe->pe_cipher), NULL,
	    pe->pe_key, NULL, 1);
	if (pe->pe_cipher != PC_CBC)
		return (NULL);
	evp_CIPHER_CTX_set_padding(ev->ev_ctx, 0);
	ev->ev_mac = evp_MAC_fetch(NULL, "HMAC", NULL);
	ev->ev_macctx = evp_MAC_CTX_new(ev->ev_mac);
	evp_MAC_init(ev->ev_macctx, pe->pe_mackey, MACKEY, params);
	return (NULL);
}

static void
openssl_cbc(struct evp *ev, unsigned char *p, unsigned long len)
{
	unsigned char digest[32], *data = p + HEADER + CBCIV;
	size_t dlen;
	int n;

	evp_CipherInit_ex(ev->ev_ctx, NULL, NULL, NULL, p + HEADER, 1);
	evp_CipherUpdate(ev->ev_ctx, data, &n, data, len);
	evp_MAC_init(ev->ev_macctx, NULL, 0, NULL);
	evp_MAC_update(ev->ev_macctx, p, HEADER + CBCIV + len);
	evp_MAC_final(ev->ev_macctx, digest, &dlen, sizeof(digest));
	memcpy(data + len, digest, ICV);
}

static void
openssl_encrypt(struct host_peer *pe, unsigned char *p, unsigned long stride,
    unsigned long len, unsigned int n)
{
	struct evp *ev = pe->pe_state;
	unsigned char *data;
	int out;

	for (; n > 0; n--, p += stride) {
		if (pe->pe_cipher == PC_CBC) {
			openssl_cbc(ev, p, len);
			continue;
		}
		data = p + HEADER + SEQIV;
		evp_CipherInit_ex(ev->ev_ctx, NULL, NULL, NULL, nonce(pe, p),
		    1);
		evp_CipherUpdate(ev->ev_ctx, NULL, &out, p, HEADER);
		evp_CipherUpdate(ev->ev_ctx, data, &out, data, len);
		evp_CipherFinal_ex(ev->ev_ctx, data + len, &out);
		evp_CIPHER_CTX_ctrl(ev->ev_ctx, EVP_CTRL_AEAD_GET_TAG, ICV,
		    data + len);
	}
}
#define HAVE_OPENSSL	1
#endif

#if __has_include(<intel-ipsec-mb.h>)
#include <intel-ipsec-mb.h>

static __typeof__(alloc_mb_mgr) *mb_alloc;
static __typeof__(free_mb_mgr) *mb_free;
static __typeof__(init_mb_mgr_auto) *mb_init;

static const struct import mb_imports[] = {
	{ "alloc_mb_mgr", &mb_alloc }, { "free_mb_mgr", &mb_free },
	{ "init_mb_mgr_auto", &mb_init }, { NULL, NULL }
};

struct mb {
	IMB_MGR			*mb_mgr;
	struct gcm_key_data	 mb_gcm __attribute__((__aligned__(64)));
	uint32_t		 mb_enc[60] __attribute__((__aligned__(16)));
	uint32_t		 mb_dec[60] __attribute__((__aligned__(16)));
	unsigned char		 mb_ipad[32], mb_opad[32];
	unsigned char		 mb_nonces[BATCH][16];
};

static void
mb_close(struct host_peer *pe)
{
	struct mb *mb = pe->pe_state;

	mb_free(mb->mb_mgr);
	free(mb);
}

static void
mb_pad(struct mb *mb, const unsigned char *key, int pad, unsigned char *out)
{
	unsigned char block[64];
	int i;

	memset(block, pad, sizeof(block));
	for (i = 0; i < MACKEY; i++)
		block[i] ^= key[i];
	IMB_SHA256_ONE_BLOCK(mb->mb_mgr, block, out);
}

static const char *
mb_open(struct host_peer *pe)
{
	const char *why;
	struct mb *mb;
	IMB_ARCH arch;

	if ((why = import("libIPSec_MB.so.1", mb_imports)) != NULL)
		return (why);
	if ((mb = aligned_alloc(64, (sizeof(*mb) + 63) & ~63UL)) == NULL)
		return ("no memory");
	pe->pe_state = mb;
	mb->mb_mgr = mb_alloc(0);
	mb_init(mb->mb_mgr, &arch);
	switch (pe->pe_cipher) {
	case PC_GCM128:
		IMB_AES128_GCM_PRE(mb->mb_mgr, pe->pe_key, &mb->mb_gcm);
		break;
	case PC_GCM256:
		IMB_AES256_GCM_PRE(mb->mb_mgr, pe->pe_key, &mb->mb_gcm);
		break;
	case PC_CBC:
		IMB_AES_KEYEXP_128(mb->mb_mgr, pe->pe_key, mb->mb_enc,
		    mb->mb_dec);
		mb_pad(mb, pe->pe_mackey, 0x36, mb->mb_ipad);
		mb_pad(mb, pe->pe_mackey, 0x5c, mb->mb_opad);
		break;
	}
	return (NULL);
}

static void
mb_fill_chacha(struct host_peer *pe, IMB_JOB *job, unsigned char *p,
    unsigned int i)
{
	struct mb *mb = pe->pe_state;

	memcpy(mb->mb_nonces[i], nonce(pe, p), sizeof(pe->pe_nonce));
	job->cipher_mode = IMB_CIPHER_CHACHA20_POLY1305;
	job->hash_alg = IMB_AUTH_CHACHA20_POLY1305;
	job->enc_keys = job->dec_keys = pe->pe_key;
	job->key_len_in_bytes = 32;
	job->iv = mb->mb_nonces[i];
	job->iv_len_in_bytes = sizeof(pe->pe_nonce);
	job->hash_start_src_offset_in_bytes = HEADER + SEQIV;
	job->msg_len_to_hash_in_bytes = job->msg_len_to_cipher_in_bytes;
	job->u.CHACHA20_POLY1305.aad = p;
	job->u.CHACHA20_POLY1305.aad_len_in_bytes = HEADER;
}

static void
mb_fill_cbc(struct host_peer *pe, IMB_JOB *job, unsigned char *p)
{
	struct mb *mb = pe->pe_state;

	job->cipher_mode = IMB_CIPHER_CBC;
	job->hash_alg = IMB_AUTH_HMAC_SHA_256;
	job->enc_keys = mb->mb_enc;
	job->dec_keys = mb->mb_dec;
	job->key_len_in_bytes = 16;
	job->iv = p + HEADER;
	job->iv_len_in_bytes = CBCIV;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_hash_in_bytes = HEADER + CBCIV +
	    job->msg_len_to_cipher_in_bytes;
	job->u.HMAC._hashed_auth_key_xor_ipad = mb->mb_ipad;
	job->u.HMAC._hashed_auth_key_xor_opad = mb->mb_opad;
}

static void
mb_jobs(struct host_peer *pe, unsigned char *p, unsigned long stride,
    unsigned long len, unsigned int n)
{
	unsigned int i, iv = ciphers[pe->pe_cipher].ivlen;
	struct mb *mb = pe->pe_state;
	IMB_JOB *job;

	for (i = 0; i < n; i++, p += stride) {
		job = IMB_GET_NEXT_JOB(mb->mb_mgr);
		job->cipher_direction = IMB_DIR_ENCRYPT;
		job->chain_order = IMB_ORDER_CIPHER_HASH;
		job->src = p;
		job->dst = p + HEADER + iv;
		job->cipher_start_src_offset_in_bytes = HEADER + iv;
		job->msg_len_to_cipher_in_bytes = len;
		job->auth_tag_output = p + HEADER + iv + len;
		job->auth_tag_output_len_in_bytes = ICV;
		if (pe->pe_cipher == PC_CHACHA)
			mb_fill_chacha(pe, job, p, i % BATCH);
		else
			mb_fill_cbc(pe, job, p);
		IMB_SUBMIT_JOB(mb->mb_mgr);
	}
	while (IMB_FLUSH_JOB(mb->mb_mgr) != NULL)
		continue;
}

static void
mb_encrypt(struct host_peer *pe, unsigned char *p, unsigned long stride,
    unsigned long len, unsigned int n)
{
	struct gcm_context_data gc;
	struct mb *mb = pe->pe_state;
	unsigned char *data;

	if (pe->pe_cipher != PC_GCM128 && pe->pe_cipher != PC_GCM256) {
		mb_jobs(pe, p, stride, len, n);
		return;
	}
	for (; n > 0; n--, p += stride) {
		data = p + HEADER + SEQIV;
		if (pe->pe_cipher == PC_GCM128)
			IMB_AES128_GCM_ENC(mb->mb_mgr, &mb->mb_gcm, &gc,
			    data, data, len, nonce(pe, p), p, HEADER,
			    data + len, ICV);
		else
			IMB_AES256_GCM_ENC(mb->mb_mgr, &mb->mb_gcm, &gc,
			    data, data, len, nonce(pe, p), p, HEADER,
			    data + len, ICV);
	}
}
#define HAVE_IPSEC_MB	1
#endif

static const struct peer_lib libs[] = {
#ifdef HAVE_IPSEC_MB
	{ "ipsec-mb", mb_open, mb_encrypt, mb_close },
#endif
#ifdef HAVE_OPENSSL
	{ "openssl", openssl_open, openssl_encrypt, openssl_close },
#endif
	{ NULL, NULL, NULL, NULL }
};

static int
find_cipher(const char *name)
{
	int i;

	for (i = 0; i < PC_NCIPHERS; i++)
		if (strcmp(ciphers[i].name, name) == 0)
			break;
	return (i);
}

struct host_peer *
host_peer_open(const char *lib, const char *cipher, const unsigned char *key,
    const unsigned char *mackey, const char **why)
{
	const struct peer_lib *pl;
	struct host_peer *pe;

	for (pl = libs; pl->pl_name != NULL; pl++)
		if (strcmp(pl->pl_name, lib) == 0)
			break;
	*why = "its headers were not there when this was built";
	if (pl->pl_name == NULL || (pe = calloc(1, sizeof(*pe))) == NULL)
		return (NULL);
	pe->pe_lib = pl;
	*why = "no such cipher";
	if ((pe->pe_cipher = find_cipher(cipher)) < PC_NCIPHERS) {
		memcpy(pe->pe_key, key, ciphers[pe->pe_cipher].keylen);
		memcpy(pe->pe_nonce, key + ciphers[pe->pe_cipher].keylen,
		    SALT);
		memcpy(pe->pe_mackey, mackey, MACKEY);
		if ((*why = pl->pl_open(pe)) == NULL)
			return (pe);
	}
	free(pe);
	return (NULL);
}

void
host_peer_encrypt(struct host_peer *pe, unsigned char *p,
    unsigned long stride, unsigned long len, unsigned int n)
{
	pe->pe_lib->pl_encrypt(pe, p, stride, len, n);
}

void
host_peer_close(struct host_peer *pe)
{
	pe->pe_lib->pl_close(pe);
	free(pe);
}
