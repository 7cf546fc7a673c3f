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
 * Phase 2: suites and their transforms.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "crypto.h"
#include "maker.h"

/* The suites of one connection, as they are read. */
struct suites {
	struct p2conf	*su_pc;
	const char	*su_where;	/* the section that lists it */
	unsigned int	 su_n;
	uint8_t		 su_proto;	/* of the suite at hand */
};

static int
xform_add(struct maker *mk, struct p2conf *pc, const struct p2_xform *qx)
{
	struct p2_xform *grown;

	if (pc->pc_nxforms == MK_MAXXFORMS)
		return (mk_error(mk, pc->pc_name, NULL, "too many transforms: "
		    "a connection may have %d", MK_MAXXFORMS));
	grown = reallocarray(pc->pc_xforms, pc->pc_nxforms + 1,
	    sizeof(*grown));
	if (grown == NULL)
		return (mk_nomemory(mk));
	pc->pc_xforms = grown;
	grown[pc->pc_nxforms++] = *qx;
	return (0);
}

static int
is_aead(const struct p2_xform *qx)
{
	return (qx->qx_proto == V1_PROTO_ESP && (qx->qx_id == V1_ESP_AES_GCM ||
	    qx->qx_id == V1_ESP_AES_GMAC));
}

static int
esp_xform(struct maker *mk, const char *name, struct p2_xform *qx)
{
	static const char tag[] = "AUTHENTICATION_ALGORITHM";
	enum keykind kind;

	kind = qx->qx_id == V1_ESP_BLOWFISH ? KEY_BLOWFISH :
	    qx->qx_id == V1_ESP_AES || qx->qx_id == V1_ESP_AES_CTR ||
	    is_aead(qx) ? KEY_AES : KEY_FIXED;
	if (mk_keylen(mk, name, kind, &qx->qx_bits) == -1)
		return (-1);
	if (is_aead(qx) && qx->qx_mac != V1_MAC_NONE)
		return (mk_error(mk, name, tag, "%s authenticates by itself: "
		    "remove the tag", v1_esp_name(qx->qx_id)));
	if (qx->qx_id == V1_ESP_NULL && qx->qx_mac == V1_MAC_NONE)
		return (mk_error(mk, name, NULL, "no %s: with NULL packets "
		    "would be neither encrypted nor authenticated; add "
		    "HMAC_SHA2_256", tag));
	if (!is_aead(qx) && qx->qx_mac == V1_MAC_NONE)
		return (mk_error(mk, name, NULL, "no %s: %s without one "
		    "protects from nobody who can change packets; add "
		    "HMAC_SHA2_256", tag, v1_esp_name(qx->qx_id)));
	return (0);
}

static const struct {
	uint8_t		 am_id;
	uint16_t	 am_mac;
} ah_macs[] = {
	{ V1_AH_MD5, V1_MAC_MD5 }, { V1_AH_SHA1, V1_MAC_SHA1 },
	{ V1_AH_SHA2_256, V1_MAC_SHA2_256 },
	{ V1_AH_SHA2_384, V1_MAC_SHA2_384 },
	{ V1_AH_SHA2_512, V1_MAC_SHA2_512 },
	{ V1_AH_RIPEMD, V1_MAC_RIPEMD }
};

/* The transform of AH says the hash, too; both have to say the same. */
static int
ah_xform(struct maker *mk, const char *name, struct p2_xform *qx)
{
	size_t i;

	for (i = 0; i < sizeof(ah_macs) / sizeof(ah_macs[0]) - 1; i++)
		if (ah_macs[i].am_id == qx->qx_id)
			break;
	if (qx->qx_mac == V1_MAC_NONE)
		qx->qx_mac = ah_macs[i].am_mac;
	if (qx->qx_mac != ah_macs[i].am_mac)
		return (mk_error(mk, name, "AUTHENTICATION_ALGORITHM", "%s "
		    "does not go with TRANSFORM_ID %s: write HMAC_%s",
		    v1_mac_name(qx->qx_mac), v1_ah_name(qx->qx_id),
		    v1_ah_name(qx->qx_id)));
	return (mk_keylen(mk, name, KEY_FIXED, &qx->qx_bits));
}

