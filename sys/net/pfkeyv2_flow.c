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
 * Flows and identities, of SAs and of policies, and what messages do with
 * policies.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_spd.h>

#include <net/pfkeyvar.h>
#include <net/rtable.h>

/*
 * Extensions
 */

void
pfkey_export_sockaddr(struct pfkey_buf *pb, int type, const struct sockaddr *sa)
{
	struct sadb_address *ad;

	ad = pfkey_put(pb, type, sizeof(*ad) + sa->sa_len);
	if (ad != NULL)
		memcpy(ad + 1, sa, sa->sa_len);
}

static void
export_protocol(struct pfkey_buf *pb, int type, int proto, int direction,
    int flags)
{
	struct sadb_protocol *ext;

	if ((ext = pfkey_put(pb, type, sizeof(*ext))) == NULL)
		return;
	ext->sadb_protocol_proto = proto;
	ext->sadb_protocol_direction = direction;
	ext->sadb_protocol_flags = flags;
}

static void
export_sin(struct pfkey_buf *pb, int type, struct in_addr addr, in_port_t port)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	sin.sin_addr = addr;
	sin.sin_port = port;
	pfkey_export_sockaddr(pb, type, (struct sockaddr *)&sin);
}

static void
export_sin6(struct pfkey_buf *pb, int type, const struct in6_addr *addr,
    in_port_t port)
{
	struct sockaddr_in6 sin6;

	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_len = sizeof(sin6);
	sin6.sin6_family = AF_INET6;
	sin6.sin6_addr = *addr;
	sin6.sin6_port = port;
	pfkey_export_sockaddr(pb, type, (struct sockaddr *)&sin6);
}

static void
export_encap(struct pfkey_buf *pb, int type, const struct sockaddr_encap *sen)
{
	int src = type == SADB_X_EXT_SRC_FLOW || type == SADB_X_EXT_SRC_MASK;

	if (sen->sen_type == SENT_IP4)
		export_sin(pb, type,
		    src ? sen->Sen.Sip4.Src : sen->Sen.Sip4.Dst,
		    src ? sen->Sen.Sip4.Sport : sen->Sen.Sip4.Dport);
	else
		export_sin6(pb, type,
		    src ? &sen->Sen.Sip6.Src : &sen->Sen.Sip6.Dst,
		    src ? sen->Sen.Sip6.Sport : sen->Sen.Sip6.Dport);
}

void
pfkey_export_flow(struct pfkey_buf *pb, const struct sockaddr_encap *f,
    const struct sockaddr_encap *mask, int type, int flags)
{
	int ip4 = f->sen_type == SENT_IP4;

	export_protocol(pb, SADB_X_EXT_FLOW_TYPE, type,
	    ip4 ? f->Sen.Sip4.Direction : f->Sen.Sip6.Direction, flags);
	export_protocol(pb, SADB_X_EXT_PROTOCOL,
	    ip4 ? f->Sen.Sip4.Proto : f->Sen.Sip6.Proto, 0, 0);
	export_encap(pb, SADB_X_EXT_SRC_FLOW, f);
	export_encap(pb, SADB_X_EXT_SRC_MASK, mask);
	export_encap(pb, SADB_X_EXT_DST_FLOW, f);
	export_encap(pb, SADB_X_EXT_DST_MASK, mask);
}

static void
import_flow4(struct sockaddr_encap *f, struct sockaddr_encap *m,
    const union sockaddr_union *su)
{
	f->sen_type = m->sen_type = SENT_IP4;
	m->Sen.Sip4.Src = su[2].sin.sin_addr;
	m->Sen.Sip4.Dst = su[3].sin.sin_addr;
	m->Sen.Sip4.Sport = su[2].sin.sin_port;
	m->Sen.Sip4.Dport = su[3].sin.sin_port;
	f->Sen.Sip4.Src.s_addr = su[0].sin.sin_addr.s_addr &
	    m->Sen.Sip4.Src.s_addr;
	f->Sen.Sip4.Dst.s_addr = su[1].sin.sin_addr.s_addr &
	    m->Sen.Sip4.Dst.s_addr;
	f->Sen.Sip4.Sport = su[0].sin.sin_port & m->Sen.Sip4.Sport;
	f->Sen.Sip4.Dport = su[1].sin.sin_port & m->Sen.Sip4.Dport;
}

