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
 * Is it a PF_KEY message?  What may stand in it is a matter of tables: the
 * extensions of each message type, and the form of each extension.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/proc.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <net/pfkeyvar.h>

#define B(x)		PFKEY_EXT(SADB_EXT_##x)
#define X(x)		PFKEY_EXT(SADB_X_EXT_##x)

#define SET_LIFE	(B(LIFETIME_CURRENT) | B(LIFETIME_HARD) |	\
			    B(LIFETIME_SOFT))
#define SET_ADDR	(B(ADDRESS_SRC) | B(ADDRESS_DST))
#define SET_KEY		(B(KEY_AUTH) | B(KEY_ENCRYPT))
#define SET_IDENT	(B(IDENTITY_SRC) | B(IDENTITY_DST))
#define SET_FLOW5	(X(SRC_MASK) | X(DST_MASK) | X(SRC_FLOW) |	\
			    X(DST_FLOW) | X(FLOW_TYPE))
#define SET_FLOW	(SET_FLOW5 | X(PROTOCOL))
#define SET_SUPPORTED	(B(SUPPORTED_AUTH) | B(SUPPORTED_ENCRYPT) |	\
			    X(SUPPORTED_COMP))
#define SET_GROUP	(B(SA) | X(SA2) | X(DST2) | B(ADDRESS_DST) |	\
			    X(SATYPE2))
#define SET_SAOUT	(B(SA) | SET_LIFE | SET_ADDR | SET_IDENT |	\
			    SET_FLOW | X(UDPENCAP) | X(TAG) | X(TAP) |	\
			    X(RDOMAIN) | X(IFACE))

CTASSERT(SADB_EXT_MAX < 64);

/* extensions by message type */
static const struct pfkey_bitmap {
	uint64_t	 bm_allowed;		/* of a request */
	uint64_t	 bm_required;
	uint64_t	 bm_out;		/* of its reply */
} pfkey_bitmaps[SADB_MAX + 1] = {
	[SADB_GETSPI] = {
		SET_ADDR | B(SPIRANGE), SET_ADDR | B(SPIRANGE),
		B(SA) | SET_ADDR },
	[SADB_UPDATE] = {
		SET_SAOUT | B(ADDRESS_PROXY) | SET_KEY | X(COUNTER) |
		    X(REPLAY),
		B(SA) | SET_ADDR,
		SET_SAOUT | B(ADDRESS_PROXY) },
	[SADB_ADD] = {
		SET_SAOUT | SET_KEY | X(LIFETIME_LASTUSE) | X(COUNTER) |
		    X(REPLAY),
		B(SA) | B(ADDRESS_DST),
		SET_SAOUT },
	[SADB_DELETE] = {
		B(SA) | SET_ADDR | X(RDOMAIN), B(SA) | B(ADDRESS_DST),
		B(SA) | SET_ADDR | X(RDOMAIN) },
	[SADB_GET] = {
		B(SA) | SET_ADDR | X(RDOMAIN), B(SA) | B(ADDRESS_DST),
		SET_SAOUT | SET_KEY | X(LIFETIME_LASTUSE) | X(COUNTER) |
		    X(MTU) | X(REPLAY) },
	[SADB_ACQUIRE] = {
		SET_ADDR | SET_IDENT | B(PROPOSAL), 0,
		SET_ADDR | SET_IDENT | B(PROPOSAL) },
	[SADB_REGISTER] = { 0, 0, SET_SUPPORTED },
	[SADB_EXPIRE] = {
		B(SA) | SET_ADDR, B(SA) | SET_ADDR,
		B(SA) | SET_LIFE | SET_ADDR },
	[SADB_X_ADDFLOW] = {
		SET_ADDR | SET_IDENT | SET_FLOW | X(RDOMAIN), SET_FLOW5,
		SET_ADDR | SET_IDENT | SET_FLOW | X(RDOMAIN) },
	[SADB_X_DELFLOW] = {
		SET_FLOW | X(RDOMAIN), SET_FLOW5, SET_FLOW | X(RDOMAIN) },
	[SADB_X_GRPSPIS] = {
		SET_GROUP | X(RDOMAIN), SET_GROUP, SET_GROUP | X(RDOMAIN) },
	[SADB_X_ASKPOLICY] = {
		X(POLICY), X(POLICY), SET_FLOW5 | X(POLICY) },
	/* FLUSH, DUMP, X_PROMISC and X_SPDDUMP have none */
};

uint64_t
pfkey_outmask(int type)
{
	return (pfkey_bitmaps[type].bm_out);
}

/*
 * The form of an extension: 0 or EINVAL.  The length, in bytes, is what
 * the rule below allows.
 */

