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


#ifndef _FUZZ_V1ENGINE_H_
#define _FUZZ_V1ENGINE_H_

/*
 * The language of fuzz_v1engine's input: options, beginnings, records, and
 * the payloads of those that are forged.
 */
#define OPT_AGGRESSIVE	0x01
#define OPT_POLICY	0x02	/* no interface: flows */
#define OPT_NAT		0x04	/* a is behind one */
#define OPT_ANYPEER	0x08	/* b does not know whom */
#define OPT_BOTH	0x10	/* both initiate, if both know whom */
#define OPT_SHORT	0x20	/* lifetimes */
#define OPT_RECOVER	0x40	/* in the end all has to be well again */
#define OPT_RSA		0x80

#define NBEGINS		16	/* 7: all is up */

enum {
	STEP, DELIVER, DROP, DOUBLE, MUTATE, CUT, REFLECT, AGAIN, RAW, FORGE,
	TIME, REKEY, EXPIRE, COMMAND, CONFIG, CA, FAIL, MOVE, RESTART, SHOW,
	NAT, FLOOD, NOPS
};

/* How a message is forged. */
#define HOW_CLEAR	0x01
#define HOW_NEW		0x02	/* the first of another phase 1 */
#define HOW_NOHASH	0x04
#define HOW_BADHASH	0x08
#define HOW_COMMIT	0x10
#define HOW_FLAGS	0x20	/* of the header, others */
#define HOW_ELSEWHERE	0x40	/* from another port */
#define HOW_STRANGER	0x80	/* from an address that nobody has */

enum {
	P_RAW, P_CHAIN, P_SA1, P_SA2, P_KE, P_NONCE, P_ID1, P_ID2, P_PROOF,
	P_NOTIFY, P_DELETE, P_LIFE, P_DPD, P_VENDOR, P_NATD, P_CERT, NPAYS
};

#endif
