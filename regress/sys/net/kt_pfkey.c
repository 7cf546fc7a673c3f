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

/* rows: I3 */

/*
 * PF_KEY: messages that are none, and the sockets.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/protosw.h>

#include <netinet/ip_ipsp.h>

#include "kt_pfkeylib.h"

static struct kpk_msg km, copy, answer;

/* A request of each kind that names or makes an SA, complete. */
static void
request(struct kpk_msg *m, int type)
{
	struct sadb_spirange *range;
	struct sadb_x_udpencap *ue;
	struct sadb_x_tag *tag;

	switch (type) {
	case SADB_GETSPI:
		kpk_init(m, type, SADB_SATYPE_ESP);
		kpk_addr(m, SADB_EXT_ADDRESS_SRC, KPK_PEER);
		kpk_addr(m, SADB_EXT_ADDRESS_DST, KPK_LOCAL);
		range = kpk_ext(m, SADB_EXT_SPIRANGE, sizeof(*range));
		range->sadb_spirange_min = 0x2000;
		range->sadb_spirange_max = 0xffffff;
		return;
	case SADB_ADD:
	case SADB_UPDATE:
		kpk_esp(m, type, KPK_SPI);
		((struct sadb_sa *)kpk_find(m, SADB_EXT_SA))->sadb_sa_flags |=
		    SADB_X_SAFLAGS_UDPENCAP | SADB_X_SAFLAGS_ESN;
		kpk_lifetime(m, SADB_EXT_LIFETIME_HARD, 1 << 20, 3600, 1800);
		kpk_lifetime(m, SADB_EXT_LIFETIME_SOFT, 1 << 19, 3000, 1500);
		kpk_lifetime(m, SADB_EXT_LIFETIME_CURRENT, 99, 0, 0);
		kpk_ident(m, SADB_EXT_IDENTITY_SRC, "FQDN/west");
		kpk_ident(m, SADB_EXT_IDENTITY_DST, "FQDN/east.example");
		kpk_flow(m);
		ue = kpk_ext(m, SADB_X_EXT_UDPENCAP, sizeof(*ue));
		ue->sadb_x_udpencap_port = htons(4501);
		tag = kpk_ext(m, SADB_X_EXT_TAG, sizeof(*tag) + 5);
		tag->sadb_x_tag_taglen = 5;
		memcpy(tag + 1, "IKED", 5);
		kpk_rdomain(m, 0, 0);
		kpk_iface(m, 7, IPSP_DIRECTION_OUT);
		return;
	default:
		kpk_name(m, type, KPK_SPI);
	}
}

static const int requests[] = { SADB_GETSPI, SADB_ADD, SADB_UPDATE,
    SADB_DELETE, SADB_GET, SADB_EXPIRE };

static int
required(int type, int ext)
{
	if (type == SADB_GETSPI)
		return (1);
	if (ext == SADB_EXT_ADDRESS_SRC)
		return (type == SADB_UPDATE || type == SADB_EXPIRE);
	/* flow extensions come together or not at all */
	return (ext == SADB_EXT_SA || ext == SADB_EXT_ADDRESS_DST ||
	    (ext >= SADB_X_EXT_SRC_MASK && ext <= SADB_X_EXT_DST_FLOW));
}

/* Try what was made of a request, which may not have any effect. */
static void
try_bad(const struct kpk_msg *m, int type, int ext, const char *how)
{
	unsigned int n = tdb_count();
	int error;

	error = kpk_do(m, &answer);
	if (error != EINVAL)
		ktest_fail(__FILE__, __LINE__, "message %d, extension %d "
		    "%s: error %d", type, ext, how, error);
	if (kpk_recv(kpk_listener, &answer))
		ktest_fail(__FILE__, __LINE__, "message %d, extension %d "
		    "%s: all are told", type, ext, how);
	if (tdb_count() != n)
		ktest_fail(__FILE__, __LINE__, "message %d, extension %d "
		    "%s: SAs change", type, ext, how);
}

static void
try_lengths(int type, int ext)
{
	static const uint16_t lens[] = { 0, 1, 2, 3, 4, 5, 9, 12, 64, 510,
	    511, 512, 0x7fff, 0xffff };
	struct sadb_ext *e;
	u_int i;

	for (i = 0; i < nitems(lens); i++) {
		copy = km;
		e = kpk_find(&copy, ext);
		if (e->sadb_ext_len == lens[i])
			continue;
		e->sadb_ext_len = lens[i];
		try_bad(&copy, type, ext, "with a wrong length");
	}
}

