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
 * One node, many peers that it knows by their names alone.
 */
#include <stdio.h>

#include "pair.h"

#define SPOKES	(SIM_NODES - 1)

static void
hub_text(struct buf *b, unsigned int spokes)
{
	unsigned int i;

	buf_printf(b, "set dpd_check_interval 30\n");
	for (i = 0; i < spokes; i++)
		buf_printf(b, "ikev2 \"s%u\" passive esp from any to any "
		    "local 192.0.2.1 peer any srcid hub dstid s%u.example "
		    "psk \"%s-%u\" iface sec%u\n", i, i, SIM_SECRET, i, i);
}

static void
spoke_text(struct buf *b, unsigned int i)
{
	buf_printf(b, "ikev2 \"hub\" active esp from any to any peer "
	    "192.0.2.1 srcid s%u.example dstid hub psk \"%s-%u\" "
	    "iface sec%u\n", i, SIM_SECRET, i, i);
}

static void
text_start(struct node *n, struct buf *b)
{
	char text[4096];

	snprintf(text, sizeof(text), "%.*s", (int)b->b_len,
	    (const char *)b->b_data);
	buf_clear(b);
	node_start(n, text);
}

static void
hub_check(struct sim *s, unsigned int spokes)
{
	struct engine_count ec;
	struct sa *in, *out;
	unsigned int i;

	engine_counts(s->s_node[0]->n_engine, &ec);
	if (ec.ec_established != spokes || ec.ec_live != spokes)
		sim_fail(s, "%u IKE SAs and %u children of %u",
		    ec.ec_established, ec.ec_live, spokes);
	for (i = 0; i < spokes; i++) {
		in = sadb_newest(s->s_node[0], i, 0);
		out = sadb_newest(s->s_node[i + 1], i, 1);
		if (in == NULL || out == NULL ||
		    in->sa_print != out->sa_print)
			sim_fail(s, "spoke %u is not on sec%u", i, i);
		if (sadb_count(s->s_node[0], i, 1, 0) != 1)
			sim_fail(s, "sec%u sends by %u SAs", i,
			    sadb_count(s->s_node[0], i, 1, 0));
	}
}

/* Each comes out of its own interface, also after the hub came back. */
void
test_hub(struct sim *s)
{
	unsigned int i, spokes = 2 + sim_below(s, SPOKES - 1);
	struct buf b = { 0 };

	wheel_new(s, spokes);
	hub_text(&b, spokes);
	text_start(s->s_node[0], &b);
	for (i = 0; i < spokes; i++) {
		spoke_text(&b, i);
		text_start(s->s_node[i + 1], &b);
	}
	sim_run(s, 3 * SIM_SEC);
	hub_check(s, spokes);
	wheel_flows(s, spokes);
	wheel_lossless(s);
	node_kill(s->s_node[0], sim_below(s, 2));
	sim_run(s, sim_below(s, 3 * SIM_MIN));
	hub_text(&b, spokes);
	text_start(s->s_node[0], &b);
	sim_run(s, 3 * SIM_MIN);
	hub_check(s, spokes);
	sim_free(s);
}
