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

#ifndef _SYSCTL_H_
#define _SYSCTL_H_

#include <sys/types.h>
#include <sys/sysctl.h>

/* how a value is read and shown */
enum vartype {
	V_INT,
	V_QUAD,
	V_STRING,
	V_BOOTTIME,		/* struct timeval */
	V_PORTS,		/* bitmap of the ports */
	V_STRUCT		/* another program shows it: v_hint */
};

struct var {
	const char	*v_name;	/* from the root, with dots */
	int		 v_mib[CTL_MAXNAME];
	unsigned int	 v_miblen;
	enum vartype	 v_type;
	const char	*v_hint;
};

extern const struct var vars[];		/* sorted as they are shown */
extern const size_t nvars;

#endif /* _SYSCTL_H_ */
