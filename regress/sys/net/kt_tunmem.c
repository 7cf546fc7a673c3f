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

#include "kt_tunlib.h"

/*
 * B15: a tunnel without memory, at each allocation on its way out and in:
 * the packet arrives as it was or is lost, and counted; nothing leaks, and
 * the tunnel works again.
 */

#define MOST	400	/* allocations that one packet may need */

struct way {
	int	w_oaf, w_natt, w_iaf, w_len, w_df, w_shared;
	u_int	w_link;		/* 1500, or less: it goes in pieces */
};

static const struct way ways[] = {
	{ AF_INET, 0, AF_INET, 500, 0, 1, 1500 },
	{ AF_INET, 0, AF_INET6, 500, 1, 0, 1500 },
	{ AF_INET, 1, AF_INET, 500, 0, 1, 1500 },
	{ AF_INET, 1, AF_INET6, 1280, 0, 0, 700 },
	{ AF_INET, 0, AF_INET, 1280, 1, 1, 700 },
	{ AF_INET6, 0, AF_INET, 500, 1, 0, 1500 },
	{ AF_INET6, 0, AF_INET6, 500, 0, 1, 1500 },
	{ AF_INET6, 1, AF_INET, 500, 0, 0, 1500 },
	{ AF_INET6, 1, AF_INET6, 1280, 0, 1, 1280 },
	{ AF_INET6, 0, AF_INET, 1280, 1, 0, 1280 },
};

static int walked;

static void
walk(const struct way *w, int alg)
{
	unsigned long nth, refused = 1;
	u_int lost = 0, counted;
	struct sec_stats ss;
	struct ktun_fate f;
	struct ktun t;
	uint64_t big = 0;

	memset(&t, 0, sizeof(t));
	t.t_oaf = w->w_oaf;
	t.t_natt = w->w_natt;
	t.t_df = w->w_df;
	t.t_ns = kt_random() & 1;
	t.t_shared = w->w_shared;
	t.t_alg = alg;
	t.t_mtu = 1280;
	t.t_link = w->w_link;
	KT_EQ(ktun_begin(&t), 0);
	for (nth = 1; refused != 0; nth++) {
		KT_ASSERT(nth < MOST);
		malloc_fail_nth(nth);
		f = ktun_send(&t, w->w_iaf, w->w_len, 0);
		refused = malloc_failed();
		malloc_fail_nth(0);
		/*
		 * What could not be pulled up was lost by the test; what
		 * could not be kept, to be cut if it must, is too big.
		 */
		ksec_stats(0, &ss);
		counted = ktun_losses() + f.f_torn + ss.ss_otoobig - big;
		big = ss.ss_otoobig;
		if (f.f_what == KTUN_LOST)
			lost++;
		else
			KT_EQ(f.f_what, KTUN_ARRIVED);
		KT_ASSERT(f.f_what == KTUN_ARRIVED || counted > 0);
		/* a fragment alone waits for the others in vain */
		if (f.f_what == KTUN_LOST)
			kt_sleep(SEC_TO_NSEC(61));
		(void)ktun_losses();
	}
	KT_ASSERT(lost >= 2);
	KT_EQ(f.f_what, KTUN_ARRIVED);
	KT_EQ(ktun_end(), 0);
	walked = 1;
}

KTEST(b15_tunnel, "B15: each allocation fails: families, NAT-T, fragments")
{
	u_int i;

	for (i = 0; i < nitems(ways); i++) {
		walked = 0;
		walk(&ways[i], kt_random() % ktun_nalgs);
		if (!walked) {
			kt_say("way %u\n", i);
			break;
		}
	}
}

/* A neighbour is asked for, answers, and gets what has waited. */
KTEST(b15_neighbour, "B15: neighbours are looked for without memory")
{
	unsigned long nth, refused = 1, buffers;
	struct n6_msg nm;
	int len, got = 0;

	KT_EQ(n6_setup_addr(), 0);
	buffers = m_inuse() + m_clinuse();
	for (nth = 1; refused != 0; nth++) {
		KT_ASSERT(nth < MOST);
		malloc_fail_nth(nth);
		(void)n6_send(n6_addr(0, 1000 + nth), 100);
		len = n6_make(&nm, ND_NEIGHBOR_ADVERT, n6_addr(0, 1000 + nth),
		    N6_US, n6_addr(0, 1000 + nth), ND_NA_FLAG_SOLICITED |
		    ND_NA_FLAG_OVERRIDE, 1000 + nth);
		n6_in(N6ETH, &nm, len);
		refused = malloc_failed();
		malloc_fail_nth(0);
		got = n6_sentdata(1000 + nth);
		KT_ASSERT(got == -1 || got == 100);
		/* questions that nobody answers are not asked for ever */
		kt_sleep(SEC_TO_NSEC(30));
		mq_purge(&n60.n6_out);
		KT_EQ(m_inuse() + m_clinuse(), buffers);
	}
	KT_ASSERT(nth > 3);
	KT_EQ(got, 100);
	n6_cleanup();
}
