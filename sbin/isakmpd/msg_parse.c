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
 * From octets to what they say.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"


/* An attribute as it stands there. */
struct attr {
	uint16_t	 a_type;	/* without V1_A_BASIC */
	int		 a_basic;
	struct span	 a_data;	/* two octets if basic */
};

/* The attributes of one transform so far. */
struct attrs {
	struct v1_xform	*as_xf;
	uint32_t	 as_seen;	/* 1 << type */
	uint16_t	 as_lifetype;	/* whose duration is to come, or 0 */
};

/*
 * Where a basic attribute goes.  Groups by their parameters, compression and
 * extended sequence numbers are among those that are not here.
 */
static const struct field {
	uint16_t	 f_type;
	uint8_t		 f_zero;	/* 0 may be said: none */
	size_t		 f_at;
} fields[2][8] = {
	{
		{ V1_A_ENC, 0, offsetof(struct v1_xform, x_enc) },
		{ V1_A_HASH, 0, offsetof(struct v1_xform, x_hash) },
		{ V1_A_AUTH, 0, offsetof(struct v1_xform, x_auth) },
		{ V1_A_GROUP, 0, offsetof(struct v1_xform, x_group) },
		{ V1_A_PRF, 0, offsetof(struct v1_xform, x_prf) },
		{ V1_A_KEYLEN, 0, offsetof(struct v1_xform, x_bits) },
	}, {
		{ V1_B_GROUP, 1, offsetof(struct v1_xform, x_group) },
		{ V1_B_ENCAP, 0, offsetof(struct v1_xform, x_encap) },
		{ V1_B_AUTH, 1, offsetof(struct v1_xform, x_mac) },
		{ V1_B_KEYLEN, 0, offsetof(struct v1_xform, x_bits) },
	}
};
static const struct {
	uint16_t	 l_type;
	uint16_t	 l_dur;
} lifes[2] = {
	{ V1_A_LIFETYPE, V1_A_LIFEDUR }, { V1_B_LIFETYPE, V1_B_LIFEDUR }
};

static int
wrong(const char **why, const char *what, int notify)
{
	*why = what;
	return (notify);
}

/*
 * Attributes.  What is wrong with the value of one concerns its transform
 * alone; -1: what follows cannot be found.
 */

static int
attr_get(struct span *s, struct attr *a)
{
	struct span all = *s;
	uint16_t type, len = 2;

	if (span_get16(s, &type) == -1)
		return (-1);
	a->a_type = type & ~V1_A_BASIC;
	a->a_basic = (type & V1_A_BASIC) != 0;
	if (!a->a_basic && span_get16(s, &len) == -1)
		goto short_of;
	if (span_take(s, len, &a->a_data) == -1)
		goto short_of;
	return (0);
short_of:
	*s = all;
	return (-1);
}

static const char *
life_type(struct attrs *as, const struct attr *a)
{
	struct span s = a->a_data;

	if (!a->a_basic)
		return ("a life type that is not a basic attribute");
	if (as->as_lifetype != 0)
		return ("a life type without a duration");
	span_get16(&s, &as->as_lifetype);
	if (as->as_lifetype != V1_LIFE_SECONDS &&
	    as->as_lifetype != V1_LIFE_KBYTES)
		return ("an unknown life type");
	return (NULL);
}

static const char *
life_duration(struct attrs *as, const struct attr *a)
{
	struct v1_xform *x = as->as_xf;
	uint32_t *to = as->as_lifetype == V1_LIFE_SECONDS ? &x->x_life_s :
	    &x->x_life_kb;
	uint64_t v = 0;
	size_t i;

	if (as->as_lifetype == 0)
		return ("a life duration without a life type");
	as->as_lifetype = 0;
	if (a->a_data.s_len == 0 || a->a_data.s_len > sizeof(v))
		return ("a life duration that is not of 1 to 8 octets");
	for (i = 0; i < a->a_data.s_len; i++)
		v = v << 8 | a->a_data.s_data[i];
	if (v == 0)
		return ("a life duration of 0");
	if (v > UINT32_MAX)
		v = UINT32_MAX;
	if (*to != 0 && *to != v)
		return ("two life durations that differ");
	*to = v;
	return (NULL);
}

