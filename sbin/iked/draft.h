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


#ifndef _IKED_DRAFT_H_
#define _IKED_DRAFT_H_

/*
 * An `ikev2' line as it is written; draft.c makes a policy of it.  The words
 * are the lexer's.
 */
#include <stdint.h>

#include "conf.h"

/* One end of a selector. */
struct draft_end {
	char		*de_host;	/* NULL: any */
	char		*de_nat;	/* A (B): this is B */
	char		*de_port;	/* NULL: any */
};

struct draft_sel {
	struct draft_sel *ds_next;
	struct draft_end ds_from;
	struct draft_end ds_to;
};

/* A transform by its name. */
struct draft_xform {
	struct draft_xform *dx_next;
	uint8_t		 dx_type;	/* IKE_T_ */
	char		*dx_name;
};

/* One `ikesa' or `childsa'. */
struct draft_clause {
	struct draft_clause *dc_next;
	struct draft_xform *dc_xform;
};

struct draft {
	char		*d_name;
	unsigned int	 d_flags;	/* POL_ */
	uint8_t		 d_af;		/* 4, 6 or 0 */
#define DRAFT_PROTOS	16
	unsigned int	 d_nprotos;	/* written */
	unsigned int	 d_nproto;	/* without doubles */
	uint8_t		 d_proto[DRAFT_PROTOS];	/* 0: any */
	char		*d_protoname;	/* the first that is not any */
	struct draft_sel *d_sel;
	char		*d_local;	/* NULL: any */
	char		*d_peer;
	int		 d_ends;	/* either of them is said */
	struct draft_clause *d_ikesa;
	struct draft_clause *d_childsa;
	struct draft_clause *d_clause;	/* the last of either */
	char		*d_srcid;
	char		*d_dstid;
	char		*d_ikelifetime;
	char		*d_lifetime;
	char		*d_bytes;
	char		*d_packets;
	char		*d_auth;	/* name of a method */
	char		*d_psk;
	int		 d_pskfile;	/* d_psk names it */
	char		*d_iface;
};

void	 draft_begin(struct conf *, int check);
/* Tell what is wrong, or add a policy. */
void	 draft_policy(const struct draft *);
void	 draft_proto(struct draft *, char *);
void	 draft_rdomain(const char *);
void	 draft_cfg(const char *);
void	 draft_tap(const char *);
void	 draft_dpd(const char *);

/* psk.c: to malloc'ed octets; 0, or -1 and told why. */
int	 psk_parse(const char *word, int isfile, uint8_t **, size_t *);

/* host.c */
struct ends {
	unsigned int	 en_n;
	struct conf_end	*en_end;	/* malloc'ed */
};

/*
 * All that a word stands for: an address, a network, an interface or a group
 * of them, a name.  NULL as a word is any: 0.0.0.0/0 and ::/0.  The answer
 * is NULL, or why not.
 */
const char	*host_resolve(struct ends *, const char *);
int		 host_iface(const char *);	/* 1 there is, 0 not, -1 ? */
void		 host_done(void);		/* forget what was asked */
const char	*end_print(const struct conf_end *);	/* two static ones */
int		 end_single(const struct conf_end *);	/* one host */

/* parse.y */
int		 conf_keyword(const char *);
int		 yyparse(void);

#endif /* _IKED_DRAFT_H_ */
