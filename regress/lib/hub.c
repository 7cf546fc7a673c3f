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
 * hub: an Ethernet hub between ends of "wire:path", with the faults of a
 * bad network.  What comes in at one port goes out at all others, where
 * each copy may be lost, delayed, overtaken or doubled.
 *
 *	hub [options] path ...
 *	hub -C control command ...
 *
 * Options set the faults of all ports:
 *
 *	-l percent	lose
 *	-D percent	duplicate
 *	-d ms[:jitter]	delay, and up to jitter more: this may reorder too
 *	-r percent	hold back by up to 20 ms, for others to overtake
 *	-m mtu		told to the other ends (65535)
 *	-s seed		of the dice; printed, and chosen when not given
 *	-c control	listen for commands on this UNIX socket
 *	-w file		record what comes in, pcap with nanoseconds
 *	-v		tell when ports go up and down
 *
 * Commands, at run time: "loss", "dup", "delay", "reorder" with a value as
 * above, "cut" and "join", all for the port whose number follows or for
 * all; "stats"; "quit".  Ports count from 0 in the order of the arguments.
 * SIGUSR1 cuts all ports and joins them again, SIGINT and SIGTERM end the
 * hub, which prints its counters then.
 */

#define _GNU_SOURCE
#include <sys/file.h>
#include <sys/queue.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <machine/wireproto.h>

#define MAXPORTS	32
#define RETRY		50		/* ms between attempts to connect */
#define SOCKBUF		(8 * 1024 * 1024)
#define MAXQUEUE	16384		/* frames that wait for a port */
#define MAXBATCH	64		/* frames in a message */
#define HOLDBACK	20.0		/* ms, -r */
#define PERCENT		1000000U	/* of PERCENT is certainty */
#define NSEC_PER_MS	1000000ULL

/* The bytes of a frame, shared by its copies. */
struct data {
	unsigned int	 d_refs;
	size_t		 d_len;
	unsigned char	 d_buf[];
};

/* A copy on its way to a port. */
struct copy {
	TAILQ_ENTRY(copy) c_next;	/* in coming, then in p_ready */
	uint64_t	 c_due;		/* ns */
	struct port	*c_port;
	struct data	*c_data;
};
TAILQ_HEAD(copies, copy);

/* What can happen to a copy. */
struct faults {
	uint32_t	 f_loss;	/* of PERCENT */
	uint32_t	 f_dup;		/* of PERCENT */
	uint32_t	 f_reorder;	/* of PERCENT */
	double		 f_delay;	/* ms */
	double		 f_jitter;	/* ms */
	int		 f_cut;
};

enum count {
	RX, TX, LOST, DUPLICATED, REORDERED, CUT, FULL, DOWN, BAD, NCOUNTS
};
static const char *const countnames[NCOUNTS] = { "in", "out", "lost",
	"duplicated", "reordered", "cut", "full", "down", "bad" };

struct port {
	const char	*p_path;
	int		 p_index;
	int		 p_lock;	/* descriptor that holds the lock */
	int		 p_listen;
	int		 p_sock;	/* the other end, or -1 */
	int		 p_hello;	/* and it has said hello */
	uint64_t	 p_retry;	/* ns, when to connect */
	struct faults	 p_faults;
	struct copies	 p_ready;	/* due, wait for room */
	unsigned int	 p_nready;
	uint64_t	 p_count[NCOUNTS];
};

static struct port	 ports[MAXPORTS];
static int		 nports;
static struct copies	 coming = TAILQ_HEAD_INITIALIZER(coming); /* by c_due */
static uint64_t		 dice;
static FILE		*record;
static const char	*controlpath;
static int		 control = -1;
static int		 verbose, done;
static uint32_t		 mtu = 65535;

static void
usage(void)
{
	fprintf(stderr, "usage: hub [-v] [-c control] [-D percent] "
	    "[-d ms[:jitter]] [-l percent]\n"
	    "           [-m mtu] [-r percent] [-s seed] [-w file] path ...\n"
	    "       hub -C control command ...\n");
	exit(2);
}

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000000000ULL + ts.tv_nsec);
}

/* splitmix64 */
static uint64_t
roll(void)
{
	uint64_t z = (dice += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31));
}

/* Always the same number of rolls, so that faults do not shift others. */
static int
happens(uint32_t chance)
{
	return (roll() % PERCENT < chance);
}

