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
 * Attackers without keys: with everything that was ever on the wire, and
 * with anybody's address.
 */
#include "pair.h"

/*
 * An attacker with a tape may keep a tunnel from coming up, but not take it
 * down.
 */
void
attack(struct pair *p, const struct attack *at)
{
	struct sim *s = p->p_sim;
	struct tape t;
	unsigned int i;

	tape_start(&t, s, at->at_mutating);
	t.t_spoil = at->at_mutating ? sim_below(s, 200) : 0;
	pair_startboth(p);
	sim_run(s, 20 * SIM_SEC);
	t.t_spoil = 0;
	pair_back(p, at->at_back);
	sim_run(s, at->at_quiet);
	pair_flows(p, 100);
	for (i = 0; i < 4; i++) {
		node_rekey(p->p_node[sim_below(s, 2)],
		    REKEY_FIRST + sim_below(s, 2));
		sim_run(s, sim_below(s, 20 * SIM_SEC));
	}
	tape_stop(&t);
	pair_settle(p, at->at_settle);
	if (pair_lost(p) > at->at_lost)
		sim_fail(s, "an attack lost %u packets", pair_lost(p));
	pair_data(p);
	pair_end(p);
}

static void
flood_one(struct sim *s, struct dgram *d)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		d->dg_data[i] = sim_random(s);
	for (i = 0; i < addr_len(&d->dg_src); i++)
		d->dg_src.ia_addr[i] = sim_random(s);
	d->dg_src.ia_addr[0] = d->dg_src.ia_family == 4 ? 100 : 0x20;
	d->dg_src.ia_port = 1024 + sim_below(s, 60000);
	sim_inject(s, d);
}

void
flood_for(struct sim *s, struct dgram *d, unsigned int times,
    unsigned int every)
{
	while (times-- > 0) {
		flood_one(s, d);
		sim_run(s, every);
	}
}

void
flood(struct pair *p, const struct flood *fl)
{
	unsigned int i, n, most = 0;
	struct sim *s = p->p_sim;
	struct engine_count ec;

	pair_flows(p, 100);
	for (i = 0; i < fl->fl_times; i++) {
		flood_one(s, fl->fl_first);
		n = i / fl->fl_every;
		if (i % fl->fl_every == fl->fl_every - 1)
			node_rekey(p->p_node[n % 2], fl->fl_kinds[n % 3]);
		sim_run(s, 2);
		engine_counts(p->p_node[1]->n_engine, &ec);
		if (ec.ec_sas > most)
			most = ec.ec_sas;
	}
	if (most > fl->fl_sas)
		sim_fail(s, "%u SAs of IKE in a flood", most);
	pair_settle(p, fl->fl_settle);
	if (pair_lost(p) != 0)
		sim_fail(s, "a flood lost %u packets", pair_lost(p));
}

void
noise(struct sim *s, struct buf *b)
{
	size_t i, len = sim_below(s, 60);

	for (i = 0; i < len; i++)
		buf_put8(b, sim_below(s, 3) == 0 ? sim_random(s) :
		    sim_below(s, 5));
}
