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
 * Calls of the host that a promise frees.  Those that libum makes to talk
 * to the kernel of the machine are stdio: they need descriptors that are
 * open.  Old names of calls are those of x86 alone.
 */

#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>

#include "pledge.h"

#define TMPFILE		(O_TMPFILE & ~O_DIRECTORY)
#define SOCK_KIND	0xf		/* of a type, without its flags */

#define A(call, need)	{ __NR_##call, (need), 0, 0, 0, 0 }
#define IF(call, need, arg, mask, value)				\
	{ __NR_##call, (need), (arg), 0, (mask), (value) }
#define IS(call, need, arg, value) IF(call, need, arg, ~0U, value)
#define FAIL(call, need, error)						\
	{ __NR_##call, (need), 0, (error), 0, 0 }

#define FAILS(call, need, arg, value, error)				\
	{ __NR_##call, (need), (arg), (error), ~0U, (value) }

/* open(2) in all its ways; arg is that of the flags */
#define OPEN(call, arg)							\
	IF(call, P_RPATH, arg, O_ACCMODE | O_CREAT | O_TRUNC | TMPFILE,	\
	    O_RDONLY),							\
	IF(call, P_WPATH, arg, O_ACCMODE | O_CREAT | TMPFILE, O_WRONLY), \
	IF(call, P_RPATH | P_WPATH, arg, O_CREAT | TMPFILE, 0),		\
	IF(call, P_RPATH | P_CPATH, arg, O_ACCMODE | O_TRUNC, O_RDONLY), \
	IF(call, P_WPATH | P_CPATH, arg, O_ACCMODE, O_WRONLY),		\
	A(call, P_RPATH | P_WPATH | P_CPATH),				\
	IF(call, P_UNVEIL, arg, O_ACCMODE | O_CREAT | O_TRUNC | O_PATH,	\
	    O_PATH)

const struct um_sysrule um_sysrules[] = {
	/* what is done most comes first */
	A(read, P_STDIO),
	A(write, P_STDIO),
	A(recvmsg, P_STDIO),
	A(sendmsg, P_STDIO),
	A(getpeername, P_STDIO),
	A(recvfrom, P_STDIO),
	A(sendto, P_STDIO),
	A(ppoll, P_STDIO),
	A(epoll_pwait, P_STDIO),
	A(futex, P_STDIO),
	A(clock_gettime, P_STDIO),
	A(close, P_STDIO),
	/* a descriptor must not send the signals that kill(2) may not */
	IS(fcntl, P_PROC, 1, F_SETOWN),
	IS(fcntl, P_PROC, 1, F_SETOWN_EX),
	IS(fcntl, P_PROC, 1, F_SETSIG),
	FAILS(fcntl, P_STDIO, 1, F_SETOWN, EPERM),
	FAILS(fcntl, P_STDIO, 1, F_SETOWN_EX, EPERM),
	FAILS(fcntl, P_STDIO, 1, F_SETSIG, EPERM),
	A(fcntl, P_STDIO),
#ifdef __x86_64__
	A(poll, P_STDIO),
	A(epoll_wait, P_STDIO),
	A(select, P_STDIO),
	A(dup2, P_STDIO),
	A(pipe, P_STDIO),
	A(pause, P_STDIO),
	A(alarm, P_STDIO),
	A(time, P_STDIO),
	A(getpgrp, P_STDIO),
	A(epoll_create, P_STDIO),
	A(eventfd, P_STDIO),
	A(signalfd, P_STDIO),
#endif
	/* fstat(3); or stat(2), as the path cannot be seen */
	IF(newfstatat, P_STDIO, 3, AT_EMPTY_PATH, AT_EMPTY_PATH),
	IF(statx, P_STDIO, 2, AT_EMPTY_PATH, AT_EMPTY_PATH),
	A(fstat, P_STDIO),
	A(lseek, P_STDIO),
	A(readv, P_STDIO),
	A(writev, P_STDIO),
	A(pread64, P_STDIO),
	A(pwrite64, P_STDIO),
	A(preadv, P_STDIO),
	A(pwritev, P_STDIO),
	A(close_range, P_STDIO),
	A(fsync, P_STDIO),
	A(fdatasync, P_STDIO),
	A(ftruncate, P_STDIO),
	A(dup, P_STDIO),
	A(dup3, P_STDIO),
	A(pipe2, P_STDIO),
	A(pselect6, P_STDIO),
	A(epoll_create1, P_STDIO),
	A(epoll_ctl, P_STDIO),
	A(epoll_pwait2, P_STDIO),
	A(eventfd2, P_STDIO),
	A(signalfd4, P_STDIO),
	A(timerfd_create, P_STDIO),
	A(timerfd_settime, P_STDIO),
	A(timerfd_gettime, P_STDIO),
	/* one of datagrams could send to any socket of the host */
	IF(socketpair, P_STDIO, 1, SOCK_KIND, SOCK_STREAM),
	IF(socketpair, P_STDIO, 1, SOCK_KIND, SOCK_SEQPACKET),
	A(socketpair, P_UNIX),
	A(getsockname, P_STDIO),
	A(getsockopt, P_STDIO),
	A(setsockopt, P_STDIO),
	A(shutdown, P_STDIO),
	A(sendmmsg, P_STDIO),
	A(recvmmsg, P_STDIO),
	IF(mmap, P_STDIO, 2, PROT_EXEC, 0),
	IF(mprotect, P_STDIO, 2, PROT_EXEC, 0),
	A(mmap, P_PROTEXEC),
	A(mprotect, P_PROTEXEC),
	A(munmap, P_STDIO),
	A(mremap, P_STDIO),
	A(brk, P_STDIO),
	A(madvise, P_STDIO),
	A(mincore, P_STDIO),
	A(msync, P_STDIO),
	A(mlock, P_STDIO),
	A(mlock2, P_STDIO),
	A(munlock, P_STDIO),
	A(mlockall, P_STDIO),
	A(munlockall, P_STDIO),
	A(set_robust_list, P_STDIO),
	A(get_robust_list, P_STDIO),
	A(rseq, P_STDIO),
	A(set_tid_address, P_STDIO),
	A(membarrier, P_STDIO),
	A(sched_yield, P_STDIO),
	A(sched_getaffinity, P_STDIO),
	A(getcpu, P_STDIO),
	A(clock_getres, P_STDIO),
	A(clock_nanosleep, P_STDIO),
	A(nanosleep, P_STDIO),
	A(gettimeofday, P_STDIO),
	A(times, P_STDIO),
	A(getitimer, P_STDIO),
	A(setitimer, P_STDIO),
	A(getrandom, P_STDIO),
	A(getpid, P_STDIO),
	A(gettid, P_STDIO),
	A(getppid, P_STDIO),
	A(getuid, P_STDIO),
	A(geteuid, P_STDIO),
	A(getgid, P_STDIO),
	A(getegid, P_STDIO),
	A(getresuid, P_STDIO),
	A(getresgid, P_STDIO),
	A(getgroups, P_STDIO),
	A(getpgid, P_STDIO),
	A(getsid, P_STDIO),
	A(getrusage, P_STDIO),
	A(getrlimit, P_STDIO),
	A(umask, P_STDIO),
	A(sysinfo, P_STDIO),
	A(uname, P_STDIO),
	A(rt_sigaction, P_STDIO),
	A(rt_sigprocmask, P_STDIO),
	A(rt_sigpending, P_STDIO),
	A(rt_sigtimedwait, P_STDIO),
	A(rt_sigsuspend, P_STDIO),
	A(sigaltstack, P_STDIO),
	A(wait4, P_STDIO),
	A(waitid, P_STDIO),
	A(rt_sigreturn, P_ALWAYS),
	A(restart_syscall, P_ALWAYS),
	A(exit, P_ALWAYS),
	A(exit_group, P_ALWAYS),
	IS(ioctl, P_STDIO, 1, TCGETS),
	IS(ioctl, P_STDIO, 1, TIOCGWINSZ),
	IS(ioctl, P_STDIO, 1, FIONREAD),
	IS(ioctl, P_STDIO, 1, FIONBIO),
	IS(ioctl, P_STDIO, 1, FIOCLEX),
	IS(ioctl, P_STDIO, 1, FIONCLEX),
	IS(ioctl, P_TTY, 1, TCSETS),
	IS(ioctl, P_TTY, 1, TCSETSW),
	IS(ioctl, P_TTY, 1, TCSETSF),
	IS(ioctl, P_TTY, 1, TCSBRK),
	IS(ioctl, P_TTY, 1, TCXONC),
	IS(ioctl, P_TTY, 1, TCFLSH),
	IS(ioctl, P_TTY, 1, TIOCGPGRP),
	IS(ioctl, P_TTY, 1, TIOCSPGRP),
	IS(ioctl, P_TTY, 1, TIOCGSID),
	IS(ioctl, P_TTY, 1, TIOCSWINSZ),
	/* its own limits */
	IS(prlimit64, P_STDIO, 0, 0),
	/* what makes it less still */
	IS(seccomp, P_STDIO, 0, SECCOMP_SET_MODE_FILTER),
	IS(prctl, P_STDIO, 0, PR_SET_NO_NEW_PRIVS),
	IS(prctl, P_STDIO, 0, PR_GET_NO_NEW_PRIVS),
	IS(prctl, P_STDIO, 0, PR_SET_NAME),
	IS(prctl, P_STDIO, 0, PR_GET_NAME),
	IS(prctl, P_STDIO, 0, PR_SET_DUMPABLE),
	IS(prctl, P_STDIO, 0, PR_GET_DUMPABLE),
	IS(prctl, P_STDIO, 0, PR_SET_PDEATHSIG),
	/*
	 * Threads.  The flags of clone3(2) are in memory: without it the
	 * host's libc takes the one whose are not.
	 */
	A(clone, P_PROC),
	A(clone3, P_PROC),
	IF(clone, P_STDIO, 0, CLONE_THREAD, CLONE_THREAD),
	FAIL(clone3, P_STDIO, ENOSYS),

	OPEN(openat, 2),
	FAIL(openat2, P_STDIO, ENOSYS),
#ifdef __x86_64__
	OPEN(open, 1),
	A(creat, P_WPATH | P_CPATH),
	A(access, P_RPATH),
	A(stat, P_RPATH),
	A(lstat, P_RPATH),
	A(readlink, P_RPATH),
	A(getdents, P_RPATH),
	A(mkdir, P_CPATH),
	A(rmdir, P_CPATH),
	A(unlink, P_CPATH),
	A(rename, P_CPATH),
	A(link, P_CPATH),
	A(symlink, P_CPATH),
	A(mknod, P_DPATH),
	A(chmod, P_FATTR),
	A(utime, P_FATTR),
	A(utimes, P_FATTR),
	A(futimesat, P_FATTR),
	A(chown, P_CHOWN),
	A(lchown, P_CHOWN),
	A(fork, P_PROC),
	A(vfork, P_PROC),
	A(arch_prctl, P_START),
#endif
	A(faccessat, P_RPATH),
	A(faccessat2, P_RPATH),
	A(newfstatat, P_RPATH),
	A(statx, P_RPATH),
	A(readlinkat, P_RPATH),
	A(getdents64, P_RPATH),
	A(getcwd, P_RPATH),
	A(chdir, P_RPATH),
	A(fchdir, P_RPATH),
	A(statfs, P_RPATH),
	A(fstatfs, P_RPATH),
	A(truncate, P_WPATH),
	A(fallocate, P_WPATH),
	A(mkdirat, P_CPATH),
	A(unlinkat, P_CPATH),
#ifdef __NR_renameat
	A(renameat, P_CPATH),
#endif
	A(renameat2, P_CPATH),
	A(linkat, P_CPATH),
	A(symlinkat, P_CPATH),
	A(mknodat, P_DPATH),
	A(fchmod, P_FATTR),
	A(fchmodat, P_FATTR),
	A(utimensat, P_FATTR),
	A(fchown, P_CHOWN),
	A(fchownat, P_CHOWN),
	A(flock, P_FLOCK),

	IS(socket, P_UNIX, 0, AF_UNIX),
	A(socket, P_DNS),
	/*
	 * syslog(3) when its connection is gone: the message is lost, but
	 * that is no reason to die.
	 */
	{ __NR_socket, P_STDIO, 1, EACCES, SOCK_KIND, SOCK_DGRAM },
	A(bind, P_UNIX),
	A(connect, P_UNIX),
	A(listen, P_UNIX),
	A(accept4, P_UNIX),
	A(accept4, P_INET),
	A(bind, P_DNS),
	A(connect, P_DNS),
#ifdef __NR_accept
	A(accept, P_UNIX),
	A(accept, P_INET),
#endif

	A(execve, P_EXEC),
	A(execveat, P_EXEC),
	A(kill, P_PROC),
	A(tgkill, P_PROC),
	A(setpgid, P_PROC),
	A(setsid, P_PROC),
	A(getpriority, P_PROC),
	A(setpriority, P_PROC),
	A(setrlimit, P_ID),
	A(prlimit64, P_ID),
	A(setuid, P_ID),
	A(setgid, P_ID),
	A(setreuid, P_ID),
	A(setregid, P_ID),
	A(setresuid, P_ID),
	A(setresgid, P_ID),
	A(setgroups, P_ID),
	A(setfsuid, P_ID),
	A(setfsgid, P_ID),
	A(setpriority, P_ID),
	A(getpriority, P_ID),
	A(capset, P_ID),
	A(capget, P_ID),
	A(chroot, P_ID),
	A(settimeofday, P_SETTIME),
	A(clock_settime, P_SETTIME),
	A(adjtimex, P_SETTIME),
	A(clock_adjtime, P_SETTIME),
	A(landlock_create_ruleset, P_UNVEIL),
	A(landlock_add_rule, P_UNVEIL),
	A(landlock_restrict_self, P_UNVEIL),
	A(ptrace, P_TRACE),
	A(process_vm_readv, P_TRACE),
	A(personality, P_TRACE),
	A(prctl, P_TRACE),
	A(rt_tgsigqueueinfo, P_TRACE),
	{ 0, 0, 0, 0, 0, 0 }
};
