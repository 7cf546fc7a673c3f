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
 * The network of the measurements, and the ciphers alone.
 */
#include "bench.h"

#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sockio.h>

#include <net/if_dl.h>
#include <net/if_sec.h>
#include <net/pfkeyv2.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/if_ether.h>
#include <netinet/in_cksum.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#include <machine/if_um.h>

const struct bench_cipher bench_ciphers[BENCH_NCIPHERS] = {
	{ "aes-128-gcm", SADB_X_EALG_AESGCM16, 20, 0, 0 },
	{ "aes-256-gcm", SADB_X_EALG_AESGCM16, 36, 0, 0 },
	{ "aes-128-cbc-hmac-sha2-256", SADB_X_EALG_AES, 16,
	  SADB_X_AALG_SHA2_256, 32 },
};
const int bench_sizes[BENCH_NSIZES] = { 64, 512, 1400 };

static const u_int8_t bench_key[64] = { 3, 1, 4, 1, 5, 9, 2, 6 };
static const u_int8_t bench_station[ETHER_ADDR_LEN] = { 2, 0, 0, 0, 0, 9 };

static void
bench_sin(void *v, in_addr_t addr)
{
	struct sockaddr_in *sin = v;

	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = addr;
}

static void
bench_mask(void *v, int plen)
{
	struct in_addr mask;

	in_prefixlen2mask(&mask, plen);
	bench_sin(v, mask.s_addr);
}

