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

/* rows: S12 */


/* bpf(4): the machine, buffers, and what an interface's end means. */

#include <sys/ktest.h>
#include <sys/conf.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/proc.h>
#include <sys/socket.h>
#include <sys/sockio.h>
#include <sys/task.h>

#include <net/if_dl.h>
#include <net/if_enc.h>
#include <net/if_types.h>
#include <net/bpf.h>
#include <net/bpfdesc.h>

#include "kt_seclib.h"
#include "../kern/kt_thread.h"

#define NMAX	2048

static const struct cdevsw *cd;

/*
 * An interface that does nothing, with a tap of DLT_LOOP.
 */
static int
ktb_ioctl(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	return (ENOTTY);
}

static void
ktb_start(struct ifqueue *ifq)
{
	ifq_purge(ifq);
}

static struct ifnet *
ktb_create(const char *name, u_int dlt, u_int hdrlen)
{
	struct ifnet *ifp;

	ifp = malloc(sizeof(*ifp), M_DEVBUF, M_WAITOK | M_ZERO);
	strlcpy(ifp->if_xname, name, sizeof(ifp->if_xname));
	ifp->if_type = IFT_TUNNEL;
	ifp->if_xflags = IFXF_MPSAFE;
	ifp->if_mtu = 1500;
	ifp->if_ioctl = ktb_ioctl;
	ifp->if_qstart = ktb_start;
	if_attach(ifp);
	bpfattach(&ifp->if_bpf, ifp, dlt, hdrlen);
	return (ifp);
}

static void
ktb_destroy(struct ifnet *ifp)
{
	if_detach(ifp);
	free(ifp, M_DEVBUF, sizeof(*ifp));
}

static void *
ktb_open(const char *name)
{
	struct ifreq ifr;
	void *d;

	cd = cdev_lookup("bpf", 3);
	if (cd == NULL || cd->d_open(FREAD | FWRITE, curproc, &d) != 0)
		panic("no bpf");
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	if (cd->d_ioctl(d, BIOCSETIF, (caddr_t)&ifr, curproc) != 0)
		panic("BIOCSETIF %s", name);
	return (d);
}

static void
ktb_close(void *d)
{
	cd->d_upcall(d, NULL, NULL);
	cd->d_close(d);
}

static int
ktb_word(void *d, u_long cmd, u_int v)
{
	return (cd->d_ioctl(d, cmd, (caddr_t)&v, curproc));
}

static int
ktb_time(void *d, u_long cmd, long msec)
{
	struct timeval tv = { msec / 1000, msec % 1000 * 1000 };

	return (cd->d_ioctl(d, cmd, (caddr_t)&tv, curproc));
}

/* The program of a client comes by copyin(); here it is put in its place. */
static void
ktb_filter(struct bpf_d *d, const struct bpf_insn *in, u_int n)
{
	struct bpf_prog *bp;

	bp = malloc(sizeof(*bp) + n * sizeof(*in), M_DEVBUF, M_WAITOK);
	bp->bp_len = n;
	memcpy(bp->bp_insns, in, n * sizeof(*in));
	rw_enter_write(&bpf_lock);
	bpf_setprog(&d->bd_rfilter, bp);
	rw_exit_write(&bpf_lock);
}

/* bytes 0, 1, 2 ... in mbufs of up to this many bytes */
static struct mbuf *
ktb_chain(const u_char *p, u_int len, u_int piece)
{
	struct mbuf *top = NULL, **mp = &top, *m;
	u_int n, total = len;

	do {
		m = top == NULL ? m_gethdr(M_WAIT, MT_DATA) :
		    m_get(M_WAIT, MT_DATA);
		n = MIN(piece, MIN(len, 100));
		memcpy(mtod(m, caddr_t), p, n);
		m->m_len = n;
		p += n;
		len -= n;
		*mp = m;
		mp = &m->m_next;
	} while (len > 0);
	top->m_pkthdr.len = total;
	return (top);
}

static int
ktb_tap(struct ifnet *ifp, u_int len, u_int dir)
{
	u_char buf[NMAX];
	struct mbuf *m;
	u_int i;
	int drop;

	for (i = 0; i < len; i++)
		buf[i] = i;
	m = ktb_chain(buf, len, 13);
	drop = ifp->if_bpf != NULL && bpf_mtap_af(ifp->if_bpf, AF_INET6, m,
	    dir);
	m_freem(m);
	return (drop);
}

/* How many records are in the next buffer; -1: there is none. */
static int
ktb_records(void *d, struct bpf_hdr *last)
{
	struct bpf_hdr *bh;
	struct mbuf *m;
	u_int at = 0;
	int n = 0;

	if (cd->d_read(d, &m) != 0)
		return (-1);
	while (at < m->m_len) {
		bh = (struct bpf_hdr *)(mtod(m, u_char *) + at);
		at += BPF_WORDALIGN(bh->bh_hdrlen + bh->bh_caplen);
		*last = *bh;
		n++;
	}
	m_freem(m);
	return (n);
}

/*
 * Programs with results worked out by hand, on
 * 45 00 00 1c 12 34 40 00 ff 11 ...
 */
