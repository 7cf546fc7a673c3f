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
 * NAT traversal (RFC 3947, and the drafts 02 and 03 that some still speak).
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sa.h"

#define ENCAP_RFC	2	/* V1_ENCAP_UDP_TUNNEL - V1_ENCAP_TUNNEL */
#define ENCAP_DRAFT	(V1_ENCAP_DRAFT_TUNNEL - V1_ENCAP_TUNNEL)

const uint8_t natt_vid_rfc[16] = { 0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58,
    0x45, 0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f };
const uint8_t natt_vid_03[16] = { 0x7d, 0x94, 0x19, 0xa6, 0x53, 0x10, 0xca,
    0x6f, 0x2c, 0x17, 0x9d, 0x92, 0x15, 0x52, 0x9d, 0x56 };
const uint8_t natt_vid_02[16] = { 0xcd, 0x60, 0x46, 0x43, 0x35, 0xdf, 0x21,
    0xf8, 0x7c, 0xfd, 0xb2, 0xfc, 0x68, 0xb6, 0xa4, 0x48 };
const uint8_t natt_vid_02n[16] = { 0x90, 0xcb, 0x80, 0x91, 0x3e, 0xbb, 0x69,
    0x6e, 0x08, 0x63, 0x81, 0xb5, 0xec, 0x42, 0x7b, 0x1f };
const uint8_t dpd_vid[16] = { 0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9,
    0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00 };

static void	natt_timeout(void *);

/* hash(CKY-I | CKY-R | address | port) */
static int
natd(const struct sa *sa, const struct ike_addr *a, uint8_t out[HASH_MAX])
{
	const uint8_t port[2] = { a->ia_port >> 8, a->ia_port };
	const struct span parts[] = { { sa->sa_cookies, 16 },
	    { a->ia_addr, addr_len(a) }, { port, sizeof(port) } };

	return (hash_calc(sa->sa_keys.k_hash, parts, 3, out));
}

/* The other end first, then we. */
void
natt_put(struct sa *sa, struct msgb *mb)
{
	const uint8_t type = sa->sa_flags & SAF_DRAFT ? V1_P_NATD_DRAFT :
	    V1_P_NATD;
	const size_t len = hash_len(sa->sa_keys.k_hash);
	uint8_t hash[HASH_MAX];

	if ((sa->sa_flags & SAF_NATT) == 0)
		return;
	if (natd(sa, &sa->sa_peer, hash) == 0)
		mb_data(mb, type, hash, len);
	if (natd(sa, &sa->sa_local, hash) == 0)
		mb_data(mb, type, hash, len);
}

static int
natd_is(const struct sa *sa, const struct span *s, const struct ike_addr *a)
{
	uint8_t hash[HASH_MAX];

	return (natd(sa, a, hash) == 0 &&
	    s->s_len == hash_len(sa->sa_keys.k_hash) &&
	    memcmp(s->s_data, hash, s->s_len) == 0);
}

/* The first is us as the peer sees us, the others are how it sees itself. */
void
natt_get(struct sa *sa, const struct msg *m, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	unsigned int i;
	int same = 0;

	if ((sa->sa_flags & (SAF_NATT | SAF_NAT_KNOWN)) != SAF_NATT ||
	    m->m_nnatd < 2)
		return;
	sa->sa_flags |= SAF_NAT_KNOWN;
	if (!natd_is(sa, &m->m_natd[0], local))
		sa->sa_flags |= SAF_NAT_SELF;
	for (i = 1; i < m->m_nnatd; i++)
		same |= natd_is(sa, &m->m_natd[i], peer);
	if (!same)
		sa->sa_flags |= SAF_NAT_PEER;
}

/* The initiator goes to the other port, if there is a NAT between. */
void
natt_float(struct sa *sa)
{
	const uint16_t natt = sa->sa_engine->en_nattport;

	if ((sa->sa_flags & (SAF_NAT_SELF | SAF_NAT_PEER)) == 0 ||
	    sa_natt(sa) || natt == 0)
		return;
	sa->sa_local.ia_port = natt;
	if (sa->sa_peer.ia_port == IKE_PORT)
		sa->sa_peer.ia_port = IKE_PORT_NATT;
}

