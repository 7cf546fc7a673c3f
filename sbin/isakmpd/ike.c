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
#include "log.h"
#include "outside.h"
#include "proc.h"

static void	 ike_addresses(void);

static struct {
	struct outside	 out;		/* the argument of the world */
	struct chan	*parent, *ca;
	struct engine	*engine;
	struct ike_setup setup;
	struct ike_addr	*listen;	/* Listen-on; none: all */
	unsigned int	 nlisten;
	int		 flows;		/* SAs of no unit may be ours */
	int		 started;
	int		 stopping;
	int		 status;	/* to exit with */
} ike = { .out = { .o_addresses = ike_addresses } };

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

/* With Listen-on, one of those, whatever the route says. */
static int
ike_source(void *arg, const struct ike_addr *peer, struct ike_addr *local)
{
	unsigned int i;
	int error;

	if ((error = outside_source(arg, peer, local)) != 0 || listens(local))
		return (error);
	for (i = 0; i < ike.nlisten; i++)
		if (ike.listen[i].ia_family == peer->ia_family) {
			*local = ike.listen[i];
			return (0);
		}
	return (EADDRNOTAVAIL);
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
	.w_now = outside_now,
	.w_time = outside_time,
	.w_random = outside_random,
	.w_timer = outside_timer,
	.w_untimer = outside_untimer,
	.w_send = outside_send,
	.w_keepalive = outside_keepalive,
	.w_source = ike_source,
	.w_getspi = outside_getspi,
	.w_addsa = outside_addsa,
	.w_movesa = outside_movesa,
	.w_delsa = outside_delsa,
	.w_statsa = outside_statsa,
	.w_flow = outside_flow,
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
ike_acquire(void *arg, const struct kacquire *ka)
{
	engine_acquire(ike.engine, ka);
}

static void
ike_expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
	engine_expire(ike.engine, spi, dst, hard);
}

static void
ike_addresses(void)
{
	engine_addresses(ike.engine);
}

/*
 * The model
 */

/*
 * A unit that is ours from now on carries what an isakmpd before us left, if
 * anything; with -S, it is to stay.  The same goes for the first connection
 * without a unit.
 */
static void
take_units(const struct model *md)
{
	const struct p2conf *pc;
	unsigned int *units, n = 0, all = 0;

	TAILQ_FOREACH(pc, &md->md_conns, pc_entry)
		all++;
	if ((units = calloc(all + 1, sizeof(*units))) == NULL)
		fatal("model");
	TAILQ_FOREACH(pc, &md->md_conns, pc_entry)
		if (pc->pc_flags & P2C_IFACE)
			units[n++] = pc->pc_unit;
	if (!ike.setup.is_passive && !ike.setup.is_nokernel) {
		outside_flush(&ike.out, units, n, 0);
		if (n < all && !ike.flows)
			outside_orphans(&ike.out);
	}
	ike.flows |= n < all;
	outside_units(&ike.out, units, n);
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

static void
ike_start(void)
{
	ike.started = 1;
	outside_start(&ike.out);
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
	event_base_loopbreak(ike.out.o_base);
}

static void
ike_stopped(void *arg)
{
	event_base_loopbreak(ike.out.o_base);
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
add_ca(struct span *sp, int fd)
{
	uint8_t id;

	if (span_get8(sp, &id) == -1 || id != PROC_CA || ike.ca != NULL)
		fatalx("no such peer");
	ike.ca = chan_new(ike.out.o_base, fd, from_ca, ca_lost, NULL);
}

static void
from_parent_fd(unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_PEER:
		add_ca(sp, fd);
		break;
	case M_PCAP:
		pcap_start(fd, ike.setup.is_natt);
		break;
	default:
		if (outside_message(&ike.out, type, sp, fd) == -1)
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
	if (!outside_complete(&ike.out) || ike.ca == NULL)
		fatalx("a descriptor is missing");
	if (ike.engine != NULL)
		fatalx("options came twice");
	if (ike.setup.is_nokernel)
		world_nokernel();
	if ((ike.engine = engine_new(&ike_world, &ike.out)) == NULL)
		fatalx("out of memory");
	outside_kernel(&ike.out, ike_expire);
	outside_onacquire(&ike.out, ike_acquire);
	/* kernel_reason() speaks of them */
	(void)kernel_algs(ike.out.o_kernel, IKE_PROTO_ESP, algs,
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
	outside_free(&ike.out);
	pcap_start(-1, 0);
	chan_free(ike.parent);
	chan_free(ike.ca);
	event_base_free(ike.out.o_base);
	free(ike.listen);
}

void
ike_run(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	proc_drop(NULL);
	proc_unveil("/", "");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio inet recvfd");
	outside_init(&ike.out, ike_recv);
	ike.parent = chan_new(ike.out.o_base, PROC_FD, from_parent, parent_lost,
	    NULL);
	event_base_dispatch(ike.out.o_base);
	ike_free();
	exit(ike.status);
}
