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

#include <sys/ktest.h>
#include <sys/malloc.h>

#include <crypto/cryptodev.h>
#include <crypto/xform.h>

#include "kt_ref.h"

#define MAXLEN		300	/* of payloads tried */
#define PKTLEN		(CRYPTO_AAD_LEN + XFORM_MAXIV + MAXLEN + 20)

/*
 * draft-mcgrew-gcm-test-01: key with salt; SPI and the low sequence number
 * as sent; the high one if there is ESN; IV; payload; ciphertext and ICV.
 */
static const struct esp_vector {
	const char *key, *header, *esn, *iv, *plain, *cipher;
} mcgrew[] = {
	{ "4c80cdefbb5d10da906ac73c3613a6342e443b68",
	  "0000432100000000",
	  "87654321",
	  "4956ed7e3b244cfe",
	  "45000048699a000080114db7c0a80102c0a801010a9bf15638d3010000010000"
	    "00000000045f736970045f756470037369700963796265726369747902646b00"
	    "0021000101020201",
	  "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34"
	    "cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce"
	    "61bc17d768fd9732459018148f6cbe722fd04796562dfdb4" },
	{ "feffe9928665731c6d6a8f9467308308cafebabe",
	  "0000a5f80000000a",
	  "",
	  "facedbaddecaf888",
	  "4500003e698f000080114dccc0a80102c0a801010a980035002a2343b2d00100"
	    "0001000000000000037369700963796265726369747902646b00000100010001",
	  "deb22cd9b07c72c16e3a65beeb8df304a5a5897d33ae530f1ba76d5d114d2a5c"
	    "3de81827c10e9a4f51330d0eec416642cfbb85a5b47e48a4ec3b9ba95d918bd1"
	    "83b70d3aa8bc6ee4c309e9d85a41ad4a" },
	{ "abbccddef00112233445566778899aababbccddef00112233445566778899aab"
	    "11223344",
	  "4a2cbfe300000002",
	  "",
	  "0102030405060708",
	  "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee000000000"
	    "7002400020bf0000020405b40101040201020201",
	  "ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763"
	    "748a637985771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c49"
	    "15956c96" },
	{ "0000000000000000000000000000000000000000",
	  "0000000000000001",
	  "",
	  "0000000000000000",
	  "4500003c99c500008001cb7a40679318010101010800075c0200440061626364"
	    "65666768696a6b6c6d6e6f707172737475767761626364656667686901020201",
	  "4688daf2f973a392732909c331d56d60f694abaa414b5e7ff5fdcdfff5e9a284"
	    "456476492719ffb64de7d9dca1e1d894bc3bd57873ed4d181d19d4d5c8c18af3"
	    "f821d496eeb096e98ad2b69e4799c71d" },
	{ "3de09874b388e6491988d0c3607eae1f57690e43",
	  "42f67e3f10101010",
	  "10101010",
	  "4e280000a2fca1a3",
	  "4500003c99c300008001cb7c40679318010101010800085c0200430061626364"
	    "65666768696a6b6c6d6e6f707172737475767761626364656667686901020201",
	  "fba2caa4853cf9f0f22cb10d86dd83b0fec75691cf1a04b00d1138ec9c357917"
	    "65acbd8701ad79845bf9fe3fba487bc91755e6662b4c8d0d1f5e22739530320a"
	    "e0d731cc978ecafaeae88f00e80d6e48" },
	{ "3de09874b388e6491988d0c3607eae1f57690e43",
	  "42f67e3f10101010",
	  "10101010",
	  "4e280000a2fca1a3",
	  "4500001c42a200008001441f406793b6e00000020a00f5ff01020201",
	  "fba2ca845e5df9f0f22c3e6e86dd831e1fc65792cd1af9130e1379ed369f071f"
	    "35e034be95f112e4e7d05d35" },
	{ "feffe9928665731c6d6a8f9467308308feffe9928665731ccafebabe",
	  "0000a5f80000000a",
	  "",
	  "facedbaddecaf888",
	  "45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e"
	    "501016d075680001",
	  "a5b1f8066029aea40e598b8122de02420938b3ab33f828e687b8858b5bfbdbd0"
	    "315b27452144cc7795457b9652037f5318027b5b4cd7a636" },
	{ "abbccddef00112233445566778899aabdecaf888",
	  "0000010000000001",
	  "00000000",
	  "cafedebaceface74",
	  "4500004933ba00007f119106c3fb1d10c2b1d326c02831ce0035dd7b800302d5"
	    "00004e20001e8c18d75b81dc91baa0476b91b924b280389d92c963bac046ec95"
	    "9b6266c04722b14923010101",
	  "18a6fd42f72cbf4ab2a2ea901f73d814e3e7f243d95412e1c349c1d2fbec168f"
	    "9190feebaf2cb01984e65863965d7472b79da345e0e780191f0d2f0e0f496c22"
	    "6f2127b27db35724e7845d68651f57e65f354f75ff17015769623436" },
	{ "abbccddef00112233445566778899aababbccddef00112233445566778899aab"
	    "73616c74",
	  "17405e67dd0db99b",
	  "156f3126",
	  "616e640169766563",
	  "45080028732c00004006e9f90a0106120a01038f06b88023dd6bafbecb712602"
	    "50101f646d540001",
	  "f2d69ecdbd5a0d5b8d5ef38bad4da58d1f278fde98ef67549d524a3018d9a57f"
	    "f4d3a31ce673119e451626c2415771e3b7eebca614c89b35" },
	{ "3de09874b388e6491988d0c3607eae1f57690e43",
	  "42f67e3f10101010",
	  "10101010",
	  "4e280000a2fca1a3",
	  "45000049333e00007f119182c3fb1d10c2b1d326c02831ce0035cb458003025b"
	    "000001e0001e8c18d65759d52284a0352c71475c8880391c764d6e5ee0496b32"
	    "5ae270c03899493915010101",
	  "fba2cad12fc1f9f00d3cebf305410db83d7784b607323d220f24b0a97d541828"
	    "00cadb0f68d99ef0e0c0c89ae9bea8884e52d65bc1afd0740f742444747b5b39"
	    "ab533163aad4550ee5160975cdb608c5769189609763b8e18caa81e2" },
	{ "abbccddef00112233445566778899aababbccddef00112233445566778899aab"
	    "73616c74",
	  "17405e67dd0db99b",
	  "156f3126",
	  "616e640169766563",
	  "636973636f0172756c657301746865016e6574776501646566696e6501746865"
	    "746563686e6f6c6f67696573017468617477696c6c01646566696e65746f6d6f"
	    "72726f7701020201",
	  "d4b7ed86a1777f2ea13d6973d324c69e7b43f826fb56831226508bebd2dceb18"
	    "d0a6df10e5487df074113e14c641024e3e6773d91a62ee429b043a10e3efe6b0"
	    "12a49363412364f8c0cac587f249e56b11e24f30e44ccc76" },
	{ "7d773d00c144c525ac619d18c84a3f47d9664267",
	  "335467aeffffffff",
	  "",
	  "43457e9182443bc6",
	  "01020201",
	  "437f866bcb3f699fe9b0822bac961c4504bef270" },
	{ "abbccddef00112233445566778899aabdecaf888",
	  "0000010000000001",
	  "00000000",
	  "cafedebaceface74",
	  "746f016265016f72016e6f7401746f0162650001",
	  "29c9fc69a197d038ccdd14e2ddfcaa0543332164412503524303ed3c6c5f2838"
	    "43af8c3e" },
	{ "6c6567616c697a656d6172696a75616e61616e64646f69746265666f72656961"
	    "7475726e",
	  "796b6963ffffffff",
	  "ffffffff",
	  "333021696765746d",
	  "45000030da3a00008001df3bc0a80005c0a800010800c6cd0200070061626364"
	    "65666768696a6b6c6d6e6f707172737401020201",
	  "f97ab2aa356d8edce17644ac8c78e25dd24dedbb29ebf1b64a274b39b49c3a86"
	    "4cd3d78ca4ae68a32b42458fb57dbe821dcc63b9d0937ba2945f669368661a32"
	    "9fb4c053" },
};

