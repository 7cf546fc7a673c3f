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

#ifndef _NETINET_IP_IPSP_H_
#define _NETINET_IP_IPSP_H_

/* RFC 4301, RFC 4303, RFC 2367 */

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <netinet/in.h>

union sockaddr_union {
	struct sockaddr		sa;
	struct sockaddr_in	sin;
	struct sockaddr_in6	sin6;
};

/* flow descriptor of an SA or a policy, laid out like a sockaddr */
struct sockaddr_encap {
	u_int8_t	sen_len;
	u_int8_t	sen_family;		/* PF_KEY */
	u_int16_t	sen_type;		/* SENT_* */
	union {
		u_int8_t	Data[16];
		struct {
			u_int8_t	Direction;
			struct in_addr	Src;
			struct in_addr	Dst;
			u_int8_t	Proto;
			u_int16_t	Sport;
			u_int16_t	Dport;
		} Sip4;
		struct {
			u_int8_t	Direction;
			struct in6_addr	Src;
			struct in6_addr	Dst;
			u_int8_t	Proto;
			u_int8_t	Pad[1];
			u_int16_t	Sport;
			u_int16_t	Dport;
		} Sip6;
	} Sen;
};
#define SENT_IP4	0x0001
#define SENT_IP6	0x0002

#define IPSEC_INVAL_LIFE	60	/* larval SAs live that long, s */

/* as net.inet.ip.ipsec (IPCTL_IPSEC_STATS) hands it out */
struct ipsecstat {
	uint64_t	ipsec_tunnels;		/* SAs of tunnel mode now */
	uint64_t	ipsec_prevtunnels;	/* and gone */
	uint64_t	ipsec_ipackets;
	uint64_t	ipsec_opackets;
	uint64_t	ipsec_ibytes;
	uint64_t	ipsec_obytes;
	uint64_t	ipsec_idecompbytes;
	uint64_t	ipsec_ouncompbytes;
	uint64_t	ipsec_idrops;
	uint64_t	ipsec_odrops;
	uint64_t	ipsec_crypto;
	uint64_t	ipsec_notdb;
	uint64_t	ipsec_noxform;
	uint64_t	ipsec_exctdb;		/* lifetime in bytes ran out */
};

#ifdef _KERNEL

#include <sys/mutex.h>
#include <sys/refcnt.h>
#include <sys/timeout.h>
#include <sys/percpu.h>

struct mbuf;
struct netstack;
struct xformsw;
struct enc_xform;
struct auth_hash;
struct crypto_session;
struct tdb;

enum ipsec_counters {
	ipsec_tunnels_c, ipsec_prevtunnels_c, ipsec_ipackets_c,
	ipsec_opackets_c, ipsec_ibytes_c, ipsec_obytes_c,
	ipsec_idecompbytes_c, ipsec_ouncompbytes_c, ipsec_idrops_c,
	ipsec_odrops_c, ipsec_crypto_c, ipsec_notdb_c, ipsec_noxform_c,
	ipsec_exctdb_c, ipsec_ncounters
};
extern struct cpumem *ipseccounters;

/* payload of PACKET_TAG_IPSEC_{IN,OUT}_DONE: which SA did it */
struct tdb_ident {
	u_int32_t		spi;		/* network order */
	union sockaddr_union	dst;
	u_int8_t		proto;
	u_int			rdomain;
};

/* what tdb_init() makes an SA from; the keys stay the caller's */
struct ipsecinit {
	u_int8_t	*ii_enckey;
	u_int8_t	*ii_authkey;
	u_int16_t	 ii_enckeylen;		/* bytes */
	u_int16_t	 ii_authkeylen;		/* bytes */
	u_int8_t	 ii_encalg;		/* SADB_EALG_* */
	u_int8_t	 ii_authalg;		/* SADB_AALG_* */
	u_int8_t	 ii_compalg;
};

