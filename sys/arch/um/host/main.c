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

#define _GNU_SOURCE
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>

#include "main.h"

#define DAEMON_WAIT	10	/* s for daemons to end; iked(8) takes 5 */

/*
 * bsd(8): the kernel runs on a thread of its own; this one waits for
 * signals and for the command.
 */
static pthread_t	 main_kernel;
static int		 main_status;		/* of the kernel */
static struct bsd	 bsd;
static int		 main_exit;		/* of the command */
static pid_t		 main_child;		/* the command; 0: none */
static int		 main_local;		/* it is rc.local, or was */
static int		 main_ending;		/* daemons were told to */
extern char		**environ;

static void
usage(void)
{
	fprintf(stderr,
	    "usage: bsd [-Dv] [-d dir] [-e etc] [-j cpus] [-n name] [-s seed]\n"
	    "           [umN=backend:arg ...] [-- command ...]\n"
	    "       bsd -a dir [-- command ...]\n");
	exit(1);
}

static unsigned long
number(const char *what, const char *arg, unsigned long min,
    unsigned long max)
{
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(arg, &end, 0);
	if (*arg == '\0' || *arg == '-' || *end != '\0' || errno != 0 ||
	    v < min || v > max)
		errx(1, "%s \"%s\" is not a number from %lu to %lu", what,
		    arg, min, max);
	return (v);
}

static void
options(int argc, char *argv[])
{
	int ch;

	bsd.b_args.ka_ncpus = 1;
	while ((ch = getopt(argc, argv, "+a:Dd:e:j:n:s:v")) != -1) {
		switch (ch) {
		case 'a':
			bsd.b_attach = optarg;
			break;
		case 'D':
			bsd.b_daemon = 1;
			break;
		case 'd':
			bsd.b_dir = optarg;
			break;
		case 'e':
			bsd.b_etc = optarg;
			break;
		case 'j':
			bsd.b_args.ka_ncpus = number("-j", optarg, 1, 16);
			break;
		case 'n':
			bsd.b_name = optarg;
			break;
		case 's':
			bsd.b_args.ka_seed = number("-s", optarg, 0,
			    ULONG_MAX);
			bsd.b_args.ka_seeded = 1;
			break;
		case 'v':
			bsd.b_verbose = 1;
			break;
		default:
			usage();
		}
	}
}

/* What stands before "--" are NICs, behind it is the command. */
static void
operands(int argc, char *argv[])
{
	int i = optind;

	/* getopt swallows a "--" that comes first */
	if (i > 0 && strcmp(argv[i - 1], "--") != 0) {
		bsd.b_args.ka_nics = (const char **)&argv[i];
		for (; i < argc && strcmp(argv[i], "--") != 0; i++)
			bsd.b_args.ka_nnics++;
		if (i < argc)
			i++;
	}
	if (i < argc)
		bsd.b_command = &argv[i];
	if (bsd.b_attach != NULL && (bsd.b_args.ka_nnics > 0 ||
	    bsd.b_daemon || bsd.b_dir != NULL || bsd.b_etc != NULL ||
	    bsd.b_name != NULL || bsd.b_verbose || bsd.b_args.ka_seeded ||
	    bsd.b_args.ka_ncpus != 1))
		errx(1, "-a runs a command on a kernel that runs: it goes "
		    "with no other option and no interface");
}

/*
 * Kernel tests: no clients, and nothing but the seed decides, unless the
 * test is one that measures time.
 */
static void
ktest_options(void)
{
	bsd.b_args.ka_ktest = getenv("BSD_KTEST");
	bsd.b_args.ka_leaks = getenv("BSD_LEAKS") != NULL;
	if (bsd.b_args.ka_ktest == NULL)
		return;
	bsd.b_args.ka_leaks = 1;
	if (!bsd.b_args.ka_seeded)
		host_random(&bsd.b_args.ka_seed, sizeof(int));
	if (bsd.b_args.ka_ncpus == 1 && getenv("BSD_REALTIME") == NULL)
		bsd.b_args.ka_seeded = bsd.b_args.ka_exact = 1;
}

static void *
kernel_thread(void *arg)
{
	main_status = kernel_main(&bsd.b_args);
	kill(getpid(), SIGUSR2);	/* wake the signal loop */
	return (NULL);
}