/* RFC 3602, case 5: a ping in transport mode, without authentication */
static const struct esp_vector rfc3602_ping = {
	"90d382b410eeba7ad938c46cec1a82bf",
	"0000432100000001",
	"",
	"e96e8c08ab465763fd098d45dd3ff893",
	"08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f1011121314151617"
	    "18191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
	    "0102030405060708090a0b0c0d0e0e01",
	"f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856"
	    "a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c538ab50c551b874a"
	    "a269add047ad2d5913ac19b7cfbad4a6"
};

/*
 * AES-CBC with HMAC-SHA2-256-128, made with OpenSSL.  The first 16 or 32
 * bytes of the key are the cipher's, the other 32 the hash's.
 */
static const struct esp_vector cbc_hmac[] = {
	{ "10355a7fa4c9ee13385d82a7ccf1163b0560bb1671cc2782dd3893ee49a4ff5a"
	    "b5106bc6217cd7328de8439ef954af0a",
	  "c0ffee01fffffffe",
	  "",
	  "101d2a3744515e6b7885929facb9c6d3",
	  "4500005401080f161d242b323940474e555c636a71787f868d949ba2a9b0b7be"
	    "c5ccd3dae1e8eff6fd040b121920272e353c434a51585f666d747b828990979e"
	    "a5acb3bac1c8cfd6dde4ebf2f900070e151c232a0102030405060708090a0b0b",
	  "a40743e41e9e695548b42d2e836f01f6d51b95c12c8c94dd71b8717fe5f8432b"
	    "dcc8d2ab18da06e0126416e18009cfd6e586692d69278423d166ddb1f11c0057"
	    "2644c3dc39e18db477871f615c79595cf2e74cddf13962e60987132cc92dfeac"
	    "c0a2089f1f98755278975ed992696851" },
	{ "20456a8fb4d9fe23486d92b7dc01264b7095badf04294e7398bde2072c51769b"
	    "0560bb1671cc2782dd3893ee49a4ff5ab5106bc6217cd7328de8439ef954af0a",
	  "c0ffee01fffffffe",
	  "00000007",
	  "202d3a4754616e7b8895a2afbcc9d6e3",
	  "4500005401080f161d242b323940474e555c636a71787f868d949ba2a9b0b7be"
	    "c5ccd3dae1e8eff6fd040b121920272e353c434a51585f666d747b828990979e"
	    "a5acb3bac1c8cfd6dde4ebf2f900070e151c232a0102030405060708090a0b0b",
	  "e2ca696d6c175e96a6c21b0fc79e5f55ff9d5177cdbf75b1e85d74ebc7c3beea"
	    "b94d63916d655ada4d3850e37d06fee49de46eb3d143fae5456d26b106e1fd66"
	    "d5184c49fe9af07164352ad59ff0c508731f735ab961bfef910cd2722a047432"
	    "124cb794ae5a0086faef3363de44b39f" },
};

