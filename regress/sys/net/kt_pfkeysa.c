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
 * PF_KEY: what messages do to SAs.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sysctl.h>

#include <net/rtable.h>

#include <netinet/ip_ah.h>
#include <netinet/ip_ipsp.h>

#include "kt_pfkeylib.h"
#include "kt_seclib.h"

static struct kpk_msg km, answer, first;

static int
simple(int type, u_int32_t spi)
{
	kpk_name(&km, type, spi);
	return (kpk_do(&km, &answer));
}

static int
add(u_int32_t spi)
{
	kpk_esp(&km, SADB_ADD, spi);
	return (kpk_do(&km, &answer));
}

static struct sadb_sa *
sa_of(struct kpk_msg *m)
{
	return (kpk_find(m, SADB_EXT_SA));
}

KTEST(pfkey_spi, "SPIs: reserved, taken, unknown")
{
	KT_EQ(kpk_open(), 0);
	KT_EQ(add(0), EINVAL);
	KT_EQ(add(1), EINVAL);
	KT_EQ(add(255), EINVAL);
	KT_EQ(add(256), 0);
	KT_EQ(add(256), EEXIST);
	KT_EQ(add(0xffffffff), 0);
	KT_EQ(tdb_count(), 2);
	KT_EQ(simple(SADB_GET, 257), ESRCH);
	KT_EQ(simple(SADB_DELETE, 257), ESRCH);
	KT_EQ(simple(SADB_EXPIRE, 257), ESRCH);
	KT_EQ(simple(SADB_UPDATE, 257), ESRCH);
	/* of such an answer all is gone but the header */
	KT_EQ(answer.km_len, sizeof(struct sadb_msg));
	KT_EQ(simple(SADB_DELETE, 256), 0);
	KT_EQ(simple(SADB_DELETE, 256), ESRCH);
	KT_EQ(tdb_count(), 1);
	kpk_close();
}

/* A complete SA, everything that can be said of it. */
static void
full(struct kpk_msg *m)
{
	struct sadb_x_udpencap *ue;
	struct sadb_x_tag *tag;
	struct sadb_x_tap *tap;
	struct sadb_x_replay *replay;
	struct sadb_x_counter *cnt;
	struct sadb_sa *sa;
	u_int i;

	kpk_init(m, SADB_ADD, SADB_SATYPE_ESP);
	kpk_sa(m, KPK_SPI, SADB_X_SAFLAGS_TUNNEL | SADB_X_SAFLAGS_ESN |
	    SADB_X_SAFLAGS_UDPENCAP | SADB_SAFLAGS_PFS);
	sa = sa_of(m);
	sa->sadb_sa_encrypt = SADB_X_EALG_AES;
	sa->sadb_sa_auth = SADB_X_AALG_SHA2_384;
	kpk_lifetime(m, SADB_EXT_LIFETIME_CURRENT, 77, gettime() - 10,
	    gettime() - 5);
	kpk_lifetime(m, SADB_EXT_LIFETIME_HARD, 1000000, 3600, 1800);
	kpk_lifetime(m, SADB_EXT_LIFETIME_SOFT, 900000, 3500, 1700);
	kpk_lifetime(m, SADB_X_EXT_LIFETIME_LASTUSE, 0, 0, 4711);
	kpk_addr(m, SADB_EXT_ADDRESS_SRC, KPK_LOCAL);
	kpk_addr(m, SADB_EXT_ADDRESS_DST, KPK_PEER);
	kpk_key(m, SADB_EXT_KEY_AUTH, 384);
	kpk_key(m, SADB_EXT_KEY_ENCRYPT, 192);
	kpk_ident(m, SADB_EXT_IDENTITY_SRC, "FQDN/west");
	kpk_ident(m, SADB_EXT_IDENTITY_DST, "FQDN/eastern");
	kpk_flow(m);
	ue = kpk_ext(m, SADB_X_EXT_UDPENCAP, sizeof(*ue));
	ue->sadb_x_udpencap_port = htons(4501);
	tag = kpk_ext(m, SADB_X_EXT_TAG, sizeof(*tag) + 64);
	tag->sadb_x_tag_taglen = 64;
	memset(tag + 1, 'x', 63);
	tap = kpk_ext(m, SADB_X_EXT_TAP, sizeof(*tap));
	tap->sadb_x_tap_unit = 3;
	replay = kpk_ext(m, SADB_X_EXT_REPLAY, sizeof(*replay));
	replay->sadb_x_replay_count = 0x1234567890UL;
	kpk_iface(m, 5, IPSP_DIRECTION_IN);
	cnt = kpk_ext(m, SADB_X_EXT_COUNTER, sizeof(*cnt));
	for (i = 0; i < 8; i++)
		(&cnt->sadb_x_counter_ipackets)[i] = 100 + i;
}

KTEST(pfkey_roundtrip, "what is added is what one gets, and can be added")
{
	const struct sadb_ext *e, *a;
	size_t off;

	KT_EQ(kpk_open(), 0);
	full(&first);
	KT_EQ(kpk_do(&first, &answer), 0);
	KT_ASSERT(kpk_find(&answer, SADB_X_EXT_COUNTER) == NULL);
	KT_ASSERT(kpk_find(&answer, SADB_X_EXT_REPLAY) == NULL);
	KT_ASSERT(kpk_find(&answer, SADB_EXT_KEY_AUTH) == NULL);
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	for (off = sizeof(struct sadb_msg); off < first.km_len;
	    off += e->sadb_ext_len * 8) {
		e = (struct sadb_ext *)(first.km.bytes + off);
		a = kpk_find(&answer, e->sadb_ext_type);
		if (a == NULL || a->sadb_ext_len != e->sadb_ext_len)
			KT_FAIL("no extension %d, or of another length",
			    e->sadb_ext_type);
		/* a flow is stored as it is compared: masked */
		if (e->sadb_ext_type != SADB_X_EXT_SRC_FLOW)
			KT_MEMEQ(a, e, e->sadb_ext_len * 8);
	}
	KT_EQ(answer.km_len, first.km_len);
	/* a failover partner sends the record as it got it */
	KT_EQ(simple(SADB_DELETE, KPK_SPI), 0);
	KT_EQ(kpk_do(&first, NULL), 0);
	kpk_close();
}

