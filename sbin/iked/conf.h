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


#ifndef _IKED_CONF_H_
#define _IKED_CONF_H_

/*
 * iked.conf(5), parsed.
 */
#include <sys/queue.h>

#include "buf.h"
#include "ike.h"

/* How we, and the peer, prove who we are. */
enum conf_auth {
	CONF_AUTH_SIGNATURE,	/* any signature: the default */
	CONF_AUTH_PSK,
	CONF_AUTH_RSA,
	CONF_AUTH_ECDSA256,
	CONF_AUTH_ECDSA384,
	CONF_AUTH_ECDSA521,
	CONF_AUTH_RFC7427
};

/* An end of the IKE SA: a host, a network or any. */
struct conf_end {
	struct ike_addr	 ce_addr;	/* ia_family 0: any; port 0 */
	uint8_t		 ce_plen;	/* 32 or 128: one host */
};

/* One `ikev2' line. */
struct policy {
	TAILQ_ENTRY(policy) pol_entry;
	char		*pol_name;
	char		*pol_file;	/* where it stands */
	unsigned int	 pol_line;
	unsigned int	 pol_flags;
#define POL_ACTIVE	0x0001		/* initiate */
#define POL_QUICK	0x0002
#define POL_SKIP	0x0004
#define POL_DEFAULT	0x0008
#define POL_NATT	0x0010		/* UDP encapsulation without a NAT */
#define POL_FLOWS	0x0020		/* no interface: kernel policies */
#define POL_TRANSPORT	0x0040		/* of these; else tunnel mode */
#define POL_AH		0x0080		/* of these; else ESP */
	uint8_t		 pol_af;	/* 4, 6 or 0: as local and peer say */
	struct conf_end	 pol_local;
	struct conf_end	 pol_peer;
	/*
	 * The selectors: pol_src[i] to pol_dst[i], as `from' and `to' said,
	 * expanded, for each protocol anew.  Both have as many.
	 */
	struct ike_tslist pol_src;
	struct ike_tslist pol_dst;
	struct ike_props pol_ikesa;	/* with defaults filled in */
	struct ike_props pol_childsa;	/* ESN both unless said */
	struct ike_id	 pol_srcid;	/* never none */
	struct ike_id	 pol_dstid;	/* none: any that is proved */
	uint32_t	 pol_ikelifetime;	/* s, 0: never by time */
	uint32_t	 pol_lifetime;		/* s, 0: never by time */
	uint64_t	 pol_bytes;		/* 0: any number */
	uint64_t	 pol_packets;		/* 0: any number */
	enum conf_auth	 pol_auth;
	uint8_t		*pol_psk;	/* ca's alone; NULL elsewhere */
	size_t		 pol_psklen;
	uint64_t	 pol_pskmark;	/* tells one psk from another to who
					 * may not see it; not from the file */
	unsigned int	 pol_unit;	/* N of secN, not of POL_FLOWS */
	unsigned int	 pol_id;	/* not from the file: see engine.c */
};
TAILQ_HEAD(policies, policy);

struct conf {
	struct policies	 conf_policies;	/* as in the file */
	unsigned int	 conf_flags;
#define CONF_PASSIVE	0x0001
#define CONF_DECOUPLE	0x0002
#define CONF_MOBIKE	0x0004
#define CONF_FRAGMENT	0x0008
#define CONF_VENDORID	0x0010
#define CONF_SINGLEIKE	0x0020		/* enforcesingleikesa */
#define CONF_PARTIALCHAIN 0x0040	/* cert_partial_chain */
	unsigned int	 conf_dpd;	/* s, 0: none */
};

/* conf.c */
struct conf	*conf_new(void);		/* with the defaults */
void		 conf_free(struct conf *);	/* keys overwritten */
struct policy	*policy_new(void);
void		 policy_free(struct policy *);
/* Equal in all that an SA once made depends on / in everything. */
int		 policy_same(const struct policy *, const struct policy *);
int		 policy_equal(const struct policy *, const struct policy *);
/* IKE_PROTO_ESP or _AH */
uint8_t		 policy_proto(const struct policy *);

/*
 * To another process and back.  With `secrets' the pre-shared keys go along.
 * conf_get: NULL, if what came is no configuration.
 */
void		 conf_put(struct buf *, const struct conf *, int secrets);
struct conf	*conf_get(struct span *);

/* parse.y */

/*
 * Read a file.  Errors go to stderr or syslog, "FILE: LINE: message", all
 * that there are; then NULL.  -D macros come before.  check: refuse nothing
 * for the sake of the machine (secN that does not exist).
 */
struct conf	*parse_config(const char *file, int check);
/* -D name=value: 0, or -1: no such form. */
int		 parse_cmdline_macro(const char *);

/* print.c */

/* One line, iked.conf(5) again, without newline; secrets: keys in hex. */
void		 policy_print(struct buf *, const struct policy *, int secrets);
void		 conf_print(struct buf *, const struct conf *, int secrets);

/* agree.c */

/*
 * Would these two ends come to a tunnel?  One verdict a policy of ours, in
 * words, to the buffer: the policy of theirs that answers, and either what
 * they would agree on, or which line to change and how.  The number of ours
 * with an end that do not come to one.
 */
int		 conf_agree(struct buf *, const struct conf *ours,
		    const struct conf *theirs);

#endif /* _IKED_CONF_H_ */
