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
 * Configurations as text that can be read again.
 */
#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509.h>

#include "draft.h"
#include "proposal.h"

static const char *const auths[] = {
	[CONF_AUTH_SIGNATURE] =	"signature",
	[CONF_AUTH_RSA] =	"rsa",
	[CONF_AUTH_ECDSA256] =	"ecdsa256",
	[CONF_AUTH_ECDSA384] =	"ecdsa384",
	[CONF_AUTH_ECDSA521] =	"ecdsa521",
	[CONF_AUTH_RFC7427] =	"rfc7427"
};

/* What a backslash would take away behind it gets one of its own. */
static void
put_quoted(struct buf *b, const char *s, size_t len)
{
	size_t i;

	buf_put8(b, '"');
	for (i = 0; i < len; i++) {
		if (s[i] == '"' || (i > 0 && s[i - 1] == '\\' &&
		    (s[i] == ' ' || s[i] == '\t')))
			buf_put8(b, '\\');
		buf_put8(b, s[i]);
	}
	buf_put8(b, '"');
}

static void
put_word(struct buf *b, const char *s, size_t len)
{
	char word[64];

	if (len > 0 && len < sizeof(word)) {
		memcpy(word, s, len);
		word[len] = '\0';
		if (strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
		    "RSTUVWXYZ0123456789.:_@-") == len && !conf_keyword(word)) {
			buf_put(b, s, len);
			return;
		}
	}
	put_quoted(b, s, len);
}

static void
dn_value(struct buf *b, const ASN1_STRING *value)
{
	unsigned char *s = NULL;
	int i, n = ASN1_STRING_to_UTF8(&s, value);

	for (i = 0; i < n; i++) {
		if (s[i] == '/' || s[i] == '\\')
			buf_put8(b, '\\');
		buf_put8(b, s[i]);
	}
	OPENSSL_free(s);
}

/* As id_parse() takes it apart: /TYPE=value with \ before a slash. */
static void
put_dn(struct buf *b, const struct ike_id *id)
{
	const unsigned char *der = id->id_data;
	const X509_NAME_ENTRY *entry;
	struct buf text;
	X509_NAME *name;
	char oid[80];
	int i, nid;

	memset(&text, 0, sizeof(text));
	if ((name = d2i_X509_NAME(NULL, &der, id->id_len)) == NULL) {
		buf_printf(b, "\"/malformed\"");
		return;
	}
	for (i = 0; i < X509_NAME_entry_count(name); i++) {
		entry = X509_NAME_get_entry(name, i);
		nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
		if (nid != NID_undef)
			strlcpy(oid, OBJ_nid2sn(nid), sizeof(oid));
		else
			OBJ_obj2txt(oid, sizeof(oid),
			    X509_NAME_ENTRY_get_object(entry), 1);
		buf_printf(&text, "/%s=", oid);
		dn_value(&text, X509_NAME_ENTRY_get_data(entry));
	}
	X509_NAME_free(name);
	put_quoted(b, (const char *)text.b_data, text.b_len);
	b->b_failed |= text.b_failed;
	buf_clear(&text);
}

static void
put_id(struct buf *b, const char *what, const struct ike_id *id)
{
	const char *s;

	if (id->id_type == 0)
		return;
	buf_printf(b, " %s ", what);
	if (id->id_type == IKE_ID_DN)
		put_dn(b, id);
	else if (id->id_type == IKE_ID_IPV4 || id->id_type == IKE_ID_IPV6) {
		s = strchr(id_print(id), '/');
		buf_printf(b, "%s", s != NULL ? s + 1 : "any");
	} else
		put_word(b, (const char *)id->id_data, id->id_len);
}

/* A host without a length, as it is written. */
static void
put_sel(struct buf *b, const char *what, const struct ike_ts *ts)
{
	const char *s = ts_print(ts), *slash = strchr(s, '/');
	int host = memcmp(ts->ts_lo, ts->ts_hi, sizeof(ts->ts_lo)) == 0;

	buf_printf(b, " %s %.*s", what, host && slash != NULL ?
	    (int)(slash - s) : (int)strcspn(s, " "), s);
	if (ts->ts_port[0] != 0 || ts->ts_port[1] != 65535)
		buf_printf(b, " port %u", ts->ts_port[0]);
}

