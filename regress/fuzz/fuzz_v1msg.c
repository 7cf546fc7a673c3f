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
 * The parser of IKEv1 messages, and the choice among what they offer.  Input:
 * an octet of which bit 0 says the phase and bit 1 whether it was encrypted,
 * the type of the first payload, the chain.  What was understood is said
 * again: it has to be understood the same; what was chosen has to be
 * acceptable when it is all there is.
 */
#include <stdlib.h>
#include <string.h>

#include "msg.h"

#include "fuzz.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static const struct life hour = { { 3600, 60, 86400 }, { 0, 0, 0 } };
static struct p1_xform p1[2];
static struct p2_xform p2[3];

static void
config(void)
{
	p1[0] = (struct p1_xform){ V1_ENC_AES, { 128, 128, 256 },
	    V1_HASH_SHA2_256, V1_AUTH_PSK, IKE_DH_MODP2048, hour };
	p1[1] = (struct p1_xform){ V1_ENC_3DES, { 0, 0, 0 }, V1_HASH_SHA1,
	    V1_AUTH_RSA, IKE_DH_MODP1024, hour };
	p2[0] = (struct p2_xform){ V1_PROTO_ESP, V1_ESP_AES, { 128, 128, 256 },
	    V1_MAC_SHA2_256, V1_ENCAP_TUNNEL, IKE_DH_MODP2048, hour, 0 };
	p2[1] = (struct p2_xform){ V1_PROTO_ESP, V1_ESP_AES_GCM,
	    { 256, 256, 256 }, V1_MAC_NONE, V1_ENCAP_TUNNEL, IKE_DH_NONE,
	    hour, 1 };
	p2[2] = (struct p2_xform){ V1_PROTO_AH, V1_AH_SHA2_256, { 0, 0, 0 },
	    V1_MAC_SHA2_256, V1_ENCAP_TRANSPORT, IKE_DH_NONE, hour, 2 };
}

static int
parse(struct msg *m, uint8_t first, const uint8_t *data, size_t len,
    int padded, int phase)
{
	const char *why = NULL;
	int error;

	error = msg_parse(m, first, data, len, padded, phase, &why);
	if ((error == 0) != (why == NULL))
		wrong("answer %d, reason %s", error, why);
	if (error == 0 && (m->m_end > len || m->m_hashend > m->m_end))
		wrong("end at %zu of %zu", m->m_end, len);
	return (error);
}

static void
parse_made(struct msg *m, const struct msgb *mb, int phase)
{
	if (mb->mb_buf.b_failed || parse(m, mb->mb_first, mb->mb_buf.b_data,
	    mb->mb_buf.b_len, 0, phase) != 0)
		wrong("what was good is not so when said again");
}

static int
differ(const struct span *a, const struct span *b)
{
	return (a->s_len != b->s_len || (a->s_len > 0 &&
	    memcmp(a->s_data, b->s_data, a->s_len) != 0));
}

static int
choose(const struct v1_sa *sa, int phase, int natt, struct buf *why,
    const struct v1_prop **p, const struct v1_xform **x)
{
	struct p1_choice c1;
	struct p2_choice c2;
	int error;

	if (phase == 1) {
		error = p1_choose(&c1, sa, p1, N(p1), why);
		*p = c1.c_prop;
		*x = c1.c_xf;
	} else {
		error = p2_choose(&c2, sa, p2, N(p2), natt, why);
		*p = c2.c_prop;
		*x = c2.c_xf;
	}
	if ((error == 0) != (why->b_len == 0))
		wrong("choice %d with a text of %zu", error, why->b_len);
	buf_clear(why);
	return (error);
}

