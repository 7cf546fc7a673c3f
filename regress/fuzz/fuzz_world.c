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
 * What engines of either daemon see of the world, and how it comes to be.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "fuzz.h"
#include "fuzz_world.h"

struct fuzz_world z;

void
history_who(struct sim *s, const char *name)
{
}

void
history_secret(const uint8_t *secret, size_t len)
{
}

int
side_of(const void *node)
{
	return (node == z.node[1]);
}

/*
 * The ca
 */

void
late_free(struct answer *an)
{
	TAILQ_REMOVE(&z.late, an, an_entry);
	an->an_clear(an);
	free(an);
}

void
late_give(struct answer *an)
{
	an->an_give(an);
	late_free(an);
}

void
late_say(struct node *n, struct answer *an)
{
	an->an_node = n;
	TAILQ_INSERT_TAIL(&z.late, an, an_entry);
	if (!z.hold)
		late_give(an);
}

/*
 * The kernel
 */

int
kernel_fails(const void *node)
{
	uint8_t *fail = &z.fail[side_of(node)];
	int now = *fail & 1;

	*fail >>= 1;
	return (now);
}

static int
our_getspi(void *arg, const struct ksa *k, uint32_t *spi)
{
	return (kernel_fails(arg) ? ENOMEM : z.world.w_getspi(arg, k, spi));
}

/*
 * The simulation's kernel takes nothing at an address that is not ours.  Here
 * one may be, for a moment: until the peer has answered to a move, and on the
 * way back if the second SA of a pair does not move.
 */
struct ike_addr
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

/*
 * The network
 */

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
	if (play.pl_sent != NULL && play.pl_sent(from, d))
		return (-2);
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

struct dgram *
spoil(unsigned int i)
{
	struct dgram *d;

	if (z.nqueue == 0)
		return (NULL);
	d = z.queue[i % z.nqueue];
	if (play.pl_spoilt != NULL)
		play.pl_spoilt(d);
	return (d->dg_len > 0 ? d : NULL);
}

/* A datagram from one end to the other. */
struct dgram *
dgram_new(int to, int natt, const void *data, size_t len)
{
	struct dgram *d;

	if ((d = calloc(1, sizeof(*d) + len)) == NULL)
		wrong("no memory");
	d->dg_sim = z.sim;
	d->dg_src = z.node[!to]->n_addr;
	d->dg_dst = z.node[to]->n_addr;
	d->dg_src.ia_port = natt ? IKE_PORT_NATT : IKE_PORT;
	d->dg_dst.ia_port = d->dg_src.ia_port;
	d->dg_marker = natt;
	d->dg_len = len;
	if (len > 0)
		memcpy(d->dg_data, data, len);
	return (d);
}

/* What was not sent by anybody knows where a NAT leads to. */
void
hand_over(const struct dgram *d)
{
	int natt = d->dg_dst.ia_port == IKE_PORT_NATT;

	if (addr_same(&d->dg_dst, &z.node[0]->n_addr) &&
	    !natt == !d->dg_marker)
		engine_recv(z.node[0]->n_engine, &d->dg_dst, &d->dg_src,
		    d->dg_data, d->dg_len, natt);
	else
		sim_inject(z.sim, d);
}

void
deliver(unsigned int i)
{
	struct dgram *d = dequeue(i);

	play.pl_arrive(d);
	free(d);
}

/*
 * All of it
 */

void
down(int side, int flush)
{
	struct answer *an, *next;

	TAILQ_FOREACH_SAFE(an, &z.late, an_entry, next)
		if (an->an_node == z.node[side])
			late_free(an);
	node_kill(z.node[side], flush);
}

/*
 * The keys of libcrypto come from no chance, either: of its own generators
 * there is one that gives what it was given.
 */
static void
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
	static int known;
	struct world *w;
	int i;

	if (!known && RAND_set_DRBG_type(NULL, "TEST-RAND", NULL, NULL,
	    NULL) != 1)
		wrong("no TEST-RAND in libcrypto");
	known = 1;
	chance(RAND_get0_private(NULL));
	chance(RAND_get0_public(NULL));
	memset(&z, 0, sizeof(z));
	TAILQ_INIT(&z.late);
	z.sim = sim_new(1);
	z.sim->s_hook = to_queue;
	for (i = 0; i < 2; i++) {
		z.node[i] = node_new(z.sim, name[i], addr[i]);
		w = z.node[i]->n_world;
		z.world = *w;
		w->w_getspi = our_getspi;
		w->w_addsa = our_addsa;
		w->w_movesa = our_movesa;
	}
	play.pl_world();
}
