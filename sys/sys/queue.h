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
 * Intrusive lists. SLIST and SIMPLEQ are singly linked, LIST and TAILQ can
 * remove any element in constant time; SIMPLEQ and TAILQ know their tail.
 *
 * An element of a LIST or TAILQ does not point at its predecessor but at the
 * pointer that leads to it, so that the head needs no special case.
 *
 * The _SAFE loops allow the current element to be removed and freed.
 */
#ifndef _SYS_QUEUE_H_
#define _SYS_QUEUE_H_

/*
 * SLIST
 */
#define SLIST_HEAD(name, type)						\
struct name {								\
	struct type *slh_first;						\
}
#define SLIST_HEAD_INITIALIZER(head)	{ 0 }
#define SLIST_ENTRY(type)						\
struct {								\
	struct type *sle_next;						\
}

#define SLIST_FIRST(head)	((head)->slh_first)
#define SLIST_END(head)		((void *)0)
#define SLIST_EMPTY(head)	(SLIST_FIRST(head) == SLIST_END(head))
#define SLIST_NEXT(elm, field)	((elm)->field.sle_next)

#define SLIST_FOREACH(var, head, field)					\
	for ((var) = SLIST_FIRST(head); (var) != SLIST_END(head);	\
	    (var) = SLIST_NEXT(var, field))
#define SLIST_FOREACH_SAFE(var, head, field, tvar)			\
	for ((var) = SLIST_FIRST(head);					\
	    (var) != SLIST_END(head) &&					\
	    ((tvar) = SLIST_NEXT(var, field), 1);			\
	    (var) = (tvar))

#define SLIST_INIT(head) do {						\
	SLIST_FIRST(head) = SLIST_END(head);				\
} while (0)
#define SLIST_INSERT_AFTER(after, elm, field) do {			\
	SLIST_NEXT(elm, field) = SLIST_NEXT(after, field);		\
	SLIST_NEXT(after, field) = (elm);				\
} while (0)
#define SLIST_INSERT_HEAD(head, elm, field) do {			\
	SLIST_NEXT(elm, field) = SLIST_FIRST(head);			\
	SLIST_FIRST(head) = (elm);					\
} while (0)
#define SLIST_REMOVE_HEAD(head, field) do {				\
	SLIST_FIRST(head) = SLIST_NEXT(SLIST_FIRST(head), field);	\
} while (0)
#define SLIST_REMOVE_AFTER(before, field) do {				\
	SLIST_NEXT(before, field) =					\
	    SLIST_NEXT(SLIST_NEXT(before, field), field);		\
} while (0)
/* the element must be on the list */
#define SLIST_REMOVE(head, elm, type, field) do {			\
	struct type **_slp = &SLIST_FIRST(head);			\
									\
	while (*_slp != (elm))						\
		_slp = &SLIST_NEXT(*_slp, field);			\
	*_slp = SLIST_NEXT(elm, field);					\
} while (0)

/*
 * LIST
 */
#define LIST_HEAD(name, type)						\
struct name {								\
	struct type *lh_first;						\
}
#define LIST_HEAD_INITIALIZER(head)	{ 0 }
#define LIST_ENTRY(type)						\
struct {								\
	struct type *le_next;						\
	struct type **le_prev;						\
}

#define LIST_FIRST(head)	((head)->lh_first)
#define LIST_END(head)		((void *)0)
#define LIST_EMPTY(head)	(LIST_FIRST(head) == LIST_END(head))
#define LIST_NEXT(elm, field)	((elm)->field.le_next)

#define LIST_FOREACH(var, head, field)					\
	for ((var) = LIST_FIRST(head); (var) != LIST_END(head);		\
	    (var) = LIST_NEXT(var, field))
#define LIST_FOREACH_SAFE(var, head, field, tvar)			\
	for ((var) = LIST_FIRST(head);					\
	    (var) != LIST_END(head) &&					\
	    ((tvar) = LIST_NEXT(var, field), 1);			\
	    (var) = (tvar))

