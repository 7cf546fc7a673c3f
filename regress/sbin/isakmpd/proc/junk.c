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
 * junk [isakmpd]: parents that talk nonsense to the processes.  Each has to
 * end by itself, with a word, and not by a signal.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "proc.h"

#define ROUNDS	20
#define WAIT	10000		/* ms */

static const char *const names[2] = { "ca", "ike" };

static pid_t
start(const char *prog, const char *name, int *fd)
{
	int sv[2], null;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == -1 ||
	    (null = open("/dev/null", O_WRONLY)) == -1)
		err(1, "socketpair");
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		dup2(null, STDERR_FILENO);
		dup2(sv[1], PROC_FD);
		closefrom(PROC_FD + 1);
		execl(prog, prog, "-P", name, "-d", (char *)NULL);
		_exit(127);
	}
	close(null);
	close(sv[1]);
	*fd = sv[0];
	return (pid);
}

/* A header that is good, or nearly so, and octets that are not. */
static void
nonsense(int fd)
{
	uint32_t frame[64];
	size_t i, len;

	for (i = 0; i < sizeof(frame) / sizeof(frame[0]); i++)
		frame[i] = rand();
	len = rand() % (sizeof(frame) - 12);
	if (rand() % 8 != 0) {
		frame[0] = rand() % (M_AUTHDONE + 2);
		frame[1] = len;
		frame[2] = 0;
	}
	(void)send(fd, frame, 12 + len, MSG_NOSIGNAL);
}

static int
one(const char *prog, const char *name, unsigned int seed)
{
	struct pollfd pfd = { .events = POLLIN };
	int fd, st, i;
	char c;
	pid_t pid;

	srand(seed);
	pid = start(prog, name, &fd);
	for (i = rand() % 4; i >= 0; i--)
		nonsense(fd);
	shutdown(fd, SHUT_WR);
	pfd.fd = fd;
	do {
		if (poll(&pfd, 1, WAIT) != 1) {
			kill(pid, SIGKILL);
			printf("%s does not end: SEED=%u\n", name, seed);
			break;
		}
	} while (read(fd, &c, 1) == 1);
	close(fd);
	if (waitpid(pid, &st, 0) == -1)
		err(1, "waitpid");
	if (WIFEXITED(st) && WEXITSTATUS(st) != 127)
		return (0);
	printf("%s: status 0x%x: SEED=%u\n", name, st, seed);
	return (1);
}

int
main(int argc, char *argv[])
{
	const char *s = getenv("SEED");
	unsigned int seed = s != NULL ? strtoul(s, NULL, 10) :
	    (unsigned int)(time(NULL) ^ getpid()), i;
	int failed = 0;

	if (argc != 2)
		errx(2, "usage: junk isakmpd");
	for (i = 0; i < ROUNDS; i++)
		failed |= one(argv[1], names[i % 2], seed + i);
	return (failed);
}
