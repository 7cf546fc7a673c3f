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
 * What the octets of a message say.  All of it comes from anybody: every
 * length is held against what is there before anything is read, and the
 * work is linear in the octets.
 */
#include <stdlib.h>
#include <string.h>

#include "msg.h"
#include "proposal.h"

#define PROP_HDRLEN	8
#define PROP_MORE	2
#define XFORM_HDRLEN	8
#define XFORM_MORE	3
#define ATTR_TV		0x8000	/* the value is in place of the length */
#define TS_HDRLEN	4
#define TS_LEN(alen)	(TS_HDRLEN + 4 + 2 * (alen))
#define TS_PORT_OPAQUE	65535	/* from 65535 to 0: RFC 7296 3.13.1 */

/*
 * A parser gets what is behind the header of a payload.  NULL, or what is
 * wrong.
 */
typedef const char *parser(struct msg *, uint8_t type, struct span *);

/* Not the peer's fault: told apart by its address. */
static const char	 nomem[] = "out of memory";

/*
 * Key length is the one attribute there is.  RFC 7296 3.3.6: a transform
 * with any other is not acceptable, and a length of 0 is none that a cipher
 * could have, but is not to pass for no attribute at all.
 */
static const char *
parse_attrs(struct ike_xform *xf, struct span *s)
{
	struct span value;
	uint16_t type, len;
	int keys = 0;

	while (s->s_len > 0) {
		if (span_get16(s, &type) == -1 || span_get16(s, &len) == -1)
			return ("attribute cut short");
		if (!(type & ATTR_TV) && span_take(s, len, &value) == -1)
			return ("attribute longer than its transform");
		if (type != (ATTR_TV | IKE_ATTR_KEYBITS)) {
			xf->xf_id = MSG_XFORM_NEVER;
			continue;
		}
		if (keys++ > 0)
			return ("two key lengths in a transform");
		xf->xf_keybits = len;
		if (len == 0)
			xf->xf_id = MSG_XFORM_NEVER;
	}
	return (NULL);
}

static const char *
parse_xform(struct ike_xform *xf, struct span *s, int last)
{
	struct span attrs;
	uint16_t len;
	uint8_t more, unused;

	if (span_get8(s, &more) == -1 || span_get8(s, &unused) == -1 ||
	    span_get16(s, &len) == -1)
		return ("fewer transforms than the proposal says");
	if (more != (last ? 0 : XFORM_MORE))
		return ("chain of transforms and their number differ");
	if (len < XFORM_HDRLEN ||
	    span_take(s, len - (XFORM_HDRLEN - 4), &attrs) == -1)
		return ("length of a transform");
	span_get8(&attrs, &xf->xf_type);
	span_get8(&attrs, &unused);
	span_get16(&attrs, &xf->xf_id);
	return (parse_attrs(xf, &attrs));
}

static int
spilen_good(uint8_t proto, uint8_t spilen)
{
	switch (proto) {
	case IKE_PROTO_IKE:
		return (spilen == 0 || spilen == 8);
	case IKE_PROTO_AH:
	case IKE_PROTO_ESP:
		return (spilen == 4);
	default:
		return (spilen <= sizeof(((struct ike_prop *)0)->pr_spi));
	}
}

/* `s' is the proposal without its first four octets. */
static const char *
parse_prop(struct ike_prop *pr, struct span *s, unsigned int *total)
{
	const char *why;
	uint8_t n = 0;
	unsigned int i;

	span_get8(s, &pr->pr_num);
	span_get8(s, &pr->pr_proto);
	span_get8(s, &pr->pr_spilen);
	span_get8(s, &n);
	if (!spilen_good(pr->pr_proto, pr->pr_spilen))
		return ("size of a proposal's SPI");
	if (span_get(s, pr->pr_spi, pr->pr_spilen) == -1)
		return ("proposal too short for its SPI");
	if (n == 0)
		return ("proposal without transforms");
	if ((*total += n) > MSG_MAXXFORMS)
		return ("too many transforms");
	if ((pr->pr_xf = calloc(n, sizeof(*pr->pr_xf))) == NULL)
		return (nomem);
	pr->pr_n = n;
	for (i = 0; i < n; i++)
		if ((why = parse_xform(&pr->pr_xf[i], s, i == n - 1)) != NULL)
			return (why);
	return (s->s_len == 0 ? NULL : "more transforms than the proposal "
	    "says");
}

static struct ike_prop *
new_prop(struct ike_props *ps)
{
	struct ike_prop *pr;

	pr = reallocarray(ps->ps_prop, ps->ps_n + 1, sizeof(*pr));
	if (pr == NULL)
		return (NULL);
	ps->ps_prop = pr;
	pr += ps->ps_n++;
	memset(pr, 0, sizeof(*pr));
	return (pr);
}

