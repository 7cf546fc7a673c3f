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
 * One gateway's half of a tunnel: from sec_output() to a NIC that swallows
 * frames, and from a NIC to what sec_input() hands up; with one SA, and
 * with thousands used by turns.  um0 is "inject:sink" or "inject:".
 */
#include "bench.h"

#include <sys/malloc.h>

#include <netinet/if_ether.h>

#include <machine/if_um.h>

#define BS_US		BENCH_A(192, 0, 2, 1)
#define BS_PEER		BENCH_A(192, 0, 2, 2)
#define BS_SRC		BENCH_A(10, 0, 0, 9)
#define BS_DST		BENCH_A(10, 1, 0, 9)
#define BS_RUNS		7
#define BS_PEERSIZE	1400
#define BS_TRAILER	2	/* of ESP, before it is padded */
#define BS_STRIDE	7919		/* no unit's neighbour comes next */

struct bs_path {
	struct bench_work bp_work;
	struct ifnet	**bp_ifs;
	unsigned int	 bp_nifs;
	unsigned int	 bp_next;
	int		 bp_size;	/* of the inner packet, bytes */
	unsigned int	 bp_bursts;	/* so far */
	uint64_t	 bp_base;	/* packets before this burst */
	struct mbuf	*bp_m[BENCH_BURST];
	u_int8_t	 bp_packet[BENCH_PKTMAX];
};

static struct ifnet	*bs_um0;
static uint64_t		 bs_nreceived;

/*
 * Out.
 */

static void
output_prepare(struct bench_work *w)
{
	struct bs_path *bp = w->bw_arg;
	struct mbuf *m;
	int i;

	for (i = 0; i < BENCH_BURST; i++) {
		m = m_getpacket(M_DONTWAIT, M_RXHEADROOM, bp->bp_size,
		    M_RXTAILROOM);
		if (m == NULL)
			panic("bench: no mbuf");
		memcpy(mtod(m, caddr_t), bp->bp_packet, bp->bp_size);
		m->m_len = m->m_pkthdr.len = bp->bp_size;
		bp->bp_m[i] = m;
	}
	bp->bp_next = (bp->bp_next + BS_STRIDE) % bp->bp_nifs;
	bp->bp_bursts++;
}

static void
output_go(struct bench_work *w)
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_addr.s_addr = BS_DST };
	struct bs_path *bp = w->bw_arg;
	struct ifnet *ifp = bp->bp_ifs[bp->bp_next];
	int i;

	bp->bp_base = bs_um0->if_snd.ifq_packets;
	NET_LOCK_SHARED();
	for (i = 0; i < BENCH_BURST; i++)
		ifp->if_output(ifp, bp->bp_m[i], sintosa(&sin), NULL);
	NET_UNLOCK_SHARED();
}

static int
output_done(struct bench_work *w)
{
	struct bs_path *bp = w->bw_arg;

	return (bs_um0->if_snd.ifq_packets - bp->bp_base == BENCH_BURST &&
	    ifq_empty(&bs_um0->if_snd));
}

/*
 * In: what left by um0 is turned round, so that sequence numbers rise.
 */

static void
input_sink(struct ifnet *ifp, struct mbuf *m, struct netstack *ns)
{
	bs_nreceived++;
	m_freem(m);
}

static void
input_prepare(struct bench_work *w)
{
	output_prepare(w);
	output_go(w);
}

/* Swap addresses, which the header's sum does not notice; 0: not ESP. */
static int
input_turn(u_int8_t *frame)
{
	u_int8_t *src = frame + ETHER_HDR_LEN + offsetof(struct ip, ip_src);
	u_int8_t *dst = frame + ETHER_HDR_LEN + offsetof(struct ip, ip_dst);
	struct in_addr addr;

	if (frame[ETHER_HDR_LEN + offsetof(struct ip, ip_p)] != IPPROTO_ESP)
		return (0);
	memcpy(&addr, src, sizeof(addr));
	memcpy(src, dst, sizeof(addr));
	memcpy(dst, &addr, sizeof(addr));
	bench_ether(0, frame);
	return (1);
}

static int
input_ready(struct bench_work *w)
{
	static u_int8_t frame[BENCH_PKTMAX];
	struct bs_path *bp = w->bw_arg;
	unsigned int len;

	if (!output_done(w))
		return (0);
	while ((len = um_collect(0, frame, sizeof(frame))) > 0) {
		/* there may be ARP's, too */
		if (input_turn(frame))
			um_inject(0, frame, len);
	}
	bp->bp_base = bs_nreceived;
	return (1);
}

/* The next round of the softnet finds the frames at the NIC. */
static void
input_go(struct bench_work *w)
{
}

static int
input_done(struct bench_work *w)
{
	struct bs_path *bp = w->bw_arg;

	return (bs_nreceived - bp->bp_base == BENCH_BURST);
}

static const struct bench_work bs_output = {
	output_prepare, NULL, output_go, output_done, NULL
};
static const struct bench_work bs_input = {
	input_prepare, input_ready, input_go, input_done, NULL
};

static void
bs_path_init(struct bs_path *bp, const struct bench_work *w,
    struct ifnet **ifs, unsigned int n, int size)
{
	memset(bp, 0, sizeof(*bp));
	bp->bp_work = *w;
	bp->bp_work.bw_arg = bp;
	bp->bp_ifs = ifs;
	bp->bp_nifs = n;
	bp->bp_size = size;
	bench_packet(bp->bp_packet, BS_SRC, BS_DST, size);
}

