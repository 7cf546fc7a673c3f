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


#ifndef _IKED_ENGINE_H_
#define _IKED_ENGINE_H_

/*
 * The IKEv2 state machine, apart from the world it lives in: it owns no
 * socket, no clock and no key of its owner.  The daemon gives it the real
 * ones, the simulation false ones.  One thread; nothing below is called from
 * inside a function of the world, but for what is said at w_sign.
 */
#include "auth.h"
#include "buf.h"
#include "conf.h"
#include "ike.h"
#include "ksa.h"
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
	 * The kernel's SAs: 0 or an errno.  w_addsa of an inbound SA makes
	 * the larval one live; of an outbound SA, the newest of its unit is
	 * the one the kernel sends by.  w_movesa: other addresses, port or
	 * encapsulation (from `old' to `new') for a live one.  w_delsa of an
	 * SA that is gone is ESRCH.
	 */
	int	 (*w_getspi)(void *, const struct ksa *, uint32_t *spi);
	int	 (*w_addsa)(void *, const struct ksa *);
	int	 (*w_movesa)(void *, const struct ksa *old,
		    const struct ksa *new);
	int	 (*w_delsa)(void *, const struct ksa *);
	int	 (*w_statsa)(void *, const struct ksa *, struct ksa_stat *);
	/* The policies of both directions, where no interface has the SAs. */
	int	 (*w_flow)(void *, const struct kflow *, int add);

	/*
	 * The ca's work; the request stays the engine's.  The answer comes by
	 * engine_signed or engine_verified, from inside the call or later,
	 * or never.
	 */
	void	 (*w_sign)(void *, const struct sign_req *);
	void	 (*w_verify)(void *, const struct verify_req *);

	/* Something happened that `ikectl monitor' shows: one line. */
	void	 (*w_event)(void *, const char *line);
	/*
	 * The secrets of an IKE SA or ESP SA in Wireshark's format, one line
	 * of ikev2_decryption_table or esp_sa; NULL unless asked for
	 * (iked(8), the debug key log).
	 */
	void	 (*w_keylog)(void *, const char *table, const char *line);
};

struct engine	*engine_new(const struct world *, void *arg);
/* Quietly, without a word to peers or kernel. */
void		 engine_free(struct engine *);
/*
 * A configuration, the first or another (it becomes the engine's).  Tunnels
 * whose policy is the same stay as they are.
 */
void		 engine_config(struct engine *, struct conf *);
/* The SHA1s of our CAs' keys, for CERTREQ; the data is copied. */
void		 engine_certreq(struct engine *, const void *, size_t);
/* After the first engine_config: begin to initiate. */
void		 engine_start(struct engine *);
/*
 * Say goodbye: deletes to the peers, SAs out of the kernel.  done(arg) is
 * called once the answers have come, or after 2 seconds, or at once.
 */
void		 engine_stop(struct engine *, void (*done)(void *), void *);

/* A datagram came, marker off.  natt: it came to the port that has one. */
void		 engine_recv(struct engine *, const struct ike_addr *local,
		    const struct ike_addr *peer, const void *, size_t,
		    int natt);
/* SADB_EXPIRE. */
void		 engine_expire(struct engine *, uint32_t spi,
		    const struct ike_addr *dst, int hard);
/* SADB_ACQUIRE: a policy of the kernel wants an SA. */
void		 engine_acquire(struct engine *, const struct kacquire *);
void		 engine_signed(struct engine *, const struct sign_res *);
void		 engine_verified(struct engine *, const struct verify_res *);
/* Addresses of the machine changed: look at w_source again. */
void		 engine_addresses(struct engine *);

/*
 * UDP ports: of IKE, and of IKE behind a marker with ESP (0: no NAT
 * traversal); force: speak by the second one only.
 */
void		 engine_ports(struct engine *, uint16_t ike, uint16_t natt,
		    int force);

/* ikectl(8) */
void		 engine_active(struct engine *, int on);
void		 engine_couple(struct engine *, int on);
/* Delete IKE SAs, all or of one peer ("FQDN/name"); how many. */
unsigned int	 engine_reset(struct engine *, const char *id);
void		 engine_show_sa(struct engine *, struct buf *, int json);
void		 engine_show_stats(struct engine *, struct buf *, int nonzero,
		    int json);

/* For tests: how many there are of everything. */
struct engine_count {
	unsigned int	 ec_sas;	/* IKE SAs of any state */
	unsigned int	 ec_established;
	unsigned int	 ec_halfopen;	/* as responder, not proved */
	unsigned int	 ec_children;	/* of any state */
	unsigned int	 ec_live;	/* in use both ways, not replaced */
};
void		 engine_counts(struct engine *, struct engine_count *);
/* For tests: start a rekey now, of the child SAs or of the IKE SAs. */
void		 engine_rekey(struct engine *, int ike);

#endif /* _IKED_ENGINE_H_ */
