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
 * flood path mac address gateway count rate [v1|junk]: so many IKE_SA_INIT a
 * second onto a wire, to a host with this address, each from another source
 * beyond the gateway, which is us; we answer ARP for it.  Or first messages of
 * IKEv1's main mode, or nonsense that has a header of IKEv1.  Then how many
 * answers came back, with a cookie to return and with an SA.
 */
#include <arpa/inet.h>

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define IKE_HDR		28
#define V1_NEXT_SA	1
#define NEXT_SA		33
#define NEXT_KE		34
#define NEXT_NONCE	40
#define NEXT_NOTIFY	41
#define COOKIE		16390
#define LINGER		500	/* ms for the last answers */

static struct wire	 wire = { .w_us = { 0x02, 0, 0, 0x66, 0x6c, 0x64 } };
static struct in_addr	 target;
static unsigned int	 cookies, answers;

static void
rnd(uint8_t *p, size_t n)
{
	while (n-- > 0)
		*p++ = random();
}

/* An answer for one of us begins with the notify COOKIE, or with an SA. */
static void
answer(struct wire *w, uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + ETHER_HDR, *p = ip + IP_HDR + UDP_HDR;

	if (len < ETHER_HDR + IP_HDR + UDP_HDR + IKE_HDR + 8 ||
	    ip[9] != IPPROTO_UDP || memcmp(ip + 12, &target, 4) != 0)
		return;
	if (p[16] == NEXT_SA || p[16] == V1_NEXT_SA)
		answers++;
	else if (p[16] == NEXT_NOTIFY && get16(p + 34) == COOKIE)
		cookies++;
}

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000000000ULL + ts.tv_nsec);
}

static void
receive_until(uint64_t end)
{
	struct pollfd pfd = { .fd = wire.w_fd, .events = POLLIN };
	uint64_t t;

	while ((t = now()) < end)
		if (poll(&pfd, 1, (end - t + 999999) / 1000000) > 0)
			wire_recv(&wire, answer);
}

/* AES-CBC 128, SHA1, MODP_3072 and a pre-shared key, for an hour. */
static size_t
ike_v1(uint8_t *p)
{
	static const uint8_t sa[] = {
		0, 0, 0, 60,
		0, 0, 0, 1, 0, 0, 0, 1,
		0, 0, 0, 48, 1, 1, 0, 1,
		0, 0, 0, 40, 1, 1, 0, 0,
		0x80, 1, 0, 7, 0x80, 14, 0, 128, 0x80, 2, 0, 2,
		0x80, 3, 0, 1, 0x80, 4, 0, 15, 0x80, 11, 0, 1,
		0, 12, 0, 4, 0, 0, 14, 16
	};

	memset(p, 0, IKE_HDR);
	rnd(p, 8);
	p[16] = V1_NEXT_SA;
	p[17] = 0x10;
	p[18] = 2;
	memcpy(p + IKE_HDR, sa, sizeof(sa));
	put16(p + 26, IKE_HDR + sizeof(sa));
	return (IKE_HDR + sizeof(sa));
}

/* Main, aggressive and quick mode and informational messages of anything. */
static size_t
ike_junk(uint8_t *p)
{
	static const uint8_t types[] = { 2, 4, 5, 32 };
	const size_t len = IKE_HDR + random() % 200;

	rnd(p, len);
	if (random() % 2)
		memset(p + 8, 0, 8);
	p[16] %= 16;
	p[17] = 0x10;
	p[18] = types[random() % sizeof(types)];
	p[19] &= 1;
	memset(p + 24, 0, 4);
	put16(p + 26, len);
	return (len);
}

/* AES-GCM-16-128, HMAC-SHA2-256 and curve25519, what everybody takes. */
static size_t
ike_v2(uint8_t *p)
{
	static const uint8_t sa[] = {
		NEXT_KE, 0, 0, 40,
		0, 0, 0, 36, 1, 1, 0, 3,
		3, 0, 0, 12, 1, 0, 0, 20, 0x80, 14, 0, 128,
		3, 0, 0, 8, 2, 0, 0, 5,
		0, 0, 0, 8, 4, 0, 0, 31
	};
	static const uint8_t ke[] = { NEXT_NONCE, 0, 0, 40, 0, 31, 0, 0 };
	static const uint8_t nonce[] = { 0, 0, 0, 36 };
	size_t len = IKE_HDR;

	memset(p, 0, IKE_HDR);
	rnd(p, 8);
	p[16] = NEXT_SA;
	p[17] = 0x20;
	p[18] = 34;
	p[19] = 0x08;
	memcpy(p + len, sa, sizeof(sa));
	len += sizeof(sa);
	memcpy(p + len, ke, sizeof(ke));
	len += sizeof(ke);
	rnd(p + len, 32);
	len += 32;
	memcpy(p + len, nonce, sizeof(nonce));
	len += sizeof(nonce);
	rnd(p + len, 32);
	len += 32;
	put16(p + 26, len);
	return (len);
}

static void
shoot(size_t (*ike)(uint8_t *))
{
	uint8_t f[512], *ip = f + ETHER_HDR, *udp = ip + IP_HDR;
	size_t len = ike(udp + UDP_HDR);

	memset(ip, 0, IP_HDR + UDP_HDR);
	ip[0] = 0x45;
	put16(ip + 2, IP_HDR + UDP_HDR + len);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	/* 10.0.0.0/8, nobody's own */
	rnd(ip + 12, 4);
	ip[12] = 10;
	memcpy(ip + 16, &target, 4);
	ip_checksum(ip);
	/* a checksum of 0 is none */
	put16(udp, 500);
	put16(udp + 2, 500);
	put16(udp + 4, UDP_HDR + len);
	wire_send(&wire, f, ETHER_HDR + IP_HDR + UDP_HDR + len, 0x0800);
}

/* NULL: there is no such. */
static size_t
(*kind(const char *name))(uint8_t *)
{
	if (name == NULL)
		return (ike_v2);
	if (strcmp(name, "v1") == 0)
		return (ike_v1);
	return (strcmp(name, "junk") == 0 ? ike_junk : NULL);
}

int
main(int argc, char *argv[])
{
	size_t (*ike)(uint8_t *) = argc >= 7 ? kind(argv[7]) : NULL;
	const char *s = getenv("SEED");
	unsigned int i, count, rate;
	uint64_t begin;

	if (argc < 7 || argc > 8 || ike == NULL ||
	    ether_parse(argv[2], wire.w_them) == -1 ||
	    inet_pton(AF_INET, argv[3], &target) != 1 ||
	    inet_pton(AF_INET, argv[4], &wire.w_addr) != 1) {
		fprintf(stderr, "usage: flood path mac address gateway "
		    "count rate [v1|junk]\n");
		return (2);
	}
	count = atoi(argv[5]);
	rate = atoi(argv[6]);
	srandom(s != NULL ? strtoul(s, NULL, 0) : time(NULL) ^ getpid());
	wire_plug(&wire, argv[1]);
	begin = now();
	for (i = 0; i < count; i++) {
		shoot(ike);
		receive_until(begin + 1000000000ULL * (i + 1) / rate);
	}
	receive_until(now() + LINGER * 1000000ULL);
	printf("%u %u %u\n", count, cookies, answers);
	return (0);
}
