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
 * The process that has rights: it reads the configuration, opens what the
 * others need, and sees to it that they all live or none.
 */
#include <sys/types.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/event.h>

#include "conf.h"
#include "ctl.h"
#include "family.h"
#include "iked.h"
#include "log.h"
#include "proc.h"
#include "sockets.h"
#include "store.h"

/* What the others are given, all opened before anything else happens. */
struct opened {
	int		 op_control;
	int		 op_keylog[2];	/* -1: not asked for */
	struct sockets	 op_sockets;
};

static const char *const keylogs[2] = { "ikev2_decryption_table", "esp_sa" };
static const struct opts *opts;
static struct event_base *base;
static int		 started;		/* the first one is in use */
static struct conf	*current;		/* without secrets */
static unsigned int	 lastpolicy;		/* pol_id */

/* A configuration on its way: to ca, and once that has it, to ikev2. */
static struct {
	struct conf	*conf;		/* without secrets; NULL: none */
	uint32_t	 client;	/* of ikectl(8), who waits; 0: nobody */
	int		 again;		/* SIGHUP came meanwhile */
} loading;

static void	 parent_reload(const char *, uint32_t);

/*
 * Configuration
 */

/* Whose is it among those of the old configuration? */
static struct policy *
policy_find(struct policies *old, const struct policy *pol)
{
	struct policy *op;

	TAILQ_FOREACH(op, old, pol_entry)
		if (op->pol_id != 0 && policy_same(op, pol))
			return (op);
	return (NULL);
}

/* A policy that is as it was keeps its number. */
static void
number_policies(struct conf *bare, struct conf *full)
{
	struct policy *pol, *op, *fp = TAILQ_FIRST(&full->conf_policies);

	TAILQ_FOREACH(pol, &bare->conf_policies, pol_entry) {
		op = current == NULL ? NULL :
		    policy_find(&current->conf_policies, pol);
		pol->pol_id = op != NULL ? op->pol_id : ++lastpolicy;
		if (op != NULL)
			op->pol_id = 0;		/* taken */
		fp->pol_id = pol->pol_id;
		fp = TAILQ_NEXT(fp, pol_entry);
	}
}

static void
mark_secrets(struct conf *full)
{
	struct policy *pol;

	TAILQ_FOREACH(pol, &full->conf_policies, pol_entry)
		if (pol->pol_psklen != 0)
			pol->pol_pskmark = family_mark(pol->pol_psk,
			    pol->pol_psklen);
}

static struct conf *
conf_bare(const struct conf *full)
{
	struct buf b = { 0 };
	struct conf *bare;
	struct span sp;

	conf_put(&b, full, 0);
	sp.s_data = b.b_data;
	sp.s_len = b.b_len;
	if (b.b_failed || (bare = conf_get(&sp)) == NULL)
		fatalx("out of memory");
	buf_clear(&b);
	return (bare);
}

static void
show_policies(const struct conf *conf)
{
	const struct policy *pol;
	struct buf b = { 0 };

	TAILQ_FOREACH(pol, &conf->conf_policies, pol_entry) {
		policy_print(&b, pol, 0);
		log_info("%.*s", (int)b.b_len, (const char *)b.b_data);
		buf_clear(&b);
	}
}

static struct conf *
parent_parse(const char *file)
{
	struct conf *conf;

	if ((conf = parse_config(file, 0)) == NULL)
		return (NULL);
	if (opts->op_passive)
		conf->conf_flags |= CONF_PASSIVE;
	if (opts->op_verbose > 0)
		show_policies(conf);
	return (conf);
}

/* ca may not read it if it is another user. */
static void
send_key(void)
{
	struct buf b = { 0 };

	if (!proc_isroot())
		return;
	(void)store_readkey(IKED_CADIR, IKED_CADIR, &b);
	chan_sendbuf(family_chan(PROC_CA), M_KEY, &b);
}

