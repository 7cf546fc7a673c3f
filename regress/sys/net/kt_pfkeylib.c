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
#include <sys/mbuf.h>
#include <sys/proc.h>

#include <netinet/ip_ipsp.h>

#include "kt_pfkeylib.h"

struct socket *kpk_so, *kpk_listener;
static struct kpk_msg kpk_answer;
static u_int32_t kpk_seq;		/* atomic */
static u_int32_t kpk_sent;		/* atomic */

int
kpk_open(void)
{
	int error;

	curproc->p_suser = 1;
	error = socreate(PF_KEY, &kpk_so, SOCK_RAW, PF_KEY_V2, curproc);
	if (error == 0)
		error = socreate(PF_KEY, &kpk_listener, SOCK_RAW, PF_KEY_V2,
		    curproc);
	return (error);
}

static int
kpk_forget(struct tdb *tdb, void *arg, int last)
{
	tdb_delete(tdb);
	return (0);
}

void
kpk_close(void)
{
	soclose(kpk_so);
	soclose(kpk_listener);
	NET_LOCK();
	tdb_walk(0, kpk_forget, NULL);
	NET_UNLOCK();
	tdb_drain();
}

void
kpk_init(struct kpk_msg *km, int type, int satype)
{
	memset(km, 0, sizeof(*km));
	km->km.hdr.sadb_msg_version = PF_KEY_V2;
	km->km.hdr.sadb_msg_type = type;
	km->km.hdr.sadb_msg_satype = satype;
	km->km.hdr.sadb_msg_seq = __atomic_add_fetch(&kpk_seq, 1,
	    __ATOMIC_RELAXED);
	km->km.hdr.sadb_msg_pid = curproc->p_pid;
	km->km_len = sizeof(km->km.hdr);
	km->km.hdr.sadb_msg_len = km->km_len / 8;
}

void *
kpk_ext(struct kpk_msg *km, int type, size_t len)
{
	struct sadb_ext *ext = (struct sadb_ext *)(km->km.bytes + km->km_len);

	len = roundup(len, 8);
	KASSERT(km->km_len + len <= sizeof(km->km.bytes));
	memset(ext, 0, len);
	ext->sadb_ext_len = len / 8;
	ext->sadb_ext_type = type;
	km->km_len += len;
	km->km.hdr.sadb_msg_len = km->km_len / 8;
	return (ext);
}

void
kpk_sa(struct kpk_msg *km, u_int32_t spi, u_int32_t flags)
{
	struct sadb_sa *sa = kpk_ext(km, SADB_EXT_SA, sizeof(*sa));

	sa->sadb_sa_spi = htonl(spi);
	sa->sadb_sa_replay = 64;
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	sa->sadb_sa_encrypt = SADB_X_EALG_AESGCM16;
	sa->sadb_sa_flags = flags;
}

static void
kpk_sin(struct kpk_msg *km, int type, in_addr_t addr, in_port_t port)
{
	struct sadb_address *ad;
	struct sockaddr_in *sin;

	ad = kpk_ext(km, type, sizeof(*ad) + sizeof(*sin));
	sin = (struct sockaddr_in *)(ad + 1);
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_port = port;
	sin->sin_addr.s_addr = addr;
}

void
kpk_addr(struct kpk_msg *km, int type, in_addr_t addr)
{
	kpk_sin(km, type, addr, 0);
}

void
kpk_key(struct kpk_msg *km, int type, u_int bits)
{
	struct sadb_key *key;
	u_int i;

	key = kpk_ext(km, type, sizeof(*key) + howmany(bits, 64) * 8);
	key->sadb_key_bits = bits;
	for (i = 0; i < bits / 8; i++)
		((u_char *)(key + 1))[i] = i + type;
}

void
kpk_lifetime(struct kpk_msg *km, int type, u_int64_t bytes, u_int64_t add,
    u_int64_t use)
{
	struct sadb_lifetime *lt = kpk_ext(km, type, sizeof(*lt));

	lt->sadb_lifetime_bytes = bytes;
	lt->sadb_lifetime_addtime = add;
	lt->sadb_lifetime_usetime = use;
}

void
kpk_ident(struct kpk_msg *km, int type, const char *name)
{
	struct sadb_ident *id;

	id = kpk_ext(km, type, sizeof(*id) + strlen(name) + 1);
	id->sadb_ident_type = SADB_IDENTTYPE_FQDN;
	memcpy(id + 1, name, strlen(name));
}

void
kpk_iface(struct kpk_msg *km, u_int unit, int dir)
{
	struct sadb_x_iface *iface;

	iface = kpk_ext(km, SADB_X_EXT_IFACE, sizeof(*iface));
	iface->sadb_x_iface_unit = unit;
	iface->sadb_x_iface_direction = dir;
}

void
kpk_rdomain(struct kpk_msg *km, u_int dom1, u_int dom2)
{
	struct sadb_x_rdomain *rd;

	rd = kpk_ext(km, SADB_X_EXT_RDOMAIN, sizeof(*rd));
	rd->sadb_x_rdomain_dom1 = dom1;
	rd->sadb_x_rdomain_dom2 = dom2;
}