static int
check_sa(const void *p, size_t len, int satype)
{
	const struct sadb_sa *sa = p;

	if (sa->sadb_sa_state > SADB_SASTATE_MAX ||
	    sa->sadb_sa_state == SADB_SASTATE_DEAD ||
	    sa->sadb_sa_encrypt > SADB_EALG_MAX ||
	    sa->sadb_sa_auth > SADB_AALG_MAX || sa->sadb_sa_replay > 64)
		return (EINVAL);
	return (0);
}

static int
check_sin(const struct sockaddr_in *sin, size_t len, int ports)
{
	static const char zero[sizeof(sin->sin_zero)];

	if (len != sizeof(*sin) || sin->sin_len != sizeof(*sin) ||
	    memcmp(sin->sin_zero, zero, sizeof(zero)) != 0 ||
	    (!ports && sin->sin_port != 0))
		return (EINVAL);
	return (0);
}

/* Outer addresses with a scope have it inside, as everywhere below. */
static int
check_sin6(const struct sockaddr_in6 *sin6, size_t len, int ports)
{
	if (len != roundup(sizeof(*sin6), 8) ||
	    sin6->sin6_len != sizeof(*sin6) || sin6->sin6_flowinfo != 0 ||
	    sin6->sin6_scope_id != 0 || (!ports && sin6->sin6_port != 0))
		return (EINVAL);
	return (0);
}

static int
check_sockaddr(const struct sadb_address *ad, size_t len, int satype,
    int ports)
{
	const struct sockaddr *sa = (const struct sockaddr *)(ad + 1);

	if (ad->sadb_address_reserved != 0)
		return (EINVAL);
	len -= sizeof(*ad);
	switch (sa->sa_family) {
	case AF_INET:
		return (check_sin((const struct sockaddr_in *)sa, len, ports));
	case AF_INET6:
		return (check_sin6((const struct sockaddr_in6 *)sa, len,
		    ports));
	case AF_UNSPEC:
		return (satype == SADB_X_SATYPE_TCPSIGNATURE ? 0 : EINVAL);
	default:
		return (EINVAL);
	}
}

static int
check_address(const void *p, size_t len, int satype)
{
	return (check_sockaddr(p, len, satype, 0));
}

static int
check_flow(const void *p, size_t len, int satype)
{
	return (check_sockaddr(p, len, satype, 1));
}

static int
check_key(const void *p, size_t len, int satype)
{
	const struct sadb_key *key = p;

	if (key->sadb_key_reserved != 0 || key->sadb_key_bits == 0 ||
	    len != sizeof(*key) + howmany(key->sadb_key_bits, 64) * 8)
		return (EINVAL);
	return (0);
}

/* A string, its NUL, and no more padding than that takes. */
static int
check_ident(const void *p, size_t len, int satype)
{
	const struct sadb_ident *id = p;
	size_t n;

	if (id->sadb_ident_reserved != 0 ||
	    id->sadb_ident_type > SADB_IDENTTYPE_MAX)
		return (EINVAL);
	len -= sizeof(*id);
	n = strnlen((const char *)(id + 1), len);
	return (n < len && roundup(n + 1, 8) == len ? 0 : EINVAL);
}

static int
check_proposal(const void *p, size_t len, int satype)
{
	const struct sadb_prop *prop = p;

	if (prop->sadb_prop_reserved != 0 ||
	    (len - sizeof(*prop)) % sizeof(struct sadb_comb) != 0)
		return (EINVAL);
	return (0);
}

static int
check_spirange(const void *p, size_t len, int satype)
{
	const struct sadb_spirange *range = p;

	if (range->sadb_spirange_reserved != 0 ||
	    range->sadb_spirange_min > range->sadb_spirange_max)
		return (EINVAL);
	return (0);
}

static int
check_protocol(const void *p, size_t len, int satype)
{
	const struct sadb_protocol *proto = p;

	return (proto->sadb_protocol_reserved2 == 0 ? 0 : EINVAL);
}

static int
check_udpencap(const void *p, size_t len, int satype)
{
	const struct sadb_x_udpencap *ue = p;

	return (ue->sadb_x_udpencap_reserved == 0 ? 0 : EINVAL);
}

static int
check_tag(const void *p, size_t len, int satype)
{
	const struct sadb_x_tag *tag = p;
	size_t n = tag->sadb_x_tag_taglen;

	len -= sizeof(*tag);
	if (n > len || roundup(n, 8) != len)
		return (EINVAL);
	if (n > 0 && strnlen((const char *)(tag + 1), n) != n - 1)
		return (EINVAL);
	return (0);
}

