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
 * A node: what it knows, its ca, and how it starts.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isakmpd.h"
#include "store.h"
#include "world.h"

/* What the ca says. */
struct reply {
	struct answer	 re_answer;
	struct auth_res	 re_auth;
};

/* The simulated kernel has all that keys.h can name. */
static const struct kalgs algs = {
	8, {
		{ V1_PROTO_ESP, V1_ESP_AES, 0, 128, 256 },
		{ V1_PROTO_ESP, V1_ESP_AES_CTR, 0, 128, 256 },
		{ V1_PROTO_ESP, V1_ESP_AES_GCM, 0, 128, 256 },
		{ V1_PROTO_ESP, V1_ESP_3DES, 0, 192, 192 },
		{ V1_PROTO_ESP, 0, V1_MAC_SHA1, 160, 160 },
		{ V1_PROTO_ESP, 0, V1_MAC_SHA2_256, 256, 256 },
		{ V1_PROTO_ESP, 0, V1_MAC_SHA2_384, 384, 384 },
		{ V1_PROTO_ESP, 0, V1_MAC_SHA2_512, 512, 512 }
	}
};

static void
reply_give(struct answer *an)
{
	engine_auth(an->an_node->n_engine, &((struct reply *)an)->re_auth);
}

static void
reply_clear(struct answer *an)
{
	auth_res_clear(&((struct reply *)an)->re_auth);
}

static void
node_auth(void *arg, const struct auth_req *ar)
{
	struct node *n = arg;
	struct reply *re;

	re = answer_new(sizeof(*re), reply_give, reply_clear);
	ca_do(n->n_ca, ar, &re->re_auth);
	answer_later(n, &re->re_answer);
}

static void
node_packet(void *arg, const struct ike_addr *from, const struct ike_addr *to,
    const void *data, size_t len)
{
	const uint8_t *p = data;
	struct node *n = arg;
	size_t said;

	if (len < IKE_HDRLEN)
		sim_fail(n->n_sim, "%s: logs %zu octets", n->n_name, len);
	said = (size_t)p[24] << 24 | p[25] << 16 | p[26] << 8 | p[27];
	if (said != len)
		sim_fail(n->n_sim, "%s: logs %zu octets that say %zu",
		    n->n_name, len, said);
	if (!addr_same(from, &n->n_addr) == !addr_same(to, &n->n_addr))
		sim_fail(n->n_sim, "%s: logs from %s to %s", n->n_name,
		    addr_print(from), addr_print(to));
}

/* The kernel refuses this one, by chance. */
static int
kernel_fails(struct node *n)
{
	if (!sim_chance(n->n_sim, n->n_parent->pa_fail))
		return (0);
	n->n_parent->pa_failed++;
	return (1);
}

static int
our_getspi(void *arg, const struct ksa *k, uint32_t *spi)
{
	return (kernel_fails(arg) ? ENOMEM : node_getspi(arg, k, spi));
}

static int
our_addsa(void *arg, const struct ksa *k)
{
	return (kernel_fails(arg) ? ENOBUFS : node_addsa(arg, k));
}

static int
ts_same(const struct ike_ts *a, const struct ike_ts *b)
{
	return (a->ts_family == b->ts_family && a->ts_proto == b->ts_proto &&
	    a->ts_port[0] == b->ts_port[0] && a->ts_port[1] == b->ts_port[1] &&
	    memcmp(a->ts_lo, b->ts_lo, sizeof(a->ts_lo)) == 0 &&
	    memcmp(a->ts_hi, b->ts_hi, sizeof(a->ts_hi)) == 0);
}

static int
node_flow(void *arg, const struct kflow *kf, int add)
{
	struct node *n = arg;
	struct parent *pa = n->n_parent;
	struct policy *po;

	TAILQ_FOREACH(po, &pa->pa_policies, po_entry)
		if (ts_same(&po->po_flow.kf_local, &kf->kf_local) &&
		    ts_same(&po->po_flow.kf_remote, &kf->kf_remote))
			break;
	if (!add) {
		if (po == NULL)
			return (ESRCH);
		TAILQ_REMOVE(&pa->pa_policies, po, po_entry);
		free(po);
		return (0);
	}
	if (!addr_same(&kf->kf_self, &n->n_addr))
		sim_fail(n->n_sim, "%s: policy of %s", n->n_name,
		    addr_ntop(&kf->kf_self));
	if (po != NULL)
		return (EEXIST);
	if ((po = calloc(1, sizeof(*po))) == NULL)
		err(2, NULL);
	po->po_flow = *kf;
	po->po_flow.kf_selfid = po->po_flow.kf_peerid = NULL;
	TAILQ_INSERT_TAIL(&pa->pa_policies, po, po_entry);
	return (0);
}

