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
 * The process that talks to the network, whole, without a network and with a
 * kernel that takes everything: its state is its own, and starts anew each
 * time.
 */
#include <stdlib.h>

#include "fuzz_v1proc.h"

/* It ends where it would exit. */
static void	 fuzz_exit(int);
#define exit	 fuzz_exit
#include "ike.c"
#include "outside.c"
#undef exit

#include "fuzz.h"

const struct proc_prog proc_prog = { .pp_name = "isakmpd" };

static jmp_buf	 over;

static void
fuzz_exit(int status)
{
	longjmp(over, 1);
}

void
v1ike_process(void)
{
	static typeof(ike) first;
	static int known;

	if (!known)
		first = ike;
	known = 1;
	ike = first;
	if (setjmp(over) == 0)
		ike_run();
}

/*
 * udp.h
 */
struct udp {
	int	 u_nothing;
};

struct udp *
udp_new(struct event_base *base, void (*recv)(void *,
    const struct ike_addr *local, const struct ike_addr *peer, const void *,
    size_t, int natt), void (*lost)(void *), void *arg)
{
	return (calloc(1, sizeof(struct udp)));
}

void
udp_free(struct udp *u)
{
	free(u);
}

void
udp_add(struct udp *u, const struct udp_info *ui, int fd)
{
}

void
udp_addprobe(struct udp *u, uint8_t family, int fd)
{
}

void
udp_start(struct udp *u)
{
}

int
udp_send(struct udp *u, const struct ike_addr *local,
    const struct ike_addr *peer, const void *data, size_t len, int marker)
{
	return (0);
}

int
udp_source(struct udp *u, const struct ike_addr *peer, struct ike_addr *local)
{
	*local = *peer;
	local->ia_addr[3] ^= 1;
	return (0);
}

/*
 * kernel.h
 */
struct kernel {
	uint32_t	 k_spi;
};

struct kernel *
kernel_new(int request, int upcall, void (*expire)(void *, uint32_t spi,
    const struct ike_addr *dst, int hard), void *arg)
{
	return (calloc(1, sizeof(struct kernel)));
}

void
kernel_free(struct kernel *k)
{
	free(k);
}

int
kernel_input(struct kernel *k)
{
	return (0);
}

int
kernel_getspi(struct kernel *k, const struct ksa *ks, uint32_t *spi)
{
	*spi = 0x1000 + ++k->k_spi;
	return (0);
}

int
kernel_addsa(struct kernel *k, const struct ksa *ks)
{
	return (0);
}

int
kernel_movesa(struct kernel *k, const struct ksa *old, const struct ksa *new)
{
	return (0);
}

int
kernel_delsa(struct kernel *k, const struct ksa *ks)
{
	return (0);
}

int
kernel_statsa(struct kernel *k, const struct ksa *ks, struct ksa_stat *st)
{
	memset(st, 0, sizeof(*st));
	return (0);
}

int
kernel_flow(struct kernel *k, const struct kflow *kf, int add)
{
	return (0);
}

int
kernel_algs(struct kernel *k, uint8_t proto, struct kernel_alg *al,
    unsigned int max, unsigned int *n)
{
	*n = 0;
	return (0);
}

unsigned int
kernel_flush(struct kernel *k, const unsigned int *units, unsigned int n)
{
	return (n);
}

unsigned int
kernel_orphans(struct kernel *k)
{
	return (0);
}

/* This kernel never asks for an SA. */
void
kernel_onacquire(struct kernel *k, void (*acquire)(void *,
    const struct kacquire *))
{
}
