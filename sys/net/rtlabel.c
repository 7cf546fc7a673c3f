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
 * Labels: names that routes carry, by number.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <net/route.h>

#define RTLABEL_MAXID	50000

/* all of it: rtlabel_mtx */
struct rt_label {
	TAILQ_ENTRY(rt_label)	 rtl_entry;	/* by id */
	char			 rtl_name[RTLABEL_LEN];
	u_int16_t		 rtl_id;	/* from 1 */
	int			 rtl_ref;
};

static struct mutex rtlabel_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
static TAILQ_HEAD(rt_labels, rt_label) rt_labels =
    TAILQ_HEAD_INITIALIZER(rt_labels);

static struct rt_label *
rtlabel_find(u_int16_t id)
{
	struct rt_label *rtl;

	MUTEX_ASSERT_LOCKED(&rtlabel_mtx);
	TAILQ_FOREACH(rtl, &rt_labels, rtl_entry) {
		if (rtl->rtl_id == id)
			break;
	}
	return (rtl);
}

/* The entry in front of which the lowest free number belongs. */
static struct rt_label *
rtlabel_gap(u_int16_t *id)
{
	struct rt_label *rtl;

	*id = 1;
	TAILQ_FOREACH(rtl, &rt_labels, rtl_entry) {
		if (rtl->rtl_id != *id)
			break;
		(*id)++;
	}
	return (rtl);
}

static u_int16_t
rtlabel_get(const char *name, struct rt_label *new)
{
	struct rt_label *rtl;

	MUTEX_ASSERT_LOCKED(&rtlabel_mtx);
	TAILQ_FOREACH(rtl, &rt_labels, rtl_entry) {
		if (strcmp(rtl->rtl_name, name) == 0) {
			rtl->rtl_ref++;
			return (rtl->rtl_id);
		}
	}
	if (new == NULL)
		return (0);
	rtl = rtlabel_gap(&new->rtl_id);
	if (new->rtl_id > RTLABEL_MAXID)
		return (0);
	if (rtl != NULL)
		TAILQ_INSERT_BEFORE(rtl, new, rtl_entry);
	else
		TAILQ_INSERT_TAIL(&rt_labels, new, rtl_entry);
	new->rtl_ref = 1;
	return (new->rtl_id);
}

u_int16_t
rtlabel_name2id(const char *name)
{
	struct rt_label *new;
	u_int16_t id;

	if (name[0] == '\0')
		return (0);
	new = malloc(sizeof(*new), M_RTABLE, M_NOWAIT | M_ZERO);
	if (new != NULL)
		strlcpy(new->rtl_name, name, sizeof(new->rtl_name));
	mtx_enter(&rtlabel_mtx);
	id = rtlabel_get(name, new);
	if (new != NULL && new->rtl_ref != 0)
		new = NULL;
	mtx_leave(&rtlabel_mtx);
	if (new != NULL)
		free(new, M_RTABLE, sizeof(*new));
	return (id);
}

const char *
rtlabel_id2name(u_int16_t id, char *buf, size_t len)
{
	struct rt_label *rtl;

	if (id == 0)
		return (NULL);
	mtx_enter(&rtlabel_mtx);
	rtl = rtlabel_find(id);
	if (rtl != NULL)
		strlcpy(buf, rtl->rtl_name, len);
	mtx_leave(&rtlabel_mtx);
	return (rtl != NULL ? buf : NULL);
}

struct sockaddr *
rtlabel_id2sa(u_int16_t id, struct sockaddr_rtlabel *sr)
{
	memset(sr, 0, sizeof(*sr));
	sr->sr_len = sizeof(*sr);
	sr->sr_family = AF_UNSPEC;
	if (rtlabel_id2name(id, sr->sr_label, sizeof(sr->sr_label)) == NULL)
		return (NULL);
	return ((struct sockaddr *)sr);
}

void
rtlabel_ref(u_int16_t id)
{
	struct rt_label *rtl;

	if (id == 0)
		return;
	mtx_enter(&rtlabel_mtx);
	rtl = rtlabel_find(id);
	KASSERT(rtl != NULL);
	rtl->rtl_ref++;
	mtx_leave(&rtlabel_mtx);
}

void
rtlabel_unref(u_int16_t id)
{
	struct rt_label *rtl;

	if (id == 0)
		return;
	mtx_enter(&rtlabel_mtx);
	rtl = rtlabel_find(id);
	KASSERT(rtl != NULL);
	if (--rtl->rtl_ref == 0)
		TAILQ_REMOVE(&rt_labels, rtl, rtl_entry);
	else
		rtl = NULL;
	mtx_leave(&rtlabel_mtx);
	if (rtl != NULL)
		free(rtl, M_RTABLE, sizeof(*rtl));
}
