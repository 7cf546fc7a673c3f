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

#ifndef _ISAKMPD_AUTH_H_
#define _ISAKMPD_AUTH_H_

/*
 * The work of the ca process, the only one that holds long-term secrets.
 * Requests travel to it, answers back.
 */
#include "buf.h"
#include "keys.h"
#include "model.h"

#define AUTH_MAXCERTS	16

enum auth_kind {
	AUTH_SKEYID = 1,	/* prf(psk of the peer, ar_ni | ar_nr) */
	AUTH_SIGN,		/* our signature of ar_hash */
	AUTH_VERIFY		/* is ar_sig that of ar_id over ar_hash? */
};

struct auth_cert {
	uint8_t		 ac_encoding;
	struct buf	 ac_data;
};

struct auth_req {
	uint64_t	 ar_asker;	/* comes back */
	enum auth_kind	 ar_kind;
	unsigned int	 ar_peer;	/* pe_id */
	uint16_t	 ar_alg;	/* V1_HASH_, of SKEYID */
	struct buf	 ar_ni, ar_nr;	/* of SKEYID */
	struct ike_id	 ar_id;		/* who signs; none for SKEYID */
	struct buf	 ar_hash;	/* HASH_I or HASH_R */
	struct buf	 ar_sig;
	/* sign: the CERTREQs that came; verify: the CERTs */
	unsigned int	 ar_ncerts;
	struct auth_cert ar_certs[AUTH_MAXCERTS];
};

struct auth_res {
	uint64_t	 as_asker;
	enum auth_kind	 as_kind;
	int		 as_ok;
	struct buf	 as_data;	/* SKEYID or the signature */
	unsigned int	 as_ncerts;	/* sign: to send along, leaf first */
	struct auth_cert as_certs[AUTH_MAXCERTS];
	char		*as_why;	/* if not ok: what is wrong, the cure */
};

/* auth.c: to the other process and back; 0 or -1: nothing of the sort */
void	 auth_req_put(struct buf *, const struct auth_req *);
int	 auth_req_get(struct span *, struct auth_req *);
void	 auth_req_clear(struct auth_req *);
void	 auth_res_put(struct buf *, const struct auth_res *);
int	 auth_res_get(struct span *, struct auth_res *);
void	 auth_res_clear(struct auth_res *);

/*
 * ca.c: a ca, on the store of libike.  ca_load reads ca/ certs/ crls/
 * pubkeys/ below dir; pem, moved away, is local.key, which the ca may not
 * read itself.  The directory is called ISAKMPD_DIR in messages.
 */
struct ca;
struct ca	*ca_new(void);			/* NULL: no memory */
void		 ca_free(struct ca *);
int		 ca_load(struct ca *, const char *dir, struct buf *pem);
/* Takes the model with its secrets. */
void		 ca_setmodel(struct ca *, struct model *);
/* Always fills the answer. */
void		 ca_do(struct ca *, const struct auth_req *,
		    struct auth_res *);
/*
 * DER names of the CAs, for CERTREQ: of each a 32 bit length and the octets;
 * none: empty.
 */
void		 ca_names(struct ca *, struct buf *);

#endif /* _ISAKMPD_AUTH_H_ */
