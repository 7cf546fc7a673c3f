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
 *	dhtest -l | test
 *
 * Diffie-Hellman of every group, and the public values that no honest peer
 * sends: B32 of the bad inputs.  dh.c is inside, so that a struct dh can get
 * the private value of a published vector; libcrypto takes none otherwise.
 */
#include "dh.c"

#include "check.h"
#include "golden_dh.h"

/* x | y of the generator: RFC 5903 3, SEC 2 and RFC 5639 3. */
static const struct {
	uint16_t	 group;
	const char	*point;
} generators[] = {
	{ IKE_DH_ECP256,
	  "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
	  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5" },
	{ IKE_DH_ECP384,
	  "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38"
	  "5502f25dbf55296c3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29"
	  "f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f" },
	{ IKE_DH_ECP521,
	  "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d"
	  "3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5"
	  "bd66011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17"
	  "273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be9476"
	  "9fd16650" },
	{ IKE_DH_ECP192,
	  "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff101207192b95ffc8da78"
	  "631011ed6b24cdd573f977a11e794811" },
	{ IKE_DH_ECP224,
	  "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21bd376388"
	  "b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34" },
	{ IKE_DH_BP224,
	  "0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d58aa56f7"
	  "72c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd" },
	{ IKE_DH_BP256,
	  "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262"
	  "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997" },
	{ IKE_DH_BP384,
	  "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8"
	  "e826e03436d646aaef87b2e247d4af1e8abe1d7520f9c2a45cb1eb8e95cfd552"
	  "62b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315" },
	{ IKE_DH_BP512,
	  "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098e"
	  "ff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822"
	  "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111"
	  "b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892" },
};

/* RFC 5903 8: i, g^i, g^r, g^ir */
static const struct {
	uint16_t	 group;
	const char	*name, *priv, *pub, *peer, *secret;
} ecp_golden[] = {
	{ IKE_DH_ECP256, "P-256",
	  "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	  "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	  "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
	  "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
	{ IKE_DH_ECP384, "P-384",
	  "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655"
	  "e35b538041e649ee3faef896783ab194",
	  "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6"
	  "de3ac808acb4bdb4c88732aee95f41aa9482ed1fc0eeb9cafc4984625ccfc23f"
	  "65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
	  "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d"
	  "0d1ac43a0336def96fda41d0774a3571dcfbec7aacf3196472169e838430367f"
	  "66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
	  "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4"
	  "d603135569b9e9d09cf5d4a270f59746" },
	{ IKE_DH_ECP521, "P-521",
	  "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
	  "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d"
	  "4a52",
	  "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbe"
	  "e1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176c"
	  "ed3e017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4"
	  "a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3"
	  "926f9582",
	  "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a21"
	  "9b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9"
	  "460f015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d985207"
	  "7b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd1"
	  "7f0fc56a",
	  "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
	  "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3"
	  "ddea" },
};

static struct dh *
must_new(uint16_t id)
{
	struct dh *dh = dh_new(id);

	if (dh == NULL) {
		printf("group %u: no key\n", id);
		exit(1);
	}
	return (dh);
}

/* The secret's buffer may have something in it, which has to stay. */
static void
refused(struct dh *dh, const struct buf *pub, const char *what)
{
	struct buf secret = { 0 };

	buf_put8(&secret, 0x55);
	check(dh_shared(dh, pub->b_data, pub->b_len, &secret) == -1 &&
	    secret.b_len == 1 && secret.b_data[0] == 0x55,
	    "group %u: %s is taken", dh_group(dh), what);
	buf_clear(&secret);
}

static void
refused_hex(struct dh *dh, const char *hex)
{
	struct buf pub = { 0 };

	unhex(&pub, hex);
	refused(dh, &pub, hex);
	buf_clear(&pub);
}

static void
lengths(struct dh *dh)
{
	struct buf pub = { 0 };
	uint8_t *all;

	refused(dh, &pub, "a value of no octets");
	check(dh_public(dh, &pub) == 0 &&
	    pub.b_len == dh_publen(dh_group(dh)), "group %u: public value",
	    dh_group(dh));
	pub.b_len--;
	refused(dh, &pub, "a value without its last octet");
	pub.b_len++;
	buf_put8(&pub, 0);
	refused(dh, &pub, "a value and an octet");
	buf_clear(&pub);
	buf_put8(&pub, POINT_RAW);
	check(dh_public(dh, &pub) == 0, "group %u: public value",
	    dh_group(dh));
	refused(dh, &pub, "a value behind an octet");
	buf_clear(&pub);
	if ((all = buf_room(&pub, 65535)) == NULL)
		exit(1);
	all[65534] = 2;
	refused(dh, &pub, "a value of 65535 octets");
	buf_clear(&pub);
}

/* Both ends have the same, as long as it has to be. */
static void
both(struct group *gr)
{
	struct dh *a = must_new(gr->gr_id), *b = must_new(gr->gr_id);
	struct buf pa = { 0 }, pb = { 0 }, sa = { 0 }, sb = { 0 };
	size_t len = gr->gr_kind == ECP ? gr->gr_len / 2 : gr->gr_len;

	check(dh_group(a) == gr->gr_id, "group %u says %u", gr->gr_id,
	    dh_group(a));
	check(dh_public(a, &pa) == 0 && dh_public(b, &pb) == 0 &&
	    pa.b_len == dh_publen(gr->gr_id) && pb.b_len == pa.b_len &&
	    memcmp(pa.b_data, pb.b_data, pa.b_len) != 0,
	    "group %u: public values", gr->gr_id);
	check(dh_shared(a, pb.b_data, pb.b_len, &sa) == 0 &&
	    dh_shared(b, pa.b_data, pa.b_len, &sb) == 0 &&
	    sa.b_len == len && sb.b_len == len &&
	    memcmp(sa.b_data, sb.b_data, len) == 0,
	    "group %u: the ends have different secrets", gr->gr_id);
	buf_clear(&pa);
	buf_clear(&pb);
	buf_clear(&sa);
	buf_clear(&sb);
	dh_free(a);
	dh_free(b);
}

/*
 * With the generator for the peer's value the secret is our public value,
 * of a point its x.  That ties both to what the RFC says.
 */
static void
generator(struct dh *dh, const struct buf *g)
{
	struct buf pub = { 0 }, secret = { 0 };
	size_t len = dh_publen(dh_group(dh));

	if (dh->dh_gr->gr_kind == ECP)
		len /= 2;
	check(dh_public(dh, &pub) == 0 &&
	    dh_shared(dh, g->b_data, g->b_len, &secret) == 0 &&
	    secret.b_len == len &&
	    memcmp(secret.b_data, pub.b_data, len) == 0,
	    "group %u: from the generator not our public value",
	    dh_group(dh));
	buf_clear(&pub);
	buf_clear(&secret);
}

/* The number as a public value of MODP. */
static void
modp_value(struct buf *b, const struct group *gr, const BIGNUM *from, int add)
{
	BIGNUM *n = from != NULL ? BN_dup(from) : BN_new();
	uint8_t *at = buf_room(b, gr->gr_len);

	if (n == NULL || at == NULL || !(add < 0 ? BN_sub_word(n, -add) :
	    BN_add_word(n, add)) || BN_bn2binpad(n, at, gr->gr_len) == -1)
		exit(1);
	BN_free(n);
}

static void
modp_bad(unsigned int row)
{
	static const struct {
		const char	*what;
		int		 top, add;	/* top: from p - 1, else 0 */
	} bad[] = {
		{ "zero", 0, 0 }, { "one", 0, 1 }, { "p - 1", 1, 0 },
		{ "p", 1, 1 }, { "p + 1", 1, 2 }, { "p + 2", 1, 3 },
	};
	struct dh *dh = must_new(modp_golden[row].group);
	const struct group *gr = dh->dh_gr;
	struct buf pub = { 0 }, secret = { 0 };
	unsigned int i;

	for (i = 0; i < nitems(bad); i++) {
		modp_value(&pub, gr, bad[i].top ? gr->gr_max : NULL,
		    bad[i].add);
		refused(dh, &pub, bad[i].what);
		/* Not only because libcrypto refuses it as well. */
		check(modp_check(gr, pub.b_data) == -1,
		    "group %u: %s passes", gr->gr_id, bad[i].what);
		buf_clear(&pub);
	}
	memset(buf_room(&pub, gr->gr_len), 0xff, gr->gr_len);
	refused(dh, &pub, "all ones");
	buf_clear(&pub);
	modp_value(&pub, gr, gr->gr_max, -1);
	check(dh_shared(dh, pub.b_data, pub.b_len, &secret) == 0,
	    "group %u: p - 2 is refused", gr->gr_id);
	buf_clear(&pub);
	buf_clear(&secret);
	dh_free(dh);
}

/* The prime, the generator, and an exponent of the length it should have. */
static void
modp(unsigned int row)
{
	struct dh *dh = must_new(modp_golden[row].group);
	struct buf g = { 0 };
	uint8_t max[DH_MAX], digest[20];
	BIGNUM *priv = NULL;

	check(BN_bn2binpad(dh->dh_gr->gr_max, max, dh->dh_gr->gr_len) != -1,
	    "group %u: longer than its public values", dh_group(dh));
	crypto_sha1(max, dh->dh_gr->gr_len, digest);
	check(is_hex(digest, 20, modp_golden[row].sha1),
	    "group %u: another prime", dh_group(dh));
	check(EVP_PKEY_get_bn_param(dh->dh_key, OSSL_PKEY_PARAM_PRIV_KEY,
	    &priv) == 1 && BN_num_bits(priv) <= dh->dh_gr->gr_expbits &&
	    BN_num_bits(priv) > dh->dh_gr->gr_expbits - 64,
	    "group %u: exponent of %d bits", dh_group(dh),
	    priv != NULL ? BN_num_bits(priv) : -1);
	BN_clear_free(priv);
	modp_value(&g, dh->dh_gr, NULL, 2);
	generator(dh, &g);
	buf_clear(&g);
	dh_free(dh);
}

/* Zeros in front stay, RFC 7296 2.14: until one value has some. */
static void
padding(void)
{
	struct buf g = { 0 }, pub = { 0 };
	struct dh *dh;
	int i, zero = 0;

	modp_value(&g, group_find(IKE_DH_MODP768), NULL, 2);
	for (i = 0; i < 5000 && !zero; i++) {
		dh = must_new(IKE_DH_MODP768);
		zero = dh_public(dh, &pub) == 0 && pub.b_data[0] == 0;
		if (zero)
			generator(dh, &g);
		buf_clear(&pub);
		dh_free(dh);
	}
	check(zero, "none of %d public values began with a zero", i);
	buf_clear(&g);
}

static void
ecp(unsigned int row)
{
	struct dh *dh = must_new(generators[row].group);
	struct buf g = { 0 };

	unhex(&g, generators[row].point);
	generator(dh, &g);
	buf_clear(&g);
	dh_free(dh);
}

static void
ecp_bad(unsigned int row)
{
	struct dh *dh = must_new(generators[row].group);
	struct buf g = { 0 }, zero = { 0 };
	size_t i, half;

	unhex(&g, generators[row].point);
	half = g.b_len / 2;
	for (i = 0; i < 8 * g.b_len; i += i % 8 == 7 ? 25 : 1) {
		g.b_data[i / 8] ^= 1 << i % 8;
		refused(dh, &g, "a point beside the curve");
		g.b_data[i / 8] ^= 1 << i % 8;
	}
	memset(g.b_data + half, 0, half);
	refused(dh, &g, "y of zero");
	memset(buf_room(&zero, g.b_len), 0, g.b_len);
	refused(dh, &zero, "zero");
	zero.b_data[g.b_len - 1] = 1;
	refused(dh, &zero, "one");
	memset(zero.b_data, 0xff, g.b_len);
	refused(dh, &zero, "all ones");
	/* As a point is written elsewhere: compressed, and infinity. */
	zero.b_data[0] = 0x02;
	zero.b_len = 1 + half;
	refused(dh, &zero, "a compressed point");
	zero.b_data[0] = 0;
	zero.b_len = 1;
	refused(dh, &zero, "infinity");
	buf_clear(&g);
	buf_clear(&zero);
	dh_free(dh);
}

/*
 * p = 2^521 - 1 leaves room above it: x + p is the same point by a number
 * out of range.
 */
static void
ecp_range(void)
{
	struct dh *dh = must_new(IKE_DH_ECP521);
	struct buf g = { 0 };
	unsigned int i;

	for (i = 0; i < nitems(generators); i++)
		if (generators[i].group == IKE_DH_ECP521)
			unhex(&g, generators[i].point);
	g.b_data[0] |= 0x02;
	g.b_data[65]--;
	refused(dh, &g, "x + p");
	buf_clear(&g);
	dh_free(dh);
}

static EVP_PKEY *
ecp_key(const char *name, const struct buf *priv, const struct buf *pub)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(priv->b_data, priv->b_len, NULL);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	struct buf point = { 0 };
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	buf_put8(&point, POINT_RAW);
	buf_putbuf(&point, pub);
	if (!OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
	    name, 0) || !OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY,
	    n) || !OSSL_PARAM_BLD_push_octet_string(bld,
	    OSSL_PKEY_PARAM_PUB_KEY, point.b_data, point.b_len) ||
	    (params = OSSL_PARAM_BLD_to_param(bld)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &pkey,
	    EVP_PKEY_KEYPAIR, params) != 1)
		exit(1);
	buf_clear(&point);
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(ctx);
	BN_free(n);
	OSSL_PARAM_BLD_free(bld);
	return (pkey);
}

