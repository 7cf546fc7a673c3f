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

#ifndef _KT_TUNLIB_H_
#define _KT_TUNLIB_H_

/*
 * A tunnel of any kind with all that is around it: a station on kti0 sends
 * to what is behind sec0, the outer packets leave by kti1, pass a router
 * with an MTU of its own and come back by kti1 with their ends swapped; what
 * sec0 then has inside is looked at.
 */
#include "kt_seclib.h"

#include <netinet/ip6.h>
#include <netinet/icmp6.h>
#include <netinet6/ip6_var.h>

#include "../netinet6/kt_nd6lib.h"

/* outside, as KTI_US1 and KTI_PEER1; a station inside; what it talks to */
#define KTUN_US6	n6_addr(1, 1)
#define KTUN_PEER6	n6_addr(1, 2)
#define KTUN_HOST	KTI_PEER0
#define KTUN_HOST6	n6_addr(0, 0x77)
#define KTUN_DST	KTI_A(10, 9, 0, 2)
#define KTUN_DST6	n6_addr(9, 2)
#define KTUN_PORT	4500
#define KTUN_SPI	0x2000

struct ktun_alg {
	const char	*ta_name;
	int		 ta_enc, ta_auth;
	size_t		 ta_enckeylen, ta_authkeylen;
	int		 ta_iv, ta_align, ta_icv;	/* bytes on the wire */
};
extern const struct ktun_alg ktun_algs[];
extern const int ktun_nalgs;
struct ktun_mac {
	const char	*tm_name;
	int		 tm_auth;
	size_t		 tm_keylen;
};
extern const struct ktun_mac ktun_macs[];	/* of AH */
extern const int ktun_nmacs;
/* of all SAs: for the cipher, and from so many bytes on for the MAC */
extern const u_int8_t ktun_keys[128];
#define KTUN_AUTHKEY	40

struct ktun {
	int	 t_oaf;		/* outside: AF_INET, AF_INET6 */
	int	 t_df;		/* as SIOCSLIFPHYDF has it: off, on, copy */
	int	 t_natt;
	u_int32_t t_spi;	/* host order; KTUN_SPI if 0 */
	u_int32_t t_outflags;	/* more TDBF_* of the SA to send with */
	u_int32_t t_inflags;	/* and of the other */
	int	 t_alg;		/* of ktun_algs */
	int	 t_ns;		/* what comes in does so as from a driver; */
	int	 t_exclusive;	/* ESP then waits for the netlock */
	int	 t_shared;	/* others hold the memory of what is sent */
	u_int	 t_mtu;		/* of sec0 */
	u_int	 t_link;	/* of kti1 */
	u_int	 t_path;	/* of the router; 0: it has none */
	/* routing domains: of the station and sec0, of kti1, of the SAs */
	u_int	 t_inner, t_outer;
	u_int	 t_out1, t_out2, t_in1, t_in2;
	int	 t_domain;	/* tunneldomain and 1; 0: none */
	/* after ktun_begin(): */
	struct tdb *t_out, *t_in;		/* borrowed */
};

/* What became of a packet. */
enum ktun_what { KTUN_LOST, KTUN_ARRIVED, KTUN_ANSWERED, KTUN_WRONG };
struct ktun_fate {
	enum ktun_what	f_what;
	u_int		f_mtu;		/* of the answer */
	u_int		f_pieces;	/* inner packets that arrived */
	u_int		f_wire;		/* outer packets, before the router */
	u_int		f_told;		/* errors that the router sent */
	u_int		f_torn;		/* lost for want of memory in a test */
};

int	ktun_begin(struct ktun *);	/* all of it anew; 0 or errno */
int	ktun_end(void);			/* mbufs and clusters that leaked */
/* An SA more: direction, SPI in host order, TDBF_*. */
struct tdb *ktun_sa(const struct ktun *, int, u_int32_t, u_int32_t);

/* The same of AH, by its MAC: in the place of the other, or besides it. */
struct tdb *ktun_ah(const struct ktun *, int, u_int32_t, int);
/* In a table, a host route to the outer far end by the station; or errno. */
int	ktun_route(u_int, int);

/* From the station, len bytes with header, for IPv4 with DF or not. */
struct mbuf *ktun_packet(int, int, int);
/*
 * Send one, wait for all that follows, compare what arrived with it; KTUN_
 * WRONG also when it is anything but one clear answer or the packet itself.
 */
struct ktun_fate ktun_send(const struct ktun *, int, int, int);
/* The same in parts: into kti0; what left kti1 comes back. */
void	ktun_input(struct mbuf *);
typedef struct mbuf *(*ktun_hook)(struct mbuf *);
u_int	ktun_turn(const struct ktun *, ktun_hook);
void	ktun_settle(void);
struct mbuf *ktun_arrived(void);	/* the next out of sec0, or NULL */
/* Let it come in, whatever its family, and no more. */
void	ktun_in(struct kti_if *, struct mbuf *);

/* Bytes outside for so many inside, and the most that fit in so many. */
int	ktun_wire(const struct ktun *, int);
int	ktun_fits(const struct ktun *, int);
/* A router says it to KTI_US1 or its like: the packet and the MTU. */
void	ktun_toobig(struct mbuf *, u_int32_t);

/* Losses by all counters since the last call; what is too big is none. */
u_int	ktun_losses(void);

#endif /* _KT_TUNLIB_H_ */
