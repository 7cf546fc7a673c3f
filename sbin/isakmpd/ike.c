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
 * The process that talks to the network: the engine's world.
 */
#include <sys/types.h>
#include <sys/time.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include <openssl/crypto.h>

#include "daemon.h"
#include "engine.h"
#include "kernel.h"
#include "log.h"
#include "proc.h"

#define ADDR_DELAY	200000		/* us; changes come in bunches */
#define ROUTE_BATCH	64

static struct {
	struct event_base *base;
	struct chan	*parent, *ca;
	struct engine	*engine;
	struct udp	*udp;
	struct kernel	*kernel;
	int		 pfkey[2];	/* requests, upcalls; -1: not yet */
	struct event	*upcall;
	int		 route;
	struct event	*routeevent;
	struct event	*addrtimer;
	struct ike_setup setup;
	struct ike_addr	*listen;	/* Listen-on; none: all */
	unsigned int	 nlisten;
	unsigned int	*units;		/* of the model */
	unsigned int	 nunits;
	int		 started;
	int		 stopping;
	int		 status;	/* to exit with */
} ike = { .pfkey = { -1, -1 }, .route = -1 };

static void
gone(void *arg)
{
	log_warnx("the kernel is gone, and its sockets with it: start isakmpd "
	    "again when there is another");
	exit(ISAKMPD_TOLD);
}

/* Is it one that we are to use? */
static int
listens(const struct ike_addr *a)
{
	unsigned int i;

	for (i = 0; i < ike.nlisten; i++)
		if (addr_same(a, &ike.listen[i]))
			return (1);
	return (ike.nlisten == 0);
}

/*
 * The world
 */

static uint64_t
ike_now(void *arg)
{
	return (timer_now());
}

static int64_t
ike_time(void *arg)
{
	return (time(NULL));
}

static void
ike_random(void *arg, void *p, size_t len)
{
	timer_random(p, len);
}

static void
ike_untimer(void *arg, struct timer *tm)
{
	timer_disarm(tm);
}

static void
ike_timer(void *arg, struct timer *tm, uint64_t ms)
{
	timer_arm(ike.base, tm, ms);
}

static int
ike_send(void *arg, const struct ike_addr *local, const struct ike_addr *peer,
    const void *data, size_t len, int marker)
{
	return (udp_send(ike.udp, local, peer, data, len, marker));
}

static void
ike_keepalive(void *arg, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	static const uint8_t octet = 0xff;

	(void)udp_send(ike.udp, local, peer, &octet, 1, 0);
}

/* With Listen-on, one of those, whatever the route says. */
static int
ike_source(void *arg, const struct ike_addr *peer, struct ike_addr *local)
{
	unsigned int i;
	int error;

	if ((error = udp_source(ike.udp, peer, local)) != 0 || listens(local))
		return (error);
	for (i = 0; i < ike.nlisten; i++)
		if (ike.listen[i].ia_family == peer->ia_family) {
			*local = ike.listen[i];
			return (0);
		}
	return (EADDRNOTAVAIL);
}

static int
ike_getspi(void *arg, const struct ksa *ks, uint32_t *spi)
{
	return (kernel_getspi(ike.kernel, ks, spi));
}

static int
ike_addsa(void *arg, const struct ksa *ks)
{
	return (kernel_addsa(ike.kernel, ks));
}

static int
ike_movesa(void *arg, const struct ksa *old, const struct ksa *new)
{
	return (kernel_movesa(ike.kernel, old, new));
}

static int
ike_delsa(void *arg, const struct ksa *ks)
{
	return (kernel_delsa(ike.kernel, ks));
}

static int
ike_statsa(void *arg, const struct ksa *ks, struct ksa_stat *st)
{
	return (kernel_statsa(ike.kernel, ks, st));
}

static int
ike_flow(void *arg, const struct kflow *kf, int add)
{
	return (kernel_flow(ike.kernel, kf, add));
}

static void
ike_auth(void *arg, const struct auth_req *req)
{
	struct buf b = { 0 };

	auth_req_put(&b, req);
	chan_sendbuf(ike.ca, M_AUTH, &b);
}

static void
ike_packet(void *arg, const struct ike_addr *from, const struct ike_addr *to,
    const void *data, size_t len)
{
	pcap_packet(from, to, data, len);
}

/*
 * -n: we agree with peers and tell the kernel nothing; an SPI is any that the
 * kernel could have given.
 */

