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

#ifndef _CONF_H_
#define _CONF_H_

#include <stdint.h>
#include <stdio.h>

#include "ipsecctl.h"

/*
 * lex.c: words of the configuration, with macros expanded and files
 * included.  Punctuation is its own token.
 */
enum { LEX_EOF, LEX_NEWLINE = 256, LEX_WORD, LEX_STRING, LEX_MACRO, LEX_BAD };

/* What ipsec.conf(5) calls a rule, and where it began. */
struct statement {
	const char	*file;
	int		 line;
	int		 bad;		/* an error has been told */
};
extern struct statement stmt;

/* Open the first file: -1 and told why. */
int	 lex_open(const char *);
void	 lex_include(const char *);
/* The text is valid until lex_end(). */
int	 lex_token(char **);
/* The statement is over: wipe and forget its words. */
void	 lex_end(void);
void	*lex_alloc(size_t);
/* name=value for the rest of the file; those of -D win. */
void	 lex_define(const char *, const char *);
void	 lex_close(void);
int	 lex_errors(void);

/* One line on the statement, which is dropped. */
void	 conf_error(const char *, ...) __attribute__((format(printf, 1, 2)));
void	 conf_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
/* The parser is lost at the last token; the hint shows what is right. */
void	 lex_error(const char *);
/* May a file with secrets be that user's? */
int	 lex_is_owner(uid_t);
/* NULL and why not: what holds secrets must be the owner's alone. */
FILE	*lex_fopen(const char *, const char **);

/*
 * conf.c: statements become rules.  Strings are the lexer's.
 */
struct host {
	struct host	*next;
	struct host	*last;		/* of the list that begins here */
	char		*name;		/* NULL: any */
	char		*nat;		/* A (B): this is B */
};

enum stmtkind { STMT_NONE, STMT_FLOW, STMT_SA, STMT_IKE };

/* transforms of one phase, as written */
struct draftxf {
	char		*auth;
	char		*enc;
	char		*group;
	char		*lifetime;
};

struct draft {
	enum stmtkind	 kind;
	int		 satype;
	int		 tmode;		/* 0 not said, TMODE_ */
#define TMODE_TUNNEL	1
#define TMODE_TRANSPORT	2
	int		 dir;		/* 0 not said */
	int		 flowtype;	/* 0 not said */
	int		 udpencap;
	int		 esn;
	int		 testonly;
	int		 authfile;	/* the key's words name files */
	int		 encfile;
	int		 ikemode;	/* 0 not said */
#define IKE_ACTIVE	1
#define IKE_PASSIVE	2
#define IKE_DYNAMIC	3
	int		 exchange;	/* 0 not said */
#define IKE_MAIN	1
#define IKE_AGGRESSIVE	2
	int		 quick;
	int		 rsa;
	struct draftxf	 p1;
	struct draftxf	 p2;
	char		*psk;
	char		*tag;
	char		*proto;
	char		*sport;
	char		*dport;
	char		*srcid;
	char		*dstid;
	char		*spi;
	char		*udpport;
	char		*auth;
	char		*enc;
	char		*comp;
	char		*authkey;
	char		*enckey;
	char		*bundle;
	char		*iface;
	struct host	*from;
	struct host	*to;
	struct host	*local;
	struct host	*peer;
};

void	 conf_begin(int, struct rulelist *);
/* Turn the draft into rules, unless it is bad. */
void	 conf_rule(const struct draft *);
/* After the last statement: bundles, and what no two rules may share. */
void	 conf_finish(void);

/* What kinds of rules share. */
void	 conf_add(struct rule *);
void	 conf_proto(const struct draft *, struct rule *);
in_port_t conf_port(const char *, const struct rule *);
/*
 * Of several addresses the one that is of the family of the other end, which
 * may be NULL, and not of a link alone.  0; -1 and told why.
 */
int	 conf_onehost(const struct host *, const struct host *other,
	    const char *, struct addr *);
/* Does the address find one of its family?  "any" need not. */
int	 conf_partner(const struct addr *, const struct addrlist *);
/* unit of an interface's name; -1 and told why */
int	 conf_unit(const char *, uint32_t *);
/* Those rules that are wanted, sorted, equal ones in the file's order. */
struct rule **conf_sorted(int (*)(const struct rule *),
	    int (*)(const void *, const void *), size_t *);
/* The next error is this rule's. */
void	 conf_blame(const struct rule *);

/* ikeconf.c */
void	 conf_ike_begin(int);
void	 conf_ike(const struct draft *);
void	 conf_ike_check(void);

/* key.c: bytes from "0x00ff", or from a file that holds that */
int	 key_parse(const char *, int, struct key *);

int	 yyparse(void);

#endif /* _CONF_H_ */