static void
try_ext(int type, struct sadb_ext *e)
{
	int ext = e->sadb_ext_type;
	size_t len = e->sadb_ext_len * 8;
	struct sadb_ext *twin;

	if (required(type, ext)) {
		copy = km;
		kpk_remove(&copy, ext);
		try_bad(&copy, type, ext, "missing");
	}
	copy = km;
	twin = kpk_ext(&copy, ext, len);
	memcpy(twin, e, len);
	try_bad(&copy, type, ext, "doubled");

	copy = km;
	e = kpk_find(&copy, ext);
	e->sadb_ext_type = 0;
	try_bad(&copy, type, 0, "is reserved");
	e->sadb_ext_type = SADB_EXT_MAX + 1;
	try_bad(&copy, type, SADB_EXT_MAX + 1, "is unknown");
	e->sadb_ext_type = 0xffff;
	try_bad(&copy, type, 0xffff, "is unknown");
	try_lengths(type, ext);
}

KTEST(pfkey_extensions, "extensions missing, doubled, of wrong length")
{
	u_int i;
	size_t off;
	struct sadb_ext *e;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < nitems(requests); i++) {
		request(&km, requests[i]);
		for (off = sizeof(struct sadb_msg); off < km.km_len;
		    off += e->sadb_ext_len * 8) {
			e = (struct sadb_ext *)(km.km.bytes + off);
			try_ext(requests[i], e);
		}
	}
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

/* The extensions of km in another order. */
static void
shuffle(struct kpk_msg *m)
{
	struct sadb_ext *exts[SADB_EXT_MAX], *e, *tmp;
	size_t off;
	u_int i, j, n = 0;

	copy = *m;
	for (off = sizeof(struct sadb_msg); off < m->km_len;
	    off += e->sadb_ext_len * 8) {
		e = (struct sadb_ext *)(copy.km.bytes + off);
		exts[n++] = e;
	}
	m->km_len = sizeof(struct sadb_msg);
	for (i = n; i > 0; i--) {
		j = kt_random() % i;
		tmp = exts[j];
		exts[j] = exts[i - 1];
		e = kpk_ext(m, tmp->sadb_ext_type, tmp->sadb_ext_len * 8);
		memcpy(e, tmp, tmp->sadb_ext_len * 8);
	}
}

static int
ascending(const struct kpk_msg *m)
{
	const struct sadb_ext *e;
	size_t off;
	int last = 0;

	for (off = sizeof(struct sadb_msg); off < m->km_len;
	    off += e->sadb_ext_len * 8) {
		e = (const struct sadb_ext *)(m->km.bytes + off);
		if (e->sadb_ext_type <= last)
			return (0);
		last = e->sadb_ext_type;
	}
	return (1);
}

KTEST(pfkey_order, "extensions in any order; answers in ascending order")
{
	int i;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < 50; i++) {
		request(&km, SADB_ADD);
		shuffle(&km);
		KT_EQ(kpk_do(&km, &answer), 0);
		KT_ASSERT(ascending(&answer));
		KT_ASSERT(kpk_find(&answer, SADB_EXT_KEY_ENCRYPT) == NULL);
		KT_ASSERT(kpk_find(&answer, SADB_X_EXT_IFACE) != NULL);
		/* everybody hears the same */
		KT_EQ(kpk_recv(kpk_listener, &copy), 1);
		KT_EQ(copy.km_len, answer.km_len);
		KT_MEMEQ(copy.km.bytes, answer.km.bytes, copy.km_len);
		KT_EQ(kpk_get(KPK_SPI, &answer), 0);
		KT_ASSERT(ascending(&answer));
		request(&km, SADB_DELETE);
		shuffle(&km);
		KT_EQ(kpk_do(&km, NULL), 0);
	}
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

