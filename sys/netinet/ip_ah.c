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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/malloc.h>
#include <sys/mbuf.h>
#include <sys/mutex.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <net/if.h>
#include <net/if_var.h>
#include <net/pfkeyv2.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_ipsp.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

/*
 * AH, RFC 4302.  The packet is hashed in place, in one contiguous buffer
 * that nobody shares, while the fields that change on the way are 0.
 */
#define AH_STACKHDR	128		/* headers up to here need no memory */

int
ah_attach(void)
{
	return (0);
}

static int
ah_authalg(int sadb)
{
	switch (sadb) {
	case SADB_AALG_SHA1HMAC:
		return (CRYPTO_SHA1_HMAC);
	case SADB_X_AALG_SHA2_256:
		return (CRYPTO_SHA2_256_HMAC);
	case SADB_X_AALG_SHA2_384:
		return (CRYPTO_SHA2_384_HMAC);
	case SADB_X_AALG_SHA2_512:
		return (CRYPTO_SHA2_512_HMAC);
	default:
		return (0);
	}
}

int
ah_init(struct tdb *tdb, const struct xformsw *xf, struct ipsecinit *ii)
{
	const struct auth_hash *auth = auth_hash_find(ah_authalg(
	    ii->ii_authalg));
	struct crypto_params cp;
	int error;

	if (auth == NULL || ii->ii_authkeylen != auth->keysize ||
	    ii->ii_encalg != 0 || ii->ii_enckeylen != 0)
		return (EINVAL);
	memset(&cp, 0, sizeof(cp));
	cp.cp_auth = auth->type;
	cp.cp_authkey = ii->ii_authkey;
	cp.cp_authkeylen = ii->ii_authkeylen;
	cp.cp_icvlen = auth->authsize;
	if ((error = crypto_newsession(&tdb->tdb_session, &cp)) != 0)
		return (error);
	tdb->tdb_xform = xf;
	tdb->tdb_authalgxform = auth;
	tdb->tdb_amxkeylen = ii->ii_authkeylen;
	tdb->tdb_amxkey = ipsec_keydup(ii->ii_authkey, ii->ii_authkeylen);
	return (0);
}

int
ah_zeroize(struct tdb *tdb)
{
	ipsec_keyfree(&tdb->tdb_amxkey, tdb->tdb_amxkeylen);
	crypto_freesession(tdb->tdb_session);
	tdb->tdb_session = NULL;
	return (0);
}

int
ah_hdrsiz(const struct tdb *tdb)
{
	int n = sizeof(struct ah) + tdb->tdb_authalgxform->authsize;

	return (tdb->tdb_dst.sa.sa_family == AF_INET6 ? roundup(n, 8) :
	    roundup(n, 4));
}

/*
 * What changes on the way
 */

/* RFC 4302 appendix A1: those that nobody changes. */
static int
ah_option_fixed(u_int8_t type)
{
	switch (type) {
	case 130:			/* security */
	case 133:			/* extended security */
	case 134:			/* commercial security */
	case 136:			/* stream identifier */
	case 148:			/* router alert */
	case 149:			/* selective directed broadcast */
		return (1);
	default:
		return (0);
	}
}

static int
ah_options4(u_int8_t *cp, int left)
{
	int optlen;

	for (; left > 0; left -= optlen, cp += optlen) {
		optlen = 1;
		if (*cp == IPOPT_EOL)
			return (0);
		if (*cp == IPOPT_NOP)
			continue;
		if (left < 2 || cp[IPOPT_OLEN] < 2 || cp[IPOPT_OLEN] > left)
			return (EINVAL);
		optlen = cp[IPOPT_OLEN];
		if (!ah_option_fixed(*cp))
			memset(cp, 0, optlen);
	}
	return (0);
}

static int
ah_mutable4(u_int8_t *hdr, int len)
{
	struct ip *ip = (struct ip *)hdr;

	ip->ip_tos = 0;
	ip->ip_off = 0;
	ip->ip_ttl = 0;
	ip->ip_sum = 0;
	return (ah_options4(hdr + sizeof(*ip), len - (int)sizeof(*ip)));
}

