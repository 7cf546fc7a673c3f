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
 * Choosing among what a peer offers, seeing whether it took what we offered,
 * and if nothing fits, saying what would.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "msg.h"
#include "xform.h"

#define nitems(a)	(sizeof(a) / sizeof((a)[0]))

#define LIST_MAX	6	/* transforms of each side in a text */
#define SPI_MIN		256	/* those below are reserved, RFC 2406 2.1 */
#define WORD_MAX	32
/* what a lifetime of ipsec.conf(5) may be, in seconds */
#define LIFE_MIN	60
#define LIFE_MAX	86400

/* What one of theirs lacks to be one of ours. */
#define L_BAD		0x0001
#define L_AND		0x0002
#define L_PROTO		0x0004
#define L_SPI		0x0008
#define L_CIPHER	0x0010
#define L_BITS		0x0020
#define L_HASH		0x0040
#define L_PRF		0x0080
#define L_AUTH		0x0100
#define L_GROUP		0x0200
#define L_MODE		0x0400
#define L_UDP		0x0800
#define L_LIFE		0x1000
#define L_CURABLE	(L_PROTO | L_CIPHER | L_BITS | L_HASH | L_AUTH | \
			    L_GROUP | L_MODE | L_LIFE)

static const struct {
	unsigned int	 l_bit;
	const char	*l_name;
} lack_names[] = {
	{ L_AND, "several protocols in one proposal" },
	{ L_PROTO, "protocol" },
	{ L_SPI, "SPI" },
	{ L_CIPHER, "cipher" },
	{ L_BITS, "key length" },
	{ L_HASH, "hash" },
	{ L_PRF, "a PRF of its own" },
	{ L_AUTH, "authentication" },
	{ L_GROUP, "group" },
	{ L_MODE, "mode" },
	{ L_UDP, "UDP encapsulation, though there is no NAT-T" },
	{ L_LIFE, "lifetime" },
};

/* One choice to be made. */
struct match {
	int			 ma_phase;
	const struct v1_sa	*ma_sa;
	const struct p1_xform	*ma_p1;		/* ours: by the phase */
	const struct p2_xform	*ma_p2;
	unsigned int		 ma_n;
	int			 ma_answer;	/* to what we offered */
	int			 ma_natt;	/* or, of an answer, */
	unsigned int		 ma_encap;
};

/*
 * One of theirs and one of ours.
 */

/* The bits that a cipher has if nobody says; 0: it has no such attribute. */
static uint16_t
bits_of(int variable, uint16_t bits)
{
	return (bits != 0 || !variable ? bits : 128);
}

static uint16_t
p1_bits(uint16_t enc, uint16_t bits)
{
	return (bits_of(enc == V1_ENC_AES || enc == V1_ENC_BLOWFISH ||
	    enc == V1_ENC_CAST, bits));
}

static uint16_t
p2_bits(uint8_t proto, uint8_t id, uint16_t bits)
{
	return (bits_of(proto == V1_PROTO_ESP && (id == V1_ESP_AES ||
	    id == V1_ESP_BLOWFISH || id == V1_ESP_CAST), bits));
}

/* want: ours, as it is if nobody says. */
static int
bits_fit(const struct match *ma, const struct range *r, uint16_t want,
    uint16_t theirs)
{
	if (ma->ma_answer || r->r_want == 0)
		return (theirs == want);
	return (theirs >= r->r_min && theirs <= r->r_max);
}

static int
range_fits(const struct match *ma, const struct range *r, uint32_t theirs)
{
	/* none was offered: there is none to be chosen */
	if (theirs == 0 || (r->r_want == 0 && !ma->ma_answer))
		return (1);
	return (theirs >= r->r_min &&
	    theirs <= (ma->ma_answer ? r->r_want : r->r_max));
}

static int
life_fits(const struct match *ma, const struct life *lf,
    const struct v1_xform *x)
{
	return (range_fits(ma, &lf->lf_s, x->x_life_s) &&
	    range_fits(ma, &lf->lf_kb, x->x_life_kb));
}

