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
#define _GNU_SOURCE
#include <sys/prctl.h>

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main.h"

/*
 * The machine of bsd -D has init(8)'s part in it: what rc.local leaves
 * running is its child, however many parents ended in between, and is told
 * to end before the kernel does.
 */

static char	rc_path[PATH_MAX];

void
rc_adopt(void)
{
	/* refused by hosts that cannot: then they see the kernel go */
	prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
}

/* NULL if the machine has none. */
char *
rc_local(void)
{
	const char *etc = getenv("UM_ETC");

	if (etc == NULL || snprintf(rc_path, sizeof(rc_path), "%s/rc.local",
	    etc) >= (int)sizeof(rc_path) || access(rc_path, F_OK) == -1)
		return (NULL);
	return (rc_path);
}

/* The parent of a process that runs, or -1. */
static long
rc_parent(const char *pid)
{
	char path[64], line[512], state;
	const char *p = NULL;
	long parent;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	if ((f = fopen(path, "re")) == NULL)
		return (-1);
	/* the name before it may have any characters, these among them */
	if (fgets(line, sizeof(line), f) != NULL)
		p = strrchr(line, ')');
	fclose(f);
	if (p == NULL || sscanf(p, ") %c %ld", &state, &parent) != 2 ||
	    state == 'Z')
		return (-1);
	return (parent);
}

void
rc_signal(int sig)
{
	struct dirent *de;
	DIR *dir;

	if ((dir = opendir("/proc")) == NULL)
		return;
	while ((de = readdir(dir)) != NULL)
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9' &&
		    rc_parent(de->d_name) == getpid())
			kill(atoi(de->d_name), sig);
	closedir(dir);
}
