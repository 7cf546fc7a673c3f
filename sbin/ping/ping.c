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
#include <sys/select.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ping.h"

/*
 * Send ICMP echo requests and tell what comes back.  Times are taken from
 * the monotonic clock and kept here, not in the packets: nobody can forge
 * them, and a packet without data has one, too.
 */

#define NSEC	1000000000LL

static struct ping		 ping;
static volatile sig_atomic_t	 interrupted;

static void
on_signal(int sig)
{
	interrupted = 1;
}

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * NSEC + ts.tv_nsec);
}

void
set_int(int s, int level, int option, const char *name, int value)
{
	if (setsockopt(s, level, option, &value, sizeof(value)) == -1)
		err(1, "setsockopt %s", name);
}

static unsigned char
data_byte(const struct ping_opts *po, size_t i)
{
	return (po->po_patlen == 0 ? i : po->po_pattern[i % po->po_patlen]);
}

static void
build(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	unsigned char *data;
	size_t i;

	po->po_af->pa_alloc(p);
	p->p_echo->pe_type = po->po_af->pa_request;
	p->p_echo->pe_id = p->p_id;
	data = (unsigned char *)(p->p_echo + 1);
	for (i = 0; i < po->po_size; i++)
		data[i] = data_byte(po, i);
}

static void
send_request(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	uint16_t seq = p->p_sent++;
	unsigned char *out;
	size_t len;
	ssize_t n;

	p->p_echo->pe_seq = htons(seq);
	len = po->po_af->pa_finish(p, &out);
	p->p_seq[seq].answered = 0;
	p->p_seq[seq].sent = now();
	n = sendto(p->p_s, out, len, 0, &po->po_dst.sa,
	    po->po_dst.sa.sa_len);
	if (n == (ssize_t)len)
		return;
	p->p_unsent++;
	if (n == -1)
		warn("sendmsg");
	printf("%s: wrote %s %zu chars, ret=%zd\n", getprogname(),
	    po->po_host, len, n);
}

static const char *
number(const union ping_addr *addr)
{
	static char num[NI_MAXHOST];

	if (getnameinfo(&addr->sa, addr->sa.sa_len, num, sizeof(num), NULL,
	    0, NI_NUMERICHOST) != 0)
		return ("?");
	return (num);
}

/* The address, with its name when that is wanted and there is one. */
static const char *
address(const struct ping *p, const union ping_addr *addr)
{
	static char text[2 * NI_MAXHOST + 4];
	char name[NI_MAXHOST];

	if (p->p_opts.po_names && getnameinfo(&addr->sa, addr->sa.sa_len,
	    name, sizeof(name), NULL, 0, NI_NAMEREQD) == 0)
		snprintf(text, sizeof(text), "%s (%s)", name, number(addr));
	else
		strlcpy(text, number(addr), sizeof(text));
	return (text);
}

static void
count_time(struct ping *p, double ms)
{
	if (p->p_received == 0 || ms < p->p_min)
		p->p_min = ms;
	if (p->p_received == 0 || ms > p->p_max)
		p->p_max = ms;
	p->p_sum += ms;
	p->p_sumsq += ms * ms;
	p->p_received++;
}

/* The data must be what was sent. */
static void
check_data(const struct ping *p, const unsigned char *data, size_t len)
{
	const struct ping_opts *po = &p->p_opts;
	size_t i;

	if (len < po->po_size)
		printf(" (TRUNC!)");
	for (i = 0; i < len && i < po->po_size; i++) {
		if (data[i] != data_byte(po, i)) {
			printf("\nwrong data byte #%zu should be 0x%x but "
			    "was 0x%x", i, data_byte(po, i), data[i]);
			break;
		}
	}
}

static void
echo_reply(struct ping *p, const struct ping_msg *pm, int64_t arrived)
{
	const struct ping_echo *pe = (const struct ping_echo *)pm->pm_icmp;
	uint16_t seq = ntohs(pe->pe_seq);
	double ms;
	int dup;

	if (pe->pe_id != p->p_id || p->p_seq[seq].sent == 0)
		return;
	ms = (arrived - p->p_seq[seq].sent) / 1e6;
	if ((dup = p->p_seq[seq].answered))
		p->p_dups++;
	else
		count_time(p, ms);
	p->p_seq[seq].answered = 1;
	if (p->p_opts.po_quiet)
		return;
	printf("%zu bytes from %s: icmp_seq=%u %s=%d time=%.3f ms",
	    pm->pm_len, address(p, &pm->pm_from), seq,
	    p->p_opts.po_af->pa_hops, pm->pm_hops, ms);
	if (dup)
		printf(" (DUP!)");
	check_data(p, (const unsigned char *)(pe + 1),
	    pm->pm_len - sizeof(*pe));
	printf("\n");
}

