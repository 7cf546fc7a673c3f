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
 * Phase 1: peers and their transforms.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "crypto.h"
#include "log.h"
#include "keys.h"
#include "maker.h"

void
peer_free(struct peer *pe)
{
	if (pe == NULL)
		return;
	free(pe->pe_name);
	free(pe->pe_xforms);
	id_clear(&pe->pe_self);
	id_clear(&pe->pe_remote);
	freezero(pe->pe_psk, pe->pe_psklen);
	free(pe);
}

static struct peer *
peer_find(const struct model *md, const char *name)
{
	struct peer *pe;

	if (md != NULL)
		TAILQ_FOREACH(pe, &md->md_peers, pe_entry)
			if (strcasecmp(pe->pe_name, name) == 0)
				return (pe);
	return (NULL);
}

int
peer_equal_ends(const struct peer *a, const struct peer *b)
{
	return (a == b || (addr_cmp(&a->pe_addr, &b->pe_addr) == 0 &&
	    addr_same(&a->pe_local, &b->pe_local) &&
	    id_cmp(&a->pe_remote, &b->pe_remote) == 0));
}

static int
xform_cipher(struct maker *mk, const char *name, struct p1_xform *px)
{
	static const char tag[] = "ENCRYPTION_ALGORITHM";
	struct p1_cipher ci;
	int enc = 0;

	if (mk_need(mk, name, tag, "add it") == -1 ||
	    mk_named(mk, name, tag, v1_enc_number, &enc) == -1)
		return (-1);
	if (enc == V1_ENC_DES)
		return (mk_error(mk, name, tag, "DES is broken and not "
		    "supported: use AES_CBC"));
	px->px_enc = enc;
	if (mk_keylen(mk, name, enc == V1_ENC_AES ? KEY_AES :
	    enc == V1_ENC_BLOWFISH ? KEY_BLOWFISH : KEY_FIXED,
	    &px->px_bits) == -1)
		return (-1);
	ci = (struct p1_cipher){ px->px_enc, px->px_bits.r_want };
	if (cipher_block(&ci) == 0)
		return (mk_error(mk, name, tag, "libcrypto has no %s: use "
		    "AES_CBC, or load its legacy provider in openssl.cnf(5)",
		    v1_enc_name(enc)));
	return (0);
}

static int
xform_auth(struct maker *mk, const char *name, struct p1_xform *px)
{
	static const char hash[] = "HASH_ALGORITHM";
	static const char auth[] = "AUTHENTICATION_METHOD";
	static const char group[] = "GROUP_DESCRIPTION";
	int nhash = 0, nauth = 0, ngroup = 0;

	if (mk_need(mk, name, hash, "add it") == -1 ||
	    mk_named(mk, name, hash, v1_hash_number, &nhash) == -1 ||
	    mk_need(mk, name, auth, "add PRE_SHARED or RSA_SIG") == -1 ||
	    mk_named(mk, name, auth, v1_auth_number, &nauth) == -1 ||
	    mk_need(mk, name, group, "add it") == -1 ||
	    mk_named(mk, name, group, v1_group_number, &ngroup) == -1)
		return (-1);
	if (nauth != V1_AUTH_PSK && nauth != V1_AUTH_RSA)
		return (mk_error(mk, name, auth, "%s is not supported: use "
		    "PRE_SHARED or RSA_SIG", v1_auth_name(nauth)));
	if (dh_publen(ngroup) == 0)
		return (mk_error(mk, name, group, "%s cannot be used in "
		    "phase 1: use MODP_2048 or larger, or ECP_256",
		    v1_group_name(ngroup)));
	px->px_hash = nhash;
	px->px_auth = nauth;
	px->px_group = ngroup;
	return (0);
}

