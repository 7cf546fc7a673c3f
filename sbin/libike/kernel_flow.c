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
 * Policies: which packets need an SA, where no interface says so.
 */
#include <sys/types.h>
#include <net/pfkeyv2.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel_var.h"

#define PORT_MAX	65535

/* The mask of a range of addresses, or -1: it is not a network. */
static int
mask(const struct ike_ts *ts, uint8_t *m)
{
	size_t i, n = ts->ts_family == 6 ? 16 : 4;
	uint8_t hosts, net = 0xff;

	for (i = 0; i < n; i++) {
		/* after the first octet that is not all network, all hosts */
		hosts = net == 0xff ? ts->ts_lo[i] ^ ts->ts_hi[i] : 0xff;
		if ((hosts & (hosts + 1)) != 0 || (ts->ts_lo[i] & hosts) != 0 ||
		    (ts->ts_hi[i] & hosts) != hosts)
			return (-1);
		m[i] = net = ~hosts;
	}
	return (0);
}

static int
port(const struct ike_ts *ts, uint16_t *p, uint16_t *m)
{
	*p = *m = 0;
	if (ts->ts_port[0] == 0 && ts->ts_port[1] == PORT_MAX)
		return (0);
	*p = ts->ts_port[0];
	*m = PORT_MAX;
	return (ts->ts_port[0] == ts->ts_port[1] ? 0 : -1);
}

const char *
kmsg_noselectors(const struct ike_ts *local, const struct ike_ts *remote)
{
	uint8_t m[16];
	uint16_t p, pm;

	if (local->ts_family != remote->ts_family)
		return ("a policy goes from IPv4 to IPv4 or from IPv6 to IPv6");
	if (local->ts_proto != remote->ts_proto)
		return ("a policy has one protocol for both ends");
	if (mask(local, m) == -1 || mask(remote, m) == -1)
		return ("a policy is between networks, not ranges");
	if (port(local, &p, &pm) == -1 || port(remote, &p, &pm) == -1)
		return ("a policy has one port or all, not a range");
	return (NULL);
}

static void
req_protocol(struct request *rq, uint16_t type, uint8_t proto,
    uint8_t direction)
{
	struct sadb_protocol *ext;

	ext = kmsg_ext(rq, type, sizeof(*ext));
	ext->sadb_protocol_proto = proto;
	ext->sadb_protocol_direction = direction;
}

static void
req_end(struct request *rq, const struct ike_ts *ts, uint16_t flow,
    uint16_t maskext)
{
	uint8_t m[16];
	uint16_t p, pm;

	(void)mask(ts, m);
	(void)port(ts, &p, &pm);
	kmsg_sockaddr(rq, flow, ts->ts_family, ts->ts_lo, p);
	kmsg_sockaddr(rq, maskext, ts->ts_family, m, pm);
}

void
kmsg_selectors(struct request *rq, const struct ike_ts *local,
    const struct ike_ts *remote, uint8_t direction)
{
	int in = direction == IPSP_DIRECTION_IN;

	req_protocol(rq, SADB_X_EXT_FLOW_TYPE, SADB_X_FLOW_TYPE_REQUIRE,
	    direction);
	req_protocol(rq, SADB_X_EXT_PROTOCOL, local->ts_proto, 0);
	req_end(rq, in ? remote : local, SADB_X_EXT_SRC_FLOW,
	    SADB_X_EXT_SRC_MASK);
	req_end(rq, in ? local : remote, SADB_X_EXT_DST_FLOW,
	    SADB_X_EXT_DST_MASK);
}

/*
 * The flow is seen as the packets go; the hosts and their names are our own
 * and the peer's for both directions.  The mode is the SA's to say.
 */
static int
flow(struct kernel *k, const struct kflow *kf, int add, uint8_t direction)
{
	struct request rq;

	kmsg_begin(&rq, add ? SADB_X_ADDFLOW : SADB_X_DELFLOW,
	    kmsg_satype(kf->kf_proto));
	if (add) {
		if (kf->kf_self.ia_family != 0)
			kmsg_addr(&rq, SADB_EXT_ADDRESS_SRC, &kf->kf_self);
		if (kf->kf_peer.ia_family != 0)
			kmsg_addr(&rq, SADB_EXT_ADDRESS_DST, &kf->kf_peer);
		kmsg_idents(&rq, kf->kf_selfid, kf->kf_peerid);
	}
	kmsg_selectors(&rq, &kf->kf_local, &kf->kf_remote, direction);
	return (kmsg_tell(k, &rq));
}

