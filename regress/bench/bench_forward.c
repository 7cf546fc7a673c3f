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
 * Two gateways, each a process of its own, and a wire between them:
 *
 *	load -> um0 [sender] um1 ==wire== um0 [receiver] um1 -> sink
 *
 * Each packet says which slot it belongs to: one cipher, one size, one run.
 * The last packet of a slot has SLOT_END set; both sides then print what
 * the slot cost their process.
 */
#include "bench.h"

#include <sys/proc.h>

#include <netinet/if_ether.h>
#include <netinet/ip_var.h>

#include <machine/host.h>
#include <machine/if_um.h>
#include <machine/sched.h>
#include <machine/softnet.h>

#define BF_SENDER	BENCH_A(192, 0, 2, 1)	/* the wire */
#define BF_RECEIVER	BENCH_A(192, 0, 2, 2)
#define BF_LOAD		BENCH_A(10, 0, 0, 9)	/* who sends, to 10.1.c.9 */
#define BF_LOADGW	BENCH_A(10, 0, 0, 1)
#define BF_SINKGW	BENCH_A(10, 1, 0, 1)
#define BF_SINK(c)	BENCH_A(10, 1, (c), 9)
#define BF_INNER(c, n)	BENCH_A(169, 254, (c), (n))

#define BF_RUNS		5
#define BF_SLOT		100000	/* us of cipher in a slot */
#define BF_MINIMUM	512	/* packets in a slot */
#define BF_BATCH	64	/* frames of load at a time */

#define SLOT_END	0x80000000U
#define SLOT_WARM	0x7ffffffeU	/* warms up, is not reported */
#define SLOT_LAST	0xffffffffU

/* What a slot has cost so far; the softnet's thread alone. */
struct bf_cost {
	uint64_t	bf_cpu;		/* ns */
	uint64_t	bf_wakeups;
	uint64_t	bf_clocks;
	uint64_t	bf_packets;	/* that left by um1 */
};

static struct ifnet	*bf_um1;
static struct bf_cost	 bf_begin;

static void
cost_now(struct bf_cost *c)
{
	c->bf_cpu = host_cputime();
	c->bf_wakeups = sched_unparks() + softnet_kicks();
	c->bf_clocks = bench_clocks();
	c->bf_packets = bf_um1->if_snd.ifq_packets;
}

/* What a slot has cost since bf_begin. */
static struct bf_cost
cost_since(void)
{
	struct bf_cost c;

	cost_now(&c);
	c.bf_cpu -= bf_begin.bf_cpu;
	c.bf_wakeups -= bf_begin.bf_wakeups;
	c.bf_clocks -= bf_begin.bf_clocks;
	c.bf_packets -= bf_begin.bf_packets;
	return (c);
}

static u_int32_t
slot_number(unsigned int c, unsigned int s, unsigned int run)
{
	return ((c * BENCH_NSIZES + s) * (BF_RUNS + 1) + run);
}

/*
 * The sender.  Its load is a second NIC of the softnet, which hands frames
 * to um0 whenever um1 has sent all it had: nothing is dropped, and when
 * the wire is full the thread sleeps until there is room.
 */
static struct {
	int		 running;	/* atomic */
	int		 begun;
	int		 ended;		/* the last packet was sent */
	unsigned int	 left;		/* packets */
	unsigned int	 made;		/* packets, with the last */
	unsigned int	 len;		/* of a frame */
	uint64_t	 spent;		/* clocks of making load */
	struct bf_cost	 cost;
	u_int32_t	 slot;
	u_int8_t	 frame[BENCH_PKTMAX];
} load;

static unsigned int	load_step(void *, unsigned int);

static struct softnet_nic load_nic = { .sn_recv = load_step };

static void
load_slot(u_int32_t slot)
{
	memcpy(load.frame + ETHER_HDR_LEN + sizeof(struct ip), &slot,
	    sizeof(slot));
}

static void
load_batch(void)
{
	uint64_t begin = bench_clocks();
	unsigned int i, n = MIN(load.left, BF_BATCH);

	if (n == 0) {
		load_slot(load.slot | SLOT_END);
		load.ended = n = 1;
	} else
		load.left -= n;
	load.made += n;
	for (i = 0; i < n; i++) {
		if (um_inject(0, load.frame, load.len) != 0)
			panic("bench: no room for a frame");
	}
	load.spent += bench_clocks() - begin;
}

