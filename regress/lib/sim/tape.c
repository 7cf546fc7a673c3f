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
 * An attacker who records what is on the wire, and plays it again, as it was
 * or changed.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct dgram *
dgram_dup(const struct dgram *d, size_t len)
{
	struct dgram *copy;

	if ((copy = calloc(1, sizeof(*d) + len)) == NULL)
		err(2, NULL);
	memcpy(copy, d, sizeof(*d) + (len < d->dg_len ? len : d->dg_len));
	copy->dg_len = len;
	return (copy);
}

void
dgram_mutate(struct sim *s, struct dgram *d)
{
	unsigned int i, n = 1 + sim_below(s, 4);
	size_t at;

	if (d->dg_len == 0)
		return;
	for (i = 0; i < n; i++) {
		at = sim_below(s, 2) ? sim_below(s, d->dg_len) :
		    sim_below(s, d->dg_len < 64 ? d->dg_len : 64);
		switch (sim_below(s, 4)) {
		case 0:
			d->dg_data[at] ^= 1 << sim_below(s, 8);
			break;
		case 1:
			d->dg_data[at] = sim_below(s, 2) ? 0 : 0xff;
			break;
		case 2:
			d->dg_data[at]++;
			break;
		case 3:
			d->dg_data[at] = sim_random(s);
			break;
		}
	}
	/* a length that fits lets it get further */
	if (d->dg_len >= IKE_HDRLEN && sim_below(s, 2)) {
		d->dg_data[24] = d->dg_len >> 24;
		d->dg_data[25] = d->dg_len >> 16;
		d->dg_data[26] = d->dg_len >> 8;
		d->dg_data[27] = d->dg_len;
	}
}

static int
tape_hook(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	struct tape *t = arg;
	unsigned int i;

	i = t->t_n < TAPE_MAX ? t->t_n++ : sim_below(s, TAPE_MAX);
	free(t->t_d[i]);
	t->t_d[i] = dgram_dup(d, d->dg_len);
	if (sim_chance(s, t->t_spoil))
		dgram_mutate(s, d);
	return (-1);
}

/* To whom it was sent, or back, or from a port nobody knows. */
static void
tape_readdress(struct sim *s, struct dgram *d)
{
	struct ike_addr a;

	switch (sim_below(s, 6)) {
	case 0:
		a = d->dg_src;
		d->dg_src = d->dg_dst;
		d->dg_dst = a;
		break;
	case 1:
		d->dg_src.ia_port = 1024 + sim_below(s, 60000);
		break;
	case 2:
		d->dg_src.ia_addr[3] ^= 1 + sim_below(s, 200);
		break;
	}
}

static void
tape_play(void *arg)
{
	struct tape *t = arg;
	struct sim *s = t->t_sim;
	struct dgram *d, *from;
	size_t len;

	t->t_ev = sim_at(s, 1 + sim_below(s, 2 * t->t_every), tape_play, t);
	if (t->t_n == 0)
		return;
	from = t->t_d[sim_below(s, t->t_n)];
	len = from->dg_len;
	if (t->t_mutate && sim_below(s, 4) == 0)
		len = sim_below(s, 2) ? sim_below(s, len) :
		    len + sim_below(s, 300);
	d = dgram_dup(from, len);
	tape_readdress(s, d);
	if (t->t_mutate)
		dgram_mutate(s, d);
	sim_inject(s, d);
	free(d);
}

void
tape_start(struct tape *t, struct sim *s, int mutating)
{
	memset(t, 0, sizeof(*t));
	t->t_sim = s;
	t->t_every = 20 + sim_below(s, 100);
	t->t_mutate = mutating;
	s->s_hook = tape_hook;
	s->s_hookarg = t;
	t->t_ev = sim_at(s, 1, tape_play, t);
}

void
tape_stop(struct tape *t)
{
	sim_cancel(t->t_sim, t->t_ev);
	t->t_sim->s_hook = NULL;
	while (t->t_n > 0)
		free(t->t_d[--t->t_n]);
}
