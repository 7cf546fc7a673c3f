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
 * The descriptors of the process that speaks IKE: the parent opens them, and
 * gives them away.
 */
#include <string.h>

#include "kernel.h"
#include "log.h"
#include "proc.h"
#include "sockets.h"

static void
open_udp(struct sockets *so, uint8_t family, uint16_t port, int natt)
{
	const struct udp_info ui = { .ui_family = family, .ui_port = port,
	    .ui_natt = natt };
	int fd;

	if (port == 0 || (fd = sock_udp(&ui)) == -1)
		return;
	so->so_info[so->so_nudp] = ui;
	so->so_udp[so->so_nudp++] = fd;
}

void
sockets_open(struct sockets *so, int families, uint16_t ike, uint16_t natt)
{
	uint8_t family;

	memset(so, 0, sizeof(*so));
	if (kernel_open(&so->so_pfkey[0], &so->so_pfkey[1]) == -1)
		fatal("PF_KEY");
	so->so_route = sock_route();
	for (family = 4; family <= 6; family += 2) {
		so->so_probe[family == 6] = -1;
		if (!(families & (family == 4 ? FAMILY_4 : FAMILY_6)))
			continue;
		open_udp(so, family, ike, 0);
		open_udp(so, family, natt, 1);
		so->so_probe[family == 6] = sock_probe(family);
	}
}

void
sockets_send(const struct sockets *so, struct chan *ch)
{
	const uint8_t families[2] = { 4, 6 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		chan_sendfd(ch, M_PFKEY, NULL, 0, so->so_pfkey[i]);
		if (so->so_probe[i] != -1)
			chan_sendfd(ch, M_PROBE, &families[i], 1,
			    so->so_probe[i]);
	}
	chan_sendfd(ch, M_ROUTE, NULL, 0, so->so_route);
	for (i = 0; i < so->so_nudp; i++)
		chan_sendfd(ch, M_UDP, &so->so_info[i], sizeof(so->so_info[i]),
		    so->so_udp[i]);
}
