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
 * ipsecctl -s on what a kernel might have: flows, bundles, identities and
 * SAs of every kind, whether this kernel makes them or not, and dumps that
 * are wrong.  The records come from sysctl() as ipsecctl would get them.
 */
#include <sys/types.h>
#include <sys/sysctl.h>
#include <net/pfkeyv2.h>
#include <arpa/inet.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int	fake_sysctl(const int *, unsigned int, void *, size_t *,
		    void *, size_t);
#define sysctl	fake_sysctl
#include "../../../sbin/ipsecctl/addr.c"
#include "../../../sbin/ipsecctl/alg.c"
#include "../../../sbin/ipsecctl/pfkdump.c"
#undef CTR
#define print_key	rule_print_key
#define print_sa	rule_print_sa
#include "../../../sbin/ipsecctl/rule.c"
#include "../../../sbin/ipsecctl/show.c"
#define cmp_spi		merge_cmp_spi
#include "../../../sbin/ipsecctl/merge.c"

static uint64_t	 dumps[3][4096];	/* by operation */
static size_t	 lens[3];		/* bytes */
static size_t	 last;			/* begin of the last record */
static int	 op;
static int	 enomem;		/* how often a dump has grown */

static int
fake_sysctl(const int *mib, unsigned int n, void *old, size_t *len,
    void *new, size_t newlen)
{
	int what = mib[3];

	if (n != 5 || mib[0] != CTL_NET || mib[1] != PF_KEY ||
	    mib[2] != PF_KEY_V2 || new != NULL)
		errx(2, "not the sysctl of a dump");
	if (old != NULL && enomem > 0) {
		enomem--;
		errno = ENOMEM;
		return (-1);
	}
	if (old != NULL) {
		if (*len < lens[what])
			errx(2, "no room left for growth");
		memcpy(old, dumps[what], lens[what]);
	}
	*len = lens[what];
	return (0);
}

static void *
put(uint16_t type, size_t size)
{
	struct sadb_msg *msg = (void *)((uint8_t *)dumps[op] + last);
	struct sadb_ext *ext = (void *)((uint8_t *)dumps[op] + lens[op]);

	size = (size + 7) / 8 * 8;
	if (lens[op] + size > sizeof(dumps[op]))
		errx(2, "dump too long");
	ext->sadb_ext_len = size / 8;
	ext->sadb_ext_type = type;
	lens[op] += size;
	msg->sadb_msg_len += size / 8;
	return (ext);
}

static void
begin(int what, uint8_t type, uint8_t satype)
{
	struct sadb_msg *msg;

	op = what;
	last = lens[op];
	msg = (void *)((uint8_t *)dumps[op] + last);
	msg->sadb_msg_version = PF_KEY_V2;
	msg->sadb_msg_type = type;
	msg->sadb_msg_satype = satype;
	msg->sadb_msg_len = sizeof(*msg) / 8;
	lens[op] += sizeof(*msg);
}

static void
put_addr(uint16_t type, const struct addr *a, in_port_t port)
{
	struct sadb_address *ext;
	struct addr copy = *a;

	if (a->sa.sa_family == AF_INET)
		copy.in4.sin_port = htons(port);
	else
		copy.in6.sin6_port = htons(port);
	ext = put(type, sizeof(*ext) + a->sa.sa_len);
	memcpy(ext + 1, &copy.sa, a->sa.sa_len);
}

static void
put_text(uint16_t type, const char *text, in_port_t port)
{
	struct addr a;

	if (addr_numeric(text, &a) != 1)
		errx(2, "%s", text);
	put_addr(type, &a, port);
}

static void
put_ident(uint16_t type, uint16_t kind, const char *name)
{
	struct sadb_ident *id;

	id = put(type, sizeof(*id) + strlen(name) + 1);
	id->sadb_ident_type = kind;
	memcpy(id + 1, name, strlen(name));
}

