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
 * What is said when two lists have nothing in common.
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

#define NODH	1

static const struct row {
	const char	*r_which;
	int		 r_nodh;
	const char	*r_ours;
	const char	*r_theirs;
	const char	*r_text;
} rows[] = {
	{ "ikesa", 0,
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048",
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp1024",
	    "peer offered enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp1024; we have enc aes-256 prf hmac-sha2-256 auth "
	    "hmac-sha2-256 group modp2048; no common group: add \"group "
	    "modp1024\" to ikesa" },
	/* two types, two of each */
	{ "ikesa", 0,
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048",
	    "enc 3des enc aes-192 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp1024 group modp1536",
	    "peer offered enc 3des, aes-192 prf hmac-sha2-256 auth "
	    "hmac-sha2-256 group modp1024, modp1536; we have enc aes-256 "
	    "prf hmac-sha2-256 auth hmac-sha2-256 group modp2048; no "
	    "common enc, group: add \"enc aes-192 group modp1536\" to ikesa" },
	/* the nearest of many */
	{ "ikesa", 0, "enc aes-128-gcm prf hmac-sha2-256 group ecp256|"
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048",
	    "enc 3des prf hmac-md5 auth hmac-md5 group modp1024|"
	    "enc aes-256 prf hmac-sha1 auth hmac-sha2-256 group modp2048",
	    "peer offered (nearest of 2) enc aes-256 prf hmac-sha1 auth "
	    "hmac-sha2-256 group modp2048; we have (nearest of 2) enc "
	    "aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048; "
	    "no common prf: add \"prf hmac-sha1\" to ikesa" },
	/* the other kind of cipher: a clause of its own */
	{ "ikesa", 0, "enc aes-256-gcm prf hmac-sha2-256 group modp2048",
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048",
	    "peer offered enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp2048; we have enc aes-256-gcm prf hmac-sha2-256 "
	    "group modp2048; no common enc, auth: add \"ikesa enc aes-256 "
	    "prf hmac-sha2-256 auth hmac-sha2-256 group modp2048\" to the "
	    "policy" },
	{ "childsa", NODH, "enc aes-256 auth hmac-sha2-256 group ecp256 noesn",
	    "enc aes-256-gcm auth none noesn",
	    "peer offered enc aes-256-gcm auth none noesn; we have enc "
	    "aes-256 auth hmac-sha2-256 group ecp256 noesn; no common enc, "
	    "auth: add \"childsa enc aes-256-gcm group ecp256 noesn\" to "
	    "the policy" },
	/* PFS on one side */
	{ "childsa", 0, "default", "enc aes-256-gcm group modp2048 noesn",
	    "peer offered enc aes-256-gcm group modp2048 noesn; we have "
	    "(nearest of 2) enc aes-128-gcm, aes-256-gcm group none esn, "
	    "noesn; no common group: add \"group modp2048\" to childsa" },
	{ "childsa", 0, "enc aes-256-gcm group modp2048 noesn",
	    "enc aes-256-gcm noesn",
	    "peer offered enc aes-256-gcm noesn; we have enc aes-256-gcm "
	    "group modp2048 noesn; no common group: add \"group none\" to "
	    "childsa" },
	{ "childsa", NODH, "enc aes-256-gcm esn", "enc aes-256-gcm noesn",
	    "peer offered enc aes-256-gcm noesn; we have enc aes-256-gcm "
	    "esn; no common esn: add \"noesn\" to childsa" },
	{ "childsa", NODH, "enc aes-256-gcm esn", "enc aes-256-gcm",
	    "peer offered enc aes-256-gcm; we have enc aes-256-gcm esn; no "
	    "common esn: add \"noesn\" to childsa" },
	/* not ours to mend */
	{ "ikesa", 0, "enc aes-256-gcm prf hmac-sha2-256 group modp2048",
	    "1:99:0 prf hmac-sha2-256 group modp2048",
	    "peer offered enc ENCR 99 prf hmac-sha2-256 group modp2048; we "
	    "have enc aes-256-gcm prf hmac-sha2-256 group modp2048; no "
	    "common enc: the peer must change: we do not have ENCR 99, it "
	    "could offer \"enc aes-256-gcm\"" },
	{ "ikesa", 0, "enc aes-256-gcm prf hmac-sha2-256 group modp2048",
	    "enc aes-256-gcm prf hmac-sha2-256",
	    "peer offered enc aes-256-gcm prf hmac-sha2-256; we have enc "
	    "aes-256-gcm prf hmac-sha2-256 group modp2048; no common "
	    "group: the peer must change, it could offer \"group modp2048\"" },
	{ "ikesa", 0, "enc aes-256-gcm prf hmac-sha2-256 group modp2048",
	    "enc aes-256-gcm prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp2048",
	    "peer offered enc aes-256-gcm prf hmac-sha2-256 auth "
	    "hmac-sha2-256 group modp2048; we have enc aes-256-gcm prf "
	    "hmac-sha2-256 group modp2048; no common auth: the peer must "
	    "change, with aes-256-gcm it must not offer auth" },
	{ "ikesa", 0, "enc aes-256-gcm prf hmac-sha2-256 group modp2048",
	    "enc aes-256-gcm prf hmac-sha2-256 group modp2048 6:35:0",
	    "peer offered enc aes-256-gcm prf hmac-sha2-256 group modp2048 "
	    "TYPE6 35; we have enc aes-256-gcm prf hmac-sha2-256 group "
	    "modp2048; the peer must change, and leave out what is neither "
	    "enc, auth, group nor prf" },
	{ "ikesa", 0, "enc aes-256-gcm prf hmac-sha2-256 group modp2048",
	    "1:20:0 prf hmac-sha2-256 group modp1024",
	    "peer offered enc ENCR 20 prf hmac-sha2-256 group modp1024; we "
	    "have enc aes-256-gcm prf hmac-sha2-256 group modp2048; no "
	    "common enc, group: the peer must change: we do not have ENCR "
	    "20 without key length, it could offer \"enc aes-256-gcm group "
	    "modp2048\"" },
	/* what iked has for an IKE SA, but the kernel not for ESP */
	{ "childsa", NODH, "default", "enc aes-128 auth hmac-md5 noesn",
	    "peer offered enc aes-128 auth hmac-md5 noesn; we have "
	    "(nearest of 2) enc aes-256, aes-192, aes-128 auth "
	    "hmac-sha2-256, hmac-sha2-384, hmac-sha2-512, hmac-sha1 group "
	    "none esn, noesn; no common auth: the peer must change: the "
	    "kernel's ESP does not have hmac-md5, it could offer \"auth "
	    "hmac-sha2-256\"" },
	{ "childsa", NODH, "default", "enc aes-128-gcm-12 noesn",
	    "peer offered enc aes-128-gcm-12 noesn; we have (nearest of "
	    "2) enc aes-128-gcm, aes-256-gcm group none esn, noesn; no "
	    "common enc: the peer must change: the kernel's ESP does not "
	    "have aes-128-gcm-12, it could offer \"enc aes-128-gcm\"" },
	{ "ikesa", 0, "default", "enc chacha20-poly1305 prf hmac-sha2-256 "
	    "group curve25519",
	    "peer offered enc chacha20-poly1305 prf hmac-sha2-256 group "
	    "curve25519; we have (nearest of 2) enc aes-128-gcm, "
	    "aes-256-gcm prf hmac-sha2-256, hmac-sha2-384, hmac-sha2-512, "
	    "hmac-sha1 group curve25519, ecp521, ecp384, ecp256, modp4096, "
	    "modp3072, modp2048, modp1536, modp1024; no common enc: add "
	    "\"enc chacha20-poly1305\" to ikesa" },
	{ "childsa", NODH, "default", "enc null auth none noesn",
	    "peer offered enc null auth none noesn; we have (nearest of 2) "
	    "enc aes-128-gcm, aes-256-gcm group none esn, noesn; no common "
	    "enc: the peer must change, it could offer \"enc aes-128-gcm\"" },
	/* nothing at all */
	{ "ikesa", 0, "default", "",
	    "peer offered no proposal; we have (nearest of 2) enc "
	    "aes-128-gcm, aes-256-gcm prf hmac-sha2-256, hmac-sha2-384, "
	    "hmac-sha2-512, hmac-sha1 group curve25519, ecp521, ecp384, "
	    "ecp256, modp4096, modp3072, modp2048, modp1536, modp1024; the "
	    "peer must offer an IKE proposal" },
	{ "childsa", 0, "enc aes-256-gcm noesn", "AH",
	    "peer offered proposals for another protocol; we have enc "
	    "aes-256-gcm noesn; the peer must offer an ESP proposal" },
};