KTEST(pfkey_replay, "a number that was passed on is not accepted again")
{
	struct sadb_x_replay *replay;
	struct tdb *tdb;
	u_int32_t hi;

	KT_EQ(kpk_open(), 0);
	kpk_esp(&km, SADB_ADD, KPK_SPI);
	replay = kpk_ext(&km, SADB_X_EXT_REPLAY, sizeof(*replay));
	replay->sadb_x_replay_count = 0x100000000UL;
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	KT_EQ(tdb_count(), 0);
	((struct sadb_x_replay *)kpk_find(&km, SADB_X_EXT_REPLAY))->
	    sadb_x_replay_count = 1000;
	KT_EQ(kpk_do(&km, NULL), 0);
	NET_LOCK();
	tdb = kpk_tdb(KPK_SPI, KPK_PEER);
	mtx_enter(&tdb->tdb_mtx);
	KT_EQ(checkreplaywindow(tdb, 999, &hi, 0), 3);
	KT_EQ(checkreplaywindow(tdb, 1000, &hi, 0), 3);
	KT_EQ(checkreplaywindow(tdb, 900, &hi, 0), 3);
	KT_EQ(checkreplaywindow(tdb, 1001, &hi, 1), 0);
	KT_EQ(checkreplaywindow(tdb, 1024, &hi, 1), 0);
	KT_EQ(checkreplaywindow(tdb, 1023, &hi, 1), 0);
	KT_EQ(checkreplaywindow(tdb, 1001, &hi, 1), 3);
	KT_EQ(checkreplaywindow(tdb, 3100, &hi, 1), 0);
	KT_EQ(checkreplaywindow(tdb, 3099, &hi, 1), 0);
	mtx_leave(&tdb->tdb_mtx);
	tdb_unref(tdb);
	NET_UNLOCK();
	kpk_close();
}

/* Interface SAs that make no sense. */
static int
add_iface(u_int satype, u_int32_t flags, in_addr_t src, in_addr_t dst, int dir)
{
	kpk_init(&km, SADB_ADD, satype);
	kpk_sa(&km, KPK_SPI, flags);
	if (src != 1)
		kpk_addr(&km, SADB_EXT_ADDRESS_SRC, src);
	kpk_addr(&km, SADB_EXT_ADDRESS_DST, dst);
	kpk_key(&km, SADB_EXT_KEY_ENCRYPT, 160);
	kpk_iface(&km, 1, dir);
	return (kpk_do(&km, NULL));
}

KTEST(pfkey_iface, "interface SAs are ESP, in tunnel mode, in or out")
{
	static const int satypes[] = { SADB_SATYPE_UNSPEC, SADB_SATYPE_AH,
	    SADB_X_SATYPE_IPIP, SADB_X_SATYPE_TCPSIGNATURE,
	    SADB_X_SATYPE_IPCOMP, 77 };
	u_int32_t tun = SADB_X_SAFLAGS_TUNNEL;
	u_int i;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < nitems(satypes); i++)
		KT_EQ(add_iface(satypes[i], tun, KPK_LOCAL, KPK_PEER, 1),
		    EINVAL);
	KT_EQ(add_iface(SADB_SATYPE_ESP, 0, KPK_LOCAL, KPK_PEER, 1), EINVAL);
	KT_EQ(add_iface(SADB_SATYPE_ESP, tun, KPK_LOCAL, 0, 1), EINVAL);
	KT_EQ(add_iface(SADB_SATYPE_ESP, tun, 0, KPK_PEER, 2), EINVAL);
	KT_EQ(add_iface(SADB_SATYPE_ESP, tun, 1, KPK_PEER, 2), EINVAL);
	KT_EQ(add_iface(SADB_SATYPE_ESP, tun, KPK_LOCAL, KPK_PEER, 0), EINVAL);
	KT_EQ(add_iface(SADB_SATYPE_ESP, tun, KPK_LOCAL, KPK_PEER, 3), EINVAL);
	KT_EQ(tdb_count(), 0);
	KT_EQ(add_iface(SADB_SATYPE_ESP, tun, KPK_LOCAL, KPK_PEER, 2), 0);
	kpk_close();
}

KTEST(pfkey_types, "SA types that are not there: EOPNOTSUPP")
{
	static const int satypes[] = { SADB_SATYPE_UNSPEC, SADB_SATYPE_RSVP,
	    SADB_X_SATYPE_TCPSIGNATURE, SADB_X_SATYPE_IPCOMP, 10, 255 };
	static const int types[] = { SADB_ADD, SADB_UPDATE, SADB_GET,
	    SADB_DELETE, SADB_EXPIRE };
	u_int i, j;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < nitems(satypes); i++) {
		for (j = 0; j < nitems(types); j++) {
			kpk_name(&km, types[j], KPK_SPI);
			km.km.hdr.sadb_msg_satype = satypes[i];
			KT_EQ(kpk_do(&km, &answer), EOPNOTSUPP);
		}
	}
	esp_enable = ah_enable = 0;
	KT_EQ(add(KPK_SPI), EOPNOTSUPP);
	kpk_name(&km, SADB_GET, KPK_SPI);
	km.km.hdr.sadb_msg_satype = SADB_SATYPE_AH;
	KT_EQ(kpk_do(&km, &answer), EOPNOTSUPP);
	esp_enable = ah_enable = 1;
	KT_EQ(kpk_do(&km, &answer), ESRCH);
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

