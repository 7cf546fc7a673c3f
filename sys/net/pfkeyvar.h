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

#ifndef _NET_PFKEYVAR_H_
#define _NET_PFKEYVAR_H_

#include <sys/types.h>
#include <net/pfkeyv2.h>

/*
 * Between the files of PF_KEY.  A message is a struct sadb_msg and
 * extensions; parsed, it is an array of pointers to its extensions, by
 * type, NULL where there is none.
 */

struct auth_hash;
struct enc_xform;
struct ipsecinit;
struct socket;
struct ipsec_ids;
struct ipsec_policy;
struct sockaddr;
struct tdb;
struct sockaddr_encap;
union sockaddr_union;

#define PFKEY_MSGMAX		4096		/* of a request, bytes */
#define PFKEY_EXT(x)		(1UL << (x))	/* in a set of extensions */

/*
 * Messages in the making, one behind the other.  The memory grows, so
 * what pfkey_put() returns is good until the next call.
 */
struct pfkey_buf {
	u_int8_t	*pb_data;
	size_t		 pb_len;		/* bytes in use */
	size_t		 pb_size;
	size_t		 pb_msg;		/* where the last one begins */
	int		 pb_how;		/* M_WAITOK or M_NOWAIT */
	int		 pb_error;		/* ENOBUFS: out of memory */
	size_t		 pb_ext[SADB_EXT_MAX + 1]; /* of the last, or 0 */
};

/*
 * What became of messages that did not arrive, under pfkey_mtx.
 */
struct pfkeystat {
	uint64_t	 pfks_full;	/* a listener's buffer was full */
	uint64_t	 pfks_nomem;	/* no memory for a copy or an upcall */
};

/* one request and what it is answered with */
struct pfkey_req {
	struct socket	*pr_so;
	u_int		 pr_rdomain;	/* of the socket */
	struct sadb_msg	*pr_msg;
	void		*pr_ext[SADB_EXT_MAX + 1];
	struct pfkey_buf pr_out;	/* extensions that the kernel adds */
};

/* pfkeyv2_parsemessage.c */
/* 0 or EINVAL; the pointers lead into the message, aligned to 8 bytes */
int	pfkeyv2_parsemessage(struct sadb_msg *, size_t, void **);
uint64_t pfkey_outmask(int);	/* extensions of the reply, by message type */
/* flow extensions: all or none, with or without PROTOCOL, and they fit */
int	pfkey_checkflow(void **, int);
uint64_t pfkey_present(void **);

/* pfkeyv2_msg.c */
void	pfkey_buf_init(struct pfkey_buf *, int);
void	pfkey_buf_free(struct pfkey_buf *);		/* wiped */
/* begin a message, zeroed but for version, type and SA type */
void	pfkey_begin(struct pfkey_buf *, int, int);
void	pfkey_end(struct pfkey_buf *);			/* sets its length */
/* an extension of so many bytes, zeroed behind its head, or NULL */
void	*pfkey_put(struct pfkey_buf *, int, size_t);
/* so many zeroed bytes that belong to the last extension, or NULL */
void	*pfkey_room(struct pfkey_buf *, size_t);
/* the last message's extensions, as of a request */
void	pfkey_buf_exts(struct pfkey_buf *, void **);
/* a flat message, extensions in ascending order of their type; M_WAITOK */
struct sadb_msg *pfkey_flatten(const struct sadb_msg *, void **, uint64_t,
	    size_t *);
void	pfkey_wipe(void *, size_t);	/* ends pfkey_flatten() */

/* pfkeyv2_alg.c */
/* PF_KEY's numbers, SADB_EALG_* and SADB_AALG_*; 0: it has none */
uint8_t	pfkey_enc_sadb(const struct enc_xform *);
uint8_t	pfkey_auth_sadb(const struct auth_hash *);
/* the three lists of REGISTER, for an SA type */
void	pfkey_export_algs(struct pfkey_buf *, int);

/* pfkeyv2_convert.c */
/* NET held for these; all extensions in the order of a sysctl dump */
void	pfkey_export(struct tdb *, struct pfkey_buf *);
void	pfkey_export_sa(struct tdb *, struct pfkey_buf *);
void	pfkey_export_current(struct tdb *, struct pfkey_buf *);
void	pfkey_export_lifetime(struct tdb *, struct pfkey_buf *, int);
void	pfkey_export_addrs(struct tdb *, struct pfkey_buf *);
/* 0 or EINVAL.  A new SA; sleeps. */
int	pfkey_import(struct tdb *, void **);
int	pfkey_import_keys(struct ipsecinit *, void **);
/* NET(X).  Of an SA in use: 0, or EINVAL if it may not be changed so. */
int	pfkey_unchanged(struct tdb *, void **);
void	pfkey_change(struct tdb *, void **);	/* then this cannot fail */
void	pfkey_import_addr(union sockaddr_union *, void *);
int	pfkey_addr_equal(const union sockaddr_union *,
	    const union sockaddr_union *);
int	pfkey_addr_isany(const union sockaddr_union *);

int	pfkey_isrdomain(u_int);

/* pfkeyv2_flow.c */
void	pfkey_export_sockaddr(struct pfkey_buf *, int, const struct sockaddr *);
/* flow, mask, SADB_X_FLOW_TYPE_*, SADB_X_POLICYFLAGS_* */
void	pfkey_export_flow(struct pfkey_buf *, const struct sockaddr_encap *,
	    const struct sockaddr_encap *, int, int);
/* of extensions that pfkey_checkflow() has found to be there */
void	pfkey_import_flow(void **, struct sockaddr_encap *,
	    struct sockaddr_encap *);
/* last: source and destination change places; NULL is no identities */
void	pfkey_export_idents(struct pfkey_buf *, const struct ipsec_ids *, int);
struct ipsec_ids *pfkey_import_idents(void **, int);	/* sleeps */
/* NET held; a whole message; last: with identities */
void	pfkey_export_policy(struct ipsec_policy *, struct pfkey_buf *, int);
int	pfkey_addflow(struct pfkey_req *);
int	pfkey_delflow(struct pfkey_req *);
int	pfkey_askpolicy(struct pfkey_req *);

/* pfkeyv2.c */
int	pfkeyv2_request(struct socket *, struct sadb_msg *, size_t);

/* pfkeyv2_sock.c */
/* to all sockets of a routing domain; any context */
void	pfkey_broadcast(u_int, const void *, size_t);
/* to one alone: 0 or ENOBUFS */
int	pfkey_unicast(struct socket *, const void *, size_t);
/* to those who have registered for an SA type: 0, or ESRCH if nobody has,
 * or none of them could take it; any context */
int	pfkey_tellregistered(u_int, int, const void *, size_t);
/* a request, for those who want to see everything */
void	pfkey_overhear(u_int, const void *, size_t);
u_int	pfkey_rdomain(struct socket *);
void	pfkey_setregistered(struct socket *, int);	/* SA type */
void	pfkey_setpromisc(struct socket *, int);
void	pfkey_nomem(void);		/* counts an upcall that was lost */
void	pfkey_getstat(struct pfkeystat *);

/* pfkeyv2_dump.c */
/* by messages: 0, or ENOBUFS when they did not all find room; may sleep */
int	pfkey_dump(struct pfkey_req *);
int	pfkey_sysctl(int *, u_int, void *, size_t *, void *, size_t);

#endif /* _NET_PFKEYVAR_H_ */