static void
try_header(int what)
{
	struct sadb_msg *hdr = &copy.km.hdr;

	copy = km;
	switch (what) {
	case 0:
		hdr->sadb_msg_version = 1;
		break;
	case 1:
		hdr->sadb_msg_type = SADB_RESERVED;
		break;
	case 2:
		hdr->sadb_msg_type = SADB_MAX + 1;
		break;
	case 3:
		hdr->sadb_msg_errno = ESRCH;
		break;
	case 4:
		hdr->sadb_msg_reserved = 1;
		break;
	case 5:
		hdr->sadb_msg_pid++;
		break;
	case 6:
		hdr->sadb_msg_len++;
		break;
	case 7:
		hdr->sadb_msg_len = 0;
		break;
	case 8:
		copy.km_len -= 8;
		break;
	case 9:
		hdr->sadb_msg_type = SADB_X_SPDDUMP;
		break;
	case 10:
		hdr->sadb_msg_type = 0xff;
		break;
	}
	try_bad(&copy, km.km.hdr.sadb_msg_type, what, "(header)");
}

KTEST(pfkey_header, "headers that lie, messages too short and too long")
{
	size_t len;
	int i;

	KT_EQ(kpk_open(), 0);
	request(&km, SADB_ADD);
	for (i = 0; i <= 10; i++)
		try_header(i);
	for (len = 1; len < km.km_len; len++)
		KT_EQ(kpk_send(kpk_so, km.km.bytes, len), EINVAL);
	kpk_init(&km, SADB_X_SPDDUMP, SADB_SATYPE_UNSPEC);
	try_bad(&km, SADB_X_SPDDUMP, 0, "(not a request)");
	/* as long as it may be, and one word more */
	request(&km, SADB_ADD);
	memset(km.km.bytes + km.km_len, 0, PFKEY_MSGMAX);
	km.km.hdr.sadb_msg_len = PFKEY_MSGMAX / 8;
	KT_EQ(kpk_send(kpk_so, km.km.bytes, PFKEY_MSGMAX), EINVAL);
	km.km.hdr.sadb_msg_len = PFKEY_MSGMAX / 8 + 1;
	KT_EQ(kpk_send(kpk_so, km.km.bytes, PFKEY_MSGMAX + 8), EMSGSIZE);
	KT_EQ(kpk_send(kpk_so, km.km.bytes, 9000), EMSGSIZE);
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

/* Values that are wrong in themselves, by position. */
static const struct badvalue {
	int		 bv_ext;
	u_int		 bv_off;
	uint8_t		 bv_value;
} badvalues[] = {
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_replay), 65 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_state), 0 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_state), 2 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_state), 3 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_state), 4 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_auth), 13 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_auth), 0xff },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_encrypt), 23 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_encrypt), 0xff },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_encrypt), 0 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_encrypt),
	    SADB_EALG_3DESCBC },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_encrypt),
	    SADB_X_EALG_CHACHA20POLY1305 },
	{ SADB_EXT_SA, offsetof(struct sadb_sa, sadb_sa_flags) + 3, 0x80 },
	{ SADB_EXT_ADDRESS_SRC, 4, 1 },
	{ SADB_EXT_ADDRESS_DST, 4, 1 },
	{ SADB_EXT_ADDRESS_DST, 8, 15 },		/* sin_len */
	{ SADB_EXT_ADDRESS_DST, 9, 0 },			/* sin_family */
	{ SADB_EXT_ADDRESS_DST, 9, AF_INET6 },
	{ SADB_EXT_ADDRESS_DST, 9, AF_LINK },
	{ SADB_EXT_ADDRESS_DST, 10, 1 },		/* sin_port */
	{ SADB_EXT_ADDRESS_DST, 23, 1 },		/* sin_zero */
	{ SADB_EXT_KEY_ENCRYPT, 4, 0 },			/* bits */
	{ SADB_EXT_KEY_ENCRYPT, 4, 161 },
	{ SADB_EXT_KEY_ENCRYPT, 4, 152 },
	{ SADB_EXT_KEY_ENCRYPT, 4, 128 },
	{ SADB_EXT_KEY_ENCRYPT, 4, 193 },
	{ SADB_EXT_KEY_ENCRYPT, 6, 1 },			/* reserved */
	{ SADB_EXT_IDENTITY_SRC, 4, 5 },		/* type */
	{ SADB_EXT_IDENTITY_SRC, 6, 1 },		/* reserved */
	{ SADB_EXT_IDENTITY_SRC, 18, 0 },		/* ends too early */
	{ SADB_X_EXT_FLOW_TYPE, 4, 7 },
	{ SADB_X_EXT_FLOW_TYPE, 5, 0 },			/* direction */
	{ SADB_X_EXT_FLOW_TYPE, 5, 3 },
	{ SADB_X_EXT_FLOW_TYPE, 7, 1 },			/* reserved */
	{ SADB_X_EXT_PROTOCOL, 7, 1 },
	{ SADB_X_EXT_SRC_MASK, 9, AF_INET6 },
	{ SADB_X_EXT_UDPENCAP, 6, 1 },			/* reserved */
	{ SADB_X_EXT_TAG, 4, 4 },			/* no NUL */
	{ SADB_X_EXT_TAG, 4, 9 },
	{ SADB_X_EXT_TAG, 7, 0xff },
	{ SADB_X_EXT_TAG, 9, 0 },			/* NUL inside */
	{ SADB_X_EXT_RDOMAIN, 4, 99 },			/* is not there */
	{ SADB_X_EXT_RDOMAIN, 6, 99 },
	{ SADB_X_EXT_RDOMAIN, 5, 0xff },
	{ SADB_X_EXT_IFACE, 7, 0x80 },			/* unit */
	{ SADB_X_EXT_IFACE, 8, 0 },			/* direction */
	{ SADB_X_EXT_IFACE, 8, 3 },
	{ SADB_X_EXT_IFACE, 8, 0xff },
	{ SADB_X_EXT_IFACE, 9, 1 },			/* reserved */
	{ SADB_X_EXT_IFACE, 15, 1 },
};

