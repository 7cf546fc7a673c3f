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

#ifndef _HOST_MAIN_H_
#define _HOST_MAIN_H_

#include <machine/host.h>

/* What the command line said. */
struct bsd {
	struct kernel_args	 b_args;
	const char		*b_attach;	/* -a: the directory of another */
	const char		*b_dir;
	const char		*b_etc;
	const char		*b_name;
	char			**b_command;	/* NULL: a shell */
	int			 b_daemon;
	int			 b_verbose;	/* the console on stderr too */
	int			 b_private;	/* we made the directory */
};

/*
 * The directory of a running kernel: sock, console, pid, run/, and etc as
 * a link.  All of these exit with a message when something is wrong.
 */
void	dir_open(struct bsd *);
void	dir_ready(struct bsd *);	/* all is started: make "up" */
void	dir_close(struct bsd *);
/* Run the command, or a shell, on the kernel of that directory. */
void	dir_attach(struct bsd *) __attribute__((__noreturn__));

/* What runs on the kernel of -D, when there is no command. */
void	rc_adopt(void);			/* orphans become our children */
char	*rc_local(void);		/* path of the script, or NULL */
void	rc_signal(int);			/* to all children */

#endif /* _HOST_MAIN_H_ */
