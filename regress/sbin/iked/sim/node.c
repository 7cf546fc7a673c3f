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
 * A node: the world of one engine, its ca, and how it starts.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth.h"
#include "world.h"

/* What the ca says. */
struct reply {
	struct answer	 re_answer;
	struct sign_res	 re_sign;
	struct verify_res re_verify;
};

static void
give_sign(struct answer *an)
{
	engine_signed(an->an_node->n_engine, &((struct reply *)an)->re_sign);
}

static void
give_verify(struct answer *an)
{
	engine_verified(an->an_node->n_engine,
	    &((struct reply *)an)->re_verify);
}

static void
reply_clear(struct answer *an)
{
	struct reply *re = (struct reply *)an;

	sign_res_clear(&re->re_sign);
	verify_res_clear(&re->re_verify);
}

static void
node_sign(void *arg, const struct sign_req *sr)
{
	struct node *n = arg;
	struct reply *re;

	re = answer_new(sizeof(*re), give_sign, reply_clear);
	ca_sign(n->n_ca, sr, &re->re_sign);
	answer_later(n, &re->re_answer);
}

static void
node_verify(void *arg, const struct verify_req *vr)
{
	struct node *n = arg;
	struct reply *re;

	re = answer_new(sizeof(*re), give_verify, reply_clear);
	ca_verify(n->n_ca, vr, &re->re_verify);
	answer_later(n, &re->re_answer);
}

static void
node_event(void *arg, const char *line)
{
	struct node *n = arg;

	if (strchr(line, '\n') != NULL)
		sim_fail(n->n_sim, "%s: an event of two lines", n->n_name);
	n->n_events++;
}

static const struct world node_world = {
	.w_now = node_now, .w_time = node_time, .w_random = node_random,
	.w_timer = node_timer, .w_untimer = node_untimer,
	.w_send = node_send, .w_keepalive = node_keepalive,
	.w_source = node_source, .w_getspi = node_getspi,
	.w_addsa = node_addsa, .w_movesa = node_movesa,
	.w_delsa = node_delsa, .w_statsa = node_statsa,
	.w_sign = node_sign, .w_verify = node_verify,
	.w_event = node_event
};

struct node *
node_new(struct sim *s, const char *name, const char *addr)
{
	return (end_new(s, name, addr, &node_world, sizeof(node_world)));
}

/*
 * As the parent does it: the ca gets the configuration with the secrets, the
 * engine what is left without them.
 */
struct conf *
node_conf(struct node *n, const char *text)
{
	const char *dir = getenv("W");
	char name[1024];
	struct conf *all, *conf;
	struct policy *pol;
	struct buf b = { 0 };
	struct span sp;
	int fd;

	snprintf(name, sizeof(name), "%s/simXXXXXX",
	    dir == NULL ? "/tmp" : dir);
	if ((fd = mkstemp(name)) == -1)
		err(2, "%s", name);
	if (write(fd, text, strlen(text)) != strlen(text))
		err(2, "%s", name);
	close(fd);
	all = parse_config(name, 1);
	unlink(name);
	if (all == NULL)
		errx(2, "wrong configuration:\n%s", text);
	TAILQ_FOREACH(pol, &all->conf_policies, pol_entry) {
		pol->pol_id = ++n->n_polid;
		pol->pol_packets = n->n_packets;
	}
	if (ca_setconf(n->n_ca, all) == -1)
		errx(2, "ca_setconf");
	conf_put(&b, all, 0);
	conf_free(all);
	sp.s_data = b.b_data;
	sp.s_len = b.b_len;
	if (b.b_failed || (conf = conf_get(&sp)) == NULL)
		errx(2, "conf_get");
	buf_clear(&b);
	return (conf);
}

void
node_start(struct node *n, const char *text)
{
	struct conf *conf;

	/* kernel_flush(): those a daemon before left */
	sadb_flush(n);
	if ((n->n_ca = ca_new()) == NULL ||
	    (n->n_engine = engine_new(n->n_world, n)) == NULL)
		errx(2, "engine_new");
	n->n_stopped = 0;
	history_who(n->n_sim, n->n_name);
	engine_ports(n->n_engine, n->n_port, n->n_natt, n->n_force);
	conf = node_conf(n, text);
	engine_config(n->n_engine, conf);
	engine_start(n->n_engine);
	history_who(n->n_sim, NULL);
}

void
node_config(struct node *n, const char *text)
{
	history_who(n->n_sim, n->n_name);
	engine_config(n->n_engine, node_conf(n, text));
	history_who(n->n_sim, NULL);
}

void
node_forget(struct node *n)
{
	ca_free(n->n_ca);
	n->n_ca = NULL;
}

void
node_free(struct node *n)
{
	node_kill(n, 1);
	end_free(n);
}