/* everything ESP may ask for */
static const struct suite {
	int	enc, auth;
	size_t	enckeylen, authkeylen;
} suites[] = {
	{ CRYPTO_AES_GCM_16,	CRYPTO_AES_128_GMAC,	20, 0 },
	{ CRYPTO_AES_GCM_16,	CRYPTO_AES_192_GMAC,	28, 0 },
	{ CRYPTO_AES_GCM_16,	CRYPTO_AES_256_GMAC,	36, 0 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA2_256_HMAC,	16, 32 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA2_384_HMAC,	24, 48 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA2_512_HMAC,	32, 64 },
	{ CRYPTO_AES_CBC,	0,			32, 0 },
	{ CRYPTO_AES_CBC,	CRYPTO_SHA1_HMAC,	16, 20 },
	{ CRYPTO_CHACHA20_POLY1305, CRYPTO_CHACHA20_POLY1305_MAC, 36, 0 },
	{ CRYPTO_NULL,		CRYPTO_SHA1_HMAC,	0, 20 },
	{ CRYPTO_NULL,		CRYPTO_SHA2_256_HMAC,	0, 32 },
	{ 0,			CRYPTO_SHA2_512_HMAC,	0, 64 },
};

/* a packet with its session's keys and a request that points into it */
struct packet {
	struct cryptop	 crp;
	uint8_t		 enckey[40], authkey[64];
	struct crypto_params cp;
	uint8_t		 buf[PKTLEN], icv[XFORM_MAXICV + 1];
	size_t		 ivlen, block;
};

