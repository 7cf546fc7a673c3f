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


/* Devices: by name, and the calls of the clients that opened one. */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/conf.h>
#include <sys/syscallvar.h>

const struct cdevsw *
cdev_lookup(const char *name, size_t len)
{
	int i;

	for (i = 0; cdevsw[i] != NULL; i++)
		if (strlen(cdevsw[i]->d_name) == len &&
		    memcmp(cdevsw[i]->d_name, name, len) == 0)
			break;
	return (cdevsw[i]);
}

int
dev_syscall(const struct cdevsw *cd, void *dev, struct syscall *sc,
    struct proc *p)
{
	int error;

	switch (sc->sc_op) {
	case SYS_SEND:
		if (sc->sc_alen != 0 || sc->sc_clen != 0)
			return (EINVAL);
		error = cd->d_write(dev, sc->sc_data, sc->sc_dlen, p);
		if (error == 0)
			sc->sc_ret = sc->sc_dlen;
		return (error);
	case SYS_IOCTL:
		return (sys_ioctl_arg(sc, cd->d_ioctl, dev, p));
	default:
		return (ENOTSOCK);
	}
}
