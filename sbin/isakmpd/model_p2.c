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
 * Phase 2: connections.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "log.h"
#include "maker.h"

#define MAXTAG	63		/* octets, of a tag of pf(4) */

void
p2conf_free(struct p2conf *pc)
{
	if (pc == NULL)
		return;
	free(pc->pc_name);
	free(pc->pc_tag);
	free(pc->pc_xforms);
	free(pc);
}

static struct p2conf *
conn_find(const struct model *md, const char *name)
{
	struct p2conf *pc;

	if (md != NULL)
		TAILQ_FOREACH(pc, &md->md_conns, pc_entry)
			if (strcasecmp(pc->pc_name, name) == 0)
				return (pc);
	return (NULL);
}

int
p2_id_same(const struct p2_id *a, const struct p2_id *b)
{
	return (a->pi_type == b->pi_type &&
	    a->pi_ts.ts_family == b->pi_ts.ts_family &&
	    a->pi_ts.ts_proto == b->pi_ts.ts_proto &&
	    a->pi_ts.ts_port[0] == b->pi_ts.ts_port[0] &&
	    a->pi_ts.ts_port[1] == b->pi_ts.ts_port[1] &&
	    memcmp(a->pi_ts.ts_lo, b->pi_ts.ts_lo, 16) == 0 &&
	    memcmp(a->pi_ts.ts_hi, b->pi_ts.ts_hi, 16) == 0);
}

/* 1: it is said, 0: it is not, -1: it is wrong. */
static int
conn_id(struct maker *mk, struct p2conf *pc, const char *tag,
    struct p2_id *id)
{
	const char *name = confdb_get(mk->mk_db, pc->pc_name, tag);

	if (name == NULL)
		return (0);
	if (mk_section(mk, pc->pc_name, tag, name) == -1 ||
	    mk_id2(mk, name, id) == -1)
		return (-1);
	return (1);
}

/*
 * An end that is not said: everything, if an interface carries it, else the
 * address of the peer or ours.
 */
static int
conn_end(struct maker *mk, struct p2conf *pc, const char *tag,
    const struct ike_addr *addr, unsigned int family, struct p2_id *id)
{
	switch (conn_id(mk, pc, tag, id)) {
	case -1:
		return (-1);
	case 1:
		return (0);
	}
	if (pc->pc_flags & P2C_IFACE)
		mk_id2_any(id, family);
	else if (addr->ia_family != 0)
		mk_id2_addr(id, addr);
	else
		return (mk_error(mk, pc->pc_name, NULL, "no %s, and the "
		    "peer's section has no %s to take its place: add one", tag,
		    *tag == 'L' ? "Local-address" : "Address"));
	return (0);
}

static int
conn_ids(struct maker *mk, struct p2conf *pc)
{
	static const char remote[] = "Remote-ID", local[] = "Local-ID";
	struct p2_id *r = &pc->pc_remote, *l = &pc->pc_local;
	unsigned int family = 4;

	/* the one that is said gives the other its family */
	if (confdb_get(mk->mk_db, pc->pc_name, remote) != NULL) {
		if (conn_end(mk, pc, remote, NULL, 0, r) == -1)
			return (-1);
		family = r->pi_ts.ts_family;
	}
	if (conn_end(mk, pc, local, &pc->pc_peer->pe_local, family, l) == -1)
		return (-1);
	if (r->pi_type == 0 && conn_end(mk, pc, remote,
	    &pc->pc_peer->pe_addr, l->pi_ts.ts_family, r) == -1)
		return (-1);
	if (conn_id(mk, pc, "NAT-ID", &pc->pc_nat) == -1)
		return (-1);
	if (l->pi_ts.ts_family != r->pi_ts.ts_family)
		return (mk_error(mk, pc->pc_name, NULL, "Local-ID %s and "
		    "Remote-ID %s are not of one family", p2_id_print(l),
		    p2_id_print(r)));
	if (pc->pc_nat.pi_type != 0 &&
	    pc->pc_nat.pi_ts.ts_family != l->pi_ts.ts_family)
		return (mk_error(mk, pc->pc_name, "NAT-ID", "%s is not of the "
		    "family of Local-ID %s", p2_id_print(&pc->pc_nat),
		    p2_id_print(l)));
	return (0);
}

static int
flag_one(struct maker *mk, const char *word, void *varg)
{
	struct p2conf *pc = varg;

	if (strcasecmp(word, "Active-only") != 0)
		return (mk_error(mk, pc->pc_name, "Flags", "\"%.80s\" is "
		    "unknown: there is Active-only", word));
	pc->pc_flags |= P2C_ACTIVEONLY;
	return (0);
}

