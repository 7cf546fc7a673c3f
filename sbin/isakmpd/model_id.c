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
 * Sections that say who or what something is.
 */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "confdb.h"
#include "maker.h"

static const struct idtype {
	const char	*it_name;
	uint8_t		 it_type;
	unsigned int	 it_family;	/* of addresses, 0: a text */
} idtypes[] = {
	{ "IPV4_ADDR",		IKE_ID_IPV4,		4 },
	{ "IPV6_ADDR",		IKE_ID_IPV6,		6 },
	{ "IPV4_ADDR_SUBNET",	V1_ID_IPV4_SUBNET,	4 },
	{ "IPV6_ADDR_SUBNET",	V1_ID_IPV6_SUBNET,	6 },
	{ "FQDN",		IKE_ID_FQDN,		0 },
	{ "USER_FQDN",		IKE_ID_UFQDN,		0 },
	{ "KEY_ID",		IKE_ID_KEYID,		0 },
	{ "ASN1_DN",		IKE_ID_DN,		0 },
	{ NULL, 0, 0 }
};

static const struct tagdef tags[] = {
	{ "ID-type", NULL }, { "Address", NULL }, { "Network", NULL },
	{ "Netmask", NULL }, { "Name", NULL }, { "Protocol", NULL },
	{ "Port", NULL }, { NULL, NULL }
};

static const struct idtype *
id_type(struct maker *mk, const char *section)
{
	const struct idtype *it;
	const char *s;

	mk_tags(mk, section, tags);
	if (mk_need(mk, section, "ID-type", "add it") == -1)
		return (NULL);
	s = confdb_get(mk->mk_db, section, "ID-type");
	for (it = idtypes; it->it_name != NULL; it++)
		if (strcasecmp(it->it_name, s) == 0)
			return (it);
	mk_error(mk, section, "ID-type", "\"%.80s\" is unknown: IPV4_ADDR, "
	    "IPV6_ADDR, IPV4_ADDR_SUBNET, IPV6_ADDR_SUBNET, FQDN, USER_FQDN, "
	    "KEY_ID or ASN1_DN", s);
	return (NULL);
}

/* An address that has to be there, of the family of the type. */
static int
id_addr(struct maker *mk, const char *section, const char *tag,
    const struct idtype *it, struct ike_addr *a)
{
	memset(a, 0, sizeof(*a));
	if (mk_need(mk, section, tag, "the ID-type needs it") == -1 ||
	    mk_addr(mk, section, tag, a) == -1)
		return (-1);
	if (a->ia_family != it->it_family)
		return (mk_error(mk, section, tag, "an IPv%u address is "
		    "needed, as ID-type is %s", it->it_family, it->it_name));
	return (0);
}

static int
id_set(struct maker *mk, struct ike_id *id, unsigned int type,
    const void *data, size_t len)
{
	if ((id->id_data = malloc(len)) == NULL)
		return (mk_nomemory(mk));
	memcpy(id->id_data, data, len);
	id->id_len = len;
	id->id_type = type;
	return (0);
}

static int
id_name(struct maker *mk, const char *section, const struct idtype *it,
    struct ike_id *id)
{
	const char *s;

	if (mk_need(mk, section, "Name", "the ID-type needs it") == -1)
		return (-1);
	s = confdb_get(mk->mk_db, section, "Name");
	if (strlen(s) > IKE_ID_MAX)
		return (mk_error(mk, section, "Name", "too long: at most %d "
		    "octets", IKE_ID_MAX));
	if (it->it_type == IKE_ID_UFQDN && strchr(s, '@') == NULL)
		return (mk_error(mk, section, "Name", "an USER_FQDN is of the "
		    "form user@host"));
	if (it->it_type != IKE_ID_DN)
		return (id_set(mk, id, it->it_type, s, strlen(s)));
	if (*s != '/' || id_parse(s, id) == -1 || id->id_type != IKE_ID_DN) {
		id_clear(id);
		return (mk_error(mk, section, "Name", "an ASN1_DN is of the "
		    "form /C=DE/O=Example/CN=name"));
	}
	return (0);
}

/* Into an id that is empty; on failure it is, too. */
int
mk_id1(struct maker *mk, const char *section, struct ike_id *id)
{
	const struct idtype *it;
	struct ike_addr a;

	memset(id, 0, sizeof(*id));
	if ((it = id_type(mk, section)) == NULL)
		return (-1);
	if (it->it_type == V1_ID_IPV4_SUBNET ||
	    it->it_type == V1_ID_IPV6_SUBNET)
		return (mk_error(mk, section, "ID-type", "a peer is no "
		    "subnet: use %s", it->it_family == 4 ? "IPV4_ADDR" :
		    "IPV6_ADDR"));
	if (it->it_family == 0)
		return (id_name(mk, section, it, id));
	if (id_addr(mk, section, "Address", it, &a) == -1)
		return (-1);
	return (id_set(mk, id, it->it_type, a.ia_addr, addr_len(&a)));
}

