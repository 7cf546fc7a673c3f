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
 * Identification of packets: not to be guessed by those who do not see
 * them, and not repeated while a fragment may still be about.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mutex.h>

#include <netinet/in.h>
#include <netinet/ip_var.h>

/*
 * The numbers 0 .. 32767 go through a permutation with random tables.
 * When they are used up the tables are renewed and the top bit changes, so
 * that two equal ids have a whole round of others between them.
 */
#define IPID_ROUND	0x8000
#define IPID_NTABLES	6

static struct mutex ipid_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static u_int8_t ipid_table[IPID_NTABLES][256];	/* ipid_mtx */
static u_int ipid_next = IPID_ROUND;		/* ipid_mtx */
static u_int ipid_top;				/* ipid_mtx */

static u_int
ipid_permute(u_int x)
{
	u_int hi = x >> 8, lo = x & 0xff;	/* 7 and 8 bits */
	int i;

	for (i = 0; i < IPID_NTABLES; i += 2) {
		hi ^= ipid_table[i][lo] & 0x7f;
		lo ^= ipid_table[i + 1][hi];
	}
	return (hi << 8 | lo);
}

u_int16_t
ip_randomid(void)
{
	u_int id;

	mtx_enter(&ipid_mtx);
	do {
		if (ipid_next == IPID_ROUND) {
			arc4random_buf(ipid_table, sizeof(ipid_table));
			ipid_top ^= IPID_ROUND;
			ipid_next = 0;
		}
		id = ipid_top | ipid_permute(ipid_next++);
	} while (id == 0);
	mtx_leave(&ipid_mtx);
	return (id);
}