/* With this key for its own, and this value of the peer. */
static void
known(uint16_t id, EVP_PKEY *pkey, const char *pub, const struct buf *peer,
    const char *secret)
{
	struct dh *dh = must_new(id);
	struct buf b = { 0 };

	EVP_PKEY_free(dh->dh_key);
	dh->dh_key = pkey;
	check(dh_public(dh, &b) == 0 && is_hex(b.b_data, b.b_len, pub),
	    "group %u: public value of the vector", id);
	buf_clear(&b);
	check(dh_shared(dh, peer->b_data, peer->b_len, &b) == 0 &&
	    is_hex(b.b_data, b.b_len, secret),
	    "group %u: secret of the vector", id);
	buf_clear(&b);
	dh_free(dh);
}

static void
ecp_known(unsigned int row)
{
	struct buf priv = { 0 }, pub = { 0 }, peer = { 0 };

	unhex(&priv, ecp_golden[row].priv);
	unhex(&pub, ecp_golden[row].pub);
	unhex(&peer, ecp_golden[row].peer);
	known(ecp_golden[row].group,
	    ecp_key(ecp_golden[row].name, &priv, &pub),
	    ecp_golden[row].pub, &peer, ecp_golden[row].secret);
	buf_clear(&priv);
	buf_clear(&pub);
	buf_clear(&peer);
}

