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
 * The wire between two ends: what goes over it, and what happens when ends
 * die, come back, or talk nonsense.
 *
 *	wire -l | test
 *
 * In: W, a scratch directory; SEED (chosen and printed); N scales the
 * number of deaths.
 */
#define _GNU_SOURCE
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

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
#include <unistd.h>

#include <machine/host.h>
#include <machine/wireproto.h>

#define MSEC		1000000UL		/* ns */
#define PATIENCE	(5000 * MSEC)
#define MINFRAME	14
#define MAXFRAME	65549			/* an IP packet of 65535 */

static char		 path[100];
static unsigned int	 seed;
static uint64_t		 dice;
static unsigned char	 bytes[MAXFRAME + 256];	/* what frames consist of */

static void
fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "wire (SEED=%u): ", seed);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	exit(1);
}

/* splitmix64 */
static unsigned int
roll(unsigned int sides)
{
	uint64_t z = (dice += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return ((z ^ (z >> 31)) % sides);
}

/* --- one end */

struct end {
	struct host_nic		*e_nic;
	struct host_poll	*e_poll;
	/* what to do with a frame */
	void			(*e_got)(struct end *, struct host_frame *);
	unsigned int		 e_wakeups;
	unsigned long		 e_frames;
	unsigned long		 e_bad;		/* frames of no bytes */
	unsigned char		 e_last[64];	/* the last frame's begin */
};

static void
got_any(struct end *e, struct host_frame *f)
{
	unsigned int i, sum = 0;

	for (i = 0; i < f->hf_len; i++)		/* it is all readable */
		sum += f->hf_buf[i];
	if (f->hf_len == 0)
		e->e_bad++;
	else
		e->e_frames++;
	memset(e->e_last, sum & 0xff, sizeof(e->e_last));
	memcpy(e->e_last, f->hf_buf, f->hf_len < sizeof(e->e_last) ?
	    f->hf_len : sizeof(e->e_last));
}

static void
end_open(struct end *e)
{
	struct host_nicinfo info;
	char spec[160], why[256];

	memset(e, 0, sizeof(*e));
	e->e_got = got_any;
	snprintf(spec, sizeof(spec), "wire:%s,mtu=65535", path);
	if ((e->e_nic = host_nic_open(spec, &info, why, sizeof(why))) == NULL)
		fail("%s: %s", spec, why);
	if (info.hn_mtu != 65535)
		fail("the mtu is %u", info.hn_mtu);
	if ((e->e_poll = host_poll_new()) == NULL ||
	    host_nic_attach(e->e_nic, e->e_poll) != 0)
		fail("no poll");
}

static void
end_close(struct end *e)
{
	host_nic_close(e->e_nic);
	host_poll_free(e->e_poll);
	e->e_nic = NULL;
}

/* Wait for ns at most, then take all there is; how many frames. */
static unsigned int
end_run(struct end *e, unsigned long ns)
{
	struct host_frame f[HOST_FRAME_BATCH];
	unsigned int i, n, total = 0;

	host_poll_wait(e->e_poll, host_monotime() + ns);
	e->e_wakeups++;
	while ((n = host_nic_recv(e->e_nic, f, 1 + roll(HOST_FRAME_BATCH))) >
	    0) {
		for (i = 0; i < n; i++)
			e->e_got(e, &f[i]);
		total += n;
	}
	return (total);
}

/* Run both until the link of the first is as wanted; 0: in vain. */
static int
ends_link(struct end *a, struct end *b, int up, unsigned long ns)
{
	unsigned long limit = host_monotime() + ns;

	while (host_nic_linkup(a->e_nic) != up) {
		if (host_monotime() > limit)
			return (0);
		end_run(a, MSEC);
		if (b != NULL)
			end_run(b, MSEC);
	}
	return (1);
}

static void
ends_open(struct end *a, struct end *b)
{
	end_open(a);
	end_open(b);
	if (!ends_link(a, b, 1, PATIENCE) || !ends_link(b, a, 1, PATIENCE))
		fail("the two ends do not meet");
}

/* Send one small frame that says so; 1 if it was taken. */
static int
end_say(struct end *e, const char *what)
{
	unsigned char buf[64] = { 0 };
	struct host_iov iov = { buf, sizeof(buf) };
	struct host_frame f = { .hf_iov = &iov, .hf_niov = 1 };

	snprintf((char *)buf, sizeof(buf), "%s", what);
	return (host_nic_send(e->e_nic, &f, 1) == 1);
}

/* b hears it within the time, however often a has to repeat it. */
static int
ends_heard(struct end *a, struct end *b, const char *what, unsigned long ns)
{
	unsigned long limit = host_monotime() + ns;

	while (host_monotime() < limit) {
		end_say(a, what);
		end_run(a, MSEC);
		end_run(b, MSEC);
		if (strcmp((char *)b->e_last, what) == 0)
			return (1);
	}
	return (0);
}

/* --- frames of all sizes, in one and in many pieces */

struct stream {
	unsigned int	 st_sent;	/* size of the next to send */
	unsigned int	 st_got;	/* size of the next to come */
};
static struct stream	 stream;

static void
got_sized(struct end *e, struct host_frame *f)
{
	if (f->hf_len != stream.st_got)
		fail("a frame of %u bytes came as %u", stream.st_got,
		    f->hf_len);
	if (f->hf_gso != 0 || f->hf_flags != 0)
		fail("%u bytes: gso %u, flags %#x", f->hf_len, f->hf_gso,
		    f->hf_flags);
	if (memcmp(f->hf_buf, bytes + f->hf_len % 256, f->hf_len) != 0)
		fail("a frame of %u bytes was changed", f->hf_len);
	stream.st_got++;
	e->e_frames++;
}

/* The frame of that size in up to 16 pieces, some of them empty. */
static void
pieces(struct host_frame *f, struct host_iov *iov, unsigned int size)
{
	unsigned char *p = bytes + size % 256;
	unsigned int k, n = 1 + roll(HOST_FRAME_IOVS), len, left = size;

	for (k = 0; k < n; k++) {
		len = k == n - 1 ? left : roll(left + 1);
		iov[k].hi_base = p;
		iov[k].hi_len = len;
		p += len;
		left -= len;
	}
	memset(f, 0, sizeof(*f));
	f->hf_iov = iov;
	f->hf_niov = n;
}

static void
send_sized(struct end *e)
{
	static struct host_iov iov[HOST_FRAME_BATCH][HOST_FRAME_IOVS];
	struct host_frame f[HOST_FRAME_BATCH];
	unsigned int n, most = 1 + roll(HOST_FRAME_BATCH);

	for (n = 0; n < most && stream.st_sent + n <= MAXFRAME; n++)
		pieces(&f[n], iov[n], stream.st_sent + n);
	stream.st_sent += host_nic_send(e->e_nic, f, n);
}

static void
test_sizes(void)
{
	unsigned long limit;
	struct end a, b;

	ends_open(&a, &b);
	b.e_got = got_sized;
	stream.st_sent = stream.st_got = MINFRAME;
	limit = host_monotime() + 100 * PATIENCE;
	while (stream.st_got <= MAXFRAME) {
		if (host_monotime() > limit)
			fail("stuck at %u bytes", stream.st_got);
		if (stream.st_sent <= MAXFRAME)
			send_sized(&a);
		end_run(&a, 0);
		if (roll(4) == 0 || stream.st_sent > MAXFRAME)
			end_run(&b, 0);
	}
	if (host_nic_lost(a.e_nic) != 0 || host_nic_lost(b.e_nic) != 0)
		fail("frames are counted as lost");
	end_close(&a);
	end_close(&b);
}

/* Batches of 64 frames in 16 pieces are more than sendmsg(2) takes. */
static void
test_pieces(void)
{
	static struct host_iov iov[HOST_FRAME_BATCH][HOST_FRAME_IOVS];
	struct host_frame f[HOST_FRAME_BATCH];
	unsigned int i, k, round;
	struct end a, b;

	ends_open(&a, &b);
	memset(f, 0, sizeof(f));
	for (i = 0; i < HOST_FRAME_BATCH; i++) {
		f[i].hf_iov = iov[i];
		f[i].hf_niov = HOST_FRAME_IOVS;
		for (k = 0; k < HOST_FRAME_IOVS; k++) {
			iov[i][k].hi_base = bytes + k;
			iov[i][k].hi_len = 4;
		}
	}
	for (round = 1; round <= 50; round++) {
		if (host_nic_send(a.e_nic, f, HOST_FRAME_BATCH) !=
		    HOST_FRAME_BATCH)
			fail("not all frames of a batch were taken");
		while (b.e_frames < round * HOST_FRAME_BATCH)
			if (end_run(&b, PATIENCE) == 0)
				fail("%lu of %u frames came", b.e_frames,
				    round * HOST_FRAME_BATCH);
	}
	if (b.e_bad != 0 || host_nic_lost(a.e_nic) != 0)
		fail("%lu bad, %lu lost", b.e_bad, host_nic_lost(a.e_nic));
	end_close(&a);
	end_close(&b);
}

/* --- a full wire, and the waiting for room */

static unsigned int
wakeups(struct end *e, unsigned long ns)
{
	unsigned long limit = host_monotime() + ns;

	e->e_wakeups = 0;
	while (host_monotime() < limit)
		end_run(e, ns);
	return (e->e_wakeups);
}

static void
fill(struct end *e)
{
	struct host_iov iov = { bytes, 60000 };
	struct host_frame f = { .hf_iov = &iov, .hf_niov = 1 };
	int i;

	for (i = 0; i < 10000; i++)
		if (host_nic_send(e->e_nic, &f, 1) == 0)
			return;
	fail("the wire takes everything");
}

static void
test_full(void)
{
	struct end a, b;
	unsigned int n;
	int round;

	ends_open(&a, &b);
	for (round = 0; round < 3; round++) {
		fill(&a);
		if ((n = wakeups(&a, 50 * MSEC)) > 5)
			fail("full: woken %u times in 50 ms", n);
		fill(&a);
		while (end_run(&b, 20 * MSEC) > 0)
			continue;
		/* there is room now: told once, and not for ever */
		a.e_wakeups = 0;
		if ((n = wakeups(&a, 50 * MSEC)) > 5)
			fail("room: woken %u times in 50 ms", n);
		if (n < 2)
			fail("nobody said that there is room");
		if (!ends_heard(&a, &b, "room", PATIENCE))
			fail("after a full wire nothing gets through");
	}
	/* an end that dies while the other waits for room */
	fill(&a);
	end_close(&b);
	if (!ends_link(&a, NULL, 0, PATIENCE))
		fail("the link is still up");
	if ((n = wakeups(&a, 200 * MSEC)) > 20)
		fail("alone: woken %u times in 200 ms", n);
	end_open(&b);
	if (!ends_heard(&a, &b, "again", PATIENCE) ||
	    !ends_heard(&b, &a, "again", PATIENCE))
		fail("the new end is not heard");
	end_close(&a);
	end_close(&b);
}

/* --- ends that are processes, and die */

struct peer {
	pid_t	 p_pid;			/* 0: not there */
	unsigned int p_life;		/* how many there have been */
	int	 p_pipe;		/* what it heard: lives of the other */
	unsigned int p_heard;
};

static volatile sig_atomic_t told;

static void
on_term(int sig)
{
	told = 1;
}

/* A life: tell mine, report the other's, until killed or told to go. */
static void
peer_main(unsigned int life, int fd)
{
	char what[32];
	struct end e;
	unsigned int heard, last = 0;

	signal(SIGTERM, on_term);
	end_open(&e);
	snprintf(what, sizeof(what), "%u", life);
	while (!told) {
		end_say(&e, what);
		end_run(&e, 2 * MSEC);
		heard = strtoul((char *)e.e_last, NULL, 10);
		if (heard != last && write(fd, &heard, sizeof(heard)) == -1)
			break;
		last = heard;
	}
	end_close(&e);
	_exit(0);
}

static void
peer_start(struct peer *p)
{
	int fds[2];

	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) == -1)
		err(1, "pipe");
	p->p_life++;
	p->p_heard = 0;
	if ((p->p_pid = fork()) == -1)
		err(1, "fork");
	if (p->p_pid == 0) {
		close(fds[0]);
		peer_main(p->p_life, fds[1]);
	}
	close(fds[1]);
	p->p_pipe = fds[0];
}