/* Has all that was made left by um1?  What ARP sent does no harm. */
static int
load_left(void)
{
	struct ifqueue *ifq = &bf_um1->if_snd;

	return (ifq->ifq_packets - bf_begin.bf_packets >= load.made &&
	    ifq_empty(ifq) && !ifq_is_oactive(ifq));
}

static unsigned int
load_step(void *arg, unsigned int max)
{
	if (!__atomic_load_n(&load.running, __ATOMIC_ACQUIRE))
		return (0);
	if (!load.begun) {
		load.begun = 1;
		cost_now(&bf_begin);
	}
	if (!load_left())
		return (0);
	if (!load.ended) {
		load_batch();
		return (1);
	}
	load.cost = cost_since();
	__atomic_store_n(&load.running, 0, __ATOMIC_RELEASE);
	wakeup(&load);
	return (0);
}

/*
 * Send a slot of n packets to a sink, and wait until all have left; 0, or
 * ETIMEDOUT when some got lost.
 */
static int
load_run(u_int32_t slot, unsigned int c, int size, unsigned int n)
{
	memset(&load, 0, sizeof(load));
	load.left = n;
	load.len = ETHER_HDR_LEN + size;
	load.slot = slot;
	bench_ether(0, load.frame);
	bench_packet(load.frame + ETHER_HDR_LEN, BF_LOAD, BF_SINK(c), size);
	load_slot(slot);
	__atomic_store_n(&load.running, 1, __ATOMIC_RELEASE);
	softnet_kick(softnet_of(0));
	while (__atomic_load_n(&load.running, __ATOMIC_ACQUIRE)) {
		if (tsleep_nsec(&load, PWAIT, "load",
		    SEC_TO_NSEC(BENCH_WAIT)) != 0)
			return (ETIMEDOUT);
	}
	/* the other side prints, and goes to sleep */
	kt_sleep(MSEC_TO_NSEC(5));
	return (0);
}

/* One run; 0 or errno. */
static int
sender_slot(unsigned int c, unsigned int s, unsigned int run)
{
	int size = bench_sizes[s];
	struct bench_alone ba;
	uint64_t enc, dec;
	unsigned int n;

	bench_alone_init(&ba, bench_tdb(c, BF_RECEIVER), size);
	enc = bench_window(&ba.ba_encrypt, 5000);
	dec = bench_window(&ba.ba_decrypt, 5000);
	bench_alone_free(&ba);
	n = kt_count(BF_SLOT) * (bench_hz() / 10000) / (enc + dec);
	n = MAX(n, BF_MINIMUM);

	if (load_run(slot_number(c, s, run), c, size, n) != 0)
		return (ETIMEDOUT);
	kt_say("sent %u forward/%s/%d %u %llu %llu %llu %llu\n",
	    slot_number(c, s, run), bench_ciphers[c].bc_name, size, run,
	    (unsigned long long)n,
	    (unsigned long long)load.cost.bf_cpu -
	    load.spent * 1000 / (bench_hz() / 1000000),
	    (unsigned long long)load.cost.bf_wakeups,
	    (unsigned long long)(enc + dec));
	return (0);
}

/*
 * The receiver.
 */
static struct {
	u_int32_t	slot;
	int		open;
	int		last;		/* atomic */
	uint64_t	heard;		/* atomic: packets */
} recv = { .slot = SLOT_LAST };

static void
receiver_end(void)
{
	struct bf_cost c = cost_since();

	kt_say("received %u %llu %llu %llu %llu\n", recv.slot,
	    (unsigned long long)c.bf_packets, (unsigned long long)c.bf_cpu,
	    (unsigned long long)c.bf_wakeups,
	    (unsigned long long)c.bf_clocks);
}

/* In front of secN's own input: whose packet is it? */
static void
receiver_input(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	u_int32_t slot;

	m_copydata(m, sizeof(struct ip), sizeof(slot), &slot);
	__atomic_store_n(&recv.heard, recv.heard + 1, __ATOMIC_RELAXED);
	if (slot == SLOT_LAST) {
		__atomic_store_n(&recv.last, 1, __ATOMIC_RELEASE);
	} else if (ISSET(slot, SLOT_END)) {
		if (recv.open)
			receiver_end();
		recv.open = 0;
	} else if (!recv.open || slot != recv.slot) {
		recv.slot = slot;
		recv.open = 1;
		cost_now(&bf_begin);
	}
	p2p_input(ifp, m, ns);
}

