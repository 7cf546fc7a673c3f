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

#ifndef _SYS_MBUF_H_
#define _SYS_MBUF_H_

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/queue.h>
#include <sys/mutex.h>
#include <sys/percpu.h>

/*
 * A packet is a chain of mbufs, the first of which has a packet header.
 * One owner at any moment; a function either consumes a packet or it does
 * not, and its prototype says which.
 */
struct m_hdr {
	struct mbuf	*mh_next;	/* next buffer of this packet */
	struct mbuf	*mh_nextpkt;	/* next packet of a queue */
	caddr_t		 mh_data;
	u_int		 mh_len;	/* bytes in this buffer */
	short		 mh_type;
	u_short		 mh_flags;
};

struct pkthdr_pf {
	struct pf_state_key	*statekey;	/* always NULL here */
	struct inpcb		*inp;		/* the socket it is for */
	u_int32_t		 qid;
	u_int16_t		 tag;
	u_int8_t		 flags;
	u_int8_t		 routed;
	u_int8_t		 prio;
	u_int8_t		 pad[3];
	u_int16_t		 delay;
};

struct m_tag;
SLIST_HEAD(packet_tags, m_tag);

struct pkthdr {
	void			*ph_cookie;	/* layer private */
	struct packet_tags	 ph_tags;
	int64_t			 ph_timestamp;
	int			 len;		/* bytes of the packet */
	u_int16_t		 ph_tagsset;	/* types in ph_tags */
	u_int16_t		 ph_flowid;
	u_int16_t		 csum_flags;
	u_int16_t		 ether_vtag;
	u_int			 ph_rtableid;
	u_int			 ph_ifidx;	/* came in on */
	u_int8_t		 ph_loopcnt;
	u_int8_t		 ph_family;
	u_int16_t		 ph_mss;	/* with M_TCP_TSO */
	struct pkthdr_pf	 pf;
};

struct m_ext {
	caddr_t			 ext_buf;	/* start of the buffer */
	u_int			 ext_size;	/* bytes */
	u_int			 ext_class;	/* cluster size class */
	unsigned int		*ext_refs;	/* shared among copies */
};

struct mbuf {
	struct m_hdr m_hdr;
	union {
		struct {
			struct pkthdr MH_pkthdr;
			union {
				struct m_ext MH_ext;
				char MH_databuf[MSIZE - sizeof(struct m_hdr) -
				    sizeof(struct pkthdr)];
			} MH_dat;
		} MH;
		char M_databuf[MSIZE - sizeof(struct m_hdr)];
	} M_dat;
};
_Static_assert(sizeof(struct mbuf) == MSIZE, "mbuf size");

#define m_next		m_hdr.mh_next
#define m_len		m_hdr.mh_len
#define m_data		m_hdr.mh_data
#define m_type		m_hdr.mh_type
#define m_flags		m_hdr.mh_flags
#define m_nextpkt	m_hdr.mh_nextpkt
#define m_pkthdr	M_dat.MH.MH_pkthdr
#define m_ext		M_dat.MH.MH_dat.MH_ext
#define m_pktdat	M_dat.MH.MH_dat.MH_databuf
#define m_dat		M_dat.M_databuf

#define MLEN		(MSIZE - sizeof(struct m_hdr))
#define MHLEN		(MLEN - sizeof(struct pkthdr))
#define MINCLSIZE	(MHLEN + MLEN + 1)

/* room that received frames leave for encapsulation in place */
#define M_RXHEADROOM	128
#define M_RXTAILROOM	64

/* m_flags */
#define M_EXT		0x0001
#define M_PKTHDR	0x0002
#define M_EOR		0x0004
#define M_EXTWR		0x0008
#define M_PROTO1	0x0010
#define M_VLANTAG	0x0020
#define M_LOOP		0x0040
#define M_BCAST		0x0100
#define M_MCAST		0x0200
#define M_CONF		0x0400	/* was encrypted */
#define M_AUTH		0x0800	/* was authenticated */
#define M_TUNNEL	0x1000	/* came out of a tunnel */
#define M_ZEROIZE	0x2000	/* wipe when freed */
#define M_COMP		0x4000
#define M_LINK0		0x8000
#define M_COPYFLAGS	(M_PKTHDR|M_EOR|M_PROTO1|M_BCAST|M_MCAST|M_CONF| \
			    M_COMP|M_AUTH|M_LOOP|M_TUNNEL|M_LINK0|M_VLANTAG| \
			    M_ZEROIZE)

