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
 * The kernel's SAs, by PF_KEY version 2.
 *
 * Everyone who has a PF_KEY socket hears every answer, so ours are told by
 * sequence number and process.  An answer that does not come within a second
 * is none: the kernel gives it before the write is over.  A message that
 * found no room is lost, and the next call says ENOBUFS for it: expiry is a
 * help then, not more, and the engine has clocks of its own.
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

#include "kernel.h"
#include "log.h"

#define ANSWER_TIME	1000		/* ms */
#define REQUEST_MAX	4096		/* octets that the kernel takes */
#define MESSAGE_MAX	65536		/* octets of one it sends */
#define IDENT_MAX	255		/* octets, with the NUL */
#define REPLAY_WINDOW	64		/* packets; all that fits the field */
#define SPI_MIN		0x100		/* RFC 4303 2.1 */
#define PAD8(n)		(((n) + 7) & ~(size_t)7)

struct request {
	union {
		struct sadb_msg	msg;
		uint8_t		bytes[REQUEST_MAX];
	};
	size_t	len;
	int	toolong;
};

/* a message that came; keys may be in it */
struct message {
	union {
		struct sadb_msg	msg;
		uint8_t		bytes[MESSAGE_MAX];
	};
	const struct sadb_ext	*ext[SADB_EXT_MAX + 1];
};

/* what is to be deleted */
struct victim {
	uint32_t	 spi;
	struct ike_addr	 src;
	struct ike_addr	 dst;
};

struct kernel {
	int		 k_request;
	int		 k_upcall;
	uint32_t	 k_seq;
	int		 k_saidlost;	/* once is enough */
	struct message	*k_msg;
	void		 (*k_expire)(void *, uint32_t,
			    const struct ike_addr *, int);
	void		*k_arg;
	/* of the dump that is coming in */
	const unsigned int *k_units;
	unsigned int	 k_nunits;
	struct victim	*k_victims;
	unsigned int	 k_nvictims;
};

static const struct {
	uint16_t	ike;
	uint8_t		sadb;
} ciphers[] = {
	{ IKE_ENCR_3DES, SADB_EALG_3DESCBC },
	{ IKE_ENCR_CAST, SADB_X_EALG_CAST },
	{ IKE_ENCR_BLOWFISH, SADB_X_EALG_BLF },
	{ IKE_ENCR_NULL, SADB_EALG_NULL },
	{ IKE_ENCR_AES_CBC, SADB_X_EALG_AES },
	{ IKE_ENCR_AES_CTR, SADB_X_EALG_AESCTR },
	{ IKE_ENCR_AES_GCM_12, SADB_X_EALG_AESGCM12 },
	{ IKE_ENCR_AES_GCM_16, SADB_X_EALG_AESGCM16 },
	{ IKE_ENCR_AES_GMAC, SADB_X_EALG_AESGMAC },
	{ IKE_ENCR_CHACHA20, SADB_X_EALG_CHACHA20POLY1305 },
	{ 0, 0 }
}, hashes[] = {
	{ IKE_INTEG_MD5_96, SADB_AALG_MD5HMAC },
	{ IKE_INTEG_SHA1_96, SADB_AALG_SHA1HMAC },
	{ IKE_INTEG_SHA2_256, SADB_X_AALG_SHA2_256 },
	{ IKE_INTEG_SHA2_384, SADB_X_AALG_SHA2_384 },
	{ IKE_INTEG_SHA2_512, SADB_X_AALG_SHA2_512 },
	{ 0, 0 }
};

/*
 * Requests.
 */

static void
req_begin(struct request *rq, uint8_t type)
{
	rq->len = sizeof(rq->msg);
	rq->toolong = 0;
	memset(&rq->msg, 0, sizeof(rq->msg));
	rq->msg.sadb_msg_version = PF_KEY_V2;
	rq->msg.sadb_msg_type = type;
	rq->msg.sadb_msg_satype = SADB_SATYPE_ESP;
}

