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
#include <sys/boot.h>
#include <sys/proc.h>

#include <crypto/cryptodev.h>

#include <machine/cpu.h>
#include <machine/host.h>
#include <machine/if_um.h>
#include <machine/ktest.h>
#include <machine/proxy.h>
#include <machine/random.h>
#include <machine/sched.h>

/* The kernel's entry points, and its way from boot to halt. */

static int	machdep_halting;	/* atomic */

void
kernel_halt(void)
{
	__atomic_store_n(&machdep_halting, 1, __ATOMIC_SEQ_CST);
	wakeup(&machdep_halting);
}

static void
machdep_wait(void)
{
	for (;;) {
		sleep_setup(&machdep_halting, "halt");
		if (__atomic_load_n(&machdep_halting, __ATOMIC_SEQ_CST))
			break;
		sleep_finish(INFSLP);
	}
	sleep_cancel();
}

/* "um0=wire:path": the unit and the rest, or EINVAL. */
static int
machdep_nic(const char *arg, char *why, size_t len)
{
	const char *p = arg;
	unsigned int unit = 0;

	if (strncmp(p, "um", 2) != 0 || p[2] < '0' || p[2] > '9')
		goto bad;
	for (p += 2; *p >= '0' && *p <= '9'; p++) {
		unit = unit * 10 + (*p - '0');
		if (unit > 255)
			goto bad;
	}
	if (*p++ != '=')
		goto bad;
	return (um_attach(unit, p, why, len));
bad:
	snprintf(why, len, "not umN=BACKEND:ARG with a unit of 0 to 255");
	return (EINVAL);
}

static int
machdep_nics(const struct kernel_args *ka)
{
	char line[512], why[256];
	unsigned int i;
	int len;

	for (i = 0; i < ka->ka_nnics; i++) {
		if (machdep_nic(ka->ka_nics[i], why, sizeof(why)) == 0)
			continue;
		len = snprintf(line, sizeof(line), "bsd: %s: %s\n",
		    ka->ka_nics[i], why);
		host_alert(line, MIN(len, (int)sizeof(line) - 1));
		return (1);
	}
	return (0);
}

static void
machdep_crypto(void)
{
	const char *name;
	int i;

	cpu_crypto_attach();
	printf("crypto:");
	for (i = 0; (name = crypto_provider_nth(i)) != NULL; i++)
		printf(" %s", name);
	printf("\n");
}

static void
machdep_boot(const struct kernel_args *ka)
{
	sched_init(ka->ka_ncpus, ka->ka_seeded, ka->ka_exact, ka->ka_seed);
	clock_init();
	if (ka->ka_seeded)
		random_seed(ka->ka_seed);
	boot_all(ka->ka_hostname);
	machdep_crypto();
	printf("um: %u cpu%s%s, host has %u\n", ncpus, ncpus == 1 ? "" : "s",
	    ka->ka_seeded ? ", seeded: keys are predictable" : "",
	    host_ncpus());
}

/*
 * Returns what the process is to exit with when the kernel itself failed:
 * 1 an argument was bad, 3 memory leaked and the boot knob wanted to know;
 * or as the kernel test says.  One that failed keeps what it held then, and
 * taking the kernel apart would wait for that for ever.
 */
int
kernel_main(const struct kernel_args *ka)
{
	unsigned long leaks;
	int status;

	machdep_boot(ka);
	if ((status = machdep_nics(ka)) == 0) {
		if (ka->ka_ktest != NULL) {
			status = ktest_run(ka->ka_ktest, ka->ka_seed);
			if (status != 0)
				return (status);
		} else {
			proxy_startup();
			host_booted();
			machdep_wait();
			proxy_shutdown();
		}
	}
	um_detach_all();
	leaks = boot_undo();
	if (status == 0 && leaks != 0 && ka->ka_leaks)
		status = 3;
	return (status);
}