static const char *
parse_sa(struct msg *m, uint8_t type, struct span *s)
{
	struct ike_prop *pr;
	struct span body;
	const char *why;
	unsigned int total = 0;
	uint16_t len;
	uint8_t more, unused;

	do {
		if (span_get8(s, &more) == -1 || span_get8(s, &unused) == -1 ||
		    span_get16(s, &len) == -1)
			return ("chain of proposals cut short");
		if (more != 0 && more != PROP_MORE)
			return ("neither the last proposal nor more");
		if (len < PROP_HDRLEN || span_take(s, len - 4, &body) == -1)
			return ("length of a proposal");
		if (m->m_sa.ps_n == MSG_MAXPROPS)
			return ("too many proposals");
		if ((pr = new_prop(&m->m_sa)) == NULL)
			return (nomem);
		if ((why = parse_prop(pr, &body, &total)) != NULL)
			return (why);
	} while (more == PROP_MORE);
	return (s->s_len == 0 ? NULL : "octets behind the last proposal");
}

static const char *
parse_ke(struct msg *m, uint8_t type, struct span *s)
{
	uint16_t unused;

	if (span_get16(s, &m->m_group) == -1 || span_get16(s, &unused) == -1 ||
	    s->s_len == 0)
		return ("KE payload too short");
	m->m_ke = *s;
	return (NULL);
}

static const char *
parse_nonce(struct msg *m, uint8_t type, struct span *s)
{
	if (s->s_len < IKE_NONCE_MIN || s->s_len > IKE_NONCE_MAX)
		return ("length of a nonce");
	m->m_nonce = *s;
	return (NULL);
}

static const char *
check_id(const struct ike_id *id, const struct span *s)
{
	switch (id->id_type) {
	case 0:
		return ("identity of no type");
	case IKE_ID_IPV4:
		return (s->s_len == 4 ? NULL : "length of an IPv4 identity");
	case IKE_ID_IPV6:
		return (s->s_len == 16 ? NULL : "length of an IPv6 identity");
	case IKE_ID_FQDN:
	case IKE_ID_UFQDN:
		return (memchr(s->s_data, '\0', s->s_len) == NULL ? NULL :
		    "NUL in the name of an identity");
	default:
		return (NULL);
	}
}

static const char *
parse_id(struct msg *m, uint8_t type, struct span *s)
{
	struct ike_id *id = type == IKE_P_IDI ? &m->m_idi : &m->m_idr;
	struct span unused;
	const char *why;

	if (span_get8(s, &id->id_type) == -1 || span_take(s, 3, &unused) == -1)
		return ("ID payload too short");
	if (s->s_len == 0)
		return ("empty identity");
	if (s->s_len > IKE_ID_MAX)
		return ("identity too long");
	if ((why = check_id(id, s)) != NULL)
		return (why);
	if ((id->id_data = malloc(s->s_len)) == NULL)
		return (nomem);
	memcpy(id->id_data, s->s_data, s->s_len);
	id->id_len = s->s_len;
	return (NULL);
}

static const char *
parse_cert(struct msg *m, uint8_t type, struct span *s)
{
	struct msg_cert *c;

	if (m->m_ncerts == MSG_MAXCERTS)
		return ("too many CERT payloads");
	c = &m->m_certs[m->m_ncerts++];
	if (span_get8(s, &c->mc_encoding) == -1 || s->s_len == 0)
		return ("CERT payload too short");
	c->mc_data = *s;
	return (NULL);
}

static const char *
parse_certreq(struct msg *m, uint8_t type, struct span *s)
{
	struct msg_cert *c;

	if (m->m_ncertreqs == MSG_MAXCERTS)
		return ("too many CERTREQ payloads");
	c = &m->m_certreqs[m->m_ncertreqs++];
	if (span_get8(s, &c->mc_encoding) == -1)
		return ("CERTREQ payload too short");
	c->mc_data = *s;
	return (NULL);
}

static const char *
parse_auth(struct msg *m, uint8_t type, struct span *s)
{
	struct span unused;

	if (span_get8(s, &m->m_authmethod) == -1 ||
	    span_take(s, 3, &unused) == -1 || s->s_len == 0)
		return ("AUTH payload too short");
	m->m_auth = *s;
	return (NULL);
}

static const char *
parse_notify(struct msg *m, uint8_t type, struct span *s)
{
	struct msg_notify *n;
	uint8_t spilen;

	if (m->m_nnotifies == MSG_MAXNOTIFIES)
		return ("too many notifies");
	n = &m->m_notifies[m->m_nnotifies++];
	if (span_get8(s, &n->mn_proto) == -1 || span_get8(s, &spilen) == -1 ||
	    span_get16(s, &n->mn_type) == -1)
		return ("notify too short");
	if (span_take(s, spilen, &n->mn_spi) == -1)
		return ("notify too short for its SPI");
	n->mn_data = *s;
	return (NULL);
}

