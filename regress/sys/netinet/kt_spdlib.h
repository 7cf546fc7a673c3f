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

#ifndef _KT_SPDLIB_H_
#define _KT_SPDLIB_H_

/*
 * Policies, and SAs that no interface owns, on the two interfaces of
 * kt_inet.h.  SAs with the same number in and out have the same keys, so
 * what leaves may be turned round.
 */
#include "../net/kt_pfkeylib.h"
#include "../net/kt_seclib.h"
#include "kt_esplib.h"
#include "kt_sock.h"

#include <netinet/ip_ah.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_spd.h>

#define KSPD_SPI	0x2000
#define KSPD_PORT	1600		/* of the socket at our end */

struct kspd_sa {
	int		 ka_proto;	/* IPPROTO_*; 0: ESP */
	int		 ka_out;	/* else in */
	int		 ka_tunnel;
	u_int32_t	 ka_spi;	/* host order; 0: KSPD_SPI */
	in_addr_t	 ka_us;		/* 0: KTI_US1 */
	in_addr_t	 ka_peer;	/* 0: KTI_PEER1 */
	u_int32_t	 ka_flags;	/* more TDBF_* */
	int		 ka_auth;	/* SADB_*, of AH; 0: HMAC-SHA2-256 */
};

/* A policy as PF_KEY tells it, but for what is 0. */
struct kspd_flow {
	int		 kf_type;	/* SADB_X_FLOW_TYPE_*; 0: REQUIRE */
	int		 kf_in;		/* direction, else out */
	int		 kf_satype;	/* SADB_SATYPE_*; 0: ESP */
	in_addr_t	 kf_src, kf_dst;
	int		 kf_srclen, kf_dstlen;	/* bits */
	int		 kf_proto;
	int		 kf_sport, kf_dport;	/* host order */
	in_addr_t	 kf_us, kf_peer;	/* of the SA */
	int		 kf_static;
};

int	kspd_begin(void);		/* 0 or errno */
void	kspd_end(void);			/* no policy and no SA is left */
struct tdb *kspd_sa(const struct kspd_sa *);	/* borrowed */
/* 0 or errno, of SADB_X_ADDFLOW, SADB_X_DELFLOW */
int	kspd_flow(int, const struct kspd_flow *);
/* the six extensions of a flow, in a message that begins with its type */
void	kspd_message(struct kpk_msg *, int, const struct kspd_flow *);
/* Both ways between all of two hosts or networks, by that type and peer. */
int	kspd_both(int, const struct kspd_flow *);
/* Send a packet that was complete as if it were our own; 0 or errno. */
int	kspd_output(struct mbuf *);
/* Counters, since kspd_begin() or kspd_mark(). */
void	kspd_mark(void);
uint64_t kspd_ipsec(int);		/* ipsec_*_c */
uint64_t kspd_ah(int);
uint64_t kspd_esp(int);
uint64_t kspd_ipip(int);

/*
 * AH, made by RFC 4302 anew: the ICV of a packet that begins with an IPv4
 * header and has AH behind it, whatever its place holds; len of it.
 */
int	kah_icv(struct mbuf *, const struct tdb *, u_int32_t, u_int8_t *);
/* Put the right one there, with that upper half of the number. */
void	kah_seal(struct mbuf *, const struct tdb *, u_int32_t);
/* Is there the right one?  0, or -1. */
int	kah_check(struct mbuf *, const struct tdb *, u_int32_t);
/* A packet (consumed), as the SA has it; sealed.  Number. */
struct mbuf *kah_wrap(const struct tdb *, u_int64_t, struct mbuf *);

#endif /* _KT_SPDLIB_H_ */
