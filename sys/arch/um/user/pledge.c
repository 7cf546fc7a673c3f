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
 * pledge(2): what the process does not promise to use is taken away from
 * it.  Sockets and variables of the machine are the kernel's to refuse;
 * system calls of the host are refused by a filter, seccomp(2), made of the
 * promises.
 *
 * A filter sees the number of a call and its arguments, but not what they
 * point to, so it can tell reading from writing but no path from another:
 * tmppath and getpw are as good as the promises they stand for, and recvfd
 * and sendfd are in stdio.  That a socket of the machine is asked for by a
 * message over a descriptor makes socket(2) the host's alone: inet needs
 * none.
 */

#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <machine/umproto.h>

#include "pledge.h"
#include "um.h"

/*
 * A sanitizer forks and traces at exit to look for leaks, starts a program
 * to name its stack frames, and writes files: its processes keep what that
 * needs.
 */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UM_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UM_SANITIZED
#endif
#ifdef UM_SANITIZED
#define P_SANITIZER	(P_RPATH | P_WPATH | P_CPATH | P_PROC | P_EXEC | \
			    P_PROTEXEC | P_START | P_TRACE)
#else
#define P_SANITIZER	0
#endif

#ifdef __x86_64__
#define UM_ARCH		AUDIT_ARCH_X86_64
#define UM_X32		0x40000000	/* numbers of its other ABI */
#elif defined(__aarch64__)
#define UM_ARCH		AUDIT_ARCH_AARCH64
#define UM_X32		0
#else
#define UM_ARCH		0		/* no filter here */
#define UM_X32		0
#endif

#define ARG(n)	(offsetof(struct seccomp_data, args) + (n) * 8 +	\
		    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))
#define UM_MAXINS	2048

int	um_pledge(const char *, const char *);

/*
 * Every promise of pledge(2), what it leaves of the root connection, and
 * what of the host.  Sockets that are open stay; PF_KEY sockets are never
 * promised.
 */
static const struct um_promise {
	const char	*name;
	unsigned int	 rights;
	unsigned int	 bits;
} um_promises[] = {
	{ "audio", 0, 0 },
	{ "bpf", 0, 0 },
	{ "chown", 0, P_CHOWN },
	{ "cpath", 0, P_CPATH },
	{ "disklabel", 0, 0 },
	{ "dns", UMP_R_INET, P_DNS },
	{ "dpath", 0, P_DPATH },
	{ "drm", 0, 0 },
	{ "error", 0, P_ERROR },
	{ "exec", 0, P_EXEC },
	{ "fattr", 0, P_FATTR },
	{ "flock", 0, P_FLOCK },
	{ "getpw", 0, P_GETPW },
	{ "id", 0, P_ID },
	{ "inet", UMP_R_INET, P_INET },
	{ "mcast", UMP_R_INET, 0 },
	{ "pf", 0, 0 },
	{ "proc", 0, P_PROC },
	{ "prot_exec", 0, P_PROTEXEC },
	{ "ps", UMP_R_SYSCTL, 0 },
	{ "recvfd", 0, 0 },
	{ "route", UMP_R_ROUTE | UMP_R_SYSCTL, 0 },
	{ "rpath", 0, P_RPATH },
	{ "sendfd", 0, 0 },
	{ "settime", 0, P_SETTIME },
	{ "stdio", 0, P_STDIO },
	{ "tape", 0, 0 },
	{ "tmppath", 0, P_TMPPATH },
	{ "tty", 0, P_TTY },
	{ "unix", 0, P_UNIX },
	{ "unveil", 0, P_UNVEIL },
	{ "video", 0, 0 },
	{ "vminfo", UMP_R_SYSCTL, 0 },
	{ "vmm", 0, 0 },
	{ "wpath", 0, P_WPATH },
	{ "wroute", UMP_R_ROUTE | UMP_R_SYSCTL, 0 }
};

/* what some of them stand for */
static const struct {
	unsigned int	bits;
	unsigned int	mean;
} um_meanings[] = {
	{ P_GETPW, P_RPATH | P_UNIX | P_PROTEXEC },	/* getpw: NSS */
	{ P_DNS, P_RPATH | P_UNIX | P_PROTEXEC },
	{ P_TMPPATH, P_RPATH | P_WPATH | P_CPATH }	/* tmppath */
};

