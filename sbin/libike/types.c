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
 * Addresses, identities, selectors and the names of numbers.
 */
#include <arpa/inet.h>
#include <sys/socket.h>

#include <ctype.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ike.h"

#define TEXTS		8
#define TEXTLEN		512

/* One of eight static texts, in turn. */
static __attribute__((__noinline__)) char *
text(void)
{
	static char texts[TEXTS][TEXTLEN];
	static unsigned int turn;

	return (texts[turn++ % TEXTS]);
}

static int
host_family(unsigned int family)
{
	return (family == 4 ? AF_INET : AF_INET6);
}

static const char *
octets_ntop(unsigned int family, const uint8_t *octets)
{
	char *s = text();

	if (family == 0 || inet_ntop(host_family(family), octets, s,
	    TEXTLEN) == NULL)
		snprintf(s, TEXTLEN, "any");
	return (s);
}

const char *
addr_ntop(const struct ike_addr *a)
{
	return (octets_ntop(a->ia_family, a->ia_addr));
}

const char *
addr_print(const struct ike_addr *a)
{
	char *s = text();

	snprintf(s, TEXTLEN, a->ia_family == 6 ? "[%s]:%u" : "%s:%u",
	    addr_ntop(a), a->ia_port);
	return (s);
}

int
addr_pton(const char *s, struct ike_addr *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, s, a->ia_addr) == 1)
		a->ia_family = 4;
	else if (inet_pton(AF_INET6, s, a->ia_addr) == 1)
		a->ia_family = 6;
	else
		return (-1);
	return (0);
}

size_t
addr_len(const struct ike_addr *a)
{
	return (a->ia_family == 4 ? 4 : a->ia_family == 6 ? 16 : 0);
}

static int
addr_cmp_host(const struct ike_addr *a, const struct ike_addr *b)
{
	if (a->ia_family != b->ia_family)
		return (a->ia_family < b->ia_family ? -1 : 1);
	return (memcmp(a->ia_addr, b->ia_addr, addr_len(a)));
}

int
addr_cmp(const struct ike_addr *a, const struct ike_addr *b)
{
	int cmp;

	if ((cmp = addr_cmp_host(a, b)) != 0)
		return (cmp);
	return (a->ia_port < b->ia_port ? -1 : a->ia_port > b->ia_port);
}

int
addr_same(const struct ike_addr *a, const struct ike_addr *b)
{
	return (addr_cmp_host(a, b) == 0);
}

static int
id_set(struct ike_id *id, uint8_t type, const void *data, size_t len)
{
	if (len == 0 || len > IKE_ID_MAX)
		return (-1);
	if ((id->id_data = malloc(len)) == NULL)
		return (-1);
	memcpy(id->id_data, data, len);
	id->id_type = type;
	id->id_len = len;
	return (0);
}

/* One "TYPE=value" of a DN; a slash in the value has a \ before it. */
static const char *
dn_attr(X509_NAME *name, const char *s)
{
	char type[64], value[256];
	size_t n = strcspn(s, "=/"), v = 0;
	int nid;

	if (s[n] != '=' || n == 0 || n >= sizeof(type))
		return (NULL);
	memcpy(type, s, n);
	type[n] = '\0';
	for (s += n + 1; *s != '\0' && *s != '/'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		if (v >= sizeof(value))
			return (NULL);
		value[v++] = *s;
	}
	nid = OBJ_txt2nid(type);
	if (nid == NID_undef || v == 0 || X509_NAME_add_entry_by_NID(name,
	    nid, MBSTRING_UTF8, (unsigned char *)value, v, -1, 0) != 1)
		return (NULL);
	return (s);
}

static int
id_parse_dn(const char *s, struct ike_id *id)
{
	X509_NAME *name;
	unsigned char *der = NULL;
	int len = -1, rc = -1;

	if ((name = X509_NAME_new()) == NULL)
		return (-1);
	while (s != NULL && *s == '/')
		s = dn_attr(name, s + 1);
	if (s != NULL && *s == '\0' && (len = i2d_X509_NAME(name, &der)) > 0)
		rc = id_set(id, IKE_ID_DN, der, len);
	OPENSSL_free(der);
	X509_NAME_free(name);
	return (rc);
}

int
id_parse(const char *s, struct ike_id *id)
{
	struct ike_addr a;

	memset(id, 0, sizeof(*id));
	if (s[0] == '/')
		return (id_parse_dn(s, id));
	if (addr_pton(s, &a) == 0)
		return (id_set(id, a.ia_family == 4 ? IKE_ID_IPV4 :
		    IKE_ID_IPV6, a.ia_addr, addr_len(&a)));
	return (id_set(id, strchr(s, '@') != NULL ? IKE_ID_UFQDN :
	    IKE_ID_FQDN, s, strlen(s)));
}