#define LIST_INIT(head) do {						\
	LIST_FIRST(head) = LIST_END(head);				\
} while (0)
#define LIST_INSERT_HEAD(head, elm, field) do {				\
	LIST_NEXT(elm, field) = LIST_FIRST(head);			\
	(elm)->field.le_prev = &LIST_FIRST(head);			\
	if (LIST_NEXT(elm, field) != LIST_END(head))			\
		LIST_NEXT(elm, field)->field.le_prev =			\
		    &LIST_NEXT(elm, field);				\
	LIST_FIRST(head) = (elm);					\
} while (0)
#define LIST_INSERT_AFTER(after, elm, field) do {			\
	LIST_NEXT(elm, field) = LIST_NEXT(after, field);		\
	(elm)->field.le_prev = &LIST_NEXT(after, field);		\
	if (LIST_NEXT(elm, field) != (void *)0)				\
		LIST_NEXT(elm, field)->field.le_prev =			\
		    &LIST_NEXT(elm, field);				\
	LIST_NEXT(after, field) = (elm);				\
} while (0)
#define LIST_INSERT_BEFORE(before, elm, field) do {			\
	LIST_NEXT(elm, field) = (before);				\
	(elm)->field.le_prev = (before)->field.le_prev;			\
	*(elm)->field.le_prev = (elm);					\
	(before)->field.le_prev = &LIST_NEXT(elm, field);		\
} while (0)
#define LIST_REMOVE(elm, field) do {					\
	if (LIST_NEXT(elm, field) != (void *)0)				\
		LIST_NEXT(elm, field)->field.le_prev =			\
		    (elm)->field.le_prev;				\
	*(elm)->field.le_prev = LIST_NEXT(elm, field);			\
} while (0)
#define LIST_REPLACE(elm, new, field) do {				\
	LIST_NEXT(new, field) = LIST_NEXT(elm, field);			\
	(new)->field.le_prev = (elm)->field.le_prev;			\
	if (LIST_NEXT(new, field) != (void *)0)				\
		LIST_NEXT(new, field)->field.le_prev =			\
		    &LIST_NEXT(new, field);				\
	*(new)->field.le_prev = (new);					\
} while (0)

/*
 * SIMPLEQ
 */
#define SIMPLEQ_HEAD(name, type)					\
struct name {								\
	struct type *sqh_first;						\
	struct type **sqh_last;						\
}
#define SIMPLEQ_HEAD_INITIALIZER(head)	{ 0, &(head).sqh_first }
#define SIMPLEQ_ENTRY(type)						\
struct {								\
	struct type *sqe_next;						\
}

#define SIMPLEQ_FIRST(head)		((head)->sqh_first)
#define SIMPLEQ_END(head)		((void *)0)
#define SIMPLEQ_EMPTY(head)	(SIMPLEQ_FIRST(head) == SIMPLEQ_END(head))
#define SIMPLEQ_NEXT(elm, field)	((elm)->field.sqe_next)

#define SIMPLEQ_FOREACH(var, head, field)				\
	for ((var) = SIMPLEQ_FIRST(head); (var) != SIMPLEQ_END(head);	\
	    (var) = SIMPLEQ_NEXT(var, field))
#define SIMPLEQ_FOREACH_SAFE(var, head, field, tvar)			\
	for ((var) = SIMPLEQ_FIRST(head);				\
	    (var) != SIMPLEQ_END(head) &&				\
	    ((tvar) = SIMPLEQ_NEXT(var, field), 1);			\
	    (var) = (tvar))