/* Is there no other proposal of its number? */
static int
is_alone(const struct v1_sa *sa, const struct v1_prop *p)
{
	if (p > sa->s_prop && p[-1].p_num == p->p_num)
		return (0);
	return (p + 1 == sa->s_prop + sa->s_n || p[1].p_num != p->p_num);
}

static unsigned int
p1_lacks(const struct match *ma, const struct v1_prop *p,
    const struct v1_xform *x, const struct p1_xform *px)
{
	struct p1_cipher ci = { x->x_enc, p1_bits(x->x_enc, x->x_bits) };
	unsigned int lacks = 0;

	if (p->p_proto != V1_PROTO_ISAKMP || x->x_id != V1_KEY_IKE)
		lacks |= L_PROTO;
	if (x->x_enc != px->px_enc)
		lacks |= L_CIPHER;
	else if (cipher_block(&ci) == 0 || !bits_fit(ma, &px->px_bits,
	    p1_bits(px->px_enc, px->px_bits.r_want), ci.ci_bits))
		lacks |= L_BITS;
	if (x->x_hash != px->px_hash)
		lacks |= L_HASH;
	if (x->x_prf != 0)
		lacks |= L_PRF;
	if (x->x_auth != px->px_auth)
		lacks |= L_AUTH;
	if (x->x_group != px->px_group)
		lacks |= L_GROUP;
	if (!life_fits(ma, &px->px_life, x))
		lacks |= L_LIFE;
	return (lacks);
}

/* V1_ENCAP_TUNNEL or _TRANSPORT; not said is up to us, which is a tunnel. */
static uint16_t
encap_mode(uint16_t encap, int *udp)
{
	*udp = 1;
	switch (encap) {
	case V1_ENCAP_UDP_TUNNEL:
	case V1_ENCAP_DRAFT_TUNNEL:
		return (V1_ENCAP_TUNNEL);
	case V1_ENCAP_UDP_TRANSPORT:
	case V1_ENCAP_DRAFT_TRANSPORT:
		return (V1_ENCAP_TRANSPORT);
	}
	*udp = 0;
	return (encap != 0 ? encap : V1_ENCAP_TUNNEL);
}

static unsigned int
encap_lacks(const struct match *ma, const struct v1_xform *x, uint16_t ours)
{
	uint16_t mode;
	int udp;

	if (ma->ma_answer)
		return (x->x_encap == ours + ma->ma_encap ? 0 : L_MODE);
	mode = encap_mode(x->x_encap, &udp);
	if (udp && ma->ma_natt == -1)
		return (L_UDP);
	return (mode == ours ? 0 : L_MODE);
}

static unsigned int
spi_lacks(const struct v1_prop *p)
{
	struct span s = p->p_spi;
	uint32_t spi;

	return (s.s_len == 4 && span_get32(&s, &spi) == 0 && spi >= SPI_MIN ?
	    0 : L_SPI);
}

static unsigned int
p2_lacks(const struct match *ma, const struct v1_prop *p,
    const struct v1_xform *x, const struct p2_xform *qx)
{
	uint16_t bits = p2_bits(p->p_proto, x->x_id, x->x_bits);
	unsigned int lacks = spi_lacks(p) |
	    encap_lacks(ma, x, qx->qx_encap);
	size_t enc, auth;

	if (p->p_proto != qx->qx_proto)
		lacks |= L_PROTO;
	if (p->p_proto != qx->qx_proto || x->x_id != qx->qx_id)
		lacks |= qx->qx_proto == V1_PROTO_AH ? L_HASH : L_CIPHER;
	else if (!bits_fit(ma, &qx->qx_bits, p2_bits(qx->qx_proto, qx->qx_id,
	    qx->qx_bits.r_want), bits) ||
	    esp_keylen(p->p_proto, x->x_id, bits, qx->qx_mac, &enc,
	    &auth) == -1)
		lacks |= L_BITS;
	/* The transform of AH is its hash already. */
	if (x->x_mac != qx->qx_mac && (p->p_proto != V1_PROTO_AH ||
	    esp_keylen(p->p_proto, x->x_id, 0, x->x_mac, &enc, &auth) == -1))
		lacks |= L_HASH;
	if (x->x_group != qx->qx_group)
		lacks |= L_GROUP;
	if (!life_fits(ma, &qx->qx_life, x))
		lacks |= L_LIFE;
	return (lacks);
}

