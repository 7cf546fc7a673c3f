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


#ifndef _SIM_WORLD_H_
#define _SIM_WORLD_H_

/*
 * isakmpd's engines in the simulated world.
 */
#include "engine.h"
#include "sim.h"

/* What the parent process knows, and what its kernel does. */
struct policy {
	TAILQ_ENTRY(policy) po_entry;
	struct kflow	 po_flow;	/* its pointers are NULL */
};

struct parent {
	struct confdb	*pa_db;
	struct model	*pa_model;
	unsigned int	 pa_bad;	/* sections that made no sense */
	char		*pa_dir;	/* of keys; NULL: none */
	unsigned int	 pa_fail;	/* permille of what is asked for SAs */
	unsigned int	 pa_failed;	/* so many were refused */
	TAILQ_HEAD(, policy) pa_policies;
};

/* One `ike' rule of ipsec.conf(5), with all that it may say. */
struct rule {
	int		 r_unit;	/* -1: policies, no interface */
	int		 r_active;
	int		 r_aggressive;
	const char	*r_local;	/* NULL: any */
	const char	*r_peer;	/* NULL: any */
	const char	*r_psk;		/* NULL: rsa */
	const char	*r_srcid;	/* FQDN; NULL: addresses */
	const char	*r_dstid;
	const char	*r_enc[2];	/* "aes", main and quick */
	const char	*r_hash[2];	/* "SHA2_256" */
	const char	*r_group[2];	/* "ECP_256" or "NONE" */
	const char	*r_life[2];	/* s; NULL: the default */
	const char	*r_from;	/* "10.1.0.0/255.255.0.0"; NULL: any */
	const char	*r_to;
	const char	*r_flags;	/* of the connection, or NULL */
};

/* rules.c: as ipsecctl(8) writes them to the FIFO */
void		 rule_put(struct confdb *, const struct rule *);
void		 rule_general(struct confdb *, const char *tag,
		    unsigned int);
const char	*rule_conn(const struct rule *);	/* static */
const char	*rule_peer(const struct rule *);	/* static */

/* What engine_rekey() takes: two numbers, the lower one first. */
enum { REKEY_FIRST = 1, REKEY_IKE = 1, REKEY_CHILD = 2 };

/* node.c */
/* These own the database. */
void		 node_start(struct node *, struct confdb *);
void		 node_config(struct node *, struct confdb *);

/* secrets.c: RSA keys that both ends know, made once */
const char	*secrets_dir(int which);

#endif /* _SIM_WORLD_H_ */
