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

/*
 * Protocol families.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/socket.h>
#include <sys/protosw.h>
#include <sys/domain.h>

#include <netinet/in.h>

const struct domain *const domains[] = {
	&inetdomain,
#ifdef INET6
	&inet6domain,
#endif
	&routedomain,
	&pfkeydomain,
	NULL
};

void
domaininit(void)
{
	const struct protosw *pr;
	int i;

	for (i = 0; domains[i] != NULL; i++) {
		if (domains[i]->dom_init != NULL)
			domains[i]->dom_init();
		for (pr = domains[i]->dom_protosw;
		    pr < domains[i]->dom_protoswNPROTOSW; pr++)
			if (pr->pr_init != NULL)
				pr->pr_init();
	}
}

const struct domain *
pffinddomain(int family)
{
	int i;

	for (i = 0; domains[i] != NULL; i++)
		if (domains[i]->dom_family == family)
			return (domains[i]);
	return (NULL);
}

const struct protosw *
pffindtype(int family, int type)
{
	const struct domain *dp = pffinddomain(family);
	const struct protosw *pr;

	if (dp == NULL)
		return (NULL);
	for (pr = dp->dom_protosw; pr < dp->dom_protoswNPROTOSW; pr++)
		if (pr->pr_type != 0 && pr->pr_type == type)
			return (pr);
	return (NULL);
}

/* Raw sockets of any protocol go to the entry that has none of its own. */
const struct protosw *
pffindproto(int family, int protocol, int type)
{
	const struct domain *dp = pffinddomain(family);
	const struct protosw *pr, *any = NULL;

	if (dp == NULL)
		return (NULL);
	for (pr = dp->dom_protosw; pr < dp->dom_protoswNPROTOSW; pr++) {
		if (pr->pr_type != type || type == 0)
			continue;
		if (pr->pr_protocol == protocol)
			return (pr);
		if (type == SOCK_RAW && pr->pr_protocol == 0 && any == NULL)
			any = pr;
	}
	return (any);
}

/* Numbers without an entry of their own go to the raw one. */
void
pffillprotox(int family, u_char *protox)
{
	const struct domain *dp = pffinddomain(family);
	const struct protosw *pr, *raw;

	if ((raw = pffindproto(family, IPPROTO_IP, SOCK_RAW)) == NULL)
		panic("pffillprotox: no raw protocol in family %d", family);
	memset(protox, raw - dp->dom_protosw, 256);
	for (pr = dp->dom_protosw; pr < dp->dom_protoswNPROTOSW; pr++) {
		if (pr->pr_input != NULL && pr->pr_protocol != 0 &&
		    pr->pr_protocol != IPPROTO_RAW)
			protox[pr->pr_protocol] = pr - dp->dom_protosw;
	}
}

void
pfctlinput(int cmd, struct sockaddr *sa)
{
	const struct protosw *pr;
	int i;

	for (i = 0; domains[i] != NULL; i++)
		for (pr = domains[i]->dom_protosw;
		    pr < domains[i]->dom_protoswNPROTOSW; pr++)
			if (pr->pr_ctlinput != NULL)
				pr->pr_ctlinput(cmd, sa, 0, NULL);
}