static const char *
attr_basic(struct attrs *as, const struct attr *a, const struct field *f)
{
	struct span s = a->a_data;
	uint16_t *to, v;

	if (!a->a_basic)
		return ("an attribute that has to be basic and is not");
	span_get16(&s, &v);
	if (v == 0 && !f->f_zero)
		return ("an attribute with the value 0");
	to = (uint16_t *)((char *)as->as_xf + f->f_at);
	if ((as->as_seen & (1U << f->f_type)) != 0 && *to != v)
		return ("an attribute twice with different values");
	as->as_seen |= 1U << f->f_type;
	*to = v;
	return (NULL);
}

static const char *
attr_take(struct attrs *as, const struct attr *a, int phase)
{
	const struct field *f;

	if (a->a_type == lifes[phase - 1].l_type)
		return (life_type(as, a));
	if (a->a_type == lifes[phase - 1].l_dur)
		return (life_duration(as, a));
	for (f = fields[phase - 1]; f->f_type != 0; f++)
		if (f->f_type == a->a_type)
			return (attr_basic(as, a, f));
	return ("an attribute that is not supported");
}

/* The first reason stays. */
static int
attrs_parse(struct v1_xform *x, struct span s, int phase)
{
	struct attrs as = { .as_xf = x };
	struct attr a;
	const char *bad;

	x->x_raw = s;
	while (s.s_len > 0) {
		if (attr_get(&s, &a) == -1)
			return (-1);
		bad = attr_take(&as, &a, phase);
		if (x->x_bad == NULL)
			x->x_bad = bad;
	}
	if (as.as_lifetype != 0 && x->x_bad == NULL)
		x->x_bad = "a life type without a duration";
	return (0);
}

/*
 * The SA payload.
 */

/* One of a chain in which all are of the same kind. */
static const char *
sub_get(struct span *s, uint8_t type, int *more, struct span *body)
{
	struct payload_hdr ph;
	const char *why;

	if ((why = payload_get(s, &ph, body)) != NULL)
		return (why);
	if (ph.ph_flags != 0)
		return ("a reserved octet of a proposal is not 0");
	if (ph.ph_next != V1_P_NONE && ph.ph_next != type)
		return ("a payload that does not belong into a proposal");
	*more = ph.ph_next != V1_P_NONE;
	return (NULL);
}

static const char *
xform_parse(struct v1_sa *sa, struct v1_prop *p, struct span s, int phase)
{
	struct v1_xform *x;
	uint16_t reserved;

	if (sa->s_nxf == MSG_MAXXFORMS)
		return ("too many transforms");
	x = &sa->s_xf[sa->s_nxf];
	if (span_get8(&s, &x->x_num) == -1 || span_get8(&s, &x->x_id) == -1 ||
	    span_get16(&s, &reserved) == -1)
		return ("length of a transform");
	if (reserved != 0)
		return ("a reserved octet of a transform is not 0");
	if (attrs_parse(x, s, phase) == -1)
		return ("length of an attribute");
	sa->s_nxf++;
	p->p_n++;
	return (NULL);
}

static const char *
prop_parse(struct v1_sa *sa, struct v1_prop *p, struct span s, int phase)
{
	struct span body;
	const char *why;
	uint8_t spilen, n;
	int more = 1;

	p->p_xf = &sa->s_xf[sa->s_nxf];
	if (span_get8(&s, &p->p_num) == -1 ||
	    span_get8(&s, &p->p_proto) == -1 ||
	    span_get8(&s, &spilen) == -1 || span_get8(&s, &n) == -1 ||
	    span_take(&s, spilen, &p->p_spi) == -1)
		return ("length of a proposal");
	while (more) {
		if ((why = sub_get(&s, V1_P_TRANSFORM, &more, &body)) !=
		    NULL || (why = xform_parse(sa, p, body, phase)) != NULL)
			return (why);
	}
	if (s.s_len != 0)
		return ("octets behind the last transform");
	return (p->p_n == n ? NULL : "not as many transforms as it says");
}

