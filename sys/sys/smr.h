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

#ifndef _SYS_SMR_H_
#define _SYS_SMR_H_

#include <sys/queue.h>
#include <sys/atomic.h>
#include <sys/mutex.h>
#include <sys/proc.h>

/*
 * Safe memory reclamation: a reader inside smr_read_enter/leave may follow
 * pointers that a writer has just unlinked; the writer frees them after
 * smr_barrier(), or in a function handed to smr_call().  A thread that
 * gives up its token outside a section is quiescent.
 */
struct smr_entry {
	SIMPLEQ_ENTRY(smr_entry) smr_list;
	void		(*smr_func)(void *);
	void		*smr_arg;
};

/* nests; no sleeping until leave */
static inline void
smr_read_enter(void)
{
	struct proc *p = curproc;

	__atomic_store_n(&p->p_smrdepth, p->p_smrdepth + 1, __ATOMIC_RELAXED);
	barrier();
}

/* The last one out may have to let others run; not where none are kept. */
#define smr_read_leave() do {						\
	if (mtx_alone && curproc->p_smrdepth > 0)			\
		__atomic_store_n(&curproc->p_smrdepth,			\
		    curproc->p_smrdepth - 1, __ATOMIC_RELEASE);		\
	else								\
		_smr_read_leave(__FILE__, __LINE__);			\
} while (0)
void	_smr_read_leave(const char *, int);
#define smr_barrier()		_smr_barrier(__FILE__, __LINE__)
void	_smr_barrier(const char *, int);	/* may sleep; microseconds */
#define smr_flush()	smr_barrier()
void	smr_init(struct smr_entry *);
void	smr_call(struct smr_entry *, void (*)(void *), void *);
void	smr_startup(void);
void	smr_drain(void);		/* all callbacks so far have run */

#ifdef DIAGNOSTIC
void	smr_assert_critical(const char *, int);
void	smr_assert_noncritical(const char *, int);
#define SMR_ASSERT_CRITICAL()	 smr_assert_critical(__FILE__, __LINE__)
#define SMR_ASSERT_NONCRITICAL() smr_assert_noncritical(__FILE__, __LINE__)
#else
#define SMR_ASSERT_CRITICAL()	 ((void)0)
#define SMR_ASSERT_NONCRITICAL() ((void)0)
#endif

#define SMR_PTR_GET(pp)		__atomic_load_n((pp), __ATOMIC_ACQUIRE)
#define SMR_PTR_GET_LOCKED(pp)	__atomic_load_n((pp), __ATOMIC_RELAXED)
#define SMR_PTR_SET_LOCKED(pp, v) \
	__atomic_store_n((pp), (v), __ATOMIC_RELEASE)

/* single list */
#define SMR_SLIST_HEAD(name, type)					\
struct name { struct type *smr_slh_first; }
#define SMR_SLIST_ENTRY(type)						\
struct { struct type *smr_sle_next; }
#define SMR_SLIST_HEAD_INITIALIZER(head) { NULL }
#define SMR_SLIST_INIT(head)						\
	SMR_PTR_SET_LOCKED(&(head)->smr_slh_first, NULL)
#define SMR_SLIST_FIRST(head)	SMR_PTR_GET(&(head)->smr_slh_first)
#define SMR_SLIST_NEXT(elm, f)	SMR_PTR_GET(&(elm)->f.smr_sle_next)
#define SMR_SLIST_FIRST_LOCKED(head)					\
	SMR_PTR_GET_LOCKED(&(head)->smr_slh_first)
#define SMR_SLIST_NEXT_LOCKED(elm, f)					\
	SMR_PTR_GET_LOCKED(&(elm)->f.smr_sle_next)
#define SMR_SLIST_EMPTY(head)	(SMR_SLIST_FIRST(head) == NULL)
#define SMR_SLIST_EMPTY_LOCKED(head) (SMR_SLIST_FIRST_LOCKED(head) == NULL)
#define SMR_SLIST_FOREACH(var, head, f)					\
	for ((var) = SMR_SLIST_FIRST(head); (var) != NULL;		\
	    (var) = SMR_SLIST_NEXT(var, f))
#define SMR_SLIST_FOREACH_LOCKED(var, head, f)				\
	for ((var) = SMR_SLIST_FIRST_LOCKED(head); (var) != NULL;	\
	    (var) = SMR_SLIST_NEXT_LOCKED(var, f))
#define SMR_SLIST_FOREACH_SAFE_LOCKED(var, head, f, tvar)		\
	for ((var) = SMR_SLIST_FIRST_LOCKED(head); (var) != NULL &&	\
	    ((tvar) = SMR_SLIST_NEXT_LOCKED(var, f), 1); (var) = (tvar))
