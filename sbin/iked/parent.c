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
#include <sys/wait.h>

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "auth.h"
#include "conf.h"
#include "crypto.h"
#include "ctl.h"
#include "iked.h"
#include "kernel.h"
#include "log.h"
#include "proc.h"
#include "store.h"

#define STOP_WAIT	5	/* s for goodbyes; ikev2 takes 2 at the most */

/* What ikev2 is given, all opened before anything else happens. */
#define NUDP		4
struct sockets {
	int		 so_control;
	int		 so_pfkey[2];
	int		 so_route;
	unsigned int	 so_nudp;
	struct udp_info	 so_info[NUDP];
	int		 so_udp[NUDP];
	int		 so_probe[2];	/* IPv4, IPv6; -1: none */
	int		 so_keylog[2];	/* -1: not asked for */
};

static const char *const keylogs[2] = { "ikev2_decryption_table", "esp_sa" };
static const int sigs[] = { SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGUSR1,
    SIGPIPE };
#define NSIGS		(sizeof(sigs) / sizeof(sigs[0]))

static const struct opts *opts;
static struct event_base *base;
static struct event	*sigevents[NSIGS];
static struct event	*stoptimer;
static struct chan	*chans[PROC_N];
static pid_t		 pids[PROC_N];		/* 0: is none */
static int		 stopping;
static int		 status;		/* to exit with */
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

/*
 * What ikev2 sees instead of a pre-shared key: it changes with the key, and
 * says nothing about it to who has not the secret of this process.
 */
static void
mark_secrets(struct conf *full)
{
	static uint8_t secret[32];
	static int known;
	uint8_t mac[PRF_MAX];
	struct policy *pol;
	struct span s;

	if (!known)
		arc4random_buf(secret, sizeof(secret));
	known = 1;
	TAILQ_FOREACH(pol, &full->conf_policies, pol_entry) {
		if (pol->pol_psklen == 0)
			continue;
		s.s_data = pol->pol_psk;
		s.s_len = pol->pol_psklen;
		if (prf_calc(IKE_PRF_SHA2_256, secret, sizeof(secret), &s, 1,
		    mac) == -1)
			fatalx("no HMAC-SHA2-256 in libcrypto");
		memcpy(&pol->pol_pskmark, mac, sizeof(pol->pol_pskmark));
	}
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
	chan_sendbuf(chans[PROC_CA], M_KEY, &b);
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
	chan_sendbuf(chans[PROC_CA], M_CONF, &b);
	conf_free(full);
}

static void
conf_at_ca(struct span *certreq)
{
	struct buf b = { 0 };

	chan_send(chans[PROC_IKEV2], M_CERTREQ, certreq->s_data,
	    certreq->s_len);
	conf_put(&b, loading.conf, 0);
	chan_sendbuf(chans[PROC_IKEV2], M_CONF, &b);
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
		chan_send(chans[PROC_CONTROL], M_SETUP, NULL, 0);
		chan_send(chans[PROC_IKEV2], M_START, NULL, 0);
	} else
		log_info("configuration reloaded");
	if (client != 0)
		ctl_end(chans[PROC_CONTROL], client, NULL);
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
			ctl_end(chans[PROC_CONTROL], client,
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
		ctl_text(chans[PROC_CONTROL], client, why.b_data, why.b_len);
		if (conf == NULL)
			ctl_end(chans[PROC_CONTROL], client,
			    "not loaded, the old configuration stays");
	}
	buf_clear(&why);
}

/*
 * The other processes
 */

static void
stop_now(evutil_socket_t fd, short what, void *arg)
{
	int i;

	for (i = PROC_CA; i < PROC_N; i++)
		if (pids[i] != 0)
			kill(pids[i], SIGKILL);
}

/* ikev2 says goodbye and ends; the others end when we hang up. */
static void
parent_stop(int rc)
{
	const struct timeval tv = { .tv_sec = STOP_WAIT };

	if (stopping)
		return;
	stopping = 1;
	status = rc;
	if (pids[PROC_IKEV2] != 0)
		chan_send(chans[PROC_IKEV2], M_STOP, NULL, 0);
	evtimer_add(stoptimer, &tv);
}

