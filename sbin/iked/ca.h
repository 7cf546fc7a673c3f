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


#ifndef _IKED_CA_H_
#define _IKED_CA_H_

/*
 * Inside the ca process: what ca*.c share.
 */
#include <sys/queue.h>

#include "auth.h"
#include "store.h"

#define CA_DIR		"/etc/iked"	/* what messages call a chroot */

struct ca_policy {
	TAILQ_ENTRY(ca_policy) cp_entry;
	unsigned int	 cp_id;
	char		*cp_where;	/* its name and line, for messages */
	uint8_t		*cp_psk;	/* NULL: none */
	size_t		 cp_psklen;
};
TAILQ_HEAD(ca_policies, ca_policy);

struct ca {
	struct ca_store	*ca_store;	/* never NULL */
	struct ca_policies ca_policies;
	int		 ca_keyset;	/* ca_setkey was here: */
	struct buf	 ca_pem;	/* the key that it brought, if any */
};

/* ca.c */

const struct ca_policy *ca_policy(const struct ca *, unsigned int id);
const char	*ca_where(const struct ca *, unsigned int id);
/* prf(prf(psk, "Key Pad for IKEv2"), octets); the length, or 0. */
size_t	 ca_mic(const struct ca *, unsigned int policy, uint16_t prf,
	    const struct buf *octets, uint8_t *out, char **why);

/* ca_verify.c */
/* May this kind of key be proof by this method under this policy? */
int	 key_allowed(const struct ca *, unsigned int policy, enum conf_auth,
	    uint8_t method, const EVP_PKEY *, char **why);

#endif /* _IKED_CA_H_ */
