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
 * The routing socket, from the inside: requests, errors, filters, loss.
 */

#include <sys/ktest.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/socket.h>
#include <sys/socketvar.h>

#include <net/rtable.h>

#include "kt_route.h"

/* A message under construction, or as received. */
struct kmsg {
	struct rt_msghdr	km_rtm;
	char			km_addrs[RTM_MAXSIZE -
				    sizeof(struct rt_msghdr)];
};

static struct kt_if *p2p;
static struct ifaddr *p2pa;
static struct socket *so;
static int seq;

static int
setopt(int optname, unsigned int val)
{
	struct mbuf *m;
	int error;

	m = m_get(M_WAITOK, MT_SOOPTS);
	memcpy(mtod(m, caddr_t), &val, sizeof(val));
	m->m_len = sizeof(val);
	solock(so);
	error = sosetopt(so, AF_ROUTE, optname, m);
	sounlock(so);
	m_free(m);
	return (error);
}

static void
with_socket(void (*func)(void))
{
	int suser = curproc->p_suser;

	curproc->p_suser = 1;
	p2p = kt_if_create("ktp0", IFF_POINTOPOINT);
	p2pa = kt_if_addr(p2p, "169.254.0.2", "169.254.0.1", 30);
	NET_LOCK();
	(void)rt_ifa_addlocal(p2pa);
	(void)rt_ifa_add(p2pa, RTF_HOST, p2pa->ifa_dstaddr, KT_TABLE);
	NET_UNLOCK();
	if (socreate(PF_ROUTE, &so, SOCK_RAW, AF_INET, curproc) != 0)
		ktest_fail(__FILE__, __LINE__, "socreate");
	else {
		if (setopt(ROUTE_TABLEFILTER, KT_TABLE) != 0)
			ktest_fail(__FILE__, __LINE__, "ROUTE_TABLEFILTER");
		func();
		soclose(so);
	}
	kt_route_flush();
	kt_if_destroy(p2p);
	curproc->p_suser = suser;
}

static void
km_init(struct kmsg *km, int type, int flags)
{
	memset(km, 0, sizeof(*km));
	km->km_rtm.rtm_version = RTM_VERSION;
	km->km_rtm.rtm_type = type;
	km->km_rtm.rtm_hdrlen = sizeof(km->km_rtm);
	km->km_rtm.rtm_msglen = sizeof(km->km_rtm);
	km->km_rtm.rtm_tableid = KT_TABLE;
	km->km_rtm.rtm_flags = flags;
	km->km_rtm.rtm_seq = ++seq;
}

/* Addresses go in by the order of their bits. */
static void
km_addr(struct kmsg *km, int i, const struct sockaddr *sa)
{
	memcpy((char *)km + km->km_rtm.rtm_msglen, sa, sa->sa_len);
	km->km_rtm.rtm_addrs |= 1 << i;
	km->km_rtm.rtm_msglen += ALIGN(sa->sa_len);
}

static int
send_bytes(const void *p, int len)
{
	struct mbuf *m;
	int error;

	m = m_devget((char *)(uintptr_t)p, len, 0);
	if (m == NULL)
		return (ENOBUFS);
	solock(so);
	error = sosend(so, NULL, m, NULL, 0);
	sounlock(so);
	return (error);
}

/* The next message; 0 when there is none. */
static int
receive(struct kmsg *km)
{
	struct mbuf *m;
	int len;

	if ((m = soreceive(so)) == NULL)
		return (0);
	len = MIN(m->m_pkthdr.len, (int)sizeof(*km));
	memset(km, 0, sizeof(*km));
	m_copydata(m, 0, len, km);
	m_freem(m);
	return (1);
}

static void
drain(void)
{
	struct kmsg km;

	while (receive(&km))
		;
}

