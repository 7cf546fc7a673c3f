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

#ifndef _SYS_TASK_H_
#define _SYS_TASK_H_

#include <sys/queue.h>

struct taskq;

struct task {
	TAILQ_ENTRY(task) t_entry;
	void		(*t_func)(void *);
	void		*t_arg;
	unsigned int	 t_flags;
};
TAILQ_HEAD(task_list, task);

#define TASKQ_MPSAFE		(1 << 0)
#define TASK_ONQUEUE		1
#define TASK_INITIALIZER(f, a)	{ { NULL, NULL }, (f), (a), 0 }

extern struct taskq *const systq;
extern struct taskq *const systqmp;

/* thread creation waits until the scheduler runs; ipl is a name only */
struct taskq *taskq_create(const char *, unsigned int, int, unsigned int);
void	taskq_destroy(struct taskq *);
/*
 * A queue without a thread: whoever made it calls taskq_run() from one
 * thread of its own, which returns how many tasks it ran, at most max.
 * kick is called after each task_add(), from any context.
 */
struct taskq *taskq_create_driven(const char *, void (*)(void *), void *);
unsigned int taskq_run(struct taskq *, unsigned int);
int	taskq_empty(struct taskq *);
void	taskq_startup(void);			/* boot */
void	taskq_barrier(struct taskq *);		/* may sleep */
void	taskq_del_barrier(struct taskq *, struct task *);  /* may sleep */

/*
 * task_add() and task_del() never sleep: 1 if they changed anything.  The
 * task is copied before its function runs, so that may add or free it.
 */
void	task_set(struct task *, void (*)(void *), void *);
int	task_add(struct taskq *, struct task *);
int	task_del(struct taskq *, struct task *);
#define task_pending(t)		((t)->t_flags & TASK_ONQUEUE)

#endif /* _SYS_TASK_H_ */
