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


#ifndef _IKED_AUTH_H_
#define _IKED_AUTH_H_

/*
 * Who is who: signatures, certificates and pre-shared keys.  All of it is
 * the work of the ca process, the only one that holds long-term secrets; the
 * requests below travel to it and the answers back.
 */
#include "buf.h"
#include "conf.h"
#include "ike.h"

#define AUTH_MAXCERTS	16

struct auth_cert {
	uint8_t		 ac_encoding;
	struct buf	 ac_data;
};

/* The AUTH payload we want, RFC 7296 2.15; all owned. */
struct sign_req {
	uint64_t	 sr_id;		/* the asker's, comes back */
	unsigned int	 sr_policy;	/* pol_id: its psk */
	enum conf_auth	 sr_auth;
	struct ike_id	 sr_self;
	uint16_t	 sr_prf;	/* for psk */
	unsigned int	 sr_hashes;	/* 1 << IKE_HASH_ of the peer; 0: it
					 * does not know RFC 7427 */
	struct buf	 sr_octets;	/* the signed octets */
	unsigned int	 sr_nreqs;	/* the peer's CERTREQs */
	struct auth_cert sr_reqs[AUTH_MAXCERTS];
};

struct sign_res {
	uint64_t	 ss_id;
	int		 ss_ok;
	uint8_t		 ss_method;	/* IKE_AUTH_ */
	struct buf	 ss_auth;
	unsigned int	 ss_ncerts;	/* leaf first */
	struct auth_cert ss_certs[AUTH_MAXCERTS];
	char		*ss_why;	/* if not ok: what is missing, and where */
};

/* The AUTH payload that came. */
struct verify_req {
	uint64_t	 vr_id;
	unsigned int	 vr_policy;
	enum conf_auth	 vr_auth;	/* what the policy asks for */
	struct ike_id	 vr_peer;	/* who it says it is */
	uint16_t	 vr_prf;
	uint8_t		 vr_method;
	struct buf	 vr_auth_data;
	struct buf	 vr_octets;
	unsigned int	 vr_ncerts;
	struct auth_cert vr_certs[AUTH_MAXCERTS];
};

struct verify_res {
	uint64_t	 vs_id;
	int		 vs_ok;
	char		*vs_why;	/* if not ok: what is wrong and the cure */
};

/* auth_msg.c: to the other process and back; 0 or -1: nothing of the sort */
void	 sign_req_put(struct buf *, const struct sign_req *);
int	 sign_req_get(struct span *, struct sign_req *);
void	 sign_req_clear(struct sign_req *);
void	 sign_res_put(struct buf *, const struct sign_res *);
int	 sign_res_get(struct span *, struct sign_res *);
void	 sign_res_clear(struct sign_res *);
void	 verify_req_put(struct buf *, const struct verify_req *);
int	 verify_req_get(struct span *, struct verify_req *);
void	 verify_req_clear(struct verify_req *);
void	 verify_res_put(struct buf *, const struct verify_res *);
int	 verify_res_get(struct span *, struct verify_res *);
void	 verify_res_clear(struct verify_res *);

/*
 * ca.c: the store.  Files are those of iked(8) below a directory that is
 * /etc/iked for the daemon.
 */
struct ca;
struct ca	*ca_new(void);
void		 ca_free(struct ca *);
/*
 * Read ca/ certs/ crls/ pubkeys/ private/ local.pub below dir anew.  What
 * cannot be read or is not what it should be is warned of, with its name,
 * and left out.  -1: no memory; a missing directory is none of it.
 */
int		 ca_load(struct ca *, const char *dir, int partialchain);
/*
 * private/local.key, for a ca process that may not read it: takes the octets
 * (moved away; none: there is no key) before ca_load, which from then on
 * opens no such file.
 */
void		 ca_setkey(struct ca *, struct buf *pem);
/* Pre-shared keys of a configuration, by pol_id; those before are gone. */
int		 ca_setconf(struct ca *, const struct conf *);
/* The SHA1 of each trusted CA's key, as in CERTREQ; none: empty. */
void		 ca_certreq(struct ca *, struct buf *);
/* Always fills the answer; sign_res_clear / verify_res_clear it. */
void		 ca_sign(struct ca *, const struct sign_req *,
		    struct sign_res *);
void		 ca_verify(struct ca *, const struct verify_req *,
		    struct verify_res *);
/* `ikectl show certstore' */
void		 ca_show(struct ca *, struct buf *);

#endif /* _IKED_AUTH_H_ */
