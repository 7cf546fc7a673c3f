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
 * Kinds of interface, the IANA numbers.
 */
#ifndef _NET_IF_TYPES_H_
#define _NET_IF_TYPES_H_

#define IFT_OTHER	0x01
#define IFT_ETHER	0x06
#define IFT_PPP		0x17
#define IFT_LOOP	0x18
#define IFT_PROPVIRTUAL	0x35
#define IFT_TUNNEL	0x83
#define IFT_L2VLAN	0x87
#define IFT_MPLSTUNNEL	0x95
#define IFT_MPLS	0xa6
#define IFT_BRIDGE	0xd1
#define IFT_GIF		0xf0
#define IFT_ENC		0xf4
#define IFT_PFLOG	0xf5
#define IFT_PFSYNC	0xf6
#define IFT_CARP	0xf7
#define IFT_WIREGUARD	0xfb

#endif /* _NET_IF_TYPES_H_ */
