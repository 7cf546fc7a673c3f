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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#define STATE_ALIGN	64	/* a cache line, and the widest vector */

/* all immutable after creation */
struct crypto_session {
	const struct crypto_provider	*cs_provider;
	void				*cs_state;	/* in this allocation */
	size_t				 cs_size;	/* of all of it */
	uint16_t			 cs_blocksize;
	uint16_t			 cs_ivsize;
	uint16_t			 cs_icvlen;
	uint16_t			 cs_hashonly;
};

/* highest priority first; changes at boot only */
static const struct crypto_provider *crypto_providers[CRYPTO_MAXPROVIDERS];
static int crypto_nproviders;

int
crypto_register(const struct crypto_provider *pv)
{
	int i;

	for (i = 0; i < crypto_nproviders; i++)
		if (strcmp(crypto_providers[i]->cpv_name, pv->cpv_name) == 0)
			return (EEXIST);
	if (crypto_nproviders == CRYPTO_MAXPROVIDERS)
		return (ENOSPC);
	for (i = crypto_nproviders++; i > 0; i--) {
		if (crypto_providers[i - 1]->cpv_priority >= pv->cpv_priority)
			break;
		crypto_providers[i] = crypto_providers[i - 1];
	}
	crypto_providers[i] = pv;
	return (0);
}

/*
 * The MAC of a combined mode is nobody else's; but GMAC may be alone, and
 * then its key is one for authentication.
 */
static int
check_combined(const struct crypto_params *cp, const struct enc_xform *enc,
    const struct auth_hash *auth)
{
	if (auth == NULL)
		return (EINVAL);
	if (enc == NULL)
		return (auth->mac == XFORM_GMAC &&
		    cp->cp_authkeylen == auth->keysize ? 0 : EINVAL);
	if (enc_xform_auth(enc, cp->cp_enckeylen) != auth ||
	    cp->cp_authkeylen != 0)
		return (EINVAL);
	return (0);
}

/* do algorithms exist and fit each other, and have keys their lengths? */
static int
check_params(const struct crypto_params *cp, const struct enc_xform *enc,
    const struct auth_hash *auth)
{
	if ((cp->cp_enc != 0 && enc == NULL) ||
	    (cp->cp_auth != 0 && auth == NULL))
		return (EINVAL);
	if (auth == NULL && (enc == NULL || enc->type == CRYPTO_NULL))
		return (EINVAL);
	if (enc == NULL ? cp->cp_enckeylen != 0 :
	    !enc_xform_keyok(enc, cp->cp_enckeylen))
		return (EINVAL);
	if (cp->cp_icvlen != (auth == NULL ? 0 : auth->authsize))
		return (EINVAL);
	if ((enc != NULL && enc->mac != XFORM_NOMAC) ||
	    (auth != NULL && auth->mac != XFORM_NOMAC))
		return (check_combined(cp, enc, auth));
	if (cp->cp_authkeylen != (auth == NULL ? 0 : auth->keysize))
		return (EINVAL);
	return (0);
}

static int
create_session(const struct crypto_provider *pv, struct crypto_session **csp,
    const struct crypto_params *cp, const struct enc_xform *enc)
{
	struct crypto_session *cs;
	size_t size;
	int error;

	size = sizeof(*cs) + STATE_ALIGN + pv->cpv_statesize;
	cs = malloc(size, M_CRYPTO_DATA, M_NOWAIT | M_ZERO);
	if (cs == NULL)
		return (ENOMEM);
	cs->cs_provider = pv;
	cs->cs_size = size;
	cs->cs_state = (void *)roundup((uintptr_t)(cs + 1), STATE_ALIGN);
	cs->cs_blocksize = enc == NULL ? 1 : enc->blocksize;
	cs->cs_ivsize = enc == NULL ? 0 : enc->ivsize;
	cs->cs_icvlen = cp->cp_icvlen;
	cs->cs_hashonly = enc == NULL;
	if ((error = pv->cpv_newsession(cs->cs_state, cp)) != 0) {
		explicit_bzero(cs, size);
		free(cs, M_CRYPTO_DATA, size);
		return (error);
	}
	*csp = cs;
	return (0);
}

/* name NULL: the best that serves these parameters */
static int
find_provider(const char *name, const struct crypto_params *cp,
    const struct crypto_provider **pvp)
{
	const struct crypto_provider *pv;
	int i, error = name == NULL ? EINVAL : ENOENT;

	for (i = 0; i < crypto_nproviders; i++) {
		pv = crypto_providers[i];
		if (name != NULL && strcmp(pv->cpv_name, name) != 0)
			continue;
		if (pv->cpv_probe(cp)) {
			*pvp = pv;
			return (0);
		}
		error = EINVAL;
	}
	return (error);
}

int
crypto_newsession_on(const char *name, struct crypto_session **csp,
    const struct crypto_params *cp)
{
	const struct crypto_provider *pv;
	const struct enc_xform *enc = enc_xform_find(cp->cp_enc);
	const struct auth_hash *auth = auth_hash_find(cp->cp_auth);
	int error;

	*csp = NULL;
	if ((error = check_params(cp, enc, auth)) != 0)
		return (error);
	if ((error = find_provider(name, cp, &pv)) != 0)
		return (error);
	return (create_session(pv, csp, cp, enc));
}

int
crypto_newsession(struct crypto_session **csp, const struct crypto_params *cp)
{
	return (crypto_newsession_on(NULL, csp, cp));
}

void
crypto_freesession(struct crypto_session *cs)
{
	const struct crypto_provider *pv;
	size_t size;

	if (cs == NULL)
		return;
	pv = cs->cs_provider;
	size = cs->cs_size;
	if (pv->cpv_freesession != NULL)
		pv->cpv_freesession(cs->cs_state);
	explicit_bzero(cs, size);
	free(cs, M_CRYPTO_DATA, size);
}

/* is all where struct cryptop says it has to be? */
static int
well_placed(const struct crypto_session *cs, const struct cryptop *crp)
{
	if (cs->cs_icvlen != 0 && crp->crp_icv == NULL)
		return (0);
	if (cs->cs_hashonly)
		return (crp->crp_data == crp->crp_aad + crp->crp_aadlen);
	return (crp->crp_aadlen == CRYPTO_AAD_LEN &&
	    crp->crp_iv == crp->crp_aad + CRYPTO_AAD_LEN &&
	    crp->crp_data == crp->crp_iv + cs->cs_ivsize);
}

int
crypto_invoke(struct cryptop *crp)
{
	const struct crypto_session *cs = crp->crp_session;

	if ((crp->crp_flags & ~(CRYPTO_F_ENCRYPT | CRYPTO_F_ESN)) ||
	    !well_placed(cs, crp) ||
	    (crp->crp_len & (cs->cs_blocksize - 1)) != 0)
		return (EINVAL);
	return (cs->cs_provider->cpv_invoke(cs->cs_state, crp));
}

const char *
crypto_provider_name(const struct crypto_session *cs)
{
	return (cs->cs_provider->cpv_name);
}

const char *
crypto_provider_nth(int n)
{
	if (n < 0 || n >= crypto_nproviders)
		return (NULL);
	return (crypto_providers[n]->cpv_name);
}
