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
	{ "up",		test_up,	50 },
	{ "twice",	test_twice,	10 },
	{ "loss",	test_loss,	30 },
	{ "rekey",	test_rekey,	50 },
	{ "collide",	test_collide,	50 },
	{ "expire",	test_expire,	20 },
	{ "crash",	test_crash,	30 },
	{ "dpd",	test_dpd,	20 },
	{ "partition",	test_partition,	10 },
	{ "delete",	test_delete,	30 },
	{ "stop",	test_stop,	30 },
	{ "active",	test_active,	10 },
	{ "policy",	test_policy,	20 },
	{ "chaos",	test_chaos,	30 },
	{ "storm",	test_storm,	30 },
	{ "nat",	test_nat,	20 },
	{ "natmove",	test_natmove,	20 },
	{ "many",	test_many,	10 },
	{ "reload",	test_reload,	20 },
	{ "restless",	test_restless,	20 },
	{ "kernel",	test_kernel,	20 },
	{ "mismatch",	test_mismatch,	18 },
	{ "replay",	test_replay,	20 },
	{ "junk",	test_junk,	20 },
	{ "amplify",	test_amplify,	20 },
	{ "flood",	test_flood,	2 },
	{ "false",	test_false,	20 },
	{ "rogue",	test_rogue,	20 },
	{ NULL, NULL, 0 }
};
