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

#ifndef _SIM_WORLD_H_
#define _SIM_WORLD_H_

/*
 * iked's engines in the simulated world.
 */
#include "engine.h"
#include "sim.h"

/* What engine_rekey() takes: two numbers, the lower one first. */
enum { REKEY_FIRST = 0, REKEY_CHILD = 0, REKEY_IKE = 1 };

/* node.c */
struct conf	*node_conf(struct node *, const char *text);
void		 node_start(struct node *, const char *text);
void		 node_config(struct node *, const char *text);

#endif /* _SIM_WORLD_H_ */
