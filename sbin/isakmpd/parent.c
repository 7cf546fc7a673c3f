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
 * The process that has rights: it holds the configuration, which the FIFO
 * changes, opens what the others need, writes files, and sees to it that they
 * all live or none.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "conf.h"
#include "daemon.h"
#include "family.h"
#include "log.h"
#include "model.h"
#include "parent.h"
#include "proc.h"
#include "store.h"

#define MODEL_DELAY	200000	/* us; lines of the FIFO come in bunches */

/* Something for ike that has to wait until it has the model before it. */
struct told {
	TAILQ_ENTRY(told) to_entry;
	unsigned int	 to_type;
	struct buf	 to_data;
};
TAILQ_HEAD(tolds, told);

static const struct opts *opts;
static struct event_base *base;
static struct event	*modeltimer;
static struct fifo	*fifo;
static int		 pidfd = -1, fifofd = -1;
static struct confdb	*db;
static struct kalgs	 kalgs;
static struct model	*current;	/* of ike, without secrets */
static unsigned int	 asked[2];	/* M_SHOW, M_REPORT: no answer yet */
static int		 dirthere;	/* ISAKMPD_DIR, at the start */

/* A model on its way: to ca, and once that has it, to ike. */
static struct {
	struct model	*model;		/* without secrets; NULL: none */
	int		 dirty;		/* the configuration is newer */
	int		 renew;		/* Renegotiate-on-HUP */
	struct tolds	 tolds;
} loading = { .tolds = TAILQ_HEAD_INITIALIZER(loading.tolds) };

/*
 * Models
 */

static void
mark_secrets(struct model *full)
{
	struct peer *pe;

	TAILQ_FOREACH(pe, &full->md_peers, pe_entry)
		if (pe->pe_psk != NULL)
			pe->pe_pskmark = family_mark(pe->pe_psk,
			    pe->pe_psklen);
}

static struct model *
model_bare(const struct model *full)
{
	struct buf b = { 0 };
	struct model *bare;
	struct span sp;

	model_put(&b, full, 0);
	sp = (struct span){ b.b_data, b.b_len };
	if (b.b_failed || (bare = model_get(&sp)) == NULL)
		fatalx("out of memory");
	buf_clear(&b);
	return (bare);
}

/* Loglevel counts when it changes, so that D of the FIFO has its say. */
static void
take_loglevel(const struct model *md)
{
	static unsigned int last;

	if (md->md_loglevel == last)
		return;
	last = md->md_loglevel;
	dbg_level(DBG_N, last > 99 ? 99 : last);
	parent_debug();
}

static void
send_model(void)
{
	struct buf b = { 0 };
	struct model *full;
	unsigned int bad = 0;

	loading.dirty = 0;
	event_del(modeltimer);
	if ((full = model_make(db, current, &kalgs, &bad)) == NULL)
		fatalx("out of memory");
	if (bad > 0)
		log_warnx("%u sections have errors and are left out", bad);
	if (opts->op_passive)
		full->md_deletesas = 0;
	mark_secrets(full);
	take_loglevel(full);
	loading.model = model_bare(full);
	model_put(&b, full, 1);
	chan_sendbuf(family_chan(PROC_CA), M_MODEL, &b);
	model_free(full);
}

static void
model_due(evutil_socket_t fd, short what, void *arg)
{
	if (loading.model == NULL && loading.dirty && !family_stopping())
		send_model();
}

void
parent_changed(void)
{
	const struct timeval tv = { .tv_usec = MODEL_DELAY };

	loading.dirty = 1;
	evtimer_add(modeltimer, &tv);
}

/* The bunch of lines that changes the configuration goes on. */
int
parent_pending(void)
{
	return (loading.dirty);
}

/* What waits goes behind the model that it is about. */
static void
send_told(void)
{
	struct told *to;

	while ((to = TAILQ_FIRST(&loading.tolds)) != NULL) {
		TAILQ_REMOVE(&loading.tolds, to, to_entry);
		chan_sendbuf(family_chan(PROC_IKE), to->to_type, &to->to_data);
		free(to);
	}
}

/* ca has the model and has answered with the names of its CAs. */
static void
model_at_ca(const struct span *names)
{
	struct chan *ch = family_chan(PROC_IKE);
	struct buf b = { 0 };

	if (loading.model == NULL)
		fatalx("ca answers what nobody asked");
	chan_send(ch, M_CANAMES, names->s_data, names->s_len);
	model_put(&b, loading.model, 0);
	chan_sendbuf(ch, M_MODEL, &b);
	if (current != NULL)
		model_free(current);
	current = loading.model;
	loading.model = NULL;
	if (loading.dirty) {
		send_model();
		return;
	}
	if (loading.renew && current->md_renegotiate)
		chan_send(ch, M_RENEW, NULL, 0);
	loading.renew = 0;
	send_told();
}