static int
none_getspi(void *arg, const struct ksa *ks, uint32_t *spi)
{
	do {
		timer_random(spi, sizeof(*spi));
	} while (*spi < 0x100);
	dbg(DBG_SYSDEP, 10, "-n: SPI 0x%08x without the kernel", *spi);
	return (0);
}

static int
none_sa(void *arg, const struct ksa *ks)
{
	dbg(DBG_SYSDEP, 10, "-n: SA 0x%08x is not the kernel's", ks->ks_spi);
	return (0);
}

static int
none_movesa(void *arg, const struct ksa *old, const struct ksa *new)
{
	return (0);
}

static int
none_statsa(void *arg, const struct ksa *ks, struct ksa_stat *st)
{
	memset(st, 0, sizeof(*st));
	return (0);
}

static int
none_flow(void *arg, const struct kflow *kf, int add)
{
	return (0);
}

static struct world ike_world = {
	.w_now = ike_now,
	.w_time = ike_time,
	.w_random = ike_random,
	.w_timer = ike_timer,
	.w_untimer = ike_untimer,
	.w_send = ike_send,
	.w_keepalive = ike_keepalive,
	.w_source = ike_source,
	.w_getspi = ike_getspi,
	.w_addsa = ike_addsa,
	.w_movesa = ike_movesa,
	.w_delsa = ike_delsa,
	.w_statsa = ike_statsa,
	.w_flow = ike_flow,
	.w_auth = ike_auth,
	.w_packet = ike_packet
};

static void
world_nokernel(void)
{
	ike_world.w_getspi = none_getspi;
	ike_world.w_addsa = none_sa;
	ike_world.w_movesa = none_movesa;
	ike_world.w_delsa = none_sa;
	ike_world.w_statsa = none_statsa;
	ike_world.w_flow = none_flow;
}

/*
 * What comes from it
 */

static void
ike_recv(void *arg, const struct ike_addr *local, const struct ike_addr *peer,
    const void *data, size_t len, int natt)
{
	if (listens(local))
		engine_recv(ike.engine, local, peer, data, len, natt);
}

static void
ike_expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
	engine_expire(ike.engine, spi, dst, hard);
}

static void
ike_upcall(evutil_socket_t fd, short what, void *arg)
{
	if (kernel_input(ike.kernel) == -1)
		gone(NULL);
}

static void
ike_addresses(evutil_socket_t fd, short what, void *arg)
{
	engine_addresses(ike.engine);
}

/* Which address it was does not matter. */
static void
ike_routing(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { .tv_usec = ADDR_DELAY };
	char msg[2048];
	ssize_t n;
	int i;

	for (i = 0; i < ROUTE_BATCH; i++) {
		n = read(fd, msg, sizeof(msg));
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			gone(NULL);
		if (n == -1)
			break;
	}
	if (i > 0 && !evtimer_pending(ike.addrtimer, NULL))
		evtimer_add(ike.addrtimer, &tv);
}

/*
 * The model
 */

static int
has_unit(const unsigned int *units, unsigned int n, unsigned int unit)
{
	while (n > 0)
		if (units[--n] == unit)
			return (1);
	return (0);
}

/*
 * A unit that is ours from now on carries what an isakmpd before us left, if
 * anything; with -S, it is to stay.
 */
static void
take_units(const struct model *md)
{
	const struct p2conf *pc;
	unsigned int *units, *new, n = 0, nnew = 0, max = 1, flushed;

	TAILQ_FOREACH(pc, &md->md_conns, pc_entry)
		max++;
	if ((units = calloc(max, sizeof(*units))) == NULL ||
	    (new = calloc(max, sizeof(*new))) == NULL)
		fatal("model");
	TAILQ_FOREACH(pc, &md->md_conns, pc_entry) {
		if (!(pc->pc_flags & P2C_IFACE) ||
		    has_unit(units, n, pc->pc_unit))
			continue;
		units[n++] = pc->pc_unit;
		if (!has_unit(ike.units, ike.nunits, pc->pc_unit))
			new[nnew++] = pc->pc_unit;
	}
	free(ike.units);
	ike.units = units;
	ike.nunits = n;
	if (nnew > 0 && !ike.setup.is_passive && !ike.setup.is_nokernel) {
		flushed = kernel_flush(ike.kernel, new, nnew);
		if (flushed > 0)
			log_info("deleted %u SAs that were left over",
			    flushed);
	}
	free(new);
}

static void
take_listen(const struct model *md)
{
	free(ike.listen);
	ike.listen = NULL;
	if ((ike.nlisten = md->md_nlisten) == 0)
		return;
	ike.listen = calloc(ike.nlisten, sizeof(*ike.listen));
	if (ike.listen == NULL)
		fatal("model");
	memcpy(ike.listen, md->md_listen, ike.nlisten * sizeof(*ike.listen));
}

