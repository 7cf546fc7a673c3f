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
 * Grammar of ipsec.conf(5).  Actions fill a draft of the statement, which
 * conf.c turns into rules; words live until the statement ends.
 */
#include <net/pfkeyv2.h>

#include <stdlib.h>
#include <string.h>

#include "conf.h"

static struct draft	 draft;
static struct draftxf	*xf;		/* of the phase that is read */

static int		 yylex(void);
static void		 yyerror(const char *);
static void		 begin(enum stmtkind, int);
static void		 finish(void);
static void		 take(char **, char *, const char *);
static void		 take_host(struct host **, struct host *, const char *);
static void		 say(int *, int, const char *);
static struct host	*host(char *, char *);
static struct host	*host_join(struct host *, struct host *);
static char		*append(const char *, const char *);
static void		 phase(struct draftxf *);
%}

%union {
	char		*str;
	int		 num;
	struct host	*host;
}

%token	AH ANY AUTH AUTHKEY BUNDLE COMP DSTID ENC ENCKEY ESN ESP FILENAME
%token	FLOW FROM IKE IN INCLUDE INTERFACE IPCOMP IPIP LOCAL OUT PEER PORT
%token	PROTO SPI SRCID TCPMD5 TESTONLY TO TRANSPORT TUNNEL TYPE UDPENCAP
%token	BYPASS DENY DONTACQ ACQUIRE REQUIRE USE
%token	ACTIVE PASSIVE DYNAMIC MAIN AGGRESSIVE QUICK GROUP LIFETIME
%token	PSK RSA TAG
%token	BADWORD
%token	<str> WORD STRING MACRO
%type	<str> word values protocol
%type	<num> satype tmode dir flowtype
%type	<host> host hosts hostlist

%%

grammar	: /* empty */
	| grammar line		{ finish(); }
	;

line	: '\n'
	| INCLUDE word '\n'	{ lex_include($2); }
	| MACRO '=' values '\n'	{ lex_define($1, $3); }
	| rule '\n'		{ conf_rule(&draft); }
	| error '\n'		{ yyerrok; }
	;

rule	: IKE			{ begin(STMT_IKE, 0); }
	  ikemode flowsa tmode proto ikewhat ikeopts {
		draft.tmode = $5;
	}
	| flow flowsa dir proto hostpair endpoints ids flowopt
	| satype		{ begin(STMT_SA, $1); }
	  tmode hostpair SPI word saopts {
		draft.tmode = $3;
		take(&draft.spi, $6, "spi");
	}
	| TCPMD5		{ begin(STMT_SA, SADB_X_SATYPE_TCPSIGNATURE); }
	  hostpair SPI word saopts {
		take(&draft.spi, $5, "spi");
	}
	;

ikemode	: /* empty */
	| ACTIVE		{ draft.ikemode = IKE_ACTIVE; }
	| PASSIVE		{ draft.ikemode = IKE_PASSIVE; }
	| DYNAMIC		{ draft.ikemode = IKE_DYNAMIC; }
	;

ikewhat	: hostpair
	| ikeiface
	| ikeiface hostpair
	| hostpair ikeiface
	;

ikeiface: INTERFACE word	{ draft.iface = $2; }
	;

ikeopts	: /* empty */
	| ikeopts ikeopt
	;

ikeopt	: LOCAL host		{ take_host(&draft.local, $2, "local"); }
	| PEER host		{ take_host(&draft.peer, $2, "peer"); }
	| exchange xforms
	| SRCID word		{ take(&draft.srcid, $2, "srcid"); }
	| DSTID word		{ take(&draft.dstid, $2, "dstid"); }
	| PSK word		{ take(&draft.psk, $2, "psk"); }
	| PSK word words {
		take(&draft.psk, $2, "psk");
		conf_error("psk is several words: it takes one, without white "
		    "space");
	}
	| RSA			{ say(&draft.rsa, 1, "rsa"); }
	| TAG word		{ take(&draft.tag, $2, "tag"); }
	;

