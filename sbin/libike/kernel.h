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


#ifndef _LIBIKE_KERNEL_H_
#define _LIBIKE_KERNEL_H_

/*
 * The kernel's SAs, by PF_KEY.  Two sockets: requests go over one and are
 * answered at once (1 s at the most), expiry comes over the other.
 */
#include "ksa.h"

/* Before privileges are given up.  0, or -1 with errno. */
int	 kernel_open(int *request, int *upcall);

/*
 * In the process that uses them.  expire and newunit are called from
 * kernel_input.  0 or -1.
 */
struct kernel;
struct kernel	*kernel_new(int request, int upcall,
		    void (*expire)(void *, uint32_t spi,
		    const struct ike_addr *dst, int hard), void *arg);
/* Called from kernel_input, too: an SA is wanted.  NULL, at first: nobody. */
void		 kernel_onacquire(struct kernel *,
		    void (*)(void *, const struct kacquire *));
void		 kernel_free(struct kernel *);
/* The upcall socket is readable.  -1: the kernel is gone. */
int		 kernel_input(struct kernel *);
/* 0 or an errno.  kernel_addsa of an inbound SA makes the larval one live;
 * kernel_movesa: other addresses, port or encapsulation for a live one;
 * kernel_delsa of an SA that is gone is ESRCH. */
int		 kernel_getspi(struct kernel *, const struct ksa *,
		    uint32_t *spi);
int		 kernel_addsa(struct kernel *, const struct ksa *);
int		 kernel_movesa(struct kernel *, const struct ksa *old,
		    const struct ksa *new);
int		 kernel_delsa(struct kernel *, const struct ksa *);
int		 kernel_statsa(struct kernel *, const struct ksa *,
		    struct ksa_stat *);
/*
 * The policies of both directions, all or none: "require" the SAs.  The
 * addresses have to be networks, the protocol is the same at both ends;
 * EINVAL.
 */
int		 kernel_flow(struct kernel *, const struct kflow *, int add);
/*
 * What the kernel has for a protocol, by SADB_REGISTER: of each an algorithm
 * number of SADB_AALG_ or SADB_EALG_ and the bits of its key, with salt.
 * 0 or an errno; ENOSPC: there are more than max, the first are there.
 */
struct kernel_alg {
	uint8_t		 al_cipher;	/* SADB_EALG_, or 0 */
	uint8_t		 al_mac;	/* SADB_AALG_, or 0 */
	uint8_t		 al_ivlen;	/* bits */
	uint16_t	 al_minbits;
	uint16_t	 al_maxbits;
};
int		 kernel_algs(struct kernel *, uint8_t proto,
		    struct kernel_alg *, unsigned int max, unsigned int *n);
/*
 * Why, for people, an SA or a policy is refused; strerror(3) where that
 * cannot be known from the errno and what was asked.  What algorithms there
 * are is known in the process of kernel_open or kernel_algs.  Static buffer
 * of each.
 */
const char	*kernel_reason(int error, const struct ksa *);
const char	*kernel_flow_reason(int error, const struct kflow *);
/*
 * Delete every SA that is bound to one of these units, whoever made it:
 * those a daemon before us left behind.  How many.
 */
unsigned int	 kernel_flush(struct kernel *, const unsigned int *units,
		    unsigned int n);
/*
 * The same for SAs of no interface that name the ends by their identities:
 * those set by hand do not, and there is one daemon at a time.
 */
unsigned int	 kernel_orphans(struct kernel *);

#endif /* _LIBIKE_KERNEL_H_ */
