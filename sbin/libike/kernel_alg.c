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
 * The algorithms of the kernel, and in words why it refuses an SA.
 */
#include <sys/types.h>
#include <net/pfkeyv2.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel_var.h"

#define ALGS_MAX	64		/* an answer has room for no more */

/* IKE's number, PF_KEY's, and what people call it */
struct name {
	uint16_t	 nm_ike;
	uint8_t		 nm_sadb;
	int		 nm_aead;
	const char	*nm_name;
};

static const struct name ciphers[] = {
	{ IKE_ENCR_3DES, SADB_EALG_3DESCBC, 0, "3DES" },
	{ IKE_ENCR_CAST, SADB_X_EALG_CAST, 0, "CAST" },
	{ IKE_ENCR_BLOWFISH, SADB_X_EALG_BLF, 0, "Blowfish" },
	{ IKE_ENCR_NULL, SADB_EALG_NULL, 0, "NULL" },
	{ IKE_ENCR_AES_CBC, SADB_X_EALG_AES, 0, "AES-CBC" },
	{ IKE_ENCR_AES_CTR, SADB_X_EALG_AESCTR, 0, "AES-CTR" },
	{ IKE_ENCR_AES_GCM_12, SADB_X_EALG_AESGCM12, 1, "AES-GCM-12" },
	{ IKE_ENCR_AES_GCM_16, SADB_X_EALG_AESGCM16, 1, "AES-GCM" },
	{ IKE_ENCR_AES_GMAC, SADB_X_EALG_AESGMAC, 1, "AES-GMAC" },
	{ IKE_ENCR_CHACHA20, SADB_X_EALG_CHACHA20POLY1305, 1,
	    "ChaCha20-Poly1305" },
	{ 0, 0, 0, NULL }
}, macs[] = {
	{ IKE_INTEG_MD5_96, SADB_AALG_MD5HMAC, 0, "HMAC-MD5" },
	{ IKE_INTEG_SHA1_96, SADB_AALG_SHA1HMAC, 0, "HMAC-SHA1" },
	{ IKE_INTEG_SHA2_256, SADB_X_AALG_SHA2_256, 0, "HMAC-SHA2-256" },
	{ IKE_INTEG_SHA2_384, SADB_X_AALG_SHA2_384, 0, "HMAC-SHA2-384" },
	{ IKE_INTEG_SHA2_512, SADB_X_AALG_SHA2_512, 0, "HMAC-SHA2-512" },
	{ IKE_INTEG_RIPEMD_96, SADB_X_AALG_RIPEMD160HMAC, 0,
	    "HMAC-RIPEMD160" },
	{ 0, 0, 0, NULL }
};

/* what the kernel's ESP has; none: it was never asked */
static struct kernel_alg	known[ALGS_MAX];
static unsigned int		nknown;

static const struct name *
name_ike(const struct name *nm, uint16_t id)
{
	while (nm->nm_name != NULL && nm->nm_ike != id)
		nm++;
	return (nm);
}

static const struct name *
name_sadb(const struct name *nm, uint8_t id)
{
	while (nm->nm_name != NULL && nm->nm_sadb != id)
		nm++;
	return (nm);
}

uint8_t
kalg_cipher(const struct ike_xform *xf)
{
	return (name_ike(ciphers, xf->xf_id)->nm_sadb);
}

uint8_t
kalg_mac(const struct ike_xform *xf)
{
	return (name_ike(macs, xf->xf_id)->nm_sadb);
}

/*
 * SADB_REGISTER.
 */

static int
list_ext(const struct sadb_ext *ext, int cipher, struct kernel_alg *al,
    unsigned int max, unsigned int *n)
{
	const struct sadb_supported *sup = (const void *)ext;
	const struct sadb_alg *sa;
	unsigned int left;

	if (ext == NULL)
		return (0);
	sa = (const void *)(sup + 1);
	/* both are one unit of the length */
	for (left = ext->sadb_ext_len - 1U; left > 0; left--, sa++) {
		if (*n == max)
			return (ENOSPC);
		memset(&al[*n], 0, sizeof(al[*n]));
		if (cipher)
			al[*n].al_cipher = sa->sadb_alg_id;
		else
			al[*n].al_mac = sa->sadb_alg_id;
		al[*n].al_ivlen = sa->sadb_alg_ivlen;
		al[*n].al_minbits = sa->sadb_alg_minbits;
		al[*n].al_maxbits = sa->sadb_alg_maxbits;
		(*n)++;
	}
	return (0);
}

