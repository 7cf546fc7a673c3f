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
 * The requests to the ca process and its answers, as octets between
 * processes.  The asker reads what peers sent, so the reader here believes
 * nothing: on -1 there is nothing to clear.
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include "auth.h"

static int
get_buf(struct span *s, struct buf *b)
{
	struct span part;

	if (span_getsized(s, &part) == -1)
		return (-1);
	buf_put(b, part.s_data, part.s_len);
	return (b->b_failed ? -1 : 0);
}

static void
put_id(struct buf *b, const struct ike_id *id)
{
	buf_put8(b, id->id_type);
	buf_putsized(b, id->id_data, id->id_len);
}

/* Not id_copy(): what is wrong with an identity is for ca_verify() to say. */
static int
get_id(struct span *s, struct ike_id *id)
{
	struct span part;

	if (span_get8(s, &id->id_type) == -1 ||
	    span_getsized(s, &part) == -1 || part.s_len > UINT16_MAX)
		return (-1);
	if (part.s_len == 0)
		return (0);
	if ((id->id_data = malloc(part.s_len)) == NULL)
		return (-1);
	memcpy(id->id_data, part.s_data, part.s_len);
	id->id_len = part.s_len;
	return (0);
}

static void
put_certs(struct buf *b, const struct auth_cert *certs, unsigned int n)
{
	unsigned int i;

	buf_put8(b, n);
	for (i = 0; i < n; i++) {
		buf_put8(b, certs[i].ac_encoding);
		buf_putsized(b, certs[i].ac_data.b_data,
		    certs[i].ac_data.b_len);
	}
}

static int
get_certs(struct span *s, struct auth_cert *certs, unsigned int *n)
{
	uint8_t count;

	if (span_get8(s, &count) == -1 || count > AUTH_MAXCERTS)
		return (-1);
	for (*n = 0; *n < count; ) {
		if (span_get8(s, &certs[*n].ac_encoding) == -1)
			return (-1);
		(*n)++;
		if (get_buf(s, &certs[*n - 1].ac_data) == -1)
			return (-1);
	}
	return (0);
}

static void
clear_certs(struct auth_cert *certs, unsigned int n)
{
	while (n > 0)
		buf_clear(&certs[--n].ac_data);
}

static int
get_auth(struct span *s, enum conf_auth *auth)
{
	uint8_t v;

	if (span_get8(s, &v) == -1 || v > CONF_AUTH_RFC7427)
		return (-1);
	*auth = v;
	return (0);
}

/* Whether it is well, and why not. */
static int
get_verdict(struct span *s, int *ok, char **why)
{
	uint8_t v;

	if (span_get8(s, &v) == -1 || v > 1 || (*why = span_getstr(s)) == NULL)
		return (-1);
	*ok = v;
	if ((*why)[0] == '\0') {
		free(*why);
		*why = NULL;
	}
	return (0);
}

void
sign_req_put(struct buf *b, const struct sign_req *sr)
{
	buf_put64(b, sr->sr_id);
	buf_put32(b, sr->sr_policy);
	buf_put8(b, sr->sr_auth);
	put_id(b, &sr->sr_self);
	buf_put16(b, sr->sr_prf);
	buf_put32(b, sr->sr_hashes);
	buf_putsized(b, sr->sr_octets.b_data, sr->sr_octets.b_len);
	put_certs(b, sr->sr_reqs, sr->sr_nreqs);
}

int
sign_req_get(struct span *s, struct sign_req *sr)
{
	memset(sr, 0, sizeof(*sr));
	if (span_get64(s, &sr->sr_id) == -1 ||
	    span_get32(s, &sr->sr_policy) == -1 ||
	    get_auth(s, &sr->sr_auth) == -1 ||
	    get_id(s, &sr->sr_self) == -1 ||
	    span_get16(s, &sr->sr_prf) == -1 ||
	    span_get32(s, &sr->sr_hashes) == -1 ||
	    get_buf(s, &sr->sr_octets) == -1 ||
	    get_certs(s, sr->sr_reqs, &sr->sr_nreqs) == -1) {
		sign_req_clear(sr);
		return (-1);
	}
	return (0);
}

