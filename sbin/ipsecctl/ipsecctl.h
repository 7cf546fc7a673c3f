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

#ifndef _IPSECCTL_H_
#define _IPSECCTL_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include <stdint.h>
#include <stdio.h>

#define OPT_DELETE	0x01		/* -d */
#define OPT_NOACTION	0x02		/* -n */
#define OPT_VERBOSE	0x04		/* -v */
#define OPT_VERBOSE2	0x08		/* -vv */
#define OPT_SHOWKEY	0x10		/* -k */
#define OPT_MERGE	0x20		/* -c */

/*
 * Algorithms
 */
struct alg {
	const char	*name;		/* in ipsec.conf(5) and -s sa */
	const char	*kname;		/* in the "sa:" lines of -v */
	uint8_t		 id;		/* SADB_AALG_, _EALG_, _X_CALG_ */
	uint8_t		 flags;
#define ALG_AEAD	0x1		/* authenticates by itself */
#define ALG_NONCE	0x2		/* no nonce twice under one key */
#define ALG_HIDDEN	0x4		/* implied, not in ipsec.conf(5) */
	uint16_t	 minkey;	/* bytes */
	uint16_t	 maxkey;
};
enum algkind { ALG_AUTH, ALG_ENC, ALG_COMP };

/* NULL: no such name */
const struct alg *alg_byname(enum algkind, const char *);
/*
 * By number and key bytes (0 not known); never NULL, the number may be
 * unknown.
 */
const struct alg *alg_byid(enum algkind, uint8_t, size_t);
/* "a, b, c": what ipsec.conf(5) may say.  Static buffer. */
const char	*alg_names(enum algkind);

/*
 * Addresses
 */
struct addr {
	union {
		struct sockaddr		sa;
		struct sockaddr_in	in4;
		struct sockaddr_in6	in6;
	};
	uint8_t		prefix;		/* bits */
	uint8_t		any;		/* one half of "any" */
};
#define ADDR_BITS(a)	((a)->sa.sa_family == AF_INET ? 32 : 128)
#define ADDR_ISNET(a)	((a)->prefix != ADDR_BITS(a))

struct addrlist {
	struct addr	*al_addr;
	size_t		 al_n;
};

/*
 * Append what the word stands for: address, network, interface, group, DNS
 * name, or NULL for "any".  Returns NULL or what is wrong (static buffer).
 * The caller frees al_addr.
 */
const char	*addr_resolve(struct addrlist *, const char *);
void		 addr_host(struct addr *, const struct sockaddr *);
void		 addr_mask(const struct addr *, struct addr *);
int		 addr_masklen(const struct sockaddr *);
/* "192.0.2.8" or "192.0.2.0/24"; one of four static buffers */
const char	*addr_str(const struct addr *);
int		 addr_cmp(const struct addr *, const struct addr *);
/* Is it one of this machine's?  1, 0, or -1 if there is no kernel to ask. */
int		 addr_islocal(const struct addr *);
void		 addr_done(void);

/*
 * Rules: one SA, one flow, or one link of a bundle each.
 */
struct key {
	uint8_t		*data;		/* NULL: none */
	size_t		 len;
};

struct ident {
	uint16_t	 type;		/* SADB_IDENTTYPE_, 0 none */
	char		*name;		/* "FQDN/west" */
};

/* What isakmpd(8) is told: whole lines, the key among them. */
struct iketext {
	char		*text;
	size_t		 len;
	char		*conn;		/* the connection's name */
	char		*peer;		/* and its peer's */
	/* what rules with one peer must have in common */
	struct {
		size_t	 off;
		size_t	 len;
	}		 part[2];
#define IKE_PARTPEER	0
#define IKE_PARTIDS	1
};

enum ruletype { RULE_SA, RULE_FLOW, RULE_BUNDLE, RULE_IKE };

struct rule {
	TAILQ_ENTRY(rule) entry;
	enum ruletype	 type;
	unsigned int	 nr;
	const char	*file;
	int		 line;