static int
list(const struct message *m, struct kernel_alg *al, unsigned int max,
    unsigned int *n)
{
	int error;

	*n = 0;
	if (m->ext[SADB_EXT_SUPPORTED_ENCRYPT] == NULL &&
	    m->ext[SADB_EXT_SUPPORTED_AUTH] == NULL)
		return (EPROTO);
	error = list_ext(m->ext[SADB_EXT_SUPPORTED_ENCRYPT], 1, al, max, n);
	if (error == 0)
		error = list_ext(m->ext[SADB_EXT_SUPPORTED_AUTH], 0, al, max,
		    n);
	return (error);
}

void
kalg_learn(const struct message *m)
{
	(void)list(m, known, ALGS_MAX, &nknown);
}

int
kernel_algs(struct kernel *k, uint8_t proto, struct kernel_alg *al,
    unsigned int max, unsigned int *n)
{
	struct request rq;
	int error;

	*n = 0;
	kmsg_begin(&rq, SADB_REGISTER, kmsg_satype(proto));
	if ((error = kmsg_ask(k, &rq)) == 0) {
		error = list(k->k_msg, al, max, n);
		if (proto != IKE_PROTO_AH)
			kalg_learn(k->k_msg);
	}
	kmsg_forget(k->k_msg);
	return (error);
}

/*
 * Why.  Each of these knows some reasons: 1, and it is in why; or 0.
 */

static char	why[256];

static int because(const char *, ...)
    __attribute__((__format__(printf, 1, 2)));

static int
because(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return (1);
}

static const struct kernel_alg *
find(uint8_t cipher, uint8_t mac)
{
	unsigned int i;

	for (i = 0; i < nknown; i++)
		if (known[i].al_cipher == cipher && known[i].al_mac == mac)
			return (&known[i]);
	return (NULL);
}

/* Ends the sentence with all the kernel has of a kind. */
static int
because_missing(const char *proto, const struct name *names,
    const char *name)
{
	const char *sep = " (it has: ", *one;
	unsigned int i;

	(void)because("this kernel's %s has no %s", proto, name);
	for (i = 0; i < nknown; i++) {
		one = name_sadb(names, names == ciphers ? known[i].al_cipher :
		    known[i].al_mac)->nm_name;
		if (one == NULL)
			continue;
		(void)strlcat(why, sep, sizeof(why));
		(void)strlcat(why, one, sizeof(why));
		sep = ", ";
	}
	if (sep[0] == ',')
		(void)strlcat(why, ")", sizeof(why));
	return (1);
}

static int
why_key(const struct kernel_alg *al, const char *name, size_t len)
{
	size_t bits = len * 8;

	if (bits >= al->al_minbits && bits <= al->al_maxbits)
		return (0);
	if (al->al_minbits == al->al_maxbits)
		return (because("a key of %zu bits is none for %s: it takes "
		    "%u", bits, name, al->al_minbits));
	return (because("a key of %zu bits is none for %s: it takes %u to %u",
	    bits, name, al->al_minbits, al->al_maxbits));
}

static int
why_algorithms(const struct ksa *ks)
{
	const struct name *cipher = name_ike(ciphers, ks->ks_encr.xf_id);
	const struct name *mac = name_ike(macs, ks->ks_integ.xf_id);
	const struct kernel_alg *al;

	if (cipher->nm_name == NULL)
		return (0);
	if (nknown == 0)
		return (because("does this kernel's ESP have %s%s%s?",
		    cipher->nm_name, mac->nm_name != NULL ? " and " : "",
		    mac->nm_name != NULL ? mac->nm_name : ""));
	if ((al = find(cipher->nm_sadb, 0)) == NULL)
		return (because_missing("ESP", ciphers,
		    cipher->nm_name));
	if (why_key(al, cipher->nm_name, ks->ks_ekeylen))
		return (1);
	if (mac->nm_name == NULL)
		return (ks->ks_encr.xf_id == IKE_ENCR_NULL &&
		    because("NULL encryption without authentication "
		    "protects nothing"));
	if (cipher->nm_aead)
		return (because("%s authenticates by itself: no %s beside it",
		    cipher->nm_name, mac->nm_name));
	if ((al = find(0, mac->nm_sadb)) == NULL)
		return (because_missing("ESP", macs, mac->nm_name));
	return (why_key(al, mac->nm_name, ks->ks_akeylen));
}