static const u_char machine_pkt[] = { 0x45, 0, 0, 0x1c, 0x12, 0x34, 0x40, 0,
    0xff, 0x11, 0xab, 0xcd, 192, 0, 2, 1, 198, 51, 100, 2, 0x30, 0x39, 0,
    53, 0, 8, 0xfe, 0xdc };
#define A_AND_RET	BPF_STMT(BPF_RET | BPF_A, 0)
static const struct {
	struct bpf_insn	in[7];
	int		n;
	u_int32_t	ret;
} machine[] = {
	{ { BPF_STMT(BPF_RET | BPF_K, 77) }, 1, 77 },
	{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), A_AND_RET }, 2,
	    0xc0000201 },
	{ { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 9), A_AND_RET }, 2, 0x11ab },
	{ { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 27), A_AND_RET }, 2, 0xdc },
	/* one byte too far each */
	{ { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 28),
	    BPF_STMT(BPF_RET | BPF_K, 1) }, 2, 0 },
	{ { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 27),
	    BPF_STMT(BPF_RET | BPF_K, 1) }, 2, 0 },
	{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 25),
	    BPF_STMT(BPF_RET | BPF_K, 1) }, 2, 0 },
	{ { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfffffffd),
	    BPF_STMT(BPF_RET | BPF_K, 1) }, 2, 0 },
	/* the UDP header's second port, behind 4 * 5 bytes */
	{ { BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	    BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2), A_AND_RET }, 3, 53 },
	{ { BPF_STMT(BPF_LDX | BPF_IMM, 0xffffffff),
	    BPF_STMT(BPF_LD | BPF_B | BPF_IND, 10), A_AND_RET }, 3, 0x11 },
	{ { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), A_AND_RET }, 2, 28 },
	{ { BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
	    BPF_STMT(BPF_MISC | BPF_TXA, 0), A_AND_RET }, 3, 28 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 5), BPF_STMT(BPF_ST, 15),
	    BPF_STMT(BPF_LD | BPF_IMM, 1), BPF_STMT(BPF_LDX | BPF_MEM, 15),
	    BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0), A_AND_RET }, 6,
	    0xfffffffc },
	{ { BPF_STMT(BPF_LD | BPF_MEM, 3), A_AND_RET }, 2, 0 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 7),
	    BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 0x80000000), A_AND_RET }, 3,
	    0x80000000 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 0xf0000000),
	    BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 16), A_AND_RET }, 3,
	    0x0f000000 },
	/* X is 0 */
	{ { BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
	    BPF_STMT(BPF_RET | BPF_K, 1) }, 2, 0 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 1), BPF_STMT(BPF_LDX | BPF_IMM, 32),
	    BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 0), A_AND_RET }, 4, 0 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 0x80000000),
	    BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 31), A_AND_RET }, 3, 1 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 1), BPF_STMT(BPF_ALU | BPF_NEG, 0),
	    A_AND_RET }, 3, 0xffffffff },
	{ { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 2), BPF_STMT(BPF_RET | BPF_K, 3) }, 4,
	    3 },
	/* comparisons have no sign */
	{ { BPF_STMT(BPF_LD | BPF_IMM, 0x80000000),
	    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 1, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 2), BPF_STMT(BPF_RET | BPF_K, 3) }, 4,
	    3 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 6),
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 9, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 6, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 2), BPF_STMT(BPF_RET | BPF_K, 3) }, 5,
	    3 },
	{ { BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_RET | BPF_K, 2),
	    BPF_STMT(BPF_RET | BPF_K, 4) }, 3, 4 }
};

KTEST(bpf_machine, "programs give what was worked out by hand, in any mbufs")
{
	struct mbuf *m;
	u_int i, piece, ret;

	for (i = 0; i < nitems(machine); i++) {
		if (!bpf_validate(machine[i].in, machine[i].n))
			KT_FAIL("program %u is refused", i);
		ret = bpf_filter(machine[i].in, machine_pkt,
		    sizeof(machine_pkt), sizeof(machine_pkt));
		if (ret != machine[i].ret)
			KT_FAIL("program %u: %#x", i, ret);
		for (piece = 1; piece <= sizeof(machine_pkt); piece++) {
			m = ktb_chain(machine_pkt, sizeof(machine_pkt), piece);
			ret = bpf_mfilter(machine[i].in, m);
			m_freem(m);
			if (ret != machine[i].ret)
				KT_FAIL("program %u, pieces of %u: %#x", i,
				    piece, ret);
		}
	}
	KT_EQ(bpf_filter(NULL, machine_pkt, 1, 1), 0xffffffff);
}

static const struct {
	struct bpf_insn	in[3];
	int		n;
} refused[] = {
	{ { BPF_STMT(BPF_RET | BPF_K, 1) }, 0 },
	{ { BPF_STMT(BPF_RET | BPF_K, 1) }, -1 },
	{ { BPF_STMT(BPF_LD | BPF_IMM, 1) }, 1 },	/* no end */
	/* beyond the end, or around to the start */
	{ { BPF_STMT(BPF_JMP | BPF_JA, 1), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_JMP | BPF_JA, 0xfffffffe), A_AND_RET }, 2 },
	{ { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), A_AND_RET }, 2 },
	{ { BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 0, 255), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_ST, 16), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_STX, 0xffffffff), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_LD | BPF_MEM, 16), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_LDX | BPF_MEM, 0x80000000), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_ALU | 0x90, 1), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_LD | 0x18 | BPF_ABS, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_LD | BPF_MSH | BPF_B, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_LD | 0xe0, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_JMP | 0x50, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_MISC | 0x40, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(0x100 | BPF_LD | BPF_IMM, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(0x100 | BPF_ALU | BPF_ADD, 0), A_AND_RET }, 2 },
	{ { BPF_STMT(BPF_RET | BPF_X, 0) }, 1 },
	{ { BPF_STMT(0xffff, 0), A_AND_RET }, 2 }
};

