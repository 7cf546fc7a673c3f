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
 * pcapls file: a line for each Ethernet frame of a pcap, for scripts that
 * look for what should not be there:
 *
 *	0.001234 ARP request 192.0.2.1 from 192.0.2.8
 *	0.002345 ESP 192.0.2.8 > 198.51.100.14 spi 0x00010001 seq 1 len 152
 *	0.003456 IKE 192.0.2.8 > 198.51.100.14 IKE_SA_INIT request len 541
 *	0.003567 IKE 192.0.2.8 > 198.51.100.14 MAIN_MODE len 212
 *	0.004567 IP 10.1.0.1 > 10.2.0.1 proto 1 len 84
 *
 * IKE and ESP within UDP, at port 4500, have "udp" in front of the length.
 */
#include <arpa/inet.h>

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_USEC	0xa1b2c3d4U
#define MAGIC_NSEC	0xa1b23c4dU
#define ETHER_HDR	14
#define SNAPLEN		(256 * 1024)

struct pcap_file {
	uint32_t	magic;
	uint16_t	major, minor;
	uint32_t	zone, sigfigs, snaplen, linktype;
};

struct pcap_packet {
	uint32_t	sec, frac, caplen, len;
};

static uint32_t
be32(const uint8_t *p)
{
	return ((uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]);
}

static const char *
addr(const uint8_t *p, char *buf)
{
	return (inet_ntop(AF_INET, p, buf, INET_ADDRSTRLEN));
}

static void
show_arp(const uint8_t *p, size_t len)
{
	char a[INET_ADDRSTRLEN], b[INET_ADDRSTRLEN];

	if (len < 28) {
		printf("ARP short\n");
		return;
	}
	printf("ARP %s %s from %s\n", p[7] == 1 ? "request" : "reply",
	    addr(p + 24, a), addr(p + 14, b));
}

/* What exchange a header of IKE says it belongs to; NULL: it says none. */
static const char *
ike_exchange(const uint8_t *p)
{
	static const struct {
		uint8_t		 version, type;
		const char	*name;
	} exchanges[] = {
		{ 0x10, 2, "MAIN_MODE" },
		{ 0x10, 4, "AGGRESSIVE" },
		{ 0x10, 5, "INFORMATIONAL" },
		{ 0x10, 32, "QUICK_MODE" },
		{ 0x20, 34, "IKE_SA_INIT" },
		{ 0x20, 35, "IKE_AUTH" },
		{ 0x20, 36, "CREATE_CHILD_SA" },
		{ 0x20, 37, "INFORMATIONAL" }
	};
	size_t i;

	for (i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
		if (p[17] == exchanges[i].version &&
		    p[18] == exchanges[i].type)
			return (exchanges[i].name);
	return (NULL);
}

/*
 * The rest of the line, from IKE's header on; 0 if it is none.  IKEv1 does
 * not say what is a request and what its response.
 */
static int
show_ike(const char *a, const char *b, const uint8_t *p, size_t len,
    const char *udp, size_t total)
{
	const char *name;

	if (len < 28 || be32(p + 24) != len ||
	    (name = ike_exchange(p)) == NULL)
		return (0);
	printf("IKE %s > %s %s %s%slen %zu\n", a, b, name,
	    p[17] == 0x10 ? "" : p[19] & 0x20 ? "response " : "request ",
	    udp, total);
	return (1);
}

/* What two gateways may say by UDP: IKE, and at port 4500 ESP, too. */
static int
show_udp(const char *a, const char *b, const uint8_t *p, size_t len,
    size_t total)
{
	size_t n = len < 8 ? 0 : p[4] << 8 | p[5];
	unsigned int sport, dport;

	if (n < 8 || n > len)
		return (0);
	sport = p[0] << 8 | p[1];
	dport = p[2] << 8 | p[3];
	if (sport == 500 || dport == 500)
		return (show_ike(a, b, p + 8, n - 8, "", total));
	if ((sport != 4500 && dport != 4500) || n < 16)
		return (0);
	if (be32(p + 8) == 0)
		return (show_ike(a, b, p + 12, n - 12, "udp ", total));
	printf("ESP %s > %s spi 0x%08x seq %u udp len %zu\n", a, b,
	    be32(p + 8), be32(p + 12), total);
	return (1);
}

static void
show_ip(const uint8_t *p, size_t len)
{
	char a[INET_ADDRSTRLEN], b[INET_ADDRSTRLEN];
	size_t hl = len > 0 ? (p[0] & 15) * 4U : 0, total;
	int fragment;

	if (len < 20 || p[0] >> 4 != 4 || hl < 20 || hl > len) {
		printf("IP bad header\n");
		return;
	}
	total = p[2] << 8 | p[3];
	fragment = (p[6] & 0x1f) != 0 || p[7] != 0;
	addr(p + 12, a);
	addr(p + 16, b);
	if (p[9] == 50 && fragment)
		printf("ESP %s > %s fragment len %zu\n", a, b, total);
	else if (p[9] == 50 && len >= hl + 8)
		printf("ESP %s > %s spi 0x%08x seq %u len %zu\n", a, b,
		    be32(p + hl), be32(p + hl + 4), total);
	else if (p[9] != 17 || fragment || len < hl + 8)
		printf("IP %s > %s proto %u len %zu\n", a, b, p[9], total);
	else if (!show_udp(a, b, p + hl, len - hl, total))
		printf("IP %s > %s proto 17 len %zu ports %u %u\n", a, b,
		    total, p[hl] << 8 | p[hl + 1], p[hl + 2] << 8 |
		    p[hl + 3]);
}

static void
show(const uint8_t *p, size_t len)
{
	unsigned int type = len >= ETHER_HDR ? p[12] << 8 | p[13] : 0;

	switch (type) {
	case 0x0800:
		show_ip(p + ETHER_HDR, len - ETHER_HDR);
		break;
	case 0x0806:
		show_arp(p + ETHER_HDR, len - ETHER_HDR);
		break;
	default:
		printf("type 0x%04x len %zu\n", type, len);
		break;
	}
}

int
main(int argc, char *argv[])
{
	static uint8_t frame[SNAPLEN];
	struct pcap_packet pp;
	struct pcap_file pf;
	double first = -1, t;
	FILE *f;

	if (argc != 2) {
		fprintf(stderr, "usage: pcapls file\n");
		return (2);
	}
	if ((f = fopen(argv[1], "r")) == NULL)
		err(1, "%s", argv[1]);
	if (fread(&pf, sizeof(pf), 1, f) != 1 ||
	    (pf.magic != MAGIC_USEC && pf.magic != MAGIC_NSEC))
		errx(1, "%s: not a pcap of this machine", argv[1]);
	while (fread(&pp, sizeof(pp), 1, f) == 1) {
		if (pp.caplen > sizeof(frame) ||
		    fread(frame, 1, pp.caplen, f) != pp.caplen)
			errx(1, "%s: cut off", argv[1]);
		t = pp.sec + pp.frac / (pf.magic == MAGIC_NSEC ? 1e9 : 1e6);
		if (first < 0)
			first = t;
		printf("%.6f ", t - first);
		show(frame, pp.caplen);
	}
	fclose(f);
	return (0);
}