/* identity strings of an SA, shared by those that have the same */
struct ipsec_id {
	u_int16_t	 type;			/* SADB_IDENTTYPE_* */
	int16_t		 len;			/* of the string behind */
};
struct ipsec_ids {
	LIST_ENTRY(ipsec_ids)	 id_list;	/* tdb_sadb_mtx */
	struct refcnt		 id_refcnt;
	struct ipsec_id		*id_local;	/* immutable */
	struct ipsec_id		*id_remote;	/* immutable */
};

enum tdb_counters {
	tdb_ipackets, tdb_opackets, tdb_ibytes, tdb_obytes, tdb_idrops,
	tdb_odrops, tdb_idecompbytes, tdb_ouncompbytes, tdb_ncounters
};

#define TDB_REPLAYMAX	2048		/* bits, a power of two */
#define TDB_REPLAYWASTE	64		/* of them: the word being filled */
#define TDB_REPLAYWIN	(TDB_REPLAYMAX - TDB_REPLAYWASTE)

/*
 * A security association.
 *
 * Locks used to protect struct members:
 *	I	immutable once puttdb() has published it
 *	D	tdb_sadb_mtx to write, SMR to read
 *	m	tdb_mtx
 *	N	NET(X) to write, NET to read
 *	p	per CPU
 *	a	atomic loads and stores
 */
struct tdb {
	struct tdb	*tdb_hnext;	/* [D] spi, dst, proto hash */
	struct tdb	*tdb_dnext;	/* [D] dst, proto, flow hash; with
					 * TDBF_IFACE free for sec(4) */
	struct tdb	**tdb_dprev;	/* [D] what points here in that hash */
	struct tdb	*tdb_snext;	/* [D] SAs that wait to be let go */
	struct tdb	*tdb_inext;	/* [D] bundle, the one before */
	struct tdb	*tdb_onext;	/* [D] bundle, the next to send by */
	int		 tdb_orphan;	/* [D] the next one was deleted */
	TAILQ_ENTRY(tdb) tdb_all;	/* [D] every SA, in order of birth */
	SIMPLEQ_ENTRY(tdb) tdb_walk;	/* [N] tdb_walk() */

	struct refcnt	 tdb_refcnt;
	struct mutex	 tdb_mtx;

	const struct xformsw	*tdb_xform;		/* [I] */
	const struct enc_xform	*tdb_encalgxform;	/* [I] */
	const struct auth_hash	*tdb_authalgxform;	/* [I] */
	const void		*tdb_compalgxform;	/* [I] */

	u_int32_t	 tdb_flags;	/* [m], read by atomic loads */
#define TDBF_UNIQUE		0x00001
#define TDBF_TIMER		0x00002
#define TDBF_BYTES		0x00004
#define TDBF_ALLOCATIONS	0x00008
#define TDBF_INVALID		0x00010		/* larval */
#define TDBF_FIRSTUSE		0x00020
#define TDBF_DELETED		0x00040
#define TDBF_SOFT_TIMER		0x00080
#define TDBF_SOFT_BYTES		0x00100
#define TDBF_SOFT_ALLOCATIONS	0x00200
#define TDBF_SOFT_FIRSTUSE	0x00400
#define TDBF_PFS		0x00800
#define TDBF_TUNNELING		0x01000
#define TDBF_USEDTUNNEL		0x10000
#define TDBF_UDPENCAP		0x20000
#define TDBF_PFSYNC		0x40000
#define TDBF_PFSYNC_RPL		0x80000
#define TDBF_ESN		0x100000
#define TDBF_PFSYNC_SNAPPED	0x200000
#define TDBF_IFACE		0x400000

	struct timeout	 tdb_timer_tmo;	/* each pending one owns a ref */
	struct timeout	 tdb_first_tmo;
	struct timeout	 tdb_stimer_tmo;
	struct timeout	 tdb_sfirst_tmo;

