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
 * The engine as its owner sees it: life, configuration, commands.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define WARNS_PER_S	10

uint64_t
en_now(struct engine *en)
{
	return (en->en_world.w_now(en->en_arg));
}

void
en_random(struct engine *en, void *p, size_t len)
{
	en->en_world.w_random(en->en_arg, p, len);
}

uint64_t
en_jitter(struct engine *en, uint64_t from, uint64_t to)
{
	uint32_t r;

	if (to <= from)
		return (from);
	en_random(en, &r, sizeof(r));
	return (from + r % (to - from + 1));
}

void
en_timer(struct engine *en, struct timer *tm, uint64_t ms)
{
	en->en_world.w_timer(en->en_arg, tm, ms);
}

void
en_untimer(struct engine *en, struct timer *tm)
{
	en->en_world.w_untimer(en->en_arg, tm);
}

void
en_warn(struct engine *en, const char *fmt, ...)
{
	const uint64_t second = en_now(en) / 1000;
	char text[2048];
	va_list ap;

	if (en->en_warn_at != second) {
		en->en_warn_at = second;
		en->en_warns = 0;
	}
	if (++en->en_warns > WARNS_PER_S)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_warnx("%s", text);
}

struct peer *
en_peer(struct engine *en, unsigned int id)
{
	struct peer *pe;

	TAILQ_FOREACH(pe, &en->en_model->md_peers, pe_entry)
		if (pe->pe_id == id)
			return (pe);
	return (NULL);
}

struct exch *
en_exch(struct engine *en, uint64_t number)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_p1 != NULL && sa->sa_p1->x_number == number)
			return (sa->sa_p1);
	return (NULL);
}

struct engine *
engine_new(const struct world *world, void *arg)
{
	struct engine *en;

	if ((en = calloc(1, sizeof(*en))) == NULL)
		return (NULL);
	en->en_world = *world;
	en->en_arg = arg;
	TAILQ_INIT(&en->en_conns);
	TAILQ_INIT(&en->en_sas);
	en->en_port = IKE_PORT;
	en->en_nattport = IKE_PORT_NATT;
	return (en);
}

void
engine_free(struct engine *en)
{
	struct conn *cn;
	struct sa *sa;

	if (en == NULL)
		return;
	en->en_flags |= ENF_STOPPING | ENF_FREEING;
	while ((sa = TAILQ_FIRST(&en->en_sas)) != NULL)
		sa_free(sa);
	while ((cn = TAILQ_FIRST(&en->en_conns)) != NULL)
		conn_free(cn);
	if (en->en_model != NULL)
		model_free(en->en_model);
	info_forget(en);
	buf_clear(&en->en_canames);
	free(en);
}

/*
 * Another model: what SAs hang on is found in it again by its number, or
 * they go.
 */

static struct p2conf *
model_conn(struct model *md, unsigned int id)
{
	struct p2conf *pc;

	TAILQ_FOREACH(pc, &md->md_conns, pc_entry)
		if (pc->pc_id == id)
			return (pc);
	return (NULL);
}

static struct peer *
model_peer(struct model *md, unsigned int id)
{
	struct peer *pe;

	TAILQ_FOREACH(pe, &md->md_peers, pe_entry)
		if (pe->pe_id == id)
			return (pe);
	return (NULL);
}

static void
conns_adapt(struct engine *en, struct model *md)
{
	struct conn *cn, *next;
	struct p2conf *pc;

	for (cn = TAILQ_FIRST(&en->en_conns); cn != NULL; cn = next) {
		next = TAILQ_NEXT(cn, cn_entry);
		pc = model_conn(md, cn->cn_conf->pc_id);
		if (pc == NULL || !p2conf_same(cn->cn_conf, pc) ||
		    !peer_same(cn->cn_conf->pc_peer, pc->pc_peer)) {
			conn_free(cn);
			continue;
		}
		if ((cn->cn_conf->pc_flags & P2C_ACTIVE) == 0)
			cn->cn_flags &= ~CNF_WANTED;
		cn->cn_conf = pc;
	}
}