/* of the process, what it has not given up yet */
static unsigned int	 um_bits = ~0U;
static unsigned int	 um_rights = ~0U;
static unsigned int	 um_filtered = ~0U;	/* bits of the last filter */
static unsigned int	 um_execbits;		/* of execpromises */
static int		 um_execset;

struct um_prog {
	struct sock_filter	 ins[UM_MAXINS];
	unsigned int		 n;
};

static void
um_ins(struct um_prog *pr, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	struct sock_filter in = { code, jt, jf, k };

	if (pr->n < UM_MAXINS)
		pr->ins[pr->n] = in;
	pr->n++;
}

static void
um_ins_load(struct um_prog *pr, uint32_t at)
{
	um_ins(pr, BPF_LD | BPF_W | BPF_ABS, at, 0, 0);
}

static void
um_ins_return(struct um_prog *pr, uint32_t what)
{
	um_ins(pr, BPF_RET | BPF_K, what, 0, 0);
}

/* The number is loaded before and, unless it returned, after. */
static void
um_rule(struct um_prog *pr, const struct um_sysrule *r, uint32_t what)
{
	um_ins(pr, BPF_JMP | BPF_JEQ | BPF_K, r->sr_call, 0,
	    r->sr_mask == 0 ? 1 : 5);
	if (r->sr_mask != 0) {
		um_ins_load(pr, ARG(r->sr_arg));
		um_ins(pr, BPF_ALU | BPF_AND | BPF_K, r->sr_mask, 0, 0);
		um_ins(pr, BPF_JMP | BPF_JEQ | BPF_K, r->sr_value, 0, 1);
	}
	um_ins_return(pr, what);
	if (r->sr_mask != 0)
		um_ins_load(pr, offsetof(struct seccomp_data, nr));
}

static void
um_rules(struct um_prog *pr, unsigned int bits)
{
	const struct um_sysrule *r;

	for (r = um_sysrules; r->sr_need != 0; r++)
		if ((bits & r->sr_need) == r->sr_need)
			um_rule(pr, r, r->sr_errno == 0 ? SECCOMP_RET_ALLOW :
			    SECCOMP_RET_ERRNO | r->sr_errno);
}

/* Signals to oneself alone, unless there may be others. */
static void
um_rules_kill(struct um_prog *pr)
{
	struct um_sysrule r = { __NR_tgkill, P_STDIO, 0, 0, ~0U, getpid() };

	um_rule(pr, &r, SECCOMP_RET_ALLOW);
	r.sr_call = __NR_kill;
	um_rule(pr, &r, SECCOMP_RET_ALLOW);
	r.sr_value = 0;
	um_rule(pr, &r, SECCOMP_RET_ALLOW);
}

static void
um_program(struct um_prog *pr, unsigned int bits)
{
	pr->n = 0;
	um_ins_load(pr, offsetof(struct seccomp_data, arch));
	um_ins(pr, BPF_JMP | BPF_JEQ | BPF_K, UM_ARCH, 1, 0);
	um_ins_return(pr, SECCOMP_RET_KILL_PROCESS);
	um_ins_load(pr, offsetof(struct seccomp_data, nr));
	if (UM_X32 != 0) {
		um_ins(pr, BPF_JMP | BPF_JGE | BPF_K, UM_X32, 0, 1);
		um_ins_return(pr, SECCOMP_RET_KILL_PROCESS);
	}
	um_rules(pr, bits);
	if ((bits & P_STDIO) && !(bits & P_PROC))
		um_rules_kill(pr);
	um_ins_return(pr, bits & P_ERROR ? SECCOMP_RET_ERRNO | ENOSYS :
	    SECCOMP_RET_KILL_PROCESS);
}

static void
um_nofilter(void)
{
	static int done;

	if (!done++)
		dprintf(STDERR_FILENO, "%s: pledge: the host cannot filter "
		    "system calls; they are not restricted\n",
		    um_getprogname());
}

/* For all threads, and never taken back. */
static int
um_install(unsigned int bits)
{
	struct sock_fprog fp;
	struct um_prog *pr;
	long res = -1;
	int error = ENOMEM;

	if ((pr = malloc(sizeof(*pr))) == NULL)
		return (-1);
	um_program(pr, bits);
	fp.len = pr->n;
	fp.filter = pr->ins;
	if (pr->n > UM_MAXINS)
		error = E2BIG;
	else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    (res = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_TSYNC, &fp)) == -1)
		error = errno;
	else if (res > 0)
		error = EBUSY;	/* a thread has a filter of its own */
	free(pr);
	if (res == 0)
		return (0);
	if (error == ENOSYS || error == EINVAL) {
		um_nofilter();
		return (0);
	}
	errno = error;
	return (-1);
}

