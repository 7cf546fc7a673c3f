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
 * Messages in the making, as extensions in any order or as a request was
 * taken apart, and as one flat message.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>

#include <net/pfkeyvar.h>

void
pfkey_buf_init(struct pfkey_buf *pb, int how)
{
	memset(pb, 0, sizeof(*pb));
	pb->pb_how = how;
}

void
pfkey_buf_free(struct pfkey_buf *pb)
{
	if (pb->pb_data == NULL)
		return;
	explicit_bzero(pb->pb_data, pb->pb_len);
	free(pb->pb_data, M_PFKEY, pb->pb_size);
	pb->pb_data = NULL;
	pb->pb_len = pb->pb_size = 0;
}

static int
pfkey_grow(struct pfkey_buf *pb, size_t need)
{
	struct pfkey_buf old = *pb;

	pb->pb_size = MAX(old.pb_size * 2, roundup(old.pb_len + need, 512));
	pb->pb_data = malloc(pb->pb_size, M_PFKEY, pb->pb_how);
	if (pb->pb_data == NULL) {
		*pb = old;
		pb->pb_error = ENOBUFS;
		return (ENOBUFS);
	}
	if (old.pb_len > 0)
		memcpy(pb->pb_data, old.pb_data, old.pb_len);
	pfkey_buf_free(&old);
	return (0);
}

void *
pfkey_room(struct pfkey_buf *pb, size_t len)
{
	void *p;

	if (pb->pb_error != 0 ||
	    (pb->pb_size - pb->pb_len < len && pfkey_grow(pb, len) != 0))
		return (NULL);
	p = pb->pb_data + pb->pb_len;
	memset(p, 0, len);
	pb->pb_len += len;
	return (p);
}

void
pfkey_begin(struct pfkey_buf *pb, int type, int satype)
{
	struct sadb_msg *msg;

	pb->pb_msg = pb->pb_len;
	memset(pb->pb_ext, 0, sizeof(pb->pb_ext));
	if ((msg = pfkey_room(pb, sizeof(*msg))) == NULL)
		return;
	msg->sadb_msg_version = PF_KEY_V2;
	msg->sadb_msg_type = type;
	msg->sadb_msg_satype = satype;
}

void
pfkey_end(struct pfkey_buf *pb)
{
	struct sadb_msg *msg;

	if (pb->pb_error != 0)
		return;
	msg = (struct sadb_msg *)(pb->pb_data + pb->pb_msg);
	msg->sadb_msg_len = (pb->pb_len - pb->pb_msg) / 8;
}

void *
pfkey_put(struct pfkey_buf *pb, int type, size_t len)
{
	struct sadb_ext *ext;

	len = roundup(len, 8);
	if ((ext = pfkey_room(pb, len)) == NULL)
		return (NULL);
	ext->sadb_ext_len = len / 8;
	ext->sadb_ext_type = type;
	pb->pb_ext[type] = (u_int8_t *)ext - pb->pb_data;
	return (ext);
}

void
pfkey_buf_exts(struct pfkey_buf *pb, void **exts)
{
	int i;

	for (i = 0; i <= SADB_EXT_MAX; i++)
		exts[i] = pb->pb_ext[i] != 0 ? pb->pb_data + pb->pb_ext[i] :
		    NULL;
}

struct sadb_msg *
pfkey_flatten(const struct sadb_msg *hdr, void **exts, uint64_t mask,
    size_t *lenp)
{
	struct sadb_msg *msg;
	struct sadb_ext *ext;
	size_t len = sizeof(*msg);
	int i;

	for (i = 1; i <= SADB_EXT_MAX; i++)
		if ((ext = exts[i]) != NULL && (mask & PFKEY_EXT(i)) != 0)
			len += ext->sadb_ext_len * 8UL;
	msg = malloc(len, M_PFKEY, M_WAITOK);
	*msg = *hdr;
	msg->sadb_msg_len = len / 8;
	*lenp = len;
	len = sizeof(*msg);
	for (i = 1; i <= SADB_EXT_MAX; i++) {
		if ((ext = exts[i]) == NULL || (mask & PFKEY_EXT(i)) == 0)
			continue;
		memcpy((char *)msg + len, ext, ext->sadb_ext_len * 8UL);
		len += ext->sadb_ext_len * 8UL;
	}
	return (msg);
}

void
pfkey_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
	free(p, M_PFKEY, len);
}
