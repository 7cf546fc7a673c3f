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
 * Devices of a um kernel, from a tool: /dev/bpf is opened, polled, read and
 * closed like any descriptor.  Needs 127.0.0.1 on lo0.  "device -l" lists
 * the cases, "device case" runs one.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <net/bpf.h>
#include <net/if.h>
#include <netinet/in.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(e)	do {						\
	if (!(e))							\
		errx(1, "%s:%d: %s (errno %d: %s)", __FILE__, __LINE__,	\
		    #e, errno, strerror(errno));			\
} while (0)
#define FAILS(e, error)	do {						\
	errno = 0;							\
	CHECK((e) == -1);						\
	if (errno != (error))						\
		errx(1, "%s:%d: %s: %s, not %s", __FILE__, __LINE__,	\
		    #e, strerror(errno), strerror(error));		\
} while (0)

#define LOHDR	(28 + 4)	/* what is before the IP header in a buffer */

static u_char	buf[BPF_MAXBUFSIZE];
static u_int	one = 1;

static int
listener(void)
{
	struct ifreq ifr = { .ifr_name = "lo0" };
	int fd;

	CHECK((fd = open("/dev/bpf", O_RDWR)) != -1);
	CHECK(ioctl(fd, BIOCSETIF, &ifr) == 0);
	return (fd);
}