/* localtime(3) looks at its file each time, unless TZ names one. */
static void
um_timezone(void)
{
	if (getenv("TZ") == NULL)
		(void)setenv("TZ", ":/etc/localtime", 1);
	tzset();
}

static unsigned int
um_meant(unsigned int bits)
{
	size_t i;

	for (i = 0; i < sizeof(um_meanings) / sizeof(um_meanings[0]); i++)
		if (bits & um_meanings[i].bits)
			bits |= um_meanings[i].mean;
	return (bits | P_ALWAYS | P_SANITIZER);
}

/*
 * A filter outlives execve(2), and what is executed is to begin anew: so as
 * long as that is promised there is none, unless it was said what the new
 * program may do.  Then there is one for both of them.
 */
static int
um_filter(unsigned int bits)
{
	if (UM_ARCH == 0) {
		um_nofilter();
		return (0);
	}
	if (bits & P_EXEC) {
		if (!um_execset)
			return (0);
		bits |= um_execbits | P_START | P_STDIO | P_RPATH | P_UNIX |
		    P_PROTEXEC | P_UNVEIL;
	}
	bits = um_meant(bits);
	if (bits == um_filtered)
		return (0);
	if (!(bits & P_RPATH))
		um_timezone();
	if (um_install(bits) == -1)
		return (-1);
	if (!(bits & (P_UNIX | P_DNS)))
		um_filtered_socket();
	um_filtered = bits;
	return (0);
}

static int
um_parseword(const char *word, size_t len, unsigned int *rights,
    unsigned int *bits)
{
	const struct um_promise *p;
	size_t i;

	for (i = 0; i < sizeof(um_promises) / sizeof(um_promises[0]); i++) {
		p = &um_promises[i];
		if (strlen(p->name) == len && strncmp(p->name, word,
		    len) == 0) {
			*rights |= p->rights;
			*bits |= p->bits;
			return (0);
		}
	}
	errno = EINVAL;
	return (-1);
}

static int
um_parsepromises(const char *s, unsigned int *rights, unsigned int *bits)
{
	size_t n;

	*rights = *bits = 0;
	for (; *s != '\0'; s += n + (s[n] == ' ')) {
		n = strcspn(s, " ");
		if (n > 0 && um_parseword(s, n, rights, bits) == -1)
			return (-1);
	}
	return (0);
}

/* What was given up does not come back: with `error', without a word. */
static int
um_narrow(unsigned int *rights, unsigned int *bits)
{
	if (((*bits & ~um_bits) != 0 || (*rights & ~um_rights) != 0) &&
	    !(um_bits & *bits & P_ERROR)) {
		errno = EPERM;
		return (-1);
	}
	*bits &= um_bits;
	*rights &= um_rights;
	return (0);
}

/* The machine's side of it. */
static void
um_giveup(unsigned int rights)
{
	struct um_call uc = { .uc_op = UMP_PLEDGE };
	const char *path = getenv("UM_SOCKET");

	/* no kernel, nothing to give up: but not for later either */
	if (path != NULL && path[0] != '\0') {
		uc.uc_arg[0] = rights;
		(void)um_rootcall(&uc);
	}
	if (rights == 0)
		um_pledged();
}

int
um_pledge(const char *promises, const char *execpromises)
{
	unsigned int rights = 0, bits = 0, execbits = 0, ignored;

	if ((execpromises != NULL &&
	    um_parsepromises(execpromises, &ignored, &execbits) == -1) ||
	    (promises != NULL && (um_parsepromises(promises, &rights,
	    &bits) == -1 || um_narrow(&rights, &bits) == -1)))
		return (-1);
	if (execpromises != NULL) {
		um_execbits = execbits;
		um_execset = 1;
	}
	if (promises == NULL)
		return (0);
	um_giveup(rights);
	if ((!(bits & P_UNVEIL) && um_unveil_lock() == -1) ||
	    um_filter(bits) == -1)
		return (-1);
	um_bits = bits;
	um_rights = rights;
	return (0);
}
