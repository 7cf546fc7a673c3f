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

#ifndef _SYS_ATOMIC_H_
#define _SYS_ATOMIC_H_

#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)	__atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

#define atomic_load_int(p)	__atomic_load_n((p), __ATOMIC_RELAXED)
#define atomic_store_int(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define atomic_load_long(p)	__atomic_load_n((p), __ATOMIC_RELAXED)
#define atomic_store_long(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)

/* as on OpenBSD: cas returns the old value, the rest the new one */
#define atomic_cas_uint(p, o, n) __sync_val_compare_and_swap((p), (o), (n))
#define atomic_cas_ulong(p, o, n) __sync_val_compare_and_swap((p), (o), (n))
#define atomic_cas_ptr(p, o, n)	__sync_val_compare_and_swap((p), (o), (n))
#define atomic_swap_uint(p, n)	__atomic_exchange_n((p), (n), __ATOMIC_SEQ_CST)
#define atomic_swap_ptr(p, n)	__atomic_exchange_n((p), (n), __ATOMIC_SEQ_CST)
#define atomic_inc_int_nv(p)	__atomic_add_fetch((p), 1, __ATOMIC_SEQ_CST)
#define atomic_dec_int_nv(p)	__atomic_sub_fetch((p), 1, __ATOMIC_SEQ_CST)
#define atomic_add_int_nv(p, v)	__atomic_add_fetch((p), (v), __ATOMIC_SEQ_CST)
#define atomic_inc_int(p)	((void)atomic_inc_int_nv(p))
#define atomic_dec_int(p)	((void)atomic_dec_int_nv(p))
#define atomic_add_int(p, v)	((void)atomic_add_int_nv((p), (v)))
#define atomic_inc_long_nv(p)	__atomic_add_fetch((p), 1, __ATOMIC_SEQ_CST)
#define atomic_dec_long_nv(p)	__atomic_sub_fetch((p), 1, __ATOMIC_SEQ_CST)
#define atomic_add_long_nv(p, v) __atomic_add_fetch((p), (v), __ATOMIC_SEQ_CST)
#define atomic_inc_long(p)	((void)atomic_inc_long_nv(p))
#define atomic_setbits_int(p, b) \
	((void)__atomic_fetch_or((p), (b), __ATOMIC_SEQ_CST))
#define atomic_clearbits_int(p, b) \
	((void)__atomic_fetch_and((p), ~(b), __ATOMIC_SEQ_CST))

#define barrier()		__asm__ volatile("" ::: "memory")

/*
 * All that was written before is seen before anything is read after: a
 * locked instruction, as the thread sanitizer knows no fences.
 */
static inline void
membar_sync(void)
{
	unsigned int word = 0;

	__atomic_fetch_or(&word, 0, __ATOMIC_SEQ_CST);
	barrier();
}

#endif /* _SYS_ATOMIC_H_ */
