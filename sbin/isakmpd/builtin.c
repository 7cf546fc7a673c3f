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
 * Sections that nobody needs to write: lives, the transforms of phase 1 and
 * the suites of phase 2, whose names say what they are.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "ikev1.h"

#define MAXPARTS	16

struct cipher {
	const char	*c_name;	/* in names built in */
	const char	*c_phase1;	/* as isakmpd.conf(5) calls it */
	const char	*c_phase2;
	const char	*c_bits;	/* KEY_LENGTH, if none is named */
	int		 c_sized;	/* AES: -128, -192, -256 */
	int		 c_aead;	/* proves itself: no MAC */
};

static const struct cipher ciphers[] = {
	{ "AES",	"AES_CBC",	"AES",	"128,128:256", 1, 0 },
	{ "3DES",	"3DES_CBC",	"3DES",		NULL, 0, 0 },
	{ "BLF",	"BLOWFISH_CBC",	"BLOWFISH", "128,96:192", 0, 0 },
	{ "CAST",	"CAST_CBC",	"CAST",		NULL, 0, 0 },
	{ "AESCTR",	NULL,		"AES_CTR", "128,128:256", 1, 0 },
	{ "AESGCM",	NULL,		"AES_GCM_16", "128,128:256", 1, 1 },
	{ "AESGMAC",	NULL,		"AES_GMAC", "128,128:256", 1, 1 },
	{ "NULL",	NULL,		"NULL",		NULL, 0, 0 },
	{ NULL, NULL, NULL, NULL, 0, 0 }
};

static const char *const sizes[] = { "128", "192", "256", NULL };

/* Good for both phases: with GRP15 and GRP14, as ipsec.conf(5) has them. */
#define PHASE1(a)						\
	"AES-256-SHA2-256-GRP15" a ",AES-SHA2-256-GRP15" a	\
	",AES-256-SHA2-256-GRP14" a ",AES-SHA2-256-GRP14" a	\
	",AES-SHA-GRP15" a ",AES-SHA-GRP14" a

/* A name, taken apart at its -. */
struct parts {
	char		 p_text[CONF_MAXNAME + 1];
	const char	*p_word[MAXPARTS];
	unsigned int	 p_n;
	unsigned int	 p_at;
};

/* What it says. */
struct named {
	const char		*n_proto;	/* phase 2: ESP, AH */
	int			 n_transport;
	const struct cipher	*n_cipher;
	char			 n_bits[16];
	const char		*n_hash;	/* MD5, SHA, SHA2_256 .. */
	int			 n_group;
	int			 n_rsa;
};

static char why[CONF_MAXNAME + 128];

static int
bad(const char *what, const struct parts *p)
{
	if (p->p_at < p->p_n)
		snprintf(why, sizeof(why), "no %s is called %s", what,
		    p->p_word[p->p_at]);
	else
		snprintf(why, sizeof(why), "the name lacks a %s", what);
	return (-1);
}

static int
bad_des(void)
{
	snprintf(why, sizeof(why), "DES is broken and not supported; use AES");
	return (-1);
}

static int
bad_more(const struct parts *p)
{
	snprintf(why, sizeof(why), "%s cannot stand where it does",
	    p->p_word[p->p_at]);
	return (-1);
}

static int
split(struct parts *p, const char *name)
{
	char *s;

	p->p_n = p->p_at = 0;
	if (strlcpy(p->p_text, name, sizeof(p->p_text)) >= sizeof(p->p_text))
		return (-1);
	for (s = p->p_text; s != NULL; p->p_n++) {
		if (p->p_n == MAXPARTS)
			return (-1);
		p->p_word[p->p_n] = s;
		if ((s = strchr(s, '-')) != NULL)
			*s++ = '\0';
	}
	return (0);
}

static int
take(struct parts *p, const char *word)
{
	if (p->p_at == p->p_n || strcasecmp(p->p_word[p->p_at], word) != 0)
		return (0);
	p->p_at++;
	return (1);
}

static int
take_cipher(struct parts *p, struct named *n, int phase)
{
	const struct cipher *c;
	unsigned int i;

	for (c = ciphers; c->c_name != NULL; c++)
		if ((phase == 2 || c->c_phase1 != NULL) &&
		    take(p, c->c_name))
			break;
	if (c->c_name == NULL)
		return (take(p, "DES") ? bad_des() : bad("cipher", p));
	n->n_cipher = c;
	if (c->c_bits != NULL)
		snprintf(n->n_bits, sizeof(n->n_bits), "%s", c->c_bits);
	if (p->p_at == p->p_n || !isdigit((unsigned char)*p->p_word[p->p_at]))
		return (0);
	for (i = 0; sizes[i] != NULL; i++)
		if (c->c_sized && take(p, sizes[i])) {
			snprintf(n->n_bits, sizeof(n->n_bits), "%s,%s:%s",
			    sizes[i], sizes[i], sizes[i]);
			return (0);
		}
	return (bad("key length", p));
}