static void
icmp_error(struct ping *p, const struct ping_msg *pm)
{
	const struct ping_af *pa = p->p_opts.po_af;
	const struct ping_echo *q = pa->pa_quoted(p, pm);
	char text[128];

	/* is the packet that the error quotes one of ours? */
	if (q != NULL && (q->pe_type != pa->pa_request ||
	    q->pe_id != p->p_id))
		q = NULL;
	if (p->p_opts.po_quiet || (q == NULL && !p->p_opts.po_verbose))
		return;
	pa->pa_describe(pm, text, sizeof(text));
	printf("%zu bytes from %s: %s", pm->pm_len,
	    address(p, &pm->pm_from), text);
	if (q != NULL)
		printf(" for icmp_seq=%u", ntohs(q->pe_seq));
	printf("\n");
}

static void
input(struct ping *p, const struct ping_msg *pm, int64_t arrived)
{
	const struct ping_af *pa = p->p_opts.po_af;

	if (pm->pm_icmp == NULL) {
		if (p->p_opts.po_verbose)
			warnx("packet too short (%zu bytes)", pm->pm_len);
	} else if (pm->pm_icmp[0] == pa->pa_reply)
		echo_reply(p, pm, arrived);
	else if (pa->pa_iserror(pm))
		icmp_error(p, pm);
}

static void
receive(struct ping *p)
{
	struct ping_msg pm;
	ssize_t n;

	while ((n = p->p_opts.po_af->pa_receive(p, &pm)) > 0)
		input(p, &pm, now());
	if (n == 0)
		errx(1, "the kernel is gone");
	if (errno != EAGAIN && errno != EINTR)
		warn("recv");
}

/* Until a packet comes, the time has come, or a signal. */
static void
wait_for(struct ping *p, int64_t until, const sigset_t *mask)
{
	int64_t left = until - now();
	struct timespec ts;
	fd_set fds;

	if (left < 0)
		left = 0;
	ts.tv_sec = left / NSEC;
	ts.tv_nsec = left % NSEC;
	FD_ZERO(&fds);
	FD_SET(p->p_s, &fds);
	switch (pselect(p->p_s + 1, &fds, NULL, NULL, &ts, mask)) {
	case 1:
		receive(p);
		break;
	case -1:
		if (errno != EINTR)
			err(1, "pselect");
		break;
	}
}

static int
all_sent(const struct ping *p)
{
	return (p->p_opts.po_count != 0 && p->p_sent >= p->p_opts.po_count);
}

static void
run(struct ping *p, const sigset_t *mask)
{
	/* next: when to send, or once all are sent, how long to wait */
	int64_t next = now(), t;

	while (!interrupted) {
		if (all_sent(p)) {
			if (p->p_received + p->p_unsent >= p->p_sent ||
			    now() >= next)
				break;
		} else if (now() >= next) {
			send_request(p);
			t = now();
			next += p->p_opts.po_interval;
			if (all_sent(p)) {
				next = t + p->p_opts.po_maxwait;
				continue;
			}
			if (next < t)
				next = t;	/* do not catch up */
		}
		wait_for(p, next, mask);
	}
}

static void
summary(const struct ping *p)
{
	double avg, var;

	printf("\n--- %s ping statistics ---\n", p->p_opts.po_host);
	printf("%" PRIu64 " packets transmitted, %" PRIu64
	    " packets received, ", p->p_sent, p->p_received);
	if (p->p_dups > 0)
		printf("%" PRIu64 " duplicates, ", p->p_dups);
	printf("%.1f%% packet loss\n", p->p_sent == 0 ? 0.0 :
	    100.0 * (p->p_sent - p->p_received) / p->p_sent);
	if (p->p_received == 0)
		return;
	avg = p->p_sum / p->p_received;
	var = p->p_sumsq / p->p_received - avg * avg;
	printf("round-trip min/avg/max/std-dev = %.3f/%.3f/%.3f/%.3f ms\n",
	    p->p_min, avg, p->p_max, var > 0 ? sqrt(var) : 0.0);
}

/* Signals arrive in pselect() alone; mask is what it unblocks. */
static void
catch_signals(sigset_t *mask)
{
	struct sigaction sa;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, mask);
	sigdelset(mask, SIGINT);
	sigdelset(mask, SIGTERM);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

int
main(int argc, char *argv[])
{
	struct ping *p = &ping;
	sigset_t mask;

	options(argc, argv, &p->p_opts);
	p->p_opts.po_af->pa_open(p);
	p->p_id = htons(getpid() & 0xffff);
	build(p);
	setvbuf(stdout, NULL, _IOLBF, 0);
	catch_signals(&mask);
	/* the socket is there, and names of addresses are all that is left,
	 * and of the interfaces that are their scopes */
	if (pledge(p->p_opts.po_names ? "stdio inet route dns" :
	    "stdio inet route", NULL) == -1)
		err(1, "pledge");
	printf("PING %s (%s): %zu data bytes\n", p->p_opts.po_host,
	    number(&p->p_opts.po_dst), p->p_opts.po_size);
	run(p, &mask);
	summary(p);
	if (fflush(stdout) == EOF)
		err(1, "stdout");
	return (p->p_received == 0);
}
