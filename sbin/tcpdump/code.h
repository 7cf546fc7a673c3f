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


#ifndef CODE_H
#define CODE_H

#include <sys/types.h>
#include <net/bpf.h>

/*
 * An expression as a tree.  Its leaves compare some bytes of the packet
 * with a number; expr.c makes them, code.c turns all into a program.
 */
enum node_type { N_AND, N_OR, N_NOT, N_TEST, N_TRUE, N_FALSE };

struct test {
	u_int		 t_size;	/* BPF_W, BPF_H, BPF_B; BPF_LEN */
	u_int		 t_off;
	int		 t_ip;		/* t_off is behind the IPv4 header at
					 * t_iphdr */
	u_int		 t_iphdr;
	u_int32_t	 t_mask;	/* ~0: all bits */
	u_int		 t_op;		/* BPF_JEQ, JGT, JGE, JSET */
	u_int32_t	 t_k;
};

struct node {
	enum node_type	 n_type;
	struct node	*n_left;
	struct node	*n_right;
	struct node	*n_next;	/* of all there are */
	struct test	 n_test;
};

/* NULL is taken as absent: the other one alone */
struct node *node_and(struct node *, struct node *);
struct node *node_or(struct node *, struct node *);
struct node *node_not(struct node *);
struct node *node_const(int);
struct node *node_test(u_int, u_int, u_int32_t, u_int32_t);
/*
 * The program that keeps so many bytes of what the tree is true for; exits
 * with an error when it is longer than the kernel takes.
 */
struct bpf_program *code_make(const struct node *, u_int);

#endif