KTEST(bpf_refused, "no program is taken that could leave its bounds")
{
	struct bpf_insn *in;
	u_int i;

	for (i = 0; i < nitems(refused); i++)
		if (bpf_validate(refused[i].in, refused[i].n))
			KT_FAIL("program %u is taken", i);
	in = malloc((BPF_MAXINSNS + 1) * sizeof(*in), M_TEMP, M_WAITOK |
	    M_ZERO);
	for (i = 0; i < BPF_MAXINSNS + 1; i++)
		in[i].code = BPF_RET | BPF_K;
	KT_EQ(bpf_validate(in, BPF_MAXINSNS), 1);
	KT_EQ(bpf_validate(in, BPF_MAXINSNS + 1), 0);
	free(in, M_TEMP, (BPF_MAXINSNS + 1) * sizeof(*in));
}

/*
 * Another machine, to compare with: one switch over whole codes, 64 bits
 * wide where that tells overflow, on a packet in one piece.
 */
static uint64_t
ktb_bytes(const u_char *p, uint64_t len, uint64_t off, int n, int *bad)
{
	uint64_t v = 0;

	if (off + n > len) {
		*bad = 1;
		return (0);
	}
	while (n-- > 0)
		v = v * 256 + p[off++];
	return (v);
}

static uint64_t
ktb_op(u_int op, uint64_t a, uint64_t b, int *bad)
{
	switch (op) {
	case 0x00:
		return (a + b);
	case 0x10:
		return (a + (1ULL << 32) - b);
	case 0x20:
		return (a * b);
	case 0x30:
		*bad = b == 0;
		return (b == 0 ? 0 : a / b);
	case 0x40:
		return (a | b);
	case 0x50:
		return (a & b);
	case 0x60:
		return (b > 31 ? 0 : a << b);
	case 0x70:
		return (b > 31 ? 0 : a >> b);
	default:
		return ((1ULL << 32) - a);
	}
}

static uint64_t
ktb_cmp(u_int op, uint64_t a, uint64_t b)
{
	return (op == 0x10 ? a == b : op == 0x20 ? a > b : op == 0x30 ?
	    a >= b : (a & b) != 0);
}

static u_int
ktb_reference(const struct bpf_insn *in, const u_char *p, u_int len)
{
	uint64_t a = 0, x = 0, m[16] = { 0 };
	int bad = 0, pc = 0;

	for (; !bad; pc++) {
		uint64_t k = in[pc].k, b = in[pc].code & 8 ? x : k;
		u_int c = in[pc].code;

		switch (c) {
		case 0x20: a = ktb_bytes(p, len, k, 4, &bad); break;
		case 0x28: a = ktb_bytes(p, len, k, 2, &bad); break;
		case 0x30: a = ktb_bytes(p, len, k, 1, &bad); break;
		case 0x40: a = ktb_bytes(p, len, (uint32_t)(x + k), 4, &bad);
			break;
		case 0x48: a = ktb_bytes(p, len, (uint32_t)(x + k), 2, &bad);
			break;
		case 0x50: a = ktb_bytes(p, len, (uint32_t)(x + k), 1, &bad);
			break;
		case 0x80: a = len; break;
		case 0x81: x = len; break;
		case 0x00: a = k; break;
		case 0x01: x = k; break;
		case 0x60: a = m[k]; break;
		case 0x61: x = m[k]; break;
		case 0xb1: x = ktb_bytes(p, len, k, 1, &bad) % 16 * 4; break;
		case 0x02: m[k] = a; break;
		case 0x03: m[k] = x; break;
		case 0x05: pc += k; break;
		case 0x06: return (k);
		case 0x16: return (a);
		case 0x07: x = a; break;
		case 0x87: a = x; break;
		default:
			if ((c & 7) == 5)
				pc += ktb_cmp(c & 0xf0, a, b) ? in[pc].jt :
				    in[pc].jf;
			else
				a = (uint32_t)ktb_op(c & 0xf0, a, b, &bad);
		}
	}
	return (0);
}

static const u_int16_t codes[] = { 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x80,
    0x81, 0x00, 0x01, 0x60, 0x61, 0xb1, 0x02, 0x03, 0x05, 0x06, 0x16, 0x07,
    0x87, 0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d, 0x04, 0x14, 0x24,
    0x34, 0x44, 0x54, 0x64, 0x74, 0x84, 0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c,
    0x6c, 0x7c };

