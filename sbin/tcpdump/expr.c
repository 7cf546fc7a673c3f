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
 * Expressions:
 *
 *	expression = and { ("or" | "||") and }
 *	and = factor { ("and" | "&&") factor }
 *	factor = ("not" | "!") factor | "(" expression ")" | primitive
 *	primitive = [protocol] [direction] [kind] value | protocol |
 *	    [family] "proto" number | [family] "broadcast" | "multicast" |
 *	    "less" number | "greater" number | "len" relation number
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <net/ethertypes.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#include "code.h"
#include "tcpdump.h"

#define WORD_MAX	128
#define NEST_MAX	64
#define ALL		(~0U)

#define P_ANY		0
#define P_IP		1
#define P_IP6		2
#define P_ARP		3
#define P_ETHER		4
#define P_UPPER		5	/* carried by either version of IP */

struct proto {
	const char	*name;
	int		 kind;		/* P_* */
	int		 number;	/* IPPROTO_*, of P_UPPER */
	int		 family;	/* P_IP or P_IP6, if only there */
};

static const struct proto protos[] = {
	{ "ip", P_IP, 0, 0 },
	{ "ip6", P_IP6, 0, 0 },
	{ "arp", P_ARP, 0, 0 },
	{ "ether", P_ETHER, 0, 0 },
	{ "icmp", P_UPPER, IPPROTO_ICMP, P_IP },
	{ "icmp6", P_UPPER, IPPROTO_ICMPV6, P_IP6 },
	{ "tcp", P_UPPER, IPPROTO_TCP, 0 },
	{ "udp", P_UPPER, IPPROTO_UDP, 0 },
	{ "esp", P_UPPER, IPPROTO_ESP, 0 },
	{ "ah", P_UPPER, IPPROTO_AH, 0 }
};
#define NPROTOS	(sizeof(protos) / sizeof(protos[0]))

#define D_SRC	1
#define D_DST	2

static const char	*text;		/* all of it */
static size_t		 at;		/* behind the current word */
static size_t		 start;		/* of the current word */
static char		 word[WORD_MAX];
static u_int		 dlt;
static int		 swapped;
static u_int		 linklen;		/* bytes before the IP header */
static int		 nest;

static struct node	*parse_or(void);

static void __attribute__((__noreturn__, __format__(printf, 1, 2)))
fail(const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	errx(1, "expression, at %zu: %s", start + 1, why);
}

/* The next word, "" at the end. */
static void
advance(void)
{
	size_t n;

	at += strspn(text + at, " \t\n");
	start = at;
	if ((n = strspn(text + at, "()")) > 0)
		n = 1;
	else if ((n = strspn(text + at, "!<>=&|")) > 0) {
		if (text[at] == '!' && text[at + 1] != '=')
			n = 1;
	} else
		n = strcspn(text + at, "()!<>=&| \t\n");
	if (n >= sizeof(word))
		fail("a word is too long");
	memcpy(word, text + at, n);
	word[n] = '\0';
	at += n;
}

static int
is(const char *what)
{
	return (strcmp(word, what) == 0);
}

static int
accept_word(const char *what)
{
	if (!is(what))
		return (0);
	advance();
	return (1);
}

static u_int32_t
get_number(u_int32_t max, const char *what)
{
	unsigned long long v;
	char *end;

	v = strtoull(word, &end, 0);
	if (!isdigit((unsigned char)word[0]) || *end != '\0')
		fail("%s is missing before \"%s\"", what, word);
	if (v > max)
		fail("%s is at most %u", what, max);
	advance();
	return (v);
}

/* Is it that family?  NULL: nothing else comes here. */
static struct node *
is_ip(void)
{
	switch (dlt) {
	case DLT_EN10MB:
		return (node_test(BPF_H, 12, ALL, ETHERTYPE_IP));
	case DLT_LOOP:
		return (node_test(BPF_W, 0, ALL, 2));
	case DLT_RAW:
		return (node_test(BPF_B, 0, 0xf0, 0x40));
	default:
		return (node_test(BPF_W, 0, ALL, swapped ? 2 : ntohl(2)));
	}
}

