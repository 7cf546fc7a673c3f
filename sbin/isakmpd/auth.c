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
 * Requests to the ca and its answers, as octets between processes.  Who asks
 * reads what peers sent, so the reader here believes nothing; on -1 there is
 * nothing to clear.
 */
#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include "auth.h"

static void
put_certs(struct buf *b, unsigned int n, const struct auth_cert *ac)
{
	buf_put8(b, n);
	for (; n > 0; n--, ac++) {
		buf_put8(b, ac->ac_encoding);
		buf_putsized(b, ac->ac_data.b_data, ac->ac_data.b_len);
	}
}

/* Octets, at most so many. */
static int
get_octets(struct span *s, struct buf *b, size_t max)
{
	struct span part;

	if (span_getsized(s, &part) == -1 || part.s_len > max)
		return (-1);
	buf_put(b, part.s_data, part.s_len);
	return (b->b_failed ? -1 : 0);
}

static int
get_certs(struct span *s, unsigned int *n, struct auth_cert *ac)
{
	uint8_t count;

	if (span_get8(s, &count) == -1 || count > AUTH_MAXCERTS)
		return (-1);
	for (*n = 0; *n < count; (*n)++, ac++)
		if (span_get8(s, &ac->ac_encoding) == -1 ||
		    get_octets(s, &ac->ac_data, V1_MAXMSG) == -1) {
			(*n)++;
			return (-1);
		}
	return (0);
}

static void
clear_certs(unsigned int n, struct auth_cert *ac)
{
	for (; n > 0; n--, ac++)
		buf_clear(&ac->ac_data);
}

/* What is wrong with an identity is for the ca to say. */
static int
get_id(struct span *s, struct ike_id *id)
{
	struct span part;

	if (span_get8(s, &id->id_type) == -1 ||
	    span_getsized(s, &part) == -1 || part.s_len > V1_MAXMSG)
		return (-1);
	if (part.s_len == 0)
		return (0);
	if ((id->id_data = malloc(part.s_len)) == NULL)
		return (-1);
	memcpy(id->id_data, part.s_data, part.s_len);
	id->id_len = part.s_len;
	return (0);
}

void
auth_req_put(struct buf *b, const struct auth_req *ar)
{
	buf_put64(b, ar->ar_asker);
	buf_put8(b, ar->ar_kind);
	buf_put32(b, ar->ar_peer);
	buf_put16(b, ar->ar_alg);
	buf_putsized(b, ar->ar_ni.b_data, ar->ar_ni.b_len);
	buf_putsized(b, ar->ar_nr.b_data, ar->ar_nr.b_len);
	buf_put8(b, ar->ar_id.id_type);
	buf_putsized(b, ar->ar_id.id_data, ar->ar_id.id_len);
	buf_putsized(b, ar->ar_hash.b_data, ar->ar_hash.b_len);
	buf_putsized(b, ar->ar_sig.b_data, ar->ar_sig.b_len);
	put_certs(b, ar->ar_ncerts, ar->ar_certs);
}

int
auth_req_get(struct span *s, struct auth_req *ar)
{
	uint32_t peer;
	uint8_t kind;

	memset(ar, 0, sizeof(*ar));
	if (span_get64(s, &ar->ar_asker) == -1 ||
	    span_get8(s, &kind) == -1 || kind < AUTH_SKEYID ||
	    kind > AUTH_VERIFY || span_get32(s, &peer) == -1 ||
	    span_get16(s, &ar->ar_alg) == -1 ||
	    get_octets(s, &ar->ar_ni, V1_MAXMSG) == -1 ||
	    get_octets(s, &ar->ar_nr, V1_MAXMSG) == -1 ||
	    get_id(s, &ar->ar_id) == -1 ||
	    get_octets(s, &ar->ar_hash, HASH_MAX) == -1 ||
	    get_octets(s, &ar->ar_sig, V1_MAXMSG) == -1 ||
	    get_certs(s, &ar->ar_ncerts, ar->ar_certs) == -1) {
		auth_req_clear(ar);
		return (-1);
	}
	ar->ar_kind = kind;
	ar->ar_peer = peer;
	return (0);
}

void
auth_req_clear(struct auth_req *ar)
{
	buf_clear(&ar->ar_ni);
	buf_clear(&ar->ar_nr);
	id_clear(&ar->ar_id);
	buf_clear(&ar->ar_hash);
	buf_clear(&ar->ar_sig);
	clear_certs(ar->ar_ncerts, ar->ar_certs);
	memset(ar, 0, sizeof(*ar));
}

void
auth_res_put(struct buf *b, const struct auth_res *as)
{
	buf_put64(b, as->as_asker);
	buf_put8(b, as->as_kind);
	buf_put8(b, as->as_ok != 0);
	buf_putsized(b, as->as_data.b_data, as->as_data.b_len);
	put_certs(b, as->as_ncerts, as->as_certs);
	buf_put8(b, as->as_why != NULL);
	if (as->as_why != NULL)
		buf_putstr(b, as->as_why);
}

int
auth_res_get(struct span *s, struct auth_res *as)
{
	uint8_t kind, ok, why = 0;

	memset(as, 0, sizeof(*as));
	if (span_get64(s, &as->as_asker) == -1 ||
	    span_get8(s, &kind) == -1 || kind < AUTH_SKEYID ||
	    kind > AUTH_VERIFY || span_get8(s, &ok) == -1 ||
	    get_octets(s, &as->as_data, V1_MAXMSG) == -1 ||
	    get_certs(s, &as->as_ncerts, as->as_certs) == -1 ||
	    span_get8(s, &why) == -1 ||
	    (why && (as->as_why = span_getstr(s)) == NULL)) {
		auth_res_clear(as);
		return (-1);
	}
	as->as_kind = kind;
	as->as_ok = ok != 0;
	return (0);
}

void
auth_res_clear(struct auth_res *as)
{
	buf_clear(&as->as_data);
	clear_certs(as->as_ncerts, as->as_certs);
	free(as->as_why);
	memset(as, 0, sizeof(*as));
}
