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
 * Interfaces and their addresses, from the list that
 * sysctl net.route.0.0.iflist gives.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "um.h"

#define RTM_VERSION	5
#define RTM_NEWADDR	0x0c
#define RTM_IFINFO	0x0e
#define RTAX_NETMASK	2
#define RTAX_IFP	4
#define RTAX_IFA	5
#define RTAX_BRD	7
#define RTAX_MAX	15

#define IFNAMSIZ	16
#define IFDATASIZE	144	/* bytes of struct if_data */

/* struct if_msghdr and struct ifa_msghdr begin alike */
struct if_msg {
	uint16_t	msglen;
	uint8_t		version;
	uint8_t		type;
	uint16_t	hdrlen;
	uint16_t	index;
	uint16_t	tableid;
	uint8_t		pad[2];
	int		addrs;
	int		flags;
	int		xflags;
	uint8_t		data[IFDATASIZE];	/* RTM_IFINFO */
};
#define IFM_HDRLEN	offsetof(struct if_msg, data)

struct bsd_ifnameindex {
	unsigned int	 if_index;
	char		*if_name;
};

struct bsd_ifnameindex *um_if_nameindex(void);
void	um_if_freenameindex(struct bsd_ifnameindex *);

/* The interface that messages are about, until the next one comes. */
struct um_iflist {
	char		 il_name[IFNAMSIZ];
	unsigned int	 il_index;
	unsigned int	 il_flags;
	const struct bsd_sockaddr *il_sa[RTAX_MAX];
};

/* The list for one interface, or with 0 for all; malloc'ed. */
static char *
um_iflist(unsigned int index, size_t *lenp)
{
	int mib[7] = { B_CTL_NET, B_AF_ROUTE, 0, 0, B_NET_RT_IFLIST,
	    (int)index, (int)um_rtable };
	char *buf = NULL, *p;
	size_t len;

	for (;;) {
		if (um_sysctl(mib, 7, NULL, &len, NULL, 0) == -1)
			break;
		len += len / 8 + 1024;	/* it may grow meanwhile */
		if ((p = realloc(buf, len)) == NULL)
			break;
		buf = p;
		if (um_sysctl(mib, 7, buf, &len, NULL, 0) == 0) {
			*lenp = len;
			return (buf);
		}
		if (errno != ENOMEM)
			break;
	}
	free(buf);
	return (NULL);
}

/* Find the addresses behind a message; 0 when it is broken. */
static int
um_ifsplit(const struct if_msg *im, struct um_iflist *il)
{
	const char *p = (const char *)im + im->hdrlen;
	const char *end = (const char *)im + im->msglen;
	const struct bsd_sockaddr *sa;
	size_t n;
	int i;

	memset(il->il_sa, 0, sizeof(il->il_sa));
	for (i = 0; i < RTAX_MAX; i++) {
		if ((im->addrs & (1 << i)) == 0)
			continue;
		sa = (const struct bsd_sockaddr *)p;
		if (p + sizeof(uint64_t) > end || p + sa->sa_len > end)
			return (0);
		il->il_sa[i] = sa;
		n = (sa->sa_len + 7) & ~(size_t)7;
		p += n == 0 ? 8 : n;
	}
	return (1);
}

static void
um_ifname(const struct if_msg *im, struct um_iflist *il)
{
	const struct bsd_sdl *sdl =
	    (const struct bsd_sdl *)il->il_sa[RTAX_IFP];
	size_t n = 0;

	if (sdl != NULL && sdl->sdl_family == B_AF_LINK)
		n = sdl->sdl_nlen < IFNAMSIZ ? sdl->sdl_nlen : IFNAMSIZ - 1;
	if (n > 0)
		memcpy(il->il_name, sdl->sdl_data, n);
	il->il_name[n] = '\0';
	il->il_index = im->index;
	il->il_flags = im->flags;
}

/*
 * Call the function for each RTM_IFINFO and RTM_NEWADDR, until it returns
 * something else than 0.
 */
static int
um_ifwalk(unsigned int index, int (*func)(const struct if_msg *,
    struct um_iflist *, void *), void *arg)
{
	struct um_iflist il = { .il_name = "" };
	const struct if_msg *im;
	char *buf, *p;
	size_t len;
	int error = 0;

	if ((buf = um_iflist(index, &len)) == NULL)
		return (-1);
	for (p = buf; error == 0 && p + IFM_HDRLEN <= buf + len;
	    p += im->msglen) {
		im = (const struct if_msg *)p;
		if (im->msglen < IFM_HDRLEN || p + im->msglen > buf + len)
			break;
		if (im->version != RTM_VERSION || (im->type != RTM_IFINFO &&
		    im->type != RTM_NEWADDR) || !um_ifsplit(im, &il))
			continue;
		if (im->type == RTM_IFINFO)
			um_ifname(im, &il);
		else if (im->index != il.il_index)
			continue;
		error = func(im, &il, arg);
	}
	free(buf);
	return (error);
}

static size_t
um_sasize(const struct bsd_sockaddr *sa)
{
	/* masks are cut short: what is missing reads as 0 */
	return (sa == NULL ? 0 : ((sa->sa_len < 32 ? 32 : sa->sa_len) + 7) &
	    ~(size_t)7);
}