static void
ktb_program(struct bpf_insn *in, u_int n)
{
	u_int i;

	for (i = 0; i < n; i++) {
		in[i].code = codes[kt_random() % nitems(codes)];
		in[i].k = kt_random() % 4 == 0 ? kt_random() :
		    kt_random() % 40;
		in[i].jt = kt_random() % (n - i);
		in[i].jf = kt_random() % (n - i);
		if (in[i].code == 0x06 && kt_random() % 4 != 0)
			in[i].code = 0x00;
		if ((in[i].code & 0xe7) == 0x60 || in[i].code == 0x61 ||
		    (in[i].code & 0xe6) == 0x02)
			in[i].k %= 16;
		if (in[i].code == 0x05)
			in[i].k = kt_random() % (n - i);
	}
	in[n - 1].code = kt_random() % 2 ? 0x16 : 0x06;
}

KTEST(bpf_random, "random programs do what another machine does")
{
	struct bpf_insn in[24];
	unsigned long i, taken = 0, accepted = 0, count = kt_count(100000);
	u_char pkt[64];
	struct mbuf *m;
	u_int j, n, len, got, want;

	for (i = 0; i < count; i++) {
		n = 1 + kt_random() % nitems(in);
		ktb_program(in, n);
		len = 1 + kt_random() % sizeof(pkt);
		for (j = 0; j < len; j++)
			pkt[j] = kt_random() % 4 == 0 ? kt_random() :
			    kt_random() % 40;
		if (!bpf_validate(in, n))
			continue;
		taken++;
		want = ktb_reference(in, pkt, len);
		m = ktb_chain(pkt, len, 1 + kt_random() % len);
		got = bpf_mfilter(in, m);
		m_freem(m);
		if (got != want || bpf_filter(in, pkt, len, len) != want)
			KT_FAIL("run %lu: %#x, not %#x", i, got, want);
		accepted += got != 0;
	}
	/* enough of them did something */
	KT_ASSERT(taken > count / 10);
	KT_ASSERT(accepted > taken / 20);
}

KTEST(bpf_harmless, "any bytes at all as a program, if taken, come to an end")
{
	struct bpf_insn in[8];
	unsigned long i, count = kt_count(500000);
	u_char *p = (u_char *)in;
	u_int j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < sizeof(in); j++)
			p[j] = kt_random();
		for (j = 0; j < nitems(in); j++)
			in[j].code &= 0x1ff;
		in[7].code = BPF_RET;
		if (bpf_validate(in, 8 - kt_random() % 8))
			(void)bpf_filter(in, p, 40, kt_random() % 40);
	}
}

static void
ktb_count(void *arg)
{
	atomic_inc_int((u_int *)arg);
}

KTEST(bpf_buffers, "a buffer fills, waits, and the third packet is lost")
{
	struct ifnet *ifp = ktb_create("ktb0", DLT_LOOP, 4);
	u_int told = 0, len = 100;
	struct bpf_hdr bh;
	struct bpf_stat bs;
	struct ifreq ifr;
	void *d;

	KT_ASSERT(ifp->if_bpf == NULL);
	cd = cdev_lookup("bpf", 3);
	KT_EQ(cd->d_open(FREAD, curproc, &d), 0);
	KT_EQ(cd->d_ioctl(d, BIOCSBLEN, (caddr_t)&len, curproc), 0);
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, "ktb9", sizeof(ifr.ifr_name));
	KT_EQ(cd->d_ioctl(d, BIOCSETIF, (caddr_t)&ifr, curproc), ENXIO);
	strlcpy(ifr.ifr_name, "ktb0", sizeof(ifr.ifr_name));
	KT_EQ(cd->d_ioctl(d, BIOCSETIF, (caddr_t)&ifr, curproc), 0);
	KT_ASSERT(ifp->if_bpf != NULL);
	KT_EQ(cd->d_ioctl(d, BIOCSBLEN, (caddr_t)&len, curproc), EINVAL);
	cd->d_upcall(d, ktb_count, &told);

	/* 28 + 4 + 10, so two of them fit only once aligned: 44 + 42 */
	KT_EQ(ktb_tap(ifp, 10, BPF_DIRECTION_IN), 0);
	KT_EQ(ktb_records(d, &bh), -1);
	ktb_tap(ifp, 10, BPF_DIRECTION_IN);
	KT_EQ(atomic_load_int(&told), 0);
	ktb_tap(ifp, 10, BPF_DIRECTION_OUT);	/* begins the second */
	KT_EQ(atomic_load_int(&told), 1);
	ktb_tap(ifp, 11, BPF_DIRECTION_OUT);
	ktb_tap(ifp, 12, BPF_DIRECTION_OUT);	/* no room */
	ktb_tap(ifp, 13, BPF_DIRECTION_OUT);
	cd->d_ioctl(d, BIOCGSTATS, (caddr_t)&bs, curproc);
	KT_EQ(bs.bs_recv, 6);
	KT_EQ(bs.bs_drop, 2);
	KT_EQ(ktb_records(d, &bh), 2);
	KT_EQ(bh.bh_caplen, 14);
	KT_EQ(bh.bh_datalen, 14);
	KT_EQ(bh.bh_hdrlen, 28);
	KT_EQ(bh.bh_flags & BPF_F_DIR_MASK, BPF_F_DIR_IN);
	/* the second one is not full as long as nothing more comes */
	KT_EQ(ktb_records(d, &bh), -1);
	ktb_tap(ifp, 200, BPF_DIRECTION_IN);	/* cut to the buffer */
	KT_EQ(ktb_records(d, &bh), 2);
	KT_EQ(bh.bh_flags & BPF_F_DIR_MASK, BPF_F_DIR_OUT);
	KT_EQ(ktb_word(d, BIOCIMMEDIATE, 1), 0);
	KT_EQ(ktb_records(d, &bh), 1);
	KT_EQ(bh.bh_caplen, 72);
	KT_EQ(bh.bh_datalen, 204);
	KT_EQ(bh.bh_drops, 2);
	KT_EQ(cd->d_ioctl(d, BIOCFLUSH, NULL, curproc), 0);
	cd->d_ioctl(d, BIOCGSTATS, (caddr_t)&bs, curproc);
	KT_EQ(bs.bs_recv + bs.bs_drop, 0);
	/* opened to read */
	KT_EQ(cd->d_write(d, &bh, sizeof(bh), curproc), EBADF);
	ktb_close(d);
	KT_ASSERT(ifp->if_bpf == NULL);
	ktb_destroy(ifp);
}

