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
 * All that may happen to two engines of either daemon in the simulation's
 * world, and what must hold all the while.
 *
 * Input: options (1) where to begin (1), then records of an octet for what
 * happens and what its function, here or of the target, reads.  The network
 * is a queue of datagrams that only records deliver.
 */
#include <setjmp.h>
#include <stdlib.h>

#include "fuzz.h"
#include "fuzz_world.h"

#define RECORDS_MAX	64

/* What would come next by itself. */
static void
step(void)
{
	if (z.nqueue > 0)
		deliver(0);
	else if (!TAILQ_EMPTY(&z.late))
		late_give(TAILQ_FIRST(&z.late));
	else
		sim_run(z.sim, 100);
}

/*
 * Where to begin.
 */
int
is_sent(void)
{
	return (z.nqueue > 0);
}

int
is_halfopen(void)
{
	struct engine_count ec;

	engine_counts(z.node[1]->n_engine, &ec);
	return (ec.ec_halfopen > 0);
}

int
is_late_a(void)
{
	return (!TAILQ_EMPTY(&z.late) &&
	    TAILQ_FIRST(&z.late)->an_node == z.node[0]);
}

int
is_late_b(void)
{
	return (!TAILQ_EMPTY(&z.late) &&
	    TAILQ_FIRST(&z.late)->an_node == z.node[1]);
}

int
is_up(void)
{
	struct engine_count a, b;

	engine_counts(z.node[0]->n_engine, &a);
	engine_counts(z.node[1]->n_engine, &b);
	return (a.ec_live >= play.pl_live && b.ec_live >= play.pl_live);
}

/* What is done then. */
static void
then_do(unsigned int then, int side)
{
	struct engine *en = z.node[side]->n_engine;

	if (then & (CHILD_A << side))
		engine_rekey(en, REKEY_CHILD);
	if (then & (IKE_A << side))
		engine_rekey(en, REKEY_IKE);
	if (then & (RESET_A << side))
		play.pl_reset(en);
}

static void
begin(unsigned int how)
{
	const struct beginning *bg = &play.pl_begins[how];
	unsigned int i;

	z.hold = 1;
	for (i = 0; bg->bg_is != NULL && !bg->bg_is(); i++) {
		if (i == play.pl_steps)
			wrong("state %u is out of reach", how);
		step();
	}
	z.hold = bg->bg_is == is_late_a || bg->bg_is == is_late_b;
	for (i = 0; i < 2; i++)
		then_do(bg->bg_then, i);
	if (bg->bg_then & BOOT_A) {
		down(0, 1);
		play.pl_boot(0);
	}
}

/*
 * What may happen.
 */
void
op_step(struct span *s)
{
	unsigned int n = get(s) % 16 + 1;

	while (n-- > 0)
		step();
}

void
op_deliver(struct span *s)
{
	unsigned int i = get(s);

	if (z.nqueue > 0)
		deliver(i % z.nqueue);
}

void
op_drop(struct span *s)
{
	unsigned int i = get(s);

	if (z.nqueue > 0)
		free(dequeue(i % z.nqueue));
}

void
op_double(struct span *s)
{
	unsigned int i = get(s);

	if (z.nqueue > 0)
		enqueue(z.queue[i % z.nqueue]);
}

void
op_cut(struct span *s)
{
	unsigned int i = get(s), len = get(s);
	struct dgram *d = spoil(i);

	if (d != NULL && len < d->dg_len)
		d->dg_len = len;
}

void
op_raw(struct span *s)
{
	uint8_t what = get(s);
	struct span data;
	struct dgram *d;

	get_octets(s, &data);
	d = dgram_new(what & 1, what & 2, data.s_data, data.s_len);
	play.pl_arrive(d);
	free(d);
}

void
op_time(struct span *s)
{
	static const unsigned int unit[] = { 1, 20, 500, 5000 };
	uint8_t what = get(s);

	sim_run(z.sim, (get(s) + 1) * unit[what % 4]);
}

/* The end of the nth SA of a kernel, or of one that is not there. */
void
op_expire(struct span *s)
{
	uint8_t what = get(s), nth = get(s);
	struct node *n = z.node[what & 1];
	struct ike_addr dst;
	struct sa *sa;

	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (nth-- == 0)
			break;
	if (sa != NULL && play.pl_expire != NULL && play.pl_expire(sa, what))
		return;
	if (sa != NULL && (what & 2))
		sadb_expire(sa);
	else if (sa != NULL) {
		dst = sa->sa_k.ks_dst;
		engine_expire(n->n_engine, sa->sa_k.ks_spi, &dst, 0);
	} else
		engine_expire(n->n_engine, nth, &n->n_addr, what & 2);
}

void
op_config(struct span *s)
{
	uint8_t what = get(s);

	z.policy[what & 1] = what / 2 % play.pl_npolicies;
	play.pl_configure(what & 1);
}

