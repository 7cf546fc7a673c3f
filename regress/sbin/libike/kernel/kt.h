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

#ifndef _KT_H_
#define _KT_H_

/*
 * What the tests of PF_KEY share.
 */
#include <err.h>
#include <errno.h>
#include <string.h>

#include "kernel.h"

#define CHECK(e)	do {						\
	if (!(e))							\
		errx(1, "%s:%d: %s (errno %d: %s)", __FILE__, __LINE__,	\
		    #e, errno, strerror(errno));			\
} while (0)
#define IS(e, want)	do {						\
	int _got = (e);							\
									\
	if (_got != (want))						\
		errx(1, "%s:%d: %s: %s, not %s", __FILE__, __LINE__,	\
		    #e, strerror(_got), strerror(want));		\
} while (0)

extern const uint8_t	 key[64];
extern char		 logged[4096];	/* the last line of the library */

/* Does a tool say so? */
int		 says(const char *cmd, const char *what);
struct ike_addr	 addr(const char *);
/* Between 192.0.2.8, us, and 192.0.2.9: AES-128-GCM, tunnel, of a unit. */
struct ksa	 sa(int out, unsigned int unit);

#endif /* _KT_H_ */
