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
 * What a model has, in words for logs.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

#define TEXTS	8
#define TEXTLEN	160

static char *
text(void)
{
	static char texts[TEXTS][TEXTLEN];
	static unsigned int next;
	char *s = texts[next++ % TEXTS];

	*s = '\0';
	return (s);
}

static void	 more(char *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));

static void
more(char *s, const char *fmt, ...)
{
	size_t len = strlen(s);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s + len, TEXTLEN - len, fmt, ap);
	va_end(ap);
}

/* AES-128, of AES_CBC: CBC is all that phase 1 has. */
const char *
p1_xform_print(const struct p1_xform *px)
{
	const char *enc = v1_enc_name(px->px_enc);
	size_t len = strlen(enc);
	char *s = text();

	if (len > 4 && strcmp(enc + len - 4, "_CBC") == 0)
		len -= 4;
	more(s, "%.*s", (int)len, enc);
	if (px->px_bits.r_want != 0)
		more(s, "-%u", px->px_bits.r_want);
	more(s, " %s %s %s", v1_hash_name(px->px_hash),
	    v1_group_name(px->px_group), v1_auth_name(px->px_auth));
	return (s);
}

const char *
p2_xform_print(const struct p2_xform *qx)
{
	char *s = text();

	if (qx->qx_proto == V1_PROTO_AH)
		more(s, "AH %s", v1_ah_name(qx->qx_id));
	else
		more(s, "ESP %s", v1_esp_name(qx->qx_id));
	if (qx->qx_bits.r_want != 0)
		more(s, "-%u", qx->qx_bits.r_want);
	if (qx->qx_proto != V1_PROTO_AH && qx->qx_mac != V1_MAC_NONE)
		more(s, " %s", v1_mac_name(qx->qx_mac));
	if (qx->qx_group != IKE_DH_NONE)
		more(s, " %s", v1_group_name(qx->qx_group));
	more(s, " %s", v1_encap_name(qx->qx_encap));
	return (s);
}

static const char *
octets_print(const struct ike_ts *ts, const uint8_t *octets)
{
	struct ike_addr a;

	memset(&a, 0, sizeof(a));
	a.ia_family = ts->ts_family;
	memcpy(a.ia_addr, octets, sizeof(a.ia_addr));
	return (addr_ntop(&a));
}

static unsigned int
prefix_len(const struct ike_ts *ts)
{
	unsigned int i, n = ts->ts_family == 4 ? 32 : 128;

	for (i = 0; i < n; i++)
		if ((ts->ts_lo[i / 8] ^ ts->ts_hi[i / 8]) >> (7 - i % 8) & 1)
			break;
	return (i);
}

const char *
p2_id_print(const struct p2_id *id)
{
	const struct ike_ts *ts = &id->pi_ts;
	char *s = text();

	if (id->pi_type == 0) {
		more(s, "none");
		return (s);
	}
	more(s, "%s", octets_print(ts, ts->ts_lo));
	switch (id->pi_type) {
	case V1_ID_IPV4_SUBNET:
	case V1_ID_IPV6_SUBNET:
		more(s, "/%u", prefix_len(ts));
		break;
	case V1_ID_IPV4_RANGE:
	case V1_ID_IPV6_RANGE:
		more(s, "-%s", octets_print(ts, ts->ts_hi));
		break;
	}
	if (ts->ts_proto != 0)
		more(s, " proto %u", ts->ts_proto);
	if (ts->ts_port[0] != 0)
		more(s, " port %u", ts->ts_port[0]);
	return (s);
}