static void
import_flow6(struct sockaddr_encap *f, struct sockaddr_encap *m,
    const union sockaddr_union *su)
{
	int i;

	f->sen_type = m->sen_type = SENT_IP6;
	m->Sen.Sip6.Src = su[2].sin6.sin6_addr;
	m->Sen.Sip6.Dst = su[3].sin6.sin6_addr;
	m->Sen.Sip6.Sport = su[2].sin6.sin6_port;
	m->Sen.Sip6.Dport = su[3].sin6.sin6_port;
	for (i = 0; i < 16; i++) {
		f->Sen.Sip6.Src.s6_addr[i] = su[0].sin6.sin6_addr.s6_addr[i] &
		    m->Sen.Sip6.Src.s6_addr[i];
		f->Sen.Sip6.Dst.s6_addr[i] = su[1].sin6.sin6_addr.s6_addr[i] &
		    m->Sen.Sip6.Dst.s6_addr[i];
	}
	f->Sen.Sip6.Sport = su[0].sin6.sin6_port & m->Sen.Sip6.Sport;
	f->Sen.Sip6.Dport = su[1].sin6.sin6_port & m->Sen.Sip6.Dport;
}

void
pfkey_import_flow(void **exts, struct sockaddr_encap *f,
    struct sockaddr_encap *m)
{
	static const uint8_t types[] = { SADB_X_EXT_SRC_FLOW,
	    SADB_X_EXT_DST_FLOW, SADB_X_EXT_SRC_MASK, SADB_X_EXT_DST_MASK };
	const struct sadb_protocol *ft = exts[SADB_X_EXT_FLOW_TYPE];
	const struct sadb_protocol *proto = exts[SADB_X_EXT_PROTOCOL];
	union sockaddr_union su[nitems(types)];
	int i;

	memset(f, 0, sizeof(*f));
	memset(m, 0, sizeof(*m));
	for (i = 0; i < nitems(types); i++)
		pfkey_import_addr(&su[i], exts[types[i]]);
	f->sen_len = m->sen_len = sizeof(*f);
	f->sen_family = m->sen_family = PF_KEY;
	if (su[0].sa.sa_family == AF_INET) {
		import_flow4(f, m, su);
		f->Sen.Sip4.Direction = ft->sadb_protocol_direction;
		f->Sen.Sip4.Proto = proto != NULL ?
		    proto->sadb_protocol_proto : 0;
		m->Sen.Sip4.Direction = 0xff;
		m->Sen.Sip4.Proto = f->Sen.Sip4.Proto != 0 ? 0xff : 0;
	} else {
		import_flow6(f, m, su);
		f->Sen.Sip6.Direction = ft->sadb_protocol_direction;
		f->Sen.Sip6.Proto = proto != NULL ?
		    proto->sadb_protocol_proto : 0;
		m->Sen.Sip6.Direction = 0xff;
		m->Sen.Sip6.Proto = f->Sen.Sip6.Proto != 0 ? 0xff : 0;
	}
}

static void
export_ident(struct pfkey_buf *pb, int type, const struct ipsec_id *id)
{
	struct sadb_ident *ext;

	if (id == NULL)
		return;
	ext = pfkey_put(pb, type, sizeof(*ext) + id->len);
	if (ext == NULL)
		return;
	ext->sadb_ident_type = id->type;
	memcpy(ext + 1, id + 1, id->len);
}

void
pfkey_export_idents(struct pfkey_buf *pb, const struct ipsec_ids *ids,
    int swapped)
{
	if (ids == NULL)
		return;
	export_ident(pb, SADB_EXT_IDENTITY_SRC,
	    swapped ? ids->id_remote : ids->id_local);
	export_ident(pb, SADB_EXT_IDENTITY_DST,
	    swapped ? ids->id_local : ids->id_remote);
}

