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

#include "pair.h"

static void
tape(struct sim *s, int mutating)
{
	struct attack at = {
		.at_mutating = mutating, .at_back = 2 * SIM_MIN,
		.at_quiet = 5 * SIM_SEC, .at_settle = 3 * SIM_MIN
	};
	struct pair p;

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	/*
	 * If both ends begin, the second IKE SA may be held up so that it
	 * comes late and is closed while packets flow.
	 */
	at.at_lost = p.p_opt.o_active[1] ? 60 : 0;
	attack(&p, &at);
}

void
test_junk(struct sim *s)
{
	tape(s, 0);
}

void
test_mutate(struct sim *s)
{
	tape(s, 1);
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

void
test_flood(struct sim *s)
{
	struct flood fl = {
		.fl_times = 10000, .fl_every = 1000, .fl_sas = 100,
		.fl_kinds = { REKEY_IKE, REKEY_CHILD, REKEY_CHILD },
		.fl_settle = 2 * SIM_MIN
	};
	struct pair p;

	pair_make(&p, s);
	p.p_opt.o_peer[1] = "peer any";
	s->s_hook = first_hook;
	s->s_hookarg = &fl.fl_first;
	pair_startboth(&p);
	pair_settle(&p, SIM_MIN);
	flood(&p, &fl);

	/* who has to come back under a flood gets in by cookie */
	node_kill(p.p_node[0], 1);
	pair_start(&p, 0);
	flood_for(s, fl.fl_first, 1000, 10);
	pair_back(&p, 1);
	free(fl.fl_first);
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
	struct pair p;
	int w;

	pair_make(&p, s);
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
	pair_none(&p, m->what);
	p.p_opt.o_psk[w] = p.p_opt.o_psk[!w];
	p.p_opt.o_ikesa[w] = p.p_opt.o_ikesa[!w];
	p.p_opt.o_childsa[w] = p.p_opt.o_childsa[!w];
	p.p_opt.o_ts[w] = p.p_opt.o_ts[!w];
	pair_reload(&p, w);
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

	pair_make(&p, s);
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
