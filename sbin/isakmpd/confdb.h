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

#ifndef _ISAKMPD_CONFDB_H_
#define _ISAKMPD_CONFDB_H_

/*
 * The inside of a confdb, for the files that make it.
 */
#include <sys/queue.h>

#include "conf.h"

#define CONF_MAXFIFO	200	/* octets of a field that the FIFO says */
#define CONF_MAXNAME	200	/* of a section or a tag, anywhere */
#define CONF_MAXVALUE	4096	/* of a value in a file */

/*
 * A value has three sources: what the file says, what the FIFO set, which
 * hides the former, and what the FIFO added to either.
 */
struct cfval {
	char			*cv_tag;	/* first: see cf_cmp */
	TAILQ_ENTRY(cfval)	 cv_entry;
	char			*cv_file;	/* any may be NULL */
	char			*cv_fifo;
	char			*cv_added;
	char			*cv_value;	/* what comes of them */
	unsigned int		 cv_line;
};

TAILQ_HEAD(cfvals, cfval);

struct cfsect {
	char			*cs_name;	/* first: see cf_cmp */
	TAILQ_ENTRY(cfsect)	 cs_entry;
	struct cfvals		 cs_vals;
	void			*cs_tree;	/* tsearch(3) by tag */
	unsigned int		 cs_line;	/* 0: not of the file */
};
TAILQ_HEAD(cfsects, cfsect);

struct confdb {
	char			*cd_file;
	struct cfsects		 cd_sects;
	void			*cd_tree;	/* tsearch(3) by name */
	struct confdb		*cd_builtin;	/* made so far, or NULL */
};

/* conf.c */
struct cfsect	*cf_sect(const struct confdb *, const char *name);
struct cfval	*cf_val(const struct cfsect *, const char *tag);
/* Made if there is none; NULL: no memory. */
struct cfsect	*cf_sect_make(struct confdb *, const char *name);
struct cfval	*cf_val_make(struct cfsect *, const char *tag);
/* After a change of the sources: 0 or -1. */
int		 cf_val_update(struct cfval *);
void		 cf_clear(struct confdb *);
/* Everything that the FIFO said, from one to another; 0 or -1. */
int		 cf_copyfifo(struct confdb *to, const struct confdb *from);
int		 conflist_add(struct conflist *, const char *, size_t);

/*
 * builtin.c: fills in the section called so, if one is built in: 1; 0: none;
 * -1: no memory.
 */
int		 builtin_make(const struct confdb *, const char *name,
		    struct confdb *into);
/*
 * Why a name that looks as if it were built in is not: a static text, or
 * NULL: it does not look so.
 */
const char	*builtin_why(const char *name);

#endif /* _ISAKMPD_CONFDB_H_ */