static void
peer_stop(struct peer *p, int sig)
{
	int ws;

	kill(p->p_pid, sig);
	if (waitpid(p->p_pid, &ws, 0) != p->p_pid)
		err(1, "waitpid");
	if (WIFEXITED(ws) ? WEXITSTATUS(ws) != 0 : WTERMSIG(ws) != SIGKILL)
		fail("a peer ended with status %#x", ws);
	close(p->p_pipe);
	p->p_pid = 0;
}

static int
peer_hears(struct peer *p, unsigned int life)
{
	unsigned int v;

	while (read(p->p_pipe, &v, sizeof(v)) == sizeof(v))
		p->p_heard = v;
	return (p->p_heard == life);
}

static void
peers_meet(struct peer *p)
{
	unsigned long limit = host_monotime() + PATIENCE;

	while (!peer_hears(&p[0], p[1].p_life) ||
	    !peer_hears(&p[1], p[0].p_life)) {
		if (host_monotime() > limit)
			fail("lives %u and %u hear %u and %u", p[0].p_life,
			    p[1].p_life, p[0].p_heard, p[1].p_heard);
		usleep(1000);
	}
}

static void
test_deaths(void)
{
	unsigned int i, k, n = 25;
	struct peer p[2];

	if (getenv("N") != NULL && atoi(getenv("N")) > 0)
		n *= atoi(getenv("N"));
	memset(p, 0, sizeof(p));
	p[1].p_life = 1000000;
	for (i = 0; i < n; i++) {
		k = roll(2);
		if (p[k].p_pid != 0)
			peer_stop(&p[k], roll(3) == 0 ? SIGTERM : SIGKILL);
		else
			peer_start(&p[k]);
		/* at any moment of the greeting, or after it */
		if (p[0].p_pid != 0 && p[1].p_pid != 0 && roll(3) != 0)
			peers_meet(p);
		else
			usleep(roll(30000));
	}
	for (k = 0; k < 2; k++)
		if (p[k].p_pid == 0)
			peer_start(&p[k]);
	peers_meet(p);
	peer_stop(&p[0], SIGKILL);
	peer_stop(&p[1], SIGTERM);
}

