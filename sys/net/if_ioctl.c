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
#include <sys/proc.h>
#include <sys/protosw.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/sockio.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_var.h>
#include <net/route.h>
#include <net/rtable.h>

#include <netinet/in.h>
#include <netinet/in_var.h>
#ifdef INET6
#include <netinet/ip6.h>
#include <netinet6/in6_var.h>
#endif

/*
 * Interface ioctls.  Nothing is copied to or from a client while the
 * netlock is held: a client that stopped would stop the packets.
 */
#define IFG_MAXREQ	65536		/* records of a group request */

/* Those that anybody may ask, answered under the shared netlock. */
static int
ifioctl_get(u_long cmd, struct ifnet *ifp, struct ifreq *ifr)
{
	switch (cmd) {
	case SIOCGIFFLAGS:
		ifr->ifr_flags = ifp->if_flags;
		if (ifq_is_oactive(&ifp->if_snd))
			ifr->ifr_flags |= IFF_OACTIVE;
		break;
	case SIOCGIFXFLAGS:
		ifr->ifr_flags = ifp->if_xflags & ~(IFXF_MPSAFE|IFXF_CLONED);
		break;
	case SIOCGIFMETRIC:
		ifr->ifr_metric = ifp->if_metric;
		break;
	case SIOCGIFMTU:
		ifr->ifr_mtu = ifp->if_mtu;
		break;
	case SIOCGIFHARDMTU:
		ifr->ifr_hardmtu = ifp->if_hardmtu;
		break;
	case SIOCGIFRDOMAIN:
		ifr->ifr_rdomainid = ifp->if_rdomain;
		break;
	case SIOCGIFPRIORITY:
		ifr->ifr_metric = ifp->if_priority;
		break;
	case SIOCGIFLLPRIO:
		ifr->ifr_llprio = ifp->if_llprio;
		break;
	default:
		return (ENOTTY);
	}
	return (0);
}

/* The same, but the answer goes to memory the request points to. */
static int
ifioctl_get_data(u_long cmd, struct ifnet *ifp, struct ifreq *ifr)
{
	struct if_data data;
	char text[MAX(IFDESCRSIZE, RTLABEL_LEN)] = "";
	const char *label;

	switch (cmd) {
	case SIOCGIFDATA:
		NET_LOCK_SHARED();
		if_getdata(ifp, &data);
		NET_UNLOCK_SHARED();
		return (copyout(&data, ifr->ifr_data, sizeof(data)));
	case SIOCGIFDESCR:
		NET_LOCK_SHARED();
		strlcpy(text, ifp->if_description, IFDESCRSIZE);
		NET_UNLOCK_SHARED();
		return (copyout(text, ifr->ifr_data, IFDESCRSIZE));
	case SIOCGIFRTLABEL:
		NET_LOCK_SHARED();
		label = rtlabel_id2name(ifp->if_rtlabelid, text, RTLABEL_LEN);
		NET_UNLOCK_SHARED();
		if (label == NULL)
			return (ENOENT);
		return (copyout(text, ifr->ifr_data, RTLABEL_LEN));
	default:
		return (ENOTTY);
	}
}

static int
ifioctl_getgroups(u_long cmd, struct ifnet *ifp, struct ifgroupreq *ifgr)
{
	struct ifg_req *req = NULL;
	unsigned int n, max = MIN(ifgr->ifgr_len / sizeof(*req), IFG_MAXREQ);
	int error = 0, found = 1;

	ifgr->ifgr_name[IFNAMSIZ - 1] = '\0';
	if (max > 0)
		req = mallocarray(max, sizeof(*req), M_TEMP, M_WAITOK);
	NET_LOCK_SHARED();
	if (cmd == SIOCGIFGROUP)
		n = if_getgroups(ifp, req, max);
	else if (cmd == SIOCGIFGMEMB) {
		found = if_isgroup(ifgr->ifgr_name);
		n = if_getgroupmembers(ifgr->ifgr_name, req, max);
	} else
		n = if_getgrouplist(req, max);
	NET_UNLOCK_SHARED();

	if (!found)
		error = ENOENT;
	else if (ifgr->ifgr_len != 0 && n > max)
		error = EINVAL;
	else if (ifgr->ifgr_len != 0)
		error = copyout(req, ifgr->ifgr_groups, n * sizeof(*req));
	if (error == 0)
		ifgr->ifgr_len = n * sizeof(*req);
	free(req, M_TEMP, max * sizeof(*req));
	return (error);
}

