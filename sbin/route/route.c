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

#include <sys/types.h>
#include <sys/socket.h>
#include <net/route.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "route.h"
#include "show.h"

/* Look at and change the routing tables. */

int		dflag, nflag, qflag, tflag, vflag, Tflag;
unsigned int	rtable;

static const struct {
	const char	*name;
	int		 cmd;
} commands[] = {
	{ "add", CMD_ADD }, { "delete", CMD_DELETE },
	{ "change", CMD_CHANGE }, { "get", CMD_GET }, { "show", CMD_SHOW },
	{ "flush", CMD_FLUSH }, { "monitor", CMD_MONITOR },
	{ "exec", CMD_EXEC }
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void __attribute__((__noreturn__))
usage(void)
{
	fprintf(stderr, "usage: route [-dnqtv] [-T rtable] command "
	    "[[modifier ...] args]\n"
	    "commands: add, change, delete, exec, flush, get, monitor, "
	    "show\n");
	exit(1);
}

static int
command_find(const char *name)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return (commands[i].cmd);
	warnx("unknown command: %s", name);
	usage();
}

static int
do_show(const struct rtreq *rq)
{
	struct rtshow rs;

	memset(&rs, 0, sizeof(rs));
	rs.rs_af = rq->rq_af;
	rs.rs_table = rtable;
	rs.rs_numeric = nflag;
	rs.rs_verbose = vflag;
	rs.rs_priority = rq->rq_priority;
	rs.rs_flags = rq->rq_flags;
	rs.rs_noflags = rq->rq_clear;
	rs.rs_label = rq->rq_label;
	show_routes(&rs);
	return (0);
}

/* Those that the kernel made for addresses and neighbours stay. */
static int
flush_wants(const struct rt_msghdr *rtm)
{
	return (rtm->rtm_type == RTM_GET &&
	    (rtm->rtm_flags & (RTF_GATEWAY | RTF_STATIC)) != 0 &&
	    (rtm->rtm_flags & (RTF_LOCAL | RTF_BROADCAST | RTF_CONNECTED |
	    RTF_CLONED)) == 0);
}

/* A dumped message is a good request but for its type; an errno. */
static int
flush_one(int s, const struct rt_msghdr *rtm)
{
	uint64_t msg[RTM_MAXSIZE / sizeof(uint64_t)];
	struct rt_msghdr *del = (struct rt_msghdr *)msg;
	const struct sockaddr *sas[RTAX_MAX];
	char *p = (char *)(del + 1);
	int i;

	route_addrs(rtm, rtm->rtm_addrs, sas);
	memset(msg, 0, sizeof(msg));
	*del = *rtm;
	del->rtm_type = RTM_DELETE;
	del->rtm_hdrlen = sizeof(*del);
	del->rtm_flags &= RTF_GATEWAY | RTF_HOST | RTF_MPATH;
	del->rtm_addrs = 0;
	for (i = 0; i <= RTAX_NETMASK; i++) {
		if (sas[i] == NULL)
			continue;
		memcpy(p, sas[i], sas[i]->sa_len);
		p += sas[i]->sa_len == 0 ? 8 : (sas[i]->sa_len + 7) & ~7;
		del->rtm_addrs |= 1 << i;
	}
	del->rtm_msglen = p - (char *)msg;
	if (s != -1 && write(s, msg, del->rtm_msglen) == -1)
		return (errno);
	return (0);
}

static void
flush_report(const struct rt_msghdr *rtm, int error)
{
	const struct sockaddr *sas[RTAX_MAX], *dst;
	char to[ADDR_TEXTLEN], by[ADDR_TEXTLEN];

	route_addrs(rtm, rtm->rtm_addrs, sas);
	if (qflag || (dst = sas[RTAX_DST]) == NULL)
		return;
	net_text(dst, mask_len(dst->sa_family, sas[RTAX_NETMASK]), nflag,
	    to);
	strlcpy(by, "-", sizeof(by));
	if (sas[RTAX_GATEWAY] != NULL)
		addr_text(sas[RTAX_GATEWAY], nflag, by);
	printf("%-20s %-20s %s\n", to, by,
	    error != 0 ? route_reason(error) :
	    dflag || tflag ? "would go" : "done");
}

static int
do_flush(const struct rtreq *rq)
{
	const struct rt_msghdr *rtm = NULL;
	int error, failed = 0, off = 0, s = -1;
	size_t len;
	char *buf;

	if (!dflag && !tflag) {
		if (geteuid() != 0)
			errx(1, "must be root to alter routing table");
		s = route_socket(rq->rq_af);
		if (setsockopt(s, SOL_SOCKET, SO_USELOOPBACK, &off,
		    sizeof(off)) == -1)
			err(1, "SO_USELOOPBACK");
	}
	buf = route_dump(rq->rq_af, rq->rq_priority, rtable, &len);
	while ((rtm = route_next(buf, len, rtm)) != NULL) {
		if (!flush_wants(rtm))
			continue;
		if (dflag)
			message_print(rtm, rtm->rtm_msglen);
		/* one that left meanwhile is what we want */
		if ((error = flush_one(s, rtm)) == ESRCH)
			continue;
		flush_report(rtm, error);
		failed |= error != 0;
	}
	free(buf);
	return (failed);
}

static int
do_exec(char **argv)
{
	if (*argv == NULL)
		errx(1, "exec: no program");
	if (setrtable(rtable) == -1)
		err(1, "routing table %u", rtable);
	execvp(*argv, argv);
	err(errno == ENOENT ? 127 : 126, "%s", *argv);
}

static int
run(int cmd, char **argv)
{
	struct rtreq rq;

	if (cmd == CMD_EXEC)
		return (do_exec(argv + 1));
	memset(&rq, 0, sizeof(rq));
	rq.rq_cmd = cmd;
	rq.rq_name = argv[0];
	words_parse(&rq, argv + 1);
	switch (cmd) {
	case CMD_SHOW:
		return (do_show(&rq));
	case CMD_FLUSH:
		return (do_flush(&rq));
	case CMD_MONITOR:
		return (monitor(&rq));
	default:
		return (request_run(&rq));
	}
}

int
main(int argc, char *argv[])
{
	int ch;

	rtable = getrtable();
	while ((ch = getopt(argc, argv, "dnqtT:v")) != -1) {
		switch (ch) {
		case 'd':
			dflag = 1;
			break;
		case 'n':
			nflag = 1;
			break;
		case 'q':
			qflag = 1;
			break;
		case 't':
			tflag = 1;
			break;
		case 'T':
			rtable = table_number(optarg);
			Tflag = 1;
			break;
		case 'v':
			vflag = 1;
			break;
		default:
			usage();
		}
	}
	argv += optind;
	if (*argv == NULL)
		usage();
	return (run(command_find(*argv), argv));
}
