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
 * Exchanges: their life, retransmission, and messages that come twice.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define QUICK_LAST	5000	/* ms for what is under way otherwise */
#define QUICK_DOUBT	2	/* tries in silence, until phase 1 is tried */
#define QUICK_FAILS	4	/* in a row, until phase 1 is made anew */
#define HALFOPEN_SHOWN	32	/* by -v; more are a flood */
#define DOUBLE_WAIT	500	/* ms between answers to the same message */

static void	exch_timeout(void *);

struct exch *
exch_new(struct sa *sa, uint8_t type, int initiator, uint32_t msgid)
{
	struct engine *en = sa->sa_engine;
	struct exch *x;

	if ((x = calloc(1, sizeof(*x))) == NULL) {
		log_warnx("exchange with %s: out of memory", sa_name(sa));
		return (NULL);
	}
	x->x_sa = sa;
	x->x_type = type;
	x->x_initiator = initiator;
	x->x_msgid = msgid;
	x->x_number = ++en->en_number;
	x->x_started = en_now(en);
	x->x_timer.t_fn = exch_timeout;
	x->x_timer.t_arg = x;
	if (type == V1_X_MAIN || type == V1_X_AGGRESSIVE)
		sa->sa_p1 = x;
	else
		TAILQ_INSERT_TAIL(&sa->sa_exchs, x, x_entry);
	return (x);
}

/* The initiator has the pair, if it has our answer. */
void
exch_tell(const struct exch *x)
{
	if (!x->x_initiator && x->x_state == XS_SENT_QM2 &&
	    x->x_pair != NULL &&
	    (x->x_sa->sa_engine->en_flags & ENF_STOPPING) == 0)
		info_bury_pair(x->x_pair);
}

/* What only the making needs. */
static void
exch_forget(struct exch *x)
{
	unsigned int i;

	dh_free(x->x_dh);
	x->x_dh = NULL;
	buf_clear(&x->x_ni);
	buf_clear(&x->x_nr);
	buf_clear(&x->x_gxi);
	buf_clear(&x->x_gxr);
	buf_clear(&x->x_secret);
	buf_clear(&x->x_sai);
	buf_clear(&x->x_idi);
	buf_clear(&x->x_idr);
	buf_clear(&x->x_proof);
	mb_clear(&x->x_reply);
	for (i = 0; i < x->x_ncertreqs; i++)
		buf_clear(&x->x_certreqs[i].ac_data);
	for (i = 0; i < x->x_ncerts; i++)
		buf_clear(&x->x_certs[i].ac_data);
	x->x_ncertreqs = x->x_ncerts = 0;
	x->x_wait = XW_NONE;
	if (x->x_pair != NULL) {
		exch_tell(x);
		pair_free(x->x_pair);
	}
	x->x_pair = NULL;
	if (x->x_conn != NULL && x->x_conn->cn_quick == x)
		x->x_conn->cn_quick = NULL;
	if (x->x_replaces != NULL)
		x->x_replaces->pr_flags &= ~PRF_RENEWING;
	x->x_replaces = NULL;
}

/*
 * We answered, and the pair is gone: by its last message the initiator shows
 * that it has it.
 */
void
exch_orphan(struct exch *x)
{
	if (x->x_initiator || x->x_state != XS_SENT_QM2)
		return;
	x->x_state = XS_DONE;
	x->x_orphan = 1;
	x->x_again = 0;
	x->x_conn = NULL;
	buf_clear(&x->x_out);
	en_timer(x->x_sa->sa_engine, &x->x_timer, EXCH_LINGER);
}

void
exch_free(struct exch *x)
{
	struct sa *sa = x->x_sa;

	exch_forget(x);
	en_untimer(sa->sa_engine, &x->x_timer);
	buf_clear(&x->x_out);
	if (sa->sa_p1 == x)
		sa->sa_p1 = NULL;
	else
		TAILQ_REMOVE(&sa->sa_exchs, x, x_entry);
	free(x);
}

/* -v shows them. */
void
exch_to(struct exch *x, enum exch_state state)
{
	x->x_state = state;
	if (log_getverbose() > 0 && ((x->x_sa->sa_flags & SAF_HALFOPEN) == 0 ||
	    x->x_sa->sa_engine->en_halfopen <= HALFOPEN_SHOWN))
		log_info("%s: %s with %s, %s", exch_title(x),
		    v1_exch_name(x->x_type), addr_print(&x->x_sa->sa_peer),
		    exch_state_name(x));
}

