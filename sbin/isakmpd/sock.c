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
 * What the parent opens for ike, while it may, and what it asks the kernel.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <net/pfkeyv2.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "log.h"
#include "parent.h"
#include "proc.h"

/* Ciphers of the kernel: as IKEv1 calls them, and the bits of a salt. */
static const struct {
	uint8_t		 sadb;
	uint8_t		 esp;
	uint8_t		 salt;
} ciphers[] = {
	{ SADB_EALG_3DESCBC,	V1_ESP_3DES,		0 },
	{ SADB_X_EALG_CAST,	V1_ESP_CAST,		0 },
	{ SADB_X_EALG_BLF,	V1_ESP_BLOWFISH,	0 },
	{ SADB_EALG_NULL,	V1_ESP_NULL,		0 },
	{ SADB_X_EALG_AES,	V1_ESP_AES,		0 },
	{ SADB_X_EALG_AESCTR,	V1_ESP_AES_CTR,		32 },
	{ SADB_X_EALG_AESGCM16,	V1_ESP_AES_GCM,		32 },
	{ SADB_X_EALG_AESGMAC,	V1_ESP_AES_GMAC,	32 }
};
#define NCIPHERS	(sizeof(ciphers) / sizeof(ciphers[0]))

static const struct {
	uint8_t		 sadb;
	uint8_t		 mac;
} macs[] = {
	{ SADB_AALG_MD5HMAC,	V1_MAC_MD5 },
	{ SADB_AALG_SHA1HMAC,	V1_MAC_SHA1 },
	{ SADB_X_AALG_SHA2_256,	V1_MAC_SHA2_256 },
	{ SADB_X_AALG_SHA2_384,	V1_MAC_SHA2_384 },
	{ SADB_X_AALG_SHA2_512,	V1_MAC_SHA2_512 },
	{ SADB_X_AALG_RIPEMD160HMAC, V1_MAC_RIPEMD }
};
#define NMACS		(sizeof(macs) / sizeof(macs[0]))

/* -1: nothing that IKEv1 has a number for. */
static int
kalg_map(const struct kernel_alg *al, struct kalg *ka)
{
	size_t i;

	for (i = 0; i < NCIPHERS; i++) {
		if (al->al_cipher == 0 || al->al_cipher != ciphers[i].sadb)
			continue;
		ka->ka_id = ciphers[i].esp;
		ka->ka_minbits = al->al_minbits - ciphers[i].salt;
		ka->ka_maxbits = al->al_maxbits - ciphers[i].salt;
		return (0);
	}
	for (i = 0; i < NMACS; i++) {
		if (al->al_mac == 0 || al->al_mac != macs[i].sadb)
			continue;
		ka->ka_mac = macs[i].mac;
		ka->ka_minbits = al->al_minbits;
		ka->ka_maxbits = al->al_maxbits;
		return (0);
	}
	return (-1);
}

static void
kalgs_of(struct kernel *kn, uint8_t proto, struct kalgs *ka)
{
	const unsigned int max = sizeof(ka->ka_alg) / sizeof(ka->ka_alg[0]);
	struct kernel_alg algs[32];
	unsigned int i, n = 0;
	int error;

	error = kernel_algs(kn, proto, algs, sizeof(algs) / sizeof(algs[0]),
	    &n);
	if (error != 0 && error != ENOSPC) {
		if (proto == IKE_PROTO_ESP)
			fatalx("the kernel does not tell its algorithms: %s",
			    strerror(error));
		return;
	}
	for (i = 0; i < n && ka->ka_n < max; i++) {
		memset(&ka->ka_alg[ka->ka_n], 0, sizeof(ka->ka_alg[0]));
		ka->ka_alg[ka->ka_n].ka_proto = proto;
		if (kalg_map(&algs[i], &ka->ka_alg[ka->ka_n]) == 0)
			ka->ka_n++;
	}
}

static void
no_expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
}

/* Over sockets of its own: what registers is told of things later. */
static void
ask_kernel(struct kalgs *ka)
{
	struct kernel *kn;
	int request, upcall;

	memset(ka, 0, sizeof(*ka));
	if (kernel_open(&request, &upcall) == -1 ||
	    (kn = kernel_new(request, upcall, no_expire, NULL)) == NULL)
		fatal("PF_KEY");
	kalgs_of(kn, IKE_PROTO_ESP, ka);
	kalgs_of(kn, IKE_PROTO_AH, ka);
	kernel_free(kn);
}

void
isakmpd_open(struct sockets *so, const struct opts *op, struct kalgs *ka)
{
	const char only = op->op_families == FAMILY_6 ? '6' : '4';

	ask_kernel(ka);
	sockets_open(so, op->op_families, op->op_port, op->op_natt);
	if (so->so_nudp == 0)
		fatalx("the kernel has no IPv%c: start isakmpd without -%c",
		    only, only);
	if (op->op_natt != 0)
		sock_checkencap(op->op_natt, "isakmpd -T");
}

void
isakmpd_send(const struct sockets *so, const struct opts *op, struct chan *ch)
{
	const struct ike_setup is = {
		.is_port = op->op_port,
		.is_natt = op->op_natt,
		.is_noflows = op->op_noflows,
		.is_nokernel = op->op_nokernel,
		.is_passive = op->op_passive
	};

	sockets_send(so, ch);
	chan_send(ch, M_SETUP, &is, sizeof(is));
}
