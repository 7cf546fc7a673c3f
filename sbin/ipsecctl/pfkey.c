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
 * Messages to the kernel, and its answers.
 */
#include <net/pfkeyv2.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ipsecctl.h"

#define ANSWER_TIME	10		/* s */
#define PAD8(n)		(((n) + 7) & ~(size_t)7)

/* all that a request may be */
struct request {
	union {
		struct sadb_msg	msg;
		uint64_t	words[512];
		uint8_t		bytes[4096];
	};
	size_t	len;
};

static int	 sock = -1;
static uint32_t	 seq;

static void
buffer_size(int s, int size)
{
	/* As large as the kernel will have it: everyone's answers come. */
	while (size > 8192 && setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)) == -1)
		size /= 2;
}

static int
pfkey_socket(void)
{
	int s;

	if ((s = socket(PF_KEY, SOCK_RAW, PF_KEY_V2)) == -1)
		err(1, "PF_KEY socket%s", errno == EACCES || errno == EPERM ?
		    " (only root may)" : "");
	buffer_size(s, 256 * 1024);
	return (s);
}

void
pfkey_open(void)
{
	if (sock == -1)
		sock = pfkey_socket();
}

void
pfkey_close(void)
{
	if (sock != -1)
		close(sock);
	sock = -1;
}

static void
req_begin(struct request *rq, uint8_t type, uint8_t satype)
{
	rq->len = sizeof(rq->msg);
	memset(&rq->msg, 0, sizeof(rq->msg));
	rq->msg.sadb_msg_version = PF_KEY_V2;
	rq->msg.sadb_msg_type = type;
	rq->msg.sadb_msg_satype = satype;
	rq->msg.sadb_msg_seq = ++seq;
	rq->msg.sadb_msg_pid = getpid();
}

/*
 * Room for an extension with its tail, zeroed, head filled in.  The
 * largest request is far below the room there is; identities are at most
 * 255 bytes, keys 256.
 */
static void *
req_ext(struct request *rq, uint16_t type, size_t size)
{
	struct sadb_ext *ext = (void *)(rq->bytes + rq->len);

	size = PAD8(size);
	if (size > sizeof(rq->bytes) - rq->len)
		errx(1, "PF_KEY message longer than %zu bytes",
		    sizeof(rq->bytes));
	memset(ext, 0, size);
	ext->sadb_ext_len = size / 8;
	ext->sadb_ext_type = type;
	rq->len += size;
	return (ext);
}

static void
req_addr(struct request *rq, uint16_t type, const struct addr *a,
    uint16_t port)
{
	struct sadb_address *sa;
	struct addr copy = *a;

	if (a->sa.sa_family == AF_INET)
		copy.in4.sin_port = port;
	else
		copy.in6.sin6_port = port;
	sa = req_ext(rq, type, sizeof(*sa) + a->sa.sa_len);
	memcpy(sa + 1, &copy.sa, a->sa.sa_len);
}

static void
req_mask(struct request *rq, uint16_t type, const struct addr *a,
    uint16_t port)
{
	struct addr mask;

	addr_mask(a, &mask);
	req_addr(rq, type, &mask, port != 0 ? 0xffff : 0);
}

static void
req_key(struct request *rq, uint16_t type, const struct key *key)
{
	struct sadb_key *k;

	if (key->data == NULL)
		return;
	k = req_ext(rq, type, sizeof(*k) + key->len);
	k->sadb_key_bits = key->len * 8;
	memcpy(k + 1, key->data, key->len);
}

static void
req_ident(struct request *rq, uint16_t type, const struct ident *id)
{
	struct sadb_ident *i;

	if (id->type == 0)
		return;
	i = req_ext(rq, type, sizeof(*i) + strlen(id->name) + 1);
	i->sadb_ident_type = id->type;
	memcpy(i + 1, id->name, strlen(id->name));
}

static void
req_protocol(struct request *rq, uint16_t type, uint8_t proto, uint8_t dir,
    uint8_t flags)
{
	struct sadb_protocol *p;

	p = req_ext(rq, type, sizeof(*p));
	p->sadb_protocol_proto = proto;
	p->sadb_protocol_direction = dir;
	p->sadb_protocol_flags = flags;
}