static int
xform_one(struct maker *mk, const char *name, void *varg)
{
	static const struct tagdef tags[] = {
		{ "ENCRYPTION_ALGORITHM", NULL }, { "KEY_LENGTH", NULL },
		{ "HASH_ALGORITHM", NULL }, { "AUTHENTICATION_METHOD", NULL },
		{ "GROUP_DESCRIPTION", NULL }, { "Life", NULL },
		{ "PRF", "the PRF is always the HMAC of HASH_ALGORITHM" },
		{ NULL, NULL }
	};
	struct peer *pe = varg;
	struct p1_xform px, *grown;

	mk_tags(mk, name, tags);
	memset(&px, 0, sizeof(px));
	if (xform_cipher(mk, name, &px) == -1 ||
	    xform_auth(mk, name, &px) == -1 ||
	    mk_life(mk, name, "LIFE_MAIN_MODE", &px.px_life) == -1)
		return (-1);
	if (pe->pe_nxforms == MK_MAXXFORMS)
		return (mk_error(mk, name, NULL, "one transform too many: a "
		    "peer may have %d", MK_MAXXFORMS));
	grown = reallocarray(pe->pe_xforms, pe->pe_nxforms + 1,
	    sizeof(*grown));
	if (grown == NULL)
		return (mk_nomemory(mk));
	pe->pe_xforms = grown;
	grown[pe->pe_nxforms++] = px;
	return (0);
}

struct conf_arg {
	const char	*ca_conf;
	struct peer	*ca_peer;
};

static int
xform_section(struct maker *mk, const char *name, void *varg)
{
	struct conf_arg *arg = varg;

	if (mk_section(mk, arg->ca_conf, "Transforms", name) == -1)
		return (-1);
	return (xform_one(mk, name, arg->ca_peer));
}

/*
 * Without a Configuration: a section of that name, or what is built in for
 * the way the peer is proved.
 */
static const char *
conf_name(struct maker *mk, const struct peer *pe)
{
	static const char dflt[] = "Default-phase-1-configuration";
	const char *name;

	name = confdb_get(mk->mk_db, pe->pe_name, "Configuration");
	if (name != NULL)
		return (name);
	if (pe->pe_psk == NULL && cf_sect(mk->mk_db, dflt) == NULL)
		return ("Default-phase-1-configuration-RSA_SIG");
	return (dflt);
}

static int
peer_conf(struct maker *mk, struct peer *pe)
{
	struct conf_arg arg = { conf_name(mk, pe), pe };
	int exch = V1_X_MAIN;

	if (mk_section(mk, pe->pe_name, "Configuration", arg.ca_conf) == -1 ||
	    mk_conf(mk, arg.ca_conf, &exch) == -1)
		return (-1);
	if (exch != V1_X_MAIN && exch != V1_X_AGGRESSIVE)
		return (mk_error(mk, arg.ca_conf, "EXCHANGE_TYPE", "%s is not "
		    "of phase 1, as [%s] needs it: use ID_PROT or AGGRESSIVE",
		    v1_exch_name(exch), pe->pe_name));
	pe->pe_exch = exch;
	if (confdb_get(mk->mk_db, arg.ca_conf, "Suites") != NULL)
		return (mk_error(mk, arg.ca_conf, "Suites", "these are of "
		    "phase 2: [%s] needs Transforms", pe->pe_name));
	if (mk_need(mk, arg.ca_conf, "Transforms", "name some") == -1)
		return (-1);
	return (mk_each(mk, arg.ca_conf, "Transforms", xform_section, &arg));
}

/* What the transforms ask of the peer. */
static int
peer_fits(struct maker *mk, struct peer *pe)
{
	unsigned int i, npsk = 0;

	for (i = 0; i < pe->pe_nxforms; i++) {
		npsk += pe->pe_xforms[i].px_auth == V1_AUTH_PSK;
		/* the first message has the public value already */
		if (pe->pe_exch == V1_X_AGGRESSIVE &&
		    pe->pe_xforms[i].px_group != pe->pe_xforms[0].px_group)
			return (mk_error(mk, pe->pe_name, "Configuration",
			    "aggressive mode with transforms of different "
			    "groups, %s and %s: choose one",
			    v1_group_name(pe->pe_xforms[0].px_group),
			    v1_group_name(pe->pe_xforms[i].px_group)));
	}
	if (npsk > 0 && pe->pe_psk == NULL)
		return (mk_error(mk, pe->pe_name, NULL, "no Authentication: "
		    "PRE_SHARED needs the key, or use RSA_SIG"));
	if (npsk == 0 && pe->pe_psk != NULL)
		mk_warn(mk, pe->pe_name, "Authentication", "not used, as no "
		    "transform is PRE_SHARED");
	if (npsk > 0 && pe->pe_exch == V1_X_AGGRESSIVE)
		mk_warn(mk, pe->pe_name, NULL, "aggressive mode with "
		    "PRE_SHARED: anyone who listens can guess the key "
		    "offline; use ID_PROT or RSA_SIG");
	if (npsk < pe->pe_nxforms && pe->pe_addr.ia_family == 0 &&
	    pe->pe_remote.id_type == 0)
		mk_warn(mk, pe->pe_name, NULL, "no Address and no Remote-ID: "
		    "whoever has a certificate of any CA that we trust is "
		    "this peer; add dstid, or Remote-ID");
	return (0);
}

