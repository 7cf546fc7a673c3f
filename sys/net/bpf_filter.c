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
 * The filter machine: an accumulator, an index register, some words of
 * memory, and jumps that only go forward.  It runs in the kernel on mbufs
 * and in tcpdump(8) on captures.
 */

#ifdef _KERNEL
#include <sys/param.h>
#include <sys/systm.h>
#else
#include <sys/types.h>
#endif

#include <net/bpf.h>

struct bpf_machine {
	u_int32_t	bm_a;
	u_int32_t	bm_x;
	u_int32_t	bm_mem[BPF_MEMWORDS];
};

static const u_char *
bpf_bytes(const struct bpf_view *bv, u_int off, u_char *tmp, u_int n)
{
	if (off <= bv->bv_len && n <= bv->bv_len - off)
		return (bv->bv_data + off);
	if (bv->bv_more != NULL && bv->bv_more(bv, off, tmp, n))
		return (tmp);
	return (NULL);
}

/* 0 when the packet has no such bytes */
static int
bpf_packet(u_int size, const struct bpf_view *bv, u_int off, u_int32_t *vp)
{
	u_char tmp[sizeof(u_int32_t)];
	const u_char *p;
	u_int n = size == BPF_W ? 4 : size == BPF_H ? 2 : 1, i;
	u_int32_t v = 0;

	if ((p = bpf_bytes(bv, off, tmp, n)) == NULL)
		return (0);
	for (i = 0; i < n; i++)
		v = v << 8 | p[i];
	*vp = v;
	return (1);
}

static int
bpf_load(struct bpf_machine *bm, const struct bpf_insn *in,
    const struct bpf_view *bv)
{
	u_int32_t v = 0;
	int ok = 1;

	switch (BPF_MODE(in->code)) {
	case BPF_IMM:
		v = in->k;
		break;
	case BPF_LEN:
		v = bv->bv_wirelen;
		break;
	case BPF_MEM:
		v = bm->bm_mem[in->k];
		break;
	case BPF_ABS:
		ok = bpf_packet(BPF_SIZE(in->code), bv, in->k, &v);
		break;
	case BPF_IND:
		ok = bpf_packet(BPF_SIZE(in->code), bv, bm->bm_x + in->k, &v);
		break;
	case BPF_MSH:		/* the length of an IPv4 header */
		ok = bpf_packet(BPF_B, bv, in->k, &v);
		v = (v & 0xf) << 2;
		break;
	}
	if (BPF_CLASS(in->code) == BPF_LD)
		bm->bm_a = v;
	else
		bm->bm_x = v;
	return (ok);
}

/* 0 for a division by zero */
static int
bpf_alu(struct bpf_machine *bm, const struct bpf_insn *in)
{
	u_int32_t v = BPF_SRC(in->code) == BPF_X ? bm->bm_x : in->k;

	switch (BPF_OP(in->code)) {
	case BPF_ADD:
		bm->bm_a += v;
		break;
	case BPF_SUB:
		bm->bm_a -= v;
		break;
	case BPF_MUL:
		bm->bm_a *= v;
		break;
	case BPF_DIV:
		if (v == 0)
			return (0);
		bm->bm_a /= v;
		break;
	case BPF_OR:
		bm->bm_a |= v;
		break;
	case BPF_AND:
		bm->bm_a &= v;
		break;
	case BPF_LSH:
		bm->bm_a = v < 32 ? bm->bm_a << v : 0;
		break;
	case BPF_RSH:
		bm->bm_a = v < 32 ? bm->bm_a >> v : 0;
		break;
	case BPF_NEG:
		bm->bm_a = -bm->bm_a;
		break;
	}
	return (1);
}

