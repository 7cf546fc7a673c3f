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
 * The process: who it is, its routing table.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/umproto.h>

#include "um.h"

uid_t	um_getuid(void);
uid_t	um_geteuid(void);
int	um_setuid(uid_t);
int	um_seteuid(uid_t);
int	um_setgid(gid_t);
int	um_setegid(gid_t);
int	um_setresuid(uid_t, uid_t, uid_t);
int	um_setresgid(gid_t, gid_t, gid_t);
int	um_setgroups(size_t, const gid_t *);
int	um_gethostname(char *, size_t);
int	um_sysctl(const int *, unsigned int, void *, size_t *, void *, size_t);
int	um_getrtable(void);
int	um_setrtable(int);

/* The owner of the kernel is its superuser, whoever he is on the host. */
uid_t
um_mapuid(uid_t uid)
{
	uid_t owner;

	return (um_owner(&owner) == 0 && uid == owner ? 0 : uid);
}

/* The other way round, for a process that says 0 and is not. */
static uid_t
um_hostuid(uid_t uid)
{
	uid_t real = getuid();

	return (uid == 0 && um_mapuid(real) == 0 ? real : uid);
}

static gid_t
um_hostgid(gid_t gid)
{
	return (gid == 0 && um_mapuid(getuid()) == 0 && getuid() != 0 ?
	    getgid() : gid);
}

uid_t
um_getuid(void)
{
	return (um_mapuid(getuid()));
}

uid_t
um_geteuid(void)
{
	return (um_mapuid(geteuid()));
}

int
um_setuid(uid_t uid)
{
	return (setuid(um_hostuid(uid)));
}

int
um_seteuid(uid_t uid)
{
	return (seteuid(um_hostuid(uid)));
}

int
um_setgid(gid_t gid)
{
	return (setgid(um_hostgid(gid)));
}

int
um_setegid(gid_t gid)
{
	return (setegid(um_hostgid(gid)));
}

int
um_setresuid(uid_t r, uid_t e, uid_t s)
{
	return (setresuid(um_hostuid(r), um_hostuid(e), um_hostuid(s)));
}

int
um_setresgid(gid_t r, gid_t e, gid_t s)
{
	return (setresgid(um_hostgid(r), um_hostgid(e), um_hostgid(s)));
}

int
um_setgroups(size_t n, const gid_t *gids)
{
	return (setgroups(n, gids));
}

/* Without a kernel the name is the host's. */
int
um_gethostname(char *name, size_t size)
{
	const char *path = getenv("UM_SOCKET");
	int mib[2] = { B_CTL_KERN, B_KERN_HOSTNAME };

	if (path == NULL || path[0] == '\0')
		return (gethostname(name, size));
	return (um_sysctl(mib, 2, name, &size, NULL, 0));
}

int
um_sysctl(const int *name, unsigned int namelen, void *old, size_t *oldlen,
    void *new, size_t newlen)
{
	struct iovec iov = { (void *)(uintptr_t)name,
	    namelen * sizeof(*name) };
	struct um_call uc = { .uc_op = UMP_SYSCTL, .uc_arg = {
	    (uintptr_t)old, oldlen != NULL ? *oldlen : 0, (uintptr_t)new,
	    newlen }, .uc_iov = &iov, .uc_iovcnt = 1 };
	int error;

	error = um_rootcall(&uc);
	if (oldlen != NULL && (error == 0 || errno == ENOMEM))
		*oldlen = uc.uc_ret;
	return (error);
}

int
um_getrtable(void)
{
	return (um_rtable);
}

/* Programs that are executed go by the environment. */
int
um_setrtable(int table)
{
	struct um_call uc = { .uc_op = UMP_SETRTABLE,
	    .uc_arg = { um_rtable } };
	unsigned int old = um_rtable;
	char buf[12];

	if (table < 0 || table > 255) {
		errno = EINVAL;
		return (-1);
	}
	um_rtable = table;
	snprintf(buf, sizeof(buf), "%d", table);
	if (um_rootcall(&uc) == -1 || setenv("UM_RTABLE", buf, 1) == -1) {
		um_rtable = old;
		return (-1);
	}
	return (0);
}
