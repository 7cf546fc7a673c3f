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
 * PF_KEY to the octet, and answers that no kernel gives.  The kernel is a
 * child that sees each request first and then answers as a test wants it.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <net/pfkeyv2.h>
#include <netinet/in.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kt.h"

#define MSG_MAX		4096

struct msg {
	union {
		struct sadb_msg	 hdr;
		uint8_t		 bytes[MSG_MAX];
	};
	size_t	 len;
};

static struct kernel	*k;
static int		 req[2];	/* ours, the child's */
static int		 up[2];
static int		 tap[2];	/* the requests, again */
static pid_t		 child;
static unsigned int	 nexpired;
static unsigned int	 seed;

static void
expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
	CHECK(arg == &nexpired && spi == 0x1234 && hard);
	CHECK(strcmp(addr_ntop(dst), "192.0.2.9") == 0);
	nexpired++;
}

/*
 * The child.
 */

/* An extension of so many octets, as many as there are of data. */
static void
put(struct msg *m, uint16_t type, const void *data, size_t len)
{
	struct sadb_ext *ext = (void *)(m->bytes + m->len);

	CHECK(len % 8 == 0 && len >= sizeof(*ext) &&
	    len <= MSG_MAX - m->len);
	memcpy(ext, data, len);
	ext->sadb_ext_len = len / 8;
	ext->sadb_ext_type = type;
	m->len += len;
}

static void
give(int s, struct msg *m)
{
	m->hdr.sadb_msg_len = m->len / 8;
	CHECK(write(s, m->bytes, m->len) == (ssize_t)m->len);
}

/* The head of an answer to rq. */
static struct msg
reply(const struct msg *rq, int error)
{
	struct msg m;

	memset(&m, 0, sizeof(m));
	m.hdr = rq->hdr;
	m.hdr.sadb_msg_errno = error;
	m.len = sizeof(m.hdr);
	return (m);
}

static void
yes(const struct msg *rq)
{
	struct msg m = reply(rq, 0);

	give(req[1], &m);
}

/* The first policy, but not the second. */
static void
not_out(const struct msg *rq)
{
	static int n;
	struct msg m = reply(rq, ++n == 2 ? ENOSPC : 0);

	give(req[1], &m);
}

/* Answers to others, and unreadable ones, before ours. */
static void
others(const struct msg *rq)
{
	struct msg m = reply(rq, EIO);
	struct sadb_ext *ext = (void *)(m.bytes + m.len);

	m.hdr.sadb_msg_pid++;
	give(req[1], &m);
	m = reply(rq, EIO);
	m.hdr.sadb_msg_seq++;
	give(req[1], &m);
	m = reply(rq, EIO);
	m.hdr.sadb_msg_version++;
	give(req[1], &m);
	m = reply(rq, EIO);
	m.hdr.sadb_msg_type++;
	give(req[1], &m);
	m = reply(rq, EIO);
	ext->sadb_ext_len = 0;
	m.len += 8;
	give(req[1], &m);
	ext->sadb_ext_len = 3;
	give(req[1], &m);
	/* an SA that ends in the middle */
	ext->sadb_ext_len = 1;
	ext->sadb_ext_type = SADB_EXT_SA;
	give(req[1], &m);
	m.len -= 8;
	m.hdr.sadb_msg_len = 3;
	CHECK(write(req[1], m.bytes, m.len) == (ssize_t)m.len);
	CHECK(write(req[1], m.bytes, 7) == 7);
	m = reply(rq, ESRCH);
	give(req[1], &m);
}

/* More algorithms than any kernel has, and a kind that is not asked for. */
static void
many(const struct msg *rq)
{
	struct msg m = reply(rq, 0);
	uint8_t list[8 + 8 * 100];
	int i;

	memset(list, 0, sizeof(list));
	for (i = 0; i < 100; i++)
		list[8 + 8 * i] = 100 + i;
	put(&m, SADB_EXT_SUPPORTED_AUTH, list, sizeof(list));
	put(&m, SADB_EXT_SUPPORTED_ENCRYPT, list, 8);
	put(&m, SADB_X_EXT_SUPPORTED_COMP, list, sizeof(list));
	/* a number that we do not know is none of our business */
	put(&m, SADB_EXT_MAX + 1, list, 16);
	give(req[1], &m);
}