static void
put_net(uint16_t flow, uint16_t mask, const char *net, in_port_t port)
{
	struct addr a, m;

	if (addr_numeric(net, &a) != 1)
		errx(2, "%s", net);
	addr_mask(&a, &m);
	put_addr(flow, &a, port);
	put_addr(mask, &m, port == 0 ? 0 : 0xffff);
}

static void
flow(uint8_t satype, uint8_t type, uint8_t dir, uint8_t proto,
    const char *from, in_port_t sport, const char *to, in_port_t dport)
{
	struct sadb_protocol *p;

	begin(NET_KEY_SPD_DUMP, SADB_X_SPDDUMP, satype);
	p = put(SADB_X_EXT_FLOW_TYPE, sizeof(*p));
	p->sadb_protocol_proto = type;
	p->sadb_protocol_direction = dir;
	if (proto != 0) {
		p = put(SADB_X_EXT_PROTOCOL, sizeof(*p));
		p->sadb_protocol_proto = proto;
	}
	put_net(SADB_X_EXT_SRC_FLOW, SADB_X_EXT_SRC_MASK, from, sport);
	put_net(SADB_X_EXT_DST_FLOW, SADB_X_EXT_DST_MASK, to, dport);
}

#define IN	IPSP_DIRECTION_IN
#define OUT	IPSP_DIRECTION_OUT
static void
plain(uint8_t dir, const char *from, const char *to)
{
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_REQUIRE, dir, 0, from, 0, to,
	    0);
	put_text(SADB_EXT_ADDRESS_DST, "192.1.2.23", 0);
}

static void
make_flows(void)
{
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_REQUIRE, IN, 0, "10.0.2.0/24",
	    0, "10.0.1.0/24", 0);
	put_text(SADB_EXT_ADDRESS_SRC, "192.1.2.45", 0);
	put_text(SADB_EXT_ADDRESS_DST, "192.1.2.23", 0);
	put_ident(SADB_EXT_IDENTITY_SRC, SADB_IDENTTYPE_FQDN, "FQDN/west");
	put_ident(SADB_EXT_IDENTITY_DST, SADB_IDENTTYPE_FQDN, "FQDN/east");
	flow(SADB_SATYPE_AH, SADB_X_FLOW_TYPE_ACQUIRE, OUT, IPPROTO_TCP,
	    "10.0.1.1", 179, "10.0.2.1", 1024);
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_DENY, OUT, 254, "::/0", 0,
	    "2001:db8::/32", 0);
	flow(SADB_X_SATYPE_IPCOMP, SADB_X_FLOW_TYPE_USE, OUT, 0, "0.0.0.0/0",
	    0, "0.0.0.0/0", 0);
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_BYPASS, IN, 0, "1.1.1.1", 0,
	    "1.1.1.2", 0);
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_DONTACQ, IN, 0, "1.1.1.1", 0,
	    "1.1.1.2", 0);
}

/* Products of hosts, pairs in and out mixed, and some that fit nothing. */
static void
make_products(void)
{
	plain(OUT, "10.1.1.0/24", "10.2.1.0/24");
	plain(IN, "10.2.1.0/24", "10.1.1.0/24");
	plain(OUT, "10.1.1.0/24", "10.2.2.0/24");
	plain(IN, "10.2.2.0/24", "10.1.1.0/24");
	plain(OUT, "10.1.2.0/24", "10.2.1.0/24");
	plain(IN, "10.2.1.0/24", "10.1.3.0/24");
	plain(OUT, "10.1.2.0/24", "10.2.2.0/24");
	plain(OUT, "10.9.9.9", "10.2.1.0/24");
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_USE, OUT, 0, "10.1.1.0/24", 0,
	    "10.2.1.0/24", 0);
	flow(SADB_SATYPE_ESP, SADB_X_FLOW_TYPE_USE, OUT, 0, "10.1.1.0/24", 0,
	    "10.2.2.0/24", 0);
	put_ident(SADB_EXT_IDENTITY_DST, SADB_IDENTTYPE_FQDN, "FQDN/east");
}