/* A name may be said in several kinds of strings, RFC 5280 7.1. */
static int
dn_same(const struct ike_id *a, const struct ike_id *b)
{
	const unsigned char *p = a->id_data, *q = b->id_data;
	X509_NAME *x = d2i_X509_NAME(NULL, &p, a->id_len);
	X509_NAME *y = d2i_X509_NAME(NULL, &q, b->id_len);
	int same;

	same = x != NULL && y != NULL && p == a->id_data + a->id_len &&
	    q == b->id_data + b->id_len && X509_NAME_cmp(x, y) == 0;
	X509_NAME_free(x);
	X509_NAME_free(y);
	return (same);
}

int
id_cmp(const struct ike_id *a, const struct ike_id *b)
{
	if (a->id_type != b->id_type)
		return (a->id_type < b->id_type ? -1 : 1);
	if (a->id_type == IKE_ID_DN && dn_same(a, b))
		return (0);
	if (a->id_len != b->id_len)
		return (a->id_len < b->id_len ? -1 : 1);
	return (a->id_len == 0 ? 0 :
	    memcmp(a->id_data, b->id_data, a->id_len));
}

int
id_copy(struct ike_id *to, const struct ike_id *from)
{
	memset(to, 0, sizeof(*to));
	if (from->id_type == 0)
		return (0);
	return (id_set(to, from->id_type, from->id_data, from->id_len));
}

void
id_clear(struct ike_id *id)
{
	free(id->id_data);
	memset(id, 0, sizeof(*id));
}

static const char *
dn_print(const struct ike_id *id)
{
	const unsigned char *der = id->id_data;
	X509_NAME *name;
	char *s = text();

	snprintf(s, TEXTLEN, "malformed");
	if ((name = d2i_X509_NAME(NULL, &der, id->id_len)) == NULL)
		return (s);
	if (der == id->id_data + id->id_len)
		X509_NAME_oneline(name, s, TEXTLEN / 2);
	X509_NAME_free(name);
	return (s);
}

/* What a peer calls itself may hold anything. */
static const char *
octets_print(const uint8_t *data, size_t len, int hex)
{
	char *s = text();
	size_t i, n = 0;

	for (i = 0; i < len && n < TEXTLEN / 2; i++)
		if (!hex && isprint(data[i]) && data[i] != '\\')
			s[n++] = data[i];
		else
			n += snprintf(s + n, TEXTLEN - n, hex ? "%02x" :
			    "\\x%02x", data[i]);
	s[n] = '\0';
	if (i < len)
		snprintf(s + n, TEXTLEN - n, "...");
	return (s);
}

const char *
id_print(const struct ike_id *id)
{
	char *s = text();
	const char *what;

	switch (id->id_type) {
	case 0:
		return ("none");
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		if (id->id_len != (id->id_type == IKE_ID_IPV4 ? 4 : 16))
			return ("malformed address");
		what = octets_ntop(id->id_type == IKE_ID_IPV4 ? 4 : 6,
		    id->id_data);
		snprintf(s, TEXTLEN, "%s/%s",
		    id->id_type == IKE_ID_IPV4 ? "IPV4" : "IPV6", what);
		return (s);
	case IKE_ID_DN:
		snprintf(s, TEXTLEN, "ASN1_DN/%s", dn_print(id));
		return (s);
	default:
		what = octets_print(id->id_data, id->id_len,
		    id->id_type != IKE_ID_FQDN && id->id_type != IKE_ID_UFQDN);
	}
	if (id->id_type == IKE_ID_FQDN)
		snprintf(s, TEXTLEN, "FQDN/%s", what);
	else if (id->id_type == IKE_ID_UFQDN)
		snprintf(s, TEXTLEN, "UFQDN/%s", what);
	else if (id->id_type == IKE_ID_KEYID)
		snprintf(s, TEXTLEN, "KEY_ID/%s", what);
	else
		snprintf(s, TEXTLEN, "ID%u/%s", id->id_type, what);
	return (s);
}

/* The length of the prefix that a range is, or -1. */
static int
range_plen(const struct ike_ts *ts)
{
	size_t i, bits = ts->ts_family == 4 ? 32 : 128;
	int plen = -1;

	for (i = 0; i < bits; i++) {
		int lo = ts->ts_lo[i / 8] >> (7 - i % 8) & 1;
		int hi = ts->ts_hi[i / 8] >> (7 - i % 8) & 1;

		if (plen == -1 && lo != hi)
			plen = i;
		if (plen != -1 && (lo != 0 || hi != 1))
			return (-1);
	}
	return (plen == -1 ? (int)bits : plen);
}

const char *
ts_print(const struct ike_ts *ts)
{
	char *s = text();
	int n, plen = range_plen(ts);

	if (plen >= 0)
		n = snprintf(s, TEXTLEN, "%s/%d",
		    octets_ntop(ts->ts_family, ts->ts_lo), plen);
	else
		n = snprintf(s, TEXTLEN, "%s-%s",
		    octets_ntop(ts->ts_family, ts->ts_lo),
		    octets_ntop(ts->ts_family, ts->ts_hi));
	if (ts->ts_proto != 0)
		n += snprintf(s + n, TEXTLEN - n, " proto %u", ts->ts_proto);
	if (ts->ts_port[0] != 0 || ts->ts_port[1] != 65535)
		snprintf(s + n, TEXTLEN - n,
		    ts->ts_port[0] == ts->ts_port[1] ? " port %u" :
		    " port %u-%u", ts->ts_port[0], ts->ts_port[1]);
	return (s);
}