/* csum_flags */
#define M_IPV4_CSUM_OUT		0x0001
#define M_TCP_CSUM_OUT		0x0002
#define M_UDP_CSUM_OUT		0x0004
#define M_IPV4_CSUM_IN_OK	0x0008
#define M_IPV4_CSUM_IN_BAD	0x0010
#define M_TCP_CSUM_IN_OK	0x0020
#define M_TCP_CSUM_IN_BAD	0x0040
#define M_UDP_CSUM_IN_OK	0x0080
#define M_UDP_CSUM_IN_BAD	0x0100
#define M_ICMP_CSUM_OUT		0x0200
#define M_ICMP_CSUM_IN_OK	0x0400
#define M_ICMP_CSUM_IN_BAD	0x0800
#define M_IPV6_DF_OUT		0x1000
#define M_TIMESTAMP		0x2000
#define M_FLOWID		0x4000
#define M_TCP_TSO		0x8000

#define M_MAXLOOP		128	/* ph_loopcnt */
#define M_DEFPRIO		3	/* pf.prio of a new packet */
#define M_COPYALL		1000000000	/* m_copym(): to the end */

/* m_type */
#define MT_FREE		0
#define MT_DATA		1
#define MT_HEADER	2
#define MT_SONAME	3
#define MT_SOOPTS	4
#define MT_FTABLE	5
#define MT_CONTROL	6
#define MT_OOBDATA	7
#define MT_NTYPES	8

#define M_DONTWAIT	M_NOWAIT
#define M_WAIT		M_WAITOK

#define mtod(m, t)	((t)((m)->m_data))

struct mbuf_list {
	struct mbuf	*ml_head;
	struct mbuf	*ml_tail;
	u_int		 ml_len;
};
#define MBUF_LIST_INITIALIZER()	{ NULL, NULL, 0 }

/* mq_mtx protects the list and the drop count */
struct mbuf_queue {
	struct mutex		 mq_mtx;
	struct mbuf_list	 mq_list;
	u_int			 mq_maxlen;
	u_int			 mq_drops;
};
#define MBUF_QUEUE_INITIALIZER(maxlen, ipl) \
	{ MUTEX_INITIALIZER(ipl), MBUF_LIST_INITIALIZER(), (maxlen), 0 }

void	mbinit(void);
struct mbuf *m_get(int, int);		/* how, type */
struct mbuf *m_gethdr(int, int);
struct mbuf *m_getclr(int, int);
/*
 * Give m (or, when NULL, a new packet header) a cluster of at least len
 * bytes, up to MAXMCLBYTES + 512.  NULL when there is none; m stays.
 */
struct mbuf *m_clget(struct mbuf *, int, u_int);
/* A packet with a cluster for head + len + tail bytes, m_len 0, m_data
 * behind head bytes of room. */
struct mbuf *m_getpacket(int, u_int, u_int, u_int);
#define MGET(m, how, type)	((m) = m_get((how), (type)))
#define MGETHDR(m, how, type)	((m) = m_gethdr((how), (type)))
#define MCLGETL(m, how, len)	m_clget((m), (how), (len))
#define MCLGET(m, how)		((void)m_clget((m), (how), MCLBYTES))

struct mbuf *m_free(struct mbuf *);	/* frees one, returns m_next */
struct mbuf *m_freem(struct mbuf *);	/* frees the chain, returns nextpkt */
void	m_freemp(struct mbuf **);	/* and NULLs the pointer */

