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
 * A node's daemon: what it is told, when it is answered, and how it ends.
 */
#include <err.h>
#include <stdlib.h>

#include "world.h"

void *
answer_new(size_t len, void (*give)(struct answer *),
    void (*clear)(struct answer *))
{
	struct answer *an;

	if ((an = calloc(1, len)) == NULL)
		err(2, NULL);
	an->an_give = give;
	an->an_clear = clear;
	return (an);
}

static void
answer_free(struct answer *an)
{
	if (an->an_ev != NULL)
		sim_cancel(an->an_node->n_sim, an->an_ev);
	TAILQ_REMOVE(&an->an_node->n_answers, an, an_entry);
	an->an_clear(an);
	free(an);
}

static void
answer_give(void *arg)
{
	struct answer *an = arg;
	struct node *n = an->an_node;

	an->an_ev = NULL;
	history_who(n->n_sim, n->n_name);
	an->an_give(an);
	answer_free(an);
}

void
answer_later(struct node *n, struct answer *an)
{
	an->an_node = n;
	TAILQ_INSERT_TAIL(&n->n_answers, an, an_entry);
	if (n->n_cadelay == 0)
		answer_give(an);
	else
		an->an_ev = sim_at(n->n_sim, sim_below(n->n_sim,
		    n->n_cadelay), answer_give, an);
}

void
node_recv(struct node *n, const struct dgram *d, int natt)
{
	engine_recv(n->n_engine, &d->dg_dst, &d->dg_src, d->dg_data,
	    d->dg_len, natt);
}

void
node_expire(struct node *n, uint32_t spi, const struct ike_addr *dst,
    int hard)
{
	engine_expire(n->n_engine, spi, dst, hard);
}

void
node_rekey(struct node *n, int kind)
{
	history_who(n->n_sim, n->n_name);
	engine_rekey(n->n_engine, kind);
	history_who(n->n_sim, NULL);
}

static void
node_stopped(void *arg)
{
	struct node *n = arg;

	n->n_stopped++;
}

void
node_stop(struct node *n)
{
	history_who(n->n_sim, n->n_name);
	engine_stop(n->n_engine, node_stopped, n);
	history_who(n->n_sim, NULL);
}

/* flush: the machine dies; otherwise its kernel lives on. */
void
node_kill(struct node *n, int flush)
{
	struct answer *an;

	if (flush)
		sadb_flush(n);
	if (n->n_engine == NULL)
		return;
	while ((an = TAILQ_FIRST(&n->n_answers)) != NULL)
		answer_free(an);
	history_who(n->n_sim, n->n_name);
	engine_free(n->n_engine);
	history_who(n->n_sim, NULL);
	n->n_engine = NULL;
	node_forget(n);
	if (n->n_timers != 0)
		sim_fail(n->n_sim, "%s: %u timers of a dead engine",
		    n->n_name, n->n_timers);
}
