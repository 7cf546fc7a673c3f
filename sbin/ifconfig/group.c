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

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ifconfig.h"

static void
group_request(struct ifcfg *ic, struct ifgroupreq *ifgr, const char *name)
{
	size_t len = strlen(name);

	if (len == 0)
		errx(1, "setifgroup: group name empty");
	if (isdigit((unsigned char)name[len - 1]))
		errx(1, "setifgroup: group names may not end in a digit");
	if (len >= IFNAMSIZ)
		errx(1, "setifgroup: group name too long");
	memset(ifgr, 0, sizeof(*ifgr));
	strlcpy(ifgr->ifgr_name, ic->ic_name, sizeof(ifgr->ifgr_name));
	strlcpy(ifgr->ifgr_group, name, sizeof(ifgr->ifgr_group));
}

void
set_group(struct ifcfg *ic, char **argv, long value)
{
	struct ifgroupreq ifgr;

	group_request(ic, &ifgr, argv[0]);
	if (ioctl(ic->ic_s, SIOCAIFGROUP, &ifgr) == -1 && errno != EEXIST)
		req_err("SIOCAIFGROUP");
}

void
unset_group(struct ifcfg *ic, char **argv, long value)
{
	struct ifgroupreq ifgr;

	group_request(ic, &ifgr, argv[0]);
	if (ioctl(ic->ic_s, SIOCDIFGROUP, &ifgr) == -1)
		req_err("SIOCDIFGROUP");
}

/* Room for len bytes in, their number out; a list of 0 bytes is a count. */
static int
group_ask(int s, unsigned long request, const char *name,
    struct ifg_req *list, unsigned int *len)
{
	struct ifgroupreq ifgr;

	memset(&ifgr, 0, sizeof(ifgr));
	strlcpy(ifgr.ifgr_name, name, sizeof(ifgr.ifgr_name));
	ifgr.ifgr_len = *len;
	ifgr.ifgr_groups = list;
	if (ioctl(s, request, &ifgr) == -1)
		return (-1);
	*len = ifgr.ifgr_len;
	return (0);
}

struct ifg_req *
group_list(int s, unsigned long request, const char *name, size_t *np)
{
	struct ifg_req *list;
	unsigned int len;

	for (;;) {
		len = 0;
		if (group_ask(s, request, name, NULL, &len) == -1)
			return (NULL);
		if ((list = calloc(1, len + 1)) == NULL)
			err(1, NULL);
		if (len == 0 ||
		    group_ask(s, request, name, list, &len) == 0)
			break;
		free(list);
		/* one more since it was counted */
		if (errno != EINVAL)
			return (NULL);
	}
	*np = len / sizeof(*list);
	return (list);
}