static int
take_hash(struct parts *p, struct named *n, int phase)
{
	if (take(p, "MD5"))
		n->n_hash = "MD5";
	else if (take(p, "SHA"))
		n->n_hash = "SHA";
	else if (phase == 2 && take(p, "RIPEMD"))
		n->n_hash = "RIPEMD";
	else if (!take(p, "SHA2"))
		return (bad("hash", p));
	else if (take(p, "256"))
		n->n_hash = "SHA2_256";
	else if (take(p, "384"))
		n->n_hash = "SHA2_384";
	else if (take(p, "512"))
		n->n_hash = "SHA2_512";
	else
		return (bad("SHA2 length", p));
	return (0);
}

/* GRPn; nothing of the sort is no error. */
static int
take_group(struct parts *p, struct named *n)
{
	const char *word, *errstr;
	int group;

	n->n_group = IKE_DH_MODP1024;
	if (p->p_at == p->p_n ||
	    strncasecmp(word = p->p_word[p->p_at], "GRP", 3) != 0)
		return (0);
	group = strtonum(word + 3, 1, 255, &errstr);
	if (errstr != NULL || v1_group_number(v1_group_name(group)) != group)
		return (bad("group", p));
	n->n_group = group;
	p->p_at++;
	return (0);
}

static int
parse_phase1(struct parts *p, struct named *n)
{
	if (take_cipher(p, n, 1) == -1 || take_hash(p, n, 1) == -1 ||
	    take_group(p, n) == -1)
		return (-1);
	if (p->p_at < p->p_n && strcasecmp(p->p_word[p->p_at], "DSS") == 0) {
		snprintf(why, sizeof(why), "DSS is not supported; use "
		    "RSA_SIG");
		return (-1);
	}
	n->n_rsa = take(p, "RSA_SIG");
	return (p->p_at == p->p_n ? 0 : bad("group or method", p));
}

/* Behind QM-, without -SUITE or -XF. */
static int
parse_phase2(struct parts *p, struct named *n)
{
	if (take(p, "ESP"))
		n->n_proto = "ESP";
	else if (take(p, "AH"))
		n->n_proto = "AH";
	else
		return (bad("protocol", p));
	n->n_transport = take(p, "TRP");
	if (*n->n_proto == 'E' && take_cipher(p, n, 2) == -1)
		return (-1);
	if ((n->n_cipher == NULL || !n->n_cipher->c_aead) &&
	    take_hash(p, n, 2) == -1)
		return (-1);
	n->n_group = IKE_DH_NONE;
	if (take(p, "PFS") && take_group(p, n) == -1)
		return (-1);
	return (p->p_at == p->p_n ? 0 : bad_more(p));
}

static int
put(struct confdb *db, const char *section, const char *tag,
    const char *value)
{
	struct cfsect *s;
	struct cfval *v;

	if (value == NULL || *value == '\0')
		return (0);
	if ((s = cf_sect_make(db, section)) == NULL ||
	    (v = cf_val_make(s, tag)) == NULL)
		return (-1);
	free(v->cv_file);
	if ((v->cv_file = strdup(value)) == NULL)
		return (-1);
	return (cf_val_update(v));
}

static int
make_life(const struct confdb *db, const char *name, struct confdb *into)
{
	int main = strcasecmp(name, "LIFE_MAIN_MODE") == 0;
	const char *said;

	said = confdb_get(db, "General", main ? "Default-phase-1-lifetime" :
	    "Default-phase-2-lifetime");
	if (said == NULL)
		said = main ? "3600,60:86400" : "1200,60:86400";
	if (put(into, name, "LIFE_TYPE", "SECONDS") == -1 ||
	    put(into, name, "LIFE_DURATION", said) == -1)
		return (-1);
	return (1);
}

static int
make_default(const char *name, int rsa, struct confdb *into)
{
	if (put(into, name, "EXCHANGE_TYPE", "ID_PROT") == -1 ||
	    put(into, name, "Transforms", rsa ? PHASE1("-RSA_SIG") :
	    PHASE1("")) == -1)
		return (-1);
	return (1);
}

static int
make_phase1(const char *name, const struct named *n, struct confdb *into)
{
	if (put(into, name, "AUTHENTICATION_METHOD",
	    n->n_rsa ? "RSA_SIG" : "PRE_SHARED") == -1 ||
	    put(into, name, "ENCRYPTION_ALGORITHM",
	    n->n_cipher->c_phase1) == -1 ||
	    put(into, name, "KEY_LENGTH", n->n_bits) == -1 ||
	    put(into, name, "HASH_ALGORITHM", n->n_hash) == -1 ||
	    put(into, name, "GROUP_DESCRIPTION",
	    v1_group_name(n->n_group)) == -1 ||
	    put(into, name, "Life", "LIFE_MAIN_MODE") == -1)
		return (-1);
	return (1);
}