#ifdef INET6
/* Options that may change en route say so in a bit of their type. */
static int
ah_options6(u_int8_t *cp, int left)
{
	int optlen;

	for (; left > 0; left -= optlen, cp += optlen) {
		optlen = 1;
		if (*cp == IP6OPT_PAD1)
			continue;
		if (left < IP6OPT_MINLEN || cp[1] + IP6OPT_MINLEN > left)
			return (EINVAL);
		optlen = cp[1] + IP6OPT_MINLEN;
		if (*cp & 0x20)
			memset(cp + IP6OPT_MINLEN, 0, cp[1]);
	}
	return (0);
}

/* A source route is hashed as it arrives: then nothing of it is left. */
static int
ah_ext6(u_int8_t *cp, int nxt, int len)
{
	if (nxt == IPPROTO_ROUTING)
		return (((struct ip6_rthdr *)cp)->ip6r_segleft == 0 ? 0 :
		    EINVAL);
	return (ah_options6(cp + sizeof(struct ip6_ext),
	    len - (int)sizeof(struct ip6_ext)));
}

static int
ah_mutable6(u_int8_t *hdr, int len)
{
	struct ip6_hdr *ip6 = (struct ip6_hdr *)hdr;
	struct ip6_ext *ext;
	int error, n, nxt = ip6->ip6_nxt, off = sizeof(*ip6);

	ip6->ip6_flow = 0;
	ip6->ip6_vfc = IPV6_VERSION;
	ip6->ip6_hlim = 0;
	in6_clearscope(&ip6->ip6_src);
	in6_clearscope(&ip6->ip6_dst);
	for (; off < len; off += n, nxt = ext->ip6e_nxt) {
		ext = (struct ip6_ext *)(hdr + off);
		n = (ext->ip6e_len + 1) << 3;
		if (off + n > len)
			return (EINVAL);
		if ((error = ah_ext6(hdr + off, nxt, n)) != 0)
			return (error);
	}
	return (0);
}
#endif

static int
ah_mutable(u_int8_t *hdr, int len, int af)
{
#ifdef INET6
	if (af == AF_INET6)
		return (ah_mutable6(hdr, len));
#endif
	return (ah_mutable4(hdr, len));
}

/*
 * The ICV of a packet of len bytes, whose AH lies at skip and has 0 in its
 * place.  The packet is as before afterwards.  0 or an errno.
 */
static int
ah_hash(struct tdb *tdb, u_int8_t *pkt, int len, int skip, u_int32_t esn,
    u_int8_t *icv)
{
	u_int8_t stack[AH_STACKHDR], *save = stack;
	struct cryptop crp;
	int error;

	if (skip > (int)sizeof(stack) &&
	    (save = malloc(skip, M_XDATA, M_NOWAIT)) == NULL)
		return (ENOMEM);
	memcpy(save, pkt, skip);
	error = ah_mutable(pkt, skip, tdb->tdb_dst.sa.sa_family);
	if (error == 0) {
		crp.crp_session = tdb->tdb_session;
		crp.crp_flags = CRYPTO_F_ENCRYPT;
		if (ipsec_esn(tdb))
			crp.crp_flags |= CRYPTO_F_ESN;
		crp.crp_aad = pkt;
		crp.crp_aadlen = CRYPTO_AAD_LEN;
		crp.crp_iv = crp.crp_data = pkt + CRYPTO_AAD_LEN;
		crp.crp_len = len - CRYPTO_AAD_LEN;
		crp.crp_icv = icv;
		crp.crp_esn = esn;
		error = crypto_invoke(&crp);
	}
	memcpy(pkt, save, skip);
	if (save != stack)
		free(save, M_XDATA, skip);
	return (error);
}

/* 0, or -1 and counted. */
static int
ah_verify(struct tdb *tdb, struct mbuf *m, int skip, u_int32_t esn)
{
	u_int8_t theirs[XFORM_MAXICV], ours[XFORM_MAXICV];
	int alen = tdb->tdb_authalgxform->authsize;
	u_int8_t *icv = mtod(m, u_int8_t *) + skip + sizeof(struct ah);

	memcpy(theirs, icv, alen);
	memset(icv, 0, alen);
	if (ah_hash(tdb, mtod(m, u_int8_t *), m->m_len, skip, esn,
	    ours) != 0) {
		ahstat_inc(ahs_crypto);
		return (-1);
	}
	if (timingsafe_bcmp(ours, theirs, alen) != 0) {
		ahstat_inc(ahs_badauth);
		return (-1);
	}
	return (0);
}

/*
 * Take AH off: the outer header moves up to the payload.  Returns -1 when
 * the packet is to be dropped, the cause being counted.
 */