static const struct {
	int	enc, encbits, auth, authbits, error;
} algs[] = {
	{ SADB_X_EALG_AES, 128, SADB_X_AALG_SHA2_256, 256, 0 },
	{ SADB_X_EALG_AES, 192, SADB_X_AALG_SHA2_384, 384, 0 },
	{ SADB_X_EALG_AES, 256, SADB_X_AALG_SHA2_512, 512, 0 },
	{ SADB_X_EALG_AES, 256, 0, 0, 0 },
	{ SADB_X_EALG_AESGCM16, 160, 0, 0, 0 },
	{ SADB_X_EALG_AESGCM16, 224, 0, 0, 0 },
	{ SADB_X_EALG_AESGCM16, 288, 0, 0, 0 },
	{ SADB_EALG_NULL, 0, SADB_X_AALG_SHA2_256, 256, 0 },
	{ SADB_X_EALG_AES, 128, SADB_AALG_SHA1HMAC, 160, 0 },
	{ SADB_X_EALG_AESCTR, 160, SADB_X_AALG_SHA2_256, 256, 0 },
	{ SADB_X_EALG_AESCTR, 224, SADB_AALG_SHA1HMAC, 160, 0 },
	{ SADB_X_EALG_AESCTR, 288, 0, 0, 0 },
	{ SADB_EALG_3DESCBC, 192, SADB_X_AALG_SHA2_256, 256, 0 },
	{ SADB_EALG_3DESCBC, 192, SADB_AALG_SHA1HMAC, 160, 0 },
	{ SADB_X_EALG_AESGMAC, 160, 0, 0, 0 },
	{ SADB_X_EALG_AESGMAC, 224, 0, 0, 0 },
	{ SADB_X_EALG_AESGMAC, 288, 0, 0, 0 },
	{ SADB_X_EALG_CHACHA20POLY1305, 288, 0, 0, 0 },
	{ SADB_EALG_NULL, 0, SADB_AALG_SHA1HMAC, 160, 0 },
	{ SADB_EALG_NULL, 0, SADB_X_AALG_SHA2_384, 384, 0 },
	{ SADB_EALG_NULL, 0, SADB_X_AALG_SHA2_512, 512, 0 },
	{ SADB_EALG_NULL, 0, 0, 0, EINVAL },
	{ 0, 0, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ 0, 128, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AES, 128, 0, 256, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_X_AALG_SHA2_256, 0, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_X_AALG_SHA2_256, 248, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_X_AALG_SHA2_256, 320, EINVAL },
	{ SADB_X_EALG_AES, 136, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AES, 0, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AES, 8, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AES, 4096, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AESGCM16, 128, 0, 0, EINVAL },
	{ SADB_X_EALG_AESGCM16, 160, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AESGCM8, 160, 0, 0, EINVAL },
	{ SADB_X_EALG_AESGCM12, 160, 0, 0, EINVAL },
	{ SADB_X_EALG_AESGMAC, 128, 0, 0, EINVAL },
	{ SADB_X_EALG_AESGMAC, 160, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_CHACHA20POLY1305, 256, 0, 0, EINVAL },
	{ SADB_X_EALG_CHACHA20POLY1305, 288, SADB_X_AALG_CHACHA20POLY1305, 288,
	    EINVAL },
	{ SADB_X_EALG_AESCTR, 128, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_EALG_3DESCBC, 128, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_EALG_3DESCBC, 256, SADB_X_AALG_SHA2_256, 256, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_AALG_SHA1HMAC, 256, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_X_AALG_AES128GMAC, 160, EINVAL },
	{ SADB_EALG_NULL, 0, SADB_X_AALG_AES128GMAC, 160, EINVAL },
	{ SADB_EALG_NULL, 0, SADB_X_AALG_CHACHA20POLY1305, 288, EINVAL },
	{ SADB_X_EALG_BLF, 128, SADB_AALG_SHA1HMAC, 160, EINVAL },
	{ SADB_X_EALG_CAST, 128, SADB_AALG_SHA1HMAC, 160, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_X_AALG_RIPEMD160HMAC, 160, EINVAL },
	{ SADB_X_EALG_AES, 128, SADB_AALG_MD5HMAC, 128, EINVAL },
};

KTEST(pfkey_algorithms, "algorithms and key lengths that the kernel has")
{
	struct sadb_sa *sa;
	u_int i, n = 0;
	int error;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < nitems(algs); i++) {
		kpk_name(&km, SADB_ADD, KPK_SPI + i);
		sa = sa_of(&km);
		sa->sadb_sa_encrypt = algs[i].enc;
		sa->sadb_sa_auth = algs[i].auth;
		if (algs[i].encbits != 0)
			kpk_key(&km, SADB_EXT_KEY_ENCRYPT, algs[i].encbits);
		if (algs[i].authbits != 0)
			kpk_key(&km, SADB_EXT_KEY_AUTH, algs[i].authbits);
		error = kpk_do(&km, &answer);
		if (error != algs[i].error)
			KT_FAIL("algorithms %u: error %d", i, error);
		n += error == 0;
		KT_EQ(tdb_count(), n);
	}
	/* a combined mode tells its authentication by name */
	KT_EQ(kpk_get(KPK_SPI + 4, &answer), 0);
	KT_EQ(sa_of(&answer)->sadb_sa_auth, SADB_X_AALG_AES128GMAC);
	KT_EQ(kpk_get(KPK_SPI + 6, &answer), 0);
	KT_EQ(sa_of(&answer)->sadb_sa_auth, SADB_X_AALG_AES256GMAC);
	kpk_close();
}

static const struct sadb_alg *
supported(int ext, int id)
{
	const struct sadb_supported *s = kpk_find(&answer, ext);
	const struct sadb_alg *al = (const struct sadb_alg *)(s + 1);
	int i;

	for (i = 0; i < s->sadb_supported_len - 1; i++)
		if (al[i].sadb_alg_id == id)
			return (&al[i]);
	return (NULL);
}