static struct node *
is_af6(u_int32_t af)
{
	if (dlt != DLT_LOOP && !swapped)
		af = ntohl(af);
	return (node_test(BPF_W, 0, ALL, af));
}

/* Systems do not agree on the number of AF_INET6. */
static struct node *
is_ip6(void)
{
	switch (dlt) {
	case DLT_EN10MB:
		return (node_test(BPF_H, 12, ALL, ETHERTYPE_IPV6));
	case DLT_RAW:
		return (node_test(BPF_B, 0, 0xf0, 0x60));
	default:
		return (node_or(node_or(is_af6(24), is_af6(28)),
		    node_or(is_af6(30), is_af6(10))));
	}
}

static struct node *
is_arp(void)
{
	if (dlt != DLT_EN10MB)
		return (node_const(0));
	return (node_test(BPF_H, 12, ALL, ETHERTYPE_ARP));
}

/* Of IPv6's extension headers only that of a fragment is looked behind. */
static struct node *
has_proto(u_int number, int family)
{
	struct node *n4, *n6;

	n4 = node_and(is_ip(), node_test(BPF_B, linklen + 9, ALL, number));
	n6 = node_and(node_test(BPF_B, linklen + 6, ALL, IPPROTO_FRAGMENT),
	    node_test(BPF_B, linklen + 40, ALL, number));
	n6 = node_and(is_ip6(), node_or(node_test(BPF_B, linklen + 6, ALL,
	    number), n6));
	if (family != 0)
		return (family == P_IP ? n4 : n6);
	return (node_or(n4, n6));
}

static struct node *
both(struct node *src, struct node *dst, int dir)
{
	switch (dir) {
	case D_SRC:
		return (src);
	case D_DST:
		return (dst);
	case D_SRC | D_DST:
		return (node_and(src, dst));
	default:
		return (node_or(src, dst));
	}
}

static u_int32_t
mask_word(u_int bits, u_int i)
{
	if (bits >= 32 * (i + 1))
		return (ALL);
	if (bits <= 32 * i)
		return (0);
	return (ALL << (32 * (i + 1) - bits));
}

/* The first bits of an address of n words. */
static struct node *
addr_at(u_int off, const u_char *a, u_int words, u_int bits)
{
	struct pk pk = { a, 16, 16 };
	struct node *n = NULL;
	u_int32_t mask;
	u_int i;

	for (i = 0; i < words; i++)
		if ((mask = mask_word(bits, i)) != 0)
			n = node_and(n, node_test(BPF_W, off + 4 * i, mask,
			    pk_32(&pk, 4 * i) & mask));
	return (n == NULL ? node_const(1) : n);
}

static struct node *
match_ip(const u_char *a, u_int bits, const struct proto *p, int dir)
{
	struct node *ip, *arp;

	ip = node_and(is_ip(), both(addr_at(linklen + 12, a, 1, bits),
	    addr_at(linklen + 16, a, 1, bits), dir));
	arp = node_and(is_arp(), both(addr_at(linklen + 14, a, 1, bits),
	    addr_at(linklen + 24, a, 1, bits), dir));
	if (p == NULL)
		return (dlt == DLT_EN10MB ? node_or(ip, arp) : ip);
	if (p->kind == P_IP)
		return (ip);
	if (p->kind == P_ARP)
		return (arp);
	fail("%s does not have IPv4 addresses", p->name);
}

static struct node *
match_ip6(const u_char *a, u_int bits, const struct proto *p, int dir)
{
	if (p != NULL && p->kind != P_IP6)
		fail("%s does not have IPv6 addresses", p->name);
	return (node_and(is_ip6(), both(addr_at(linklen + 8, a, 4, bits),
	    addr_at(linklen + 24, a, 4, bits), dir)));
}

