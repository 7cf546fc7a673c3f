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
 * The system calls of a tool, from a tool: sockets of a um kernel behave as
 * descriptors do.  Needs 127.0.0.1 on an interface.  "client -l" lists the
 * cases, "client case" runs one.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <sys/sysctl.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <net/if.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
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

static struct sockaddr_in	self;

/* A socket that sends to itself. */
static int
loopback(void)
{
	socklen_t len = sizeof(self);
	int s;

	memset(&self, 0, sizeof(self));
	self.sin_len = sizeof(self);
	self.sin_family = AF_INET;
	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK((s = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
	CHECK(bind(s, (struct sockaddr *)&self, sizeof(self)) == 0);
	CHECK(getsockname(s, (struct sockaddr *)&self, &len) == 0);
	CHECK(len == sizeof(self) && self.sin_family == AF_INET);
	return (s);
}

static ssize_t
tell(int s, const void *p, size_t len)
{
	return (sendto(s, p, len, 0, (struct sockaddr *)&self,
	    sizeof(self)));
}

static void
echo(int s, size_t len)
{
	static char out[8192], in[8192];
	struct sockaddr_in from;
	socklen_t fromlen = sizeof(from);
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (char)(i * 7 + len);
	memset(in, 0, sizeof(in));
	CHECK(tell(s, out, len) == (ssize_t)len);
	CHECK(recvfrom(s, in, sizeof(in), 0, (struct sockaddr *)&from,
	    &fromlen) == (ssize_t)len);
	CHECK(memcmp(in, out, len) == 0);
	CHECK(fromlen == sizeof(from) && from.sin_family == AF_INET &&
	    from.sin_port == self.sin_port &&
	    from.sin_addr.s_addr == self.sin_addr.s_addr);
}

static int
readable(int s, int ms)
{
	struct pollfd pfd = { .fd = s, .events = POLLIN };

	return (poll(&pfd, 1, ms) == 1 && (pfd.revents & POLLIN));
}

static void
t_datagram(void)
{
	int s = loopback();

	echo(s, 1);
	echo(s, 0);
	echo(s, 1400);
	echo(s, 8000);
	close(s);
}

static void
t_receive(void)
{
	char a[4], b[8];
	struct iovec iov[2] = { { a, sizeof(a) }, { b, sizeof(b) } };
	struct sockaddr_in from;
	struct msghdr mh = { .msg_name = &from, .msg_namelen = sizeof(from),
	    .msg_iov = iov, .msg_iovlen = 2 };
	int n, s = loopback();

	FAILS(recv(s, a, 1, MSG_DONTWAIT), EAGAIN);
	CHECK(!readable(s, 0));
	CHECK(tell(s, "0123456789", 10) == 10);
	CHECK(readable(s, 5000));
	CHECK(ioctl(s, 0x4004667f /* FIONREAD */, &n) == 0 && n == 10);
	CHECK(recv(s, a, 4, MSG_PEEK) == 4 && memcmp(a, "0123", 4) == 0);
	CHECK(recvmsg(s, &mh, 0) == 10);
	CHECK(memcmp(a, "0123", 4) == 0 && memcmp(b, "456789", 6) == 0);
	CHECK(mh.msg_namelen == sizeof(from) && mh.msg_controllen == 0);
	CHECK(tell(s, "0123456789abcdef", 16) == 16);
	CHECK(recvmsg(s, &mh, 0) == 12 && (mh.msg_flags & MSG_TRUNC));
	CHECK(tell(s, "xyz", 3) == 3);
	CHECK(readv(s, iov, 2) == 3 && memcmp(a, "xyz", 3) == 0);
	CHECK(tell(s, "xyz", 3) == 3);
	CHECK(read(s, b, sizeof(b)) == 3 && memcmp(b, "xyz", 3) == 0);
	close(s);
}

static void
t_connect(void)
{
	struct iovec iov[2] = { { "ab", 2 }, { "c", 1 } };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	char buf[8];
	int s = loopback();

	FAILS(send(s, "x", 1, 0), EDESTADDRREQ);
	FAILS(getpeername(s, (struct sockaddr *)&sin, &len), ENOTCONN);
	CHECK(connect(s, (struct sockaddr *)&self, sizeof(self)) == 0);
	CHECK(getpeername(s, (struct sockaddr *)&sin, &len) == 0);
	CHECK(sin.sin_port == self.sin_port);
	CHECK(write(s, "hello", 5) == 5 && read(s, buf, 8) == 5);
	CHECK(writev(s, iov, 2) == 3 && recv(s, buf, 8, 0) == 3);
	CHECK(memcmp(buf, "abc", 3) == 0);
	CHECK(shutdown(s, SHUT_RD) == 0 && read(s, buf, 8) == 0);
	CHECK(shutdown(s, SHUT_WR) == 0);
	FAILS(send(s, "x", 1, MSG_NOSIGNAL), EPIPE);
	FAILS(shutdown(s, 9), EINVAL);
	close(s);
}

static void
t_nonblock(void)
{
	char buf[8];
	int i, s = loopback();

	CHECK(fcntl(s, F_SETFL, O_NONBLOCK) == 0);
	FAILS(recv(s, buf, 8, 0), EAGAIN);
	for (i = 0; i < 100; i++)
		CHECK(tell(s, "x", 1) == 1);
	for (i = 0; i < 100; i++) {
		CHECK(readable(s, 5000));
		CHECK(recv(s, buf, 8, 0) == 1);
	}
	close(s);
	CHECK((s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0)) != -1);
	CHECK(fcntl(s, F_GETFL) & O_NONBLOCK);
	CHECK(fcntl(s, F_GETFD) & FD_CLOEXEC);
	close(s);
	CHECK((s = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
	CHECK((fcntl(s, F_GETFL) & O_NONBLOCK) == 0);
	CHECK((fcntl(s, F_GETFD) & FD_CLOEXEC) == 0);
	close(s);
}

/*
 * Nobody reads: some are lost, each with an error or in the count of the
 * protocol, and what is there arrives in order, whole, and then the socket
 * works as before.
 */
static void
t_overflow(void)
{
	static char buf[4000];
	int i, got = -1, s = loopback(), size = 40000, n;

	CHECK(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) == 0);
	for (i = 0; i < 2000; i++) {
		memcpy(buf, &i, sizeof(i));
		n = tell(s, buf, sizeof(buf));
		CHECK(n == sizeof(buf) || errno == ENOBUFS);
	}
	for (n = 0; readable(s, 200); n++) {
		CHECK(read(s, buf, sizeof(buf)) == sizeof(buf));
		memcpy(&i, buf, sizeof(i));
		CHECK(i > got);
		got = i;
	}
	CHECK(n >= 9 && n < 2000);
	echo(s, 100);
	close(s);
}

static void
t_options(void)
{
	int v = 30000, s = loopback(), err = -1;
	struct timeval tv = { 0, 50000 };
	socklen_t len = sizeof(v);
	char c;

	CHECK(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &v, sizeof(v)) == 0);
	v = 0;
	CHECK(getsockopt(s, SOL_SOCKET, SO_RCVBUF, &v, &len) == 0);
	CHECK(v == 30000 && len == sizeof(v));
	CHECK(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &len) == 0);
	CHECK(v == SOCK_DGRAM);
	CHECK(getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &len) == 0);
	CHECK(err == 0);
	v = 1;
	CHECK(setsockopt(s, SOL_SOCKET, SO_BROADCAST, &v, sizeof(v)) == 0);
	FAILS(setsockopt(s, SOL_SOCKET, SO_BINDANY, &v, sizeof(v)),
	    ENOPROTOOPT);
	FAILS(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &v, 1), EINVAL);
	FAILS(getsockopt(s, 12345, 1, &v, &len), ENOPROTOOPT);
	CHECK(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	FAILS(recv(s, &c, 1, 0), EAGAIN);
	close(s);
	FAILS(socket(AF_INET, SOCK_STREAM, 99), EPROTOTYPE);
	FAILS(socket(31, SOCK_DGRAM, 0), EAFNOSUPPORT);
	FAILS(listen(loopback(), 5), EOPNOTSUPP);
}

