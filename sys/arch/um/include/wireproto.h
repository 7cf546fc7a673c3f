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

#ifndef _MACHINE_WIREPROTO_H_
#define _MACHINE_WIREPROTO_H_

/*
 * The wire backend: two ends of a UNIX SEQPACKET socket, both on one
 * machine, so fields are in host order.  The first to open a path takes
 * a lock on "path.lock" and listens, the other connects.  Each end sends
 * a hello first; then every message holds frames, each behind a header.
 */
#include <stdint.h>

#define WIRE_MAGIC	0x756d7731U	/* "umw1" */
#define WIRE_VERSION	1
#define WIRE_MSGMAX	(64 * 1024 + 512) /* bytes of a message */

struct wire_hello {
	uint32_t	wh_magic;
	uint16_t	wh_version;
	uint16_t	wh_offload;	/* WIRE_OFF_* this end takes */
	uint32_t	wh_mtu;		/* largest IP packet */
	uint32_t	wh_reserved;
};
#define WIRE_OFF_GSO	0x1
#define WIRE_OFF_CSUM	0x2

struct wire_frame {
	uint32_t	wf_len;		/* bytes of the frame that follow */
	uint16_t	wf_gso;		/* segment size, 0: not segmented */
	uint8_t		wf_type;	/* WIRE_ETHERNET */
	uint8_t		wf_flags;	/* WIRE_F_* */
};
#define WIRE_ETHERNET	1
#define WIRE_F_CSUM_OK	0x1		/* checksums need no check */
#define WIRE_F_PARTIAL	0x2		/* TCP/UDP sum wants filling */

#endif /* _MACHINE_WIREPROTO_H_ */
