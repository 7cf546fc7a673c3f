%{
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


/*
 * Grammar of iked.conf(5).  The order of a policy's parts is fixed; who has
 * another in mind is told which two to change.  Actions fill a draft, which
 * draft.c turns into a policy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "draft.h"
#include "lex.h"
#include "log.h"

static struct conf	*conf;
static struct draft	 draft;

static int		 yylex(void);
static void		 yyerror(const char *);
static void		 finish(void);
static void		 set(int);
static struct draft_end	 end(char *, char *);
static void		 add_sel(struct draft_end, struct draft_end);
static void		 add_clause(struct draft_clause **);
static void		 add_xform(uint8_t, char *);
static char		*append(const char *, const char *);
static void		 refuse(const char *, const char *);
%}

%union {
	char		*str;
	int		 num;
	struct draft_end end;
}

%token	ACTIVE AH ANY AUTH BYTES CHILDSA CONFIG DPD DSTID DYNAMIC EAP ENC ESN
%token	ESP FILENAME FROM GROUP IFACE IKELIFETIME IKESA IKEV2 INCLUDE INET
%token	INET6 IPCOMP LIFETIME LOCAL MAXAGE NATT NOESN OCSP PACKETS PASSIVE
%token	PEER PORT PRF PROTO PSK RDOMAIN REQUEST SET SRCID STICKY TAG TAP TO
%token	TOLERATE TRANSPORT TUNNEL USER
%token	<num> EVAL SETTING
%token	<str> WORD STRING MACRO
%type	<str> word values host1 protocol
%type	<end> host from to

%%

grammar	: /* empty */
	| grammar line		{ finish(); }
	;

line	: INCLUDE word '\n'	{ lex_include($2); }
	| MACRO '=' values '\n'	{ lex_define($1, $3); }
	| SET setting '\n'
	| USER word word '\n'	{
		refuse("user, EAP", "use psk or certificates");
	}
	| policy '\n'		{ draft_policy(&draft); }
	| error '\n'		{ yyerrok; }
	;

setting	: ACTIVE		{ set(-CONF_PASSIVE); }
	| PASSIVE		{ set(CONF_PASSIVE); }
	| SETTING		{ set($1); }
	| STICKY		{
		refuse("stickyaddress", "no addresses are handed out");
	}
	| DPD word		{ draft_dpd($2); }
	| OCSP word tolerate	{
		refuse("ocsp", "put a CRL into /etc/iked/crls");
	}
	;

tolerate: /* empty */
	| TOLERATE word
	| TOLERATE word MAXAGE word
	;

policy	: IKEV2 name eval mode ipcomp tmode natt satype af proto rdomain
	  selectors ends ikesas childsas srcid dstid ikelifetime lifetime
	  auth cfgs iface filters
	;

name	: /* empty */
	| word			{ draft.d_name = $1; }
	;

eval	: /* empty */
	| EVAL			{ draft.d_flags |= $1; }
	;

mode	: /* empty */
	| ACTIVE		{ draft.d_flags |= POL_ACTIVE; }
	| PASSIVE
	;

ipcomp	: /* empty */
	| IPCOMP		{ refuse("ipcomp", "leave it out"); }
	;

tmode	: /* empty */
	| TUNNEL
	| TRANSPORT		{ draft.d_flags |= POL_TRANSPORT; }
	;

natt	: /* empty */
	| NATT			{ draft.d_flags |= POL_NATT; }
	;

satype	: /* empty */
	| ESP
	| AH			{ draft.d_flags |= POL_AH; }
	;

af	: /* empty */
	| INET			{ draft.d_af = 4; }
	| INET6			{ draft.d_af = 6; }
	;

proto	: /* empty */
	| PROTO protocol	{ draft_proto(&draft, $2); }
	| PROTO '{' protocols '}'
	;

protocols
	: protocol		{ draft_proto(&draft, $1); }
	| protocols comma protocol {
		draft_proto(&draft, $3);
	}
	;

protocol: word
	| ESP			{ $$ = "esp"; }
	| AH			{ $$ = "ah"; }
	| IPCOMP		{ $$ = "ipcomp"; }
	;

comma	: /* empty */
	| ','
	;

rdomain	: /* empty */
	| RDOMAIN word		{ draft_rdomain($2); }
	;

selectors
	: selector
	| selectors comma selector
	;

selector: from to		{ add_sel($1, $2); }
	| to from		{ add_sel($2, $1); }
	;

from	: FROM host		{ $$ = $2; }
	| FROM host PORT word	{ $$ = $2; $$.de_port = $4; }
	;

to	: TO host		{ $$ = $2; }
	| TO host PORT word	{ $$ = $2; $$.de_port = $4; }
	;

host	: host1			{ $$ = end($1, NULL); }
	| word '(' word ')'	{ $$ = end($1, $3); }
	| DYNAMIC		{
		refuse("dynamic", "no addresses are handed out, write any");
		$$ = end(NULL, NULL);
	}
	;

host1	: word
	| ANY			{ $$ = NULL; }
	;

ends	: /* empty */
	| local
	| peer
	| local peer
	| peer local
	;

local	: LOCAL host1		{ draft.d_local = $2; draft.d_ends = 1; }
	;

peer	: PEER host1		{ draft.d_peer = $2; draft.d_ends = 1; }
	;

ikesas	: /* empty */
	| ikesas ikesa xforms
	;

ikesa	: IKESA			{ add_clause(&draft.d_ikesa); }
	;

childsas: /* empty */
	| childsas childsa xforms
	;

childsa	: CHILDSA		{ add_clause(&draft.d_childsa); }
	;

xforms	: /* empty */
	| xforms xform
	;

xform	: AUTH word		{ add_xform(IKE_T_INTEG, $2); }
	| ENC word		{ add_xform(IKE_T_ENCR, $2); }
	| PRF word		{ add_xform(IKE_T_PRF, $2); }
	| GROUP word		{ add_xform(IKE_T_DH, $2); }
	| ESN			{ add_xform(IKE_T_ESN, "esn"); }
	| NOESN			{ add_xform(IKE_T_ESN, "noesn"); }
	;

srcid	: /* empty */
	| SRCID word		{ draft.d_srcid = $2; }
	;

dstid	: /* empty */
	| DSTID word		{ draft.d_dstid = $2; }
	;

ikelifetime
	: /* empty */
	| IKELIFETIME word	{ draft.d_ikelifetime = $2; }
	;

lifetime: /* empty */
	| LIFETIME word bytes packets {
		draft.d_lifetime = $2;
	}
	;

bytes	: /* empty */
	| BYTES word		{ draft.d_bytes = $2; }
	;

packets	: /* empty */
	| PACKETS word		{ draft.d_packets = $2; }
	;

auth	: /* empty */
	| PSK word		{ draft.d_psk = $2; }
	| PSK FILENAME word	{ draft.d_psk = $3; draft.d_pskfile = 1; }
	| EAP word		{
		refuse("eap", "use psk or certificates");
	}
	| word			{ draft.d_auth = $1; }
	;

cfgs	: /* empty */
	| cfgs CONFIG word word	{ draft_cfg($3); }
	| cfgs REQUEST word host1 {
		draft_cfg($3);
	}
	;

iface	: /* empty */
	| IFACE word		{ draft.d_iface = $2; }
	;

filters	: /* empty */
	| filters TAG word	{
		refuse("tag", "there is no packet filter");
	}
	| filters TAP word	{ draft_tap($3); }
	;

word	: WORD
	| STRING
	;

values	: word
	| values word		{ $$ = append($1, $2); }
	;
%%

/*
 * rank: which part of a policy it begins, counted in their order; 0: none.
 */
static const struct keyword {
	const char	*kw_name;
	int		 kw_token;
	int		 kw_num;
	int		 kw_rank;
	int		 kw_value;	/* a word has to follow */
} keywords[] = {
	/* sorted */
	{ "active",		ACTIVE, 0, 2, 0 },
	{ "ah",			AH, 0, 6, 0 },
	{ "any",		ANY, 0, 0, 0 },
	{ "auth",		AUTH, 0, 0, 1 },
	{ "bytes",		BYTES, 0, 0, 1 },
	{ "cert_partial_chain",	SETTING, CONF_PARTIALCHAIN, 0, 0 },
	{ "childsa",		CHILDSA, 0, 13, 0 },
	{ "config",		CONFIG, 0, 19, 1 },
	{ "couple",		SETTING, -CONF_DECOUPLE, 0, 0 },
	{ "decouple",		SETTING, CONF_DECOUPLE, 0, 0 },
	{ "default",		EVAL, POL_DEFAULT, 1, 0 },
	{ "dpd_check_interval",	DPD, 0, 0, 1 },
	{ "dstid",		DSTID, 0, 15, 1 },
	{ "dynamic",		DYNAMIC, 0, 0, 0 },
	{ "eap",		EAP, 0, 18, 1 },
	{ "enc",		ENC, 0, 0, 1 },
	{ "enforcesingleikesa",	SETTING, CONF_SINGLEIKE, 0, 0 },
	{ "esn",		ESN, 0, 0, 0 },
	{ "esp",		ESP, 0, 6, 0 },
	{ "file",		FILENAME, 0, 0, 1 },
	{ "fragmentation",	SETTING, CONF_FRAGMENT, 0, 0 },
	{ "from",		FROM, 0, 10, 1 },
	{ "group",		GROUP, 0, 0, 1 },
	{ "iface",		IFACE, 0, 20, 1 },
	{ "ikelifetime",	IKELIFETIME, 0, 16, 1 },
	{ "ikesa",		IKESA, 0, 12, 0 },
	{ "ikev2",		IKEV2, 0, 0, 0 },
	{ "include",		INCLUDE, 0, 0, 1 },
	{ "inet",		INET, 0, 7, 0 },
	{ "inet6",		INET6, 0, 7, 0 },
	{ "ipcomp",		IPCOMP, 0, 3, 0 },
	{ "lifetime",		LIFETIME, 0, 17, 1 },
	{ "local",		LOCAL, 0, 11, 1 },
	{ "maxage",		MAXAGE, 0, 0, 1 },
	{ "mobike",		SETTING, CONF_MOBIKE, 0, 0 },
	{ "natt",		NATT, 0, 5, 0 },
	{ "noenforcesingleikesa", SETTING, -CONF_SINGLEIKE, 0, 0 },
	{ "noesn",		NOESN, 0, 0, 0 },
	{ "nofragmentation",	SETTING, -CONF_FRAGMENT, 0, 0 },
	{ "nomobike",		SETTING, -CONF_MOBIKE, 0, 0 },
	{ "nostickyaddress",	SETTING, 0, 0, 0 },
	{ "novendorid",		SETTING, -CONF_VENDORID, 0, 0 },
	{ "ocsp",		OCSP, 0, 0, 1 },
	{ "packets",		PACKETS, 0, 0, 1 },
	{ "passive",		PASSIVE, 0, 2, 0 },
	{ "peer",		PEER, 0, 11, 1 },
	{ "port",		PORT, 0, 0, 1 },
	{ "prf",		PRF, 0, 0, 1 },
	{ "proto",		PROTO, 0, 8, 1 },
	{ "psk",		PSK, 0, 18, 1 },
	{ "quick",		EVAL, POL_QUICK, 1, 0 },
	{ "rdomain",		RDOMAIN, 0, 9, 1 },
	{ "request",		REQUEST, 0, 19, 1 },
	{ "set",		SET, 0, 0, 0 },
	{ "skip",		EVAL, POL_SKIP, 1, 0 },
	{ "srcid",		SRCID, 0, 14, 1 },
	{ "stickyaddress",	STICKY, 0, 0, 0 },
	{ "tag",		TAG, 0, 21, 1 },
	{ "tap",		TAP, 0, 21, 1 },
	{ "to",			TO, 0, 10, 1 },
	{ "tolerate",		TOLERATE, 0, 0, 1 },
	{ "transport",		TRANSPORT, 0, 4, 0 },
	{ "tunnel",		TUNNEL, 0, 4, 0 },
	{ "user",		USER, 0, 0, 1 },
	{ "vendorid",		SETTING, CONF_VENDORID, 0, 0 },
};

static unsigned int	 at;		/* token that is next, one more: none */

static int
keyword_cmp(const void *name, const void *kw)
{
	return (strcmp(name, ((const struct keyword *)kw)->kw_name));
}

static const struct keyword *
keyword_find(const char *name)
{
	return (bsearch(name, keywords, sizeof(keywords) /
	    sizeof(keywords[0]), sizeof(keywords[0]), keyword_cmp));
}

int
conf_keyword(const char *word)
{
	return (keyword_find(word) != NULL);
}

/* NULL: it is none, because of quotes, say. */
static const struct keyword *
keyword_of(const struct token *t)
{
	return (t->tk_kind == LEX_WORD ? keyword_find(t->tk_text) : NULL);
}

static int
is_macro(void)
{
	return (stmt.st_n > 1 && stmt.st_tok[1].tk_kind == '=');
}

/* The name in a definition, which must be good to be found behind a $. */
static int
macro_name(const struct token *t)
{
	const char *s = t->tk_text;

	if (keyword_of(t) != NULL)
		conf_error("%s is a keyword: give the macro another name", s);
	else if (strpbrk(s, " \t") != NULL)
		conf_error("macro name cannot contain whitespace");
	else if (*s == '\0' || strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != strlen(s))
		/* not shown: base64 ends in = */
		conf_error("macro name: only letters, digits and _ can be "
		    "in it");
	return (MACRO);
}

static int
yylex(void)
{
	const struct keyword *kw;
	const struct token *t;

	if (at > stmt.st_n) {
		if (!lex_line())
			return (0);
		at = 0;
	} else if (at == stmt.st_n) {
		at++;
		return ('\n');
	}
	t = &stmt.st_tok[at++];
	yylval.str = t->tk_text;
	if (at == 1 && is_macro())
		return (macro_name(t));
	if (t->tk_kind == LEX_STRING)
		return (STRING);
	if (t->tk_kind != LEX_WORD)
		return (t->tk_kind);
	if ((kw = is_macro() ? NULL : keyword_of(t)) == NULL)
		return (WORD);
	if (kw->kw_token == SETTING || kw->kw_token == EVAL)
		yylval.num = kw->kw_num;
	return (kw->kw_token);
}

/*
 * What to write instead.
 */
static const char *
shape(void)
{
	const struct keyword *kw = keyword_of(&stmt.st_tok[0]);

	if (is_macro())
		return ("write name = \"value\"");
	switch (kw != NULL ? kw->kw_token : 0) {
	case IKEV2:
		return ("write ikev2 [\"name\"] [quick|skip|default] "
		    "[active|passive] [tunnel|transport] [esp|ah] "
		    "[inet|inet6] from A to B [local L] [peer P] "
		    "[ikesa ...] [childsa ...] [srcid S] "
		    "[dstid D] [ikelifetime T] [lifetime T [bytes N] "
		    "[packets N]] [psk \"key\"] [iface secN]");
	case SET:
		return ("write set and one option, see iked.conf(5)");
	case INCLUDE:
		return ("write include \"file\"");
	case USER:
		return ("write user \"name\" \"password\"");
	default:
		return ("a line begins with ikev2, set, include, or it is "
		    "name = \"value\"");
	}
}

/* A part may be there more than once. */
static int
is_repeated(int rank)
{
	return (rank == 10 || rank == 12 || rank == 13 || rank == 19 ||
	    rank == 21);
}

/* The keyword is one of a policy, but not where it stands; 0: it is. */
static int
misplaced(unsigned int i, const struct keyword *kw)
{
	const char *name = kw->kw_name;
	unsigned int nr = stmt.st_tok[i].tk_line, j;
	const struct keyword *other;
	int selectors = 0;

	for (j = 1; j < i; j++) {
		if ((other = keyword_of(&stmt.st_tok[j])) == NULL)
			continue;
		selectors |= other->kw_rank == 10;
		if (other->kw_rank > kw->kw_rank)
			conf_error_at(nr, "syntax error: `%s' has to stand "
			    "before `%s'", name, other->kw_name);
		else if (other->kw_rank == kw->kw_rank &&
		    !is_repeated(kw->kw_rank))
			conf_error_at(nr, strcmp(name, other->kw_name) == 0 ?
			    "syntax error: `%s' is given twice" :
			    "syntax error: `%s' is given beside `%s': only "
			    "one can be", name, other->kw_name);
	}
	if (kw->kw_rank > 10 && !selectors)
		conf_error_at(nr, "syntax error: `from' and `to' have to "
		    "stand before `%s'", name);
	return (stmt.st_bad);
}

/* Where a keyword belongs that begins no part of a policy. */
static const char *
belongs(int token)
{
	switch (token) {
	case AUTH:
	case ENC:
	case ESN:
	case GROUP:
	case NOESN:
	case PRF:
		return ("`ikesa' or `childsa'");
	case BYTES:
	case PACKETS:
		return ("the time of `lifetime'");
	case FILENAME:
		return ("`psk'");
	case PORT:
		return ("the host of `from' or `to'");
	case MAXAGE:
	case TOLERATE:
		return ("`set ocsp'");
	default:
		return (NULL);
	}
}

/* As a keyword misspelled, and as no part of a key. */
static int
is_plain(const char *word)
{
	size_t n;

	if (word == NULL)
		return (0);
	n = strspn(word, "abcdefghijklmnopqrstuvwxyz");
	return (n > 0 && n <= 16 && (word[n] == '\0' ||
	    (word[n] >= '0' && word[n] <= '9' && word[n + 1] == '\0')));
}

/* How to call a token in a message, which must not show a key. */
static const char *
name_of(unsigned int i)
{
	static char name[80];
	const struct token *t = &stmt.st_tok[i];
	unsigned int j;

	if (t->tk_kind == LEX_STRING)
		return ("a string in quotes");
	/* no line of ours: it may be a file of keys that was named */
	if (keyword_of(&stmt.st_tok[0]) == NULL && !is_macro() &&
	    !is_plain(stmt.st_tok[0].tk_text))
		return ("its beginning");
	for (j = 0; j < i && keyword_of(t) == NULL; j++)
		if (strcasecmp(stmt.st_tok[j].tk_text, "psk") == 0 ||
		    strcmp(stmt.st_tok[j].tk_text, "user") == 0)
			return ("a word behind the secret");
	snprintf(name, sizeof(name), "\"%s\"", lex_show(t->tk_text));
	return (name);
}

/* The parser is lost at the token. */
static void
syntax_error(unsigned int i)
{
	const struct token *t = &stmt.st_tok[i];
	const struct keyword *kw = keyword_of(t), *before;

	before = i > 0 ? keyword_of(t - 1) : NULL;
	if (before != NULL && before->kw_value && kw != NULL)
		conf_error_at(t->tk_line, "syntax error: `%s' needs a word "
		    "behind it: if %s is meant, put it in quotes",
		    before->kw_name, kw->kw_name);
	else if (t->tk_kind < LEX_WORD && strchr("=<>!", t->tk_kind) != NULL)
		conf_error_at(t->tk_line, "syntax error near \"%s\": a word "
		    "with that in it has to stand in quotes", t->tk_text);
	else if (kw != NULL && kw->kw_rank != 0 &&
	    keyword_of(&stmt.st_tok[0]) != NULL &&
	    keyword_of(&stmt.st_tok[0])->kw_token == IKEV2 &&
	    misplaced(i, kw))
		return;
	else if (kw != NULL && kw->kw_rank == 10 && i > 0)
		conf_error_at(t->tk_line, "syntax error near \"%s\": `from' "
		    "and `to' have to come in pairs", kw->kw_name);
	else if (kw != NULL && i > 0 && belongs(kw->kw_token) != NULL)
		conf_error_at(t->tk_line, "syntax error: `%s' belongs behind "
		    "%s", kw->kw_name, belongs(kw->kw_token));
	else
		conf_error_at(t->tk_line, "syntax error near %s: %s",
		    name_of(i), shape());
}

static void
yyerror(const char *msg)
{
	const struct token *last;
	const struct keyword *kw;

	/* else the parser's stack is too small */
	if (strcmp(msg, "syntax error") != 0)
		conf_error("%s", msg);
	else if (at <= stmt.st_n)
		syntax_error(at - 1);
	else {
		last = &stmt.st_tok[stmt.st_n - 1];
		kw = keyword_of(last);
		if (kw != NULL && kw->kw_value)
			conf_error_at(last->tk_line, "syntax error at the end "
			    "of the line: `%s' needs a word behind it",
			    kw->kw_name);
		else
			conf_error_at(last->tk_line, "syntax error at the end "
			    "of the line: %s", shape());
	}
}

static void
finish(void)
{
	memset(&draft, 0, sizeof(draft));
}

static void
refuse(const char *what, const char *cure)
{
	conf_error("%s: not supported: %s", what, cure);
}

/* A flag of the configuration; below zero it is cleared. */
static void
set(int flag)
{
	if (flag < 0)
		conf->conf_flags &= ~(unsigned int)-flag;
	else
		conf->conf_flags |= flag;
}

static struct draft_end
end(char *host, char *nat)
{
	struct draft_end de = { .de_host = host, .de_nat = nat };

	return (de);
}

static void
add_sel(struct draft_end from, struct draft_end to)
{
	struct draft_sel **last, *ds = lex_alloc(sizeof(*ds));

	ds->ds_from = from;
	ds->ds_to = to;
	for (last = &draft.d_sel; *last != NULL; last = &(*last)->ds_next)
		;
	*last = ds;
}

/* To the end of the list, where add_xform() then goes on. */
static void
add_clause(struct draft_clause **last)
{
	while (*last != NULL)
		last = &(*last)->dc_next;
	*last = draft.d_clause = lex_alloc(sizeof(**last));
}

static void
add_xform(uint8_t type, char *name)
{
	struct draft_xform **last, *dx = lex_alloc(sizeof(*dx));

	dx->dx_type = type;
	dx->dx_name = name;
	for (last = &draft.d_clause->dc_xform; *last != NULL;
	    last = &(*last)->dx_next)
		;
	*last = dx;
}

static char *
append(const char *a, const char *b)
{
	size_t size = strlen(a) + strlen(b) + 2;
	char *s = lex_alloc(size);

	strlcpy(s, a, size);
	strlcat(s, " ", size);
	strlcat(s, b, size);
	return (s);
}

int
parse_cmdline_macro(const char *arg)
{
	const char *eq = strchr(arg, '=');
	char *name;
	int rc;

	if (eq == NULL || (name = strndup(arg, eq - arg)) == NULL)
		return (-1);
	rc = keyword_find(name) != NULL ? -1 : lex_predefine(name, eq + 1);
	free(name);
	return (rc);
}

struct conf *
parse_config(const char *file, int check)
{
	struct conf *c;

	if (lex_open(file) == -1)
		return (NULL);
	if ((c = conf = conf_new()) == NULL)
		fatal("configuration");
	draft_begin(c, check);
	at = 1;
	yyparse();
	finish();
	host_done();
	conf = NULL;
	if (lex_close() == 0)
		return (c);
	conf_free(c);
	return (NULL);
}