KTEST(bpf_bytes, "what is read is the packet: family, then all its bytes")
{
	static const u_char af[] = { 0, 0, 0, AF_INET6 };
	struct ifnet *ifp = ktb_create("ktb0", DLT_LOOP, 4);
	struct bpf_d *d = ktb_open("ktb0");
	struct bpf_insn keep[] = { BPF_STMT(BPF_RET | BPF_K, 50) };
	struct bpf_hdr *bh;
	struct mbuf *m;
	u_char *p;
	u_int len, i;

	ktb_word(d, BIOCIMMEDIATE, 1);
	for (len = 1; len < 300; len++) {
		if (len == 200)
			ktb_filter(d, keep, 1);
		ktb_tap(ifp, len, BPF_DIRECTION_IN);
		KT_EQ(cd->d_read(d, &m), 0);
		bh = mtod(m, struct bpf_hdr *);
		KT_EQ(bh->bh_datalen, len + 4);
		KT_EQ(bh->bh_caplen, len < 200 ? len + 4 : 50);
		KT_EQ(m->m_len, bh->bh_hdrlen + bh->bh_caplen);
		p = (u_char *)bh + bh->bh_hdrlen;
		KT_MEMEQ(p, af, sizeof(af));
		for (i = 4; i < bh->bh_caplen; i++)
			KT_EQ(p[i], (u_char)(i - 4));
		m_freem(m);
	}
	ktb_close(d);
	ktb_destroy(ifp);
}

#define MSEC	1000000ULL

KTEST(bpf_wait, "a packet waits as long as it was told to, and no longer")
{
	struct ifnet *ifp = ktb_create("ktb0", DLT_LOOP, 4);
	struct bpf_d *d = ktb_open("ktb0");
	struct bpf_hdr bh;
	struct timeval tv;
	u_int told = 0;

	cd->d_upcall(d, ktb_count, &told);
	KT_EQ(cd->d_ioctl(d, BIOCGWTIMEOUT, (caddr_t)&tv, curproc), ENXIO);
	KT_EQ(ktb_time(d, BIOCSWTIMEOUT, 100), 0);
	ktb_tap(ifp, 20, BPF_DIRECTION_IN);
	kt_sleep(60 * MSEC);
	ktb_tap(ifp, 20, BPF_DIRECTION_IN);	/* it is the first's age */
	kt_sleep(39 * MSEC);
	KT_EQ(atomic_load_int(&told), 0);
	KT_EQ(ktb_records(d, &bh), -1);
	kt_sleep(2 * MSEC);
	KT_EQ(atomic_load_int(&told), 1);
	KT_EQ(ktb_records(d, &bh), 2);
	kt_sleep(500 * MSEC);			/* and an empty one has none */
	KT_EQ(atomic_load_int(&told), 1);
	/* the shorter one of the two */
	KT_EQ(ktb_time(d, BIOCSRTIMEOUT, 30), 0);
	ktb_tap(ifp, 20, BPF_DIRECTION_IN);
	kt_sleep(31 * MSEC);
	KT_EQ(ktb_records(d, &bh), 1);
	KT_EQ(ktb_time(d, BIOCSRTIMEOUT, 0), 0);
	KT_EQ(cd->d_ioctl(d, BIOCDWTIMEOUT, NULL, curproc), 0);
	ktb_tap(ifp, 20, BPF_DIRECTION_IN);
	kt_sleep(10000 * MSEC);
	KT_EQ(ktb_records(d, &bh), -1);
	/* those that wait already, too */
	atomic_store_int(&told, 0);
	KT_EQ(ktb_word(d, BIOCIMMEDIATE, 1), 0);
	KT_EQ(atomic_load_int(&told), 1);
	KT_EQ(ktb_records(d, &bh), 1);
	tv.tv_sec = 301;
	tv.tv_usec = 0;
	KT_EQ(cd->d_ioctl(d, BIOCSWTIMEOUT, (caddr_t)&tv, curproc), EINVAL);
	tv.tv_sec = 1;
	tv.tv_usec = 1000000;
	KT_EQ(cd->d_ioctl(d, BIOCSRTIMEOUT, (caddr_t)&tv, curproc), EINVAL);
	ktb_close(d);
	ktb_destroy(ifp);
}

