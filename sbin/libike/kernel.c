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
 * The kernel's SAs, by PF_KEY version 2: the sockets, and what is asked of
 * an SA.
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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_var.h"
#include "log.h"

#define REPLAY_WINDOW	64		/* packets; all that fits the field */
#define SPI_MIN		0x100		/* RFC 4303 2.1 */

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

/*
 * From now on the kernel knows that s is for ESP, and for AH if it has that:
 * who is not registered is not asked for SAs.
 */
static int
enroll(int s)
{
	struct kernel k = { .k_request = s, .k_upcall = -1 };
	struct request rq;
	int error = ENOMEM;

	if ((k.k_msg = calloc(1, sizeof(*k.k_msg))) != NULL) {
		kmsg_begin(&rq, SADB_REGISTER, SADB_SATYPE_AH);
		(void)kmsg_ask(&k, &rq);
		kmsg_begin(&rq, SADB_REGISTER, SADB_SATYPE_ESP);
		if ((error = kmsg_ask(&k, &rq)) == 0)
			kalg_learn(k.k_msg);
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
kernel_onacquire(struct kernel *k,
    void (*acquire)(void *, const struct kacquire *))
{
	k->k_acquire = acquire;
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

/* AH and ESP have SPIs of their own, but k_expire is told the number alone:
 * 32 random bits will do to tell one from the other. */
static void
expired(struct kernel *k, const struct message *m)
{
	const struct sadb_sa *sa = (void *)m->ext[SADB_EXT_SA];
	int hard = m->ext[SADB_EXT_LIFETIME_HARD] != NULL;
	struct ike_addr dst;

	if ((m->msg.sadb_msg_satype != SADB_SATYPE_ESP &&
	    m->msg.sadb_msg_satype != SADB_SATYPE_AH) || sa == NULL ||
	    (!hard && m->ext[SADB_EXT_LIFETIME_SOFT] == NULL) ||
	    kmsg_getaddr(m->ext[SADB_EXT_ADDRESS_DST], &dst) == -1)
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
		kmsg_lost(k);
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
		got = kmsg_receive(k, k->k_upcall, m, &again);
		any |= got == 1;
		if (got == 1 && m->msg.sadb_msg_type == SADB_EXPIRE)
			expired(k, m);
		else if (got == 1 && m->msg.sadb_msg_type == SADB_ACQUIRE &&
		    k->k_acquire != NULL)
			kflow_acquired(k, m);
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

	kmsg_begin(&rq, SADB_GETSPI, kmsg_satype(ks->ks_proto));
	kmsg_addr(&rq, SADB_EXT_ADDRESS_SRC, &ks->ks_src);
	kmsg_addr(&rq, SADB_EXT_ADDRESS_DST, &ks->ks_dst);
	range = kmsg_ext(&rq, SADB_EXT_SPIRANGE, sizeof(*range));
	range->sadb_spirange_min = SPI_MIN;
	range->sadb_spirange_max = UINT32_MAX;
	if ((error = kmsg_ask(k, &rq)) != 0)
		return (error);
	if ((sa = (void *)k->k_msg->ext[SADB_EXT_SA]) == NULL)
		return (EPROTO);
	*spi = ntohl(sa->sadb_sa_spi);
	return (0);
}

static void
req_udpencap(struct request *rq, const struct ksa *ks)
{
	struct sadb_x_udpencap *ext;

	if (!ks->ks_udpencap)
		return;
	ext = kmsg_ext(rq, SADB_X_EXT_UDPENCAP, sizeof(*ext));
	ext->sadb_x_udpencap_port = htons(ks->ks_udpport);
}

static void
req_iface(struct request *rq, const struct ksa *ks)
{
	struct sadb_x_iface *ext;

	ext = kmsg_ext(rq, SADB_X_EXT_IFACE, sizeof(*ext));
	ext->sadb_x_iface_unit = ks->ks_unit;
	ext->sadb_x_iface_direction = ks->ks_out ? IPSP_DIRECTION_OUT :
	    IPSP_DIRECTION_IN;
}

/* Of two SAs with a peer the policy wants its own. */
static void
req_selectors(struct request *rq, const struct ksa *ks)
{
	if (!ks->ks_nounit || ks->ks_selfts == NULL ||
	    kmsg_noselectors(ks->ks_selfts, ks->ks_peerts) != NULL)
		return;
	kmsg_selectors(rq, ks->ks_selfts, ks->ks_peerts, ks->ks_out ?
	    IPSP_DIRECTION_OUT : IPSP_DIRECTION_IN);
}

static void
req_keys(struct request *rq, const struct ksa *ks)
{
	if (ks->ks_proto != IKE_PROTO_AH)
		kmsg_key(rq, SADB_EXT_KEY_ENCRYPT, ks->ks_ekey,
		    ks->ks_ekeylen);
	if (ks->ks_integ.xf_id != 0)
		kmsg_key(rq, SADB_EXT_KEY_AUTH, ks->ks_akey, ks->ks_akeylen);
}

/* Only what PF_KEY cannot name is refused here: what the kernel has, it
 * knows best. */
static int
algorithms(const struct ksa *ks, struct sadb_sa *sa)
{
	int ah = ks->ks_proto == IKE_PROTO_AH;

	sa->sadb_sa_encrypt = ah ? 0 : kalg_cipher(&ks->ks_encr);
	sa->sadb_sa_auth = kalg_mac(&ks->ks_integ);
	if ((!ah && sa->sadb_sa_encrypt == 0) ||
	    (sa->sadb_sa_auth == 0 && (ah || ks->ks_integ.xf_id != 0)))
		return (EPROTONOSUPPORT);
	return (0);
}

static uint32_t
saflags(const struct ksa *ks)
{
	return ((ks->ks_transport ? 0 : SADB_X_SAFLAGS_TUNNEL) |
	    (ks->ks_udpencap ? SADB_X_SAFLAGS_UDPENCAP : 0));
}

int
kernel_addsa(struct kernel *k, const struct ksa *ks)
{
	struct sadb_sa *sa;
	struct request rq;
	int error;

	kmsg_begin(&rq, ks->ks_larval ? SADB_UPDATE : SADB_ADD,
	    kmsg_satype(ks->ks_proto));
	sa = kmsg_sa(&rq, ks->ks_spi);
	sa->sadb_sa_replay = REPLAY_WINDOW;
	sa->sadb_sa_flags = saflags(ks) |
	    (ks->ks_esn ? SADB_X_SAFLAGS_ESN : 0);
	error = algorithms(ks, sa);
	kmsg_addr(&rq, SADB_EXT_ADDRESS_SRC, &ks->ks_src);
	kmsg_addr(&rq, SADB_EXT_ADDRESS_DST, &ks->ks_dst);
	kmsg_lifetime(&rq, SADB_EXT_LIFETIME_SOFT, ks->ks_soft_s,
	    ks->ks_soft_bytes, ks->ks_soft_packets);
	kmsg_lifetime(&rq, SADB_EXT_LIFETIME_HARD, ks->ks_hard_s,
	    ks->ks_hard_bytes, ks->ks_hard_packets);
	req_udpencap(&rq, ks);
	req_keys(&rq, ks);
	kmsg_idents(&rq, ks->ks_srcid, ks->ks_dstid);
	req_selectors(&rq, ks);
	if (ks->ks_tag != NULL)
		kmsg_tag(&rq, ks->ks_tag);
	if (!ks->ks_nounit)
		req_iface(&rq, ks);
	if (error == 0)
		error = kmsg_tell(k, &rq);
	explicit_bzero(&rq, sizeof(rq));
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
	kmsg_begin(&rq, SADB_UPDATE, kmsg_satype(old->ks_proto));
	sa = kmsg_sa(&rq, old->ks_spi);
	sa->sadb_sa_flags = saflags(new);
	kmsg_addr(&rq, SADB_EXT_ADDRESS_SRC, &new->ks_src);
	kmsg_addr(&rq, SADB_EXT_ADDRESS_DST, &old->ks_dst);
	if (!addr_same(&old->ks_dst, &new->ks_dst))
		kmsg_addr(&rq, SADB_EXT_ADDRESS_PROXY, &new->ks_dst);
	req_udpencap(&rq, new);
	return (kmsg_tell(k, &rq));
}

int
kernel_delsa(struct kernel *k, const struct ksa *ks)
{
	struct request rq;

	kmsg_which(&rq, SADB_DELETE, kmsg_satype(ks->ks_proto), ks->ks_spi,
	    &ks->ks_src, &ks->ks_dst);
	return (kmsg_tell(k, &rq));
}

int
kernel_statsa(struct kernel *k, const struct ksa *ks, struct ksa_stat *kt)
{
	const struct sadb_lifetime *cur, *used;
	const struct sadb_x_counter *cnt;
	struct request rq;
	int error;

	memset(kt, 0, sizeof(*kt));
	kmsg_which(&rq, SADB_GET, kmsg_satype(ks->ks_proto), ks->ks_spi,
	    &ks->ks_src, &ks->ks_dst);
	if ((error = kmsg_ask(k, &rq)) == 0) {
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
	kmsg_forget(k->k_msg);
	return (error);
}

/*
 * What was left behind.
 */

/* Is it of one of the units, or if there are none an orphan? */
static int
is_victim(struct kernel *k, const struct message *m)
{
	const struct sadb_x_iface *iface = (void *)m->ext[SADB_X_EXT_IFACE];
	unsigned int i;

	if (k->k_units == NULL)
		return (iface == NULL && m->ext[SADB_EXT_IDENTITY_SRC] != NULL);
	if (iface == NULL)
		return (0);
	for (i = 0; i < k->k_nunits; i++)
		if (k->k_units[i] == iface->sadb_x_iface_unit)
			return (1);
	return (0);
}

/* A record of a dump: remember it if it is to go. */
static void
collect(struct kernel *k, const struct message *m)
{
	const struct sadb_sa *sa = (void *)m->ext[SADB_EXT_SA];
	struct victim v, *p;

	if (sa == NULL || !is_victim(k, m) ||
	    kmsg_getaddr(m->ext[SADB_EXT_ADDRESS_SRC], &v.src) == -1 ||
	    kmsg_getaddr(m->ext[SADB_EXT_ADDRESS_DST], &v.dst) == -1)
		return;
	v.satype = m->msg.sadb_msg_satype;
	v.spi = ntohl(sa->sadb_sa_spi);
	p = reallocarray(k->k_victims, k->k_nvictims + 1, sizeof(*p));
	if (p == NULL) {
		log_warn("PF_KEY: dump");
		return;
	}
	k->k_victims = p;
	k->k_victims[k->k_nvictims++] = v;
}

/*
 * A dump says nothing at all if there is nothing, so ask for an SA that
 * cannot be afterwards: its answer is the end.  0; ENOBUFS: there are more
 * than there is room for; or another errno.
 */
static int
dump(struct kernel *k, uint8_t satype)
{
	static const struct ike_addr nowhere = { .ia_family = 4 };
	struct request rq;
	int error, full;

	if (kmsg_drain(k) == -1)
		return (errno);
	kmsg_begin(&rq, SADB_DUMP, satype);
	if ((full = kmsg_post(k, &rq)) != 0 && full != ENOBUFS)
		return (full);
	kmsg_which(&rq, SADB_GET, SADB_SATYPE_ESP, 1, &nowhere, &nowhere);
	if ((error = kmsg_post(k, &rq)) == 0)
		error = kmsg_answer(k, &rq);
	kmsg_forget(k->k_msg);
	return (error == ESRCH || full == ENOBUFS ? full : error);
}

static unsigned int
delete_victims(struct kernel *k)
{
	struct request rq;
	unsigned int i, n = 0;

	for (i = 0; i < k->k_nvictims; i++) {
		kmsg_which(&rq, SADB_DELETE, k->k_victims[i].satype,
		    k->k_victims[i].spi, &k->k_victims[i].src,
		    &k->k_victims[i].dst);
		if (kmsg_tell(k, &rq) == 0)
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
static unsigned int
flush_type(struct kernel *k, uint8_t satype, const unsigned int *units,
    unsigned int n)
{
	unsigned int deleted = 0, more;
	int error;

	do {
		k->k_units = units;
		k->k_nunits = n;
		k->k_record = collect;
		error = dump(k, satype);
		k->k_record = NULL;
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

unsigned int
kernel_flush(struct kernel *k, const unsigned int *units, unsigned int n)
{
	return (n == 0 ? 0 : flush_type(k, SADB_SATYPE_ESP, units, n));
}

unsigned int
kernel_orphans(struct kernel *k)
{
	return (flush_type(k, SADB_SATYPE_ESP, NULL, 0) +
	    flush_type(k, SADB_SATYPE_AH, NULL, 0));
}