int
bench_address(const char *name, in_addr_t addr, int plen, in_addr_t dst)
{
	struct ifaliasreq ifra;
	struct ifnet *ifp;
	int error;

	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	memset(&ifra, 0, sizeof(ifra));
	bench_sin(&ifra.ifra_addr, addr);
	if (dst != 0)
		bench_sin(&ifra.ifra_dstaddr, dst);
	bench_mask(&ifra.ifra_mask, plen);
	NET_LOCK();
	error = in_ioctl(SIOCAIFADDR, (caddr_t)&ifra, ifp, 1);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

int
bench_route(in_addr_t net, int plen, in_addr_t gateway)
{
	struct sockaddr_in dst, gw, mask;
	struct rt_addrinfo info;
	int error;

	bench_sin(&dst, net);
	bench_sin(&gw, gateway);
	bench_mask(&mask, plen);
	memset(&info, 0, sizeof(info));
	info.rti_flags = RTF_UP | RTF_GATEWAY | RTF_STATIC;
	info.rti_info[RTAX_DST] = sintosa(&dst);
	info.rti_info[RTAX_GATEWAY] = sintosa(&gw);
	info.rti_info[RTAX_NETMASK] = sintosa(&mask);
	info.rti_addrs = RTA_DST | RTA_GATEWAY | RTA_NETMASK;
	NET_LOCK();
	error = rtrequest(RTM_ADD, &info, RTP_STATIC, NULL, 0);
	NET_UNLOCK();
	return (error);
}

/* Wait until the route to an address is as it should be. */
static int
bench_until(in_addr_t addr, int (*good)(struct rtentry *))
{
	struct sockaddr_in dst;
	struct rtentry *rt;
	int i, ok;

	bench_sin(&dst, addr);
	for (i = 0; i < BENCH_WAIT * 1000; i++) {
		NET_LOCK_SHARED();
		rt = rtalloc(sintosa(&dst), 0, 0);
		ok = good(rt);
		rtfree(rt);
		NET_UNLOCK_SHARED();
		if (ok)
			return (0);
		kt_sleep(MSEC_TO_NSEC(1));
	}
	return (ETIMEDOUT);
}

static int
bench_resolved(struct rtentry *rt)
{
	return (rt != NULL && ISSET(rt->rt_flags, RTF_HOST) &&
	    rt->rt_gateway->sa_family == AF_LINK &&
	    satosdl(rt->rt_gateway)->sdl_alen == ETHER_ADDR_LEN);
}

/*
 * That the link is up is seen at once, but a task tells the routes later:
 * packets sent in between find none.
 */
int
bench_routed(in_addr_t addr)
{
	return (bench_until(addr, rtisvalid));
}

int
bench_known(in_addr_t addr)
{
	return (bench_until(addr, bench_resolved));
}

int
bench_up(const char *name, int mtu)
{
	struct ifnet *ifp;
	struct ifreq ifr;
	int error = 0;

	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_mtu = mtu;
	NET_LOCK();
	SET(ifp->if_flags, IFF_UP);
	KERNEL_LOCK();
	if ((error = ifp->if_ioctl(ifp, SIOCSIFMTU, (caddr_t)&ifr)) == 0)
		error = ifp->if_ioctl(ifp, SIOCSIFFLAGS, (caddr_t)&ifr);
	KERNEL_UNLOCK();
	if (error == 0)
		if_up(ifp);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

/* The Ethernet address of umN. */
static void
bench_lladdr(unsigned int unit, u_int8_t *addr)
{
	char name[IFNAMSIZ];
	struct ifnet *ifp;

	snprintf(name, sizeof(name), "um%u", unit);
	if ((ifp = if_unit(name)) == NULL)
		panic("no %s", name);
	memcpy(addr, ((struct arpcom *)ifp)->ac_enaddr, ETHER_ADDR_LEN);
	if_put(ifp);
}

/* It asks for an address of ours, which makes it known. */
int
bench_neighbour(unsigned int unit, in_addr_t addr, in_addr_t us)
{
	struct {
		struct ether_header	eh;
		struct ether_arp	ea;
	} __packed f;
	int error;

	memset(&f, 0, sizeof(f));
	memset(f.eh.ether_dhost, 0xff, ETHER_ADDR_LEN);
	memcpy(f.eh.ether_shost, bench_station, ETHER_ADDR_LEN);
	f.eh.ether_type = htons(ETHERTYPE_ARP);
	f.ea.arp_hrd = htons(ARPHRD_ETHER);
	f.ea.arp_pro = htons(ETHERTYPE_IP);
	f.ea.arp_hln = ETHER_ADDR_LEN;
	f.ea.arp_pln = sizeof(addr);
	f.ea.arp_op = htons(ARPOP_REQUEST);
	memcpy(f.ea.arp_sha, bench_station, ETHER_ADDR_LEN);
	memcpy(f.ea.arp_spa, &addr, sizeof(addr));
	memcpy(f.ea.arp_tpa, &us, sizeof(us));
	/* without a route he would not be remembered */
	if ((error = bench_routed(addr)) != 0 ||
	    (error = um_inject(unit, &f, sizeof(f))) != 0)
		return (error);
	return (bench_known(addr));
}

void
bench_ether(unsigned int unit, u_int8_t *p)
{
	struct ether_header *eh = (struct ether_header *)p;

	bench_lladdr(unit, eh->ether_dhost);
	memcpy(eh->ether_shost, bench_station, ETHER_ADDR_LEN);
	eh->ether_type = htons(ETHERTYPE_IP);
}

void
bench_packet(u_int8_t *p, in_addr_t src, in_addr_t dst, int len)
{
	struct ip ip;
	int i;

	memset(&ip, 0, sizeof(ip));
	ip.ip_v = IPVERSION;
	ip.ip_hl = sizeof(ip) >> 2;
	ip.ip_len = htons(len);
	ip.ip_ttl = 64;
	ip.ip_p = IPPROTO_NONE;
	ip.ip_src.s_addr = src;
	ip.ip_dst.s_addr = dst;
	ip.ip_sum = ~in_sum_fold(in_sum_mem(&ip, sizeof(ip), 0));
	memcpy(p, &ip, sizeof(ip));
	for (i = sizeof(ip); i < len; i++)
		p[i] = kt_random();
}

static void
bench_sa(unsigned int unit, const struct bench_cipher *bc, int dir,
    in_addr_t src, in_addr_t dst)
{
	struct ipsecinit ii;
	struct tdb *tdb;

	memset(&ii, 0, sizeof(ii));
	ii.ii_encalg = bc->bc_encalg;
	ii.ii_enckey = (u_int8_t *)bench_key;
	ii.ii_enckeylen = bc->bc_enckeylen;
	ii.ii_authalg = bc->bc_authalg;
	ii.ii_authkey = (u_int8_t *)bench_key + 16;
	ii.ii_authkeylen = bc->bc_authkeylen;
	NET_LOCK();
	tdb = tdb_alloc(0);
	tdb->tdb_spi = htonl(BENCH_SPI + unit);
	tdb->tdb_sproto = IPPROTO_ESP;
	tdb->tdb_satype = SADB_SATYPE_ESP;
	tdb->tdb_wnd = 64;
	tdb->tdb_flags = TDBF_TUNNELING | TDBF_IFACE;
	tdb->tdb_iface = unit;
	tdb->tdb_iface_dir = dir;
	bench_sin(&tdb->tdb_src, src);
	bench_sin(&tdb->tdb_dst, dst);
	if (tdb_init(tdb, XF_ESP, &ii) != 0)
		panic("bench_sa: %s", bc->bc_name);
	puttdb(tdb);
	NET_UNLOCK();
}

int
bench_sec(unsigned int unit, const struct bench_cipher *bc, in_addr_t us,
    in_addr_t peer)
{
	char name[IFNAMSIZ];
	int error;

	snprintf(name, sizeof(name), "sec%u", unit);
	if ((error = if_clone_create(name, 0)) != 0 ||
	    (error = bench_up(name, BENCH_MTU)) != 0)
		return (error);
	bench_sa(unit, bc, IPSP_DIRECTION_IN, peer, us);
	bench_sa(unit, bc, IPSP_DIRECTION_OUT, us, peer);
	return (0);
}

struct tdb *
bench_tdb(unsigned int unit, in_addr_t dst)
{
	union sockaddr_union su;
	struct tdb *tdb;

	memset(&su, 0, sizeof(su));
	bench_sin(&su, dst);
	NET_LOCK_SHARED();
	tdb = gettdb(0, htonl(BENCH_SPI + unit), &su, IPPROTO_ESP);
	NET_UNLOCK_SHARED();
	return (tdb);
}

/*
 * The cipher alone.
 */

static void
alone_crypt(struct bench_alone *ba, int flags)
{
	struct tdb *tdb = ba->ba_tdb;
	struct cryptop crp;
	u_int8_t *p = ba->ba_bufs;
	int i;

	crp.crp_session = tdb->tdb_session;
	crp.crp_flags = flags;
	crp.crp_aadlen = CRYPTO_AAD_LEN;
	crp.crp_len = ba->ba_len;
	crp.crp_esn = 0;
	for (i = 0; i < BENCH_BURST; i++, p += BENCH_PKTMAX) {
		crp.crp_aad = p;
		crp.crp_iv = p + CRYPTO_AAD_LEN;
		crp.crp_data = crp.crp_iv + tdb->tdb_ivlen;
		crp.crp_icv = crp.crp_data + ba->ba_len;
		if (flags & CRYPTO_F_ENCRYPT) {
			ba->ba_iv++;
			memcpy(crp.crp_iv, &ba->ba_iv, sizeof(ba->ba_iv));
		}
		if (crypto_invoke(&crp) != 0)
			panic("bench: the cipher alone fails");
	}
}

static void
alone_encrypt(struct bench_work *w)
{
	alone_crypt(w->bw_arg, CRYPTO_F_ENCRYPT);
}

static void
alone_decrypt(struct bench_work *w)
{
	alone_crypt(w->bw_arg, 0);
}

void
bench_alone_init(struct bench_alone *ba, struct tdb *tdb, int size)
{
	int align = MAX(4, tdb->tdb_encalgxform->blocksize);

	memset(ba, 0, sizeof(*ba));
	ba->ba_tdb = tdb;
	/* two bytes of trailer */
	ba->ba_len = roundup(size + 2, align);
	ba->ba_bufs = malloc(BENCH_BURST * BENCH_PKTMAX, M_TEMP,
	    M_WAITOK | M_ZERO);
	ba->ba_encrypt.bw_go = alone_encrypt;
	ba->ba_encrypt.bw_arg = ba;
	ba->ba_decrypt.bw_prepare = alone_encrypt;
	ba->ba_decrypt.bw_go = alone_decrypt;
	ba->ba_decrypt.bw_arg = ba;
}

void
bench_alone_free(struct bench_alone *ba)
{
	free(ba->ba_bufs, M_TEMP, BENCH_BURST * BENCH_PKTMAX);
	NET_LOCK();
	tdb_unref(ba->ba_tdb);
	NET_UNLOCK();
}
