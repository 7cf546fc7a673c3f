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
 * What is real of a daemon's world.
 */
#include <sys/types.h>
#include <sys/time.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "log.h"
#include "outside.h"
#include "proc.h"

#define ADDR_DELAY	200000		/* us; changes come in bunches */
#define ROUTE_BATCH	64

static void
outside_gone(void *arg)
{
	log_warnx("the kernel is gone, and its sockets with it: start %s "
	    "again when there is another", proc_prog.pp_name);
	exit(PROC_TOLD);
}

static void
outside_settled(evutil_socket_t fd, short what, void *arg)
{
	struct outside *o = arg;

	o->o_addresses();
}

void
outside_init(struct outside *o, void (*recv)(void *,
    const struct ike_addr *, const struct ike_addr *, const void *, size_t,
    int))
{
	o->o_pfkey[0] = o->o_pfkey[1] = o->o_route = -1;
	o->o_base = timer_base();
	o->o_udp = udp_new(o->o_base, recv, outside_gone, o);
	o->o_settled = evtimer_new(o->o_base, outside_settled, o);
	if (o->o_settled == NULL)
		fatalx("out of memory");
}

/* But for the base, which the channels need, too. */
void
outside_free(struct outside *o)
{
	udp_free(o->o_udp);
	if (o->o_kernel != NULL)
		kernel_free(o->o_kernel);
	if (o->o_upcall != NULL)
		event_free(o->o_upcall);
	if (o->o_routed != NULL)
		event_free(o->o_routed);
	event_free(o->o_settled);
	free(o->o_units);
}

static void
take_udp(struct outside *o, struct span *sp, int fd)
{
	struct udp_info ui;

	if (span_get(sp, &ui, sizeof(ui)) == -1)
		fatalx("no UDP socket");
	udp_add(o->o_udp, &ui, fd);
}

static void
take_probe(struct outside *o, struct span *sp, int fd)
{
	uint8_t family;

	if (span_get8(sp, &family) == -1)
		fatalx("no family");
	udp_addprobe(o->o_udp, family, fd);
}

int
outside_message(struct outside *o, unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_PFKEY:
		o->o_pfkey[o->o_pfkey[0] != -1] = fd;
		return (0);
	case M_ROUTE:
		o->o_route = fd;
		return (0);
	case M_UDP:
		take_udp(o, sp, fd);
		return (0);
	case M_PROBE:
		take_probe(o, sp, fd);
		return (0);
	default:
		return (-1);
	}
}

int
outside_complete(const struct outside *o)
{
	return (o->o_pfkey[1] != -1 && o->o_route != -1);
}

void
outside_kernel(struct outside *o, void (*expire)(void *, uint32_t,
    const struct ike_addr *, int))
{
	o->o_kernel = kernel_new(o->o_pfkey[0], o->o_pfkey[1], expire, o);
	if (o->o_kernel == NULL)
		fatalx("no PF_KEY");
}

void
outside_onacquire(struct outside *o,
    void (*acquire)(void *, const struct kacquire *))
{
	kernel_onacquire(o->o_kernel, acquire);
}

static void
outside_upcall(evutil_socket_t fd, short what, void *arg)
{
	struct outside *o = arg;

	if (kernel_input(o->o_kernel) == -1)
		outside_gone(o);
}

/* Which address it was does not matter. */
static void
outside_routing(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { .tv_usec = ADDR_DELAY };
	struct outside *o = arg;
	char msg[2048];
	ssize_t n;
	int i;

	for (i = 0; i < ROUTE_BATCH; i++) {
		n = read(fd, msg, sizeof(msg));
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			outside_gone(o);
		if (n == -1)
			break;
	}
	if (i > 0 && !evtimer_pending(o->o_settled, NULL))
		evtimer_add(o->o_settled, &tv);
}

static struct event *
watch(struct outside *o, int fd, event_callback_fn fn)
{
	struct event *ev;

	ev = event_new(o->o_base, fd, EV_READ | EV_PERSIST, fn, o);
	if (ev == NULL || event_add(ev, NULL) == -1)
		fatalx("no event");
	return (ev);
}

