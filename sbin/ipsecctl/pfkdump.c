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
 * The kernel's messages as text.
 */
#include <net/pfkeyv2.h>

#include <string.h>

#include "ipsecctl.h"

int
dump_map(const struct sadb_msg *msg, size_t size, struct extmap *map)
{
	const uint8_t *p = (const uint8_t *)msg, *end;
	const struct sadb_ext *ext;
	size_t len;

	memset(map, 0, sizeof(*map));
	if (size < sizeof(*msg) || msg->sadb_msg_len * 8U < sizeof(*msg) ||
	    msg->sadb_msg_len * 8U > size)
		return (-1);
	map->satype = msg->sadb_msg_satype;
	end = p + msg->sadb_msg_len * 8;
	for (p += sizeof(*msg); p < end; p += len) {
		ext = (const void *)p;
		len = ext->sadb_ext_len * 8;
		if (len < 8 || len > (size_t)(end - p))
			return (-1);
		if (ext->sadb_ext_type <= SADB_EXT_MAX)
			map->ext[ext->sadb_ext_type] = ext;
	}
	return (0);
}

static size_t
ext_size(const struct sadb_ext *ext)
{
	return (ext->sadb_ext_len * 8);
}

const struct sockaddr *
dump_addr(const struct sadb_ext *ext)
{
	const struct sockaddr *sa;
	size_t room;

	if (ext == NULL ||
	    ext_size(ext) < sizeof(struct sadb_address) + sizeof(*sa))
		return (NULL);
	sa = (const void *)((const struct sadb_address *)ext + 1);
	room = ext_size(ext) - sizeof(struct sadb_address);
	if ((sa->sa_family == AF_INET &&
	    room >= sizeof(struct sockaddr_in)) ||
	    (sa->sa_family == AF_INET6 && room >= sizeof(struct sockaddr_in6)))
		return (sa);
	return (NULL);
}

const uint8_t *
dump_key(const struct sadb_ext *ext, size_t *len)
{
	const struct sadb_key *key = (const void *)ext;

	*len = 0;
	if (ext == NULL || key->sadb_key_bits == 0 ||
	    (key->sadb_key_bits + 7U) / 8 > ext_size(ext) - sizeof(*key))
		return (NULL);
	*len = (key->sadb_key_bits + 7) / 8;
	return ((const uint8_t *)(key + 1));
}

/* The string behind the head; "" if it has no end. */
const char *
dump_string(const struct sadb_ext *ext, size_t head)
{
	const char *s = (const char *)ext + head;

	if (ext_size(ext) <= head ||
	    memchr(s, '\0', ext_size(ext) - head) == NULL)
		return ("");
	return (s);
}

static const char *
state_name(uint8_t state)
{
	static const char *const names[] = { "larval", "mature", "dying",
	    "dead" };

	return (state <= SADB_SASTATE_DEAD ? names[state] : "unknown");
}

static void
print_flags(uint32_t flags)
{
	static const struct {
		uint32_t	 bit;
		const char	*name;
	} bits[] = {
		{ SADB_SAFLAGS_PFS, "pfs" },
		{ SADB_X_SAFLAGS_TUNNEL, "tunnel" },
		{ SADB_X_SAFLAGS_CHAINDEL, "chaindel" },
		{ SADB_X_SAFLAGS_UDPENCAP, "udpencap" },
		{ SADB_X_SAFLAGS_ESN, "esn" },
	};
	const char *sep = "<";
	size_t i;

	printf(" flags 0x%x", flags);
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (!(flags & bits[i].bit))
			continue;
		printf("%s%s", sep, bits[i].name);
		sep = ",";
	}
	if (*sep == ',')
		putchar('>');
}

static void
print_sa(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_sa *sa = (const void *)ext;
	const struct sadb_protocol *type2 =
	    (const void *)map->ext[SADB_X_EXT_SATYPE2];
	uint8_t satype = map->satype;

	if (ext->sadb_ext_type == SADB_X_EXT_SA2 && type2 != NULL)
		satype = type2->sadb_protocol_proto;
	printf("spi 0x%08x", ntohl(sa->sadb_sa_spi));
	if (sa->sadb_sa_auth != 0)
		printf(" auth %s",
		    alg_byid(ALG_AUTH, sa->sadb_sa_auth, 0)->kname);
	if (sa->sadb_sa_encrypt != 0 && satype == SADB_X_SATYPE_IPCOMP)
		printf(" comp %s",
		    alg_byid(ALG_COMP, sa->sadb_sa_encrypt, 0)->kname);
	else if (sa->sadb_sa_encrypt != 0)
		printf(" enc %s",
		    alg_byid(ALG_ENC, sa->sadb_sa_encrypt, 0)->kname);
	printf("\n\t\tstate %s replay %u", state_name(sa->sadb_sa_state),
	    sa->sadb_sa_replay);
	print_flags(sa->sadb_sa_flags);
	putchar('\n');
}

