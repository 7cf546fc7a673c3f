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
 * The clock, chance and the network.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sim.h"

/* An engine that does so much in one ms will not end. */
#define SIM_MAXEVENTS	200000

struct sim *
sim_new(uint64_t seed)
{
	struct sim *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		err(2, NULL);
	s->s_seed = seed;
	s->s_state = seed * 0x9e3779b97f4a7c15 + 1;
	s->s_now = SIM_MIN;
	s->s_strict = 1;
	wire_good(&s->s_ike);
	wire_good(&s->s_esp);
	return (s);
}

/*
 * Events left are packets on their way: they own what they carry.
 */
void
sim_free(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->s_nflows; i++)
		flow_stop(&s->s_flow[i]);
	for (i = 0; i < s->s_nnodes; i++)
		node_free(s->s_node[i]);
	for (i = 0; i < s->s_nheap; i++) {
		free(s->s_heap[i]->ev_arg);
		free(s->s_heap[i]);
	}
	free(s->s_heap);
	free(s);
}

int64_t
sim_time(struct sim *s)
{
	return (1700000000 + s->s_now / SIM_SEC);
}

void
sim_fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%llu.%03llu s: ",
	    (unsigned long long)(s->s_now / 1000),
	    (unsigned long long)(s->s_now % 1000));
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	longjmp(s->s_fail, 1);
}

/* splitmix64 */
uint64_t
sim_random(struct sim *s)
{
	uint64_t z;

	z = s->s_state += 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31));
}

unsigned int
sim_below(struct sim *s, unsigned int n)
{
	return (n == 0 ? 0 : (sim_random(s) >> 16) % n);
}

int
sim_chance(struct sim *s, unsigned int permille)
{
	return (permille != 0 && sim_below(s, 1000) < permille);
}

static int
event_before(const struct event *a, const struct event *b)
{
	if (a->ev_when != b->ev_when)
		return (a->ev_when < b->ev_when);
	if (a->ev_tie != b->ev_tie)
		return (a->ev_tie < b->ev_tie);
	return (a->ev_seq < b->ev_seq);
}

static void
heap_put(struct sim *s, unsigned int i, struct event *ev)
{
	s->s_heap[i] = ev;
	ev->ev_slot = i;
}

static void
heap_up(struct sim *s, unsigned int i, struct event *ev)
{
	unsigned int up;

	for (; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!event_before(ev, s->s_heap[up]))
			break;
		heap_put(s, i, s->s_heap[up]);
	}
	heap_put(s, i, ev);
}

static void
heap_down(struct sim *s, unsigned int i, struct event *ev)
{
	unsigned int kid;

	for (; (kid = 2 * i + 1) < s->s_nheap; i = kid) {
		if (kid + 1 < s->s_nheap &&
		    event_before(s->s_heap[kid + 1], s->s_heap[kid]))
			kid++;
		if (!event_before(s->s_heap[kid], ev))
			break;
		heap_put(s, i, s->s_heap[kid]);
	}
	heap_put(s, i, ev);
}

struct event *
sim_at(struct sim *s, uint64_t ms, void (*fn)(void *), void *arg)
{
	struct event *ev;

	if (s->s_nheap == s->s_maxheap) {
		s->s_maxheap = s->s_maxheap ? 2 * s->s_maxheap : 64;
		s->s_heap = realloc(s->s_heap,
		    s->s_maxheap * sizeof(*s->s_heap));
	}
	if (s->s_heap == NULL || (ev = malloc(sizeof(*ev))) == NULL)
		err(2, NULL);
	ev->ev_when = s->s_now + ms;
	ev->ev_tie = sim_random(s);
	ev->ev_seq = s->s_seq++;
	ev->ev_fn = fn;
	ev->ev_arg = arg;
	heap_up(s, s->s_nheap++, ev);
	return (ev);
}