static struct event *
watch(int fd, event_callback_fn fn)
{
	struct event *ev;

	ev = event_new(ike.base, fd, EV_READ | EV_PERSIST, fn, NULL);
	if (ev == NULL || event_add(ev, NULL) == -1)
		fatalx("no event");
	return (ev);
}

static void
ike_start(void)
{
	ike.started = 1;
	if (!ike.setup.is_nokernel)
		ike.upcall = watch(ike.pfkey[1], ike_upcall);
	ike.routeevent = watch(ike.route, ike_routing);
	udp_start(ike.udp);
	engine_start(ike.engine);
}

static void
ike_model(struct span *sp)
{
	struct model *md;

	if ((md = model_get(sp)) == NULL)
		fatalx("no model came");
	take_units(md);
	take_listen(md);
	engine_model(ike.engine, md);
	if (!ike.started)
		ike_start();
}

/*
 * The other processes
 */

/* The parent sees to it. */
static void
ca_lost(void *arg)
{
}

static void
parent_lost(void *arg)
{
	ike.status = 1;
	event_base_loopbreak(ike.base);
}

static void
ike_stopped(void *arg)
{
	event_base_loopbreak(ike.base);
}

static void
from_ca(void *arg, unsigned int type, struct span *sp, int fd)
{
	struct auth_res res;

	if (fd != -1 || type != M_AUTHDONE || auth_res_get(sp, &res) == -1)
		fatalx("message %u from ca", type);
	if (!ike.stopping)
		engine_auth(ike.engine, &res);
	auth_res_clear(&res);
}

static char *
get_str(struct span *sp)
{
	char *s;

	if ((s = span_getstr(sp)) == NULL)
		fatalx("no string came");
	return (s);
}

static void
refused(const char *command, const char *arg, const char *why)
{
	if (why != NULL)
		log_warnx("fifo: %s%s%s: %s", command, *arg != '\0' ? " " : "",
		    arg, why);
}

static void
do_connect(struct span *sp)
{
	char *name = get_str(sp);

	refused("c", name, engine_connect(ike.engine, name));
	free(name);
}

static void
do_teardown(struct span *sp)
{
	static const char *const commands[] = { "t", "t main", "t quick" };
	uint8_t phase;
	char *name;

	if (span_get8(sp, &phase) == -1 || phase > 2)
		fatalx("no phase");
	name = get_str(sp);
	refused(*name != '\0' ? commands[phase] : "T", name,
	    engine_teardown(ike.engine, phase, *name != '\0' ? name : NULL));
	free(name);
}

static void
do_delete(struct span *sp)
{
	char *cookies = get_str(sp), *msgid = get_str(sp);

	refused("d", cookies, engine_delete(ike.engine, cookies,
	    *msgid != '\0' ? msgid : NULL));
	free(cookies);
	free(msgid);
}

static void
do_active(struct span *sp)
{
	uint8_t on;

	if (span_get8(sp, &on) == -1)
		fatalx("no mode");
	engine_active(ike.engine, on);
	log_info("%s mode", on ? "active" : "passive");
}

static void
do_text(unsigned int answer, void (*fn)(struct engine *, struct buf *))
{
	struct buf b = { 0 };

	fn(ike.engine, &b);
	chan_sendbuf(ike.parent, answer, &b);
}

static void
set_debug(struct span *sp)
{
	struct dbg_state ds;

	if (span_get(sp, &ds, sizeof(ds)) == -1)
		fatalx("no levels");
	dbg_set(&ds);
}

static void
add_udp(struct span *sp, int fd)
{
	struct udp_info ui;

	if (span_get(sp, &ui, sizeof(ui)) == -1)
		fatalx("no UDP socket");
	udp_add(ike.udp, &ui, fd);
}

static void
add_probe(struct span *sp, int fd)
{
	uint8_t family;

	if (span_get8(sp, &family) == -1)
		fatalx("no family");
	udp_addprobe(ike.udp, family, fd);
}

static void
add_ca(struct span *sp, int fd)
{
	uint8_t id;

	if (span_get8(sp, &id) == -1 || id != PROC_CA || ike.ca != NULL)
		fatalx("no such peer");
	ike.ca = chan_new(ike.base, fd, from_ca, ca_lost, NULL);
}

