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
 * Host names of <sys/ioctl.h> that BSD defines otherwise, and the host's
 * ioctls whose numbers would be computed with BSD's _IO(). Made by
 *
 *	for d in "" -D_GNU_SOURCE; do
 *		echo '#include <sys/ioctl.h>' | gcc $d -dM -E -
 *	done | awk '/^#define (SIOC|_IO|IOC)/ || /[ (]_IO[RW]*\(/ {
 *		split($2, name, "("); print "#undef " name[1] }' | sort -u
 *
 * regress/sys/abi fails when a host has more of them. No guard: it is read
 * once, by <sys/ioccom.h>.
 */
#undef IOCSIZE_MASK
#undef IOCSIZE_SHIFT
#undef IOC_IN
#undef IOC_INOUT
#undef IOC_OUT
#undef SIOCADDDLCI
#undef SIOCADDMULTI
#undef SIOCADDRT
#undef SIOCDARP
#undef SIOCDELDLCI
#undef SIOCDELMULTI
#undef SIOCDELRT
#undef SIOCDEVPRIVATE
#undef SIOCDIFADDR
#undef SIOCDRARP
#undef SIOCGARP
#undef SIOCGIFADDR
#undef SIOCGIFBR
#undef SIOCGIFBRDADDR
#undef SIOCGIFCONF
#undef SIOCGIFCOUNT
#undef SIOCGIFDSTADDR
#undef SIOCGIFENCAP
#undef SIOCGIFFLAGS
#undef SIOCGIFHWADDR
#undef SIOCGIFINDEX
#undef SIOCGIFMAP
#undef SIOCGIFMEM
#undef SIOCGIFMETRIC
#undef SIOCGIFMTU
#undef SIOCGIFNAME
#undef SIOCGIFNETMASK
#undef SIOCGIFPFLAGS
#undef SIOCGIFSLAVE
#undef SIOCGIFTXQLEN
#undef SIOCGRARP
#undef SIOCPROTOPRIVATE
#undef SIOCRTMSG
#undef SIOCSARP
#undef SIOCSIFADDR
#undef SIOCSIFBR
#undef SIOCSIFBRDADDR
#undef SIOCSIFDSTADDR
#undef SIOCSIFENCAP
#undef SIOCSIFFLAGS
#undef SIOCSIFHWADDR
#undef SIOCSIFHWBROADCAST
#undef SIOCSIFLINK
#undef SIOCSIFMAP
#undef SIOCSIFMEM
#undef SIOCSIFMETRIC
#undef SIOCSIFMTU
#undef SIOCSIFNAME
#undef SIOCSIFNETMASK
#undef SIOCSIFPFLAGS
#undef SIOCSIFSLAVE
#undef SIOCSIFTXQLEN
#undef SIOCSRARP
#undef TCGETS2
#undef TCSETS2
#undef TCSETSF2
#undef TCSETSW2
#undef TIOCGDEV
#undef TIOCGEXCL
#undef TIOCGISO7816
#undef TIOCGPKT
#undef TIOCGPTLCK
#undef TIOCGPTN
#undef TIOCGPTPEER
#undef TIOCSIG
#undef TIOCSISO7816
#undef TIOCSPTLCK
#undef _IO
#undef _IOC
#undef _IOC_DIR
#undef _IOC_DIRBITS
#undef _IOC_DIRMASK
#undef _IOC_DIRSHIFT
#undef _IOC_NONE
#undef _IOC_NR
#undef _IOC_NRBITS
#undef _IOC_NRMASK
#undef _IOC_NRSHIFT
#undef _IOC_READ
#undef _IOC_SIZE
#undef _IOC_SIZEBITS
#undef _IOC_SIZEMASK
#undef _IOC_SIZESHIFT
#undef _IOC_TYPE
#undef _IOC_TYPEBITS
#undef _IOC_TYPECHECK
#undef _IOC_TYPEMASK
#undef _IOC_TYPESHIFT
#undef _IOC_WRITE
#undef _IOR
#undef _IOR_BAD
#undef _IOW
#undef _IOWR
#undef _IOWR_BAD
#undef _IOW_BAD
