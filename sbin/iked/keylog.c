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
 * Keys for Wireshark, if the daemon was told to write them (iked(8) -K).
 */
#include <stdio.h>
#include <string.h>

#include "sa.h"

static void
put_hex(struct buf *b, const uint8_t *p, size_t len)
{
	while (len-- > 0)
		buf_printf(b, "%02x", *p++);
}

static void
put_line(struct engine *en, const char *table, struct buf *b)
{
	buf_put8(b, '\0');
	if (!b->b_failed)
		en->en_world.w_keylog(en->en_arg, table, (char *)b->b_data);
	buf_clear(b);
}

/* As Wireshark calls it in ikev2_decryption_table. */
static void
put_ike_encr(struct buf *b, const struct ike_xform *xf)
{
	switch (xf->xf_id) {
	case IKE_ENCR_3DES:
		buf_printf(b, "3DES [RFC2451]");
		break;
	case IKE_ENCR_AES_CBC:
		buf_printf(b, "AES-CBC-%u [RFC3602]", xf->xf_keybits);
		break;
	case IKE_ENCR_AES_GCM_12:
	case IKE_ENCR_AES_GCM_16:
		buf_printf(b, "AES-GCM-%u with %u octet ICV [RFC5282]",
		    xf->xf_keybits, xf->xf_id == IKE_ENCR_AES_GCM_12 ? 12 :
		    16);
		break;
	default:
		buf_printf(b, "%s", xform_print(xf));
	}
}

static const char *
integ_name(const struct ike_xform *xf)
{
	switch (xf->xf_id) {
	case IKE_INTEG_MD5_96:
		return ("HMAC_MD5_96 [RFC2403]");
	case IKE_INTEG_SHA1_96:
		return ("HMAC_SHA1_96 [RFC2404]");
	case IKE_INTEG_SHA2_256:
		return ("HMAC_SHA2_256_128 [RFC4868]");
	case IKE_INTEG_SHA2_384:
		return ("HMAC_SHA2_384_192 [RFC4868]");
	case IKE_INTEG_SHA2_512:
		return ("HMAC_SHA2_512_256 [RFC4868]");
	default:
		return ("NONE [RFC4306]");
	}
}

void
keylog_sa(struct sa *sa)
{
	struct engine *en = sa->sa_engine;
	struct buf b = { 0 };

	if (en->en_world.w_keylog == NULL)
		return;
	buf_printf(&b, "%016llx,%016llx,", (unsigned long long)sa->sa_spi[0],
	    (unsigned long long)sa->sa_spi[1]);
	put_hex(&b, sa->sa_key[0].sk_ekey, sa->sa_key[0].sk_ekeylen);
	buf_put8(&b, ',');
	put_hex(&b, sa->sa_key[1].sk_ekey, sa->sa_key[1].sk_ekeylen);
	buf_printf(&b, ",\"");
	put_ike_encr(&b, &sa->sa_key[0].sk_encr);
	buf_printf(&b, "\",");
	put_hex(&b, sa->sa_key[0].sk_akey, sa->sa_key[0].sk_akeylen);
	buf_put8(&b, ',');
	put_hex(&b, sa->sa_key[1].sk_akey, sa->sa_key[1].sk_akeylen);
	buf_printf(&b, ",\"%s\"", integ_name(&sa->sa_key[0].sk_integ));
	put_line(en, "ikev2_decryption_table", &b);
}

/* The same of esp_sa. */
static void
put_esp_encr(struct buf *b, const struct ike_xform *xf)
{
	switch (xf->xf_id) {
	case IKE_ENCR_AES_CBC:
		buf_printf(b, "AES-CBC [RFC3602]");
		break;
	case IKE_ENCR_AES_GCM_16:
		buf_printf(b, "AES-GCM with 16 octet ICV [RFC4106]");
		break;
	case IKE_ENCR_CHACHA20:
		buf_printf(b, "ChaCha20 with Poly1305 [RFC7634]");
		break;
	default:
		buf_printf(b, "NULL");
	}
}

static const char *
esp_integ_name(const struct ike_xform *xf)
{
	switch (xf->xf_id) {
	case IKE_INTEG_SHA1_96:
		return ("HMAC-SHA-1-96 [RFC2404]");
	case IKE_INTEG_SHA2_256:
		return ("HMAC-SHA-256-128 [RFC4868]");
	case IKE_INTEG_SHA2_384:
		return ("HMAC-SHA-384-192 [RFC4868]");
	case IKE_INTEG_SHA2_512:
		return ("HMAC-SHA-512-256 [RFC4868]");
	default:
		return ("NULL");
	}
}

static void
keylog_esp(struct child *ch, int out)
{
	struct engine *en = ch->ch_tun->tn_engine;
	struct buf b = { 0 };
	struct ksa ks;

	child_ksa(ch, &ks, out);
	buf_printf(&b, "\"%s\",\"%s\",\"%s\",\"0x%08x\",\"",
	    ks.ks_src.ia_family == 4 ? "IPv4" : "IPv6",
	    addr_ntop(&ks.ks_src), addr_ntop(&ks.ks_dst), ks.ks_spi);
	put_esp_encr(&b, &ks.ks_encr);
	buf_printf(&b, "\",\"0x");
	put_hex(&b, ks.ks_ekey, ks.ks_ekeylen);
	buf_printf(&b, "\",\"%s\",\"", esp_integ_name(&ks.ks_integ));
	if (ks.ks_akeylen > 0)
		buf_printf(&b, "0x");
	put_hex(&b, ks.ks_akey, ks.ks_akeylen);
	buf_printf(&b, "\"");
	put_line(en, "esp_sa", &b);
}

void
keylog_child(struct child *ch, const struct sa *sa)
{
	if (sa->sa_engine->en_world.w_keylog == NULL)
		return;
	keylog_esp(ch, 0);
	keylog_esp(ch, 1);
}
