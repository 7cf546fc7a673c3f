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

#ifndef _KT_SECLIB_H_
#define _KT_SECLIB_H_

/*
 * A tunnel that comes back to its own kernel.  An SA that leaves by kti1
 * towards KTI_PEER1 and one that is for KTI_US1 share SPI and keys: with
 * the outer addresses swapped, what was sent is what is received.
 */
#include "../netinet/kt_inet.h"

#include <net/if_sec.h>
#include <net/pfkeyv2.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_esp.h>

#define KSEC_SPI		0x1000

struct ksec_sa {
	unsigned int	ks_unit;
	int		ks_dir;		/* IPSP_DIRECTION_* */
	u_int32_t	ks_spi;		/* host order */
	int		ks_gcm;		/* AES-GCM-16, else CBC and SHA2-256 */
	u_int32_t	ks_flags;	/* more TDBF_* */
	const struct ipsecinit *ks_algs; /* others, with keys; or NULL */
};

int	ksec_setup(void);
void	ksec_cleanup(void);
int	ksec_create(unsigned int);	/* secN, up; 0 or errno */
int	ksec_destroy(unsigned int);
int	ksec_flags(unsigned int, int);	/* IFF_UP or 0, by the ioctl's way */
/* An SA in the kernel, borrowed; it goes with ksec_delete() or cleanup. */
struct tdb *ksec_add(const struct ksec_sa *);
void	ksec_delete(struct tdb *);
/* A pair for a unit: SPI KSEC_SPI + 2 * unit, or as given. */
int	ksec_pair(unsigned int, struct tdb **, struct tdb **);
/* Send a packet of len bytes into secN; 0 or errno. */
int	ksec_send(unsigned int, in_addr_t, int);
/* Turn everything that left kti1 round, after a hook; how many. */
unsigned int ksec_reflect(void (*)(struct mbuf *));
void	ksec_settle(void);		/* all that is due now has happened */
int	ksec_ioctl(unsigned int, u_long, void *);	/* 0 or errno */
int	ksec_stats(unsigned int, struct sec_stats *);
uint64_t ksec_espstat(int);
int	ksec_ifdata(unsigned int, struct if_data *);

#endif /* _KT_SECLIB_H_ */
