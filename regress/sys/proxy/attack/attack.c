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
 * Clients that lie, and clients that die: the kernel goes on and keeps
 * nothing of them.
 *
 *	attack garbage [seed]	messages that are not requests
 *	attack calls [seed]	requests with arguments by chance
 *	attack die		death at each stage of a call
 *	attack kill [seed]	death at any moment of a call
 *	attack stall		no answer to the kernel's questions
 *
 * Speaks the protocol itself, without libum, to the kernel at $UM_SOCKET;
 * N scales the counts.
 */

#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <machine/umproto.h>

#define STALLED		4	/* threads that serve clients */
#define B_AF_INET	2
#define B_AF_ROUTE	17
#define B_SIOCGIFDATA	0xc020691bUL
#define B_SIOCSIFDESCR	0x80206980UL

static uint64_t	 seed;
static pid_t	 kernel;
static int	 junk[6];	/* descriptors nobody expects */

static uint32_t
chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return ((seed >> 11) % n);
}

static unsigned long
scaled(unsigned long n)
{
	const char *p = getenv("N");
	double k = p != NULL ? atof(p) : 1;

	return (k > 0 ? n * k : n);
}

static int
root(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *path = getenv("UM_SOCKET");
	struct ucred uc;
	socklen_t len = sizeof(uc);
	int s;

	if (path == NULL || strlen(path) >= sizeof(sun.sun_path))
		errx(1, "UM_SOCKET is not the path of a kernel's socket");
	strcpy(sun.sun_path, path);
	if ((s = socket(AF_UNIX, SOCK_SEQPACKET, 0)) == -1 ||
	    connect(s, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "%s", path);
	if (getsockopt(s, SOL_SOCKET, SO_PEERCRED, &uc, &len) == 0)
		kernel = uc.pid;
	return (s);
}

/*
 * Send a message with descriptors, waiting a little when the kernel is
 * behind; errors are the caller's business.
 */
static ssize_t
throw(int s, const void *msg, size_t len, const int *fds, size_t nfds)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(64 * sizeof(int))];
	} c;
	struct iovec iov = { (void *)(uintptr_t)msg, len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pollfd pfd = { .fd = s, .events = POLLOUT };
	ssize_t n;

	if (nfds > 0) {
		memset(&c, 0, sizeof(c));
		c.hdr.cmsg_level = SOL_SOCKET;
		c.hdr.cmsg_type = SCM_RIGHTS;
		c.hdr.cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(&c.hdr), fds, nfds * sizeof(int));
		mh.msg_control = &c;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	}
	n = sendmsg(s, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1 && errno == EAGAIN && poll(&pfd, 1, 1000) == 1)
		n = sendmsg(s, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);
	return (n);
}

/* One message of the reply channel: type, or -1 after ms; its descriptor. */
static int
hear(int ch, struct ump_rep *rp, int ms, int *fdp)
{
	struct pollfd pfd = { .fd = ch, .events = POLLIN };
	static char data[65536];
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(int))];
	} c;
	struct iovec iov[2] = { { rp, sizeof(*rp) }, { data, sizeof(data) } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2,
	    .msg_control = &c, .msg_controllen = sizeof(c) };
	int fd = -1;

	if (poll(&pfd, 1, ms) != 1 ||
	    recvmsg(ch, &mh, MSG_DONTWAIT) < (ssize_t)sizeof(*rp))
		return (-1);
	if (mh.msg_controllen >= CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(&c.hdr), sizeof(int));
	if (fdp != NULL)
		*fdp = fd;
	else if (fd != -1)
		close(fd);
	return (rp->up_type);
}

static void
channel(int *ch)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ch) == -1)
		err(1, "socketpair");
}

/* An honest call without data; the error, and the descriptor. */
static int
ask(int s, int op, uint64_t a0, uint64_t a1, uint64_t a2, int *fdp)
{
	struct ump_req rq = { .ur_version = UMP_VERSION, .ur_op = op,
	    .ur_seq = 77, .ur_arg = { a0, a1, a2 } };
	struct ump_rep rp;
	int ch[2], type;

	channel(ch);
	if (throw(s, &rq, sizeof(rq), &ch[1], 1) == -1)
		err(1, "the kernel takes no request");
	type = hear(ch[0], &rp, 20000, fdp);
	close(ch[0]);
	close(ch[1]);
	if (type != UMP_REPLY || rp.up_seq != 77)
		errx(1, "no answer to an honest call");
	return (rp.up_error);
}