static unsigned int
lacks_of(const struct match *ma, const struct v1_prop *p,
    const struct v1_xform *x, unsigned int ours)
{
	unsigned int lacks;

	lacks = ma->ma_phase == 1 ? p1_lacks(ma, p, x, &ma->ma_p1[ours]) :
	    p2_lacks(ma, p, x, &ma->ma_p2[ours]);
	if (x->x_bad != NULL)
		lacks |= L_BAD;
	if (!is_alone(ma->ma_sa, p))
		lacks |= L_AND;
	return (lacks);
}

/* What it lacks to be the one of ours that is nearest, 0: nothing. */
static unsigned int
nearest(const struct match *ma, const struct v1_prop *p,
    const struct v1_xform *x, unsigned int *ours)
{
	unsigned int i, lacks, least = ~0U;

	for (i = 0; i < ma->ma_n; i++) {
		lacks = lacks_of(ma, p, x, i);
		if (__builtin_popcount(lacks) < __builtin_popcount(least)) {
			least = lacks;
			*ours = i;
		}
		if (lacks == 0)
			break;
	}
	return (least);
}

/*
 * The text.
 */

static void
put_range(struct buf *b, const char *before, const struct range *r,
    const char *behind)
{
	if (r->r_want == 0)
		return;
	if (r->r_min == r->r_max)
		buf_printf(b, "%s%u%s", before, r->r_min, behind);
	else
		buf_printf(b, "%s%u-%u%s", before, r->r_min, r->r_max, behind);
}

static void
put_p1(struct buf *b, uint16_t enc, const struct range *bits, uint16_t hash,
    uint16_t group, uint16_t auth)
{
	buf_printf(b, "%s", v1_enc_name(enc));
	put_range(b, " ", bits, "");
	buf_printf(b, " %s %s %s", v1_hash_name(hash), v1_group_name(group),
	    v1_auth_name(auth));
}

static void
put_p2(struct buf *b, uint8_t proto, uint8_t id, const struct range *bits,
    uint16_t mac, uint16_t group, uint16_t encap)
{
	if (proto == V1_PROTO_ESP)
		buf_printf(b, "ESP %s", v1_esp_name(id));
	else if (proto == V1_PROTO_AH)
		buf_printf(b, "AH %s", v1_ah_name(id));
	else
		buf_printf(b, "protocol %u transform %u", proto, id);
	put_range(b, " ", bits, "");
	if (mac != V1_MAC_NONE)
		buf_printf(b, " %s", v1_mac_name(mac));
	buf_printf(b, " %s", group != IKE_DH_NONE ? v1_group_name(group) :
	    "without PFS");
	if (encap != 0)
		buf_printf(b, " %s", v1_encap_name(encap));
}

static void
put_life(struct buf *b, const struct range *s, const struct range *kb)
{
	put_range(b, " ", s, " s");
	put_range(b, " ", kb, " kB");
}

static struct range
exactly(uint32_t v)
{
	return ((struct range){ v, v, v });
}

static void
put_lacks(struct buf *b, unsigned int lacks, const struct v1_xform *x)
{
	const char *sep = " (wrong: ";
	size_t i;

	if (lacks & L_BAD) {
		buf_printf(b, "%s%s", sep, x->x_bad);
		sep = ", ";
	}
	for (i = 0; i < nitems(lack_names); i++)
		if (lacks & lack_names[i].l_bit) {
			buf_printf(b, "%s%s", sep, lack_names[i].l_name);
			sep = ", ";
		}
	buf_printf(b, ")");
}