/* An address of a received message, or NULL. */
static const struct sockaddr *
km_get(const struct kmsg *km, int want)
{
	const char *p = (const char *)km + km->km_rtm.rtm_hdrlen;
	const struct sockaddr *sa;
	int i;

	for (i = 0; i < RTAX_MAX; i++) {
		if ((km->km_rtm.rtm_addrs & (1 << i)) == 0)
			continue;
		sa = (const struct sockaddr *)p;
		if (i == want)
			return (sa);
		p += sa->sa_len == 0 ? 8 : ALIGN(sa->sa_len);
	}
	return (NULL);
}

/* "dst/bits via gate"; gate NULL: none. Returns errno, answer in km. */
static int
request(struct kmsg *km, int type, const char *dst, int bits,
    const char *gate, int flags)
{
	int error;

	drain();
	km_init(km, type, flags);
	km_addr(km, RTAX_DST, kt_sin(dst));
	if (gate != NULL)
		km_addr(km, RTAX_GATEWAY, kt_sin(gate));
	if (bits >= 0)
		km_addr(km, RTAX_NETMASK, kt_mask(bits));
	error = send_bytes(km, km->km_rtm.rtm_msglen);
	if (!receive(km) || km->km_rtm.rtm_seq != seq ||
	    km->km_rtm.rtm_errno != error ||
	    km->km_rtm.rtm_pid != curproc->p_pid)
		return (-1);
	return (error);
}

static void
test_requests(void)
{
	struct kmsg km;
	const struct sockaddr *sa;

	KT_EQ(request(&km, RTM_ADD, "10.1.2.3", 16, "169.254.0.1",
	    RTF_GATEWAY|RTF_STATIC), 0);
	KT_EQ(km.km_rtm.rtm_flags, RTF_UP|RTF_GATEWAY|RTF_STATIC|RTF_DONE);
	KT_EQ(km.km_rtm.rtm_priority, RTP_STATIC);
	KT_EQ(km.km_rtm.rtm_index, p2p->ki_if.if_index);
	KT_EQ(request(&km, RTM_ADD, "10.1.0.0", 16, "169.254.0.1",
	    RTF_GATEWAY), EEXIST);
	KT_EQ(request(&km, RTM_GET, "10.1.9.9", -1, NULL, 0), 0);
	KT_ASSERT(rtable_sa_equal(km_get(&km, RTAX_DST),
	    kt_sin("10.1.0.0")));
	KT_ASSERT(rtable_sa_equal(km_get(&km, RTAX_GATEWAY),
	    kt_sin("169.254.0.1")));
	KT_EQ(rtable_satoplen(AF_INET, km_get(&km, RTAX_NETMASK)), 16);
	KT_ASSERT(rtable_sa_equal(km_get(&km, RTAX_IFA),
	    kt_sin("169.254.0.2")));
	sa = km_get(&km, RTAX_IFP);
	KT_ASSERT(sa != NULL && satosdl_const(sa)->sdl_nlen == 4 &&
	    memcmp(satosdl_const(sa)->sdl_data, "ktp0", 4) == 0);
	KT_EQ(km.km_rtm.rtm_rmx.rmx_mtu, 1400);
	KT_EQ(request(&km, RTM_GET, "11.1.9.9", -1, NULL, 0), ESRCH);
	KT_EQ(request(&km, RTM_GET, "10.1.0.0", 17, NULL, 0), ESRCH);
	KT_EQ(request(&km, RTM_GET, "10.1.0.0", 16, NULL, 0), 0);
	KT_EQ(request(&km, RTM_DELETE, "10.1.0.0", 16, "169.254.0.2", 0),
	    ESRCH);
	KT_EQ(request(&km, RTM_DELETE, "10.1.0.0", 16, "169.254.0.1", 0), 0);
	KT_EQ(km.km_rtm.rtm_flags & (RTF_UP|RTF_DONE), RTF_DONE);
	KT_EQ(request(&km, RTM_DELETE, "10.1.0.0", 16, NULL, 0), ESRCH);
}

