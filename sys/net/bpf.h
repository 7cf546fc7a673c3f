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


#ifndef _NET_BPF_H_
#define _NET_BPF_H_

#include <sys/types.h>
#include <sys/time.h>
#include <sys/ioccom.h>

/*
 * The packet filter, bpf(4): what a program reads from it, how it is set
 * up, and the machine that filters are written for.
 */

/* records of a buffer begin at multiples of this */
#define BPF_ALIGNMENT	sizeof(u_int32_t)
#define BPF_WORDALIGN(x) (((x) + (BPF_ALIGNMENT - 1)) & ~(BPF_ALIGNMENT - 1))

#define BPF_MAXINSNS	512		/* instructions of a program */
#define BPF_MAXBUFSIZE	65536		/* what one message carries */
#define BPF_MINBUFSIZE	32
#define BPF_BUFSIZE	32768		/* unless told */

struct bpf_program {
	u_int		 bf_len;	/* instructions */
	struct bpf_insn	*bf_insns;
};

struct bpf_stat {
	u_int	bs_recv;	/* packets looked at */
	u_int	bs_drop;	/* accepted, but there was no room */
};

struct bpf_version {
	u_short	bv_major;
	u_short	bv_minor;
};
#define BPF_MAJOR_VERSION 1
#define BPF_MINOR_VERSION 1

struct bpf_dltlist {
	u_int	 bfl_len;	/* room in bfl_list; DLTs there are */
	u_int	*bfl_list;	/* or NULL */
};

#define BIOCGBLEN	_IOR('B', 102, u_int)
#define BIOCSBLEN	_IOWR('B', 102, u_int)
#define BIOCSETF	_IOW('B', 103, struct bpf_program)
#define BIOCFLUSH	_IO('B', 104)
#define BIOCPROMISC	_IO('B', 105)
#define BIOCGDLT	_IOR('B', 106, u_int)
#define BIOCGETIF	_IOR('B', 107, struct ifreq)
#define BIOCSETIF	_IOW('B', 108, struct ifreq)
#define BIOCSRTIMEOUT	_IOW('B', 109, struct timeval)
#define BIOCGRTIMEOUT	_IOR('B', 110, struct timeval)
#define BIOCGSTATS	_IOR('B', 111, struct bpf_stat)
#define BIOCIMMEDIATE	_IOW('B', 112, u_int)
#define BIOCVERSION	_IOR('B', 113, struct bpf_version)
#define BIOCGHDRCMPLT	_IOR('B', 116, u_int)
#define BIOCSHDRCMPLT	_IOW('B', 117, u_int)
#define BIOCLOCK	_IO('B', 118)
#define BIOCSETWF	_IOW('B', 119, struct bpf_program)
#define BIOCGFILDROP	_IOR('B', 120, u_int)
#define BIOCSFILDROP	_IOW('B', 121, u_int)
#define BIOCSDLT	_IOW('B', 122, u_int)
#define BIOCGDLTLIST	_IOWR('B', 123, struct bpf_dltlist)
#define BIOCGDIRFILT	_IOR('B', 124, u_int)
#define BIOCSDIRFILT	_IOW('B', 125, u_int)
#define BIOCSWTIMEOUT	_IOW('B', 126, struct timeval)
#define BIOCGWTIMEOUT	_IOR('B', 126, struct timeval)
#define BIOCDWTIMEOUT	_IO('B', 126)
#define BIOCSETFNR	_IOW('B', 127, struct bpf_program)

/* of a packet; BIOCSDIRFILT names those to ignore */
#define BPF_DIRECTION_IN	1
#define BPF_DIRECTION_OUT	2

/* what happens to a packet that the filter accepts */
#define BPF_FILDROP_PASS	0	/* it is captured */
#define BPF_FILDROP_CAPTURE	1	/* and the interface drops it */
#define BPF_FILDROP_DROP	2	/* the interface drops it, no more */

struct bpf_timeval {
	u_int32_t	tv_sec;
	u_int32_t	tv_usec;
};

/* Before each packet in a buffer; in the byte order of the machine. */
struct bpf_hdr {
	struct bpf_timeval bh_tstamp;
	u_int32_t	bh_caplen;	/* bytes that follow */
	u_int32_t	bh_datalen;	/* bytes the packet had */
	u_int16_t	bh_hdrlen;	/* bytes from here to the packet */
	u_int16_t	bh_ifidx;	/* it came in on */
	u_int16_t	bh_flowid;
	u_int8_t	bh_flags;
#define BPF_F_PRI_MASK		0x07
#define BPF_F_FLOWID		0x08
#define BPF_F_DIR_SHIFT		4
#define BPF_F_DIR_MASK		(0x3 << BPF_F_DIR_SHIFT)
#define BPF_F_DIR_IN		(BPF_DIRECTION_IN << BPF_F_DIR_SHIFT)
#define BPF_F_DIR_OUT		(BPF_DIRECTION_OUT << BPF_F_DIR_SHIFT)
	u_int8_t	bh_drops;	/* lost right before this one */
	u_int16_t	bh_csumflags;
};
#ifdef _KERNEL
#define SIZEOF_BPF_HDR	sizeof(struct bpf_hdr)
#endif