/* Does the number come again, others having been between? */
static int
prop_again(const struct v1_sa *sa, const struct v1_prop *p)
{
	const struct v1_prop *q;

	for (q = sa->s_prop; q + 1 < p; q++)
		if (q->p_num == p->p_num && q[1].p_num != p->p_num)
			return (1);
	return (0);
}

static const char *
props_parse(struct v1_sa *sa, struct span s, int phase)
{
	struct v1_prop *p;
	struct span body;
	const char *why;
	int more = 1;

	while (more) {
		if (sa->s_n == MSG_MAXPROPS)
			return ("too many proposals");
		p = &sa->s_prop[sa->s_n];
		if ((why = sub_get(&s, V1_P_PROPOSAL, &more, &body)) != NULL ||
		    (why = prop_parse(sa, p, body, phase)) != NULL)
			return (why);
		if (prop_again(sa, p))
			return ("proposals of one number apart from another");
		sa->s_n++;
	}
	return (s.s_len == 0 ? NULL : "octets behind the last proposal");
}

static int
sa_parse(struct msg *m, struct span s, int phase, const char **why)
{
	struct v1_sa *sa = &m->m_sa;

	if (m->m_nsa++ > 0)
		return (phase == 2 ? 0 : wrong(why, "two SA payloads",
		    V1_N_PAYLOAD_MALFORMED));
	sa->s_body = s;
	if (span_get32(&s, &sa->s_doi) == -1)
		return (wrong(why, "length of an SA payload",
		    V1_N_PAYLOAD_MALFORMED));
	if (sa->s_doi != V1_DOI)
		return (wrong(why, "an SA of a DOI that is not IPsec",
		    V1_N_DOI_NOT_SUPPORTED));
	if (span_get32(&s, &sa->s_situation) == -1)
		return (wrong(why, "length of an SA payload",
		    V1_N_PAYLOAD_MALFORMED));
	if (sa->s_situation != V1_SIT_IDENTITY)
		return (wrong(why, "a situation that is not identity only",
		    V1_N_SITUATION_NOT_SUPPORTED));
	sa->s_prop = calloc(MSG_MAXPROPS, sizeof(*sa->s_prop));
	sa->s_xf = calloc(MSG_MAXXFORMS, sizeof(*sa->s_xf));
	if (sa->s_prop == NULL || sa->s_xf == NULL)
		return (wrong(why, "no memory", -1));
	*why = props_parse(sa, s, phase);
	return (*why == NULL ? 0 : V1_N_BAD_PROPOSAL_SYNTAX);
}

/*
 * The other payloads: NULL, or what is wrong.
 */

static const char *
once(struct span *to, const struct span *body, size_t min, size_t max)
{
	if (to->s_data != NULL)
		return ("a payload twice that may come once");
	if (body->s_len < min || body->s_len > max)
		return ("a payload too short or too long for what it is");
	*to = *body;
	return (NULL);
}

static const char *
id_parse1(struct msg *m, struct span s, int phase)
{
	struct v1_id *id = &m->m_id[m->m_nids];

	if (m->m_nids == (phase == 2 ? 2 : 1))
		return ("too many identities");
	id->i_body = s;
	if (span_get8(&s, &id->i_type) == -1 ||
	    span_get8(&s, &id->i_proto) == -1 ||
	    span_get16(&s, &id->i_port) == -1)
		return ("length of an identity");
	id->i_data = s;
	m->m_nids++;
	return (NULL);
}