static const char *
explained(const struct row *r)
{
	uint8_t proto = strcmp(r->r_which, "ikesa") == 0 ? IKE_PROTO_IKE :
	    IKE_PROTO_ESP;
	struct ike_props ours, theirs;
	struct buf b = { 0 };

	props_make(&ours, proto, r->r_ours);
	if (strcmp(r->r_theirs, "AH") == 0)
		props_make(&theirs, IKE_PROTO_AH, "auth hmac-sha1");
	else
		props_make(&theirs, proto, r->r_theirs);
	props_explain(&b, &ours, &theirs, r->r_which, r->r_nodh);
	props_clear(&theirs);
	props_clear(&ours);
	return (text_of(&b));
}

/* However much a peer sends, and whatever. */
static void
test_bounds(void)
{
	struct ike_props ours, theirs;
	struct buf b = { 0 };
	const char *got;
	unsigned int i, k;

	props_make(&ours, IKE_PROTO_IKE, "default");
	memset(&theirs, 0, sizeof(theirs));
	for (i = 0; props_add(&theirs, IKE_PROTO_IKE) == 0; i++)
		for (k = 0; k < 255; k++)
			prop_add(&theirs.ps_prop[i], k % 9, 65000 + k, 60000);
	props_explain(&b, &ours, &theirs, "ikesa", 0);
	got = text_of(&b);
	check(strlen(got) < 900, "%zu octets: %s", strlen(got), got);
	check(strstr(got, "the peer must change") != NULL, "%s", got);
	/* and the other way round */
	props_explain(&b, &theirs, &ours, "ikesa", 0);
	got = text_of(&b);
	check(strlen(got) < 900, "%zu octets: %s", strlen(got), got);
	props_clear(&theirs);
	props_clear(&ours);
}

int
main(void)
{
	const char *got;
	unsigned int i;

	for (i = 0; i < nitems(rows); i++) {
		got = explained(&rows[i]);
		check(strcmp(got, rows[i].r_text) == 0, "%s", got);
	}
	test_bounds();
	return (check_done());
}
