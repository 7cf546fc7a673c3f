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


/* -d: a program as text, for people. */

#include <sys/types.h>
#include <stdio.h>

#include "tcpdump.h"

static void
dump_load(const struct bpf_insn *in)
{
	const char *x = BPF_CLASS(in->code) == BPF_LDX ? "x" : "";
	const char *size = BPF_SIZE(in->code) == BPF_H ? "h" :
	    BPF_SIZE(in->code) == BPF_B ? "b" : "";

	switch (BPF_MODE(in->code)) {
	case BPF_ABS:
		printf("ld%s%s\t[%u]", x, size, in->k);
		break;
	case BPF_IND:
		printf("ld%s%s\t[x + %u]", x, size, in->k);
		break;
	case BPF_MSH:
		printf("ldx%s\t4*([%u]&0xf)", size, in->k);
		break;
	case BPF_LEN:
		printf("ld%s\t#pktlen", x);
		break;
	default:
		printf("ld%s\t#0x%x", x, in->k);
	}
}

static void
dump_jump(const struct bpf_insn *in, u_int i)
{
	const char *op;

	switch (BPF_OP(in->code)) {
	case BPF_JA:
		printf("ja\t%u", i + 1 + in->k);
		return;
	case BPF_JEQ:
		op = "jeq";
		break;
	case BPF_JGT:
		op = "jgt";
		break;
	case BPF_JGE:
		op = "jge";
		break;
	default:
		op = "jset";
	}
	printf("%s\t#0x%x\tjt %u\tjf %u", op, in->k, i + 1 + in->jt,
	    i + 1 + in->jf);
}

void
code_dump(const struct bpf_program *bf)
{
	const struct bpf_insn *in;
	u_int i;

	for (i = 0; i < bf->bf_len; i++) {
		in = &bf->bf_insns[i];
		printf("(%03u) ", i);
		switch (BPF_CLASS(in->code)) {
		case BPF_LD:
		case BPF_LDX:
			dump_load(in);
			break;
		case BPF_ALU:	/* no other is made here */
			printf("and\t#0x%x", in->k);
			break;
		case BPF_JMP:
			dump_jump(in, i);
			break;
		case BPF_RET:
			printf("ret\t#%u", in->k);
			break;
		}
		printf("\n");
	}
}
