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
 * Peers with keys: one of ours that does things we would not, and one that
 * is after somebody else's tunnel.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"
#include "pair.h"

#define FORGED	"203.0.113.66"

static void
false_start(struct sim *s, struct node *n, const char *group)
{
	struct confdb *db;
	struct rule r = {
		.r_active = 1, .r_psk = SIM_SECRET, .r_peer = FORGED,
		.r_enc = { "aes", "aes" }, .r_hash = { "SHA2_256",
		"SHA2_256" }, .r_group = { "ECP_256", group }
	};

	if ((db = confdb_new()) == NULL)
		err(2, NULL);
	r.r_local = addr_ntop(&n->n_addr);
	rule_put(db, &r);
	node_start(n, db);
}

/* Both SAs are there, with the keys that we have. */
static void
false_check(struct forge *f, uint32_t life)
{
	struct node *n = f->f_to;
	struct sa *in, *out;

	if (sadb_count(n, 0, 0, 0) != 1 || sadb_count(n, 0, 1, 0) != 1)
		sim_fail(f->f_sim, "%u SAs in, %u out",
		    sadb_count(n, 0, 0, 0), sadb_count(n, 0, 1, 0));
	in = sadb_newest(n, 0, 0);
	out = sadb_newest(n, 0, 1);
	if (in->sa_k.ks_spi != f->f_peerspi || out->sa_k.ks_spi != f->f_spi)
		sim_fail(f->f_sim, "SPIs 0x%08x and 0x%08x", in->sa_k.ks_spi,
		    out->sa_k.ks_spi);
	if (out->sa_k.ks_hard_s == 0 || out->sa_k.ks_hard_s > life ||
	    out->sa_k.ks_hard_s < life / 2)
		sim_fail(f->f_sim, "a lifetime of %u s, not %u",
		    out->sa_k.ks_hard_s, life);
}

static uint64_t
false_print(struct forge *f, int out)
{
	struct ksa k = { 0 };
	uint8_t key[48];

	k.ks_spi = out ? f->f_spi : f->f_peerspi;
	k.ks_encr = (struct ike_xform){ IKE_T_ENCR, IKE_ENCR_AES_CBC, 128 };
	k.ks_integ = (struct ike_xform){ IKE_T_INTEG, IKE_INTEG_SHA2_256, 0 };
	if (keys_mat(&f->f_keys, &f->f_qsecret, V1_PROTO_ESP, k.ks_spi,
	    &f->f_qni, &f->f_qnr, key, sizeof(key)) == -1)
		errx(2, "keys_mat");
	k.ks_ekey = key;
	k.ks_ekeylen = 16;
	k.ks_akey = key + 16;
	k.ks_akeylen = 32;
	return (sadb_print(&k));
}

/*
 * The responder wants the commit bit's last word, says its lifetimes later,
 * or both.
 */
void
test_false(struct sim *s)
{
	int commit = sim_below(s, 3), shorter = sim_below(s, 3);
	struct msgb mb = { 0 };
	struct node *n;
	struct forge f;
	int i;

	n = node_new(s, "a", "192.0.2.1");
	forge_new(&f, n, FORGED);
	false_start(s, n, sim_below(s, 2) ? "ECP_256" : "NONE");
	forge_answer(&f, SIM_SECRET, SIM_SEC);
	if (shorter == 2)
		forge_lifetime(&mb, V1_PROTO_ISAKMP, f.f_cookies, 16, 200);
	forge_answer_proof(&f, shorter == 2 ? &mb : NULL);
	forge_quick_answer(&f, commit ? V1_F_COMMIT : 0,
	    shorter == 1 ? 300 : 0, 5 * SIM_SEC);
	if (commit) {
		sim_run(s, sim_below(s, SIM_SEC));
		forge_connected(&f, commit == 2);
	}
	sim_run(s, 3 * SIM_SEC);
	false_check(&f, shorter == 1 ? 300 : 1200);
	for (i = 0; i < 2; i++)
		if (sadb_newest(n, 0, i)->sa_print != false_print(&f, i))
			sim_fail(s, "other keys %s", i ? "out" : "in");
	/* phase 1 has to be made anew within its shorter life */
	sim_run(s, 190 * SIM_SEC);
	if (shorter == 2 && forge_take(&f, V1_X_MAIN) == -1)
		sim_fail(s, "RESPONDER-LIFETIME of phase 1 is not heard");
	if (shorter != 2 && forge_take(&f, V1_X_MAIN) == 0)
		sim_fail(s, "phase 1 anew, too early");
	forge_free(&f);
	node_stop(n);
	sim_run(s, 2 * SIM_SEC);
	if (n->n_stopped != 1 || !TAILQ_EMPTY(&n->n_sas))
		sim_fail(s, "stopped %d times, and SAs are left",
		    n->n_stopped);
	sim_free(s);
}