/* After all that was said before it. */
void
parent_tell(unsigned int type, struct buf *b)
{
	struct told *to;

	if (b->b_failed)
		fatalx("out of memory");
	if (type == M_SHOW || type == M_REPORT)
		asked[type == M_REPORT]++;
	if (loading.dirty && loading.model == NULL)
		send_model();
	if (loading.model == NULL) {
		chan_sendbuf(family_chan(PROC_IKE), type, b);
		return;
	}
	if ((to = calloc(1, sizeof(*to))) == NULL)
		fatal("fifo");
	to->to_type = type;
	buf_move(&to->to_data, b);
	TAILQ_INSERT_TAIL(&loading.tolds, to, to_entry);
}

/* u8 whether the file follows; else ca may and has to read it. */
static void
send_key(void)
{
	struct buf b = { 0 }, pem = { 0 };

	buf_put8(&b, proc_isroot());
	if (proc_isroot()) {
		(void)store_readkey(ISAKMPD_DIR, ISAKMPD_DIR, &pem);
		buf_putbuf(&b, &pem);
		buf_clear(&pem);
	}
	chan_sendbuf(family_chan(PROC_CA), M_KEY, &b);
}

void
parent_reload(void)
{
	if (confdb_read(db, opts->op_file, 1) == -1) {
		log_warnx("%s: not loaded, the old configuration stays",
		    opts->op_file);
		return;
	}
	log_info("configuration reloaded");
	if (!dirthere && access(ISAKMPD_DIR, F_OK) == 0)
		log_warnx("%s was not there at the start: its keys and "
		    "certificates are not seen until isakmpd is started "
		    "again", ISAKMPD_DIR);
	send_key();
	loading.renew = 1;
	loading.dirty = 1;
	if (loading.model == NULL)
		send_model();
}

/*
 * What ui.c and ike want of us
 */

void
parent_result(const struct buf *b)
{
	if (!b->b_failed)
		(void)file_replace(ISAKMPD_RESULT, b);
}

static void
parent_report(const struct span *sp)
{
	struct buf b = { 0 };

	buf_put(&b, sp->s_data, sp->s_len);
	buf_printf(&b, "Configuration:\n");
	confdb_print(&b, db, 0);
	if (b.b_failed)
		log_warnx("%s: out of memory", opts->op_report);
	else
		(void)file_replace(opts->op_report, &b);
	buf_clear(&b);
}

/* The directory of a path, which begins with a slash. */
static const char *
dir_of(const char *path, char dir[PATH_MAX])
{
	char *slash;

	strlcpy(dir, path, PATH_MAX);
	slash = strrchr(dir, '/');
	slash[slash == dir] = '\0';
	return (dir);
}

/* We have given up the right to write elsewhere. */
static int
pcap_allowed(const char *path)
{
	char dir[PATH_MAX], usual[PATH_MAX];

	if (path[0] == '/' && (strcmp(dir_of(path, dir), "/var/run") == 0 ||
	    strcmp(dir, dir_of(opts->op_pcap, usual)) == 0))
		return (1);
	log_warnx("packet log %s: it has to be in /var/run or in the directory "
	    "of -l", path);
	return (0);
}

void
parent_pcap(const char *path)
{
	int fd;

	if (path == NULL) {
		chan_send(family_chan(PROC_IKE), M_PCAP, NULL, 0);
		log_info("packets are not logged any more");
		return;
	}
	if (*path == '\0')
		path = opts->op_pcap;
	if (!pcap_allowed(path) || (fd = pcap_open(path)) == -1)
		return;
	chan_sendfd(family_chan(PROC_IKE), M_PCAP, NULL, 0, fd);
	log_info("packets are logged, decrypted, to %s", path);
}

void
parent_debug(void)
{
	struct dbg_state ds;
	int i;

	dbg_get(&ds);
	for (i = PROC_CA; i < PROC_N; i++)
		chan_send(family_chan(i), M_DEBUG, &ds, sizeof(ds));
}

static void
parent_line(char *line)
{
	if (!family_stopping())
		ui_line(db, line);
}

void
parent_stop(void)
{
	family_stop(0);
}

/*
 * The other processes
 */

static void
parent_signal(int sig)
{
	struct buf b = { 0 };

	if (family_stopping())
		return;
	if (sig == SIGHUP) {
		log_info("reload requested with SIGHUP");
		parent_reload();
	} else if (sig == SIGUSR1)
		parent_tell(M_REPORT, &b);
}

static void
from_ca(unsigned int type, struct span *sp, int fd)
{
	if (type != M_MODELDONE || fd != -1)
		fatalx("message %u from ca", type);
	if (!family_stopping())
		model_at_ca(sp);
}