static struct sadb_sa *
req_spi(struct request *rq, uint16_t type, uint32_t spi)
{
	struct sadb_sa *sa;

	sa = req_ext(rq, type, sizeof(*sa));
	sa->sadb_sa_spi = htonl(spi);
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	return (sa);
}

static void
req_sa(struct request *rq, const struct rule *r)
{
	struct sadb_sa *sa;

	sa = req_spi(rq, SADB_EXT_SA, r->spi);
	if (r->satype == SADB_SATYPE_ESP || r->satype == SADB_SATYPE_AH)
		sa->sadb_sa_replay = 64;
	if (r->auth != NULL)
		sa->sadb_sa_auth = r->auth->id;
	if (r->enc != NULL)
		sa->sadb_sa_encrypt = r->enc->id;
	if (r->comp != NULL)
		sa->sadb_sa_encrypt = r->comp->id;
	if (r->tunnel)
		sa->sadb_sa_flags |= SADB_X_SAFLAGS_TUNNEL;
	if (r->esn)
		sa->sadb_sa_flags |= SADB_X_SAFLAGS_ESN;
	if (r->udpencap)
		sa->sadb_sa_flags |= SADB_X_SAFLAGS_UDPENCAP;
}

static void
build_add(struct request *rq, const struct rule *r)
{
	struct sadb_x_udpencap *udp;
	struct sadb_x_iface *iface;

	req_begin(rq, SADB_ADD, r->satype);
	req_sa(rq, r);
	req_addr(rq, SADB_EXT_ADDRESS_SRC, &r->src, 0);
	req_addr(rq, SADB_EXT_ADDRESS_DST, &r->dst, 0);
	req_key(rq, SADB_EXT_KEY_AUTH, &r->authkey);
	req_key(rq, SADB_EXT_KEY_ENCRYPT, &r->enckey);
	if (r->udpencap) {
		udp = req_ext(rq, SADB_X_EXT_UDPENCAP, sizeof(*udp));
		udp->sadb_x_udpencap_port = r->udpport;
	}
	if (r->hasiface) {
		iface = req_ext(rq, SADB_X_EXT_IFACE, sizeof(*iface));
		iface->sadb_x_iface_unit = r->iface;
		iface->sadb_x_iface_direction = r->dir;
	}
}

static void
build_delete(struct request *rq, const struct rule *r)
{
	req_begin(rq, SADB_DELETE, r->satype);
	req_spi(rq, SADB_EXT_SA, r->spi);
	req_addr(rq, SADB_EXT_ADDRESS_SRC, &r->src, 0);
	req_addr(rq, SADB_EXT_ADDRESS_DST, &r->dst, 0);
}

static void
build_flow(struct request *rq, const struct rule *r, int delete)
{
	req_begin(rq, delete ? SADB_X_DELFLOW : SADB_X_ADDFLOW, r->satype);
	req_protocol(rq, SADB_X_EXT_FLOW_TYPE, r->flowtype, r->dir,
	    SADB_X_POLICYFLAGS_POLICY);
	if (r->hasproto)
		req_protocol(rq, SADB_X_EXT_PROTOCOL, r->proto, 0, 0);
	req_addr(rq, SADB_X_EXT_SRC_FLOW, &r->src, r->sport);
	req_mask(rq, SADB_X_EXT_SRC_MASK, &r->src, r->sport);
	req_addr(rq, SADB_X_EXT_DST_FLOW, &r->dst, r->dport);
	req_mask(rq, SADB_X_EXT_DST_MASK, &r->dst, r->dport);
	if (delete)
		return;
	if (r->haslocal)
		req_addr(rq, SADB_EXT_ADDRESS_SRC, &r->local, 0);
	if (r->haspeer)
		req_addr(rq, SADB_EXT_ADDRESS_DST, &r->peer, 0);
	req_ident(rq, SADB_EXT_IDENTITY_SRC, &r->srcid);
	req_ident(rq, SADB_EXT_IDENTITY_DST, &r->dstid);
}

