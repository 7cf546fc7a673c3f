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
 * Messages of PF_KEY: making requests, and finding the answers to them.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <net/pfkeyv2.h>
#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel_var.h"
#include "log.h"

#define ANSWER_TIME	1000		/* ms */
#define IDENT_MAX	255		/* octets, with the NUL */
#define KEY_MAX		1024		/* octets, far above any key */
#define PAD8(n)		(((n) + 7) & ~(size_t)7)

/*
 * Requests.
 */

uint8_t
kmsg_satype(uint8_t proto)
{
	return (proto == IKE_PROTO_AH ? SADB_SATYPE_AH : SADB_SATYPE_ESP);
}

void
kmsg_begin(struct request *rq, uint8_t type, uint8_t satype)
{
	rq->len = sizeof(rq->msg);
	rq->toolong = 0;
	memset(&rq->msg, 0, sizeof(rq->msg));
	rq->msg.sadb_msg_version = PF_KEY_V2;
	rq->msg.sadb_msg_type = type;
	rq->msg.sadb_msg_satype = satype;
}

/* What is too much goes over what was there already: nothing is sent. */
void *
kmsg_ext(struct request *rq, uint16_t type, size_t size)
{
	struct sadb_ext *ext = (void *)(rq->bytes + rq->len);

	size = PAD8(size);
	if (rq->toolong || size > sizeof(rq->bytes) - rq->len) {
		rq->toolong = 1;
		rq->len = sizeof(rq->msg);
		ext = (void *)(rq->bytes + rq->len);
	}
	memset(ext, 0, size);
	ext->sadb_ext_len = size / 8;
	ext->sadb_ext_type = type;
	rq->len += size;
	return (ext);
}

struct sadb_sa *
kmsg_sa(struct request *rq, uint32_t spi)
{
	struct sadb_sa *sa;

	sa = kmsg_ext(rq, SADB_EXT_SA, sizeof(*sa));
	sa->sadb_sa_spi = htonl(spi);
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	return (sa);
}

void
kmsg_sockaddr(struct request *rq, uint16_t type, uint8_t family,
    const uint8_t *addr, uint16_t port)
{
	struct sadb_address *ext;
	struct sockaddr_in *sin;
	struct sockaddr_in6 *sin6;

	if (family == 6) {
		ext = kmsg_ext(rq, type, sizeof(*ext) + sizeof(*sin6));
		sin6 = (struct sockaddr_in6 *)(ext + 1);
		sin6->sin6_len = sizeof(*sin6);
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = htons(port);
		memcpy(&sin6->sin6_addr, addr, 16);
	} else {
		ext = kmsg_ext(rq, type, sizeof(*ext) + sizeof(*sin));
		sin = (struct sockaddr_in *)(ext + 1);
		sin->sin_len = sizeof(*sin);
		sin->sin_family = AF_INET;
		sin->sin_port = htons(port);
		memcpy(&sin->sin_addr, addr, 4);
	}
}

void
kmsg_addr(struct request *rq, uint16_t type, const struct ike_addr *a)
{
	kmsg_sockaddr(rq, type, a->ia_family, a->ia_addr, 0);
}

/* Seconds count from when the SA was made, used or not. */
void
kmsg_lifetime(struct request *rq, uint16_t type, uint32_t seconds,
    uint64_t bytes, uint32_t packets)
{
	struct sadb_lifetime *lt;

	if (seconds == 0 && bytes == 0 && packets == 0)
		return;
	lt = kmsg_ext(rq, type, sizeof(*lt));
	lt->sadb_lifetime_addtime = seconds;
	lt->sadb_lifetime_bytes = bytes;
	lt->sadb_lifetime_allocations = packets;
}

void
kmsg_key(struct request *rq, uint16_t type, const uint8_t *key, size_t len)
{
	struct sadb_key *ext;

	if (len == 0)
		return;
	if (len > KEY_MAX) {
		rq->toolong = 1;
		return;
	}
	ext = kmsg_ext(rq, type, sizeof(*ext) + len);
	ext->sadb_key_bits = len * 8;
	memcpy(ext + 1, key, len);
}

