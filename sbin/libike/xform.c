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
 * The transforms that have a name in iked.conf(5), and their sizes.
 */
#include <stdio.h>
#include <string.h>

#include "xform.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

#define BOTH		(XN_IKE | XN_CHILD)
/* ESP needs neither a PRF nor a group in the kernel */
#define GROUP		(BOTH | XN_KERNEL)

#define ENC(name, id, bits, keylen, salt, icv, flags)			\
	{ name, IKE_T_ENCR, IKE_ENCR_##id, bits, keylen, salt, icv, flags }
#define PRF(name, id, keylen)						\
	{ name, IKE_T_PRF, IKE_PRF_##id, 0, keylen, 0, 0, XN_IKE }
#define INTEG(name, id, keylen, icv, flags)				\
	{ name, IKE_T_INTEG, IKE_INTEG_##id, 0, keylen, 0, icv, flags }
#define DH(name, alias, id)						\
	{ name, IKE_T_DH, IKE_DH_##id, 0, 0, 0, 0, GROUP },		\
	{ alias, IKE_T_DH, IKE_DH_##id, 0, 0, 0, 0, GROUP | XN_ALIAS }
#define ESN(name, id)							\
	{ name, IKE_T_ESN, IKE_ESN_##id, 0, 0, 0, 0, XN_CHILD | XN_KERNEL }

/*
 * XN_KERNEL is what SADB_REGISTER of our kernel names.  An alias stands
 * behind its proper name.
 */
static const struct xform_name xforms[] = {
	ENC("3des",		3DES, 0, 24, 0, 0, BOTH | XN_KERNEL),
	ENC("3des-cbc",		3DES, 0, 24, 0, 0,
	    BOTH | XN_ALIAS | XN_KERNEL),
	ENC("aes-128",		AES_CBC, 128, 16, 0, 0, BOTH | XN_KERNEL),
	ENC("aes-192",		AES_CBC, 192, 24, 0, 0, BOTH | XN_KERNEL),
	ENC("aes-256",		AES_CBC, 256, 32, 0, 0, BOTH | XN_KERNEL),
	ENC("aes-128-gcm",	AES_GCM_16, 128, 16, 4, 16,
	    BOTH | XN_AEAD | XN_KERNEL),
	ENC("aes-192-gcm",	AES_GCM_16, 192, 24, 4, 16,
	    XN_CHILD | XN_AEAD | XN_KERNEL),
	ENC("aes-256-gcm",	AES_GCM_16, 256, 32, 4, 16,
	    BOTH | XN_AEAD | XN_KERNEL),
	ENC("aes-128-gcm-12",	AES_GCM_12, 128, 16, 4, 12,
	    XN_IKE | XN_AEAD),
	ENC("aes-256-gcm-12",	AES_GCM_12, 256, 32, 4, 12,
	    XN_IKE | XN_AEAD),
	ENC("aes-128-ctr",	AES_CTR, 128, 16, 4, 0,
	    XN_CHILD | XN_KERNEL),
	ENC("aes-192-ctr",	AES_CTR, 192, 24, 4, 0,
	    XN_CHILD | XN_KERNEL),
	ENC("aes-256-ctr",	AES_CTR, 256, 32, 4, 0,
	    XN_CHILD | XN_KERNEL),
	ENC("aes-128-gmac",	AES_GMAC, 128, 16, 4, 16,
	    XN_CHILD | XN_AEAD | XN_KERNEL),
	ENC("aes-192-gmac",	AES_GMAC, 192, 24, 4, 16,
	    XN_CHILD | XN_AEAD | XN_KERNEL),
	ENC("aes-256-gmac",	AES_GMAC, 256, 32, 4, 16,
	    XN_CHILD | XN_AEAD | XN_KERNEL),
	ENC("chacha20-poly1305", CHACHA20, 0, 32, 4, 16,
	    BOTH | XN_AEAD | XN_KERNEL),
	ENC("blowfish",		BLOWFISH, 160, 20, 0, 0, XN_CHILD),
	ENC("cast",		CAST, 128, 16, 0, 0, XN_CHILD),
	ENC("null",		NULL, 0, 0, 0, 0, XN_CHILD | XN_KERNEL),

	PRF("hmac-md5",		MD5, 16),
	PRF("hmac-sha1",	SHA1, 20),
	PRF("hmac-sha2-256",	SHA2_256, 32),
	PRF("hmac-sha2-384",	SHA2_384, 48),
	PRF("hmac-sha2-512",	SHA2_512, 64),

	/* what peers put beside an AEAD: a name to print, not to configure */
	INTEG("none",		NONE, 0, 0, XN_KERNEL),
	INTEG("hmac-md5",	MD5_96, 16, 12, BOTH),
	INTEG("hmac-sha1",	SHA1_96, 20, 12, BOTH | XN_KERNEL),
	INTEG("hmac-sha2-256",	SHA2_256, 32, 16, BOTH | XN_KERNEL),
	INTEG("hmac-sha2-384",	SHA2_384, 48, 24, BOTH | XN_KERNEL),
	INTEG("hmac-sha2-512",	SHA2_512, 64, 32, BOTH | XN_KERNEL),

	{ "none", IKE_T_DH, IKE_DH_NONE, 0, 0, 0, 0, XN_CHILD | XN_KERNEL },
	DH("modp768",		"grp1",		MODP768),
	DH("modp1024",		"grp2",		MODP1024),
	DH("modp1536",		"grp5",		MODP1536),
	DH("modp2048",		"grp14",	MODP2048),
	DH("modp3072",		"grp15",	MODP3072),
	DH("modp4096",		"grp16",	MODP4096),
	DH("modp6144",		"grp17",	MODP6144),
	DH("modp8192",		"grp18",	MODP8192),
	DH("ecp256",		"grp19",	ECP256),
	DH("ecp384",		"grp20",	ECP384),
	DH("ecp521",		"grp21",	ECP521),
	DH("ecp192",		"grp25",	ECP192),
	DH("ecp224",		"grp26",	ECP224),
	DH("brainpool224",	"grp27",	BP224),
	DH("brainpool256",	"grp28",	BP256),
	DH("brainpool384",	"grp29",	BP384),
	DH("brainpool512",	"grp30",	BP512),
	DH("curve25519",	"grp31",	CURVE25519),

	ESN("noesn",		NO),
	ESN("esn",		YES),
};

/* By transform type: as RFC 7296 calls it, and its word in iked.conf(5). */
static const struct {
	const char	*ty_rfc;
	const char	*ty_word;
} types[IKE_T_MAX + 1] = {
	[IKE_T_ENCR] =	{ "ENCR", "enc" },
	[IKE_T_PRF] =	{ "PRF", "prf" },
	[IKE_T_INTEG] =	{ "INTEG", "auth" },
	[IKE_T_DH] =	{ "DH", "group" },
	[IKE_T_ESN] =	{ "ESN", NULL },	/* its names stand alone */
};

const struct xform_name *
xform_nth(unsigned int n)
{
	return (n < nitems(xforms) ? &xforms[n] : NULL);
}

const struct xform_name *
xform_byname(uint8_t type, const char *name)
{
	unsigned int i;

	for (i = 0; i < nitems(xforms); i++)
		if (xforms[i].xn_type == type &&
		    strcmp(xforms[i].xn_name, name) == 0)
			return (&xforms[i]);
	return (NULL);
}

const struct xform_name *
xform_find(const struct ike_xform *xf)
{
	unsigned int i;

	for (i = 0; i < nitems(xforms); i++)
		if (xforms[i].xn_type == xf->xf_type &&
		    xforms[i].xn_id == xf->xf_id &&
		    xforms[i].xn_keybits == xf->xf_keybits)
			return (&xforms[i]);
	return (NULL);
}

const char *
xform_print(const struct ike_xform *xf)
{
	static char bufs[8][32];
	static unsigned int next;
	const struct xform_name *xn;
	char *s, type[12], bits[8] = "";

	if ((xn = xform_find(xf)) != NULL)
		return (xn->xn_name);
	if (xf->xf_type >= 1 && xf->xf_type <= IKE_T_MAX)
		strlcpy(type, types[xf->xf_type].ty_rfc, sizeof(type));
	else
		snprintf(type, sizeof(type), "TYPE%u", xf->xf_type);
	if (xf->xf_keybits != 0)
		snprintf(bits, sizeof(bits), "/%u", xf->xf_keybits);
	s = bufs[next++ % nitems(bufs)];
	snprintf(s, sizeof(bufs[0]), "%s %u%s", type, xf->xf_id, bits);
	return (s);
}

const char *
xform_word(uint8_t type)
{
	return (type <= IKE_T_MAX ? types[type].ty_word : NULL);
}