KTEST(pfkey_values, "values no SA can have are refused, and nothing is added")
{
	u_char *p;
	u_int i;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < nitems(badvalues); i++) {
		request(&km, SADB_ADD);
		p = kpk_find(&km, badvalues[i].bv_ext);
		p[badvalues[i].bv_off] = badvalues[i].bv_value;
		try_bad(&km, SADB_ADD, badvalues[i].bv_ext,
		    "has a wrong value");
	}
	request(&km, SADB_GETSPI);
	p = kpk_find(&km, SADB_EXT_SPIRANGE);
	p[12] = 1;
	try_bad(&km, SADB_GETSPI, SADB_EXT_SPIRANGE, "is reserved");
	request(&km, SADB_ADD);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_close();
}

/* Damage a message that is good, in one of many ways. */
static void
mutate(struct kpk_msg *m)
{
	u_int32_t n = kt_random() % 4;
	size_t off;

	for (; n > 0; n--) {
		off = kt_random() % m->km_len;
		switch (kt_random() % 5) {
		case 0:
			m->km.bytes[off] ^= 1 << kt_random() % 8;
			break;
		case 1:
			m->km.bytes[off] = kt_random();
			break;
		case 2:
			m->km.bytes[off & ~7UL] = kt_random() % 12;
			break;
		case 3:
			m->km.bytes[(off & ~7UL) + 2] =
			    kt_random() % (SADB_EXT_MAX + 2);
			break;
		case 4:
			m->km_len = MAX(off & ~7UL, 16);
			break;
		}
	}
	if (kt_random() % 4 != 0) {
		m->km.hdr.sadb_msg_len = m->km_len / 8;
		m->km.hdr.sadb_msg_version = PF_KEY_V2;
		m->km.hdr.sadb_msg_pid = curproc->p_pid;
		m->km.hdr.sadb_msg_errno = 0;
		m->km.hdr.sadb_msg_reserved = 0;
	}
}

static int
count_one(struct tdb *tdb, void *arg, int last)
{
	unsigned int *n = arg;

	if (tdb_isdeleted(tdb))
		return (EINVAL);
	(*n)++;
	return (0);
}

/* What kind of difference a message may have made. */
static int
consistent(int type, int error, unsigned int before)
{
	unsigned int now = tdb_count(), walked = 0;
	int bad;

	NET_LOCK();
	bad = tdb_walk(0, count_one, &walked);
	NET_UNLOCK();
	if (bad || walked != now)
		return (0);
	if (error != 0)
		return (now == before);
	switch (type) {
	case SADB_ADD:
	case SADB_GETSPI:
		return (now == before + 1);
	case SADB_DELETE:
		return (now + 1 == before);
	case SADB_FLUSH:
		return (now <= before);
	default:
		return (now == before);
	}
}

