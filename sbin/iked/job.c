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
 * What is to be asked of the peer, one at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define AGAIN_MAX	(10 * SEC)

struct job *
job_add(struct tunnel *tn, enum job_type type, struct child *ch,
    uint64_t delay)
{
	struct job *jb;

	if ((jb = job_find(tn, type, ch)) != NULL)
		return (jb);
	if ((jb = calloc(1, sizeof(*jb))) == NULL) {
		log_warn("job");
		return (NULL);
	}
	jb->jb_type = type;
	jb->jb_child = ch;
	jb->jb_notbefore = en_now(tn->tn_engine) + delay;
	if (type == JOB_CHILD_DELETE)
		jb->jb_spi = ch->ch_in;
	TAILQ_INSERT_TAIL(&tn->tn_jobs, jb, jb_entry);
	/* whoever adds need not think of starting it */
	en_timer(tn->tn_engine, &tn->tn_wake, 0);
	return (jb);
}

struct job *
job_find(struct tunnel *tn, enum job_type type, struct child *ch)
{
	struct job *jb;

	if (tn->tn_sa != NULL && (jb = tn->tn_sa->sa_job) != NULL &&
	    jb->jb_type == type && jb->jb_child == ch)
		return (jb);
	TAILQ_FOREACH(jb, &tn->tn_jobs, jb_entry)
		if (jb->jb_type == type && jb->jb_child == ch)
			return (jb);
	return (NULL);
}

/* With what it was about to make. */
void
job_free(struct engine *en, struct job *jb)
{
	struct child *ch;
	struct sa *sa;

	if (jb == NULL)
		return;
	if ((ch = jb->jb_new) != NULL) {
		jb->jb_new = NULL;
		child_free(ch);
	}
	if ((sa = jb->jb_newsa) != NULL) {
		jb->jb_newsa = NULL;
		sa_free(sa, NULL);
	}
	dh_free(jb->jb_dh);
	explicit_bzero(jb, sizeof(*jb));
	free(jb);
}

static void
job_forget1(struct job *jb, struct child *ch)
{
	if (jb == NULL)
		return;
	if (jb->jb_child == ch)
		jb->jb_child = NULL;
	if (jb->jb_new == ch)
		jb->jb_new = NULL;
}

void
job_forget(struct tunnel *tn, struct child *ch)
{
	struct sa *sa;
	struct job *jb;

	LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
		job_forget1(sa->sa_job, ch);
	TAILQ_FOREACH(jb, &tn->tn_jobs, jb_entry)
		job_forget1(jb, ch);
}

/* Has it still a sense? */
static int
job_valid(struct tunnel *tn, const struct job *jb)
{
	const struct child *ch = jb->jb_child;

	if (tn->tn_flags & TNF_CLOSING)
		return (jb->jb_type == JOB_IKE_DELETE);
	switch (jb->jb_type) {
	case JOB_CHILD_REKEY:
		return (ch != NULL && ch->ch_state == CH_LIVE &&
		    ch->ch_mine == NULL && ch->ch_theirs == NULL &&
		    !(ch->ch_flags & CHF_DELETING));
	case JOB_CHILD_NEW:
		return (child_current(tn) == NULL);
	case JOB_IKE_REKEY:
		return (tn->tn_sa->sa_mine == NULL &&
		    tn->tn_sa->sa_theirs == NULL);
	default:
		return (1);
	}
}

static int
job_start(struct sa *sa, struct job *jb)
{
	switch (jb->jb_type) {
	case JOB_CHILD_NEW:
	case JOB_CHILD_REKEY:
		return (create_child_start(sa, jb));
	case JOB_IKE_REKEY:
		return (ikerekey_start(sa, jb));
	case JOB_REPLACED:
		job_free(sa->sa_engine, jb);
		tun_close(sa->sa_tun, "sa replaced", 1, 0);
		return (0);
	default:
		return (info_start(sa, jb));
	}
}

/* The first whose time has come; else *wait is how long until one's. */
static struct job *
job_pick(struct tunnel *tn, uint64_t *wait)
{
	struct engine *en = tn->tn_engine;
	uint64_t now = en_now(en);
	struct job *jb, *next;

	*wait = UINT64_MAX;
	TAILQ_FOREACH_SAFE(jb, &tn->tn_jobs, jb_entry, next) {
		if (!job_valid(tn, jb)) {
			TAILQ_REMOVE(&tn->tn_jobs, jb, jb_entry);
			job_free(en, jb);
		} else if (jb->jb_notbefore > now) {
			if (jb->jb_notbefore - now < *wait)
				*wait = jb->jb_notbefore - now;
		} else
			return (jb);
	}
	return (NULL);
}

void
job_next(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	struct sa *sa = tn->tn_sa;
	struct job *jb;
	uint64_t wait, age;

	if (sa == NULL || sa->sa_state != SA_ESTABLISHED ||
	    sa->sa_job != NULL || TAILQ_EMPTY(&tn->tn_jobs))
		return;
	if ((en->en_flags & ENF_PASSIVE) && !(tn->tn_flags & TNF_CLOSING))
		return;
	/* the answer that made this IKE SA may not be there yet */
	age = en_now(en) - sa->sa_established;
	if (!(sa->sa_flags & SAF_CONFIRMED) && age < SETTLE &&
	    !(tn->tn_flags & TNF_CLOSING)) {
		en_timer(en, &tn->tn_wake, SETTLE - age);
		return;
	}
	while ((jb = job_pick(tn, &wait)) != NULL) {
		TAILQ_REMOVE(&tn->tn_jobs, jb, jb_entry);
		if (job_start(sa, jb) == 0)
			return;
		log_warnx("%scannot ask the peer (no memory, or the kernel "
		    "refuses an SPI)", sa_prefix(sa));
		jb->jb_notbefore = en_now(en) + AGAIN_MAX;
		TAILQ_INSERT_TAIL(&tn->tn_jobs, jb, jb_entry);
	}
	if (wait != UINT64_MAX)
		en_timer(en, &tn->tn_wake, wait);
}

void
job_again(struct sa *sa, struct job *jb)
{
	struct engine *en = sa->sa_engine;
	struct tunnel *tn = sa->sa_tun;
	uint64_t ms = (jb->jb_tries < 8 ? jb->jb_tries + 1 : 8) * SEC;
	struct child *ch = jb->jb_new;
	struct sa *newsa = jb->jb_newsa;

	jb->jb_tries++;
	jb->jb_new = NULL;
	jb->jb_newsa = NULL;
	if (ch != NULL)
		child_free(ch);
	if (newsa != NULL)
		sa_free(newsa, NULL);
	dh_free(jb->jb_dh);
	jb->jb_dh = NULL;
	jb->jb_notbefore = en_now(en) + en_jitter(en, ms / 2, ms);
	TAILQ_INSERT_TAIL(&tn->tn_jobs, jb, jb_entry);
	log_debug("%sbusy, delaying rekey", sa_prefix(sa));
	job_next(tn);
}

void
job_response(struct sa *sa, struct job *jb, struct msg *m)
{
	switch (jb->jb_type) {
	case JOB_CHILD_NEW:
	case JOB_CHILD_REKEY:
		create_child_done(sa, jb, m);
		break;
	case JOB_IKE_REKEY:
		ikerekey_done(sa, jb, m);
		break;
	default:
		info_done(sa, jb, m);
	}
}
