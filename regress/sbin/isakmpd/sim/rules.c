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
 * What ipsecctl(8) makes of an `ike' rule, as it goes to the FIFO.
 */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static const struct enc {
	const char	*name;
	const char	*word;		/* in names of transforms */
	const char	*main;
	const char	*quick;
	const char	*bits;
	int		 aead;
} encs[] = {
	{ "aes", "AES128", "AES_CBC", "AES", "128,128:256", 0 },
	{ "aes-192", "AES192", "AES_CBC", "AES", "192,192:192", 0 },
	{ "aes-256", "AES256", "AES_CBC", "AES", "256,256:256", 0 },
	{ "3des", "3DES", "3DES_CBC", "3DES", NULL, 0 },
	{ "aes-128-ctr", "AES_CTR128", NULL, "AES_CTR", "128,128:128", 0 },
	{ "aes-128-gcm", "AES_GCM_16128", NULL, "AES_GCM_16", "128,128:128",
	    1 },
	{ "aes-256-gcm", "AES_GCM_16256", NULL, "AES_GCM_16", "256,256:256",
	    1 }
};

static const struct enc *
enc_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(encs) / sizeof(encs[0]); i++)
		if (strcmp(encs[i].name, name) == 0)
			return (&encs[i]);
	errx(2, "no cipher %s", name);
}

/* "C set [section]:tag=value force" */
static void __attribute__((__format__(printf, 4, 5)))
set(struct confdb *db, const char *section, const char *tag, const char *fmt,
    ...)
{
	char value[512];
	const char *why;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (confdb_set(db, section, tag, value, 1, &why) == -1)
		errx(2, "set [%s]:%s=%s: %s", section, tag, value, why);
}

static void
add(struct confdb *db, const char *section, const char *tag,
    const char *value)
{
	const char *why;

	if (confdb_add(db, section, tag, value, &why) == -1)
		errx(2, "add [%s]:%s=%s: %s", section, tag, value, why);
}

void
rule_general(struct confdb *db, const char *tag, unsigned int value)
{
	set(db, "General", tag, "%u", value);
}

const char *
rule_peer(const struct rule *r)
{
	static char name[200];

	if (r->r_peer == NULL)
		snprintf(name, sizeof(name), "peer-default");
	else if (r->r_local == NULL)
		snprintf(name, sizeof(name), "peer-%s", r->r_peer);
	else
		snprintf(name, sizeof(name), "peer-%s-local-%s", r->r_peer,
		    r->r_local);
	return (name);
}

/* One end of phase 2: "from" or "to". */
static void
end_name(const struct rule *r, const char *which, char *name, size_t len)
{
	if (r->r_unit >= 0)
		snprintf(name, len, "%s-sec%d", which, r->r_unit);
	else
		snprintf(name, len, "%s-%s", which,
		    which[0] == 'f' ? r->r_from : r->r_to);
}

const char *
rule_conn(const struct rule *r)
{
	static char name[300];
	char from[100], to[100];

	end_name(r, "from", from, sizeof(from));
	end_name(r, "to", to, sizeof(to));
	snprintf(name, sizeof(name), "%s-%s", from, to);
	return (name);
}

static void
put_life(struct confdb *db, const char *xform, const char *life,
    const char *def)
{
	char name[400];

	if (life == NULL) {
		set(db, xform, "Life", "%s", def);
		return;
	}
	snprintf(name, sizeof(name), "%s-life", xform);
	set(db, xform, "Life", "%s", name);
	set(db, name, "LIFE_TYPE", "SECONDS");
	set(db, name, "LIFE_DURATION", "%s", life);
}

static void
put_main(struct confdb *db, const struct rule *r, const char *peer)
{
	const struct enc *e = enc_find(r->r_enc[0]);
	const char *auth = r->r_psk != NULL ? "PRE_SHARED" : "RSA_SIG";
	char conf[300], xf[400];

	snprintf(conf, sizeof(conf), "phase1-%s", peer);
	set(db, peer, "Configuration", "%s", conf);
	set(db, conf, "EXCHANGE_TYPE", "%s", r->r_aggressive ? "AGGRESSIVE" :
	    "ID_PROT");
	snprintf(xf, sizeof(xf), "phase1-transform-%s-%s-%s-%s-%s", peer,
	    auth, r->r_hash[0], e->word, r->r_group[0]);
	add(db, conf, "Transforms", xf);
	set(db, xf, "AUTHENTICATION_METHOD", "%s", auth);
	set(db, xf, "HASH_ALGORITHM", "%s", r->r_hash[0]);
	set(db, xf, "ENCRYPTION_ALGORITHM", "%s", e->main);
	if (e->bits != NULL)
		set(db, xf, "KEY_LENGTH", "%s", e->bits);
	set(db, xf, "GROUP_DESCRIPTION", "%s", r->r_group[0]);
	put_life(db, xf, r->r_life[0], "LIFE_MAIN_MODE");
}

static void
put_id(struct confdb *db, const char *peer, const char *tag, const char *id)
{
	char name[200];

	if (id == NULL)
		return;
	snprintf(name, sizeof(name), "id-%s", id);
	set(db, peer, tag, "%s", name);
	set(db, name, "ID-type", "FQDN");
	set(db, name, "Name", "%s", id);
}

static void
put_peer(struct confdb *db, const struct rule *r)
{
	const char *peer = rule_peer(r);

	if (r->r_peer == NULL)
		set(db, "Phase 1", "Default", "%s", peer);
	else
		set(db, "Phase 1", r->r_peer, "%s", peer);
	set(db, peer, "Phase", "1");
	if (r->r_peer != NULL)
		set(db, peer, "Address", "%s", r->r_peer);
	if (r->r_local != NULL)
		set(db, peer, "Local-address", "%s", r->r_local);
	if (r->r_psk != NULL)
		set(db, peer, "Authentication", "%s", r->r_psk);
	put_main(db, r, peer);
	put_id(db, peer, "ID", r->r_srcid);
	put_id(db, peer, "Remote-ID", r->r_dstid);
}

static void
put_quick(struct confdb *db, const struct rule *r, const char *conn)
{
	const struct enc *e = enc_find(r->r_enc[1]);
	const char *mac = e->aead ? "NONE" : r->r_hash[1];
	char conf[400], suite[400], proto[400], xf[600];

	snprintf(conf, sizeof(conf), "phase2-%s", conn);
	snprintf(suite, sizeof(suite), "phase2-suite-%s", conn);
	snprintf(proto, sizeof(proto), "phase2-protocol-%s", conn);
	snprintf(xf, sizeof(xf), "phase2-transform-%s-%s-%s-%s-TUNNEL", conn,
	    e->word, mac, r->r_group[1]);
	set(db, conn, "Configuration", "%s", conf);
	set(db, conf, "EXCHANGE_TYPE", "QUICK_MODE");
	set(db, conf, "Suites", "%s", suite);
	set(db, suite, "Protocols", "%s", proto);
	set(db, proto, "PROTOCOL_ID", "IPSEC_ESP");
	set(db, proto, "Transforms", "%s", xf);
	set(db, xf, "TRANSFORM_ID", "%s", e->quick);
	if (e->bits != NULL)
		set(db, xf, "KEY_LENGTH", "%s", e->bits);
	set(db, xf, "ENCAPSULATION_MODE", "TUNNEL");
	if (!e->aead)
		set(db, xf, "AUTHENTICATION_ALGORITHM", "HMAC_%s", mac);
	if (strcmp(r->r_group[1], "NONE") != 0)
		set(db, xf, "GROUP_DESCRIPTION", "%s", r->r_group[1]);
	put_life(db, xf, r->r_life[1], "LIFE_QUICK_MODE");
}

static void
put_net(struct confdb *db, const struct rule *r, const char *conn,
    const char *tag, const char *which, const char *net)
{
	char name[100];
	const char *mask;

	if (net == NULL)
		net = "0.0.0.0/0.0.0.0";
	mask = strchr(net, '/');
	end_name(r, which, name, sizeof(name));
	set(db, conn, tag, "%s", name);
	set(db, name, "ID-type", "IPV4_ADDR_SUBNET");
	set(db, name, "Network", "%.*s", (int)(mask - net), net);
	set(db, name, "Netmask", "%s", mask + 1);
}

void
rule_put(struct confdb *db, const struct rule *r)
{
	const char *conn = rule_conn(r);

	put_peer(db, r);
	set(db, conn, "Phase", "2");
	set(db, conn, "ISAKMP-peer", "%s", rule_peer(r));
	put_net(db, r, conn, "Local-ID", "from", r->r_from);
	put_net(db, r, conn, "Remote-ID", "to", r->r_to);
	if (r->r_unit >= 0)
		set(db, conn, "Interface", "%d", r->r_unit);
	if (r->r_flags != NULL)
		set(db, conn, "Flags", "%s", r->r_flags);
	put_quick(db, r, conn);
	add(db, "Phase 2", r->r_active ? "Connections" :
	    "Passive-Connections", conn);
}