static void
set_params(struct packet *pkt, const struct suite *s)
{
	const struct enc_xform *enc = enc_xform_find(s->enc);
	const struct auth_hash *auth = auth_hash_find(s->auth);

	memset(pkt, 0, sizeof(*pkt));
	pkt->cp.cp_enc = s->enc;
	pkt->cp.cp_auth = s->auth;
	pkt->cp.cp_enckey = pkt->enckey;
	pkt->cp.cp_enckeylen = s->enckeylen;
	pkt->cp.cp_authkey = pkt->authkey;
	pkt->cp.cp_authkeylen = s->authkeylen;
	pkt->cp.cp_icvlen = auth == NULL ? 0 : auth->authsize;
	pkt->ivlen = enc == NULL ? 0 : enc->ivsize;
	pkt->block = enc == NULL ? 1 : enc->blocksize;
	kt_fill(pkt->enckey, sizeof(pkt->enckey));
	kt_fill(pkt->authkey, sizeof(pkt->authkey));
}

static void
set_request(struct packet *pkt, size_t len, int flags)
{
	struct cryptop *crp = &pkt->crp;

	crp->crp_flags = flags;
	crp->crp_aad = pkt->buf;
	crp->crp_aadlen = CRYPTO_AAD_LEN;
	crp->crp_iv = crp->crp_aad + CRYPTO_AAD_LEN;
	crp->crp_data = crp->crp_iv + pkt->ivlen;
	crp->crp_len = len;
	crp->crp_icv = pkt->icv;
	crp->crp_esn = kt_random();
}

/* what the packet and its ICV must become, the slow way */
static void
ref_encrypt(const struct packet *pkt, uint8_t *buf, uint8_t *icv)
{
	const struct cryptop *crp = &pkt->crp;
	const struct crypto_params *cp = &pkt->cp;
	uint8_t aad[12], nonce[12], digest[64], msg[PKTLEN + 4];
	uint8_t *data = buf + CRYPTO_AAD_LEN + pkt->ivlen;
	size_t keylen, len = CRYPTO_AAD_LEN + pkt->ivlen + crp->crp_len;
	int esn = (crp->crp_flags & CRYPTO_F_ESN) != 0;

	if (cp->cp_enc == CRYPTO_AES_GCM_16 ||
	    cp->cp_enc == CRYPTO_CHACHA20_POLY1305) {
		keylen = cp->cp_enckeylen - 4;
		memcpy(nonce, pkt->enckey + keylen, 4);
		memcpy(nonce + 4, buf + 8, 8);
		memcpy(aad, buf, 4);
		memcpy(aad + 4, &crp->crp_esn, 4);
		memcpy(aad + (esn ? 8 : 4), buf + 4, 4);
		if (cp->cp_enc == CRYPTO_AES_GCM_16)
			ref_gcm_seal(pkt->enckey, keylen, nonce, aad,
			    esn ? 12 : 8, data, crp->crp_len, icv);
		else
			ref_chachapoly_seal(pkt->enckey, nonce, aad,
			    esn ? 12 : 8, data, crp->crp_len, icv);
		return;
	}
	if (cp->cp_enc == CRYPTO_AES_CBC)
		ref_cbc_encrypt(pkt->enckey, cp->cp_enckeylen, buf + 8, data,
		    crp->crp_len);
	if (cp->cp_auth == 0)
		return;
	memcpy(msg, buf, len);
	memcpy(msg + len, &crp->crp_esn, 4);
	ref_hmac(cp->cp_auth, pkt->authkey, cp->cp_authkeylen, msg,
	    len + (esn ? 4 : 0), digest);
	memcpy(icv, digest, cp->cp_icvlen);
}

static void
check_packet(struct packet *pkt, size_t len, int flags)
{
	uint8_t plain[PKTLEN], ref[PKTLEN], icv[XFORM_MAXICV + 1];

	set_request(pkt, len, flags | CRYPTO_F_ENCRYPT);
	kt_fill(pkt->buf, sizeof(pkt->buf));
	kt_fill(pkt->icv, sizeof(pkt->icv));
	memcpy(plain, pkt->buf, sizeof(plain));
	memcpy(ref, pkt->buf, sizeof(ref));
	memcpy(icv, pkt->icv, sizeof(icv));
	ref_encrypt(pkt, ref, icv);

	KT_EQ(crypto_invoke(&pkt->crp), 0);
	KT_MEMEQ(pkt->buf, ref, sizeof(ref));
	KT_MEMEQ(pkt->icv, icv, sizeof(icv));
	pkt->crp.crp_flags = flags;
	KT_EQ(crypto_invoke(&pkt->crp), 0);
	KT_MEMEQ(pkt->buf, plain, sizeof(plain));
	KT_MEMEQ(pkt->icv, icv, sizeof(icv));
}