void
sign_req_clear(struct sign_req *sr)
{
	id_clear(&sr->sr_self);
	buf_clear(&sr->sr_octets);
	clear_certs(sr->sr_reqs, sr->sr_nreqs);
	memset(sr, 0, sizeof(*sr));
}

void
sign_res_put(struct buf *b, const struct sign_res *ss)
{
	buf_put64(b, ss->ss_id);
	buf_put8(b, ss->ss_ok != 0);
	buf_putstr(b, ss->ss_why);
	buf_put8(b, ss->ss_method);
	buf_putsized(b, ss->ss_auth.b_data, ss->ss_auth.b_len);
	put_certs(b, ss->ss_certs, ss->ss_ncerts);
}

int
sign_res_get(struct span *s, struct sign_res *ss)
{
	memset(ss, 0, sizeof(*ss));
	if (span_get64(s, &ss->ss_id) == -1 ||
	    get_verdict(s, &ss->ss_ok, &ss->ss_why) == -1 ||
	    span_get8(s, &ss->ss_method) == -1 ||
	    get_buf(s, &ss->ss_auth) == -1 ||
	    get_certs(s, ss->ss_certs, &ss->ss_ncerts) == -1) {
		sign_res_clear(ss);
		return (-1);
	}
	return (0);
}

void
sign_res_clear(struct sign_res *ss)
{
	buf_clear(&ss->ss_auth);
	clear_certs(ss->ss_certs, ss->ss_ncerts);
	free(ss->ss_why);
	memset(ss, 0, sizeof(*ss));
}

void
verify_req_put(struct buf *b, const struct verify_req *vr)
{
	buf_put64(b, vr->vr_id);
	buf_put32(b, vr->vr_policy);
	buf_put8(b, vr->vr_auth);
	put_id(b, &vr->vr_peer);
	buf_put16(b, vr->vr_prf);
	buf_put8(b, vr->vr_method);
	buf_putsized(b, vr->vr_auth_data.b_data, vr->vr_auth_data.b_len);
	buf_putsized(b, vr->vr_octets.b_data, vr->vr_octets.b_len);
	put_certs(b, vr->vr_certs, vr->vr_ncerts);
}

int
verify_req_get(struct span *s, struct verify_req *vr)
{
	memset(vr, 0, sizeof(*vr));
	if (span_get64(s, &vr->vr_id) == -1 ||
	    span_get32(s, &vr->vr_policy) == -1 ||
	    get_auth(s, &vr->vr_auth) == -1 ||
	    get_id(s, &vr->vr_peer) == -1 ||
	    span_get16(s, &vr->vr_prf) == -1 ||
	    span_get8(s, &vr->vr_method) == -1 ||
	    get_buf(s, &vr->vr_auth_data) == -1 ||
	    get_buf(s, &vr->vr_octets) == -1 ||
	    get_certs(s, vr->vr_certs, &vr->vr_ncerts) == -1) {
		verify_req_clear(vr);
		return (-1);
	}
	return (0);
}

void
verify_req_clear(struct verify_req *vr)
{
	id_clear(&vr->vr_peer);
	buf_clear(&vr->vr_auth_data);
	buf_clear(&vr->vr_octets);
	clear_certs(vr->vr_certs, vr->vr_ncerts);
	memset(vr, 0, sizeof(*vr));
}

void
verify_res_put(struct buf *b, const struct verify_res *vs)
{
	buf_put64(b, vs->vs_id);
	buf_put8(b, vs->vs_ok != 0);
	buf_putstr(b, vs->vs_why);
}

int
verify_res_get(struct span *s, struct verify_res *vs)
{
	memset(vs, 0, sizeof(*vs));
	if (span_get64(s, &vs->vs_id) == -1 ||
	    get_verdict(s, &vs->vs_ok, &vs->vs_why) == -1) {
		verify_res_clear(vs);
		return (-1);
	}
	return (0);
}

void
verify_res_clear(struct verify_res *vs)
{
	free(vs->vs_why);
	memset(vs, 0, sizeof(*vs));
}
