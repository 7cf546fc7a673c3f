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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/ktest.h>
#include <sys/proc.h>

#include <machine/host.h>
#include <machine/ktest.h>
#include <machine/sched.h>

#if defined(REGRESS) || defined(BENCH)

/* The linker gathers the tests: one pointer each. */
extern struct ktest *__start_ktests[];
extern struct ktest *__stop_ktests[];

static uint64_t	ktest_seed;
static uint64_t	ktest_rng;
static int	ktest_failures;

void
kt_say(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	host_alert(line, MIN(len, (int)sizeof(line) - 1));
}

void
ktest_fail(const char *file, int line, const char *fmt, ...)
{
	char text[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ktest_failures++;
	kt_say("%s:%d: %s (seed %lu)\n", file, line, text, ktest_seed);
}

uint64_t
kt_seed(void)
{
	return (ktest_seed);
}

/* splitmix64 */
uint32_t
kt_random(void)
{
	uint64_t z = __atomic_add_fetch(&ktest_rng, 0x9e3779b97f4a7c15UL,
	    __ATOMIC_RELAXED);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return ((z ^ (z >> 31)) >> 32);
}

unsigned long
kt_count(unsigned long n)
{
	return (MAX(1, n * host_scale() / 100));
}

void
kt_sleep(uint64_t ns)
{
	static int nothing;

	tsleep_nsec(&nothing, PWAIT, "ktest", ns);
}

int
ktest_run(const char *name, unsigned long seed)
{
	struct ktest **kt;

	ktest_seed = ktest_rng = seed;
	for (kt = __start_ktests; kt < __stop_ktests; kt++) {
		if (strcmp(name, "-l") == 0) {
			kt_say("%s%s\n", (*kt)->kt_name,
			    strncmp((*kt)->kt_name, "mp_", 3) == 0 ?
			    " mp" : "");
			continue;
		}
		if (strcmp(name, (*kt)->kt_name) != 0)
			continue;
		(*kt)->kt_func();
		if (ktest_failures == 0)
			kt_say("ok %s: %s (trace %016lx, %lu switches)\n",
			    name, (*kt)->kt_what, sched_trace(),
			    sched_switches());
		return (ktest_failures != 0);
	}
	if (strcmp(name, "-l") == 0)
		return (0);
	kt_say("bsd: there is no kernel test \"%s\"\n", name);
	return (2);
}

#else

int
ktest_run(const char *name, unsigned long seed)
{
	static const char text[] =
	    "bsd: this kernel has no tests (configuration REGRESS has)\n";

	host_alert(text, sizeof(text) - 1);
	return (2);
}

#endif /* REGRESS || BENCH */
