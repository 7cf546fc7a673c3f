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
#include <netinet/in.h>
#include <netinet6/in6_var.h>

#include <string.h>

#include "ifconfig.h"

/*
 * The words of the command line.  For set_flag() and set_xflag() a negative
 * value clears what the positive one sets.
 */
static const struct cmd cmds[] = {
	{ "up",		0, IFF_UP,		set_flag },
	{ "down",	0, -IFF_UP,		set_flag },
	{ "arp",	0, -IFF_NOARP,		set_flag },
	{ "-arp",	0, IFF_NOARP,		set_flag },
	{ "debug",	0, IFF_DEBUG,		set_flag },
	{ "-debug",	0, -IFF_DEBUG,		set_flag },
	{ "link0",	0, IFF_LINK0,		set_flag },
	{ "-link0",	0, -IFF_LINK0,		set_flag },
	{ "link1",	0, IFF_LINK1,		set_flag },
	{ "-link1",	0, -IFF_LINK1,		set_flag },
	{ "link2",	0, IFF_LINK2,		set_flag },
	{ "-link2",	0, -IFF_LINK2,		set_flag },
	{ "staticarp",	0, IFF_STATICARP,	set_flag },
	{ "-staticarp",	0, -IFF_STATICARP,	set_flag },
	{ "monitor",	0, IFXF_MONITOR,	set_xflag },
	{ "-monitor",	0, -IFXF_MONITOR,	set_xflag },
	{ "temporary",	0, IFXF_AUTOCONF6TEMP,	set_xflag },
	{ "-temporary",	0, -IFXF_AUTOCONF6TEMP,	set_xflag },
	{ "soii",	0, -IFXF_INET6_NOSOII,	set_xflag },
	{ "-soii",	0, IFXF_INET6_NOSOII,	set_xflag },

	{ "create",	0, 0,			do_create },
	{ "destroy",	0, 0,			do_destroy },
	{ "mtu",	1, 0,			set_mtu },
	{ "metric",	1, 0,			set_metric },
	{ "description", 1, 0,			set_descr },
	{ "descr",	1, 0,			set_descr },
	{ "-description", 0, 0,			unset_descr },
	{ "-descr",	0, 0,			unset_descr },
	{ "group",	1, 0,			set_group },
	{ "-group",	1, 0,			unset_group },
	{ "priority",	1, 0,			set_priority },
	{ "llprio",	1, 0,			set_llprio },
	{ "rdomain",	1, 1,			set_rdomain },
	{ "-rdomain",	0, 0,			set_rdomain },
	{ "rtlabel",	1, 0,			set_rtlabel },
	{ "-rtlabel",	0, 0,			unset_rtlabel },
	{ "lladdr",	1, 0,			set_lladdr },
	{ "media",	1, 0,			set_media },
	{ "mediaopt",	1, 0,			set_media },
	{ "-mediaopt",	1, 0,			set_media },
	{ "mode",	1, 0,			set_media },
	{ "instance",	1, 0,			set_media },

	{ "inet",	0, AF_INET,		set_family },
	{ "inet6",	0, AF_INET6,		set_family },
	{ "-inet",	0, AF_INET,		unset_family },
	{ "-inet6",	0, AF_INET6,		unset_family },
	{ "alias",	0, 0,			set_alias },
	{ "-alias",	0, 0,			set_delete },
	{ "delete",	0, 0,			set_delete },
	{ "dest",	1, 0,			set_dest },
	{ "netmask",	1, 0,			set_netmask },
	{ "broadcast",	1, 0,			set_broadcast },
	{ "prefixlen",	1, 0,			set_prefixlen },
	{ "autoconf",	0, 1,			set_autoconf },
	{ "-autoconf",	0, 0,			set_autoconf },
	{ "eui64",	0, 0,			set_eui64 },
	{ "anycast",	0, IN6_IFF_ANYCAST,	set_in6flag },
	{ "-anycast",	0, -IN6_IFF_ANYCAST,	set_in6flag },
	{ "tentative",	0, IN6_IFF_TENTATIVE,	set_in6flag },
	{ "-tentative",	0, -IN6_IFF_TENTATIVE,	set_in6flag },
	{ "vltime",	1, 'v',			set_lifetime },
	{ "pltime",	1, 'p',			set_lifetime },

	{ "tunnel",	2, 0,			set_tunnel },
	{ "-tunnel",	0, 0,			unset_tunnel },
	{ "deletetunnel", 0, 0,			unset_tunnel },
	{ "tunneldf",	0, 1,			set_tunneldf },
	{ "-tunneldf",	0, 0,			set_tunneldf },
	{ "tunnelttl",	1, 0,			set_tunnelttl },
	{ "tunneldomain", 1, 1,			set_tunneldomain },
	{ "-tunneldomain", 0, 0,		set_tunneldomain },
	{ "txprio",	1, 't',			set_hdrprio },
	{ "rxprio",	1, 'r',			set_hdrprio },
	{ "vnetid",	1, 0,			set_vnetid },
	{ "-vnetid",	0, 0,			unset_vnetid },
	{ "parent",	1, 0,			set_parent },
	{ "-parent",	0, 0,			unset_parent },
	{ "keepalive",	2, 0,			set_keepalive },
	{ "-keepalive",	0, 0,			unset_keepalive },
};

const struct cmd *
cmd_find(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++) {
		if (strcmp(cmds[i].c_name, word) == 0)
			return (&cmds[i]);
	}
	return (NULL);
}
