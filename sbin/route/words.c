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
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "route.h"
#include "show.h"

/* The words that follow a command, and what they stand for. */

#define CMD_MAKE	(CMD_ADD | CMD_CHANGE)
#define CMD_NAME	(CMD_ADD | CMD_CHANGE | CMD_DELETE)
#define CMD_LIST	(CMD_SHOW | CMD_FLUSH | CMD_MONITOR)

/* a word that begins with '-' */
struct modifier {
	const char	*mo_name;
	int		 mo_cmds;	/* that know it */
	int		 mo_args;	/* 1: a word follows */
	void		(*mo_func)(struct rtreq *, const char *, int);
	int		 mo_value;
};
typedef void modfunc(struct rtreq *, const char *, int);

static void
mod_family(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_af = value;
}

static void
mod_host(struct rtreq *rq, const char *arg, int value)
{
	if (rq->rq_cmd == CMD_SHOW)
		rq->rq_flags |= RTF_HOST;
	rq->rq_host = 1;
}

static void
mod_net(struct rtreq *rq, const char *arg, int value)
{
	if (rq->rq_cmd == CMD_SHOW)
		rq->rq_clear |= RTF_HOST;
	rq->rq_net = 1;
}

static void
mod_set(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_flags |= value;
	rq->rq_clear &= ~value;
}

static void
mod_clear(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_clear |= value;
	rq->rq_flags &= ~value;
}

static void
mod_lock(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_lock = value;
}

static void
mod_mtu(struct rtreq *rq, const char *arg, int value)
{
	const char *errstr;

	rq->rq_mtu = strtonum(arg, 0, 65535, &errstr);
	if (errstr != NULL)
		errx(1, "mtu %s: %s", arg, errstr);
	rq->rq_inits |= RTV_MTU;
	if (rq->rq_lock)
		rq->rq_locks |= RTV_MTU;
	if (rq->rq_lock == LOCK_NEXT)
		rq->rq_lock = 0;
}

static void
mod_priority(struct rtreq *rq, const char *arg, int value)
{
	const char *errstr;

	rq->rq_priority = strtonum(arg, 1, RTP_MAX, &errstr);
	if (errstr != NULL)
		errx(1, "priority %s: %s", arg, errstr);
}

static void
mod_iface(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_iface = 1;
}

static void
mod_mask(struct rtreq *rq, const char *arg, int value)
{
	if (rq->rq_mask != NULL || rq->rq_plen != -1)
		errx(1, "%s: there is a netmask already", arg);
	rq->rq_mask = arg;
}

static void
mod_prefixlen(struct rtreq *rq, const char *arg, int value)
{
	const char *errstr;

	if (rq->rq_mask != NULL || rq->rq_plen != -1)
		errx(1, "%s: there is a netmask already", arg);
	rq->rq_plen = strtonum(arg, 0, 128, &errstr);
	if (errstr != NULL)
		errx(1, "prefixlen %s: %s", arg, errstr);
}

static void
mod_ifp(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_ifp = arg;
}

static void
mod_ifa(struct rtreq *rq, const char *arg, int value)
{
	rq->rq_ifa = arg;
}

static void
mod_label(struct rtreq *rq, const char *arg, int value)
{
	if (strlen(arg) >= RTLABEL_LEN)
		errx(1, "label '%s' is longer than %d characters", arg,
		    RTLABEL_LEN - 1);
	rq->rq_label = arg;
}

