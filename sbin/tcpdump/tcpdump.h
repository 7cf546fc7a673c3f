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


#ifndef TCPDUMP_H
#define TCPDUMP_H

#include <sys/types.h>
#include <stddef.h>
#include <net/bpf.h>

#define SNAPLEN_MAX	262144		/* as in a file */
#define DEPTH_MAX	8		/* packets within packets */

struct options {
	int	 o_ascii;	/* -A */
	int	 o_link;	/* -e */
	int	 o_near;	/* -f */
	int	 o_numbers;	/* -n */
	int	 o_quick;	/* -q */
	int	 o_verbose;	/* -v, times */
	int	 o_hex;		/* -x */
	int	 o_hexascii;	/* -X */
};
extern struct options opt;

/* A packet as captured. */
struct packet {
	int64_t		 p_sec;
	u_int32_t	 p_usec;
	u_int		 p_caplen;	/* bytes at p_data */
	u_int		 p_len;		/* bytes it had */
	const u_char	*p_data;
};

/*
 * What is left to print: pk_n bytes are here, the packet had pk_len.  The
 * functions say whether so many bytes are here, and never look beyond.
 */
struct pk {
	const u_char	*pk_p;
	u_int		 pk_n;
	u_int		 pk_len;
};
int	pk_has(const struct pk *, u_int);
int	pk_skip(struct pk *, u_int);		/* 1, or 0 and not moved */
void	pk_trim(struct pk *, u_int);		/* had no more than that */
u_int	pk_8(const struct pk *, u_int);		/* at an offset that is here */
u_int	pk_16(const struct pk *, u_int);
u_int32_t pk_32(const struct pk *, u_int);
void	pk_short(const char *);			/* "[|ip]" */
u_int	pk_cksum(const u_char *, u_int, u_int32_t);	/* 0: good */

/* link.c: one line for a packet, and its bytes if asked for */
void	print_packet(const struct packet *, u_int, int);
void	print_hex(const u_char *, u_int);
void	print_ascii(const u_char *, u_int);

/* what follows; by number of the protocol, with the ends for it */
struct ends {
	const char	*e_src;		/* as text; NULL: an inner packet's */
	const char	*e_dst;
	int		 e_inet6;
	const u_char	*e_addrs;	/* both, as in the header; NULL for a
					 * fragment, which has no checksum */
};
void	print_ip(struct pk);
void	print_ip6(struct pk);
void	print_ipany(struct pk);		/* by its version */
void	print_arp(struct pk);
void	print_proto(u_int, struct pk, const struct ends *);
void	print_ends(const struct ends *);		/* "a > b: " */
void	print_icmp(struct pk, const struct ends *);
void	print_icmp6(struct pk, const struct ends *);
void	print_ike(struct pk);
int	print_deeper(void);		/* 0: too deep; else undo with */
void	print_back(void);

/* names.c; the text is good for the next few calls */
void	names_init(const char *);	/* interface or NULL */
const char *name_ip(const u_char *);
const char *name_ip6(const u_char *);
const char *name_ether(const u_char *);
const char *name_port(u_int, int);	/* port, IPPROTO_* */
const char *name_proto(u_int);		/* or NULL */

/* expr.c, code.c: a program for a link type; does not return on error */
struct bpf_program *expr_compile(const char *, u_int, int, u_int);
void	code_dump(const struct bpf_program *);

/* file.c: captures in files.  Does not return on error. */
struct capfile;
struct capfile *file_read(const char *);
u_int	file_dlt(const struct capfile *);
int	file_swapped(const struct capfile *);
u_int	file_snaplen(const struct capfile *);
int	file_next(struct capfile *, struct packet *);	/* 0: the end */
void	file_create(const char *, u_int, u_int);	/* DLT, snaplen */
void	file_write(const struct packet *);
void	file_flush(void);
const char *dlt_name(u_int);			/* or NULL */
int	dlt_number(const char *);		/* or -1 */

/* capture.c: from an interface.  Does not return on error. */
const char *capture_interface(void);	/* the first that will do */
u_int	capture_open(const char *, int, int);	/* promiscuous, -y or -1 */
void	capture_filter(const struct bpf_program *);
/* packets until the function says 0 or a signal comes */
void	capture_run(int (*)(const struct packet *));
void	capture_stats(void);
void	capture_stop(void);		/* from a signal's handler */

#endif