/* every length the cipher can take */
static void
check_suite(const char *provider, const struct suite *s)
{
	struct packet pkt;
	size_t len;
	int error;

	set_params(&pkt, s);
	error = crypto_newsession_on(provider, &pkt.crp.crp_session, &pkt.cp);
	if (error == EINVAL && strcmp(provider, "soft") != 0)
		return;		/* not one of its algorithms */
	KT_EQ(error, 0);
	KT_EQ(strcmp(crypto_provider_name(pkt.crp.crp_session), provider), 0);
	for (len = 0; len <= MAXLEN; len += pkt.block)
		check_packet(&pkt, len, kt_random() & CRYPTO_F_ESN);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_random, "each provider equals bytewise ESP at lengths 0 to 300")
{
	const char *provider;
	int i, n;

	KT_ASSERT(crypto_provider_nth(0) != NULL);
	for (n = 0; (provider = crypto_provider_nth(n)) != NULL; n++)
		for (i = 0; i < nitems(suites); i++)
			check_suite(provider, &suites[i]);
}

/* keys are in pkt->enckey and pkt->authkey already */
static void
check_vector(struct packet *pkt, const struct esp_vector *v)
{
	uint8_t plain[PKTLEN], cipher[PKTLEN];
	size_t len, icvlen = pkt->cp.cp_icvlen;

	KT_EQ(crypto_newsession(&pkt->crp.crp_session, &pkt->cp), 0);
	len = kt_hex(plain, v->plain);
	KT_EQ(kt_hex(cipher, v->cipher), len + icvlen);
	set_request(pkt, len, CRYPTO_F_ENCRYPT);
	KT_EQ(kt_hex(pkt->crp.crp_aad, v->header), CRYPTO_AAD_LEN);
	KT_EQ(kt_hex(pkt->crp.crp_iv, v->iv), pkt->ivlen);
	if (kt_hex((uint8_t *)&pkt->crp.crp_esn, v->esn) != 0)
		pkt->crp.crp_flags |= CRYPTO_F_ESN;
	memcpy(pkt->crp.crp_data, plain, len);
	pkt->crp.crp_icv = pkt->crp.crp_data + len;

	KT_EQ(crypto_invoke(&pkt->crp), 0);
	KT_MEMEQ(pkt->crp.crp_data, cipher, len + icvlen);
	pkt->crp.crp_flags &= ~CRYPTO_F_ENCRYPT;
	KT_EQ(crypto_invoke(&pkt->crp), 0);
	KT_MEMEQ(pkt->crp.crp_data, plain, len);
	crypto_freesession(pkt->crp.crp_session);
}

KTEST(crypto_mcgrew, "ESP packets of draft-mcgrew-gcm-test-01, some with ESN")
{
	const struct enc_xform *enc = enc_xform_find(CRYPTO_AES_GCM_16);
	struct suite s = { CRYPTO_AES_GCM_16, 0, 0, 0 };
	struct packet pkt;
	uint8_t key[36];
	int i;

	for (i = 0; i < nitems(mcgrew); i++) {
		s.enckeylen = kt_hex(key, mcgrew[i].key);
		s.auth = enc_xform_auth(enc, s.enckeylen)->type;
		set_params(&pkt, &s);
		memcpy(pkt.enckey, key, s.enckeylen);
		check_vector(&pkt, &mcgrew[i]);
	}
}

KTEST(crypto_rfc3602, "the ESP packet of RFC 3602, case 5")
{
	const struct suite s = { CRYPTO_AES_CBC, 0, 16, 0 };
	struct packet pkt;

	set_params(&pkt, &s);
	kt_hex(pkt.enckey, rfc3602_ping.key);
	check_vector(&pkt, &rfc3602_ping);
}

