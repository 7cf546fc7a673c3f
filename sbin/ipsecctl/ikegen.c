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
 * A connection as isakmpd(8) wants it: sections of isakmpd.conf(5), set line
 * by line.
 */
#include <net/pfkeyv2.h>
#include <arpa/inet.h>

#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "ike.h"

/* names of the sections */
struct names {
	char	*peer;
	char	*p1;
	char	*xf1;		/* phase 1 transform */
	char	*conn;
	char	*from;
	char	*to;
	char	*nat;
	char	*p2;
	char	*xf2;
};

static struct iketext	*out;
static size_t		 size;		/* there is for out->text */

static void
emit(const char *s)
{
	size_t n = strlen(s), more;

	if (size - out->len < n + 1) {
		more = size + n + 4096;
		out->text = recallocarray(out->text, size, more, 1);
		if (out->text == NULL)
			err(1, NULL);
		size = more;
	}
	memcpy(out->text + out->len, s, n + 1);
	out->len += n;
}

/* A string that lives as long as the statement. */
static char * __attribute__((format(printf, 1, 2), nonnull))
text(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = lex_alloc(n + 1);
	va_start(ap, fmt);
	vsnprintf(s, n + 1, fmt, ap);
	va_end(ap);
	return (s);
}

/* The daemon would drop or misread a line whose fields are not like this. */
static void
field(const char *s, const char *bad)
{
	if (strlen(s) > IKE_MAXFIELD)
		conf_error("\"%.40s...\" has %zu characters: isakmpd takes "
		    "%d; write shorter names", s, strlen(s), IKE_MAXFIELD);
	else if (*s == '\0' || s[strcspn(s, bad)] != '\0')
		conf_error("\"%.80s\" is no name that isakmpd can take", s);
}

static void
put(const char *verb, const char *section, const char *tag, const char *value,
    const char *force)
{
	field(section, "\t\n]");
	field(tag, " \t\n=");
	/* May be secret, and has been looked at. */
	if (strcmp(tag, "Authentication") != 0)
		field(value, " \t\n");
	emit("C ");
	emit(verb);
	emit(" [");
	emit(section);
	emit("]:");
	emit(tag);
	emit("=");
	emit(value);
	emit(force);
	emit("\n");
}

static void
set(const char *section, const char *tag, const char *value)
{
	put("set", section, tag, value, " force");
}

/* "from-10.1.0.0/16=6:80" */
static char *
end_name(const struct rule *r, const char *what, const struct addr *a,
    uint16_t port)
{
	const char *proto = r->hasproto ? text("=%u", r->proto) : "";

	if (port != 0)
		proto = text("%s:%u", proto, ntohs(port));
	return (text("%s-%s%s", what, addr_str(a), proto));
}

static char *
peer_name(const struct rule *r)
{
	if (!r->haspeer)
		return (text("peer-default"));
	if (!r->haslocal)
		return (text("peer-%s", addr_str(&r->peer)));
	return (text("peer-%s-local-%s", addr_str(&r->peer),
	    addr_str(&r->local)));
}

/* "AES128": the length that is proposed, not those that are accepted */
static const char *
enc_name(const struct ikexf *enc)
{
	if (enc->keylen == NULL)
		return (enc->quick);
	return (text("%s%.*s", enc->quick, (int)strcspn(enc->keylen, ","),
	    enc->keylen));
}

static char *
xf2_name(const struct rule *r, const struct ikesuite *s, const char *conn)
{
	return (text("phase2-transform-%s-%s%s%s-%s-%s", conn,
	    s->enc != NULL ? enc_name(s->enc) : "",
	    s->enc != NULL ? "-" : "",
	    s->auth != NULL ? s->auth->quick : "NONE", s->group->quick,
	    r->tunnel ? "TUNNEL" : "TRANSPORT"));
}