/* b also has a connection for whoever knows the secret, on sec1. */
static void
rogue_start(struct pair *p)
{
	struct confdb *db;
	struct rule r;

	db = pair_conf(p, 1);
	pair_rule(p, 1, 1, &r);
	r.r_peer = NULL;
	r.r_active = 0;
	r.r_srcid = r.r_dstid = NULL;
	r.r_psk = "everybody's";
	rule_put(db, &r);
	node_start(p->p_node[1], db);
}

static void
add_delete(struct pair *p, struct msgb *mb, int out)
{
	struct sa *sa = sadb_newest(p->p_node[1], 0, out);
	uint8_t spi[4];
	int i;

	if (sa == NULL)
		return;
	for (i = 0; i < 4; i++)
		spi[i] = sa->sa_k.ks_spi >> (24 - 8 * i);
	mb_delete1(mb, V1_PROTO_ESP, spi, 4, 1);
}

/* Payloads of the right form with anything in them. */
static void
add_noise(struct sim *s, struct msgb *mb)
{
	unsigned int n = 1 + sim_below(s, 5);

	while (n-- > 0) {
		mb_open(mb, 1 + sim_below(s, 21));
		noise(s, &mb->mb_buf);
		mb_close(mb);
	}
}

static void
rogue_try(struct pair *p, struct forge *f)
{
	static const uint8_t exchs[] = { V1_X_MAIN, V1_X_QUICK, V1_X_INFO,
	    V1_X_AGGRESSIVE, V1_X_TRANSACTION, V1_X_NEWGROUP, 0 };
	struct sim *s = p->p_sim;
	struct msgb mb = { 0 };
	uint8_t iv[IV_MAX];

	switch (sim_below(s, 6)) {
	case 0:
		forge_quick(f, sim_below(s, 2) ? V1_F_COMMIT : 0);
		return;
	case 1:
	case 2:
		add_delete(p, &mb, sim_below(s, 2));
		break;
	case 3:
		mb_delete1(&mb, V1_PROTO_ISAKMP, f->f_cookies, 16, 1);
		break;
	case 4:
		mb_notify1(&mb, V1_PROTO_ISAKMP, f->f_cookies, 16,
		    V1_N_INITIAL_CONTACT, NULL, 0);
		break;
	case 5:
		add_noise(s, &mb);
		if (sim_below(s, 2))
			break;
		memcpy(iv, f->f_keys.k_iv, sizeof(iv));
		forge_send(f, exchs[sim_below(s, 7)], sim_below(s, 4),
		    sim_below(s, 2) ? 0 : sim_random(s), &mb,
		    sim_below(s, 2) ? iv : NULL);
		return;
	}
	if (mb.mb_first == 0)
		mb_clear(&mb);
	else
		forge_inform(f, &mb);
}

/*
 * Before it proves anything, and after it has proved to be somebody, but not
 * a: nothing that is a's may change.
 */
void
test_rogue(struct sim *s)
{
	struct forge f;
	struct pair p;
	uint64_t print;
	unsigned int i, j, n;

	pair_make(&p, s);
	pair_v4(&p);
	p.p_opt.o_ids = 0;
	for (i = 0; i < 2; i++) {
		p.p_opt.o_enc[i][0] = p.p_opt.o_enc[i][1] = "aes";
		p.p_opt.o_hash[i][0] = p.p_opt.o_hash[i][1] = "SHA2_256";
		p.p_opt.o_group[i][0] = "ECP_256";
		p.p_opt.o_group[i][1] = "NONE";
	}
	p.p_node[1]->n_cadelay = sim_below(s, 2) ? 200 : 0;
	rogue_start(&p);
	pair_start(&p, 0);
	pair_back(&p, 10 * SIM_SEC);
	sim_run(s, 15 * SIM_SEC);
	print = pair_print(&p, 0);
	pair_flows(&p, 100);
	forge_new(&f, p.p_node[1], FORGED);
	for (i = 0; i < 5; i++) {
		forge_initiate(&f, "everybody's");
		if (sim_below(s, 2))
			forge_prove(&f);
		n = 1 + sim_below(s, 5);
		for (j = 0; j < n; j++) {
			rogue_try(&p, &f);
			sim_run(s, sim_below(s, 300));
		}
		if (pair_print(&p, 0) != print)
			sim_fail(s, "the rogue changed the SA");
	}
	forge_free(&f);
	sim_run(s, 4 * SIM_MIN);
	if (!pair_works(&p))
		sim_fail(s, "%s", p.p_why);
	if (pair_lost(&p) != 0)
		sim_fail(s, "the rogue lost %u packets", pair_lost(&p));
	if (pair_print(&p, 0) != print)
		sim_fail(s, "the rogue changed the SA");
	pair_data(&p);
	pair_end(&p);
}
