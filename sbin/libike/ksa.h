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


#ifndef _LIBIKE_KSA_H_
#define _LIBIKE_KSA_H_

/*
 * An SA between a daemon and its kernel.
 */
#include "ike.h"

/* An SA as the kernel has to know it. */
struct ksa {
	uint32_t	 ks_spi;	/* host byte order */
	int		 ks_out;	/* we send by it */
	struct ike_addr	 ks_src;	/* port 0 */
	struct ike_addr	 ks_dst;
	int		 ks_udpencap;
	uint16_t	 ks_udpport;	/* the peer's, host byte order */
	unsigned int	 ks_unit;	/* of secN */
	int		 ks_nounit;	/* no interface carries it */
	uint8_t		 ks_proto;	/* IKE_PROTO_AH, or 0 and _ESP: ESP */
	int		 ks_transport;	/* not tunnel mode */
	const char	*ks_tag;	/* of pf(4), or NULL */
	int		 ks_larval;	/* w_getspi made it: UPDATE, not ADD */
	struct ike_xform ks_encr;
	struct ike_xform ks_integ;	/* xf_id 0: an AEAD */
	int		 ks_esn;
	const uint8_t	*ks_ekey;	/* with the salt */
	size_t		 ks_ekeylen;
	const uint8_t	*ks_akey;
	size_t		 ks_akeylen;
	/* what it is for, here and at the peer, if policies send by it; both
	 * or none, and not told when they are no policy's */
	const struct ike_ts *ks_selfts;
	const struct ike_ts *ks_peerts;
	const struct ike_id *ks_srcid;	/* of the sender; may be NULL */
	const struct ike_id *ks_dstid;
	uint32_t	 ks_soft_s, ks_hard_s;		/* 0: none */
	uint64_t	 ks_soft_bytes, ks_hard_bytes;
	uint32_t	 ks_soft_packets, ks_hard_packets;
};

/* What the kernel says of one. */
struct ksa_stat {
	uint64_t	 kt_bytes;
	uint64_t	 kt_packets;
	int64_t		 kt_lastuse;	/* s since the Epoch, 0: never */
};

/*
 * A policy: what goes between these ends is by SAs between those hosts.  Both
 * directions; seen from here.
 */
struct kflow {
	struct ike_ts	 kf_local;	/* one protocol, any or one port */
	struct ike_ts	 kf_remote;
	struct ike_addr	 kf_self;	/* the hosts; port 0 */
	struct ike_addr	 kf_peer;
	uint8_t		 kf_proto;	/* IKE_PROTO_ESP, _AH */
	int		 kf_transport;
	const struct ike_id *kf_selfid;	/* may be NULL */
	const struct ike_id *kf_peerid;
};

/* A policy has a packet, and no SA for it; seen from here. */
struct kacquire {
	struct ike_addr	 ka_self;	/* the hosts; port 0 */
	struct ike_addr	 ka_peer;
	uint8_t		 ka_proto;	/* IKE_PROTO_ESP, _AH */
	struct ike_ts	 ka_local;	/* of the policy; family 0: not known */
	struct ike_ts	 ka_remote;
};

#endif /* _LIBIKE_KSA_H_ */
