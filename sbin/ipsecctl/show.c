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
 * What the kernel has: -s flow and -s sa.
 */
#include <sys/sysctl.h>
#include <net/pfkeyv2.h>

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipsecctl.h"

/* a dump, cut into its records */
struct dump {
	uint8_t			*buf;
	size_t			 size;
	const struct sadb_msg	**rec;
	size_t			 n;
};

/* What is there may grow between asking for its size and for itself. */
static void
dump_get(struct dump *d, int op)
{
	int mib[5] = { CTL_NET, PF_KEY, PF_KEY_V2, op, SADB_SATYPE_UNSPEC };
	const char *what = op == NET_KEY_SPD_DUMP ? "flows" : "SAs";
	size_t need;
	int try;

	memset(d, 0, sizeof(*d));
	for (try = 0; try < 20; try++) {
		if (sysctl(mib, 5, NULL, &need, NULL, 0) == -1)
			err(1, "kernel's %s%s", what, errno == EPERM ||
			    errno == EACCES ? " (only root may see them)" : "");
		if (need == 0)
			return;
		d->size = need + need / 8 + 4096;
		d->buf = xcalloc(1, d->size);
		if (sysctl(mib, 5, d->buf, &d->size, NULL, 0) == 0)
			return;
		if (errno != ENOMEM)
			err(1, "kernel's %s", what);
		free(d->buf);
		d->buf = NULL;
		d->size = 0;
	}
	errx(1, "kernel's %s: they change faster than they can be read", what);
}

static void
dump_cut(struct dump *d)
{
	const struct sadb_msg *msg;
	size_t off, len;

	d->rec = xcalloc(d->size / sizeof(*msg) + 1, sizeof(*d->rec));
	for (off = 0; off + sizeof(*msg) <= d->size; off += len) {
		msg = (const void *)(d->buf + off);
		len = msg->sadb_msg_len * 8;
		if (len < sizeof(*msg) || len > d->size - off)
			errx(1, "kernel's dump: record of %zu bytes", len);
		d->rec[d->n++] = msg;
	}
}

static void
dump_free(struct dump *d)
{
	freezero(d->buf, d->size);
	free(d->rec);
}

/* Is the record the kind of thing asked for, and whole? */
static int
record(const struct sadb_msg *msg, struct extmap *map, int need)
{
	if (dump_map(msg, msg->sadb_msg_len * 8, map) == -1)
		errx(1, "kernel's dump: an extension's length is wrong");
	return (map->ext[need] != NULL);
}

static int
get_addr(const struct sadb_ext *ext, struct addr *a)
{
	const struct sockaddr *sa = dump_addr(ext);

	if (sa == NULL)
		return (0);
	addr_host(a, sa);
	return (1);
}

/*
 * SAs
 */
static uint32_t
msg_spi(const struct sadb_msg *msg)
{
	struct extmap map;

	if (!record(msg, &map, SADB_EXT_SA))
		return (0);
	return (ntohl(((const struct sadb_sa *)map.ext[SADB_EXT_SA])->
	    sadb_sa_spi));
}

/* What they are sorted by, so that it is looked up once. */
struct sakey {
	uint32_t		 spi;
	size_t			 index;
};

static int
cmp_spi(const void *va, const void *vb)
{
	const struct sakey *a = va, *b = vb;

	if (a->spi != b->spi)
		return (a->spi < b->spi ? -1 : 1);
	return (a->index < b->index ? -1 : a->index > b->index);
}

/* The rule that would make this SA; keys stay the message's. */
static void
sa_rule(const struct sadb_msg *msg, const struct extmap *map, struct rule *r)
{
	const struct sadb_sa *sa = (const void *)map->ext[SADB_EXT_SA];

	memset(r, 0, sizeof(*r));
	r->type = RULE_SA;
	r->satype = msg->sadb_msg_satype;
	r->spi = ntohl(sa->sadb_sa_spi);
	r->tunnel = (sa->sadb_sa_flags & SADB_X_SAFLAGS_TUNNEL) != 0;
	if (!get_addr(map->ext[SADB_EXT_ADDRESS_DST], &r->dst))
		errx(1, "kernel's dump: spi 0x%08x has no address", r->spi);
	if (!get_addr(map->ext[SADB_EXT_ADDRESS_SRC], &r->src)) {
		r->src = r->dst;
		memset(&r->src.in6.sin6_addr, 0, sizeof(struct in6_addr));
		if (r->src.sa.sa_family == AF_INET)
			r->src.in4.sin_addr.s_addr = 0;
	}
	r->authkey.data = (uint8_t *)dump_key(map->ext[SADB_EXT_KEY_AUTH],
	    &r->authkey.len);
	r->enckey.data = (uint8_t *)dump_key(map->ext[SADB_EXT_KEY_ENCRYPT],
	    &r->enckey.len);
	if (sa->sadb_sa_auth != 0)
		r->auth = alg_byid(ALG_AUTH, sa->sadb_sa_auth,
		    r->authkey.len);
	if (sa->sadb_sa_encrypt == 0)
		return;
	if (r->satype == SADB_X_SATYPE_IPCOMP)
		r->comp = alg_byid(ALG_COMP, sa->sadb_sa_encrypt, 0);
	else
		r->enc = alg_byid(ALG_ENC, sa->sadb_sa_encrypt,
		    r->enckey.len);
}