static const struct world node_world = {
	.w_now = node_now, .w_time = node_time, .w_random = node_random,
	.w_timer = node_timer, .w_untimer = node_untimer,
	.w_send = node_send, .w_keepalive = node_keepalive,
	.w_source = node_source, .w_getspi = our_getspi,
	.w_addsa = our_addsa, .w_movesa = node_movesa,
	.w_delsa = node_delsa, .w_statsa = node_statsa,
	.w_flow = node_flow, .w_auth = node_auth, .w_packet = node_packet
};

struct node *
node_new(struct sim *s, const char *name, const char *addr)
{
	struct node *n;

	dbg_level(DBG_N, 99);
	n = end_new(s, name, addr, &node_world, sizeof(node_world));
	if ((n->n_parent = calloc(1, sizeof(*n->n_parent))) == NULL)
		err(2, NULL);
	TAILQ_INIT(&n->n_parent->pa_policies);
	return (n);
}

/* As it travels to another process. */
static struct model *
model_send(struct model *md, int secrets)
{
	struct buf b = { 0 };
	struct span sp;
	struct model *got;

	model_put(&b, md, secrets);
	sp.s_data = b.b_data;
	sp.s_len = b.b_len;
	if (b.b_failed || (got = model_get(&sp)) == NULL || sp.s_len != 0)
		errx(2, "model_get");
	buf_clear(&b);
	return (got);
}

/* The model of the database: to the ca, and the engine's. */
static struct model *
node_model(struct node *n, struct confdb *db)
{
	struct parent *pa = n->n_parent;
	struct model *md;

	if ((md = model_make(db, pa->pa_model, &algs, &pa->pa_bad)) == NULL)
		errx(2, "model_make");
	if (pa->pa_bad != 0)
		sim_fail(n->n_sim, "%s: %u sections are wrong", n->n_name,
		    pa->pa_bad);
	if (pa->pa_model != NULL)
		model_free(pa->pa_model);
	if (pa->pa_db != NULL)
		confdb_free(pa->pa_db);
	pa->pa_model = md;
	pa->pa_db = db;
	ca_setmodel(n->n_ca, model_send(md, 1));
	return (model_send(md, 0));
}

static void
node_ca(struct node *n)
{
	const char *dir = n->n_parent->pa_dir;
	struct buf pem = { 0 };

	if ((n->n_ca = ca_new()) == NULL)
		errx(2, "ca_new");
	if (dir == NULL)
		return;
	if (store_readkey(dir, dir, &pem) == -1 ||
	    ca_load(n->n_ca, dir, &pem) == -1)
		errx(2, "no keys in %s", dir);
	buf_clear(&pem);
}

void
node_start(struct node *n, struct confdb *db)
{
	struct buf names = { 0 };

	/* kernel_flush(): those a daemon before left */
	sadb_flush(n);
	history_who(n->n_sim, n->n_name);
	node_ca(n);
	if ((n->n_engine = engine_new(n->n_world, n)) == NULL)
		errx(2, "engine_new");
	n->n_stopped = 0;
	engine_ports(n->n_engine, n->n_port, n->n_natt);
	ca_names(n->n_ca, &names);
	engine_canames(n->n_engine, names.b_data, names.b_len);
	buf_clear(&names);
	engine_model(n->n_engine, node_model(n, db));
	engine_start(n->n_engine);
	history_who(n->n_sim, NULL);
}

void
node_config(struct node *n, struct confdb *db)
{
	history_who(n->n_sim, n->n_name);
	engine_model(n->n_engine, node_model(n, db));
	history_who(n->n_sim, NULL);
}

void
node_show(struct node *n)
{
	void (*show[])(struct engine *, struct buf *) = {
		engine_show, engine_report
	};
	struct buf b = { 0 };
	int i;

	for (i = 0; i < 2; i++) {
		show[i](n->n_engine, &b);
		if (b.b_failed || b.b_len == 0 ||
		    memmem(b.b_data, b.b_len, SIM_SECRET,
		    strlen(SIM_SECRET)) != NULL ||
		    memchr(b.b_data, '\0', b.b_len) != NULL)
			sim_fail(n->n_sim, "%s: shows %zu octets", n->n_name,
			    b.b_len);
		buf_clear(&b);
	}
}

/* The parent's memory goes with the process; policies with the machine. */
static void
parent_clear(struct parent *pa)
{
	struct policy *po;

	while ((po = TAILQ_FIRST(&pa->pa_policies)) != NULL) {
		TAILQ_REMOVE(&pa->pa_policies, po, po_entry);
		free(po);
	}
	if (pa->pa_model != NULL)
		model_free(pa->pa_model);
	if (pa->pa_db != NULL)
		confdb_free(pa->pa_db);
	pa->pa_model = NULL;
	pa->pa_db = NULL;
}

void
node_forget(struct node *n)
{
	ca_free(n->n_ca);
	n->n_ca = NULL;
	parent_clear(n->n_parent);
}

void
node_free(struct node *n)
{
	node_kill(n, 1);
	free(n->n_parent->pa_dir);
	free(n->n_parent);
	end_free(n);
}
