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

#ifndef _ISAKMPD_CONF_H_
#define _ISAKMPD_CONF_H_

/*
 * isakmpd.conf(5) as text: sections of tags with values, from the file and
 * from the FIFO.  Names are kept as they are written and compared without
 * regard to case.
 */
#include <stddef.h>

#include "buf.h"

struct confdb;

struct confdb	*confdb_new(void);		/* NULL: no memory */
void		 confdb_free(struct confdb *);	/* values overwritten */

/*
 * Read a file over what there is: what an earlier file said is gone, what
 * the FIFO said stays and wins.  Errors are logged, "FILE: LINE: message",
 * all that there are; then -1, and nothing changed.  A file that others may
 * write, or, as it may hold keys, read, is refused.  missing: 0 is also for a
 * file that is not there.
 */
int		 confdb_read(struct confdb *, const char *file, int missing);
/* The same for octets that somebody else read; file is for messages. */
int		 confdb_parse(struct confdb *, const char *file,
		    const char *text, size_t len);

/*
 * What the FIFO can: 0, or -1 with *why, a static text that tells the cure.
 * set: without `force' only what has no value yet (from the FIFO).  add: to a
 * list, once.  rmv: one entry of a list.  rms: with the last connection of a
 * peer goes what the FIFO said of the peer, so that old keys and transforms do
 * not add up with those that it may say next.
 */
int		 confdb_set(struct confdb *, const char *section,
		    const char *tag, const char *value, int force,
		    const char **why);
int		 confdb_add(struct confdb *, const char *section,
		    const char *tag, const char *value, const char **why);
int		 confdb_rmv(struct confdb *, const char *section,
		    const char *tag, const char *value, const char **why);
int		 confdb_rm(struct confdb *, const char *section,
		    const char *tag, const char **why);
int		 confdb_rms(struct confdb *, const char *section,
		    const char **why);

/*
 * A rule begins to speak of that peer: what the FIFO said of it and of its
 * phase 1 before is over.
 */
void		 confdb_begin(struct confdb *, const char *peer);

/*
 * NULL: no such value; also of the sections that are built in (predefined
 * suites, transforms and lives, made when asked for).  Valid until the next
 * change.
 */
const char	*confdb_get(const struct confdb *, const char *section,
		    const char *tag);
/* Where it was said: "file: line" or "fifo"; never NULL; for messages. */
const char	*confdb_where(const struct confdb *, const char *section,
		    const char *tag);
int		 confdb_has(const struct confdb *, const char *section);
/*
 * The entries of a comma separated list, without spaces around; in order.
 * -1: no memory.  The caller frees by conflist_clear.
 */
struct conflist {
	size_t		  cl_n;
	char		**cl_word;
};
int		 confdb_list(const struct confdb *, const char *section,
		    const char *tag, struct conflist *);
void		 conflist_clear(struct conflist *);
/* The tags of a section, in order; confdb_sections: the sections. */
int		 confdb_tags(const struct confdb *, const char *section,
		    struct conflist *);
int		 confdb_sections(const struct confdb *, struct conflist *);
/* All of it as a file again; secrets (Authentication) only if asked for. */
void		 confdb_print(struct buf *, const struct confdb *, int secrets);

#endif /* _ISAKMPD_CONF_H_ */
