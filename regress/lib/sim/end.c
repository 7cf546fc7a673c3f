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
 * The lower half of a node's world, that of either version: its clock, its
 * sockets, its kernel.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sim.h"

uint64_t
node_now(void *arg)
{
	struct node *n = arg;

	return (n->n_sim->s_now);
}

int64_t
node_time(void *arg)
{
	struct node *n = arg;

	return (sim_time(n->n_sim));
}

void
node_random(void *arg, void *buf, size_t len)
{
	struct node *n = arg;
	uint8_t *p = buf;

	while (len-- > 0)
		*p++ = sim_random(n->n_sim) >> 24;
}

/* A timer's event; ta_timer is the engine's, until it fires. */
struct tick {
	struct node	*ti_node;
	struct timer	*ti_timer;
	struct event	*ti_ev;
};

static void
node_tick(void *arg)
{
	struct tick *ti = arg;
	struct node *n = ti->ti_node;
	struct timer *t = ti->ti_timer;

	free(ti);
	t->t_world = NULL;
	n->n_timers--;
	history_who(n->n_sim, n->n_name);
	t->t_fn(t->t_arg);
	history_who(n->n_sim, NULL);
}

void
node_untimer(void *arg, struct timer *t)
{
	struct node *n = arg;
	struct tick *ti = t->t_world;

	if (ti == NULL)
		return;
	if (ti->ti_node != n || ti->ti_timer != t)
		sim_fail(n->n_sim, "%s: timer that was moved", n->n_name);
	sim_cancel(n->n_sim, ti->ti_ev);
	free(ti);
	t->t_world = NULL;
	n->n_timers--;
}

void
node_timer(void *arg, struct timer *t, uint64_t ms)
{
	struct node *n = arg;
	struct tick *ti;

	node_untimer(n, t);
	if ((ti = malloc(sizeof(*ti))) == NULL)
		err(2, NULL);
	ti->ti_node = n;
	ti->ti_timer = t;
	ti->ti_ev = sim_at(n->n_sim, ms, node_tick, ti);
	t->t_world = ti;
	n->n_timers++;
}

static void
count_sent(struct node *n)
{
	uint64_t minute = n->n_sim->s_now / SIM_MIN;

	if (minute != n->n_minute) {
		n->n_minute = minute;
		n->n_insent = 0;
	}
	n->n_sent++;
	if (++n->n_insent > n->n_maxsent)
		n->n_maxsent = n->n_insent;
}

int
node_send(void *arg, const struct ike_addr *local,
    const struct ike_addr *peer, const void *data, size_t len, int marker)
{
	struct node *n = arg;
	struct sim *s = n->n_sim;

	if (local->ia_port != n->n_port && local->ia_port != n->n_natt)
		sim_fail(s, "%s: send from %s", n->n_name,
		    addr_print(local));
	if (n->n_force && local->ia_port != n->n_natt)
		sim_fail(s, "%s: send from the port it has not", n->n_name);
	if (!marker != (local->ia_port != n->n_natt))
		sim_fail(s, "%s: send from %s %s marker", n->n_name,
		    addr_print(local), marker ? "with" : "without");
	if (peer->ia_port == 0 || addr_len(peer) == 0)
		sim_fail(s, "%s: send to %s", n->n_name, addr_print(peer));
	if (len < IKE_HDRLEN)
		sim_fail(s, "%s: send %zu octets", n->n_name, len);
	if (!addr_same(local, &n->n_addr))
		return (EADDRNOTAVAIL);
	count_sent(n);
	sim_send(s, n, local, peer, data, len, marker);
	return (0);
}

void
node_keepalive(void *arg, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	struct node *n = arg;
	struct ike_addr src = *local;

	if (local->ia_port != n->n_natt)
		sim_fail(n->n_sim, "%s: keepalive from %s", n->n_name,
		    addr_print(local));
	n->n_keepalives++;
	if (n->n_nat != NULL && !n->n_cut && addr_same(local, &n->n_addr))
		nat_out(n->n_sim, n->n_nat, &src);
}

int
node_source(void *arg, const struct ike_addr *peer, struct ike_addr *local)
{
	struct node *n = arg;

	if (peer->ia_family != n->n_addr.ia_family)
		return (EHOSTUNREACH);
	*local = n->n_addr;
	return (0);
}

int
node_getspi(void *arg, const struct ksa *k, uint32_t *spi)
{
	return (sadb_getspi(arg, k, spi));
}

int
node_addsa(void *arg, const struct ksa *k)
{
	return (sadb_add(arg, k));
}

int
node_movesa(void *arg, const struct ksa *old, const struct ksa *new)
{
	return (sadb_move(arg, old, new));
}

int
node_delsa(void *arg, const struct ksa *k)
{
	return (sadb_del(arg, k));
}

int
node_statsa(void *arg, const struct ksa *k, struct ksa_stat *kt)
{
	return (sadb_stat(arg, k, kt));
}

/* The world is the node's own: a test may change it. */
struct node *
end_new(struct sim *s, const char *name, const char *addr,
    const struct world *w, size_t len)
{
	struct node *n;

	if (s->s_nnodes == SIM_NODES)
		errx(2, "more than %d nodes", SIM_NODES);
	if ((n = calloc(1, sizeof(*n))) == NULL ||
	    (n->n_world = malloc(len)) == NULL)
		err(2, NULL);
	memcpy(n->n_world, w, len);
	n->n_sim = s;
	snprintf(n->n_name, sizeof(n->n_name), "%s", name);
	n->n_port = IKE_PORT;
	n->n_natt = IKE_PORT_NATT;
	TAILQ_INIT(&n->n_sas);
	TAILQ_INIT(&n->n_answers);
	if (addr_pton(addr, &n->n_addr) == -1)
		errx(2, "%s is no address", addr);
	s->s_node[s->s_nnodes++] = n;
	return (n);
}

/* After the engine. */
void
end_free(struct node *n)
{
	if (n->n_timers != 0)
		sim_fail(n->n_sim, "%s: %u timers of a dead engine",
		    n->n_name, n->n_timers);
	free(n->n_world);
	free(n->n_nat);
	free(n);
}
