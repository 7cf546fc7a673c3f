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
 * What engines see of the world in fuzz_v1engine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "fuzz.h"
#include "fuzz_v1engine.h"
#include "fuzz_v1inside.h"
#include "fuzz_v1world.h"

struct fuzz_world z;

void
history_who(struct sim *s, const char *name)
{
}

void
history_secret(const uint8_t *secret, size_t len)
{
}

static int
side_of(const void *node)
{
	return (node == z.node[1]);
}

/*
 * The world
 */

void
late_free(struct late *la)
{
	TAILQ_REMOVE(&z.late, la, la_entry);
	auth_res_clear(&la->la_res);
	free(la);
}

void
late_give(struct late *la)
{
	engine_auth(la->la_node->n_engine, &la->la_res);
	late_free(la);
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
	struct late *la;

	if ((la = calloc(1, sizeof(*la))) == NULL)
		wrong("no memory");
	la->la_node = n;
	if (ar->ar_kind == AUTH_SKEYID && !z.refuse)
		ca_do(n->n_ca, ar, &la->la_res);
	else if (ar->ar_kind == AUTH_SIGN && !z.refuse)
		sign(ar, &la->la_res);
	else if (ar->ar_kind == AUTH_VERIFY && !z.refuse)
		verify(ar, &la->la_res);
	la->la_res.as_asker = ar->ar_asker;
	la->la_res.as_kind = ar->ar_kind;
	if (!la->la_res.as_ok && la->la_res.as_why == NULL &&
	    (la->la_res.as_why = strdup("it says no")) == NULL)
		wrong("no memory");
	TAILQ_INSERT_TAIL(&z.late, la, la_entry);
	if (!z.hold)
		late_give(la);
}

static int
kernel_fails(const void *node)
{
	uint8_t *fail = &z.fail[side_of(node)];
	int now = *fail & 1;

	*fail >>= 1;
	return (now);
}

static int
our_source(void *arg, const struct ike_addr *peer, struct ike_addr *local)
{
	if (kernel_fails(arg))
		return (EHOSTUNREACH);
	return (z.world.w_source(arg, peer, local));
}

static int
our_getspi(void *arg, const struct ksa *k, uint32_t *spi)
{
	return (kernel_fails(arg) ? ENOMEM : z.world.w_getspi(arg, k, spi));
}

/*
 * The simulation's kernel takes nothing at an address that is not ours.  Here
 * one may be, for a moment.
 */
static struct ike_addr
pretend(struct node *n, const struct ike_addr *a)
{
	struct ike_addr now = n->n_addr;

	n->n_addr = *a;
	return (now);
}

/* A peer may well choose the same SPI twice; the simulation's would not. */
static int
our_addsa(void *arg, const struct ksa *k)
{
	struct node *n = arg;
	struct ike_addr now;
	struct sa *sa;
	int error;

	if (kernel_fails(arg))
		return (ENOMEM);
	TAILQ_FOREACH(sa, &n->n_sas, sa_entry)
		if (k->ks_out && sa->sa_k.ks_spi == k->ks_spi &&
		    addr_same(&sa->sa_k.ks_dst, &k->ks_dst))
			return (EEXIST);
	now = pretend(n, k->ks_out ? &k->ks_src : &k->ks_dst);
	error = z.world.w_addsa(arg, k);
	n->n_addr = now;
	return (error);
}