void
op_ca(struct span *s)
{
	uint8_t what = get(s);
	struct answer *an;

	z.hold = what & 1;
	z.refuse = (what & 8) != 0;
	an = what & 2 ? TAILQ_FIRST(&z.late) : TAILQ_LAST(&z.late, lates);
	if (an != NULL && (what & 4))
		late_free(an);
	else if (an != NULL)
		late_give(an);
}

void
op_fail(struct span *s)
{
	uint8_t what = get(s);

	z.fail[what & 1] = what >> 1;
}

/* The NAT, if there is one, forgets. */
void
op_nat(struct span *s)
{
	if (z.node[0]->n_nat != NULL)
		nat_move(z.node[0]->n_nat);
}

/*
 * What must hold.
 */
static void
check_kernel(struct node *n)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (!play.pl_owns(n->n_engine, sa->sa_k.ks_spi,
		    sa->sa_k.ks_out))
			wrong("%s: SA 0x%08x, %s, is nobody's", n->n_name,
			    sa->sa_k.ks_spi, sa->sa_larval ? "larval" :
			    sa->sa_k.ks_out ? "out" : "in");
}

static void
check(void)
{
	const char *why;
	int i;

	for (i = 0; i < 2; i++) {
		if ((why = play.pl_fault(z.node[i]->n_engine)) != NULL)
			wrong("%s: %s", z.node[i]->n_name, why);
		check_kernel(z.node[i]);
		play.pl_check(i);
	}
}

static void
record(struct span *s)
{
	unsigned int op = get(s) % play.pl_nops;
	uint64_t when = z.sim->s_now, sent, done = z.sim->s_done, ms;

	sent = z.node[0]->n_sent + z.node[1]->n_sent;
	z.records++;
	play.pl_ops[op](s);
	ms = z.sim->s_now - when;
	sent = z.node[0]->n_sent + z.node[1]->n_sent - sent;
	if (sent > 16 * 16 + z.answers + ms / 10 ||
	    z.sim->s_done - done > 1000 + ms)
		wrong("record %u: %llu datagrams, %llu events in %llu ms", op,
		    (unsigned long long)sent,
		    (unsigned long long)(z.sim->s_done - done),
		    (unsigned long long)ms);
	check();
}

/* What one sends now the other can read. */
static int
way_works(struct node *from, struct node *to)
{
	struct sa *out = sadb_newest(from, 0, 1), *in;

	if (out == NULL)
		return (0);
	TAILQ_FOREACH(in, &to->n_sas, sa_entry)
		if (!in->sa_larval && !in->sa_k.ks_out &&
		    in->sa_print == out->sa_print &&
		    in->sa_k.ks_spi == out->sa_k.ks_spi &&
		    (z.node[0]->n_nat != NULL ||
		    addr_same(&in->sa_k.ks_dst, &out->sa_k.ks_dst)))
			return (1);
	return (0);
}

/* Nobody did what only a peer can do: it comes back by itself. */
static void
recover(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		z.fail[i] = 0;
		z.policy[i] = 0;
		play.pl_well(i);
		engine_active(z.node[i]->n_engine, 1);
	}
	for (i = 0; i < play.pl_again; i += 5) {
		sim_run(z.sim, 5 * SIM_SEC);
		check();
		if (way_works(z.node[0], z.node[1]) &&
		    way_works(z.node[1], z.node[0]))
			return;
	}
	wrong("no tunnel after %d s", i);
}

static void
check_stopped(struct node *n)
{
	struct sa *sa = TAILQ_FIRST(&n->n_sas);

	if (n->n_stopped != 1)
		wrong("%s: stopped %d times", n->n_name, n->n_stopped);
	play.pl_stopped(n);
	if (sa != NULL)
		wrong("%s: SA 0x%08x, %s, after the stop", n->n_name,
		    sa->sa_k.ks_spi, sa->sa_larval ? "larval" :
		    sa->sa_k.ks_out ? "out" : "in");
}

static void
finish(void)
{
	int i;

	z.wire = 1;
	z.hold = 0;
	while (z.nqueue > 0)
		deliver(0);
	while (!TAILQ_EMPTY(&z.late))
		late_give(TAILQ_FIRST(&z.late));
	check();
	if ((z.opt & play.pl_recover) && !z.forged)
		recover();
	for (i = 0; i < 2; i++)
		node_stop(z.node[i]);
	sim_run(z.sim, play.pl_goodbye);
	for (i = 0; i < 2; i++)
		check_stopped(z.node[i]);
	if (play.pl_gone != NULL)
		play.pl_gone();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span s = { data, len };

	world_new();
	if (setjmp(z.sim->s_fail) != 0)
		abort();
	z.opt = get(&s);
	if (z.opt & play.pl_nat)
		z.node[0]->n_nat = nat_new("203.0.113.1", SIM_MIN);
	play.pl_boot(0);
	play.pl_boot(1);
	begin(get(&s) % play.pl_nbegins);
	check();
	while (s.s_len > 0 && z.records < RECORDS_MAX)
		record(&s);
	finish();
	down(0, 1);
	down(1, 1);
	sim_free(z.sim);
	return (0);
}
