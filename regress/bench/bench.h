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

#ifndef _BENCH_H_
#define _BENCH_H_

/*
 * Measurements inside the kernel.  Work comes in bursts and is done on the
 * softnet's own thread, as a packet's is, so that nothing but the work is
 * between two looks at the clock.
 */
#include <sys/ktest.h>
#include <sys/mbuf.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_ipsp.h>

#define BENCH_BURST	64		/* packets: as many as SEC_BATCH */
#define BENCH_MTU	1400		/* of the tunnels: no fragments */
#define BENCH_PKTMAX	2048		/* bytes of a packet at most */
#define BENCH_WAIT	10		/* s for what has to happen */

#define BENCH_A(a, b, c, d) \
	htonl((u_int32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/*
 * One kind of work.  Each round of the softnet takes one step of it:
 * bw_prepare, bw_ready until it is not 0, bw_go, bw_done until it is not
 * 0.  The clock runs from bw_go to bw_done.  NULL: nothing to do.
 */
struct bench_work {
	void	(*bw_prepare)(struct bench_work *);
	int	(*bw_ready)(struct bench_work *);
	void	(*bw_go)(struct bench_work *);
	int	(*bw_done)(struct bench_work *);
	void	*bw_arg;
};

static inline uint64_t
bench_clocks(void)
{
	return (__builtin_ia32_rdtsc());
}

/* bench.c: called by the test's thread, which sleeps meanwhile */
int	bench_start(void);		/* 0, or errno and a failure said */
void	bench_stop(void);
/*
 * Hundredths of a clock per packet, the mean of the middle half of all
 * bursts within so many us (scaled by N=); 0 if packets got lost.
 */
uint64_t bench_window(struct bench_work *, unsigned long);
uint64_t bench_hz(void);		/* clocks per second */
/*
 * Two kinds of work by turns, so that both see the same noise: a line
 * "sample NAME UNIT PEER OURS PEER'S" per run.  0, or errno.
 */
int	bench_compare(const char *, const char *, struct bench_work *,
	    struct bench_work *, unsigned int);

/* bench_net.c; names of interfaces; 0 or errno */
int	bench_address(const char *, in_addr_t, int, in_addr_t);
int	bench_route(in_addr_t, int, in_addr_t);
int	bench_up(const char *, int);		/* with that MTU */
/* Wait until packets to an address can leave; until ARP has answered. */
int	bench_routed(in_addr_t);
int	bench_known(in_addr_t);
/* Someone at this address asks "inject:" interface umN for ours. */
int	bench_neighbour(unsigned int, in_addr_t, in_addr_t);
/* A packet of that size, its header complete; len >= 28. */
void	bench_packet(u_int8_t *, in_addr_t, in_addr_t, int);
/* Put an Ethernet header for umN before a packet. */
void	bench_ether(unsigned int, u_int8_t *);

struct bench_cipher {
	const char	*bc_name;
	u_int8_t	 bc_encalg;
	u_int16_t	 bc_enckeylen;
	u_int8_t	 bc_authalg;
	u_int16_t	 bc_authkeylen;
};
#define BENCH_NCIPHERS	3
#define BENCH_NSIZES	3
extern const struct bench_cipher bench_ciphers[BENCH_NCIPHERS];
extern const int bench_sizes[BENCH_NSIZES];

#define BENCH_SPI	0x1000		/* of unit 0, in each direction */

/*
 * secN, up, with an SA for either direction: what leaves for dst comes in
 * again if its outer addresses are swapped.  0 or errno.
 */
int	bench_sec(unsigned int, const struct bench_cipher *, in_addr_t,
	    in_addr_t);
/* A reference to the SA of secN towards dst. */
struct tdb *bench_tdb(unsigned int, in_addr_t);

/*
 * The cipher alone: one burst over the bytes that packets of that size
 * have inside ESP, with the SA's own session.
 */
struct bench_alone {
	struct bench_work ba_encrypt;
	struct bench_work ba_decrypt;
	struct tdb	*ba_tdb;
	int		 ba_len;	/* bytes with padding and trailer */
	uint64_t	 ba_iv;
	u_int8_t	*ba_bufs;	/* BENCH_BURST of them */
};
void	bench_alone_init(struct bench_alone *, struct tdb *, int);
void	bench_alone_free(struct bench_alone *);

/*
 * bench_cipher.c: a cipher of ours and the same of another library, over
 * the same packets with payloads of that many bytes (rounded up to blocks).
 * ENOENT: the library is not here, and that has been said.
 */
struct bench_peer {
	struct bench_work bp_ours;
	struct bench_work bp_theirs;
	struct host_peer *bp_peer;
	struct crypto_session *bp_session;
	size_t		 bp_ivlen;
	size_t		 bp_len;
	size_t		 bp_stride;	/* from packet to packet */
	u_int8_t	*bp_bufs;	/* BENCH_BURST of them */
};
int	bench_peer_init(struct bench_peer *, const char *, const char *,
	    size_t);
void	bench_peer_free(struct bench_peer *);

#endif /* _BENCH_H_ */
