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
 * Interface ioctls; the structures are in <net/if.h>.
 */
#ifndef _SYS_SOCKIO_H_
#define _SYS_SOCKIO_H_

#include <sys/ioccom.h>

#define SIOCSIFADDR	 _IOW('i', 12, struct ifreq)
#define SIOCSIFDSTADDR	 _IOW('i', 14, struct ifreq)
#define SIOCSIFFLAGS	 _IOW('i', 16, struct ifreq)
#define SIOCGIFFLAGS	_IOWR('i', 17, struct ifreq)
#define SIOCSIFBRDADDR	 _IOW('i', 19, struct ifreq)
#define SIOCSIFNETMASK	 _IOW('i', 22, struct ifreq)
#define SIOCGIFMETRIC	_IOWR('i', 23, struct ifreq)
#define SIOCSIFMETRIC	 _IOW('i', 24, struct ifreq)
#define SIOCDIFADDR	 _IOW('i', 25, struct ifreq)
#define SIOCAIFADDR	 _IOW('i', 26, struct ifaliasreq)
#define SIOCGIFDATA	_IOWR('i', 27, struct ifreq)
#define SIOCSIFLLADDR	 _IOW('i', 31, struct ifreq)
#define SIOCGIFADDR	_IOWR('i', 33, struct ifreq)
#define SIOCGIFDSTADDR	_IOWR('i', 34, struct ifreq)
#define SIOCGIFBRDADDR	_IOWR('i', 35, struct ifreq)
#define SIOCGIFCONF	_IOWR('i', 36, struct ifconf)
#define SIOCGIFNETMASK	_IOWR('i', 37, struct ifreq)
#define SIOCADDMULTI	 _IOW('i', 49, struct ifreq)
#define SIOCDELMULTI	 _IOW('i', 50, struct ifreq)
#define SIOCSIFMEDIA	_IOWR('i', 55, struct ifreq)
#define SIOCGIFMEDIA	_IOWR('i', 56, struct ifmediareq)
#define SIOCDIFPHYADDR	 _IOW('i', 73, struct ifreq)
#define SIOCSLIFPHYADDR	 _IOW('i', 74, struct if_laddrreq)
#define SIOCGLIFPHYADDR	_IOWR('i', 75, struct if_laddrreq)
#define SIOCIFGCLONERS	_IOWR('i', 120, struct if_clonereq)
#define SIOCIFDESTROY	 _IOW('i', 121, struct ifreq)
#define SIOCIFCREATE	 _IOW('i', 122, struct ifreq)
#define SIOCGIFMTU	_IOWR('i', 126, struct ifreq)
#define SIOCSIFMTU	 _IOW('i', 127, struct ifreq)
#define SIOCSIFDESCR	 _IOW('i', 128, struct ifreq)
#define SIOCGIFDESCR	_IOWR('i', 129, struct ifreq)
#define SIOCSIFRTLABEL	 _IOW('i', 130, struct ifreq)
#define SIOCGIFRTLABEL	_IOWR('i', 131, struct ifreq)
#define SIOCAIFGROUP	 _IOW('i', 135, struct ifgroupreq)
#define SIOCGIFGROUP	_IOWR('i', 136, struct ifgroupreq)
#define SIOCDIFGROUP	 _IOW('i', 137, struct ifgroupreq)
#define SIOCGIFGMEMB	_IOWR('i', 138, struct ifgroupreq)
#define SIOCGIFGATTR	_IOWR('i', 139, struct ifgroupreq)
#define SIOCSIFGATTR	 _IOW('i', 140, struct ifgroupreq)
#define SIOCGIFGLIST	_IOWR('i', 141, struct ifgroupreq)
#define SIOCSIFPRIORITY	 _IOW('i', 155, struct ifreq)
#define SIOCGIFPRIORITY	_IOWR('i', 156, struct ifreq)
#define SIOCSIFXFLAGS	 _IOW('i', 157, struct ifreq)
#define SIOCGIFXFLAGS	_IOWR('i', 158, struct ifreq)
#define SIOCSIFRDOMAIN	 _IOW('i', 159, struct ifreq)
#define SIOCGIFRDOMAIN	_IOWR('i', 160, struct ifreq)
#define SIOCSLIFPHYRTABLE _IOW('i', 161, struct ifreq)
#define SIOCGLIFPHYRTABLE _IOWR('i', 162, struct ifreq)
#define SIOCSETKALIVE	 _IOW('i', 163, struct ifkalivereq)
#define SIOCGETKALIVE	_IOWR('i', 164, struct ifkalivereq)
#define SIOCGIFHARDMTU	_IOWR('i', 165, struct ifreq)
#define SIOCSVNETID	 _IOW('i', 166, struct ifreq)
#define SIOCGVNETID	_IOWR('i', 167, struct ifreq)
#define SIOCSLIFPHYTTL	 _IOW('i', 168, struct ifreq)
#define SIOCGLIFPHYTTL	_IOWR('i', 169, struct ifreq)
#define SIOCIFAFATTACH	 _IOW('i', 171, struct if_afreq)
#define SIOCIFAFDETACH	 _IOW('i', 172, struct if_afreq)
#define SIOCDVNETID	 _IOW('i', 175, struct ifreq)
#define SIOCSIFPAIR	 _IOW('i', 176, struct ifreq)
#define SIOCGIFPAIR	_IOWR('i', 177, struct ifreq)
#define SIOCSIFPARENT	 _IOW('i', 178, struct if_parent)
#define SIOCGIFPARENT	_IOWR('i', 179, struct if_parent)
#define SIOCDIFPARENT	 _IOW('i', 180, struct ifreq)
#define SIOCSIFLLPRIO	 _IOW('i', 181, struct ifreq)
#define SIOCGIFLLPRIO	_IOWR('i', 182, struct ifreq)
#define SIOCSLIFPHYDF	 _IOW('i', 193, struct ifreq)
#define SIOCGLIFPHYDF	_IOWR('i', 194, struct ifreq)
#define SIOCSVNETFLOWID	 _IOW('i', 195, struct ifreq)
#define SIOCGVNETFLOWID	_IOWR('i', 196, struct ifreq)
#define SIOCSTXHPRIO	 _IOW('i', 197, struct ifreq)
#define SIOCGTXHPRIO	_IOWR('i', 198, struct ifreq)
#define SIOCSLIFPHYECN	 _IOW('i', 199, struct ifreq)
#define SIOCGLIFPHYECN	_IOWR('i', 200, struct ifreq)
#define SIOCSRXHPRIO	 _IOW('i', 219, struct ifreq)
#define SIOCGRXHPRIO	_IOWR('i', 219, struct ifreq)

#endif /* _SYS_SOCKIO_H_ */