/* RFC 7748 6.1, Bob's side. */
static void
x25519_known(void)
{
	struct buf priv = { 0 }, peer = { 0 };

	unhex(&priv, "5dab087e624a8a4b79e17f8b83800ee6"
	    "6f3bb1292618b6fd1c2f8b27ff88e0eb");
	unhex(&peer, "8520f0098930a754748b7ddcb43ef75a"
	    "0dbf3a0d26381af4eba4a98eaa9b4e6a");
	known(IKE_DH_CURVE25519, EVP_PKEY_new_raw_private_key_ex(NULL,
	    "X25519", NULL, priv.b_data, priv.b_len),
	    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	    &peer,
	    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	buf_clear(&priv);
	buf_clear(&peer);
}

/* The values of small order: 0, 1, p - 1, p, p + 1 and two of order 8. */
static void
x25519_bad(void)
{
	static const char *const small[] = {
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	    "0000000000000000000000000000000000000000000000000000000000000080",
	};
	struct dh *dh = must_new(IKE_DH_CURVE25519);
	unsigned int i;

	for (i = 0; i < nitems(small); i++)
		refused_hex(dh, small[i]);
	dh_free(dh);
}

static void
x25519(void)
{
	struct dh *dh = must_new(IKE_DH_CURVE25519);
	struct buf g = { 0 };

	memset(buf_room(&g, 32), 0, 32);
	g.b_data[0] = 9;
	generator(dh, &g);
	/* RFC 7748 5: the highest bit does not count. */
	g.b_data[31] = 0x80;
	generator(dh, &g);
	x25519_known();
	buf_clear(&g);
	dh_free(dh);
}

static void
test_agree(void)
{
	unsigned int i;

	for (i = 0; i < nitems(groups); i++)
		both(&groups[i]);
}

static void
test_modp(void)
{
	unsigned int i;

	for (i = 0; i < nitems(modp_golden); i++)
		modp(i);
}

static void
test_curves(void)
{
	unsigned int i;

	for (i = 0; i < nitems(generators); i++)
		ecp(i);
	for (i = 0; i < nitems(ecp_golden); i++)
		ecp_known(i);
	x25519();
}

static void
test_sizes(void)
{
	struct dh *dh;
	unsigned int i;

	for (i = 0; i < nitems(groups); i++) {
		dh = must_new(groups[i].gr_id);
		lengths(dh);
		dh_free(dh);
	}
}

static void
test_bad_modp(void)
{
	unsigned int i;

	for (i = 0; i < nitems(modp_golden); i++)
		modp_bad(i);
}

static void
test_bad_points(void)
{
	unsigned int i;

	for (i = 0; i < nitems(generators); i++)
		ecp_bad(i);
	ecp_range();
}

static void
test_unknown(void)
{
	static const uint16_t unknown[] = { 0, 3, 4, 22, 24, 32, 1035, 65535 };
	unsigned int i;

	for (i = 0; i < nitems(unknown); i++)
		check(dh_publen(unknown[i]) == 0 && dh_new(unknown[i]) == NULL,
		    "group %u exists", unknown[i]);
	dh_free(NULL);
}

static const struct {
	const char	*name;
	void		(*fn)(void);
} tests[] = {
	{ "agree",		test_agree },
	{ "modp",		test_modp },
	{ "padding",		padding },
	{ "curves",		test_curves },
	{ "B32-sizes",		test_sizes },
	{ "B32-modp",		test_bad_modp },
	{ "B32-points",		test_bad_points },
	{ "B32-x25519",		x25519_bad },
	{ "B32-unknown",	test_unknown },
};

int
main(int argc, char **argv)
{
	unsigned int i;
	int list;

	if (argc != 2) {
		fprintf(stderr, "usage: dhtest -l | test\n");
		return (2);
	}
	list = strcmp(argv[1], "-l") == 0;
	log_init("dhtest", 1, 0);
	for (i = 0; i < nitems(tests); i++)
		if (list)
			printf("%s\n", tests[i].name);
		else if (strcmp(argv[1], tests[i].name) == 0)
			tests[i].fn();
	return (list ? 0 : check_done());
}