static struct node *
ether_at(u_int off, const u_char *a)
{
	struct pk pk = { a, 6, 6 };

	return (node_and(node_test(BPF_W, off, ALL, pk_32(&pk, 0)),
	    node_test(BPF_H, off + 4, ALL, pk_16(&pk, 4))));
}

static struct node *
parse_ether(int dir)
{
	u_int v[6], i;
	u_char a[6];
	int n = 0;

	if (dlt != DLT_EN10MB)
		fail("there is no Ethernet on this linklen");
	if (sscanf(word, "%2x:%2x:%2x:%2x:%2x:%2x%n", &v[0], &v[1], &v[2],
	    &v[3], &v[4], &v[5], &n) != 6 || word[n] != '\0')
		fail("\"%s\" is not an Ethernet address", word);
	for (i = 0; i < 6; i++)
		a[i] = v[i];
	advance();
	return (both(ether_at(6, a), ether_at(0, a), dir));
}

/* address[/bits] */
static struct node *
parse_address(const struct proto *p, int dir, int net)
{
	u_char a[16] = { 0 };
	char *slash, *end;
	struct node *n;
	u_int bits, max;
	int inet6;

	if ((slash = strchr(word, '/')) != NULL) {
		if (!net)
			fail("a host has no prefix length");
		*slash++ = '\0';
	}
	inet6 = inet_pton(AF_INET6, word, a) == 1;
	if (!inet6 && inet_pton(AF_INET, word, a) != 1)
		fail("\"%s\" is not an address", word);
	max = bits = inet6 ? 128 : 32;
	if (net && slash == NULL)
		fail("a net needs a prefix length");
	if (slash != NULL) {
		bits = strtoul(slash, &end, 10);
		if (!isdigit((unsigned char)*slash) || *end != '\0' ||
		    bits > max)
			fail("\"%s\" is not a prefix length", slash);
	}
	n = inet6 ? match_ip6(a, bits, p, dir) : match_ip(a, bits, p, dir);
	advance();
	return (n);
}

static struct node *
port_at(u_int off, int ip, u_int lo, u_int hi)
{
	struct node *n = node_test(BPF_H, off, ALL, lo), *m;

	n->n_test.t_ip = ip;
	n->n_test.t_iphdr = linklen;
	if (lo == hi)
		return (n);
	n->n_test.t_op = BPF_JGE;
	m = node_test(BPF_H, off, ALL, hi);
	m->n_test.t_ip = ip;
	m->n_test.t_iphdr = linklen;
	m->n_test.t_op = BPF_JGT;
	return (node_and(n, node_not(m)));
}

/* Later fragments have no ports. */
static struct node *
ports(int number, int family, int dir, u_int lo, u_int hi)
{
	struct node *first, *n4, *n6;

	first = node_test(BPF_H, linklen + 6, ALL, 0x1fff);
	first->n_test.t_op = BPF_JSET;
	n4 = node_and(node_and(has_proto(number, P_IP), node_not(first)),
	    both(port_at(linklen, 1, lo, hi),
	    port_at(linklen + 2, 1, lo, hi), dir));
	n6 = node_and(node_and(is_ip6(), node_test(BPF_B, linklen + 6, ALL,
	    number)), both(port_at(linklen + 40, 0, lo, hi),
	    port_at(linklen + 42, 0, lo, hi), dir));
	if (family != 0)
		return (family == P_IP ? n4 : n6);
	return (node_or(n4, n6));
}

static u_int
get_port(char *s)
{
	char *end;
	u_long v;

	v = strtoul(s, &end, 10);
	if (!isdigit((unsigned char)*s) || *end != '\0' || v > 65535)
		fail("\"%s\" is not a port", s);
	return (v);
}