/* One record for each address, or one without for an interface that has
 * none. */
static unsigned int
ifconf_fill(struct ifreq *req, unsigned int max)
{
	struct ifnet *ifp;
	struct ifaddr *ifa;
	unsigned int n = 0, had;

	TAILQ_FOREACH(ifp, &ifnetlist, if_list) {
		had = n;
		TAILQ_FOREACH(ifa, &ifp->if_addrlist, ifa_list) {
			if (ifa->ifa_addr->sa_len > sizeof(req->ifr_addr))
				continue;
			if (n < max) {
				memset(&req[n], 0, sizeof(*req));
				strlcpy(req[n].ifr_name, ifp->if_xname,
				    IFNAMSIZ);
				memcpy(&req[n].ifr_addr, ifa->ifa_addr,
				    ifa->ifa_addr->sa_len);
			}
			n++;
		}
		if (n == had) {
			if (n < max) {
				memset(&req[n], 0, sizeof(*req));
				strlcpy(req[n].ifr_name, ifp->if_xname,
				    IFNAMSIZ);
			}
			n++;
		}
	}
	return (n);
}

static int
ifconf(struct ifconf *ifc)
{
	struct ifreq *req = NULL;
	unsigned int n, max;
	int error = 0;

	if (ifc->ifc_len < 0)
		return (EINVAL);
	max = MIN(ifc->ifc_len / sizeof(*req), IFG_MAXREQ);
	if (max > 0)
		req = mallocarray(max, sizeof(*req), M_TEMP, M_WAITOK);
	NET_LOCK_SHARED();
	n = ifconf_fill(req, max);
	NET_UNLOCK_SHARED();
	if (ifc->ifc_len != 0) {
		n = MIN(n, max);
		error = copyout(req, ifc->ifc_buf, n * sizeof(*req));
	}
	ifc->ifc_len = n * sizeof(*req);
	free(req, M_TEMP, max * sizeof(*req));
	return (error);
}

/*
 * The stack's flags first, then the driver's opinion; what the driver
 * refuses is undone.  When its link changes with them, the task that tells
 * of that tells of the flags, too.
 */
static int
if_setflags(struct ifnet *ifp, struct ifreq *ifr)
{
	unsigned short old = ifp->if_flags;
	int error, up = ISSET(ifr->ifr_flags, IFF_UP);
	u_char link = READ_ONCE(ifp->if_link_state);

	WRITE_ONCE(ifp->if_flags, (old & IFF_CANTCHANGE) |
	    (ifr->ifr_flags & ~IFF_CANTCHANGE));
	KERNEL_LOCK();
	error = ifp->if_ioctl(ifp, SIOCSIFFLAGS, (caddr_t)ifr);
	KERNEL_UNLOCK();
	if (error != 0) {
		WRITE_ONCE(ifp->if_flags, old);
		return (error);
	}
	if (up && !ISSET(old, IFF_UP))
		if_up(ifp);
	else if (!up && ISSET(old, IFF_UP))
		if_down(ifp);
	else if (READ_ONCE(ifp->if_link_state) == link)
		rtm_ifchg(ifp);
	return (0);
}

static int
if_driver(struct ifnet *ifp, u_long cmd, caddr_t data)
{
	int error;

	KERNEL_LOCK();
	error = ifp->if_ioctl(ifp, cmd, data);
	KERNEL_UNLOCK();
	return (error);
}

static int
if_setmtu(struct ifnet *ifp, struct ifreq *ifr)
{
	int error;

#ifdef INET6
	if (ifr->ifr_mtu < IPV6_MMTU && in6_present(ifp))
		return (EINVAL);
#endif
	if ((error = if_driver(ifp, SIOCSIFMTU, (caddr_t)ifr)) == 0)
		rtm_ifchg(ifp);
	return (error);
}

