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


#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"

static const char	*log_name = "";
static int		 log_foreground = 1;
static int		 log_verbose;
static struct buf	*log_tee;

static void	 vlog(int, const char *, va_list)
		    __attribute__((__format__(printf, 2, 0)));

void
log_init(const char *name, int foreground, int verbose)
{
	log_name = name;
	log_foreground = foreground;
	log_verbose = verbose;
	tzset();
	/* At once: later there may be neither the path nor the right. */
	if (!foreground)
		openlog(getprogname(), LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void
log_setverbose(int verbose)
{
	log_verbose = verbose;
}

int
log_getverbose(void)
{
	return (log_verbose);
}

int
log_isforeground(void)
{
	return (log_foreground);
}

void
log_copyto(struct buf *buf)
{
	log_tee = buf;
}

/* One write a line: several processes share stderr. */
static void
log_line(int prio, const char *line, int len)
{
	char *out;

	if (log_tee != NULL && prio <= LOG_WARNING)
		buf_printf(log_tee, "%s\n", line);
	if (!log_foreground) {
		syslog(prio, "%s", line);
		return;
	}
	if ((out = malloc(len + 1)) == NULL)
		return;
	memcpy(out, line, len);
	out[len] = '\n';
	if (write(STDERR_FILENO, out, len + 1) == -1) {
		/* nobody is left to tell */
	}
	free(out);
}

static void
vlog(int prio, const char *fmt, va_list ap)
{
	int len, saved = errno;
	char *line;

	if ((len = vasprintf(&line, fmt, ap)) != -1) {
		log_line(prio, line, len);
		free(line);
	}
	errno = saved;
}

static void
log_errno(int prio, const char *before, const char *fmt, va_list ap, int error)
{
	const char *why = error != 0 ? strerror(error) : "";
	char *text, *line;
	int len;

	if (vasprintf(&text, fmt, ap) == -1)
		return;
	len = asprintf(&line, "%s%s%s%s", before, text,
	    error != 0 && *text != '\0' ? ": " : "", why);
	if (len != -1) {
		log_line(prio, line, len);
		free(line);
	}
	free(text);
}

void
log_warn(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	log_errno(LOG_WARNING, "", fmt, ap, saved);
	va_end(ap);
	errno = saved;
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (log_verbose < 2)
		return;
	va_start(ap, fmt);
	vlog(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

static void
vfatal(const char *fmt, va_list ap, int error)
{
	char before[32];

	snprintf(before, sizeof(before), "%s: ", log_name);
	log_errno(LOG_CRIT, before, fmt, ap, error);
	exit(1);
}

void
fatal(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	vfatal(fmt, ap, saved);
	va_end(ap);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfatal(fmt, ap, 0);
	va_end(ap);
	exit(1);
}
