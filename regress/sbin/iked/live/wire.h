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


#ifndef _WIRE_H_
#define _WIRE_H_

/*
 * An end of a wire for programs that are no kernel: plug in, send and take
 * Ethernet frames, answer ARP for one address.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <machine/wireproto.h>

#define ETHER_HDR	14
#define IP_HDR		20
#define UDP_HDR		8

struct wire {
	int		 w_fd;
	uint8_t		 w_us[6];
	uint8_t		 w_them[6];	/* the one that we speak to */
	struct in_addr	 w_addr;	/* ours */
};

static inline void
put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static inline unsigned int
get16(const uint8_t *p)
{
	return (p[0] << 8 | p[1]);
}

static inline void
wire_plug(struct wire *w, const char *path)
{
	struct wire_hello h = {
		.wh_magic = WIRE_MAGIC, .wh_version = WIRE_VERSION,
		.wh_mtu = 1500
	};
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(sun.sun_path))
		errx(1, "%s: too long", path);
	strcpy(sun.sun_path, path);
	w->w_fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (w->w_fd == -1 ||
	    connect(w->w_fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    send(w->w_fd, &h, sizeof(h), 0) == -1 ||
	    recv(w->w_fd, &h, sizeof(h), 0) != sizeof(h))
		err(1, "%s", path);
}

static inline void
wire_send(struct wire *w, uint8_t *frame, size_t len, unsigned int type)
{
	struct wire_frame h = { .wf_len = len, .wf_type = WIRE_ETHERNET };
	struct iovec iov[2] = { { &h, sizeof(h) }, { frame, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	memcpy(frame, w->w_them, 6);
	memcpy(frame + 6, w->w_us, 6);
	put16(frame + 12, type);
	if (sendmsg(w->w_fd, &mh, MSG_NOSIGNAL) == -1)
		err(1, "the wire");
}

/* "Who has our address?" */
static inline void
wire_arp(struct wire *w, const uint8_t *in, size_t len)
{
	static const uint8_t reply[8] = { 0, 1, 8, 0, 6, 4, 0, 2 };
	uint8_t out[ETHER_HDR + 28];

	if (len < 28 || in[7] != 1 || memcmp(in + 24, &w->w_addr, 4) != 0)
		return;
	memcpy(out + 14, reply, 8);
	memcpy(out + 22, w->w_us, 6);
	memcpy(out + 28, &w->w_addr, 4);
	memcpy(out + 32, in + 8, 10);
	wire_send(w, out, sizeof(out), 0x0806);
}

/* Take what is there; IP packets without options that are for us go on. */
static inline void
wire_recv(struct wire *w, void (*ip)(struct wire *, uint8_t *, size_t))
{
	static uint8_t buf[WIRE_MSGMAX];
	struct wire_frame h;
	ssize_t n, off;
	uint8_t *p;

	if ((n = recv(w->w_fd, buf, sizeof(buf), MSG_DONTWAIT)) == 0)
		exit(0);		/* the wire is gone */
	for (off = 0; off + (ssize_t)sizeof(h) <= n; off += h.wf_len) {
		memcpy(&h, buf + off, sizeof(h));
		off += sizeof(h);
		p = buf + off;
		if (h.wf_len < ETHER_HDR || h.wf_len > n - off)
			return;
		if (get16(p + 12) == 0x0806)
			wire_arp(w, p + ETHER_HDR, h.wf_len - ETHER_HDR);
		else if (get16(p + 12) == 0x0800 &&
		    memcmp(p, w->w_us, 6) == 0 && p[ETHER_HDR] == 0x45 &&
		    h.wf_len >= ETHER_HDR + IP_HDR + UDP_HDR)
			ip(w, p, h.wf_len);
	}
}

static inline void
ip_checksum(uint8_t *ip)
{
	uint32_t sum = 0;
	int i;

	put16(ip + 10, 0);
	for (i = 0; i < IP_HDR; i += 2)
		sum += get16(ip + i);
	sum = (sum >> 16) + (sum & 0xffff);
	put16(ip + 10, ~(sum + (sum >> 16)));
}

static inline int
ether_parse(const char *s, uint8_t mac[6])
{
	unsigned int v[6];
	int i;

	if (sscanf(s, "%x:%x:%x:%x:%x:%x", v, v + 1, v + 2, v + 3, v + 4,
	    v + 5) != 6)
		return (-1);
	for (i = 0; i < 6; i++)
		mac[i] = v[i];
	return (0);
}

#endif /* _WIRE_H_ */
