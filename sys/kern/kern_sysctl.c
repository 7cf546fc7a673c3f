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
 * System variables: the upper levels of the tree, and helpers for those
 * who have variables.  There is no lock over a call: the client is asked
 * for its memory in the midst of it, and may never answer.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/endian.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/sysctl.h>

#define SYSCTL_STRMAX	4096		/* longest string that is written */
#define PAGE_SIZE	4096

const char ostype[] = "um";
const char osrelease[] = "0.1";
const char osversion[] = "um#0";
const char version[] = "um 0.1";

static struct mutex hostname_mtx = MUTEX_INITIALIZER(IPL_NONE);
static char	hostname[MAXHOSTNAMELEN];	/* hostname_mtx */

void
hostname_set(const char *name)
{
	mtx_enter(&hostname_mtx);
	strlcpy(hostname, name, sizeof(hostname));
	mtx_leave(&hostname_mtx);
}

void
hostname_get(char *buf, size_t size)
{
	mtx_enter(&hostname_mtx);
	strlcpy(buf, hostname, size);
	mtx_leave(&hostname_mtx);
}

/* The old value, all or nothing. */
static int
sysctl_old(void *oldp, size_t *oldlenp, const void *p, size_t len)
{
	size_t room = *oldlenp;

	*oldlenp = len;
	if (oldp == NULL)
		return (0);
	if (room < len)
		return (ENOMEM);
	return (copyout(p, oldp, len));
}

int
sysctl_rdstruct(void *oldp, size_t *oldlenp, void *newp, const void *p,
    size_t len)
{
	if (newp != NULL)
		return (EPERM);
	return (sysctl_old(oldp, oldlenp, p, len));
}

int
sysctl_struct(void *oldp, size_t *oldlenp, void *newp, size_t newlen,
    void *p, size_t len)
{
	void *tmp;
	int error;

	if (newp != NULL && newlen != len)
		return (EINVAL);
	if ((error = sysctl_old(oldp, oldlenp, p, len)) != 0 || newp == NULL)
		return (error);
	/* half a value from a client that went away must not be seen */
	tmp = malloc(len, M_SYSCTL, M_WAITOK);
	if ((error = copyin(newp, tmp, len)) == 0)
		memcpy(p, tmp, len);
	free(tmp, M_SYSCTL, len);
	return (error);
}

int
sysctl_rdint(void *oldp, size_t *oldlenp, void *newp, int val)
{
	return (sysctl_rdstruct(oldp, oldlenp, newp, &val, sizeof(val)));
}

int
sysctl_rdquad(void *oldp, size_t *oldlenp, void *newp, int64_t val)
{
	return (sysctl_rdstruct(oldp, oldlenp, newp, &val, sizeof(val)));
}

int
sysctl_int_bounded(void *oldp, size_t *oldlenp, void *newp, size_t newlen,
    int *valp, int minimum, int maximum)
{
	int val = atomic_load_int(valp), error;

	if (newp != NULL && minimum > maximum)
		return (EPERM);
	error = sysctl_struct(oldp, oldlenp, newp, newlen, &val, sizeof(val));
	if (error != 0 || newp == NULL)
		return (error);
	if (minimum != maximum && (val < minimum || val > maximum))
		return (EINVAL);
	atomic_store_int(valp, val);
	return (0);
}

int
sysctl_int(void *oldp, size_t *oldlenp, void *newp, size_t newlen, int *valp)
{
	return (sysctl_int_bounded(oldp, oldlenp, newp, newlen, valp,
	    SYSCTL_INT_UNBOUNDED));
}

int
sysctl_quad(void *oldp, size_t *oldlenp, void *newp, size_t newlen,
    int64_t *valp)
{
	int64_t val = atomic_load_long(valp);
	int error;

	error = sysctl_struct(oldp, oldlenp, newp, newlen, &val, sizeof(val));
	if (error == 0 && newp != NULL)
		atomic_store_long(valp, val);
	return (error);
}

static int
sysctl_oldstring(void *oldp, size_t *oldlenp, const char *str, int cut)
{
	size_t len = strlen(str) + 1, room = *oldlenp;
	int error;

	if (oldp == NULL || room >= len || !cut || room == 0)
		return (sysctl_old(oldp, oldlenp, str, len));
	if ((error = copyout(str, oldp, room - 1)) != 0)
		return (error);
	return (copyout("", (char *)oldp + room - 1, 1));
}

static int
sysctl_rwstring(void *oldp, size_t *oldlenp, void *newp, size_t newlen,
    char *str, size_t size, int cut)
{
	char *tmp;
	int error;

	if (newp != NULL && (newlen >= size || newlen > SYSCTL_STRMAX))
		return (EINVAL);
	error = sysctl_oldstring(oldp, oldlenp, str, cut);
	if (error != 0 || newp == NULL)
		return (error);
	tmp = malloc(newlen + 1, M_SYSCTL, M_WAITOK);
	if ((error = copyin(newp, tmp, newlen)) == 0) {
		tmp[newlen] = '\0';
		strlcpy(str, tmp, size);
	}
	free(tmp, M_SYSCTL, newlen + 1);
	return (error);
}

int
sysctl_string(void *oldp, size_t *oldlenp, void *newp, size_t newlen,
    char *str, size_t size)
{
	return (sysctl_rwstring(oldp, oldlenp, newp, newlen, str, size, 0));
}

