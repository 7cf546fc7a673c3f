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

#ifndef _ISAKMPD_ENGINE_H_
#define _ISAKMPD_ENGINE_H_

/*
 * The IKEv1 state machine, apart from the world it lives in: it owns no
 * socket, no clock and no key of its owner.  The daemon gives it the real
 * ones, the simulation false ones.  One thread; nothing below is called from
 * inside a function of the world, but for what is said at w_auth.
 */
#include "auth.h"
#include "buf.h"
#include "ksa.h"
#include "model.h"
#include "timer.h"

struct engine;

/* All times are in ms; all functions get the world's own argument first. */
struct world {
	uint64_t (*w_now)(void *);	/* monotonic, ms */
	int64_t	 (*w_time)(void *);	/* s since the Epoch */
	void	 (*w_random)(void *, void *, size_t);
	/* Call t_fn(t_arg) once, so many ms from now; anew if armed. */
	void	 (*w_timer)(void *, struct timer *, uint64_t ms);
	/* Not any more; gives up t_world. */
	void	 (*w_untimer)(void *, struct timer *);
	/*
	 * A datagram, with the ports of the addresses; marker: four zeros
	 * before it (port 4500).  0 or an errno; loss is no error.
	 */
	int	 (*w_send)(void *, const struct ike_addr *local,
		    const struct ike_addr *peer, const void *, size_t,
		    int marker);
	/* One octet 0xff (RFC 3948 2.3). */
	void	 (*w_keepalive)(void *, const struct ike_addr *local,
		    const struct ike_addr *peer);
	/* The address we would send to the peer from.  0 or an errno. */
	int	 (*w_source)(void *, const struct ike_addr *peer,
		    struct ike_addr *local);

	/*
	 * The kernel's SAs, see kernel.h: 0 or an errno.  w_addsa of an
	 * inbound SA makes the larval one live; of an outbound SA, the newest
	 * of its unit is the one the kernel sends by.  w_delsa of an SA that
	 * is gone is ESRCH.  w_flow: the policies of a pair that no interface
	 * carries, added or deleted; both directions.
	 */
	int	 (*w_getspi)(void *, const struct ksa *, uint32_t *spi);
	int	 (*w_addsa)(void *, const struct ksa *);
	int	 (*w_movesa)(void *, const struct ksa *old,
		    const struct ksa *new);
	int	 (*w_delsa)(void *, const struct ksa *);
	int	 (*w_statsa)(void *, const struct ksa *, struct ksa_stat *);
	int	 (*w_flow)(void *, const struct kflow *, int add);

	/*
	 * The ca's work; the request stays the engine's.  The answer comes by
	 * engine_auth, from inside the call or later, or never.
	 */
	void	 (*w_auth)(void *, const struct auth_req *);

	/*
	 * A message as it was before encryption or after decryption (header
	 * and chain, length in the header fits), for the packet log.
	 */
	void	 (*w_packet)(void *, const struct ike_addr *from,
		    const struct ike_addr *to, const void *, size_t);
};

struct engine	*engine_new(const struct world *, void *arg);
/* Quietly, without a word to peers or kernel. */
void		 engine_free(struct engine *);
/*
 * A model, the first or another (it becomes the engine's).  SAs whose peer
 * and connection are the same stay as they are.
 */
void		 engine_model(struct engine *, struct model *);
/* After the first engine_model: begin to initiate. */
void		 engine_start(struct engine *);
/*
 * Say goodbye: deletes to the peers, SAs out of the kernel (unless Delete-SAs
 * says no).  done(arg) is called from inside or soon.
 */
void		 engine_stop(struct engine *, void (*done)(void *), void *);

/* A datagram came, marker off.  natt: it came to the port that has one. */
void		 engine_recv(struct engine *, const struct ike_addr *local,
		    const struct ike_addr *peer, const void *, size_t,
		    int natt);
/* SADB_EXPIRE. */
void		 engine_expire(struct engine *, uint32_t spi,
		    const struct ike_addr *dst, int hard);
/* The answer to w_auth. */
/* SADB_ACQUIRE: a policy of the kernel wants an SA. */
void		 engine_acquire(struct engine *, const struct kacquire *);
void		 engine_auth(struct engine *, const struct auth_res *);
/* DER names of our CAs, as ca_names makes them; copied. */
void		 engine_canames(struct engine *, const void *, size_t);
/* Addresses of the machine changed: look at w_source again. */
void		 engine_addresses(struct engine *);
/* UDP ports: of IKE, and of IKE behind a marker with ESP (0: -T). */
void		 engine_ports(struct engine *, uint16_t ike, uint16_t natt);
/* -a: no policies are asked of the kernel. */
void		 engine_noflows(struct engine *, int on);

/*
 * The FIFO (isakmpd(8)).  NULL, or why not, in a static text.
 * teardown: phase 1, 2, or 0: what bears the name; name: of a connection or
 * a peer, or an address; NULL: everything.
 * delete: cookies in hex, and the message ID in hex, "-" or NULL.
 */
const char	*engine_connect(struct engine *, const char *name);
const char	*engine_teardown(struct engine *, int phase,
		    const char *name);
const char	*engine_delete(struct engine *, const char *cookies,
		    const char *msgid);
void		 engine_active(struct engine *, int on);	/* M */
void		 engine_show(struct engine *, struct buf *);	/* S */
void		 engine_report(struct engine *, struct buf *);	/* r */

/* For tests: how many there are of everything. */
struct engine_count {
	unsigned int	 ec_sas;	/* ISAKMP SAs of any state */
	unsigned int	 ec_established;
	unsigned int	 ec_halfopen;	/* as responder, not proved */
	unsigned int	 ec_exchanges;	/* under way */
	unsigned int	 ec_pairs;	/* of any state */
	unsigned int	 ec_live;	/* in use both ways, not replaced */
};
void		 engine_counts(struct engine *, struct engine_count *);
/* For tests: start a rekey now, of phase 1 or phase 2. */
void		 engine_rekey(struct engine *, int phase);

#endif /* _ISAKMPD_ENGINE_H_ */
