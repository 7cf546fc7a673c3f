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

#ifndef _UM_UNISTD_H_
#define _UM_UNISTD_H_

#include <sys/types.h>
#include_next <unistd.h>
#include <getopt.h>

__BEGIN_DECLS
ssize_t	read(int, void *, size_t) __UM_STUB(read);
ssize_t	write(int, const void *, size_t) __UM_STUB(write);

/* paths below /etc and /var/run are this machine's, see um(7) */
int	access(const char *, int) __UM_STUB(access);
int	chown(const char *, uid_t, gid_t) __UM_STUB(chown);
int	rmdir(const char *) __UM_STUB(rmdir);
int	unlink(const char *) __UM_STUB(unlink);

/* who the superuser is, is the kernel's business */
uid_t	getuid(void) __UM_STUB(getuid);
uid_t	geteuid(void) __UM_STUB(geteuid);
int	setuid(uid_t) __UM_STUB(setuid);
int	seteuid(uid_t) __UM_STUB(seteuid);
int	setgid(gid_t) __UM_STUB(setgid);
int	setegid(gid_t) __UM_STUB(setegid);
int	setresuid(uid_t, uid_t, uid_t) __UM_STUB(setresuid);
int	setresgid(gid_t, gid_t, gid_t) __UM_STUB(setresgid);
int	setgroups(size_t, const gid_t *) __UM_STUB(setgroups);
int	chroot(const char *) __UM_STUB(chroot);

int	gethostname(char *, size_t) __UM_STUB(gethostname);
int	getpeereid(int, uid_t *, gid_t *) __UM_STUB(getpeereid);
void	closefrom(int) __UM_STUB(closefrom);	/* spares libum's own */

int	pledge(const char *, const char *) __UM_STUB(pledge);
int	unveil(const char *, const char *) __UM_STUB(unveil);

/* the host's, which shows them under _GNU_SOURCE only */
int	pipe2(int [2], int);
int	getresuid(uid_t *, uid_t *, uid_t *);
__END_DECLS

#endif