static double
upto(double max)
{
	return (max * (roll() >> 11) / (double)(1ULL << 53));
}

/*
 * Values.  0 or -1.
 */

static int
getpercent(const char *s, uint32_t *v)
{
	char *end;
	double d;

	errno = 0;
	d = strtod(s, &end);
	if (end == s || *end != '\0' || errno != 0 || !(d >= 0 && d <= 100))
		return (-1);
	*v = d * (PERCENT / 100) + 0.5;
	return (0);
}

static int
getms(const char *s, char **end, double *v)
{
	errno = 0;
	*v = strtod(s, end);
	return (*end == s || errno != 0 || !(*v >= 0 && *v <= 60000) ? -1 : 0);
}

static int
getdelay(const char *s, struct faults *f)
{
	double delay, jitter = 0;
	char *end;

	if (getms(s, &end, &delay) == -1 ||
	    (*end == ':' && getms(end + 1, &end, &jitter) == -1) ||
	    *end != '\0')
		return (-1);
	f->f_delay = delay;
	f->f_jitter = jitter;
	return (0);
}

static int
getnumber(const char *s, unsigned long long max, unsigned long long *v)
{
	char *end;

	errno = 0;
	*v = strtoull(s, &end, 0);
	return (end == s || *end != '\0' || *s == '-' || errno != 0 ||
	    *v > max ? -1 : 0);
}

/*
 * Recording
 */

static void
record_open(const char *path)
{
	/* magic, version 2.4, zone, precision, longest frame, Ethernet */
	static const struct {
		uint32_t	magic;
		uint16_t	major, minor;
		uint32_t	zone, sigfigs, snaplen, linktype;
	} head = { 0xa1b23c4d, 2, 4, 0, 0, 262144, 1 };

	if ((record = fopen(path, "we")) == NULL)
		err(1, "%s", path);
	fwrite(&head, sizeof(head), 1, record);
	if (fflush(record) != 0)
		err(1, "%s", path);
}

static void
record_frame(const void *buf, size_t len)
{
	uint32_t head[4];
	struct timespec ts;

	if (record == NULL)
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	head[0] = ts.tv_sec;
	head[1] = ts.tv_nsec;
	head[2] = head[3] = len;
	fwrite(head, sizeof(head), 1, record);
	fwrite(buf, len, 1, record);
}

static void
record_flush(void)
{
	if (record != NULL && fflush(record) != 0)
		err(1, "recording");
}

/*
 * Copies
 */

static void
data_unref(struct data *d)
{
	if (--d->d_refs == 0)
		free(d);
}

static void
copy_free(struct copy *c)
{
	data_unref(c->c_data);
	free(c);
}

/*
 * Queue one copy, which is due so many ms from now, behind all that are
 * due until then: nearly always at the end or close to it.
 */
static void
copy_queue(struct port *p, struct data *d, double delay)
{
	struct copy *c, *before;

	if ((c = malloc(sizeof(*c))) == NULL)
		err(1, NULL);
	d->d_refs++;
	c->c_data = d;
	c->c_port = p;
	c->c_due = now() + (uint64_t)(delay * NSEC_PER_MS);
	TAILQ_FOREACH_REVERSE(before, &coming, copies, c_next) {
		if (before->c_due <= c->c_due)
			break;
	}
	if (before != NULL)
		TAILQ_INSERT_AFTER(&coming, before, c, c_next);
	else
		TAILQ_INSERT_HEAD(&coming, c, c_next);
}

/* Let the faults of a port happen to a copy for it. */
static void
copy_send(struct port *p, struct data *d)
{
	const struct faults *f = &p->p_faults;
	int lost = happens(f->f_loss), twice = happens(f->f_dup);
	int held = happens(f->f_reorder);
	double delay = f->f_delay + upto(f->f_jitter), back = upto(HOLDBACK);

	if (f->f_cut) {
		p->p_count[CUT]++;
		return;
	}
	if (lost) {
		p->p_count[LOST]++;
		return;
	}
	if (twice) {
		p->p_count[DUPLICATED]++;
		copy_queue(p, d, delay);
	}
	if (held) {
		p->p_count[REORDERED]++;
		delay += back;
	}
	copy_queue(p, d, delay);
}

