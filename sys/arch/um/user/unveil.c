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
 * unveil(2) by the host's Landlock.
 *
 * What Landlock allows is a sum: what a directory allows goes for all that
 * is below it, and rules that are in force cannot be added to.  So paths are
 * collected until they are locked, and a path that would have less than a
 * directory above it is refused.  A file can be made and removed by who may
 * do that in its directory, which is what "c" of a file gives.
 *
 * Stat(2), chdir(2) and what else does not open a file are not restricted,
 * nor is connecting to a socket of the host.
 */

#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/landlock.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "um.h"

/* of later headers, which know later versions */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER	(1ULL << 13)	/* version 2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE	(1ULL << 14)	/* version 3 */
#endif

#define L_READ		LANDLOCK_ACCESS_FS_READ_FILE
#define L_READDIR	LANDLOCK_ACCESS_FS_READ_DIR
#define L_WRITE		(LANDLOCK_ACCESS_FS_WRITE_FILE |		\
			    LANDLOCK_ACCESS_FS_TRUNCATE)
/* the host reads what it executes */
#define L_EXEC		(LANDLOCK_ACCESS_FS_EXECUTE | L_READ)
#define L_CREATE	(LANDLOCK_ACCESS_FS_MAKE_CHAR |			\
			    LANDLOCK_ACCESS_FS_MAKE_DIR |		\
			    LANDLOCK_ACCESS_FS_MAKE_REG |		\
			    LANDLOCK_ACCESS_FS_MAKE_SOCK |		\
			    LANDLOCK_ACCESS_FS_MAKE_FIFO |		\
			    LANDLOCK_ACCESS_FS_MAKE_BLOCK |		\
			    LANDLOCK_ACCESS_FS_MAKE_SYM |		\
			    LANDLOCK_ACCESS_FS_REMOVE_DIR |		\
			    LANDLOCK_ACCESS_FS_REMOVE_FILE |		\
			    LANDLOCK_ACCESS_FS_REFER)
#define L_ALL		(L_READ | L_READDIR | L_WRITE | L_EXEC | L_CREATE)

/* a process with a sanitizer looks at itself, and writes reports */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UM_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UM_SANITIZED
#endif

int	um_unveil(const char *, const char *);

struct um_veil {
	char		*v_path;	/* of the host, without links */
	uint64_t	 v_access;	/* L_ */
};

/*
 * What libc and the loader read on behalf of any program: where OpenBSD has
 * exceptions, too.  The second list goes with "x" alone.
 */
static const char *const um_libc[] = {
	"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf",
	"/etc/host.conf", "/etc/gai.conf", "/etc/services",
	"/etc/protocols", "/etc/localtime", "/usr/share/zoneinfo",
	"/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64",
	"/dev/null",
#ifdef UM_SANITIZED
	"/proc", "/usr", "/dev",
#endif
	NULL
}, *const um_loader[] = {
	"/lib", "/lib64", "/usr/lib", "/usr/lib64", NULL
};

static struct um_veil	*um_veils;
static size_t		 um_nveils;
static int		 um_locked;

static int
um_access_of(const char *permissions, uint64_t *access)
{
	*access = 0;
	for (; *permissions != '\0'; permissions++)
		switch (*permissions) {
		case 'r':
			*access |= L_READ | L_READDIR;
			break;
		case 'w':
			*access |= L_WRITE;
			break;
		case 'x':
			*access |= L_EXEC;
			break;
		case 'c':
			*access |= L_CREATE;
			break;
		default:
			errno = EINVAL;
			return (-1);
		}
	return (0);
}

/* The last name may be one that does not exist yet. */
static int
um_realpath(const char *path, char *real)
{
	char dir[PATH_MAX];
	const char *last;
	size_t n;

	if (realpath(path, real) != NULL)
		return (0);
	if (errno != ENOENT)
		return (-1);
	if (um_strlcpy(dir, path, sizeof(dir)) >= sizeof(dir)) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	if ((last = strrchr(path, '/')) == NULL) {
		last = path;
		strcpy(dir, ".");
	} else
		dir[++last - path] = '\0';
	if (last[0] == '\0' || realpath(dir, real) == NULL)
		return (-1);
	n = strlen(real);
	if ((size_t)snprintf(real + n, PATH_MAX - n, "%s%s",
	    n == 1 ? "" : "/", last) >= PATH_MAX - n) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	return (0);
}

/* Is it below the directory? */
static int
um_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return (path[1] != '\0');
	return (strncmp(path, dir, n) == 0 && path[n] == '/');
}

static int
um_expressible(const struct um_veil *new)
{
	const struct um_veil *v;
	size_t i;

	for (i = 0; i < um_nveils; i++) {
		v = &um_veils[i];
		if ((um_below(new->v_path, v->v_path) &&
		    (v->v_access & ~new->v_access) != 0) ||
		    (um_below(v->v_path, new->v_path) &&
		    (new->v_access & ~v->v_access) != 0)) {
			errno = EOPNOTSUPP;
			return (0);
		}
	}
	return (1);
}