/* Zeroed, head filled in.  What is too much is found out when sent. */
static void *
req_ext(struct request *rq, uint16_t type, size_t size)
{
	struct sadb_ext *ext = (void *)(rq->bytes + rq->len);

	size = PAD8(size);
	if (size > sizeof(rq->bytes) - rq->len) {
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

static struct sadb_sa *
req_sa(struct request *rq, uint32_t spi)
{
	struct sadb_sa *sa;

	sa = req_ext(rq, SADB_EXT_SA, sizeof(*sa));
	sa->sadb_sa_spi = htonl(spi);
	sa->sadb_sa_state = SADB_SASTATE_MATURE;
	return (sa);
}

static void
req_addr(struct request *rq, uint16_t type, const struct ike_addr *a)
{
	struct sadb_address *ext;
	struct sockaddr_in *sin;
	struct sockaddr_in6 *sin6;

	if (a->ia_family == 6) {
		ext = req_ext(rq, type, sizeof(*ext) + sizeof(*sin6));
		sin6 = (struct sockaddr_in6 *)(ext + 1);
		sin6->sin6_len = sizeof(*sin6);
		sin6->sin6_family = AF_INET6;
		memcpy(&sin6->sin6_addr, a->ia_addr, 16);
	} else {
		ext = req_ext(rq, type, sizeof(*ext) + sizeof(*sin));
		sin = (struct sockaddr_in *)(ext + 1);
		sin->sin_len = sizeof(*sin);
		sin->sin_family = AF_INET;
		memcpy(&sin->sin_addr, a->ia_addr, 4);
	}
}

/* Seconds count from when the SA was made, used or not. */
static void
req_lifetime(struct request *rq, uint16_t type, uint32_t seconds,
    uint64_t bytes, uint32_t packets)
{
	struct sadb_lifetime *lt;

	if (seconds == 0 && bytes == 0 && packets == 0)
		return;
	lt = req_ext(rq, type, sizeof(*lt));
	lt->sadb_lifetime_addtime = seconds;
	lt->sadb_lifetime_bytes = bytes;
	lt->sadb_lifetime_allocations = packets;
}

static void
req_key(struct request *rq, uint16_t type, const uint8_t *key, size_t len)
{
	struct sadb_key *ext;

	if (len == 0)
		return;
	ext = req_ext(rq, type, sizeof(*ext) + len);
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

	ext = req_ext(rq, type, sizeof(*ext) + len + 1);
	ext->sadb_ident_type = ident_type(id);
	memcpy(ext + 1, name, len);
}

/* Both or none: they are for whoever looks at the SA, the kernel has no
 * use for them. */
static void
req_idents(struct request *rq, const struct ksa *ks)
{
	if (ks->ks_srcid == NULL || ident_type(ks->ks_srcid) == 0 ||
	    ks->ks_dstid == NULL || ident_type(ks->ks_dstid) == 0)
		return;
	req_ident(rq, SADB_EXT_IDENTITY_SRC, ks->ks_srcid);
	req_ident(rq, SADB_EXT_IDENTITY_DST, ks->ks_dstid);
}

static void
req_udpencap(struct request *rq, const struct ksa *ks)
{
	struct sadb_x_udpencap *ext;

	if (!ks->ks_udpencap)
		return;
	ext = req_ext(rq, SADB_X_EXT_UDPENCAP, sizeof(*ext));
	ext->sadb_x_udpencap_port = htons(ks->ks_udpport);
}

static void
req_iface(struct request *rq, const struct ksa *ks)
{
	struct sadb_x_iface *ext;

	ext = req_ext(rq, SADB_X_EXT_IFACE, sizeof(*ext));
	ext->sadb_x_iface_unit = ks->ks_unit;
	ext->sadb_x_iface_direction = ks->ks_out ? IPSP_DIRECTION_OUT :
	    IPSP_DIRECTION_IN;
}

static void
req_which(struct request *rq, uint8_t type, uint32_t spi,
    const struct ike_addr *src, const struct ike_addr *dst)
{
	req_begin(rq, type);
	(void)req_sa(rq, spi);
	req_addr(rq, SADB_EXT_ADDRESS_SRC, src);
	req_addr(rq, SADB_EXT_ADDRESS_DST, dst);
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

static void
lost(struct kernel *k)
{
	if (!k->k_saidlost)
		log_warnx("PF_KEY: messages of the kernel were lost, and with "
		    "them it may be that an SA has expired");
	k->k_saidlost = 1;
}

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
		if (ext->sadb_ext_type <= SADB_EXT_MAX)
			m->ext[ext->sadb_ext_type] = ext;
	}
	return (0);
}

/*
 * The next message, if there is one.  1; 0: none at the moment, or none
 * that can be read; -1: the kernel is gone.
 */
static int
receive(struct kernel *k, int s, struct message *m, int *again)
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
			lost(k);
		return (0);
	}
	*again = 0;
	if (n == -1 && errno == EAGAIN)
		return (0);
	if (n == 0)
		errno = ECONNRESET;
	return (-1);
}