void
exch_done(struct exch *x)
{
	exch_forget(x);
	exch_to(x, XS_DONE);
	x->x_again = 0;
	en_timer(x->x_sa->sa_engine, &x->x_timer, EXCH_LINGER);
}

const char *
exch_title(const struct exch *x)
{
	return (x->x_conn != NULL ? x->x_conn->cn_conf->pc_name :
	    x->x_sa->sa_conf->pe_name);
}

/*
 * A quick mode that fails leaves the ISAKMP SA as it is; phase 1 takes it
 * along.
 */
void
exch_fail(struct exch *x, const char *fmt, ...)
{
	struct sa *sa = x->x_sa;
	struct conn *cn = x->x_initiator ? x->x_conn : NULL;
	char why[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	dbg(DBG_EXCHANGE, 10, "%s: %s with %s failed: %s", exch_title(x),
	    v1_exch_name(x->x_type), sa_name(sa), why);
	if (sa->sa_p1 == x) {
		sa->sa_engine->en_stats.st_p1_failed++;
		if (x->x_initiator)
			conns_sa_failed(sa, why);
		else
			en_warn(sa->sa_engine, "%s from %s failed: %s",
			    v1_exch_name(x->x_type),
			    addr_print(&sa->sa_peer), why);
		sa_free(sa);
		return;
	}
	sa->sa_engine->en_stats.st_p2_failed++;
	if (!x->x_initiator)
		log_warnx("%s: %s from %s failed: %s", exch_title(x),
		    v1_exch_name(x->x_type), sa_name(sa), why);
	exch_free(x);
	if (cn == NULL)
		return;
	conn_failed(cn, "%s", why);
	/* what phase 1 did not protect may be wrong, as is who is behind NAT */
	if (cn->cn_failures % QUICK_FAILS == 0 &&
	    (sa->sa_flags & SAF_ESTABLISHED)) {
		sa->sa_flags |= SAF_REPLACED;
		en_timer(sa->sa_engine, &sa->sa_hard, QUICK_LAST);
	}
}

struct exch *
exch_find(struct sa *sa, uint32_t msgid)
{
	struct exch *x;

	if (msgid == 0)
		return (sa->sa_p1);
	TAILQ_FOREACH(x, &sa->sa_exchs, x_entry)
		if (x->x_msgid == msgid)
			return (x);
	return (NULL);
}

void
exch_note(struct exch *x, const void *data, size_t len)
{
	crypto_sha1(data, len, x->x_seen);
	x->x_hasseen = 1;
}

/*
 * Is what we sent last the answer to what came last?  The initiator of main
 * mode asks always; who got the last message of all has nothing to say.
 */
static int
exch_answered(const struct exch *x)
{
	if (x->x_out.b_len == 0 || x->x_wait != XW_NONE)
		return (0);
	if (x->x_initiator)
		return (x->x_type != V1_X_MAIN &&
		    (x->x_state == XS_DONE || x->x_state == XS_COMMIT));
	return (x->x_type == V1_X_MAIN || x->x_state != XS_DONE);
}

/*
 * To whom has not proven its address only what is not longer than what came,
 * where it came from.  Not too often, as anybody may say a message again, but
 * as often as somebody may need it.
 */
int
exch_double(struct exch *x, const void *data, size_t len,
    const struct ike_addr *peer)
{
	struct sa *sa = x->x_sa;
	uint8_t sum[20];

	if (!x->x_hasseen)
		return (0);
	crypto_sha1(data, len, sum);
	if (memcmp(sum, x->x_seen, sizeof(sum)) != 0)
		return (0);
	sa->sa_engine->en_stats.st_doubles++;
	if (!exch_answered(x) ||
	    en_now(sa->sa_engine) - x->x_answered < DOUBLE_WAIT)
		return (1);
	if ((sa->sa_flags & SAF_HALFOPEN) && (x->x_out.b_len > len ||
	    addr_cmp(peer, &sa->sa_peer) != 0))
		return (1);
	x->x_answered = en_now(sa->sa_engine);
	exch_resend(x);
	return (1);
}

/*
 * 1, 2 and 4 seconds, so that one lost datagram costs little, then 9, 11 ...
 * as many as Retransmits says.  0: that was the last.
 */
static uint64_t
exch_delay(const struct exch *x)
{
	const struct model *md = x->x_sa->sa_engine->en_model;
	const unsigned int n = x->x_tries;

	if (n < 3)
		return (1000U << n);
	if (n > md->md_retransmits + 2)
		return (0);
	return ((5 + 2 * (n - 1)) * 1000ULL);
}

void
exch_sent(struct exch *x, int again)
{
	struct engine *en = x->x_sa->sa_engine;
	const uint64_t max = en->en_model->md_exchmax * 1000ULL;

	x->x_again = again;
	x->x_tries = 0;
	x->x_sent = en_now(en);
	en_timer(en, &x->x_timer, again ? exch_delay(x) : max);
}

static void
exch_giveup(struct exch *x)
{
	struct sa *sa = x->x_sa;
	char said[256] = "";

	if (sa->sa_flags & SAF_HALFOPEN) {	/* it may have been nobody */
		dbg(DBG_EXCHANGE, 10, "%s did not go on", sa_name(sa));
		sa_free(sa);
		return;
	}
	if (x->x_said != 0)
		snprintf(said, sizeof(said), "; it said %s%s",
		    v1_notify_name(x->x_said), info_cure(x->x_said));
	else if (x->x_state == XS_SENT_AUTH && sa->sa_auth == V1_AUTH_PSK)
		snprintf(said, sizeof(said), " to our proof: do both ends have "
		    "the same pre-shared key?");
	if (x->x_type == V1_X_QUICK && (sa->sa_flags & SAF_ESTABLISHED) &&
	    en_now(sa->sa_engine) - sa->sa_heard > 30000)
		sa->sa_flags |= SAF_REPLACED;	/* another is to be made */
	exch_fail(x, "transport_send_messages: giving up on exchange %s, no "
	    "response from peer %s%s", exch_title(x), addr_print(&sa->sa_peer),
	    said);
}

/*
 * The peer may have been started anew and know nothing of the ISAKMP SA: then
 * another one, made meanwhile, tells that, and what was asked is asked again.
 */
static void
exch_doubt(struct exch *x)
{
	struct sa *sa = x->x_sa;
	struct engine *en = sa->sa_engine;

	if (x->x_type == V1_X_QUICK && x->x_initiator &&
	    x->x_tries == QUICK_DOUBT && sa->sa_heard < x->x_started &&
	    sa->sa_conf->pe_addr.ia_family != 0 &&
	    sa_making(en, sa->sa_conf) == NULL)
		p1_start(en, sa->sa_conf, NULL);
}

static void
exch_timeout(void *arg)
{
	struct exch *x = arg;
	struct engine *en = x->x_sa->sa_engine;
	const uint64_t max = en->en_model->md_exchmax * 1000ULL;

	if (x->x_state == XS_DONE) {
		exch_free(x);
		return;
	}
	if (x->x_state == XS_COMMIT) {
		quick_connected(x);	/* it was said, and got lost */
		return;
	}
	if (quick_implied(x))
		return;
	x->x_tries++;
	if (!x->x_again || exch_delay(x) == 0 ||
	    en_now(en) - x->x_started >= max) {
		exch_giveup(x);
		return;
	}
	en->en_stats.st_retransmitted++;
	exch_resend(x);
	en_timer(en, &x->x_timer, exch_delay(x));
	exch_doubt(x);
}

void
exch_ask(struct exch *x, enum exch_wait wait, struct auth_req *ar)
{
	struct engine *en = x->x_sa->sa_engine;
	static const enum auth_kind kinds[] = {
		[XW_SKEYID] = AUTH_SKEYID,
		[XW_SIGN] = AUTH_SIGN,
		[XW_VERIFY] = AUTH_VERIFY
	};

	x->x_wait = wait;
	ar->ar_asker = x->x_number;
	ar->ar_kind = kinds[wait];
	ar->ar_peer = x->x_sa->sa_conf->pe_id;
	ar->ar_alg = x->x_sa->sa_keys.k_hash;
	en->en_world.w_auth(en->en_arg, ar);
}
