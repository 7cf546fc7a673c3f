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
 * What this kernel refuses, and what people are told of it: run by
 * kernel.sh, in a kernel that has 192.0.2.8/24 on um0, and sec0.
 */
#include <sys/types.h>
#include <net/pfkeyv2.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kt.h"

#define ESP_HAS		"(it has: NULL, 3DES, AES-CBC, AES-CTR, AES-GCM, " \
			"AES-GMAC, ChaCha20-Poly1305)"
#define MACS		"(it has: HMAC-SHA1, HMAC-SHA2-256, " \
			"HMAC-SHA2-384, HMAC-SHA2-512)"

#define OFF		"AH is switched off in this kernel " \
			"(net.inet.ah.enable)"

static struct kernel	*k;

static void
expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
}

/* Refused with the errno, and that is what is said of it. */
static void
refused(const struct ksa *ks, int error, const char *reason)
{
	int got = kernel_addsa(k, ks);

	if (got != error)
		errx(1, "\"%s\": errno %d, not %d", reason, got, error);
	if (strcmp(kernel_reason(got, ks), reason) != 0)
		errx(1, "\"%s\", not \"%s\"", kernel_reason(got, ks), reason);
}

static void
t_algs(void)
{
	static const struct kernel_alg want[] = {
		{ SADB_EALG_NULL, 0, 0, 0, 0 },
		{ SADB_EALG_3DESCBC, 0, 64, 192, 192 },
		{ SADB_X_EALG_AES, 0, 128, 128, 256 },
		{ SADB_X_EALG_AESCTR, 0, 64, 160, 288 },
		{ SADB_X_EALG_AESGCM16, 0, 64, 160, 288 },
		{ SADB_X_EALG_AESGMAC, 0, 64, 160, 288 },
		{ SADB_X_EALG_CHACHA20POLY1305, 0, 64, 288, 288 },
		{ 0, SADB_AALG_SHA1HMAC, 0, 160, 160 },
		{ 0, SADB_X_AALG_SHA2_256, 0, 256, 256 },
		{ 0, SADB_X_AALG_SHA2_384, 0, 384, 384 },
		{ 0, SADB_X_AALG_SHA2_512, 0, 512, 512 },
	};
	struct kernel_alg al[32];
	unsigned int i, n;

	IS(kernel_algs(k, IKE_PROTO_ESP, al, 32, &n), 0);
	CHECK(n == sizeof(want) / sizeof(want[0]));
	for (i = 0; i < n; i++) {
		CHECK(al[i].al_cipher == want[i].al_cipher);
		CHECK(al[i].al_mac == want[i].al_mac);
		CHECK(al[i].al_ivlen == want[i].al_ivlen);
		CHECK(al[i].al_minbits == want[i].al_minbits);
		CHECK(al[i].al_maxbits == want[i].al_maxbits);
	}
	IS(kernel_algs(k, IKE_PROTO_ESP, al, 2, &n), ENOSPC);
	CHECK(n == 2 && al[1].al_cipher == SADB_EALG_3DESCBC);
	IS(kernel_algs(k, IKE_PROTO_AH, al, 32, &n), 0);
	CHECK(n == 4);
	CHECK(al[0].al_cipher == 0 && al[0].al_mac == SADB_AALG_SHA1HMAC);
	CHECK(al[3].al_mac == SADB_X_AALG_SHA2_512);
}

static struct ksa
cbc(uint16_t cipher, size_t len, uint16_t mac, size_t maclen)
{
	struct ksa ks = sa(1, 0);

	ks.ks_spi = 0x800;
	ks.ks_encr.xf_id = cipher;
	ks.ks_ekeylen = len;
	ks.ks_integ.xf_id = mac;
	ks.ks_akey = key;
	ks.ks_akeylen = maclen;
	return (ks);
}

