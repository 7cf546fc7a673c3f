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
 * Seeds: each beginning, what a script can make of it, and what was wrong
 * once.
 */
#include "fuzz.h"
#include "fuzz_engine.h"
#include "fuzz_input.h"

static const struct script scripts[] = {
	SCRIPT(STEP, 15, SHOW, 0, SHOW, 3, TIME, 3, 20, STEP, 15),
	SCRIPT(DROP, 0, TIME, 3, 1, DOUBLE, 0, DELIVER, 0, STEP, 9),
	SCRIPT(MUTATE, 0, 0, 40, 1, 0xff, 1, DELIVER, 0, TIME, 2, 9, STEP, 9),
	SCRIPT(CUT, 0, 28, DELIVER, 0, RAW, 1, 4, 1, 2, 3, 4, STEP, 15),
	SCRIPT(EXPIRE, 0, 0, EXPIRE, 3, 1, STEP, 15, TIME, 3, 3, STEP, 15),
	SCRIPT(CONFIG, 3, STEP, 5, CONFIG, 2, STEP, 15, CONFIG, 9, STEP, 9),
	SCRIPT(FAIL, 0xfe, REKEY, 0, STEP, 5, FAIL, 0xff, REKEY, 3, STEP, 9),
	SCRIPT(SWITCH, 0, REKEY, 0, STEP, 8, SWITCH, 4, STEP, 15, SWITCH, 3),
	SCRIPT(MOVE, 1, STEP, 15, MOVE, 0, RESTART, 0, STEP, 15, RESTART, 3),
	SCRIPT(CA, 1, STEP, 4, CA, 7, CA, 3, TIME, 3, 30, RESET, 1, STEP, 9),
	SCRIPT(FORGE, 1, 0, 0, 2, 0, 5, P_REKEY, 0, P_ESP, 7, 0, P_NONCE, 3,
	    P_KE, 0, P_TS, 0, STEP, 9, TIME, 3, 9),
	SCRIPT(FORGE, 0, 0, 0, 2, 0, 3, P_IKE, 7, 0, P_NONCE, 3, P_KE, 0,
	    STEP, 9, TIME, 3, 9),
	SCRIPT(FORGE, 0, 0, 0, 3, 0, 1, P_DELETE, 0, FORGE, 1, 0, 0, 3, 0, 1,
	    P_DELETE, 1, STEP, 9),
	SCRIPT(FORGE, 1, 0, 0, 1, 0, 4, P_AUTH, 1, P_ESP, 9, 4, P_TS, 0,
	    P_NOTIFY, 64, 0, 0, STEP, 9),
	SCRIPT(FORGE, 1, 4, 0, 0, 0, 3, P_IKE, 0, 0, P_KE, 0, P_NONCE, 1,
	    STEP, 9),
	SCRIPT(FORGE, 0, 1, 0, 4, 0, 1, P_NOTIFY, 0, 43, 0, STEP, 9, TIME, 3,
	    9, FORGE, 0, 1, 0, 4, 0, 2, P_RAW, 41, 3, 0, 0, 0, P_CHAIN, 2, 1,
	    1),
	SCRIPT(FORGE, 1, 0x40, 0, 3, 0, 1, P_NOTIFY, 64, 16, 0, STEP, 9),
	SCRIPT(FORGE, 1, 0x82, 0, 3, 0, 1, P_NOTIFY, 0, 4, 0, STEP, 9),
	SCRIPT(FORGE, 1, 8, 0, 2, 0, 4, P_ESP, 9, 0, P_NONCE, 3, P_KE, 0,
	    P_TS, 0x80, FORGE, 3, 8, 0, 2, 0, 3, P_IKE, 7, 0, P_NONCE, 3,
	    P_KE, 0, STEP, 15),
	SCRIPT(NAT, STEP, 9, TIME, 3, 20, NAT, TIME, 3, 20, STEP, 15),
	SCRIPT(FLOOD, 15, RESET, 0, STEP, 15, TIME, 3, 12),
};

/* Whole inputs. */
static const struct script found[] = {
	/* two IKE rekeyings at once, then the end: one SA stayed */
	SCRIPT(OPT_MOBIKE | OPT_FRAGMENT, 9, REKEY, 3, TIME, 3, 0),
	/* coupled again before the Child SA is there: not in the kernel */
	SCRIPT(OPT_RECOVER, 12, SWITCH, 0),
	SCRIPT(OPT_RECOVER, 4, SWITCH, 0),
	/* the kernel moves no SA: the old one stayed there */
	SCRIPT(OPT_MOBIKE | OPT_NATT | OPT_ROAMING | OPT_RECOVER, 1, STEP, 8,
	    MOVE, 1, FAIL, 0x86, DELIVER, 0),
	SCRIPT(OPT_MOBIKE | OPT_NATT | OPT_ROAMING | OPT_SHORT, 5, MOVE, 1,
	    FAIL, 0xbd, STEP, 1),
	/* and refuses what was to take its place */
	SCRIPT(OPT_MOBIKE | OPT_NATT | OPT_ROAMING | OPT_RECOVER, 1, STEP, 8,
	    MOVE, 1, FAIL, 0x5a, STEP, 0x76),
};

void
seeds(void)
{
	static const uint8_t opts[] = { OPT_RECOVER, OPT_MOBIKE | OPT_NATT |
	    OPT_ROAMING | OPT_RECOVER, OPT_FRAGMENT | OPT_BOTH | OPT_SHORT,
	    OPT_NAT | OPT_FRAGMENT | OPT_MOBIKE | OPT_RECOVER };
	unsigned int i, n = NSCRIPTS(scripts);

	for (i = 0; i < n * NBEGINS; i++)
		seed_records(opts[i % sizeof(opts)], i / n, &scripts[i % n]);
	seed_inputs(found, NSCRIPTS(found));
}