KTEST(bpf_drop, "directions are ignored and packets dropped as asked")
{
	static const struct bpf_insn none[] = { BPF_STMT(BPF_RET, 0) };
	struct ifnet *ifp = ktb_create("ktb0", DLT_LOOP, 4);
	struct bpf_d *d = ktb_open("ktb0"), *e = ktb_open("ktb0");
	struct bpf_hdr bh;

	ktb_word(d, BIOCIMMEDIATE, 1);
	ktb_word(e, BIOCIMMEDIATE, 1);
	KT_EQ(ktb_word(d, BIOCSDIRFILT, BPF_DIRECTION_IN), 0);
	KT_EQ(ktb_word(d, BIOCSDIRFILT, 4), EINVAL);
	KT_EQ(ktb_tap(ifp, 20, BPF_DIRECTION_IN), 0);
	KT_EQ(ktb_records(d, &bh), -1);
	KT_EQ(ktb_records(e, &bh), 1);
	KT_EQ(ktb_word(d, BIOCSFILDROP, BPF_FILDROP_CAPTURE), 0);
	KT_EQ(ktb_word(d, BIOCSFILDROP, 3), EINVAL);
	KT_EQ(ktb_tap(ifp, 20, BPF_DIRECTION_IN), 0);
	KT_EQ(ktb_tap(ifp, 20, BPF_DIRECTION_OUT), 1);
	KT_EQ(ktb_records(d, &bh), 1);
	KT_EQ(ktb_records(e, &bh), 2);		/* sees them all the same */
	KT_EQ(ktb_word(d, BIOCSFILDROP, BPF_FILDROP_DROP), 0);
	KT_EQ(ktb_tap(ifp, 20, BPF_DIRECTION_OUT), 1);
	KT_EQ(ktb_records(d, &bh), -1);
	ktb_filter(d, none, 1);
	KT_EQ(ktb_tap(ifp, 20, BPF_DIRECTION_OUT), 0);
	/* locked: only what changes nothing */
	KT_EQ(cd->d_ioctl(d, BIOCLOCK, NULL, curproc), 0);
	KT_EQ(ktb_word(d, BIOCSFILDROP, 0), EPERM);
	KT_EQ(ktb_word(d, BIOCIMMEDIATE, 0), 0);
	ktb_close(d);
	KT_ASSERT(ifp->if_bpf != NULL);
	ktb_close(e);
	ktb_destroy(ifp);
}

KTEST(bpf_gone, "the interface goes: the rest, the end, and another one")
{
	struct ifnet *ifp = ktb_create("ktb0", DLT_LOOP, 4);
	struct ifnet *other = ktb_create("ktb1", DLT_LOOP, 4);
	struct bpf_d *d = ktb_open("ktb0");
	u_char pkt[24] = { 0, 0, 0, AF_INET };
	struct bpf_hdr bh;
	struct ifreq ifr;
	struct mbuf *m;
	u_int told = 0;

	cd->d_upcall(d, ktb_count, &told);
	KT_EQ(cd->d_ioctl(d, BIOCPROMISC, NULL, curproc), 0);
	KT_ASSERT(ISSET(ifp->if_flags, IFF_PROMISC));
	ktb_tap(ifp, 20, BPF_DIRECTION_IN);
	KT_EQ(atomic_load_int(&told), 0);
	ktb_destroy(ifp);
	KT_EQ(atomic_load_int(&told), 1);
	KT_EQ(ktb_records(d, &bh), 1);
	KT_EQ(cd->d_read(d, &m), ENXIO);
	KT_EQ(cd->d_write(d, pkt, sizeof(pkt), curproc), ENXIO);
	KT_EQ(cd->d_ioctl(d, BIOCGETIF, (caddr_t)&ifr, curproc), EINVAL);
	KT_EQ(ktb_word(d, BIOCGDLT, 0), EINVAL);
	KT_EQ(cd->d_ioctl(d, BIOCPROMISC, NULL, curproc), EINVAL);
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, "ktb1", sizeof(ifr.ifr_name));
	KT_EQ(cd->d_ioctl(d, BIOCSETIF, (caddr_t)&ifr, curproc), 0);
	KT_EQ(cd->d_read(d, &m), EAGAIN);
	KT_EQ(cd->d_ioctl(d, BIOCPROMISC, NULL, curproc), 0);
	KT_ASSERT(ISSET(other->if_flags, IFF_PROMISC));
	ktb_close(d);
	KT_ASSERT(!ISSET(other->if_flags, IFF_PROMISC));
	ktb_destroy(other);
}

KTEST(bpf_suser, "only the superuser opens it")
{
	void *d;

	cd = cdev_lookup("bpf", 3);
	KT_ASSERT(cd != NULL);
	KT_ASSERT(cdev_lookup("bpf0", 4) == NULL);
	KT_ASSERT(cdev_lookup("", 0) == NULL);
	curproc->p_suser = 0;
	KT_EQ(cd->d_open(FREAD, curproc, &d), EACCES);
	curproc->p_suser = 1;
}

#define INNER	KTI_A(169, 254, 229, 41)

