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
 * What engines of isakmpd see of the world besides fuzz_world.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_v1engine.h"
#include "fuzz_v1inside.h"
#include "fuzz_v1world.h"

struct strangers strangers;

/* What the ca says. */
struct said {
	struct answer	 sd_answer;
	struct auth_res	 sd_res;
};

static void
give_auth(struct answer *an)
{
	engine_auth(an->an_node->n_engine, &((struct said *)an)->sd_res);
}

static void
said_clear(struct answer *an)
{
	auth_res_clear(&((struct said *)an)->sd_res);
}

/* A signature is what it is of: what a ca does is no matter here. */
static void
sign(const struct auth_req *ar, struct auth_res *as)
{
	as->as_ok = 1;
	buf_put(&as->as_data, ar->ar_hash.b_data, ar->ar_hash.b_len);
	as->as_ncerts = 1;
	as->as_certs[0].ac_encoding = IKE_CERT_X509;
	buf_put(&as->as_certs[0].ac_data, "no certificate", 14);
}

static void
verify(const struct auth_req *ar, struct auth_res *as)
{
	as->as_ok = ar->ar_sig.b_len == ar->ar_hash.b_len &&
	    memcmp(ar->ar_sig.b_data, ar->ar_hash.b_data,
	    ar->ar_hash.b_len) == 0;
}

static void
our_auth(void *arg, const struct auth_req *ar)
{
	struct node *n = arg;
	struct auth_res *as;
	struct said *sd;

	sd = answer_new(sizeof(*sd), give_auth, said_clear);
	as = &sd->sd_res;
	if (ar->ar_kind == AUTH_SKEYID && !z.refuse)
		ca_do(n->n_ca, ar, as);
	else if (ar->ar_kind == AUTH_SIGN && !z.refuse)
		sign(ar, as);
	else if (ar->ar_kind == AUTH_VERIFY && !z.refuse)
		verify(ar, as);
	as->as_asker = ar->ar_asker;
	as->as_kind = ar->ar_kind;
	if (!as->as_ok && as->as_why == NULL &&
	    (as->as_why = strdup("it says no")) == NULL)
		wrong("no memory");
	late_say(n, &sd->sd_answer);
}

static int
our_source(void *arg, const struct ike_addr *peer, struct ike_addr *local)
{
	if (kernel_fails(arg))
		return (EHOSTUNREACH);
	return (z.world.w_source(arg, peer, local));
}

static int
our_flow(void *arg, const struct kflow *kf, int add)
{
	struct node *n = arg;
	struct ike_addr now;
	int error;

	if (add && kernel_fails(arg))
		return (ENOMEM);
	now = pretend(n, &kf->kf_self);
	error = z.world.w_flow(arg, kf, add);
	n->n_addr = now;
	return (error);
}

static void
our_packet(void *arg, const struct ike_addr *from, const struct ike_addr *to,
    const void *data, size_t len)
{
	const uint8_t *p = data;

	if (len < IKE_HDRLEN || ((size_t)p[24] << 24 | p[25] << 16 |
	    p[26] << 8 | p[27]) != len)
		wrong("%zu octets are logged that say something else", len);
}

void
our_world(void)
{
	struct world *w;
	int i;

	memset(&strangers, 0, sizeof(strangers));
	if (addr_pton("203.0.113.77", &strangers.st_addr) == -1)
		wrong("no address");
	for (i = 0; i < 2; i++) {
		w = z.node[i]->n_world;
		w->w_auth = our_auth;
		w->w_source = our_source;
		w->w_flow = our_flow;
		w->w_packet = our_packet;
	}
}

/*
 * Who has not proven its address gets no more octets than it sent.
 */
int
to_stranger(const struct node *from, const struct dgram *d)
{
	if (!addr_same(&d->dg_dst, &strangers.st_addr))
		return (0);
	strangers.st_answered[side_of(from)] += d->dg_len;
	return (1);
}

/* Who knows our cookie got an answer, and so is where it says. */
static void
from_stranger(int to, const struct dgram *d)
{
	struct inside_sa is;

	strangers.st_asked[to] += d->dg_len;
	if (d->dg_len >= IKE_HDRLEN &&
	    inside_find(z.node[to]->n_engine, d->dg_data, &is) == 0)
		strangers.st_known[to] = 1;
}

void
check_stranger(int side)
{
	const struct strangers *st = &strangers;

	if (!st->st_known[side] && st->st_answered[side] > st->st_asked[side])
		wrong("%s: %llu octets to a stranger's %llu",
		    z.node[side]->n_name,
		    (unsigned long long)st->st_answered[side],
		    (unsigned long long)st->st_asked[side]);
}

