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

#ifndef _ISAKMPD_MAKER_H_
#define _ISAKMPD_MAKER_H_

/*
 * How a model is made, for the files that make it.
 */
#include "model.h"

#define MK_MAXXFORMS	128	/* of a peer, of a connection */
#define MK_MAXSUITES	32

struct maker {
	const struct confdb	*mk_db;
	const struct model	*mk_old;	/* or NULL */
	const struct kalgs	*mk_algs;	/* or NULL */
	struct model		*mk_md;
	unsigned int		 mk_bad;
	int			 mk_nomem;
	void			*mk_told;	/* said of this configuration */
	void			*mk_failed;	/* sections that are left out */
};

/* A tag that may stand in a section; why it is not done, or NULL. */
struct tagdef {
	const char	*td_tag;
	const char	*td_note;
};

/* model_val.c */

/* Once for each text: an error; -1.  tag may be NULL. */
int	 mk_error(struct maker *, const char *section, const char *tag,
	    const char *, ...) __attribute__((__format__(printf, 4, 5)));
/* Once in the life of the process. */
void	 mk_warn(struct maker *, const char *section, const char *tag,
	    const char *, ...) __attribute__((__format__(printf, 4, 5)));
int	 mk_nomemory(struct maker *);		/* -1 */
/* A set of texts, without regard to case. */
int	 told_add(void **, const char *);	/* 1: new, 0, -1: no memory */
int	 told_has(void *const *, const char *);
void	 told_clear(void **);

/* Warns of tags that are not in the table, and of those with a note. */
void	 mk_tags(struct maker *, const char *section, const struct tagdef *);
/* The section that a tag refers to has to be there: 0 or -1. */
int	 mk_section(struct maker *, const char *section, const char *tag,
	    const char *name);
/* Below, what is not said leaves *out as it is; 0 or -1. */
int	 mk_number(struct maker *, const char *section, const char *tag,
	    unsigned int min, unsigned int max, unsigned int *out);
int	 mk_bool(struct maker *, const char *section, const char *tag,
	    int *out);
int	 mk_addr(struct maker *, const char *section, const char *tag,
	    struct ike_addr *out);
/* Of one host: not unspecified, nor broadcast, nor multicast. */
int	 mk_host(struct maker *, const char *section, const char *tag,
	    struct ike_addr *out);
int	 mk_named(struct maker *, const char *section, const char *tag,
	    int (*number)(const char *), int *out);
/* Of what X says alone, Y and Z are left 0. */
int	 mk_range(struct maker *, const char *section, const char *tag,
	    struct range *out);
/* As above, but it has to be said. */
int	 mk_need(struct maker *, const char *section, const char *tag,
	    const char *cure);
/* DOI and EXCHANGE_TYPE of a configuration, its tags. */
int	 mk_conf(struct maker *, const char *section, int *exch);
/* Life= of a transform, or the life that is meant without. */
int	 mk_life(struct maker *, const char *section, const char *otherwise,
	    struct life *);
/* The length of a key, as a cipher wants it. */
enum keykind { KEY_FIXED, KEY_AES, KEY_BLOWFISH };
int	 mk_keylen(struct maker *, const char *section, enum keykind,
	    struct range *);
/* For each entry of a list; stops at the first that is not 0. */
int	 mk_each(struct maker *, const char *section, const char *tag,
	    int (*fn)(struct maker *, const char *word, void *), void *arg);

/* model_id.c */
int	 mk_id1(struct maker *, const char *section, struct ike_id *);
int	 mk_id2(struct maker *, const char *section, struct p2_id *);
void	 mk_id2_addr(struct p2_id *, const struct ike_addr *);
void	 mk_id2_any(struct p2_id *, unsigned int family);

/* model_p1.c: what [Phase 1] lists; a peer by its name, NULL: left out */
void		 mk_phase1(struct maker *);
struct peer	*mk_peer(struct maker *, const char *name);
void		 peer_free(struct peer *);
int		 peer_equal_ends(const struct peer *, const struct peer *);

/* model_p2.c */
void		 mk_phase2(struct maker *);
void		 p2conf_free(struct p2conf *);
int		 p2_id_same(const struct p2_id *, const struct p2_id *);

/* model_suite.c: the transforms of a connection; 0 or -1 */
int		 mk_suites(struct maker *, const char *conn,
		    struct p2conf *);

#endif /* _ISAKMPD_MAKER_H_ */