KTEST(pfkey_register, "REGISTER names what there is, and nothing else")
{
	static const struct sadb_alg algs[] = {
		{ SADB_EALG_NULL, 0, 0, 0, 0 },
		{ SADB_EALG_3DESCBC, 64, 192, 192, 0 },
		{ SADB_X_EALG_AES, 128, 128, 256, 0 },
		{ SADB_X_EALG_AESCTR, 64, 160, 288, 0 },
		{ SADB_X_EALG_AESGCM16, 64, 160, 288, 0 },
		{ SADB_X_EALG_AESGMAC, 64, 160, 288, 0 },
		{ SADB_X_EALG_CHACHA20POLY1305, 64, 288, 288, 0 },
		{ SADB_AALG_SHA1HMAC, 0, 160, 160, 0 },
		{ SADB_X_AALG_SHA2_256, 0, 256, 256, 0 },
		{ SADB_X_AALG_SHA2_384, 0, 384, 384, 0 },
		{ SADB_X_AALG_SHA2_512, 0, 512, 512, 0 },
	};
	const struct sadb_alg *al;
	int i;

	KT_EQ(kpk_open(), 0);
	kpk_init(&km, SADB_REGISTER, SADB_SATYPE_ESP);
	KT_EQ(kpk_do(&km, &answer), 0);
	KT_EQ(((struct sadb_ext *)kpk_find(&answer,
	    SADB_EXT_SUPPORTED_ENCRYPT))->sadb_ext_len, 1 + 7);
	KT_EQ(((struct sadb_ext *)kpk_find(&answer,
	    SADB_EXT_SUPPORTED_AUTH))->sadb_ext_len, 1 + 4);
	KT_EQ(((struct sadb_ext *)kpk_find(&answer,
	    SADB_X_EXT_SUPPORTED_COMP))->sadb_ext_len, 1);
	for (i = 0; i < nitems(algs); i++) {
		al = supported(i < 7 ? SADB_EXT_SUPPORTED_ENCRYPT :
		    SADB_EXT_SUPPORTED_AUTH, algs[i].sadb_alg_id);
		KT_ASSERT(al != NULL);
		KT_MEMEQ(al, &algs[i], sizeof(*al));
	}
	/* AH has the same MACs and no more, compression nothing */
	kpk_init(&km, SADB_REGISTER, SADB_SATYPE_AH);
	KT_EQ(kpk_do(&km, &answer), 0);
	KT_EQ(answer.km_len, sizeof(struct sadb_msg) + (3 + 4) * 8);
	KT_ASSERT(supported(SADB_EXT_SUPPORTED_AUTH,
	    SADB_X_AALG_SHA2_512) != NULL);
	kpk_init(&km, SADB_REGISTER, SADB_X_SATYPE_IPCOMP);
	KT_EQ(kpk_do(&km, &answer), 0);
	KT_EQ(answer.km_len, sizeof(struct sadb_msg) + 3 * 8);
	kpk_init(&km, SADB_REGISTER, SADB_SATYPE_UNSPEC);
	KT_EQ(kpk_do(&km, &answer), EINVAL);
	kpk_init(&km, SADB_REGISTER, SADB_SATYPE_MAX + 1);
	KT_EQ(kpk_do(&km, &answer), EINVAL);
	kpk_close();
}

static int
getspi(u_int32_t min, u_int32_t max)
{
	struct sadb_spirange *range;

	kpk_init(&km, SADB_GETSPI, SADB_SATYPE_ESP);
	kpk_addr(&km, SADB_EXT_ADDRESS_SRC, KPK_LOCAL);
	kpk_addr(&km, SADB_EXT_ADDRESS_DST, KPK_PEER);
	range = kpk_ext(&km, SADB_EXT_SPIRANGE, sizeof(*range));
	range->sadb_spirange_min = min;
	range->sadb_spirange_max = max;
	return (kpk_do(&km, &answer));
}

KTEST(pfkey_getspi, "an SPI is reserved, filled once, or given up")
{
	u_int32_t spi;

	KT_EQ(kpk_open(), 0);
	KT_EQ(getspi(0x2000, 0x1fff), EINVAL);
	KT_EQ(getspi(0, 255), EINVAL);
	KT_EQ(getspi(0x2000, 0x2000), 0);
	KT_EQ(sa_of(&answer)->sadb_sa_spi, htonl(0x2000));
	KT_EQ(sa_of(&answer)->sadb_sa_state, SADB_SASTATE_MATURE);
	KT_EQ(getspi(0x2000, 0x2000), EEXIST);
	KT_EQ(getspi(1, 0xffffffff), 0);
	spi = ntohl(sa_of(&answer)->sadb_sa_spi);
	KT_ASSERT(spi >= 256);
	KT_EQ(tdb_count(), 2);
	KT_EQ(kpk_get(0x2000, &answer), 0);
	KT_EQ(sa_of(&answer)->sadb_sa_state, SADB_SASTATE_LARVAL);
	KT_EQ(add(0x2000), EEXIST);
	/* without keys, or with a new address, it stays what it is */
	KT_EQ(simple(SADB_UPDATE, 0x2000), EINVAL);
	kpk_esp(&km, SADB_UPDATE, 0x2000);
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, KPK_PEER2);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	kpk_esp(&km, SADB_UPDATE, 0x2000);
	kpk_ident(&km, SADB_EXT_IDENTITY_SRC, "FQDN/peer");
	kpk_iface(&km, 3, IPSP_DIRECTION_IN);
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_EQ(kpk_get(0x2000, &answer), 0);
	KT_EQ(sa_of(&answer)->sadb_sa_state, SADB_SASTATE_MATURE);
	KT_ASSERT(kpk_find(&answer, SADB_EXT_IDENTITY_SRC) != NULL);
	KT_ASSERT(kpk_find(&answer, SADB_EXT_IDENTITY_DST) == NULL);
	/* the other is forgotten without a word */
	kpk_drain();
	kt_sleep(SEC_TO_NSEC(IPSEC_INVAL_LIFE + 2));
	KT_EQ(kpk_recv(kpk_listener, &answer), 0);
	KT_EQ(tdb_count(), 1);
	KT_EQ(kpk_get(spi, &answer), ESRCH);
	KT_EQ(kpk_get(0x2000, &answer), 0);
	kpk_close();
}

/* An UPDATE of an interface SA in use, to be completed. */
static void
update(void)
{
	kpk_name(&km, SADB_UPDATE, KPK_SPI);
}

static int
update_iface(u_int unit, int dir)
{
	update();
	kpk_iface(&km, unit, dir);
	return (kpk_do(&km, NULL));
}

static int
update_sa(size_t off, int value)
{
	update();
	((u_char *)sa_of(&km))[off] = value;
	return (kpk_do(&km, NULL));
}