static void
choices(const struct v1_sa *sa, int phase)
{
	const struct v1_prop *p;
	const struct v1_xform *x;
	struct p1_choice c1;
	struct p2_choice c2;
	struct msgb mb = { 0 };
	struct buf why = { 0 };
	struct msg m;
	int natt;

	for (natt = -1; natt < 2; natt++) {
		if (choose(sa, phase, natt, &why, &p, &x) == -1)
			continue;
		mb_sa_chosen(&mb, p, x, p->p_spi.s_data, p->p_spi.s_len);
		parse_made(&m, &mb, phase);
		if (m.m_sa.s_nxf != 1 || choose(&m.m_sa, phase, natt, &why,
		    &p, &x) == -1)
			wrong("what was chosen is refused");
		msg_clear(&m);
		mb_clear(&mb);
	}
	if (phase == 1)
		(void)p1_accept(&c1, sa, p1, N(p1), &why);
	else
		(void)p2_accept(&c2, sa, p2, N(p2), 2, &why);
	buf_clear(&why);
}

/* Each transform alone. */
static void
sa_again(const struct v1_sa *sa, int phase)
{
	const struct v1_prop *p;
	const struct v1_xform *x, *y;
	struct msgb mb = { 0 };
	struct msg m;
	unsigned int i, j;

	for (i = 0; i < sa->s_n; i++) {
		p = &sa->s_prop[i];
		for (j = 0; j < p->p_n; j++) {
			x = &p->p_xf[j];
			mb_sa_chosen(&mb, p, x, p->p_spi.s_data,
			    p->p_spi.s_len);
			parse_made(&m, &mb, phase);
			y = m.m_sa.s_xf;
			if (m.m_sa.s_nxf != 1 || x->x_num != y->x_num ||
			    x->x_id != y->x_id || x->x_bad != y->x_bad ||
			    x->x_life_s != y->x_life_s ||
			    x->x_life_kb != y->x_life_kb ||
			    differ(&x->x_raw, &y->x_raw))
				wrong("transforms differ");
			msg_clear(&m);
			mb_clear(&mb);
		}
	}
}

static void
ids_again(const struct msg *m)
{
	struct ike_id id = { 0 };
	struct p2_id ends, end;
	struct msgb mb = { 0 };
	struct msg n;
	unsigned int i;

	for (i = 0; i < m->m_nids; i++) {
		if (v1_id_get(&m->m_id[i], &id) == 0) {
			(void)id_print(&id);
			mb_id1(&mb, &id);
			parse_made(&n, &mb, 1);
			if (differ(&n.m_id[0].i_data, &m->m_id[i].i_data))
				wrong("identities differ");
			msg_clear(&n);
			mb_clear(&mb);
			id_clear(&id);
		}
		if (p2_id_get(&m->m_id[i], &ends) == 0) {
			(void)ts_print(&ends.pi_ts);
			mb_id2(&mb, &ends);
			parse_made(&n, &mb, 2);
			if (p2_id_get(&n.m_id[0], &end) == -1 ||
			    memcmp(&ends, &end, sizeof(end)) != 0)
				wrong("ends differ");
			msg_clear(&n);
			mb_clear(&mb);
		}
	}
}

static void
say(struct msgb *mb, const struct msg *m)
{
	const struct v1_notify *n;
	const struct v1_delete *d;
	unsigned int i;

	mb_data(mb, V1_P_VENDOR, NULL, 0);
	for (i = 0; i < m->m_nnotifies; i++) {
		n = &m->m_notifies[i];
		mb_notify1(mb, n->n_proto, n->n_spi.s_data, n->n_spi.s_len,
		    n->n_type, n->n_data.s_data, n->n_data.s_len);
	}
	for (i = 0; i < m->m_ndeletes; i++) {
		d = &m->m_deletes[i];
		mb_delete1(mb, d->d_proto, d->d_spis.s_data, d->d_spilen,
		    d->d_n);
	}
	for (i = 0; i < m->m_ncerts; i++)
		mb_cert1(mb, V1_P_CERT, m->m_certs[i].c_encoding,
		    m->m_certs[i].c_data.s_data, m->m_certs[i].c_data.s_len);
	for (i = 0; i < m->m_nnatd; i++)
		mb_data(mb, V1_P_NATD, m->m_natd[i].s_data,
		    m->m_natd[i].s_len);
	if (m->m_nonce.s_len > 0)
		mb_data(mb, V1_P_NONCE, m->m_nonce.s_data, m->m_nonce.s_len);
}