static const char *
cert_parse(struct v1_cert *list, unsigned int *n, struct span s, size_t min)
{
	struct v1_cert *c = &list[*n];

	if (span_get8(&s, &c->c_encoding) == -1 || s.s_len < min)
		return ("length of a certificate");
	c->c_data = s;
	(*n)++;
	return (NULL);
}

static int
notify_parse(struct msg *m, struct span s, const char **why)
{
	struct v1_notify *n = &m->m_notifies[m->m_nnotifies];
	uint8_t spilen;

	if (m->m_nnotifies == MSG_MAXNOTIFIES)
		return (wrong(why, "too many notifies",
		    V1_N_PAYLOAD_MALFORMED));
	if (span_get32(&s, &n->n_doi) == -1 ||
	    span_get8(&s, &n->n_proto) == -1 ||
	    span_get8(&s, &spilen) == -1 || span_get16(&s, &n->n_type) == -1 ||
	    span_take(&s, spilen, &n->n_spi) == -1)
		return (wrong(why, "length of a notify",
		    V1_N_PAYLOAD_MALFORMED));
	if (n->n_doi > V1_DOI)
		return (wrong(why, "a notify of a DOI that is not IPsec",
		    V1_N_DOI_NOT_SUPPORTED));
	n->n_data = s;
	m->m_nnotifies++;
	return (0);
}

static int
delete_parse(struct msg *m, struct span s, const char **why)
{
	struct v1_delete *d = &m->m_deletes[m->m_ndeletes];
	int error = V1_N_PAYLOAD_MALFORMED;

	if (m->m_ndeletes == MSG_MAXDELETES)
		return (wrong(why, "too many deletes", error));
	if (span_get32(&s, &d->d_doi) == -1 ||
	    span_get8(&s, &d->d_proto) == -1 ||
	    span_get8(&s, &d->d_spilen) == -1 ||
	    span_get16(&s, &d->d_n) == -1)
		return (wrong(why, "length of a delete", error));
	if (d->d_doi > V1_DOI)
		return (wrong(why, "a delete of a DOI that is not IPsec",
		    V1_N_DOI_NOT_SUPPORTED));
	if (d->d_spilen != (d->d_proto == V1_PROTO_ISAKMP ?
	    2 * V1_COOKIELEN : 4))
		return (wrong(why, "a delete with SPIs of a wrong size",
		    error));
	if (d->d_n == 0 || d->d_n > MSG_MAXSPIS ||
	    s.s_len != (size_t)d->d_n * d->d_spilen)
		return (wrong(why, "a delete with another number of SPIs "
		    "than it says, or too many", error));
	d->d_spis = s;
	m->m_ndeletes++;
	return (0);
}

/* A list of which what is too much is passed over. */
static const char *
add(struct span *list, unsigned int *n, unsigned int max, struct span s)
{
	if (*n < max)
		list[(*n)++] = s;
	return (NULL);
}

/* Those that are wrong in one way only: malformed. */
static const char *
plain_parse(struct msg *m, uint8_t type, struct span s, int phase)
{
	switch (type) {
	case V1_P_KE:
		return (once(&m->m_ke, &s, 1, SIZE_MAX));
	case V1_P_NONCE:
		return (once(&m->m_nonce, &s, V1_NONCE_MIN, V1_NONCE_MAX));
	case V1_P_HASH:
		return (once(&m->m_hash, &s, 1, SIZE_MAX));
	case V1_P_SIG:
		return (once(&m->m_sig, &s, 1, SIZE_MAX));
	case V1_P_ID:
		return (id_parse1(m, s, phase));
	case V1_P_CERT:
		if (m->m_ncerts == MSG_MAXCERTS)
			return ("too many certificates");
		return (cert_parse(m->m_certs, &m->m_ncerts, s, 1));
	case V1_P_CERTREQ:
		/* They are wishes: of too many the first ones count. */
		if (m->m_ncertreqs == MSG_MAXCERTS)
			return (NULL);
		return (cert_parse(m->m_certreqs, &m->m_ncertreqs, s, 0));
	case V1_P_VENDOR:
		return (add(m->m_vendors, &m->m_nvendors, MSG_MAXVENDORS, s));
	case V1_P_NATD:
	case V1_P_NATD_DRAFT:
		if (m->m_nnatd == MSG_MAXNATD)
			return ("too many NAT-D payloads");
		return (add(m->m_natd, &m->m_nnatd, MSG_MAXNATD, s));
	}
	return (NULL);
}