#define SMR_SLIST_INSERT_HEAD_LOCKED(head, elm, f) do {			\
	SMR_PTR_SET_LOCKED(&(elm)->f.smr_sle_next,			\
	    SMR_SLIST_FIRST_LOCKED(head));				\
	SMR_PTR_SET_LOCKED(&(head)->smr_slh_first, (elm));		\
} while (0)
#define SMR_SLIST_INSERT_AFTER_LOCKED(prev, elm, f) do {		\
	SMR_PTR_SET_LOCKED(&(elm)->f.smr_sle_next,			\
	    SMR_SLIST_NEXT_LOCKED(prev, f));				\
	SMR_PTR_SET_LOCKED(&(prev)->f.smr_sle_next, (elm));		\
} while (0)
#define SMR_SLIST_REMOVE_HEAD_LOCKED(head, f)				\
	SMR_PTR_SET_LOCKED(&(head)->smr_slh_first,			\
	    SMR_SLIST_NEXT_LOCKED(SMR_SLIST_FIRST_LOCKED(head), f))
#define SMR_SLIST_REMOVE_LOCKED(head, elm, type, f) do {		\
	struct type **__pp = &(head)->smr_slh_first;			\
									\
	while (SMR_PTR_GET_LOCKED(__pp) != (elm))			\
		__pp = &SMR_PTR_GET_LOCKED(__pp)->f.smr_sle_next;	\
	SMR_PTR_SET_LOCKED(__pp, SMR_SLIST_NEXT_LOCKED(elm, f));	\
} while (0)

/* list with removal in constant time */
#define SMR_LIST_HEAD(name, type)					\
struct name { struct type *smr_lh_first; }
#define SMR_LIST_ENTRY(type)						\
struct { struct type *smr_le_next; struct type **smr_le_prev; }
#define SMR_LIST_INIT(head)						\
	SMR_PTR_SET_LOCKED(&(head)->smr_lh_first, NULL)
#define SMR_LIST_FIRST(head)	SMR_PTR_GET(&(head)->smr_lh_first)
#define SMR_LIST_NEXT(elm, f)	SMR_PTR_GET(&(elm)->f.smr_le_next)
#define SMR_LIST_FIRST_LOCKED(head)					\
	SMR_PTR_GET_LOCKED(&(head)->smr_lh_first)
#define SMR_LIST_NEXT_LOCKED(elm, f)					\
	SMR_PTR_GET_LOCKED(&(elm)->f.smr_le_next)
#define SMR_LIST_EMPTY_LOCKED(head) (SMR_LIST_FIRST_LOCKED(head) == NULL)
#define SMR_LIST_FOREACH(var, head, f)					\
	for ((var) = SMR_LIST_FIRST(head); (var) != NULL;		\
	    (var) = SMR_LIST_NEXT(var, f))
#define SMR_LIST_FOREACH_LOCKED(var, head, f)				\
	for ((var) = SMR_LIST_FIRST_LOCKED(head); (var) != NULL;	\
	    (var) = SMR_LIST_NEXT_LOCKED(var, f))
#define SMR_LIST_FOREACH_SAFE_LOCKED(var, head, f, tvar)		\
	for ((var) = SMR_LIST_FIRST_LOCKED(head); (var) != NULL &&	\
	    ((tvar) = SMR_LIST_NEXT_LOCKED(var, f), 1); (var) = (tvar))
#define SMR_LIST_INSERT_HEAD_LOCKED(head, elm, f) do {			\
	SMR_PTR_SET_LOCKED(&(elm)->f.smr_le_next,			\
	    SMR_LIST_FIRST_LOCKED(head));				\
	(elm)->f.smr_le_prev = &(head)->smr_lh_first;			\
	if (SMR_LIST_FIRST_LOCKED(head) != NULL)			\
		SMR_LIST_FIRST_LOCKED(head)->f.smr_le_prev =		\
		    &(elm)->f.smr_le_next;				\
	SMR_PTR_SET_LOCKED(&(head)->smr_lh_first, (elm));		\
} while (0)
#define SMR_LIST_REMOVE_LOCKED(elm, f) do {				\
	if (SMR_LIST_NEXT_LOCKED(elm, f) != NULL)			\
		SMR_LIST_NEXT_LOCKED(elm, f)->f.smr_le_prev =		\
		    (elm)->f.smr_le_prev;				\
	SMR_PTR_SET_LOCKED((elm)->f.smr_le_prev,			\
	    SMR_LIST_NEXT_LOCKED(elm, f));				\
} while (0)

#endif /* _SYS_SMR_H_ */