static int
our_movesa(void *arg, const struct ksa *old, const struct ksa *new)
{
	struct node *n = arg;
	struct ike_addr now;
	int error;

	if (kernel_fails(arg))
		return (EINVAL);
	now = pretend(n, new->ks_out ? &new->ks_src : &new->ks_dst);
	error = z.world.w_movesa(arg, old, new);
	n->n_addr = now;
	return (error);
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
enqueue(const struct dgram *d)
{
	struct dgram *copy;

	if (z.nqueue == QUEUE_MAX)
		return;
	if ((copy = malloc(sizeof(*d) + d->dg_len)) == NULL)
		wrong("no memory");
	memcpy(copy, d, sizeof(*d) + d->dg_len);
	z.queue[z.nqueue++] = copy;
}

static int
to_queue(struct sim *s, struct node *from, struct dgram *d, void *arg)
{
	if (addr_same(&d->dg_dst, &z.stranger)) {
		z.answered[side_of(from)] += d->dg_len;
		return (-2);
	}
	if (z.wire)
		return (-1);
	enqueue(d);
	return (-2);
}

struct dgram *
dequeue(unsigned int i)
{
	struct dgram *d = z.queue[i];

	memmove(&z.queue[i], &z.queue[i + 1],
	    (--z.nqueue - i) * sizeof(z.queue[0]));
	return (d);
}

/* The ports of a NAT are for it to know. */
static int
listens(int to, const struct ike_addr *a)
{
	const struct node *n = z.node[to];

	return (!addr_same(a, &n->n_addr) || a->ia_port == n->n_port ||
	    (n->n_natt != 0 && a->ia_port == n->n_natt));
}

/* Who knows our cookie got an answer, and so is where it says. */
static void
ask(int to, const struct dgram *d)
{
	struct inside_sa is;

	z.asked[to] += d->dg_len;
	if (d->dg_len >= IKE_HDRLEN &&
	    inside_find(z.node[to]->n_engine, d->dg_data, &is) == 0)
		z.known[to] = 1;
}

/* What was not sent by anybody knows where a NAT leads to. */
void
arrive(const struct dgram *d)
{
	int natt = d->dg_dst.ia_port == IKE_PORT_NATT, to, i;

	to = !addr_same(&d->dg_dst, &z.node[0]->n_addr);
	if (listens(to, &d->dg_dst) == 0)
		return;
	if (addr_same(&d->dg_src, &z.stranger))
		ask(to, d);
	if (!to && !natt == !d->dg_marker)
		engine_recv(z.node[0]->n_engine, &d->dg_dst, &d->dg_src,
		    d->dg_data, d->dg_len, natt);
	else
		sim_inject(z.sim, d);
	for (i = 0; i < 2; i++)
		z.known[i] |= inside_proven(z.node[i]->n_engine,
		    &z.stranger);
	/* nothing is as fast as that */
	sim_run(z.sim, 1);
}

void
deliver(unsigned int i)
{
	struct dgram *d = dequeue(i);

	arrive(d);
	free(d);
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
struct confdb *
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
boot(int side)
{
	static const uint8_t name[] = { 0, 0, 0, 4, 0x30, 2, 5, 0 };

	node_start(z.node[side], config(side));
	engine_canames(z.node[side]->n_engine, name, sizeof(name));
}

void
down(int side, int flush)
{
	struct late *la, *next;

	TAILQ_FOREACH_SAFE(la, &z.late, la_entry, next)
		if (la->la_node == z.node[side])
			late_free(la);
	node_kill(z.node[side], flush);
}

/*
 * The keys of libcrypto come from no chance, either: of its own generators
 * there is one that gives what it was given.
 */
void
chance(EVP_RAND_CTX *ctx)
{
	static uint8_t octets[16384];
	unsigned int strength = 256;
	uint32_t v = 1;
	size_t i;
	OSSL_PARAM p[] = {
		OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
		OSSL_PARAM_construct_octet_string(
		    OSSL_RAND_PARAM_TEST_ENTROPY, octets, sizeof(octets)),
		OSSL_PARAM_construct_end()
	};

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (v = v * 1103515245 + 12345) >> 16;
	if (ctx == NULL || EVP_RAND_uninstantiate(ctx) != 1 ||
	    EVP_RAND_CTX_set_params(ctx, p) != 1 ||
	    EVP_RAND_instantiate(ctx, strength, 0, NULL, 0, NULL) != 1)
		wrong("no TEST-RAND in libcrypto");
}

void
world_new(void)
{
	static const char *const addr[2] = { "192.0.2.1", "198.51.100.2" };
	static const char *const name[2] = { "a", "b" };
	struct world *w;
	int i;

	memset(&z, 0, sizeof(z));
	TAILQ_INIT(&z.late);
	z.sim = sim_new(1);
	z.sim->s_hook = to_queue;
	if (addr_pton("203.0.113.77", &z.stranger) == -1)
		wrong("no address");
	for (i = 0; i < 2; i++) {
		z.node[i] = node_new(z.sim, name[i], addr[i]);
		w = z.node[i]->n_world;
		z.world = *w;
		w->w_auth = our_auth;
		w->w_source = our_source;
		w->w_getspi = our_getspi;
		w->w_addsa = our_addsa;
		w->w_movesa = our_movesa;
		w->w_flow = our_flow;
		w->w_packet = our_packet;
	}
}