/* The descriptor is the socket: any copy of it will do. */
static void
t_dup(void)
{
	int s = loopback(), t;

	CHECK((t = dup(s)) != -1);
	close(s);
	echo(t, 10);
	CHECK(dup2(t, 50) == 50);
	close(t);
	echo(50, 10);
	close(50);
	/* the number is somebody else's now */
	CHECK((s = open("/dev/null", O_WRONLY)) != -1);
	CHECK(dup2(s, 50) == 50);
	CHECK(write(50, "x", 1) == 1);
	FAILS(send(50, "x", 1, 0), ENOTSOCK);
}

static void
t_fork(void)
{
	int i, s, status;
	pid_t pid[4];

	s = loopback();
	echo(s, 10);
	for (i = 0; i < 4; i++) {
		CHECK((pid[i] = fork()) != -1);
		if (pid[i] == 0) {
			/* beside the parent, on a connection of its own */
			for (i = 0; i < 50; i++) {
				int t = loopback();

				echo(t, i);
				close(t);
			}
			_exit(0);
		}
	}
	for (i = 0; i < 50; i++)
		echo(s, i);
	for (i = 0; i < 4; i++) {
		CHECK(waitpid(pid[i], &status, 0) == pid[i]);
		CHECK(status == 0);
	}
	close(s);
}

