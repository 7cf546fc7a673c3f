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
 * One node, many peers: the wheel of a hub and its spokes.
 */
#include <stdio.h>

#include "world.h"

/* Nodes 1 and on are the spokes; spoke i is on the hub's sec i. */
void
wheel_new(struct sim *s, unsigned int spokes)
{
	char name[16], addr[32];
	unsigned int i;

	node_new(s, "hub", "192.0.2.1");
	for (i = 0; i < spokes; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		wheel_addr(i, addr, sizeof(addr));
		node_new(s, name, addr);
	}
}

void
wheel_addr(unsigned int i, char *addr, size_t len)
{
	snprintf(addr, len, "198.51.100.%u", 10 + i);
}

/* For two seconds so far. */
void
wheel_flows(struct sim *s, unsigned int spokes)
{
	unsigned int i;

	for (i = 0; i < spokes; i++) {
		flow_new(s->s_node[0], s->s_node[i + 1], i, 100);
		flow_new(s->s_node[i + 1], s->s_node[0], i, 100);
	}
	sim_run(s, 2 * SIM_SEC);
}

void
wheel_lossless(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->s_nflows; i++)
		if (s->s_flow[i].f_got == 0 || flow_lost(&s->s_flow[i]) != 0)
			sim_fail(s, "flow %u: %u got, %u lost", i,
			    s->s_flow[i].f_got, flow_lost(&s->s_flow[i]));
}