/* Secrets go to ca; ikev2's turn is when ca has them. */
static void
send_conf(struct conf *full, uint32_t client)
{
	struct buf b = { 0 };

	mark_secrets(full);
	loading.conf = conf_bare(full);
	loading.client = client;
	number_policies(loading.conf, full);
	send_key();
	conf_put(&b, full, 1);
	chan_sendbuf(family_chan(PROC_CA), M_CONF, &b);
	conf_free(full);
}

static void
conf_at_ca(struct span *certreq)
{
	struct buf b = { 0 };

	chan_send(family_chan(PROC_IKEV2), M_CERTREQ, certreq->s_data,
	    certreq->s_len);
	conf_put(&b, loading.conf, 0);
	chan_sendbuf(family_chan(PROC_IKEV2), M_CONF, &b);
}

static void
conf_in_use(void)
{
	uint32_t client = loading.client;

	if (current != NULL)
		conf_free(current);
	current = loading.conf;
	loading.conf = NULL;
	loading.client = 0;
	if (!started) {
		started = 1;
		chan_send(family_chan(PROC_CONTROL), M_SETUP, NULL, 0);
		chan_send(family_chan(PROC_IKEV2), M_START, NULL, 0);
	} else
		log_info("configuration reloaded");
	if (client != 0)
		ctl_end(family_chan(PROC_CONTROL), client, NULL);
	if (loading.again) {
		loading.again = 0;
		parent_reload(opts->op_file, 0);
	}
}

/* On an error the old configuration stays; who asked is told why. */
static void
parent_reload(const char *file, uint32_t client)
{
	struct buf why = { 0 };
	struct conf *conf;

	if (loading.conf != NULL) {
		if (client != 0)
			ctl_end(family_chan(PROC_CONTROL), client,
			    "another reload is under way: try again");
		else
			loading.again = 1;
		return;
	}
	log_copyto(&why);
	conf = parent_parse(file);
	log_copyto(NULL);
	if (conf != NULL)
		send_conf(conf, client);
	else
		log_warnx("%s: not loaded, the old configuration stays",
		    file);
	if (client != 0) {
		ctl_text(family_chan(PROC_CONTROL), client, why.b_data,
		    why.b_len);
		if (conf == NULL)
			ctl_end(family_chan(PROC_CONTROL), client,
			    "not loaded, the old configuration stays");
	}
	buf_clear(&why);
}

/*
 * The other processes
 */

static void
parent_signal(int sig)
{
	if (sig != SIGHUP) {
		log_info("%s: ignoring %s", "parent_sig_handler",
		    sig == SIGUSR1 ? "SIGUSR1" : "SIGPIPE");
		return;
	}
	log_info("%s: reload requested with SIGHUP", "parent_sig_handler");
	if (!family_stopping())
		parent_reload(opts->op_file, 0);
}

static void
from_control(struct span *sp)
{
	struct chan *ch = family_chan(PROC_CONTROL);
	struct ctl_req cr;

	if (ctl_req_get(sp, &cr) == -1)
		fatalx("bad message from control");
	switch (cr.cr_type) {
	case CTL_RELOAD:
	case CTL_RESET_POLICY:
	case CTL_RESET_ALL:
		parent_reload(opts->op_file, cr.cr_client);
		break;
	case CTL_LOAD:
		parent_reload(cr.cr_arg, cr.cr_client);
		break;
	case CTL_RESET_CA:
		send_key();
		chan_send(family_chan(PROC_CA), M_CAFILES, NULL, 0);
		ctl_end(ch, cr.cr_client, NULL);
		break;
	case CTL_LOG_BRIEF:
	case CTL_LOG_VERBOSE:
		ctl_log(cr.cr_type);
		ctl_end(ch, cr.cr_client, NULL);
		break;
	default:
		fatalx("request %u from control", cr.cr_type);
	}
	free(cr.cr_arg);
}

static void
parent_recv(unsigned int from, unsigned int type, struct span *sp, int fd)
{
	if (family_stopping())
		return;
	if (from == PROC_CONTROL && type == M_CTL)
		from_control(sp);
	else if (from == PROC_CA && type == M_CONFDONE)
		conf_at_ca(sp);
	else if (from == PROC_IKEV2 && type == M_CONFDONE)
		conf_in_use();
	else
		fatalx("message %u from %s", type, iked_procs[from]);
}