const char *
tslist_print(const struct ike_tslist *tl)
{
	char all[TEXTLEN], *s;
	unsigned int i;
	size_t n = 0;

	all[0] = '\0';
	for (i = 0; i < tl->tl_n && n < TEXTLEN - 160; i++)
		n += snprintf(all + n, sizeof(all) - n, "%s%s", i ? " " : "",
		    ts_print(&tl->tl_ts[i]));
	if (i < tl->tl_n)
		snprintf(all + n, sizeof(all) - n, " and %u more",
		    tl->tl_n - i);
	s = text();
	memcpy(s, all, sizeof(all));
	return (s);
}

int
tslist_add(struct ike_tslist *tl, const struct ike_ts *ts)
{
	struct ike_ts *p;

	p = realloc(tl->tl_ts, (tl->tl_n + 1) * sizeof(*p));
	if (p == NULL)
		return (-1);
	tl->tl_ts = p;
	p[tl->tl_n++] = *ts;
	return (0);
}

int
tslist_copy(struct ike_tslist *to, const struct ike_tslist *from)
{
	unsigned int i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < from->tl_n; i++)
		if (tslist_add(to, &from->tl_ts[i]) == -1) {
			tslist_clear(to);
			return (-1);
		}
	return (0);
}

void
tslist_clear(struct ike_tslist *tl)
{
	free(tl->tl_ts);
	memset(tl, 0, sizeof(*tl));
}

struct name {
	unsigned int	 n_number;
	const char	*n_name;
};

static const char *
name_of(const struct name *names, size_t n, unsigned int number)
{
	char *s;
	size_t i;

	for (i = 0; i < n; i++)
		if (names[i].n_number == number)
			return (names[i].n_name);
	s = text();
	snprintf(s, TEXTLEN, "%u", number);
	return (s);
}
#define NAME_OF(t, n)	name_of((t), sizeof(t) / sizeof((t)[0]), (n))

const char *
exch_name(unsigned int n)
{
	static const struct name names[] = {
		{ IKE_X_SA_INIT, "IKE_SA_INIT" },
		{ IKE_X_AUTH, "IKE_AUTH" },
		{ IKE_X_CREATE_CHILD, "CREATE_CHILD_SA" },
		{ IKE_X_INFORMATIONAL, "INFORMATIONAL" }
	};

	return (NAME_OF(names, n));
}

const char *
notify_name(unsigned int n)
{
#define N(name)	{ IKE_N_##name, #name }
	static const struct name names[] = {
		N(UNSUPPORTED_CRITICAL_PAYLOAD), N(INVALID_IKE_SPI),
		N(INVALID_MAJOR_VERSION), N(INVALID_SYNTAX),
		N(INVALID_MESSAGE_ID), N(INVALID_SPI), N(NO_PROPOSAL_CHOSEN),
		N(INVALID_KE_PAYLOAD), N(AUTHENTICATION_FAILED),
		N(SINGLE_PAIR_REQUIRED), N(NO_ADDITIONAL_SAS),
		N(INTERNAL_ADDRESS_FAILURE), N(FAILED_CP_REQUIRED),
		N(TS_UNACCEPTABLE), N(INVALID_SELECTORS),
		N(UNACCEPTABLE_ADDRESSES), N(UNEXPECTED_NAT_DETECTED),
		N(TEMPORARY_FAILURE), N(CHILD_SA_NOT_FOUND),
		N(INITIAL_CONTACT), N(SET_WINDOW_SIZE),
		N(ADDITIONAL_TS_POSSIBLE), N(IPCOMP_SUPPORTED),
		N(NAT_DETECTION_SOURCE_IP), N(NAT_DETECTION_DESTINATION_IP),
		N(COOKIE), N(USE_TRANSPORT_MODE),
		N(HTTP_CERT_LOOKUP_SUPPORTED), N(REKEY_SA),
		N(ESP_TFC_PADDING_NOT_SUPPORTED),
		N(NON_FIRST_FRAGMENTS_ALSO), N(MOBIKE_SUPPORTED),
		N(ADDITIONAL_IP4_ADDRESS), N(ADDITIONAL_IP6_ADDRESS),
		N(NO_ADDITIONAL_ADDRESSES), N(UPDATE_SA_ADDRESSES),
		N(COOKIE2), N(NO_NATS_ALLOWED), N(AUTH_LIFETIME),
		N(MULTIPLE_AUTH_SUPPORTED), N(REDIRECT_SUPPORTED),
		N(EAP_ONLY_AUTHENTICATION), N(CHILDLESS_IKEV2_SUPPORTED),
		N(FRAGMENTATION_SUPPORTED), N(SIGNATURE_HASH_ALGORITHMS),
		N(INTERMEDIATE_SUPPORTED)
	};
#undef N

	return (NAME_OF(names, n));
}