static void
heap_remove(struct sim *s, struct event *ev)
{
	struct event *last;
	unsigned int i = ev->ev_slot;

	last = s->s_heap[--s->s_nheap];
	if (last == ev)
		return;
	if (event_before(last, ev))
		heap_up(s, i, last);
	else
		heap_down(s, i, last);
}

void
sim_cancel(struct sim *s, struct event *ev)
{
	heap_remove(s, ev);
	free(ev);
}

static void
sim_step(struct sim *s, unsigned int *n)
{
	struct event *ev = s->s_heap[0];
	void (*fn)(void *) = ev->ev_fn;
	void *arg = ev->ev_arg;

	if (ev->ev_when != s->s_now)
		*n = 0;
	s->s_now = ev->ev_when;
	heap_remove(s, ev);
	free(ev);
	s->s_done++;
	if (++*n > SIM_MAXEVENTS)
		sim_fail(s, "no end of events in one ms");
	fn(arg);
}

void
sim_run(struct sim *s, uint64_t ms)
{
	uint64_t end = s->s_now + ms;
	unsigned int n = 0;

	while (s->s_nheap > 0 && s->s_heap[0]->ev_when <= end)
		sim_step(s, &n);
	s->s_now = end;
}

void
wire_good(struct wire *w)
{
	w->wi_loss = w->wi_dup = 0;
	w->wi_min = w->wi_max = 10;
}

int
wire_delay(struct sim *s, const struct wire *w)
{
	if (sim_chance(s, w->wi_loss))
		return (-1);
	return (w->wi_min + sim_below(s, w->wi_max - w->wi_min + 1));
}

struct natbox *
nat_new(const char *outer, uint64_t timeout)
{
	struct natbox *nb;

	if ((nb = calloc(1, sizeof(*nb))) == NULL)
		err(2, NULL);
	if (addr_pton(outer, &nb->nb_outer) == -1)
		errx(2, "%s is no address", outer);
	nb->nb_timeout = timeout;
	return (nb);
}

void
nat_move(struct natbox *nb)
{
	memset(nb->nb_map, 0, sizeof(nb->nb_map));
}

static int
natmap_dead(struct sim *s, struct natbox *nb, struct natmap *nm)
{
	return (nm->nm_out == 0 || nm->nm_used + nb->nb_timeout < s->s_now);
}

/* Ports go up by chance, so that an old mapping is never another's. */
int
nat_out(struct sim *s, struct natbox *nb, struct ike_addr *src)
{
	struct natmap *nm, *free_nm = NULL;
	size_t i;

	for (i = 0; i < sizeof(nb->nb_map) / sizeof(nb->nb_map[0]); i++) {
		nm = &nb->nb_map[i];
		if (natmap_dead(s, nb, nm))
			free_nm = nm;
		else if (nm->nm_in == src->ia_port)
			break;
		nm = NULL;
	}
	if (i == sizeof(nb->nb_map) / sizeof(nb->nb_map[0])) {
		if ((nm = free_nm) == NULL)
			return (-1);
		nm->nm_in = src->ia_port;
		nm->nm_out = 10000 + sim_below(s, 50000);
	}
	nm->nm_used = s->s_now;
	*src = nb->nb_outer;
	src->ia_port = nm->nm_out;
	return (0);
}

/* Who gets it; *dst becomes the address inside, if there is a NAT. */
struct node *
nat_in(struct sim *s, struct ike_addr *dst)
{
	struct natbox *nb;
	struct node *n;
	unsigned int i, j;

	for (i = 0; i < s->s_nnodes; i++) {
		n = s->s_node[i];
		if ((nb = n->n_nat) == NULL) {
			if (addr_same(&n->n_addr, dst))
				return (n);
			continue;
		}
		if (!addr_same(&nb->nb_outer, dst))
			continue;
		for (j = 0; j < sizeof(nb->nb_map) / sizeof(nb->nb_map[0]);
		    j++)
			if (!natmap_dead(s, nb, &nb->nb_map[j]) &&
			    nb->nb_map[j].nm_out == dst->ia_port) {
				nb->nb_map[j].nm_used = s->s_now;
				dst->ia_port = nb->nb_map[j].nm_in;
				memcpy(dst->ia_addr, n->n_addr.ia_addr,
				    sizeof(dst->ia_addr));
				return (n);
			}
	}
	return (NULL);
}