/* In the place of what was said of that path before. */
static int
um_veil(const char *real, uint64_t access)
{
	struct um_veil new = { .v_access = access }, *p;
	size_t i;

	for (i = 0; i < um_nveils; i++)
		if (strcmp(um_veils[i].v_path, real) == 0) {
			free(um_veils[i].v_path);
			um_veils[i] = um_veils[--um_nveils];
			break;
		}
	if ((new.v_path = strdup(real)) == NULL)
		return (-1);
	p = reallocarray(um_veils, um_nveils + 1, sizeof(*p));
	if (p != NULL)
		um_veils = p;
	if (p == NULL || !um_expressible(&new)) {
		free(new.v_path);
		return (-1);
	}
	um_veils[um_nveils++] = new;
	return (0);
}

int
um_unveil(const char *path, const char *permissions)
{
	char host[PATH_MAX], real[PATH_MAX];
	uint64_t access;

	if ((path == NULL) != (permissions == NULL)) {
		errno = EINVAL;
		return (-1);
	}
	if (path == NULL)
		return (um_unveil_lock());
	if (um_access_of(permissions, &access) == -1)
		return (-1);
	if (um_locked) {
		errno = EPERM;
		return (-1);
	}
	if ((path = um_path(path, host, sizeof(host))) == NULL ||
	    um_realpath(path, real) == -1)
		return (-1);
	return (um_veil(real, access));
}

/* What the host's version knows; 0: it has none. */
static uint64_t
um_landlock(void)
{
	long version;

	version = syscall(__NR_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return (0);
	return (L_ALL & ~(version < 2 ? LANDLOCK_ACCESS_FS_REFER : 0) &
	    ~(version < 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0));
}

/* A path that is not there is none that could be read: 0, too. */
static int
um_allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr pb;
	struct stat st;
	int error, saved;

	pb.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (pb.parent_fd == -1)
		return (errno == ENOENT || errno == EACCES ? 0 : -1);
	if ((error = fstat(pb.parent_fd, &st)) == 0) {
		if (!S_ISDIR(st.st_mode))
			access &= L_READ | L_WRITE | L_EXEC;
		pb.allowed_access = access;
		if (access != 0)
			error = syscall(__NR_landlock_add_rule, rules,
			    LANDLOCK_RULE_PATH_BENEATH, &pb, 0);
	}
	saved = errno;
	close(pb.parent_fd);
	errno = saved;
	return (error == -1 ? -1 : 0);
}

/* "c" of a file, or of what is to become one, is its directory's. */
static int
um_allow_create(int rules, const struct um_veil *v, uint64_t known)
{
	uint64_t access = v->v_access & L_CREATE;
	char dir[PATH_MAX];
	struct stat st;
	char *slash;

	if (access == 0)
		return (0);
	if (stat(v->v_path, &st) == -1)
		access = v->v_access & ~L_READDIR;
	else if (S_ISDIR(st.st_mode))
		return (0);
	um_strlcpy(dir, v->v_path, sizeof(dir));
	slash = strrchr(dir, '/');
	slash[slash == dir] = '\0';
	return (um_allow(rules, dir, access & known));
}

static int
um_allow_list(int rules, const char *const *list, uint64_t access)
{
	char host[PATH_MAX];
	const char *p;

	for (; *list != NULL; list++) {
		if (um_allow(rules, *list, access) == -1)
			return (-1);
		p = um_path(*list, host, sizeof(host));
		if (p != NULL && p != *list &&
		    um_allow(rules, p, access) == -1)
			return (-1);
	}
	return (0);
}

static int
um_fill(int rules, uint64_t known)
{
	const struct um_veil *v;
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < um_nveils; i++) {
		v = &um_veils[i];
		any |= v->v_access;
		if (um_allow(rules, v->v_path, v->v_access & known) == -1 ||
		    um_allow_create(rules, v, known) == -1)
			return (-1);
	}
#ifdef UM_SANITIZED
	if (um_allow(rules, getenv("TMPDIR") != NULL ? getenv("TMPDIR") :
	    "/tmp", known) == -1)
		return (-1);
#endif
	if (um_allow_list(rules, um_libc, L_READ | L_READDIR) == -1)
		return (-1);
	return (any & LANDLOCK_ACCESS_FS_EXECUTE ?
	    um_allow_list(rules, um_loader, L_EXEC) : 0);
}

/*
 * Of this thread and those that it starts: who has more locks first.
 */
int
um_unveil_lock(void)
{
	struct landlock_ruleset_attr attr;
	int rules, error = -1, saved;

	if (um_locked)
		return (0);
	um_locked = 1;
	if (um_nveils == 0)
		return (0);
	memset(&attr, 0, sizeof(attr));
	if ((attr.handled_access_fs = um_landlock()) == 0) {
		dprintf(STDERR_FILENO, "%s: unveil: the host has no Landlock; "
		    "files are not restricted\n", um_getprogname());
		return (0);
	}
	rules = syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules == -1)
		return (-1);
	if (um_fill(rules, attr.handled_access_fs) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		error = syscall(__NR_landlock_restrict_self, rules, 0);
	saved = errno;
	close(rules);
	errno = saved;
	return (error);
}
