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

#ifndef _SYS_DOMAIN_H_
#define _SYS_DOMAIN_H_

#include <sys/types.h>

struct domain {
	int			 dom_family;
	const char		*dom_name;
	void			(*dom_init)(void);
	const struct protosw	*dom_protosw;
	const struct protosw	*dom_protoswNPROTOSW;	/* one past the last */
	/* routing: bits of sockaddr before the key, longest prefix */
	int			 dom_rtoffset;		/* bits */
	int			 dom_maxplen;		/* bits */
	/* whole family; gets the name behind it, as in { 0, af, op, arg };
	 * when NULL, the pr_sysctl whose pr_protocol is the next number
	 * gets the name behind that */
	int			(*dom_sysctl)(int *, u_int, void *, size_t *,
				    void *, size_t);
};

extern const struct domain *const domains[];	/* ends with NULL */
extern const struct domain inetdomain, inet6domain, routedomain, pfkeydomain;

void	domaininit(void);
const struct domain *pffinddomain(int);

#endif /* _SYS_DOMAIN_H_ */