int	m_leadingspace(struct mbuf *);	/* 0 when not writable */
int	m_trailingspace(struct mbuf *);
int	m_readonly(struct mbuf *);	/* shared with another packet */
/* Place m_data of an empty mbuf so that len bytes end the buffer. */
void	m_align(struct mbuf *, int);
/* On failure these free the chain and return NULL (M_PREPEND: m = NULL). */
struct mbuf *m_prepend(struct mbuf *, int, int);
struct mbuf *m_pullup(struct mbuf *, int);
/* Mostly there is room in a cluster that nobody shares. */
#define M_PREPEND(m, plen, how) do {					\
	if (m_hasroom((m), (plen))) {					\
		(m)->m_data -= (plen);					\
		(m)->m_len += (plen);					\
		(m)->m_pkthdr.len += (plen);				\
	} else								\
		(m) = m_prepend((m), (plen), (how));			\
} while (0)
static inline int
m_hasroom(const struct mbuf *m, int len)
{
	return ((m->m_flags & (M_EXT | M_EXTWR | M_PKTHDR)) ==
	    (M_EXT | M_EXTWR | M_PKTHDR) &&
	    m->m_data - m->m_ext.ext_buf >= len &&
	    __atomic_load_n(m->m_ext.ext_refs, __ATOMIC_ACQUIRE) == 1);
}
/*
 * m is kept by all of these; NULL when there is no memory, and then m is
 * as it was.  A copy of a header has copies of the tags, but neither the
 * socket nor the cookie.
 */
/* offset, length; shares clusters */
struct mbuf *m_copym(struct mbuf *, int, int, int);
/* own memory, contiguous, behind so many bytes of room */
struct mbuf *m_dup_pkt(struct mbuf *, u_int, int);
/*
 * Cut m behind so many bytes; the rest comes back, with a header if m has
 * one, and may be empty.  NULL too when m is shorter than that.
 */
struct mbuf *m_split(struct mbuf *, int, int);
/*
 * Make len bytes of writable, contiguous, undefined space at an offset up
 * to the length of m; m_pkthdr.len grows.  Tells the mbuf and the offset
 * within it.  Never waits.
 */
struct mbuf *m_makespace(struct mbuf *, int, int, int *);
/* Likewise, always in an mbuf of its own, all of which is the space. */
struct mbuf *m_inject(struct mbuf *, int, int, int);
/*
 * Where a byte is: mbuf and offset within it.  The end of the packet is
 * the end of its last mbuf; NULL beyond.
 */
struct mbuf *m_getptr(struct mbuf *, int, int *);
/*
 * Make the packet one contiguous buffer that nobody shares, with at least
 * head and tail bytes of room.  Consumes m on failure (NULL).
 */
struct mbuf *m_contig(struct mbuf *, u_int, u_int, int);
int	m_defrag(struct mbuf *, int);	/* 0 or ENOBUFS, m stays */
/* to (an mbuf without data), from; 0 or ENOBUFS */
int	m_dup_pkthdr(struct mbuf *, struct mbuf *, int);
/* to (likewise), from, which loses its tags and m_nextpkt */
void	m_move_pkthdr(struct mbuf *, struct mbuf *);
/*
 * Write at an offset, which may be beyond the end (zeros between); what
 * is shared is copied first.  0, or ENOBUFS and nothing was written.
 */
int	m_copyback(struct mbuf *, int, int, const void *, int);
/* Both panic when the packet ends before offset + length. */
void	m_copydata(struct mbuf *, int, int, void *);
int	m_apply(struct mbuf *, int, int, int (*)(caddr_t, caddr_t,
	    unsigned int), caddr_t);
/* Appends, consumes the 2nd with its header; m_pkthdr.len is the caller's. */
void	m_cat(struct mbuf *, struct mbuf *);
/* Cut len bytes from the front or -len from the end; leaves empty mbufs. */
void	m_adj(struct mbuf *, int);
u_int	m_length(struct mbuf *);
int	m_calchdrlen(struct mbuf *);
/* New life: keeps only the length and ph_loopcnt. */
void	m_resethdr(struct mbuf *);
void	m_removehdr(struct mbuf *);
/* A packet copied from a buffer: len, room before it.  Never waits. */
struct mbuf *m_devget(char *, int, int);
/* between uipc_mbuf.c and uipc_mbuf2.c */
struct mbuf *m_getlike(struct mbuf *, int, u_int, int);
int	m_share(struct mbuf *, struct mbuf *, u_int, u_int, int);
int	m_unshare(struct mbuf *, int);
void	m_tag_startup(void);
unsigned long m_inuse(void);		/* mbufs, for tests */
unsigned long m_clinuse(void);