static void
from_parent_fd(unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_PEER:
		add_ca(sp, fd);
		break;
	case M_PFKEY:
		ike.pfkey[ike.pfkey[0] != -1] = fd;
		break;
	case M_ROUTE:
		ike.route = fd;
		break;
	case M_UDP:
		add_udp(sp, fd);
		break;
	case M_PROBE:
		add_probe(sp, fd);
		break;
	case M_PCAP:
		pcap_start(fd, ike.setup.is_natt);
		break;
	default:
		fatalx("message %u from the parent", type);
	}
}

/* All that needs a descriptor has it, but for packet logs to come. */
static void
ike_setup(struct span *sp)
{
	struct kernel_alg algs[32];
	unsigned int n;

	if (span_get(sp, &ike.setup, sizeof(ike.setup)) == -1)
		fatalx("no options");
	if (ike.pfkey[1] == -1 || ike.route == -1 || ike.ca == NULL)
		fatalx("a descriptor is missing");
	if (ike.engine != NULL)
		fatalx("options came twice");
	if (ike.setup.is_nokernel)
		world_nokernel();
	if ((ike.engine = engine_new(&ike_world, NULL)) == NULL)
		fatalx("out of memory");
	ike.kernel = kernel_new(ike.pfkey[0], ike.pfkey[1], ike_expire, NULL);
	if (ike.kernel == NULL)
		fatalx("no PF_KEY");
	/* kernel_reason() speaks of them */
	(void)kernel_algs(ike.kernel, IKE_PROTO_ESP, algs,
	    sizeof(algs) / sizeof(algs[0]), &n);
	engine_ports(ike.engine, ike.setup.is_port, ike.setup.is_natt);
	engine_noflows(ike.engine, ike.setup.is_noflows);
	if (ike.setup.is_passive)
		engine_active(ike.engine, 0);
}

/* What needs the engine; the model has come before. */
static void
from_parent_command(unsigned int type, struct span *sp)
{
	if (!ike.started || ike.stopping)
		fatalx("message %u from the parent, out of turn", type);
	switch (type) {
	case M_RENEW:
		engine_rekey(ike.engine, 2);
		break;
	case M_CONNECT:
		do_connect(sp);
		break;
	case M_TEARDOWN:
		do_teardown(sp);
		break;
	case M_DELETE:
		do_delete(sp);
		break;
	case M_ACTIVE:
		do_active(sp);
		break;
	case M_SHOW:
		do_text(M_SHOWN, engine_show);
		break;
	case M_REPORT:
		do_text(M_REPORTED, engine_report);
		break;
	default:
		fatalx("message %u from the parent", type);
	}
}

static void
from_parent(void *arg, unsigned int type, struct span *sp, int fd)
{
	if (fd != -1) {
		from_parent_fd(type, sp, fd);
		return;
	}
	if (ike.engine == NULL && type != M_DEBUG && type != M_SETUP)
		fatalx("message %u from the parent, too early", type);
	switch (type) {
	case M_DEBUG:
		set_debug(sp);
		break;
	case M_SETUP:
		ike_setup(sp);
		break;
	case M_CANAMES:
		engine_canames(ike.engine, sp->s_data, sp->s_len);
		break;
	case M_MODEL:
		ike_model(sp);
		break;
	case M_PCAP:
		pcap_start(-1, 0);
		break;
	case M_STOP:
		ike.stopping = 1;
		engine_stop(ike.engine, ike_stopped, NULL);
		break;
	default:
		from_parent_command(type, sp);
	}
}

static void
ike_free(void)
{
	if (ike.engine != NULL)
		engine_free(ike.engine);
	udp_free(ike.udp);
	if (ike.kernel != NULL)
		kernel_free(ike.kernel);
	if (ike.upcall != NULL)
		event_free(ike.upcall);
	if (ike.routeevent != NULL)
		event_free(ike.routeevent);
	event_free(ike.addrtimer);
	pcap_start(-1, 0);
	chan_free(ike.parent);
	chan_free(ike.ca);
	event_base_free(ike.base);
	free(ike.units);
	free(ike.listen);
}

void
ike_run(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	ike.base = timer_base();
	proc_drop(NULL);
	proc_unveil("/", "");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio inet recvfd");
	ike.udp = udp_new(ike.base, ike_recv, gone, NULL);
	ike.addrtimer = evtimer_new(ike.base, ike_addresses, NULL);
	if (ike.addrtimer == NULL)
		fatalx("out of memory");
	ike.parent = chan_new(ike.base, PROC_FD, from_parent, parent_lost,
	    NULL);
	event_base_dispatch(ike.base);
	ike_free();
	exit(ike.status);
}