static int
peer_psk(struct maker *mk, struct peer *pe)
{
	static uint64_t marks;
	const struct peer *old = peer_find(mk->mk_old, pe->pe_name);
	const char *s = confdb_get(mk->mk_db, pe->pe_name, "Authentication");

	if (s == NULL)
		return (0);
	if (*s == '\0')
		return (mk_error(mk, pe->pe_name, "Authentication", "the key "
		    "is empty"));
	if ((pe->pe_psk = (uint8_t *)strdup(s)) == NULL)
		return (mk_nomemory(mk));
	pe->pe_psklen = strlen(s);
	if (old != NULL && old->pe_psk != NULL &&
	    old->pe_psklen == pe->pe_psklen &&
	    timingsafe_memcmp(old->pe_psk, pe->pe_psk, pe->pe_psklen) == 0)
		pe->pe_pskmark = old->pe_pskmark;
	else
		pe->pe_pskmark = ++marks;
	return (0);
}

static int
peer_id(struct maker *mk, const char *section, const char *tag,
    struct ike_id *id)
{
	const char *name = confdb_get(mk->mk_db, section, tag);

	if (name == NULL || id->id_type != 0)
		return (0);
	if (mk_section(mk, section, tag, name) == -1)
		return (-1);
	return (mk_id1(mk, name, id));
}

/* at: where [Phase 1] says that it is, or NULL. */
static int
peer_addrs(struct maker *mk, struct peer *pe, const struct ike_addr *at)
{
	unsigned int port = IKE_PORT;

	if (mk_host(mk, pe->pe_name, "Address", &pe->pe_addr) == -1 ||
	    mk_host(mk, pe->pe_name, "Local-address", &pe->pe_local) == -1 ||
	    mk_number(mk, pe->pe_name, "Port", 1, 65535, &port) == -1)
		return (-1);
	if (pe->pe_addr.ia_family == 0 && at != NULL)
		pe->pe_addr = *at;
	if (pe->pe_addr.ia_family == 0 && !pe->pe_default)
		return (mk_error(mk, pe->pe_name, NULL, "no Address: add it, "
		    "or write [Phase 1] Default= %s", pe->pe_name));
	pe->pe_addr.ia_port = port;
	if (pe->pe_addr.ia_family != 0 && pe->pe_local.ia_family != 0 &&
	    pe->pe_addr.ia_family != pe->pe_local.ia_family)
		return (mk_error(mk, pe->pe_name, "Local-address", "%s is not "
		    "of the family of Address, %s", addr_ntop(&pe->pe_local),
		    addr_ntop(&pe->pe_addr)));
	return (0);
}

static int
peer_words(struct maker *mk, const struct peer *pe)
{
	static const struct tagdef tags[] = {
		{ "Phase", NULL }, { "Transport", NULL }, { "Port", NULL },
		{ "Local-address", NULL }, { "Address", NULL },
		{ "Configuration", NULL }, { "Authentication", NULL },
		{ "ID", NULL }, { "Remote-ID", NULL },
		{ "Flags", "peers have none here; XAUTH and mode "
		    "configuration are not supported" },
		{ NULL, NULL }
	};
	const char *s;

	mk_tags(mk, pe->pe_name, tags);
	s = confdb_get(mk->mk_db, pe->pe_name, "Phase");
	if (s != NULL && strcmp(s, "1") != 0)
		return (mk_error(mk, pe->pe_name, "Phase", "\"%.80s\" is not "
		    "1, but [%s] is used as a peer", s, pe->pe_name));
	s = confdb_get(mk->mk_db, pe->pe_name, "Transport");
	if (s != NULL && strcasecmp(s, "udp") != 0)
		return (mk_error(mk, pe->pe_name, "Transport", "\"%.80s\" is "
		    "not udp, the only one there is", s));
	return (0);
}