KTEST(rtsock_requests, "add, get and delete do so and tell")
{
	with_socket(test_requests);
}

static void
test_change(void)
{
	struct kmsg km;

	KT_EQ(request(&km, RTM_CHANGE, "10.0.0.0", 8, "169.254.0.1",
	    RTF_GATEWAY), ESRCH);
	KT_EQ(request(&km, RTM_ADD, "10.0.0.0", 8, "169.254.0.1",
	    RTF_GATEWAY), 0);
	km_init(&km, RTM_CHANGE, RTF_GATEWAY|RTF_REJECT|RTF_PROTO1);
	km.km_rtm.rtm_fmask = RTF_REJECT;
	km.km_rtm.rtm_inits = RTV_MTU;
	km.km_rtm.rtm_rmx.rmx_locks = RTV_MTU;
	km.km_rtm.rtm_rmx.rmx_mtu = 1300;
	km_addr(&km, RTAX_DST, kt_sin("10.0.0.0"));
	km_addr(&km, RTAX_GATEWAY, kt_sin("169.254.0.2"));
	km_addr(&km, RTAX_NETMASK, kt_mask(8));
	drain();
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_ASSERT(receive(&km));
	KT_EQ(km.km_rtm.rtm_flags, RTF_UP|RTF_GATEWAY|RTF_REJECT|RTF_DONE);
	KT_EQ(km.km_rtm.rtm_rmx.rmx_mtu, 1300);
	KT_EQ(km.km_rtm.rtm_rmx.rmx_locks, RTV_MTU);
	KT_ASSERT(rtable_sa_equal(km_get(&km, RTAX_GATEWAY),
	    kt_sin("169.254.0.2")));
	KT_EQ(request(&km, RTM_ADD, "10.0.0.0", 8, "169.254.0.1",
	    RTF_GATEWAY|RTF_MPATH), 0);
	/* with -mpath the gateway is which one, and cannot be another's */
	KT_EQ(request(&km, RTM_CHANGE, "10.0.0.0", 8, "169.254.0.3",
	    RTF_GATEWAY|RTF_MPATH), ESRCH);
	KT_EQ(request(&km, RTM_CHANGE, "10.0.0.0", 8, "169.254.0.1",
	    RTF_GATEWAY|RTF_MPATH), 0);
}

KTEST(rtsock_change, "change replaces what is given and keeps the rest")
{
	with_socket(test_change);
}

/* By name or by number: the interface decides, not the gateway. */
static void
test_ifp(void)
{
	struct sockaddr_dl sdl;
	struct kmsg km;
	int i;

	memset(&sdl, 0, sizeof(sdl));
	sdl.sdl_len = sizeof(sdl);
	sdl.sdl_family = AF_LINK;
	for (i = 0; i < 3; i++) {
		sdl.sdl_index = i == 1 ? p2p->ki_if.if_index : 0;
		sdl.sdl_nlen = i == 1 ? 0 : 4;
		memcpy(sdl.sdl_data, i == 2 ? "ktp9" : "ktp0", 4);
		km_init(&km, RTM_ADD, RTF_GATEWAY);
		km_addr(&km, RTAX_DST, kt_sin("10.0.0.0"));
		km_addr(&km, RTAX_GATEWAY, kt_sin("10.9.9.9"));
		km_addr(&km, RTAX_NETMASK, kt_mask(8 + i));
		km_addr(&km, RTAX_IFP, (struct sockaddr *)&sdl);
		KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen),
		    i == 2 ? ENXIO : 0);
	}
	KT_EQ(kt_route_count(), 4);
}

KTEST(rtsock_ifp, "a route can be bound to an interface by name or number")
{
	with_socket(test_ifp);
}