/*
 * Send, and let what is due happen: the error, and how many SAs were at the
 * end of their life with that.
 */
static int
send_mutant(struct kpk_msg *m, unsigned int *expired)
{
	int error;

	kpk_drain();
	error = kpk_send(kpk_so, m->km.bytes, m->km_len);
	kt_sleep(1);
	*expired = 0;
	while (kpk_recv(kpk_so, &answer)) {
		if (answer.km.hdr.sadb_msg_type == SADB_EXPIRE &&
		    kpk_find(&answer, SADB_EXT_LIFETIME_HARD) != NULL)
			(*expired)++;
		else if (answer.km.hdr.sadb_msg_type != SADB_X_PROMISC)
			error = answer.km.hdr.sadb_msg_errno;
	}
	return (error);
}

KTEST(pfkey_mutations, "damaged messages: an error or their effect, no more")
{
	static const int types[] = { SADB_GETSPI, SADB_UPDATE, SADB_ADD,
	    SADB_DELETE, SADB_GET, SADB_EXPIRE, SADB_UPDATE, SADB_ADD };
	unsigned long i, n = kt_count(20000), good = 0;
	unsigned int before, expired;
	struct sadb_sa *sa;
	int error;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < n; i++) {
		request(&km, types[kt_random() % nitems(types)]);
		if ((sa = kpk_find(&km, SADB_EXT_SA)) != NULL)
			sa->sadb_sa_spi = htonl(0x1000 + kt_random() % 16);
		if (kt_random() % 2 != 0 &&
		    kpk_find(&km, SADB_EXT_KEY_ENCRYPT) != NULL)
			kpk_remove(&km, SADB_EXT_KEY_ENCRYPT);
		mutate(&km);
		before = tdb_count();
		error = send_mutant(&km, &expired);
		if (!consistent(km.km.hdr.sadb_msg_type, error,
		    before - expired))
			KT_FAIL("message %lu, type %d, error %d: %u SAs, "
			    "then %u", i, km.km.hdr.sadb_msg_type, error,
			    before, tdb_count());
		good += error == 0;
	}
	/* a test that never gets through tests nothing */
	KT_ASSERT(good > n / 100 && good < n);
	kpk_close();
}

