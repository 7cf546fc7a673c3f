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

#ifndef _FUZZ_ENGINE_H_
#define _FUZZ_ENGINE_H_

/*
 * The language of fuzz_engine's input: options, beginnings, records, and the
 * payloads of those that are forged.
 */
#define OPT_MOBIKE	0x01
#define OPT_FRAGMENT	0x02
#define OPT_NATT	0x04
#define OPT_BOTH	0x08	/* both initiate */
#define OPT_ROAMING	0x10	/* a has no address of its own */
#define OPT_SHORT	0x20	/* lifetimes */
#define OPT_RECOVER	0x40	/* in the end all has to be well again */
#define OPT_NAT		0x80	/* a is behind one */

#define NBEGINS		16	/* 5: all is up */

enum {
	STEP, DELIVER, DROP, DOUBLE, MUTATE, CUT, RAW, FORGE, TIME, REKEY,
	EXPIRE, RESET, CONFIG, CA, FAIL, SWITCH, MOVE, RESTART, SHOW, NAT,
	FLOOD, NOPS
};

enum {
	P_RAW, P_CHAIN, P_ESP, P_IKE, P_KE, P_NONCE, P_TS, P_REKEY, P_DELETE,
	P_NOTIFY, P_AUTH, NPAYS
};

#endif
