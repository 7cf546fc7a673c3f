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

#include <crypto/gmac.h>

#include "kt_ref.h"

#define MAXLEN	200

/* key, nonce, text, tag */
static const char *const vectors[][4] = {
	/* NIST CAVP, gcmEncryptExtIV128 and 256, without plaintext */
	{ "77be63708971c4e240d1cb79e8d77feb",
	  "e0e00f19fed7ba0136a797f3",
	  "7a43ec1d9c0a5a78a0b16533a6213cab",
	  "209fcc8d3675ed938e9c7166709dd946" },
	{ "7680c5d3ca6154758e510f4d25b98820",
	  "f8f105f9c3df4965780321f8",
	  "c94c410194c765e3dcc7964379758ed3",
	  "94dca8edfcf90bb74b153c8d48a17930" },
	{ "11754cd72aec309bf52f7687212e8957",
	  "3c819d9a9bed087615030b65",
	  "",
	  "250327c674aaf477aef2675748cf6971" },
	{ "ca47248ac0b6f8372a97ac43508308ed",
	  "ffd2b598feabc9019262d2be",
	  "",
	  "60d20404af527d248d893ae495707d1a" },
	{ "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
	  "516c33929df5a3284ff463d7",
	  "",
	  "bdc1ac884d332457a1d2664f168c76f0" },
	/* made with OpenSSL: other keys, and lengths of no whole block */
	{ "a86a2b3a74969a96d6a1ed760fa3cfdeb66add31afd72e5d",
	  "e38fad974797bedca0262b2d",
	  "dd",
	  "e7ff7a6e2eab9346b109bb5b89810f24" },
	{ "26af90c802a0f7091d3a8a9c217c9aa48d67b3c0697f21ec",
	  "11f2445d5485cae6b8c076ad",
	  "146ed5ead58a41ed00ff4989a82832",
	  "58ee430b286a4345064a8ecae31cfc5c" },
	{ "a6eb5a216fae331377a24be811c639b74623cd9a0e394038",
	  "d477f984edd0ed5f0069dacb",
	  "822ae943a490978850693cc4250285421c0d0d7e",
	  "4e1a798f15fd65b3a3e6d6a95d923162" },
	{ "0dfa1f8477a18d845c0a55e05215f2040d937e23bd98f467",
	  "5960a384f2c0c32be7de4aa2",
	  "6ea468aed31280b5d875c8c9f7987963f8f8a1883e597c94f91ca134b4cc1317"
	    "b2071b5f7b52827a747378b9482cf679",
	  "1f70b4bc4a083c78a4bd69c82cebb7cd" },
	{ "4edeaa5ea200237206f0e1803f9bf41ae795acff749a9bc7",
	  "e4cf34146474ea82d76c9ced",
	  "e0c1c273ee31f090d141c8cfa1975dc05b179d572ef7c7049bd96e6dbe9082df"
	    "b6a9a612f6e8693708e8985435be43ebcd6241697fcda92307766201c70a65a2"
	    "c15ccbae557e3982e99aed69b40cf60fe774419b328110fafaca",
	  "8d82318d28dfb40d1c931d9ae627b65f" },
	{ "553bc0a988578acdbf757fc752d86bfc",
	  "65a08149e68cb0f22b429ba4",
	  "ffe94227dad7513231822a555908111d7415fa8c",
	  "edcd2ca7eb1cc56c70df834987beb5bb" },
	{ "49cb54d53a9e798dd66bcdd050c4230d",
	  "f8d4b391ded2ff463f56269c",
	  "35753faf0d4b7bc504e8df4142f4ef7315470ef093cc9173ece1ff8225b20809"
	    "c341cc50d0be83eee4fd623c92d9cb245b609449e91140d639c6738f4901b75a"
	    "258c2aa7f37efa6bb71846504b2053b9d3f821c485ebf530fd2e",
	  "86013ec9ebc3c8196b62ba009fc0eab1" },
	{ "5c549f7d78ca5c54a329ea4c785ea1a7a5c456e8a9873626936d30e85badb579",
	  "8e89ee64d2660414d9e3a38b",
	  "3283f2349473921779f59041620e1f0ac319d2d73f35cd89ce7e7413f314e63b"
	    "d6",
	  "f3bc4c66ad0e4814318939e89935e546" },
	{ "2edadbcc261b31dd8a6a9a76bee9a2e5847dc7e2035d3c0526e95ed5bea11615",
	  "658c2a0720147aafeec12d00",
	  "8f10616f3d3d3bd03f0f4a2d6c4114ae5152562e258ad4a1cf416a7eefad6d00"
	    "373cf71065341d78a7244861e59bad8a2812beb0d101b9f2934616191cb45823"
	    "0872100c02e8b373910981dbe6b36e6a546de32a7e9881637211a3a2a72b6f24"
	    "d2637ae3",
	  "5ef54919492940e57fb461d041ce3d98" },
};

KTEST(gmac_vectors, "GMAC gives tags of NIST's CAVP and of OpenSSL")
{
	struct gcm_key gk;
	struct gmac_ctx gm;
	uint8_t key[32], nonce[12], msg[100], tag[16], want[16];
	size_t len;
	int i;

	for (i = 0; i < nitems(vectors); i++) {
		KT_EQ(gcm_setkey(&gk, key, kt_hex(key, vectors[i][0])), 0);
		KT_EQ(kt_hex(nonce, vectors[i][1]), sizeof(nonce));
		len = kt_hex(msg, vectors[i][2]);
		KT_EQ(kt_hex(want, vectors[i][3]), sizeof(want));
		gmac_init(&gm, &gk, nonce);
		gmac_update(&gm, msg, len);
		gmac_final(&gm, tag);
		KT_MEMEQ(tag, want, sizeof(tag));
	}
}

KTEST(gmac_pieces, "GMAC in any pieces equals GCM with additional data only")
{
	struct gcm_key gk;
	struct gmac_ctx gm;
	uint8_t key[32], nonce[12], msg[MAXLEN], tag[16], want[16];
	size_t len, n, off;

	kt_fill(key, sizeof(key));
	KT_EQ(gcm_setkey(&gk, key, sizeof(key)), 0);
	for (len = 0; len <= MAXLEN; len++) {
		kt_fill(nonce, sizeof(nonce));
		kt_fill(msg, sizeof(msg));
		gcm_seal(&gk, nonce, msg, len, NULL, 0, want);
		gmac_init(&gm, &gk, nonce);
		for (off = 0; off < len; off += n) {
			n = ulmin(kt_random() % 40, len - off);
			gmac_update(&gm, msg + off, n);
		}
		gmac_final(&gm, tag);
		KT_MEMEQ(tag, want, sizeof(tag));
	}
}