/* n interfaces with SAs; of the first ciphers by turns when all != 0. */
static int
bs_units(struct ifnet **ifs, unsigned int n, int all)
{
	char name[IFNAMSIZ];
	unsigned int i;
	int error;

	for (i = 0; i < n; i++) {
		error = bench_sec(i, &bench_ciphers[all ?
		    i % BENCH_NCIPHERS : 0], BS_US, BS_PEER);
		snprintf(name, sizeof(name), "sec%u", i);
		if (error != 0 || (ifs[i] = if_unit(name)) == NULL)
			return (error != 0 ? error : ENXIO);
		NET_LOCK();
		ifs[i]->if_input = input_sink;
		NET_UNLOCK();
	}
	return (0);
}

static void
bs_units_put(struct ifnet **ifs, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if_put(ifs[i]);
}

static int
bs_setup(void)
{
	int error;

	if ((error = bench_start()) != 0)
		return (error);
	if ((bs_um0 = if_unit("um0")) == NULL)
		return (ENXIO);
	if ((error = bench_address("um0", BS_US, 24, 0)) != 0)
		return (error);
	return (bench_neighbour(0, BS_PEER, BS_US));
}

static void
bs_cleanup(void)
{
	kt_say("hz %llu\n", (unsigned long long)bench_hz());
	bench_stop();
	if_put(bs_um0);
}

/*
 * Every cipher with every size.
 */

/* All of output against another library's cipher alone. */
static int
bs_against(const char *name, struct bs_path *bp, unsigned int c)
{
	static struct bench_peer peer;
	int error;

	error = bench_peer_init(&peer, "ipsec-mb", bench_ciphers[c].bc_name,
	    roundup(bp->bp_size + BS_TRAILER, 4));
	if (error != 0)
		return (error == ENOENT ? 0 : error);
	error = bench_compare(name, "ipsec-mb", &bp->bp_work,
	    &peer.bp_theirs, BS_RUNS);
	bench_peer_free(&peer);
	return (error);
}

static int
bs_figure(const char *what, const struct bench_work *w, struct ifnet **ifs,
    unsigned int c, int size)
{
	static struct bs_path bp;
	struct bench_alone ba;
	char name[64];
	int error;

	snprintf(name, sizeof(name), "%s/%s/%d", what,
	    bench_ciphers[c].bc_name, size);
	bs_path_init(&bp, w, ifs + c, 1, size);
	bench_alone_init(&ba, bench_tdb(c, BS_PEER), size);
	error = bench_compare(name, "cipher", &bp.bp_work,
	    w->bw_ready == NULL ? &ba.ba_encrypt : &ba.ba_decrypt, BS_RUNS);
	bench_alone_free(&ba);
	if (error == 0 && w->bw_ready == NULL && size == BS_PEERSIZE)
		error = bs_against(name, &bp, c);
	return (error);
}

static void
bs_figures(const char *what, const struct bench_work *w)
{
	struct ifnet *ifs[BENCH_NCIPHERS];
	unsigned int c, s;

	KT_EQ(bs_setup(), 0);
	KT_EQ(bs_units(ifs, BENCH_NCIPHERS, 1), 0);
	for (c = 0; c < BENCH_NCIPHERS; c++) {
		for (s = 0; s < BENCH_NSIZES; s++)
			KT_EQ(bs_figure(what, w, ifs, c, bench_sizes[s]), 0);
	}
	bs_units_put(ifs, BENCH_NCIPHERS);
	bs_cleanup();
}

KTEST(bench_output, "clocks from sec_output() to a NIC without a wire")
{
	bs_figures("output", &bs_output);
}

KTEST(bench_input, "clocks from a NIC to what sec_input() hands up")
{
	bs_figures("input", &bs_input);
}

/*
 * Many SAs by turns, against one.
 */

static void
bs_scale(const char *suffix, const struct bench_work *w)
{
	static struct bs_path many, one;
	unsigned int n = kt_count(10000);
	struct ifnet **ifs;
	char name[64];

	KT_EQ(bs_setup(), 0);
	ifs = mallocarray(n, sizeof(*ifs), M_TEMP, M_WAITOK | M_ZERO);
	KT_EQ(bs_units(ifs, n, 0), 0);
	snprintf(name, sizeof(name), "scale/sas-%u%s", n, suffix);
	bs_path_init(&many, w, ifs, n, 64);
	bs_path_init(&one, w, ifs, 1, 64);
	/* none is used for the first time while the clock runs */
	while (many.bp_bursts < n)
		KT_ASSERT(bench_window(&many.bp_work, 10000) != 0);
	KT_EQ(bench_compare(name, "one-sa", &many.bp_work, &one.bp_work,
	    BS_RUNS), 0);
	bs_units_put(ifs, n);
	free(ifs, M_TEMP, n * sizeof(*ifs));
	bs_cleanup();
}

KTEST(bench_scale_output, "bursts to 10,000 interfaces by turns")
{
	bs_scale("", &bs_output);
}

KTEST(bench_scale_input, "bursts from 10,000 SAs by turns")
{
	bs_scale("/input", &bs_input);
}