/* All that any answer has, but for some octets. */
static void
damaged(struct msg *m)
{
	static const struct {
		uint16_t	 type;
		size_t		 len;
	} all[] = {
		{ SADB_EXT_SA, sizeof(struct sadb_sa) },
		{ SADB_EXT_LIFETIME_CURRENT, sizeof(struct sadb_lifetime) },
		{ SADB_X_EXT_LIFETIME_LASTUSE, sizeof(struct sadb_lifetime) },
		{ SADB_X_EXT_COUNTER, sizeof(struct sadb_x_counter) },
		{ SADB_X_EXT_IFACE, sizeof(struct sadb_x_iface) },
		{ SADB_EXT_SUPPORTED_AUTH, 48 },
		{ SADB_EXT_SUPPORTED_ENCRYPT, 32 },
	};
	struct {
		struct sadb_address	ad;
		struct sockaddr_in6	sin6;
		uint32_t		pad;
	} end;
	uint8_t zero[256];
	size_t i;

	memset(zero, 0, sizeof(zero));
	memset(&end, 0, sizeof(end));
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (rand() % 16 != 0)
			put(m, all[i].type, zero, all[i].len);
	end.sin6.sin6_family = rand() % 2 ? AF_INET : AF_INET6;
	put(m, SADB_EXT_ADDRESS_SRC, &end, rand() % 2 ? 24 : 40);
	put(m, SADB_EXT_ADDRESS_DST, &end, rand() % 2 ? 24 : 40);
	for (i = rand() % 3; i > 0; i--)
		m->bytes[sizeof(m->hdr) + rand() % (m->len -
		    sizeof(m->hdr))] = rand();
}

/* Any octets. */
static void
random_tail(struct msg *m)
{
	size_t i, len = 8 * (rand() % 40);

	for (i = 0; i < len; i++)
		m->bytes[m->len++] = rand();
}

/* What is almost an answer, and a record of a dump; then the truth. */
static void
noise(const struct msg *rq)
{
	struct msg m;
	size_t n;

	for (n = rand() % 4; n > 0; n--) {
		m = reply(rq, rand() % 8 == 0 ? EIO : 0);
		if (rand() % 4 == 0)
			random_tail(&m);
		else
			damaged(&m);
		if (rand() % 2 == 0)
			m.hdr.sadb_msg_type = SADB_DUMP;
		give(req[1], &m);
	}
	m = reply(rq, ESRCH);
	give(req[1], &m);
}

static void
serve(void (*answer)(const struct msg *))
{
	struct msg rq;
	ssize_t n;

	if ((child = fork()) != 0) {
		CHECK(child != -1);
		return;
	}
	/* so that it ends when the parent does */
	close(req[0]);
	srand(seed);
	while ((n = read(req[1], rq.bytes, sizeof(rq.bytes))) > 0) {
		rq.len = n;
		if (answer != noise)
			CHECK(write(tap[1], rq.bytes, n) == n);
		answer(&rq);
	}
	_exit(0);
}

static void
dismiss(void)
{
	kill(child, SIGKILL);
	CHECK(waitpid(child, NULL, 0) == child);
}

/*
 * The parent.
 */

static struct msg
heard(uint8_t type, uint8_t satype)
{
	struct msg m;
	/* it came before the answer did */
	ssize_t n = recv(tap[0], m.bytes, sizeof(m.bytes), MSG_DONTWAIT);

	CHECK(n >= (ssize_t)sizeof(m.hdr));
	m.len = n;
	CHECK(m.hdr.sadb_msg_type == type);
	CHECK(m.hdr.sadb_msg_satype == satype);
	CHECK(m.hdr.sadb_msg_len * 8UL == m.len);
	return (m);
}

/* The extension, or NULL. */
static const void *
ext(const struct msg *m, uint16_t type)
{
	const struct sadb_ext *e;
	size_t at;

	for (at = sizeof(m->hdr); at < m->len; at += 8 * e->sadb_ext_len) {
		e = (const void *)(m->bytes + at);
		CHECK(e->sadb_ext_len > 0);
		if (e->sadb_ext_type == type)
			return (e);
	}
	return (NULL);
}

static void
isend(const struct msg *m, uint16_t type, const char *want, uint16_t port)
{
	const struct sadb_address *ad = ext(m, type);
	const struct sockaddr_in *sin = (const void *)(ad + 1);
	const struct sockaddr_in6 *sin6 = (const void *)(ad + 1);
	struct ike_addr a = addr(want);

	CHECK(ad != NULL);
	if (a.ia_family == 6) {
		CHECK(sin6->sin6_family == AF_INET6 && sin6->sin6_len ==
		    sizeof(*sin6) && ad->sadb_address_len == 5);
		CHECK(memcmp(&sin6->sin6_addr, a.ia_addr, 16) == 0);
		CHECK(ntohs(sin6->sin6_port) == port);
	} else {
		CHECK(sin->sin_family == AF_INET && sin->sin_len ==
		    sizeof(*sin) && ad->sadb_address_len == 3);
		CHECK(memcmp(&sin->sin_addr, a.ia_addr, 4) == 0);
		CHECK(ntohs(sin->sin_port) == port);
	}
}