static const struct modifier modifiers[] = {
	{ "inet", ~CMD_EXEC, 0, mod_family, AF_INET },
	{ "inet6", ~CMD_EXEC, 0, mod_family, AF_INET6 },
	{ "host", CMD_NAME | CMD_GET | CMD_SHOW, 0, mod_host, 0 },
	{ "net", CMD_NAME | CMD_GET | CMD_SHOW, 0, mod_net, 0 },
	{ "netmask", CMD_NAME | CMD_GET, 1, mod_mask, 0 },
	{ "prefixlen", CMD_NAME | CMD_GET, 1, mod_prefixlen, 0 },
	{ "priority", ~CMD_EXEC, 1, mod_priority, 0 },
	{ "mtu", CMD_MAKE, 1, mod_mtu, 0 },
	{ "lock", CMD_MAKE, 0, mod_lock, LOCK_NEXT },
	{ "lockrest", CMD_MAKE, 0, mod_lock, LOCK_REST },
	{ "interface", CMD_NAME, 0, mod_iface, 0 },
	{ "iface", CMD_NAME, 0, mod_iface, 0 },
	{ "ifp", CMD_MAKE, 1, mod_ifp, 0 },
	{ "ifa", CMD_MAKE, 1, mod_ifa, 0 },
	{ "label", CMD_MAKE | CMD_SHOW, 1, mod_label, 0 },
	{ "mpath", CMD_NAME, 0, mod_set, RTF_MPATH },
	{ "gateway", CMD_SHOW, 0, mod_set, RTF_GATEWAY },
	{ "static", CMD_MAKE | CMD_SHOW, 0, mod_set, RTF_STATIC },
	{ "nostatic", CMD_MAKE, 0, mod_clear, RTF_STATIC },
	{ "reject", CMD_MAKE, 0, mod_set, RTF_REJECT },
	{ "noreject", CMD_CHANGE, 0, mod_clear, RTF_REJECT },
	{ "blackhole", CMD_MAKE, 0, mod_set, RTF_BLACKHOLE },
	{ "noblackhole", CMD_CHANGE, 0, mod_clear, RTF_BLACKHOLE },
	{ "cloning", CMD_ADD, 0, mod_set, RTF_CLONING },
	{ "llinfo", CMD_MAKE, 0, mod_set, RTF_LLINFO },
	{ "proto1", CMD_MAKE, 0, mod_set, RTF_PROTO1 },
	{ "proto2", CMD_MAKE, 0, mod_set, RTF_PROTO2 },
	{ "proto3", CMD_MAKE, 0, mod_set, RTF_PROTO3 },
};
#define NMODIFIERS	(sizeof(modifiers) / sizeof(modifiers[0]))

static const struct modifier *
modifier_find(const struct rtreq *rq, const char *word)
{
	const struct modifier *mo;

	for (mo = modifiers; mo < modifiers + NMODIFIERS; mo++) {
		if (strcmp(word + 1, mo->mo_name) != 0)
			continue;
		if ((mo->mo_cmds & rq->rq_cmd) == 0)
			errx(1, "botched keyword: %s is not for %s", word,
			    rq->rq_name);
		return (mo);
	}
	errx(1, "botched keyword: %s", word);
}

/* Destination, then gateway. */
static void
operand(struct rtreq *rq, const char *word)
{
	if ((rq->rq_cmd & (CMD_NAME | CMD_GET)) != 0 && rq->rq_dst == NULL)
		rq->rq_dst = word;
	else if ((rq->rq_cmd & CMD_NAME) != 0 && rq->rq_gate == NULL)
		rq->rq_gate = word;
	else
		errx(1, "botched keyword: %s", word);
}

void
words_parse(struct rtreq *rq, char **argv)
{
	const struct modifier *mo;

	rq->rq_plen = -1;
	if (rq->rq_cmd == CMD_ADD)
		rq->rq_flags = RTF_STATIC;
	for (; *argv != NULL; argv++) {
		if (**argv != '-') {
			operand(rq, *argv);
			continue;
		}
		mo = modifier_find(rq, *argv);
		if (mo->mo_args && argv[1] == NULL)
			errx(1, "botched keyword: %s lacks its argument",
			    *argv);
		if (mo->mo_args)
			argv++;
		mo->mo_func(rq, *argv, mo->mo_value);
	}
	if (rq->rq_host && rq->rq_net)
		errx(1, "-host and -net exclude each other");
	if (rq->rq_lock == LOCK_NEXT)
		errx(1, "botched keyword: -lock needs a metric after it");
	if ((rq->rq_cmd & (CMD_NAME | CMD_GET)) != 0 && rq->rq_dst == NULL)
		errx(1, "%s: no destination", rq->rq_name);
	if (rq->rq_cmd == CMD_ADD && rq->rq_gate == NULL)
		errx(1, "%s %s: no gateway", rq->rq_name, rq->rq_dst);
}

/*
 * Addresses.
 */

/* A wrong number must not be looked up as a name. */
static int
is_number(const char *word)
{
	return (word[strspn(word, "0123456789.")] == '\0' ||
	    strchr(word, ':') != NULL);
}

static void
su_init(struct rtreq *rq, int i, int af)
{
	union sockunion *su = &rq->rq_su[i];

	memset(su, 0, sizeof(*su));
	su->sa.sa_family = af;
	su->sa.sa_len = af == AF_INET ? sizeof(su->sin) :
	    af == AF_INET6 ? sizeof(su->sin6) : sizeof(su->sdl);
	rq->rq_addrs |= 1 << i;
}

