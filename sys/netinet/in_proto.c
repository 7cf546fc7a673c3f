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
 * The protocols of the Internet family.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/domain.h>
#include <sys/protosw.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/in_pcb.h>
#include <netinet/ip_icmp.h>
#include <netinet/ip_ipip.h>
#include <netinet/ip_ipsp.h>
#include <netinet/ip_var.h>
#include <netinet/udp.h>
#include <netinet/udp_var.h>

const struct protosw inetsw[] = {
	{
		/* not for sockets: the protocol itself */
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_IP,
		.pr_init	= ip_init,
		.pr_sysctl	= ip_sysctl,
	},
	{
		.pr_type	= SOCK_DGRAM,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_UDP,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= udp_input,
		.pr_ctlinput	= udp_ctlinput,
		.pr_ctloutput	= ip_ctloutput,
		.pr_usrreqs	= &udp_usrreqs,
		.pr_init	= udp_init,
		.pr_sysctl	= udp_sysctl,
	},
	{
		/* a socket for it sends, and receives nothing */
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_RAW,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= rip_input,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_ICMP,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= icmp_input,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
		.pr_init	= icmp_init,
		.pr_sysctl	= icmp_sysctl,
	},
#ifdef IPSEC
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_ESP,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= esp46_input,
		.pr_ctlinput	= esp4_ctlinput,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
		.pr_init	= ipsec_init,
		.pr_sysctl	= esp_sysctl,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_AH,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= ah46_input,
		.pr_ctlinput	= ah4_ctlinput,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
		.pr_sysctl	= ah_sysctl,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_IPV4,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= ipip_input,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
		.pr_sysctl	= ipip_sysctl,
	},
	{
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_protocol	= IPPROTO_IPV6,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= ipip_input,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
	},
#endif
	{
		/* all the others; must be the only one without a number */
		.pr_type	= SOCK_RAW,
		.pr_domain	= &inetdomain,
		.pr_flags	= PR_ATOMIC | PR_ADDR | PR_MPINPUT |
				    PR_MPSOCKET,
		.pr_input	= rip_input,
		.pr_ctloutput	= rip_ctloutput,
		.pr_usrreqs	= &rip_usrreqs,
		.pr_init	= rip_init,
	},
};

const struct domain inetdomain = {
	.dom_family		= AF_INET,
	.dom_name		= "internet",
	.dom_protosw		= inetsw,
	.dom_protoswNPROTOSW	= &inetsw[nitems(inetsw)],
	.dom_rtoffset		= offsetof(struct sockaddr_in, sin_addr) * 8,
	.dom_maxplen		= 32,
};