static void
iskey(const struct msg *m, uint16_t type, size_t len)
{
	const struct sadb_key *e = ext(m, type);

	CHECK(e != NULL && e->sadb_key_bits == 8 * len);
	CHECK(memcmp(e + 1, key, len) == 0);
}

/* An SA of AH, transport mode, no interface, a tag. */
static void
t_ah(void)
{
	struct ksa ks = sa(1, 7);
	const struct sadb_sa *s;
	const struct sadb_x_tag *tag;
	struct msg m;

	ks.ks_spi = 0x1234;
	ks.ks_proto = IKE_PROTO_AH;
	ks.ks_transport = ks.ks_nounit = 1;
	ks.ks_integ.xf_id = IKE_INTEG_RIPEMD_96;
	ks.ks_akey = key;
	ks.ks_akeylen = 20;
	ks.ks_tag = "blue";
	serve(yes);
	IS(kernel_addsa(k, &ks), 0);
	m = heard(SADB_ADD, SADB_SATYPE_AH);
	CHECK((s = ext(&m, SADB_EXT_SA)) != NULL);
	CHECK(ntohl(s->sadb_sa_spi) == 0x1234 && s->sadb_sa_flags == 0);
	CHECK(s->sadb_sa_auth == SADB_X_AALG_RIPEMD160HMAC);
	CHECK(s->sadb_sa_encrypt == 0 && s->sadb_sa_replay == 64);
	iskey(&m, SADB_EXT_KEY_AUTH, 20);
	CHECK(ext(&m, SADB_EXT_KEY_ENCRYPT) == NULL);
	CHECK(ext(&m, SADB_X_EXT_IFACE) == NULL);
	CHECK((tag = ext(&m, SADB_X_EXT_TAG)) != NULL);
	CHECK(tag->sadb_x_tag_taglen == 5 && tag->sadb_x_tag_len == 2);
	CHECK(strcmp((const char *)(tag + 1), "blue") == 0);
	IS(kernel_movesa(k, &ks, &ks), 0);
	m = heard(SADB_UPDATE, SADB_SATYPE_AH);
	CHECK(((const struct sadb_sa *)ext(&m, SADB_EXT_SA))->sadb_sa_flags ==
	    0);
	IS(kernel_delsa(k, &ks), 0);
	(void)heard(SADB_DELETE, SADB_SATYPE_AH);
	dismiss();
}

/* An SA as IKEv2 makes it; and any key goes through as it is. */
static void
t_esp(void)
{
	struct ksa ks = sa(0, 7);
	const struct sadb_sa *s;
	const struct sadb_x_iface *iface;
	static uint8_t longkey[5000];
	struct msg m;

	ks.ks_spi = 0x1234;
	ks.ks_larval = ks.ks_esn = 1;
	ks.ks_ekeylen = 17;
	serve(yes);
	IS(kernel_addsa(k, &ks), 0);
	m = heard(SADB_UPDATE, SADB_SATYPE_ESP);
	CHECK((s = ext(&m, SADB_EXT_SA)) != NULL);
	CHECK(s->sadb_sa_flags == (SADB_X_SAFLAGS_TUNNEL |
	    SADB_X_SAFLAGS_ESN));
	CHECK(s->sadb_sa_auth == 0);
	CHECK(s->sadb_sa_encrypt == SADB_X_EALG_AESGCM16);
	iskey(&m, SADB_EXT_KEY_ENCRYPT, 17);
	CHECK(ext(&m, SADB_EXT_KEY_AUTH) == NULL);
	CHECK(ext(&m, SADB_X_EXT_TAG) == NULL);
	CHECK((iface = ext(&m, SADB_X_EXT_IFACE)) != NULL);
	CHECK(iface->sadb_x_iface_unit == 7 &&
	    iface->sadb_x_iface_direction == IPSP_DIRECTION_IN);
	ks.ks_ekey = longkey;
	ks.ks_ekeylen = sizeof(longkey);
	IS(kernel_addsa(k, &ks), EMSGSIZE);
	dismiss();
}

static void
isflow(const struct msg *m, uint8_t direction)
{
	const struct sadb_protocol *p;

	CHECK((p = ext(m, SADB_X_EXT_FLOW_TYPE)) != NULL);
	CHECK(p->sadb_protocol_proto == SADB_X_FLOW_TYPE_REQUIRE &&
	    p->sadb_protocol_direction == direction);
	CHECK((p = ext(m, SADB_X_EXT_PROTOCOL)) != NULL);
	CHECK(p->sadb_protocol_proto == 17);
}