	u_int32_t	 tdb_seq;		/* [N] of ADD or UPDATE */
	u_int32_t	 tdb_exp_allocations;	/* [N] */
	u_int32_t	 tdb_soft_allocations;	/* [N] */
	u_int32_t	 tdb_cur_allocations;	/* [N] */
	u_int64_t	 tdb_exp_bytes;		/* [N] */
	u_int64_t	 tdb_soft_bytes;	/* [N] */
	u_int64_t	 tdb_cur_bytes;		/* [m] in and out */
	u_int64_t	 tdb_exp_timeout;	/* [N] s of age */
	u_int64_t	 tdb_soft_timeout;	/* [N] */
	u_int64_t	 tdb_established;	/* [I] wall clock, s */
	u_int64_t	 tdb_first_use;		/* [m] wall clock, s */
	u_int64_t	 tdb_soft_first_use;	/* [N] s after first use */
	u_int64_t	 tdb_exp_first_use;	/* [N] */
	u_int64_t	 tdb_last_used;		/* [a] wall clock, s */
	u_int64_t	 tdb_last_marked;
	struct cpumem	*tdb_counters;		/* [p] */

	struct crypto_session *tdb_session;	/* [I] */
	u_int32_t	 tdb_spi;		/* [I] network order */
	u_int16_t	 tdb_amxkeylen;		/* [I] bytes */
	u_int16_t	 tdb_emxkeylen;		/* [I] bytes */
	u_int16_t	 tdb_ivlen;		/* [I] bytes */
	u_int8_t	 tdb_sproto;		/* [I] IPPROTO_ESP ... */
	u_int8_t	 tdb_wnd;		/* [I] replay protection if > 0 */
	u_int8_t	 tdb_satype;		/* [I] SADB_SATYPE_* */
	u_int8_t	 tdb_iface_dir;		/* [I] IPSP_DIRECTION_* */

	union sockaddr_union tdb_dst;		/* [N] outer */
	union sockaddr_union tdb_src;		/* [N] outer */
	u_int8_t	*tdb_amxkey;		/* [I] */
	u_int8_t	*tdb_emxkey;		/* [I] */

	u_int64_t	 tdb_rpl;		/* [m] last sent, or highest seen */
	u_int64_t	 tdb_seen[TDB_REPLAYMAX / 64];	/* [m] */

	struct ipsec_ids *tdb_ids;		/* [I] */
	int		 tdb_ids_swapped;	/* [I] */
	u_int32_t	 tdb_mtu;		/* [a] learned inner MTU */
	u_int64_t	 tdb_mtutimeout;	/* [a] wall clock, s */
	u_int16_t	 tdb_udpencap_port; /* [N] network order, 0 default */
	u_int16_t	 tdb_tag;		/* [N] */
	u_int32_t	 tdb_tap;		/* [N] */
	unsigned int	 tdb_iface;		/* [I] sec unit */
	u_int		 tdb_rdomain;		/* [I] outer */
	u_int		 tdb_rdomain_post;	/* [I] after processing */
	struct sockaddr_encap tdb_filter;	/* [I] */
	struct sockaddr_encap tdb_filtermask;	/* [I] */
	char		 tdb_tagname[64];	/* [N] */
};

struct xformsw {
	u_short		 xf_type;		/* XF_* */
	u_short		 xf_flags;		/* XFT_* */
	const char	*xf_name;
	int	(*xf_attach)(void);
	/* keys from ii; 0 or an errno.  May sleep. */
	int	(*xf_init)(struct tdb *, const struct xformsw *,
		    struct ipsecinit *);
	int	(*xf_zeroize)(struct tdb *);
	/* 0-255: deliver as that; IPPROTO_DONE: consumed */
	int	(*xf_input)(struct mbuf **, struct tdb *, int, int,
		    struct netstack *);
	/* consumes the mbuf; 0 or errno */
	int	(*xf_output)(struct mbuf *, struct tdb *, int, int);
};
#define XF_IP4		1
#define XF_AH		2
#define XF_ESP		3
#define XF_TCPSIGNATURE	5
#define XF_IPCOMP	6
#define XFT_AUTH	0x0001
#define XFT_CONF	0x0100
#define XFT_COMP	0x1000

#define IPSP_DIRECTION_IN	1
#define IPSP_DIRECTION_OUT	2