static void
su_host(struct rtreq *rq, int i, const char *word)
{
	struct addrinfo hints, *ai;
	struct in_addr in;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = rq->rq_af;
	hints.ai_socktype = SOCK_DGRAM;
	if (is_number(word)) {
		if (strchr(word, ':') == NULL &&
		    inet_pton(AF_INET, word, &in) != 1)
			errx(1, "%s: bad address", word);
		hints.ai_flags = AI_NUMERICHOST;
	}
	if ((error = getaddrinfo(word, NULL, &hints, &ai)) != 0) {
		if (hints.ai_flags & AI_NUMERICHOST)
			errx(1, "%s: bad address%s", word,
			    rq->rq_af == AF_INET6 ? " for IPv6" :
			    rq->rq_af == AF_INET ? " for IPv4" : "");
		errx(1, "%s: %s", word, gai_strerror(error));
	}
	su_init(rq, i, ai->ai_family);
	if (ai->ai_addrlen > sizeof(rq->rq_su[i]))
		errx(1, "%s: bad address", word);
	memcpy(&rq->rq_su[i], ai->ai_addr, ai->ai_addrlen);
	if (rq->rq_af == AF_UNSPEC)
		rq->rq_af = ai->ai_family;
	freeaddrinfo(ai);
}

static int
su_link(struct rtreq *rq, int i, const char *name)
{
	struct sockaddr_dl *sdl = &rq->rq_su[i].sdl;
	unsigned int index;

	if (strlen(name) >= IFNAMSIZ || (index = if_nametoindex(name)) == 0)
		return (0);
	su_init(rq, i, AF_LINK);
	sdl->sdl_index = index;
	sdl->sdl_nlen = strlen(name);
	memcpy(sdl->sdl_data, name, sdl->sdl_nlen);
	return (1);
}

static void
set_plen(struct rtreq *rq, int plen)
{
	if (rq->rq_plen != -1 || rq->rq_mask != NULL)
		errx(1, "%s: there is a netmask already", rq->rq_dst);
	rq->rq_plen = plen;
}

/* One to four octets; how many, or 0. */
static int
octets(const char *word, union sockunion *su)
{
	unsigned char *p = (unsigned char *)&su->sin.sin_addr;
	int i, n, v;

	for (i = 0; i < 4; i++, word += n + 1) {
		if (sscanf(word, "%3d%n", &v, &n) != 1 || *word < '0' ||
		    *word > '9' || v > 255)
			return (0);
		p[i] = v;
		if (word[n] == '\0')
			return (i + 1);
		if (word[n] != '.')
			return (0);
	}
	return (0);
}

/* "10.2/16" and, with -net, "10.2": as many octets as there are. */
static int
dst_octets(struct rtreq *rq, const char *word)
{
	int n;

	if (rq->rq_af == AF_INET6 || strchr(word, '.') == word ||
	    word[strspn(word, "0123456789.")] != '\0')
		return (0);
	su_init(rq, RTAX_DST, AF_INET);
	if ((n = octets(word, &rq->rq_su[RTAX_DST])) == 0)
		errx(1, "%s: bad address", rq->rq_dst);
	rq->rq_af = AF_INET;
	if (rq->rq_plen == -1 && rq->rq_mask == NULL) {
		if (n < 4 && !rq->rq_net)
			errx(1, "%s: netmask missing", rq->rq_dst);
		if (n < 4)
			rq->rq_plen = n * 8;
	}
	return (1);
}

static void
dst_default(struct rtreq *rq)
{
	if (rq->rq_af == AF_UNSPEC)
		rq->rq_af = rq->rq_gate != NULL &&
		    strchr(rq->rq_gate, ':') != NULL ? AF_INET6 : AF_INET;
	/* old scripts and netstart(8) say "-host default" */
	rq->rq_host = 0;
	set_plen(rq, 0);
	su_init(rq, RTAX_DST, rq->rq_af);
}

/* The destination, and its prefix length if the word has one. */
static void
resolve_dst(struct rtreq *rq)
{
	const char *errstr, *slash = strchr(rq->rq_dst, '/');
	char word[NI_MAXHOST];

	if (strcmp(rq->rq_dst, "default") == 0) {
		dst_default(rq);
		return;
	}
	if (strlcpy(word, rq->rq_dst, sizeof(word)) >= sizeof(word))
		errx(1, "%s: name too long", rq->rq_dst);
	if (slash != NULL) {
		word[slash - rq->rq_dst] = '\0';
		set_plen(rq, strtonum(slash + 1, 0,
		    strchr(word, ':') != NULL ? 128 : 32, &errstr));
		if (errstr != NULL)
			errx(1, "%s: prefix length is %s", rq->rq_dst,
			    errstr);
	}
	if (!dst_octets(rq, word))
		su_host(rq, RTAX_DST, word);
}