/* Whatever is wrong has its own error. */
static void
test_errors(void)
{
	static const struct {
		const char	*dst;
		int		 bits;
		const char	*gate;
		int		 type;
		int		 flags;
		int		 error;
	} bad[] = {
		{ "10.0.0.0", 8, NULL, RTM_ADD, 0, EINVAL },
		{ "10.0.0.0", 8, "10.9.9.9", RTM_ADD, RTF_GATEWAY,
		  ENETUNREACH },
		{ "10.0.0.0", 8, "10.9.9.9", RTM_ADD, 0, ENETUNREACH },
		{ "10.0.0.0", 8, "169.254.0.1", RTM_ADD,
		  RTF_GATEWAY|RTF_HOST, EINVAL },
		{ "10.0.0.0", 8, "169.254.0.1", RTM_ADD,
		  RTF_GATEWAY|RTF_LOCAL, EINVAL },
		{ "10.0.0.0", 8, "169.254.0.1", RTM_ADD,
		  RTF_GATEWAY|RTF_BROADCAST, EINVAL },
		{ "10.0.0.0", 8, "169.254.0.1", RTM_ADD,
		  RTF_GATEWAY|RTF_MPLS, EOPNOTSUPP },
		{ "169.254.0.2", 32, NULL, RTM_DELETE, 0, EINVAL },
		{ "169.254.0.2", 32, "169.254.0.1", RTM_CHANGE, RTF_GATEWAY,
		  EINVAL },
	};
	struct kmsg km;
	unsigned int i;

	for (i = 0; i < nitems(bad); i++) {
		if (request(&km, bad[i].type, bad[i].dst, bad[i].bits,
		    bad[i].gate, bad[i].flags) != bad[i].error)
			KT_FAIL("%u: %d instead of %d", i,
			    km.km_rtm.rtm_errno, bad[i].error);
		KT_EQ(km.km_rtm.rtm_flags & RTF_DONE, 0);
	}
	km_init(&km, RTM_LOSING, 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EOPNOTSUPP);
	km_init(&km, RTM_GET, 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	KT_EQ(send_bytes(&km, 4), EINVAL);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen + 8), EINVAL);
	km.km_rtm.rtm_version = 4;
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EPROTONOSUPPORT);
	km_init(&km, RTM_GET, 0);
	km.km_rtm.rtm_hdrlen = 88;
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	km_init(&km, RTM_GET, 0);
	km.km_rtm.rtm_tableid = 199;
	km_addr(&km, RTAX_DST, kt_sin("10.0.0.0"));
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	km.km_rtm.rtm_addrs |= RTA_GENMASK;
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	/* an address that reaches behind the end of the message */
	km_init(&km, RTM_GET, 0);
	km_addr(&km, RTAX_DST, kt_sin("169.254.0.1"));
	km.km_addrs[0] = 24;
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	km.km_addrs[0] = 7;
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	km.km_rtm.rtm_addrs |= RTA_NETMASK;
	km.km_addrs[0] = 16;
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EINVAL);
	curproc->p_suser = 0;
	km_init(&km, RTM_ADD, 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), EACCES);
	KT_EQ(request(&km, RTM_GET, "169.254.0.1", -1, NULL, 0), 0);
}

KTEST(rtsock_errors, "what cannot be done is refused with the right error")
{
	with_socket(test_errors);
}

static int
heard(int type)
{
	struct kmsg km;
	int n = 0;

	while (receive(&km))
		n += km.km_rtm.rtm_type == type;
	return (n);
}