int
sysctl_tstring(void *oldp, size_t *oldlenp, void *newp, size_t newlen,
    char *str, size_t size)
{
	return (sysctl_rwstring(oldp, oldlenp, newp, newlen, str, size, 1));
}

int
sysctl_rdstring(void *oldp, size_t *oldlenp, void *newp, const char *str)
{
	return (newp != NULL ? EPERM :
	    sysctl_oldstring(oldp, oldlenp, str, 0));
}

int
sysctl_bounded_arr(const struct sysctl_bounded_args *args, u_int n,
    int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	u_int i;

	if (namelen < 1)
		return (EISDIR);
	if (namelen > 1)
		return (ENOTDIR);
	for (i = 0; i < n; i++)
		if (args[i].mib == name[0])
			return (sysctl_int_bounded(oldp, oldlenp, newp,
			    newlen, args[i].var, args[i].minimum,
			    args[i].maximum));
	return (EOPNOTSUPP);
}

static int
sysctl_hostname(void *oldp, size_t *oldlenp, void *newp, size_t newlen)
{
	char name[MAXHOSTNAMELEN];
	int error;

	hostname_get(name, sizeof(name));
	error = sysctl_tstring(oldp, oldlenp, newp, newlen, name,
	    sizeof(name));
	if (error == 0 && newp != NULL)
		hostname_set(name);
	return (error);
}

static int
sysctl_boottime(void *oldp, size_t *oldlenp, void *newp)
{
	struct timeval tv, up;

	microtime(&tv);
	microuptime(&up);
	timersub(&tv, &up, &tv);
	return (sysctl_rdstruct(oldp, oldlenp, newp, &tv, sizeof(tv)));
}

static int
sysctl_malloc_fail(void *oldp, size_t *oldlenp, void *newp, size_t newlen)
{
	int64_t n = 0;
	int error;

	if (newp == NULL)
		return (EPERM);
	if ((error = sysctl_quad(oldp, oldlenp, newp, newlen, &n)) != 0)
		return (error);
	if (n < 0)
		return (EINVAL);
	malloc_fail_nth(n);
	return (0);
}

static int
sysctl_kern(int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	if (namelen < 1)
		return (EISDIR);
	if (namelen > 1)
		return (ENOTDIR);
	switch (name[0]) {
	case KERN_OSTYPE:
		return (sysctl_rdstring(oldp, oldlenp, newp, ostype));
	case KERN_OSRELEASE:
		return (sysctl_rdstring(oldp, oldlenp, newp, osrelease));
	case KERN_OSVERSION:
		return (sysctl_rdstring(oldp, oldlenp, newp, osversion));
	case KERN_VERSION:
		return (sysctl_rdstring(oldp, oldlenp, newp, version));
	case KERN_HOSTNAME:
		return (sysctl_hostname(oldp, oldlenp, newp, newlen));
	case KERN_BOOTTIME:
		return (sysctl_boottime(oldp, oldlenp, newp));
	case KERN_MALLOC_FAIL:
		return (sysctl_malloc_fail(oldp, oldlenp, newp, newlen));
	case KERN_MALLOC_FAILED:
		return (sysctl_rdquad(oldp, oldlenp, newp, malloc_failed()));
	default:
		return (EOPNOTSUPP);
	}
}

static int
sysctl_hw(int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp)
{
	if (namelen < 1)
		return (EISDIR);
	if (namelen > 1)
		return (ENOTDIR);
	switch (name[0]) {
	case HW_MACHINE:
	case HW_MODEL:
		return (sysctl_rdstring(oldp, oldlenp, newp, ostype));
	case HW_NCPU:
	case HW_NCPUONLINE:
		return (sysctl_rdint(oldp, oldlenp, newp, ncpus));
	case HW_BYTEORDER:
		return (sysctl_rdint(oldp, oldlenp, newp, BYTE_ORDER));
	case HW_PAGESIZE:
		return (sysctl_rdint(oldp, oldlenp, newp, PAGE_SIZE));
	default:
		return (EOPNOTSUPP);
	}
}

static int
sysctl_net(int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	const struct domain *dom;
	const struct protosw *pr;

	if (namelen < 2)
		return (EISDIR);
	if ((dom = pffinddomain(name[0])) == NULL)
		return (ENOPROTOOPT);
	if (dom->dom_sysctl != NULL)
		return (dom->dom_sysctl(name + 1, namelen - 1, oldp, oldlenp,
		    newp, newlen));
	for (pr = dom->dom_protosw; pr < dom->dom_protoswNPROTOSW; pr++)
		if (pr->pr_protocol == name[1] && pr->pr_sysctl != NULL)
			return (pr->pr_sysctl(name + 2, namelen - 2, oldp,
			    oldlenp, newp, newlen));
	return (ENOPROTOOPT);
}

int
kern_sysctl_call(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen, struct proc *p)
{
	int error;

	if (namelen < 2 || namelen > CTL_MAXNAME)
		return (EINVAL);
	if (newp != NULL && (error = suser(p)) != 0)
		return (error);
	switch (name[0]) {
	case CTL_KERN:
		return (sysctl_kern(name + 1, namelen - 1, oldp, oldlenp,
		    newp, newlen));
	case CTL_HW:
		return (sysctl_hw(name + 1, namelen - 1, oldp, oldlenp, newp));
	case CTL_NET:
		return (sysctl_net(name + 1, namelen - 1, oldp, oldlenp, newp,
		    newlen));
	default:
		return (EOPNOTSUPP);
	}
}