KTEST(bpf_sec, "sec(4) shows each packet once, in the clear, both ways")
{
	struct bpf_d *out, *in;
	struct bpf_hdr bh;
	struct if_data data;
	int i;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(ksec_create(1), 0);
	ksec_add(&(struct ksec_sa){ .ks_unit = 0, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_OUT });
	ksec_add(&(struct ksec_sa){ .ks_unit = 1, .ks_spi = KSEC_SPI,
	    .ks_dir = IPSP_DIRECTION_IN });
	ksec_settle();
	out = ktb_open("sec0");
	in = ktb_open("sec1");
	ktb_word(out, BIOCIMMEDIATE, 1);
	ktb_word(in, BIOCIMMEDIATE, 1);
	for (i = 0; i < 3; i++) {
		KT_EQ(ksec_send(0, INNER, 100 + i), 0);
		ksec_settle();
		KT_EQ(ksec_reflect(NULL), 1);
		ksec_settle();
		KT_EQ(ktb_records(out, &bh), 1);
		KT_EQ(bh.bh_datalen, 104 + i);
		KT_EQ(bh.bh_flags & BPF_F_DIR_MASK, BPF_F_DIR_OUT);
		KT_EQ(ktb_records(in, &bh), 1);
		KT_EQ(bh.bh_datalen, 104 + i);
		KT_EQ(bh.bh_flags & BPF_F_DIR_MASK, BPF_F_DIR_IN);
	}
	/* dropped before it is encrypted, and after it was decrypted */
	ktb_word(out, BIOCSFILDROP, BPF_FILDROP_DROP);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 0);
	ktb_word(out, BIOCSFILDROP, BPF_FILDROP_PASS);
	ktb_word(in, BIOCSFILDROP, BPF_FILDROP_DROP);
	KT_EQ(ksec_send(0, INNER, 100), 0);
	ksec_settle();
	KT_EQ(ksec_reflect(NULL), 1);
	ksec_settle();
	ksec_ifdata(1, &data);
	KT_EQ(data.ifi_ipackets, 3);
	ktb_close(out);
	ktb_close(in);
	ksec_destroy(0);
	ksec_destroy(1);
	ksec_cleanup();
}

KTEST(bpf_write, "what is written leaves, if the filter lets it")
{
	u_char pkt[128] = { 0, 0, 0, AF_INET };
	struct bpf_insn big[] = { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 100, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_RET | BPF_K, 0) };
	struct bpf_prog *bp;
	struct bpf_d *d;
	struct mbuf *m;

	KT_EQ(ksec_setup(), 0);
	KT_EQ(ksec_create(0), 0);
	KT_EQ(ksec_pair(0, NULL, NULL), 0);
	ksec_settle();
	d = ktb_open("sec0");
	m = kti_packet(KTI_US1, INNER, IPPROTO_UDP, sizeof(pkt) - 24);
	m_copydata(m, 0, sizeof(pkt) - 4, pkt + 4);
	m_freem(m);
	KT_EQ(cd->d_write(d, pkt, sizeof(pkt), curproc), 0);
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 1);
	m_freem(kti_sent(&kti1));
	KT_EQ(cd->d_write(d, pkt, 4, curproc), EINVAL);
	KT_EQ(cd->d_write(d, pkt, 0, curproc), EINVAL);
	pkt[3] = 99;
	KT_EQ(cd->d_write(d, pkt, sizeof(pkt), curproc), EAFNOSUPPORT);
	pkt[3] = AF_INET;
	bp = malloc(sizeof(*bp) + sizeof(big), M_DEVBUF, M_WAITOK);
	bp->bp_len = nitems(big);
	memcpy(bp->bp_insns, big, sizeof(big));
	rw_enter_write(&bpf_lock);
	bpf_setprog(&d->bd_wfilter, bp);
	rw_exit_write(&bpf_lock);
	KT_EQ(cd->d_write(d, pkt, 99, curproc), EPERM);
	KT_EQ(cd->d_write(d, pkt, sizeof(pkt), curproc), 0);
	ksec_settle();
	KT_EQ(kti_nsent(&kti1), 1);
	ksec_flags(0, 0);
	KT_EQ(cd->d_write(d, pkt, sizeof(pkt), curproc), ENETDOWN);
	ktb_close(d);
	ksec_destroy(0);
	ksec_cleanup();
}

/*
 * Packets on one side; descriptors, filters and the interface's end on the
 * other.
 */
static void
mp_tapper(void *arg)
{
	struct ifnet *ifp = arg;
	u_char pkt[64] = { 0 };
	struct mbuf *m = ktb_chain(pkt, sizeof(pkt), 20);
	int i;

	/* a softnet, too, sleeps now and then: barriers wait for that */
	while (!ktt_stopping()) {
		for (i = 0; i < 20; i++) {
			(void)if_tap(ifp, m, BPF_DIRECTION_IN);
			yield();
		}
		tsleep_nsec(m, PWAIT, "tapper", 1000);
	}
	m_freem(m);
	ktt_exit();
}

KTEST(mp_bpf, "listeners come, change and go while packets pass")
{
	static const struct bpf_insn even[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	    BPF_STMT(BPF_RET | BPF_K, 40) };
	struct ifnet *ifp = ktb_create("ktb0", DLT_LOOP, 4);
	unsigned long i, n = kt_count(100);
	struct bpf_hdr bh;
	struct bpf_d *d;
	int got;

	for (i = 0; i < 2; i++)
		ktt_start(mp_tapper, ifp);
	for (i = 0; i < n; i++) {
		d = ktb_open("ktb0");
		ktb_word(d, BIOCIMMEDIATE, 1);
		ktb_filter(d, even, nitems(even));
		for (got = 0; got < 3; got += ktb_records(d, &bh) > 0)
			tsleep_nsec(d, PWAIT, "record", 1000);
		(void)cd->d_ioctl(d, BIOCFLUSH, NULL, curproc);
		ktb_close(d);
	}
	KT_EQ(ktt_end(), 0);
	d = ktb_open("ktb0");
	ktb_destroy(ifp);
	ktb_close(d);
}