static void
test_filters(void)
{
	struct kmsg km;

	setopt(ROUTE_TABLEFILTER, 0);
	drain();
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, NULL, 0, 0), 0);
	km_init(&km, RTM_GET, 0);
	km_addr(&km, RTAX_DST, kt_sin("10.0.0.0"));
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_EQ(heard(RTM_GET), 0);
	KT_EQ(setopt(ROUTE_TABLEFILTER, RTABLE_ANY), 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_EQ(heard(RTM_GET), 1);
	KT_EQ(setopt(ROUTE_TABLEFILTER, 199), ENOENT);

	KT_EQ(setopt(ROUTE_MSGFILTER, ROUTE_FILTER(RTM_IFINFO)), 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_EQ(heard(RTM_GET), 0);
	kt_if_link(p2p, LINK_STATE_DOWN);
	KT_EQ(heard(RTM_IFINFO), 1);
	KT_EQ(setopt(ROUTE_MSGFILTER, 0), 0);

	KT_EQ(setopt(ROUTE_PRIOFILTER, RTP_CONNECTED), 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_EQ(heard(RTM_GET), 0);
	KT_EQ(setopt(ROUTE_PRIOFILTER, RTP_STATIC), 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_EQ(heard(RTM_GET), 1);
	KT_EQ(setopt(ROUTE_PRIOFILTER, RTP_MAX + 1), EINVAL);

	KT_EQ(setopt(ROUTE_FLAGFILTER, RTF_DONE), 0);
	KT_EQ(send_bytes(&km, km.km_rtm.rtm_msglen), 0);
	KT_EQ(heard(RTM_GET), 0);
	KT_EQ(setopt(ROUTE_FLAGFILTER, 0), 0);
	KT_EQ(setopt(99, 0), ENOPROTOOPT);
}

KTEST(rtsock_filters, "a socket gets what it asked for")
{
	with_socket(test_filters);
}

static void
test_address_messages(void)
{
	struct kmsg km;

	setopt(ROUTE_TABLEFILTER, RTABLE_ANY);
	setopt(ROUTE_MSGFILTER, ROUTE_FILTER(RTM_DELADDR));
	drain();
	NET_LOCK();
	(void)rt_ifa_dellocal(p2pa);
	NET_UNLOCK();
	KT_ASSERT(receive(&km));
	KT_EQ(km.km_rtm.rtm_type, RTM_DELADDR);
	KT_EQ(km.km_rtm.rtm_hdrlen, sizeof(struct ifa_msghdr));
	KT_EQ(km.km_rtm.rtm_index, p2p->ki_if.if_index);
	km.km_rtm.rtm_addrs = ((struct ifa_msghdr *)&km)->ifam_addrs;
	KT_EQ(km.km_rtm.rtm_addrs, RTA_NETMASK|RTA_IFP|RTA_IFA|RTA_BRD);
}

KTEST(rtsock_addr, "addresses are announced with what belongs to them")
{
	with_socket(test_address_messages);
}

static void
test_desync(void)
{
	struct kmsg km;
	unsigned int i, n = 0, desync = 0;

	setopt(ROUTE_TABLEFILTER, RTABLE_ANY);
	drain();
	for (i = 0; i < 2000; i++) {
		NET_LOCK();
		rtm_ifchg(&p2p->ki_if);
		NET_UNLOCK();
	}
	/* nearly full: the bad news would only be followed by more */
	KT_ASSERT(receive(&km));
	kt_sleep(SEC_TO_NSEC(1));
	/* it may come as soon as there is room, but not in between */
	while (receive(&km)) {
		n++;
		if (km.km_rtm.rtm_type == RTM_DESYNC)
			desync++;
		else
			KT_EQ(km.km_rtm.rtm_type, RTM_IFINFO);
		KT_ASSERT(desync == 0 || km.km_rtm.rtm_type == RTM_DESYNC);
	}
	KT_ASSERT(n > 10 && n < 2000);
	kt_sleep(SEC_TO_NSEC(1));
	while (receive(&km))
		desync += km.km_rtm.rtm_type == RTM_DESYNC;
	KT_EQ(desync, 1);
	kt_if_link(p2p, LINK_STATE_DOWN);
	KT_EQ(heard(RTM_IFINFO), 1);

	/* a message for which there is no memory is a lost one as well */
	NET_LOCK();
	malloc_fail_nth(1);
	rtm_ifchg(&p2p->ki_if);
	malloc_fail_nth(0);
	NET_UNLOCK();
	kt_sleep(SEC_TO_NSEC(1));
	KT_EQ(heard(RTM_DESYNC), 1);
}

KTEST(rtsock_desync, "who lost messages is told, once, when there is room")
{
	with_socket(test_desync);
}

static void
test_sysctl(void)
{
	int name[4] = { AF_INET, NET_RT_DUMP, 0, KT_TABLE };
	size_t len = 0, one, two;
	char byte;

	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), 0);
	one = len;
	KT_ASSERT(one > 2 * sizeof(struct rt_msghdr));
	KT_EQ(kt_route_add(p2pa, "10.0.0.0", 8, NULL, 0, 30), 0);
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), 0);
	two = len;
	KT_ASSERT(two > one);
	name[2] = 30;
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), 0);
	KT_ASSERT(len > sizeof(struct rt_msghdr) && len < one);
	name[2] = -30;
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), 0);
	KT_EQ(len, one);
	name[1] = NET_RT_FLAGS;
	name[2] = RTF_LOCAL;
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), 0);
	KT_ASSERT(len > sizeof(struct rt_msghdr) && len < one);

	/* short by one byte: nothing is written, not even a part */
	name[1] = NET_RT_STATS;
	len = sizeof(struct rtstat) - 1;
	KT_EQ(sysctl_rtable(name, 4, &byte, &len, NULL, 0), ENOMEM);
	KT_EQ(len, sizeof(struct rtstat));
	name[1] = NET_RT_TABLE;
	name[2] = 199;
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), ENOENT);
	name[1] = NET_RT_DUMP;
	name[3] = 199;
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), ENOENT);
	KT_EQ(sysctl_rtable(name, 2, NULL, &len, NULL, 0), EINVAL);
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, &byte, 1), EPERM);
	name[1] = 99;
	KT_EQ(sysctl_rtable(name, 4, NULL, &len, NULL, 0), EOPNOTSUPP);
}

