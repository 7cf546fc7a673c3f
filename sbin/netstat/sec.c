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
#include <net/if_sec.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netstat.h"

/* Why packets of a sec(4) interface were lost. */

static const struct {
	size_t		 offset;
	const char	*text;
} lines[] = {
	{ offsetof(struct sec_stats, ss_odown),
	    "output packet~ dropped because the interface was not running" },
	{ offsetof(struct sec_stats, ss_onosa),
	    "output packet~ dropped because there was no SA to send with" },
	{ offsetof(struct sec_stats, ss_ofamily),
	    "output packet~ dropped for being neither IPv4 nor IPv6" },
	{ offsetof(struct sec_stats, ss_oloop),
	    "output packet~ dropped because the route to the peer leads "
	    "into the tunnel" },
	{ offsetof(struct sec_stats, ss_otoobig),
	    "output packet~ dropped for being too big for the path and not "
	    "to be fragmented" },
	{ offsetof(struct sec_stats, ss_oerror),
	    "output packet~ dropped because the SA or the path to the peer "
	    "failed" },
	{ offsetof(struct sec_stats, ss_idown),
	    "input packet~ dropped because the interface was not running" },
	{ offsetof(struct sec_stats, ss_iheader),
	    "input packet~ dropped for a bad header inside the tunnel" },
	{ offsetof(struct sec_stats, ss_iproto),
	    "input packet~ dropped for an unknown protocol inside the "
	    "tunnel" },
	{ offsetof(struct sec_stats, ss_iforeign),
	    "input packet~ dropped from another end point" },
	{ offsetof(struct sec_stats, ss_iecn),
	    "input packet~ dropped for congestion on the way" },
	{ offsetof(struct sec_stats, ss_idummy),
	    "dummy packet~ received and ignored" },
	{ offsetof(struct sec_stats, ss_snomem),
	    "SA~ of all interfaces bound late for lack of memory" },
	{ offsetof(struct sec_stats, ss_sforeign),
	    "SA~ not used for other end points" },
};
#define NLINES	(sizeof(lines) / sizeof(lines[0]))

void
sec_counters(const char *iface)
{
	struct sec_stats ss;
	unsigned long long n;
	size_t i;
	int s;

	memset(&ss, 0, sizeof(ss));
	if (strlcpy(ss.ss_name, iface, sizeof(ss.ss_name)) >=
	    sizeof(ss.ss_name) || if_nametoindex(iface) == 0)
		errx(1, "%s: no such interface", iface);
	if ((s = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		err(1, "socket");
	if (ioctl(s, SIOCGSECSTATS, &ss) == -1) {
		if (errno == ENOTTY || errno == EOPNOTSUPP)
			errx(1, "%s: only sec interfaces have counters of "
			    "their own; use -I without -s", iface);
		err(1, "%s: SIOCGSECSTATS", iface);
	}
	close(s);
	printf("%s:\n", iface);
	for (i = 0; i < NLINES; i++) {
		memcpy(&n, (const char *)&ss + lines[i].offset, sizeof(n));
		counter_print(n, lines[i].text);
	}
}
