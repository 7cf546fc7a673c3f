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
 * The protocols of the Internet family, version 6.  What a protocol shares
 * with version 4 is set up there.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/protosw.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/in_pcb.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>
#include <netinet/udp.h>
#include <netinet/udp_var.h>
#include <netinet6/ip6_var.h>

const struct protosw inet6sw[] = {
	{
		/* not for sockets: the protocol itself */
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_IPV6,
		.pr_init	= ip6_init,
		.pr_sysctl	= ip6_sysctl,
	},
	{
		.pr_type	= SOCK_DGRAM,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_UDP,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= udp6_input,
		.pr_ctlinput	= udp6_ctlinput,
		.pr_ctloutput	= ip6_ctloutput,
		.pr_usrreqs	= &udp6_usrreqs,
	},
	{
		/* a socket for it sends, and receives nothing */
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_RAW,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= rip6_input,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_ICMPV6,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= icmp6_input,
		.pr_ctlinput	= rip6_ctlinput,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
		.pr_init	= icmp6_init,
		.pr_sysctl	= icmp6_sysctl,
	},
	{
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_DSTOPTS,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT,
		.pr_input	= dest6_input,
	},
	{
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_ROUTING,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT,
		.pr_input	= route6_input,
	},
	{
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_FRAGMENT,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT,
		.pr_input	= frag6_input,
		.pr_init	= frag6_init,
	},
#ifdef IPSEC
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_ESP,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= esp46_input,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_AH,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= ah46_input,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_IPV4,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= ipip_input,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_protocol	= IPPROTO_IPV6,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= ipip_input,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
	},
#endif
	{
		/* all the others; must be the only one without a number */
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inet6domain,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= rip6_input,
		.pr_ctlinput	= rip6_ctlinput,
		.pr_ctloutput	= rip6_ctloutput,
		.pr_usrreqs	= &rip6_usrreqs,
		.pr_init	= rip6_init,
	},
};

const struct domain inet6domain = {
	.dom_family		= AF_INET6,
	.dom_name		= "internet6",
	.dom_protosw		= inet6sw,
	.dom_protoswNPROTOSW	= &inet6sw[nitems(inet6sw)],
	.dom_rtoffset		= offsetof(struct sockaddr_in6, sin6_addr) * 8,
	.dom_maxplen		= 128,
};