static int
make_xform(const char *name, const struct named *n, struct confdb *into)
{
	char mac[32] = "";

	if (n->n_hash != NULL)
		snprintf(mac, sizeof(mac), "HMAC_%s", n->n_hash);
	if (put(into, name, "TRANSFORM_ID", n->n_cipher != NULL ?
	    n->n_cipher->c_phase2 : n->n_hash) == -1 ||
	    put(into, name, "KEY_LENGTH", n->n_bits) == -1 ||
	    put(into, name, "AUTHENTICATION_ALGORITHM", mac) == -1 ||
	    put(into, name, "ENCAPSULATION_MODE",
	    n->n_transport ? "TRANSPORT" : "TUNNEL") == -1 ||
	    (n->n_group != IKE_DH_NONE && put(into, name,
	    "GROUP_DESCRIPTION", v1_group_name(n->n_group)) == -1) ||
	    put(into, name, "Life", "LIFE_QUICK_MODE") == -1)
		return (-1);
	return (1);
}

/* The suite names its protocol, that its transform: by a suffix. */
static int
make_phase2(const char *name, const char *suffix, const struct named *n,
    struct confdb *into)
{
	char other[CONF_MAXNAME + 8], proto[16];

	if (strcmp(suffix, "XF") == 0)
		return (make_xform(name, n, into));
	if (*suffix != '\0') {
		snprintf(other, sizeof(other), "%.*s",
		    (int)(strlen(name) - strlen("-SUITE")), name);
		return (put(into, name, "Protocols", other) == -1 ? -1 : 1);
	}
	snprintf(other, sizeof(other), "%s-XF", name);
	snprintf(proto, sizeof(proto), "IPSEC_%s", n->n_proto);
	if (put(into, name, "PROTOCOL_ID", proto) == -1 ||
	    put(into, name, "Transforms", other) == -1)
		return (-1);
	return (1);
}

/* Takes what a name of phase 2 ends with. */
static const char *
take_suffix(struct parts *p)
{
	const char *last = p->p_word[p->p_n - 1];

	if (strcasecmp(last, "SUITE") == 0)
		p->p_n--;
	else if (strcasecmp(last, "XF") == 0)
		p->p_n--;
	else
		return ("");
	return (*last == 'S' || *last == 's' ? "SUITE" : "XF");
}

static int
looks_phase1(const struct parts *p)
{
	const struct cipher *c;

	for (c = ciphers; c->c_name != NULL; c++)
		if (c->c_phase1 != NULL &&
		    strcasecmp(p->p_word[0], c->c_name) == 0)
			return (p->p_n > 1);
	return (p->p_n > 1 && strcasecmp(p->p_word[0], "DES") == 0);
}

/*
 * 1: it is one, of which phase and with which suffix; 0: does not look so;
 * -1: it does, but is none: see `why'.
 */
static int
understand(const char *name, struct named *n, int *phase,
    const char **suffix)
{
	struct parts p;

	memset(n, 0, sizeof(*n));
	*suffix = "";
	if (split(&p, name) == -1)
		return (0);
	if (p.p_n > 2 && take(&p, "QM")) {
		*phase = 2;
		*suffix = take_suffix(&p);
		return (parse_phase2(&p, n) == -1 ? -1 : 1);
	}
	*phase = 1;
	if (!looks_phase1(&p))
		return (0);
	return (parse_phase1(&p, n) == -1 ? -1 : 1);
}

int
builtin_make(const struct confdb *db, const char *name, struct confdb *into)
{
	struct named n;
	const char *suffix;
	int phase;

	if (strcasecmp(name, "LIFE_MAIN_MODE") == 0 ||
	    strcasecmp(name, "LIFE_QUICK_MODE") == 0)
		return (make_life(db, name, into));
	if (strcasecmp(name, "Default-phase-1-configuration") == 0)
		return (make_default(name, 0, into));
	if (strcasecmp(name, "Default-phase-1-configuration-RSA_SIG") == 0)
		return (make_default(name, 1, into));
	if (understand(name, &n, &phase, &suffix) != 1)
		return (0);
	if (phase == 1)
		return (make_phase1(name, &n, into));
	return (make_phase2(name, suffix, &n, into));
}

const char *
builtin_why(const char *name)
{
	struct named n;
	const char *suffix;
	int phase;

	return (understand(name, &n, &phase, &suffix) == -1 ? why : NULL);
}
