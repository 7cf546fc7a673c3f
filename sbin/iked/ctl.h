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


#ifndef _IKED_CTL_H_
#define _IKED_CTL_H_

/*
 * Between ikectl(8) and the daemon, over a stream socket of AF_UNIX.  All
 * numbers are in the host's byte order: both ends are one machine.
 *
 * A client sends one request: a header and ch_len octets, which are the
 * argument of the command, a string without its NUL, or nothing.  It gets
 * any number of CTL_TEXT, whose octets are to be printed as they are, and
 * then one CTL_END; then the daemon closes.  The octets of CTL_END are why
 * it failed, one line without newline, for people; there are none when
 * ch_status is CTL_OK.  CTL_MONITOR has no end but that of the daemon.  A
 * client that shuts down its half is gone.
 */
#include <stdint.h>

#define CTL_SOCKET	"/var/run/iked.sock"
#define CTL_MAXARG	1024		/* octets of an argument */
#define CTL_MAXTEXT	16384		/* octets of an answer's part */

struct ctl_hdr {
	uint32_t	 ch_type;	/* CTL_ */
	uint32_t	 ch_flags;	/* CTL_F_; in answers 0 */
	uint32_t	 ch_status;	/* of CTL_END; else 0 */
	uint32_t	 ch_len;	/* octets that follow */
};

enum ctl_type {
	CTL_SHOW_SA = 1,	/* CTL_F_JSON */
	CTL_SHOW_STATS,		/* CTL_F_JSON, CTL_F_NONZERO */
	CTL_SHOW_CERTSTORE,
	CTL_RELOAD,		/* ends when the new configuration is in use */
	CTL_LOAD,		/* a file with its whole path */
	CTL_RESET_ALL,		/* the three below */
	CTL_RESET_CA,		/* read keys and certificates anew */
	CTL_RESET_POLICY,	/* read the configuration anew */
	CTL_RESET_SA,		/* delete all IKE SAs */
	CTL_RESET_ID,		/* those of one peer, as "FQDN/name" */
	CTL_COUPLE,
	CTL_DECOUPLE,
	CTL_ACTIVE,
	CTL_PASSIVE,
	CTL_LOG_BRIEF,
	CTL_LOG_VERBOSE,
	CTL_MONITOR,		/* CTL_TEXT: one line of an event, with \n */
	CTL_NREQUESTS,		/* none from here on */

	CTL_TEXT = 100,
	CTL_END
};

#define CTL_F_JSON	0x1
#define CTL_F_NONZERO	0x2	/* only counters that are not 0 */

enum ctl_status {
	CTL_OK,
	CTL_FAILED
};

#endif /* _IKED_CTL_H_ */