static void
put_sa(uint8_t satype, uint32_t spi, uint8_t auth, uint8_t enc,
    uint32_t flags)
{
	struct sadb_sa *sa;

	begin(NET_KEY_SADB_DUMP, SADB_DUMP, satype);
	sa = put(SADB_EXT_SA, sizeof(*sa));
	sa->sadb_sa_spi = htonl(spi);
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	sa->sadb_sa_auth = auth;
	sa->sadb_sa_encrypt = enc;
	sa->sadb_sa_flags = flags;
	put_text(SADB_EXT_ADDRESS_SRC, "192.1.2.45", 0);
	put_text(SADB_EXT_ADDRESS_DST, "192.1.2.23", 0);
}

static void
put_key(uint16_t type, size_t len)
{
	struct sadb_key *key;
	size_t i;

	key = put(type, sizeof(*key) + len);
	key->sadb_key_bits = len * 8;
	for (i = 0; i < len; i++)
		((uint8_t *)(key + 1))[i] = i;
}

static void
put_lifetime(uint16_t type, uint64_t add, uint64_t use)
{
	struct sadb_lifetime *l;

	l = put(type, sizeof(*l));
	l->sadb_lifetime_addtime = add;
	l->sadb_lifetime_usetime = use;
	if (type == SADB_EXT_LIFETIME_CURRENT)
		l->sadb_lifetime_bytes = 192;
}

/* Everything an SA may have, in the order of the kernel's record. */
static void
make_full(void)
{
	struct sadb_x_counter *c;
	struct sadb_x_udpencap *u;
	struct sadb_x_rdomain *rd;
	struct sadb_x_replay *r;
	struct sadb_x_iface *i;
	struct sadb_x_mtu *m;
	struct sadb_x_tag *t;
	struct sadb_x_tap *tap;

	put_sa(SADB_SATYPE_ESP, 0x8765, SADB_X_AALG_SHA2_256,
	    SADB_X_EALG_AES, SADB_X_SAFLAGS_TUNNEL | SADB_X_SAFLAGS_ESN);
	put_lifetime(SADB_EXT_LIFETIME_CURRENT, 1700000000, 1700000001);
	put_lifetime(SADB_EXT_LIFETIME_SOFT, 9900, 0);
	put_lifetime(SADB_EXT_LIFETIME_HARD, 10800, 0);
	put_lifetime(SADB_X_EXT_LIFETIME_LASTUSE, 0, 1700000011);
	put_ident(SADB_EXT_IDENTITY_SRC, SADB_IDENTTYPE_FQDN, "FQDN/west");
	put_ident(SADB_EXT_IDENTITY_DST, SADB_IDENTTYPE_USERFQDN,
	    "UFQDN/you@east");
	put_key(SADB_EXT_KEY_AUTH, 32);
	put_key(SADB_EXT_KEY_ENCRYPT, 16);
	u = put(SADB_X_EXT_UDPENCAP, sizeof(*u));
	u->sadb_x_udpencap_port = htons(4500);
	r = put(SADB_X_EXT_REPLAY, sizeof(*r));
	r->sadb_x_replay_count = 3;
	m = put(SADB_X_EXT_MTU, sizeof(*m));
	m->sadb_x_mtu_mtu = 1420;
	rd = put(SADB_X_EXT_RDOMAIN, sizeof(*rd));
	rd->sadb_x_rdomain_dom2 = 1;
	t = put(SADB_X_EXT_TAG, sizeof(*t) + sizeof("IKED"));
	t->sadb_x_tag_taglen = sizeof("IKED");
	memcpy(t + 1, "IKED", sizeof("IKED"));
	tap = put(SADB_X_EXT_TAP, sizeof(*tap));
	tap->sadb_x_tap_unit = 1;
	i = put(SADB_X_EXT_IFACE, sizeof(*i));
	i->sadb_x_iface_unit = 1;
	i->sadb_x_iface_direction = OUT;
	c = put(SADB_X_EXT_COUNTER, sizeof(*c));
	c->sadb_x_counter_ipackets = 2;
	c->sadb_x_counter_ibytes = 504;
	c->sadb_x_counter_idecompbytes = 208;
}

