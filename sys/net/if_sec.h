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

#ifndef _NET_IF_SEC_H_
#define _NET_IF_SEC_H_

#include <sys/types.h>
#include <sys/ioccom.h>

/*
 * Why packets of an interface were lost, one counter for each cause; a
 * lost packet is counted in one of them, and in the interface's ierrors,
 * oerrors or noproto as noted.
 */
struct sec_stats {
	char		ss_name[16];	/* of the interface */
	u_int64_t	ss_odown;	/* oerrors: not running */
	u_int64_t	ss_onosa;	/* oerrors: no SA to send with */
	u_int64_t	ss_ofamily;	/* oerrors: neither v4 nor v6 */
	u_int64_t	ss_oloop;	/* oerrors: was here before */
	u_int64_t	ss_otoobig;	/* oerrors: path MTU, DF */
	u_int64_t	ss_oerror;	/* oerrors: the SA or the path */
	u_int64_t	ss_idown;	/* ierrors: not running */
	u_int64_t	ss_iheader;	/* ierrors: inner header */
	u_int64_t	ss_iproto;	/* noproto: inner protocol */
	u_int64_t	ss_iforeign;	/* ierrors: from another end point */
	u_int64_t	ss_iecn;	/* ierrors: RFC 6040, CE for not ECT */
	u_int64_t	ss_idummy;	/* no drop: RFC 4303 2.6 */
	u_int64_t	ss_snomem;	/* SAs bound late */
	u_int64_t	ss_sforeign;	/* SAs with other end points, now */
};
#define SIOCGSECSTATS	_IOWR('i', 230, struct sec_stats)

#ifdef _KERNEL

/*
 * What the rest of the kernel knows of sec(4).
 *
 * sec_get() finds the interface of a unit for one packet: NULL, or a
 * reference that sec_put() returns.  Neither sleeps.
 *
 * sec_input() consumes the mbuf, which begins at the outer IP header, and
 * wants the address family of that header and the protocol found inside
 * the ESP payload.  NET held; ns may be NULL.
 *
 * sec_tdb_insert() and sec_tdb_remove() run under the SADB mutex, for
 * each SA with TDBF_IFACE; the caller keeps its reference.
 */
struct mbuf;
struct netstack;
struct sec_softc;
struct tdb;

struct sec_softc	*sec_get(unsigned int);
void			 sec_input(struct sec_softc *, int, int,
			    struct mbuf *, struct netstack *);
void			 sec_put(struct sec_softc *);
void			 sec_tdb_insert(struct tdb *);
void			 sec_tdb_remove(struct tdb *);

void			 secattach(int);

#endif /* _KERNEL */

#endif /* _NET_IF_SEC_H_ */