void
outside_start(struct outside *o)
{
	o->o_upcall = watch(o, o->o_pfkey[1], outside_upcall);
	o->o_routed = watch(o, o->o_route, outside_routing);
	udp_start(o->o_udp);
}

/*
 * Units
 */

static int
has_unit(const unsigned int *units, unsigned int n, unsigned int unit)
{
	for (; n > 0; n--)
		if (units[n - 1] == unit)
			return (1);
	return (0);
}

void
outside_flush(struct outside *o, const unsigned int *units, unsigned int n,
    int old)
{
	const unsigned int *from = old ? o->o_units : units;
	const unsigned int *not = old ? units : o->o_units;
	const unsigned int nfrom = old ? o->o_nunits : n;
	const unsigned int nnot = old ? n : o->o_nunits;
	unsigned int *left, i, nleft = 0, flushed;

	if (nfrom == 0)
		return;
	if ((left = calloc(nfrom, sizeof(*left))) == NULL)
		fatal("configuration");
	for (i = 0; i < nfrom; i++)
		if (!has_unit(not, nnot, from[i]))
			left[nleft++] = from[i];
	flushed = nleft == 0 ? 0 : kernel_flush(o->o_kernel, left, nleft);
	if (flushed > 0)
		log_info("deleted %u SAs that were left over", flushed);
	free(left);
}

void
outside_orphans(struct outside *o)
{
	unsigned int flushed = kernel_orphans(o->o_kernel);

	if (flushed > 0)
		log_info("deleted %u SAs that were left over", flushed);
}

void
outside_units(struct outside *o, unsigned int *units, unsigned int n)
{
	free(o->o_units);
	o->o_units = units;
	o->o_nunits = n;
}

/*
 * The world
 */

uint64_t
outside_now(void *arg)
{
	return (timer_now());
}

int64_t
outside_time(void *arg)
{
	return (time(NULL));
}

void
outside_random(void *arg, void *p, size_t len)
{
	timer_random(p, len);
}

void
outside_timer(void *arg, struct timer *tm, uint64_t ms)
{
	const struct outside *o = arg;

	timer_arm(o->o_base, tm, ms);
}

void
outside_untimer(void *arg, struct timer *tm)
{
	timer_disarm(tm);
}

int
outside_send(void *arg, const struct ike_addr *local,
    const struct ike_addr *peer, const void *data, size_t len, int marker)
{
	const struct outside *o = arg;

	return (udp_send(o->o_udp, local, peer, data, len, marker));
}

void
outside_keepalive(void *arg, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	static const uint8_t octet = 0xff;

	(void)outside_send(arg, local, peer, &octet, 1, 0);
}

int
outside_source(void *arg, const struct ike_addr *peer,
    struct ike_addr *local)
{
	const struct outside *o = arg;

	return (udp_source(o->o_udp, peer, local));
}

int
outside_getspi(void *arg, const struct ksa *ks, uint32_t *spi)
{
	const struct outside *o = arg;

	return (kernel_getspi(o->o_kernel, ks, spi));
}

int
outside_addsa(void *arg, const struct ksa *ks)
{
	const struct outside *o = arg;

	return (kernel_addsa(o->o_kernel, ks));
}

int
outside_movesa(void *arg, const struct ksa *old, const struct ksa *new)
{
	const struct outside *o = arg;

	return (kernel_movesa(o->o_kernel, old, new));
}

int
outside_delsa(void *arg, const struct ksa *ks)
{
	const struct outside *o = arg;

	return (kernel_delsa(o->o_kernel, ks));
}

int
outside_statsa(void *arg, const struct ksa *ks, struct ksa_stat *st)
{
	const struct outside *o = arg;

	return (kernel_statsa(o->o_kernel, ks, st));
}

int
outside_flow(void *arg, const struct kflow *kf, int add)
{
	const struct outside *o = arg;

	return (kernel_flow(o->o_kernel, kf, add));
}