void
mk_id2_addr(struct p2_id *id, const struct ike_addr *a)
{
	memset(id, 0, sizeof(*id));
	id->pi_type = a->ia_family == 4 ? IKE_ID_IPV4 : IKE_ID_IPV6;
	id->pi_ts.ts_family = a->ia_family;
	id->pi_ts.ts_port[1] = 0xffff;
	memcpy(id->pi_ts.ts_lo, a->ia_addr, sizeof(id->pi_ts.ts_lo));
	memcpy(id->pi_ts.ts_hi, a->ia_addr, sizeof(id->pi_ts.ts_hi));
}

void
mk_id2_any(struct p2_id *id, unsigned int family)
{
	memset(id, 0, sizeof(*id));
	id->pi_type = family == 4 ? V1_ID_IPV4_SUBNET : V1_ID_IPV6_SUBNET;
	id->pi_ts.ts_family = family;
	id->pi_ts.ts_port[1] = 0xffff;
	memset(id->pi_ts.ts_hi, 0xff, family == 4 ? 4 : 16);
}

/* Ones, then zeros. */
static int
is_contiguous(const struct ike_addr *mask)
{
	unsigned int i, ended = 0, bit;

	for (i = 0; i < addr_len(mask) * 8; i++) {
		bit = mask->ia_addr[i / 8] >> (7 - i % 8) & 1;
		if (bit && ended)
			return (0);
		ended |= !bit;
	}
	return (1);
}

static int
id2_subnet(struct maker *mk, const char *section, const struct idtype *it,
    struct p2_id *id)
{
	struct ike_addr net, mask;
	unsigned int host = 0;
	size_t i;

	if (id_addr(mk, section, "Network", it, &net) == -1 ||
	    id_addr(mk, section, "Netmask", it, &mask) == -1)
		return (-1);
	if (!is_contiguous(&mask))
		return (mk_error(mk, section, "Netmask", "%s is not "
		    "contiguous: ones cannot follow zeros", addr_ntop(&mask)));
	mk_id2_addr(id, &net);
	id->pi_type = it->it_type;
	for (i = 0; i < addr_len(&net); i++) {
		host |= net.ia_addr[i] & ~mask.ia_addr[i];
		id->pi_ts.ts_lo[i] = net.ia_addr[i] & mask.ia_addr[i];
		id->pi_ts.ts_hi[i] = net.ia_addr[i] | (uint8_t)~mask.ia_addr[i];
	}
	if (host)
		mk_warn(mk, section, "Network", "%s has bits that Netmask "
		    "does not cover; they do not count", addr_ntop(&net));
	return (0);
}

static int
id2_proto(struct maker *mk, const char *section, struct p2_id *id)
{
	const char *s = confdb_get(mk->mk_db, section, "Protocol"), *errstr;
	const struct protoent *pe;
	unsigned int port = 0;

	if (s != NULL) {
		id->pi_ts.ts_proto = strtonum(s, 0, 255, &errstr);
		if (errstr != NULL && (pe = getprotobyname(s)) != NULL &&
		    pe->p_proto >= 0 && pe->p_proto <= 255)
			id->pi_ts.ts_proto = pe->p_proto;
		else if (errstr != NULL)
			return (mk_error(mk, section, "Protocol", "\"%.80s\" "
			    "is neither a number from 0 to 255 nor the name "
			    "of a protocol", s));
	}
	if (mk_number(mk, section, "Port", 0, 65535, &port) == -1)
		return (-1);
	if (port != 0 && id->pi_ts.ts_proto == 0)
		return (mk_error(mk, section, "Port", "a port without a "
		    "Protocol: add it"));
	if (port != 0)
		id->pi_ts.ts_port[0] = id->pi_ts.ts_port[1] = port;
	return (0);
}

int
mk_id2(struct maker *mk, const char *section, struct p2_id *id)
{
	const struct idtype *it;
	struct ike_addr a;

	if ((it = id_type(mk, section)) == NULL)
		return (-1);
	if (it->it_family == 0)
		return (mk_error(mk, section, "ID-type", "%s is of a peer; "
		    "what a connection carries has addresses", it->it_name));
	if (it->it_type == V1_ID_IPV4_SUBNET ||
	    it->it_type == V1_ID_IPV6_SUBNET) {
		if (id2_subnet(mk, section, it, id) == -1)
			return (-1);
	} else {
		if (id_addr(mk, section, "Address", it, &a) == -1)
			return (-1);
		mk_id2_addr(id, &a);
	}
	return (id2_proto(mk, section, id));
}