static void
forget(struct message *m)
{
	explicit_bzero(m, sizeof(*m));
}

/* What others were told while we had nothing to ask. */
static int
drain(struct kernel *k)
{
	int again, got;

	do
		got = receive(k, k->k_request, k->k_msg, &again);
	while (again && got != -1);
	return (got == -1 ? -1 : 0);
}

static int	 extaddr(const struct sadb_ext *, struct ike_addr *);

/* A record of a dump: remember it if it is of one of the units. */
static void
collect(struct kernel *k, const struct message *m)
{
	const struct sadb_x_iface *iface = (void *)m->ext[SADB_X_EXT_IFACE];
	const struct sadb_sa *sa = (void *)m->ext[SADB_EXT_SA];
	struct victim v, *p;
	unsigned int i;

	if (iface == NULL || sa == NULL ||
	    extaddr(m->ext[SADB_EXT_ADDRESS_SRC], &v.src) == -1 ||
	    extaddr(m->ext[SADB_EXT_ADDRESS_DST], &v.dst) == -1)
		return;
	for (i = 0; i < k->k_nunits; i++)
		if (k->k_units[i] == iface->sadb_x_iface_unit)
			break;
	if (i == k->k_nunits)
		return;
	v.spi = ntohl(sa->sadb_sa_spi);
	p = reallocarray(k->k_victims, k->k_nvictims + 1, sizeof(*p));
	if (p == NULL) {
		log_warn("PF_KEY: dump");
		return;
	}
	k->k_victims = p;
	k->k_victims[k->k_nvictims++] = v;
}