static uint16_t
ident_type(const struct ike_id *id)
{
	switch (id->id_type) {
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		return (SADB_IDENTTYPE_PREFIX);
	case IKE_ID_FQDN:
		return (SADB_IDENTTYPE_FQDN);
	case IKE_ID_UFQDN:
		return (SADB_IDENTTYPE_USERFQDN);
	case IKE_ID_DN:
		return (SADB_IDENTTYPE_ASN1_DN);
	}
	return (SADB_IDENTTYPE_RESERVED);
}

static void
req_ident(struct request *rq, uint16_t type, const struct ike_id *id)
{
	const char *name = id_print(id);
	size_t len = strnlen(name, IDENT_MAX - 1);
	struct sadb_ident *ext;

	ext = kmsg_ext(rq, type, sizeof(*ext) + len + 1);
	ext->sadb_ident_type = ident_type(id);
	memcpy(ext + 1, name, len);
}

/* Both or none: who looks at the SA sees them, and a policy that has them
 * takes SAs with the same alone. */
void
kmsg_idents(struct request *rq, const struct ike_id *src,
    const struct ike_id *dst)
{
	if (src == NULL || ident_type(src) == 0 || dst == NULL ||
	    ident_type(dst) == 0)
		return;
	req_ident(rq, SADB_EXT_IDENTITY_SRC, src);
	req_ident(rq, SADB_EXT_IDENTITY_DST, dst);
}

/* The kernel refuses one that is longer than a name of pf(4), so one octet
 * more than that is enough to tell it. */
void
kmsg_tag(struct request *rq, const char *name)
{
	size_t len = strnlen(name, TAG_MAX + 1);
	struct sadb_x_tag *ext;

	ext = kmsg_ext(rq, SADB_X_EXT_TAG, sizeof(*ext) + len + 1);
	ext->sadb_x_tag_taglen = len + 1;
	memcpy(ext + 1, name, len);
}

void
kmsg_which(struct request *rq, uint8_t type, uint8_t satype, uint32_t spi,
    const struct ike_addr *src, const struct ike_addr *dst)
{
	kmsg_begin(rq, type, satype);
	(void)kmsg_sa(rq, spi);
	kmsg_addr(rq, SADB_EXT_ADDRESS_SRC, src);
	kmsg_addr(rq, SADB_EXT_ADDRESS_DST, dst);
}

/* 0, or -1: no address there. */
int
kmsg_getaddr(const struct sadb_ext *ext, struct ike_addr *a)
{
	const struct sockaddr *sa;

	memset(a, 0, sizeof(*a));
	if (ext == NULL || ext->sadb_ext_len * 8UL <
	    sizeof(struct sadb_address) + sizeof(struct sockaddr_in))
		return (-1);
	sa = (const void *)((const struct sadb_address *)(const void *)ext +
	    1);
	if (sa->sa_family == AF_INET) {
		a->ia_family = 4;
		a->ia_port =
		    ntohs(((const struct sockaddr_in *)sa)->sin_port);
		memcpy(a->ia_addr,
		    &((const struct sockaddr_in *)sa)->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6 && ext->sadb_ext_len * 8UL >=
	    sizeof(struct sadb_address) + sizeof(struct sockaddr_in6)) {
		a->ia_family = 6;
		a->ia_port =
		    ntohs(((const struct sockaddr_in6 *)sa)->sin6_port);
		memcpy(a->ia_addr,
		    &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	} else
		return (-1);
	return (0);
}

/*
 * Answers.
 */

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000);
}

void
kmsg_lost(struct kernel *k)
{
	if (!k->k_saidlost)
		log_warnx("PF_KEY: messages of the kernel were lost, and with "
		    "them it may be that an SA has expired");
	k->k_saidlost = 1;
}

/* octets that one has at least, where we look into it */
static const uint8_t minimum[SADB_EXT_MAX + 1] = {
	[SADB_EXT_SA] = sizeof(struct sadb_sa),
	[SADB_EXT_LIFETIME_CURRENT] = sizeof(struct sadb_lifetime),
	[SADB_X_EXT_LIFETIME_LASTUSE] = sizeof(struct sadb_lifetime),
	[SADB_X_EXT_COUNTER] = sizeof(struct sadb_x_counter),
	[SADB_X_EXT_IFACE] = sizeof(struct sadb_x_iface),
	[SADB_X_EXT_PROTOCOL] = sizeof(struct sadb_protocol),
};