/* Configuration of one interface, by the superuser, under NET(X). */
static int
ifioctl_set(u_long cmd, struct ifnet *ifp, struct ifreq *ifr)
{
	int error;

	switch (cmd) {
	case SIOCSIFFLAGS:
		return (if_setflags(ifp, ifr));
	case SIOCSIFXFLAGS:
		if (ifr->ifr_flags & (IFXF_MPLS | IFXF_WOL | IFXF_LRO |
		    IFXF_AUTOCONF4 | IFXF_AUTOCONF6 | IFXF_AUTOCONF6TEMP))
			return (EOPNOTSUPP);
		WRITE_ONCE(ifp->if_xflags, (ifp->if_xflags & IFXF_CANTCHANGE) |
		    (ifr->ifr_flags & ~IFXF_CANTCHANGE));
		rtm_ifchg(ifp);
		return (0);
	case SIOCSIFMETRIC:
		ifp->if_metric = ifr->ifr_metric;
		return (0);
	case SIOCSIFMTU:
		return (if_setmtu(ifp, ifr));
	case SIOCSIFPRIORITY:
		if (ifr->ifr_metric < 0 || ifr->ifr_metric > 15)
			return (EINVAL);
		ifp->if_priority = ifr->ifr_metric;
		return (0);
	case SIOCSIFLLPRIO:
		if (ifr->ifr_llprio < IFQ_MINPRIO ||
		    ifr->ifr_llprio > IFQ_MAXPRIO)
			return (EINVAL);
		ifp->if_llprio = ifr->ifr_llprio;
		return (0);
	case SIOCSIFRDOMAIN:
		error = if_driver(ifp, cmd, (caddr_t)ifr);
		if (error != ENOTTY)
			return (error);
		return (if_setrdomain(ifp, ifr->ifr_rdomainid));
	default:
		return (if_driver(ifp, cmd, (caddr_t)ifr));
	}
}

static int
ifioctl_group(u_long cmd, struct ifnet *ifp, struct ifgroupreq *ifgr)
{
	int error;

	ifgr->ifgr_group[IFNAMSIZ - 1] = '\0';
	NET_LOCK();
	if (cmd == SIOCAIFGROUP)
		error = if_addgroup(ifp, ifgr->ifgr_group);
	else
		error = if_delgroup(ifp, ifgr->ifgr_group);
	if (error == 0) {
		error = if_driver(ifp, cmd, (caddr_t)ifgr);
		if (error == ENOTTY)
			error = 0;
	}
	NET_UNLOCK();
	return (error);
}

/* A text that the request points to: read it before taking the netlock. */
static int
ifioctl_settext(u_long cmd, struct ifnet *ifp, struct ifreq *ifr)
{
	char text[MAX(IFDESCRSIZE, RTLABEL_LEN)];
	size_t done;
	int error;

	error = copyinstr(ifr->ifr_data, text, cmd == SIOCSIFDESCR ?
	    IFDESCRSIZE : RTLABEL_LEN, &done);
	if (error != 0)
		return (error);
	NET_LOCK();
	if (cmd == SIOCSIFDESCR) {
		strlcpy(ifp->if_description, text, IFDESCRSIZE);
	} else {
		rtlabel_unref(ifp->if_rtlabelid);
		ifp->if_rtlabelid = rtlabel_name2id(text);
	}
	NET_UNLOCK();
	return (0);
}

static int
ifioctl_lladdr(struct ifnet *ifp, struct ifreq *ifr)
{
	if (ifp->if_addrlen == 0 || ifp->if_sadl == NULL)
		return (ENODEV);
	if (ifr->ifr_addr.sa_len != ifp->if_addrlen ||
	    ISSET(ifr->ifr_addr.sa_data[0], 0x01))
		return (EINVAL);
	memcpy(LLADDR(ifp->if_sadl), ifr->ifr_addr.sa_data, ifp->if_addrlen);
	return (if_driver(ifp, SIOCSIFLLADDR, (caddr_t)ifr));
}

/* The protocol of the socket first; what it does not know, the driver. */
static int
ifioctl_proto(struct socket *so, u_long cmd, caddr_t data,
    struct ifnet *ifp, struct proc *p)
{
	int error = EOPNOTSUPP;

	if (so->so_proto->pr_usrreqs->pru_control != NULL)
		error = so->so_proto->pr_usrreqs->pru_control(so, cmd, data,
		    ifp);
	if (error != EOPNOTSUPP)
		return (error);
	/* questions end in 'get'; all else configures */
	if ((cmd & IOC_OUT) == 0 && (error = suser(p)) != 0)
		return (error);
	NET_LOCK();
	error = cmd == SIOCSIFLLADDR ? ifioctl_lladdr(ifp,
	    (struct ifreq *)data) : ifioctl_set(cmd, ifp,
	    (struct ifreq *)data);
	NET_UNLOCK();
	return (error);
}

