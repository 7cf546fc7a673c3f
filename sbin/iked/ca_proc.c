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
 * The process that holds the keys: it signs and verifies for ikev2, which
 * talks to the network, and is told of files by the parent.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include <openssl/crypto.h>

#include "auth.h"
#include "conf.h"
#include "ctl.h"
#include "iked.h"
#include "log.h"
#include "proc.h"

static struct event_base *ca_base;
static struct chan	*ca_peers[PROC_N];
static struct ca	*ca;
static const char	*ca_dir;
static int		 ca_partial;	/* cert_partial_chain */

static void
ca_lost(void *arg)
{
	event_base_loopbreak(ca_base);
}

/* The parent sees to it. */
static void
ca_peerlost(void *arg)
{
}

/* The private key, of which the parent read the file as we may not. */
static void
ca_newkey(struct span *sp)
{
	struct buf b = { 0 };

	buf_put(&b, sp->s_data, sp->s_len);
	if (b.b_failed)
		fatalx("out of memory");
	ca_setkey(ca, &b);
	buf_clear(&b);
}

static void
ca_tellreqs(enum proc_id to, unsigned int type)
{
	struct buf b = { 0 };

	ca_certreq(ca, &b);
	chan_sendbuf(ca_peers[to], type, &b);
}

/* Only pre-shared keys, if the directory was not there at the start. */
static int
ca_files(void)
{
	if (ca_dir == NULL) {
		log_debug("%s is not there: no certificates", IKED_CADIR);
		return (0);
	}
	return (ca_load(ca, ca_dir, ca_partial));
}

static void
ca_newconf(struct span *sp)
{
	struct conf *conf;

	if ((conf = conf_get(sp)) == NULL)
		fatalx("no configuration came");
	ca_partial = (conf->conf_flags & CONF_PARTIALCHAIN) != 0;
	if (ca_files() == -1 || ca_setconf(ca, conf) == -1)
		fatalx("out of memory");
	conf_free(conf);
	ca_tellreqs(PROC_PARENT, M_CONFDONE);
}

static void
ca_reload(void)
{
	if (ca_files() == -1)
		fatalx("out of memory");
	ca_tellreqs(PROC_IKEV2, M_CERTREQ);
}

static void
ca_dosign(struct span *sp)
{
	struct buf b = { 0 };
	struct sign_req req;
	struct sign_res res;

	if (sign_req_get(sp, &req) == -1)
		fatalx("ikev2 asks for a signature wrongly");
	ca_sign(ca, &req, &res);
	sign_res_put(&b, &res);
	chan_sendbuf(ca_peers[PROC_IKEV2], M_SIGNED, &b);
	sign_res_clear(&res);
	sign_req_clear(&req);
}

static void
ca_doverify(struct span *sp)
{
	struct buf b = { 0 };
	struct verify_req req;
	struct verify_res res;

	if (verify_req_get(sp, &req) == -1)
		fatalx("ikev2 asks for a verdict wrongly");
	ca_verify(ca, &req, &res);
	verify_res_put(&b, &res);
	chan_sendbuf(ca_peers[PROC_IKEV2], M_VERIFIED, &b);
	verify_res_clear(&res);
	verify_req_clear(&req);
}

static void
ca_from_ikev2(void *arg, unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_SIGN:
		ca_dosign(sp);
		break;
	case M_VERIFY:
		ca_doverify(sp);
		break;
	default:
		fatalx("message %u from ikev2", type);
	}
}

static void
ca_from_control(void *arg, unsigned int type, struct span *sp, int fd)
{
	struct chan *ch = ca_peers[PROC_CONTROL];
	struct buf b = { 0 };
	struct ctl_req cr;

	if (type != M_CTL || ctl_req_get(sp, &cr) == -1)
		fatalx("message %u from control", type);
	switch (cr.cr_type) {
	case CTL_SHOW_CERTSTORE:
		ca_show(ca, &b);
		ctl_text(ch, cr.cr_client, b.b_data, b.b_len);
		buf_clear(&b);
		break;
	case CTL_LOG_BRIEF:
	case CTL_LOG_VERBOSE:
		ctl_log(cr.cr_type);
		break;
	}
	ctl_end(ch, cr.cr_client, NULL);
	free(cr.cr_arg);
}

static void
ca_peer(struct span *sp, int fd)
{
	static chan_recv *const from[PROC_N] = {
		[PROC_CONTROL] = ca_from_control,
		[PROC_IKEV2] = ca_from_ikev2
	};
	uint8_t id;

	if (span_get8(sp, &id) == -1 || id >= PROC_N || from[id] == NULL ||
	    fd == -1)
		fatalx("no such peer");
	ca_peers[id] = chan_new(ca_base, fd, from[id], ca_peerlost,
	    NULL);
}

static void
ca_from_parent(void *arg, unsigned int type, struct span *sp, int fd)
{
	switch (type) {
	case M_PEER:
		ca_peer(sp, fd);
		break;
	case M_SETUP:
		break;
	case M_KEY:
		ca_newkey(sp);
		break;
	case M_CAFILES:
		ca_reload();
		break;
	case M_CONF:
		ca_newconf(sp);
		break;
	default:
		fatalx("message %u from the parent", type);
	}
}

void
ca_run(void)
{
	struct stat st;
	int i, there;

	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	if ((ca_base = event_base_new()) == NULL)
		fatalx("out of memory");
	there = stat(IKED_CADIR, &st) == 0;
	/* chroot(2) makes it the root directory, for root alone */
	proc_drop(IKED_CADIR);
	if (there)
		ca_dir = proc_chrooted() ? "/" : IKED_CADIR;
	proc_unveil(there ? ca_dir : "/", there ? "r" : "");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio rpath recvfd");
	if ((ca = ca_new()) == NULL)
		fatalx("out of memory");
	ca_peers[PROC_PARENT] = chan_new(ca_base, PROC_FD, ca_from_parent,
	    ca_lost, NULL);
	event_base_dispatch(ca_base);
	for (i = 0; i < PROC_N; i++)
		chan_free(ca_peers[i]);
	ca_free(ca);
	event_base_free(ca_base);
}