/* Where which extension is; -1: the kernel would not say that. */
static int
parse(struct message *m, size_t len)
{
	const struct sadb_ext *ext;
	size_t at, n;

	memset(m->ext, 0, sizeof(m->ext));
	if (len < sizeof(m->msg) || m->msg.sadb_msg_version != PF_KEY_V2 ||
	    m->msg.sadb_msg_len * 8UL != len)
		return (-1);
	for (at = sizeof(m->msg); at < len; at += n) {
		ext = (const void *)(m->bytes + at);
		n = ext->sadb_ext_len * 8UL;
		if (n == 0 || n > len - at)
			return (-1);
		if (ext->sadb_ext_type > SADB_EXT_MAX)
			continue;
		if (n < minimum[ext->sadb_ext_type])
			return (-1);
		m->ext[ext->sadb_ext_type] = ext;
	}
	return (0);
}

int
kmsg_receive(struct kernel *k, int s, struct message *m, int *again)
{
	ssize_t n;

	*again = 1;
	n = recv(s, m->bytes, sizeof(m->bytes), MSG_DONTWAIT);
	if (n > 0)
		return (parse(m, n) == 0);
	if (n == -1 && errno == EINTR)
		return (0);
	if (n == -1 && errno == ENOBUFS) {
		if (s == k->k_upcall)
			kmsg_lost(k);
		return (0);
	}
	*again = 0;
	if (n == -1 && errno == EAGAIN)
		return (0);
	if (n == 0)
		errno = ECONNRESET;
	return (-1);
}

void
kmsg_forget(struct message *m)
{
	explicit_bzero(m, sizeof(*m));
}

/* What others were told while we had nothing to ask. */
int
kmsg_drain(struct kernel *k)
{
	int again, got;

	do
		got = kmsg_receive(k, k->k_request, k->k_msg, &again);
	while (again && got != -1);
	return (got == -1 ? -1 : 0);
}

int
kmsg_answer(struct kernel *k, const struct request *rq)
{
	const struct sadb_msg *msg = &k->k_msg->msg;
	struct pollfd pfd = { .fd = k->k_request, .events = POLLIN };
	int64_t end = now() + ANSWER_TIME, left;
	int again, got;

	for (;;) {
		got = kmsg_receive(k, k->k_request, k->k_msg, &again);
		if (got == -1)
			return (errno);
		if (got && msg->sadb_msg_pid == rq->msg.sadb_msg_pid) {
			if (msg->sadb_msg_type == SADB_DUMP &&
			    k->k_record != NULL)
				k->k_record(k, k->k_msg);
			if (msg->sadb_msg_type == rq->msg.sadb_msg_type &&
			    msg->sadb_msg_seq == rq->msg.sadb_msg_seq)
				return (msg->sadb_msg_errno);
		}
		if ((left = end - now()) <= 0)
			break;
		if (!again && poll(&pfd, 1, left) == -1 && errno != EINTR)
			return (errno);
	}
	log_warnx("PF_KEY: no answer from the kernel in %d ms", ANSWER_TIME);
	return (ETIMEDOUT);
}

int
kmsg_post(struct kernel *k, struct request *rq)
{
	if (rq->toolong)
		return (EMSGSIZE);
	rq->msg.sadb_msg_len = rq->len / 8;
	rq->msg.sadb_msg_seq = ++k->k_seq;
	rq->msg.sadb_msg_pid = getpid();
	if (write(k->k_request, rq->bytes, rq->len) == -1)
		return (errno);
	return (0);
}

/*
 * Ask: 0 or an errno, whichever way the kernel tells it.  k_msg has the
 * answer.  An ENOBUFS may be that of an earlier message, so try again.
 */
int
kmsg_ask(struct kernel *k, struct request *rq)
{
	int error, tries = 0;

	do {
		if (kmsg_drain(k) == -1)
			return (errno);
		error = kmsg_post(k, rq);
	} while (error == ENOBUFS && ++tries < 2);
	if (error == 0)
		error = kmsg_answer(k, rq);
	return (error);
}

/* The same when nothing of the answer is wanted. */
int
kmsg_tell(struct kernel *k, struct request *rq)
{
	int error;

	error = kmsg_ask(k, rq);
	explicit_bzero(rq, sizeof(*rq));
	kmsg_forget(k->k_msg);
	return (error);
}