/* instructions to skip */
static u_int32_t
bpf_jump(const struct bpf_machine *bm, const struct bpf_insn *in)
{
	u_int32_t v = BPF_SRC(in->code) == BPF_X ? bm->bm_x : in->k;
	int yes = 0;

	switch (BPF_OP(in->code)) {
	case BPF_JA:
		return (in->k);
	case BPF_JEQ:
		yes = bm->bm_a == v;
		break;
	case BPF_JGT:
		yes = bm->bm_a > v;
		break;
	case BPF_JGE:
		yes = bm->bm_a >= v;
		break;
	case BPF_JSET:
		yes = (bm->bm_a & v) != 0;
		break;
	}
	return (yes ? in->jt : in->jf);
}

u_int
bpf_run(const struct bpf_insn *in, const struct bpf_view *bv)
{
	struct bpf_machine bm = { 0 };

	if (in == NULL)
		return ((u_int)-1);
	for (;; in++) {
		switch (BPF_CLASS(in->code)) {
		case BPF_LD:
		case BPF_LDX:
			if (!bpf_load(&bm, in, bv))
				return (0);
			break;
		case BPF_ST:
			bm.bm_mem[in->k] = bm.bm_a;
			break;
		case BPF_STX:
			bm.bm_mem[in->k] = bm.bm_x;
			break;
		case BPF_ALU:
			if (!bpf_alu(&bm, in))
				return (0);
			break;
		case BPF_JMP:
			in += bpf_jump(&bm, in);
			break;
		case BPF_RET:
			return (BPF_RVAL(in->code) == BPF_A ? bm.bm_a : in->k);
		case BPF_MISC:
			if (BPF_MISCOP(in->code) == BPF_TAX)
				bm.bm_x = bm.bm_a;
			else
				bm.bm_a = bm.bm_x;
			break;
		}
	}
}

u_int
bpf_filter(const struct bpf_insn *in, const u_char *p, u_int wirelen,
    u_int len)
{
	struct bpf_view bv = { .bv_data = p, .bv_len = len,
	    .bv_wirelen = wirelen };

	return (bpf_run(in, &bv));
}

/* Everything is refused that is not known here, to the last bit. */
static int
bpf_valid_alu(const struct bpf_insn *in)
{
	int x = BPF_SRC(in->code) == BPF_X;

	if (in->code & ~0xff)
		return (0);
	switch (BPF_OP(in->code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_OR:
	case BPF_AND:
		return (1);
	case BPF_DIV:
		return (x || in->k != 0);
	case BPF_LSH:
	case BPF_RSH:
		return (x || in->k < 32);
	case BPF_NEG:
		return (!x);
	default:
		return (0);
	}
}

/* left: instructions behind this one */
static int
bpf_valid_jump(const struct bpf_insn *in, u_int left)
{
	switch (in->code) {
	case BPF_JMP | BPF_JA:
		return (in->k < left);
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_X:
		return (in->jt < left && in->jf < left);
	default:
		return (0);
	}
}

static int
bpf_valid(const struct bpf_insn *in, u_int left)
{
	switch (in->code) {
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_H | BPF_ABS:
	case BPF_LD | BPF_B | BPF_ABS:
	case BPF_LD | BPF_W | BPF_IND:
	case BPF_LD | BPF_H | BPF_IND:
	case BPF_LD | BPF_B | BPF_IND:
	case BPF_LD | BPF_IMM:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_IMM:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_B | BPF_MSH:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
		return (1);
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
		return (in->k < BPF_MEMWORDS);
	}
	switch (BPF_CLASS(in->code)) {
	case BPF_ALU:
		return (bpf_valid_alu(in));
	case BPF_JMP:
		return (bpf_valid_jump(in, left));
	default:
		return (0);
	}
}

int
bpf_validate(const struct bpf_insn *in, int len)
{
	int i;

	if (len < 1 || len > BPF_MAXINSNS ||
	    BPF_CLASS(in[len - 1].code) != BPF_RET)
		return (0);
	for (i = 0; i < len; i++)
		if (!bpf_valid(&in[i], len - 1 - i))
			return (0);
	return (1);
}
