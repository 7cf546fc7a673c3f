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
 * The parser of messages.  Input: a datagram in clear, whose length field is
 * made true; or, its first octet being odd, the inside of a SK payload.
 * What was understood is printed, and said again: it has to be understood
 * the same.
 */
#include <stdlib.h>
#include <string.h>

#include "msg.h"
#include "proposal.h"

#include "fuzz.h"

static int
parse(struct msg *m, uint8_t first, const uint8_t *base, size_t off,
    size_t len)
{
	const char *why = NULL;
	uint8_t critical = 0;
	int error;

	error = msg_parse(m, first, base, off, len, &critical, &why);
	if ((error == 0) != (why == NULL))
		wrong("answer %d, reason %s", error, why);
	if ((error == IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD) != (critical != 0))
		wrong("answer %d, critical %u", error, critical);
	return (error);
}

static void
print(const struct msg *m)
{
	struct buf b = { 0 };
	const struct msg_notify *n = msg_error(m);

	props_print(&b, &m->m_sa);
	buf_printf(&b, "%s %s %s %s", id_print(&m->m_idi),
	    id_print(&m->m_idr), tslist_print(&m->m_tsi),
	    tslist_print(&m->m_tsr));
	if (n != NULL)
		buf_putstr(&b, notify_name(n->mn_type));
	buf_clear(&b);
}

static void
say(struct msgb *mb, const struct msg *m)
{
	const struct msg_notify *n;
	unsigned int i;

	if (m->m_sa.ps_n > 0)
		mb_sa(mb, &m->m_sa);
	if (m->m_idi.id_type != 0)
		mb_id(mb, IKE_P_IDI, &m->m_idi);
	if (m->m_idr.id_type != 0)
		mb_id(mb, IKE_P_IDR, &m->m_idr);
	if (m->m_tsi.tl_n > 0)
		mb_ts(mb, IKE_P_TSI, &m->m_tsi);
	if (m->m_tsr.tl_n > 0)
		mb_ts(mb, IKE_P_TSR, &m->m_tsr);
	if (m->m_nonce.s_len > 0)
		mb_nonce(mb, m->m_nonce.s_data, m->m_nonce.s_len);
	if (m->m_auth.s_len > 0)
		mb_auth(mb, m->m_authmethod, m->m_auth.s_data,
		    m->m_auth.s_len);
	for (i = 0; i < m->m_ncerts; i++)
		mb_cert(mb, m->m_certs[i].mc_encoding,
		    m->m_certs[i].mc_data.s_data, m->m_certs[i].mc_data.s_len);
	for (i = 0; i < m->m_nnotifies; i++) {
		n = &m->m_notifies[i];
		mb_notify(mb, n->mn_proto, n->mn_spi.s_data, n->mn_spi.s_len,
		    n->mn_type, n->mn_data.s_data, n->mn_data.s_len);
	}
}

static int
ts_differ(const struct ike_tslist *a, const struct ike_tslist *b)
{
	return (a->tl_n != b->tl_n || (a->tl_n > 0 &&
	    memcmp(a->tl_ts, b->tl_ts, a->tl_n * sizeof(*a->tl_ts)) != 0));
}

static int
span_differ(const struct span *a, const struct span *b)
{
	return (a->s_len != b->s_len || (a->s_len > 0 &&
	    memcmp(a->s_data, b->s_data, a->s_len) != 0));
}

static int
sa_differ(const struct ike_props *a, const struct ike_props *b)
{
	const struct ike_prop *p, *q;
	unsigned int i, j;

	if (a->ps_n != b->ps_n)
		return (1);
	for (i = 0; i < a->ps_n; i++) {
		p = &a->ps_prop[i];
		q = &b->ps_prop[i];
		if (p->pr_proto != q->pr_proto || p->pr_n != q->pr_n ||
		    p->pr_spilen != q->pr_spilen ||
		    memcmp(p->pr_spi, q->pr_spi, sizeof(p->pr_spi)) != 0)
			return (1);
		for (j = 0; j < p->pr_n; j++)
			if (p->pr_xf[j].xf_type != q->pr_xf[j].xf_type ||
			    p->pr_xf[j].xf_id != q->pr_xf[j].xf_id ||
			    p->pr_xf[j].xf_keybits != q->pr_xf[j].xf_keybits)
				return (1);
	}
	return (0);
}

static void
compare(const struct msg *a, const struct msg *b)
{
	unsigned int i;

	if (sa_differ(&a->m_sa, &b->m_sa))
		wrong("proposals differ");
	if (id_cmp(&a->m_idi, &b->m_idi) != 0 ||
	    id_cmp(&a->m_idr, &b->m_idr) != 0)
		wrong("identities differ");
	if (ts_differ(&a->m_tsi, &b->m_tsi) ||
	    ts_differ(&a->m_tsr, &b->m_tsr))
		wrong("selectors differ");
	if (span_differ(&a->m_nonce, &b->m_nonce) ||
	    span_differ(&a->m_auth, &b->m_auth) ||
	    a->m_ncerts != b->m_ncerts || a->m_nnotifies != b->m_nnotifies)
		wrong("octets differ");
	for (i = 0; i < a->m_nnotifies; i++)
		if (span_differ(&a->m_notifies[i].mn_data,
		    &b->m_notifies[i].mn_data))
			wrong("notifies differ");
}

