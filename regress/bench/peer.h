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

#ifndef _PEER_H_
#define _PEER_H_

/*
 * Ciphers of other libraries, to measure ours against: kernel and host side
 * both read this.  A library is loaded when it is first asked for, so that
 * nothing needs it to be there.
 */
struct host_peer;

/*
 * Library ("ipsec-mb", "openssl"), cipher as the table names it, key with
 * its salt, key of the hash.  NULL, and why: it is not installed, or does
 * not have that cipher.
 */
struct host_peer *host_peer_open(const char *, const char *,
	    const unsigned char *, const unsigned char *, const char **);
/*
 * Encrypt so many packets in place, one every stride bytes: 8 bytes of
 * header, IV, payload of len bytes, and behind it the ICV that this writes.
 */
void	 host_peer_encrypt(struct host_peer *, unsigned char *,
	    unsigned long, unsigned long, unsigned int);
void	 host_peer_close(struct host_peer *);

#endif /* _PEER_H_ */
