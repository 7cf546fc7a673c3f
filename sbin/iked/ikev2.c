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

#include "auth.h"
#include "conf.h"
#include "ctl.h"
#include "engine.h"
#include "iked.h"
#include "log.h"
#include "outside.h"
#include "proc.h"

static void	 ike_addresses(void);

static struct {
	struct outside	 out;		/* the argument of the world */
	struct chan	*peers[PROC_N];
	struct engine	*engine;
	int		 keylog[2];	/* -1: none */
	int		 watched;
	int		 flows;		/* SAs of no interface may be ours */
	int		 status;	/* to exit with */
} ike = { .out = { .o_addresses = ike_addresses },
	.keylog = { -1, -1 } };

static const char *const keylog_tables[2] = { "ikev2_decryption_table",
    "esp_sa" };

/*
 * The world
 */

static void
ike_sign(void *arg, const struct sign_req *req)
{
	struct buf b = { 0 };

	sign_req_put(&b, req);
	chan_sendbuf(ike.peers[PROC_CA], M_SIGN, &b);
}

static void
ike_verify(void *arg, const struct verify_req *req)
{
	struct buf b = { 0 };

	verify_req_put(&b, req);
	chan_sendbuf(ike.peers[PROC_CA], M_VERIFY, &b);
}

static void
ike_event(void *arg, const char *line)
{
	struct buf b = { 0 };

	if (!ike.watched)
		return;
	buf_printf(&b, "%s\n", line);
	chan_sendbuf(ike.peers[PROC_CONTROL], M_EVENT, &b);
}

static void
ike_keylog(void *arg, const char *table, const char *line)
{
	struct buf b = { 0 };
	int i;

	for (i = 0; i < 2; i++)
		if (strcmp(table, keylog_tables[i]) == 0)
			break;
	if (i == 2)
		fatalx("no key log %s", table);
	buf_printf(&b, "%s\n", line);
	if (!b.b_failed && write(ike.keylog[i], b.b_data, b.b_len) == -1)
		log_warn("key log %s", table);
	buf_clear(&b);
}

static struct world ike_world = {
	.w_now = outside_now,
	.w_time = outside_time,
	.w_random = outside_random,
	.w_timer = outside_timer,
	.w_untimer = outside_untimer,
	.w_send = outside_send,
	.w_keepalive = outside_keepalive,
	.w_source = outside_source,
	.w_getspi = outside_getspi,
	.w_addsa = outside_addsa,
	.w_movesa = outside_movesa,
	.w_delsa = outside_delsa,
	.w_statsa = outside_statsa,
	.w_flow = outside_flow,
	.w_sign = ike_sign,
	.w_verify = ike_verify,
	.w_event = ike_event
};

/*
 * What comes from it
 */

static void
ike_recv(void *arg, const struct ike_addr *local, const struct ike_addr *peer,
    const void *data, size_t len, int natt)
{
	engine_recv(ike.engine, local, peer, data, len, natt);
}

static void
ike_expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
	engine_expire(ike.engine, spi, dst, hard);
}

static void
ike_acquire(void *arg, const struct kacquire *ka)
{
	engine_acquire(ike.engine, ka);
}

static void
ike_addresses(void)
{
	engine_addresses(ike.engine);
}

/*
 * Configuration
 */

static void
units_of(const struct conf *conf, unsigned int **units, unsigned int *n)
{
	const struct policy *pol;

	*n = 0;
	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry)
		(*n)++;
	if ((*units = calloc(*n + 1, sizeof(**units))) == NULL)
		fatal("configuration");
	*n = 0;
	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry)
		if (!(pol->pol_flags & POL_FLOWS))
			(*units)[(*n)++] = pol->pol_unit;
}

static int
has_flows(const struct conf *conf)
{
	const struct policy *pol;

	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry)
		if (pol->pol_flags & POL_FLOWS)
			return (1);
	return (0);
}

/* Two rounds: what others left on our units goes before ours come. */
static void
ike_config(struct span *sp)
{
	struct conf *conf;
	unsigned int *units, n;
	int coupled;

	if ((conf = conf_get(sp)) == NULL)
		fatalx("no configuration came");
	units_of(conf, &units, &n);
	coupled = (conf->conf_flags & CONF_DECOUPLE) == 0;
	if (coupled)
		outside_flush(&ike.out, units, n, 0);
	if (coupled && !ike.flows && has_flows(conf)) {
		outside_orphans(&ike.out);
		ike.flows = 1;
	}
	engine_config(ike.engine, conf);
	if (coupled)
		outside_flush(&ike.out, units, n, 1);
	outside_units(&ike.out, units, n);
	chan_send(ike.peers[PROC_PARENT], M_CONFDONE, NULL, 0);
}

/*
 * The other processes
 */

/* The parent sees to it. */
static void
peer_lost(void *arg)
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
ike_show(const struct ctl_req *cr)
{
	const int json = (cr->cr_flags & CTL_F_JSON) != 0;
	struct buf b = { 0 };

	if (cr->cr_type == CTL_SHOW_SA)
		engine_show_sa(ike.engine, &b, json);
	else
		engine_show_stats(ike.engine, &b,
		    (cr->cr_flags & CTL_F_NONZERO) != 0, json);
	if (b.b_failed)
		fatalx("out of memory");
	ctl_text(ike.peers[PROC_CONTROL], cr->cr_client, b.b_data, b.b_len);
	buf_clear(&b);
}