/* values of net.inet.ip.ipsec-df */
#define IPSEC_DF_CLEAR	0
#define IPSEC_DF_SET	1
#define IPSEC_DF_COPY	2		/* from an inner IPv4 header */

#define IPSP_DF_INHERIT		(-1)
#define IPSP_DF_OFF		0
#define IPSP_DF_ON		1

extern const struct xformsw	 xformsw[];
extern const struct xformsw *const xformswNXFORMSW;
extern struct mutex	tdb_sadb_mtx;
extern int		esp_enable;
extern int		udpencap_enable;	/* [a] */
extern int		udpencap_port;		/* [a] host order */
extern int		ipsec_keep_invalid;	/* s */
extern int		ipsec_in_use;	/* [a] policies that exist */
extern int		ipsec_esp_exclusive;	/* test knob: ns == NULL path */
extern int		ipsec_def_df;		/* [a] IPSEC_DF_* */
extern int		ipsec_def_auth;		/* [a] IPSEC_LEVEL_* of new */
extern int		ipsec_def_esp_trans;	/* [a] sockets */
extern int		ipsec_def_esp_network;	/* [a] */
extern int		encdebug;		/* [a] */

/* what ACQUIRE proposes */
#define IPSEC_ALGNAME_MAX	16
struct ipsec_proposal_defaults {
	int	pd_expire_acquire;	/* s */
	int	pd_require_pfs;
	int	pd_soft_allocations;
	int	pd_exp_allocations;
	int	pd_soft_bytes;
	int	pd_exp_bytes;
	int	pd_soft_timeout;	/* s */
	int	pd_exp_timeout;
	int	pd_soft_first_use;
	int	pd_exp_first_use;
	char	pd_enc[IPSEC_ALGNAME_MAX];
	char	pd_auth[IPSEC_ALGNAME_MAX];
	char	pd_comp[IPSEC_ALGNAME_MAX];
};
extern struct ipsec_proposal_defaults ipsec_prop;	/* [a] */
extern u_int64_t	ipsec_last_added;	/* uptime, s */

static inline void
ipsecstat_inc(enum ipsec_counters c)
{
	counters_inc(ipseccounters, c);
}
static inline void
ipsecstat_dec(enum ipsec_counters c)
{
	counters_dec(ipseccounters, c);
}
static inline void
ipsecstat_pkt(enum ipsec_counters pcounter, enum ipsec_counters bcounter,
    uint64_t bytes)
{
	counters_pkt(ipseccounters, pcounter, bcounter, bytes);
}
static inline void
tdbstat_inc(struct tdb *tdb, enum tdb_counters c)
{
	counters_inc(tdb->tdb_counters, c);
}
static inline void
tdbstat_add(struct tdb *tdb, enum tdb_counters c, uint64_t v)
{
	counters_add(tdb->tdb_counters, c, v);
}
static inline void
tdbstat_pkt(struct tdb *tdb, enum tdb_counters pc, enum tdb_counters bc,
    uint64_t bytes)
{
	counters_pkt(tdb->tdb_counters, pc, bc, bytes);
}

/* ip_ipsp.c */
void	ipsp_init(void);
/* May sleep.  One reference, which puttdb() makes the hash's own. */
struct tdb *tdb_alloc(u_int);
/* Give it its transform and keys: 0, EINVAL, ENOMEM.  May sleep. */
int	tdb_init(struct tdb *, u_int16_t, struct ipsecinit *);
struct tdb *tdb_ref(struct tdb *);		/* NULL is fine */
/* The last one frees: NET held, no mutex, outside SMR; may sleep. */
void	tdb_unref(struct tdb *);
void	tdb_free(struct tdb *);
void	puttdb(struct tdb *);			/* NET(X) */
void	puttdb_locked(struct tdb *);		/* and tdb_sadb_mtx */
void	tdb_unlink_locked(struct tdb *);	/* tdb_sadb_mtx */
/* Let go of a reference from any context, when nobody may look any more. */
void	tdb_unref_later(struct tdb *);
/* NET(X), may sleep: what tdb_delete() left behind is gone. */
void	tdb_drain(void);
/* NET held.  Safe to call twice; drops the hash's reference. */
void	tdb_delete(struct tdb *);
void	tdb_addtimeouts(struct tdb *);
void	tdb_deltimeouts(struct tdb *);
void	tdb_firstuse(struct tdb *);		/* arm first-use timers once */
int	tdb_isdeleted(struct tdb *);
/*
 * All hand out a reference.  spi in network order.  The domain is that in
 * which the SA has what is to be processed; reversed, that of the result.
 */