static void
parent_hangup(void)
{
	chan_free(chans[PROC_CA]);
	chan_free(chans[PROC_CONTROL]);
	chans[PROC_CA] = chans[PROC_CONTROL] = NULL;
}

static void
child_ended(enum proc_id id, int st)
{
	pids[id] = 0;
	if (!stopping) {
		if (WIFSIGNALED(st))
			log_warnx("lost child: %s terminated; signal %d",
			    iked_procs[id], WTERMSIG(st));
		else if (WEXITSTATUS(st) != IKED_TOLD)
			log_warnx("lost child: %s exited abnormally",
			    iked_procs[id]);
		parent_stop(1);
	} else if (st != 0 && status == 0) {
		log_warnx("%s ended with an error", iked_procs[id]);
		status = 1;
	}
	if (pids[PROC_IKEV2] == 0)
		parent_hangup();
	if (pids[PROC_CA] == 0 && pids[PROC_CONTROL] == 0 &&
	    pids[PROC_IKEV2] == 0)
		event_base_loopbreak(base);
}

static void
parent_reap(void)
{
	pid_t pid;
	int i, st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
		for (i = PROC_CA; i < PROC_N; i++)
			if (pids[i] == pid)
				child_ended(i, st);
}

static void
parent_signal(evutil_socket_t sig, short what, void *arg)
{
	switch (sig) {
	case SIGCHLD:
		parent_reap();
		break;
	case SIGHUP:
		log_info("%s: reload requested with SIGHUP",
		    "parent_sig_handler");
		if (!stopping)
			parent_reload(opts->op_file, 0);
		break;
	case SIGINT:
	case SIGTERM:
		parent_stop(0);
		break;
	default:
		log_info("%s: ignoring %s", "parent_sig_handler",
		    sig == SIGUSR1 ? "SIGUSR1" : "SIGPIPE");
	}
}