static int
ifioctl_privileged(u_long cmd)
{
	switch (cmd) {
	case SIOCSIFFLAGS:
	case SIOCSIFXFLAGS:
	case SIOCSIFMETRIC:
	case SIOCSIFMTU:
	case SIOCSIFPRIORITY:
	case SIOCSIFLLPRIO:
	case SIOCSIFRDOMAIN:
	case SIOCSIFDESCR:
	case SIOCSIFRTLABEL:
	case SIOCAIFGROUP:
	case SIOCDIFGROUP:
	case SIOCSIFLLADDR:
	case SIOCIFAFATTACH:
	case SIOCIFAFDETACH:
	case SIOCADDMULTI:
	case SIOCDELMULTI:
		return (1);
	default:
		return (0);
	}
}

/*
 * IPv4 is always attached, IPv6 by a link-local address; detaching removes
 * all addresses.
 */
static int
ifioctl_af(u_long cmd, struct ifnet *ifp, struct if_afreq *ifar)
{
	int error = 0;

	NET_LOCK();
	switch (ifar->ifar_af) {
	case AF_INET:
		if (cmd == SIOCIFAFDETACH)
			in_ifdetach(ifp);
		break;
#ifdef INET6
	case AF_INET6:
		if (cmd == SIOCIFAFDETACH)
			in6_ifdetach(ifp);
		else
			error = in6_ifattach(ifp);
		break;
#endif
	default:
		error = EAFNOSUPPORT;
		break;
	}
	NET_UNLOCK();
	return (error);
}

static int
ifioctl_ifp(struct socket *so, u_long cmd, caddr_t data, struct ifnet *ifp,
    struct proc *p)
{
	struct ifreq *ifr = (struct ifreq *)data;
	int error;

	if (ifioctl_privileged(cmd) && (error = suser(p)) != 0)
		return (error);
	switch (cmd) {
	case SIOCGIFDATA:
	case SIOCGIFDESCR:
	case SIOCGIFRTLABEL:
		return (ifioctl_get_data(cmd, ifp, ifr));
	case SIOCGIFGROUP:
		return (ifioctl_getgroups(cmd, ifp,
		    (struct ifgroupreq *)data));
	case SIOCAIFGROUP:
	case SIOCDIFGROUP:
		return (ifioctl_group(cmd, ifp, (struct ifgroupreq *)data));
	case SIOCSIFDESCR:
	case SIOCSIFRTLABEL:
		return (ifioctl_settext(cmd, ifp, ifr));
	case SIOCIFAFATTACH:
	case SIOCIFAFDETACH:
		return (ifioctl_af(cmd, ifp, (struct if_afreq *)data));
	}
	NET_LOCK_SHARED();
	error = ifioctl_get(cmd, ifp, ifr);
	NET_UNLOCK_SHARED();
	if (error != ENOTTY)
		return (error);
	return (ifioctl_proto(so, cmd, data, ifp, p));
}

int
ifioctl(struct socket *so, u_long cmd, caddr_t data, struct proc *p)
{
	struct ifreq *ifr = (struct ifreq *)data;
	struct ifnet *ifp;
	int error;

	switch (cmd) {
	case SIOCGIFCONF:
		return (ifconf((struct ifconf *)data));
	case SIOCIFGCLONERS:
		return (if_clone_list((struct if_clonereq *)data));
	case SIOCGIFGMEMB:
	case SIOCGIFGLIST:
		return (ifioctl_getgroups(cmd, NULL,
		    (struct ifgroupreq *)data));
	}
	/* every other request begins with a name */
	if (IOCPARM_LEN(cmd) < IFNAMSIZ)
		return (ENOTTY);
	ifr->ifr_name[IFNAMSIZ - 1] = '\0';
	if (cmd == SIOCIFCREATE || cmd == SIOCIFDESTROY) {
		if ((error = suser(p)) != 0)
			return (error);
		return (cmd == SIOCIFCREATE ? if_clone_create(ifr->ifr_name,
		    p->p_rtableid != 0 ? rtable_l2(p->p_rtableid) : 0) :
		    if_clone_destroy(ifr->ifr_name));
	}
	if ((ifp = if_unit(ifr->ifr_name)) == NULL)
		return (ENXIO);
	error = ifioctl_ifp(so, cmd, data, ifp, p);
	if_put(ifp);
	return (error);
}