static void
make_names(const struct ike *ike, const struct rule *r, struct names *n)
{
	n->peer = peer_name(r);
	n->p1 = text("phase1-%s", n->peer);
	n->xf1 = text("phase1-transform-%s-%s-%s-%s-%s", n->peer,
	    ike->psk != NULL ? "PRE_SHARED" : "RSA_SIG", ike->p1.auth->main,
	    enc_name(ike->p1.enc), ike->p1.group->main);
	if (r->hasiface) {
		n->from = text("from-sec%u", r->iface);
		n->to = text("to-sec%u", r->iface);
	} else {
		n->from = end_name(r, "from", &r->src, r->sport);
		n->to = end_name(r, "to", &r->dst, r->dport);
	}
	if (ike->hasnat)
		n->nat = end_name(r, "nat", &ike->nat, r->sport);
	n->conn = text("%s-%s", n->from, n->to);
	n->p2 = text("phase2-%s", n->conn);
	n->xf2 = xf2_name(r, &ike->p2, n->conn);
}

static void
part_begin(int part)
{
	out->part[part].off = out->len;
}

static void
part_end(int part)
{
	out->part[part].len = out->len - out->part[part].off;
}

static void
put_general(const struct ike *ike)
{
	if (ike->mode != IKE_DYNAMIC)
		return;
	set("General", "Check-interval", "30");
	set("General", "DPD-check-interval", "5");
}

static void
put_peer(const struct ike *ike, const struct rule *r, const struct names *n)
{
	set("Phase 1", r->haspeer ? addr_str(&r->peer) : "Default", n->peer);
	set(n->peer, "Phase", "1");
	if (r->haspeer)
		set(n->peer, "Address", addr_str(&r->peer));
	if (r->haslocal)
		set(n->peer, "Local-address", addr_str(&r->local));
	if (ike->psk != NULL)
		set(n->peer, "Authentication", ike->psk);
	set(n->peer, "Configuration", n->p1);
	set(n->p1, "EXCHANGE_TYPE", ike->aggressive ? "AGGRESSIVE" :
	    "ID_PROT");
}

static void
put_life(const struct ikesuite *s, const char *xf, const char *preset)
{
	char *life;

	if (s->lifetime == 0) {
		set(xf, "Life", preset);
		return;
	}
	life = text("%s-life", xf);
	set(xf, "Life", life);
	set(life, "LIFE_TYPE", "SECONDS");
	set(life, "LIFE_DURATION", text("%u", s->lifetime));
}

static void
put_phase1(const struct ike *ike, const struct names *n)
{
	const struct ikesuite *s = &ike->p1;

	/* Rules for one peer add up to what it is offered. */
	put("add", n->p1, "Transforms", n->xf1, " force");
	set(n->xf1, "AUTHENTICATION_METHOD", ike->psk != NULL ? "PRE_SHARED" :
	    "RSA_SIG");
	set(n->xf1, "HASH_ALGORITHM", s->auth->main);
	set(n->xf1, "ENCRYPTION_ALGORITHM", s->enc->main);
	if (s->enc->keylen != NULL)
		set(n->xf1, "KEY_LENGTH", s->enc->keylen);
	set(n->xf1, "GROUP_DESCRIPTION", s->group->main);
	put_life(s, n->xf1, "LIFE_MAIN_MODE");
}

static void
put_id(const char *peer, const char *tag, const struct ikeid *id)
{
	char *section;

	if (id->name == NULL)
		return;
	section = text("id-%s", id->name);
	set(peer, tag, section);
	set(section, "ID-type", id->type);
	set(section, id->tag, id->name);
}

static void
put_connection(const struct ike *ike, const struct rule *r,
    const struct names *n)
{
	set(n->conn, "Phase", "2");
	set(n->conn, "ISAKMP-peer", n->peer);
	set(n->conn, "Configuration", n->p2);
	set(n->conn, "Local-ID", n->from);
	if (n->nat != NULL)
		set(n->conn, "NAT-ID", n->nat);
	set(n->conn, "Remote-ID", n->to);
	if (r->hasiface)
		set(n->conn, "Interface", text("%u", r->iface));
	if (ike->tag != NULL)
		set(n->conn, "PF-Tag", ike->tag);
}