static int
conn_words(struct maker *mk, struct p2conf *pc)
{
	static const struct tagdef tags[] = {
		{ "Phase", NULL }, { "ISAKMP-peer", NULL },
		{ "Configuration", NULL }, { "Local-ID", NULL },
		{ "Remote-ID", NULL }, { "NAT-ID", NULL }, { "Flags", NULL },
		{ "PF-Tag", NULL }, { "Interface", NULL }, { NULL, NULL }
	};
	const char *s;

	mk_tags(mk, pc->pc_name, tags);
	s = confdb_get(mk->mk_db, pc->pc_name, "Phase");
	if (s != NULL && strcmp(s, "2") != 0)
		return (mk_error(mk, pc->pc_name, "Phase", "\"%.80s\" is not "
		    "2, but [%s] is used as a connection", s, pc->pc_name));
	if (mk_number(mk, pc->pc_name, "Interface", 0, INT_MAX,
	    &pc->pc_unit) == -1)
		return (-1);
	if (confdb_get(mk->mk_db, pc->pc_name, "Interface") != NULL)
		pc->pc_flags |= P2C_IFACE;
	s = confdb_get(mk->mk_db, pc->pc_name, "PF-Tag");
	if (s != NULL && strlen(s) > MAXTAG)
		return (mk_error(mk, pc->pc_name, "PF-Tag", "a tag has at "
		    "most %d characters", MAXTAG));
	if (s != NULL && *s != '\0' && (pc->pc_tag = strdup(s)) == NULL)
		return (mk_nomemory(mk));
	return (mk_each(mk, pc->pc_name, "Flags", flag_one, pc));
}

static int
conn_peer(struct maker *mk, struct p2conf *pc)
{
	static const char tag[] = "ISAKMP-peer";
	const char *name;

	if (mk_need(mk, pc->pc_name, tag, "name the section of the peer") ==
	    -1)
		return (-1);
	name = confdb_get(mk->mk_db, pc->pc_name, tag);
	if (mk_section(mk, pc->pc_name, tag, name) == -1)
		return (-1);
	if ((pc->pc_peer = mk_peer(mk, name)) == NULL)
		return (mk_error(mk, pc->pc_name, tag, "[%.200s] is left out",
		    name));
	return (0);
}

static int
conn_conf(struct maker *mk, struct p2conf *pc)
{
	static const char dflt[] = "Default-phase-2-configuration";
	const char *conf;
	int exch = V1_X_QUICK;

	conf = confdb_get(mk->mk_db, pc->pc_name, "Configuration");
	if (conf == NULL && confdb_has(mk->mk_db, dflt))
		conf = dflt;
	if (conf == NULL)
		return (mk_suites(mk, NULL, pc));
	if (mk_section(mk, pc->pc_name, "Configuration", conf) == -1 ||
	    mk_conf(mk, conf, &exch) == -1)
		return (-1);
	if (exch != V1_X_QUICK)
		return (mk_error(mk, conf, "EXCHANGE_TYPE", "%s is not of "
		    "phase 2, as [%s] needs it: use QUICK_MODE",
		    v1_exch_name(exch), pc->pc_name));
	if (confdb_get(mk->mk_db, conf, "Transforms") != NULL)
		return (mk_error(mk, conf, "Transforms", "these are of "
		    "phase 1: [%s] needs Suites", pc->pc_name));
	return (mk_suites(mk, conf, pc));
}

/* An interface sec(4) carries tunnels of ESP. */
static int
conn_iface(struct maker *mk, const struct p2conf *pc)
{
	const struct p2conf *other;
	unsigned int i;

	if (!(pc->pc_flags & P2C_IFACE))
		return (0);
	for (i = 0; i < pc->pc_nxforms; i++)
		if (pc->pc_xforms[i].qx_proto != V1_PROTO_ESP ||
		    pc->pc_xforms[i].qx_encap != V1_ENCAP_TUNNEL)
			return (mk_error(mk, pc->pc_name, "Interface",
			    "sec(4) carries ESP in tunnel mode only, not %s",
			    p2_xform_print(&pc->pc_xforms[i])));
	TAILQ_FOREACH(other, &mk->mk_md->md_conns, pc_entry)
		if ((other->pc_flags & P2C_IFACE) &&
		    other->pc_unit == pc->pc_unit)
			return (mk_error(mk, pc->pc_name, "Interface",
			    "sec%u is that of [%s] already: use another unit",
			    pc->pc_unit, other->pc_name));
	return (0);
}

