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

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_ecn.h>

/* HC' = ~(~HC + ~m + m'), RFC 1624, for the first word of the header. */
void
ip_tos_patch(struct ip *ip, uint8_t tos)
{
	uint32_t sum;

	sum = (uint16_t)~ntohs(ip->ip_sum) + (uint16_t)~ip->ip_tos + tos;
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	ip->ip_sum = htons(~sum);
	ip->ip_tos = tos;
}

void
ip_ecn_ingress(int mode, u_int8_t *outer, u_int8_t *inner)
{
	*outer = *inner;
	if (mode == ECN_FORBIDDEN)
		*outer &= ~IPTOS_ECN_MASK;
}

/* The inner field that remains, by inner and outer one; -1: drop. */
static const int8_t ip_ecn_merged[4][4] = {
	/* outer: not ECT, ECT(1), ECT(0), CE, as they are numbered */
	[IPTOS_ECN_NOTECT] = {	IPTOS_ECN_NOTECT, IPTOS_ECN_NOTECT,
				IPTOS_ECN_NOTECT, -1 },
	[IPTOS_ECN_ECT1] = {	IPTOS_ECN_ECT1, IPTOS_ECN_ECT1,
				IPTOS_ECN_ECT1, IPTOS_ECN_CE },
	[IPTOS_ECN_ECT0] = {	IPTOS_ECN_ECT0, IPTOS_ECN_ECT1,
				IPTOS_ECN_ECT0, IPTOS_ECN_CE },
	[IPTOS_ECN_CE] = {	IPTOS_ECN_CE, IPTOS_ECN_CE,
				IPTOS_ECN_CE, IPTOS_ECN_CE },
};

int
ip_ecn_egress(int mode, u_int8_t *outer, u_int8_t *inner)
{
	int ecn;

	if (mode == ECN_NOCARE)
		return (1);
	ecn = ip_ecn_merged[*inner & IPTOS_ECN_MASK][*outer & IPTOS_ECN_MASK];
	if (ecn == -1)
		return (0);
	*inner = (*inner & ~IPTOS_ECN_MASK) | ecn;
	return (1);
}
