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
#include "fuzz_input.h"
#include "fuzz_v1engine.h"

#define MAIN	0	/* numbers of exchanges, see forge */
#define AGGR	1
#define INFO	2
#define QUICK	3
#define STATUS(n)	0x60, (n) & 0xff

static const struct script scripts[] = {
	SCRIPT(STEP, 15, SHOW, 0, SHOW, 1, TIME, 3, 20, STEP, 15),
	SCRIPT(DROP, 0, TIME, 3, 1, DOUBLE, 0, DELIVER, 0, STEP, 9),
	SCRIPT(MUTATE, 0, 0, 40, 1, 0xff, 1, DELIVER, 0, TIME, 2, 9, STEP, 9),
	SCRIPT(CUT, 0, 28, DELIVER, 0, RAW, 1, 4, 1, 2, 3, 4, REFLECT, 0,
	    STEP, 15),
	SCRIPT(EXPIRE, 0, 0, EXPIRE, 3, 1, STEP, 15, TIME, 3, 3, STEP, 15),
	SCRIPT(CONFIG, 3, STEP, 5, CONFIG, 2, STEP, 15, CONFIG, 11, STEP, 9,
	    TIME, 3, 9, STEP, 9, CONFIG, 4, STEP, 15, CONFIG, 8, STEP, 9),
	SCRIPT(CONFIG, 6, TIME, 3, 9, STEP, 15, CONFIG, 7, STEP, 15, STEP, 9),
	SCRIPT(FAIL, 0xfe, REKEY, 0, STEP, 5, FAIL, 0xff, REKEY, 3, STEP, 9),
	SCRIPT(FAIL, 6, REKEY, 1, STEP, 9, FAIL, 12, REKEY, 2, STEP, 9, FAIL,
	    24, REKEY, 0, STEP, 15),
	SCRIPT(MOVE, 1, STEP, 15, TIME, 3, 3, STEP, 15, MOVE, 0, RESTART, 0,
	    STEP, 15, RESTART, 3),
	SCRIPT(CA, 1, STEP, 4, CA, 7, CA, 3, TIME, 3, 30, CA, 9, STEP, 9),
	SCRIPT(CA, 8, REKEY, 2, STEP, 15, TIME, 3, 20, STEP, 15),
	SCRIPT(NAT, STEP, 9, TIME, 3, 20, NAT, TIME, 3, 20, STEP, 15),
	SCRIPT(RESTART, 5, STEP, 9, RESTART, 4, REKEY, 2, STEP, 15),
	SCRIPT(FLOOD, 15, COMMAND, 8, 0, STEP, 15, TIME, 3, 12),
	/* connect, teardown, active, delete */
	SCRIPT(COMMAND, 0, 0, COMMAND, 0, 8, COMMAND, 2, 0, STEP, 5, COMMAND,
	    0, 0, STEP, 9, COMMAND, 5, 2, COMMAND, 6, 0, STEP, 9),
	SCRIPT(COMMAND, 10, 0, COMMAND, 8, 0, COMMAND, 0, 0, COMMAND, 10, 1,
	    STEP, 15, COMMAND, 14, 1, COMMAND, 9, 0, STEP, 9),
	SCRIPT(COMMAND, 12, 0, 0, COMMAND, 12, 0, 254, COMMAND, 12, 0, 252,
	    COMMAND, 12, 255, 0, COMMAND, 13, 0, 253, COMMAND, 12, 0, 255,
	    STEP, 9),
	/* honest messages with their plain octets changed */
	SCRIPT(AGAIN, 0, 0, 0, 1, P_NOTIFY, STATUS(2), 1, 0, STEP, 9),
	SCRIPT(REKEY, 0, AGAIN, 0, 0, 1, 0, 60, 1, 0, STEP, 9),
	SCRIPT(REKEY, 0, AGAIN, 0, HOW_COMMIT, 0, 1, P_LIFE, 6, 10, STEP, 3,
	    AGAIN, 0, HOW_BADHASH, 0, 0, STEP, 9),
	SCRIPT(REKEY, 1, DELIVER, 0, AGAIN, 0, 0, 0, 2, P_LIFE, 6, 10, P_LIFE,
	    1, 33, STEP, 9),
	/* a whole phase 1 of a stranger's, and what it may then say */
	SCRIPT(FORGE, 1, HOW_NEW | HOW_STRANGER, 0, MAIN, 0, 5, P_SA1, 0,
	    P_VENDOR, 0, P_VENDOR, 1, P_VENDOR, 3, P_VENDOR, 2,
	    FORGE, 1, HOW_CLEAR, 255, MAIN, 0, 2, P_KE, 0, P_NONCE, 3,
	    FORGE, 1, 0, 255, MAIN, 0, 1, P_PROOF, 0,
	    FORGE, 1, 0, 255, QUICK, 1, 3, P_SA2, 0, 3, P_NONCE, 1, P_ID2, 0,
	    FORGE, 1, 0, 255, QUICK, 128, 0, STEP, 9),
	SCRIPT(FORGE, 1, HOW_NEW, 0, MAIN, 0, 2, P_SA1, 1, P_VENDOR, 0,
	    FORGE, 1, HOW_CLEAR, 1, MAIN, 0, 5, P_KE, 0, P_NONCE, 3, P_CERT,
	    0, 2, 48, 0, P_NATD, 0, P_NATD, 2,
	    FORGE, 1, 0, 1, MAIN, 0, 3, P_PROOF, 9, P_CERT, 1, 3, 1, 2, 3,
	    P_NOTIFY, STATUS(2), 1, 0,
	    FORGE, 1, 0, 1, QUICK, 1, 5, P_SA2, 1, 3, P_NONCE, 1, P_KE, 0,
	    P_ID2, 0, P_LIFE, 6, 8, STEP, 9),
	SCRIPT(FORGE, 1, HOW_NEW | HOW_STRANGER, 0, AGGR, 0, 5, P_SA1, 0,
	    P_KE, 0, P_NONCE, 1, P_ID1, 1, P_VENDOR, 0,
	    FORGE, 1, HOW_CLEAR, 255, AGGR, 0, 1, P_PROOF, 1, STEP, 9),
	SCRIPT(FORGE, 1, HOW_NEW, 0, AGGR, 0, 5, P_SA1, 1, P_KE, 0, P_NONCE,
	    1, P_ID1, 1, P_RAW, 13, 250, 1, 2, 3,
	    FORGE, 1, 0, 255, AGGR, 0, 1, P_PROOF, 9, STEP, 9),
	/* answers to what an initiator says */
	SCRIPT(FORGE, 0, HOW_CLEAR, 0, MAIN, 0, 2, P_SA1, 0, P_VENDOR, 0,
	    STEP, 0, FORGE, 0, HOW_CLEAR, 0, MAIN, 0, 2, P_KE, 0, P_NONCE, 3,
	    FORGE, 0, 0, 0, MAIN, 0, 1, P_PROOF, 0, TIME, 2, 1,
	    FORGE, 0, 0, 0, QUICK, 128, 3, P_SA2, 0, 3, P_NONCE, 1, P_ID2, 0,
	    STEP, 9),
	SCRIPT(FORGE, 0, HOW_CLEAR, 0, AGGR, 0, 5, P_SA1, 0, P_KE, 0,
	    P_NONCE, 3, P_ID1, 2, P_RAW, 8, 2, 0, 0, STEP, 9),
	SCRIPT(FORGE, 0, HOW_CLEAR, 0, INFO, 1, 1, P_NOTIFY, 0, 14, 1, 0,
	    FORGE, 0, HOW_CLEAR, 0, INFO, 0, 1, P_NOTIFY, 0, 24, 0, 0, STEP,
	    9),
	/* behind the keys */
	SCRIPT(FORGE, 1, 0, 0, QUICK, 1, 3, P_SA2, 0, 3, P_NONCE, 1, P_ID2, 0,
	    FORGE, 1, 0, 0, QUICK, 128, 0, FORGE, 0, 0, 0, QUICK, 2, 3, P_SA2,
	    0, 3, P_NONCE, 1, P_ID2, 0, STEP, 9),
	SCRIPT(FORGE, 1, HOW_COMMIT, 0, QUICK, 1, 3, P_SA2, 0, 3, P_NONCE, 1,
	    P_ID2, 1, FORGE, 1, 0, 0, QUICK, 128, 1, P_NOTIFY, 0x40, 0, 4, 0,
	    STEP, 9),
	SCRIPT(FORGE, 1, 0, 0, QUICK, 1, 3, P_SA2, 0x42, 3, P_NONCE, 1, P_ID2,
	    0x21, FORGE, 1, 0, 0, QUICK, 1, 3, P_SA2, 4, 0, P_NONCE, 1, P_ID2,
	    4, FORGE, 1, HOW_BADHASH, 0, QUICK, 1, 0, STEP, 9),
	SCRIPT(FORGE, 0, 0, 0, INFO, 1, 2, P_DELETE, 4, P_DELETE, 5, FORGE, 1,
	    0, 0, INFO, 1, 1, P_DELETE, 132, STEP, 9, TIME, 3, 5, STEP, 9),
	SCRIPT(FORGE, 0, 0, 0, INFO, 1, 1, P_DELETE, 1, FORGE, 1, 0, 0, INFO,
	    1, 1, P_DELETE, 1, STEP, 9, TIME, 3, 5, STEP, 9),
	SCRIPT(FORGE, 0, 0, 0, INFO, 1, 2, P_DPD, 0, P_DPD, 1, FORGE, 1, 0, 0,
	    INFO, 2, 2, P_DPD, 5, P_DPD, 2, TIME, 3, 4, DROP, 0, TIME, 3, 9,
	    DROP, 0, DROP, 0, TIME, 3, 9),
	SCRIPT(FORGE, 1, 0, 0, INFO, 1, 4, P_NOTIFY, STATUS(2), 1, 0, P_LIFE,
	    6, 9, P_LIFE, 1, 10, P_NOTIFY, 0, 18, 4, 0, STEP, 9),
	SCRIPT(REKEY, 0, FORGE, 0, 0, 0, INFO, 1, 1, P_NOTIFY, 0, 14, 4, 0,
	    STEP, 9, REKEY, 2, FORGE, 0, HOW_CLEAR, 1, INFO, 1, 1, P_NOTIFY,
	    0, 14, 1, 0, STEP, 9),
	SCRIPT(FORGE, 1, HOW_NOHASH, 0, QUICK, 1, 1, P_SA2, 0, 1, FORGE, 1,
	    HOW_FLAGS, 0, INFO, 1, 0, FORGE, 1, 0, 0, 4, 1, 0, FORGE, 1, 0, 0,
	    QUICK, 65, 0, FORGE, 1, 0, 0, QUICK, 65, 2, P_RAW, 41, 3, 0, 0, 0,
	    P_CHAIN, 2, 1, 1),
	SCRIPT(FORGE, 1, HOW_ELSEWHERE, 0, INFO, 1, 1, P_DPD, 0, STEP, 9,
	    FORGE, 0, HOW_ELSEWHERE, 0, INFO, 1, 1, P_DPD, 0, STEP, 9),
	SCRIPT(REKEY, 0, DELIVER, 0, AGAIN, 0, HOW_COMMIT, 0, 1, P_LIFE, 4,
	    10, STEP, 1, FORGE, 0, 0, 0, INFO, 1, 1, P_NOTIFY, 0x40, 0, 4, 0,
	    STEP, 9),
	SCRIPT(REKEY, 1, DELIVER, 0, AGAIN, 0, HOW_COMMIT, 0, 0, TIME, 2, 9,
	    STEP, 9, FORGE, 1, 0, 0, INFO, 1, 1, P_LIFE, 1, 20, TIME, 3, 30),
	SCRIPT(REKEY, 0, DELIVER, 0, AGAIN, 0, HOW_BADHASH, 1, 0, 30, 1, 0,
	    DROP, 0, FORGE, 0, 0, 0, QUICK, 128, 4, P_SA2, 0, 3, P_NONCE, 1,
	    P_KE, 3, P_ID2, 0x51, STEP, 9),
	SCRIPT(STEP, 15, EXPIRE, 4, 0, EXPIRE, 4, 1, EXPIRE, 4, 2, EXPIRE, 4,
	    3, EXPIRE, 5, 0, EXPIRE, 5, 1, EXPIRE, 5, 2, EXPIRE, 5, 3, TIME,
	    3, 11, STEP, 1, TIME, 3, 3, TIME, 3, 9, STEP, 15),
	SCRIPT(FAIL, 2, COMMAND, 4, 0, COMMAND, 0, 0, STEP, 3, FAIL, 6,
	    RESTART, 0, TIME, 3, 9, STEP, 9),
	SCRIPT(MUTATE, 0, 0, 17, 0, 0x20, DELIVER, 0, FORGE, 1, HOW_NEW |
	    HOW_STRANGER, 0, AGGR, 0, 4, P_SA1, 0, P_KE, 0, P_NONCE, 0x84,
	    P_ID1, 1, FORGE, 1, HOW_NEW, 0, AGGR, 0, 2, P_SA1, 0, P_KE, 3,
	    FORGE, 1, HOW_NEW | HOW_STRANGER, 0, AGGR, 0, 4, P_SA1, 0, P_KE,
	    3, P_NONCE, 1, P_ID1, 1),
	SCRIPT(FORGE, 1, HOW_NEW, 0, MAIN, 0, 5, P_SA1, 0, P_VENDOR, 2,
	    P_VENDOR, 3, P_VENDOR, 4, P_VENDOR, 0, FORGE, 1, HOW_CLEAR, 255,
	    MAIN, 0, 4, P_KE, 0, P_NONCE, 3, P_NATD, 1, P_NATD, 3,
	    FORGE, 1, 0, 255, MAIN, 0, 2, P_PROOF, 0, P_LIFE, 1, 20, STEP, 9,
	    FORGE, 1, HOW_NEW, 0, MAIN, 0, 1, P_SA1, 0, FORGE, 1, HOW_CLEAR,
	    255, MAIN, 0, 2, P_KE, 1, P_NONCE, 3),
	SCRIPT(FORGE, 0, HOW_CLEAR, 0, MAIN, 0, 1, P_SA1, 0, STEP, 0, FORGE,
	    0, HOW_CLEAR, 0, MAIN, 0, 2, P_KE, 3, P_NONCE, 1, STEP, 9),
	SCRIPT(FORGE, 0, HOW_CLEAR, 0, AGGR, 0, 5, P_SA1, 0, P_KE, 3,
	    P_NONCE, 3, P_ID1, 2, P_RAW, 8, 2, 0, 0, STEP, 9),
	SCRIPT(FORGE, 1, HOW_ELSEWHERE | HOW_STRANGER | HOW_CLEAR, 0, MAIN, 0,
	    2, P_KE, 0, P_NONCE, 1, FORGE, 1, HOW_BADHASH, 0, INFO, 1, 1,
	    P_DPD, 0, FORGE, 0, 0, 0, INFO, 1, 1, P_NOTIFY, 0, 24, 1, 0,
	    STEP, 9),
};