static void
sas_adapt(struct engine *en, struct model *md)
{
	struct sa *sa, *next;
	struct peer *pe;

	for (sa = TAILQ_FIRST(&en->en_sas); sa != NULL; sa = next) {
		next = TAILQ_NEXT(sa, sa_entry);
		pe = model_peer(md, sa->sa_conf->pe_id);
		if (pe == NULL || !peer_same(sa->sa_conf, pe))
			sa_close(sa, "its configuration changed");
	}
	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		sa->sa_conf = model_peer(md, sa->sa_conf->pe_id);
}

static void
conns_add(struct engine *en)
{
	struct p2conf *pc;
	struct conn *cn;

	TAILQ_FOREACH(pc, &en->en_model->md_conns, pc_entry) {
		if ((cn = conn_byid(en, pc->pc_id)) == NULL &&
		    (cn = conn_new(en, pc)) == NULL) {
			log_warnx("connection %s: out of memory", pc->pc_name);
			continue;
		}
		if ((pc->pc_flags & P2C_ACTIVE) &&
		    !en->en_model->md_acquireonly)
			cn->cn_flags |= CNF_WANTED;
	}
}

/*
 * The SAs go before the model that they point to, and deletes go out while
 * the connections still know their peers.
 */
void
engine_model(struct engine *en, struct model *md)
{
	struct model *old = en->en_model;
	struct conn *cn;
	struct sa *sa;

	if (old != NULL) {
		conns_adapt(en, md);
		sas_adapt(en, md);
	}
	en->en_model = md;
	conns_add(en);
	if (old != NULL)
		model_free(old);
	if ((en->en_flags & ENF_STARTED) == 0)
		return;
	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		dpd_start(sa);
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		conn_try(cn);
}

void
engine_start(struct engine *en)
{
	struct conn *cn;

	en->en_flags |= ENF_STARTED;
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		conn_try(cn);
}

void
engine_stop(struct engine *en, void (*done)(void *), void *arg)
{
	struct pair *pr;
	struct conn *cn;
	struct sa *sa;

	en->en_flags |= ENF_STOPPING;
	if (en->en_model != NULL && en->en_model->md_deletesas) {
		TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
			if (sa->sa_flags & SAF_ESTABLISHED)
				info_goodbye(sa);
		TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
			while ((pr = TAILQ_FIRST(&cn->cn_pairs)) != NULL)
				pair_close(pr, 0, "shutting down");
		while ((sa = TAILQ_FIRST(&en->en_sas)) != NULL)
			sa_free(sa);
		info_forget(en);
	}
	done(arg);
}

void
engine_expire(struct engine *en, uint32_t spi, const struct ike_addr *dst,
    int hard)
{
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if ((pr->pr_in == spi &&
			    addr_same(&pr->pr_local, dst)) ||
			    (pr->pr_out == spi &&
			    addr_same(&pr->pr_peer, dst))) {
				pair_expired(pr, hard);
				return;
			}
}

/* Once, as `c' would: who does not call by himself is not kept up. */
void
engine_acquire(struct engine *en, const struct kacquire *ka)
{
	struct conn *cn;

	if ((cn = conn_acquired(en, ka)) == NULL)
		return;
	dbg(DBG_EXCHANGE, 10, "%s: the kernel asks for SAs",
	    cn->cn_conf->pc_name);
	if ((cn->cn_flags & CNF_WANTED) == 0)
		cn->cn_flags |= CNF_ONCE;
	conn_try(cn);
}

void
engine_auth(struct engine *en, const struct auth_res *as)
{
	struct exch *x;

	if ((x = en_exch(en, as->as_asker)) != NULL)
		p1_answer(x, as);
}

void
engine_canames(struct engine *en, const void *data, size_t len)
{
	buf_clear(&en->en_canames);
	buf_put(&en->en_canames, data, len);
}

/*
 * Another address of ours: SAs from one that is gone are of no use.  IKEv1
 * cannot move them.
 */