/* Called by the kernel when clients may come. */
void
host_booted(void)
{
	kill(getpid(), SIGUSR1);
}

static pid_t
spawn(char *const argv[])
{
	posix_spawnattr_t attr;
	sigset_t none, ignored;
	pid_t pid;
	int error;

	sigemptyset(&none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGINT);	/* by us, not by the command */
	sigaddset(&ignored, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &ignored);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(&pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	if (error != 0) {
		warnx("%s: %s", argv[0], strerror(error));
		return (-1);
	}
	return (pid);
}

static int
exit_status(int wstatus)
{
	return (WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) :
	    128 + WTERMSIG(wstatus));
}

/* No command: netstart and rc.local are all that is run. */
static int
is_daemon(void)
{
	return (bsd.b_daemon && bsd.b_command == NULL);
}

/* Halt as soon as there is no daemon any more, or it has taken too long. */
static void
end(void)
{
	siginfo_t si;

	if (!is_daemon()) {
		kernel_halt();
		return;
	}
	if (!main_ending++)
		alarm(DAEMON_WAIT);
	if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1) {
		alarm(0);
		kernel_halt();
	} else
		rc_signal(SIGTERM);
}

static void
start(char *const argv[])
{
	if ((main_child = spawn(argv)) == -1) {
		main_child = 0;
		main_exit = 127;
		end();
	}
}

/* The kernel is up: start what was asked for. */
static void
start_command(void)
{
	static char *netstart[] = { "netstart", NULL };
	static char *shell[] = { NULL, NULL };

	if ((shell[0] = getenv("SHELL")) == NULL)
		shell[0] = "/bin/sh";
	start(bsd.b_command != NULL ? bsd.b_command :
	    bsd.b_daemon ? netstart : shell);
}

/* Once only, after netstart.  0: there is none, or it has been run. */
static int
start_local(void)
{
	static char *argv[] = { "/bin/sh", NULL, NULL };

	if (main_local++ || (argv[1] = rc_local()) == NULL)
		return (0);
	start(argv);
	return (1);
}

static void
child_ended(int ws)
{
	main_child = 0;
	main_exit = exit_status(ws);
	if (!is_daemon() || main_exit != 0)
		end();
	else if (!start_local())
		dir_ready(&bsd);
}

static void
reap(void)
{
	pid_t pid;
	int ws;

	while ((pid = waitpid(-1, &ws, WNOHANG)) > 0)
		if (pid == main_child)
			child_ended(ws);
	if (main_ending)
		end();
}

static void
terminate(void)
{
	if (bsd.b_args.ka_ktest != NULL)
		exit(128 + SIGTERM);
	if (main_child > 0)
		kill(main_child, SIGTERM);
	else
		end();
}

/*
 * Wait for the end: of the command, unless it was one of those that set up
 * a daemon; of the kernel; or by a signal.  Returns the exit status.
 */
static int
signal_loop(const sigset_t *set)
{
	int sig;

	for (;;) {
		if (sigwait(set, &sig) != 0)
			continue;
		switch (sig) {
		case SIGUSR1:
			start_command();
			break;
		case SIGUSR2:
			pthread_join(main_kernel, NULL);
			return (main_status != 0 ? main_status : main_exit);
		case SIGTERM:
			terminate();
			break;
		case SIGALRM:
			rc_signal(SIGKILL);
			kernel_halt();
			break;
		case SIGCHLD:
			reap();
			break;
		}
	}
}

static int
run(void)
{
	sigset_t set;
	int error;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	/* the terminal's interrupt is for the command */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (is_daemon())
		rc_adopt();
	if ((error = pthread_create(&main_kernel, NULL, kernel_thread,
	    NULL)) != 0)
		errx(1, "no thread for the kernel: %s", strerror(error));
	return (signal_loop(&set));
}

int
main(int argc, char *argv[])
{
	int status;

	options(argc, argv);
	operands(argc, argv);
	if (bsd.b_attach != NULL)
		dir_attach(&bsd);
	ktest_options();
	dir_open(&bsd);
	status = run();
	dir_close(&bsd);
	exit(status);
}