static void
again(const struct msg *m)
{
	struct msgb mb = { 0 };
	struct msg n;

	say(&mb, m);
	if (mb.mb_buf.b_failed || parse(&n, mb.mb_first, mb.mb_buf.b_data, 0,
	    mb.mb_buf.b_len) != 0)
		wrong("what was good is not so when said again");
	compare(m, &n);
	msg_clear(&n);
	mb_clear(&mb);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ike_hdr h;
	struct msg m;
	uint8_t *d;
	size_t off = len > 0 && data[0] & 1 ? 0 : IKE_HDRLEN;

	if (hdr_parse(&h, data, len) == 0 && h.h_len != len)
		wrong("length");
	if (len < IKE_HDRLEN || (d = malloc(len)) == NULL)
		return (0);
	memcpy(d, data, len);
	d[24] = len >> 24;
	d[25] = len >> 16;
	d[26] = len >> 8;
	d[27] = len;
	if (hdr_parse(&h, d, len) == -1)
		wrong("a good header is refused");
	if (off == 0)
		memmove(d, d + IKE_HDRLEN, len - IKE_HDRLEN);
	if (parse(&m, h.h_next, d, off, len - IKE_HDRLEN) == 0) {
		if (m.m_sktype != 0 && (off == 0 || m.m_skoff > len))
			wrong("SK at %zu of %zu", m.m_skoff, len);
		print(&m);
		again(&m);
		msg_clear(&m);
	}
	free(d);
	return (0);
}

static void
seed_chain(const struct msgb *mb, uint8_t inside)
{
	struct buf b = { 0 };

	buf_room(&b, IKE_HDRLEN);
	buf_putbuf(&b, &mb->mb_buf);
	buf_set8(&b, 0, inside);
	buf_set8(&b, 16, mb->mb_first);
	buf_set32(&b, 24, b.b_len);
	seed(b.b_data, b.b_len);
	buf_clear(&b);
}

static void
seed_init(void)
{
	static const uint8_t octets[64] = { 1 };
	struct ike_props ps = { 0 };
	struct msgb mb = { 0 };
	struct buf pub = { 0 };

	props_default(&ps, IKE_PROTO_IKE);
	mb_sa(&mb, &ps);
	buf_put(&pub, octets, 32);
	mb_ke(&mb, IKE_DH_CURVE25519, &pub);
	mb_nonce(&mb, octets, 32);
	mb_notify(&mb, 0, NULL, 0, IKE_N_NAT_DETECTION_SOURCE_IP, octets, 20);
	mb_vendor(&mb, octets, 16);
	seed_chain(&mb, 0);
	mb_clear(&mb);
	buf_clear(&pub);
	props_clear(&ps);
}

static void
seed_auth(void)
{
	static uint8_t name[] = "east.example.org";
	static const uint32_t spis[] = { 0xc0000001, 0xc0000002 };
	struct ike_id id = { IKE_ID_FQDN, sizeof(name) - 1, name };
	struct ike_ts ts[2] = {
		{ .ts_family = 4, .ts_port = { 0, 65535 } },
		{ .ts_family = 6, .ts_port = { 0, 65535 } }
	};
	struct ike_tslist tl = { 2, ts };
	struct ike_props ps = { 0 };
	struct msgb mb = { 0 };

	memset(ts[0].ts_hi, 0xff, 4);
	memset(ts[1].ts_hi, 0xff, 16);
	props_default(&ps, IKE_PROTO_ESP);
	mb_id(&mb, IKE_P_IDI, &id);
	mb_id(&mb, IKE_P_IDR, &id);
	mb_cert(&mb, IKE_CERT_X509, name, sizeof(name));
	mb_certreq(&mb, IKE_CERT_X509, name, sizeof(name));
	mb_auth(&mb, IKE_AUTH_PSK, name, sizeof(name));
	mb_sa_spi(&mb, &ps, spis, 4, 1);
	mb_ts(&mb, IKE_P_TSI, &tl);
	mb_ts(&mb, IKE_P_TSR, &tl);
	mb_delete(&mb, IKE_PROTO_ESP, spis, 2);
	mb_notify(&mb, IKE_PROTO_ESP, spis, 4, IKE_N_REKEY_SA, NULL, 0);
	seed_chain(&mb, 1);
	mb_clear(&mb);
	props_clear(&ps);
}

void
seeds(void)
{
	struct msgb mb = { 0 };

	seed_init();
	seed_auth();
	mb_open(&mb, IKE_P_SKF);
	buf_put64(&mb.mb_buf, 0x0001000201020304);
	mb_close(&mb);
	seed_chain(&mb, 0);
	mb_clear(&mb);
}