/* NULL, or why it failed. */
static const char *
ike_command(const struct ctl_req *cr)
{
	switch (cr->cr_type) {
	case CTL_SHOW_SA:
	case CTL_SHOW_STATS:
		ike_show(cr);
		break;
	case CTL_RESET_ALL:
	case CTL_RESET_SA:
		engine_reset(ike.engine, NULL);
		break;
	case CTL_RESET_ID:
		if (engine_reset(ike.engine, cr->cr_arg) == 0)
			return ("no IKE SA has a peer of this identity");
		break;
	case CTL_COUPLE:
	case CTL_DECOUPLE:
		engine_couple(ike.engine, cr->cr_type == CTL_COUPLE);
		break;
	case CTL_ACTIVE:
	case CTL_PASSIVE:
		engine_active(ike.engine, cr->cr_type == CTL_ACTIVE);
		break;
	case CTL_LOG_BRIEF:
	case CTL_LOG_VERBOSE:
		ctl_log(cr->cr_type);
		break;
	default:
		fatalx("request %u from control", cr->cr_type);
	}
	return (NULL);
}

static void
from_control(void *arg, unsigned int type, struct span *sp, int fd)
{
	struct ctl_req cr;
	uint8_t on;

	if (type == M_MONITOR && span_get8(sp, &on) == 0) {
		ike.watched = on;
		return;
	}
	if (type != M_CTL || ctl_req_get(sp, &cr) == -1)
		fatalx("message %u from control", type);
	ctl_end(ike.peers[PROC_CONTROL], cr.cr_client, ike_command(&cr));
	free(cr.cr_arg);
}

static void
from_ca(void *arg, unsigned int type, struct span *sp, int fd)
{
	struct sign_res sign;
	struct verify_res verify;

	switch (type) {
	case M_CERTREQ:
		engine_certreq(ike.engine, sp->s_data, sp->s_len);
		break;
	case M_SIGNED:
		if (sign_res_get(sp, &sign) == -1)
			fatalx("bad answer from ca");
		engine_signed(ike.engine, &sign);
		sign_res_clear(&sign);
		break;
	case M_VERIFIED:
		if (verify_res_get(sp, &verify) == -1)
			fatalx("bad answer from ca");
		engine_verified(ike.engine, &verify);
		verify_res_clear(&verify);
		break;
	default:
		fatalx("message %u from ca", type);
	}
}

static void
add_peer(struct span *sp, int fd)
{
	uint8_t id;

	if (span_get8(sp, &id) == -1 || (id != PROC_CA && id != PROC_CONTROL))
		fatalx("no such peer");
	ike.peers[id] = chan_new(ike.out.o_base, fd,
	    id == PROC_CA ? from_ca : from_control, peer_lost, NULL);
}

static void
add_keylog(struct span *sp, int fd)
{
	char *table = span_getstr(sp);
	int i;

	for (i = 0; i < 2; i++)
		if (table != NULL && strcmp(table, keylog_tables[i]) == 0)
			ike.keylog[i] = fd;
	free(table);
}

/* Descriptors: taken over, 0; -1: this is no such message. */
static int
from_parent_fd(unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_PEER:
		add_peer(sp, fd);
		return (0);
	case M_KEYLOG:
		add_keylog(sp, fd);
		return (0);
	default:
		return (outside_message(&ike.out, type, sp, fd));
	}
}

static void
ike_ports(struct span *sp)
{
	uint16_t port, natt;
	uint8_t force;

	if (span_get16(sp, &port) == -1 || span_get16(sp, &natt) == -1 ||
	    span_get8(sp, &force) == -1)
		fatalx("no ports");
	engine_ports(ike.engine, port, natt, force);
}

/* All that needs a descriptor has it: no more rights than that. */
static void
ike_setup(void)
{
	if (!outside_complete(&ike.out) ||
	    ike.peers[PROC_CA] == NULL || ike.peers[PROC_CONTROL] == NULL)
		fatalx("a descriptor is missing");
	if (ike.keylog[0] != -1 && ike.keylog[1] != -1)
		ike_world.w_keylog = ike_keylog;
	if ((ike.engine = engine_new(&ike_world, &ike.out)) == NULL)
		fatalx("out of memory");
	outside_kernel(&ike.out, ike_expire);
	outside_onacquire(&ike.out, ike_acquire);
	proc_pledge("stdio inet");
}

static void
ike_start(void)
{
	outside_start(&ike.out);
	engine_start(ike.engine);
}

static void
from_parent(void *arg, unsigned int type, struct span *sp, int fd)
{
	if (fd != -1) {
		if (from_parent_fd(type, sp, fd) == -1)
			fatalx("message %u from the parent", type);
		return;
	}
	switch (type) {
	case M_PORTS:
		ike_ports(sp);
		break;
	case M_SETUP:
		ike_setup();
		break;
	case M_CERTREQ:
		engine_certreq(ike.engine, sp->s_data, sp->s_len);
		break;
	case M_CONF:
		ike_config(sp);
		break;
	case M_START:
		ike_start();
		break;
	case M_STOP:
		engine_stop(ike.engine, ike_stopped, NULL);
		break;
	default:
		fatalx("message %u from the parent", type);
	}
}

static void
ike_free(void)
{
	int i;

	if (ike.engine != NULL)
		engine_free(ike.engine);
	outside_free(&ike.out);
	for (i = 0; i < PROC_N; i++)
		chan_free(ike.peers[i]);
	event_base_free(ike.out.o_base);
}

void
ikev2_run(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	proc_drop(NULL);
	proc_unveil("/", "");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio inet recvfd");
	outside_init(&ike.out, ike_recv);
	ike.peers[PROC_PARENT] = chan_new(ike.out.o_base, PROC_FD, from_parent,
	    parent_lost, NULL);
	event_base_dispatch(ike.out.o_base);
	ike_free();
	exit(ike.status);
}
