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

#include <net/pfkeyv2.h>

#include <err.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "ipsecctl.h"

void *
xcalloc(size_t n, size_t size)
{
	void *p;

	if ((p = calloc(n, size)) == NULL)
		err(1, NULL);
	return (p);
}

char *
xstrdup(const char *s)
{
	char *p;

	if ((p = strdup(s)) == NULL)
		err(1, NULL);
	return (p);
}

struct rule *
rule_new(enum ruletype type)
{
	struct rule *r;

	r = xcalloc(1, sizeof(*r));
	r->type = type;
	return (r);
}

void
rule_free(struct rule *r)
{
	freezero(r->authkey.data, r->authkey.len);
	freezero(r->enckey.data, r->enckey.len);
	free(r->bundle);
	free(r->srcid.name);
	free(r->dstid.name);
	freezero(r->ike.text, r->ike.len);
	free(r->ike.conn);
	free(r->ike.peer);
	free(r);
}

const char *
satype_name(uint8_t satype)
{
	static const char *const names[] = { "unspec", "ah", "esp", "rsvp",
	    "ospfv2", "ripv2", "mip", "ipip", "tcpmd5", "ipcomp" };

	return (satype <= SADB_SATYPE_MAX ? names[satype] : "unknown");
}

const char *
flowtype_name(uint8_t type)
{
	static const char *const names[] = { "unknown", "use", "acquire",
	    "require", "bypass", "deny", "dontacq" };

	return (names[type <= SADB_X_FLOW_TYPE_DONTACQ ? type : 0]);
}

const char *
dir_name(uint8_t dir)
{
	switch (dir) {
	case IPSP_DIRECTION_IN:
		return ("in");
	case IPSP_DIRECTION_OUT:
		return ("out");
	default:
		return ("none");
	}
}

/* The host may have no protocols(5). */
static const struct {
	const char	*name;
	uint8_t		 number;
} protos[] = {
	{ "icmp",	IPPROTO_ICMP },
	{ "igmp",	IPPROTO_IGMP },
	{ "ipencap",	IPPROTO_IPIP },
	{ "tcp",	IPPROTO_TCP },
	{ "udp",	IPPROTO_UDP },
	{ "ipv6",	IPPROTO_IPV6 },
	{ "gre",	IPPROTO_GRE },
	{ "esp",	IPPROTO_ESP },
	{ "ah",		IPPROTO_AH },
	{ "ipv6-icmp",	IPPROTO_ICMPV6 },
	{ "ospf",	IPPROTO_OSPF },
	{ "etherip",	IPPROTO_ETHERIP },
	{ "pim",	IPPROTO_PIM },
	{ "ipcomp",	IPPROTO_IPCOMP },
	{ "carp",	IPPROTO_CARP },
	{ "sctp",	IPPROTO_SCTP },
};
#define NPROTOS	(sizeof(protos) / sizeof(protos[0]))

const char *
proto_name(uint8_t number)
{
	size_t i;

	for (i = 0; i < NPROTOS; i++)
		if (protos[i].number == number)
			return (protos[i].name);
	return (NULL);
}

int
proto_number(const char *name)
{
	struct protoent *pe;
	size_t i;

	for (i = 0; i < NPROTOS; i++)
		if (strcmp(protos[i].name, name) == 0)
			return (protos[i].number);
	return ((pe = getprotobyname(name)) != NULL ? pe->p_proto : -1);
}

static void
print_key(const char *name, const struct key *key)
{
	size_t i;

	if (key->data == NULL)
		return;
	printf(" \\\n\t%s 0x", name);
	for (i = 0; i < key->len; i++)
		printf("%02x", key->data[i]);
}

static void
print_sa(const struct rule *r, int opts)
{
	int aead = r->enc != NULL && r->enc->flags & ALG_AEAD;

	printf("%s ", satype_name(r->satype));
	if (r->satype != SADB_X_SATYPE_TCPSIGNATURE)
		printf("%s ", r->tunnel ? "tunnel" : "transport");
	printf("from %s to %s spi 0x%08x", addr_str(&r->src),
	    addr_str(&r->dst), r->spi);
	if (r->udpencap)
		printf(" udpencap");
	if (r->udpencap && r->udpport != htons(UDPENCAP_PORT))
		printf(" port %u", ntohs(r->udpport));
	if (r->auth != NULL && !aead)
		printf(" auth %s", r->auth->name);
	if (r->enc != NULL)
		printf(" enc %s", r->enc->name);
	if (r->comp != NULL)
		printf(" comp %s", r->comp->name);
	if (r->bundle != NULL)
		printf(" bundle %s", r->bundle);
	if (r->esn)
		printf(" esn");
	if (r->testonly)
		printf(" testonly");
	if (r->hasiface)
		printf(" interface sec%u direction %s", r->iface,
		    dir_name(r->dir));
	if (opts & OPT_SHOWKEY) {
		if (!aead)
			print_key("authkey", &r->authkey);
		print_key("enckey", &r->enckey);
	}
}

static void
print_bundle(const struct rule *r)
{
	printf("[bundle %s to %s spi 0x%08x with ", satype_name(r->satype),
	    addr_str(&r->dst), r->spi);
	printf("%s to %s spi 0x%08x]", satype_name(r->satype2),
	    addr_str(&r->peer), r->spi2);
}

void
rule_print_flow(const struct rule *r, const char *from, const char *to)
{
	const char *proto;

	printf("flow %s %s", satype_name(r->satype), dir_name(r->dir));
	if (r->hasproto && (proto = proto_name(r->proto)) != NULL)
		printf(" proto %s", proto);
	else if (r->hasproto)
		printf(" proto %u", r->proto);
	printf(" from %s", from);
	if (r->sport != 0)
		printf(" port %u", ntohs(r->sport));
	printf(" to %s", to);
	if (r->dport != 0)
		printf(" port %u", ntohs(r->dport));
	if (r->haslocal)
		printf(" local %s", addr_str(&r->local));
	if (r->haspeer)
		printf(" peer %s", addr_str(&r->peer));
	if (r->srcid.type != 0)
		printf(" srcid %s", r->srcid.name);
	if (r->dstid.type != 0)
		printf(" dstid %s", r->dstid.name);
	printf(" type %s", flowtype_name(r->flowtype));
}

/* Bytes of the line that may be shown: not the key. */
static int
public_part(const char *line, size_t len)
{
	static const char secret[] = "]:Authentication=";
	const char *p = memchr(line, ']', len);

	if (p == NULL || strncmp(p, secret, sizeof(secret) - 1) != 0)
		return (len);
	return (p - line + sizeof(secret) - 1);
}

/* With -n, these are the commands themselves; else they only tell. */
static void
print_ike(const struct rule *r, int opts)
{
	const char *line = r->ike.text, *end;
	int len, show;

	for (; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		len = show = end - line;
		if (!(opts & (OPT_NOACTION | OPT_SHOWKEY)))
			show = public_part(line, len);
		printf("%.*s%s\n", show, line, show < len ? "..." : "");
	}
}

void
rule_print(const struct rule *r, int opts)
{
	if (opts & OPT_VERBOSE2)
		printf("@%u ", r->nr);
	switch (r->type) {
	case RULE_SA:
		print_sa(r, opts);
		break;
	case RULE_FLOW:
		rule_print_flow(r, addr_str(&r->src), addr_str(&r->dst));
		break;
	case RULE_BUNDLE:
		print_bundle(r);
		break;
	case RULE_IKE:
		print_ike(r, opts);
		return;
	}
	putchar('\n');
}