static void
build_bundle(struct request *rq, const struct rule *r)
{
	req_begin(rq, SADB_X_GRPSPIS, r->satype);
	req_spi(rq, SADB_EXT_SA, r->spi);
	req_addr(rq, SADB_EXT_ADDRESS_DST, &r->dst, 0);
	req_spi(rq, SADB_X_EXT_SA2, r->spi2);
	req_addr(rq, SADB_X_EXT_DST2, &r->peer, 0);
	req_protocol(rq, SADB_X_EXT_SATYPE2, r->satype2, 0, 0);
}

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000);
}

/*
 * The message that answers the request, among those for everyone else.
 * Its bytes, in buf, or 0 if the kernel never answers.
 */
static size_t
wait_answer(int s, const struct request *rq, void *buf, size_t size)
{
	const struct sadb_msg *msg = buf;
	struct pollfd pfd = { .fd = s, .events = POLLIN };
	int64_t end = now() + ANSWER_TIME * 1000, left;
	ssize_t n;

	while ((left = end - now()) > 0) {
		if (poll(&pfd, 1, left) == -1 && errno != EINTR)
			err(1, "poll");
		if (!(pfd.revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		n = recv(s, buf, size, MSG_DONTWAIT);
		if (n == 0)
			errx(1, "PF_KEY socket: the kernel is gone");
		if (n == -1 && errno != EAGAIN && errno != EINTR &&
		    errno != ENOBUFS)
			err(1, "PF_KEY socket");
		if (n < (ssize_t)sizeof(*msg))
			continue;
		if (msg->sadb_msg_version == PF_KEY_V2 &&
		    msg->sadb_msg_type == rq->msg.sadb_msg_type &&
		    msg->sadb_msg_pid == rq->msg.sadb_msg_pid &&
		    msg->sadb_msg_seq == rq->msg.sadb_msg_seq)
			return (n);
	}
	return (0);
}

/*
 * 0 or an error, whether write() or a message tells it.  The answer's bytes
 * go into answer, if it is wanted.
 */
static int
transact(int s, struct request *rq, void *answer, size_t *size)
{
	static union {
		struct sadb_msg	msg;
		uint8_t		bytes[65536];
	} buf;
	size_t n;

	rq->msg.sadb_msg_len = rq->len / 8;
	if (write(s, rq->bytes, rq->len) == -1)
		return (errno);
	if ((n = wait_answer(s, rq, buf.bytes, sizeof(buf.bytes))) == 0)
		return (ETIMEDOUT);
	if (buf.msg.sadb_msg_errno != 0)
		return (buf.msg.sadb_msg_errno);
	if (answer != NULL) {
		if (n > *size)
			n = *size;
		memcpy(answer, buf.bytes, n);
		*size = n;
	}
	return (0);
}

/* Is the algorithm in the list that REGISTER answered? */
static int
supports(const struct sadb_ext *ext, const struct alg *alg)
{
	const struct sadb_supported *sup = (const void *)ext;
	const struct sadb_alg *a;
	size_t i, n;

	if (ext == NULL || alg == NULL)
		return (1);
	a = (const void *)(sup + 1);
	n = (sup->sadb_supported_len * 8 - sizeof(*sup)) / sizeof(*a);
	for (i = 0; i < n; i++)
		if (a[i].sadb_alg_id == alg->id)
			return (1);
	return (0);
}

/* Of an SA that was refused, the algorithm that the kernel has not. */
static const char *
unsupported(const struct rule *r)
{
	static union {
		struct sadb_msg	msg;
		uint8_t		bytes[4096];
	} list;
	static size_t size;
	static int have;
	struct request rq;
	struct extmap map;
	int s;

	/* Who registers gets acquires, so not on the socket for answers. */
	if (have == 0) {
		have = -1;
		size = sizeof(list);
		s = pfkey_socket();
		req_begin(&rq, SADB_REGISTER, SADB_SATYPE_ESP);
		if (transact(s, &rq, list.bytes, &size) == 0)
			have = 1;
		close(s);
	}
	if (have == -1 || dump_map(&list.msg, size, &map) == -1)
		return (NULL);
	if (!supports(map.ext[SADB_EXT_SUPPORTED_ENCRYPT], r->enc))
		return (r->enc->name);
	if (!supports(map.ext[SADB_EXT_SUPPORTED_AUTH], r->auth))
		return (r->auth->name);
	return (NULL);
}

static const char *
reason_sa(const struct rule *r, int delete, int error)
{
	static char msg[256];
	const char *alg;

	snprintf(msg, sizeof(msg), "spi 0x%08x to %s: ", r->spi,
	    addr_str(&r->dst));
	if (error == ESRCH && delete)
		strlcat(msg, "there is no such SA", sizeof(msg));
	else if (error == EEXIST)
		strlcat(msg, "there is such an SA: delete it first (-d), or "
		    "flush all (-F)", sizeof(msg));
	else if (error == EINVAL && !delete &&
	    (alg = unsupported(r)) != NULL) {
		strlcat(msg, "kernel does not support ", sizeof(msg));
		strlcat(msg, alg, sizeof(msg));
	} else if (error == EINVAL && r->udpencap)
		strlcat(msg, "kernel does not accept it (is "
		    "net.inet.esp.udpencap 1?)", sizeof(msg));
	else if (error == EINVAL)
		strlcat(msg, "kernel does not accept such an SA", sizeof(msg));
	else
		strlcat(msg, strerror(error), sizeof(msg));
	return (msg);
}

static const char *
reason(const struct rule *r, int delete, int error)
{
	static char msg[128];

	if (error == ETIMEDOUT)
		return ("the kernel did not answer");
	if (error == EOPNOTSUPP) {
		snprintf(msg, sizeof(msg), "kernel does not support %s%s",
		    r->type == RULE_FLOW ? "flows of " :
		    r->type == RULE_BUNDLE ? "bundles of " : "",
		    satype_name(r->satype));
		return (msg);
	}
	if (r->type == RULE_SA)
		return (reason_sa(r, delete, error));
	if (r->type == RULE_FLOW && error == ESRCH && delete)
		return ("there is no such flow");
	if (error == EINVAL) {
		snprintf(msg, sizeof(msg), "kernel does not accept such a %s",
		    r->type == RULE_FLOW ? "flow" : "bundle");
		return (msg);
	}
	return (strerror(error));
}

const char *
pfkey_rule(const struct rule *r, int delete)
{
	struct request rq;
	int error;

	/* A bundle goes with its SAs. */
	if (r->type == RULE_BUNDLE && delete)
		return (NULL);
	if (r->type == RULE_BUNDLE)
		build_bundle(&rq, r);
	else if (r->type == RULE_FLOW)
		build_flow(&rq, r, delete);
	else if (delete)
		build_delete(&rq, r);
	else
		build_add(&rq, r);
	error = transact(sock, &rq, NULL, NULL);
	explicit_bzero(&rq, sizeof(rq));
	return (error == 0 ? NULL : reason(r, delete, error));
}

void
pfkey_flush(void)
{
	struct request rq;

	req_begin(&rq, SADB_FLUSH, SADB_SATYPE_UNSPEC);
	if ((errno = transact(sock, &rq, NULL, NULL)) != 0)
		err(1, "flush");
}

/*
 * A monitor that falls behind loses messages: the kernel tells when.
 */
void
pfkey_monitor(int opts)
{
	static union {
		struct sadb_msg	msg;
		uint8_t		bytes[65536];
	} buf;
	ssize_t n;
	int s;

	s = pfkey_socket();
	buffer_size(s, 1024 * 1024);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (;;) {
		n = recv(s, buf.bytes, sizeof(buf.bytes), 0);
		if (n == -1 && errno == ENOBUFS) {
			warnx("too slow: messages lost");
			continue;
		}
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			err(1, "PF_KEY socket");
		if (n == 0)
			errx(1, "PF_KEY socket: the kernel is gone");
		dump_msg(&buf.msg, n, opts);
		explicit_bzero(&buf, n);
	}
}