/* Whatever IKE can negotiate gets to the kernel, key and all. */
static void
t_ciphers(void)
{
	static const struct {
		uint16_t	 id;
		size_t		 len;
		const char	*name;
	} none[] = {
		{ IKE_ENCR_CAST, 16, "CAST" },
		{ IKE_ENCR_BLOWFISH, 20, "Blowfish" },
		{ IKE_ENCR_AES_GCM_12, 20, "AES-GCM-12" },
	};
	char want[128];
	struct ksa ks;
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		ks = cbc(none[i].id, none[i].len, IKE_INTEG_SHA2_256, 32);
		snprintf(want, sizeof(want), "this kernel's ESP has no %s "
		    ESP_HAS, none[i].name);
		refused(&ks, EINVAL, want);
	}
	ks = cbc(99, 16, 0, 0);
	refused(&ks, EPROTONOSUPPORT, "PF_KEY has no number for the "
	    "algorithms (encryption 99, integrity 0)");
	ks = cbc(IKE_ENCR_AES_GCM_16, 20, IKE_INTEG_SHA2_256, 32);
	refused(&ks, EINVAL, "AES-GCM authenticates by itself: no "
	    "HMAC-SHA2-256 beside it");
	ks = cbc(IKE_ENCR_NULL, 0, 0, 0);
	refused(&ks, EINVAL, "NULL encryption without authentication "
	    "protects nothing");
	ks = cbc(IKE_ENCR_NULL, 0, IKE_INTEG_SHA2_256, 32);
	IS(kernel_addsa(k, &ks), 0);
	refused(&ks, EEXIST, "there is an SA of this SPI already");
	IS(kernel_delsa(k, &ks), 0);
	CHECK(strcmp(kernel_reason(kernel_delsa(k, &ks), &ks),
	    "there is no such SA") == 0);
}

/* What the kernel lists, it takes. */
static void
t_taken(void)
{
	static const struct {
		uint16_t	 id, mac;
		size_t		 len, maclen;
	} has[] = {
		{ IKE_ENCR_3DES, IKE_INTEG_SHA1_96, 24, 20 },
		{ IKE_ENCR_AES_CBC, IKE_INTEG_SHA2_384, 24, 48 },
		{ IKE_ENCR_AES_CTR, IKE_INTEG_SHA1_96, 20, 20 },
		{ IKE_ENCR_AES_CTR, IKE_INTEG_SHA2_512, 36, 64 },
		{ IKE_ENCR_AES_GCM_16, IKE_INTEG_NONE, 28, 0 },
		{ IKE_ENCR_AES_GMAC, IKE_INTEG_NONE, 20, 0 },
		{ IKE_ENCR_AES_GMAC, IKE_INTEG_NONE, 36, 0 },
		{ IKE_ENCR_CHACHA20, IKE_INTEG_NONE, 36, 0 },
	};
	struct ksa ks;
	size_t i;

	for (i = 0; i < sizeof(has) / sizeof(has[0]); i++) {
		ks = cbc(has[i].id, has[i].len, has[i].mac, has[i].maclen);
		IS(kernel_addsa(k, &ks), 0);
		IS(kernel_delsa(k, &ks), 0);
	}
}

static void
t_macs(void)
{
	struct ksa ks;

	ks = cbc(IKE_ENCR_AES_CBC, 16, IKE_INTEG_MD5_96, 16);
	refused(&ks, EINVAL, "this kernel's ESP has no HMAC-MD5 " MACS);
	ks = cbc(IKE_ENCR_AES_CBC, 16, IKE_INTEG_RIPEMD_96, 20);
	refused(&ks, EINVAL, "this kernel's ESP has no HMAC-RIPEMD160 " MACS);
	ks = cbc(IKE_ENCR_AES_CBC, 16, IKE_INTEG_SHA2_256, 31);
	refused(&ks, EINVAL, "a key of 248 bits is none for HMAC-SHA2-256: "
	    "it takes 256");
	ks = cbc(IKE_ENCR_AES_CBC, 33, IKE_INTEG_SHA2_256, 32);
	refused(&ks, EINVAL, "a key of 264 bits is none for AES-CBC: it "
	    "takes 128 to 256");
	/* between two lengths: the kernel does not say which there are */
	ks = cbc(IKE_ENCR_AES_CBC, 17, IKE_INTEG_SHA2_256, 32);
	refused(&ks, EINVAL, strerror(EINVAL));
	ks = cbc(IKE_ENCR_AES_CBC, 16, 77, 32);
	refused(&ks, EPROTONOSUPPORT, "PF_KEY has no number for the "
	    "algorithms (encryption 12, integrity 77)");
}