static void
put_theirs(struct buf *b, const struct match *ma, const struct v1_prop *p,
    const struct v1_xform *x)
{
	struct range bits = exactly(x->x_bits);
	struct range s = exactly(x->x_life_s), kb = exactly(x->x_life_kb);
	unsigned int ours;

	if (ma->ma_phase == 1)
		put_p1(b, x->x_enc, &bits, x->x_hash, x->x_group, x->x_auth);
	else
		put_p2(b, p->p_proto, x->x_id, &bits, x->x_mac, x->x_group,
		    x->x_encap);
	put_life(b, &s, &kb);
	if (ma->ma_n > 0)
		put_lacks(b, nearest(ma, p, x, &ours), x);
}

/* What we accept, or what went out as our offer. */
static struct range
shown(const struct match *ma, const struct range *r)
{
	return (ma->ma_answer ? exactly(r->r_want) : *r);
}

static void
put_ours(struct buf *b, const struct match *ma, unsigned int i)
{
	const struct p1_xform *px = ma->ma_phase == 1 ? &ma->ma_p1[i] : NULL;
	const struct p2_xform *qx = ma->ma_phase == 2 ? &ma->ma_p2[i] : NULL;
	const struct life *lf = px != NULL ? &px->px_life : &qx->qx_life;
	struct range bits = shown(ma, px != NULL ? &px->px_bits :
	    &qx->qx_bits);
	struct range s = shown(ma, &lf->lf_s), kb = shown(ma, &lf->lf_kb);

	if (px != NULL)
		put_p1(b, px->px_enc, &bits, px->px_hash, px->px_group,
		    px->px_auth);
	else
		put_p2(b, qx->qx_proto, qx->qx_id, &bits, qx->qx_mac,
		    qx->qx_group, qx->qx_encap + ma->ma_encap);
	put_life(b, &s, &kb);
}

static void
list_theirs(struct buf *b, const struct match *ma)
{
	const struct v1_prop *p;
	unsigned int i, j, n = 0;

	for (i = 0; i < ma->ma_sa->s_n; i++) {
		p = &ma->ma_sa->s_prop[i];
		for (j = 0; j < p->p_n; j++)
			if (n++ < LIST_MAX) {
				buf_printf(b, n > 1 ? " | " : " ");
				put_theirs(b, ma, p, &p->p_xf[j]);
			}
	}
	if (n > LIST_MAX)
		buf_printf(b, " and %u more", n - LIST_MAX);
}

static void
list_ours(struct buf *b, const struct match *ma)
{
	unsigned int i;

	for (i = 0; i < ma->ma_n && i < LIST_MAX; i++) {
		buf_printf(b, i > 0 ? " | " : " ");
		put_ours(b, ma, i);
	}
	if (ma->ma_n > LIST_MAX)
		buf_printf(b, " and %u more", ma->ma_n - LIST_MAX);
	if (ma->ma_n == 0)
		buf_printf(b, " nothing");
}

/*
 * The words of ipsec.conf(5) by which one of theirs would be acceptable.
 */

/* MODP_2048: modp2048.  NULL: the grammar has no word for it. */
static const char *
group_word(uint16_t group, char word[WORD_MAX])
{
	const char *s = v1_group_name(group);
	size_t n = 0;

	if (group == IKE_DH_ECP192 ||
	    (group != IKE_DH_NONE && dh_publen(group) == 0))
		return (NULL);
	for (; *s != '\0' && n < WORD_MAX - 1; s++)
		if (*s != '_')
			word[n++] = tolower((unsigned char)*s);
	word[n] = '\0';
	return (word);
}

static const char *
mac_word(uint16_t mac)
{
	switch (mac) {
	case V1_MAC_MD5:
		return ("hmac-md5");
	case V1_MAC_SHA1:
		return ("hmac-sha1");
	case V1_MAC_SHA2_256:
		return ("hmac-sha2-256");
	case V1_MAC_SHA2_384:
		return ("hmac-sha2-384");
	case V1_MAC_SHA2_512:
		return ("hmac-sha2-512");
	case V1_MAC_RIPEMD:
		return ("hmac-ripemd160");
	}
	return (NULL);
}

