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
 * The inside of an engine: keys to speak with, and what must always hold.
 */
#include <stdio.h>
#include <string.h>

#include "sa.h"

#include "fuzz_inside.h"

static void
sa_fill(const struct sa *sa, struct inside_sa *is)
{
	memset(is, 0, sizeof(*is));
	is->is_spi[0] = sa->sa_spi[0];
	is->is_spi[1] = sa->sa_spi[1];
	is->is_initiator = (sa->sa_flags & SAF_INITIATOR) != 0;
	is->is_halfopen = sa->sa_state < SA_ESTABLISHED;
	is->is_request = sa->sa_peerid;
	is->is_response = sa->sa_reqid - 1;
	if (sa->sa_job != NULL)
		is->is_exch = sa->sa_exch;
	is->is_in = *sa_inkey(sa);
	is->is_local = sa->sa_local;
	is->is_peer = sa->sa_peer;
}

/* The nth, or how many there are. */
static struct sa *
sa_nth(struct engine *en, unsigned int nth, unsigned int *n)
{
	struct tunnel *tn;
	struct sa *sa;

	*n = 0;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
			if ((*n)++ == nth)
				return (sa);
	return (NULL);
}

int
inside_sa(struct engine *en, unsigned int nth, struct inside_sa *is)
{
	unsigned int n, i;
	struct sa *sa;

	if ((sa = sa_nth(en, nth, &n)) == NULL && n > 0)
		sa = sa_nth(en, nth % n, &i);
	if (sa == NULL)
		return (-1);
	sa_fill(sa, is);
	return (0);
}

static struct child *
child_nth(struct engine *en, unsigned int nth, unsigned int *n)
{
	struct tunnel *tn;
	struct child *ch;

	*n = 0;
	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
			if ((*n)++ == nth)
				return (ch);
	return (NULL);
}

int
inside_child(struct engine *en, unsigned int nth, uint32_t *in, uint32_t *out)
{
	unsigned int n, i;
	struct child *ch;

	if ((ch = child_nth(en, nth, &n)) == NULL && n > 0)
		ch = child_nth(en, nth % n, &i);
	if (ch == NULL)
		return (-1);
	*in = ch->ch_in;
	*out = ch->ch_out;
	return (0);
}

int
inside_owns(struct engine *en, uint32_t spi, int out)
{
	struct tunnel *tn;
	struct child *ch;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
			if ((ch->ch_flags & CHF_INKERNEL) &&
			    (out ? ch->ch_state == CH_LIVE && ch->ch_out == spi :
			    ch->ch_in == spi))
				return (1);
	return (0);
}

static int
has_sa(const struct tunnel *tn, const struct sa *wanted)
{
	struct sa *sa;

	LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
		if (sa == wanted)
			return (1);
	return (wanted == NULL);
}

static int
has_child(const struct tunnel *tn, const struct child *wanted)
{
	struct child *ch;

	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		if (ch == wanted)
			return (1);
	return (wanted == NULL);
}

static const char *
job_fault(const struct tunnel *tn, const struct job *jb)
{
	if (!has_child(tn, jb->jb_child) || !has_child(tn, jb->jb_new))
		return ("a job about another's child");
	return (has_sa(tn, jb->jb_newsa) ? NULL : "a job about another's SA");
}

/* It waits for the answer to an IKE rekeying. */
static int
is_job(const struct tunnel *tn, const struct sa *new)
{
	struct sa *sa;

	LIST_FOREACH(sa, &tn->tn_sas, sa_entry)
		if (sa->sa_job != NULL && sa->sa_job->jb_newsa == new)
			return (1);
	return (0);
}

/* Before it is established, and when it is over, each has an end. */
static const char *
sa_fault(struct tunnel *tn, struct sa *sa)
{
	static char text[64];

	if (sa->sa_tun != tn || sa_find(tn->tn_engine, sa_ourspi(sa)) != sa)
		return ("an SA that is not to be found");
	if (!has_sa(tn, sa->sa_mine) || !has_sa(tn, sa->sa_theirs) ||
	    !has_sa(tn, sa->sa_old))
		return ("an SA that replaces another's");
	if (sa->sa_state != SA_ESTABLISHED && sa->sa_retry.t_world == NULL &&
	    sa->sa_timer.t_world == NULL && !is_job(tn, sa)) {
		snprintf(text, sizeof(text), "an SA of state %d without an end",
		    sa->sa_state);
		return (text);
	}
	if (sa->sa_job != NULL && sa->sa_retry.t_world == NULL)
		return ("a request that is not retransmitted");
	if (sa->sa_state == SA_CLOSED && sa->sa_job != NULL)
		return ("a closed SA that asks");
	return (sa->sa_job == NULL ? NULL : job_fault(tn, sa->sa_job));
}

static const char *
child_fault(const struct tunnel *tn, const struct child *ch)
{
	if (ch->ch_tun != tn || !has_child(tn, ch->ch_mine) ||
	    !has_child(tn, ch->ch_theirs))
		return ("a child of another");
	if (ch->ch_sa != NULL && !has_sa(tn, ch->ch_sa))
		return ("a child of another's SA");
	if ((ch->ch_state == CH_HALF || ch->ch_state == CH_OLD) &&
	    ch->ch_timer.t_world == NULL)
		return ("a child without an end");
	return (NULL);
}

static const char *
tun_fault(struct tunnel *tn, unsigned int *halfopen)
{
	const char *why;
	struct child *ch;
	struct job *jb;
	struct sa *sa;

	if (!has_sa(tn, tn->tn_sa))
		return ("a tunnel without its SA");
	if (LIST_EMPTY(&tn->tn_sas) && TAILQ_EMPTY(&tn->tn_children))
		return ("a tunnel of nothing");
	LIST_FOREACH(sa, &tn->tn_sas, sa_entry) {
		*halfopen += (sa->sa_flags & SAF_HALFOPEN) != 0;
		if ((why = sa_fault(tn, sa)) != NULL)
			return (why);
	}
	TAILQ_FOREACH(ch, &tn->tn_children, ch_entry)
		if ((why = child_fault(tn, ch)) != NULL)
			return (why);
	TAILQ_FOREACH(jb, &tn->tn_jobs, jb_entry)
		if ((why = job_fault(tn, jb)) != NULL)
			return (why);
	return (NULL);
}

const char *
inside_fault(struct engine *en)
{
	unsigned int halfopen = 0;
	const char *why;
	struct tunnel *tn;

	TAILQ_FOREACH(tn, &en->en_tunnels, tn_entry)
		if ((why = tun_fault(tn, &halfopen)) != NULL)
			return (why);
	return (halfopen == en->en_halfopen ? NULL : "half open, miscounted");
}
