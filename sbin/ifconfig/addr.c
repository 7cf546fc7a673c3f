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

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ifconfig.h"

/* Words about addresses, whatever the family. */

static const struct afops *families[] = { &inet_ops, &inet6_ops };

const struct afops *
af_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (strcmp(families[i]->af_name, name) == 0)
			return (families[i]);
	}
	return (NULL);
}

void
bad_value(const char *word)
{
	errx(1, "%s: bad value", word);
}

int
addr_cutlen(char *word, int max)
{
	char *slash;

	if ((slash = strchr(word, '/')) == NULL)
		return (-1);
	*slash++ = '\0';
	return (number("prefix length", slash, 0, max));
}

/* A word that is no command: the address, then its destination. */
void
addr_word(struct ifcfg *ic, const char *word)
{
	struct addrargs *aa = &ic->ic_addr;

	if (!(aa->aa_given & AA_ADDR)) {
		ic->ic_af->af_setaddr(ic, word);
		aa->aa_given |= AA_ADDR;
	} else if (!(aa->aa_given & AA_DST)) {
		ic->ic_af->af_setdst(ic, word);
		aa->aa_given |= AA_DST;
	} else
		bad_value(word);
}

void
addr_flush(struct ifcfg *ic)
{
	if (ic->ic_addr.aa_given != 0)
		ic->ic_af->af_apply(ic);
	memset(&ic->ic_addr, 0, sizeof(ic->ic_addr));
}

void
set_family(struct ifcfg *ic, char **argv, long af)
{
	const struct afops *next = af == AF_INET ? &inet_ops : &inet6_ops;

	/* "alias inet 192.0.2.1" is one address */
	if (next != ic->ic_af || (ic->ic_addr.aa_given & AA_ADDR))
		addr_flush(ic);
	ic->ic_af = next;
}

static int
family_request(struct ifcfg *ic, unsigned long request, int af)
{
	struct if_afreq ifar;

	memset(&ifar, 0, sizeof(ifar));
	strlcpy(ifar.ifar_name, ic->ic_name, sizeof(ifar.ifar_name));
	ifar.ifar_af = af;
	return (ioctl(ic->ic_s, request, &ifar));
}

void
unset_family(struct ifcfg *ic, char **argv, long af)
{
	if (family_request(ic, SIOCIFAFDETACH, af) == -1)
		req_warn("SIOCIFAFDETACH");
}

void
set_eui64(struct ifcfg *ic, char **argv, long value)
{
	if (ic->ic_af->af_af != AF_INET6)
		errx(1, "eui64: not a word of family %s",
		    ic->ic_af->af_name);
	if (family_request(ic, SIOCIFAFATTACH, AF_INET6) == -1)
		req_warn("SIOCIFAFATTACH");
}

void
set_autoconf(struct ifcfg *ic, char **argv, long on)
{
	long xflag = IFXF_AUTOCONF4;

	if (ic->ic_af->af_af == AF_INET6) {
		xflag = IFXF_AUTOCONF6;
		if (on && family_request(ic, SIOCIFAFATTACH,
		    AF_INET6) == -1) {
			req_warn("SIOCIFAFATTACH");
			return;
		}
	}
	set_xflag(ic, argv, on ? xflag : -xflag);
}

void
set_alias(struct ifcfg *ic, char **argv, long value)
{
	ic->ic_addr.aa_given |= AA_ALIAS;
}

void
set_delete(struct ifcfg *ic, char **argv, long value)
{
	ic->ic_addr.aa_given |= AA_DELETE;
}

void
set_dest(struct ifcfg *ic, char **argv, long value)
{
	ic->ic_af->af_setdst(ic, argv[0]);
	ic->ic_addr.aa_given |= AA_DST;
}

void
set_netmask(struct ifcfg *ic, char **argv, long value)
{
	ic->ic_af->af_setmask(ic, argv[0]);
	ic->ic_addr.aa_given |= AA_MASK;
}

void
set_prefixlen(struct ifcfg *ic, char **argv, long value)
{
	ic->ic_af->af_setprefix(ic, argv[0]);
	ic->ic_addr.aa_given |= AA_MASK;
}

void
set_broadcast(struct ifcfg *ic, char **argv, long value)
{
	ic->ic_af->af_setbrd(ic, argv[0]);
	ic->ic_addr.aa_given |= AA_BRD;
}