/* The answer into k_msg: 0 or an errno. */
static int
answer(struct kernel *k, int s, const struct request *rq)
{
	const struct sadb_msg *msg = &k->k_msg->msg;
	struct pollfd pfd = { .fd = s, .events = POLLIN };
	int64_t end = now() + ANSWER_TIME, left;
	int again, got;

	for (;;) {
		got = receive(k, s, k->k_msg, &again);
		if (got == -1)
			return (errno);
		if (got && msg->sadb_msg_pid == rq->msg.sadb_msg_pid) {
			if (msg->sadb_msg_type == SADB_DUMP &&
			    k->k_units != NULL)
				collect(k, k->k_msg);
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

static int
post(struct kernel *k, int s, struct request *rq)
{
	if (rq->toolong)
		return (EMSGSIZE);
	rq->msg.sadb_msg_len = rq->len / 8;
	rq->msg.sadb_msg_seq = ++k->k_seq;
	rq->msg.sadb_msg_pid = getpid();
	if (write(s, rq->bytes, rq->len) == -1)
		return (errno);
	return (0);
}

/*
 * Ask: 0 or an errno, whichever way the kernel tells it.  k_msg has the
 * answer.  An ENOBUFS may be that of an earlier message, so try again.
 */
static int
ask(struct kernel *k, struct request *rq)
{
	int error, tries = 0;

	do {
		if (drain(k) == -1)
			return (errno);
		error = post(k, k->k_request, rq);
	} while (error == ENOBUFS && ++tries < 2);
	if (error == 0)
		error = answer(k, k->k_request, rq);
	return (error);
}

/* The same when nothing of the answer is wanted. */
static int
tell(struct kernel *k, struct request *rq)
{
	int error;

	error = ask(k, rq);
	explicit_bzero(rq, sizeof(*rq));
	forget(k->k_msg);
	return (error);
}

/* 0, or -1: no address there. */
static int
extaddr(const struct sadb_ext *ext, struct ike_addr *a)
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
		memcpy(a->ia_addr,
		    &((const struct sockaddr_in *)sa)->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6 && ext->sadb_ext_len * 8UL >=
	    sizeof(struct sadb_address) + sizeof(struct sockaddr_in6)) {
		a->ia_family = 6;
		memcpy(a->ia_addr,
		    &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	} else
		return (-1);
	return (0);
}

/*
 * The sockets.
 */

static int
open_socket(void)
{
	int s, size = 1024 * 1024;

	if ((s = socket(PF_KEY, SOCK_RAW, PF_KEY_V2)) == -1)
		return (-1);
	/* as large as the kernel will have it: everyone's answers come */
	while (size > 8192 && setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)) == -1)
		size /= 2;
	return (s);
}

/* From now on the kernel knows that s is for ESP. */
static int
enroll(int s)
{
	struct kernel k = { .k_request = s, .k_upcall = -1 };
	struct request rq;
	int error = ENOMEM;

	if ((k.k_msg = calloc(1, sizeof(*k.k_msg))) != NULL) {
		req_begin(&rq, SADB_REGISTER);
		error = ask(&k, &rq);
	}
	freezero(k.k_msg, sizeof(*k.k_msg));
	errno = error;
	return (error == 0 ? 0 : -1);
}

int
kernel_open(int *request, int *upcall)
{
	int error;

	*upcall = -1;
	if ((*request = open_socket()) != -1 &&
	    (*upcall = open_socket()) != -1 && enroll(*upcall) == 0)
		return (0);
	error = errno;
	if (*request != -1)
		close(*request);
	if (*upcall != -1)
		close(*upcall);
	*request = *upcall = -1;
	errno = error;
	return (-1);
}

struct kernel *
kernel_new(int request, int upcall, void (*expire)(void *, uint32_t,
    const struct ike_addr *, int), void *arg)
{
	struct kernel *k;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return (NULL);
	if ((k->k_msg = calloc(1, sizeof(*k->k_msg))) == NULL) {
		free(k);
		return (NULL);
	}
	k->k_request = request;
	k->k_upcall = upcall;
	k->k_expire = expire;
	k->k_arg = arg;
	return (k);
}

void
kernel_free(struct kernel *k)
{
	if (k == NULL)
		return;
	close(k->k_request);
	close(k->k_upcall);
	freezero(k->k_msg, sizeof(*k->k_msg));
	free(k);
}

static void
expired(struct kernel *k, const struct message *m)
{
	const struct sadb_sa *sa = (void *)m->ext[SADB_EXT_SA];
	int hard = m->ext[SADB_EXT_LIFETIME_HARD] != NULL;
	struct ike_addr dst;

	if (m->msg.sadb_msg_satype != SADB_SATYPE_ESP || sa == NULL ||
	    (!hard && m->ext[SADB_EXT_LIFETIME_SOFT] == NULL) ||
	    extaddr(m->ext[SADB_EXT_ADDRESS_DST], &dst) == -1)
		return;
	k->k_expire(k->k_arg, ntohl(sa->sadb_sa_spi), &dst, hard);
}

/* Who only reads may never be told by a read. */
static void
look_for_lost(struct kernel *k)
{
	socklen_t len = sizeof(int);
	int error;

	if (getsockopt(k->k_upcall, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
	    error == ENOBUFS)
		lost(k);
}

int
kernel_input(struct kernel *k)
{
	/* expire may ask the kernel something, which takes k_msg */
	struct message *m;
	int again, got, any = 0;

	if ((m = malloc(sizeof(*m))) == NULL)
		return (0);
	do {
		got = receive(k, k->k_upcall, m, &again);
		any |= got == 1;
		if (got == 1 && m->msg.sadb_msg_type == SADB_EXPIRE)
			expired(k, m);
	} while (again && got != -1);
	freezero(m, sizeof(*m));
	if (any && got != -1)
		look_for_lost(k);
	return (got == -1 ? -1 : 0);
}

/*
 * SAs.
 */

int
kernel_getspi(struct kernel *k, const struct ksa *ks, uint32_t *spi)
{
	struct sadb_spirange *range;
	const struct sadb_sa *sa;
	struct request rq;
	int error;

	req_begin(&rq, SADB_GETSPI);
	req_addr(&rq, SADB_EXT_ADDRESS_SRC, &ks->ks_src);
	req_addr(&rq, SADB_EXT_ADDRESS_DST, &ks->ks_dst);
	range = req_ext(&rq, SADB_EXT_SPIRANGE, sizeof(*range));
	range->sadb_spirange_min = SPI_MIN;
	range->sadb_spirange_max = UINT32_MAX;
	if ((error = ask(k, &rq)) != 0)
		return (error);
	if ((sa = (void *)k->k_msg->ext[SADB_EXT_SA]) == NULL)
		return (EPROTO);
	*spi = ntohl(sa->sadb_sa_spi);
	return (0);
}

static int
algorithms(const struct ksa *ks, struct sadb_sa *sa)
{
	unsigned int i;

	for (i = 0; ciphers[i].ike != 0; i++)
		if (ciphers[i].ike == ks->ks_encr.xf_id)
			sa->sadb_sa_encrypt = ciphers[i].sadb;
	for (i = 0; hashes[i].ike != 0; i++)
		if (hashes[i].ike == ks->ks_integ.xf_id)
			sa->sadb_sa_auth = hashes[i].sadb;
	if (sa->sadb_sa_encrypt == 0 ||
	    (sa->sadb_sa_auth == 0) != (ks->ks_integ.xf_id == 0))
		return (EPROTONOSUPPORT);
	return (0);
}

/* Its errors say little: what the owner of the machine can do about it. */
static void
complain(const struct ksa *ks, int error)
{
	if (error == EOPNOTSUPP)
		log_warnx("the kernel refuses ESP: is net.inet.esp.enable 1?");
	else if (error == EINVAL && ks->ks_udpencap)
		log_warnx("the kernel refuses SA 0x%08x, encapsulated in UDP: "
		    "is net.inet.esp.udpencap 1, and does it have the "
		    "algorithms (encryption %u, integrity %u)?", ks->ks_spi,
		    ks->ks_encr.xf_id, ks->ks_integ.xf_id);
	else if (error == EINVAL || error == EPROTONOSUPPORT)
		log_warnx("the kernel refuses SA 0x%08x: does it have the "
		    "algorithms (encryption %u, integrity %u)?", ks->ks_spi,
		    ks->ks_encr.xf_id, ks->ks_integ.xf_id);
}

int
kernel_addsa(struct kernel *k, const struct ksa *ks)
{
	struct sadb_sa *sa;
	struct request rq;
	int error;

	req_begin(&rq, ks->ks_larval ? SADB_UPDATE : SADB_ADD);
	sa = req_sa(&rq, ks->ks_spi);
	sa->sadb_sa_replay = REPLAY_WINDOW;
	sa->sadb_sa_flags = SADB_X_SAFLAGS_TUNNEL |
	    (ks->ks_esn ? SADB_X_SAFLAGS_ESN : 0) |
	    (ks->ks_udpencap ? SADB_X_SAFLAGS_UDPENCAP : 0);
	error = algorithms(ks, sa);
	req_addr(&rq, SADB_EXT_ADDRESS_SRC, &ks->ks_src);
	req_addr(&rq, SADB_EXT_ADDRESS_DST, &ks->ks_dst);
	req_lifetime(&rq, SADB_EXT_LIFETIME_SOFT, ks->ks_soft_s,
	    ks->ks_soft_bytes, ks->ks_soft_packets);
	req_lifetime(&rq, SADB_EXT_LIFETIME_HARD, ks->ks_hard_s,
	    ks->ks_hard_bytes, ks->ks_hard_packets);
	req_udpencap(&rq, ks);
	req_key(&rq, SADB_EXT_KEY_ENCRYPT, ks->ks_ekey, ks->ks_ekeylen);
	if (ks->ks_integ.xf_id != 0)
		req_key(&rq, SADB_EXT_KEY_AUTH, ks->ks_akey, ks->ks_akeylen);
	req_idents(&rq, ks);
	req_iface(&rq, ks);
	if (error == 0)
		error = tell(k, &rq);
	explicit_bzero(&rq, sizeof(rq));
	complain(ks, error);
	return (error);
}

/*
 * There is no request that ends the encapsulation of a live SA: a flag that
 * is missing says nothing.
 */
int
kernel_movesa(struct kernel *k, const struct ksa *old, const struct ksa *new)
{
	struct sadb_sa *sa;
	struct request rq;

	if (old->ks_udpencap && !new->ks_udpencap)
		return (EOPNOTSUPP);
	req_begin(&rq, SADB_UPDATE);
	sa = req_sa(&rq, old->ks_spi);
	sa->sadb_sa_flags = SADB_X_SAFLAGS_TUNNEL |
	    (new->ks_udpencap ? SADB_X_SAFLAGS_UDPENCAP : 0);
	req_addr(&rq, SADB_EXT_ADDRESS_SRC, &new->ks_src);
	req_addr(&rq, SADB_EXT_ADDRESS_DST, &old->ks_dst);
	if (!addr_same(&old->ks_dst, &new->ks_dst))
		req_addr(&rq, SADB_EXT_ADDRESS_PROXY, &new->ks_dst);
	req_udpencap(&rq, new);
	return (tell(k, &rq));
}

int
kernel_delsa(struct kernel *k, const struct ksa *ks)
{
	struct request rq;

	req_which(&rq, SADB_DELETE, ks->ks_spi, &ks->ks_src, &ks->ks_dst);
	return (tell(k, &rq));
}

int
kernel_statsa(struct kernel *k, const struct ksa *ks, struct ksa_stat *kt)
{
	const struct sadb_lifetime *cur, *used;
	const struct sadb_x_counter *cnt;
	struct request rq;
	int error;

	memset(kt, 0, sizeof(*kt));
	req_which(&rq, SADB_GET, ks->ks_spi, &ks->ks_src, &ks->ks_dst);
	if ((error = ask(k, &rq)) == 0) {
		cur = (void *)k->k_msg->ext[SADB_EXT_LIFETIME_CURRENT];
		used = (void *)k->k_msg->ext[SADB_X_EXT_LIFETIME_LASTUSE];
		cnt = (void *)k->k_msg->ext[SADB_X_EXT_COUNTER];
		if (cur != NULL)
			kt->kt_bytes = cur->sadb_lifetime_bytes;
		/* the allocations of the lifetime are not packets */
		if (cnt != NULL)
			kt->kt_packets = ks->ks_out ?
			    cnt->sadb_x_counter_opackets :
			    cnt->sadb_x_counter_ipackets;
		if (used != NULL)
			kt->kt_lastuse = used->sadb_lifetime_usetime;
	}
	forget(k->k_msg);
	return (error);
}

/*
 * A dump says nothing at all if there is nothing, so ask for an SA that
 * cannot be afterwards: its answer is the end.  0; ENOBUFS: there are more
 * than there is room for; or another errno.
 */
static int
dump(struct kernel *k)
{
	static const struct ike_addr nowhere = { .ia_family = 4 };
	struct request rq;
	int error, full;

	if (drain(k) == -1)
		return (errno);
	req_begin(&rq, SADB_DUMP);
	if ((full = post(k, k->k_request, &rq)) != 0 && full != ENOBUFS)
		return (full);
	req_which(&rq, SADB_GET, 1, &nowhere, &nowhere);
	if ((error = post(k, k->k_request, &rq)) == 0)
		error = answer(k, k->k_request, &rq);
	forget(k->k_msg);
	return (error == ESRCH || full == ENOBUFS ? full : error);
}

static unsigned int
delete_victims(struct kernel *k)
{
	struct request rq;
	unsigned int i, n = 0;

	for (i = 0; i < k->k_nvictims; i++) {
		req_which(&rq, SADB_DELETE, k->k_victims[i].spi,
		    &k->k_victims[i].src, &k->k_victims[i].dst);
		if (tell(k, &rq) == 0)
			n++;
	}
	free(k->k_victims);
	k->k_victims = NULL;
	k->k_nvictims = 0;
	return (n);
}

/* Twice as much room, or -1. */
static int
more_room(int s)
{
	socklen_t len = sizeof(int);
	int size;

	if (getsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, &len) == -1)
		return (-1);
	size *= 2;
	return (setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
}

/* What is left of a dump that is too large for the socket comes with the
 * next one, if room can be made. */
unsigned int
kernel_flush(struct kernel *k, const unsigned int *units, unsigned int n)
{
	unsigned int deleted = 0, more;
	int error;

	if (n == 0)
		return (0);
	do {
		k->k_units = units;
		k->k_nunits = n;
		error = dump(k);
		k->k_units = NULL;
		more = delete_victims(k);
		deleted += more;
	} while (error == ENOBUFS &&
	    (more_room(k->k_request) == 0 || more > 0));
	if (error != 0) {
		errno = error;
		log_warn("PF_KEY: not all SAs could be looked at");
	}
	return (deleted);
}