static void
from_control(struct span *sp)
{
	struct chan *ch = chans[PROC_CONTROL];
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
		chan_send(chans[PROC_CA], M_CAFILES, NULL, 0);
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
parent_recv(void *arg, unsigned int type, struct span *sp, int fd)
{
	const enum proc_id from = (struct chan **)arg - chans;

	if (stopping)
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

/* SIGCHLD tells more of it. */
static void
parent_lost(void *arg)
{
}

/*
 * Start
 */

static void
open_udp(struct sockets *so, uint8_t family, uint16_t port, int natt)
{
	const struct udp_info ui = { .ui_family = family, .ui_port = port,
	    .ui_natt = natt };
	int fd;

	if ((fd = sock_udp(&ui)) == -1)
		return;
	so->so_info[so->so_nudp] = ui;
	so->so_udp[so->so_nudp++] = fd;
}

static void
open_sockets(struct sockets *so)
{
	uint8_t family;
	int i;

	sock_alone(opts->op_socket);
	so->so_nudp = 0;
	if (kernel_open(&so->so_pfkey[0], &so->so_pfkey[1]) == -1)
		fatal("PF_KEY");
	so->so_route = sock_route();
	for (family = 4; family <= 6; family += 2) {
		if (!opts->op_force)
			open_udp(so, family, IKE_PORT, 0);
		if (!opts->op_nonatt)
			open_udp(so, family, opts->op_natt, 1);
		so->so_probe[family == 6] = sock_probe(family);
	}
	if (!opts->op_nonatt)
		sock_checkencap(opts->op_natt, "iked -T");
	for (i = 0; i < 2; i++)
		so->so_keylog[i] = opts->op_keydir == NULL ? -1 :
		    sock_keylog(opts->op_keydir, keylogs[i]);
	if (opts->op_keydir != NULL)
		log_warnx("WARNING: the keys of all tunnels are being written "
		    "to %s; whoever reads them reads the traffic",
		    opts->op_keydir);
	/* at the last: from now on it is there to be removed */
	so->so_control = sock_control(opts->op_socket);
}

static void
start_children(void)
{
	int i, fd;

	for (i = PROC_CA; i < PROC_N; i++) {
		fd = proc_start(i, &pids[i]);
		chans[i] = chan_new(base, fd, parent_recv, parent_lost,
		    &chans[i]);
	}
}

static void
introduce(enum proc_id a, enum proc_id b)
{
	const uint8_t ida = a, idb = b;
	int sv[2];

	proc_pair(sv);
	chan_sendfd(chans[a], M_PEER, &idb, 1, sv[0]);
	chan_sendfd(chans[b], M_PEER, &ida, 1, sv[1]);
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
	chan_sendfd(chans[PROC_IKEV2], M_KEYLOG, b.b_data, b.b_len, fd);
	buf_clear(&b);
}

static void
send_sockets(const struct sockets *so)
{
	struct chan *ch = chans[PROC_IKEV2];
	const uint8_t families[2] = { 4, 6 };
	struct buf b = { 0 };
	unsigned int i;

	chan_sendfd(chans[PROC_CONTROL], M_LISTEN, NULL, 0, so->so_control);
	for (i = 0; i < 2; i++) {
		chan_sendfd(ch, M_PFKEY, NULL, 0, so->so_pfkey[i]);
		if (so->so_probe[i] != -1)
			chan_sendfd(ch, M_PROBE, &families[i], 1,
			    so->so_probe[i]);
		send_keylog(so->so_keylog[i], keylogs[i]);
	}
	chan_sendfd(ch, M_ROUTE, NULL, 0, so->so_route);
	for (i = 0; i < so->so_nudp; i++)
		chan_sendfd(ch, M_UDP, &so->so_info[i], sizeof(so->so_info[i]),
		    so->so_udp[i]);
	chan_send(ch, M_SETUP, NULL, 0);
	buf_put16(&b, IKE_PORT);
	buf_put16(&b, opts->op_nonatt ? 0 : opts->op_natt);
	buf_put8(&b, opts->op_force);
	chan_sendbuf(ch, M_PORTS, &b);
}

static void
parent_events(void)
{
	size_t i;

	if ((stoptimer = evtimer_new(base, stop_now, NULL)) == NULL)
		fatalx("no event");
	for (i = 0; i < NSIGS; i++) {
		sigevents[i] = evsignal_new(base, sigs[i], parent_signal,
		    NULL);
		if (sigevents[i] == NULL || event_add(sigevents[i],
		    NULL) == -1)
			fatalx("no event");
	}
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
	size_t i;

	unlink(opts->op_socket);
	if (proc_isroot())
		rmdir(proc_prog.pp_empty);
	for (i = 0; i < NSIGS; i++)
		event_free(sigevents[i]);
	event_free(stoptimer);
	for (i = 0; i < PROC_N; i++)
		chan_free(chans[i]);
	event_base_free(base);
	conf_free(current != NULL ? current : conf_new());
	if (loading.conf != NULL)
		conf_free(loading.conf);
	log_info("parent terminating");
	exit(status);
}

void
parent_run(const struct opts *op)
{
	struct sockets so;
	struct conf *conf;

	opts = op;
	if (proc_isroot() && getpwnam(proc_prog.pp_user) == NULL)
		fatalx("unknown user %s: useradd -r -M -d /var/empty "
		    "-s /usr/sbin/nologin %s", proc_prog.pp_user,
		    proc_prog.pp_user);
	if ((conf = parent_parse(opts->op_file)) == NULL)
		exit(1);
	open_sockets(&so);
	if (!opts->op_foreground) {
		if (daemon(1, 0) == -1)
			fatal("daemon");
		log_init("parent", 0, opts->op_verbose);
	}
	if ((base = event_base_new()) == NULL)
		fatalx("no event loop");
	parent_events();
	start_children();
	introduce(PROC_CA, PROC_IKEV2);
	introduce(PROC_CA, PROC_CONTROL);
	introduce(PROC_CONTROL, PROC_IKEV2);
	send_sockets(&so);
	parent_sandbox();
	send_conf(conf, 0);
	event_base_dispatch(base);
	parent_end();
}
