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
 * keysocket half count: so many PF_KEY messages of which a part is missing;
 * each must be refused with EINVAL.
 * keysocket slow count: a socket that is told of so many flushes and does
 * not read; then it must get the first ones in order, hear that there were
 * more, and go on.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <net/pfkeyv2.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER	30000		/* ms */
#define QUIET	500		/* ms without a message: there are no more */

static int
keysocket(void)
{
	int s;

	if ((s = socket(PF_KEY, SOCK_RAW, PF_KEY_V2)) == -1)
		err(1, "socket");
	return (s);
}

static void
message(struct sadb_msg *msg, int type, size_t len, unsigned int seq)
{
	memset(msg, 0, sizeof(*msg));
	msg->sadb_msg_version = PF_KEY_V2;
	msg->sadb_msg_type = type;
	msg->sadb_msg_satype = type == SADB_FLUSH ? SADB_SATYPE_UNSPEC :
	    SADB_SATYPE_ESP;
	msg->sadb_msg_len = len / 8;
	msg->sadb_msg_seq = seq;
	msg->sadb_msg_pid = getpid();
}

/* An ADD that ends early, its length told rightly, wrongly or by chance. */
static void
half(unsigned int count)
{
	uint64_t buf[64];
	struct sadb_msg *msg = (struct sadb_msg *)buf;
	size_t len;
	int s = keysocket();

	while (count-- > 0) {
		memset(buf, 0, sizeof(buf));
		len = sizeof(*msg) + random() % (sizeof(buf) - sizeof(*msg));
		message(msg, SADB_ADD, count % 3 == 0 ? sizeof(buf) : len,
		    count);
		if (count % 3 == 2)
			msg->sadb_msg_len = random();
		/* what would be an extension, had it come whole */
		buf[2] = (uint64_t)random() << 32 | SADB_EXT_SA << 16 | 2;
		if (count % 5 == 0)
			len = random() % sizeof(*msg);
		errno = 0;
		if (write(s, buf, len) != -1 || errno != EINVAL)
			errx(1, "%u: %zu bytes, length %u: %s, not EINVAL",
			    count, len, msg->sadb_msg_len, strerror(errno));
	}
	close(s);
}

/*
 * 1: a flush, with its number; 0: nothing there for so long; -1: some were
 * lost.
 */
static int
flushed(int s, unsigned int *seq, int ms)
{
	struct pollfd pfd = { .fd = s, .events = POLLIN };
	uint64_t buf[512];
	struct sadb_msg *msg = (struct sadb_msg *)buf;
	ssize_t n;

	if (poll(&pfd, 1, ms) == 0)
		return (0);
	if ((n = read(s, buf, sizeof(buf))) == -1 && errno == ENOBUFS)
		return (-1);
	if (n == -1)
		err(1, "read");
	if (n < (ssize_t)sizeof(*msg) || n != msg->sadb_msg_len * 8 ||
	    msg->sadb_msg_type != SADB_FLUSH || msg->sadb_msg_errno != 0)
		errx(1, "not what was sent: %zd bytes, type %u", n,
		    msg->sadb_msg_type);
	*seq = msg->sadb_msg_seq;
	return (1);
}

static void
flush(int s, unsigned int seq)
{
	struct sadb_msg msg;
	unsigned int answer;

	message(&msg, SADB_FLUSH, sizeof(msg), seq);
	if (write(s, &msg, sizeof(msg)) == -1)
		err(1, "flush");
	if (flushed(s, &answer, ANSWER) != 1 || answer != seq)
		errx(1, "flush %u has no answer", seq);
}

static void
slow(unsigned int count)
{
	int s = keysocket(), reader = keysocket(), what, told = 0;
	unsigned int i, got = 0, seq;
	struct sadb_msg msg;

	for (i = 1; i <= count; i++)
		flush(s, i);
	while ((what = flushed(reader, &seq, QUIET)) != 0) {
		if (what == -1)
			told++;
		else if (seq != ++got)
			errx(1, "after %u comes %u", got - 1, seq);
	}
	/* what is told by the next call, if not by read */
	message(&msg, SADB_FLUSH, sizeof(msg), count + 1);
	if (write(reader, &msg, sizeof(msg)) == -1) {
		if (errno != ENOBUFS)
			err(1, "flush by the reader");
		told++;
	}
	printf("%u of %u messages, told %d times\n", got, count, told);
	if (got < 10 || got >= count)
		errx(1, "the socket was not full");
	if (told != 1)
		errx(1, "told %d times that messages were lost", told);
	while (flushed(reader, &seq, QUIET) == 1)
		continue;
	flush(s, 7);
	if (flushed(reader, &seq, ANSWER) != 1 || seq != 7)
		errx(1, "the reader does not go on");
}

int
main(int argc, char *argv[])
{
	const char *errstr = NULL;
	unsigned int n = 0;

	if (argc == 3)
		n = strtonum(argv[2], 1, 10000000, &errstr);
	if (argc != 3 || errstr != NULL)
		errx(1, "usage: keysocket half|slow count");
	srandom(1);
	if (strcmp(argv[1], "half") == 0)
		half(n);
	else
		slow(n);
	return (0);
}