/*
 * Tags.  The payload follows struct m_tag.  They stay with the packet
 * through encapsulation and m_dup_pkt().
 */
struct m_tag {
	SLIST_ENTRY(m_tag)	m_tag_link;
	u_int16_t		m_tag_id;
	u_int16_t		m_tag_len;
	u_int32_t		m_tag_pad;
};
#define PACKET_TAG_MAXSIZE		80
#define PACKET_TAG_IPSEC_IN_DONE	0x0001
#define PACKET_TAG_IPSEC_OUT_DONE	0x0002
#define PACKET_TAG_IPSEC_FLOWINFO	0x0004
#define PACKET_TAG_IP_OFFNXT		0x0010
#define PACKET_TAG_IP6_OFFNXT		0x0020
#define PACKET_TAG_WIREGUARD		0x0040
#define PACKET_TAG_GRE			0x0080
#define PACKET_TAG_DLT			0x0100
#define PACKET_TAG_PF_DIVERT		0x0200
#define PACKET_TAG_PF_REASSEMBLED	0x0800
#define PACKET_TAG_SRCROUTE		0x1000
#define PACKET_TAG_TUNNEL		0x2000
#define PACKET_TAG_CARP_BAL_IP		0x4000

struct m_tag *m_tag_get(int, int, int);	/* type, bytes, how */
void	m_tag_prepend(struct mbuf *, struct m_tag *);
void	m_tag_delete(struct mbuf *, struct m_tag *);
void	m_tag_delete_chain(struct mbuf *);
struct m_tag *m_tag_find(struct mbuf *, int, struct m_tag *);
struct m_tag *m_tag_copy(struct m_tag *, int);
int	m_tag_copy_chain(struct mbuf *, struct mbuf *, int); /* to, from */
void	m_tag_init(struct mbuf *);
struct m_tag *m_tag_first(struct mbuf *);
struct m_tag *m_tag_next(struct mbuf *, struct m_tag *);

void	ml_init(struct mbuf_list *);

static inline void
ml_enqueue(struct mbuf_list *ml, struct mbuf *m)
{
	if (ml->ml_tail == NULL)
		ml->ml_head = m;
	else
		ml->ml_tail->m_nextpkt = m;
	ml->ml_tail = m;
	m->m_nextpkt = NULL;
	WRITE_ONCE(ml->ml_len, ml->ml_len + 1);
}

static inline struct mbuf *
ml_dequeue(struct mbuf_list *ml)
{
	struct mbuf *m;

	if ((m = ml->ml_head) == NULL)
		return (NULL);
	if ((ml->ml_head = m->m_nextpkt) == NULL)
		ml->ml_tail = NULL;
	m->m_nextpkt = NULL;
	WRITE_ONCE(ml->ml_len, ml->ml_len - 1);
	return (m);
}

void	ml_enlist(struct mbuf_list *, struct mbuf_list *);  /* 2nd into 1st */
struct mbuf *ml_dechain(struct mbuf_list *);
u_int	ml_purge(struct mbuf_list *);
#define ml_len(ml)		((ml)->ml_len)
#define ml_empty(ml)		((ml)->ml_len == 0)
#define MBUF_LIST_FIRST(ml)	((ml)->ml_head)
#define MBUF_LIST_NEXT(m)	((m)->m_nextpkt)
#define MBUF_LIST_FOREACH(ml, m) \
	for ((m) = MBUF_LIST_FIRST(ml); (m) != NULL; (m) = MBUF_LIST_NEXT(m))

void	mq_init(struct mbuf_queue *, u_int, int);
int	mq_enqueue(struct mbuf_queue *, struct mbuf *);	/* 1: dropped */
struct mbuf *mq_dequeue(struct mbuf_queue *);
int	mq_enlist(struct mbuf_queue *, struct mbuf_list *); /* dropped */
void	mq_delist(struct mbuf_queue *, struct mbuf_list *);
u_int	mq_purge(struct mbuf_queue *);
#define mq_len(mq)		READ_ONCE((mq)->mq_list.ml_len)
#define mq_empty(mq)		(mq_len(mq) == 0)

#endif /* _SYS_MBUF_H_ */