#define SIMPLEQ_INIT(head) do {						\
	(head)->sqh_first = (void *)0;					\
	(head)->sqh_last = &(head)->sqh_first;				\
} while (0)
#define SIMPLEQ_INSERT_HEAD(head, elm, field) do {			\
	if ((SIMPLEQ_NEXT(elm, field) = (head)->sqh_first) == (void *)0) \
		(head)->sqh_last = &SIMPLEQ_NEXT(elm, field);		\
	(head)->sqh_first = (elm);					\
} while (0)
#define SIMPLEQ_INSERT_TAIL(head, elm, field) do {			\
	SIMPLEQ_NEXT(elm, field) = (void *)0;				\
	*(head)->sqh_last = (elm);					\
	(head)->sqh_last = &SIMPLEQ_NEXT(elm, field);			\
} while (0)
#define SIMPLEQ_INSERT_AFTER(head, after, elm, field) do {		\
	SIMPLEQ_NEXT(elm, field) = SIMPLEQ_NEXT(after, field);		\
	if (SIMPLEQ_NEXT(elm, field) == (void *)0)			\
		(head)->sqh_last = &SIMPLEQ_NEXT(elm, field);		\
	SIMPLEQ_NEXT(after, field) = (elm);				\
} while (0)
#define SIMPLEQ_REMOVE_HEAD(head, field) do {				\
	(head)->sqh_first = SIMPLEQ_NEXT((head)->sqh_first, field);	\
	if ((head)->sqh_first == (void *)0)				\
		(head)->sqh_last = &(head)->sqh_first;			\
} while (0)
#define SIMPLEQ_REMOVE_AFTER(head, before, field) do {			\
	SIMPLEQ_NEXT(before, field) =					\
	    SIMPLEQ_NEXT(SIMPLEQ_NEXT(before, field), field);		\
	if (SIMPLEQ_NEXT(before, field) == (void *)0)			\
		(head)->sqh_last = &SIMPLEQ_NEXT(before, field);	\
} while (0)
/* moves everything from head2 to the tail of head1 */
#define SIMPLEQ_CONCAT(head1, head2) do {				\
	if (!SIMPLEQ_EMPTY(head2)) {					\
		*(head1)->sqh_last = (head2)->sqh_first;		\
		(head1)->sqh_last = (head2)->sqh_last;			\
		SIMPLEQ_INIT(head2);					\
	}								\
} while (0)

/*
 * TAILQ
 */
#define TAILQ_HEAD(name, type)						\
struct name {								\
	struct type *tqh_first;						\
	struct type **tqh_last;						\
}
#define TAILQ_HEAD_INITIALIZER(head)	{ 0, &(head).tqh_first }
#define TAILQ_ENTRY(type)						\
struct {								\
	struct type *tqe_next;						\
	struct type **tqe_prev;						\
}

#define TAILQ_FIRST(head)	((head)->tqh_first)
#define TAILQ_END(head)		((void *)0)
#define TAILQ_EMPTY(head)	(TAILQ_FIRST(head) == TAILQ_END(head))
#define TAILQ_NEXT(elm, field)	((elm)->field.tqe_next)
/*
 * Head and entry have the same shape: the "last" of whoever precedes is
 * found by reading the predecessor's entry as if it were a head.
 */
#define TAILQ_LAST(head, headname)					\
	(*(((struct headname *)((head)->tqh_last))->tqh_last))
#define TAILQ_PREV(elm, headname, field)				\
	(*(((struct headname *)((elm)->field.tqe_prev))->tqh_last))

#define TAILQ_FOREACH(var, head, field)					\
	for ((var) = TAILQ_FIRST(head); (var) != TAILQ_END(head);	\
	    (var) = TAILQ_NEXT(var, field))
#define TAILQ_FOREACH_SAFE(var, head, field, tvar)			\
	for ((var) = TAILQ_FIRST(head);					\
	    (var) != TAILQ_END(head) &&					\
	    ((tvar) = TAILQ_NEXT(var, field), 1);			\
	    (var) = (tvar))
#define TAILQ_FOREACH_REVERSE(var, head, headname, field)		\
	for ((var) = TAILQ_LAST(head, headname);			\
	    (var) != TAILQ_END(head);					\
	    (var) = TAILQ_PREV(var, headname, field))