int
ah_input(struct mbuf **mp, struct tdb *tdb, int skip, int protoff,
    struct netstack *ns)
{
	int ahlen = ah_hdrsiz(tdb);
	u_int32_t esn, seq;
	u_int8_t next;
	struct mbuf *m;
	struct ah *ah;

	if ((*mp)->m_pkthdr.len < skip + ahlen ||
	    (m = *mp = m_contig(*mp, 0, 0, M_DONTWAIT)) == NULL) {
		ahstat_inc(ahs_hdrops);
		return (-1);
	}
	ah = (struct ah *)(mtod(m, caddr_t) + skip);
	if ((ah->ah_hl + 2) << 2 != ahlen) {
		ahstat_inc(ahs_badauthl);
		return (-1);
	}
	next = ah->ah_nh;
	seq = ntohl(ah->ah_rpl);
	if (ipsec_input_seq(tdb, seq, &esn) != 0 ||
	    ah_verify(tdb, m, skip, esn) != 0 ||
	    ipsec_input_commit(tdb, seq, esn, m->m_len - skip - ahlen) != 0)
		return (-1);
	tdbstat_pkt(tdb, tdb_ipackets, tdb_ibytes, m->m_pkthdr.len);
	WRITE_ONCE(tdb->tdb_last_used, gettime());

	memmove(mtod(m, u_int8_t *) + ahlen, mtod(m, u_int8_t *), skip);
	m_adj(m, ahlen);
	*(mtod(m, u_int8_t *) + protoff) = next;
	return (ipsec_common_input_cb(mp, tdb, skip, protoff, ns));
}

/* The length that the outer header will have is part of the hash. */
static void
ah_setlen(struct mbuf *m, int af)
{
	if (af == AF_INET6)
		mtod(m, struct ip6_hdr *)->ip6_plen =
		    htons(m->m_len - sizeof(struct ip6_hdr));
	else
		mtod(m, struct ip *)->ip_len = htons(m->m_len);
}

/* Make room for AH and fill it in but for the ICV. */
static void
ah_insert(struct mbuf *m, struct tdb *tdb, int skip, int protoff,
    u_int64_t seq)
{
	int ahlen = ah_hdrsiz(tdb);
	struct ah *ah;
	u_int8_t *data;

	m->m_data -= ahlen;
	m->m_len += ahlen;
	m->m_pkthdr.len = m->m_len;
	data = mtod(m, u_int8_t *);
	memmove(data, data + ahlen, skip);
	ah = (struct ah *)(data + skip);
	memset(ah, 0, ahlen);
	ah->ah_nh = data[protoff];
	ah->ah_hl = (ahlen >> 2) - 2;
	ah->ah_spi = tdb->tdb_spi;
	ah->ah_rpl = htonl((u_int32_t)seq);
	data[protoff] = IPPROTO_AH;
	ah_setlen(m, tdb->tdb_dst.sa.sa_family);
}

int
ah_output(struct mbuf *m, struct tdb *tdb, int skip, int protoff)
{
	u_int8_t icv[XFORM_MAXICV];
	int rlen = m->m_pkthdr.len - skip, ahlen = ah_hdrsiz(tdb);
	u_int64_t seq;
	int error;

	if (m->m_pkthdr.len + ahlen > IP_MAXPACKET) {
		ahstat_inc(ahs_toobig);
		m_freem(m);
		return (EMSGSIZE);
	}
	if ((m = m_contig(m, ahlen, 0, M_DONTWAIT)) == NULL) {
		ahstat_inc(ahs_hdrops);
		return (ENOBUFS);
	}
	if ((error = ipsec_output_seq(tdb, rlen, &seq)) != 0) {
		m_freem(m);
		return (error);
	}
	ah_insert(m, tdb, skip, protoff, seq);
	error = ah_hash(tdb, mtod(m, u_int8_t *), m->m_len, skip,
	    htonl(seq >> 32), icv);
	if (error != 0) {
		ahstat_inc(ahs_crypto);
		m_freem(m);
		return (error);
	}
	memcpy(mtod(m, u_int8_t *) + skip + sizeof(struct ah), icv,
	    tdb->tdb_authalgxform->authsize);
	ahstat_inc(ahs_output);
	ahstat_add(ahs_obytes, rlen);
	return (ipsp_process_done(m, tdb));
}
