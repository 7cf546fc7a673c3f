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
 * The packet log: IKE as it is before encryption and after decryption, in the
 * headers that it has on the wire, for tcpdump(8) and the like.
 */
#include <sys/types.h>
#include <sys/time.h>

#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "ikev1.h"
#include "log.h"

#define PCAP_MAGIC	0xa1b2c3d4U	/* fractions are us */
#define PCAP_SNAPLEN	65535
#define PCAP_RAW	101		/* LINKTYPE_RAW: IPv4 or IPv6 */

#define HLEN_IPV4	20
#define HLEN_IPV6	40
#define HLEN_UDP	8
#define MARKER		4		/* RFC 3948 2.2 */
#define PROTO_UDP	17
#define AT_FLAGS	19		/* in the header of ISAKMP */

static int	 pcap_fd = -1;
static uint16_t	 pcap_natt;	/* the port that IKE shares with ESP */

static void
pcap_write(struct buf *b)
{
	if (b->b_failed)
		log_warnx("packet log: out of memory, a packet is missing");
	else if (write(pcap_fd, b->b_data, b->b_len) != (ssize_t)b->b_len) {
		log_warn("packet log: it ends here");
		close(pcap_fd);
		pcap_fd = -1;
	}
	buf_clear(b);
}

void
pcap_start(int fd, uint16_t natt)
{
	struct buf b = { 0 };

	pcap_natt = natt;
	if (pcap_fd != -1)
		close(pcap_fd);
	if ((pcap_fd = fd) == -1)
		return;
	buf_put32(&b, PCAP_MAGIC);
	buf_put16(&b, 2);
	buf_put16(&b, 4);
	buf_put32(&b, 0);
	buf_put32(&b, 0);
	buf_put32(&b, PCAP_SNAPLEN);
	buf_put32(&b, PCAP_RAW);
	pcap_write(&b);
}

/* RFC 1071, over what is summed up to now */
static uint32_t
sum_add(uint32_t sum, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 == 0 ? p[i] << 8 : p[i];
	return (sum);
}

static uint16_t
sum_end(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (~sum);
}

static void
put_ip(struct buf *b, const struct ike_addr *from, const struct ike_addr *to,
    size_t len)
{
	const size_t at = b->b_len, alen = from->ia_family == 4 ? 4 : 16;

	if (alen == 4) {
		buf_put16(b, 0x4500);
		buf_put16(b, HLEN_IPV4 + len);
		buf_put32(b, 0);		/* no fragment */
		buf_put16(b, 64 << 8 | PROTO_UDP);
		buf_put16(b, 0);
	} else {
		buf_put32(b, 6U << 28);
		buf_put16(b, len);
		buf_put16(b, PROTO_UDP << 8 | 64);
	}
	buf_put(b, from->ia_addr, alen);
	buf_put(b, to->ia_addr, alen);
	if (alen == 4 && !b->b_failed)
		buf_set16(b, at + 10, sum_end(sum_add(0, b->b_data + at,
		    HLEN_IPV4)));
}

/* With the checksum, which is over the addresses, too. */
static void
put_udp(struct buf *b, const struct ike_addr *from, const struct ike_addr *to,
    size_t len)
{
	buf_put16(b, from->ia_port);
	buf_put16(b, to->ia_port);
	buf_put16(b, len);
	buf_put16(b, 0);
}

static void
sum_udp(struct buf *b, size_t at, size_t len, size_t alen)
{
	uint32_t sum = PROTO_UDP + len;
	uint16_t check;

	if (b->b_failed)
		return;
	/* the addresses stand just before it */
	sum = sum_add(sum, b->b_data + at - 2 * alen, 2 * alen);
	check = sum_end(sum_add(sum, b->b_data + at, len));
	buf_set16(b, at + 6, check != 0 ? check : 0xffff);
}

void
pcap_packet(const struct ike_addr *from, const struct ike_addr *to,
    const void *data, size_t len)
{
	/* one of the two is ours */
	const size_t marker = pcap_natt != 0 && (from->ia_port == pcap_natt ||
	    to->ia_port == pcap_natt) ? MARKER : 0;
	const size_t hlen = from->ia_family == 4 ? HLEN_IPV4 : HLEN_IPV6;
	const size_t ulen = HLEN_UDP + marker + len;
	struct buf b = { 0 };
	struct timeval tv;
	size_t at;

	if (pcap_fd == -1 || len < IKE_HDRLEN ||
	    hlen + ulen > PCAP_SNAPLEN)
		return;
	gettimeofday(&tv, NULL);
	buf_put32(&b, tv.tv_sec);
	buf_put32(&b, tv.tv_usec);
	buf_put32(&b, hlen + ulen);
	buf_put32(&b, hlen + ulen);
	put_ip(&b, from, to, ulen);
	at = b.b_len;
	put_udp(&b, from, to, ulen);
	if (marker > 0)
		buf_put32(&b, 0);
	buf_put(&b, data, len);
	/* it is not any more, and who reads this has no key */
	if (!b.b_failed)
		buf_set8(&b, b.b_len - len + AT_FLAGS,
		    ((const uint8_t *)data)[AT_FLAGS] & ~V1_F_ENCRYPTED);
	sum_udp(&b, at, ulen, (hlen - (hlen == HLEN_IPV4 ? 12 : 8)) / 2);
	pcap_write(&b);
}
