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
 * Names, defaults, and what is chosen from two lists.
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

#define IKE	IKE_PROTO_IKE
#define ESP	IKE_PROTO_ESP
#define NODH	1

static const struct row {
	uint8_t		 r_proto;
	int		 r_nodh;
	const char	*r_ours;
	const char	*r_theirs;
	const char	*r_chosen;	/* NULL: nothing */
} rows[] = {
	/* our order, one of each type */
	{ IKE, 0, "enc aes-256 enc aes-128 prf hmac-sha1 auth hmac-sha1 "
	    "group modp2048 group modp1024",
	    "enc aes-128 enc aes-256 auth hmac-sha1 prf hmac-sha1 "
	    "group modp1024 group modp2048",
	    "enc aes-256 prf hmac-sha1 auth hmac-sha1 group modp2048" },
	{ IKE, 0, "enc aes-128-gcm prf hmac-sha1 group ecp256",
	    "enc aes-128-gcm prf hmac-sha1 group ecp384", NULL },
	/* the first of ours that fits, not one that fits more smoothly */
	{ IKE, 0, "enc aes-128-gcm enc aes-256-gcm prf hmac-sha1 group ecp256|"
	    "enc 3des prf hmac-sha1 auth hmac-sha1 group ecp256",
	    "enc 3des prf hmac-sha1 auth hmac-sha1 group ecp256|"
	    "enc aes-256-gcm prf hmac-sha1 group ecp256",
	    "enc aes-256-gcm prf hmac-sha1 group ecp256" },
	/* the better of theirs for one of ours */
	{ IKE, 0, "enc aes-128-gcm enc aes-256-gcm prf hmac-sha1 group ecp256",
	    "enc aes-256-gcm prf hmac-sha1 group ecp256|"
	    "enc aes-128-gcm prf hmac-sha1 group ecp256",
	    "enc aes-128-gcm prf hmac-sha1 group ecp256" },
	/* aliases are the same transform */
	{ IKE, 0, "enc 3des prf hmac-md5 auth hmac-md5 group grp2",
	    "enc 3des-cbc prf hmac-md5 auth hmac-md5 group modp1024",
	    "enc 3des prf hmac-md5 auth hmac-md5 group modp1024" },
	/* an IKE SA needs a PRF and a group, and has no ESN */
	{ IKE, 0, "default", "enc aes-128-gcm prf hmac-sha2-256", NULL },
	{ IKE, 0, "default", "enc aes-128-gcm group modp2048", NULL },
	{ IKE, 0, "default",
	    "enc aes-128-gcm prf hmac-sha2-256 group none", NULL },
	{ IKE, 0, "default",
	    "enc aes-128-gcm prf hmac-sha2-256 group ecp256 noesn", NULL },
	{ IKE, 0, "default", "prf hmac-sha2-256 group ecp256", NULL },
	{ IKE, 0, "default",
	    "enc aes-128 prf hmac-sha2-256 group ecp256", NULL },
	{ IKE, 0, "default", "", NULL },
	{ IKE, 0, "", "default", NULL },
	/* a type that we do not know has no match */
	{ IKE, 0, "default", "enc aes-128-gcm prf hmac-sha2-256 group ecp256 "
	    "6:35:0", NULL },
	{ IKE, 0, "default", "enc aes-128-gcm prf hmac-sha2-256 group ecp256 "
	    "0:0:0", NULL },
	/* integrity beside an AEAD: none, or NONE */
	{ IKE, 0, "default", "enc aes-128-gcm auth none prf hmac-sha2-256 "
	    "group ecp256", "enc aes-128-gcm prf hmac-sha2-256 group ecp256" },
	{ IKE, 0, "default", "enc aes-128-gcm auth hmac-sha2-256 "
	    "prf hmac-sha2-256 group ecp256", NULL },
	{ IKE, 0, "default", "enc aes-128-gcm auth none auth hmac-sha2-256 "
	    "prf hmac-sha2-256 group ecp256", NULL },
	{ ESP, 0, "default", "enc aes-256-gcm auth hmac-sha2-256 noesn",
	    NULL },
	{ ESP, 0, "default", "enc aes-256-gcm auth none noesn",
	    "enc aes-256-gcm noesn" },
	{ ESP, 0, "default", "enc aes-256-gcm 3:0:128 noesn", NULL },
	/* both kinds in one: the cipher that is complete */
	{ IKE, 0, "default", "enc aes-128-gcm enc aes-192 auth hmac-sha2-384 "
	    "prf hmac-sha2-256 group ecp256",
	    "enc aes-192 prf hmac-sha2-256 auth hmac-sha2-384 group ecp256" },
	/* a cipher without integrity */
	{ ESP, 0, "enc aes-128 auth hmac-sha2-256 noesn",
	    "enc aes-128 noesn", NULL },
	{ ESP, 0, "enc aes-128 auth none noesn",
	    "enc aes-128 auth none noesn", NULL },
	{ ESP, 0, "enc null auth none noesn", "enc null auth none noesn",
	    NULL },
	{ ESP, 0, "enc null noesn", "enc null noesn", NULL },
	{ ESP, 0, "enc null auth hmac-sha2-256 noesn",
	    "enc null auth none auth hmac-sha2-256 noesn",
	    "enc null auth hmac-sha2-256 noesn" },
	/* lengths of keys: AES needs one of its own, others have none */
	{ ESP, 0, "default", "1:20:0 noesn", NULL },
	{ ESP, 0, "default", "1:20:1 noesn", NULL },
	{ ESP, 0, "default", "1:20:65535 noesn", NULL },
	{ ESP, 0, "default", "1:12:0 auth hmac-sha2-256 noesn", NULL },
	{ ESP, 0, "default", "1:12:64 auth hmac-sha2-256 noesn", NULL },
	{ ESP, 0, "default", "1:12:65535 1:12:128 auth hmac-sha2-256 noesn",
	    "enc aes-128 auth hmac-sha2-256 noesn" },
	{ IKE, 0, "default", "1:3:192 prf hmac-sha1 auth hmac-sha1 "
	    "group modp1024", NULL },
	{ IKE, 0, "enc chacha20-poly1305 prf hmac-sha1 group modp1024",
	    "1:28:256 prf hmac-sha1 group modp1024", NULL },
	{ IKE, 0, "enc chacha20-poly1305 prf hmac-sha1 group modp1024",
	    "1:28:0 prf hmac-sha1 group modp1024",
	    "enc chacha20-poly1305 prf hmac-sha1 group modp1024" },
	{ IKE, 0, "default", "enc aes-128-gcm 2:5:256 group ecp256", NULL },
	{ ESP, 0, "default", "enc aes-128 3:12:256 noesn", NULL },
	/* what nobody has, GMAC, which does not encrypt */
	{ ESP, 0, "default", "enc aes-128-gmac esn", NULL },
	{ ESP, 0, "default", "1:99:0 esn", NULL },
	{ ESP, 0, "1:99:0 esn", "1:99:0 esn", NULL },
	/* the group of ESP: absent is none */
	{ ESP, 0, "default", "enc aes-128-gcm esn", "enc aes-128-gcm esn" },
	{ ESP, 0, "enc aes-128-gcm esn", "enc aes-128-gcm esn",
	    "enc aes-128-gcm esn" },
	{ ESP, 0, "default", "enc aes-128-gcm group none esn",
	    "enc aes-128-gcm group none esn" },
	{ ESP, 0, "default", "enc aes-128-gcm group modp2048 esn", NULL },
	{ ESP, 0, "default", "enc aes-128-gcm group modp2048 group none esn",
	    "enc aes-128-gcm group none esn" },
	{ ESP, 0, "enc aes-128-gcm group modp2048 esn",
	    "enc aes-128-gcm esn", NULL },
	{ ESP, 0, "enc aes-128-gcm group modp2048 esn",
	    "enc aes-128-gcm group none esn", NULL },
	{ ESP, 0, "enc aes-128-gcm group modp2048 group none esn",
	    "enc aes-128-gcm esn", "enc aes-128-gcm esn" },
	{ ESP, 0, "enc aes-128-gcm group modp2048 esn",
	    "enc aes-128-gcm group modp1024 group modp2048 esn",
	    "enc aes-128-gcm group modp2048 esn" },
	/* in IKE_AUTH no group counts */
	{ ESP, NODH, "enc aes-128-gcm group modp2048 esn",
	    "enc aes-128-gcm esn", "enc aes-128-gcm esn" },
	{ ESP, NODH, "default", "enc aes-128-gcm group modp1024 esn",
	    "enc aes-128-gcm esn" },
	{ ESP, NODH, "enc aes-128-gcm group modp2048 esn",
	    "enc aes-128-gcm group modp1024 esn", "enc aes-128-gcm esn" },
	/* ESN: absent is not extended */
	{ ESP, 0, "default", "enc aes-128-gcm", "enc aes-128-gcm" },
	{ ESP, 0, "enc aes-128-gcm esn", "enc aes-128-gcm", NULL },
	{ ESP, 0, "enc aes-128-gcm esn", "enc aes-128-gcm noesn", NULL },
	{ ESP, 0, "enc aes-128-gcm esn noesn", "enc aes-128-gcm noesn esn",
	    "enc aes-128-gcm esn" },
	/* no PRF in ESP */
	{ ESP, 0, "default", "enc aes-128-gcm prf hmac-sha2-256 noesn",
	    NULL },

	/* strongSwan, as its defaults are */
	{ IKE, 0, "default", "enc aes-128 enc aes-192 enc aes-256 1:23:128 "
	    "1:23:256 enc 3des auth hmac-sha2-256 auth hmac-sha2-384 "
	    "auth hmac-sha2-512 auth hmac-sha1 3:5:0 prf hmac-sha2-256 "
	    "prf hmac-sha2-384 prf hmac-sha2-512 2:4:0 prf hmac-sha1 "
	    "group ecp256 group ecp384 group ecp521 group brainpool256 "
	    "group curve25519 4:32:0 group modp3072 group modp2048|"
	    "enc aes-128-gcm 1:20:192 enc aes-256-gcm enc chacha20-poly1305 "
	    "1:16:128 prf hmac-sha2-256 prf hmac-sha2-384 2:4:0 group ecp256 "
	    "group curve25519 4:32:0 group modp3072 group modp2048",
	    "enc aes-128-gcm prf hmac-sha2-256 group curve25519" },
	{ ESP, NODH, "default", "enc aes-128-gcm 1:20:192 enc aes-256-gcm "
	    "enc chacha20-poly1305 noesn|enc aes-128 enc aes-192 enc aes-256 "
	    "auth hmac-sha2-256 auth hmac-sha2-384 auth hmac-sha2-512 "
	    "auth hmac-sha1 3:5:0 noesn", "enc aes-128-gcm noesn" },
	/* AWS: the lowest first, groups that we do not have among them */
	{ IKE, 0, "default", "enc aes-128 enc aes-256 prf hmac-sha1 "
	    "prf hmac-sha2-256 auth hmac-sha1 auth hmac-sha2-256 "
	    "group modp1024 group modp2048 group modp3072 4:22:0 4:23:0 "
	    "4:24:0 group ecp256",
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group ecp256" },
	{ IKE, 0, "default",
	    "enc aes-128 prf hmac-sha1 auth hmac-sha1 group modp1024",
	    "enc aes-128 prf hmac-sha1 auth hmac-sha1 group modp1024" },
	{ ESP, 0, "enc aes-256 auth hmac-sha2-256 group modp2048 esn noesn",
	    "enc aes-128 enc aes-256 auth hmac-sha1 auth hmac-sha2-256 "
	    "group modp1024 group modp1536 group modp2048 4:22:0 noesn",
	    "enc aes-256 auth hmac-sha2-256 group modp2048 noesn" },
	/* Azure: a proposal for every combination */
	{ IKE, 0, "default",
	    "enc aes-256 prf hmac-sha1 auth hmac-sha1 group modp1024|"
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp1024|"
	    "enc aes-128 prf hmac-sha1 auth hmac-sha1 group modp1024|"
	    "enc 3des prf hmac-sha1 auth hmac-sha1 group modp1024",
	    "enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp1024" },
	{ ESP, NODH, "default", "enc aes-256-gcm auth none noesn|"
	    "enc aes-256 auth hmac-sha1 noesn|enc 3des auth hmac-sha1 noesn",
	    "enc aes-256-gcm noesn" },
	/* Google: AEADs with all sizes of ICV, then the others */
	{ IKE, 0, "default", "enc aes-128-gcm enc aes-256-gcm 1:19:128 "
	    "1:18:128 prf hmac-sha2-256 prf hmac-sha2-384 prf hmac-sha1 "
	    "group curve25519 group ecp256 group modp3072|"
	    "enc aes-128 enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "3:5:0 group curve25519 group modp1024",
	    "enc aes-128-gcm prf hmac-sha2-256 group curve25519" },
	{ ESP, 0, "enc aes-128-gcm enc aes-256-gcm group modp3072 noesn",
	    "1:20:192 enc aes-256-gcm group curve25519 group ecp256 "
	    "group modp3072 noesn|enc aes-128 auth hmac-sha2-256 "
	    "group curve25519 noesn",
	    "enc aes-256-gcm group modp3072 noesn" },
};

static void
run_row(const struct row *r)
{
	struct ike_props ours, theirs, chosen;
	struct buf b = { 0 };
	const char *got = NULL;

	props_make(&ours, r->r_proto, r->r_ours);
	props_make(&theirs, r->r_proto, r->r_theirs);
	if (props_select(&chosen, &ours, &theirs, r->r_nodh) == 0) {
		props_print(&b, &chosen);
		got = text_of(&b);
		check(props_offered(&theirs, chosen.ps_prop, r->r_nodh) == 0,
		    "%s: chosen, but not offered", got);
		check(props_offered(&ours, chosen.ps_prop, r->r_nodh) == 0,
		    "%s: chosen, but not ours", got);
	}
	check(got == NULL ? r->r_chosen == NULL : r->r_chosen != NULL &&
	    strcmp(got, r->r_chosen) == 0,
	    "ours %s\ntheirs %s\nchosen %s\nbut should %s\n", r->r_ours,
	    r->r_theirs, got != NULL ? got : "nothing",
	    r->r_chosen != NULL ? r->r_chosen : "nothing");
	props_clear(&chosen);
	props_clear(&theirs);
	props_clear(&ours);
}

static void
test_names(void)
{
	static const char *const none[] = {
		"", "3de", "aes", "aes-128-gc", "AES-128", "aes-128 ",
		"sntrup761x25519", "grp2", "hmac-sha1"
	};
	const struct xform_name *xn, *again;
	struct ike_xform xf;
	unsigned int i;

	for (i = 0; (xn = xform_nth(i)) != NULL; i++) {
		check(xform_byname(xn->xn_type, xn->xn_name) == xn,
		    "%s: not found by its name", xn->xn_name);
		xf = (struct ike_xform){ xn->xn_type, xn->xn_id,
		    xn->xn_keybits };
		again = xform_find(&xf);
		check(again == xn || (xn->xn_flags & XN_ALIAS &&
		    !(again->xn_flags & XN_ALIAS)),
		    "%s: not found by its number", xn->xn_name);
		check(xn->xn_keybits == 0 || xn->xn_keybits ==
		    xn->xn_keylen * 8, "%s: its key", xn->xn_name);
	}
	check(i > 50, "only %u transforms", i);
	for (i = 0; i < nitems(none); i++)
		check(xform_byname(IKE_T_ENCR, none[i]) == NULL,
		    "there is a cipher \"%s\"", none[i]);
}

static void
test_print(void)
{
	static const char words[] = "enc aes-128-gcm-12 prf hmac-sha2-384 "
	    "group brainpool512 | enc 3des ENCR 99 ENCR 12/1 prf hmac-md5 "
	    "auth hmac-md5 auth none group none DH 24 esn TYPE200 65535/9";
	struct ike_props ps;
	struct buf b = { 0 };
	const char *got;

	props_make(&ps, IKE, "group grp30 prf hmac-sha2-384 auth none "
	    "enc aes-128-gcm-12|200:65535:9 esn group none 4:24:0 "
	    "auth hmac-md5 auth none prf hmac-md5 enc 3des-cbc 1:99:0 1:12:1");
	props_print(&b, &ps);
	got = text_of(&b);
	check(strcmp(got, words) == 0, "printed: %s", got);
	props_clear(&ps);
}

static void
test_default(uint8_t proto, const char *words)
{
	struct ike_props ps, copy;
	struct buf b = { 0 };
	const char *got;

	props_make(&ps, proto, "default");
	props_print(&b, &ps);
	got = text_of(&b);
	check(strcmp(got, words) == 0, "default %u: %s", proto, got);
	if (props_copy(&copy, &ps) == -1)
		return;
	check(props_equal(&ps, &copy), "a copy is not equal");
	copy.ps_prop[1].pr_n--;
	check(!props_equal(&ps, &copy), "one less is equal");
	copy.ps_prop[1].pr_n++;
	copy.ps_prop[1].pr_xf[0].xf_keybits++;
	check(!props_equal(&ps, &copy), "another key is equal");
	check(prop_aead(&ps.ps_prop[0]) && !prop_aead(&ps.ps_prop[1]),
	    "which proposal is an AEAD");
	props_clear(&copy);
	props_clear(&ps);
}

/* What a responder may say to an offer. */
static void
test_offered(void)
{
	static const struct {
		uint8_t		 o_proto;
		int		 o_nodh;
		const char	*o_ours;
		const char	*o_chosen;
		int		 o_good;
	} offers[] = {
		/* the lowest of ours, though we would not choose it */
		{ IKE, 0, "default", "enc 3des prf hmac-sha1 auth hmac-sha1 "
		    "group modp1024", 1 },
		{ IKE, 0, "default", "enc aes-256-gcm prf hmac-sha1 "
		    "auth none group modp1024", 1 },
		{ IKE, 0, "default", "enc aes-256-gcm prf hmac-sha1 "
		    "auth hmac-sha1 group modp1024", 0 },
		{ IKE, 0, "default", "enc aes-192-gcm prf hmac-sha1 "
		    "group modp1024", 0 },
		{ IKE, 0, "default", "enc aes-256-gcm prf hmac-sha1", 0 },
		{ IKE, 0, "default", "", 0 },
		/* two of a type */
		{ IKE, 0, "default", "enc aes-256-gcm enc aes-128-gcm "
		    "prf hmac-sha1 group modp1024", 0 },
		{ IKE, 0, "default", "enc aes-256-gcm prf hmac-sha1 "
		    "group modp1024 group modp1024", 0 },
		{ ESP, 0, "default", "enc aes-256 auth hmac-sha2-256 noesn",
		    1 },
		{ ESP, 0, "default", "enc aes-256 auth hmac-sha1 noesn", 1 },
		{ ESP, 0, "default", "enc aes-256 auth hmac-md5 noesn", 0 },
		{ ESP, 0, "default", "enc aes-256 auth hmac-sha2-256 esn "
		    "noesn", 0 },
		{ ESP, 0, "default", "enc aes-256 noesn", 0 },
		{ ESP, 0, "enc aes-128-gcm group ecp256 esn",
		    "enc aes-128-gcm esn", 0 },
		{ ESP, 1, "enc aes-128-gcm group ecp256 esn",
		    "enc aes-128-gcm esn", 1 },
		{ ESP, 1, "enc aes-128-gcm group ecp256 esn",
		    "enc aes-128-gcm group none esn", 1 },
		{ ESP, 0, "enc aes-128-gcm esn", "enc aes-128-gcm", 0 },
	};
	struct ike_props ours, chosen;
	unsigned int i;

	for (i = 0; i < nitems(offers); i++) {
		props_make(&ours, offers[i].o_proto, offers[i].o_ours);
		memset(&chosen, 0, sizeof(chosen));
		if (props_add(&chosen, offers[i].o_proto) == 0)
			prop_words(chosen.ps_prop, offers[i].o_chosen);
		check((props_offered(&ours, chosen.ps_prop,
		    offers[i].o_nodh) == 0) == offers[i].o_good,
		    "offered %s, chosen %s: not %d", offers[i].o_ours,
		    offers[i].o_chosen, offers[i].o_good);
		props_clear(&chosen);
		props_clear(&ours);
	}
}

/* Number, protocol and SPI of theirs; never one for another protocol. */
static void
test_head(void)
{
	struct ike_props ours, theirs, chosen;
	struct ike_prop *pr;

	props_make(&ours, ESP, "enc aes-128-gcm esn");
	props_make(&theirs, ESP, "enc aes-256-gcm esn|enc aes-128-gcm esn");
	pr = &theirs.ps_prop[1];
	pr->pr_num = 77;
	pr->pr_spilen = 4;
	memcpy(pr->pr_spi, "\1\2\3\4", 4);
	check(props_select(&chosen, &ours, &theirs, 0) == 0, "no choice");
	check(chosen.ps_n == 1 && chosen.ps_prop->pr_num == 77 &&
	    chosen.ps_prop->pr_proto == ESP &&
	    chosen.ps_prop->pr_spilen == 4 &&
	    memcmp(chosen.ps_prop->pr_spi, "\1\2\3\4", 4) == 0,
	    "the head is not theirs");
	props_clear(&chosen);
	pr->pr_proto = IKE_PROTO_AH;
	check(props_select(&chosen, &ours, &theirs, 0) == -1 &&
	    chosen.ps_n == 0, "AH for ESP");
	props_clear(&theirs);
	props_clear(&ours);
}

static void
test_groups(void)
{
	struct ike_props ps;
	uint16_t groups[4];

	props_make(&ps, ESP, "group none group ecp256 group modp2048|"
	    "group modp2048 group curve25519|group none");
	check(props_groups(&ps, groups, 4) == 3 &&
	    groups[0] == IKE_DH_ECP256 && groups[1] == IKE_DH_MODP2048 &&
	    groups[2] == IKE_DH_CURVE25519, "groups of a list");
	check(props_groups(&ps, groups, 2) == 2, "more groups than room");
	props_clear(&ps);
}

/* As many as a message can have: nothing is slow, nothing is lost. */
static void
test_many(void)
{
	struct ike_props ours, theirs, chosen;
	unsigned int i, k;

	props_make(&ours, IKE, "default");
	memset(&theirs, 0, sizeof(theirs));
	for (i = 0; props_add(&theirs, IKE) == 0; i++)
		for (k = 0; k < 255; k++)
			prop_add(&theirs.ps_prop[i], 1 + k % 4, 1000 + k, k);
	check(i == 255, "%u proposals", i);
	check(props_select(&chosen, &ours, &theirs, 0) == -1,
	    "something of nothing");
	prop_words(&theirs.ps_prop[254], "enc aes-128-gcm prf hmac-sha1 "
	    "group modp1024");
	theirs.ps_prop[254].pr_xf[2].xf_type = IKE_T_DH;
	for (k = 0; k < 255; k++)
		if (theirs.ps_prop[254].pr_xf[k].xf_type == IKE_T_INTEG)
			theirs.ps_prop[254].pr_xf[k].xf_type = IKE_T_PRF;
	check(props_select(&chosen, &ours, &theirs, 0) == 0 &&
	    chosen.ps_prop->pr_num == 255, "the last of 255");
	props_clear(&chosen);
	props_clear(&theirs);
	props_clear(&ours);
}

#define PRFS	"prf hmac-sha2-256 prf hmac-sha2-384 prf hmac-sha2-512 " \
		"prf hmac-sha1"
#define GROUPS	"group curve25519 group ecp521 group ecp384 group ecp256 " \
		"group modp4096 group modp3072 group modp2048 " \
		"group modp1536 group modp1024"
#define AUTHS	"auth hmac-sha2-256 auth hmac-sha2-384 auth hmac-sha2-512"

int
main(void)
{
	unsigned int i;

	test_names();
	test_print();
	test_default(IKE, "enc aes-128-gcm enc aes-256-gcm " PRFS " " GROUPS
	    " | enc aes-256 enc aes-192 enc aes-128 enc 3des " PRFS " "
	    AUTHS " auth hmac-sha1 " GROUPS);
	/* SHA1 is the last resort */
	test_default(ESP, "enc aes-128-gcm enc aes-256-gcm group none esn "
	    "noesn | enc aes-256 enc aes-192 enc aes-128 " AUTHS
	    " auth hmac-sha1"
	    " group none esn noesn");
	for (i = 0; i < nitems(rows); i++)
		run_row(&rows[i]);
	test_offered();
	test_head();
	test_groups();
	test_many();
	return (check_done());
}