int
kernel_flow(struct kernel *k, const struct kflow *kf, int add)
{
	int error, error2;

	if (kmsg_noselectors(&kf->kf_local, &kf->kf_remote) != NULL)
		return (EINVAL);
	if (add) {
		if ((error = flow(k, kf, 1, IPSP_DIRECTION_IN)) == 0 &&
		    (error = flow(k, kf, 1, IPSP_DIRECTION_OUT)) != 0)
			(void)flow(k, kf, 0, IPSP_DIRECTION_IN);
		return (error);
	}
	error = flow(k, kf, 0, IPSP_DIRECTION_OUT);
	error2 = flow(k, kf, 0, IPSP_DIRECTION_IN);
	return (error != 0 ? error : error2);
}

/*
 * SAs that are wanted.
 */

/* One end of the policy in the answer; 0, or -1: it is none that we know. */
static int
policy_end(const struct message *m, int flow, int netmask, struct ike_ts *ts)
{
	const struct sadb_protocol *proto =
	    (const void *)m->ext[SADB_X_EXT_PROTOCOL];
	struct ike_addr net, msk;
	unsigned int i;

	memset(ts, 0, sizeof(*ts));
	if (kmsg_getaddr(m->ext[flow], &net) == -1 ||
	    kmsg_getaddr(m->ext[netmask], &msk) == -1 ||
	    net.ia_family != msk.ia_family)
		return (-1);
	ts->ts_family = net.ia_family;
	ts->ts_proto = proto == NULL ? 0 : proto->sadb_protocol_proto;
	ts->ts_port[0] = msk.ia_port == 0 ? 0 : net.ia_port;
	ts->ts_port[1] = msk.ia_port == 0 ? PORT_MAX : net.ia_port;
	for (i = 0; i < (net.ia_family == 6 ? 16 : 4); i++) {
		ts->ts_lo[i] = net.ia_addr[i] & msk.ia_addr[i];
		ts->ts_hi[i] = net.ia_addr[i] | ~msk.ia_addr[i];
	}
	return (0);
}

/* What the policy was is asked by the number of the question. */
static void
ask_policy(struct kernel *k, uint32_t seq, struct kacquire *ka)
{
	struct sadb_x_policy *pol;
	struct request rq;

	kmsg_begin(&rq, SADB_X_ASKPOLICY, kmsg_satype(ka->ka_proto));
	pol = kmsg_ext(&rq, SADB_X_EXT_POLICY, sizeof(*pol));
	pol->sadb_x_policy_seq = seq;
	if (kmsg_ask(k, &rq) != 0 ||
	    policy_end(k->k_msg, SADB_X_EXT_SRC_FLOW, SADB_X_EXT_SRC_MASK,
	    &ka->ka_local) == -1 ||
	    policy_end(k->k_msg, SADB_X_EXT_DST_FLOW, SADB_X_EXT_DST_MASK,
	    &ka->ka_remote) == -1) {
		memset(&ka->ka_local, 0, sizeof(ka->ka_local));
		memset(&ka->ka_remote, 0, sizeof(ka->ka_remote));
	}
}

void
kflow_acquired(struct kernel *k, const struct message *m)
{
	struct kacquire ka;

	memset(&ka, 0, sizeof(ka));
	if (kmsg_getaddr(m->ext[SADB_EXT_ADDRESS_DST], &ka.ka_peer) == -1)
		return;
	/* any of ours, if the policy has none */
	if (kmsg_getaddr(m->ext[SADB_EXT_ADDRESS_SRC], &ka.ka_self) == -1)
		memset(&ka.ka_self, 0, sizeof(ka.ka_self));
	ka.ka_self.ia_port = ka.ka_peer.ia_port = 0;
	ka.ka_proto = m->msg.sadb_msg_satype == SADB_SATYPE_AH ?
	    IKE_PROTO_AH : IKE_PROTO_ESP;
	ask_policy(k, m->msg.sadb_msg_seq, &ka);
	k->k_acquire(k->k_arg, &ka);
}

const char *
kernel_flow_reason(int error, const struct kflow *kf)
{
	static char why[128];
	const char *reason = NULL;

	if (error == ESRCH)
		reason = "there is no such policy";
	else if (error == EEXIST)
		reason = "there is such a policy already";
	else if (error == EINVAL && kf != NULL)
		reason = kmsg_noselectors(&kf->kf_local, &kf->kf_remote);
	(void)strlcpy(why, reason != NULL ? reason : strerror(error),
	    sizeof(why));
	return (why);
}