static const char *
parse_delete(struct msg *m, uint8_t type, struct span *s)
{
	struct msg_delete *d;

	if (m->m_ndeletes == MSG_MAXDELETES)
		return ("too many DELETE payloads");
	d = &m->m_deletes[m->m_ndeletes++];
	if (span_get8(s, &d->md_proto) == -1 ||
	    span_get8(s, &d->md_spilen) == -1 ||
	    span_get16(s, &d->md_n) == -1)
		return ("DELETE payload too short");
	if ((d->md_proto == IKE_PROTO_IKE && d->md_spilen != 0) ||
	    ((d->md_proto == IKE_PROTO_AH || d->md_proto == IKE_PROTO_ESP) &&
	    d->md_spilen != 4))
		return ("size of the SPIs to delete");
	if (s->s_len != (size_t)d->md_spilen * d->md_n)
		return ("number of the SPIs to delete");
	d->md_spis = *s;
	return (NULL);
}

static int
ts_backwards(const struct ike_ts *ts)
{
	if (memcmp(ts->ts_lo, ts->ts_hi, sizeof(ts->ts_lo)) > 0)
		return (1);
	return (ts->ts_port[0] > ts->ts_port[1] &&
	    (ts->ts_port[0] != TS_PORT_OPAQUE || ts->ts_port[1] != 0));
}

/* One selector; ts_family stays 0 for a type that we do not know. */
static const char *
parse_ts1(struct ike_ts *ts, struct span *s)
{
	struct span body;
	size_t alen;
	uint16_t len;
	uint8_t type;

	if (span_get8(s, &type) == -1 || span_get8(s, &ts->ts_proto) == -1 ||
	    span_get16(s, &len) == -1)
		return ("fewer selectors than the payload says");
	if (len < TS_HDRLEN || span_take(s, len - TS_HDRLEN, &body) == -1)
		return ("length of a selector");
	if (type != IKE_TS_IPV4 && type != IKE_TS_IPV6)
		return (NULL);
	ts->ts_family = type == IKE_TS_IPV4 ? 4 : 6;
	alen = ts->ts_family == 4 ? 4 : 16;
	if (len != TS_LEN(alen))
		return ("length of a selector of this type");
	span_get16(&body, &ts->ts_port[0]);
	span_get16(&body, &ts->ts_port[1]);
	span_get(&body, ts->ts_lo, alen);
	span_get(&body, ts->ts_hi, alen);
	return (ts_backwards(ts) ? "selector ends before it starts" : NULL);
}

static const char *
parse_ts(struct msg *m, uint8_t type, struct span *s)
{
	struct ike_tslist *tl = type == IKE_P_TSI ? &m->m_tsi : &m->m_tsr;
	struct ike_ts *ts;
	struct span unused;
	const char *why;
	uint8_t n;

	if (span_get8(s, &n) == -1 || span_take(s, 3, &unused) == -1)
		return ("TS payload too short");
	if (n == 0)
		return ("no selectors");
	if ((tl->tl_ts = calloc(n, sizeof(*tl->tl_ts))) == NULL)
		return (nomem);
	for (; n > 0; n--) {
		ts = &tl->tl_ts[tl->tl_n];
		memset(ts, 0, sizeof(*ts));
		if ((why = parse_ts1(ts, s)) != NULL)
			return (why);
		if (ts->ts_family != 0)
			tl->tl_n++;
	}
	return (s->s_len == 0 ? NULL : "more selectors than the payload says");
}

/* Known, and of no use to us. */
static const char *
parse_nothing(struct msg *m, uint8_t type, struct span *s)
{
	return (NULL);
}

static const struct payload {
	parser		*p_parse;	/* NULL: unknown */
	int		 p_many;	/* may come more than once */
} payloads[] = {
	[IKE_P_SA]	= { parse_sa, 0 },
	[IKE_P_KE]	= { parse_ke, 0 },
	[IKE_P_IDI]	= { parse_id, 0 },
	[IKE_P_IDR]	= { parse_id, 0 },
	[IKE_P_CERT]	= { parse_cert, 1 },
	[IKE_P_CERTREQ]	= { parse_certreq, 1 },
	[IKE_P_AUTH]	= { parse_auth, 0 },
	[IKE_P_NONCE]	= { parse_nonce, 0 },
	[IKE_P_NOTIFY]	= { parse_notify, 1 },
	[IKE_P_DELETE]	= { parse_delete, 1 },
	[IKE_P_VENDOR]	= { parse_nothing, 1 },
	[IKE_P_TSI]	= { parse_ts, 0 },
	[IKE_P_TSR]	= { parse_ts, 0 },
	[IKE_P_CP]	= { parse_nothing, 1 },
	[IKE_P_EAP]	= { parse_nothing, 1 },
};