static void
print_lifetime(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_lifetime *l = (const void *)ext;

	printf("alloc %u bytes %llu add %llu first %llu\n",
	    l->sadb_lifetime_allocations,
	    (unsigned long long)l->sadb_lifetime_bytes,
	    (unsigned long long)l->sadb_lifetime_addtime,
	    (unsigned long long)l->sadb_lifetime_usetime);
}

static void
print_address(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sockaddr *sa;
	struct addr a;
	uint16_t port;

	if ((sa = dump_addr(ext)) == NULL) {
		printf("none\n");
		return;
	}
	addr_host(&a, sa);
	port = sa->sa_family == AF_INET ?
	    ((const struct sockaddr_in *)sa)->sin_port :
	    ((const struct sockaddr_in6 *)sa)->sin6_port;
	printf("%s", addr_str(&a));
	if (port != 0)
		printf(" port %u", ntohs(port));
	putchar('\n');
}

static void
print_key(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const uint8_t *key;
	size_t i, len;

	key = dump_key(ext, &len);
	printf("bits %zu: ", len * 8);
	for (i = 0; i < len; i++)
		printf("%02x", key[i]);
	putchar('\n');
}

static void
print_ident(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	static const char *const types[] = { "reserved", "prefix", "fqdn",
	    "ufqdn", "asn1_dn" };
	const struct sadb_ident *id = (const void *)ext;

	printf("type %s id %llu: %s\n",
	    id->sadb_ident_type <= SADB_IDENTTYPE_MAX ?
	    types[id->sadb_ident_type] : "unknown",
	    (unsigned long long)id->sadb_ident_id,
	    dump_string(ext, sizeof(*id)));
}

static void
print_comb(const struct sadb_comb *c)
{
	printf("\t\tauth %s min %u max %u enc %s min %u max %u\n",
	    alg_byid(ALG_AUTH, c->sadb_comb_auth, 0)->kname,
	    c->sadb_comb_auth_minbits, c->sadb_comb_auth_maxbits,
	    alg_byid(ALG_ENC, c->sadb_comb_encrypt, 0)->kname,
	    c->sadb_comb_encrypt_minbits, c->sadb_comb_encrypt_maxbits);
	printf("\t\tsoft: alloc %u bytes %llu add %llu first %llu\n",
	    c->sadb_comb_soft_allocations,
	    (unsigned long long)c->sadb_comb_soft_bytes,
	    (unsigned long long)c->sadb_comb_soft_addtime,
	    (unsigned long long)c->sadb_comb_soft_usetime);
	printf("\t\thard: alloc %u bytes %llu add %llu first %llu\n",
	    c->sadb_comb_hard_allocations,
	    (unsigned long long)c->sadb_comb_hard_bytes,
	    (unsigned long long)c->sadb_comb_hard_addtime,
	    (unsigned long long)c->sadb_comb_hard_usetime);
}

static void
print_proposal(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_prop *prop = (const void *)ext;
	const struct sadb_comb *c = (const void *)(prop + 1);
	size_t n = (ext_size(ext) - sizeof(*prop)) / sizeof(*c);

	printf("num %u replay %u\n", prop->sadb_prop_num,
	    prop->sadb_prop_replay);
	while (n-- > 0)
		print_comb(c++);
}

static void
print_supported(const struct sadb_ext *ext, const struct extmap *map,
    int opts)
{
	const struct sadb_supported *sup = (const void *)ext;
	const struct sadb_alg *a = (const void *)(sup + 1);
	size_t n = (ext_size(ext) - sizeof(*sup)) / sizeof(*a);
	enum algkind kind;

	kind = ext->sadb_ext_type == SADB_EXT_SUPPORTED_AUTH ? ALG_AUTH :
	    ext->sadb_ext_type == SADB_EXT_SUPPORTED_ENCRYPT ? ALG_ENC :
	    ALG_COMP;
	putchar('\n');
	for (; n-- > 0; a++)
		printf("\t\t%s iv length %u min %u max %u\n",
		    alg_byid(kind, a->sadb_alg_id, 0)->kname,
		    a->sadb_alg_ivlen, a->sadb_alg_minbits,
		    a->sadb_alg_maxbits);
}