static struct node *
parse_port(const struct proto *p, int dir, int range)
{
	int family = 0;
	char *dash = NULL;
	u_int lo, hi;

	if (range) {
		if ((dash = strchr(word, '-')) == NULL)
			fail("\"%s\" is not a range of ports", word);
		*dash++ = '\0';
	}
	lo = hi = get_port(word);
	if (range)
		hi = get_port(dash);
	if (lo > hi)
		fail("the range of ports is empty");
	if (p != NULL && (p->kind == P_IP || p->kind == P_IP6))
		family = p->kind;
	else if (p != NULL && p->number != IPPROTO_TCP &&
	    p->number != IPPROTO_UDP)
		fail("%s has no ports", p->name);
	advance();
	if (p != NULL && family == 0)
		return (ports(p->number, 0, dir, lo, hi));
	return (node_or(ports(IPPROTO_TCP, family, dir, lo, hi),
	    ports(IPPROTO_UDP, family, dir, lo, hi)));
}

static struct node *
parse_proto(const struct proto *p)
{
	int family = 0;
	u_int number;
	size_t i;

	if (p != NULL && p->kind != P_IP && p->kind != P_IP6)
		fail("\"%s proto\" is not known here", p->name);
	if (p != NULL)
		family = p->kind;
	for (i = 0; i < NPROTOS; i++)
		if (protos[i].kind == P_UPPER && is(protos[i].name)) {
			advance();
			return (has_proto(protos[i].number, family));
		}
	number = get_number(255, "the number of a protocol");
	return (has_proto(number, family));
}

