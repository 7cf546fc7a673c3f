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
 * pledge(2) and unveil(2) of a tool: each case is a promise, things that it
 * allows, and things that kill the process or fail.  "sandbox -l" lists the
 * cases, "sandbox case" runs one in $W, which sandbox.sh has filled.
 */
#include <sys/types.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED	1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef SANITIZED
#define SANITIZED	1
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

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

static char	*self;

/* A path in $W; a few at a time. */
static const char *
at(const char *name)
{
	static char paths[4][PATH_MAX];
	static int n;

	n = (n + 1) % 4;
	snprintf(paths[n], sizeof(paths[n]), "%s/%s", getenv("W"), name);
	return (paths[n]);
}

static int
child(void (*func)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	CHECK((pid = fork()) != -1);
	if (pid == 0) {
		func();
		exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return (status);
}

static void
works(void (*func)(void))
{
	int status = child(func);

	if (status != 0)
		errx(1, "a process that keeps its promise ends with %#x",
		    status);
}

static const char	*promises;
static void		(*deed)(void);

static void
pledged_deed(void)
{
	CHECK(pledge(promises, NULL) == 0);
	deed();
	_exit(42);
}

/* With these promises that kills. */
static void
dies(const char *p, void (*func)(void), const char *what)
{
	int status;

	promises = p;
	deed = func;
	status = child(pledged_deed);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
		errx(1, "pledge \"%s\" and then %s: ended with %#x, not by "
		    "SIGSYS", p, what, status);
}
#define DIES(p, func)	dies(p, func, #func)

/* The deeds. */

static void
do_read(void)
{
	(void)open(at("open/file"), O_RDONLY);
}

static void
do_write(void)
{
	(void)open(at("open/file"), O_WRONLY);
}

static void
do_readwrite(void)
{
	(void)open(at("open/file"), O_RDWR);
}

static void
do_create(void)
{
	(void)open(at("open/new"), O_RDONLY | O_CREAT, 0600);
}

static void
do_truncate(void)
{
	(void)open(at("open/file"), O_RDONLY | O_TRUNC);
}

static void
do_mkdir(void)
{
	(void)mkdir(at("open/dir"), 0700);
}

static void
do_stat(void)
{
	struct stat st;

	(void)stat(at("open/file"), &st);
}

static void
do_socket(void)
{
	(void)socket(AF_UNIX, SOCK_STREAM, 0);
}

/* past libum: of the host */
static void
do_hostsocket(void)
{
	(void)syscall(SYS_socket, 2, 1, 0);
}

static void
do_fork(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
do_exec(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
}

static void
do_kill(void)
{
	(void)kill(getppid(), 0);
}

static void
do_setuid(void)
{
	(void)setuid(getuid());
}

static void
do_execmem(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
do_chmod(void)
{
	(void)chmod(at("open/file"), 0644);
}

static void
do_settime(void)
{
	struct timespec ts = { 0, -1 };

	(void)syscall(SYS_clock_settime, CLOCK_REALTIME, &ts);
}

static void
do_unveil(void)
{
	/* what unveil does first of all */
	(void)syscall(444, NULL, 0, 1);
}

static void
do_nothing(void)
{
	(void)getpid();
}

/* The cases. */

static void *
thread(void *arg)
{
	(void)write(*(int *)arg, "x", 1);
	return (NULL);
}

static void
keep_stdio(void)
{
	struct pollfd pfd;
	pthread_t t;
	time_t now = time(NULL);
	char c, *p;
	struct stat st;
	int fds[2], s[2];

	CHECK(pledge("stdio", NULL) == 0);
	CHECK(pipe(fds) == 0);
	CHECK(fstat(fds[0], &st) == 0);
	CHECK(pthread_create(&t, NULL, thread, &fds[1]) == 0);
	CHECK(pthread_join(t, NULL) == 0);
	pfd.fd = fds[0];
	pfd.events = POLLIN;
	CHECK(poll(&pfd, 1, -1) == 1);
	CHECK(read(fds[0], &c, 1) == 1 && c == 'x');
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	CHECK(send(s[0], "y", 1, 0) == 1);
	CHECK(recv(s[1], &c, 1, 0) == 1 && c == 'y');
	CHECK((p = malloc(10000000)) != NULL);
	memset(p, 1, 10000000);
	free(p);
	CHECK(localtime(&now) != NULL && localtime(&now) != NULL);
	usleep(1000);
	CHECK(isatty(fds[0]) == 0);
	CHECK(kill(getpid(), 0) == 0);
	/* a log that is gone */
	FAILS(socket(AF_UNIX, SOCK_DGRAM, 0), EACCES);
	CHECK(pledge("stdio", NULL) == 0);
	fprintf(stderr, "%s", "");
}

static void
do_abort(void)
{
	CHECK(pledge("stdio", NULL) == 0);
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void
t_stdio(void)
{
	int status;

	works(keep_stdio);
	status = child(do_abort);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	DIES("stdio", do_socket);
	DIES("stdio", do_setuid);
	DIES("stdio", do_chmod);
	DIES("stdio", do_settime);
	DIES("stdio", do_unveil);
	DIES("stdio inet", do_hostsocket);
	DIES("stdio unix", do_hostsocket);
	DIES("", do_nothing);
}

static void
t_files(void)
{
	DIES("stdio", do_read);
	DIES("stdio", do_stat);
	DIES("stdio rpath", do_write);
	DIES("stdio rpath", do_readwrite);
	DIES("stdio rpath", do_create);
	DIES("stdio rpath", do_truncate);
	DIES("stdio rpath wpath", do_create);
	DIES("stdio rpath wpath", do_mkdir);
	DIES("stdio wpath", do_read);
	DIES("stdio wpath", do_readwrite);
	DIES("stdio cpath", do_read);
	DIES("stdio cpath", do_create);
}

static void
keep_signals(void)
{
	int p[2];

	CHECK(pledge("stdio", NULL) == 0);
	CHECK(pipe(p) == 0);
	CHECK(fcntl(p[0], F_SETOWN, getppid()) == -1 && errno == EPERM);
	CHECK(fcntl(p[0], F_GETFD) != -1);
}

static void
t_processes(void)
{
	DIES("stdio", do_fork);
	DIES("stdio", do_exec);
	DIES("stdio", do_kill);
	DIES("stdio", do_execmem);
	DIES("stdio proc", do_exec);
	works(keep_signals);
}

static void
keep_rpath(void)
{
	struct stat st;
	int fd;

	CHECK(pledge("stdio rpath", NULL) == 0);
	CHECK((fd = open(at("open/file"), O_RDONLY)) != -1);
	CHECK(stat(at("open/file"), &st) == 0);
	CHECK(access(at("open/file"), R_OK) == 0);
	close(fd);
}

static void
keep_paths(void)
{
	int fd;

	CHECK(pledge("stdio rpath wpath cpath fattr flock", NULL) == 0);
	CHECK((fd = open(at("open/new"), O_RDWR | O_CREAT | O_EXCL,
	    0600)) != -1);
	CHECK(write(fd, "x", 1) == 1);
	CHECK(fchmod(fd, 0640) == 0);
	close(fd);
	CHECK((fd = open(at("open/new"), O_WRONLY | O_TRUNC)) != -1);
	close(fd);
	CHECK(rename(at("open/new"), at("open/newer")) == 0);
	CHECK(unlink(at("open/newer")) == 0);
	CHECK(mkdir(at("open/dir"), 0700) == 0);
	CHECK(rmdir(at("open/dir")) == 0);
}

static void
keep_unix(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int s, c;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", at("open/sock"));
	sun.sun_len = SUN_LEN(&sun);
	CHECK(pledge("stdio unix", NULL) == 0);
	CHECK((s = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	CHECK(bind(s, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	CHECK(listen(s, 1) == 0);
	CHECK((c = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	CHECK(connect(c, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	CHECK(accept(s, NULL, NULL) != -1);
}

static void
keep_proc(void)
{
	int status;
	pid_t pid;

	CHECK(pledge("stdio proc id", NULL) == 0);
	CHECK((pid = fork()) != -1);
	if (pid == 0) {
		CHECK(kill(getppid(), 0) == 0);
		(void)setuid(getuid());
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
t_promised(void)
{
	works(keep_rpath);
	works(keep_paths);
	works(keep_unix);
	works(keep_proc);
}

/* What is executed may do anything, unless it was said what. */
static void
exec_anything(void)
{
	CHECK(pledge("stdio exec", NULL) == 0);
	execl(self, self, "reader", (char *)NULL);
	err(1, "%s", self);
}

static void
exec_reader(void)
{
	CHECK(pledge("stdio exec", "stdio rpath") == 0);
	execl(self, self, "reader", (char *)NULL);
	err(1, "%s", self);
}

static void
exec_writer(void)
{
	CHECK(pledge("stdio exec", "stdio rpath") == 0);
	execl(self, self, "writer", (char *)NULL);
	err(1, "%s", self);
}

static void
t_exec(void)
{
	int status;

	works(exec_anything);
	works(exec_reader);
	if (!SANITIZED) {
		status = child(exec_writer);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	}
}

static void
errors(void)
{
	CHECK(pledge("stdio error", NULL) == 0);
	FAILS(socket(AF_UNIX, SOCK_STREAM, 0), ENOSYS);
	FAILS(setuid(getuid()), ENOSYS);
	if (!SANITIZED)
		FAILS(open(at("open/file"), O_RDONLY), ENOSYS);
	/* more is not had, but that is no error then */
	CHECK(pledge("stdio error unix", NULL) == 0);
	FAILS(socket(AF_UNIX, SOCK_STREAM, 0), ENOSYS);
}

static void
narrower(void)
{
	FAILS(pledge("stdio nonsense", NULL), EINVAL);
	FAILS(pledge("stdio", "nonsense"), EINVAL);
	CHECK(pledge("stdio unix rpath", NULL) == 0);
	close(socket(AF_UNIX, SOCK_STREAM, 0));
	CHECK(pledge("stdio unix", NULL) == 0);
	FAILS(pledge("stdio unix rpath", NULL), EPERM);
	close(socket(AF_UNIX, SOCK_STREAM, 0));
	CHECK(pledge("stdio", NULL) == 0);
	FAILS(pledge("stdio unix", NULL), EPERM);
	do_socket();
	_exit(42);
}

static void *
thread_socket(void *arg)
{
	char c;

	CHECK(read(*(int *)arg, &c, 1) == 1);
	do_socket();
	return (NULL);
}

static void
all_threads(void)
{
	pthread_t t;
	int fds[2];

	CHECK(pipe(fds) == 0);
	CHECK(pthread_create(&t, NULL, thread_socket, &fds[0]) == 0);
	CHECK(pledge("stdio", NULL) == 0);
	CHECK(write(fds[1], "x", 1) == 1);
	pthread_join(t, NULL);
	_exit(42);
}

static void
t_narrow(void)
{
	int status;

	works(errors);
	status = child(narrower);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	status = child(all_threads);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static int
opens(const char *path, int flags)
{
	int fd;

	if ((fd = open(path, flags, 0600)) == -1)
		return (-1);
	close(fd);
	return (0);
}

static void
veiled(void)
{
	CHECK(unveil(at("open"), "r") == 0);
	CHECK(unveil("/etc/myname", "rw") == 0);
	FAILS(unveil(at("open"), "q"), EINVAL);
	FAILS(unveil(at("open"), NULL), EINVAL);
	FAILS(unveil(at("nowhere/file"), "r"), ENOENT);
	/* less below more is not to be had */
	FAILS(unveil(at("open/file"), ""), EOPNOTSUPP);
	/* nothing is hidden before the lock */
	CHECK(opens(at("hidden/file"), O_RDONLY) == 0);
	CHECK(unveil(NULL, NULL) == 0);
	FAILS(unveil(at("hidden"), "r"), EPERM);
	CHECK(opens(at("open/file"), O_RDONLY) == 0);
	CHECK(opens("/etc/myname", O_RDWR) == 0);
	CHECK(opens("/etc/resolv.conf", O_RDONLY) == 0 || errno == ENOENT);
	if (SANITIZED)
		return;
	FAILS(opens(at("open/file"), O_WRONLY), EACCES);
	FAILS(opens(at("open/new"), O_WRONLY | O_CREAT), EACCES);
	FAILS(opens(at("hidden/file"), O_RDONLY), EACCES);
	FAILS(opens("/bin/sh", O_RDONLY), EACCES);
	FAILS(unlink(at("open/file")), EACCES);
	FAILS(execl("/bin/true", "true", (char *)NULL), EACCES);
}

/* One that is to be made, and removed. */
static void
veiled_create(void)
{
	CHECK(unveil(at("open/made"), "rwc") == 0);
	CHECK(unveil(NULL, NULL) == 0);
	CHECK(opens(at("open/made"), O_RDWR | O_CREAT) == 0);
	CHECK(unlink(at("open/made")) == 0);
	if (!SANITIZED)
		FAILS(opens(at("hidden/file"), O_RDONLY), EACCES);
}

static void
veiled_exec(void)
{
	CHECK(unveil("/bin/true", "x") == 0);
	CHECK(pledge("stdio exec", NULL) == 0);
	execl("/bin/true", "true", (char *)NULL);
	err(1, "/bin/true");
}

/* A pledge without unveil locks. */
static void
veiled_pledge(void)
{
	CHECK(pledge("stdio rpath unveil", NULL) == 0);
	CHECK(unveil(at("open"), "r") == 0);
	CHECK(pledge("stdio rpath", NULL) == 0);
	FAILS(unveil(at("hidden"), "r"), EPERM);
	CHECK(opens(at("open/file"), O_RDONLY) == 0);
	if (!SANITIZED)
		FAILS(opens(at("hidden/file"), O_RDONLY), EACCES);
}

static void
veiled_all(void)
{
	CHECK(unveil("/", "") == 0);
	CHECK(unveil(NULL, NULL) == 0);
	if (!SANITIZED)
		FAILS(opens(at("open/file"), O_RDONLY), EACCES);
}

static void
t_unveil(void)
{
	if (syscall(444, NULL, 0, 1) < 1) {
		printf("the host has no Landlock\n");
		exit(77);
	}
	works(veiled);
	works(veiled_create);
	works(veiled_exec);
	works(veiled_pledge);
	works(veiled_all);
}

static const struct {
	const char	*name;
	void		(*func)(void);
	int		 plain;		/* not with a sanitizer */
} cases[] = {
	{ "stdio", t_stdio, 0 },
	{ "files", t_files, 1 },
	{ "processes", t_processes, 1 },
	{ "promised", t_promised, 0 },
	{ "exec", t_exec, 0 },
	{ "narrow", t_narrow, 0 },
	{ "unveil", t_unveil, 0 }
};

int
main(int argc, char **argv)
{
	size_t i;

	self = argv[0];
	if (argc != 2)
		errx(1, "usage: sandbox -l | case");
	if (strcmp(argv[1], "reader") == 0)
		return (opens(at("open/file"), O_RDONLY) == -1);
	if (strcmp(argv[1], "writer") == 0)
		return (opens(at("open/file"), O_WRONLY) == -1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(argv[1], "-l") == 0)
			printf("%s\n", cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0) {
			if (cases[i].plain && SANITIZED) {
				printf("a sanitizer needs what is forbidden\n");
				return (77);
			}
			cases[i].func();
			return (0);
		}
	}
	if (strcmp(argv[1], "-l") != 0)
		errx(1, "%s: no such case", argv[1]);
	return (0);
}
