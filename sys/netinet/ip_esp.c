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
#include <netinet/ip_ipsp.h>
#include <netinet/ip_esp.h>
#include <netinet/udp.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

/*
 * ESP, RFC 4303.  Packets are worked on in place, in one contiguous
 * buffer that nobody shares.
 */
#define ESP_HDR		8		/* SPI, sequence number */
#define ESP_TAILROOM	(XFORM_MAXBLOCK + ESP_TRAILER + XFORM_MAXICV)

int
esp_attach(void)
{
	return (0);
}

/* Look the algorithms up and check the keys' lengths; 0 or EINVAL. */
static int
esp_algorithms(struct tdb *tdb, const struct ipsecinit *ii)
{
	const struct enc_xform *enc;
	const struct auth_hash *auth;

	enc = enc_xform_find(pfkeyv2_encalg(ii->ii_encalg));
	if (enc == NULL || !enc_xform_keyok(enc, ii->ii_enckeylen))
		return (EINVAL);
	auth = enc_xform_auth(enc, ii->ii_enckeylen);
	if (auth != NULL) {
		/* it authenticates by itself */
		if (ii->ii_authkeylen != 0)
			return (EINVAL);
	} else if (ii->ii_authalg != 0) {
		auth = auth_hash_find(pfkeyv2_authalg(ii->ii_authalg));
		if (auth == NULL || auth->mac != XFORM_NOMAC ||
		    ii->ii_authkeylen != auth->keysize)
			return (EINVAL);
	}
	if (auth == NULL && ii->ii_encalg == SADB_EALG_NULL)
		return (EINVAL);
	tdb->tdb_encalgxform = enc;
	tdb->tdb_authalgxform = auth;
	tdb->tdb_ivlen = enc->ivsize;
	return (0);
}

int
esp_init(struct tdb *tdb, const struct xformsw *xf, struct ipsecinit *ii)
{
	struct crypto_params cp;
	int error;

	if ((error = esp_algorithms(tdb, ii)) != 0)
		return (error);
	memset(&cp, 0, sizeof(cp));
	cp.cp_enc = tdb->tdb_encalgxform->type;
	cp.cp_enckey = ii->ii_enckey;
	cp.cp_enckeylen = ii->ii_enckeylen;
	cp.cp_authkey = ii->ii_authkey;
	cp.cp_authkeylen = ii->ii_authkeylen;
	if (tdb->tdb_authalgxform != NULL) {
		cp.cp_auth = tdb->tdb_authalgxform->type;
		cp.cp_icvlen = tdb->tdb_authalgxform->authsize;
	}
	if ((error = crypto_newsession(&tdb->tdb_session, &cp)) != 0)
		return (error);
	tdb->tdb_xform = xf;
	tdb->tdb_emxkeylen = ii->ii_enckeylen;
	tdb->tdb_amxkeylen = ii->ii_authkeylen;
	tdb->tdb_emxkey = ipsec_keydup(ii->ii_enckey, ii->ii_enckeylen);
	tdb->tdb_amxkey = ipsec_keydup(ii->ii_authkey, ii->ii_authkeylen);
	return (0);
}

int
esp_zeroize(struct tdb *tdb)
{
	ipsec_keyfree(&tdb->tdb_emxkey, tdb->tdb_emxkeylen);
	ipsec_keyfree(&tdb->tdb_amxkey, tdb->tdb_amxkeylen);
	crypto_freesession(tdb->tdb_session);
	tdb->tdb_session = NULL;
	return (0);
}

static int
esp_icvlen(const struct tdb *tdb)
{
	return (tdb->tdb_authalgxform != NULL ?
	    tdb->tdb_authalgxform->authsize : 0);
}

/* A peer may pad to less than we do. */
static int
esp_align(const struct tdb *tdb)
{
	return (MAX(4, tdb->tdb_encalgxform->blocksize));
}

static int
esp_decrypt(struct tdb *tdb, u_int8_t *esp, int plen, u_int32_t esn)
{
	struct cryptop crp;
	int error;

	crp.crp_session = tdb->tdb_session;
	crp.crp_flags = ipsec_esn(tdb) ? CRYPTO_F_ESN : 0;
	crp.crp_aad = esp;
	crp.crp_aadlen = ESP_HDR;
	crp.crp_iv = esp + ESP_HDR;
	crp.crp_data = crp.crp_iv + tdb->tdb_ivlen;
	crp.crp_len = plen;
	crp.crp_icv = crp.crp_data + plen;
	crp.crp_esn = esn;
	error = crypto_invoke(&crp);
	if (error == EBADMSG)
		espstat_inc(esps_badauth);
	else if (error != 0)
		espstat_inc(esps_crypto);
	return (error);
}

/* Bytes of padding and trailer at the end of the payload, or -1. */
static int
esp_padding(const u_int8_t *data, int plen)
{
	int i, pad = data[plen - ESP_TRAILER];

	if (pad + ESP_TRAILER > plen)
		return (-1);
	data += plen - ESP_TRAILER - pad;
	for (i = 0; i < pad; i++) {
		if (data[i] != i + 1)
			return (-1);
	}
	return (pad + ESP_TRAILER);
}

/*
 * Take ESP off: the outer header moves up to the payload.  Returns -1
 * when the packet is to be dropped, the cause being counted.
 */
int
esp_input(struct mbuf **mp, struct tdb *tdb, int skip, int protoff,
    struct netstack *ns)
{
	int hlen = ESP_HDR + tdb->tdb_ivlen, alen = esp_icvlen(tdb);
	u_int32_t seq, esn;
	u_int8_t *esp, next;
	int plen, trail;
	struct mbuf *m;