static void
make_bundle(void)
{
	struct sadb_protocol *p;
	struct sadb_sa *sa;

	put_sa(SADB_SATYPE_ESP, 0x100, SADB_AALG_SHA1HMAC, SADB_EALG_3DESCBC,
	    0);
	sa = put(SADB_X_EXT_SA2, sizeof(*sa));
	sa->sadb_sa_spi = htonl(0x200);
	put_text(SADB_X_EXT_DST2, "192.1.2.23", 0);
	p = put(SADB_X_EXT_SATYPE2, sizeof(*p));
	p->sadb_protocol_proto = SADB_X_SATYPE_IPCOMP;
}

static void
make_sas(void)
{
	put_sa(SADB_SATYPE_ESP, 0xfffffff0, SADB_X_AALG_AES256GMAC,
	    SADB_X_EALG_AESGCM16, SADB_X_SAFLAGS_TUNNEL);
	put_key(SADB_EXT_KEY_AUTH, 36);
	put_key(SADB_EXT_KEY_ENCRYPT, 36);
	put_sa(SADB_SATYPE_ESP, 0x7b32d5c0, SADB_X_AALG_SHA2_512,
	    SADB_X_EALG_AES, SADB_X_SAFLAGS_TUNNEL);
	put_key(SADB_EXT_KEY_ENCRYPT, 24);
	make_bundle();
	put_sa(SADB_X_SATYPE_IPCOMP, 0x200, 0, SADB_X_CALG_DEFLATE, 0);
	put_sa(SADB_SATYPE_AH, 0x300, SADB_X_AALG_SHA2_384, 0, 0);
	put_sa(SADB_X_SATYPE_TCPSIGNATURE, 0x400, 0, 0, 0);
	put_key(SADB_EXT_KEY_AUTH, 5);
	put_sa(SADB_SATYPE_ESP, 0x500, SADB_X_AALG_SHA2_256, SADB_EALG_NULL,
	    SADB_X_SAFLAGS_TUNNEL);
	put_sa(SADB_X_SATYPE_IPIP, 0x600, 0, 0, SADB_X_SAFLAGS_TUNNEL);
	put_sa(SADB_SATYPE_ESP, 0x700, 99, 98, SADB_X_SAFLAGS_TUNNEL);
	make_full();
}

/* One record of which a length is wrong: none may be believed. */
static void
make_wrong(int which)
{
	struct sadb_msg *msg;
	struct sadb_ext *ext;

	put_sa(SADB_SATYPE_ESP, 0x500, SADB_X_AALG_SHA2_256, SADB_EALG_NULL,
	    SADB_X_SAFLAGS_TUNNEL);
	msg = (void *)dumps[op];
	ext = (void *)(msg + 1);
	switch (which) {
	case 1:
		msg->sadb_msg_len = 0;
		break;
	case 2:
		msg->sadb_msg_len = 1000;
		break;
	case 3:
		ext->sadb_ext_len = 0;
		break;
	case 4:
		ext->sadb_ext_len = 500;
		break;
	case 5:
		/* the destination alone is gone */
		ext = (void *)((uint64_t *)ext + 2 + 3);
		ext->sadb_ext_type = SADB_EXT_MAX + 1;
		break;
	}
}

int
main(int argc, char *argv[])
{
	int opts = 0;

	if (argc < 2)
		return (2);
	if (argc > 2)
		opts = atoi(argv[2]);
	if (strcmp(argv[1], "flows") == 0)
		make_flows();
	else if (strcmp(argv[1], "products") == 0)
		make_products();
	else if (strcmp(argv[1], "sas") == 0)
		make_sas();
	else if (strcmp(argv[1], "grow") == 0) {
		make_sas();
		enomem = opts;
		opts = 0;
	} else if (strcmp(argv[1], "wrong") == 0)
		make_wrong(opts);
	show(lens[NET_KEY_SPD_DUMP] > 0 || argv[1][0] == 'n',
	    lens[NET_KEY_SADB_DUMP] > 0 || argv[1][0] == 'n', opts);
	return (0);
}