static struct node *
parse_cast(const struct proto *p, int multicast)
{
	static const u_char ff[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (p == NULL || p->kind == P_ETHER) {
		if (dlt != DLT_EN10MB && p != NULL)
			fail("there is no Ethernet on this linklen");
		if (dlt == DLT_EN10MB)
			return (multicast ? node_test(BPF_B, 0, 1, 1) :
			    ether_at(0, ff));
	}
	if (!multicast) {
		if (p != NULL && p->kind != P_IP)
			fail("%s has no broadcasts", p->name);
		return (node_and(is_ip(), addr_at(linklen + 16, ff, 1, 32)));
	}
	if (p != NULL && p->kind == P_IP)
		return (node_and(is_ip(), node_test(BPF_B, linklen + 16, 0xf0,
		    0xe0)));
	if (p != NULL && p->kind == P_IP6)
		return (node_and(is_ip6(), node_test(BPF_B, linklen + 24, ALL,
		    0xff)));
	if (p != NULL)
		fail("\"%s multicast\" is not known here", p->name);
	return (node_or(node_and(is_ip(), node_test(BPF_B, linklen + 16, 0xf0,
	    0xe0)), node_and(is_ip6(), node_test(BPF_B, linklen + 24, ALL,
	    0xff))));
}

static struct node *
length(u_int op, u_int32_t k, int not)
{
	struct node *n = node_test(BPF_LEN, 0, ALL, k);

	n->n_test.t_op = op;
	return (not ? node_not(n) : n);
}

static struct node *
parse_len(void)
{
	static const struct {
		const char	*name;
		u_int		 op;
		int		 not;
	} rel[] = {
		{ "<=", BPF_JGT, 1 }, { "<", BPF_JGE, 1 },
		{ ">=", BPF_JGE, 0 }, { ">", BPF_JGT, 0 },
		{ "==", BPF_JEQ, 0 }, { "=", BPF_JEQ, 0 },
		{ "!=", BPF_JEQ, 1 }
	};
	size_t i;

	for (i = 0; i < sizeof(rel) / sizeof(rel[0]); i++)
		if (accept_word(rel[i].name))
			return (length(rel[i].op, get_number(ALL - 1,
			    "a length"), rel[i].not));
	fail("after \"len\" comes one of < <= > >= = == !=");
}

static const struct proto *
parse_protoword(void)
{
	size_t i;

	for (i = 0; i < NPROTOS; i++)
		if (accept_word(protos[i].name))
			return (&protos[i]);
	return (NULL);
}

/* "src or dst" is the same as neither */
static int
parse_direction(void)
{
	int dir = is("src") ? D_SRC : is("dst") ? D_DST : 0;
	size_t saved, other;
	int or;

	if (dir == 0)
		return (0);
	advance();
	if (!is("or") && !is("and"))
		return (dir);
	/* is it part of the direction? */
	or = is("or");
	saved = start;
	advance();
	other = is("src") ? D_SRC : is("dst") ? D_DST : 0;
	if (other == 0 || other == (size_t)dir) {
		at = saved;
		advance();
		fail("a direction needs an address or a port");
	}
	advance();
	return (or ? 0 : D_SRC | D_DST);
}

static struct node *
whole_proto(const struct proto *p)
{
	switch (p->kind) {
	case P_IP:
		return (is_ip());
	case P_IP6:
		return (is_ip6());
	case P_ARP:
		return (is_arp());
	case P_ETHER:
		fail("after \"ether\" comes host, broadcast or multicast");
	default:
		return (has_proto(p->number, p->family));
	}
}

static int
ends_primitive(void)
{
	return (*word == '\0' || is(")") || is("and") || is("&&") ||
	    is("or") || is("||"));
}

static struct node *
parse_value(const struct proto *p, int dir)
{
	if (accept_word("host"))
		return (p != NULL && p->kind == P_ETHER ? parse_ether(dir) :
		    parse_address(p, dir, 0));
	if (accept_word("net"))
		return (parse_address(p, dir, 1));
	if (accept_word("port"))
		return (parse_port(p, dir, 0));
	if (accept_word("portrange"))
		return (parse_port(p, dir, 1));
	if (p != NULL && p->kind == P_ETHER)
		return (parse_ether(dir));
	if (*word != '\0' && (strchr(word, '.') != NULL ||
	    strchr(word, ':') != NULL))
		return (parse_address(p, dir, strchr(word, '/') != NULL));
	if (*word == '\0')
		fail("something is missing at the end");
	fail("\"%s\" is not known here", word);
}

static struct node *
parse_primitive(void)
{
	const struct proto *p;
	int dir;

	if (accept_word("less"))
		return (length(BPF_JGT, get_number(ALL - 1, "a length"), 1));
	if (accept_word("greater"))
		return (length(BPF_JGE, get_number(ALL - 1, "a length"), 0));
	if (accept_word("len"))
		return (parse_len());
	p = parse_protoword();
	if (p != NULL && ends_primitive())
		return (whole_proto(p));
	if (accept_word("proto"))
		return (parse_proto(p));
	if (accept_word("broadcast"))
		return (parse_cast(p, 0));
	if (accept_word("multicast"))
		return (parse_cast(p, 1));
	dir = parse_direction();
	return (parse_value(p, dir));
}

static struct node *
parse_factor(void)
{
	struct node *n;

	if (++nest > NEST_MAX)
		fail("too deep");
	if (accept_word("not") || accept_word("!"))
		n = node_not(parse_factor());
	else if (accept_word("(")) {
		n = parse_or();
		if (!accept_word(")"))
			fail("\")\" is missing");
	} else
		n = parse_primitive();
	nest--;
	return (n);
}

static struct node *
parse_and(void)
{
	struct node *n = parse_factor();

	while (accept_word("and") || accept_word("&&"))
		n = node_and(n, parse_factor());
	return (n);
}

static struct node *
parse_or(void)
{
	struct node *n = parse_and();

	while (accept_word("or") || accept_word("||"))
		n = node_or(n, parse_and());
	return (n);
}

struct bpf_program *
expr_compile(const char *s, u_int type, int swap, u_int snaplen)
{
	struct node *n = NULL;

	text = s;
	dlt = type;
	swapped = swap;
	linklen = type == DLT_EN10MB ? 14 : type == DLT_ENC ? 12 :
	    type == DLT_RAW ? 0 : 4;
	advance();
	if (*word != '\0') {
		n = parse_or();
		if (*word != '\0')
			fail("\"and\" or \"or\" is missing before \"%s\"",
			    word);
	}
	return (code_make(n, snaplen));
}