/* Is the part behind the network of its old class zero? */
static int
looks_like_net(const struct rtreq *rq)
{
	in_addr_t in = ntohl(rq->rq_su[RTAX_DST].sin.sin_addr.s_addr);

	if (rq->rq_af != AF_INET || in == INADDR_ANY)
		return (rq->rq_af == AF_INET);
	return ((in & (IN_CLASSA(in) ? IN_CLASSA_HOST :
	    IN_CLASSB(in) ? IN_CLASSB_HOST :
	    IN_CLASSC(in) ? IN_CLASSC_HOST : 0xffffffffU)) == 0);
}

static void
mask_words(struct rtreq *rq)
{
	union sockunion mask;
	int af, plen;

	if (rq->rq_mask == NULL)
		return;
	/* a mask of 0xffff0000 is welcome, too */
	memset(&mask, 0, sizeof(mask));
	af = rq->rq_af;
	mask.sa.sa_len = af == AF_INET ? sizeof(mask.sin) :
	    sizeof(mask.sin6);
	if (af == AF_INET ? !inet_aton(rq->rq_mask, &mask.sin.sin_addr) :
	    inet_pton(af, rq->rq_mask, &mask.sin6.sin6_addr) != 1)
		errx(1, "netmask %s: bad value", rq->rq_mask);
	plen = mask_len(af, &mask.sa);
	if (af == AF_INET && ntohl(mask.sin.sin_addr.s_addr) !=
	    (plen == 0 ? 0 : 0xffffffffU << (32 - plen)))
		errx(1, "netmask %s: has a hole", rq->rq_mask);
	rq->rq_plen = plen;
}

static void
resolve_mask(struct rtreq *rq)
{
	int bits = af_bits(rq->rq_af);
	uint8_t *p;
	int i;

	mask_words(rq);
	if (rq->rq_plen > bits)
		errx(1, "prefixlen %d: too large", rq->rq_plen);
	if (rq->rq_plen == -1) {
		if (rq->rq_net || (!rq->rq_host && rq->rq_cmd != CMD_GET &&
		    looks_like_net(rq)))
			errx(1, "%s: netmask missing", rq->rq_dst);
		rq->rq_plen = bits;
	}
	if (rq->rq_host && rq->rq_plen != bits)
		errx(1, "%s: a host has no netmask", rq->rq_dst);
	if (rq->rq_plen == bits) {
		rq->rq_flags |= RTF_HOST;
		return;
	}
	su_init(rq, RTAX_NETMASK, rq->rq_af);
	p = rq->rq_af == AF_INET ?
	    (uint8_t *)&rq->rq_su[RTAX_NETMASK].sin.sin_addr :
	    (uint8_t *)&rq->rq_su[RTAX_NETMASK].sin6.sin6_addr;
	for (i = 0; i < rq->rq_plen; i++)
		p[i / 8] |= 0x80 >> i % 8;
}

static void
resolve_gate(struct rtreq *rq)
{
	if (rq->rq_gate == NULL) {
		if (rq->rq_iface)
			errx(1, "-iface: no interface or address after the "
			    "destination");
		return;
	}
	if (rq->rq_iface) {
		if (su_link(rq, RTAX_GATEWAY, rq->rq_gate))
			return;
		if (!is_number(rq->rq_gate))
			errx(1, "%s: no such interface", rq->rq_gate);
	} else
		rq->rq_flags |= RTF_GATEWAY;
	su_host(rq, RTAX_GATEWAY, rq->rq_gate);
}

void
words_resolve(struct rtreq *rq)
{
	struct sockaddr_rtlabel *sr = &rq->rq_su[RTAX_LABEL].rtlabel;

	resolve_dst(rq);
	resolve_mask(rq);
	resolve_gate(rq);
	if (rq->rq_ifp != NULL && !su_link(rq, RTAX_IFP, rq->rq_ifp))
		errx(1, "%s: no such interface", rq->rq_ifp);
	if (rq->rq_ifa != NULL)
		su_host(rq, RTAX_IFA, rq->rq_ifa);
	if (rq->rq_label != NULL) {
		memset(sr, 0, sizeof(*sr));
		sr->sr_len = sizeof(*sr);
		strlcpy(sr->sr_label, rq->rq_label, sizeof(sr->sr_label));
		rq->rq_addrs |= RTA_LABEL;
	}
}
