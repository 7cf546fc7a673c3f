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
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <arpa/inet.h>

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
#define NSEQ	65536

struct ping {
	struct ping_opts	 p_opts;
	int			 p_s;
	uint16_t		 p_id;		/* network byte order */
	unsigned char		*p_out;		/* IP header, ICMP, data */
	unsigned char		 p_in[IP_MAXPACKET];
	uint64_t		 p_sent;
	uint64_t		 p_unsent;	/* of those, refused by the kernel */
	uint64_t		 p_received;
	uint64_t		 p_dups;
	double			 p_min, p_max;	/* milliseconds */
	double			 p_sum, p_sumsq;
	struct {
		int64_t	sent;			/* ns, 0 never */
		int	answered;
	} p_seq[NSEQ];
};

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

static uint16_t
checksum(const unsigned char *p, size_t len)
{
	uint32_t sum = 0;

	for (; len > 1; p += 2, len -= 2)
		sum += p[0] << 8 | p[1];
	if (len == 1)
		sum += p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (htons(~sum & 0xffff));
}

static void
set_int(int s, int level, int option, const char *name, int value)
{
	if (setsockopt(s, level, option, &value, sizeof(value)) == -1)
		err(1, "setsockopt %s", name);
}

static void
open_socket(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	int s;

	if ((s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)) == -1)
		err(1, "socket");
	set_int(s, SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST", 1);
	if (po->po_rtable != -1)
		set_int(s, SOL_SOCKET, SO_RTABLE, "SO_RTABLE",
		    po->po_rtable);
	if (po->po_src.sin_len != 0) {
		if (bind(s, (const struct sockaddr *)&po->po_src,
		    sizeof(po->po_src)) == -1)
			err(1, "bind");
		if (IN_MULTICAST(ntohl(po->po_dst.sin_addr.s_addr)) &&
		    setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF,
		    &po->po_src.sin_addr, sizeof(po->po_src.sin_addr)) == -1)
			err(1, "setsockopt IP_MULTICAST_IF");
	}
	if (po->po_df)
		set_int(s, IPPROTO_IP, IP_HDRINCL, "IP_HDRINCL", 1);
	else {
		unsigned char ttl = po->po_ttl;

		set_int(s, IPPROTO_IP, IP_TTL, "IP_TTL", po->po_ttl);
		set_int(s, IPPROTO_IP, IP_TOS, "IP_TOS", po->po_tos);
		if (IN_MULTICAST(ntohl(po->po_dst.sin_addr.s_addr)) &&
		    setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl,
		    sizeof(ttl)) == -1)
			err(1, "setsockopt IP_MULTICAST_TTL");
	}
	p->p_s = s;
}

static unsigned char
data_byte(const struct ping_opts *po, size_t i)
{
	return (po->po_patlen == 0 ? i : po->po_pattern[i % po->po_patlen]);
}

/*
 * The packet but for its sequence number.  The kernel fills in source, id
 * and checksum of our IP header, which is there for the DF bit.
 */
static void
build(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	size_t i, len = sizeof(struct ip) + ICMP_MINLEN + po->po_size;
	struct icmp *icp;
	struct ip *ip;

	if ((p->p_out = calloc(1, len)) == NULL)
		err(1, NULL);
	ip = (struct ip *)p->p_out;
	ip->ip_v = IPVERSION;
	ip->ip_hl = sizeof(*ip) >> 2;
	ip->ip_tos = po->po_tos;
	ip->ip_len = htons(len);
	ip->ip_off = htons(IP_DF);
	ip->ip_ttl = po->po_ttl;
	ip->ip_p = IPPROTO_ICMP;
	ip->ip_src = po->po_src.sin_addr;
	ip->ip_dst = po->po_dst.sin_addr;
	icp = (struct icmp *)(ip + 1);
	icp->icmp_type = ICMP_ECHO;
	icp->icmp_id = p->p_id;
	for (i = 0; i < po->po_size; i++)
		p->p_out[sizeof(*ip) + ICMP_MINLEN + i] = data_byte(po, i);
}

static void
send_request(struct ping *p)
{
	const struct ping_opts *po = &p->p_opts;
	size_t len = ICMP_MINLEN + po->po_size;
	unsigned char *out = p->p_out + sizeof(struct ip);
	struct icmp *icp = (struct icmp *)out;
	uint16_t seq = p->p_sent++;
	ssize_t n;

	icp->icmp_seq = htons(seq);
	icp->icmp_cksum = 0;
	icp->icmp_cksum = checksum(out, len);
	if (po->po_df) {
		out = p->p_out;
		len += sizeof(struct ip);
	}
	p->p_seq[seq].answered = 0;
	p->p_seq[seq].sent = now();
	n = sendto(p->p_s, out, len, 0, (const struct sockaddr *)&po->po_dst,
	    sizeof(po->po_dst));
	if (n == (ssize_t)len)
		return;
	p->p_unsent++;
	if (n == -1)
		warn("sendmsg");
	printf("ping: wrote %s %zu chars, ret=%zd\n", po->po_host, len, n);
}