static void
t_ah(void)
{
	static const char off[] = "AH is switched off in this kernel "
	    "(net.inet.ah.enable)";
	struct ksa ks = cbc(0, 0, IKE_INTEG_SHA2_256, 32);
	struct ksa_stat st;
	uint32_t spi;

	ks.ks_proto = IKE_PROTO_AH;
	refused(&ks, EINVAL, "an interface carries ESP only");
	ks.ks_nounit = 1;
	IS(kernel_addsa(k, &ks), 0);
	CHECK(says("ipsecctl -ss", "ah tunnel from "));
	IS(kernel_delsa(k, &ks), 0);
	CHECK(system("sysctl -q net.inet.ah.enable=0") == 0);
	refused(&ks, EOPNOTSUPP, off);
	IS(kernel_getspi(k, &ks, &spi), EOPNOTSUPP);
	ks.ks_larval = 1;
	refused(&ks, EOPNOTSUPP, off);
	IS(kernel_movesa(k, &ks, &ks), EOPNOTSUPP);
	IS(kernel_delsa(k, &ks), EOPNOTSUPP);
	IS(kernel_statsa(k, &ks, &st), EOPNOTSUPP);
	CHECK(system("sysctl -q net.inet.ah.enable=1") == 0);
	ks.ks_larval = 0;
	ks.ks_integ.xf_id = IKE_INTEG_MD5_96;
	ks.ks_akeylen = 16;
	refused(&ks, EINVAL, "this kernel's AH has no HMAC-MD5 " MACS);
	ks.ks_udpencap = 1;
	refused(&ks, EINVAL, "AH cannot be encapsulated in UDP");
	ks.ks_integ.xf_id = IKE_INTEG_NONE;
	refused(&ks, EPROTONOSUPPORT, "PF_KEY has no number for the "
	    "algorithm of AH (integrity 0)");
}

static void
t_ends(void)
{
	struct ksa ks = cbc(IKE_ENCR_AES_CBC, 16, IKE_INTEG_SHA2_256, 32);
	uint32_t spi;

	ks.ks_spi = 255;
	refused(&ks, EINVAL, "an SPI below 256 is reserved");
	ks.ks_spi = 0x800;
	ks.ks_src = addr("0.0.0.0");
	refused(&ks, EINVAL, "the SA of an interface has addresses at both "
	    "ends");
	ks.ks_src = addr("2001:db8::8");
	refused(&ks, EINVAL, "an SA goes from IPv4 to IPv4 or from IPv6 to "
	    "IPv6");
	ks.ks_spi = 0;
	IS(kernel_getspi(k, &ks, &spi), EINVAL);
	CHECK(strstr(kernel_reason(EINVAL, &ks), "from IPv4") != NULL);
	ks = cbc(IKE_ENCR_AES_CBC, 16, IKE_INTEG_SHA2_256, 32);
	ks.ks_tag = "0123456789012345678901234567890123456789"
	    "0123456789012345678901234";
	refused(&ks, EINVAL, "a tag has 63 characters at most");
	ks.ks_tag += 2;
	IS(kernel_addsa(k, &ks), 0);
	CHECK(says("ipsecctl -ss -vvk", ks.ks_tag));
	IS(kernel_delsa(k, &ks), 0);
}