static int
newsocket(int s, int family, int type)
{
	int fd = -1;

	if (ask(s, UMP_SOCKET, family, type, 0, &fd) != 0 || fd == -1)
		errx(1, "the kernel gives no socket");
	return (fd);
}

/* The kernel serves everybody else as before. */
static void
alive(void)
{
	int s = root(), fd;

	if (ask(s, UMP_HELLO, 0, 0, 0, NULL) != 0)
		errx(1, "hello fails");
	fd = newsocket(s, B_AF_INET, SOCK_DGRAM);
	if (ask(fd, UMP_SHUTDOWN, 2, 0, 0, NULL) != 0)
		errx(1, "shutdown fails");
	close(fd);
	close(s);
}

static int
countfds(void)
{
	char path[32];
	DIR *d;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)kernel);
	if ((d = opendir(path)) == NULL)
		return (0);	/* not ours to see */
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return (n);
}

/* What died leaves no descriptor behind in the kernel, after a while. */
static void
settled(int before)
{
	int i, now = 0;

	alive();
	for (i = 0; i < 150; i++) {
		if ((now = countfds()) <= before)
			return;
		usleep(100000);
	}
	errx(1, "the kernel holds %d descriptors, %d before", now, before);
}

static void
mkjunk(void)
{
	int p[2];

	junk[0] = open("/dev/null", O_RDWR);
	junk[1] = pipe(p) == 0 ? p[1] : 0;
	junk[2] = socket(AF_UNIX, SOCK_STREAM, 0);
	junk[3] = socket(AF_INET, SOCK_STREAM, 0);
	junk[4] = epoll_create1(0);
	junk[5] = socket(AF_UNIX, SOCK_SEQPACKET, 0);	/* not connected */
}

/* Some descriptors of the right or of wrong kinds. */
static size_t
somefds(int *fds, int theirs, int root)
{
	size_t i, n = chance(4) != 0 ? 1 : chance(12);

	for (i = 0; i < n; i++)
		fds[i] = chance(3) != 0 ? theirs : chance(5) == 0 ? root :
		    junk[chance(6)];
	return (n);
}

/* Headers that are nearly right go deeper than noise does. */
static size_t
garbage(char *buf, size_t size)
{
	struct ump_req *rq = (struct ump_req *)buf;
	size_t len = chance(8) == 0 ? chance(size) : chance(200), i;

	for (i = 0; i < len && i < 400; i++)
		buf[i] = chance(256);
	if (chance(4) != 0)
		rq->ur_version = UMP_VERSION;
	if (chance(2) != 0)
		rq->ur_op = chance(30);
	if (chance(2) != 0) {
		rq->ur_alen = chance(300);
		rq->ur_clen = chance(3) != 0 ? 0 : chance(3000);
		rq->ur_dlen = len - sizeof(*rq) - rq->ur_alen - rq->ur_clen;
	}
	return (chance(20) == 0 ? 0 : len);
}

/* Requests that are whole, with small numbers where numbers belong. */
static size_t
request(char *buf)
{
	struct ump_req *rq = (struct ump_req *)buf;
	size_t i, n;

	memset(rq, 0, sizeof(*rq));
	rq->ur_version = UMP_VERSION;
	rq->ur_op = chance(30);
	rq->ur_seq = chance(100);
	rq->ur_rtable = chance(10) == 0 ? chance(300) : 0;
	for (i = 0; i < 4; i++)
		rq->ur_arg[i] = chance(8) == 0 ? ((uint64_t)chance(~0U) << 32 |
		    chance(~0U)) : chance(70);
	if (rq->ur_op == UMP_IOCTL)
		rq->ur_arg[0] = (chance(4) << 30) | (32 << 16) | ('i' << 8) |
		    chance(256);
	if (rq->ur_op == UMP_SETOPT && chance(2) != 0)
		rq->ur_arg[0] = 0xffff;
	rq->ur_alen = chance(2) != 0 ? 16 : chance(UMP_MAXADDR + 1);
	rq->ur_clen = chance(4) != 0 ? 0 : chance(200);
	rq->ur_dlen = rq->ur_op == UMP_IOCTL ? 32 : rq->ur_op == UMP_SYSCTL ?
	    4 * chance(8) : chance(1500);
	n = rq->ur_alen + rq->ur_clen + rq->ur_dlen;
	for (i = 0; i < n; i++)
		buf[sizeof(*rq) + i] = chance(3) != 0 ? chance(40) :
		    chance(256);
	if (rq->ur_alen > 1)
		buf[sizeof(*rq) + 1] = B_AF_INET;
	return (sizeof(*rq) + n);
}

