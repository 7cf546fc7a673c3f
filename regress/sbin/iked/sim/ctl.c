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
 * What ikectl(8) asks for: to show, to reset, to be passive, to leave the
 * kernel alone.
 */
#include <stdio.h>
#include <string.h>

#include "pair.h"

static int
buf_has(const struct buf *b, const char *word)
{
	return (memmem(b->b_data, b->b_len, word, strlen(word)) != NULL);
}

/* In every state there is something to show, and nothing secret. */
void
node_show(struct node *n)
{
	struct sim *s = n->n_sim;
	struct buf b = { 0 };
	int json;

	for (json = 0; json < 2; json++) {
		engine_show_sa(n->n_engine, &b, json);
		engine_show_stats(n->n_engine, &b, 0, json);
		if (b.b_failed || b.b_len == 0 || buf_has(&b, SIM_SECRET) ||
		    memchr(b.b_data, '\0', b.b_len) != NULL)
			sim_fail(s, "%s: shows %zu octets", n->n_name,
			    b.b_len);
		if (json && b.b_data[0] != '{' && b.b_data[0] != '[')
			sim_fail(s, "%s: JSON begins with %c", n->n_name,
			    b.b_data[0]);
		buf_clear(&b);
	}
}

/* By the peer's name, with a wrong one first. */
static void
ctl_reset(struct pair *p, int w)
{
	struct node *n = p->p_node[w];
	char id[32];
	uint32_t spi;

	spi = sadb_newest(n, 0, 1)->sa_k.ks_spi;
	if (engine_reset(n->n_engine, "FQDN/nobody") != 0)
		sim_fail(p->p_sim, "nobody was reset");
	snprintf(id, sizeof(id), "FQDN/%s0.example", p->p_node[!w]->n_name);
	if (engine_reset(n->n_engine, id) != 1)
		sim_fail(p->p_sim, "%s was not reset", id);
	sim_run(p->p_sim, 100);
	/* inbound waits for what is under way */
	if (sadb_newest(n, 0, 1) != NULL &&
	    sadb_newest(n, 0, 1)->sa_k.ks_spi == spi)
		sim_fail(p->p_sim, "an SA outlived the reset");
	pair_back(p, 10 * SIM_SEC);
	pair_settle(p, SIM_MIN);
}

static void
ctl_decouple(struct pair *p, int w)
{
	struct node *n = p->p_node[w];

	engine_couple(n->n_engine, 0);
	sim_run(p->p_sim, SIM_SEC);
	if (!TAILQ_EMPTY(&n->n_sas))
		sim_fail(p->p_sim, "%s: decoupled, and SAs are left",
		    n->n_name);
	node_rekey(n, 0);
	node_rekey(n, 1);
	sim_run(p->p_sim, 20 * SIM_SEC);
	if (!TAILQ_EMPTY(&n->n_sas))
		sim_fail(p->p_sim, "%s: decoupled, but makes SAs",
		    n->n_name);
	engine_couple(n->n_engine, 1);
	pair_back(p, 20 * SIM_SEC);
	pair_settle(p, 2 * SIM_MIN);
}

/* Passive: it answers and asks nothing. */
static void
ctl_passive(struct pair *p, int w)
{
	struct node *n = p->p_node[w];
	struct sim *s = p->p_sim;
	uint64_t sent;

	engine_active(n->n_engine, 0);
	p->p_node[!w]->n_cut = 1;
	sim_run(s, SIM_MIN);
	sent = n->n_sent;
	sim_run(s, 20 * SIM_MIN);
	if (n->n_sent != sent)
		sim_fail(s, "%s: passive, but sent %llu messages", n->n_name,
		    (unsigned long long)(n->n_sent - sent));
	p->p_node[!w]->n_cut = 0;
	engine_active(n->n_engine, 1);
	pair_back(p, 5 * SIM_MIN);
	pair_settle(p, 2 * SIM_MIN);
}

void
test_ctl(struct sim *s)
{
	struct pair p;
	int w = sim_below(s, 2);

	pair_make(&p, s);
	p.p_opt.o_active[1] = sim_below(s, 2);
	pair_startboth(&p);
	node_show(p.p_node[0]);
	sim_run(s, sim_below(s, 300));
	node_show(p.p_node[1]);
	pair_settle(&p, SIM_MIN);
	switch (s->s_seed % 3) {
	case 0:
		ctl_reset(&p, w);
		break;
	case 1:
		ctl_decouple(&p, w);
		break;
	case 2:
		ctl_passive(&p, w);
		break;
	}
	node_show(p.p_node[w]);
	pair_data(&p);
	pair_end(&p);
}