/*
 * Start
 */

static void
open_all(struct opened *op)
{
	int i;

	sock_alone(opts->op_socket);
	sockets_open(&op->op_sockets, FAMILY_4 | FAMILY_6,
	    opts->op_force ? 0 : IKE_PORT, opts->op_nonatt ? 0 : opts->op_natt);
	if (!opts->op_nonatt)
		sock_checkencap(opts->op_natt, "iked -T");
	for (i = 0; i < 2; i++)
		op->op_keylog[i] = opts->op_keydir == NULL ? -1 :
		    sock_keylog(opts->op_keydir, keylogs[i]);
	if (opts->op_keydir != NULL)
		log_warnx("WARNING: the keys of all tunnels are being written "
		    "to %s; whoever reads them reads the traffic",
		    opts->op_keydir);
	/* at the last: from now on it is there to be removed */
	op->op_control = sock_control(opts->op_socket);
}

static void
start_children(void)
{
	static const struct family family = {
		.fa_n = PROC_N,
		.fa_last = PROC_IKEV2,
		.fa_recv = parent_recv,
		.fa_signal = parent_signal
	};

	family_start(base, &family);
	family_introduce(PROC_CA, PROC_IKEV2);
	family_introduce(PROC_CA, PROC_CONTROL);
	family_introduce(PROC_CONTROL, PROC_IKEV2);
}

static void
send_keylog(int fd, const char *table)
{
	struct buf b = { 0 };

	if (fd == -1)
		return;
	buf_putstr(&b, table);
	if (b.b_failed)
		fatalx("out of memory");
	chan_sendfd(family_chan(PROC_IKEV2), M_KEYLOG, b.b_data, b.b_len, fd);
	buf_clear(&b);
}

static void
send_opened(const struct opened *op)
{
	struct chan *ch = family_chan(PROC_IKEV2);
	struct buf b = { 0 };
	int i;

	chan_sendfd(family_chan(PROC_CONTROL), M_LISTEN, NULL, 0,
	    op->op_control);
	for (i = 0; i < 2; i++)
		send_keylog(op->op_keylog[i], keylogs[i]);
	sockets_send(&op->op_sockets, ch);
	chan_send(ch, M_SETUP, NULL, 0);
	buf_put16(&b, IKE_PORT);
	buf_put16(&b, opts->op_nonatt ? 0 : opts->op_natt);
	buf_put8(&b, opts->op_force);
	chan_sendbuf(ch, M_PORTS, &b);
}

/*
 * Files of any name may be included or loaded; ikectl's socket and the empty
 * directory go at the end.
 */
static void
parent_sandbox(void)
{
	proc_unveil("/", "r");
	proc_unveil(opts->op_socket, "rwc");
	if (proc_isroot())
		proc_unveil("/var/run", "rwc");
	proc_unveil(NULL, NULL);
	proc_pledge("stdio rpath cpath inet dns route unix proc sendfd");
}

static void	 parent_end(void) __attribute__((__noreturn__));

static void
parent_end(void)
{
	const int rc = family_end();

	unlink(opts->op_socket);
	if (proc_isroot())
		rmdir(proc_prog.pp_empty);
	event_base_free(base);
	conf_free(current != NULL ? current : conf_new());
	if (loading.conf != NULL)
		conf_free(loading.conf);
	log_info("parent terminating");
	exit(rc);
}

void
parent_run(const struct opts *op)
{
	struct opened opened;
	struct conf *conf;

	opts = op;
	proc_checkuser();
	if ((conf = parent_parse(opts->op_file)) == NULL)
		exit(1);
	open_all(&opened);
	if (!opts->op_foreground) {
		if (daemon(1, 0) == -1)
			fatal("daemon");
		log_init("parent", 0, opts->op_verbose);
	}
	if ((base = event_base_new()) == NULL)
		fatalx("no event loop");
	start_children();
	send_opened(&opened);
	parent_sandbox();
	send_conf(conf, 0);
	event_base_dispatch(base);
	parent_end();
}
