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
#include <sys/device.h>
#include <sys/domain.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/pool.h>
#include <sys/proc.h>
#include <sys/smr.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <sys/task.h>
#include <sys/timeout.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/toeplitz.h>

#include <netinet/in.h>
#include <netinet/ip_var.h>
#include <netinet/ip_spd.h>
#ifdef INET6
#include <netinet6/ip6_var.h>
#endif

#include <crypto/cryptodev.h>

#include "enc.h"
#if NENC > 0
#include <net/if_enc.h>
#endif

static void
boot_pseudo(void)
{
	const struct pdevinit *pdev;

	for (pdev = pdevinit; pdev->pdev_attach != NULL; pdev++)
		pdev->pdev_attach(pdev->pdev_count);
	pdevinit_done = 1;
}

/*
 * Routing comes before the loopback interface, which is its first user;
 * protocols after the pseudo-devices, as on OpenBSD.
 */
void
boot_all(const char *hostname)
{
	kmeminit();
	mbinit();
	stoeplitz_init();
	hostname_set(hostname);
	smr_startup();
	taskq_startup();
	timeout_startup();
	cryptosoft_attach();
	softnet_init();
	ifinit();
	route_init();
	boot_pseudo();
	domaininit();
	malloc_settle();
	pool_settle();
}

static int
boot_undo_tdb(struct tdb *tdb, void *arg, int last)
{
	tdb_delete(tdb);
	return (0);
}

static void
boot_undo_sas(void)
{
	unsigned int rdomain;

	NET_LOCK();
	for (rdomain = 0; rdomain <= RT_TABLEID_MAX; rdomain++) {
		spd_flush(rdomain);
		tdb_walk(rdomain, boot_undo_tdb, NULL);
	}
	NET_UNLOCK();
	tdb_drain();
}

static void
boot_undo_interfaces(void)
{
	char name[IFNAMSIZ];
	struct ifnet *ifp;

	for (;;) {
		NET_LOCK_SHARED();
		TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
			if (ISSET(ifp->if_xflags, IFXF_CLONED))
				break;
		}
		if (ifp != NULL)
			strlcpy(name, ifp->if_xname, sizeof(name));
		NET_UNLOCK_SHARED();
		if (ifp == NULL || if_clone_destroy(name) != 0)
			return;
	}
}

unsigned long
boot_undo(void)
{
	unsigned long leaks;

	boot_undo_interfaces();
	boot_undo_sas();
	ip_frag_drain();
#ifdef INET6
	frag6_drain();
#endif
	softnet_forget();
#if NENC > 0
	encdetach();
#endif
	loopdetach();
	route_fini();
	ifdrain();
	smr_drain();
	taskq_barrier(systqmp);
	leaks = malloc_leaks() + pool_leaks();
	return (leaks);
}
