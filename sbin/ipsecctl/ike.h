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

#ifndef _IKE_H_
#define _IKE_H_

#include <stdint.h>

#include "ipsecctl.h"

/*
 * What ipsec.conf(5) calls a transform, and what isakmpd(8) does.
 */
struct ikexf {
	const char	*name;
	const char	*main;		/* NULL: not in phase 1 */
	const char	*quick;		/* NULL: not in phase 2 */
	const char	*keylen;	/* proposed,least:most; NULL: fixed */
	int		 flags;
#define IKE_WEAK	0x1
#define IKE_AEAD	0x2		/* authenticates by itself */
#define IKE_NONE	0x4		/* goes without */
};

struct ikesuite {
	const struct ikexf *enc;	/* NULL: AH has none */
	const struct ikexf *auth;	/* NULL: none */
	const struct ikexf *group;
	uint32_t	 lifetime;	/* seconds, 0: the daemon's default */
};

struct ikeid {
	const char	*name;		/* NULL: none */
	const char	*type;
	const char	*tag;		/* under which the section has it */
};

/* All that a connection needs besides the ends, which its rule has. */
struct ike {
	int		 mode;		/* IKE_ACTIVE, ... */
	int		 aggressive;
	int		 nopeer;	/* a connection has none */
	int		 hasnat;
	struct addr	 nat;
	struct ikesuite	 p1;
	struct ikesuite	 p2;
	struct ikeid	 srcid;
	struct ikeid	 dstid;
	const char	*psk;		/* NULL: RSA signatures */
	const char	*tag;
};

#define IKE_MAXFIELD	200		/* characters that isakmpd(8) reads */

/* Write the rule's commands, those that take it back if so said. */
void	 ike_generate(const struct ike *, struct rule *, int);

#endif /* _IKE_H_ */