/* Answers by chance to what the kernel asks. */
static void
mumble(int ch)
{
	struct ump_rep rp;
	struct ump_ack ack;
	char buf[sizeof(ack) + 64];
	int type;

	while ((type = hear(ch, &rp, chance(50) == 0 ? 1 : 0, NULL)) != -1) {
		if (type == UMP_REPLY || chance(20) == 0)
			continue;
		memset(buf, chance(256), sizeof(buf));
		ack.ua_seq = chance(10) == 0 ? chance(99) : rp.up_seq;
		ack.ua_error = chance(5) == 0 ? chance(200) : 0;
		ack.ua_len = chance(5) == 0 ? chance(~0U) :
		    rp.up_type == UMP_COPYIN ? rp.up_len : 0;
		memcpy(buf, &ack, sizeof(ack));
		(void)throw(ch, buf, sizeof(ack) + (rp.up_type ==
		    UMP_COPYIN ? rp.up_len % 65 : 0), NULL, 0);
	}
}

static void
babble(unsigned long n, int whole)
{
	static char buf[UMP_MAXREQ + 4096];
	int ch[2], fds[16], s = root(), so[3], t, before;
	unsigned long i;
	size_t len, nfds;

	alive();
	before = countfds();
	mkjunk();
	channel(ch);
	so[0] = newsocket(s, B_AF_INET, SOCK_DGRAM);
	so[1] = newsocket(s, B_AF_ROUTE, SOCK_RAW);
	so[2] = newsocket(s, B_AF_INET, SOCK_DGRAM);
	for (i = 0; i < n; i++) {
		len = whole ? request(buf) : garbage(buf, sizeof(buf));
		fds[0] = ch[1];
		nfds = whole ? 1 : somefds(fds, ch[1], s);
		t = chance(3) == 0 ? s : so[chance(3)];
		if (throw(t, buf, len, fds, nfds) == -1 && errno == EPIPE &&
		    t == s) {
			/* it asked for its own end */
			close(s);
			s = root();
		}
		mumble(ch[0]);
		while (recv(t, buf, sizeof(buf), MSG_DONTWAIT) > 0 && t != s)
			continue;
		if (i % 1000 == 999)
			alive();
	}
	close(s);
	close(ch[0]);
	close(ch[1]);
	close(so[0]);
	close(so[1]);
	close(so[2]);
	settled(before);
}

/*
 * A call with questions: the new hostname is read and the old one written,
 * or an ioctl with a pointer in its argument.
 */
static void
question(int s, int so, int which, int theirs)
{
	static char name[64] = "attacked";
	struct {
		struct ump_req	rq;
		union {
			int	mib[2];
			struct {
				char	 name[16];
				void	*data;
				char	 pad[8];
			} ifr;
		};
	} m;

	memset(&m, 0, sizeof(m));
	m.rq.ur_version = UMP_VERSION;
	m.rq.ur_seq = 5;
	if (which == 0) {
		m.rq.ur_op = UMP_SYSCTL;
		m.rq.ur_arg[0] = (uintptr_t)name;
		m.rq.ur_arg[1] = sizeof(name);
		m.rq.ur_arg[2] = (uintptr_t)name;
		m.rq.ur_arg[3] = 8;
		m.mib[0] = 1;
		m.mib[1] = 10;
		m.rq.ur_dlen = sizeof(m.mib);
		(void)throw(s, &m, sizeof(m.rq) + sizeof(m.mib), &theirs, 1);
		return;
	}
	m.rq.ur_op = UMP_IOCTL;
	m.rq.ur_arg[0] = which == 1 ? B_SIOCSIFDESCR : B_SIOCGIFDATA;
	m.rq.ur_dlen = sizeof(m.ifr);
	memcpy(m.ifr.name, "lo0", 4);
	m.ifr.data = name;
	(void)throw(so, &m, sizeof(m.rq) + sizeof(m.ifr), &theirs, 1);
}