exchange: MAIN {
		say(&draft.exchange, IKE_MAIN, "main or aggressive");
		phase(&draft.p1);
	}
	| AGGRESSIVE {
		say(&draft.exchange, IKE_AGGRESSIVE, "main or aggressive");
		phase(&draft.p1);
	}
	| QUICK {
		say(&draft.quick, 1, "quick");
		phase(&draft.p2);
	}
	;

xforms	: /* empty */
	| xforms xform
	;

xform	: AUTH word		{ take(&xf->auth, $2, "auth"); }
	| ENC word		{ take(&xf->enc, $2, "enc"); }
	| GROUP word		{ take(&xf->group, $2, "group"); }
	| LIFETIME word		{ take(&xf->lifetime, $2, "lifetime"); }
	;

words	: word
	| words word
	;

flow	: FLOW			{ begin(STMT_FLOW, SADB_SATYPE_ESP); }
	;

flowsa	: /* empty */
	| satype		{ draft.satype = $1; }
	;

satype	: AH			{ $$ = SADB_SATYPE_AH; }
	| ESP			{ $$ = SADB_SATYPE_ESP; }
	| IPCOMP		{ $$ = SADB_X_SATYPE_IPCOMP; }
	| IPIP			{ $$ = SADB_X_SATYPE_IPIP; }
	;

tmode	: /* empty */		{ $$ = 0; }
	| TUNNEL		{ $$ = TMODE_TUNNEL; }
	| TRANSPORT		{ $$ = TMODE_TRANSPORT; }
	;

dir	: /* empty */		{ draft.dir = 0; }
	| IN			{ draft.dir = IPSP_DIRECTION_IN; }
	| OUT			{ draft.dir = IPSP_DIRECTION_OUT; }
	;

proto	: /* empty */
	| PROTO protocol	{ draft.proto = $2; }
	;

protocol
	: word
	| AH			{ $$ = "ah"; }
	| ESP			{ $$ = "esp"; }
	| IPCOMP		{ $$ = "ipcomp"; }
	| IPIP			{ $$ = "ipencap"; }
	;

hostpair: from to
	| to from
	;

from	: FROM hosts		{ draft.from = $2; }
	| FROM hosts PORT word	{ draft.from = $2; draft.sport = $4; }
	;

to	: TO hosts		{ draft.to = $2; }
	| TO hosts PORT word	{ draft.to = $2; draft.dport = $4; }
	;

hosts	: host
	| '{' hostlist '}'	{ $$ = $2; }
	;

hostlist: host
	| hostlist comma host	{ $$ = host_join($1, $3); }
	;

comma	: /* empty */
	| ','
	;

host	: ANY			{ $$ = host(NULL, NULL); }
	| word			{ $$ = host($1, NULL); }
	| word '(' word ')'	{ $$ = host($1, $3); }
	;

endpoints
	: /* empty */
	| endpoints LOCAL host	{ take_host(&draft.local, $3, "local"); }
	| endpoints PEER host	{ take_host(&draft.peer, $3, "peer"); }
	;

ids	: /* empty */
	| ids SRCID word	{ take(&draft.srcid, $3, "srcid"); }
	| ids DSTID word	{ take(&draft.dstid, $3, "dstid"); }
	;

flowopt	: /* empty */
	| TYPE flowtype		{ draft.flowtype = $2; }
	;

flowtype: USE			{ $$ = SADB_X_FLOW_TYPE_USE; }
	| ACQUIRE		{ $$ = SADB_X_FLOW_TYPE_ACQUIRE; }
	| REQUIRE		{ $$ = SADB_X_FLOW_TYPE_REQUIRE; }
	| BYPASS		{ $$ = SADB_X_FLOW_TYPE_BYPASS; }
	| DENY			{ $$ = SADB_X_FLOW_TYPE_DENY; }
	| DONTACQ		{ $$ = SADB_X_FLOW_TYPE_DONTACQ; }
	;

saopts	: /* empty */
	| saopts saopt
	;