static void
t_switches(void)
{
	struct ksa ks = cbc(IKE_ENCR_AES_CBC, 16, IKE_INTEG_SHA2_256, 32);

	CHECK(system("sysctl -q net.inet.esp.enable=0") == 0);
	refused(&ks, EOPNOTSUPP, "ESP is switched off in this kernel "
	    "(net.inet.esp.enable)");
	CHECK(system("sysctl -q net.inet.esp.enable=1 "
	    "net.inet.esp.udpencap=0") == 0);
	ks.ks_udpencap = 1;
	ks.ks_udpport = 4500;
	refused(&ks, EINVAL, "is encapsulation in UDP switched off "
	    "(net.inet.esp.udpencap)?");
	CHECK(system("sysctl -q net.inet.esp.udpencap=1") == 0);
	IS(kernel_addsa(k, &ks), 0);
	IS(kernel_delsa(k, &ks), 0);
	CHECK(strcmp(kernel_reason(ENOMEM, &ks), strerror(ENOMEM)) == 0);
	CHECK(strcmp(kernel_reason(EINVAL, NULL), strerror(EINVAL)) == 0);
}

/*
 * The kernel takes an SA that no interface carries, in either mode, and it
 * is one of no interface.
 */
static void
t_nounit(const char *mode, int transport)
{
	struct ksa in = sa(0, 0), out = sa(1, 0);
	char want[128];

	in.ks_transport = out.ks_transport = transport;
	out.ks_spi = 0x900;
	if (transport)
		refused(&out, EINVAL, "an interface carries tunnel mode only");
	in.ks_nounit = out.ks_nounit = 1;
	IS(kernel_getspi(k, &in, &in.ks_spi), 0);
	in.ks_larval = 1;
	IS(kernel_addsa(k, &in), 0);
	IS(kernel_addsa(k, &out), 0);
	snprintf(want, sizeof(want), "esp %s from 192.0.2.8 to 192.0.2.9 spi "
	    "0x00000900", mode);
	CHECK(says("ipsecctl -ss", want));
	CHECK(!says("ipsecctl -ss -vvk", "interface:"));
	CHECK(kernel_flush(k, &in.ks_unit, 1) == 0);
	IS(kernel_delsa(k, &in), 0);
	out.ks_dst = addr("192.0.2.10");
	in = sa(1, 0);
	in.ks_spi = 0x900;
	in.ks_nounit = 1;
	in.ks_transport = transport;
	IS(kernel_movesa(k, &in, &out), 0);
	IS(kernel_delsa(k, &out), 0);
}

static struct ike_ts
ts(const char *lo, const char *hi, uint8_t proto, uint16_t p0, uint16_t p1)
{
	struct ike_addr a = addr(lo), b = addr(hi);
	struct ike_ts t;

	memset(&t, 0, sizeof(t));
	t.ts_family = a.ia_family;
	t.ts_proto = proto;
	t.ts_port[0] = p0;
	t.ts_port[1] = p1;
	memcpy(t.ts_lo, a.ia_addr, sizeof(t.ts_lo));
	memcpy(t.ts_hi, b.ia_addr, sizeof(t.ts_hi));
	return (t);
}

static void
noflow(const struct kflow *kf, int error, const char *reason)
{
	IS(kernel_flow(k, kf, 1), error);
	IS(kernel_flow(k, kf, 0), error);
	if (strcmp(kernel_flow_reason(error, kf), reason) != 0)
		errx(1, "\"%s\", not \"%s\"", kernel_flow_reason(error, kf),
		    reason);
}

/* There as it was meant, in both directions; and gone. */
static void
aflow(const struct kflow *kf, const char *out, const char *in)
{
	IS(kernel_flow(k, kf, 1), 0);
	CHECK(says("ipsecctl -sf", out));
	CHECK(says("ipsecctl -sf", in));
	IS(kernel_flow(k, kf, 0), 0);
	CHECK(!says("ipsecctl -sf", "flow"));
	IS(kernel_flow(k, kf, 0), ESRCH);
	CHECK(strcmp(kernel_flow_reason(ESRCH, kf),
	    "there is no such policy") == 0);
}

