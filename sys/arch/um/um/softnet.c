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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/proc.h>
#include <sys/task.h>

#include <net/if.h>
#include <net/if_var.h>

#include <machine/host.h>
#include <machine/sched.h>
#include <machine/softnet.h>

/*
 * Locks used to protect struct members:
 *	I	immutable after softnet_init()
 *	o	the softnet's own thread
 *	a	atomic
 */
struct softnet {
	char		 sn_name[16];		/* [I] */
	struct taskq	*sn_tq;			/* [I] */
	struct host_poll *sn_poll;		/* [I] NULL when exact */
	struct proc	*sn_proc;		/* [a] */
	struct netstack	 sn_ns;			/* [o] */
	TAILQ_HEAD(, softnet_nic) sn_nics;	/* [o] */
	unsigned int	 sn_state;		/* [a] SN_* */
} __aligned(64);

#define SN_RUN		0
#define SN_ARMED	1		/* about to sleep, or asleep */

#define SN_RXBUDGET	64		/* frames of one NIC a round */
#define SN_TASKBUDGET	64		/* tasks a round */

static struct softnet	*softnets;
static unsigned int	 softnet_count;
static uint64_t		 softnet_nkicks;	/* atomic */

/*
 * Whoever queues work calls this after it.  The softnet stores ARMED and
 * then looks at its queue once more, both with sequential consistency:
 * either it sees the work or the swap here sees ARMED.
 */
void
softnet_kick(struct softnet *sn)
{
	unsigned int armed = SN_ARMED;

	if (__atomic_load_n(&sn->sn_state, __ATOMIC_SEQ_CST) != SN_ARMED ||
	    !__atomic_compare_exchange_n(&sn->sn_state, &armed, SN_RUN, 0,
	    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return;
	__atomic_fetch_add(&softnet_nkicks, 1, __ATOMIC_RELAXED);
	if (sched_exact)
		wakeup(sn);
	else
		host_poll_kick(sn->sn_poll);
}

static void
softnet_tq_kick(void *arg)
{
	softnet_kick(arg);
}

uint64_t
softnet_kicks(void)
{
	return (__atomic_load_n(&softnet_nkicks, __ATOMIC_RELAXED));
}

static void
softnet_sleep(struct softnet *sn)
{
	if (sched_exact) {
		sleep_setup(sn, "softnet");
		__atomic_exchange_n(&sn->sn_state, SN_ARMED,
		    __ATOMIC_SEQ_CST);
		if (taskq_empty(sn->sn_tq))
			sleep_finish(INFSLP);
		else
			sleep_cancel();
	} else {
		__atomic_exchange_n(&sn->sn_state, SN_ARMED,
		    __ATOMIC_SEQ_CST);
		if (taskq_empty(sn->sn_tq)) {
			sched_release();
			host_poll_wait(sn->sn_poll, ~0UL);
			sched_acquire();
		}
	}
	__atomic_store_n(&sn->sn_state, SN_RUN, __ATOMIC_SEQ_CST);
}

static unsigned int
softnet_round(struct softnet *sn)
{
	struct softnet_nic *nic;
	unsigned int n = 0;

	clock_round();
	TAILQ_FOREACH(nic, &sn->sn_nics, sn_entry)
		n += nic->sn_recv(nic->sn_arg, SN_RXBUDGET);
	n += taskq_run(sn->sn_tq, SN_TASKBUDGET);
	smr_quiescent(sn->sn_proc);
	return (n);
}

static void
softnet_loop(void *arg)
{
	struct softnet *sn = arg;

	__atomic_store_n(&sn->sn_proc, curproc, __ATOMIC_RELAXED);
	curproc->p_ns = &sn->sn_ns;
	for (;;) {
		if (softnet_round(sn) == 0)
			softnet_sleep(sn);
		else if (sched_waiting())
			sched_yield();
	}
}

void
softnet_init(void)
{
	struct softnet *sn;
	unsigned int i;

	softnet_count = MIN(ncpus, 8);
	softnets = host_alloc(softnet_count * sizeof(*softnets), 64);
	if (softnets == NULL)
		panic("softnet_init: no memory");
	memset(softnets, 0, softnet_count * sizeof(*softnets));
	for (i = 0; i < softnet_count; i++) {
		sn = &softnets[i];
		snprintf(sn->sn_name, sizeof(sn->sn_name), "softnet%u", i);
		TAILQ_INIT(&sn->sn_nics);
		ml_init(&sn->sn_ns.ns_input);
		ml_init(&sn->sn_ns.ns_proto);
		sn->sn_tq = taskq_create_driven(sn->sn_name, softnet_tq_kick,
		    sn);
		if (!sched_exact &&
		    (sn->sn_poll = host_poll_new()) == NULL)
			panic("%s: no poll", sn->sn_name);
		if (kthread_create(softnet_loop, sn, NULL, sn->sn_name) != 0)
			panic("%s: no thread", sn->sn_name);
	}
}

struct softnet *
softnet_of(unsigned int idx)
{
	return (&softnets[idx % softnet_count]);
}

struct taskq *
net_tq(unsigned int idx)
{
	return (softnet_of(idx)->sn_tq);
}

struct netstack *
softnet_ns(struct softnet *sn)
{
	return (&sn->sn_ns);
}

struct host_poll *
softnet_poll(struct softnet *sn)
{
	return (sn->sn_poll);
}

void
net_tq_barriers(const char *wmesg)
{
	unsigned int i;

	for (i = 0; i < softnet_count; i++) {
		if (__atomic_load_n(&softnets[i].sn_proc, __ATOMIC_RELAXED) !=
		    curproc)
			taskq_barrier(softnets[i].sn_tq);
	}
}

static void
softnet_forget_task(void *arg)
{
	struct softnet *sn = arg;

	route_release(&sn->sn_ns.ns_route);
	route_release(&sn->sn_ns.ns_route6);
	route_release(&sn->sn_ns.ns_saroute);
	route_release(&sn->sn_ns.ns_saroute6);
}

/* At halt: what the threads remember holds references. */
void
softnet_forget(void)
{
	struct task t;
	unsigned int i;

	for (i = 0; i < softnet_count; i++) {
		task_set(&t, softnet_forget_task, &softnets[i]);
		task_add(softnets[i].sn_tq, &t);
		taskq_barrier(softnets[i].sn_tq);
	}
}

struct softnet_change {
	struct softnet		*sc_sn;
	struct softnet_nic	*sc_nic;
	int			 sc_add;
};

/* The list is the thread's own: it changes it itself, as a task. */
static void
softnet_change_task(void *arg)
{
	struct softnet_change *sc = arg;

	if (sc->sc_add)
		TAILQ_INSERT_TAIL(&sc->sc_sn->sn_nics, sc->sc_nic, sn_entry);
	else
		TAILQ_REMOVE(&sc->sc_sn->sn_nics, sc->sc_nic, sn_entry);
}

static void
softnet_change(struct softnet *sn, struct softnet_nic *nic, int add)
{
	struct softnet_change sc = { sn, nic, add };
	struct task t;

	task_set(&t, softnet_change_task, &sc);
	task_add(sn->sn_tq, &t);
	taskq_barrier(sn->sn_tq);
}

void
softnet_nic_add(struct softnet *sn, struct softnet_nic *nic)
{
	softnet_change(sn, nic, 1);
}

void
softnet_nic_del(struct softnet *sn, struct softnet_nic *nic)
{
	softnet_change(sn, nic, 0);
}