#define TAILQ_FOREACH_REVERSE_SAFE(var, head, headname, field, tvar)	\
	for ((var) = TAILQ_LAST(head, headname);			\
	    (var) != TAILQ_END(head) &&					\
	    ((tvar) = TAILQ_PREV(var, headname, field), 1);		\
	    (var) = (tvar))

#define TAILQ_INIT(head) do {						\
	(head)->tqh_first = (void *)0;					\
	(head)->tqh_last = &(head)->tqh_first;				\
} while (0)
#define TAILQ_INSERT_HEAD(head, elm, field) do {			\
	if ((TAILQ_NEXT(elm, field) = (head)->tqh_first) != (void *)0)	\
		(head)->tqh_first->field.tqe_prev =			\
		    &TAILQ_NEXT(elm, field);				\
	else								\
		(head)->tqh_last = &TAILQ_NEXT(elm, field);		\
	(head)->tqh_first = (elm);					\
	(elm)->field.tqe_prev = &(head)->tqh_first;			\
} while (0)
#define TAILQ_INSERT_TAIL(head, elm, field) do {			\
	TAILQ_NEXT(elm, field) = (void *)0;				\
	(elm)->field.tqe_prev = (head)->tqh_last;			\
	*(head)->tqh_last = (elm);					\
	(head)->tqh_last = &TAILQ_NEXT(elm, field);			\
} while (0)
#define TAILQ_INSERT_AFTER(head, after, elm, field) do {		\
	if ((TAILQ_NEXT(elm, field) = TAILQ_NEXT(after, field)) !=	\
	    (void *)0)							\
		TAILQ_NEXT(elm, field)->field.tqe_prev =		\
		    &TAILQ_NEXT(elm, field);				\
	else								\
		(head)->tqh_last = &TAILQ_NEXT(elm, field);		\
	TAILQ_NEXT(after, field) = (elm);				\
	(elm)->field.tqe_prev = &TAILQ_NEXT(after, field);		\
} while (0)
#define TAILQ_INSERT_BEFORE(before, elm, field) do {			\
	(elm)->field.tqe_prev = (before)->field.tqe_prev;		\
	TAILQ_NEXT(elm, field) = (before);				\
	*(before)->field.tqe_prev = (elm);				\
	(before)->field.tqe_prev = &TAILQ_NEXT(elm, field);		\
} while (0)
#define TAILQ_REMOVE(head, elm, field) do {				\
	if (TAILQ_NEXT(elm, field) != (void *)0)			\
		TAILQ_NEXT(elm, field)->field.tqe_prev =		\
		    (elm)->field.tqe_prev;				\
	else								\
		(head)->tqh_last = (elm)->field.tqe_prev;		\
	*(elm)->field.tqe_prev = TAILQ_NEXT(elm, field);		\
} while (0)
#define TAILQ_REPLACE(head, elm, new, field) do {			\
	if ((TAILQ_NEXT(new, field) = TAILQ_NEXT(elm, field)) !=	\
	    (void *)0)							\
		TAILQ_NEXT(new, field)->field.tqe_prev =		\
		    &TAILQ_NEXT(new, field);				\
	else								\
		(head)->tqh_last = &TAILQ_NEXT(new, field);		\
	(new)->field.tqe_prev = (elm)->field.tqe_prev;			\
	*(new)->field.tqe_prev = (new);					\
} while (0)
/* moves everything from head2 to the tail of head1 */
#define TAILQ_CONCAT(head1, head2, field) do {				\
	if (!TAILQ_EMPTY(head2)) {					\
		*(head1)->tqh_last = (head2)->tqh_first;		\
		(head2)->tqh_first->field.tqe_prev = (head1)->tqh_last;	\
		(head1)->tqh_last = (head2)->tqh_last;			\
		TAILQ_INIT(head2);					\
	}								\
} while (0)

#endif /* _SYS_QUEUE_H_ */