/* Serve the questions of the call, but no more of them than that. */
static int
serve(int ch, int questions)
{
	struct ump_rep rp;
	struct {
		struct ump_ack	ack;
		char		data[65536];
	} m;
	int type;

	for (;;) {
		type = hear(ch, &rp, 5000, NULL);
		if (type == -1 || type == UMP_REPLY)
			return (type);
		if (questions-- == 0)
			return (0);
		memset(&m.ack, 0, sizeof(m.ack));
		memcpy(m.data, "newname", 8);
		m.ack.ua_seq = rp.up_seq;
		m.ack.ua_len = type == UMP_COPYIN ? rp.up_len : 0;
		(void)throw(ch, &m, sizeof(m.ack) + m.ack.ua_len, NULL, 0);
	}
}

/* In a child, so that its end is as sudden as a death can be. */
static void
victim(int which, int stage)
{
	int ch[2], s = root(), so = newsocket(s, B_AF_INET, SOCK_DGRAM);

	channel(ch);
	question(s, so, which, ch[1]);
	if (stage > 0)
		(void)serve(ch[0], stage - 1);
	(void)raise(SIGKILL);
}

static void
die(void)
{
	unsigned long i, n = scaled(20);
	int which, stage, before, ch[2], s, so;
	pid_t pid;

	alive();
	before = countfds();
	for (i = 0; i < n; i++)
		for (which = 0; which < 3; which++)
			for (stage = 0; stage < 4; stage++) {
				if ((pid = fork()) == 0)
					victim(which, stage);
				(void)waitpid(pid, NULL, 0);
			}
	settled(before);
	/* the same calls by one that lives */
	s = root();
	so = newsocket(s, B_AF_INET, SOCK_DGRAM);
	channel(ch);
	for (which = 0; which < 3; which++) {
		question(s, so, which, ch[1]);
		if (serve(ch[0], 9) != UMP_REPLY)
			errx(1, "call %d has no answer", which);
	}
}

static void
killing(void)
{
	unsigned long i, n = scaled(300);
	int before, ch[2], s, so;
	pid_t pid;

	alive();
	before = countfds();
	for (i = 0; i < n; i++) {
		if ((pid = fork()) == 0) {
			s = root();
			so = newsocket(s, B_AF_INET, SOCK_DGRAM);
			channel(ch);
			for (;; i++) {
				question(s, so, i % 3, ch[1]);
				(void)serve(ch[0], 9);
			}
		}
		usleep(chance(3000));
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	settled(before);
}

/*
 * Clients that fall silent do not stop the others for good, even when there
 * are as many of them as threads: the kernel has a limit of 10 s.
 */
static void
stall(void)
{
	time_t start = time(NULL);
	int ch[2], i, s[STALLED], so[STALLED], before;
	struct ump_rep rp;

	alive();
	before = countfds();
	channel(ch);
	for (i = 0; i < STALLED; i++) {
		s[i] = root();
		so[i] = newsocket(s[i], B_AF_INET, SOCK_DGRAM);
	}
	for (i = 0; i < STALLED; i++)
		question(s[i], so[i], 1, ch[1]);
	alive();
	printf("others waited for %d s\n", (int)(time(NULL) - start));
	if (time(NULL) - start > 30)
		errx(1, "too long");
	/* the silent ones got their error */
	for (i = 0; i < 2 * STALLED; i++)
		if (hear(ch[0], &rp, 30000, NULL) == UMP_REPLY &&
		    rp.up_error != EFAULT)
			errx(1, "error %d, not EFAULT", rp.up_error);
	for (i = 0; i < STALLED; i++) {
		close(s[i]);
		close(so[i]);
	}
	close(ch[0]);
	close(ch[1]);
	settled(before);
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const char *s = argc > 2 ? argv[2] : getenv("SEED");

	(void)signal(SIGPIPE, SIG_IGN);
	seed = s != NULL ? strtoull(s, NULL, 0) :
	    (uint64_t)time(NULL) * 2654435761U + getpid();
	seed |= 1;
	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	if (strcmp(mode, "garbage") == 0)
		babble(scaled(20000), 0);
	else if (strcmp(mode, "calls") == 0)
		babble(scaled(20000), 1);
	else if (strcmp(mode, "die") == 0)
		die();
	else if (strcmp(mode, "kill") == 0)
		killing();
	else if (strcmp(mode, "stall") == 0)
		stall();
	else
		errx(1, "usage: attack garbage|calls|die|kill|stall [seed]");
	return (0);
}