static struct mbuf *ether_last;

static int
ether_enqueue(struct ifnet *ifp, struct mbuf *m)
{
	m_freem(ether_last);
	ether_last = m;
	return (0);
}

KTEST(bpf_ether, "a frame leaves with our address, or with what it has")
{
	static const u_char us[] = { 2, 0, 0, 0, 0, 9 };
	u_char frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4,
	    5, 6, 8, 6 };
	struct ifnet *ifp = ktb_create("ktb0", DLT_EN10MB, 14);
	struct bpf_d *d = ktb_open("ktb0");
	u_char *p;

	KT_EQ(cd->d_write(d, frame, sizeof(frame), curproc), ENETDOWN);
	ifp->if_addrlen = sizeof(us);
	if_alloc_sadl(ifp);
	memcpy(LLADDR(ifp->if_sadl), us, sizeof(us));
	ifp->if_enqueue = ether_enqueue;
	NET_LOCK();
	if_up(ifp);
	NET_UNLOCK();
	KT_EQ(cd->d_write(d, frame, sizeof(frame), curproc), 0);
	p = mtod(ether_last, u_char *);
	KT_EQ(ether_last->m_pkthdr.len, sizeof(frame));
	KT_ASSERT(ISSET(ether_last->m_flags, M_BCAST));
	KT_MEMEQ(p, frame, 6);
	KT_MEMEQ(p + 6, us, 6);
	KT_MEMEQ(p + 12, frame + 12, sizeof(frame) - 12);
	frame[0] = 2;
	ktb_word(d, BIOCSHDRCMPLT, 1);
	KT_EQ(cd->d_write(d, frame, sizeof(frame), curproc), 0);
	p = mtod(ether_last, u_char *);
	KT_MEMEQ(p, frame, sizeof(frame));
	KT_ASSERT(!ISSET(ether_last->m_flags, M_BCAST | M_MCAST));
	m_freem(ether_last);
	ether_last = NULL;
	ktb_close(d);
	ktb_destroy(ifp);
}

KTEST(enc_tap, "enc(4): header, direction, units and routing domains")
{
	struct bpf_d *d = ktb_open("enc0");
	u_char pkt[40] = { 0x45 };
	struct ifnet *enc0, *enc1;
	struct enchdr *eh;
	struct bpf_hdr *bh;
	struct mbuf *m, *b;

	ktb_word(d, BIOCIMMEDIATE, 1);
	KT_EQ(if_clone_create("enc1", 0), 0);
	m = ktb_chain(pkt, sizeof(pkt), 100);
	NET_LOCK();
	KT_EQ(if_setrdomain(if_unit_locked("enc1"), 1), 0);
	NET_UNLOCK();
	NET_LOCK_SHARED();
	enc0 = if_unit_locked("enc0");
	enc1 = if_unit_locked("enc1");
	KT_ASSERT(enc_getif(0, 0) == enc0);
	KT_ASSERT(enc_getif(0, 1) == enc0);	/* it is elsewhere */
	KT_ASSERT(enc_getif(1, 1) == enc1);
	KT_ASSERT(enc_getif(1, 0) == enc1);
	KT_ASSERT(enc_getif(2, 0) == NULL);
	KT_EQ(enc_tap_in(2, 0, m, AF_INET, htonl(0x1000), M_CONF), 0);
	KT_EQ(enc_tap_in(0, 0, m, AF_INET, htonl(0x1000), M_CONF | M_AUTH),
	    enc0->if_index);
	NET_UNLOCK_SHARED();
	KT_EQ(cd->d_read(d, &b), 0);
	bh = mtod(b, struct bpf_hdr *);
	KT_EQ(bh->bh_datalen, ENC_HDRLEN + sizeof(pkt));
	KT_EQ(bh->bh_flags & BPF_F_DIR_MASK, BPF_F_DIR_IN);
	eh = (struct enchdr *)((u_char *)bh + bh->bh_hdrlen);
	KT_EQ(eh->af, AF_INET);
	KT_EQ(ntohl(eh->spi), 0x1000);
	KT_EQ(eh->flags, ENC_CONF | ENC_AUTH);
	m_freem(b);
	NET_LOCK_SHARED();
	KT_EQ(enc_tap_out(1, 0, m, AF_INET, 1, M_AUTH), enc1->if_index);
	NET_UNLOCK_SHARED();
	KT_EQ(cd->d_read(d, &b), EAGAIN);	/* that was enc1 */
	KT_EQ(cd->d_write(d, pkt, sizeof(pkt), curproc), EOPNOTSUPP);
	m_freem(m);
	ktb_close(d);
	KT_EQ(if_clone_destroy("enc1"), 0);
	KT_EQ(if_clone_destroy("enc0"), EPERM);
}