/*
 * The socket: a port nobody listens on drops it, and so does the encapsulated
 * port without the marker (ESP to the kernel, a keepalive if it is short).
 */
static void
node_input(struct node *n, struct dgram *d)
{
	int natt = n->n_natt != 0 && d->dg_dst.ia_port == n->n_natt;

	if (n->n_cut || n->n_engine == NULL)
		return;
	if (!natt && (n->n_force || d->dg_dst.ia_port != n->n_port))
		return;
	if (natt && !d->dg_marker)
		return;
	history_who(n->n_sim, n->n_name);
	node_recv(n, d, natt);
	history_who(n->n_sim, NULL);
}

static void
dgram_arrive(void *arg)
{
	struct dgram *d = arg;
	struct node *n;

	if ((n = nat_in(d->dg_sim, &d->dg_dst)) != NULL)
		node_input(n, d);
	free(d);
}

static struct dgram *
dgram_copy(const struct dgram *d)
{
	struct dgram *copy;

	if ((copy = malloc(sizeof(*d) + d->dg_len)) == NULL)
		err(2, NULL);
	memcpy(copy, d, sizeof(*d) + d->dg_len);
	return (copy);
}

void
sim_inject(struct sim *s, const struct dgram *d)
{
	struct dgram *copy = dgram_copy(d);

	copy->dg_sim = s;
	sim_at(s, 0, dgram_arrive, copy);
}

static void
trace(struct sim *s, const struct dgram *d)
{
	s->s_trace = (s->s_trace ^ s->s_now) * 0x100000001b3;
	s->s_trace = (s->s_trace ^ d->dg_len) * 0x100000001b3;
	s->s_trace = (s->s_trace ^ d->dg_src.ia_port) * 0x100000001b3;
}

/* This very message was lost often enough.  Retransmissions are alike. */
static int
merciful(struct sim *s, const struct dgram *d)
{
	uint64_t h = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < d->dg_len; i++)
		h = (h ^ d->dg_data[i]) * 0x100000001b3;
	i = h % SIM_LOST;
	if (s->s_lost[i].l_hash != h) {
		s->s_lost[i].l_hash = h;
		s->s_lost[i].l_times = 0;
	}
	return (s->s_lost[i].l_times++ >= s->s_mercy);
}

void
sim_send(struct sim *s, struct node *from, const struct ike_addr *src,
    const struct ike_addr *dst, const void *data, size_t len, int marker)
{
	struct dgram *d;
	int delay;

	if ((d = malloc(sizeof(*d) + len)) == NULL)
		err(2, NULL);
	d->dg_sim = s;
	d->dg_src = *src;
	d->dg_dst = *dst;
	d->dg_marker = marker;
	d->dg_len = len;
	memcpy(d->dg_data, data, len);
	trace(s, d);
	if (from->n_cut || (from->n_nat != NULL &&
	    nat_out(s, from->n_nat, &d->dg_src) == -1)) {
		free(d);
		return;
	}
	delay = s->s_hook == NULL ? -1 :
	    s->s_hook(s, from, d, s->s_hookarg);
	if (delay == -1) {
		if (sim_chance(s, s->s_ike.wi_dup) &&
		    (delay = wire_delay(s, &s->s_ike)) >= 0)
			sim_at(s, delay, dgram_arrive, dgram_copy(d));
		delay = wire_delay(s, &s->s_ike);
		if (delay < 0 && s->s_mercy != 0 && merciful(s, d))
			delay = s->s_ike.wi_max;
	}
	if (delay >= 0)
		sim_at(s, delay, dgram_arrive, d);
	else
		free(d);
}