static int
check_counter(const void *p, size_t len, int satype)
{
	const struct sadb_x_counter *cnt = p;

	return (cnt->sadb_x_counter_pad == 0 ? 0 : EINVAL);
}

static int
check_replay(const void *p, size_t len, int satype)
{
	const struct sadb_x_replay *replay = p;

	return (replay->sadb_x_replay_reserved == 0 ? 0 : EINVAL);
}

/* No interface can have a number that does not fit an int. */
static int
check_iface(const void *p, size_t len, int satype)
{
	static const uint8_t zero[7];
	const struct sadb_x_iface *iface = p;

	if (memcmp(iface->sadb_x_iface_reserved, zero, sizeof(zero)) != 0 ||
	    iface->sadb_x_iface_unit > INT_MAX ||
	    (iface->sadb_x_iface_direction != IPSP_DIRECTION_IN &&
	    iface->sadb_x_iface_direction != IPSP_DIRECTION_OUT))
		return (EINVAL);
	return (0);
}

#define SIZE_ADDR4	(sizeof(struct sadb_address) +			\
			    sizeof(struct sockaddr_in))
#define SIZE_ADDR6	(sizeof(struct sadb_address) +			\
			    roundup(sizeof(struct sockaddr_in6), 8))
#define EXACT(s)	sizeof(struct s), sizeof(struct s)

/* bytes, and what else has to hold; a type with no bytes has no form */
static const struct pfkey_rule {
	size_t		 ru_min;
	size_t		 ru_max;
	int		(*ru_check)(const void *, size_t, int);
} pfkey_rules[SADB_EXT_MAX + 1] = {
	[SADB_EXT_SA] = { EXACT(sadb_sa), check_sa },
	[SADB_EXT_LIFETIME_CURRENT] = { EXACT(sadb_lifetime), NULL },
	[SADB_EXT_LIFETIME_HARD] = { EXACT(sadb_lifetime), NULL },
	[SADB_EXT_LIFETIME_SOFT] = { EXACT(sadb_lifetime), NULL },
	[SADB_EXT_ADDRESS_SRC] = { SIZE_ADDR4, SIZE_ADDR6, check_address },
	[SADB_EXT_ADDRESS_DST] = { SIZE_ADDR4, SIZE_ADDR6, check_address },
	[SADB_EXT_ADDRESS_PROXY] = { SIZE_ADDR4, SIZE_ADDR6, check_address },
	[SADB_EXT_KEY_AUTH] = { sizeof(struct sadb_key), PFKEY_MSGMAX,
	    check_key },
	[SADB_EXT_KEY_ENCRYPT] = { sizeof(struct sadb_key), PFKEY_MSGMAX,
	    check_key },
	[SADB_EXT_IDENTITY_SRC] = { sizeof(struct sadb_ident), PFKEY_MSGMAX,
	    check_ident },
	[SADB_EXT_IDENTITY_DST] = { sizeof(struct sadb_ident), PFKEY_MSGMAX,
	    check_ident },
	[SADB_EXT_PROPOSAL] = { sizeof(struct sadb_prop), PFKEY_MSGMAX,
	    check_proposal },
	[SADB_EXT_SPIRANGE] = { EXACT(sadb_spirange), check_spirange },
	[SADB_X_EXT_SRC_MASK] = { SIZE_ADDR4, SIZE_ADDR6, check_flow },
	[SADB_X_EXT_DST_MASK] = { SIZE_ADDR4, SIZE_ADDR6, check_flow },
	[SADB_X_EXT_PROTOCOL] = { EXACT(sadb_protocol), check_protocol },
	[SADB_X_EXT_FLOW_TYPE] = { EXACT(sadb_protocol), check_protocol },
	[SADB_X_EXT_SRC_FLOW] = { SIZE_ADDR4, SIZE_ADDR6, check_flow },
	[SADB_X_EXT_DST_FLOW] = { SIZE_ADDR4, SIZE_ADDR6, check_flow },
	[SADB_X_EXT_SA2] = { EXACT(sadb_sa), check_sa },
	[SADB_X_EXT_DST2] = { SIZE_ADDR4, SIZE_ADDR6, check_address },
	[SADB_X_EXT_POLICY] = { EXACT(sadb_x_policy), NULL },
	[SADB_X_EXT_UDPENCAP] = { EXACT(sadb_x_udpencap), check_udpencap },
	[SADB_X_EXT_LIFETIME_LASTUSE] = { EXACT(sadb_lifetime), NULL },
	[SADB_X_EXT_TAG] = { sizeof(struct sadb_x_tag),
	    sizeof(struct sadb_x_tag) + 64, check_tag },
	[SADB_X_EXT_TAP] = { EXACT(sadb_x_tap), NULL },
	[SADB_X_EXT_SATYPE2] = { EXACT(sadb_protocol), check_protocol },
	[SADB_X_EXT_COUNTER] = { EXACT(sadb_x_counter), check_counter },
	[SADB_X_EXT_RDOMAIN] = { EXACT(sadb_x_rdomain), NULL },
	[SADB_X_EXT_REPLAY] = { EXACT(sadb_x_replay), check_replay },
	[SADB_X_EXT_IFACE] = { EXACT(sadb_x_iface), check_iface },
};

