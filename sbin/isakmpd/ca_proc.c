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
 * The process that holds the keys: it works for the one that talks to the
 * network, and is told of keys and the configuration by the parent.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <unistd.h>

#include <event2/event.h>

#include <openssl/crypto.h>

#include "auth.h"
#include "daemon.h"
#include "log.h"
#include "proc.h"

static struct event_base *base;
static struct chan	*parent, *ike;
static struct ca	*ca;
static const char	*files;		/* the directory; NULL: none */

static void
lost(void *arg)
{
	event_base_loopbreak(base);
}

/* The parent sees to it. */
static void
ike_lost(void *arg)
{
}

/*
 * The private key, of which the parent read the file if we may not; and all
 * the other files anew.  If the directory was not there at the start, we are
 * in another: only pre-shared keys.
 */
static void
new_key(struct span *sp)
{
	struct buf pem = { 0 };
	uint8_t follows;

	if (span_get8(sp, &follows) == -1)
		fatalx("no key came");
	buf_put(&pem, sp->s_data, sp->s_len);
	if (pem.b_failed)
		fatalx("out of memory");
	if (files == NULL)
		dbg(DBG_CRYPTO, 10, "%s is not there: no certificates",
		    ISAKMPD_DIR);
	else if (ca_load(ca, files, follows ? &pem : NULL) == -1)
		fatalx("out of memory");
	buf_clear(&pem);
}

static void
new_model(struct span *sp)
{
	struct buf b = { 0 };
	struct model *md;

	if ((md = model_get(sp)) == NULL)
		fatalx("no model came");
	ca_setmodel(ca, md);
	ca_names(ca, &b);
	chan_sendbuf(parent, M_MODELDONE, &b);
}

static void
from_ike(void *arg, unsigned int type, struct span *sp, int fd)
{
	struct buf b = { 0 };
	struct auth_req req;
	struct auth_res res;

	if (fd != -1 || type != M_AUTH || auth_req_get(sp, &req) == -1)
		fatalx("message %u from ike", type);
	ca_do(ca, &req, &res);
	auth_res_put(&b, &res);
	chan_sendbuf(ike, M_AUTHDONE, &b);
	auth_res_clear(&res);
	auth_req_clear(&req);
}

static void
from_parent(void *arg, unsigned int type, struct span *sp, int fd)
{
	struct dbg_state ds;
	uint8_t id;

	switch (type) {
	case M_PEER:
		if (span_get8(sp, &id) == -1 || id != PROC_IKE || fd == -1 ||
		    ike != NULL)
			fatalx("no such peer");
		ike = chan_new(base, fd, from_ike, ike_lost, NULL);
		break;
	case M_DEBUG:
		if (span_get(sp, &ds, sizeof(ds)) == -1)
			fatalx("no levels");
		dbg_set(&ds);
		break;
	case M_KEY:
		new_key(sp);
		break;
	case M_MODEL:
		new_model(sp);
		break;
	default:
		fatalx("message %u from the parent", type);
	}
}

void
ca_run(void)
{
	struct stat st;
	int there;

	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	if ((base = event_base_new()) == NULL)
		fatalx("out of memory");
	there = stat(ISAKMPD_DIR, &st) == 0;
	/* chroot(2) makes it the root directory, for root alone */
	proc_drop(ISAKMPD_DIR);
	if (there)
		files = proc_chrooted() ? "/" : ISAKMPD_DIR;
	proc_unveil(there ? files : "/", there ? "r" : "");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio rpath recvfd");
	if ((ca = ca_new()) == NULL)
		fatalx("out of memory");
	parent = chan_new(base, PROC_FD, from_parent, lost, NULL);
	event_base_dispatch(base);
	chan_free(parent);
	chan_free(ike);
	ca_free(ca);
	event_base_free(base);
}
