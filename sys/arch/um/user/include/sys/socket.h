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

#ifndef _UM_SYS_SOCKET_H_
#define _UM_SYS_SOCKET_H_

#include "../../../../../sys/socket.h"

__BEGIN_DECLS
int	socket(int, int, int) __UM_STUB(socket);
int	socketpair(int, int, int, int *) __UM_STUB(socketpair);
int	bind(int, const struct sockaddr *, socklen_t) __UM_STUB(bind);
int	connect(int, const struct sockaddr *, socklen_t) __UM_STUB(connect);
int	listen(int, int) __UM_STUB(listen);
int	accept(int, struct sockaddr *, socklen_t *) __UM_STUB(accept);
int	accept4(int, struct sockaddr *, socklen_t *, int) __UM_STUB(accept4);
int	shutdown(int, int) __UM_STUB(shutdown);
int	getsockname(int, struct sockaddr *, socklen_t *)
	    __UM_STUB(getsockname);
int	getpeername(int, struct sockaddr *, socklen_t *)
	    __UM_STUB(getpeername);
int	getsockopt(int, int, int, void *, socklen_t *) __UM_STUB(getsockopt);
int	setsockopt(int, int, int, const void *, socklen_t)
	    __UM_STUB(setsockopt);
ssize_t	send(int, const void *, size_t, int) __UM_STUB(send);
ssize_t	sendto(int, const void *, size_t, int, const struct sockaddr *,
	    socklen_t) __UM_STUB(sendto);
ssize_t	sendmsg(int, const struct msghdr *, int) __UM_STUB(sendmsg);
ssize_t	recv(int, void *, size_t, int) __UM_STUB(recv);
ssize_t	recvfrom(int, void *, size_t, int, struct sockaddr *, socklen_t *)
	    __UM_STUB(recvfrom);
ssize_t	recvmsg(int, struct msghdr *, int) __UM_STUB(recvmsg);
int	getrtable(void) __UM_STUB(getrtable);
int	setrtable(int) __UM_STUB(setrtable);
__END_DECLS

#endif
