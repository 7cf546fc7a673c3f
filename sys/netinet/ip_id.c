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
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/percpu.h>

#include <netinet/in.h>
#include <netinet/ip_var.h>

/*
 * The numbers 0 .. 32767 go through a permutation with random tables.
 * When they are used up the tables are renewed and the top bit changes, so
 * that two equal ids have a whole round of others between them, less what
 * other CPUs keep in reserve.
 */
#define IPID_ROUND	0x8000
#define IPID_NTABLES	4

#define IPID_RESERVE	64	/* the tables leave the cache between packets */

/* [p] per CPU: no locks, and single loads and stores as counters have */
struct ipid_reserve {
	u_int		ir_left;
	u_int16_t	ir_id[IPID_RESERVE - 1];	/* one went at once */
};

static struct cpumem *ipid_reserves;
static struct mutex ipid_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static u_int8_t ipid_table[IPID_NTABLES][256];	/* ipid_mtx */
static u_int ipid_next = IPID_ROUND;		/* ipid_mtx */
static u_int ipid_top;				/* ipid_mtx */

static u_int
ipid_permute(u_int x)
{
	u_int hi = x >> 8, lo = x & 0xff;	/* 7 and 8 bits */

	hi ^= ipid_table[0][lo] & 0x7f;
	lo ^= ipid_table[1][hi];
	hi ^= ipid_table[2][lo] & 0x7f;
	lo ^= ipid_table[3][hi];
	return (hi << 8 | lo);
}

static u_int16_t
ipid_draw(void)
{
	u_int id;

	MUTEX_ASSERT_LOCKED(&ipid_mtx);
	do {
		if (ipid_next == IPID_ROUND) {
			arc4random_buf(ipid_table, sizeof(ipid_table));
			ipid_top ^= IPID_ROUND;
			ipid_next = 0;
		}
		id = ipid_top | ipid_permute(ipid_next++);
	} while (id == 0);
	return (id);
}

/* For this CPU, whichever that is after waiting for the mutex; and one. */
static u_int16_t
ipid_refill(void)
{
	u_int16_t new[IPID_RESERVE];
	struct ipid_reserve *ir;
	int i;

	mtx_enter(&ipid_mtx);
	for (i = 0; i < IPID_RESERVE; i++)
		new[i] = ipid_draw();
	mtx_leave(&ipid_mtx);
	ir = cpumem_enter(ipid_reserves);
	for (i = 0; i < IPID_RESERVE - 1; i++)
		WRITE_ONCE(ir->ir_id[i], new[i]);
	WRITE_ONCE(ir->ir_left, IPID_RESERVE - 1);
	cpumem_leave(ipid_reserves, ir);
	return (new[IPID_RESERVE - 1]);
}

/* Each CPU draws some at a time: the mutex is not for every packet. */
u_int16_t
ip_randomid(void)
{
	struct ipid_reserve *ir = cpumem_enter(ipid_reserves);
	u_int left = READ_ONCE(ir->ir_left);
	u_int16_t id = 0;

	if (left > 0) {
		id = READ_ONCE(ir->ir_id[left - 1]);
		WRITE_ONCE(ir->ir_left, left - 1);
	}
	cpumem_leave(ipid_reserves, ir);
	return (id != 0 ? id : ipid_refill());
}

void
ip_id_init(void)
{
	ipid_reserves = cpumem_malloc(sizeof(struct ipid_reserve), M_TEMP);
}