/* Until the end, or until nothing has come for a while; 0 or ETIMEDOUT. */
static int
receiver_wait(void)
{
	uint64_t before = 0, now;
	unsigned int quiet = 0;

	while (!__atomic_load_n(&recv.last, __ATOMIC_ACQUIRE)) {
		kt_sleep(MSEC_TO_NSEC(100));
		now = __atomic_load_n(&recv.heard, __ATOMIC_RELAXED);
		quiet = now == before ? quiet + 1 : 0;
		before = now;
		if (quiet > BENCH_WAIT * 10)
			return (ETIMEDOUT);
	}
	return (0);
}

/*
 * Both.
 */

static int
bf_tunnels(in_addr_t us, in_addr_t peer, int n)
{
	char name[IFNAMSIZ];
	unsigned int c;
	int error;

	for (c = 0; c < BENCH_NCIPHERS; c++) {
		snprintf(name, sizeof(name), "sec%u", c);
		if ((error = bench_sec(c, &bench_ciphers[c], us, peer)) != 0 ||
		    (error = bench_address(name, BF_INNER(c, n), 30,
		    BF_INNER(c, 3 - n))) != 0)
			return (error);
	}
	return (0);
}

static int
bf_setup(void)
{
	int error;

	if ((error = bench_start()) != 0)
		return (error);
	ip_forwarding = 1;
	return ((bf_um1 = if_unit("um1")) == NULL ? ENXIO : 0);
}

static int
sender_setup(void)
{
	unsigned int c;
	int error;

	if ((error = bf_setup()) != 0 ||
	    (error = bench_address("um0", BF_LOADGW, 24, 0)) != 0 ||
	    (error = bench_address("um1", BF_SENDER, 24, 0)) != 0 ||
	    (error = bf_tunnels(BF_SENDER, BF_RECEIVER, 1)) != 0)
		return (error);
	for (c = 0; c < BENCH_NCIPHERS; c++) {
		error = bench_route(BF_SINK(c) & BENCH_A(255, 255, 255, 0),
		    24, BF_INNER(c, 2));
		if (error != 0 || (error = bench_routed(BF_SINK(c))) != 0)
			return (error);
	}
	softnet_nic_add(softnet_of(0), &load_nic);
	/* the other side is there */
	return (bench_routed(BF_RECEIVER));
}

KTEST(bench_forward_send, "clocks from gateway to gateway: the first")
{
	unsigned int c, s, run;

	KT_EQ(sender_setup(), 0);
	/* a packet that waits for ARP, and may be all that it waits with */
	KT_EQ(load_run(SLOT_WARM, 0, 64, 1), 0);
	KT_EQ(bench_known(BF_RECEIVER), 0);
	for (run = 0; run <= BF_RUNS; run++) {
		for (c = 0; c < BENCH_NCIPHERS; c++) {
			for (s = 0; s < BENCH_NSIZES; s++)
				KT_EQ(sender_slot(c, s, run), 0);
		}
	}
	KT_EQ(load_run(SLOT_LAST, 0, 64, 0), 0);
	kt_say("hz %llu\n", (unsigned long long)bench_hz());
	softnet_nic_del(softnet_of(0), &load_nic);
	bench_stop();
	if_put(bf_um1);
}

KTEST(bench_forward_receive, "clocks from gateway to gateway: the second")
{
	char name[IFNAMSIZ];
	struct ifnet *ifp;
	unsigned int c;

	KT_EQ(bf_setup(), 0);
	KT_EQ(bench_address("um0", BF_RECEIVER, 24, 0), 0);
	KT_EQ(bench_address("um1", BF_SINKGW, 16, 0), 0);
	KT_EQ(bf_tunnels(BF_RECEIVER, BF_SENDER, 2), 0);
	for (c = 0; c < BENCH_NCIPHERS; c++) {
		KT_EQ(bench_neighbour(1, BF_SINK(c), BF_SINKGW), 0);
		snprintf(name, sizeof(name), "sec%u", c);
		KT_ASSERT((ifp = if_unit(name)) != NULL);
		NET_LOCK();
		ifp->if_input = receiver_input;
		NET_UNLOCK();
		if_put(ifp);
	}
	kt_say("ready\n");
	KT_EQ(receiver_wait(), 0);
	bench_stop();
	if_put(bf_um1);
}