void
engine_addresses(struct engine *en)
{
	struct ike_addr now;
	struct sa *sa, *next;

	for (sa = TAILQ_FIRST(&en->en_sas); sa != NULL; sa = next) {
		next = TAILQ_NEXT(sa, sa_entry);
		if (sa->sa_flags & (SAF_CLOSING | SAF_ALIAS))
			continue;
		if (en->en_world.w_source(en->en_arg, &sa->sa_peer, &now) ||
		    addr_same(&now, &sa->sa_local) ||
		    sa->sa_conf->pe_local.ia_family != 0)
			continue;
		sa_dead(sa, "our address changed");
		next = TAILQ_FIRST(&en->en_sas);
	}
}

void
engine_ports(struct engine *en, uint16_t ike, uint16_t natt)
{
	en->en_port = ike;
	en->en_nattport = natt;
}

void
engine_noflows(struct engine *en, int on)
{
	if (on)
		en->en_flags |= ENF_NOFLOWS;
	else
		en->en_flags &= ~ENF_NOFLOWS;
}

void
engine_active(struct engine *en, int on)
{
	struct conn *cn;

	if (!on) {
		en->en_flags |= ENF_PASSIVE;
		return;
	}
	en->en_flags &= ~ENF_PASSIVE;
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		conn_try(cn);
}

const char *
engine_connect(struct engine *en, const char *name)
{
	struct conn *cn;

	if ((cn = conn_find(en, name)) == NULL)
		return ("no such connection: the sections of Connections and "
		    "Passive-Connections are");
	if (en->en_flags & ENF_PASSIVE)
		return ("passive at the moment: M active first");
	if (cn->cn_conf->pc_peer->pe_addr.ia_family == 0)
		return ("its peer has no Address to connect to");
	cn->cn_flags |= (cn->cn_conf->pc_flags & P2C_ACTIVE) &&
	    !en->en_model->md_acquireonly ? CNF_WANTED : CNF_ONCE;
	cn->cn_failures = 0;
	conn_try(cn);
	return (NULL);
}

/* A connection that is torn down stays so until `c' or a new model. */
static void
conn_down(struct conn *cn, int tell)
{
	struct pair *pr;

	cn->cn_flags &= ~(CNF_WANTED | CNF_ONCE);
	if (cn->cn_quick != NULL)
		exch_free(cn->cn_quick);
	en_untimer(cn->cn_engine, &cn->cn_timer);
	while ((pr = TAILQ_FIRST(&cn->cn_pairs)) != NULL)
		pair_close(pr, tell, "torn down");
}

static int
teardown_p2(struct engine *en, const char *name)
{
	struct conn *cn;
	int n = 0;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry) {
		if (name != NULL && strcasecmp(cn->cn_conf->pc_name, name))
			continue;
		conn_down(cn, 1);
		n++;
	}
	return (n);
}

/* name: of a peer's section, or an address; NULL: all. */
static int
sa_called(const struct sa *sa, const char *name)
{
	struct ike_addr a;

	return (name == NULL || strcasecmp(sa->sa_conf->pe_name, name) == 0 ||
	    (addr_pton(name, &a) == 0 && addr_same(&a, &sa->sa_peer)));
}

static int
teardown_p1(struct engine *en, const char *name)
{
	struct sa *sa, *next;
	int n = 0;

	for (sa = TAILQ_FIRST(&en->en_sas); sa != NULL; sa = next) {
		next = TAILQ_NEXT(sa, sa_entry);
		if ((sa->sa_flags & SAF_CLOSING) || !sa_called(sa, name))
			continue;
		sa_close(sa, "torn down");
		next = TAILQ_FIRST(&en->en_sas);
		n++;
	}
	return (n);
}

static void
teardown_all(struct engine *en)
{
	struct conn *cn;
	struct sa *sa;

	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_flags & SAF_ESTABLISHED)
			info_goodbye(sa);
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		conn_down(cn, 0);
	while ((sa = TAILQ_FIRST(&en->en_sas)) != NULL)
		sa_free(sa);
}