/* May it stand in a message at all? */
static int
is_known(uint8_t type)
{
	switch (type) {
	case V1_P_NONE:
	case V1_P_PROPOSAL:
	case V1_P_TRANSFORM:
	case V1_P_ATTR:
		return (0);
	}
	return (type < V1_P_ATTR || type == V1_P_NATD || type == V1_P_NATOA ||
	    type >= 128);
}

static int
payload_parse(struct msg *m, uint8_t type, struct span s, int phase,
    const char **why)
{
	if (!is_known(type))
		return (wrong(why, "a payload of an unknown type",
		    V1_N_INVALID_PAYLOAD_TYPE));
	if (type <= V1_P_NATOA)
		m->m_seen |= 1U << type;
	switch (type) {
	case V1_P_SA:
		return (sa_parse(m, s, phase, why));
	case V1_P_NOTIFY:
		return (notify_parse(m, s, why));
	case V1_P_DELETE:
		return (delete_parse(m, s, why));
	}
	*why = plain_parse(m, type, s, phase);
	return (*why == NULL ? 0 : V1_N_PAYLOAD_MALFORMED);
}

static int
chain_parse(struct msg *m, struct span *s, int phase, const char **why)
{
	const uint8_t *start = s->s_data;
	uint8_t type = m->m_first;
	struct payload_hdr ph;
	struct span body;
	unsigned int n;
	int error;

	for (n = 0; n == 0 || type != V1_P_NONE; n++) {
		if (n == MSG_MAXPAYLOADS)
			return (wrong(why, "too many payloads",
			    V1_N_PAYLOAD_MALFORMED));
		if ((*why = payload_get(s, &ph, &body)) != NULL)
			return (V1_N_PAYLOAD_MALFORMED);
		if (ph.ph_flags != 0)
			return (wrong(why, "a reserved octet is not 0",
			    V1_N_PAYLOAD_MALFORMED));
		error = payload_parse(m, type, body, phase, why);
		if (error != 0)
			return (error);
		if (type == V1_P_HASH)
			m->m_hashend = s->s_data - start;
		type = ph.ph_next;
	}
	m->m_end = s->s_data - start;
	return (0);
}

int
msg_parse(struct msg *m, uint8_t first, const void *data, size_t len,
    int padded, int phase, const char **why)
{
	struct span s = { data, len };
	int error;

	memset(m, 0, sizeof(*m));
	m->m_first = first;
	*why = NULL;
	if (len > V1_MAXMSG)
		return (wrong(why, "message too long",
		    V1_N_PAYLOAD_MALFORMED));
	error = chain_parse(m, &s, phase, why);
	if (error == 0 && s.s_len != 0 && !padded)
		error = wrong(why, "octets behind the last payload",
		    V1_N_PAYLOAD_MALFORMED);
	if (error != 0)
		msg_clear(m);
	return (error);
}

void
msg_clear(struct msg *m)
{
	free(m->m_sa.s_prop);
	free(m->m_sa.s_xf);
	memset(m, 0, sizeof(*m));
}

const struct v1_notify *
msg_notify(const struct msg *m, uint16_t type)
{
	unsigned int i;

	for (i = 0; i < m->m_nnotifies; i++)
		if (m->m_notifies[i].n_type == type)
			return (&m->m_notifies[i]);
	return (NULL);
}