static void
from_ike(unsigned int type, struct span *sp, int fd)
{
	struct buf b = { 0 };

	if (fd != -1 || (type != M_SHOWN && type != M_REPORTED) ||
	    asked[type == M_REPORTED] == 0)
		fatalx("message %u from ike, which nobody asked for", type);
	asked[type == M_REPORTED]--;
	if (type == M_REPORTED) {
		parent_report(sp);
		return;
	}
	buf_put(&b, sp->s_data, sp->s_len);
	parent_result(&b);
	buf_clear(&b);
}

static void
parent_recv(unsigned int from, unsigned int type, struct span *sp, int fd)
{
	if (from == PROC_CA)
		from_ca(type, sp, fd);
	else
		from_ike(type, sp, fd);
}

/*
 * Start
 */

static void
start_children(void)
{
	static const struct family family = {
		.fa_n = PROC_N,
		.fa_last = PROC_IKE,
		.fa_recv = parent_recv,
		.fa_signal = parent_signal
	};

	if ((modeltimer = evtimer_new(base, model_due, NULL)) == NULL)
		fatalx("no event");
	family_start(base, &family);
	family_introduce(PROC_CA, PROC_IKE);
	parent_debug();
}

static void
unveil_dir(const char *path)
{
	char dir[PATH_MAX];

	proc_unveil(dir_of(path, dir), "rwc");
}

/* What is read may include anything; what is written is in few places. */
static void
parent_sandbox(void)
{
	proc_unveil("/", "r");
	proc_unveil("/var/run", "rwc");
	unveil_dir(opts->op_pid);
	unveil_dir(opts->op_pcap);
	unveil_dir(opts->op_report);
	if (strcmp(opts->op_fifo, "-") != 0)
		unveil_dir(opts->op_fifo);
	proc_unveil(NULL, NULL);
	proc_pledge("stdio rpath wpath cpath inet dns route unix proc sendfd");
}

/* Whatever the end is; they are locked until then. */
static void
remove_files(void)
{
	if (fifofd != -1)
		fifo_remove(opts->op_fifo, fifofd);
	if (pidfd != -1 && file_islinked(pidfd, opts->op_pid))
		unlink(opts->op_pid);
}

static void	 parent_end(void) __attribute__((__noreturn__));

static void
parent_end(void)
{
	struct told *to;
	int rc;

	remove_files();
	fifo_free(fifo);
	fifofd = -1;
	if (proc_isroot())
		rmdir(proc_prog.pp_empty);
	rc = family_end();
	event_free(modeltimer);
	event_base_free(base);
	while ((to = TAILQ_FIRST(&loading.tolds)) != NULL) {
		TAILQ_REMOVE(&loading.tolds, to, to_entry);
		buf_clear(&to->to_data);
		free(to);
	}
	if (loading.model != NULL)
		model_free(loading.model);
	if (current != NULL)
		model_free(current);
	confdb_free(db);
	log_info("isakmpd: exit");
	exit(rc);
}

/* Whatever the standard input is, a file or /dev/null, too. */
static struct event_base *
parent_base(void)
{
	struct event_config *cfg;
	struct event_base *b;

	if ((cfg = event_config_new()) == NULL ||
	    event_config_require_features(cfg, EV_FEATURE_FDS) == -1 ||
	    (b = event_base_new_with_config(cfg)) == NULL)
		fatalx("no event loop");
	event_config_free(cfg);
	return (b);
}

void
parent_run(const struct opts *op)
{
	struct sockets so;

	opts = op;
	umask(022);
	proc_checkuser();
	if ((db = confdb_new()) == NULL)
		fatal("configuration");
	if (confdb_read(db, opts->op_file, 1) == -1)
		exit(1);
	if (atexit(remove_files) != 0)
		fatalx("out of memory");
	pidfd = pid_lock(opts->op_pid);
	isakmpd_open(&so, opts, &kalgs);
	fifofd = fifo_open(opts->op_fifo);
	if (!opts->op_foreground) {
		if (daemon(1, 0) == -1)
			fatal("daemon");
		log_init("parent", 0, log_getverbose());
	}
	log_info("isakmpd: starting");
	pid_write(pidfd, opts->op_pid);
	base = parent_base();
	dirthere = access(ISAKMPD_DIR, F_OK) == 0;
	start_children();
	isakmpd_send(&so, opts, family_chan(PROC_IKE));
	parent_sandbox();
	if (opts->op_pcapnow)
		parent_pcap("");
	send_key();
	send_model();
	fifo = fifo_new(base, fifofd, parent_line);
	event_base_dispatch(base);
	parent_end();
}