/* --- another end that talks nonsense */

static void
raw_address(struct sockaddr_un *sun)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	snprintf(sun->sun_path, sizeof(sun->sun_path), "%s", path);
}

static int
raw_connect(void)
{
	struct sockaddr_un sun;
	int fd;

	raw_address(&sun);
	if ((fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) == -1 ||
	    connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1)
		err(1, "raw end");
	return (fd);
}

/* Be the end that listens; the lock is to be closed last. */
static int
raw_listen(int *lock)
{
	struct sockaddr_un sun;
	char name[128];
	int fd;

	snprintf(name, sizeof(name), "%s.lock", path);
	if ((*lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1 ||
	    flock(*lock, LOCK_EX) == -1)
		err(1, "%s", name);
	raw_address(&sun);
	unlink(path);
	if ((fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) == -1 ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(fd, 5) == -1)
		err(1, "raw listener");
	return (fd);
}

static void
raw_send(int fd, const void *buf, size_t len)
{
	if (send(fd, buf, len, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 &&
	    errno != EPIPE && errno != ECONNRESET && errno != EAGAIN)
		err(1, "raw send of %zu", len);
}

static const struct wire_hello hello = {
	.wh_magic = WIRE_MAGIC, .wh_version = WIRE_VERSION, .wh_mtu = 1500
};

/* Bad ways to begin; the last one is to say nothing at all. */
static int
raw_begin(int fd, int how)
{
	struct wire_hello h = hello;
	unsigned char junk[200];
	unsigned int i;

	for (i = 0; i < sizeof(junk); i++)
		junk[i] = roll(256);
	switch (how) {
	case 0:
		raw_send(fd, &h, sizeof(h) - 1);
		return (1);
	case 1:
		memcpy(junk, &h, sizeof(h));
		raw_send(fd, junk, sizeof(h) + 1);
		return (1);
	case 2:
		h.wh_magic ^= 1U << roll(32);
		raw_send(fd, &h, sizeof(h));
		return (1);
	case 3:
		h.wh_version++;
		raw_send(fd, &h, sizeof(h));
		return (1);
	case 4:
		raw_send(fd, junk, 1 + roll(sizeof(junk)));
		return (1);
	case 5:
		raw_send(fd, junk, 0);		/* reads as an end */
		return (1);
	default:
		return (0);
	}
}

/* A message of frames that is wrong somewhere, behind n good ones. */
static void
raw_message(int fd, unsigned int n)
{
	static unsigned char buf[WIRE_MSGMAX];
	struct wire_frame h;
	size_t len = 0;
	unsigned int i;

	for (i = 0; i <= n; i++) {
		h = (struct wire_frame){ .wf_len = 20 + roll(100),
		    .wf_type = WIRE_ETHERNET };
		switch (i < n ? 99 : roll(6)) {
		case 0:
			h.wf_len = WIRE_MSGMAX - roll(100);
			break;
		case 1:
			h.wf_len = ~0U - roll(100);
			break;
		case 2:
			h.wf_type = 2 + roll(200);
			break;
		case 3:
			h.wf_gso = 1 + roll(65535);
			break;
		case 4:
			memset(buf + len, 0xff, 7);
			raw_send(fd, buf, len + 1 + roll(7));
			return;
		case 5:
			h.wf_len = 200;
			memcpy(buf + len, &h, sizeof(h));
			raw_send(fd, buf, len + sizeof(h) + roll(200));
			return;
		}
		memcpy(buf + len, &h, sizeof(h));
		len += sizeof(h);
		memset(buf + len, i, 120);
		len += i < n ? h.wf_len : 120;
	}
	raw_send(fd, buf, len);
}

/* e is one end, fd the other one's connection, which is new. */
static void
raw_nonsense(struct end *e, int fd, int how)
{
	unsigned long good = 0, bad = 0, limit;
	static unsigned char junk[WIRE_MSGMAX + 1000];
	unsigned int i, n;

	if (raw_begin(fd, how)) {
		for (i = 0; i < 5; i++)
			end_run(e, MSEC);
		if (host_nic_linkup(e->e_nic) || e->e_frames + e->e_bad != 0)
			fail("a bad hello (%d) brought the link up", how);
		return;
	}
	raw_send(fd, &hello, sizeof(hello));
	if (!ends_link(e, NULL, 1, PATIENCE))
		fail("a good hello did not bring the link up");
	for (i = 0; i < 200; i++) {
		n = roll(20);
		raw_message(fd, n);
		good += n;
		bad++;
		end_run(e, 0);
	}
	limit = host_monotime() + PATIENCE;
	while (e->e_frames + e->e_bad < good + bad && host_monotime() < limit)
		end_run(e, MSEC);
	if (e->e_frames != good || e->e_bad != bad)
		fail("%lu good and %lu bad frames came as %lu and %lu", good,
		    bad, e->e_frames, e->e_bad);
	for (i = 0; i < 200; i++) {
		for (n = 0; n < 64; n++)
			junk[n] = roll(4) == 0 ? roll(256) : roll(3);
		raw_send(fd, junk, 1 + roll(i % 8 == 0 ? sizeof(junk) : 64));
		end_run(e, 0);
	}
	e->e_frames = e->e_bad = 0;
}

/* After all that, an honest end is served. */
static void
honest(struct end *e)
{
	struct end other;

	end_open(&other);
	if (!ends_heard(e, &other, "honest", PATIENCE) ||
	    !ends_heard(&other, e, "me too", PATIENCE))
		fail("after nonsense nobody honest gets through");
	end_close(&other);
	if (!ends_link(e, NULL, 0, PATIENCE))
		fail("the link is up without another end");
	e->e_frames = e->e_bad = 0;
	e->e_last[0] = '\0';
}

static void
test_garbage_in(void)
{
	struct end e;
	int fd, how;

	end_open(&e);			/* listens */
	for (how = 0; how < 12; how++) {
		fd = raw_connect();
		end_run(&e, MSEC);
		raw_nonsense(&e, fd, how % 7);
		close(fd);
		if (how % 3 == 0)
			honest(&e);
	}
	honest(&e);
	end_close(&e);
}

static int
raw_accept(struct end *e, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	unsigned long limit = host_monotime() + PATIENCE;
	int s;

	while (poll(&pfd, 1, 0) == 0) {
		if (host_monotime() > limit)
			fail("nobody connects any more");
		end_run(e, MSEC);
	}
	if ((s = accept(fd, NULL, NULL)) == -1)
		err(1, "raw accept");
	return (s);
}

static void
test_garbage_out(void)
{
	int fd, lock, how, s;
	struct end e;

	fd = raw_listen(&lock);
	end_open(&e);			/* connects */
	for (how = 0; how < 12; how++) {
		s = raw_accept(&e, fd);
		raw_nonsense(&e, s, how % 7);
		close(s);
		if (!ends_link(&e, NULL, 0, PATIENCE))
			fail("the link stays up (%d)", how);
	}
	/* and now e becomes the one that listens */
	close(fd);
	close(lock);
	honest(&e);
	end_close(&e);
}

/* --- another end that says nothing */

static void
test_silence(void)
{
	struct end a, b;
	int fd, lock, s;
	unsigned int n;

	end_open(&a);
	fd = raw_connect();
	end_open(&b);
	if (!ends_link(&a, &b, 1, PATIENCE) ||
	    !ends_heard(&a, &b, "alone", PATIENCE))
		fail("who says nothing keeps the wire");
	if ((n = wakeups(&a, 100 * MSEC)) > 5)
		fail("woken %u times in 100 ms", n);
	close(fd);
	end_close(&b);
	end_close(&a);

	fd = raw_listen(&lock);
	end_open(&a);
	s = raw_accept(&a, fd);
	close(raw_accept(&a, fd));	/* gave up and came again */
	close(s);
	close(fd);
	close(lock);
	honest(&a);
	end_close(&a);
}

/* --- three ends, and paths that are none */

static void
test_third(void)
{
	struct end a, b, c;
	unsigned int i;

	ends_open(&a, &b);
	end_open(&c);
	for (i = 0; i < 50; i++) {
		end_run(&c, 5 * MSEC);
		end_run(&a, 0);
		if (host_nic_linkup(c.e_nic))
			fail("a wire has three ends");
	}
	if (!ends_heard(&a, &b, "still", PATIENCE) ||
	    !ends_heard(&b, &a, "still", PATIENCE))
		fail("a third end disturbs the two");
	end_close(&a);			/* it listened */
	if (!ends_heard(&b, &c, "new", PATIENCE) ||
	    !ends_heard(&c, &b, "new", PATIENCE))
		fail("the third end does not take the place of the first");
	end_close(&b);
	end_close(&c);
}

static void
refused(const char *spec, const char *reason)
{
	struct host_nicinfo info;
	char why[256] = "";

	if (host_nic_open(spec, &info, why, sizeof(why)) != NULL)
		fail("\"%s\" is accepted", spec);
	if (strstr(why, reason) == NULL)
		fail("\"%s\" is refused because: %s", spec, why);
}

static void
test_refuse(void)
{
	char spec[400], longer[200];
	int fd;

	refused("wire:", "wants a path");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	snprintf(spec, sizeof(spec), "wire:/tmp/%s", longer);
	refused(spec, "at most 107 bytes");
	snprintf(spec, sizeof(spec), "wire:%s/none/such", path);
	refused(spec, "No such file");
	snprintf(spec, sizeof(spec), "wire:%s,mtu=10", path);
	refused(spec, "mtu \"10\"");
	snprintf(spec, sizeof(spec), "wire:%s,color=red", path);
	refused(spec, "color=red");
	/* a file of the user's is not removed to make room */
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600)) == -1)
		err(1, "%s", path);
	close(fd);
	snprintf(spec, sizeof(spec), "wire:%s", path);
	refused(spec, "not a socket");
	if (access(path, F_OK) == -1)
		fail("the file that stood at the path is gone");
	unlink(path);
}

