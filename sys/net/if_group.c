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
#include <sys/malloc.h>
#include <sys/socket.h>

#include <net/if.h>
#include <net/if_var.h>

/* Interface groups, in the order they came to be; all under the netlock. */
static TAILQ_HEAD(, ifg_group) ifg_head = TAILQ_HEAD_INITIALIZER(ifg_head);

static struct ifg_group *
ifg_find(const char *name)
{
	struct ifg_group *ifg;

	TAILQ_FOREACH(ifg, &ifg_head, ifg_next) {
		if (strcmp(ifg->ifg_group, name) == 0)
			return (ifg);
	}
	return (NULL);
}

static struct ifg_list *
ifg_member(struct ifnet *ifp, const char *name)
{
	struct ifg_list *ifgl;

	TAILQ_FOREACH(ifgl, &ifp->if_groups, ifgl_next) {
		if (strcmp(ifgl->ifgl_group->ifg_group, name) == 0)
			return (ifgl);
	}
	return (NULL);
}

int
if_isgroup(const char *name)
{
	NET_ASSERT_LOCKED();
	return (ifg_find(name) != NULL);
}

static int
ifg_namecheck(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IFNAMSIZ ||
	    (name[len - 1] >= '0' && name[len - 1] <= '9'))
		return (EINVAL);
	return (0);
}

int
if_addgroup(struct ifnet *ifp, const char *name)
{
	struct ifg_group *ifg;
	struct ifg_list *ifgl;
	struct ifg_member *ifgm;
	int error;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if ((error = ifg_namecheck(name)) != 0)
		return (error);
	if (ifg_member(ifp, name) != NULL)
		return (EEXIST);
	if ((ifg = ifg_find(name)) == NULL) {
		ifg = malloc(sizeof(*ifg), M_IFADDR, M_WAITOK | M_ZERO);
		strlcpy(ifg->ifg_group, name, sizeof(ifg->ifg_group));
		TAILQ_INIT(&ifg->ifg_members);
		TAILQ_INSERT_TAIL(&ifg_head, ifg, ifg_next);
	}
	ifgm = malloc(sizeof(*ifgm), M_IFADDR, M_WAITOK);
	ifgl = malloc(sizeof(*ifgl), M_IFADDR, M_WAITOK);
	ifg->ifg_refcnt++;
	ifgm->ifgm_ifp = ifp;
	ifgl->ifgl_group = ifg;
	ifgl->ifgl_member = ifgm;
	TAILQ_INSERT_TAIL(&ifg->ifg_members, ifgm, ifgm_next);
	TAILQ_INSERT_TAIL(&ifp->if_groups, ifgl, ifgl_next);
	return (0);
}

static void
ifg_leave(struct ifnet *ifp, struct ifg_list *ifgl)
{
	struct ifg_group *ifg = ifgl->ifgl_group;

	TAILQ_REMOVE(&ifp->if_groups, ifgl, ifgl_next);
	TAILQ_REMOVE(&ifg->ifg_members, ifgl->ifgl_member, ifgm_next);
	free(ifgl->ifgl_member, M_IFADDR, sizeof(*ifgl->ifgl_member));
	free(ifgl, M_IFADDR, sizeof(*ifgl));
	if (--ifg->ifg_refcnt == 0) {
		TAILQ_REMOVE(&ifg_head, ifg, ifg_next);
		free(ifg, M_IFADDR, sizeof(*ifg));
	}
}

int
if_delgroup(struct ifnet *ifp, const char *name)
{
	struct ifg_list *ifgl;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	if ((ifgl = ifg_member(ifp, name)) == NULL)
		return (ENOENT);
	ifg_leave(ifp, ifgl);
	return (0);
}

void
if_delgroups(struct ifnet *ifp)
{
	struct ifg_list *ifgl;

	NET_ASSERT_LOCKED_EXCLUSIVE();
	while ((ifgl = TAILQ_FIRST(&ifp->if_groups)) != NULL)
		ifg_leave(ifp, ifgl);
}

/*
 * The three getters fill at most max records and return how many there
 * are; the caller copies them out once the netlock is released.
 */
static void
ifg_put(struct ifg_req *req, unsigned int max, unsigned int i,
    const char *name)
{
	if (i >= max)
		return;
	memset(&req[i], 0, sizeof(req[i]));
	strlcpy(req[i].ifgrq_group, name, sizeof(req[i].ifgrq_group));
}

unsigned int
if_getgroups(struct ifnet *ifp, struct ifg_req *req, unsigned int max)
{
	struct ifg_list *ifgl;
	unsigned int n = 0;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifgl, &ifp->if_groups, ifgl_next)
		ifg_put(req, max, n++, ifgl->ifgl_group->ifg_group);
	return (n);
}

unsigned int
if_getgroupmembers(const char *name, struct ifg_req *req, unsigned int max)
{
	struct ifg_group *ifg;
	struct ifg_member *ifgm;
	unsigned int n = 0;

	NET_ASSERT_LOCKED();
	if ((ifg = ifg_find(name)) == NULL)
		return (0);
	TAILQ_FOREACH(ifgm, &ifg->ifg_members, ifgm_next)
		ifg_put(req, max, n++, ifgm->ifgm_ifp->if_xname);
	return (n);
}

unsigned int
if_getgrouplist(struct ifg_req *req, unsigned int max)
{
	struct ifg_group *ifg;
	unsigned int n = 0;

	NET_ASSERT_LOCKED();
	TAILQ_FOREACH(ifg, &ifg_head, ifg_next)
		ifg_put(req, max, n++, ifg->ifg_group);
	return (n);
}