const char *
engine_teardown(struct engine *en, int phase, const char *name)
{
	int n = 0;

	if (phase == 0 && name == NULL) {
		teardown_all(en);
		return (NULL);
	}
	if (phase != 1)
		n += teardown_p2(en, name);
	if (phase != 2 && (phase == 1 || name == NULL || n == 0))
		n += teardown_p1(en, name);
	return (n > 0 || name == NULL ? NULL :
	    "there is no such connection and no such ISAKMP SA");
}

/* 32 digits of hex, maybe with a colon between the cookies. */
static int
cookies_parse(const char *s, uint8_t cookies[16])
{
	unsigned int v;
	int i, n;

	for (i = 0; i < 16; i++) {
		if (i == 8 && *s == ':')
			s++;
		if (!isxdigit((unsigned char)s[0]) ||
		    !isxdigit((unsigned char)s[1]) ||
		    sscanf(s, "%2x%n", &v, &n) != 1 || n != 2)
			return (-1);
		cookies[i] = v;
		s += 2;
	}
	return (*s == '\0' ? 0 : -1);
}

static struct pair *
pair_bymsgid(struct engine *en, const struct sa *sa, uint32_t msgid)
{
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (cn->cn_conf->pc_peer == sa->sa_conf &&
			    pr->pr_msgid == msgid && pr->pr_settled != 0)
				return (pr);
	return (NULL);
}

/* A pair, an exchange under way, or the ISAKMP SA itself. */
const char *
engine_delete(struct engine *en, const char *cookies, const char *msgid)
{
	uint8_t c[16];
	struct pair *pr;
	struct exch *x;
	struct conn *cn;
	struct sa *sa;
	char *end;
	uint32_t id;

	if (cookies_parse(cookies, c) == -1)
		return ("cookies are 32 digits of hex, as S shows them");
	if ((sa = sa_find(en, c)) == NULL)
		return ("there is no such ISAKMP SA");
	if (msgid == NULL || strcmp(msgid, "-") == 0) {
		sa_close(sa, "deleted");
		return (NULL);
	}
	id = strtoul(msgid, &end, 16);
	if (!isxdigit((unsigned char)*msgid) || *end != '\0' || id == 0 ||
	    end - msgid > 8)
		return ("the message ID is a number in hex, or -");
	if ((pr = pair_bymsgid(en, sa, id)) != NULL) {
		pair_close(pr, 1, "deleted");
		return (NULL);
	}
	if ((x = exch_find(sa, id)) == NULL)
		return ("that peer has no such SA and no such exchange");
	cn = x->x_conn;
	exch_free(x);
	if (cn != NULL && conn_current(cn) == NULL)
		conn_later(cn, en_jitter(en, 100, 1000));
	return (NULL);
}

static void
count_sa(const struct sa *sa, struct engine_count *ec)
{
	const struct exch *x;

	ec->ec_sas++;
	ec->ec_established += (sa->sa_flags & SAF_ESTABLISHED) != 0;
	ec->ec_halfopen += (sa->sa_flags & SAF_HALFOPEN) != 0;
	ec->ec_exchanges += sa->sa_p1 != NULL && sa->sa_p1->x_state != XS_DONE;
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		ec->ec_exchanges += x->x_state != XS_DONE;
}

void
engine_counts(struct engine *en, struct engine_count *ec)
{
	const struct pair *pr;
	const struct conn *cn;
	const struct sa *sa;

	memset(ec, 0, sizeof(*ec));
	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		count_sa(sa, ec);
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry) {
			ec->ec_pairs++;
			ec->ec_live += (pr->pr_flags &
			    (PRF_IN | PRF_OUT | PRF_REPLACED)) ==
			    (PRF_IN | PRF_OUT);
		}
}

void
engine_rekey(struct engine *en, int phase)
{
	struct pair *pr;
	struct conn *cn;
	struct sa *sa;

	if (phase == 2) {
		TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
			if ((pr = conn_current(cn)) != NULL)
				pair_rekey(pr);
		return;
	}
	TAILQ_FOREACH(sa, &en->en_sas, sa_entry)
		if (sa->sa_flags & SAF_ESTABLISHED)
			en_timer(en, &sa->sa_soft, 0);
}