static void
forward(struct port *from, const void *buf, size_t len)
{
	struct data *d;
	int i;

	record_frame(buf, len);
	from->p_count[RX]++;
	if (from->p_faults.f_cut) {
		from->p_count[CUT]++;
		return;
	}
	if ((d = malloc(sizeof(*d) + len)) == NULL)
		err(1, NULL);
	d->d_refs = 1;
	d->d_len = len;
	memcpy(d->d_buf, buf, len);
	for (i = 0; i < nports; i++) {
		if (&ports[i] != from)
			copy_send(&ports[i], d);
	}
	data_unref(d);
}

/* Those whose time has come wait for their port now. */
static void
ripen(void)
{
	uint64_t t = now();
	struct copy *c;
	struct port *p;

	while ((c = TAILQ_FIRST(&coming)) != NULL && c->c_due <= t) {
		TAILQ_REMOVE(&coming, c, c_next);
		p = c->c_port;
		if (!p->p_hello || p->p_nready >= MAXQUEUE) {
			p->p_count[p->p_hello ? FULL : DOWN]++;
			copy_free(c);
			continue;
		}
		TAILQ_INSERT_TAIL(&p->p_ready, c, c_next);
		p->p_nready++;
	}
}

/*
 * Ports: the same rules as any other end of a wire follows
 */

static void
port_say(const struct port *p, const char *what)
{
	if (verbose)
		printf("hub: port %d, %s: %s\n", p->p_index, p->p_path, what);
}

static void
port_drop(struct port *p, unsigned int n, enum count why)
{
	struct copy *c;

	while (n-- > 0 && (c = TAILQ_FIRST(&p->p_ready)) != NULL) {
		TAILQ_REMOVE(&p->p_ready, c, c_next);
		p->p_nready--;
		p->p_count[why]++;
		copy_free(c);
	}
}

static void
port_hangup(struct port *p)
{
	if (p->p_hello)
		port_say(p, "down");
	if (p->p_sock != -1)
		close(p->p_sock);
	p->p_sock = -1;
	p->p_hello = 0;
	p->p_retry = now() + RETRY * NSEC_PER_MS;
	port_drop(p, p->p_nready, DOWN);
}

static void
port_greet(struct port *p, int fd)
{
	struct wire_hello h = {
		.wh_magic = WIRE_MAGIC, .wh_version = WIRE_VERSION,
		.wh_mtu = mtu,
	};
	int size = SOCKBUF;

	/* FORCE needs a privilege; without it the host's limit is used */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	p->p_sock = fd;
	p->p_hello = 0;
	if (send(fd, &h, sizeof(h), MSG_DONTWAIT | MSG_NOSIGNAL) != sizeof(h))
		port_hangup(p);
}

static void
sunpath(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (*path == '\0' || strlen(path) >= sizeof(sun->sun_path))
		errx(1, "%s: a socket's path has 1 to %zu bytes", path,
		    sizeof(sun->sun_path) - 1);
	memcpy(sun->sun_path, path, strlen(path));
}

static int
port_socket(void)
{
	int fd;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (fd == -1)
		err(1, "socket");
	return (fd);
}

/* The lock is ours: the path is stale if it exists. */
static void
port_listen(struct port *p)
{
	struct sockaddr_un sun;
	int fd = port_socket();

	sunpath(&sun, p->p_path);
	unlink(p->p_path);
	if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(fd, 2) == -1)
		err(1, "%s", p->p_path);
	p->p_listen = fd;
}

static void
port_connect(struct port *p)
{
	struct sockaddr_un sun;
	int fd;

	if (flock(p->p_lock, LOCK_EX | LOCK_NB) == 0) {
		port_listen(p);
		return;
	}
	sunpath(&sun, p->p_path);
	fd = port_socket();
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1) {
		close(fd);
		p->p_retry = now() + RETRY * NSEC_PER_MS;
		return;
	}
	port_greet(p, fd);
}

static void
port_accept(struct port *p)
{
	int fd;

	fd = accept4(p->p_listen, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd == -1)
		return;
	if (p->p_sock != -1)
		close(fd);		/* a wire has two ends */
	else
		port_greet(p, fd);
}