static struct ipsec_id *
import_ident(const struct sadb_ident *ext)
{
	struct ipsec_id *id;
	size_t len;

	if (ext == NULL)
		return (NULL);
	len = strlen((const char *)(ext + 1)) + 1;
	id = malloc(sizeof(*id) + len, M_CREDENTIALS, M_WAITOK);
	id->type = ext->sadb_ident_type;
	id->len = len;
	memcpy(id + 1, ext + 1, len);
	return (id);
}

struct ipsec_ids *
pfkey_import_idents(void **exts, int swapped)
{
	struct ipsec_id *src, *dst;
	struct ipsec_ids *ids;

	if (exts[SADB_EXT_IDENTITY_SRC] == NULL &&
	    exts[SADB_EXT_IDENTITY_DST] == NULL)
		return (NULL);
	src = import_ident(exts[SADB_EXT_IDENTITY_SRC]);
	dst = import_ident(exts[SADB_EXT_IDENTITY_DST]);
	ids = swapped ? ipsp_ids_insert(dst, src) : ipsp_ids_insert(src, dst);
	if (src != NULL)
		free(src, M_CREDENTIALS, sizeof(*src) + src->len);
	if (dst != NULL)
		free(dst, M_CREDENTIALS, sizeof(*dst) + dst->len);
	return (ids);
}

/*
 * Policies
 */

/* the kernel's types of policies, and PF_KEY's */
static const u_int8_t flow_types[] = {
	[IPSP_IPSEC_USE] = SADB_X_FLOW_TYPE_USE,
	[IPSP_IPSEC_ACQUIRE] = SADB_X_FLOW_TYPE_ACQUIRE,
	[IPSP_IPSEC_REQUIRE] = SADB_X_FLOW_TYPE_REQUIRE,
	[IPSP_PERMIT] = SADB_X_FLOW_TYPE_BYPASS,
	[IPSP_DENY] = SADB_X_FLOW_TYPE_DENY,
	[IPSP_IPSEC_DONTACQ] = SADB_X_FLOW_TYPE_DONTACQ,
};

/* -1: there is no such type. */
static int
flow_import_type(int sadb)
{
	int type;

	for (type = 0; type < nitems(flow_types); type++)
		if (flow_types[type] == sadb)
			return (type);
	return (-1);
}

/* What is not said of the SA is the protocol ESP. */
static int
flow_import_sproto(int satype)
{
	switch (satype) {
	case SADB_SATYPE_UNSPEC:
	case SADB_SATYPE_ESP:
		return (IPPROTO_ESP);
	case SADB_SATYPE_AH:
		return (IPPROTO_AH);
	case SADB_X_SATYPE_IPIP:
		return (IPPROTO_IPIP);
	default:
		return (-1);
	}
}

static int
flow_satype(const struct ipsec_policy *ipo)
{
	switch (ipo->ipo_sproto) {
	case IPPROTO_AH:
		return (SADB_SATYPE_AH);
	case IPPROTO_IPIP:
		return (SADB_X_SATYPE_IPIP);
	default:
		return (SADB_SATYPE_ESP);
	}
}

static u_int
flow_rdomain(const struct pfkey_req *pr)
{
	const struct sadb_x_rdomain *rd = pr->pr_ext[SADB_X_EXT_RDOMAIN];

	return (rd != NULL ? rd->sadb_x_rdomain_dom1 : pr->pr_rdomain);
}

static int
flow_check(const struct pfkey_req *pr)
{
	const struct sadb_protocol *ft = pr->pr_ext[SADB_X_EXT_FLOW_TYPE];

	if (pfkey_checkflow((void **)pr->pr_ext, 0) != 0)
		return (EINVAL);
	if (ft->sadb_protocol_direction != IPSP_DIRECTION_IN &&
	    ft->sadb_protocol_direction != IPSP_DIRECTION_OUT)
		return (EINVAL);
	if (flow_rdomain(pr) > RT_TABLEID_MAX ||
	    !pfkey_isrdomain(flow_rdomain(pr)))
		return (EINVAL);
	return (0);
}