static int
pfkey_checkhdr(const struct sadb_msg *msg, size_t len)
{
	if (len < sizeof(*msg) || msg->sadb_msg_len * 8UL != len ||
	    msg->sadb_msg_version != PF_KEY_V2 ||
	    msg->sadb_msg_type == SADB_RESERVED ||
	    msg->sadb_msg_type > SADB_MAX || msg->sadb_msg_errno != 0 ||
	    msg->sadb_msg_reserved != 0 ||
	    msg->sadb_msg_pid != (uint32_t)curproc->p_pid)
		return (EINVAL);
	return (0);
}

/* One extension, of which so many bytes are there. */
static int
pfkey_checkext(struct sadb_ext *ext, size_t left, uint64_t allowed,
    int satype)
{
	const struct pfkey_rule *rule;
	size_t len = ext->sadb_ext_len * 8UL;

	if (len > left || ext->sadb_ext_type > SADB_EXT_MAX ||
	    (allowed & PFKEY_EXT(ext->sadb_ext_type)) == 0)
		return (EINVAL);
	rule = &pfkey_rules[ext->sadb_ext_type];
	if (rule->ru_max == 0 || len < rule->ru_min || len > rule->ru_max)
		return (EINVAL);
	return (rule->ru_check == NULL ? 0 :
	    rule->ru_check(ext, len, satype));
}

int
pfkeyv2_parsemessage(struct sadb_msg *msg, size_t len, void **exts)
{
	const struct pfkey_bitmap *bm;
	struct sadb_ext *ext;
	size_t off;

	memset(exts, 0, (SADB_EXT_MAX + 1) * sizeof(*exts));
	if (pfkey_checkhdr(msg, len) != 0)
		return (EINVAL);
	bm = &pfkey_bitmaps[msg->sadb_msg_type];
	for (off = sizeof(*msg); off < len; off += ext->sadb_ext_len * 8UL) {
		ext = (struct sadb_ext *)((char *)msg + off);
		if (pfkey_checkext(ext, len - off, bm->bm_allowed,
		    msg->sadb_msg_satype) != 0 ||
		    exts[ext->sadb_ext_type] != NULL)
			return (EINVAL);
		exts[ext->sadb_ext_type] = ext;
	}
	if ((pfkey_present(exts) & bm->bm_required) != bm->bm_required)
		return (EINVAL);
	return (0);
}

uint64_t
pfkey_present(void **exts)
{
	uint64_t set = 0;
	int i;

	for (i = 1; i <= SADB_EXT_MAX; i++)
		if (exts[i] != NULL)
			set |= PFKEY_EXT(i);
	return (set);
}

static int
pfkey_family(void *ext)
{
	return (((struct sockaddr *)((struct sadb_address *)ext + 1))->
	    sa_family);
}

int
pfkey_checkflow(void **exts, int proto)
{
	const struct sadb_protocol *ft = exts[SADB_X_EXT_FLOW_TYPE];
	uint64_t set = pfkey_present(exts) & SET_FLOW;
	uint64_t all = proto ? SET_FLOW : SET_FLOW5;
	int af;

	if (set == 0)
		return (0);
	if ((set & all) != all)
		return (EINVAL);
	af = pfkey_family(exts[SADB_X_EXT_SRC_FLOW]);
	if (af == AF_UNSPEC ||
	    pfkey_family(exts[SADB_X_EXT_DST_FLOW]) != af ||
	    pfkey_family(exts[SADB_X_EXT_SRC_MASK]) != af ||
	    pfkey_family(exts[SADB_X_EXT_DST_MASK]) != af)
		return (EINVAL);
	if ((ft->sadb_protocol_direction != IPSP_DIRECTION_IN &&
	    ft->sadb_protocol_direction != IPSP_DIRECTION_OUT) ||
	    ft->sadb_protocol_proto > SADB_X_FLOW_TYPE_DONTACQ)
		return (EINVAL);
	return (0);
}