static const struct {
	uint16_t	 w_hash;	/* V1_HASH_ */
	uint8_t		 w_ah;		/* V1_AH_ */
	uint16_t	 w_mac;		/* V1_MAC_ */
} hash_macs[] = {
	{ V1_HASH_MD5, V1_AH_MD5, V1_MAC_MD5 },
	{ V1_HASH_SHA1, V1_AH_SHA1, V1_MAC_SHA1 },
	{ V1_HASH_SHA2_256, V1_AH_SHA2_256, V1_MAC_SHA2_256 },
	{ V1_HASH_SHA2_384, V1_AH_SHA2_384, V1_MAC_SHA2_384 },
	{ V1_HASH_SHA2_512, V1_AH_SHA2_512, V1_MAC_SHA2_512 },
};

static const char *
hash_word(uint16_t hash)
{
	size_t i;

	for (i = 0; i < nitems(hash_macs); i++)
		if (hash_macs[i].w_hash == hash)
			return (mac_word(hash_macs[i].w_mac));
	return (NULL);
}

static const char *
ah_word(uint8_t id)
{
	size_t i;

	for (i = 0; i < nitems(hash_macs); i++)
		if (hash_macs[i].w_ah == id)
			return (mac_word(hash_macs[i].w_mac));
	return (NULL);
}

static void
cure_life(struct buf *b, unsigned int lacks, uint32_t life)
{
	if (lacks & L_LIFE)
		buf_printf(b, " lifetime %u", life);
}

static int
life_curable(unsigned int lacks, const struct v1_xform *x)
{
	return ((lacks & L_LIFE) == 0 ||
	    (x->x_life_s >= LIFE_MIN && x->x_life_s <= LIFE_MAX));
}

/* Of phase 1; 0, or -1: there are no such words, and nothing is put. */
static int
cure_p1(struct buf *b, const struct v1_xform *x, unsigned int lacks)
{
	struct p1_cipher ci = { x->x_enc, p1_bits(x->x_enc, x->x_bits) };
	const char *hash = hash_word(x->x_hash), *group;
	char word[WORD_MAX], enc[WORD_MAX] = "3des";

	group = group_word(x->x_group, word);
	if ((lacks & L_PROTO) || hash == NULL || group == NULL ||
	    x->x_group == IKE_DH_NONE || cipher_block(&ci) == 0 ||
	    (ci.ci_enc != V1_ENC_AES && ci.ci_enc != V1_ENC_3DES) ||
	    (ci.ci_enc == V1_ENC_3DES && ci.ci_bits != 0) ||
	    (x->x_auth != V1_AUTH_PSK && x->x_auth != V1_AUTH_RSA))
		return (-1);
	if (ci.ci_enc == V1_ENC_AES)
		snprintf(enc, sizeof(enc), "aes-%u", ci.ci_bits);
	buf_printf(b, "write `main auth %s enc %s group %s", hash, enc, group);
	cure_life(b, lacks, x->x_life_s);
	buf_printf(b, "'");
	if (lacks & L_AUTH)
		buf_printf(b, " and, to authenticate, `%s'",
		    x->x_auth == V1_AUTH_PSK ? "psk" : "rsa");
	return (0);
}

/* Has this kernel the transforms? */
static int
is_in_kernel(uint8_t proto, const struct v1_xform *x)
{
	const struct xform_name *e, *i;
	struct ike_xform encr, integ;

	if (esp_xforms(proto, x->x_id, x->x_bits, x->x_mac, &encr,
	    &integ) == -1)
		return (0);
	e = xform_find(&encr);
	i = xform_find(&integ);
	return (i != NULL && (i->xn_flags & XN_KERNEL) &&
	    (proto == V1_PROTO_AH || (e != NULL &&
	    (e->xn_flags & XN_KERNEL))));
}