const struct v1_notify *
msg_error(const struct msg *m)
{
	unsigned int i;

	for (i = 0; i < m->m_nnotifies; i++)
		if (m->m_notifies[i].n_type < V1_N_STATUS)
			return (&m->m_notifies[i]);
	return (NULL);
}

int
msg_vendor(const struct msg *m, const void *data, size_t len)
{
	unsigned int i;

	for (i = 0; i < m->m_nvendors; i++)
		if (m->m_vendors[i].s_len == len &&
		    memcmp(m->m_vendors[i].s_data, data, len) == 0)
			return (1);
	return (0);
}

/*
 * Identities.
 */

int
v1_id_get(const struct v1_id *v, struct ike_id *id)
{
	size_t len = v->i_data.s_len, want = len;

	switch (v->i_type) {
	case IKE_ID_IPV4:
		want = 4;
		break;
	case IKE_ID_IPV6:
		want = 16;
		break;
	case IKE_ID_FQDN:
	case IKE_ID_UFQDN:
	case IKE_ID_DN:
	case IKE_ID_GN:
	case IKE_ID_KEYID:
		break;
	default:
		return (-1);
	}
	if (len == 0 || len != want || len > IKE_ID_MAX ||
	    (id->id_data = malloc(len)) == NULL)
		return (-1);
	memcpy(id->id_data, v->i_data.s_data, len);
	id->id_len = len;
	id->id_type = v->i_type;
	return (0);
}

/* Ones, then zeros?  Applied to the range of one address. */
static int
apply_mask(struct ike_ts *ts, const uint8_t *mask, size_t len)
{
	size_t i;
	int ended = 0;

	for (i = 0; i < len; i++) {
		if (ended ? mask[i] != 0 :
		    (uint8_t)(mask[i] | (mask[i] - 1)) != 0xff)
			return (-1);
		ended |= mask[i] != 0xff;
		ts->ts_lo[i] &= mask[i];
		ts->ts_hi[i] |= (uint8_t)~mask[i];
	}
	return (0);
}

static int
p2_id_addrs(struct ike_ts *ts, uint8_t type, struct span s)
{
	size_t len = ts->ts_family == 4 ? 4 : 16;
	uint8_t second[16];

	if (span_get(&s, ts->ts_lo, len) == -1)
		return (-1);
	memcpy(ts->ts_hi, ts->ts_lo, len);
	if (type == IKE_ID_IPV4 || type == IKE_ID_IPV6)
		return (s.s_len == 0 ? 0 : -1);
	if (span_get(&s, second, len) == -1 || s.s_len != 0)
		return (-1);
	if (type == V1_ID_IPV4_SUBNET || type == V1_ID_IPV6_SUBNET)
		return (apply_mask(ts, second, len));
	memcpy(ts->ts_hi, second, len);
	return (memcmp(ts->ts_lo, ts->ts_hi, len) <= 0 ? 0 : -1);
}

int
p2_id_get(const struct v1_id *v, struct p2_id *id)
{
	struct ike_ts *ts = &id->pi_ts;

	memset(id, 0, sizeof(*id));
	switch (v->i_type) {
	case IKE_ID_IPV4:
	case V1_ID_IPV4_SUBNET:
	case V1_ID_IPV4_RANGE:
		ts->ts_family = 4;
		break;
	case IKE_ID_IPV6:
	case V1_ID_IPV6_SUBNET:
	case V1_ID_IPV6_RANGE:
		ts->ts_family = 6;
		break;
	default:
		return (-1);
	}
	/* A port of any protocol there is not. */
	if (p2_id_addrs(ts, v->i_type, v->i_data) == -1 ||
	    (v->i_proto == 0 && v->i_port != 0))
		return (-1);
	id->pi_type = v->i_type;
	ts->ts_proto = v->i_proto;
	ts->ts_port[0] = v->i_port;
	ts->ts_port[1] = v->i_port != 0 ? v->i_port : UINT16_MAX;
	return (0);
}