saopt	: UDPENCAP		{ say(&draft.udpencap, 1, "udpencap"); }
	| UDPENCAP PORT word {
		say(&draft.udpencap, 1, "udpencap");
		draft.udpport = $3;
	}
	| AUTH word		{ take(&draft.auth, $2, "auth"); }
	| ENC word		{ take(&draft.enc, $2, "enc"); }
	| COMP word		{ take(&draft.comp, $2, "comp"); }
	| AUTHKEY word		{ take(&draft.authkey, $2, "authkey"); }
	| AUTHKEY FILENAME word {
		take(&draft.authkey, $3, "authkey");
		draft.authfile = 1;
	}
	| ENCKEY word		{ take(&draft.enckey, $2, "enckey"); }
	| ENCKEY FILENAME word {
		take(&draft.enckey, $3, "enckey");
		draft.encfile = 1;
	}
	| BUNDLE word		{ take(&draft.bundle, $2, "bundle"); }
	| INTERFACE word	{ take(&draft.iface, $2, "interface"); }
	| ESN			{ say(&draft.esn, 1, "esn"); }
	| TESTONLY		{ say(&draft.testonly, 1, "testonly"); }
	;

word	: WORD
	| STRING
	;

values	: word
	| values word		{ $$ = append($1, $2); }
	;
%%

/* How a statement that begins with the token looks. */
static const char *
shape(int token)
{
	switch (token) {
	case FLOW:
		return ("flow [esp|ah|ipcomp|ipip] [in|out] [proto P] from A "
		    "to B [local L] [peer P] [srcid I] [dstid J] [type T]");
	case ESP:
		return ("esp [tunnel|transport] from A to B spi N[:M] "
		    "[auth A] [enc E] authkey K[:L] enckey K[:L]");
	case AH:
		return ("ah [tunnel|transport] from A to B spi N[:M] "
		    "[auth A] authkey K[:L]");
	case IPCOMP:
		return ("ipcomp [tunnel|transport] from A to B spi N[:M] "
		    "[comp deflate]");
	case IPIP:
		return ("ipip [tunnel] from A to B spi N[:M]");
	case TCPMD5:
		return ("tcpmd5 from A to B spi N[:M] authkey K[:L]");
	case IKE:
		return ("ike [active|passive|dynamic] [esp|ah] "
		    "[tunnel|transport] [proto P] from A to B or interface "
		    "secN, [local L] [peer P] [main|aggressive [auth A] "
		    "[enc E] [group G] [lifetime T]] [quick ...] [srcid I] "
		    "[dstid J] [psk \"K\"|rsa] [tag T]");
	case INCLUDE:
		return ("include \"file\"");
	case MACRO:
		return ("name = \"value\"");
	default:
		return ("a rule: it begins with flow, esp, ah, ipcomp, ipip, "
		    "tcpmd5 or ike");
	}
}

static const struct keyword {
	const char	*name;
	int		 token;
} keywords[] = {
	/* sorted */
	{ "acquire",	ACQUIRE },
	{ "active",	ACTIVE },
	{ "aggressive",	AGGRESSIVE },
	{ "ah",		AH },
	{ "any",	ANY },
	{ "auth",	AUTH },
	{ "authkey",	AUTHKEY },
	{ "bundle",	BUNDLE },
	{ "bypass",	BYPASS },
	{ "comp",	COMP },
	{ "deny",	DENY },
	{ "dontacq",	DONTACQ },
	{ "dstid",	DSTID },
	{ "dynamic",	DYNAMIC },
	{ "enc",	ENC },
	{ "enckey",	ENCKEY },
	{ "esn",	ESN },
	{ "esp",	ESP },
	{ "file",	FILENAME },
	{ "flow",	FLOW },
	{ "from",	FROM },
	{ "group",	GROUP },
	{ "ike",	IKE },
	{ "in",		IN },
	{ "include",	INCLUDE },
	{ "interface",	INTERFACE },
	{ "ipcomp",	IPCOMP },
	{ "ipip",	IPIP },
	{ "lifetime",	LIFETIME },
	{ "local",	LOCAL },
	{ "main",	MAIN },
	{ "out",	OUT },
	{ "passive",	PASSIVE },
	{ "peer",	PEER },
	{ "port",	PORT },
	{ "proto",	PROTO },
	{ "psk",	PSK },
	{ "quick",	QUICK },
	{ "require",	REQUIRE },
	{ "rsa",	RSA },
	{ "spi",	SPI },
	{ "srcid",	SRCID },
	{ "tag",	TAG },
	{ "tcpmd5",	TCPMD5 },
	{ "testonly",	TESTONLY },
	{ "to",		TO },
	{ "transport",	TRANSPORT },
	{ "tunnel",	TUNNEL },
	{ "type",	TYPE },
	{ "udpencap",	UDPENCAP },
	{ "use",	USE },
};