static void
again(const struct msg *m, int phase)
{
	struct msgb mb = { 0 };
	struct msg n;
	unsigned int i;

	say(&mb, m);
	parse_made(&n, &mb, phase);
	if (n.m_nnotifies != m->m_nnotifies || n.m_ndeletes != m->m_ndeletes ||
	    n.m_ncerts != m->m_ncerts || n.m_nnatd != m->m_nnatd ||
	    differ(&n.m_nonce, &m->m_nonce))
		wrong("messages differ");
	for (i = 0; i < m->m_nnotifies; i++)
		if (n.m_notifies[i].n_type != m->m_notifies[i].n_type ||
		    differ(&n.m_notifies[i].n_data, &m->m_notifies[i].n_data))
			wrong("notifies differ");
	for (i = 0; i < m->m_ndeletes; i++)
		if (n.m_deletes[i].d_n != m->m_deletes[i].d_n ||
		    differ(&n.m_deletes[i].d_spis, &m->m_deletes[i].d_spis))
			wrong("deletes differ");
	msg_clear(&n);
	mb_clear(&mb);
	ids_again(m);
	if (m->m_nsa > 0) {
		sa_again(&m->m_sa, phase);
		choices(&m->m_sa, phase);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct msg m;
	uint8_t *d;
	int phase;

	if (len < 3 || (d = malloc(len - 2)) == NULL)
		return (0);
	config();
	memcpy(d, data + 2, len - 2);
	phase = 1 + (data[0] & 1);
	if (parse(&m, data[1], d, len - 2, (data[0] & 2) != 0, phase) == 0) {
		again(&m, phase);
		msg_clear(&m);
	}
	free(d);
	return (0);
}

static void
seed_chain(const struct msgb *mb, uint8_t how)
{
	struct buf b = { 0 };

	buf_put8(&b, how);
	buf_put8(&b, mb->mb_first);
	buf_putbuf(&b, &mb->mb_buf);
	seed(b.b_data, b.b_len);
	buf_clear(&b);
}

static void
seed_others(struct msgb *mb)
{
	static uint8_t name[] = "east.example.org";
	struct ike_id id = { IKE_ID_FQDN, sizeof(name) - 1, name };

	mb_id1(mb, &id);
	mb_data(mb, V1_P_KE, name, 16);
	mb_data(mb, V1_P_NONCE, name, 16);
	mb_data(mb, V1_P_SIG, name, 16);
	mb_cert1(mb, V1_P_CERT, IKE_CERT_X509, name, 16);
	mb_cert1(mb, V1_P_CERTREQ, IKE_CERT_X509, name, 16);
	mb_notify1(mb, V1_PROTO_ISAKMP, name, 16, V1_N_INITIAL_CONTACT, NULL,
	    0);
	mb_delete1(mb, V1_PROTO_ESP, name, 4, 2);
	mb_delete1(mb, V1_PROTO_ISAKMP, name, 16, 1);
	mb_data(mb, V1_P_VENDOR, name, 16);
	mb_data(mb, V1_P_NATD, name, 16);
	mb_data(mb, V1_P_NATOA, name, 8);
}

void
seeds(void)
{
	struct p2_id end = { V1_ID_IPV4_SUBNET, { .ts_family = 4,
	    .ts_port = { 0, 65535 }, .ts_hi = { 255, 255, 255, 255 } } };
	struct msgb mb = { 0 };

	config();
	mb_p1_sa(&mb, p1, N(p1));
	seed_others(&mb);
	seed_chain(&mb, 0);
	mb_clear(&mb);
	mb_data(&mb, V1_P_HASH, &p1, 20);
	mb_p2_sa(&mb, p2, N(p2), 0xc0000001, 0);
	mb_id2(&mb, &end);
	seed_others(&mb);
	seed_chain(&mb, 3);
	mb_clear(&mb);
}