/* `auth hmac-sha2-256 enc aes-256', with a space in front; 0 or -1. */
static int
cipher_words(const struct v1_prop *p, const struct v1_xform *x,
    char *word, size_t size)
{
	uint16_t bits = p2_bits(p->p_proto, x->x_id, x->x_bits);
	const char *mac = mac_word(x->x_mac);
	int n = -1;

	if (p->p_proto == V1_PROTO_AH) {
		if ((mac = ah_word(x->x_id)) != NULL)
			n = snprintf(word, size, " auth %s", mac);
	} else if (x->x_id == V1_ESP_AES_GCM)
		n = snprintf(word, size, " enc aes-%u-gcm", bits);
	else if (x->x_id == V1_ESP_AES_GMAC)
		n = snprintf(word, size, " enc aes-%u-gmac", bits);
	else if (mac == NULL)
		return (-1);
	else if (x->x_id == V1_ESP_AES)
		n = snprintf(word, size, " auth %s enc aes-%u", mac, bits);
	else if (x->x_id == V1_ESP_AES_CTR)
		n = snprintf(word, size, " auth %s enc aes-%u-ctr", mac, bits);
	else if (x->x_id == V1_ESP_NULL)
		n = snprintf(word, size, " auth %s enc null", mac);
	else if (x->x_id == V1_ESP_3DES)
		n = snprintf(word, size, " auth %s enc 3des", mac);
	return (n > 0 && (size_t)n < size ? 0 : -1);
}

static int
cure_p2(struct buf *b, const struct v1_prop *p, const struct v1_xform *x,
    unsigned int lacks)
{
	char word[WORD_MAX], words[2 * WORD_MAX];
	const char *group = group_word(x->x_group, word);
	uint16_t mode;
	int udp;

	mode = encap_mode(x->x_encap, &udp);
	if (group == NULL || !is_in_kernel(p->p_proto, x) ||
	    (mode != V1_ENCAP_TUNNEL && mode != V1_ENCAP_TRANSPORT) ||
	    cipher_words(p, x, words, sizeof(words)) == -1)
		return (-1);
	buf_printf(b, "write `quick%s group %s", words, group);
	cure_life(b, lacks, x->x_life_s);
	buf_printf(b, "'");
	if (lacks & (L_PROTO | L_MODE))
		buf_printf(b, " and `ike %s %s' (not with `interface', which "
		    "is always esp tunnel)",
		    p->p_proto == V1_PROTO_AH ? "ah" : "esp",
		    mode == V1_ENCAP_TUNNEL ? "tunnel" : "transport");
	return (0);
}

/* For the first of theirs for which it can be done. */
static void
put_cure(struct buf *b, const struct match *ma)
{
	const struct v1_prop *p;
	const struct v1_xform *x;
	unsigned int i, j, lacks, ours;

	for (i = 0; i < ma->ma_sa->s_n && !ma->ma_answer; i++) {
		p = &ma->ma_sa->s_prop[i];
		for (j = 0; j < p->p_n; j++) {
			x = &p->p_xf[j];
			lacks = nearest(ma, p, x, &ours);
			if (ma->ma_n == 0 || (lacks & ~L_CURABLE) != 0 ||
			    !life_curable(lacks, x))
				continue;
			if ((ma->ma_phase == 1 ? cure_p1(b, x, lacks) :
			    cure_p2(b, p, x, lacks)) == -1)
				continue;
			buf_printf(b, " in ipsec.conf(5), or let the peer "
			    "offer what we accept");
			return;
		}
	}
	buf_printf(b, "only the peer can mend it");
}

static void
explain(struct buf *b, const struct match *ma)
{
	buf_printf(b, "they %s", ma->ma_answer ? "answer" : "offer");
	list_theirs(b, ma);
	buf_printf(b, "; we %s", ma->ma_answer ? "offered" : "accept");
	list_ours(b, ma);
	buf_printf(b, "; ");
	put_cure(b, ma);
}

/*
 * The choice.
 */

