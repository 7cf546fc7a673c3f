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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/rwlock.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/rtable.h>

/*
 * Interfaces made by name.  The list is complete once pdevinit_done is
 * set; if_cloners_lock lets one create or destroy run at a time.
 */
static LIST_HEAD(, if_clone) if_cloners = LIST_HEAD_INITIALIZER(if_cloners);
static int		 if_cloners_count;
static struct rwlock	 if_cloners_lock = RWLOCK_INITIALIZER("clonelk");
int			 pdevinit_done;

void
if_clone_attach(struct if_clone *ifc)
{
	KASSERT(pdevinit_done == 0);
	LIST_INSERT_HEAD(&if_cloners, ifc, ifc_list);
	if_cloners_count++;
}

/*
 * "sec10" is the cloner "sec" and unit 10.  No zeros in front, and nothing
 * an int cannot hold.
 */
static struct if_clone *
if_clone_lookup(const char *name, int *unitp)
{
	struct if_clone *ifc;
	const char *p;
	unsigned long unit = 0;

	LIST_FOREACH(ifc, &if_cloners, ifc_list) {
		if (strncmp(name, ifc->ifc_name, ifc->ifc_namelen) == 0 &&
		    name[ifc->ifc_namelen] >= '0' &&
		    name[ifc->ifc_namelen] <= '9')
			break;
	}
	if (ifc == NULL)
		return (NULL);
	p = name + ifc->ifc_namelen;
	if (p[0] == '0' && p[1] != '\0')
		return (NULL);
	for (; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return (NULL);
		unit = unit * 10 + (*p - '0');
		if (unit > INT_MAX)
			return (NULL);
	}
	*unitp = unit;
	return (ifc);
}

static int
if_clone_create_locked(struct if_clone *ifc, const char *name, int unit,
    int rdomain)
{
	struct ifnet *ifp;
	int error;

	if ((ifp = if_unit(name)) != NULL) {
		if_put(ifp);
		return (EEXIST);
	}
	KERNEL_LOCK();
	error = ifc->ifc_create(ifc, unit);
	KERNEL_UNLOCK();
	if (error != 0)
		return (error);
	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	NET_LOCK();
	SET(ifp->if_xflags, IFXF_CLONED);
	if_addgroup(ifp, ifc->ifc_name);
	if (rdomain != 0)
		error = if_setrdomain(ifp, rdomain);
	NET_UNLOCK();
	if_put(ifp);
	return (error);
}

int
if_clone_create(const char *name, int rdomain)
{
	struct if_clone *ifc;
	int error, unit;

	if ((ifc = if_clone_lookup(name, &unit)) == NULL ||
	    strlen(name) >= IFNAMSIZ)
		return (EINVAL);
	rw_enter_write(&if_cloners_lock);
	error = if_clone_create_locked(ifc, name, unit, rdomain);
	rw_exit_write(&if_cloners_lock);
	return (error);
}

static int
if_clone_destroy_locked(struct if_clone *ifc, const char *name)
{
	struct ifnet *ifp;
	int error, up;

	if ((ifp = if_unit(name)) == NULL)
		return (ENXIO);
	NET_LOCK();
	if ((up = ISSET(ifp->if_flags, IFF_UP)))
		if_down(ifp);
	NET_UNLOCK();
	/* the cloners lock keeps it: detach waits for all references */
	if_put(ifp);
	KERNEL_LOCK();
	error = ifc->ifc_destroy(ifp);
	KERNEL_UNLOCK();
	if (error != 0 && up) {
		/* it stays, and so does what it was */
		NET_LOCK();
		if_up(ifp);
		NET_UNLOCK();
	}
	return (error);
}

int
if_clone_destroy(const char *name)
{
	struct if_clone *ifc;
	int error, unit;

	if ((ifc = if_clone_lookup(name, &unit)) == NULL)
		return (EINVAL);
	if (ifc->ifc_destroy == NULL)
		return (EOPNOTSUPP);
	rw_enter_write(&if_cloners_lock);
	error = if_clone_destroy_locked(ifc, name);
	rw_exit_write(&if_cloners_lock);
	return (error);
}

int
if_clone_list(struct if_clonereq *ifcr)
{
	char name[IFNAMSIZ], *dst = ifcr->ifcr_buffer;
	struct if_clone *ifc;
	int error, left = ifcr->ifcr_count;

	ifcr->ifcr_total = if_cloners_count;
	if (dst == NULL)
		return (0);
	if (left < 0)
		return (EINVAL);
	ifcr->ifcr_count = MIN(left, if_cloners_count);
	LIST_FOREACH(ifc, &if_cloners, ifc_list) {
		if (left-- == 0)
			break;
		memset(name, 0, sizeof(name));
		strlcpy(name, ifc->ifc_name, sizeof(name));
		if ((error = copyout(name, dst, sizeof(name))) != 0)
			return (error);
		dst += sizeof(name);
	}
	return (0);
}