	if ((m = *mp = m_contig(*mp, 0, 0, M_DONTWAIT)) == NULL) {
		espstat_inc(esps_hdrops);
		return (-1);
	}
	plen = m->m_pkthdr.len - skip - hlen - alen;
	if (plen < esp_align(tdb) || plen % esp_align(tdb) != 0) {
		espstat_inc(esps_badilen);
		return (-1);
	}
	esp = mtod(m, u_int8_t *) + skip;
	memcpy(&seq, esp + sizeof(u_int32_t), sizeof(seq));
	seq = ntohl(seq);
	if (ipsec_input_seq(tdb, seq, &esn) != 0 ||
	    esp_decrypt(tdb, esp, plen, esn) != 0 ||
	    ipsec_input_commit(tdb, seq, esn, plen) != 0)
		return (-1);
	tdbstat_pkt(tdb, tdb_ipackets, tdb_ibytes, m->m_pkthdr.len);
	WRITE_ONCE(tdb->tdb_last_used, gettime());

	if ((trail = esp_padding(esp + hlen, plen)) == -1) {
		espstat_inc(esps_badenc);
		return (-1);
	}
	next = esp[hlen + plen - 1];
	m_adj(m, -(trail + alen));
	memmove(mtod(m, u_int8_t *) + hlen, mtod(m, u_int8_t *), skip);
	m_adj(m, hlen);
	*(mtod(m, u_int8_t *) + protoff) = next;
	return (ipsec_common_input_cb(mp, tdb, skip, protoff, ns));
}

static int
esp_encrypt(struct tdb *tdb, u_int8_t *esp, int plen, u_int64_t seq)
{
	struct cryptop crp;
	u_int32_t word;

	word = htonl((u_int32_t)seq);
	memcpy(esp, &tdb->tdb_spi, sizeof(word));
	memcpy(esp + sizeof(word), &word, sizeof(word));
	if (tdb->tdb_encalgxform->saltsize > 0)
		memcpy(esp + ESP_HDR, &seq, sizeof(seq));
	else if (tdb->tdb_ivlen > 0)
		arc4random_buf(esp + ESP_HDR, tdb->tdb_ivlen);

	crp.crp_session = tdb->tdb_session;
	crp.crp_flags = CRYPTO_F_ENCRYPT;
	if (ipsec_esn(tdb))
		crp.crp_flags |= CRYPTO_F_ESN;
	crp.crp_aad = esp;
	crp.crp_aadlen = ESP_HDR;
	crp.crp_iv = esp + ESP_HDR;
	crp.crp_data = crp.crp_iv + tdb->tdb_ivlen;
	crp.crp_len = plen;
	crp.crp_icv = crp.crp_data + plen;
	crp.crp_esn = htonl(seq >> 32);
	return (crypto_invoke(&crp));
}

/* Padding 1, 2, 3 ..., its length, the protocol inside. */
static void
esp_trailer(u_int8_t *p, int pad, u_int8_t next)
{
	int i;

	for (i = 1; i <= pad; i++)
		*p++ = i;
	*p++ = pad;
	*p = next;
}

/* The headers before ESP make room; mostly it is the shortest of IPv4. */
static inline void
esp_movehdr(u_int8_t *to, const u_int8_t *from, int skip)
{
	struct ip ip;

	if (skip == sizeof(ip)) {
		memcpy(&ip, from, sizeof(ip));
		memcpy(to, &ip, sizeof(ip));
	} else
		memmove(to, from, skip);
}

int
esp_output(struct mbuf *m, struct tdb *tdb, int skip, int protoff)
{
	int hlen = ESP_HDR + tdb->tdb_ivlen, alen = esp_icvlen(tdb);
	int rlen = m->m_pkthdr.len - skip;
	int pad = -(rlen + ESP_TRAILER) & (tdb->tdb_encalgxform->padsize - 1);
	int plen = rlen + pad + ESP_TRAILER, error;
	int ulen = ISSET(READ_ONCE(tdb->tdb_flags), TDBF_UDPENCAP) ?
	    sizeof(struct udphdr) : 0;
	u_int64_t seq;
	u_int8_t *data;

	if (skip + ulen + hlen + plen + alen > IP_MAXPACKET) {
		espstat_inc(esps_toobig);
		m_freem(m);
		return (EMSGSIZE);
	}
	if ((m = m_contig(m, hlen, ESP_TAILROOM + pad, M_DONTWAIT)) == NULL) {
		espstat_inc(esps_hdrops);
		return (ENOBUFS);
	}
	if ((error = ipsec_output_seq(tdb, rlen, &seq)) != 0) {
		m_freem(m);
		return (error);
	}
	m->m_data -= hlen;
	m->m_len += hlen + pad + ESP_TRAILER + alen;
	m->m_pkthdr.len = m->m_len;
	data = mtod(m, u_int8_t *);
	esp_movehdr(data, data + hlen, skip);
	esp_trailer(data + skip + hlen + rlen, pad, data[protoff]);
	data[protoff] = IPPROTO_ESP;
	if ((error = esp_encrypt(tdb, data + skip, plen, seq)) != 0) {
		espstat_inc(esps_crypto);
		m_freem(m);
		return (error);
	}
	espstat_inc(esps_output);
	espstat_add(esps_obytes, rlen);
	return (ipsp_process_done(m, tdb));
}