KTEST(crypto_cbc_hmac, "AES-CBC with HMAC-SHA2-256 packets made with OpenSSL")
{
	struct suite s = { CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 0, 32 };
	struct packet pkt;
	uint8_t key[64];
	int i;

	for (i = 0; i < nitems(cbc_hmac); i++) {
		s.enckeylen = kt_hex(key, cbc_hmac[i].key) - 32;
		set_params(&pkt, &s);
		memcpy(pkt.enckey, key, s.enckeylen);
		memcpy(pkt.authkey, key + s.enckeylen, 32);
		check_vector(&pkt, &cbc_hmac[i]);
	}
}

/* a packet with one changed byte at p must be refused and left alone */
static void
check_forged(struct packet *pkt, uint8_t *p)
{
	uint8_t before[PKTLEN];

	*p ^= 1 << kt_random() % 8;
	memcpy(before, pkt->buf, sizeof(before));
	KT_EQ(crypto_invoke(&pkt->crp), EBADMSG);
	KT_MEMEQ(pkt->buf, before, sizeof(before));
}

static void
check_forgeries(const char *provider, const struct suite *s)
{
	struct packet pkt, good;
	size_t i, len = 96;

	set_params(&pkt, s);
	if (s->auth == 0 || crypto_newsession_on(provider,
	    &pkt.crp.crp_session, &pkt.cp) == EINVAL)
		return;
	set_request(&pkt, len, CRYPTO_F_ENCRYPT | CRYPTO_F_ESN);
	kt_fill(pkt.buf, sizeof(pkt.buf));
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	pkt.crp.crp_flags &= ~CRYPTO_F_ENCRYPT;
	good = pkt;
	for (i = 0; i < pkt.cp.cp_icvlen; i++) {
		check_forged(&pkt, &pkt.icv[i]);
		memcpy(pkt.icv, good.icv, sizeof(pkt.icv));
	}
	for (i = 0; i < CRYPTO_AAD_LEN + pkt.ivlen + len; i++) {
		check_forged(&pkt, &pkt.buf[i]);
		memcpy(pkt.buf, good.buf, sizeof(pkt.buf));
	}
	for (i = 0; i < 4; i++) {
		check_forged(&pkt, (uint8_t *)&pkt.crp.crp_esn + i);
		pkt.crp.crp_esn = good.crp.crp_esn;
	}
	pkt.crp.crp_flags &= ~CRYPTO_F_ESN;
	KT_EQ(crypto_invoke(&pkt.crp), EBADMSG);
	pkt.crp.crp_flags |= CRYPTO_F_ESN;
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_forged, "one wrong byte anywhere is refused, nothing decrypted")
{
	const char *provider;
	int i, n;

	for (n = 0; (provider = crypto_provider_nth(n)) != NULL; n++)
		for (i = 0; i < nitems(suites); i++)
			check_forgeries(provider, &suites[i]);
}

static void
check_refused(struct packet *pkt, struct cryptop *crp)
{
	uint8_t before[PKTLEN];

	memcpy(before, pkt->buf, sizeof(before));
	KT_EQ(crypto_invoke(crp), EINVAL);
	KT_MEMEQ(pkt->buf, before, sizeof(before));
}

KTEST(crypto_request, "requests that break a rule are EINVAL and untouched")
{
	const struct suite s = { CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 32 };
	struct packet pkt;
	struct cryptop crp;
	size_t len;

	set_params(&pkt, &s);
	KT_EQ(crypto_newsession(&pkt.crp.crp_session, &pkt.cp), 0);
	set_request(&pkt, 64, CRYPTO_F_ENCRYPT);
	for (len = 49; len < 64; len++) {
		crp = pkt.crp;
		crp.crp_len = len;
		check_refused(&pkt, &crp);
	}
	crp = pkt.crp;
	crp.crp_flags |= 0x80;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_aadlen = 12;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_iv++;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_data++;
	check_refused(&pkt, &crp);
	crp = pkt.crp;
	crp.crp_icv = NULL;
	check_refused(&pkt, &crp);
	KT_EQ(crypto_invoke(&pkt.crp), 0);
	crypto_freesession(pkt.crp.crp_session);
}