KTEST(pfkey_flood, "10 000 half-written messages cost nothing")
{
	unsigned long i, n = kt_count(10000), before = m_inuse();
	unsigned long mem = malloc_inuse(M_PFKEY);

	KT_EQ(kpk_open(), 0);
	request(&km, SADB_ADD);
	for (i = 0; i < n; i++)
		KT_EQ(kpk_send(kpk_so, km.km.bytes,
		    kt_random() % (km.km_len - 1) + 1), EINVAL);
	KT_EQ(m_inuse(), before);
	KT_EQ(malloc_inuse(M_PFKEY), mem);
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

KTEST(pfkey_socket, "who may, which protocol, what a socket does not do")
{
	struct socket *so;
	struct mbuf *m;

	curproc->p_suser = 0;
	KT_EQ(socreate(PF_KEY, &so, SOCK_RAW, PF_KEY_V2, curproc), EACCES);
	curproc->p_suser = 1;
	KT_EQ(socreate(PF_KEY, &so, SOCK_RAW, 1, curproc), EPROTONOSUPPORT);
	KT_EQ(socreate(PF_KEY, &so, SOCK_DGRAM, PF_KEY_V2, curproc),
	    EPROTOTYPE);
	KT_EQ(kpk_open(), 0);
	m = m_get(M_WAITOK, MT_SONAME);
	memset(mtod(m, caddr_t), 0, 16);
	mtod(m, struct sockaddr *)->sa_family = PF_KEY;
	m->m_len = 16;
	solock(kpk_so);
	KT_EQ(sobind(kpk_so, m, curproc), EOPNOTSUPP);
	KT_EQ(kpk_so->so_proto->pr_domain->dom_family, PF_KEY);
	KT_EQ(kpk_so->so_proto->pr_usrreqs->pru_sockaddr(kpk_so, m), 0);
	KT_EQ(mtod(m, struct sockaddr *)->sa_family, PF_KEY);
	KT_EQ(m->m_len, 2);
	sounlock(kpk_so);
	m_free(m);
	kpk_close();
}

KTEST(pfkey_promisc, "everything once more, wrapped, for who asks for it")
{
	struct sadb_msg *inner = (struct sadb_msg *)(answer.km.bytes + 16);
	unsigned int requests = 0, replies = 0, plain = 0;

	KT_EQ(kpk_open(), 0);
	kpk_init(&km, SADB_X_PROMISC, 1);
	KT_EQ(kpk_send(kpk_listener, km.km.bytes, km.km_len), 0);
	request(&km, SADB_ADD);
	KT_EQ(kpk_do(&km, NULL), 0);
	while (kpk_recv(kpk_listener, &answer)) {
		if (answer.km.hdr.sadb_msg_type != SADB_X_PROMISC) {
			plain++;
			continue;
		}
		KT_EQ(answer.km.hdr.sadb_msg_len * 8, answer.km_len);
		KT_EQ(inner->sadb_msg_len * 8 + 16, answer.km_len);
		KT_EQ(inner->sadb_msg_type, SADB_ADD);
		if (inner->sadb_msg_len * 8 == km.km_len)
			requests++;
		else
			replies++;
	}
	KT_EQ(requests, 1);
	KT_EQ(replies, 1);
	KT_EQ(plain, 1);
	kpk_init(&km, SADB_X_PROMISC, 0);
	KT_EQ(kpk_send(kpk_listener, km.km.bytes, km.km_len), 0);
	request(&km, SADB_GET);
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_EQ(kpk_recv(kpk_listener, &answer), 1);
	KT_EQ(answer.km.hdr.sadb_msg_type, SADB_GET);
	KT_EQ(kpk_recv(kpk_listener, &answer), 0);
	kpk_close();
}

KTEST(pfkey_slow, "a listener that does not read is told what it missed")
{
	struct pfkeystat before, after;
	unsigned int sent, got = 0;

	KT_EQ(kpk_open(), 0);
	pfkey_getstat(&before);
	request(&km, SADB_ADD);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_drain();
	request(&km, SADB_GET);
	for (sent = 0; sent < 1000; sent++) {
		KT_EQ(kpk_send(kpk_so, km.km.bytes, km.km_len), 0);
		KT_EQ(kpk_recv(kpk_so, &answer), 1);
	}
	while (kpk_recv(kpk_listener, &answer))
		got++;
	pfkey_getstat(&after);
	KT_ASSERT(got > 50 && got < sent);
	KT_EQ(after.pfks_full - before.pfks_full, sent - got);
	KT_EQ(kpk_listener->so_rcv_drops, sent - got);
	/* the next call says so, once, and then it works again */
	KT_EQ(kpk_send(kpk_listener, km.km.bytes, km.km_len), ENOBUFS);
	KT_EQ(kpk_send(kpk_listener, km.km.bytes, km.km_len), 0);
	KT_EQ(kpk_recv(kpk_listener, &answer), 1);
	kpk_close();
}

KTEST(pfkey_nomem, "no memory: counted, told, and tried again with success")
{
	struct pfkeystat before, after;
	unsigned long nth;
	struct tdb *tdb;

	KT_EQ(kpk_open(), 0);
	request(&km, SADB_ADD);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_drain();
	for (nth = 1; nth < 10; nth++) {
		pfkey_getstat(&before);
		NET_LOCK();
		tdb = kpk_tdb(KPK_SPI, KPK_PEER);
		malloc_fail_nth(nth);
		pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_SOFT);
		malloc_fail_nth(0);
		tdb_unref(tdb);
		NET_UNLOCK();
		pfkey_getstat(&after);
		if (after.pfks_nomem == before.pfks_nomem)
			break;
		kpk_drain();
		KT_EQ(sotakeerror(kpk_listener) | sotakeerror(kpk_so),
		    ENOBUFS);
	}
	/* at least the message and a copy for each were refused once */
	KT_ASSERT(nth > 3 && nth < 10);
	KT_EQ(kpk_recv(kpk_listener, &answer), 1);
	KT_EQ(answer.km.hdr.sadb_msg_type, SADB_EXPIRE);
	kpk_close();
}