/* Whole inputs: what only a stranger can do. */
static const struct script strangers[] = {
	/* an answer would be longer than this */
	SCRIPT(OPT_ANYPEER | OPT_AGGRESSIVE, 0, FORGE, 1, HOW_NEW |
	    HOW_STRANGER, 0, AGGR, 0, 4, P_SA1, 0, P_KE, 0, P_NONCE, 0x84,
	    P_ID1, 1, TIME, 3, 9),
	/* the same again and again, and then no more */
	SCRIPT(OPT_ANYPEER, 0, FORGE, 3, HOW_NEW | HOW_STRANGER, 0, MAIN, 0,
	    1, P_SA1, 0, DOUBLE, 1, DOUBLE, 1, DOUBLE, 1, DOUBLE, 1, DELIVER,
	    1, DELIVER, 1, DELIVER, 1, DELIVER, 1, DELIVER, 1, FORGE, 1,
	    HOW_CLEAR, 255, MAIN, 0, 2, P_KE, 0, P_NONCE, 0x84, TIME, 3, 9,
	    TIME, 3, 30),
	/* all of phase 1 and of quick mode */
	SCRIPT(OPT_ANYPEER, 0, FORGE, 1, HOW_NEW | HOW_STRANGER, 0, MAIN, 0,
	    2, P_SA1, 0, P_VENDOR, 0,
	    FORGE, 1, HOW_CLEAR, 255, MAIN, 0, 2, P_KE, 0, P_NONCE, 3,
	    FORGE, 1, 0, 255, MAIN, 0, 1, P_PROOF, 0,
	    FORGE, 1, 0, 255, QUICK, 1, 3, P_SA2, 0, 3, P_NONCE, 1, P_ID2, 0,
	    FORGE, 1, 0, 255, QUICK, 128, 0, SHOW, 1, FORGE, 1, 0, 255, INFO,
	    1, 1, P_DELETE, 4, TIME, 3, 3),
	SCRIPT(OPT_ANYPEER | OPT_AGGRESSIVE, 0, FORGE, 1, HOW_NEW |
	    HOW_STRANGER, 0, AGGR, 0, 5, P_SA1, 0, P_KE, 0, P_NONCE, 0x9f,
	    P_ID1, 1, P_RAW, 13, 100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
	    29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
	    45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60,
	    61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76,
	    77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92,
	    93, 94, 95, 96, 97, 98, 99, 100,
	    FORGE, 1, HOW_CLEAR, 255, AGGR, 0, 1, P_PROOF, 1,
	    FORGE, 1, 0, 255, QUICK, 1, 3, P_SA2, 0, 3, P_NONCE, 1, P_ID2, 0,
	    FORGE, 1, 0, 255, QUICK, 128, 0, TIME, 3, 3),
	/* the last message of quick mode is lost, a packet comes */
	SCRIPT(0, 6, EXPIRE, 9, 0, DROP, 0, DROP, 0, DROP, 0, TIME, 2, 5,
	    EXPIRE, 9, 0, EXPIRE, 9, 1, DROP, 0, TIME, 3, 9, STEP, 9),
	/* perfect forward secrecy, but not quite */
	SCRIPT(0, 7, CONFIG, 2, CONFIG, 3, STEP, 15, STEP, 15, STEP, 9,
	    FORGE, 1, 0, 255, QUICK, 1, 4, P_SA2, 0x40, 3, P_NONCE, 1, P_KE,
	    3, P_ID2, 0, REKEY, 0, DELIVER, 0, AGAIN, 0, 0, 1, 0, 160, 1, 0,
	    FORGE, 0, 0, 255, QUICK, 128, 4, P_SA2, 0x40, 3, P_NONCE, 1,
	    P_KE, 3, P_ID2, 0, STEP, 9),
	/* an ISAKMP SA deleted over another, and one that has enough octets */
	SCRIPT(0, 7, FORGE, 1, HOW_NEW, 0, MAIN, 0, 1, P_SA1, 8,
	    FORGE, 1, HOW_CLEAR, 255, MAIN, 0, 2, P_KE, 0, P_NONCE, 3,
	    FORGE, 1, 0, 255, MAIN, 0, 1, P_PROOF, 0,
	    FORGE, 1, 0, 255, INFO, 1, 1, P_DPD, 0, FORGE, 1, 0, 0, INFO, 1,
	    2, P_NOTIFY, 0x60, 3, 1, 0, P_DELETE, 1, STEP, 9),
	SCRIPT(OPT_ANYPEER, 7, FLOOD, 15, STEP, 9, TIME, 3, 30),
};

void
seeds(void)
{
	static const uint8_t opts[] = { OPT_RECOVER, OPT_RECOVER | OPT_BOTH,
	    OPT_AGGRESSIVE | OPT_RECOVER, OPT_NAT | OPT_RECOVER, OPT_RSA |
	    OPT_ANYPEER, OPT_POLICY | OPT_SHORT | OPT_RECOVER, OPT_ANYPEER |
	    OPT_AGGRESSIVE | OPT_SHORT };
	unsigned int i, n = NSCRIPTS(scripts);

	/* not all of them with all */
	for (i = 0; i < n * NBEGINS; i++)
		if ((i % n + i / n) % 4 == 0)
			seed_records(opts[i % sizeof(opts)], i / n,
			    &scripts[i % n]);
	seed_inputs(strangers, NSCRIPTS(strangers));
}
