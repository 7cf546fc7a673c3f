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

#include "pair.h"

const struct sim_test sim_tests[] = {
	{ "up",		test_up,	500 },
	{ "twice",	test_twice,	100 },
	{ "rekey",	test_rekey,	500 },
	{ "B34-collide",	test_collide,	500 },
	{ "expire",	test_expire,	200 },
	{ "crash",	test_crash,	500 },
	{ "partition",	test_partition,	100 },
	{ "reload",	test_reload,	200 },
	{ "nat",	test_nat,	200 },
	{ "natmove",	test_natmove,	200 },
	{ "mobike",	test_mobike,	200 },
	{ "hub",	test_hub,	100 },
	{ "ctl",	test_ctl,	100 },
	{ "B39-flood",	test_flood,	5 },
	{ "wrong",	test_wrong,	200 },
	{ "B32-group",	test_group,	200 },
	{ "B40-junk",	test_junk,	200 },
	{ "B40-mutate",	test_mutate,	200 },
	{ "B34-rogue",	test_rogue,	200 },
	{ NULL, NULL, 0 }
};