KTEST(crypto_params, "parameters without a meaning are EINVAL")
{
	static const struct {
		int enc, auth;
		size_t enckeylen, authkeylen, icvlen;
	} bad[] = {
		{ 0, 0, 0, 0, 0 },
		{ CRYPTO_NULL, 0, 0, 0, 0 },
		{ 99, CRYPTO_SHA2_256_HMAC, 16, 32, 16 },
		{ CRYPTO_AES_CBC, 99, 16, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 0, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 20, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 40, 32, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 31, 16 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 32, 12 },
		{ CRYPTO_AES_CBC, CRYPTO_SHA2_256_HMAC, 16, 32, 0 },
		{ CRYPTO_AES_CBC, CRYPTO_AES_128_GMAC, 16, 20, 16 },
		{ CRYPTO_AES_CBC, 0, 16, 0, 16 },
		{ CRYPTO_AES_CBC, 0, 16, 32, 0 },
		{ CRYPTO_AES_GCM_16, 0, 20, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 16, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_256_GMAC, 20, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 20, 20, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_AES_128_GMAC, 20, 0, 8 },
		{ CRYPTO_AES_GCM_16, CRYPTO_SHA2_256_HMAC, 20, 32, 16 },
		{ CRYPTO_CHACHA20_POLY1305, CRYPTO_CHACHA20_POLY1305_MAC,
		    32, 0, 16 },
		{ CRYPTO_CHACHA20_POLY1305, CRYPTO_AES_256_GMAC, 36, 0, 16 },
		{ CRYPTO_AES_GCM_16, CRYPTO_CHACHA20_POLY1305_MAC, 36, 0, 16 },
		{ 0, CRYPTO_CHACHA20_POLY1305_MAC, 0, 36, 16 },
		{ 0, CRYPTO_AES_128_GMAC, 0, 20, 16 },
		{ 0, CRYPTO_SHA2_256_HMAC, 16, 32, 16 },
	};
	struct crypto_session *cs;
	struct crypto_params cp;
	uint8_t key[64] = { 0 };
	int i;

	memset(&cp, 0, sizeof(cp));
	cp.cp_enckey = cp.cp_authkey = key;
	for (i = 0; i < nitems(bad); i++) {
		cp.cp_enc = bad[i].enc;
		cp.cp_auth = bad[i].auth;
		cp.cp_enckeylen = bad[i].enckeylen;
		cp.cp_authkeylen = bad[i].authkeylen;
		cp.cp_icvlen = bad[i].icvlen;
		if (crypto_newsession(&cs, &cp) != EINVAL || cs != NULL)
			KT_FAIL("parameters %d were accepted", i);
	}
}

/* a provider that can be told what to do */
static struct {
	int	 able;
	int	 error;
	int	 clean;		/* state came zeroed and aligned */
	int	 freed;
	int	 secret;	/* state still held at free */
	void	*state;
} mock;

static int
mock_probe(const struct crypto_params *cp)
{
	return (mock.able);
}

static int
mock_newsession(void *state, const struct crypto_params *cp)
{
	static const uint8_t zero[200];

	mock.clean = ((uintptr_t)state & 63) == 0 &&
	    memcmp(state, zero, sizeof(zero)) == 0;
	memset(state, 0x5a, sizeof(zero));
	mock.state = state;
	return (mock.error);
}

static void
mock_freesession(void *state)
{
	mock.freed += state == mock.state;
	mock.secret = *(uint8_t *)state == 0x5a;
}

static int
mock_invoke(const void *state, struct cryptop *crp)
{
	return (state == mock.state ? ENOSYS : EIO);
}

static const struct crypto_provider mock_provider = {
	.cpv_name = "mock",
	.cpv_priority = 1000,
	.cpv_statesize = 200,
	.cpv_probe = mock_probe,
	.cpv_newsession = mock_newsession,
	.cpv_freesession = mock_freesession,
	.cpv_invoke = mock_invoke,
};

/* it stays registered, and unable to do anything once a test is over */
static void
mock_start(void)
{
	memset(&mock, 0, sizeof(mock));
	if (strcmp(crypto_provider_nth(0), "mock") != 0)
		KT_EQ(crypto_register(&mock_provider), 0);
	mock.able = 1;
}

