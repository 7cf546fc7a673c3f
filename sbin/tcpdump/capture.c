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


/* Packets from an interface, by bpf(4). */

#include <sys/types.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tcpdump.h"

#define WAIT_USEC	50000	/* packets are not older when they are shown */

static int	 bpf = -1;
static u_char	*buf;
static u_int	 bufsize = BPF_MAXBUFSIZE;
static volatile sig_atomic_t stopped;

void
capture_stop(void)
{
	stopped = 1;
}

const char *
capture_interface(void)
{
	static char name[IFNAMSIZ];
	struct ifaddrs *ifap, *ifa;

	if (getifaddrs(&ifap) == -1)
		err(1, "getifaddrs");
	for (ifa = ifap; ifa != NULL; ifa = ifa->ifa_next)
		if ((ifa->ifa_flags & (IFF_UP | IFF_LOOPBACK)) == IFF_UP)
			break;
	if (ifa == NULL)
		errx(1, "no interface is up; name one with -i");
	(void)snprintf(name, sizeof(name), "%s", ifa->ifa_name);
	freeifaddrs(ifap);
	return (name);
}

u_int
capture_open(const char *name, int promisc, int want)
{
	struct bpf_insn nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct bpf_program bf = { 1, &nothing };
	struct timeval tv = { 0, WAIT_USEC };
	struct ifreq ifr;
	u_int dlt;

	memset(&ifr, 0, sizeof(ifr));
	if ((size_t)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s",
	    name) >= sizeof(ifr.ifr_name))
		errx(1, "%s: no interface has such a name", name);
	if ((bpf = open("/dev/bpf", O_RDONLY | O_CLOEXEC)) == -1)
		err(1, "/dev/bpf");
	/* until the filter is there, which depends on the link type */
	if (ioctl(bpf, BIOCSETF, &bf) == -1 ||
	    ioctl(bpf, BIOCSBLEN, &bufsize) == -1)
		err(1, "/dev/bpf");
	if (ioctl(bpf, BIOCSETIF, &ifr) == -1) {
		if (errno == ENXIO)
			errx(1, "%s: no such interface", name);
		err(1, "%s", name);
	}
	if (want != -1) {
		dlt = want;
		if (ioctl(bpf, BIOCSDLT, &dlt) == -1)
			errx(1, "%s does not have link type %s", name,
			    dlt_name(want));
	}
	if (ioctl(bpf, BIOCGDLT, &dlt) == -1)
		err(1, "BIOCGDLT");
	if (dlt_name(dlt) == NULL)
		errx(1, "%s: link type %u is not known here", name, dlt);
	if ((promisc && ioctl(bpf, BIOCPROMISC, NULL) == -1) ||
	    ioctl(bpf, BIOCSWTIMEOUT, &tv) == -1)
		err(1, "%s", name);
	if ((buf = malloc(bufsize)) == NULL)
		err(1, NULL);
	return (dlt);
}

void
capture_filter(const struct bpf_program *bf)
{
	struct bpf_program copy = *bf;

	if (ioctl(bpf, BIOCSETF, &copy) == -1)
		err(1, "the kernel does not take the filter");
	if (ioctl(bpf, BIOCLOCK, NULL) == -1)
		err(1, "BIOCLOCK");
}

static int
capture_buffer(size_t n, int (*func)(const struct packet *))
{
	struct packet p;
	struct bpf_hdr bh;
	size_t at = 0;

	while (at + sizeof(bh) <= n) {
		memcpy(&bh, buf + at, sizeof(bh));
		if (bh.bh_hdrlen < sizeof(bh) || bh.bh_hdrlen > n - at ||
		    bh.bh_caplen > n - at - bh.bh_hdrlen)
			errx(1, "the kernel's records are not what they "
			    "should be");
		p.p_sec = bh.bh_tstamp.tv_sec;
		p.p_usec = bh.bh_tstamp.tv_usec;
		p.p_caplen = bh.bh_caplen;
		p.p_len = bh.bh_datalen;
		p.p_data = buf + at + bh.bh_hdrlen;
		if (!func(&p))
			return (0);
		at += BPF_WORDALIGN(bh.bh_hdrlen + bh.bh_caplen);
	}
	return (1);
}

/* What came until now: the kernel gives it out at once. */
static void
capture_rest(int (*func)(const struct packet *))
{
	struct pollfd pfd = { .fd = bpf, .events = POLLIN };
	struct timeval tv = { 0, 0 };
	ssize_t n;

	if (ioctl(bpf, BIOCSWTIMEOUT, &tv) == -1)
		return;
	while (poll(&pfd, 1, 20) == 1) {
		if ((n = read(bpf, buf, bufsize)) <= 0 ||
		    !capture_buffer(n, func))
			return;
	}
}

void
capture_run(int (*func)(const struct packet *))
{
	sigset_t block, old;
	fd_set fds;
	ssize_t n;

	/* the signals come while we wait, and at no other time */
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	while (!stopped) {
		FD_ZERO(&fds);
		FD_SET(bpf, &fds);
		if (pselect(bpf + 1, &fds, NULL, NULL, NULL, &old) == -1)
			continue;
		if ((n = read(bpf, buf, bufsize)) == -1)
			err(1, "the interface is gone");
		if (!capture_buffer(n, func))
			return;
		file_flush();
	}
	capture_rest(func);
	file_flush();
}

void
capture_stats(void)
{
	struct bpf_stat bs;

	if (ioctl(bpf, BIOCGSTATS, &bs) == -1)
		return;
	fprintf(stderr, "%u packets received by filter\n"
	    "%u packets dropped by kernel\n", bs.bs_recv, bs.bs_drop);
}