struct tdb *gettdb_dir(u_int, u_int32_t, union sockaddr_union *, u_int8_t,
	    int);
#define gettdb(r, s, d, p)	gettdb_dir((r), (s), (d), (p), 0)
#define gettdb_rev(r, s, d, p)	gettdb_dir((r), (s), (d), (p), 1)
/*
 * The newest SA to a destination that fits: with that flow, or without
 * any.  NULL stands for any source, identities or flow.
 */
struct tdb_search {
	const union sockaddr_union	*ts_dst;
	const union sockaddr_union	*ts_src;
	const struct ipsec_ids		*ts_ids;
	const struct sockaddr_encap	*ts_flow;	/* and its mask */
	const struct sockaddr_encap	*ts_flowmask;
	u_int32_t			 ts_flags;	/* TDBF_*, of these */
	u_int32_t			 ts_mask;
	u_int				 ts_rdomain;	/* of what is inside */
	u_int8_t			 ts_sproto;
};
struct tdb *tdb_search(const struct tdb_search *);
/*
 * NET(X): after the first comes the next; 0, ESRCH: a circle, EEXIST, or
 * E2BIG.  When a next one is deleted what comes before it sends no more.
 */
int	tdb_bundle(struct tdb *, struct tdb *);
/* The next one with a reference, or NULL; ENXIO when it is gone, else 0. */
int	tdb_bundled(struct tdb *, struct tdb **);
/*
 * Reserve an SPI between min and max (host order) with a larval SA; in
 * network order, or 0 with *errval set.  NET(X), may sleep.
 */
u_int32_t reserve_spi(u_int, u_int32_t, u_int32_t, union sockaddr_union *,
	    union sockaddr_union *, u_int8_t, int *);
/* NET(X); the callback may delete its tdb, not sleep on NET. last = 1 for
 * the last one; the first non-zero return ends it. */
int	tdb_walk(u_int, int (*)(struct tdb *, void *, int), void *);
unsigned int tdb_count(void);
const char *ipsp_address(union sockaddr_union *, char *, socklen_t);
/* Bytes an SA adds to an inner packet beside padding, or -1. */
ssize_t	ipsec_hdrsz(struct tdb *);
/* An outer packet may have that many bytes: the SAs it came through learn
 * it, or one does. */
void	ipsec_adjust_mtu(struct mbuf *, u_int32_t);
void	ipsec_set_mtu(struct tdb *, u_int32_t);
/*
 * tdb_mtx held.  0 good, 1 zero or wrapped, 2 too old, 3 seen; *seqhi is
 * the high word it belongs to.  commit: mark it seen.  RFC 4303 A2.
 */
int	checkreplaywindow(struct tdb *, u_int32_t, u_int32_t *, int);
/*
 * tdb_mtx held: a packet of n bytes went through the SA.  0, or what ran
 * out, TDBF_BYTES and its kin, for tdb_charge_expire() once the mutex is
 * released, which returns 1 when the SA is gone and the packet with it.
 */
u_int32_t tdb_charge(struct tdb *, u_int64_t);
int	tdb_charge_expire(struct tdb *, u_int32_t);
struct ipsec_ids *ipsp_ids_insert(struct ipsec_id *, struct ipsec_id *);
void	ipsp_ids_free(struct ipsec_ids *);	/* NULL is fine */

/* A copy of a key, NULL of none; sleeps.  And erase and free it. */
u_int8_t *ipsec_keydup(const u_int8_t *, size_t);
void	ipsec_keyfree(u_int8_t **, size_t);