	uint8_t		 satype;	/* SADB_SATYPE_ */
	uint8_t		 tunnel;
	uint8_t		 dir;		/* IPSP_DIRECTION_, 0 none */
	struct addr	 src;
	struct addr	 dst;

	/* SA */
	uint32_t	 spi;		/* host byte order */
	const struct alg *auth;		/* NULL: none */
	const struct alg *enc;
	const struct alg *comp;
	struct key	 authkey;
	struct key	 enckey;
	uint8_t		 udpencap;
	uint8_t		 esn;
	uint8_t		 testonly;
	uint8_t		 hasiface;
	uint32_t	 iface;		/* unit of sec(4) */
	uint16_t	 udpport;	/* network byte order */
#define UDPENCAP_PORT	4500
	char		*bundle;

	/* flow; in a bundle, peer is the second SA's destination */
	uint8_t		 flowtype;	/* SADB_X_FLOW_TYPE_ */
	uint8_t		 hasproto;
	uint8_t		 proto;
	uint8_t		 haslocal;
	uint8_t		 haspeer;
	uint16_t	 sport;		/* network byte order */
	uint16_t	 dport;
	struct addr	 local;
	struct addr	 peer;
	struct ident	 srcid;
	struct ident	 dstid;

	/* bundle: the SA that dst and spi name, inside the one of these */
	uint8_t		 satype2;
	uint32_t	 spi2;

	/* ike, with fields of flows and SAs */
	struct iketext	 ike;
};
TAILQ_HEAD(rulelist, rule);

struct rule	*rule_new(enum ruletype);
void		 rule_free(struct rule *);
void		 rule_print(const struct rule *, int);
/* without index and end of line */
void		 rule_print_flow(const struct rule *, const char *,
		    const char *);
const char	*satype_name(uint8_t);
const char	*flowtype_name(uint8_t);
const char	*dir_name(uint8_t);
/* NULL, -1: not known */
const char	*proto_name(uint8_t);
int		 proto_number(const char *);

/*
 * Configuration, parse.y and lex.c: all rules of the file, or -1 after it
 * has told what is wrong.
 */
int		 conf_load(const char *, int, struct rulelist *);
/* name=value of -D; -1: not of that form */
int		 conf_define(const char *);
/* The rules are gone: forget macros and the names of files. */
void		 conf_done(void);

/*
 * isakmpd(8)
 */
#define IKE_FIFO	"/var/run/isakmpd.fifo"
/* NULL, or why not all of it was written (static buffer) */
const char	*fifo_write(const char *, const char *, size_t);

/*
 * PF_KEY
 */
void		 pfkey_open(void);
/* NULL, or why the kernel refused (static buffer) */
const char	*pfkey_rule(const struct rule *, int);
void		 pfkey_flush(void);
void		 pfkey_close(void);
void		 pfkey_monitor(int);

/*
 * What the kernel has, and its messages
 */
struct sadb_msg;
struct sadb_ext;
/* extensions of a message by type, those it has */
struct extmap {
	uint8_t			 satype;
	const struct sadb_ext	*ext[64];
};
/*
 * -1: a length in it is wrong.  size: bytes there are.
 */
int		 dump_map(const struct sadb_msg *, size_t, struct extmap *);
void		 dump_exts(const struct extmap *, int);
void		 dump_msg(const struct sadb_msg *, size_t, int);
/* bytes of a key extension, NULL and 0 if there is none */
const uint8_t	*dump_key(const struct sadb_ext *, size_t *);
/* of an address extension, or NULL if it holds none that fits */
const struct sockaddr *dump_addr(const struct sadb_ext *);
const char	*dump_string(const struct sadb_ext *, size_t);
void		 show(int, int, int);
void		 flows_print(struct rule *, size_t, int);

void		*xcalloc(size_t, size_t);
char		*xstrdup(const char *);

#endif /* _IPSECCTL_H_ */