KTEST(pfkey_immutable, "an SA in use stays on its unit, with its algorithms")
{
	KT_EQ(kpk_open(), 0);
	kpk_esp(&km, SADB_ADD, KPK_SPI);
	kpk_iface(&km, 1, IPSP_DIRECTION_OUT);
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_EQ(kpk_get(KPK_SPI, &first), 0);

	KT_EQ(update_iface(2, IPSP_DIRECTION_OUT), EINVAL);
	KT_EQ(update_iface(1, IPSP_DIRECTION_IN), EINVAL);
	KT_EQ(update_sa(offsetof(struct sadb_sa, sadb_sa_encrypt),
	    SADB_X_EALG_AES), EINVAL);
	KT_EQ(update_sa(offsetof(struct sadb_sa, sadb_sa_auth),
	    SADB_X_AALG_SHA2_256), EINVAL);
	KT_EQ(update_sa(offsetof(struct sadb_sa, sadb_sa_replay), 1), EINVAL);
	KT_EQ(update_sa(offsetof(struct sadb_sa, sadb_sa_flags) + 1,
	    SADB_X_SAFLAGS_ESN >> 8), EINVAL);
	update();
	kpk_key(&km, SADB_EXT_KEY_ENCRYPT, 160);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	update();
	kpk_ident(&km, SADB_EXT_IDENTITY_DST, "FQDN/x");
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	update();
	kpk_ext(&km, SADB_X_EXT_COUNTER, sizeof(struct sadb_x_counter));
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	update();
	kpk_ext(&km, SADB_X_EXT_REPLAY, sizeof(struct sadb_x_replay));
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	update();
	kpk_flow(&km);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	update();
	kpk_rdomain(&km, 0, 1);
	KT_EQ(kpk_do(&km, NULL), EINVAL);

	/* all in vain; and what is the same may be said */
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	KT_EQ(answer.km_len, first.km_len);
	KT_MEMEQ(answer.km.bytes + 16, first.km.bytes + 16,
	    answer.km_len - 16);
	KT_EQ(update_iface(1, IPSP_DIRECTION_OUT), 0);
	KT_EQ(update_sa(offsetof(struct sadb_sa, sadb_sa_encrypt), 0), 0);

	/* nor does an SA become one of an interface */
	KT_EQ(simple(SADB_DELETE, KPK_SPI), 0);
	KT_EQ(add(KPK_SPI), 0);
	KT_EQ(update_iface(1, IPSP_DIRECTION_OUT), EINVAL);
	KT_EQ(tdb_count(), 1);
	kpk_close();
}

static in_addr_t
addr_of(int type)
{
	struct sadb_address *ad = kpk_find(&answer, type);

	return (((struct sockaddr_in *)(ad + 1))->sin_addr.s_addr);
}

KTEST(pfkey_move, "an SA in use moves to other addresses, and back")
{
	int i;

	KT_EQ(kpk_open(), 0);
	kpk_esp(&km, SADB_ADD, KPK_SPI);
	kpk_iface(&km, 1, IPSP_DIRECTION_OUT);
	KT_EQ(kpk_do(&km, NULL), 0);
	for (i = 0; i < 20; i++) {
		kpk_init(&km, SADB_UPDATE, SADB_SATYPE_ESP);
		kpk_sa(&km, KPK_SPI, SADB_X_SAFLAGS_TUNNEL);
		kpk_addr(&km, SADB_EXT_ADDRESS_SRC,
		    i % 4 == 0 ? KPK_PEER2 : KPK_LOCAL);
		kpk_addr(&km, SADB_EXT_ADDRESS_DST,
		    i % 2 == 0 ? KPK_PEER : KPK_PEER2);
		kpk_addr(&km, SADB_EXT_ADDRESS_PROXY,
		    i % 2 == 0 ? KPK_PEER2 : KPK_PEER);
		KT_EQ(kpk_do(&km, NULL), 0);
		KT_EQ(kpk_get(KPK_SPI, &answer), i % 2 == 0 ? ESRCH : 0);
		KT_EQ(tdb_count(), 1);
	}
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	KT_EQ(addr_of(SADB_EXT_ADDRESS_SRC), KPK_LOCAL);
	/* not where another one is, nor into nowhere */
	kpk_init(&km, SADB_ADD, SADB_SATYPE_ESP);
	kpk_sa(&km, KPK_SPI, SADB_X_SAFLAGS_TUNNEL);
	kpk_addr(&km, SADB_EXT_ADDRESS_DST, KPK_PEER2);
	kpk_key(&km, SADB_EXT_KEY_ENCRYPT, 160);
	KT_EQ(kpk_do(&km, NULL), 0);
	update();
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, KPK_PEER2);
	KT_EQ(kpk_do(&km, NULL), EEXIST);
	update();
	kpk_addr(&km, SADB_EXT_ADDRESS_PROXY, 0);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	KT_EQ(addr_of(SADB_EXT_ADDRESS_DST), KPK_PEER);
	KT_EQ(tdb_count(), 2);
	kpk_close();
}

KTEST(pfkey_movesec, "sec(4) sends on while its SA moves to another source")
{
	struct sec_stats ss;
	int i;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(kpk_open(), 0);
	ksec_pair(0, NULL, NULL);
	for (i = 0; i < 10; i++) {
		kpk_init(&km, SADB_UPDATE, SADB_SATYPE_ESP);
		kpk_sa(&km, KSEC_SPI, SADB_X_SAFLAGS_TUNNEL);
		sa_of(&km)->sadb_sa_encrypt = 0;
		kpk_addr(&km, SADB_EXT_ADDRESS_SRC,
		    i % 2 == 0 ? KTI_US0 : KTI_US1);
		kpk_addr(&km, SADB_EXT_ADDRESS_DST, KTI_PEER1);
		KT_EQ(kpk_do(&km, NULL), 0);
		KT_EQ(ksec_send(0, KTI_FAR, 100), 0);
		ksec_settle();
		KT_EQ(kti_nsent(&kti1), i + 1);
	}
	ksec_stats(0, &ss);
	KT_EQ(ss.ss_onosa, 0);
	KT_EQ(ksec_destroy(0), 0);
	kpk_close();
	ksec_cleanup();
}

