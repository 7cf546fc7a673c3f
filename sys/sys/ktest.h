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

#ifndef _SYS_KTEST_H_
#define _SYS_KTEST_H_

#include <sys/param.h>
#include <sys/systm.h>

/*
 * Tests that run inside the kernel (conf/REGRESS), in the deterministic
 * mode unless the command line says otherwise, with nothing attached.
 *
 *	KTEST(name, "what it proves")
 *	{
 *		KT_EQ(m_length(m), 14);
 *	}
 *
 * A failed check prints file and line, counts, and returns from the test.
 */
struct ktest {
	const char	*kt_name;
	const char	*kt_what;
	const char	*kt_file;
	void		(*kt_func)(void);
	struct ktest	*kt_next;
};

#define KTEST(name, what)						\
static void kt_##name(void);						\
static struct ktest ktest_##name = { #name, (what), __FILE__,		\
    kt_##name, NULL };							\
static struct ktest *ktest_link_##name					\
    __attribute__((__section__("ktests"), __used__)) = &ktest_##name;	\
static void kt_##name(void)

void	ktest_fail(const char *, int, const char *, ...)
	    __attribute__((__format__(printf, 3, 4)));

#define KT_FAIL(...)	do {						\
	ktest_fail(__FILE__, __LINE__, __VA_ARGS__);			\
	return;								\
} while (0)
#define KT_ASSERT(e)	do {						\
	if (!(e))							\
		KT_FAIL("%s", #e);					\
} while (0)
#define KT_EQ(a, b)	do {						\
	long long __a = (long long)(a), __b = (long long)(b);		\
	if (__a != __b)							\
		KT_FAIL("%s is %lld, not %s (%lld)", #a, __a, #b, __b);	\
} while (0)
#define KT_MEMEQ(p, q, n)	do {					\
	if (memcmp((p), (q), (n)) != 0)					\
		KT_FAIL("%s differs from %s", #p, #q);			\
} while (0)

uint64_t kt_seed(void);		/* of this run; printed on failure */
uint32_t kt_random(void);	/* from that seed */
/* a full count, as `make test-full' has it: `make test' does a fifth */
unsigned long kt_count(unsigned long);
/* A line on the console and stderr. */
void	kt_say(const char *, ...) __attribute__((__format__(printf, 1, 2)));
/* Run everything that is due up to this many ns from now. */
void	kt_sleep(uint64_t);

#endif /* _SYS_KTEST_H_ */