void
kpk_flow(struct kpk_msg *km)
{
	struct sadb_protocol *p;

	p = kpk_ext(km, SADB_X_EXT_FLOW_TYPE, sizeof(*p));
	p->sadb_protocol_proto = SADB_X_FLOW_TYPE_USE;
	p->sadb_protocol_direction = IPSP_DIRECTION_OUT;
	p = kpk_ext(km, SADB_X_EXT_PROTOCOL, sizeof(*p));
	p->sadb_protocol_proto = IPPROTO_UDP;
	kpk_sin(km, SADB_X_EXT_SRC_FLOW, KPK_A(10, 1, 0, 0), htons(53));
	kpk_sin(km, SADB_X_EXT_SRC_MASK, KPK_A(255, 255, 0, 0), 0xffff);
	kpk_sin(km, SADB_X_EXT_DST_FLOW, KPK_A(10, 2, 0, 0), 0);
	kpk_sin(km, SADB_X_EXT_DST_MASK, KPK_A(255, 255, 255, 0), 0);
}

void
kpk_esp(struct kpk_msg *km, int type, u_int32_t spi)
{
	kpk_init(km, type, SADB_SATYPE_ESP);
	kpk_sa(km, spi, SADB_X_SAFLAGS_TUNNEL);
	kpk_addr(km, SADB_EXT_ADDRESS_SRC, KPK_LOCAL);
	kpk_addr(km, SADB_EXT_ADDRESS_DST, KPK_PEER);
	kpk_key(km, SADB_EXT_KEY_ENCRYPT, 160);
}

void
kpk_name(struct kpk_msg *km, int type, u_int32_t spi)
{
	kpk_init(km, type, SADB_SATYPE_ESP);
	kpk_sa(km, spi, SADB_X_SAFLAGS_TUNNEL);
	kpk_addr(km, SADB_EXT_ADDRESS_SRC, KPK_LOCAL);
	kpk_addr(km, SADB_EXT_ADDRESS_DST, KPK_PEER);
}

/* What is sent reaches the kernel in pieces now and then. */
int
kpk_send(struct socket *so, const void *p, size_t len)
{
	u_int32_t nth = __atomic_add_fetch(&kpk_sent, 1, __ATOMIC_RELAXED);
	struct mbuf *m, *n;
	int error;

	m = m_devget((char *)(uintptr_t)p, len, 0);
	if (m == NULL)
		return (ENOBUFS);
	if (len > 1 && nth % 8 == 0) {
		n = m_split(m, nth % (len - 1) + 1, M_WAITOK);
		m_cat(m, n);
		m->m_pkthdr.len = len;
	}
	solock(so);
	error = sosend(so, NULL, m, NULL, 0);
	sounlock(so);
	return (error);
}

int
kpk_recv(struct socket *so, struct kpk_msg *km)
{
	struct mbuf *m;

	if ((m = soreceive(so)) == NULL)
		return (0);
	km->km_len = m_length(m);
	KASSERT(km->km_len <= sizeof(km->km.bytes));
	m_copydata(m, 0, km->km_len, km->km.bytes);
	m_freem(m);
	return (1);
}

void
kpk_drain(void)
{
	while (kpk_recv(kpk_so, &kpk_answer) ||
	    kpk_recv(kpk_listener, &kpk_answer))
		;
}

int
kpk_do(const struct kpk_msg *km, struct kpk_msg *answer)
{
	int error;

	if (answer == NULL)
		answer = &kpk_answer;
	kpk_drain();
	error = kpk_send(kpk_so, km->km.bytes, km->km_len);
	if (!kpk_recv(kpk_so, answer))
		return (error);
	if (error != 0)
		ktest_fail(__FILE__, __LINE__, "error %d and an answer",
		    error);
	if (answer->km.hdr.sadb_msg_seq != km->km.hdr.sadb_msg_seq ||
	    answer->km.hdr.sadb_msg_type != km->km.hdr.sadb_msg_type ||
	    answer->km.hdr.sadb_msg_len * 8UL != answer->km_len)
		ktest_fail(__FILE__, __LINE__, "another's answer");
	return (answer->km.hdr.sadb_msg_errno);
}

void *
kpk_find(const struct kpk_msg *km, int type)
{
	const struct sadb_ext *ext;
	size_t off;

	for (off = sizeof(km->km.hdr); off < km->km_len;
	    off += ext->sadb_ext_len * 8) {
		ext = (const struct sadb_ext *)(km->km.bytes + off);
		if (ext->sadb_ext_type == type)
			return ((void *)(uintptr_t)ext);
		if (ext->sadb_ext_len == 0)
			break;
	}
	return (NULL);
}

int
kpk_get(u_int32_t spi, struct kpk_msg *answer)
{
	static struct kpk_msg km;

	kpk_name(&km, SADB_GET, spi);
	return (kpk_do(&km, answer));
}

struct tdb *
kpk_tdb(u_int32_t spi, in_addr_t addr)
{
	union sockaddr_union dst;

	memset(&dst, 0, sizeof(dst));
	dst.sin.sin_len = sizeof(dst.sin);
	dst.sin.sin_family = AF_INET;
	dst.sin.sin_addr.s_addr = addr;
	return (gettdb(0, htonl(spi), &dst, IPPROTO_ESP));
}

void
kpk_remove(struct kpk_msg *km, int type)
{
	struct sadb_ext *ext = kpk_find(km, type);
	u_char *p = (u_char *)ext;
	size_t len = ext->sadb_ext_len * 8;

	memmove(p, p + len, km->km.bytes + km->km_len - (p + len));
	km->km_len -= len;
	km->km.hdr.sadb_msg_len = km->km_len / 8;
}