/* Who answers has but the peer and the IDs to know a connection by. */
static int
conn_unique(struct maker *mk, const struct p2conf *pc)
{
	const struct p2conf *other;

	TAILQ_FOREACH(other, &mk->mk_md->md_conns, pc_entry)
		if (p2_id_same(&pc->pc_local, &other->pc_local) &&
		    p2_id_same(&pc->pc_remote, &other->pc_remote) &&
		    peer_equal_ends(pc->pc_peer, other->pc_peer))
			return (mk_error(mk, pc->pc_name, NULL, "cannot be "
			    "told from [%s]: both have peer %s, Local-ID %s "
			    "and Remote-ID %s", other->pc_name,
			    addr_ntop(&pc->pc_peer->pe_addr),
			    p2_id_print(&pc->pc_local),
			    p2_id_print(&pc->pc_remote)));
	return (0);
}

static int
conn_fill(struct maker *mk, struct p2conf *pc)
{
	if (conn_words(mk, pc) == -1 || conn_peer(mk, pc) == -1 ||
	    conn_ids(mk, pc) == -1 || conn_conf(mk, pc) == -1 ||
	    conn_iface(mk, pc) == -1)
		return (-1);
	return (conn_unique(mk, pc));
}

static struct p2conf *
conn_new(const char *name, unsigned int flags)
{
	struct p2conf *pc;

	if ((pc = calloc(1, sizeof(*pc))) == NULL ||
	    (pc->pc_name = strdup(name)) == NULL) {
		p2conf_free(pc);
		return (NULL);
	}
	pc->pc_flags = flags;
	return (pc);
}

struct conn_arg {
	const char	*co_tag;
	unsigned int	 co_flags;
};

static void
conn_add(struct maker *mk, struct p2conf *pc)
{
	static unsigned int ids;
	const struct p2conf *old = conn_find(mk->mk_old, pc->pc_name);

	pc->pc_id = old != NULL ? old->pc_id : ++ids;
	if ((pc->pc_flags & P2C_ACTIVE) &&
	    pc->pc_peer->pe_addr.ia_family == 0) {
		mk_warn(mk, pc->pc_name, NULL, "cannot be brought up from "
		    "here, as the peer has no Address: it waits for the peer");
		pc->pc_flags &= ~P2C_ACTIVE;
	}
	TAILQ_INSERT_TAIL(&mk->mk_md->md_conns, pc, pc_entry);
}

static int
conn_one(struct maker *mk, const char *name, void *varg)
{
	static const char section[] = "Phase 2";
	const struct conn_arg *arg = varg;
	struct p2conf *pc;

	if (told_has(&mk->mk_failed, name))
		return (0);
	if ((pc = conn_find(mk->mk_md, name)) != NULL) {
		if (arg->co_flags == 0 && (pc->pc_flags & P2C_ACTIVE))
			mk_warn(mk, section, arg->co_tag, "[%s] is of "
			    "Connections, too, which counts", name);
		return (0);
	}
	if (mk_section(mk, section, arg->co_tag, name) == -1) {
		mk->mk_bad++;
		return (0);
	}
	if ((pc = conn_new(name, arg->co_flags)) == NULL)
		return (mk_nomemory(mk));
	if (conn_fill(mk, pc) == 0) {
		conn_add(mk, pc);
		return (0);
	}
	p2conf_free(pc);
	mk->mk_bad++;
	if (mk->mk_nomem || told_add(&mk->mk_failed, name) == -1)
		return (mk_nomemory(mk));
	log_warnx("%s: connection [%.200s] is left out",
	    confdb_where(mk->mk_db, name, NULL), name);
	return (0);
}

void
mk_phase2(struct maker *mk)
{
	static const struct tagdef tags[] = {
		{ "Connections", NULL }, { "Passive-Connections", NULL },
		{ NULL, NULL }
	};
	struct conn_arg arg = { "Connections", P2C_ACTIVE };

	mk_tags(mk, "Phase 2", tags);
	if (mk_each(mk, "Phase 2", arg.co_tag, conn_one, &arg) == -1)
		return;
	arg.co_tag = "Passive-Connections";
	arg.co_flags = 0;
	mk_each(mk, "Phase 2", arg.co_tag, conn_one, &arg);
}