static void
print_spirange(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_spirange *range = (const void *)ext;

	printf("min 0x%08x max 0x%08x\n", range->sadb_spirange_min,
	    range->sadb_spirange_max);
}

static void
print_proto(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_protocol *p = (const void *)ext;

	printf("proto %u direction %s flags 0x%x\n", p->sadb_protocol_proto,
	    dir_name(p->sadb_protocol_direction), p->sadb_protocol_flags);
}

static void
print_flowtype(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_protocol *p = (const void *)ext;

	printf("type %s direction %s\n", flowtype_name(p->sadb_protocol_proto),
	    dir_name(p->sadb_protocol_direction));
}

static void
print_satype(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_protocol *p = (const void *)ext;

	printf("%s\n", satype_name(p->sadb_protocol_proto));
}

static void
print_policy(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	printf("seq %u\n", ((const struct sadb_x_policy *)ext)->
	    sadb_x_policy_seq);
}

static void
print_udpencap(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	printf("udpencap port %u\n", ntohs(((const struct sadb_x_udpencap *)
	    ext)->sadb_x_udpencap_port));
}

static void
print_tag(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	printf("%s\n", dump_string(ext, sizeof(struct sadb_x_tag)));
}

static void
print_tap(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	printf("enc%u\n", ((const struct sadb_x_tap *)ext)->sadb_x_tap_unit);
}

static void
print_counter(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_x_counter *c = (const void *)ext;
	const struct {
		const char	*text;
		uint64_t	 value;
	} rows[] = {
		{ "input packets", c->sadb_x_counter_ipackets },
		{ "output packets", c->sadb_x_counter_opackets },
		{ "input bytes", c->sadb_x_counter_ibytes },
		{ "output bytes", c->sadb_x_counter_obytes },
		{ "input bytes, decompressed",
		    c->sadb_x_counter_idecompbytes },
		{ "output bytes, uncompressed",
		    c->sadb_x_counter_ouncompbytes },
		{ "packets dropped on input", c->sadb_x_counter_idrops },
		{ "packets dropped on output", c->sadb_x_counter_odrops },
	};
	size_t i;

	putchar('\n');
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value != 0 || opts & OPT_VERBOSE2)
			printf("\t\t%llu %s\n",
			    (unsigned long long)rows[i].value, rows[i].text);
}

static void
print_rdomain(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_x_rdomain *r = (const void *)ext;

	printf("%u/%u\n", r->sadb_x_rdomain_dom1, r->sadb_x_rdomain_dom2);
}

static void
print_mtu(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	printf("mtu %u\n", ((const struct sadb_x_mtu *)ext)->sadb_x_mtu_mtu);
}

static void
print_replay(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	printf("rpl %llu\n", (unsigned long long)
	    ((const struct sadb_x_replay *)ext)->sadb_x_replay_count);
}

static void
print_iface(const struct sadb_ext *ext, const struct extmap *map, int opts)
{
	const struct sadb_x_iface *i = (const void *)ext;

	printf("sec%u direction %s\n", i->sadb_x_iface_unit,
	    dir_name(i->sadb_x_iface_direction));
}

