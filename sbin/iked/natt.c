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
 * NAT traversal: RFC 7296 2.23, and peers whose addresses change.
 */
#include <string.h>

#include "log.h"
#include "sa.h"

static void
natt_hash(uint64_t spii, uint64_t spir, const struct ike_addr *a,
    uint8_t hash[20])
{
	struct buf b = { 0 };

	buf_put64(&b, spii);
	buf_put64(&b, spir);
	buf_put(&b, a->ia_addr, addr_len(a));
	buf_put16(&b, a->ia_port);
	if (b.b_failed)
		memset(hash, 0, 20);
	else
		crypto_sha1(b.b_data, b.b_len, hash);
	buf_clear(&b);
}

/* UDP encapsulation is wanted even without a NAT. */
static int
natt_forced(const struct sa *sa)
{
	struct plan *pn = sa->sa_tun->tn_plan;

	return ((sa->sa_engine->en_flags & ENF_FORCENATT) ||
	    (pn != NULL && (pn->pn_policy->pol_flags & POL_NATT)));
}

void
natt_put(struct msgb *mb, const struct sa *sa, int zeror)
{
	uint64_t spir = zeror ? 0 : sa->sa_spi[1];
	uint8_t hash[20];

	if (sa->sa_engine->en_nattport == 0)
		return;
	natt_hash(sa->sa_spi[0], spir, &sa->sa_local, hash);
	/* a hash that fits nothing: the peer thinks that we are behind one */
	if (natt_forced(sa))
		en_random(sa->sa_engine, hash, sizeof(hash));
	mb_notify(mb, IKE_PROTO_NONE, NULL, 0, IKE_N_NAT_DETECTION_SOURCE_IP,
	    hash, sizeof(hash));
	natt_hash(sa->sa_spi[0], spir, &sa->sa_peer, hash);
	mb_notify(mb, IKE_PROTO_NONE, NULL, 0,
	    IKE_N_NAT_DETECTION_DESTINATION_IP, hash, sizeof(hash));
}

/* A peer with several addresses sends several of the source. */
static int
natt_match(const struct msg *m, uint16_t type, const uint8_t hash[20],
    int *any)
{
	const struct msg_notify *mn;
	unsigned int i;

	for (i = 0; i < m->m_nnotifies; i++) {
		mn = &m->m_notifies[i];
		if (mn->mn_type != type)
			continue;
		*any = 1;
		if (mn->mn_data.s_len == 20 &&
		    memcmp(mn->mn_data.s_data, hash, 20) == 0)
			return (1);
	}
	return (0);
}

int
natt_get(struct sa *sa, const struct msg *m, uint64_t spir)
{
	uint8_t hash[20];
	int any = 0;

	sa->sa_flags &= ~(SAF_NAT_SELF | SAF_NAT_PEER | SAF_ENCAP);
	if (sa->sa_engine->en_nattport == 0)
		return (0);
	natt_hash(sa->sa_spi[0], spir, &sa->sa_peer, hash);
	if (!natt_match(m, IKE_N_NAT_DETECTION_SOURCE_IP, hash, &any) && any)
		sa->sa_flags |= SAF_NAT_PEER | SAF_ENCAP;
	natt_hash(sa->sa_spi[0], spir, &sa->sa_local, hash);
	if (any && !natt_match(m, IKE_N_NAT_DETECTION_DESTINATION_IP, hash,
	    &any))
		sa->sa_flags |= SAF_NAT_SELF | SAF_ENCAP;
	if (any && natt_forced(sa))
		sa->sa_flags |= SAF_ENCAP;
	return (any);
}

/*
 * As whom the peer sees us, by its NAT_DETECTION_DESTINATION_IP.  1: as
 * somebody else than the last time (RFC 4555 3.8).
 */
int
natt_seen(struct sa *sa, const struct msg *m)
{
	const struct msg_notify *mn;
	int changed;

	mn = msg_notify(m, IKE_N_NAT_DETECTION_DESTINATION_IP);
	if (mn == NULL || mn->mn_data.s_len != sizeof(sa->sa_seen))
		return (0);
	changed = sa->sa_isseen && memcmp(sa->sa_seen, mn->mn_data.s_data,
	    sizeof(sa->sa_seen)) != 0;
	memcpy(sa->sa_seen, mn->mn_data.s_data, sizeof(sa->sa_seen));
	sa->sa_isseen = 1;
	return (changed);
}

void
natt_float(struct sa *sa)
{
	struct engine *en = sa->sa_engine;

	if (!(sa->sa_flags & SAF_ENCAP) || sa_natt(sa))
		return;
	sa->sa_local.ia_port = en->en_nattport;
	if (sa->sa_peer.ia_port == en->en_ikeport)
		sa->sa_peer.ia_port = en->en_nattport;
	log_debug("%sNAT before %s: port %u from now on", sa_prefix(sa),
	    sa->sa_flags & SAF_NAT_SELF ? "us" : "the peer",
	    sa->sa_peer.ia_port);
}

/* Anybody may send a copy of a message from another port, and be faster. */
static int
natt_may_follow(const struct sa *sa, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	const struct engine *en = sa->sa_engine;

	if (sa->sa_state >= SA_ESTABLISHED)
		return ((sa->sa_flags & SAF_NAT_PEER) != 0);
	if (sa->sa_flags & SAF_INITIATOR)
		return (0);
	if (sa->sa_flags & SAF_NAT_PEER)
		return (1);
	/* the initiator floats */
	return (en->en_nattport != 0 && local->ia_port == en->en_nattport &&
	    peer->ia_port == en->en_nattport &&
	    addr_same(&sa->sa_peer, peer) && addr_same(&sa->sa_local, local));
}

/*
 * An authentic, new message from elsewhere.  The initiator of IKE_AUTH
 * floats to the other port; a NAT may give its host another port or address
 * (RFC 7296 2.23).  One without a NAT does not move so, but by MOBIKE.
 */
void
natt_follow(struct sa *sa, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	struct tunnel *tn = sa->sa_tun;

	if ((addr_cmp(&sa->sa_peer, peer) == 0 &&
	    addr_cmp(&sa->sa_local, local) == 0) ||
	    sa->sa_state == SA_CLOSED || !natt_may_follow(sa, local, peer))
		return;
	log_info("%speer is at %s now, was at %s", sa_prefix(sa),
	    addr_print(peer), addr_print(&sa->sa_peer));
	sa->sa_peer = *peer;
	sa->sa_local = *local;
	if (sa != tn->tn_sa)
		return;
	sa->sa_engine->en_stats.st_moves++;
	tun_moved(tn, sa);
}

/* RFC 3948 2.3: whoever is behind a NAT keeps its mapping alive. */
void
natt_keepalive(struct tunnel *tn)
{
	struct engine *en = tn->tn_engine;
	struct sa *sa = tn->tn_sa;

	if (sa == NULL || !(sa->sa_flags & SAF_NAT_SELF) ||
	    (tn->tn_flags & TNF_CLOSING))
		return;
	if (!(en->en_flags & ENF_PASSIVE)) {
		en->en_world.w_keepalive(en->en_arg, &sa->sa_local,
		    &sa->sa_peer);
		en->en_stats.st_keepalives++;
	}
	en_timer(en, &tn->tn_keepalive, KEEPALIVE);
}