static void
t_flows(void)
{
	struct ike_id me, peer;
	struct kflow kf;

	memset(&kf, 0, sizeof(kf));
	CHECK(id_parse("left.example", &me) == 0);
	CHECK(id_parse("/C=XX/CN=right", &peer) == 0);
	kf.kf_local = ts("10.1.0.0", "10.1.15.255", 6, 0, 65535);
	kf.kf_remote = ts("10.2.0.1", "10.2.0.1", 6, 80, 80);
	kf.kf_self = addr("192.0.2.8");
	kf.kf_peer = addr("192.0.2.9");
	kf.kf_proto = IKE_PROTO_ESP;
	aflow(&kf, "flow esp out proto tcp from 10.1.0.0/20 to 10.2.0.1 port "
	    "80 local 192.0.2.8 peer 192.0.2.9 type require",
	    "flow esp in proto tcp from 10.2.0.1 port 80 to 10.1.0.0/20 "
	    "local 192.0.2.8 peer 192.0.2.9 type require");
	kf.kf_selfid = &me;
	kf.kf_peerid = &peer;
	kf.kf_transport = 1;
	aflow(&kf, "peer 192.0.2.9 srcid FQDN/left.example dstid "
	    "ASN1_DN//C=XX/CN=right type require",
	    "peer 192.0.2.9 srcid FQDN/left.example dstid "
	    "ASN1_DN//C=XX/CN=right type require");
	kf.kf_proto = IKE_PROTO_AH;
	kf.kf_peer.ia_family = 0;
	kf.kf_selfid = kf.kf_peerid = NULL;
	aflow(&kf, "flow ah out proto tcp from 10.1.0.0/20 to 10.2.0.1 port "
	    "80 local 192.0.2.8 type require", "flow ah in ");
	kf.kf_local = ts("2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff",
	    6, 0, 65535);
	noflow(&kf, EINVAL, "a policy goes from IPv4 to IPv4 or from IPv6 to "
	    "IPv6");
	kf.kf_remote = ts("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6,
	    0, 65535);
	aflow(&kf, "flow ah out proto tcp from 2001:db8:1::/48 to ::/0 local "
	    "192.0.2.8 type require", "flow ah in proto tcp from ::/0 to ");
	kf.kf_remote.ts_proto = 17;
	noflow(&kf, EINVAL, "a policy has one protocol for both ends");
	id_clear(&me);
	id_clear(&peer);
}

/* Ranges that are no network. */
static void
t_ranges(void)
{
	static const char *const ranges[][2] = {
		{ "10.0.0.1", "10.0.0.2" }, { "10.0.0.1", "10.0.0.3" },
		{ "10.0.0.0", "10.0.0.2" }, { "10.0.0.0", "10.1.0.255" },
		{ "10.0.0.128", "10.0.1.127" }, { "10.0.0.9", "10.0.0.8" },
		{ "10.0.1.0", "10.1.255.255" },
	};
	struct kflow kf;
	size_t i;

	memset(&kf, 0, sizeof(kf));
	kf.kf_remote = ts("0.0.0.0", "255.255.255.255", 0, 0, 65535);
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		kf.kf_local = ts(ranges[i][0], ranges[i][1], 0, 0, 65535);
		noflow(&kf, EINVAL, "a policy is between networks, not "
		    "ranges");
	}
	kf.kf_local = ts("10.0.0.0", "10.0.0.255", 0, 0, 1023);
	noflow(&kf, EINVAL, "a policy has one port or all, not a range");
	CHECK(strcmp(kernel_flow_reason(ESRCH, &kf), "there is no such "
	    "policy") == 0);
	CHECK(strcmp(kernel_flow_reason(ENOMEM, NULL), strerror(ENOMEM)) == 0);
}

int
main(void)
{
	int request, upcall;

	if (kernel_open(&request, &upcall) == -1)
		err(1, "kernel_open");
	CHECK((k = kernel_new(request, upcall, expire, NULL)) != NULL);
	t_algs();
	t_ciphers();
	t_taken();
	t_macs();
	t_ah();
	t_ends();
	t_switches();
	t_nounit("tunnel", 0);
	t_nounit("transport", 1);
	t_flows();
	t_ranges();
	kernel_free(k);
	return (0);
}