static void
port_open(struct port *p, const char *path, int idx, const struct faults *f)
{
	char *lockpath;

	p->p_path = path;
	p->p_index = idx;
	p->p_faults = *f;
	p->p_listen = p->p_sock = -1;
	TAILQ_INIT(&p->p_ready);
	if (asprintf(&lockpath, "%s.lock", path) == -1)
		err(1, NULL);
	p->p_lock = open(lockpath, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (p->p_lock == -1)
		err(1, "%s", lockpath);
	free(lockpath);
	port_connect(p);
}

/* The peer's first message; anything but a hello ends the connection. */
static void
port_meet(struct port *p, const void *buf, size_t len)
{
	struct wire_hello h;

	if (len == sizeof(h))
		memcpy(&h, buf, sizeof(h));
	if (len != sizeof(h) || h.wh_magic != WIRE_MAGIC ||
	    h.wh_version != WIRE_VERSION) {
		p->p_count[BAD]++;
		port_hangup(p);
		return;
	}
	p->p_hello = 1;
	port_say(p, "up");
}

/* A message of frames.  We offer to take no offload, so none may come. */
static void
port_frames(struct port *p, const unsigned char *buf, size_t len)
{
	struct wire_frame h;
	size_t off = 0;

	while (off < len) {
		if (len - off < sizeof(h))
			break;
		memcpy(&h, buf + off, sizeof(h));
		off += sizeof(h);
		if (h.wf_type != WIRE_ETHERNET || h.wf_len > len - off)
			break;
		if (h.wf_gso != 0 || (h.wf_flags & WIRE_F_PARTIAL))
			p->p_count[BAD]++;
		else
			forward(p, buf + off, h.wf_len);
		off += h.wf_len;
	}
	if (off < len)
		p->p_count[BAD]++;
}

static void
port_recv(struct port *p)
{
	static unsigned char buf[WIRE_MSGMAX];
	ssize_t n;
	int i;

	/* the others get their turn */
	for (i = 0; i < 64 && p->p_sock != -1; i++) {
		n = recv(p->p_sock, buf, sizeof(buf), MSG_DONTWAIT);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			port_hangup(p);
		else if (p->p_hello)
			port_frames(p, buf, n);
		else
			port_meet(p, buf, n);
	}
}

/* Lay out the first frames that wait; how many, and in *niov the parts. */
static unsigned int
port_pack(struct port *p, struct wire_frame *h, struct iovec *iov,
    size_t *niov)
{
	size_t total = 0, len;
	unsigned int n = 0;
	struct copy *c;

	TAILQ_FOREACH(c, &p->p_ready, c_next) {
		len = sizeof(*h) + c->c_data->d_len;
		if (n == MAXBATCH || (n > 0 && total + len > WIRE_MSGMAX))
			break;
		total += len;
		memset(&h[n], 0, sizeof(h[n]));
		h[n].wf_len = c->c_data->d_len;
		h[n].wf_type = WIRE_ETHERNET;
		iov[2 * n].iov_base = &h[n];
		iov[2 * n].iov_len = sizeof(h[n]);
		iov[2 * n + 1].iov_base = c->c_data->d_buf;
		iov[2 * n + 1].iov_len = c->c_data->d_len;
		n++;
	}
	*niov = 2 * n;
	return (n);
}

static void
port_send(struct port *p)
{
	struct wire_frame h[MAXBATCH];
	struct iovec iov[2 * MAXBATCH];
	struct msghdr mh = { .msg_iov = iov };
	unsigned int n;

	while (p->p_nready > 0 && p->p_hello) {
		n = port_pack(p, h, iov, &mh.msg_iovlen);
		if (sendmsg(p->p_sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) !=
		    -1)
			port_drop(p, n, TX);
		else if (errno == EMSGSIZE)
			port_drop(p, n, BAD);
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR)
			port_hangup(p);
	}
}

static void
port_stats(const struct port *p, FILE *fp)
{
	int i;

	fprintf(fp, "port %d %s", p->p_index, p->p_path);
	for (i = 0; i < NCOUNTS; i++)
		fprintf(fp, " %s %llu", countnames[i],
		    (unsigned long long)p->p_count[i]);
	fputc('\n', fp);
}

static void
stats(FILE *fp)
{
	int i;

	for (i = 0; i < nports; i++)
		port_stats(&ports[i], fp);
}

/*
 * Commands
 */

/* Change one thing about the faults; NULL, or what is wrong. */
static const char *
command_fault(struct faults *f, const char *name, const char *value)
{
	int bad;

	if (strcmp(name, "loss") == 0)
		bad = getpercent(value, &f->f_loss);
	else if (strcmp(name, "dup") == 0)
		bad = getpercent(value, &f->f_dup);
	else if (strcmp(name, "reorder") == 0)
		bad = getpercent(value, &f->f_reorder);
	else if (strcmp(name, "delay") == 0)
		bad = getdelay(value, f);
	else
		return ("unknown command");
	return (bad ? "bad value" : NULL);
}