/* by number; what is shorter than min bytes is not looked at */
static const struct printer {
	const char	*name;
	size_t		 min;
	void		 (*print)(const struct sadb_ext *,
			    const struct extmap *, int);
} printers[SADB_EXT_MAX + 1] = {
#define ROW(type, name, data, fn) \
	[SADB_ ## type] = { name, sizeof(struct data), fn }
	ROW(EXT_SA, "sa", sadb_sa, print_sa),
	ROW(EXT_LIFETIME_CURRENT, "lifetime_cur", sadb_lifetime,
	    print_lifetime),
	ROW(EXT_LIFETIME_HARD, "lifetime_hard", sadb_lifetime,
	    print_lifetime),
	ROW(EXT_LIFETIME_SOFT, "lifetime_soft", sadb_lifetime,
	    print_lifetime),
	ROW(EXT_ADDRESS_SRC, "address_src", sadb_address, print_address),
	ROW(EXT_ADDRESS_DST, "address_dst", sadb_address, print_address),
	ROW(EXT_ADDRESS_PROXY, "address_proxy", sadb_address, print_address),
	ROW(EXT_KEY_AUTH, "key_auth", sadb_key, print_key),
	ROW(EXT_KEY_ENCRYPT, "key_encrypt", sadb_key, print_key),
	ROW(EXT_IDENTITY_SRC, "identity_src", sadb_ident, print_ident),
	ROW(EXT_IDENTITY_DST, "identity_dst", sadb_ident, print_ident),
	ROW(EXT_PROPOSAL, "proposal", sadb_prop, print_proposal),
	ROW(EXT_SUPPORTED_AUTH, "supported_auth", sadb_supported,
	    print_supported),
	ROW(EXT_SUPPORTED_ENCRYPT, "supported_encrypt", sadb_supported,
	    print_supported),
	ROW(EXT_SPIRANGE, "spirange", sadb_spirange, print_spirange),
	ROW(X_EXT_SRC_MASK, "src_mask", sadb_address, print_address),
	ROW(X_EXT_DST_MASK, "dst_mask", sadb_address, print_address),
	ROW(X_EXT_PROTOCOL, "protocol", sadb_protocol, print_proto),
	ROW(X_EXT_FLOW_TYPE, "flow_type", sadb_protocol, print_flowtype),
	ROW(X_EXT_SRC_FLOW, "src_flow", sadb_address, print_address),
	ROW(X_EXT_DST_FLOW, "dst_flow", sadb_address, print_address),
	ROW(X_EXT_SA2, "sa2", sadb_sa, print_sa),
	ROW(X_EXT_DST2, "dst2", sadb_address, print_address),
	ROW(X_EXT_POLICY, "policy", sadb_x_policy, print_policy),
	ROW(X_EXT_SUPPORTED_COMP, "supported_comp", sadb_supported,
	    print_supported),
	ROW(X_EXT_UDPENCAP, "udpencap", sadb_x_udpencap, print_udpencap),
	ROW(X_EXT_LIFETIME_LASTUSE, "lifetime_lastuse", sadb_lifetime,
	    print_lifetime),
	ROW(X_EXT_TAG, "tag", sadb_x_tag, print_tag),
	ROW(X_EXT_TAP, "tap", sadb_x_tap, print_tap),
	ROW(X_EXT_SATYPE2, "satype2", sadb_protocol, print_satype),
	ROW(X_EXT_COUNTER, "counter", sadb_x_counter, print_counter),
	ROW(X_EXT_RDOMAIN, "rdomain", sadb_x_rdomain, print_rdomain),
	ROW(X_EXT_MTU, "mtu", sadb_x_mtu, print_mtu),
	ROW(X_EXT_REPLAY, "replay", sadb_x_replay, print_replay),
	ROW(X_EXT_IFACE, "interface", sadb_x_iface, print_iface),
#undef ROW
};

void
dump_exts(const struct extmap *map, int opts)
{
	const struct sadb_ext *ext;
	const struct printer *p;
	int i;

	for (i = 0; i <= SADB_EXT_MAX; i++) {
		p = &printers[i];
		if ((ext = map->ext[i]) == NULL || p->print == NULL)
			continue;
		/* Keys stay secret without -k. */
		if (p->print == print_key && !(opts & OPT_SHOWKEY))
			continue;
		if (p->min > ext_size(ext)) {
			printf("\t%s: short\n", p->name);
			continue;
		}
		printf("\t%s:%s", p->name, p->print == print_counter ||
		    p->print == print_supported ? "" : " ");
		p->print(ext, map, opts);
	}
}

static const char *
msg_name(uint8_t type)
{
	static const char *const names[] = { "sadb_reserved", "sadb_getspi",
	    "sadb_update", "sadb_add", "sadb_delete", "sadb_get",
	    "sadb_acquire", "sadb_register", "sadb_expire", "sadb_flush",
	    "sadb_dump", "sadb_promisc", "sadb_addflow", "sadb_delflow",
	    "sadb_grpspis", "sadb_askpolicy", "sadb_spddump" };

	return (type <= SADB_MAX ? names[type] : "sadb_unknown");
}

void
dump_msg(const struct sadb_msg *msg, size_t size, int opts)
{
	struct extmap map;

	if (dump_map(msg, size, &map) == -1) {
		printf("message of %zu bytes with a wrong length\n", size);
		return;
	}
	printf("%s: satype %s vers %u len %u seq %u pid %u\n",
	    msg_name(msg->sadb_msg_type), satype_name(msg->sadb_msg_satype),
	    msg->sadb_msg_version, msg->sadb_msg_len, msg->sadb_msg_seq,
	    msg->sadb_msg_pid);
	if (msg->sadb_msg_errno != 0)
		printf("\terrno %u: %s\n", msg->sadb_msg_errno,
		    strerror(msg->sadb_msg_errno));
	dump_exts(&map, opts);
}