KTEST(pfkey_change, "lifetimes, port, tag and tap of an SA in use change")
{
	struct sadb_lifetime *lt;
	struct sadb_x_udpencap *ue;
	struct sadb_x_tag *tag;
	struct sadb_x_tap *tap;

	KT_EQ(kpk_open(), 0);
	KT_EQ(add(KPK_SPI), 0);
	update();
	ue = kpk_ext(&km, SADB_X_EXT_UDPENCAP, sizeof(*ue));
	ue->sadb_x_udpencap_port = htons(4500);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	sa_of(&km)->sadb_sa_flags |= SADB_X_SAFLAGS_UDPENCAP;
	kpk_lifetime(&km, SADB_EXT_LIFETIME_HARD, 5, 6, 7);
	tag = kpk_ext(&km, SADB_X_EXT_TAG, sizeof(*tag) + 2);
	tag->sadb_x_tag_taglen = 2;
	memcpy(tag + 1, "t", 2);
	tap = kpk_ext(&km, SADB_X_EXT_TAP, sizeof(*tap));
	tap->sadb_x_tap_unit = 9;
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	lt = kpk_find(&answer, SADB_EXT_LIFETIME_HARD);
	KT_EQ(lt->sadb_lifetime_bytes, 5);
	KT_EQ(lt->sadb_lifetime_addtime, 6);
	KT_EQ(lt->sadb_lifetime_usetime, 7);
	KT_ASSERT(sa_of(&answer)->sadb_sa_flags & SADB_X_SAFLAGS_UDPENCAP);
	ue = kpk_find(&answer, SADB_X_EXT_UDPENCAP);
	KT_EQ(ue->sadb_x_udpencap_port, htons(4500));
	tap = kpk_find(&answer, SADB_X_EXT_TAP);
	KT_EQ(tap->sadb_x_tap_unit, 9);
	KT_ASSERT(kpk_find(&answer, SADB_X_EXT_TAG) != NULL);
	/* and it lives on, once told so */
	update();
	kpk_lifetime(&km, SADB_EXT_LIFETIME_HARD, 0, 100, 0);
	KT_EQ(kpk_do(&km, NULL), 0);
	kt_sleep(SEC_TO_NSEC(50));
	KT_EQ(tdb_count(), 1);
	kt_sleep(SEC_TO_NSEC(60));
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

KTEST(pfkey_lifetime, "SADB_EXPIRE, soft and hard, by time and first use")
{
	KT_EQ(kpk_open(), 0);
	kpk_esp(&km, SADB_ADD, KPK_SPI);
	kpk_lifetime(&km, SADB_EXT_LIFETIME_SOFT, 0, 3600, 0);
	kpk_lifetime(&km, SADB_EXT_LIFETIME_HARD, 0, 7200, 0);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_esp(&km, SADB_ADD, KPK_SPI + 1);
	/* it was used 100 s ago, says who made it */
	kpk_lifetime(&km, SADB_EXT_LIFETIME_CURRENT, 0, 0, gettime() - 100);
	kpk_lifetime(&km, SADB_EXT_LIFETIME_HARD, 0, 0, 200);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_drain();

	kt_sleep(SEC_TO_NSEC(150));
	KT_EQ(kpk_recv(kpk_listener, &answer), 1);
	KT_EQ(answer.km.hdr.sadb_msg_type, SADB_EXPIRE);
	KT_EQ(answer.km.hdr.sadb_msg_pid, 0);
	KT_EQ(answer.km.hdr.sadb_msg_satype, SADB_SATYPE_ESP);
	KT_EQ(sa_of(&answer)->sadb_sa_spi, htonl(KPK_SPI + 1));
	KT_EQ(tdb_count(), 1);

	kt_sleep(SEC_TO_NSEC(3600));
	KT_EQ(kpk_recv(kpk_listener, &answer), 1);
	KT_EQ(sa_of(&answer)->sadb_sa_spi, htonl(KPK_SPI));
	KT_ASSERT(kpk_find(&answer, SADB_EXT_LIFETIME_SOFT) != NULL);
	KT_ASSERT(kpk_find(&answer, SADB_EXT_LIFETIME_HARD) == NULL);
	KT_ASSERT(kpk_find(&answer, SADB_EXT_LIFETIME_CURRENT) != NULL);
	KT_EQ(addr_of(SADB_EXT_ADDRESS_SRC), KPK_LOCAL);
	KT_EQ(addr_of(SADB_EXT_ADDRESS_DST), KPK_PEER);
	KT_EQ(answer.km_len, 16 + 16 + 32 + 32 + 24 + 24);
	KT_EQ(kpk_recv(kpk_listener, &answer), 0);
	KT_EQ(tdb_count(), 1);

	kt_sleep(SEC_TO_NSEC(3600));
	KT_EQ(kpk_recv(kpk_listener, &answer), 1);
	KT_ASSERT(kpk_find(&answer, SADB_EXT_LIFETIME_HARD) != NULL);
	KT_EQ(kpk_recv(kpk_so, &answer), 1);
	KT_EQ(tdb_count(), 0);
	kpk_close();
}

static int
flush(int satype)
{
	kpk_init(&km, SADB_FLUSH, satype);
	return (kpk_do(&km, &answer));
}

KTEST(pfkey_flush, "FLUSH takes what it names")
{
	int i;

	KT_EQ(kpk_open(), 0);
	for (i = 0; i < 50; i++)
		KT_EQ(add(KPK_SPI + i), 0);
	KT_EQ(getspi(0x9000, 0x9000), 0);
	KT_EQ(flush(SADB_SATYPE_AH), 0);
	KT_EQ(flush(SADB_SATYPE_RSVP), EINVAL);
	KT_EQ(flush(200), EINVAL);
	KT_EQ(tdb_count(), 51);
	KT_EQ(flush(SADB_SATYPE_ESP), 0);
	KT_EQ(tdb_count(), 0);
	KT_EQ(add(KPK_SPI), 0);
	KT_EQ(flush(SADB_SATYPE_UNSPEC), 0);
	KT_EQ(tdb_count(), 0);
	KT_EQ(flush(SADB_SATYPE_UNSPEC), 0);
	kpk_close();
}

KTEST(pfkey_policies, "policies: malformed EINVAL, unknown ESRCH")
{
	struct sadb_protocol *p;

	KT_EQ(kpk_open(), 0);
	kpk_init(&km, SADB_X_ADDFLOW, SADB_SATYPE_ESP);
	kpk_flow(&km);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_remove(&km, SADB_X_EXT_PROTOCOL);
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_remove(&km, SADB_X_EXT_DST_MASK);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	km.km.hdr.sadb_msg_satype = SADB_X_SATYPE_IPCOMP;
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	kpk_init(&km, SADB_X_ADDFLOW, SADB_X_SATYPE_IPCOMP);
	kpk_flow(&km);
	KT_EQ(kpk_do(&km, NULL), EOPNOTSUPP);
	kpk_init(&km, SADB_X_DELFLOW, SADB_SATYPE_ESP);
	kpk_flow(&km);
	KT_EQ(kpk_do(&km, NULL), 0);
	KT_EQ(kpk_do(&km, NULL), ESRCH);
	p = kpk_find(&km, SADB_X_EXT_FLOW_TYPE);
	p->sadb_protocol_direction = 3;
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	kpk_init(&km, SADB_X_ASKPOLICY, 0);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	kpk_ext(&km, SADB_X_EXT_POLICY, sizeof(struct sadb_x_policy));
	KT_EQ(kpk_do(&km, NULL), ESRCH);
	kpk_init(&km, SADB_ACQUIRE, SADB_SATYPE_ESP);
	KT_EQ(kpk_do(&km, NULL), EOPNOTSUPP);
	kpk_ext(&km, SADB_EXT_PROPOSAL, 8 + 72 - 8);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	kpk_name(&km, SADB_X_GRPSPIS, KPK_SPI);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	kpk_close();
}

KTEST(pfkey_dump, "DUMP: each SA once, the last with number 0, or ENOBUFS")
{
	u_int32_t sum = 0;
	int i;

	KT_EQ(kpk_open(), 0);
	kpk_init(&km, SADB_DUMP, SADB_SATYPE_UNSPEC);
	KT_EQ(kpk_send(kpk_so, km.km.bytes, km.km_len), 0);
	KT_EQ(kpk_recv(kpk_so, &answer), 0);
	for (i = 0; i < 60; i++)
		KT_EQ(add(KPK_SPI + i), 0);
	kpk_drain();
	kpk_init(&km, SADB_DUMP, SADB_SATYPE_ESP);
	KT_EQ(kpk_send(kpk_so, km.km.bytes, km.km_len), 0);
	for (i = 0; i < 60; i++) {
		KT_EQ(kpk_recv(kpk_so, &answer), 1);
		KT_EQ(answer.km.hdr.sadb_msg_seq,
		    i == 59 ? 0 : km.km.hdr.sadb_msg_seq);
		sum += ntohl(sa_of(&answer)->sadb_sa_spi) - KPK_SPI;
	}
	KT_EQ(sum, 59 * 60 / 2);
	KT_EQ(kpk_recv(kpk_so, &answer), 0);
	KT_EQ(kpk_recv(kpk_listener, &answer), 0);
	kpk_init(&km, SADB_DUMP, SADB_SATYPE_AH);
	KT_EQ(kpk_send(kpk_so, km.km.bytes, km.km_len), 0);
	KT_EQ(kpk_recv(kpk_so, &answer), 0);
	/* too many to wait in one socket: that is said at once */
	for (; i < 1000; i++)
		KT_EQ(add(KPK_SPI + i), 0);
	kpk_drain();
	kpk_init(&km, SADB_DUMP, SADB_SATYPE_ESP);
	KT_EQ(kpk_send(kpk_so, km.km.bytes, km.km_len), ENOBUFS);
	kpk_close();
}

KTEST(pfkey_sysctl, "the sysctl dump: all SAs, whose, how large")
{
	int name[] = { CTL_NET, PF_KEY, PF_KEY_V2, NET_KEY_SADB_DUMP, 0, 0 };
	size_t len = 0, one;
	int i;

	KT_EQ(kpk_open(), 0);
	KT_EQ(kern_sysctl_call(name, 4, NULL, &len, NULL, 0, curproc), 0);
	KT_EQ(len, 0);
	KT_EQ(add(KPK_SPI), 0);
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	one = answer.km_len;
	for (i = 1; i < 1000; i++)
		KT_EQ(add(KPK_SPI + i), 0);
	KT_EQ(kern_sysctl_call(name, 4, NULL, &len, NULL, 0, curproc), 0);
	KT_EQ(len, 1000 * one);
	len = 1000 * one - 1;
	KT_EQ(kern_sysctl_call(name, 4, &i, &len, NULL, 0, curproc), ENOMEM);
	KT_EQ(len, 1000 * one);
	KT_EQ(kern_sysctl_call(name, 6, NULL, &len, NULL, 0, curproc), 0);
	KT_EQ(len, 1000 * one);
	name[4] = SADB_SATYPE_AH;
	KT_EQ(kern_sysctl_call(name, 5, NULL, &len, NULL, 0, curproc), 0);
	KT_EQ(len, 0);
	name[4] = 0;
	name[5] = 99;
	KT_EQ(kern_sysctl_call(name, 6, NULL, &len, NULL, 0, curproc), EINVAL);
	KT_EQ(kern_sysctl_call(name, 4, NULL, &len, &i, 4, curproc), EPERM);
	KT_EQ(kern_sysctl_call(name, 3, NULL, &len, NULL, 0, curproc), EISDIR);
	curproc->p_suser = 0;
	KT_EQ(kern_sysctl_call(name, 4, NULL, &len, NULL, 0, curproc), EPERM);
	name[3] = NET_KEY_SPD_DUMP;
	KT_EQ(kern_sysctl_call(name, 4, NULL, &len, NULL, 0, curproc), 0);
	KT_EQ(len, 0);
	curproc->p_suser = 1;
	kpk_close();
}

#define RDOMAIN		201

static int
in_rdomain(int type, u_int32_t spi, u_int dom1, u_int dom2)
{
	kpk_esp(&km, type, spi);
	if (type != SADB_ADD)
		kpk_remove(&km, SADB_EXT_KEY_ENCRYPT);
	else
		kpk_lifetime(&km, SADB_EXT_LIFETIME_HARD, 0, 100, 0);
	kpk_rdomain(&km, dom1, dom2);
	return (kpk_do(&km, &answer));
}

KTEST(pfkey_rdomain, "routing domains: an SA's, a socket's, both of an SA's")
{
	struct sadb_x_rdomain *rd;
	struct socket *so;

	NET_LOCK();
	KT_EQ(rtable_add(RDOMAIN), 0);
	rtable_l2set(RDOMAIN, RDOMAIN, 0);
	NET_UNLOCK();
	KT_EQ(kpk_open(), 0);
	curproc->p_rtableid = RDOMAIN;
	KT_EQ(socreate(PF_KEY, &so, SOCK_RAW, PF_KEY_V2, curproc), 0);
	curproc->p_rtableid = 0;
	KT_EQ(in_rdomain(SADB_ADD, KPK_SPI, RDOMAIN, RDOMAIN + 1), EINVAL);
	KT_EQ(in_rdomain(SADB_ADD, KPK_SPI, RDOMAIN, 0), 0);
	KT_EQ(in_rdomain(SADB_ADD, KPK_SPI, 0, RDOMAIN), 0);
	KT_EQ(in_rdomain(SADB_ADD, KPK_SPI, RDOMAIN, 0), EEXIST);
	KT_EQ(tdb_count(), 2);
	/* its socket hears nothing of what others ask */
	KT_EQ(kpk_recv(so, &answer), 0);
	KT_EQ(kpk_get(KPK_SPI, &answer), 0);
	rd = kpk_find(&answer, SADB_X_EXT_RDOMAIN);
	KT_EQ(rd->sadb_x_rdomain_dom1, 0);
	KT_EQ(rd->sadb_x_rdomain_dom2, RDOMAIN);
	KT_EQ(in_rdomain(SADB_GET, KPK_SPI, RDOMAIN, 0), 0);
	rd = kpk_find(&answer, SADB_X_EXT_RDOMAIN);
	KT_EQ(rd->sadb_x_rdomain_dom1, RDOMAIN);
	/* a flush stays at home */
	KT_EQ(flush(SADB_SATYPE_UNSPEC), 0);
	KT_EQ(tdb_count(), 1);
	KT_EQ(in_rdomain(SADB_DELETE, KPK_SPI, RDOMAIN, 0), 0);
	KT_EQ(in_rdomain(SADB_ADD, KPK_SPI, 0, RDOMAIN), 0);
	kpk_drain();
	kt_sleep(SEC_TO_NSEC(102));
	KT_EQ(kpk_recv(kpk_so, &answer), 1);
	KT_EQ(answer.km.hdr.sadb_msg_type, SADB_EXPIRE);
	KT_EQ(kpk_recv(so, &answer), 1);
	KT_EQ(answer.km.hdr.sadb_msg_type, SADB_EXPIRE);
	KT_EQ(tdb_count(), 0);
	soclose(so);
	kpk_close();
}

static struct sockaddr_in6 *
add_sin6(int type, int last)
{
	struct sadb_address *ad;
	struct sockaddr_in6 *sin6;

	ad = kpk_ext(&km, type, sizeof(*ad) + sizeof(*sin6));
	sin6 = (struct sockaddr_in6 *)(ad + 1);
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = AF_INET6;
	sin6->sin6_addr.s6_addr[0] = 0x20;
	sin6->sin6_addr.s6_addr[1] = 0x01;
	sin6->sin6_addr.s6_addr[15] = last;
	return (sin6);
}

static void
esp6(void)
{
	kpk_init(&km, SADB_ADD, SADB_SATYPE_ESP);
	kpk_sa(&km, KPK_SPI, SADB_X_SAFLAGS_TUNNEL);
	add_sin6(SADB_EXT_ADDRESS_SRC, 1);
}

KTEST(pfkey_inet6, "IPv6: addresses, flows, and no mixture of families")
{
	static const int types[] = { SADB_X_EXT_SRC_FLOW, SADB_X_EXT_DST_FLOW,
	    SADB_X_EXT_SRC_MASK, SADB_X_EXT_DST_MASK };
	struct sockaddr_in6 *sin6;
	u_int i;

	KT_EQ(kpk_open(), 0);
	esp6();
	kpk_addr(&km, SADB_EXT_ADDRESS_DST, KPK_PEER);
	kpk_key(&km, SADB_EXT_KEY_ENCRYPT, 160);
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	esp6();
	sin6 = add_sin6(SADB_EXT_ADDRESS_DST, 2);
	kpk_key(&km, SADB_EXT_KEY_ENCRYPT, 160);
	sin6->sin6_flowinfo = 1;
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	sin6->sin6_flowinfo = 0;
	sin6->sin6_scope_id = 1;
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	sin6->sin6_scope_id = 0;
	sin6->sin6_len = 16;
	KT_EQ(kpk_do(&km, NULL), EINVAL);
	sin6->sin6_len = sizeof(*sin6);
	kpk_flow(&km);
	for (i = 0; i < nitems(types); i++) {
		kpk_remove(&km, types[i]);
		sin6 = add_sin6(types[i], 0xff);
		/* all of them are masked by 2001::ff */
		sin6->sin6_port = htons(i < 2 ? 7 : 0xffff);
	}
	KT_EQ(kpk_do(&km, NULL), 0);
	first = km;
	kpk_remove(&km, SADB_EXT_KEY_ENCRYPT);
	km.km.hdr.sadb_msg_type = SADB_UPDATE;
	KT_EQ(kpk_do(&km, NULL), 0);
	kpk_init(&km, SADB_GET, SADB_SATYPE_ESP);
	kpk_sa(&km, KPK_SPI, 0);
	add_sin6(SADB_EXT_ADDRESS_DST, 2);
	KT_EQ(kpk_do(&km, &answer), 0);
	KT_MEMEQ(kpk_find(&answer, SADB_EXT_ADDRESS_SRC),
	    kpk_find(&first, SADB_EXT_ADDRESS_SRC), 40);
	for (i = 0; i < nitems(types); i++)
		KT_MEMEQ(kpk_find(&answer, types[i]),
		    kpk_find(&first, types[i]), 40);
	kpk_close();
}