/* The ports of a NAT are for it to know. */
static int
listens(int to, const struct ike_addr *a)
{
	const struct node *n = z.node[to];

	return (!addr_same(a, &n->n_addr) || a->ia_port == n->n_port ||
	    (n->n_natt != 0 && a->ia_port == n->n_natt));
}

void
arrive(const struct dgram *d)
{
	int to = !addr_same(&d->dg_dst, &z.node[0]->n_addr), i;

	if (!listens(to, &d->dg_dst))
		return;
	if (addr_same(&d->dg_src, &strangers.st_addr))
		from_stranger(to, d);
	hand_over(d);
	for (i = 0; i < 2; i++)
		strangers.st_known[i] |= inside_proven(z.node[i]->n_engine,
		    &strangers.st_addr);
	/* nothing is as fast as that */
	sim_run(z.sim, 1);
}

/* What is in the clear nothing protects: a peer without DPD may come of it. */
void
spoilt(const struct dgram *d)
{
	if (d->dg_len < IKE_HDRLEN || !(d->dg_data[19] & 1))
		z.forged = 1;
}

/*
 * Configurations
 */
static const struct {
	const char	*enc[2], *hash[2], *group[2], *psk;
} policies[NPOLICIES] = {
	{ { "aes", "aes" }, { "SHA2_256", "SHA2_256" }, { "ECP_256", "NONE" },
	    SIM_SECRET },
	{ { "aes-256", "aes-256-gcm" }, { "SHA2_512", "NONE" },
	    { "ECP_256", "ECP_256" }, SIM_SECRET },
	{ { "aes", "3des" }, { "SHA2_256", "SHA" }, { "ECP_256", "NONE" },
	    SIM_SECRET },
	{ { "aes", "aes" }, { "SHA2_256", "SHA2_256" }, { "ECP_256", "NONE" },
	    "something else, not it" },
	{ { "3des", "aes" }, { "MD5", "SHA2_256" }, { "ECP_256", "NONE" },
	    SIM_SECRET }
};

void
config_rule(struct rule *r, int side, unsigned int t)
{
	static const char *const nets[] = { "10.1.0.0/255.255.0.0",
	    "10.2.0.0/255.255.0.0" };
	static char local[64], peer[64];
	struct node *other = z.node[!side];
	unsigned int i, p = z.policy[side];

	memset(r, 0, sizeof(*r));
	r->r_unit = z.opt & OPT_POLICY ? -1 : (int)t;
	r->r_active = side == 0 || ((z.opt & OPT_BOTH) &&
	    !(z.opt & (OPT_ANYPEER | OPT_NAT)));
	r->r_aggressive = (z.opt & OPT_AGGRESSIVE) != 0;
	snprintf(local, sizeof(local), "%s",
	    addr_ntop(&z.node[side]->n_addr));
	snprintf(peer, sizeof(peer), "%s", addr_ntop(other->n_nat != NULL ?
	    &other->n_nat->nb_outer : &other->n_addr));
	if (side == 1)
		r->r_local = local;
	if (side == 0 || !(z.opt & OPT_ANYPEER))
		r->r_peer = peer;
	if (!(z.opt & OPT_RSA))
		r->r_psk = policies[p].psk;
	if (z.opt & (OPT_RSA | OPT_AGGRESSIVE | OPT_NAT)) {
		r->r_srcid = side == 0 ? "a.example" : "b.example";
		r->r_dstid = side == 1 ? "a.example" : "b.example";
	}
	for (i = 0; i < 2; i++) {
		r->r_enc[i] = policies[p].enc[i];
		r->r_hash[i] = policies[p].hash[i];
		r->r_group[i] = policies[p].group[i];
		if (z.opt & OPT_SHORT)
			r->r_life[i] = i == 0 ? "120" : "60";
	}
	if (t > 0 || (z.opt & OPT_POLICY)) {
		r->r_from = nets[side];
		r->r_to = nets[!side];
	}
	if (t > 0 && (z.opt & OPT_POLICY))
		r->r_from = r->r_to = NULL;
}

/* policy NPOLICIES: nothing. */
static struct confdb *
config(int side)
{
	struct confdb *db;
	struct rule r;
	unsigned int t;

	if ((db = confdb_new()) == NULL)
		wrong("no memory");
	rule_general(db, "DPD-check-interval", 5);
	for (t = 0; z.policy[side] < NPOLICIES && t < CONNS; t++) {
		config_rule(&r, side, t);
		rule_put(db, &r);
	}
	return (db);
}

void
configure(int side)
{
	node_config(z.node[side], config(side));
}

void
boot(int side)
{
	static const uint8_t name[] = { 0, 0, 0, 4, 0x30, 2, 5, 0 };

	node_start(z.node[side], config(side));
	engine_canames(z.node[side]->n_engine, name, sizeof(name));
}
