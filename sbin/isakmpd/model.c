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
 * From a configuration to what it means.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "isakmpd.h"
#include "log.h"
#include "maker.h"

static struct model *
model_new(void)
{
	struct model *md;

	if ((md = calloc(1, sizeof(*md))) == NULL)
		return (NULL);
	TAILQ_INIT(&md->md_peers);
	TAILQ_INIT(&md->md_conns);
	md->md_retransmits = 3;
	md->md_exchmax = 120;
	md->md_check = 60;
	md->md_keepalive = 20;
	md->md_deletesas = 1;
	return (md);
}

void
model_free(struct model *md)
{
	struct p2conf *pc;
	struct peer *pe;

	if (md == NULL)
		return;
	while ((pc = TAILQ_FIRST(&md->md_conns)) != NULL) {
		TAILQ_REMOVE(&md->md_conns, pc, pc_entry);
		p2conf_free(pc);
	}
	while ((pe = TAILQ_FIRST(&md->md_peers)) != NULL) {
		TAILQ_REMOVE(&md->md_peers, pe, pe_entry);
		peer_free(pe);
	}
	free(md->md_listen);
	free(md);
}

static const char general[] = "General";

static const struct tagdef general_tags[] = {
	{ "Retransmits", NULL }, { "Exchange-max-time", NULL },
	{ "Check-interval", NULL }, { "DPD-check-interval", NULL },
	{ "NAT-T-Keepalive", NULL }, { "Delete-SAs", NULL },
	{ "Renegotiate-on-HUP", NULL }, { "Acquire-Only", NULL },
	{ "Listen-on", NULL }, { "Loglevel", NULL },
	{ "Default-phase-1-lifetime", NULL },
	{ "Default-phase-2-lifetime", NULL },
	{ "Default-phase-1-ID", NULL }, { "Default-phase-2-suites", NULL },
	{ "Use-Keynote", NULL },
	{ "Policy-file", "KeyNote policies are not supported" },
	{ "Pubkey-directory", "keys are read from " ISAKMPD_DIR "/pubkeys" },
	{ NULL, NULL }
};

static const struct tagdef x509_tags[] = {
	{ "Accept-self-signed", NULL },
	{ "CA-directory", "CAs are read from " ISAKMPD_DIR "/ca" },
	{ "Cert-directory", "certificates are read from " ISAKMPD_DIR
	    "/certs" },
	{ "CRL-directory", "CRLs are read from " ISAKMPD_DIR "/crls" },
	{ "Private-key", "the key is " ISAKMPD_DIR "/private/local.key" },
	{ "Private-key-directory", "the key is " ISAKMPD_DIR
	    "/private/local.key" },
	{ NULL, NULL }
};

static const struct tagdef keynote_tags[] = {
	{ "Credential-directory", "KeyNote is not supported" },
	{ "Private-key", "KeyNote is not supported" },
	{ NULL, NULL }
};

static int
listen_one(struct maker *mk, const char *word, void *arg)
{
	struct model *md = mk->mk_md;
	struct ike_addr *grown, a;

	if (addr_pton(word, &a) == -1) {
		mk->mk_bad++;
		mk_error(mk, general, "Listen-on", "\"%.80s\" is no IPv4 or "
		    "IPv6 address; names of interfaces cannot stand here",
		    word);
		return (0);
	}
	grown = reallocarray(md->md_listen, md->md_nlisten + 1,
	    sizeof(*grown));
	if (grown == NULL)
		return (mk_nomemory(mk));
	md->md_listen = grown;
	grown[md->md_nlisten++] = a;
	return (0);
}

/* A number alone, or A=number. */
static int
loglevel_one(struct maker *mk, const char *word, void *arg)
{
	const char *level = word, *errstr;
	unsigned int n;

	if (strncasecmp(word, "A=", 2) == 0)
		level = word + 2;
	n = strtonum(level, 0, 99, &errstr);
	if (errstr == NULL)
		mk->mk_md->md_loglevel = n;
	else {
		mk->mk_bad++;
		mk_error(mk, general, "Loglevel", "\"%.80s\" is not A=level, "
		    "a level being from 0 to 99; for other classes use -D",
		    word);
	}
	return (0);
}