static void *
thread(void *arg)
{
	int *s = arg, type, i;
	socklen_t len = sizeof(type);

	for (i = 0; i < 300; i++) {
		type = 0;
		CHECK(getsockopt(*s, SOL_SOCKET, SO_TYPE, &type, &len) == 0);
		CHECK(type == SOCK_DGRAM);
	}
	return (NULL);
}

static void
t_threads(void)
{
	pthread_t th[6];
	int i, s = loopback();

	for (i = 0; i < 6; i++)
		CHECK(pthread_create(&th[i], NULL, thread, &s) == 0);
	for (i = 0; i < 6; i++)
		CHECK(pthread_join(th[i], NULL) == 0);
	close(s);
}

/* Through a socket of the host, as privilege-separated daemons do. */
static void
t_pass(void)
{
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(2 * sizeof(int))];
	} c;
	char b = 'x';
	struct iovec iov = { &b, 1 };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &c, .msg_controllen = CMSG_LEN(sizeof(int)) };
	struct cmsghdr *cm;
	int sv[2], s, t;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	s = loopback();
	memset(&c, 0, sizeof(c));
	cm = CMSG_FIRSTHDR(&mh);
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(cm), &s, sizeof(s));
	CHECK(sendmsg(sv[0], &mh, 0) == 1);
	close(s);
	mh.msg_controllen = sizeof(c);
	memset(&c, 0, sizeof(c));
	CHECK(recvmsg(sv[1], &mh, 0) == 1);
	cm = CMSG_FIRSTHDR(&mh);
	CHECK(cm != NULL && cm->cmsg_type == SCM_RIGHTS &&
	    cm->cmsg_level == SOL_SOCKET &&
	    cm->cmsg_len == CMSG_LEN(sizeof(int)));
	memcpy(&t, CMSG_DATA(cm), sizeof(t));
	echo(t, 100);
	close(t);
	close(sv[0]);
	close(sv[1]);
}

