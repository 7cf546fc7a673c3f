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

#ifndef _IFCONFIG_H_
#define _IFCONFIG_H_

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>

#include <ifaddrs.h>

/*
 * What the words say about one address.  They come in any order, so it is
 * applied as a whole: at the end, or when another family begins.
 */
struct addrargs {
	unsigned int	aa_given;
#define AA_ADDR		0x01
#define AA_DST		0x02
#define AA_MASK		0x04		/* or prefix length */
#define AA_BRD		0x08
#define AA_ALIAS	0x10
#define AA_DELETE	0x20
#define AA_DETAIL	0x40		/* a word of IPv6 alone */
	union {
		struct sockaddr_in	sin;
		struct sockaddr_in6	sin6;
	} aa_addr, aa_dst;
	struct sockaddr_in	aa_mask;
	struct sockaddr_in	aa_brd;
	int			aa_prefixlen;	/* IPv6 */
	int			aa_flags;	/* IN6_IFF_ */
	uint32_t		aa_vltime;	/* seconds */
	uint32_t		aa_pltime;
};

/* the interface that is shown or configured */
struct ifcfg {
	char		 ic_name[IFNAMSIZ];
	int		 ic_s;		/* IPv4 datagram socket */
	int		 ic_created;	/* in this run */
	const struct afops *ic_af;	/* of the words that follow */
	struct addrargs	 ic_addr;
};

/*
 * A family of addresses.  Set functions take a word into ic_addr and exit
 * with a message when they cannot; apply exits when the kernel refuses.
 */
struct afops {
	const char	*af_name;
	int		 af_af;
	void		(*af_setaddr)(struct ifcfg *, const char *);
	void		(*af_setdst)(struct ifcfg *, const char *);
	void		(*af_setmask)(struct ifcfg *, const char *);
	void		(*af_setbrd)(struct ifcfg *, const char *);
	void		(*af_setprefix)(struct ifcfg *, const char *);
	void		(*af_apply)(struct ifcfg *);
	void		(*af_print)(struct ifcfg *, const struct ifaddrs *);
};

/* a word of the command line, and the function that obeys it */
struct cmd {
	const char	*c_name;
	int		 c_nargs;	/* words that follow */
	long		 c_value;	/* last argument of the function */
	void		(*c_func)(struct ifcfg *, char **, long);
};
typedef void cmdfunc(struct ifcfg *, char **, long);

/* ifconfig.c */
int	sock_get(void);			/* exits when it fails */
void	ifr_init(struct ifcfg *, struct ifreq *);
/* "ifconfig: REQUEST: reason" from errno; _name puts the interface first */
void	req_warn(const char *);
void	req_err(const char *) __attribute__((__noreturn__));
void	req_err_name(struct ifcfg *, const char *)
	    __attribute__((__noreturn__));
/* what, its text, limits: exits unless the text is a number in them */
long	number(const char *, const char *, long, long);

/* cmds.c */
const struct cmd *cmd_find(const char *);

/* iface.c */
int	iface_exists(struct ifcfg *);
int	iface_create(struct ifcfg *);		/* 0, or -1 with errno */
void	clone_list(int);
cmdfunc	set_flag, set_xflag, set_mtu, set_metric, set_descr, unset_descr,
	set_priority, set_llprio, set_rdomain, set_rtlabel, unset_rtlabel,
	set_lladdr, do_create, do_destroy, set_media;

/* group.c */
cmdfunc	set_group, unset_group;
/*
 * The groups of an interface (SIOCGIFGROUP) or the members of a group
 * (SIOCGIFGMEMB): names for the caller to free, and how many; NULL with
 * errno.
 */
struct ifg_req *group_list(int, unsigned long, const char *, size_t *);

/* inet.c, inet6.c */
extern const struct afops inet_ops, inet6_ops;
cmdfunc	set_in6flag, set_lifetime;

/* addr.c */
const struct afops *af_find(const char *);	/* by name, or NULL */
void	addr_word(struct ifcfg *, const char *);
void	addr_flush(struct ifcfg *);
/* the number behind a '/', which is cut off, or -1 */
int	addr_cutlen(char *, int);
void	bad_value(const char *) __attribute__((__noreturn__));
cmdfunc	set_family, unset_family, set_alias, set_delete, set_dest,
	set_netmask, set_broadcast, set_prefixlen, set_autoconf, set_eui64;

/* tunnel.c */
cmdfunc	set_tunnel, unset_tunnel, set_tunneldf, set_tunnelttl,
	set_tunneldomain, set_hdrprio, set_vnetid, unset_vnetid, set_parent,
	unset_parent, set_keepalive, unset_keepalive;
void	print_keepalive(struct ifcfg *);
void	print_encap(struct ifcfg *);
void	print_tunnel(struct ifcfg *);

/* print.c: family 0 is any; aliases 0 is the first IPv4 address alone */
int	show_all(int, int, int);
int	show_one(int, const char *, int);

#endif /* _IFCONFIG_H_ */