static int
xform_id(struct maker *mk, const char *name, struct p2_xform *qx)
{
	static const char tag[] = "TRANSFORM_ID";
	int id = 0, esp = qx->qx_proto == V1_PROTO_ESP;
	const char *s;

	if (mk_need(mk, name, tag, "add it") == -1)
		return (-1);
	s = confdb_get(mk->mk_db, name, tag);
	if (esp && (strcasecmp(s, "DES") == 0 ||
	    strcasecmp(s, "DES_CBC") == 0))
		return (mk_error(mk, name, tag, "DES is broken and not "
		    "supported: use AES"));
	if (mk_named(mk, name, tag, esp ? v1_esp_number : v1_ah_number,
	    &id) == -1)
		return (-1);
	qx->qx_id = id;
	return (0);
}

/*
 * Whether UDP encapsulates is found out by NAT traversal, not said: the modes
 * that name it mean the same as those that do not.
 */
static int
xform_words(struct maker *mk, const char *name, struct p2_xform *qx)
{
	static const char group[] = "GROUP_DESCRIPTION";
	int encap = V1_ENCAP_TUNNEL, mac = V1_MAC_NONE, ngroup = IKE_DH_NONE;

	if (mk_named(mk, name, "ENCAPSULATION_MODE", v1_encap_number,
	    &encap) == -1 ||
	    mk_named(mk, name, "AUTHENTICATION_ALGORITHM", v1_mac_number,
	    &mac) == -1 ||
	    mk_named(mk, name, group, v1_group_number, &ngroup) == -1)
		return (-1);
	if (ngroup != IKE_DH_NONE && dh_publen(ngroup) == 0)
		return (mk_error(mk, name, group, "%s is not supported: use "
		    "MODP_2048 or larger, or ECP_256",
		    v1_group_name(ngroup)));
	qx->qx_encap = encap == V1_ENCAP_TRANSPORT ||
	    encap == V1_ENCAP_UDP_TRANSPORT ||
	    encap == V1_ENCAP_DRAFT_TRANSPORT ? V1_ENCAP_TRANSPORT :
	    V1_ENCAP_TUNNEL;
	qx->qx_mac = mac;
	qx->qx_group = ngroup;
	return (0);
}

static int
xform_one(struct maker *mk, const char *name, void *varg)
{
	static const struct tagdef tags[] = {
		{ "TRANSFORM_ID", NULL }, { "KEY_LENGTH", NULL },
		{ "AUTHENTICATION_ALGORITHM", NULL },
		{ "ENCAPSULATION_MODE", NULL }, { "GROUP_DESCRIPTION", NULL },
		{ "Life", NULL }, { NULL, NULL }
	};
	struct suites *su = varg;
	struct p2_xform qx;

	if (mk_section(mk, su->su_where, "Transforms", name) == -1)
		return (-1);
	mk_tags(mk, name, tags);
	memset(&qx, 0, sizeof(qx));
	qx.qx_proto = su->su_proto;
	qx.qx_suite = su->su_n;
	if (xform_id(mk, name, &qx) == -1 ||
	    xform_words(mk, name, &qx) == -1 ||
	    (qx.qx_proto == V1_PROTO_ESP ? esp_xform(mk, name, &qx) :
	    ah_xform(mk, name, &qx)) == -1 ||
	    mk_life(mk, name, "LIFE_QUICK_MODE", &qx.qx_life) == -1)
		return (-1);
	return (xform_add(mk, su->su_pc, &qx));
}