/* The address, with its name when that is wanted and there is one. */
static const char *
address(const struct ping *p, struct in_addr in)
{
	static char text[NI_MAXHOST + INET_ADDRSTRLEN + 4];
	char num[INET_ADDRSTRLEN], name[NI_MAXHOST];
	struct sockaddr_in sin;

	inet_ntop(AF_INET, &in, num, sizeof(num));
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = in;
	if (p->p_opts.po_names && getnameinfo((struct sockaddr *)&sin,
	    sizeof(sin), name, sizeof(name), NULL, 0, NI_NAMEREQD) == 0)
		snprintf(text, sizeof(text), "%s (%s)", name, num);
	else
		strlcpy(text, num, sizeof(text));
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
echo_reply(struct ping *p, const struct ip *ip, const struct icmp *icp,
    size_t len, int64_t arrived)
{
	uint16_t seq = ntohs(icp->icmp_seq);
	double ms;
	int dup;

	if (icp->icmp_id != p->p_id || p->p_seq[seq].sent == 0)
		return;
	ms = (arrived - p->p_seq[seq].sent) / 1e6;
	if ((dup = p->p_seq[seq].answered))
		p->p_dups++;
	else
		count_time(p, ms);
	p->p_seq[seq].answered = 1;
	if (p->p_opts.po_quiet)
		return;
	printf("%zu bytes from %s: icmp_seq=%u ttl=%u time=%.3f ms", len,
	    address(p, ip->ip_src), seq, ip->ip_ttl, ms);
	if (dup)
		printf(" (DUP!)");
	check_data(p, (const unsigned char *)icp + ICMP_MINLEN,
	    len - ICMP_MINLEN);
	printf("\n");
}

/* Is the packet that the error quotes one of ours? */
static const struct icmp *
quoted_request(const struct ping *p, const struct icmp *icp, size_t len)
{
	const struct ip *ip = &icp->icmp_ip;
	const struct icmp *q;
	size_t hlen;

	if (len < ICMP_MINLEN + sizeof(*ip))
		return (NULL);
	hlen = ip->ip_hl << 2;
	if (hlen < sizeof(*ip) || len < ICMP_MINLEN + hlen + ICMP_MINLEN)
		return (NULL);
	q = (const struct icmp *)((const unsigned char *)ip + hlen);
	if (ip->ip_p != IPPROTO_ICMP || q->icmp_type != ICMP_ECHO ||
	    q->icmp_id != p->p_id ||
	    ip->ip_dst.s_addr != p->p_opts.po_dst.sin_addr.s_addr)
		return (NULL);
	return (q);
}

static void
icmp_error(struct ping *p, const struct ip *ip, const struct icmp *icp,
    size_t len)
{
	const struct icmp *q = quoted_request(p, icp, len);
	char text[128];

	if (p->p_opts.po_quiet || (q == NULL && !p->p_opts.po_verbose))
		return;
	icmp_describe(icp, len, text, sizeof(text));
	printf("%zu bytes from %s: %s", len, address(p, ip->ip_src), text);
	if (q != NULL)
		printf(" for icmp_seq=%u", ntohs(q->icmp_seq));
	printf("\n");
}

static void
input(struct ping *p, size_t len, int64_t arrived)
{
	const struct ip *ip = (const struct ip *)p->p_in;
	const struct icmp *icp;
	size_t hlen;

	if (len < sizeof(*ip) || (hlen = ip->ip_hl << 2) < sizeof(*ip) ||
	    len < hlen + ICMP_MINLEN) {
		if (p->p_opts.po_verbose)
			warnx("packet too short (%zu bytes)", len);
		return;
	}
	icp = (const struct icmp *)(p->p_in + hlen);
	if (icp->icmp_type == ICMP_ECHOREPLY)
		echo_reply(p, ip, icp, len - hlen, arrived);
	else if (!ICMP_INFOTYPE(icp->icmp_type))
		icmp_error(p, ip, icp, len - hlen);
}

static void
receive(struct ping *p)
{
	ssize_t n;

	while ((n = recv(p->p_s, p->p_in, sizeof(p->p_in),
	    MSG_DONTWAIT)) > 0)
		input(p, n, now());
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
			if (all_sent(p))
				next = t + p->p_opts.po_maxwait;
			else if (next < t)
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
	open_socket(p);
	p->p_id = htons(getpid() & 0xffff);
	build(p);
	setvbuf(stdout, NULL, _IOLBF, 0);
	catch_signals(&mask);
	/* the socket is there, and names of addresses are all that is left */
	if (pledge(p->p_opts.po_names ? "stdio inet dns" : "stdio inet",
	    NULL) == -1)
		err(1, "pledge");
	printf("PING %s (%s): %zu data bytes\n", p->p_opts.po_host,
	    inet_ntoa(p->p_opts.po_dst.sin_addr), p->p_opts.po_size);
	run(p, &mask);
	summary(p);
	if (fflush(stdout) == EOF)
		err(1, "stdout");
	return (p->p_received == 0);
}