/* Ends of the SA have to be of one family if both are given. */
static int
flow_import_ends(struct ipsec_policy *ipo, void **exts)
{
	if (exts[SADB_EXT_ADDRESS_SRC] != NULL)
		pfkey_import_addr(&ipo->ipo_src, exts[SADB_EXT_ADDRESS_SRC]);
	if (exts[SADB_EXT_ADDRESS_DST] != NULL)
		pfkey_import_addr(&ipo->ipo_dst, exts[SADB_EXT_ADDRESS_DST]);
	if (ipo->ipo_src.sa.sa_family != AF_UNSPEC &&
	    ipo->ipo_dst.sa.sa_family != AF_UNSPEC &&
	    ipo->ipo_src.sa.sa_family != ipo->ipo_dst.sa.sa_family)
		return (EINVAL);
	return (0);
}

static int
flow_import(struct ipsec_policy *ipo, struct pfkey_req *pr)
{
	const struct sadb_protocol *ft = pr->pr_ext[SADB_X_EXT_FLOW_TYPE];
	int type = flow_import_type(ft->sadb_protocol_proto);
	int sproto = flow_import_sproto(pr->pr_msg->sadb_msg_satype);

	if (sproto == -1)
		return (EOPNOTSUPP);
	if (type == -1 || flow_import_ends(ipo, pr->pr_ext) != 0)
		return (EINVAL);
	pfkey_import_flow(pr->pr_ext, &ipo->ipo_addr, &ipo->ipo_mask);
	ipo->ipo_rdomain = flow_rdomain(pr);
	ipo->ipo_type = type;
	ipo->ipo_sproto = sproto;
	if (ISSET(ft->sadb_protocol_flags, SADB_X_POLICYFLAGS_POLICY))
		ipo->ipo_flags |= IPSP_POLICY_STATIC;
	ipo->ipo_ids = pfkey_import_idents(pr->pr_ext, 0);
	return (0);
}

/* An administrator's policy is not replaced by one of a daemon. */
static void
flow_insert(struct ipsec_policy *ipo)
{
	struct ipsec_policy *old;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	old = spd_find(ipo->ipo_rdomain, &ipo->ipo_addr, &ipo->ipo_mask);
	if (old != NULL && ISSET(old->ipo_flags, IPSP_POLICY_STATIC) &&
	    !ISSET(ipo->ipo_flags, IPSP_POLICY_STATIC)) {
		ipsp_ids_free(ipo->ipo_ids);
		free(ipo, M_TDB, sizeof(*ipo));
		return;
	}
	if (old != NULL)
		spd_remove(old);
	spd_insert(ipo);
}

int
pfkey_addflow(struct pfkey_req *pr)
{
	struct ipsec_policy *ipo;
	int error;

	if ((error = flow_check(pr)) != 0)
		return (error);
	ipo = malloc(sizeof(*ipo), M_TDB, M_WAITOK | M_ZERO);
	if ((error = flow_import(ipo, pr)) != 0) {
		free(ipo, M_TDB, sizeof(*ipo));
		return (error);
	}
	NET_LOCK();
	flow_insert(ipo);
	NET_UNLOCK();
	return (0);
}

int
pfkey_delflow(struct pfkey_req *pr)
{
	struct sockaddr_encap addr, mask;
	struct ipsec_policy *ipo;
	int error;

	if ((error = flow_check(pr)) != 0)
		return (error);
	pfkey_import_flow(pr->pr_ext, &addr, &mask);
	NET_LOCK();
	if ((ipo = spd_find(flow_rdomain(pr), &addr, &mask)) != NULL)
		spd_remove(ipo);
	else
		error = ESRCH;
	NET_UNLOCK();
	return (error);
}