static int
isany(const struct ike_addr *a)
{
	static const uint8_t zero[sizeof(a->ia_addr)];

	return (memcmp(a->ia_addr, zero, sizeof(zero)) == 0);
}

/* What is wrong for any algorithm.  Where there is no SPI yet, it is 0. */
static int
why_ends(const struct ksa *ks)
{
	if (ks->ks_spi > 0 && ks->ks_spi < 256)
		return (because("an SPI below 256 is reserved"));
	if (ks->ks_src.ia_family != ks->ks_dst.ia_family)
		return (because("an SA goes from IPv4 to IPv4 or from IPv6 to "
		    "IPv6"));
	if (!ks->ks_nounit && (isany(&ks->ks_dst) ||
	    (ks->ks_out && isany(&ks->ks_src))))
		return (because("the SA of an interface has addresses at both "
		    "ends"));
	if (ks->ks_tag != NULL && strnlen(ks->ks_tag, TAG_MAX + 1) > TAG_MAX)
		return (because("a tag has %d characters at most", TAG_MAX));
	return (0);
}

/* ESP's list of them serves for both. */
static int
why_mac(const struct ksa *ks)
{
	const struct name *mac = name_ike(macs, ks->ks_integ.xf_id);
	const struct kernel_alg *al;

	if (nknown == 0 || mac->nm_name == NULL)
		return (0);
	if ((al = find(0, mac->nm_sadb)) == NULL)
		return (because_missing("AH", macs, mac->nm_name));
	return (why_key(al, mac->nm_name, ks->ks_akeylen));
}

static int
why_ah(int error, const struct ksa *ks)
{
	if (error == EOPNOTSUPP)
		return (because("AH is switched off in this kernel "
		    "(net.inet.ah.enable)"));
	if (error == EPROTONOSUPPORT)
		return (because("PF_KEY has no number for the algorithm of AH "
		    "(integrity %u)", ks->ks_integ.xf_id));
	if (error == EINVAL && !ks->ks_nounit)
		return (because("an interface carries ESP only"));
	if (error == EINVAL && ks->ks_udpencap)
		return (because("AH cannot be encapsulated in UDP"));
	return (error == EINVAL && (why_ends(ks) || why_mac(ks)));
}

static int
why_esp(int error, const struct ksa *ks)
{
	if (error == EOPNOTSUPP)
		return (because("ESP is switched off in this kernel "
		    "(net.inet.esp.enable)"));
	if (error == EPROTONOSUPPORT)
		return (because("PF_KEY has no number for the algorithms "
		    "(encryption %u, integrity %u)", ks->ks_encr.xf_id,
		    ks->ks_integ.xf_id));
	if (error != EINVAL)
		return (0);
	if (ks->ks_transport && !ks->ks_nounit)
		return (because("an interface carries tunnel mode only"));
	if (why_ends(ks) || why_algorithms(ks))
		return (1);
	return (ks->ks_udpencap && because("is encapsulation in UDP switched "
	    "off (net.inet.esp.udpencap)?"));
}

const char *
kernel_reason(int error, const struct ksa *ks)
{
	if (error == EEXIST)
		(void)because("there is an SA of this SPI already");
	else if (error == ESRCH)
		(void)because("there is no such SA");
	else if (ks == NULL || !(ks->ks_proto == IKE_PROTO_AH ?
	    why_ah(error, ks) : why_esp(error, ks)))
		(void)because("%s", strerror(error));
	return (why);
}