KTEST(crypto_provider, "the best provider that is able serves a session")
{
	struct packet pkt;
	struct crypto_session **csp = &pkt.crp.crp_session;

	set_params(&pkt, &suites[0]);
	mock_start();
	KT_EQ(crypto_register(&mock_provider), EEXIST);
	KT_EQ(strcmp(crypto_provider_nth(0), "mock"), 0);
	KT_EQ(crypto_newsession(csp, &pkt.cp), 0);
	KT_EQ(strcmp(crypto_provider_name(*csp), "mock"), 0);
	KT_ASSERT(mock.clean);
	set_request(&pkt, 0, 0);
	KT_EQ(crypto_invoke(&pkt.crp), ENOSYS);
	crypto_freesession(*csp);
	KT_EQ(mock.freed, 1);
	KT_ASSERT(mock.secret);

	KT_EQ(crypto_newsession_on("soft", csp, &pkt.cp), 0);
	KT_EQ(strcmp(crypto_provider_name(*csp), "soft"), 0);
	crypto_freesession(*csp);
	mock.able = 0;
	KT_EQ(crypto_newsession(csp, &pkt.cp), 0);
	KT_ASSERT(strcmp(crypto_provider_name(*csp), "mock") != 0);
	crypto_freesession(*csp);
	KT_EQ(crypto_newsession_on("mock", csp, &pkt.cp), EINVAL);
	KT_EQ(crypto_newsession_on("nobody", csp, &pkt.cp), ENOENT);
	KT_EQ(mock.freed, 1);
}

KTEST(crypto_failure, "a session that cannot be made leaks nothing")
{
	unsigned long before = malloc_inuse(M_CRYPTO_DATA);
	struct packet pkt;
	struct crypto_session **csp = &pkt.crp.crp_session;

	set_params(&pkt, &suites[0]);
	mock_start();
	mock.error = EIO;
	KT_EQ(crypto_newsession(csp, &pkt.cp), EIO);
	KT_ASSERT(*csp == NULL);
	KT_EQ(mock.freed, 0);
	mock.able = 0;

	malloc_fail_nth(1);
	KT_EQ(crypto_newsession(csp, &pkt.cp), ENOMEM);
	malloc_fail_nth(0);
	KT_ASSERT(*csp == NULL);

	KT_EQ(crypto_newsession(csp, &pkt.cp), 0);
	KT_EQ(malloc_inuse(M_CRYPTO_DATA), before + 1);
	crypto_freesession(*csp);
	crypto_freesession(NULL);
	KT_EQ(malloc_inuse(M_CRYPTO_DATA), before);
}

/* does it come with a cipher that can have its key? */
static int
has_cipher(const struct auth_hash *auth)
{
	const struct enc_xform *enc;

	for (enc = enc_xforms; enc->type != 0; enc++)
		if (enc_xform_auth(enc, auth->keysize) == auth &&
		    enc_xform_keyok(enc, auth->keysize))
			return (1);
	return (0);
}

KTEST(crypto_xform, "algorithm tables agree with each other")
{
	const struct enc_xform *enc;
	const struct auth_hash *auth;

	for (enc = enc_xforms; enc->type != 0; enc++) {
		KT_ASSERT(enc_xform_find(enc->type) == enc);
		KT_ASSERT(enc->blocksize <= XFORM_MAXBLOCK);
		KT_ASSERT(enc->ivsize <= XFORM_MAXIV);
		KT_ASSERT(enc_xform_keyok(enc, enc->minkey));
		KT_ASSERT(enc_xform_keyok(enc, enc->maxkey));
		KT_ASSERT(!enc_xform_keyok(enc, enc->maxkey + enc->keystep));
	}
	for (auth = auth_hashes; auth->type != 0; auth++) {
		KT_ASSERT(auth_hash_find(auth->type) == auth);
		KT_ASSERT(auth->authsize <= XFORM_MAXICV);
		KT_ASSERT(auth->authsize <= auth->hashsize);
		KT_EQ(has_cipher(auth), auth->mac != XFORM_NOMAC);
	}
	KT_ASSERT(enc_xform_find(0) == NULL && auth_hash_find(0) == NULL);
	KT_ASSERT(enc_xform_auth(enc_xform_find(CRYPTO_AES_CBC), 20) == NULL);
}