static void
sa_bundle(const struct rule *r, const struct extmap *map)
{
	const struct sadb_sa *sa2 = (const void *)map->ext[SADB_X_EXT_SA2];
	const struct sadb_protocol *type2 =
	    (const void *)map->ext[SADB_X_EXT_SATYPE2];
	struct rule b = *r;

	if (sa2 == NULL || type2 == NULL ||
	    !get_addr(map->ext[SADB_X_EXT_DST2], &b.peer))
		return;
	b.type = RULE_BUNDLE;
	b.satype2 = type2->sadb_protocol_proto;
	b.spi2 = ntohl(sa2->sadb_sa_spi);
	rule_print(&b, 0);
}

static void
show_sas(int title, int opts)
{
	struct dump d;
	struct extmap map;
	struct sakey *keys;
	struct rule r;
	size_t i;

	dump_get(&d, NET_KEY_SADB_DUMP);
	dump_cut(&d);
	if (title)
		printf("SAD:\n%s", d.n == 0 ? "No entries\n" : "");
	keys = xcalloc(d.n + 1, sizeof(*keys));
	for (i = 0; i < d.n; i++) {
		keys[i].spi = msg_spi(d.rec[i]);
		keys[i].index = i;
	}
	qsort(keys, d.n, sizeof(*keys), cmp_spi);
	for (i = 0; i < d.n; i++) {
		if (!record(d.rec[keys[i].index], &map, SADB_EXT_SA))
			continue;
		sa_rule(d.rec[keys[i].index], &map, &r);
		r.nr = i;
		rule_print(&r, opts);
		if (opts & OPT_VERBOSE)
			dump_exts(&map, opts);
		sa_bundle(&r, &map);
	}
	free(keys);
	dump_free(&d);
}

/*
 * Flows
 */
static void
get_ident(const struct sadb_ext *ext, struct ident *id)
{
	const struct sadb_ident *i = (const void *)ext;

	if (ext == NULL)
		return;
	id->type = i->sadb_ident_type;
	id->name = (char *)dump_string(ext, sizeof(*i));
}

static void
get_net(const struct extmap *map, int flow, int mask, struct addr *a,
    uint16_t *port)
{
	const struct sockaddr *sa = dump_addr(map->ext[flow]);
	const struct sockaddr *m = dump_addr(map->ext[mask]);

	if (sa == NULL || m == NULL)
		errx(1, "kernel's dump: a flow without addresses");
	addr_host(a, sa);
	a->prefix = addr_masklen(m);
	*port = sa->sa_family == AF_INET ?
	    ((const struct sockaddr_in *)sa)->sin_port :
	    ((const struct sockaddr_in6 *)sa)->sin6_port;
}

static void
flow_rule(const struct sadb_msg *msg, const struct extmap *map,
    struct rule *r)
{
	const struct sadb_protocol *p;

	r->type = RULE_FLOW;
	r->satype = msg->sadb_msg_satype;
	p = (const void *)map->ext[SADB_X_EXT_FLOW_TYPE];
	r->flowtype = p->sadb_protocol_proto;
	r->dir = p->sadb_protocol_direction;
	p = (const void *)map->ext[SADB_X_EXT_PROTOCOL];
	if (p != NULL && p->sadb_protocol_proto != 0) {
		r->hasproto = 1;
		r->proto = p->sadb_protocol_proto;
	}
	get_net(map, SADB_X_EXT_SRC_FLOW, SADB_X_EXT_SRC_MASK, &r->src,
	    &r->sport);
	get_net(map, SADB_X_EXT_DST_FLOW, SADB_X_EXT_DST_MASK, &r->dst,
	    &r->dport);
	r->haslocal = get_addr(map->ext[SADB_EXT_ADDRESS_SRC], &r->local);
	r->haspeer = get_addr(map->ext[SADB_EXT_ADDRESS_DST], &r->peer);
	get_ident(map->ext[SADB_EXT_IDENTITY_SRC], &r->srcid);
	get_ident(map->ext[SADB_EXT_IDENTITY_DST], &r->dstid);
}

static void
show_flows(int title, int opts)
{
	struct dump d;
	struct extmap map;
	struct rule *flows;
	size_t i, n = 0;

	dump_get(&d, NET_KEY_SPD_DUMP);
	dump_cut(&d);
	flows = xcalloc(d.n + 1, sizeof(*flows));
	for (i = 0; i < d.n; i++) {
		if (!record(d.rec[i], &map, SADB_X_EXT_FLOW_TYPE))
			continue;
		flows[n].nr = n;
		flow_rule(d.rec[i], &map, &flows[n++]);
	}
	if (title)
		printf("FLOWS:\n%s", n == 0 ? "No flows\n" : "");
	flows_print(flows, n, opts);
	free(flows);
	dump_free(&d);
}

void
show(int flows, int sas, int opts)
{
	int title = flows && sas;

	if (flows)
		show_flows(title, opts);
	if (title)
		putchar('\n');
	if (sas)
		show_sas(title, opts);
}