/* what packets begin with; files of captures use other numbers for some */
#define DLT_NULL	0	/* family, in the machine's byte order */
#define DLT_EN10MB	1	/* Ethernet */
#define DLT_LOOP	12	/* family, in network byte order */
#define DLT_ENC		13	/* struct enchdr, see enc(4) */
#define DLT_RAW		14	/* IP, of either version */

/* instructions: class, and what goes with it */
#define BPF_CLASS(code)	((code) & 0x07)
#define		BPF_LD		0x00
#define		BPF_LDX		0x01
#define		BPF_ST		0x02
#define		BPF_STX		0x03
#define		BPF_ALU		0x04
#define		BPF_JMP		0x05
#define		BPF_RET		0x06
#define		BPF_MISC	0x07

#define BPF_SIZE(code)	((code) & 0x18)
#define		BPF_W		0x00
#define		BPF_H		0x08
#define		BPF_B		0x10
#define BPF_MODE(code)	((code) & 0xe0)
#define		BPF_IMM		0x00
#define		BPF_ABS		0x20
#define		BPF_IND		0x40
#define		BPF_MEM		0x60
#define		BPF_LEN		0x80
#define		BPF_MSH		0xa0

#define BPF_OP(code)	((code) & 0xf0)
#define		BPF_ADD		0x00
#define		BPF_SUB		0x10
#define		BPF_MUL		0x20
#define		BPF_DIV		0x30
#define		BPF_OR		0x40
#define		BPF_AND		0x50
#define		BPF_LSH		0x60
#define		BPF_RSH		0x70
#define		BPF_NEG		0x80
#define		BPF_JA		0x00
#define		BPF_JEQ		0x10
#define		BPF_JGT		0x20
#define		BPF_JGE		0x30
#define		BPF_JSET	0x40
#define BPF_SRC(code)	((code) & 0x08)
#define		BPF_K		0x00
#define		BPF_X		0x08

#define BPF_RVAL(code)	((code) & 0x18)
#define		BPF_A		0x10

#define BPF_MISCOP(code) ((code) & 0xf8)
#define		BPF_TAX		0x00
#define		BPF_TXA		0x80

#define BPF_MEMWORDS	16	/* of scratch memory */

struct bpf_insn {
	u_int16_t	code;
	u_char		jt;	/* instructions to skip if true, */
	u_char		jf;	/* if false */
	u_int32_t	k;
};
#define BPF_STMT(code, k)	{ (u_int16_t)(code), 0, 0, (k) }
#define BPF_JUMP(code, k, jt, jf) { (u_int16_t)(code), (jt), (jf), (k) }

/*
 * A packet as the machine sees it.  The first bytes are at hand; of the
 * others bv_more() copies so many from an offset, and returns 0 when they
 * are not all there.
 */
struct bpf_view {
	const u_char	*bv_data;
	u_int		 bv_len;	/* bytes at bv_data */
	u_int		 bv_wirelen;	/* of the whole packet */
	int		(*bv_more)(const struct bpf_view *, u_int, u_char *,
			    u_int);	/* or NULL */
	const void	*bv_arg;	/* for bv_more() */
};

__BEGIN_DECLS
/*
 * Bytes of the packet to keep, 0 for none of it.  The program was
 * validated, or is NULL: that keeps all.
 */
u_int	bpf_run(const struct bpf_insn *, const struct bpf_view *);
/* The same: packet, its length, bytes of it that are there. */
u_int	bpf_filter(const struct bpf_insn *, const u_char *, u_int, u_int);
/* 1 if a program can do no harm and comes to an end, else 0 */
int	bpf_validate(const struct bpf_insn *, int);
__END_DECLS

#ifdef _KERNEL
struct ifnet;
struct mbuf;

/*
 * Attach a tap of an interface, once it is attached: where its pointer is,
 * the DLT and the bytes of its header.  The pointer is NULL as long as
 * nobody listens.  May sleep; the netlock is not held.
 */
void	bpfattach(caddr_t *, struct ifnet *, u_int, u_int);
/* All taps of an interface, when nobody uses them; likewise. */
void	bpfdetach(struct ifnet *);
/*
 * Show a packet, which is kept, to all who listen; its direction.  Any
 * context that does not hold a descriptor's lock.  Not 0: the caller has
 * to drop the packet.
 */
int	bpf_mtap(caddr_t, const struct mbuf *, u_int);
int	bpf_mtap_ether(caddr_t, const struct mbuf *, u_int);
/* behind a header of these bytes */
int	bpf_mtap_hdr(caddr_t, const void *, u_int, const struct mbuf *, u_int);
/* behind the family, for DLT_LOOP */
int	bpf_mtap_af(caddr_t, u_int32_t, const struct mbuf *, u_int);
void	bpfilterattach(int);
#endif

#endif /* _NET_BPF_H_ */
