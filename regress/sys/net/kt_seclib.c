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

#include <sys/sockio.h>
#include <sys/task.h>

#include "kt_seclib.h"

static const u_int8_t ksec_key[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

int
ksec_setup(void)
{
	return (kti_setup());
}

static int
ksec_forget(struct tdb *tdb, void *arg, int last)
{
	tdb_delete(tdb);
	return (0);
}

void
ksec_cleanup(void)
{
	NET_LOCK();
	tdb_walk(0, ksec_forget, NULL);
	NET_UNLOCK();
	tdb_drain();
	kti_cleanup();
}

static void
ksec_name(unsigned int unit, char *name, size_t len)
{
	snprintf(name, len, "sec%u", unit);
}

int
ksec_flags(unsigned int unit, int flags)
{
	struct ifnet *ifp;
	struct ifreq ifr;
	char name[IFNAMSIZ];
	int error;

	ksec_name(unit, name, sizeof(name));
	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	memset(&ifr, 0, sizeof(ifr));
	NET_LOCK();
	if (flags & IFF_UP)
		WRITE_ONCE(ifp->if_flags, ifp->if_flags | IFF_UP);
	else
		WRITE_ONCE(ifp->if_flags, ifp->if_flags & ~IFF_UP);
	KERNEL_LOCK();
	error = ifp->if_ioctl(ifp, SIOCSIFFLAGS, (caddr_t)&ifr);
	KERNEL_UNLOCK();
	if (error == 0) {
		if (flags & IFF_UP)
			if_up(ifp);
		else
			if_down(ifp);
	}
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

int
ksec_create(unsigned int unit)
{
	char name[IFNAMSIZ];
	int error;

	ksec_name(unit, name, sizeof(name));
	if ((error = if_clone_create(name, 0)) != 0)
		return (error);
	return (ksec_flags(unit, IFF_UP));
}

int
ksec_destroy(unsigned int unit)
{
	char name[IFNAMSIZ];

	ksec_name(unit, name, sizeof(name));
	return (if_clone_destroy(name));
}

static void
ksec_sin(union sockaddr_union *su, in_addr_t addr)
{
	memset(su, 0, sizeof(*su));
	su->sin.sin_len = sizeof(su->sin);
	su->sin.sin_family = AF_INET;
	su->sin.sin_addr.s_addr = addr;
}

static void
ksec_algorithms(const struct ksec_sa *ks, struct ipsecinit *ii)
{
	if (ks->ks_algs != NULL) {
		*ii = *ks->ks_algs;
		return;
	}
	memset(ii, 0, sizeof(*ii));
	ii->ii_enckey = (u_int8_t *)ksec_key;
	if (ks->ks_gcm) {
		ii->ii_encalg = SADB_X_EALG_AESGCM16;
		ii->ii_enckeylen = 20;
		return;
	}
	ii->ii_encalg = SADB_X_EALG_AES;
	ii->ii_enckeylen = 16;
	ii->ii_authalg = SADB_X_AALG_SHA2_256;
	ii->ii_authkey = (u_int8_t *)ksec_key + 16;
	ii->ii_authkeylen = 32;
}

struct tdb *
ksec_add(const struct ksec_sa *ks)
{
	int out = ks->ks_dir == IPSP_DIRECTION_OUT;
	struct ipsecinit ii;
	struct tdb *tdb;

	ksec_algorithms(ks, &ii);
	NET_LOCK();
	tdb = tdb_alloc(0);
	tdb->tdb_spi = htonl(ks->ks_spi);
	tdb->tdb_sproto = IPPROTO_ESP;
	tdb->tdb_satype = SADB_SATYPE_ESP;
	tdb->tdb_wnd = 64;
	tdb->tdb_flags = TDBF_TUNNELING | TDBF_IFACE | ks->ks_flags;
	tdb->tdb_iface = ks->ks_unit;
	tdb->tdb_iface_dir = ks->ks_dir;
	ksec_sin(&tdb->tdb_src, out ? KTI_US1 : KTI_PEER1);
	ksec_sin(&tdb->tdb_dst, out ? KTI_PEER1 : KTI_US1);
	if (tdb_init(tdb, XF_ESP, &ii) != 0)
		panic("ksec_add");
	puttdb(tdb);
	NET_UNLOCK();
	return (tdb);
}

void
ksec_delete(struct tdb *tdb)
{
	NET_LOCK();
	tdb_delete(tdb);
	NET_UNLOCK();
}

int
ksec_pair(unsigned int unit, struct tdb **out, struct tdb **in)
{
	struct ksec_sa ks = { .ks_unit = unit, .ks_spi = KSEC_SPI + unit };
	struct tdb *o, *i;

	ks.ks_dir = IPSP_DIRECTION_IN;
	i = ksec_add(&ks);
	ks.ks_dir = IPSP_DIRECTION_OUT;
	o = ksec_add(&ks);
	if (out != NULL)
		*out = o;
	if (in != NULL)
		*in = i;
	return (0);
}

int
ksec_send(unsigned int unit, in_addr_t dst, int len)
{
	struct sockaddr_in sin = { .sin_len = sizeof(sin),
	    .sin_family = AF_INET };
	struct ifnet *ifp;
	struct mbuf *m;
	char name[IFNAMSIZ];
	int error;

	ksec_name(unit, name, sizeof(name));
	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	sin.sin_addr.s_addr = dst;
	m = kti_packet(KTI_FAR, dst, IPPROTO_NONE, len - sizeof(struct ip));
	NET_LOCK_SHARED();
	error = m == NULL ? ENOBUFS :
	    ifp->if_output(ifp, m, (struct sockaddr *)&sin, NULL);
	NET_UNLOCK_SHARED();
	if_put(ifp);
	return (error);
}

void
ksec_settle(void)
{
	int i;

	for (i = 0; i < 4; i++) {
		net_tq_barriers("settle");
		taskq_barrier(systqmp);
	}
}

unsigned int
ksec_reflect(void (*hook)(struct mbuf *))
{
	unsigned int n = 0;
	struct in_addr addr;
	struct mbuf *m;
	struct ip *ip;

	while ((m = kti_sent(&kti1)) != NULL) {
		m = m_pullup(m, sizeof(*ip));
		ip = mtod(m, struct ip *);
		addr = ip->ip_src;
		ip->ip_src = ip->ip_dst;
		ip->ip_dst = addr;
		m_tag_delete_chain(m);
		if (hook != NULL)
			hook(m);
		kti_input(&kti1, m);
		n++;
	}
	return (n);
}

int
ksec_ioctl(unsigned int unit, u_long cmd, void *arg)
{
	struct ifnet *ifp;
	char name[IFNAMSIZ];
	int error;

	ksec_name(unit, name, sizeof(name));
	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	NET_LOCK();
	error = ifp->if_ioctl(ifp, cmd, arg);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

int
ksec_stats(unsigned int unit, struct sec_stats *ss)
{
	memset(ss, 0, sizeof(*ss));
	return (ksec_ioctl(unit, SIOCGSECSTATS, ss));
}

int
ksec_ifdata(unsigned int unit, struct if_data *data)
{
	struct ifnet *ifp;
	char name[IFNAMSIZ];

	ksec_name(unit, name, sizeof(name));
	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	NET_LOCK_SHARED();
	if_getdata(ifp, data);
	NET_UNLOCK_SHARED();
	if_put(ifp);
	return (0);
}

uint64_t
ksec_espstat(int which)
{
	uint64_t c[esps_ncounters];

	counters_read(espcounters, c, esps_ncounters, NULL);
	return (c[which]);
}
