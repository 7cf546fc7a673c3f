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


#ifndef _LIBIKE_LOG_H_
#define _LIBIKE_LOG_H_

/*
 * One line a call, to stderr (foreground) or syslog(3).  Never a key; what a
 * peer said goes through the _print functions, which make it printable.
 */

/* foreground: stderr; verbose: 0 info, 1 the same, 2 debug. */
void	 log_init(const char *name, int foreground, int verbose);
void	 log_setverbose(int);
int	 log_getverbose(void);

void	 log_warn(const char *, ...)	/* with errno's text */
	    __attribute__((__format__(printf, 1, 2)));
void	 log_warnx(const char *, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	 log_info(const char *, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	 log_debug(const char *, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	 fatal(const char *, ...)	/* with errno's text, exit 1 */
	    __attribute__((__noreturn__, __format__(printf, 1, 2)));
void	 fatalx(const char *, ...)
	    __attribute__((__noreturn__, __format__(printf, 1, 2)));

/* Warnings and errors go to the buffer, too; NULL: no more. */
struct buf;
void	 log_copyto(struct buf *);
int	 log_isforeground(void);

#endif /* _LIBIKE_LOG_H_ */