static void
t_flow4(struct kflow *kf)
{
	const struct sadb_ident *id;
	struct msg m;

	serve(yes);
	IS(kernel_flow(k, kf, 1), 0);
	m = heard(SADB_X_ADDFLOW, SADB_SATYPE_ESP);
	isflow(&m, IPSP_DIRECTION_IN);
	isend(&m, SADB_X_EXT_SRC_FLOW, "10.2.0.1", 53);
	isend(&m, SADB_X_EXT_SRC_MASK, "255.255.255.255", 65535);
	isend(&m, SADB_X_EXT_DST_FLOW, "10.1.16.0", 0);
	isend(&m, SADB_X_EXT_DST_MASK, "255.255.240.0", 0);
	isend(&m, SADB_EXT_ADDRESS_SRC, "192.0.2.8", 0);
	isend(&m, SADB_EXT_ADDRESS_DST, "192.0.2.9", 0);
	CHECK((id = ext(&m, SADB_EXT_IDENTITY_SRC)) != NULL);
	CHECK(id->sadb_ident_type == SADB_IDENTTYPE_FQDN);
	CHECK(strcmp((const char *)(id + 1), "FQDN/left.example") == 0);
	CHECK((id = ext(&m, SADB_EXT_IDENTITY_DST)) != NULL);
	CHECK(id->sadb_ident_type == SADB_IDENTTYPE_USERFQDN);
	m = heard(SADB_X_ADDFLOW, SADB_SATYPE_ESP);
	isflow(&m, IPSP_DIRECTION_OUT);
	isend(&m, SADB_X_EXT_SRC_FLOW, "10.1.16.0", 0);
	isend(&m, SADB_X_EXT_DST_FLOW, "10.2.0.1", 53);
	isend(&m, SADB_EXT_ADDRESS_SRC, "192.0.2.8", 0);
	IS(kernel_flow(k, kf, 0), 0);
	m = heard(SADB_X_DELFLOW, SADB_SATYPE_ESP);
	isflow(&m, IPSP_DIRECTION_OUT);
	CHECK(ext(&m, SADB_EXT_ADDRESS_SRC) == NULL);
	CHECK(ext(&m, SADB_EXT_IDENTITY_SRC) == NULL);
	m = heard(SADB_X_DELFLOW, SADB_SATYPE_ESP);
	isflow(&m, IPSP_DIRECTION_IN);
	dismiss();
}

static void
t_flow(void)
{
	struct ike_id me, peer;
	struct kflow kf;
	struct msg m;

	memset(&kf, 0, sizeof(kf));
	CHECK(id_parse("left.example", &me) == 0);
	CHECK(id_parse("right@example.com", &peer) == 0);
	kf.kf_selfid = &me;
	kf.kf_peerid = &peer;
	kf.kf_local = (struct ike_ts){ 4, 17, { 0, 65535 },
	    { 10, 1, 16, 0 }, { 10, 1, 31, 255 } };
	kf.kf_remote = (struct ike_ts){ 4, 17, { 53, 53 },
	    { 10, 2, 0, 1 }, { 10, 2, 0, 1 } };
	kf.kf_self = addr("192.0.2.8");
	kf.kf_peer = addr("192.0.2.9");
	t_flow4(&kf);

	/* all or none */
	serve(not_out);
	IS(kernel_flow(k, &kf, 1), ENOSPC);
	(void)heard(SADB_X_ADDFLOW, SADB_SATYPE_ESP);
	(void)heard(SADB_X_ADDFLOW, SADB_SATYPE_ESP);
	m = heard(SADB_X_DELFLOW, SADB_SATYPE_ESP);
	isflow(&m, IPSP_DIRECTION_IN);
	dismiss();

	kf.kf_proto = IKE_PROTO_AH;
	kf.kf_self.ia_family = 0;
	kf.kf_local = (struct ike_ts){ 6, 17, { 0, 65535 },
	    { 0x20, 1, 0xd, 0xb8 }, { 0x20, 1, 0xd, 0xb9, 255, 255, 255, 255,
	    255, 255, 255, 255, 255, 255, 255, 255 } };
	kf.kf_remote = kf.kf_local;
	serve(yes);
	IS(kernel_flow(k, &kf, 1), 0);
	m = heard(SADB_X_ADDFLOW, SADB_SATYPE_AH);
	isend(&m, SADB_X_EXT_SRC_FLOW, "2001:db8::", 0);
	isend(&m, SADB_X_EXT_DST_MASK, "ffff:fffe::", 0);
	CHECK(ext(&m, SADB_EXT_ADDRESS_SRC) == NULL);
	(void)heard(SADB_X_ADDFLOW, SADB_SATYPE_AH);
	dismiss();
	id_clear(&me);
	id_clear(&peer);
}