static struct bsd_sockaddr *
um_sacopy(char **pp, const struct bsd_sockaddr *sa)
{
	struct bsd_sockaddr *to = (struct bsd_sockaddr *)*pp;

	if (sa == NULL)
		return (NULL);
	memcpy(to, sa, sa->sa_len);
	*pp += um_sasize(sa);
	return (to);
}

/* Each entry is one piece of memory with all that it points to. */
static int
um_ifentry(const struct if_msg *im, struct um_iflist *il, void *arg)
{
	struct bsd_ifaddrs ***tail = arg, *ifa;
	int info = im->type == RTM_IFINFO;
	const struct bsd_sockaddr *sa = il->il_sa[info ? RTAX_IFP : RTAX_IFA];
	char *p;

	if (!info && sa == NULL)
		return (0);
	ifa = calloc(1, sizeof(*ifa) + IFNAMSIZ + IFDATASIZE + um_sasize(sa) +
	    um_sasize(il->il_sa[RTAX_NETMASK]) +
	    um_sasize(il->il_sa[RTAX_BRD]));
	if (ifa == NULL)
		return (-1);
	p = (char *)(ifa + 1);
	ifa->ifa_name = p;
	memcpy(p, il->il_name, IFNAMSIZ);
	p += IFNAMSIZ;
	if (info) {
		ifa->ifa_data = p;
		if (im->hdrlen >= IFM_HDRLEN + IFDATASIZE)
			memcpy(p, im->data, IFDATASIZE);
	}
	p += IFDATASIZE;
	ifa->ifa_flags = il->il_flags;
	ifa->ifa_addr = um_sacopy(&p, sa);
	if (!info) {
		ifa->ifa_netmask = um_sacopy(&p, il->il_sa[RTAX_NETMASK]);
		ifa->ifa_dstaddr = um_sacopy(&p, il->il_sa[RTAX_BRD]);
	}
	**tail = ifa;
	*tail = &ifa->ifa_next;
	return (0);
}

int
um_getifaddrs(struct bsd_ifaddrs **ifap)
{
	struct bsd_ifaddrs **tail = ifap;

	*ifap = NULL;
	if (um_ifwalk(0, um_ifentry, &tail) == -1) {
		um_freeifaddrs(*ifap);
		*ifap = NULL;
		return (-1);
	}
	return (0);
}

void
um_freeifaddrs(struct bsd_ifaddrs *ifa)
{
	struct bsd_ifaddrs *next;

	for (; ifa != NULL; ifa = next) {
		next = ifa->ifa_next;
		free(ifa);
	}
}

struct um_ifquery {
	const char	*iq_name;	/* looked for, or NULL */
	struct um_iflist iq_found;
};

static int
um_ifmatch(const struct if_msg *im, struct um_iflist *il, void *arg)
{
	struct um_ifquery *iq = arg;

	if (im->type != RTM_IFINFO || (iq->iq_name != NULL &&
	    strcmp(iq->iq_name, il->il_name) != 0))
		return (0);
	iq->iq_found = *il;
	return (1);
}

unsigned int
um_if_nametoindex(const char *name)
{
	struct um_ifquery iq = { .iq_name = name };
	int found;

	if ((found = um_ifwalk(0, um_ifmatch, &iq)) == 1)
		return (iq.iq_found.il_index);
	if (found == 0)
		errno = ENXIO;
	return (0);
}

char *
um_if_indextoname(unsigned int index, char *name)
{
	struct um_ifquery iq = { .iq_name = NULL };
	int found = 0;

	if (index != 0 && (found = um_ifwalk(index, um_ifmatch, &iq)) == 1) {
		memcpy(name, iq.iq_found.il_name, IFNAMSIZ);
		return (name);
	}
	if (found == 0)
		errno = ENXIO;
	return (NULL);
}

static int
um_ifindexentry(const struct if_msg *im, struct um_iflist *il, void *arg)
{
	struct bsd_ifnameindex **inp = arg, *in;
	size_t n = 0;

	if (im->type != RTM_IFINFO)
		return (0);
	while (*inp != NULL && (*inp)[n].if_index != 0)
		n++;
	if ((in = realloc(*inp, (n + 2) * sizeof(*in))) == NULL)
		return (-1);
	*inp = in;
	memset(&in[n + 1], 0, sizeof(*in));
	in[n].if_index = il->il_index;
	if ((in[n].if_name = strdup(il->il_name)) == NULL) {
		in[n].if_index = 0;
		return (-1);
	}
	return (0);
}

struct bsd_ifnameindex *
um_if_nameindex(void)
{
	struct bsd_ifnameindex *in;

	if ((in = calloc(1, sizeof(*in))) == NULL)
		return (NULL);
	if (um_ifwalk(0, um_ifindexentry, &in) == -1) {
		um_if_freenameindex(in);
		return (NULL);
	}
	return (in);
}

void
um_if_freenameindex(struct bsd_ifnameindex *in)
{
	size_t i;

	for (i = 0; in != NULL && in[i].if_index != 0; i++)
		free(in[i].if_name);
	free(in);
}