static int
peer_fill(struct maker *mk, struct peer *pe, const struct ike_addr *at)
{
	if (peer_words(mk, pe) == -1 || peer_addrs(mk, pe, at) == -1 ||
	    peer_psk(mk, pe) == -1 ||
	    peer_id(mk, pe->pe_name, "ID", &pe->pe_self) == -1 ||
	    peer_id(mk, "General", "Default-phase-1-ID", &pe->pe_self) == -1 ||
	    peer_id(mk, pe->pe_name, "Remote-ID", &pe->pe_remote) == -1 ||
	    peer_conf(mk, pe) == -1)
		return (-1);
	return (peer_fits(mk, pe));
}

static struct peer *
peer_left_out(struct maker *mk, struct peer *pe, const char *name)
{
	peer_free(pe);
	mk->mk_bad++;
	if (!mk->mk_nomem) {
		log_warnx("%s: peer [%.200s] is left out",
		    confdb_where(mk->mk_db, name, NULL), name);
		if (told_add(&mk->mk_failed, name) == -1)
			mk_nomemory(mk);
	}
	return (NULL);
}

static void
peer_alone(struct maker *mk, const struct peer *pe)
{
	const struct peer *other;

	TAILQ_FOREACH(other, &mk->mk_md->md_peers, pe_entry)
		if (pe->pe_addr.ia_family != 0 &&
		    addr_same(&other->pe_addr, &pe->pe_addr) &&
		    addr_same(&other->pe_local, &pe->pe_local)) {
			mk_warn(mk, pe->pe_name, NULL, "[%.200s] is at the "
			    "same Address: who begins from there is taken for "
			    "that one; give one of them another Local-address",
			    other->pe_name);
			return;
		}
}

static struct peer *
peer_get(struct maker *mk, const char *name, const struct ike_addr *at,
    int dflt)
{
	static unsigned int ids;
	const struct peer *old = peer_find(mk->mk_old, name);
	struct peer *pe;

	if (mk->mk_nomem || told_has(&mk->mk_failed, name))
		return (NULL);
	if ((pe = peer_find(mk->mk_md, name)) != NULL) {
		pe->pe_default |= dflt;
		return (pe);
	}
	if ((pe = calloc(1, sizeof(*pe))) == NULL ||
	    (pe->pe_name = strdup(name)) == NULL) {
		peer_free(pe);
		mk_nomemory(mk);
		return (NULL);
	}
	pe->pe_default = dflt;
	if (peer_fill(mk, pe, at) == -1)
		return (peer_left_out(mk, pe, name));
	pe->pe_id = old != NULL ? old->pe_id : ++ids;
	peer_alone(mk, pe);
	TAILQ_INSERT_TAIL(&mk->mk_md->md_peers, pe, pe_entry);
	return (pe);
}

struct peer *
mk_peer(struct maker *mk, const char *name)
{
	return (peer_get(mk, name, NULL, 0));
}

/* [Phase 1]: tag=name.  The tag is an address, or Default. */
static void
phase1_one(struct maker *mk, const char *tag)
{
	static const char section[] = "Phase 1";
	struct ike_addr a = { .ia_family = 0 };
	const char *name = confdb_get(mk->mk_db, section, tag);
	int dflt = strcasecmp(tag, "Default") == 0;
	struct peer *pe;

	if (!dflt && addr_pton(tag, &a) == -1) {
		mk_error(mk, section, tag, "the tag is neither an IPv4 or "
		    "IPv6 address nor Default");
		mk->mk_bad++;
		return;
	}
	if (mk_section(mk, section, tag, name) == -1) {
		mk->mk_bad++;
		return;
	}
	if ((pe = peer_get(mk, name, dflt ? NULL : &a, dflt)) == NULL)
		return;
	if (dflt) {
		if (pe->pe_addr.ia_family != 0)
			mk_warn(mk, section, tag, "[%s] has an Address, so "
			    "that no other peer is meant by it", name);
		return;
	}
	if (!addr_same(&pe->pe_addr, &a)) {
		mk_error(mk, section, tag, "[%s] is the peer at %s address%s: "
		    "write a section for each", name,
		    pe->pe_addr.ia_family == 0 ? "no" : "another",
		    pe->pe_addr.ia_family == 0 ? ", Default" : "");
		mk->mk_bad++;
	}
}

void
mk_phase1(struct maker *mk)
{
	struct conflist tags;
	size_t i;

	if (confdb_tags(mk->mk_db, "Phase 1", &tags) == -1) {
		mk_nomemory(mk);
		return;
	}
	for (i = 0; i < tags.cl_n; i++)
		phase1_one(mk, tags.cl_word[i]);
	conflist_clear(&tags);
}
