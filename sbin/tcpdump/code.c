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
 * From a tree to a program.  Every test jumps to two labels, by way of
 * instructions that can jump far; then what can jump there directly does,
 * and what nobody reaches any more goes.
 */

#include <sys/types.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "tcpdump.h"

#define CODE_MAX	8192	/* before it is made shorter */

struct code {
	struct bpf_insn	 c_in[CODE_MAX];
	u_int		 c_n;
};

static struct node	*nodes;		/* they stay to the end */

static struct node *
node_new(enum node_type type, struct node *left, struct node *right)
{
	struct node *n;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		err(1, NULL);
	n->n_type = type;
	n->n_left = left;
	n->n_right = right;
	n->n_next = nodes;
	nodes = n;
	return (n);
}

struct node *
node_and(struct node *a, struct node *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL ? b : a);
	return (node_new(N_AND, a, b));
}

struct node *
node_or(struct node *a, struct node *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL ? b : a);
	return (node_new(N_OR, a, b));
}

struct node *
node_not(struct node *a)
{
	return (node_new(N_NOT, a, NULL));
}

struct node *
node_const(int yes)
{
	return (node_new(yes ? N_TRUE : N_FALSE, NULL, NULL));
}

struct node *
node_test(u_int size, u_int off, u_int32_t mask, u_int32_t k)
{
	struct node *n = node_new(N_TEST, NULL, NULL);

	n->n_test.t_size = size;
	n->n_test.t_off = off;
	n->n_test.t_mask = mask;
	n->n_test.t_op = BPF_JEQ;
	n->n_test.t_k = k;
	return (n);
}

static u_int
emit(struct code *c, u_int code, u_int32_t k)
{
	if (c->c_n == CODE_MAX)
		errx(1, "the expression is too long");
	c->c_in[c->c_n].code = code;
	c->c_in[c->c_n].jt = c->c_in[c->c_n].jf = 0;
	c->c_in[c->c_n].k = k;
	return (c->c_n++);
}

/*
 * Places whose jump goes to a label that is not there yet form a list: k
 * of each is the next one's index and 1, or 0.
 */
static void
land(struct code *c, u_int *label)
{
	u_int i, next;

	for (i = *label; i != 0; i = next) {
		next = c->c_in[i - 1].k;
		c->c_in[i - 1].k = c->c_n - i;
	}
	*label = 0;
}

static void
go(struct code *c, u_int *label)
{
	*label = emit(c, BPF_JMP | BPF_JA, *label) + 1;
}

static void
gen_test(struct code *c, const struct test *t, u_int *yes, u_int *no)
{
	if (t->t_size == BPF_LEN)
		emit(c, BPF_LD | BPF_W | BPF_LEN, 0);
	else if (t->t_ip) {
		emit(c, BPF_LDX | BPF_B | BPF_MSH, t->t_iphdr);
		emit(c, BPF_LD | BPF_IND | t->t_size, t->t_off);
	} else
		emit(c, BPF_LD | BPF_ABS | t->t_size, t->t_off);
	if (t->t_mask != ~0U)
		emit(c, BPF_ALU | BPF_AND | BPF_K, t->t_mask);
	c->c_in[emit(c, BPF_JMP | BPF_K | t->t_op, t->t_k)].jf = 1;
	go(c, yes);
	go(c, no);
}

static void
gen(struct code *c, const struct node *n, u_int *yes, u_int *no)
{
	u_int here = 0;

	switch (n->n_type) {
	case N_AND:
		gen(c, n->n_left, &here, no);
		land(c, &here);
		gen(c, n->n_right, yes, no);
		break;
	case N_OR:
		gen(c, n->n_left, yes, &here);
		land(c, &here);
		gen(c, n->n_right, yes, no);
		break;
	case N_NOT:
		gen(c, n->n_left, no, yes);
		break;
	case N_TEST:
		gen_test(c, &n->n_test, yes, no);
		break;
	case N_TRUE:
		go(c, yes);
		break;
	case N_FALSE:
		go(c, no);
		break;
	}
}

/* where a jump to this place ends up */
static u_int
final(const struct code *c, u_int i)
{
	while (c->c_in[i].code == (BPF_JMP | BPF_JA))
		i += 1 + c->c_in[i].k;
	return (i);
}

static int
is_cond(const struct bpf_insn *in)
{
	return (BPF_CLASS(in->code) == BPF_JMP &&
	    in->code != (BPF_JMP | BPF_JA));
}

/* new[i]: how many that stay are before i */
static u_int
number(struct code *c, const char *used, u_int *new)
{
	u_int i, n = 0;

	for (i = 0; i < c->c_n; i++) {
		new[i] = n;
		n += used[i];
	}
	return (n);
}

static void
mark(const struct code *c, char *used)
{
	const struct bpf_insn *in;
	u_int i;

	memset(used, 0, c->c_n);
	used[0] = 1;
	for (i = 0; i < c->c_n; i++) {
		in = &c->c_in[i];
		if (!used[i] || BPF_CLASS(in->code) == BPF_RET)
			continue;
		if (is_cond(in))
			used[i + 1 + in->jt] = used[i + 1 + in->jf] = 1;
		else if (BPF_CLASS(in->code) == BPF_JMP)
			used[i + 1 + in->k] = 1;
		else
			used[i + 1] = 1;
	}
}

static void
shorten(struct code *c)
{
	static char used[CODE_MAX];
	static u_int new[CODE_MAX];
	struct bpf_insn *in;
	u_int i, n, t;

	for (i = 0; i < c->c_n; i++) {
		in = &c->c_in[i];
		if (!is_cond(in))
			continue;
		if ((t = final(c, i + 1 + in->jt) - i - 1) <= 255)
			in->jt = t;
		if ((t = final(c, i + 1 + in->jf) - i - 1) <= 255)
			in->jf = t;
	}
	mark(c, used);
	n = number(c, used, new);
	for (i = 0; i < c->c_n; i++) {
		in = &c->c_in[i];
		if (!used[i])
			continue;
		if (is_cond(in)) {
			in->jt = new[i + 1 + in->jt] - new[i] - 1;
			in->jf = new[i + 1 + in->jf] - new[i] - 1;
		} else if (BPF_CLASS(in->code) == BPF_JMP)
			in->k = new[i + 1 + in->k] - new[i] - 1;
		c->c_in[new[i]] = *in;
	}
	c->c_n = n;
}

struct bpf_program *
code_make(const struct node *n, u_int snaplen)
{
	struct bpf_program *bf;
	struct code *c;
	u_int yes = 0, no = 0, before;

	if ((c = calloc(1, sizeof(*c))) == NULL ||
	    (bf = calloc(1, sizeof(*bf))) == NULL)
		err(1, NULL);
	if (n != NULL)
		gen(c, n, &yes, &no);
	land(c, &yes);
	emit(c, BPF_RET | BPF_K, snaplen);
	land(c, &no);
	if (n != NULL)
		emit(c, BPF_RET | BPF_K, 0);
	do {			/* what comes nearer can be reached directly */
		before = c->c_n;
		shorten(c);
	} while (c->c_n < before);
	if (c->c_n > BPF_MAXINSNS || !bpf_validate(c->c_in, c->c_n))
		errx(1, "the expression is too long: %u instructions, of "
		    "at most %u", c->c_n, BPF_MAXINSNS);
	bf->bf_len = c->c_n;
	bf->bf_insns = c->c_in;
	return (bf);
}
