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
 * Dead peers are told by asking (RFC 3706).
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define MAXACKS		5	/* for one number */

static void	dpd_timeout(void *);

static uint64_t
interval(const struct sa *sa)
{
	return (sa->sa_engine->en_model->md_dpd * 1000ULL);
}

/* The first number is random, and far from where it would wrap. */
void
dpd_start(struct sa *sa)
{
	struct engine *en = sa->sa_engine;

	if ((sa->sa_flags & (SAF_ESTABLISHED | SAF_DPD)) !=
	    (SAF_ESTABLISHED | SAF_DPD))
		return;
	sa->sa_dpd.t_fn = dpd_timeout;
	if (interval(sa) == 0) {
		en_untimer(en, &sa->sa_dpd);
		sa->sa_dpdtries = 0;
		return;
	}
	if (sa->sa_dpdout == 0) {
		en_random(en, &sa->sa_dpdout, sizeof(sa->sa_dpdout));
		sa->sa_dpdout = (sa->sa_dpdout & 0x7fff) + 1;
	}
	if (sa->sa_dpdtries == 0)
		en_timer(en, &sa->sa_dpd, interval(sa));
}

/* An authentic message came. */
void
dpd_heard(struct sa *sa)
{
	struct engine *en = sa->sa_engine;

	sa->sa_heard = en_now(en);
	sa->sa_dpdtries = 0;
	if (interval(sa) != 0)
		dpd_start(sa);
}

static void
dpd_say(struct sa *sa, uint16_t type, uint32_t number)
{
	const uint8_t data[4] = { number >> 24, number >> 16, number >> 8,
	    number };
	struct msgb mb = { 0 };

	mb_notify1(&mb, V1_PROTO_ISAKMP, sa->sa_cookies, 16, type, data,
	    sizeof(data));
	(void)sa_inform(sa, &mb);
}

/* ms since something came by a pair with the same peer; or a long time. */
static uint64_t
last_esp(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	int64_t last = 0, t, now = en->en_world.w_time(en->en_arg);
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (cn->cn_conf->pc_peer == sa->sa_conf &&
			    (pr->pr_flags & PRF_IN) &&
			    id_cmp(&pr->pr_remote, &sa->sa_remote) == 0 &&
			    (t = pair_lastuse(pr)) > last)
				last = t;
	return (last == 0 || last > now ? UINT64_MAX :
	    (uint64_t)(now - last) * 1000);
}

static void
dpd_timeout(void *arg)
{
	struct sa *sa = arg;
	struct engine *en = sa->sa_engine;

	if (interval(sa) == 0)
		return;
	if (sa->sa_dpdtries == 0 && last_esp(sa) < interval(sa)) {
		en_timer(en, &sa->sa_dpd, interval(sa));
		return;
	}
	if (sa->sa_dpdtries > DPD_TRIES && last_esp(sa) < interval(sa)) {
		sa_close(sa, "the peer lives, but does not know it");
		return;
	}
	if (sa->sa_dpdtries > DPD_TRIES) {
		sa_dead(sa, "does not answer any more (dead peer detection)");
		return;
	}
	sa->sa_dpdtries++;
	en->en_stats.st_probes++;
	en_timer(en, &sa->sa_dpd, DPD_RETRY);
	dpd_say(sa, V1_N_R_U_THERE, ++sa->sa_dpdout);
}

void
dpd_ask(struct sa *sa)
{
	if ((sa->sa_flags & (SAF_ESTABLISHED | SAF_DPD)) !=
	    (SAF_ESTABLISHED | SAF_DPD) || interval(sa) == 0 ||
	    sa->sa_dpdtries != 0)
		return;
	sa->sa_dpdtries = 1;
	sa->sa_engine->en_stats.st_probes++;
	en_timer(sa->sa_engine, &sa->sa_dpd, DPD_RETRY);
	dpd_say(sa, V1_N_R_U_THERE, ++sa->sa_dpdout);
}

/*
 * A number is answered a few times, as the answer may get lost; lower ones
 * are old.
 */
static void
dpd_asked(struct sa *sa, uint32_t number)
{
	if (number < sa->sa_dpdin)
		return;
	if (number != sa->sa_dpdin)
		sa->sa_dpdacks = 0;
	sa->sa_dpdin = number;
	if (sa->sa_dpdacks++ < MAXACKS)
		dpd_say(sa, V1_N_R_U_THERE_ACK, number);
}

void
dpd_notify(struct sa *sa, const struct v1_notify *n)
{
	struct span s = n->n_data;
	uint32_t number;

	if (s.s_len != 4 || span_get32(&s, &number) == -1 ||
	    n->n_spi.s_len != 16 ||
	    memcmp(n->n_spi.s_data, sa->sa_cookies, 16) != 0) {
		sa->sa_engine->en_stats.st_malformed++;
		return;
	}
	if (n->n_type == V1_N_R_U_THERE)
		dpd_asked(sa, number);
	/* that it is authentic has said already that the peer is alive */
}