/*
 * ipsec_replay.c: sequence numbers of AH and ESP.  NET held; what goes
 * wrong is counted.
 */
int	ipsec_esn(const struct tdb *);	/* are they 64 bits long? */
/* Before any cryptography, is the number new?  0 yes; its high word, in
 * network order. */
int	ipsec_input_seq(struct tdb *, u_int32_t, u_int32_t *);
/* It is authentic: mark it, charge n bytes; 0 or -1: drop the packet. */
int	ipsec_input_commit(struct tdb *, u_int32_t, u_int32_t, u_int64_t);
/* The next one to send n bytes with; 0 or EINVAL, then the SA is dead. */
int	ipsec_output_seq(struct tdb *, u_int64_t, u_int64_t *);

/* ipsec_input.c */
void	ipsec_init(void);
/* pr_input of IPPROTO_ESP and IPPROTO_AH, both families */
int	esp46_input(struct mbuf **, int *, int, int, struct netstack *);
int	ah46_input(struct mbuf **, int *, int, int, struct netstack *);
void	esp4_ctlinput(int, struct sockaddr *, u_int, void *);
void	ah4_ctlinput(int, struct sockaddr *, u_int, void *);
void	udpencap_ctlinput(int, struct sockaddr *, u_int, void *);
/*
 * An IPv6 packet of ours, of which m quotes the beginning, scopes embedded,
 * was too big for the path.  1: it was an SA's, which has learned the MTU,
 * host order, if there is one, and its destination's route with it.  NET.
 */
int	ipsec6_toobig(struct mbuf *, u_int32_t, u_int);
/* The same, destination and SPI (network order) of ESP known. */
void	ipsec6_pmtu(u_int, const struct in6_addr *, u_int8_t, u_int32_t,
	    u_int32_t);
/* Consumes *mp.  skip: bytes of the outer header; returns as pr_input. */
int	ipsec_common_input(struct mbuf **, int, int, int, int, int,
	    struct netstack *);
int	ipsec_common_input_cb(struct mbuf **, struct tdb *, int, int,
	    struct netstack *);

/* M_CONF and M_AUTH, as an SA does them */
u_int32_t ipsec_mflags(const struct tdb *);
/* ipsec_output.c: both consume the mbuf; NET and KERNEL_LOCK held */
int	ipsp_process_packet(struct mbuf *, struct tdb *, int, int, int);
int	ipsp_process_done(struct mbuf *, struct tdb *);

/* ip_esp.c */
int	esp_attach(void);
int	esp_init(struct tdb *, const struct xformsw *, struct ipsecinit *);
int	esp_zeroize(struct tdb *);
int	esp_input(struct mbuf **, struct tdb *, int, int, struct netstack *);
int	esp_output(struct mbuf *, struct tdb *, int, int);

/* ipsec_sysctl.c */
struct sadb_comb;
int	ipsec_sysctl(int *, u_int, void *, size_t *, void *, size_t);
int	esp_sysctl(int *, u_int, void *, size_t *, void *, size_t);
int	ah_sysctl(int *, u_int, void *, size_t *, void *, size_t);
void	ipsec_comb(struct sadb_comb *);	/* from ipsec_prop, zeroed before */

/* net/pfkeyv2.c: SADB_EXPIRE to all listeners; may sleep, NET held */
int	pfkeyv2_expire(struct tdb *, u_int16_t);
/* net/pfkeyv2_alg.c: CRYPTO_* of a SADB_*ALG_*, 0 if there is none here */
int	pfkeyv2_encalg(int);
int	pfkeyv2_authalg(int);
struct ipsec_policy;
/*
 * SADB_ACQUIRE with that number, for a policy and a packet's flow, to an
 * SA with that destination: 0, ESRCH if nobody is registered, ENOBUFS.
 * Does not sleep, NET held.
 */
int	pfkeyv2_acquire(const struct ipsec_policy *,
	    const struct sockaddr_encap *, const union sockaddr_union *,
	    u_int32_t);

#endif /* _KERNEL */
#endif /* _NETINET_IP_IPSP_H_ */