/* A walk along the chain. */
struct walk {
	struct msg	*w_msg;
	const uint8_t	*w_base;
	int		 w_inside;	/* of a SK payload */
	size_t		 w_off;
	size_t		 w_end;
	uint8_t		 w_type;	/* of the payload at w_off */
	uint8_t		 w_critical;	/* the one that we do not know */
};

/*
 * SK and SKF end the chain: what their header calls the next payload is
 * inside.
 */
static const char *
walk_sk(struct walk *w, uint8_t next, struct span *s)
{
	struct msg *m = w->w_msg;

	if (w->w_inside)
		return ("SK payload within another");
	if (s->s_data + s->s_len != w->w_base + w->w_end)
		return ("SK payload is not the last");
	if (w->w_type == IKE_P_SKF && (span_get16(s, &m->m_frag) == -1 ||
	    span_get16(s, &m->m_frags) == -1))
		return ("SKF payload too short");
	m->m_skoff = s->s_data - w->w_base;
	m->m_sktype = w->w_type;
	m->m_sknext = next;
	m->m_seen |= 1ULL << (w->w_type - 32);
	w->w_off = w->w_end;
	w->w_type = IKE_P_NONE;
	return (NULL);
}

static const char *
walk_known(struct walk *w, const struct payload *p, struct span *s)
{
	if (!p->p_many && MSG_HAS(w->w_msg, w->w_type))
		return ("payload that may come once comes twice");
	w->w_msg->m_seen |= 1ULL << (w->w_type - 32);
	return (p->p_parse(w->w_msg, w->w_type, s));
}

/* One payload, and on to the next. */
static const char *
walk_payload(struct walk *w)
{
	const struct payload *p = NULL;
	struct span s = { w->w_base, w->w_end }, body;
	const char *why = NULL;
	struct payload_hdr ph;

	span_take(&s, w->w_off, &body);
	if ((why = payload_get(&s, &ph, &body)) != NULL)
		return (why);
	if (w->w_type == IKE_P_SK || w->w_type == IKE_P_SKF)
		return (walk_sk(w, ph.ph_next, &body));
	if (w->w_type < sizeof(payloads) / sizeof(payloads[0]))
		p = &payloads[w->w_type];
	if (p != NULL && p->p_parse != NULL)
		why = walk_known(w, p, &body);
	else if (ph.ph_flags & IKE_P_CRITICAL) {
		w->w_critical = w->w_type;
		why = "unknown payload that is critical";
	}
	w->w_off += ph.ph_len;
	w->w_type = ph.ph_next;
	return (why);
}

int
msg_parse(struct msg *m, uint8_t first, const uint8_t *base, size_t off,
    size_t len, uint8_t *critical, const char **why)
{
	struct walk w = { NULL, base, off == 0, off, off + len, first, 0 };
	unsigned int n;

	memset(m, 0, sizeof(*m));
	w.w_msg = m;
	*critical = 0;
	*why = NULL;
	for (n = 0; w.w_type != IKE_P_NONE && *why == NULL; n++) {
		if (n == MSG_MAXPAYLOADS)
			*why = "too many payloads";
		else
			*why = walk_payload(&w);
	}
	if (*why == NULL && w.w_off != w.w_end)
		*why = "octets behind the last payload";
	if (*why == NULL)
		return (0);
	msg_clear(m);
	if (*why == nomem)
		return (IKE_N_TEMPORARY_FAILURE);
	if (w.w_critical == 0)
		return (IKE_N_INVALID_SYNTAX);
	*critical = w.w_critical;
	return (IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD);
}

void
msg_clear(struct msg *m)
{
	props_clear(&m->m_sa);
	id_clear(&m->m_idi);
	id_clear(&m->m_idr);
	tslist_clear(&m->m_tsi);
	tslist_clear(&m->m_tsr);
	memset(m, 0, sizeof(*m));
}

const struct msg_notify *
msg_notify(const struct msg *m, uint16_t type)
{
	unsigned int i;

	for (i = 0; i < m->m_nnotifies; i++)
		if (m->m_notifies[i].mn_type == type)
			return (&m->m_notifies[i]);
	return (NULL);
}

const struct msg_notify *
msg_error(const struct msg *m)
{
	unsigned int i;

	for (i = 0; i < m->m_nnotifies; i++)
		if (m->m_notifies[i].mn_type < IKE_N_STATUS)
			return (&m->m_notifies[i]);
	return (NULL);
}
