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

#include "kt_sock.h"

struct socket *
ktu_open(int type, int proto)
{
	struct socket *so;

	if (socreate(AF_INET, &so, type, proto, curproc) != 0)
		return (NULL);
	return (so);
}

void
ktu_close(struct socket *so)
{
	if (so != NULL)
		soclose(so);
}

static struct mbuf *
ktu_addr(in_addr_t addr, u_int port)
{
	struct mbuf *m = m_getclr(M_WAIT, MT_SONAME);
	struct sockaddr_in *sin = mtod(m, struct sockaddr_in *);

	m->m_len = sizeof(*sin);
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_port = htons(port);
	sin->sin_addr.s_addr = addr;
	return (m);
}

int
ktu_bind(struct socket *so, in_addr_t addr, u_int port)
{
	struct mbuf *nam = ktu_addr(addr, port);
	int error;

	solock(so);
	error = sobind(so, nam, curproc);
	sounlock(so);
	m_freem(nam);
	return (error);
}

int
ktu_connect(struct socket *so, in_addr_t addr, u_int port)
{
	struct mbuf *nam = ktu_addr(addr, port);
	int error;

	solock(so);
	error = soconnect(so, nam);
	sounlock(so);
	m_freem(nam);
	return (error);
}

u_int
ktu_port(struct socket *so)
{
	return (ntohs(sotoinpcb(so)->inp_lport));
}

int
ktu_sendmsg(struct socket *so, in_addr_t addr, u_int port, u_int len,
    struct mbuf *control)
{
	struct mbuf *m, *nam = NULL;
	int error;

	m = m_getpacket(M_WAIT, 64, len, 0);
	m->m_len = m->m_pkthdr.len = len;
	memset(mtod(m, caddr_t), 0xa5, len);
	if (port != 0)
		nam = ktu_addr(addr, port);
	solock(so);
	error = sosend(so, nam, m, control, 0);
	sounlock(so);
	kt_sleep(MSEC_TO_NSEC(1));
	return (error);
}

int
ktu_send(struct socket *so, in_addr_t addr, u_int port, u_int len)
{
	return (ktu_sendmsg(so, addr, port, len, NULL));
}

int
ktu_setopt(struct socket *so, int level, int name, int v)
{
	struct mbuf *m = m_get(M_WAIT, MT_SOOPTS);
	int error;

	memcpy(mtod(m, caddr_t), &v, sizeof(v));
	m->m_len = sizeof(v);
	solock(so);
	error = sosetopt(so, level, name, m);
	sounlock(so);
	m_free(m);
	return (error);
}

int
ktu_recv(struct socket *so, struct sockaddr_in *sin, struct mbuf **datap,
    struct mbuf **controlp)
{
	struct mbuf *m, *control = NULL;
	int len;

	if ((m = soreceive(so)) == NULL)
		return (-1);
	if (m->m_type != MT_SONAME || m->m_len != sizeof(*sin)) {
		m_freem(m);
		return (-2);
	}
	if (sin != NULL)
		memcpy(sin, mtod(m, caddr_t), sizeof(*sin));
	m = m_free(m);
	if (m != NULL && m->m_type == MT_CONTROL) {
		control = m;
		m = m->m_next;
		control->m_next = NULL;
	}
	len = m_length(m);
	if (datap != NULL)
		*datap = m;
	else
		m_freem(m);
	if (controlp != NULL)
		*controlp = control;
	else
		m_freem(control);
	return (len);
}

struct mbuf *
ktu_udp(in_addr_t src, u_int sport, in_addr_t dst, u_int dport, u_int len)
{
	struct mbuf *m = kti_packet(src, dst, IPPROTO_UDP, 8 + len);
	struct udphdr *uh = (struct udphdr *)(mtod(m, struct ip *) + 1);

	uh->uh_sport = htons(sport);
	uh->uh_dport = htons(dport);
	uh->uh_ulen = htons(8 + len);
	uh->uh_sum = 0;
	uh->uh_sum = in4_cksum(m, IPPROTO_UDP, sizeof(struct ip), 8 + len);
	return (m);
}

uint64_t
ktu_udpstat(enum udpstat_counters c)
{
	uint64_t counters[udps_ncounters];

	counters_read(udpcounters, counters, udps_ncounters, NULL);
	return (counters[c]);
}