static const struct test {
	const char	*t_name;
	void		(*t_func)(void);
} tests[] = {
	{ "sizes", test_sizes },
	{ "pieces", test_pieces },
	{ "full", test_full },
	{ "deaths", test_deaths },
	{ "garbage-in", test_garbage_in },
	{ "garbage-out", test_garbage_out },
	{ "silence", test_silence },
	{ "third", test_third },
	{ "refuse", test_refuse },
};
#define NTESTS	(sizeof(tests) / sizeof(tests[0]))

static void
list(void)
{
	size_t i;

	for (i = 0; i < NTESTS; i++)
		printf("%s\n", tests[i].t_name);
	exit(0);
}

int
main(int argc, char *argv[])
{
	const char *w = getenv("W"), *s = getenv("SEED");
	size_t i;

	if (argc == 2 && strcmp(argv[1], "-l") == 0)
		list();
	for (i = 0; i < NTESTS; i++)
		if (argc == 2 && strcmp(argv[1], tests[i].t_name) == 0)
			break;
	if (i == NTESTS)
		errx(2, "usage: wire -l | test");
	if (w == NULL || chdir(w) == -1)
		errx(2, "wants a scratch directory in W");
	if (s != NULL)
		seed = strtoul(s, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		err(2, "getrandom");
	dice = seed;
	snprintf(path, sizeof(path), "wire");
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 7 + (i >> 8);
	for (i = 0; i < NTESTS; i++)
		if (strcmp(argv[1], tests[i].t_name) == 0)
			tests[i].t_func();
	printf("ok %s, seed %u\n", argv[1], seed);
	return (0);
}