static int
keyword_cmp(const void *name, const void *keyword)
{
	return (strcmp(name, ((const struct keyword *)keyword)->name));
}

static int	 first;		/* token of the statement, 0 none yet */
static int	 last;		/* token but one */
static int	 newest;

static int
classify(int token, const char *text)
{
	const struct keyword *k;

	switch (token) {
	case LEX_NEWLINE:
		return ('\n');
	case LEX_STRING:
		return (STRING);
	case LEX_MACRO:
		return (MACRO);
	case LEX_BAD:
		return (BADWORD);
	case LEX_WORD:
		break;
	default:
		return (token);
	}
	/* The value of a macro is not looked at. */
	if (first == MACRO)
		return (WORD);
	k = bsearch(text, keywords, sizeof(keywords) / sizeof(keywords[0]),
	    sizeof(keywords[0]), keyword_cmp);
	return (k != NULL ? k->token : WORD);
}

static int
yylex(void)
{
	int token;

	yylval.str = NULL;
	token = lex_token(&yylval.str);
	token = classify(token, yylval.str);
	if (first == 0 && token != '\n')
		first = token;
	last = newest;
	newest = token;
	return (token);
}

static void
yyerror(const char *msg)
{
	/* Only "syntax error" can be: the parser's stack grows. */
	if (first == IKE && (last == PSK || draft.psk != NULL))
		/* The word that would be shown may be of the key. */
		conf_error("syntax error behind psk, whose key is one word "
		    "between quotes; write %s", shape(IKE));
	else if (strcmp(msg, "syntax error") == 0)
		lex_error(shape(first));
	else
		conf_error("%s", msg);
}

static void
begin(enum stmtkind kind, int satype)
{
	draft.kind = kind;
	draft.satype = satype;
}

static void
finish(void)
{
	memset(&draft, 0, sizeof(draft));
	first = 0;
	lex_end();
}

static void
take(char **to, char *word, const char *what)
{
	if (*to != NULL)
		conf_error("%s is given twice", what);
	*to = word;
}

static void
take_host(struct host **to, struct host *h, const char *what)
{
	if (*to != NULL)
		conf_error("%s is given twice", what);
	*to = h;
}

static void
say(int *to, int value, const char *what)
{
	if (*to != 0)
		conf_error("%s is given twice", what);
	*to = value;
}

static struct host *
host(char *name, char *nat)
{
	struct host *h;

	h = lex_alloc(sizeof(*h));
	h->name = name;
	h->nat = nat;
	h->last = h;
	return (h);
}

/* list's head knows its tail. */
static struct host *
host_join(struct host *list, struct host *h)
{
	list->last->next = h;
	list->last = h;
	return (list);
}

static char *
append(const char *a, const char *b)
{
	size_t size = strlen(a) + strlen(b) + 2;
	char *s = lex_alloc(size);

	snprintf(s, size, "%s %s", a, b);
	return (s);
}

static void
phase(struct draftxf *p)
{
	xf = p;
}

int
conf_load(const char *file, int opts, struct rulelist *rules)
{
	if (lex_open(file) == -1)
		return (-1);
	conf_begin(opts, rules);
	yyparse();
	if (lex_errors() == 0)
		conf_finish();
	finish();
	lex_close();
	return (lex_errors() == 0 ? 0 : -1);
}