/* For the port named, or for all. */
static const char *
command_ports(const char *name, const char *value, const char *port)
{
	unsigned long long first = 0, last = nports - 1, i;
	const char *why = NULL;

	if (port != NULL) {
		if (getnumber(port, nports - 1, &first) == -1)
			return ("no such port");
		last = first;
	}
	for (i = first; i <= last && why == NULL; i++) {
		if (strcmp(name, "cut") == 0 || strcmp(name, "join") == 0)
			ports[i].p_faults.f_cut = *name == 'c';
		else
			why = command_fault(&ports[i].p_faults, name, value);
	}
	return (why);
}

static const char *
command(char *line, FILE *reply)
{
	char *w[4], *state;
	int n = 0, takes;

	for (w[0] = strtok_r(line, " \t\n", &state); w[n] != NULL;
	    w[n] = strtok_r(NULL, " \t\n", &state)) {
		if (++n == 4)
			return ("too many words");
	}
	if (n == 0)
		return ("no command");
	if (n == 1 && strcmp(w[0], "stats") == 0) {
		stats(reply);
		return (NULL);
	}
	if (n == 1 && strcmp(w[0], "quit") == 0) {
		done = 1;
		return (NULL);
	}
	takes = strcmp(w[0], "cut") == 0 || strcmp(w[0], "join") == 0 ? 0 : 1;
	if (n < 1 + takes)
		return ("value missing, or unknown command");
	if (n > 2 + takes)
		return ("too many words");
	return (command_ports(w[0], w[1], n == 2 + takes ? w[1 + takes] :
	    NULL));
}

static void
control_open(const char *path)
{
	struct sockaddr_un sun;

	sunpath(&sun, path);
	unlink(path);
	control = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (control == -1 ||
	    bind(control, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "%s", path);
}

/* The answer begins with "ok" or with what is wrong. */
static void
control_recv(void)
{
	struct sockaddr_un sun;
	socklen_t sunlen = sizeof(sun);
	char line[256], *text = NULL;
	size_t len = 0;
	const char *why;
	FILE *fp;
	ssize_t n;

	n = recvfrom(control, line, sizeof(line) - 1, 0,
	    (struct sockaddr *)&sun, &sunlen);
	if (n == -1)
		return;
	line[n] = '\0';
	if ((fp = open_memstream(&text, &len)) == NULL)
		err(1, NULL);
	fputs("ok\n", fp);
	why = command(line, fp);
	fclose(fp);
	if (sunlen > sizeof(sa_family_t))
		sendto(control, why != NULL ? why : text,
		    why != NULL ? strlen(why) : len, MSG_DONTWAIT,
		    (struct sockaddr *)&sun, sunlen);
	free(text);
}

/* hub -C: say it, print the answer; the exit code is 0 for "ok". */
static int
client(const char *path, char **words)
{
	/* no more than the family: the host picks a name */
	struct sockaddr_un sun, me = { .sun_family = AF_UNIX };
	struct timeval tv = { 5, 0 };
	char buf[8192] = "";
	ssize_t n;
	int fd;

	for (; *words != NULL; words++) {
		if (strlen(buf) + strlen(*words) + 2 > 256)
			errx(2, "the command is too long");
		strcat(buf, *words);
		strcat(buf, " ");
	}
	sunpath(&sun, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&me,
	    sizeof(sa_family_t)) == -1 || setsockopt(fd, SOL_SOCKET,
	    SO_RCVTIMEO, &tv, sizeof(tv)) == -1)
		err(2, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    send(fd, buf, strlen(buf), 0) == -1 ||
	    (n = recv(fd, buf, sizeof(buf) - 1, 0)) == -1)
		err(2, "%s", path);
	buf[n] = '\0';
	if (strncmp(buf, "ok\n", 3) != 0)
		errx(1, "%s", buf);
	fputs(buf + 3, stdout);
	return (0);
}

/*
 * The loop
 */

static void
signal_recv(int fd)
{
	struct signalfd_siginfo si;
	int i, cut = !ports[0].p_faults.f_cut;

	if (read(fd, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo != SIGUSR1) {
		done = 1;
		return;
	}
	for (i = 0; i < nports; i++)
		ports[i].p_faults.f_cut = cut;
}

static int
signal_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if ((fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) == -1)
		err(1, "signalfd");
	return (fd);
}

