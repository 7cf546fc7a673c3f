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


#ifndef _SYS_CONF_H_
#define _SYS_CONF_H_

#include <sys/types.h>

struct mbuf;
struct proc;

#define FREAD		0x0001
#define FWRITE		0x0002

/*
 * A character device: what a client that opened /dev/name holds beside
 * sockets.  Calls about one opened device do not meet, but for d_read,
 * which may meet any of them but d_close.
 */
struct cdevsw {
	const char	*d_name;
	/* FREAD, FWRITE; sets the cookie of the others.  May sleep. */
	int		(*d_open)(int, struct proc *, void **);
	/* after d_upcall(cookie, NULL, NULL) and the last d_read */
	void		(*d_close)(void *);
	/*
	 * The next record, which is the caller's: 0; EAGAIN when there is
	 * none now, any other error when there will be none.
	 */
	int		(*d_read)(void *, struct mbuf **);
	int		(*d_write)(void *, const void *, size_t,
			    struct proc *);
	int		(*d_ioctl)(void *, u_long, caddr_t, struct proc *);
	/* what tells that d_read has something new; it takes no lock but
	 * those of tasks, and is not called any more once it was changed */
	void		(*d_upcall)(void *, void (*)(void *), void *);
};

/* of the machine: all there are, and NULL */
extern const struct cdevsw *const cdevsw[];
const struct cdevsw *cdev_lookup(const char *, size_t);	/* or NULL */

#endif /* _SYS_CONF_H_ */