static void
natt_move(const struct sa *sa)
{
	struct pair *pr;
	struct conn *cn;

	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (pr->pr_flags & PRF_MOVES) {
				pr->pr_flags &= ~PRF_MOVES;
				pair_moved(pr, sa);
			}
}

/* An authentic and new message came from there: so the peer is there. */
void
natt_follow(struct sa *sa, const struct ike_addr *local,
    const struct ike_addr *peer)
{
	struct engine *en = sa->sa_engine;
	struct pair *pr;
	struct conn *cn;

	if ((addr_cmp(&sa->sa_local, local) == 0 &&
	    addr_cmp(&sa->sa_peer, peer) == 0) ||
	    (sa->sa_flags & SAF_NATT) == 0)
		return;
	/* only a NAT moves a peer; to the NAT port both may go */
	if ((sa->sa_flags & SAF_NAT_PEER) == 0 &&
	    !addr_same(&sa->sa_peer, peer))
		return;
	dbg(DBG_TRANSPORT, 10, "%s: the peer is at %s now", sa_name(sa),
	    addr_print(peer));
	TAILQ_FOREACH(cn, &en->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (cn->cn_conf->pc_peer == sa->sa_conf &&
			    pr->pr_udp &&
			    addr_cmp(&pr->pr_peer, &sa->sa_peer) == 0 &&
			    id_cmp(&pr->pr_remote, &sa->sa_remote) == 0)
				pr->pr_flags |= PRF_MOVES;
	sa->sa_local = *local;
	sa->sa_peer = *peer;
	natt_move(sa);
}

/* Another ISAKMP SA that is in use has its peer there. */
static int
natt_held(const struct sa *sa, const struct ike_addr *peer)
{
	const struct sa *other;

	TAILQ_FOREACH(other, &sa->sa_engine->en_sas, sa_entry)
		if (other != sa && (other->sa_flags & (SAF_ESTABLISHED |
		    SAF_REPLACED)) == SAF_ESTABLISHED &&
		    addr_cmp(&other->sa_peer, peer) == 0)
			return (1);
	return (0);
}

/*
 * The peer was not followed while there was no ISAKMP SA with it: a NAT may
 * have other ports for it by now, and what is in UDP has to go there.
 */
void
natt_adopt(struct sa *sa)
{
	struct pair *pr;
	struct conn *cn;

	if ((sa->sa_flags & SAF_NAT_PEER) == 0)
		return;
	TAILQ_FOREACH(cn, &sa->sa_engine->en_conns, cn_entry)
		TAILQ_FOREACH(pr, &cn->cn_pairs, pr_entry)
			if (cn->cn_conf->pc_peer == sa->sa_conf &&
			    pr->pr_udp &&
			    addr_cmp(&pr->pr_peer, &sa->sa_peer) != 0 &&
			    id_cmp(&pr->pr_remote, &sa->sa_remote) == 0 &&
			    !natt_held(sa, &pr->pr_peer))
				pr->pr_flags |= PRF_MOVES;
	natt_move(sa);
}

void
natt_keepalive(struct sa *sa)
{
	const uint64_t ms = sa->sa_engine->en_model->md_keepalive * 1000ULL;

	sa->sa_alive.t_fn = natt_timeout;
	if ((sa->sa_flags & SAF_NAT_SELF) && sa_natt(sa) && ms != 0)
		en_timer(sa->sa_engine, &sa->sa_alive, ms);
}

static void
natt_timeout(void *arg)
{
	struct sa *sa = arg;
	struct engine *en = sa->sa_engine;

	if ((sa->sa_flags & SAF_REPLACED) == 0) {
		en->en_stats.st_keepalives++;
		en->en_world.w_keepalive(en->en_arg, &sa->sa_local,
		    &sa->sa_peer);
	}
	natt_keepalive(sa);
}

unsigned int
natt_encap(const struct sa *sa)
{
	if ((sa->sa_flags & (SAF_NAT_SELF | SAF_NAT_PEER)) == 0)
		return (0);
	return (sa->sa_flags & SAF_DRAFT ? ENCAP_DRAFT : ENCAP_RFC);
}

int
natt_kind(const struct sa *sa)
{
	if ((sa->sa_flags & (SAF_NAT_SELF | SAF_NAT_PEER)) == 0)
		return (-1);
	return ((sa->sa_flags & SAF_DRAFT) != 0);
}