static void
t_unix(void)
{
	struct sockaddr_un sun = { .sun_len = sizeof(sun),
	    .sun_family = AF_UNIX, .sun_path = "/var/run/proxy.sock" }, name;
	struct sockpeercred pc;
	socklen_t len = sizeof(pc);
	int l, s, t;
	char c;

	CHECK((l = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	unlink(sun.sun_path);
	CHECK(bind(l, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	CHECK(listen(l, 1) == 0);
	CHECK(access(sun.sun_path, F_OK) == 0);
	CHECK((s = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	CHECK(connect(s, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	CHECK((t = accept(l, NULL, NULL)) != -1);
	CHECK(write(s, "q", 1) == 1 && read(t, &c, 1) == 1 && c == 'q');
	CHECK(getsockopt(t, SOL_SOCKET, SO_PEERCRED, &pc, &len) == 0);
	CHECK(pc.uid == getuid() && pc.pid == getpid());
	len = sizeof(name);
	CHECK(getpeername(s, (struct sockaddr *)&name, &len) == 0);
	CHECK(strcmp(name.sun_path, sun.sun_path) == 0);
	CHECK(unlink(sun.sun_path) == 0);
	close(l);
	close(s);
	close(t);
}

static void
t_interfaces(void)
{
	struct ifaddrs *ifa0, *ifa;
	struct ifreq ifr;
	char name[IFNAMSIZ];
	unsigned int index;
	int s = loopback(), found = 0;

	CHECK(getifaddrs(&ifa0) == 0);
	for (ifa = ifa0; ifa != NULL; ifa = ifa->ifa_next) {
		CHECK(ifa->ifa_addr != NULL);
		if (ifa->ifa_addr->sa_family != AF_LINK)
			continue;
		CHECK(ifa->ifa_data != NULL);
		CHECK((index = if_nametoindex(ifa->ifa_name)) != 0);
		CHECK(if_indextoname(index, name) == name);
		CHECK(strcmp(name, ifa->ifa_name) == 0);
		found = 1;
	}
	CHECK(found);
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, ifa0->ifa_name, sizeof(ifr.ifr_name));
	CHECK(ioctl(s, SIOCGIFMTU, &ifr) == 0 && ifr.ifr_mtu > 0);
	freeifaddrs(ifa0);
	CHECK(if_nametoindex("nosuch7") == 0 && errno == ENXIO);
	CHECK(if_indextoname(4711, name) == NULL && errno == ENXIO);
	FAILS(ioctl(s, _IOWR('i', 254, struct ifreq), &ifr), ENOTTY);
	close(s);
}

/* Memory that is not there: an error for us and no harm to the kernel. */
static void
t_badmemory(void)
{
	int mib[2] = { CTL_KERN, KERN_OSTYPE }, s = loopback();
	void *bad = (void *)8;
	struct ifaddrs *ifa;
	struct ifreq ifr;
	size_t len = 100;
	char buf[100];

	FAILS(sysctl(mib, 2, bad, &len, NULL, 0), EFAULT);
	FAILS(send(s, bad, 10, 0), EFAULT);
	CHECK(getifaddrs(&ifa) == 0);
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, ifa->ifa_name, sizeof(ifr.ifr_name));
	freeifaddrs(ifa);
	ifr.ifr_data = bad;
	FAILS(ioctl(s, SIOCGIFDATA, &ifr), EFAULT);
	FAILS(ioctl(s, SIOCSIFDESCR, &ifr), EFAULT);
	len = sizeof(buf);
	CHECK(sysctl(mib, 2, buf, &len, NULL, 0) == 0);
	CHECK(len == strlen(buf) + 1);
	len = 1;
	FAILS(sysctl(mib, 2, buf, &len, NULL, 0), ENOMEM);
	echo(s, 10);
	close(s);
}

static void
pledged(void (*func)(void))
{
	int status;
	pid_t pid;

	CHECK((pid = fork()) != -1);
	if (pid == 0) {
		func();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		exit(77);
	CHECK(status == 0);
	/* the promise was the child's alone */
	close(loopback());
}

static void
promise_inet(void)
{
	CHECK(pledge("stdio inet", NULL) == 0);
	close(loopback());
	FAILS(socket(AF_ROUTE, SOCK_RAW, 0), EPERM);
	FAILS(socket(AF_KEY, SOCK_RAW, 2), EPERM);
}

static void
promise_nothing(void)
{
	int s = loopback();

	CHECK(pledge("stdio", NULL) == 0);
	FAILS(socket(AF_INET, SOCK_DGRAM, 0), EPERM);
	echo(s, 10);
}

static void
t_pledge(void)
{
	FAILS(pledge("stdio nonsense", NULL), EINVAL);
	pledged(promise_inet);
	pledged(promise_nothing);
}

#define OTHER	60001	/* nobody's, not even the one that runs the tests */

/* The superuser's sockets only, and by the credentials of the moment. */
static void
other_user(void)
{
	struct ifreq ifr = { .ifr_name = "lo0" };
	int s;

	if (setresuid(OTHER, OTHER, OTHER) == -1) {
		printf("needs root\n");
		fflush(stdout);
		_exit(77);
	}
	CHECK(geteuid() == OTHER);
	CHECK(socket(AF_KEY, SOCK_RAW, 2) == -1);
	s = loopback();
	ifr.ifr_data = "mine";
	FAILS(ioctl(s, SIOCSIFDESCR, &ifr), EPERM);
	echo(s, 10);
}

static void
t_superuser(void)
{
	CHECK(getuid() == 0 && geteuid() == 0);
	pledged(other_user);
}

static const struct {
	const char	*name;
	void		(*func)(void);
} cases[] = {
	{ "datagram", t_datagram },
	{ "receive", t_receive },
	{ "connect", t_connect },
	{ "nonblock", t_nonblock },
	{ "overflow", t_overflow },
	{ "options", t_options },
	{ "dup", t_dup },
	{ "fork", t_fork },
	{ "threads", t_threads },
	{ "pass", t_pass },
	{ "unix", t_unix },
	{ "interfaces", t_interfaces },
	{ "badmemory", t_badmemory },
	{ "pledge", t_pledge },
	{ "superuser", t_superuser }
};

int
main(int argc, char **argv)
{
	size_t i;

	if (argc != 2)
		errx(1, "usage: client -l | case");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], "-l") == 0)
			printf("%s\n", cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0) {
			cases[i].func();
			return (0);
		}
	}
	if (strcmp(argv[1], "-l") != 0)
		errx(1, "%s: no such case", argv[1]);
	return (0);
}