static int
proto_one(struct maker *mk, const char *name, struct suites *su)
{
	static const struct tagdef tags[] = {
		{ "PROTOCOL_ID", NULL }, { "Transforms", NULL },
		{ "ReplayWindow", "the kernel's window is fixed" },
		{ NULL, NULL }
	};
	const char *id;

	mk_tags(mk, name, tags);
	if (mk_need(mk, name, "PROTOCOL_ID", "add it") == -1 ||
	    mk_need(mk, name, "Transforms", "name some") == -1)
		return (-1);
	id = confdb_get(mk->mk_db, name, "PROTOCOL_ID");
	if (strcasecmp(id, "IPSEC_ESP") == 0)
		su->su_proto = V1_PROTO_ESP;
	else if (strcasecmp(id, "IPSEC_AH") == 0)
		su->su_proto = V1_PROTO_AH;
	else
		return (mk_error(mk, name, "PROTOCOL_ID", "\"%.80s\" is "
		    "neither IPSEC_ESP nor IPSEC_AH; others are not supported",
		    id));
	su->su_where = name;
	return (mk_each(mk, name, "Transforms", xform_one, su));
}

struct first {
	unsigned int	 fi_n;
	char		 fi_name[CONF_MAXVALUE + 1];
};

static int
first_word(struct maker *mk, const char *word, void *varg)
{
	struct first *first = varg;

	if (first->fi_n++ == 0)
		strlcpy(first->fi_name, word, sizeof(first->fi_name));
	return (0);
}

static int
suite_one(struct maker *mk, const char *name, void *varg)
{
	static const struct tagdef tags[] = {
		{ "Protocols", NULL }, { NULL, NULL }
	};
	struct suites *su = varg;
	struct first proto = { .fi_n = 0 };
	const char *listed = su->su_where;

	if (su->su_n == MK_MAXSUITES)
		return (mk_error(mk, listed, NULL, "too many suites: a "
		    "connection may have %d", MK_MAXSUITES));
	if (mk_section(mk, listed, strcasecmp(listed, "General") == 0 ?
	    "Default-phase-2-suites" : "Suites", name) == -1)
		return (-1);
	mk_tags(mk, name, tags);
	if (mk_need(mk, name, "Protocols", "name one") == -1 ||
	    mk_each(mk, name, "Protocols", first_word, &proto) == -1)
		return (-1);
	if (proto.fi_n != 1)
		return (mk_error(mk, name, "Protocols", "one protocol per "
		    "suite, but %u are listed", proto.fi_n));
	if (mk_section(mk, name, "Protocols", proto.fi_name) == -1 ||
	    proto_one(mk, proto.fi_name, su) == -1)
		return (-1);
	su->su_where = listed;
	su->su_n++;
	return (0);
}

/* The algorithm's entry, or NULL. */
static const struct kalg *
kalg_find(const struct kalgs *algs, unsigned int id, unsigned int mac)
{
	unsigned int i;

	for (i = 0; algs != NULL && i < algs->ka_n; i++)
		if ((id == 0 || (algs->ka_alg[i].ka_id == id &&
		    algs->ka_alg[i].ka_proto == V1_PROTO_ESP)) &&
		    algs->ka_alg[i].ka_mac == mac)
			return (&algs->ka_alg[i]);
	return (NULL);
}

/* First as long a key as there is, then as short as is accepted. */
static int
default_cipher(struct maker *mk, struct p2conf *pc, struct p2_xform *qx,
    const struct kalg *ka)
{
	static const unsigned int bits[] = { 256, 128 };
	unsigned int min = 128, max = 256, i;

	if (ka != NULL) {
		min = ka->ka_minbits > min ? ka->ka_minbits : min;
		max = ka->ka_maxbits < max ? ka->ka_maxbits : max;
	}
	for (i = 0; i < 2; i++) {
		if (bits[i] < min || bits[i] > max)
			continue;
		qx->qx_bits.r_want = qx->qx_bits.r_min = bits[i];
		qx->qx_bits.r_max = max;
		if (xform_add(mk, pc, qx) == -1)
			return (-1);
	}
	return (0);
}