/* ns until something is due, for ppoll(); -1: nothing is. */
static int64_t
patience(void)
{
	uint64_t t = now(), next = UINT64_MAX;
	int i;

	if (!TAILQ_EMPTY(&coming))
		next = TAILQ_FIRST(&coming)->c_due;
	for (i = 0; i < nports; i++) {
		if (ports[i].p_sock == -1 && ports[i].p_listen == -1 &&
		    ports[i].p_retry < next)
			next = ports[i].p_retry;
	}
	if (next == UINT64_MAX)
		return (-1);
	return (next > t ? (int64_t)(next - t) : 0);
}

static void
loop(int sigfd)
{
	struct pollfd pfd[2 * MAXPORTS + 2];
	struct timespec ts;
	int64_t ns = patience();
	int i;

	for (i = 0; i < nports; i++) {
		pfd[2 * i].fd = ports[i].p_sock;
		pfd[2 * i].events = ports[i].p_nready > 0 ?
		    POLLIN | POLLOUT : POLLIN;
		pfd[2 * i + 1].fd = ports[i].p_listen;
		pfd[2 * i + 1].events = POLLIN;
	}
	pfd[2 * i].fd = sigfd;
	pfd[2 * i + 1].fd = control;
	pfd[2 * i].events = pfd[2 * i + 1].events = POLLIN;
	ts.tv_sec = ns / 1000000000;
	ts.tv_nsec = ns % 1000000000;
	if (ppoll(pfd, 2 * nports + 2, ns == -1 ? NULL : &ts, NULL) == -1 &&
	    errno != EINTR)
		err(1, "ppoll");

	for (i = 0; i < nports; i++) {
		if (ports[i].p_sock != -1 && pfd[2 * i].fd != -1)
			port_recv(&ports[i]);
		if (ports[i].p_listen != -1)
			port_accept(&ports[i]);
		else if (ports[i].p_sock == -1 && ports[i].p_retry <= now())
			port_connect(&ports[i]);
	}
	if (pfd[2 * nports].revents)
		signal_recv(sigfd);
	if (pfd[2 * nports + 1].revents)
		control_recv();
	ripen();
	for (i = 0; i < nports; i++)
		port_send(&ports[i]);
	record_flush();
}

static void
cleanup(void)
{
	int i;

	for (i = 0; i < nports; i++) {
		if (ports[i].p_listen != -1)
			unlink(ports[i].p_path);
	}
	if (controlpath != NULL)
		unlink(controlpath);
}

static void
option(int ch, const char *arg, struct faults *f)
{
	unsigned long long v = 0;
	int bad = 0;

	switch (ch) {
	case 'c':
		controlpath = arg;
		break;
	case 'D':
		bad = getpercent(arg, &f->f_dup);
		break;
	case 'd':
		bad = getdelay(arg, f);
		break;
	case 'l':
		bad = getpercent(arg, &f->f_loss);
		break;
	case 'm':
		bad = getnumber(arg, 65535, &v) == -1 || v < 68;
		mtu = v;
		break;
	case 'r':
		bad = getpercent(arg, &f->f_reorder);
		break;
	case 's':
		bad = getnumber(arg, UINT64_MAX, &v);
		dice = v;
		break;
	case 'v':
		verbose = 1;
		break;
	case 'w':
		record_open(arg);
		break;
	default:
		usage();
	}
	if (bad)
		errx(2, "-%c %s: bad value", ch, arg);
}

int
main(int argc, char **argv)
{
	struct faults f = { 0 };
	int ch, i, sigfd;

	dice = time(NULL) ^ (uint64_t)getpid() << 32;
	while ((ch = getopt(argc, argv, "+C:c:D:d:l:m:r:s:vw:")) != -1) {
		if (ch == 'C')
			return (client(optarg, argv + optind));
		option(ch, optarg, &f);
	}
	argc -= optind;
	argv += optind;
	if (argc < 1 || argc > MAXPORTS)
		usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("hub: seed %llu\n", (unsigned long long)dice);
	sigfd = signal_open();
	if (controlpath != NULL)
		control_open(controlpath);
	for (i = 0; i < argc; i++)
		port_open(&ports[i], argv[i], i, &f);
	nports = argc;
	while (!done)
		loop(sigfd);
	stats(stdout);
	cleanup();
	return (0);
}