static void
put_phase2(const struct ike *ike, const struct rule *r, const struct names *n)
{
	const struct ikesuite *s = &ike->p2;
	char *suite = text("phase2-suite-%s", n->conn);
	char *proto = text("phase2-protocol-%s", n->conn);

	set(n->p2, "EXCHANGE_TYPE", "QUICK_MODE");
	set(n->p2, "Suites", suite);
	set(suite, "Protocols", proto);
	set(proto, "PROTOCOL_ID", r->satype == SADB_SATYPE_AH ? "IPSEC_AH" :
	    "IPSEC_ESP");
	set(proto, "Transforms", n->xf2);
	set(n->xf2, "TRANSFORM_ID", s->enc != NULL ? s->enc->quick :
	    s->auth->quick);
	if (s->enc != NULL && s->enc->keylen != NULL)
		set(n->xf2, "KEY_LENGTH", s->enc->keylen);
	set(n->xf2, "ENCAPSULATION_MODE", r->tunnel ? "TUNNEL" : "TRANSPORT");
	if (s->auth != NULL)
		set(n->xf2, "AUTHENTICATION_ALGORITHM", text("HMAC_%s",
		    s->auth->quick));
	if (!(s->group->flags & IKE_NONE))
		set(n->xf2, "GROUP_DESCRIPTION", s->group->quick);
	put_life(s, n->xf2, "LIFE_QUICK_MODE");
}

static void
put_addr(const char *section, const struct addr *a)
{
	const char *family = a->sa.sa_family == AF_INET ? "IPV4" : "IPV6";
	struct addr host = *a, mask;

	if (!ADDR_ISNET(a)) {
		set(section, "ID-type", text("%s_ADDR", family));
		set(section, "Address", addr_str(a));
		return;
	}
	host.prefix = ADDR_BITS(a);
	addr_mask(a, &mask);
	set(section, "ID-type", text("%s_ADDR_SUBNET", family));
	set(section, "Network", addr_str(&host));
	set(section, "Netmask", addr_str(&mask));
}

static void
put_selectors(const struct ike *ike, const struct rule *r,
    const struct names *n)
{
	static const struct addr any = { .in4.sin_len =
	    sizeof(struct sockaddr_in), .in4.sin_family = AF_INET };
	char *proto = text("%u", r->proto);

	put_addr(n->from, r->hasiface ? &any : &r->src);
	if (n->nat != NULL)
		put_addr(n->nat, &ike->nat);
	put_addr(n->to, r->hasiface ? &any : &r->dst);
	if (!r->hasproto)
		return;
	set(n->from, "Protocol", proto);
	if (n->nat != NULL)
		set(n->nat, "Protocol", proto);
	set(n->to, "Protocol", proto);
	if (r->sport != 0)
		set(n->from, "Port", text("%u", ntohs(r->sport)));
	if (r->sport != 0 && n->nat != NULL)
		set(n->nat, "Port", text("%u", ntohs(r->sport)));
	if (r->dport != 0)
		set(n->to, "Port", text("%u", ntohs(r->dport)));
}

static void
put_delete(const struct names *n, const char *list)
{
	emit(text("t %s\n", n->conn));
	put("rmv", "Phase 2", list, n->conn, "");
	emit(text("C rms [%s]\n", n->conn));
	emit(text("C rms [%s]\n", n->p2));
}

void
ike_generate(const struct ike *ike, struct rule *r, int delete)
{
	const char *list = ike->mode == IKE_PASSIVE ? "Passive-Connections" :
	    "Connections";
	struct names n;

	memset(&n, 0, sizeof(n));
	make_names(ike, r, &n);
	out = &r->ike;
	size = 0;
	out->conn = xstrdup(n.conn);
	out->peer = xstrdup(n.peer);
	if (delete) {
		put_delete(&n, list);
		return;
	}
	put_general(ike);
	part_begin(IKE_PARTPEER);
	put_peer(ike, r, &n);
	part_end(IKE_PARTPEER);
	put_phase1(ike, &n);
	part_begin(IKE_PARTIDS);
	put_id(n.peer, "ID", &ike->srcid);
	put_id(n.peer, "Remote-ID", &ike->dstid);
	part_end(IKE_PARTIDS);
	put_connection(ike, r, &n);
	put_phase2(ike, r, &n);
	put_selectors(ike, r, &n);
	put("add", "Phase 2", list, n.conn, "");
}