/* A datagram of so many bytes from lo0 to itself. */
static void
traffic(size_t len)
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET };
	socklen_t sinlen = sizeof(sin);
	static char data[8192];
	int s;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK((s = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
	CHECK(bind(s, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	CHECK(getsockname(s, (struct sockaddr *)&sin, &sinlen) == 0);
	CHECK(sendto(s, data, len, 0, (struct sockaddr *)&sin, sizeof(sin)) ==
	    (ssize_t)len);
	CHECK(recv(s, data, sizeof(data), 0) == (ssize_t)len);
	close(s);
}

static int
readable(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return (poll(&pfd, 1, ms) == 1 && (pfd.revents & POLLIN));
}

static void
t_open(void)
{
	struct ifreq ifr = { .ifr_name = "nosuch0" };
	int fd;

	CHECK((fd = open("/dev/bpf0", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) !=
	    -1);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	FAILS(read(fd, buf, sizeof(buf)), EAGAIN);
	FAILS(write(fd, buf, 60), EBADF);
	FAILS(ioctl(fd, BIOCSETIF, &ifr), ENXIO);
	FAILS(ioctl(fd, BIOCGETIF, &ifr), EINVAL);
	FAILS(ioctl(fd, SIOCGIFFLAGS, &ifr), ENOTTY);
	FAILS(bind(fd, (struct sockaddr *)&ifr, sizeof(ifr)), ENOTSOCK);
	FAILS(send(fd, buf, 1, 0), EBADF);
	CHECK(close(fd) == 0);
	CHECK((fd = open("/dev/bpf", O_WRONLY)) != -1);
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0);
	CHECK(close(fd) == 0);
	FAILS(open("/dev/bpfx", O_RDONLY), ENOENT);
	CHECK((fd = open("/dev/null", O_RDONLY)) != -1);
	CHECK(read(fd, buf, 1) == 0);
	/* what the device is asked, others do not know */
	FAILS(ioctl(fd, BIOCGBLEN, &one), ENOTTY);
}

static void
t_read(void)
{
	int fd = listener(), n;
	struct bpf_hdr bh;
	struct iovec iov[2] = { { buf, 10 }, { buf + 10, 2000 } };

	CHECK(ioctl(fd, BIOCIMMEDIATE, &one) == 0);
	CHECK(!readable(fd, 0));
	traffic(100);
	CHECK(readable(fd, 5000));
	CHECK(ioctl(fd, FIONREAD, &n) == 0 && n == LOHDR + 28 + 100);
	FAILS(read(fd, buf, n - 1), EINVAL);
	CHECK(read(fd, buf, n) == n);
	memcpy(&bh, buf, sizeof(bh));
	CHECK(bh.bh_caplen == 4 + 28 + 100 && bh.bh_hdrlen == 28);
	traffic(50);
	CHECK(readv(fd, iov, 2) == LOHDR + 28 + 50);
	memcpy(&bh, buf, sizeof(bh));
	CHECK(bh.bh_caplen == 4 + 28 + 50);
}

static void
t_timeout(void)
{
	struct timeval tv = { 0, 100000 }, start, end;
	int fd = listener();

	CHECK(ioctl(fd, BIOCSRTIMEOUT, &tv) == 0);
	memset(&tv, 0, sizeof(tv));
	CHECK(ioctl(fd, BIOCGRTIMEOUT, &tv) == 0 && tv.tv_usec == 100000);
	gettimeofday(&start, NULL);
	CHECK(read(fd, buf, sizeof(buf)) == 0);
	gettimeofday(&end, NULL);
	timersub(&end, &start, &tv);
	CHECK(tv.tv_sec > 0 || tv.tv_usec >= 90000);
	traffic(10);
	traffic(10);
	CHECK(read(fd, buf, sizeof(buf)) > 2 * (LOHDR + 28 + 10));
	tv.tv_sec = tv.tv_usec = 0;
	CHECK(ioctl(fd, BIOCSRTIMEOUT, &tv) == 0);
	CHECK(ioctl(fd, BIOCIMMEDIATE, &one) == 0);
	traffic(10);
	CHECK(read(fd, buf, sizeof(buf)) == LOHDR + 28 + 10);
}

static void
t_filter(void)
{
	struct bpf_insn small[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 4 + 28 + 100, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 40), BPF_STMT(BPF_RET | BPF_K, 0) };
	struct bpf_program bf = { 4, small };
	struct bpf_hdr bh;
	int fd = listener();

	CHECK(ioctl(fd, BIOCIMMEDIATE, &one) == 0);
	traffic(10);
	CHECK(readable(fd, 5000));
	/* what the old one took is gone */
	CHECK(ioctl(fd, BIOCSETF, &bf) == 0);
	CHECK(!readable(fd, 0));
	traffic(101);
	traffic(100);
	CHECK(read(fd, buf, sizeof(buf)) == 28 + 40);
	memcpy(&bh, buf, sizeof(bh));
	CHECK(bh.bh_datalen == 4 + 28 + 100);
	small[1].jt = 9;
	FAILS(ioctl(fd, BIOCSETF, &bf), EINVAL);
	bf.bf_len = BPF_MAXINSNS + 1;
	FAILS(ioctl(fd, BIOCSETF, &bf), EINVAL);
	bf.bf_len = 4;
	bf.bf_insns = (struct bpf_insn *)8;
	FAILS(ioctl(fd, BIOCSETF, &bf), EFAULT);
	/* the last good one stays */
	traffic(101);
	traffic(1);
	CHECK(read(fd, buf, sizeof(buf)) == 28 + 33);
	bf.bf_len = 0;
	bf.bf_insns = NULL;
	CHECK(ioctl(fd, BIOCSETF, &bf) == 0);
	traffic(101);
	CHECK(read(fd, buf, sizeof(buf)) == LOHDR + 28 + 101);
}

static void
t_list(void)
{
	u_int dlt = 99, list[2] = { 0, 77 };
	struct bpf_dltlist bfl = { 2, list };
	struct bpf_version bv;
	struct ifreq ifr;
	int fd = listener();

	CHECK(ioctl(fd, BIOCGDLTLIST, &bfl) == 0 && bfl.bfl_len == 1);
	CHECK(list[0] == DLT_LOOP && list[1] == 77);
	bfl.bfl_len = 0;
	FAILS(ioctl(fd, BIOCGDLTLIST, &bfl), ENOMEM);
	bfl.bfl_list = NULL;
	CHECK(ioctl(fd, BIOCGDLTLIST, &bfl) == 0 && bfl.bfl_len == 1);
	FAILS(ioctl(fd, BIOCSDLT, &dlt), EINVAL);
	CHECK(ioctl(fd, BIOCGDLT, &dlt) == 0 && dlt == DLT_LOOP);
	CHECK(ioctl(fd, BIOCVERSION, &bv) == 0 && bv.bv_major == 1);
	CHECK(ioctl(fd, BIOCGETIF, &ifr) == 0 &&
	    strcmp(ifr.ifr_name, "lo0") == 0);
}

/* What does not fit is counted, and nothing is lost without that. */
static void
t_overflow(void)
{
	struct bpf_stat bs;
	struct bpf_hdr bh;
	u_int got = 0, lost = 0, i;
	int fd = listener();
	ssize_t n, at;

	CHECK(ioctl(fd, BIOCIMMEDIATE, &one) == 0);
	for (i = 0; i < 800; i++)
		traffic(4000);
	CHECK(ioctl(fd, BIOCGSTATS, &bs) == 0);
	CHECK(bs.bs_recv == 800 && bs.bs_drop > 0);
	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	while (readable(fd, 300)) {
		CHECK((n = read(fd, buf, sizeof(buf))) > 0);
		for (at = 0; at < n; got++) {
			memcpy(&bh, buf + at, sizeof(bh));
			lost += bh.bh_drops;
			at += BPF_WORDALIGN(bh.bh_hdrlen + bh.bh_caplen);
		}
	}
	CHECK(got + bs.bs_drop == 800);
	CHECK(lost <= bs.bs_drop);
	traffic(10);
	CHECK(readable(fd, 5000));
}

static void
t_write(void)
{
	static const u_char udp[] = { 0, 0, 0, 2, 0x45, 0, 0, 30, 0, 1, 0, 0,
	    64, 17, 0x7c, 0xcc, 127, 0, 0, 1, 127, 0, 0, 1, 0, 9, 0x30, 0x39,
	    0, 10, 0, 0, 'h', 'i' };
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET, .sin_port = htons(12345) };
	int fd = listener(), s;

	CHECK((s = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
	CHECK(bind(s, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	CHECK(write(fd, udp, sizeof(udp)) == sizeof(udp));
	CHECK(recv(s, buf, sizeof(buf), 0) == 2 && memcmp(buf, "hi", 2) == 0);
	FAILS(write(fd, udp, 4), EINVAL);
	FAILS(write(fd, buf, 40000), EMSGSIZE);
}

static void
t_pledge(void)
{
	struct bpf_stat bs;
	int fd = listener();

	CHECK(ioctl(fd, BIOCIMMEDIATE, &one) == 0);
	traffic(10);
	CHECK(pledge("stdio inet rpath wpath", NULL) == 0);
	FAILS(open("/dev/bpf", O_RDWR), EPERM);
	CHECK(read(fd, buf, sizeof(buf)) == LOHDR + 28 + 10);
	CHECK(ioctl(fd, BIOCGSTATS, &bs) == 0 && bs.bs_recv == 1);
	CHECK(pledge("stdio", NULL) == 0);
	CHECK(ioctl(fd, BIOCGSTATS, &bs) == 0 && bs.bs_recv == 1);
}

/* Many at once, and processes that die with theirs open. */
static void
t_many(void)
{
	int fd[64], i, status;
	pid_t pid;

	for (i = 0; i < 64; i++) {
		fd[i] = listener();
		CHECK(ioctl(fd[i], BIOCIMMEDIATE, &one) == 0);
	}
	traffic(10);
	for (i = 0; i < 64; i++) {
		CHECK(read(fd[i], buf, sizeof(buf)) == LOHDR + 28 + 10);
		close(fd[i]);
	}
	for (i = 0; i < 8; i++) {
		CHECK((pid = fork()) != -1);
		if (pid == 0) {
			(void)listener();
			traffic(100);
			kill(getpid(), SIGKILL);
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	traffic(10);
}

static const struct {
	const char	*name;
	void		(*func)(void);
} cases[] = {
	{ "open", t_open },
	{ "read", t_read },
	{ "timeout", t_timeout },
	{ "filter", t_filter },
	{ "list", t_list },
	{ "overflow", t_overflow },
	{ "write", t_write },
	{ "pledge", t_pledge },
	{ "many", t_many }
};

int
main(int argc, char **argv)
{
	size_t i;

	if (argc != 2)
		errx(1, "usage: device -l | case");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], "-l") == 0)
			puts(cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0) {
			cases[i].func();
			return (0);
		}
	}
	return (strcmp(argv[1], "-l") != 0);
}