static void
t_answers(void)
{
	struct ksa ks = sa(0, 0);
	struct kernel_alg al[64];
	struct ksa_stat st;
	unsigned int n;
	uint32_t spi;

	ks.ks_spi = 0x1234;
	serve(others);
	IS(kernel_delsa(k, &ks), ESRCH);
	IS(kernel_addsa(k, &ks), ESRCH);
	IS(kernel_statsa(k, &ks, &st), ESRCH);
	IS(kernel_algs(k, IKE_PROTO_ESP, al, 64, &n), ESRCH);
	CHECK(n == 0);
	dismiss();
	/* no SA in it, no lists */
	serve(yes);
	IS(kernel_getspi(k, &ks, &spi), EPROTO);
	IS(kernel_algs(k, IKE_PROTO_ESP, al, 64, &n), EPROTO);
	CHECK(n == 0);
	dismiss();
	serve(many);
	IS(kernel_algs(k, IKE_PROTO_ESP, al, 64, &n), ENOSPC);
	CHECK(n == 64 && al[63].al_mac == 163 && al[63].al_cipher == 0);
	/* of numbers without a name there is nothing to say */
	ks.ks_ekeylen = 16;
	CHECK(strcmp(kernel_reason(EINVAL, &ks),
	    "this kernel's ESP has no AES-GCM") == 0);
	dismiss();
}

static void
t_noise(unsigned int rounds)
{
	struct ksa ks = sa(0, 0);
	struct kernel_alg al[8];
	struct ksa_stat st;
	unsigned int n, unit = 0, deleted = 0;
	uint32_t spi;

	ks.ks_spi = 0x1234;
	serve(noise);
	for (; rounds > 0; rounds--) {
		(void)kernel_getspi(k, &ks, &spi);
		(void)kernel_addsa(k, &ks);
		(void)kernel_statsa(k, &ks, &st);
		(void)kernel_algs(k, IKE_PROTO_ESP, al, 8, &n);
		CHECK(n <= 8);
		(void)kernel_reason(EINVAL, &ks);
		deleted += kernel_flush(k, &unit, 1);
	}
	/* or there was nothing but noise in it */
	CHECK(deleted > 0);
	dismiss();
}

/* Upcalls that are not what they seem, and one that is. */
static void
t_expire(void)
{
	struct msg rq, m;
	struct sadb_sa s = { .sadb_sa_spi = htonl(0x1234) };
	struct sadb_lifetime lt = { .sadb_lifetime_addtime = 1 };
	struct {
		struct sadb_address	ad;
		struct sockaddr_in	sin;
	} dst;
	int i;

	memset(&rq, 0, sizeof(rq));
	memset(&dst, 0, sizeof(dst));
	dst.sin.sin_family = AF_INET;
	dst.sin.sin_addr.s_addr = htonl(0xc0000209);
	rq.hdr.sadb_msg_version = PF_KEY_V2;
	rq.hdr.sadb_msg_type = SADB_EXPIRE;
	for (i = 0; i < 6; i++) {
		rq.hdr.sadb_msg_satype = i == 1 ? SADB_X_SATYPE_IPCOMP :
		    SADB_SATYPE_ESP;
		m = reply(&rq, 0);
		if (i != 2)
			put(&m, SADB_EXT_SA, &s, i == 3 ? 8 : sizeof(s));
		dst.sin.sin_family = i == 4 ? 99 : AF_INET;
		put(&m, SADB_EXT_ADDRESS_DST, &dst, sizeof(dst));
		if (i != 5)
			put(&m, SADB_EXT_LIFETIME_HARD, &lt, sizeof(lt));
		give(up[1], &m);
	}
	CHECK(kernel_input(k) == 0);
	CHECK(nexpired == 1);
}

int
main(void)
{
	const char *n = getenv("N");

	seed = getpid() ^ time(NULL);
	printf("seed %u\n", seed);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, req) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, up) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, tap) == 0);
	CHECK((k = kernel_new(req[0], up[0], expire, &nexpired)) != NULL);
	t_ah();
	t_esp();
	t_flow();
	t_answers();
	t_expire();
	t_noise(200 * (n != NULL ? atoi(n) : 1));
	/* and when it is gone */
	close(req[1]);
	close(up[1]);
	CHECK(kernel_input(k) == -1);
	kernel_free(k);
	return (0);
}