/* The flow of a question that key management was asked. */
int
pfkey_askpolicy(struct pfkey_req *pr)
{
	const struct sadb_x_policy *pol = pr->pr_ext[SADB_X_EXT_POLICY];
	struct sockaddr_encap addr, mask;
	int error;

	error = spd_acquired(pr->pr_rdomain, pol->sadb_x_policy_seq, &addr,
	    &mask);
	if (error == 0)
		pfkey_export_flow(&pr->pr_out, &addr, &mask,
		    SADB_X_FLOW_TYPE_REQUIRE, 0);
	return (error);
}

void
pfkey_export_policy(struct ipsec_policy *ipo, struct pfkey_buf *pb, int ids)
{
	pfkey_begin(pb, SADB_X_SPDDUMP, flow_satype(ipo));
	if (ipo->ipo_src.sa.sa_family != AF_UNSPEC)
		pfkey_export_sockaddr(pb, SADB_EXT_ADDRESS_SRC,
		    &ipo->ipo_src.sa);
	if (ipo->ipo_dst.sa.sa_family != AF_UNSPEC)
		pfkey_export_sockaddr(pb, SADB_EXT_ADDRESS_DST,
		    &ipo->ipo_dst.sa);
	pfkey_export_flow(pb, &ipo->ipo_addr, &ipo->ipo_mask,
	    flow_types[ipo->ipo_type],
	    ISSET(ipo->ipo_flags, IPSP_POLICY_STATIC) ?
	    SADB_X_POLICYFLAGS_POLICY : 0);
	if (ids)
		pfkey_export_idents(pb, ipo->ipo_ids, 0);
	pfkey_end(pb);
}

/* The near end that a policy or else the packet names; any, if neither. */
static void
acquire_src(const struct ipsec_policy *ipo,
    const struct sockaddr_encap *packet, const union sockaddr_union *dst,
    union sockaddr_union *src)
{
	*src = ipo->ipo_src;
	if (src->sa.sa_family == dst->sa.sa_family)
		return;
	memset(src, 0, sizeof(*src));
	src->sa.sa_len = dst->sa.sa_len;
	src->sa.sa_family = dst->sa.sa_family;
	if (ipo->ipo_dst.sa.sa_family != AF_UNSPEC &&
	    !pfkey_addr_isany(&ipo->ipo_dst))
		return;
	if (dst->sa.sa_family == AF_INET)
		src->sin.sin_addr = packet->Sen.Sip4.Src;
	else
		src->sin6.sin6_addr = packet->Sen.Sip6.Src;
}

int
pfkeyv2_acquire(const struct ipsec_policy *ipo,
    const struct sockaddr_encap *packet, const union sockaddr_union *dst,
    u_int32_t seq)
{
	union sockaddr_union src;
	struct pfkey_buf pb;
	struct sadb_prop *prop;
	int error;

	NET_ASSERT_LOCKED();
	acquire_src(ipo, packet, dst, &src);
	pfkey_buf_init(&pb, M_NOWAIT);
	pfkey_begin(&pb, SADB_ACQUIRE, flow_satype(ipo));
	pfkey_export_sockaddr(&pb, SADB_EXT_ADDRESS_SRC, &src.sa);
	pfkey_export_sockaddr(&pb, SADB_EXT_ADDRESS_DST, &dst->sa);
	pfkey_export_idents(&pb, ipo->ipo_ids, 0);
	prop = pfkey_put(&pb, SADB_EXT_PROPOSAL, sizeof(*prop) +
	    sizeof(struct sadb_comb));
	if (prop != NULL) {
		prop->sadb_prop_num = 1;
		prop->sadb_prop_replay = 64;
		ipsec_comb((struct sadb_comb *)(prop + 1));
	}
	pfkey_end(&pb);
	if (pb.pb_error != 0) {
		error = ENOBUFS;
		pfkey_nomem();
	} else {
		((struct sadb_msg *)pb.pb_data)->sadb_msg_seq = seq;
		error = pfkey_tellregistered(ipo->ipo_rdomain,
		    flow_satype(ipo), pb.pb_data, pb.pb_len);
	}
	pfkey_buf_free(&pb);
	return (error);
}
