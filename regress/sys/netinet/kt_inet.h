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

/*
 * What the tests of IPv4 share: interfaces whose output can be looked at,
 * and packets.
 */
#ifndef _KT_INET_H_
#define _KT_INET_H_

#include <sys/ktest.h>
#include <sys/endian.h>
#include <sys/mbuf.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/icmp_var.h>
#include <netinet/in.h>
#include <netinet/in_cksum.h>
#include <netinet/in_var.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_var.h>

#define KTI_A(a, b, c, d) \
	htonl((u_int32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/*
 * The network of the tests: kti0 is a shared medium with 192.0.2.1/24,
 * kti1 a line 198.51.100.1 --> 198.51.100.2, and 203.0.113.0/24 is behind
 * its far end.
 */
#define KTI_US0		KTI_A(192, 0, 2, 1)
#define KTI_PEER0	KTI_A(192, 0, 2, 77)
#define KTI_BCAST0	KTI_A(192, 0, 2, 255)
#define KTI_US1		KTI_A(198, 51, 100, 1)
#define KTI_PEER1	KTI_A(198, 51, 100, 2)
#define KTI_FAR		KTI_A(203, 0, 113, 9)
#define KTI_NOWHERE	KTI_A(100, 64, 0, 1)

struct kti_if {
	struct ifnet		 ki_if;		/* first */
	struct mbuf_queue	 ki_out;	/* what was sent */
	int			 ki_error;	/* if_output refuses with it */
	int			 ki_attached;
};
extern struct kti_if kti0, kti1;

/* A fresh network, defaults everywhere; 0 or an errno. */
int	kti_setup(void);
int	kti_network(void);		/* the same, at once: errors may be
					 * too many for this second */
void	kti_cleanup(void);
/* Give an interface an address; 0 or an errno. */
int	kti_addr(struct kti_if *, in_addr_t, int, in_addr_t);
int	kti_deladdr(struct kti_if *, in_addr_t);
/* A route to a network of 24 bits; 0 or an errno. */
int	kti_addroute(in_addr_t, in_addr_t);
/* The route in table 0 to exactly this prefix, with a reference; or NULL. */
struct rtentry *kti_route(in_addr_t, int);

/* A packet with len bytes behind its header of 20, which is complete. */
struct mbuf *kti_packet(in_addr_t, in_addr_t, int, u_int);
/* Fill in the header's length and checksum again. */
void	kti_finish(struct mbuf *);
/* Let it come in, and all that follows from it happen. */
void	kti_input(struct kti_if *, struct mbuf *);
/* The next packet sent, for m_freem(); or NULL. */
struct mbuf *kti_sent(struct kti_if *);
unsigned int kti_nsent(struct kti_if *);	/* how many wait */

uint64_t kti_ipstat(enum ipstat_counters);
uint64_t kti_icmpstat(int);

#endif /* _KT_INET_H_ */