/* Each protocol once; all have the same selectors, so the first's do. */
static void
put_sels(struct buf *b, const struct policy *pol)
{
	const struct ike_tslist *src = &pol->pol_src, *dst = &pol->pol_dst;
	const uint8_t first = src->tl_ts[0].ts_proto;
	unsigned int i, last = 256, several;

	several = src->tl_ts[src->tl_n - 1].ts_proto != first;
	if (first != 0 || several) {
		buf_printf(b, several ? " proto {" : " proto");
		for (i = 0; i < src->tl_n; i++) {
			if (src->tl_ts[i].ts_proto != last)
				buf_printf(b, " %u", src->tl_ts[i].ts_proto);
			last = src->tl_ts[i].ts_proto;
		}
		buf_printf(b, several ? " }" : "");
	}
	for (i = 0; i < src->tl_n && src->tl_ts[i].ts_proto == first; i++) {
		put_sel(b, "from", &src->tl_ts[i]);
		put_sel(b, "to", &dst->tl_ts[i]);
	}
}

static void
put_clauses(struct buf *b, const char *what, const struct ike_props *ps)
{
	unsigned int i;

	for (i = 0; i < ps->ps_n; i++) {
		buf_printf(b, " %s ", what);
		prop_print(b, &ps->ps_prop[i]);
	}
}

static void
put_psk(struct buf *b, const struct policy *pol, int secrets)
{
	size_t i;

	if (!secrets || pol->pol_psklen == 0) {
		buf_printf(b, " psk <hidden>");
		return;
	}
	buf_printf(b, " psk 0x");
	for (i = 0; i < pol->pol_psklen; i++)
		buf_printf(b, "%02x", pol->pol_psk[i]);
}

void
policy_print(struct buf *b, const struct policy *pol, int secrets)
{
	buf_printf(b, "ikev2 ");
	put_quoted(b, pol->pol_name, strlen(pol->pol_name));
	buf_printf(b, "%s%s%s %s %s%s %s",
	    pol->pol_flags & POL_QUICK ? " quick" : "",
	    pol->pol_flags & POL_SKIP ? " skip" : "",
	    pol->pol_flags & POL_DEFAULT ? " default" : "",
	    pol->pol_flags & POL_ACTIVE ? "active" : "passive",
	    pol->pol_flags & POL_TRANSPORT ? "transport" : "tunnel",
	    pol->pol_flags & POL_NATT ? " natt" : "",
	    pol->pol_flags & POL_AH ? "ah" : "esp");
	if (pol->pol_af != 0)
		buf_printf(b, pol->pol_af == 4 ? " inet" : " inet6");
	put_sels(b, pol);
	buf_printf(b, " local %s", end_print(&pol->pol_local));
	buf_printf(b, " peer %s", end_print(&pol->pol_peer));
	put_clauses(b, "ikesa", &pol->pol_ikesa);
	put_clauses(b, "childsa", &pol->pol_childsa);
	put_id(b, "srcid", &pol->pol_srcid);
	put_id(b, "dstid", &pol->pol_dstid);
	if (pol->pol_ikelifetime != 0)
		buf_printf(b, " ikelifetime %u", pol->pol_ikelifetime);
	buf_printf(b, " lifetime %u bytes %llu", pol->pol_lifetime,
	    (unsigned long long)pol->pol_bytes);
	if (pol->pol_packets != 0)
		buf_printf(b, " packets %llu",
		    (unsigned long long)pol->pol_packets);
	if (pol->pol_auth == CONF_AUTH_PSK)
		put_psk(b, pol, secrets);
	else
		buf_printf(b, " %s", auths[pol->pol_auth]);
	if (!(pol->pol_flags & POL_FLOWS))
		buf_printf(b, " iface sec%u", pol->pol_unit);
}

static void
put_set(struct buf *b, int flag, const char *yes, const char *no)
{
	buf_printf(b, "set %s\n", flag ? yes : no);
}

void
conf_print(struct buf *b, const struct conf *c, int secrets)
{
	const struct policy *pol;
	unsigned int f = c->conf_flags;

	put_set(b, f & CONF_PASSIVE, "passive", "active");
	put_set(b, f & CONF_DECOUPLE, "decouple", "couple");
	put_set(b, f & CONF_MOBIKE, "mobike", "nomobike");
	put_set(b, f & CONF_FRAGMENT, "fragmentation", "nofragmentation");
	put_set(b, f & CONF_VENDORID, "vendorid", "novendorid");
	put_set(b, f & CONF_SINGLEIKE, "enforcesingleikesa",
	    "noenforcesingleikesa");
	buf_printf(b, "set dpd_check_interval %u\n", c->conf_dpd);
	if (f & CONF_PARTIALCHAIN)
		buf_printf(b, "set cert_partial_chain\n");
	TAILQ_FOREACH(pol, &c->conf_policies, pol_entry) {
		policy_print(b, pol, secrets);
		buf_put8(b, '\n');
	}
}