KTEST(rtsock_sysctl, "dumps know their size and are whole or nothing")
{
	with_socket(test_sysctl);
}

/* Valid requests with a few bytes wrong: refused or served, no more. */
static void
test_garbage(void)
{
	static const int types[] = { RTM_ADD, RTM_DELETE, RTM_CHANGE,
	    RTM_GET };
	struct kmsg km;
	unsigned long i, n = kt_count(5000);
	unsigned int flips, at;

	for (i = 0; i < n; i++) {
		km_init(&km, types[kt_random() % nitems(types)],
		    RTF_GATEWAY | (kt_random() & RTF_MPATH));
		km_addr(&km, RTAX_DST, kt_sin("10.0.0.0"));
		km_addr(&km, RTAX_GATEWAY, kt_sin("169.254.0.1"));
		km_addr(&km, RTAX_NETMASK, kt_mask(kt_random() % 33));
		if (kt_random() % 2)
			km_addr(&km, RTAX_IFP,
			    (struct sockaddr *)p2p->ki_if.if_sadl);
		for (flips = kt_random() % 5; flips > 0; flips--) {
			at = 6 + kt_random() % (km.km_rtm.rtm_msglen - 6);
			((uint8_t *)&km)[at] = kt_random();
		}
		(void)send_bytes(&km, km.km_rtm.rtm_msglen);
		drain();
	}
}

static int
flush_any(struct rtentry *rt, void *arg, u_int id)
{
	if (id == KT_TABLE || rt->rt_ifidx != p2p->ki_if.if_index)
		return (0);
	return (rtdelete(rt, NULL, id));
}

static void
test_garbage_and_flush(void)
{
	test_garbage();
	NET_LOCK();
	rt_walk_all(flush_any, NULL);
	NET_UNLOCK();
}

KTEST(rtsock_garbage, "no request, however broken, does harm")
{
	with_socket(test_garbage_and_flush);
}