/* The first of theirs that one of ours accepts: that one, or -1. */
static int
choose(const struct match *ma, const struct v1_prop **prop,
    const struct v1_xform **xf, struct buf *why)
{
	const struct v1_prop *p;
	unsigned int i, j, ours;

	if (ma->ma_answer && ma->ma_sa->s_nxf != 1) {
		buf_printf(why, "they answer with %u transforms instead of "
		    "one; only the peer can mend it", ma->ma_sa->s_nxf);
		return (-1);
	}
	for (i = 0; i < ma->ma_sa->s_n; i++) {
		p = &ma->ma_sa->s_prop[i];
		for (j = 0; j < p->p_n; j++)
			if (nearest(ma, p, &p->p_xf[j], &ours) == 0) {
				*prop = p;
				*xf = &p->p_xf[j];
				return (ours);
			}
	}
	explain(why, ma);
	return (-1);
}

static uint32_t
life_of(const struct range *ours, uint32_t theirs)
{
	return (theirs != 0 ? theirs : ours->r_want);
}

static int
p1_match(struct p1_choice *c, const struct match *ma, struct buf *why)
{
	int i;

	memset(c, 0, sizeof(*c));
	if ((i = choose(ma, &c->c_prop, &c->c_xf, why)) == -1)
		return (-1);
	c->c_ours = &ma->ma_p1[i];
	c->c_bits = p1_bits(c->c_xf->x_enc, c->c_xf->x_bits);
	c->c_life_s = life_of(&c->c_ours->px_life.lf_s, c->c_xf->x_life_s);
	c->c_life_kb = life_of(&c->c_ours->px_life.lf_kb, c->c_xf->x_life_kb);
	return (0);
}

static int
p2_match(struct p2_choice *c, const struct match *ma, struct buf *why)
{
	struct span spi;
	int i;

	memset(c, 0, sizeof(*c));
	if ((i = choose(ma, &c->c_prop, &c->c_xf, why)) == -1)
		return (-1);
	spi = c->c_prop->p_spi;
	span_get32(&spi, &c->c_spi);
	c->c_ours = &ma->ma_p2[i];
	c->c_bits = p2_bits(c->c_prop->p_proto, c->c_xf->x_id,
	    c->c_xf->x_bits);
	c->c_transport = encap_mode(c->c_xf->x_encap, &c->c_udp) ==
	    V1_ENCAP_TRANSPORT;
	c->c_life_s = life_of(&c->c_ours->qx_life.lf_s, c->c_xf->x_life_s);
	c->c_life_kb = life_of(&c->c_ours->qx_life.lf_kb, c->c_xf->x_life_kb);
	return (0);
}

int
p1_choose(struct p1_choice *c, const struct v1_sa *sa,
    const struct p1_xform *px, unsigned int n, struct buf *why)
{
	struct match ma = {
		.ma_phase = 1, .ma_sa = sa, .ma_p1 = px, .ma_n = n
	};

	return (p1_match(c, &ma, why));
}

int
p1_accept(struct p1_choice *c, const struct v1_sa *sa,
    const struct p1_xform *px, unsigned int n, struct buf *why)
{
	struct match ma = {
		.ma_phase = 1, .ma_sa = sa, .ma_p1 = px, .ma_n = n,
		.ma_answer = 1
	};

	return (p1_match(c, &ma, why));
}

int
p2_choose(struct p2_choice *c, const struct v1_sa *sa,
    const struct p2_xform *qx, unsigned int n, int natt, struct buf *why)
{
	struct match ma = {
		.ma_phase = 2, .ma_sa = sa, .ma_p2 = qx, .ma_n = n,
		.ma_natt = natt
	};

	return (p2_match(c, &ma, why));
}

int
p2_accept(struct p2_choice *c, const struct v1_sa *sa,
    const struct p2_xform *qx, unsigned int n, unsigned int encap,
    struct buf *why)
{
	struct match ma = {
		.ma_phase = 2, .ma_sa = sa, .ma_p2 = qx, .ma_n = n,
		.ma_answer = 1, .ma_encap = encap
	};

	return (p2_match(c, &ma, why));
}