static void
mk_numbers(struct maker *mk)
{
	struct model *md = mk->mk_md;
	const struct {
		const char	*tag;
		unsigned int	 min;
		unsigned int	 max;
		unsigned int	*out;
	} numbers[] = {
		{ "Retransmits", 0, 100, &md->md_retransmits },
		{ "Exchange-max-time", 1, 86400, &md->md_exchmax },
		{ "Check-interval", 1, 86400, &md->md_check },
		{ "DPD-check-interval", 0, 86400, &md->md_dpd },
		{ "NAT-T-Keepalive", 0, 86400, &md->md_keepalive }
	};
	unsigned int i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (mk_number(mk, general, numbers[i].tag, numbers[i].min,
		    numbers[i].max, numbers[i].out) == -1)
			mk->mk_bad++;
}

static void
mk_bools(struct maker *mk)
{
	struct model *md = mk->mk_md;
	int keynote = 0;
	const struct {
		const char	*section;
		const char	*tag;
		int		*out;
	} bools[] = {
		{ general, "Delete-SAs", &md->md_deletesas },
		{ general, "Renegotiate-on-HUP", &md->md_renegotiate },
		{ general, "Acquire-Only", &md->md_acquireonly },
		{ general, "Use-Keynote", &keynote },
		{ "X509-certificates", "Accept-self-signed",
		    &md->md_selfsigned }
	};
	unsigned int i;

	for (i = 0; i < sizeof(bools) / sizeof(bools[0]); i++)
		if (mk_bool(mk, bools[i].section, bools[i].tag,
		    bools[i].out) == -1)
			mk->mk_bad++;
	if (keynote)
		mk_warn(mk, general, "Use-Keynote", "ignored: KeyNote "
		    "policies are not supported");
}

/* A lifetime that is wrong would be reported where it is used, or never. */
static void
mk_lives(struct maker *mk)
{
	static const char *const tags[] = { "Default-phase-1-lifetime",
	    "Default-phase-2-lifetime" };
	struct range r;
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (mk_range(mk, general, tags[i], &r) == -1)
			mk->mk_bad++;
}

static void
mk_general(struct maker *mk)
{
	mk_tags(mk, general, general_tags);
	mk_tags(mk, "X509-certificates", x509_tags);
	mk_tags(mk, "KeyNote", keynote_tags);
	mk_numbers(mk);
	mk_bools(mk);
	mk_lives(mk);
	mk_each(mk, general, "Listen-on", listen_one, NULL);
	mk_each(mk, general, "Loglevel", loglevel_one, NULL);
}

static int
is_listed(const struct maker *mk, const char *name)
{
	const struct p2conf *pc;

	TAILQ_FOREACH(pc, &mk->mk_md->md_conns, pc_entry)
		if (strcasecmp(pc->pc_name, name) == 0)
			return (1);
	return (told_has(&mk->mk_failed, name));
}

/* A connection of the file that is in no list has been forgotten. */
static void
mk_forgotten(struct maker *mk)
{
	const struct cfsect *s;
	const struct cfval *v;

	TAILQ_FOREACH(s, &mk->mk_db->cd_sects, cs_entry) {
		v = cf_val(s, "Phase");
		if (s->cs_line != 0 && v != NULL &&
		    strcmp(v->cv_value, "2") == 0 &&
		    !is_listed(mk, s->cs_name))
			mk_warn(mk, s->cs_name, NULL, "a connection, but in "
			    "neither Connections nor Passive-Connections of "
			    "[Phase 2]: it is not used");
	}
}

struct model *
model_make(const struct confdb *db, const struct model *old,
    const struct kalgs *algs, unsigned int *bad)
{
	struct maker mk = { .mk_db = db, .mk_old = old, .mk_algs = algs };

	if (bad != NULL)
		*bad = 0;
	if ((mk.mk_md = model_new()) == NULL)
		return (NULL);
	mk_general(&mk);
	mk_phase1(&mk);
	mk_phase2(&mk);
	mk_forgotten(&mk);
	told_clear(&mk.mk_told);
	told_clear(&mk.mk_failed);
	if (mk.mk_nomem) {
		log_warnx("no memory for the configuration");
		model_free(mk.mk_md);
		return (NULL);
	}
	if (bad != NULL)
		*bad = mk.mk_bad;
	return (mk.mk_md);
}
