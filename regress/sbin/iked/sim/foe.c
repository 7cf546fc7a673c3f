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
 * Peers that are wrong, and attackers: without keys, with everything that
 * was ever on the wire, and with keys of an IKE SA that was never proved.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

/*
 * An attacker with a tape may keep a tunnel from coming up, but not take it
 * down: not a packet is lost.
 */
static void
attack(struct sim *s, int mutating)
{
	struct pair p;
	struct tape t;
	unsigned int i;

	pair_new(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	tape_start(&t, s, mutating);
	t.t_spoil = mutating ? sim_below(s, 200) : 0;
	pair_startboth(&p);
	sim_run(s, 20 * SIM_SEC);
	t.t_spoil = 0;
	pair_back(&p, 2 * SIM_MIN);
	sim_run(s, 5 * SIM_SEC);
	pair_flows(&p, 100);
	for (i = 0; i < 4; i++) {
		node_rekey(p.p_node[sim_below(s, 2)],
		    sim_below(s, 2));
		sim_run(s, sim_below(s, 20 * SIM_SEC));
	}
	tape_stop(&t);
	pair_settle(&p, 3 * SIM_MIN);
	/*
	 * If both ends begin, the second IKE SA may be held up so that it
	 * comes late and is closed while packets flow.
	 */
	if (pair_lost(&p) > (p.p_opt.o_active[1] ? 60 : 0))
		sim_fail(s, "an attack lost %u packets", pair_lost(&p));
	pair_data(&p);
	pair_end(&p);
}

void
test_junk(struct sim *s)
{
	attack(s, 0);
}

void
test_mutate(struct sim *s)
{
	attack(s, 1);
}

/* One IKE_SA_INIT request to multiply. */
static int
first_hook(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	struct dgram **first = arg;

	if (*first == NULL && from == s->s_node[0] &&
	    d->dg_data[18] == IKE_X_SA_INIT)
		*first = dgram_dup(d, d->dg_len);
	return (-1);
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
test_flood(struct sim *s)
{
	struct dgram *first = NULL;
	struct engine_count ec;
	unsigned int i, most = 0;
	struct pair p;

	pair_new(&p, s);
	p.p_opt.o_peer[1] = "peer any";
	s->s_hook = first_hook;
	s->s_hookarg = &first;
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 100);
	for (i = 0; i < 10000; i++) {
		flood_one(s, first);
		if (i % 1000 == 999)
			node_rekey(p.p_node[i / 1000 % 2],
			    i / 1000 % 3 == 0);
		sim_run(s, 2);
		engine_counts(p.p_node[1]->n_engine, &ec);
		if (ec.ec_sas > most)
			most = ec.ec_sas;
	}
	if (most > 100)
		sim_fail(s, "%u IKE SAs in a flood", most);
	pair_settle(&p, 2 * SIM_MIN);
	if (pair_lost(&p) != 0)
		sim_fail(s, "a flood lost %u packets", pair_lost(&p));

	/* who has to come back under a flood gets in by cookie */
	node_kill(p.p_node[0], 1);
	pair_start(&p, 0);
	for (i = 0; i < 1000; i++) {
		flood_one(s, first);
		sim_run(s, 10);
	}
	pair_back(&p, 1);
	free(first);
	pair_settle(&p, 2 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

static const struct mismatch {
	const char	*what;
	const char	*psk;
	const char	*ikesa;
	const char	*childsa;
	const char	*ts;
} mismatches[] = {
	{ "psk", "another-secret", NULL, NULL, NULL },
	{ "ikesa", NULL, "ikesa enc aes-128 auth hmac-sha1 "
	    "prf hmac-sha1 group modp1024", NULL, NULL },
	{ "childsa", NULL, NULL, "childsa enc aes-192-gcm", NULL },
	{ "selectors", NULL, NULL, NULL,
	    "from 192.168.7.0/24 to 172.31.8.0/24" }
};

/* Nothing comes of it, quietly, until somebody mends the configuration. */
void
test_wrong(struct sim *s)
{
	const struct mismatch *m = &mismatches[s->s_seed % 4];
	struct engine_count ec;
	struct pair p;
	int w, n;

	pair_new(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	w = sim_below(s, 2);
	p.p_opt.o_ikesa[!w] = m->ikesa == NULL ? NULL :
	    "ikesa enc aes-256-gcm group curve25519";
	p.p_opt.o_childsa[!w] = m->childsa == NULL ? NULL :
	    "childsa enc aes-128-gcm";
	p.p_opt.o_ts[!w] = m->ts == NULL ? NULL :
	    "from 10.0.0.0/8 to 10.0.0.0/8";
	p.p_opt.o_psk[w] = m->psk;
	p.p_opt.o_ikesa[w] = m->ikesa;
	p.p_opt.o_childsa[w] = m->childsa;
	p.p_opt.o_ts[w] = m->ts;
	pair_startboth(&p);
	sim_run(s, 5 * SIM_MIN);
	p.p_node[0]->n_maxsent = p.p_node[1]->n_maxsent = 0;
	sim_run(s, 10 * SIM_MIN);
	for (n = 0; n < 2; n++) {
		engine_counts(p.p_node[n]->n_engine, &ec);
		if (ec.ec_live != 0 ||
		    sadb_newest(p.p_node[n], 0, 1) != NULL)
			sim_fail(s, "%s: a tunnel that may not be", m->what);
		if (ec.ec_sas > 4)
			sim_fail(s, "%s: %u IKE SAs", m->what, ec.ec_sas);
		if (p.p_node[n]->n_maxsent > 20)
			sim_fail(s, "%s: %u messages a minute", m->what,
			    p.p_node[n]->n_maxsent);
	}
	p.p_opt.o_psk[w] = p.p_opt.o_psk[!w];
	p.p_opt.o_ikesa[w] = p.p_opt.o_ikesa[!w];
	p.p_opt.o_childsa[w] = p.p_opt.o_childsa[!w];
	p.p_opt.o_ts[w] = p.p_opt.o_ts[!w];
	node_config(p.p_node[w], pair_text(&p, w));
	pair_back(&p, 2 * SIM_MIN);
	pair_settle(&p, 2 * SIM_MIN);
	pair_data(&p);
	pair_end(&p);
}

/* The first group is not the peer's, at first and in rekeys. */
void
test_group(struct sim *s)
{
	struct pair p;
	int w = sim_below(s, 2);
	unsigned int i;

	pair_new(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	p.p_opt.o_ikesa[w] = "ikesa group ecp256 group curve25519";
	p.p_opt.o_ikesa[!w] = "ikesa group curve25519";
	p.p_opt.o_childsa[w] = "childsa group ecp256 group curve25519";
	p.p_opt.o_childsa[!w] = "childsa group curve25519";
	pair_startboth(&p);
	pair_back(&p, 10 * SIM_SEC);
	pair_settle(&p, SIM_MIN);
	pair_flows(&p, 100);
	for (i = 0; i < 6; i++) {
		node_rekey(p.p_node[i & 1], i & 2);
		if (sim_below(s, 2))
			sim_run(s, 15 * SIM_SEC);
	}
	pair_settle(&p, 2 * SIM_MIN);
	if (pair_lost(&p) != 0)
		sim_fail(s, "changing groups lost %u packets",
		    pair_lost(&p));
	pair_end(&p);
}