static int
default_macs(struct maker *mk, struct p2conf *pc, struct p2_xform *qx,
    const struct kalg *aes)
{
	static const uint16_t macs[] = { V1_MAC_SHA2_256, V1_MAC_SHA2_384,
	    V1_MAC_SHA2_512 };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (aes == NULL ? macs[i] != V1_MAC_SHA2_256 :
		    kalg_find(mk->mk_algs, 0, macs[i]) == NULL)
			continue;
		qx->qx_mac = macs[i];
		if (default_cipher(mk, pc, qx, aes) == -1)
			return (-1);
	}
	return (0);
}

/* Nothing is named: what the kernel has of the good ones, one proposal. */
static int
default_suites(struct maker *mk, struct p2conf *pc)
{
	int known = mk->mk_algs != NULL && mk->mk_algs->ka_n > 0;
	const struct kalg *gcm, *aes;
	struct p2_xform qx;

	memset(&qx, 0, sizeof(qx));
	qx.qx_proto = V1_PROTO_ESP;
	qx.qx_encap = V1_ENCAP_TUNNEL;
	qx.qx_group = IKE_DH_MODP3072;
	if (mk_life(mk, pc->pc_name, "LIFE_QUICK_MODE", &qx.qx_life) == -1)
		return (-1);
	gcm = kalg_find(mk->mk_algs, V1_ESP_AES_GCM, V1_MAC_NONE);
	aes = kalg_find(mk->mk_algs, V1_ESP_AES, V1_MAC_NONE);
	qx.qx_id = V1_ESP_AES_GCM;
	if (gcm != NULL && default_cipher(mk, pc, &qx, gcm) == -1)
		return (-1);
	qx.qx_id = V1_ESP_AES;
	if ((!known || aes != NULL) &&
	    default_macs(mk, pc, &qx, aes) == -1)
		return (-1);
	if (pc->pc_nxforms == 0)
		return (mk_error(mk, pc->pc_name, NULL, "the kernel has "
		    "neither AES-GCM nor AES with SHA2: name Suites"));
	return (0);
}

/* What all transforms of one connection must have in common. */
static int
suites_fit(struct maker *mk, const char *conf, const struct p2conf *pc)
{
	const struct p2_xform *a = &pc->pc_xforms[0], *b;
	unsigned int i;

	for (i = 1; i < pc->pc_nxforms; i++) {
		b = &pc->pc_xforms[i];
		/* RFC 2409 5.5: the offer comes with one public value */
		if (a->qx_group != b->qx_group)
			return (mk_error(mk, conf, NULL, "transforms with "
			    "different groups, %s and %s: quick mode has one "
			    "for all", v1_group_name(a->qx_group),
			    v1_group_name(b->qx_group)));
		if (a->qx_proto != b->qx_proto)
			return (mk_error(mk, conf, NULL, "suites with ESP and "
			    "suites with AH: choose one protocol"));
	}
	return (0);
}

int
mk_suites(struct maker *mk, const char *conf, struct p2conf *pc)
{
	static const char dflt[] = "Default-phase-2-suites";
	struct suites su = { .su_pc = pc };
	const char *tag = "Suites";

	su.su_where = conf;
	if (conf == NULL || confdb_get(mk->mk_db, conf, tag) == NULL) {
		if (confdb_get(mk->mk_db, "General", dflt) == NULL)
			return (default_suites(mk, pc));
		su.su_where = conf = "General";
		tag = dflt;
	}
	if (mk_need(mk, conf, tag, "name some") == -1 ||
	    mk_each(mk, conf, tag, suite_one, &su) == -1)
		return (-1);
	if (pc->pc_nxforms == 0)
		return (mk_error(mk, conf, tag, "the list is empty"));
	return (suites_fit(mk, conf, pc));
}
