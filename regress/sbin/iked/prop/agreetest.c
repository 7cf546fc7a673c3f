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
 * Two ends' configurations: do they come to a tunnel?
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "words.h"

/*
 * What is other than at a pair that agrees, "key=value;key=value" for each
 * policy.
 */
static const struct pair {
	const char	*p_ours[3];
	const char	*p_theirs[3];
	int		 p_failed;
	const char	*p_text;
} pairs[] = {
	{ { "" }, { "" }, 0,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; we start\n" },
	/* networks, PFS, narrowing, signatures, both start */
	{ { "auth=rsa;src=10.1.0.0/16, 10.9.0.0/16;dst=10.2.0.0/16;unit=7;"
	    "childsa=enc aes-256 auth hmac-sha2-256 group modp2048 noesn" },
	    { "auth=signature;src=0.0.0.0/0;dst=10.1.3.0/24;flags=active;"
	    "childsa=enc aes-256 auth hmac-sha2-256 group modp2048 noesn" }, 0,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-256 auth hmac-sha2-256 group modp2048 noesn; "
	    "from 10.1.3.0/24 to 10.2.0.0/16; rsa (keys not looked at); "
	    "sec7 to their sec1; either end starts\n" },
	/* theirs alone starts: we choose */
	{ { "flags=;ikesa=enc aes-256-gcm enc aes-128-gcm prf hmac-sha1 "
	    "group ecp256" }, { "flags=active" }, 0,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-256-gcm prf hmac-sha1 group ecp256; childsa enc "
	    "aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 to "
	    "0.0.0.0/0, ::/0; psk; sec0 to their sec1; they start\n" },
	/* any local, any peer, no dstid */
	{ { "local=any;dstid=none" }, { "peer=any;dstid=none" }, 0,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; we start\n" },
	{ { "" }, { "peer=192.0.2.0/24" }, 0,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; we start\n" },
	/* nobody answers */
	{ { "" }, { NULL }, 1,
	    "policy \"east\" (a.conf:3): the other end has no policy that "
	    "answers\n" },
	{ { "" }, { "peer=192.0.2.9" }, 1,
	    "policy \"east\" (a.conf:3): no policy answers, the nearest is "
	    "\"west\" (b.conf:3):\n"
	    "\tpeer differs: change b.conf:3: write \"peer 192.0.2.1\", "
	    "the local of a.conf:3, not \"192.0.2.9\"\n" },
	{ { "" }, { "local=192.0.2.9;dstid=EAST;srcid=/CN=w" }, 1,
	    "policy \"east\" (a.conf:3): no policy answers, the nearest is "
	    "\"west\" (b.conf:3):\n"
	    "\tlocal differs: change b.conf:3: write \"local 192.0.2.2\", "
	    "the peer of a.conf:3, not \"192.0.2.9\"\n"
	    "\tsrcid differs: change b.conf:3: write \"srcid west\", the "
	    "dstid of a.conf:3, not \"/CN=w\"\n"
	    "\tdstid differs: change b.conf:3: write \"dstid east\", the "
	    "srcid of a.conf:3, not \"EAST\"\n" },
	{ { "" }, { "peer=192.0.2.128/25" }, 1,
	    "policy \"east\" (a.conf:3): no policy answers, the nearest is "
	    "\"west\" (b.conf:3):\n"
	    "\tpeer differs: change b.conf:3: write \"peer 192.0.2.1\", "
	    "the local of a.conf:3, not \"192.0.2.128/25\"\n" },
	{ { "" }, { "flags=skip" }, 1,
	    "policy \"east\" (a.conf:3): the other end has no policy that "
	    "answers\n" },
	{ { "local=any;af=4" }, { "peer=any;local=any;af=6" }, 1,
	    "policy \"east\" (a.conf:3): no policy answers, the nearest is "
	    "\"west\" (b.conf:3):\n"
	    "\tthe family differs: change b.conf:3: write \"inet\"\n" },
	/* the nearest of two */
	{ { "" }, { "name=far;peer=198.51.100.1", "dstid=eest" }, 1,
	    "policy \"east\" (a.conf:3): no policy answers, the nearest is "
	    "\"west\" (b.conf:5):\n"
	    "\tdstid differs: change b.conf:5: write \"dstid east\", the "
	    "srcid of a.conf:3, not \"eest\"\n" },
	/* the last answers, unless one before is quick; default at the end */
	{ { "" }, { "", "name=later;psk=other" }, 1,
	    "policy \"east\" (a.conf:3) and \"later\" (b.conf:5) do not "
	    "agree:\n"
	    "\tthe psk differs: change b.conf:5: write the psk of "
	    "a.conf:3\n" },
	{ { "" }, { "flags=quick", "name=later;psk=other" }, 0,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; we start\n" },
	{ { "" }, { "name=def;flags=default;peer=203.0.113.1",
	    "peer=192.0.2.9" }, 0,
	    "policy \"east\" (a.conf:3) and \"def\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; we start\n" },
	{ { "" }, { "name=def;flags=default;srcid=wist" }, 1,
	    "policy \"east\" (a.conf:3) and \"def\" (b.conf:3) do not "
	    "agree:\n"
	    "\tsrcid differs: change b.conf:3: write \"srcid west\", the "
	    "dstid of a.conf:3, not \"wist\"\n" },
	/* another one of ours answers when they start */
	{ { "", "name=later;local=any" }, { "flags=active" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tanother policy answers when they start: change a.conf:3: "
	    "write \"quick\", or put it behind \"later\" (a.conf:5)\n"
	    "policy \"later\" (a.conf:5) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; either end "
	    "starts\n" },
	{ { "name=before;flags=quick", "" }, { "flags=active" }, 1,
	    "policy \"before\" (a.conf:3) and \"west\" (b.conf:3) agree: "
	    "ikesa enc aes-128-gcm prf hmac-sha2-256 group curve25519; "
	    "childsa enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 "
	    "to 0.0.0.0/0, ::/0; psk; sec0 to their sec1; they start\n"
	    "policy \"east\" (a.conf:5) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tanother policy answers when they start: change a.conf:5: "
	    "put it before \"before\" (a.conf:3)\n" },
	/* nobody starts */
	{ { "flags=" }, { "" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tnobody starts: change a.conf:3: write \"active\"\n" },
	{ { "set=passive" }, { "" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tnobody starts: change a.conf:3: take \"set passive\" out of "
	    "the file\n" },
	{ { "set=passive;flags=" }, { "set=passive;flags=active" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tnobody starts: change b.conf:3: take \"set passive\" out of "
	    "the file\n" },
	/* a skipped one is no concern */
	{ { "flags=skip" }, { "" }, 0,
	    "no policy here starts or answers\n" },
	/* who they are */
	{ { "" }, { "psk=Secret" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tthe psk differs: change b.conf:3: write the psk of "
	    "a.conf:3\n" },
	{ { "" }, { "psk=" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tthe psk differs: change b.conf:3: write the psk of "
	    "a.conf:3\n" },
	{ { "psk=" }, { "" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tno key: change a.conf:3: write a psk\n" },
	{ { "" }, { "auth=signature" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tauthentication differs: change b.conf:3: write \"psk\" and "
	    "the key, as a.conf:3 has, not \"signature\"\n" },
	{ { "auth=ecdsa384" }, { "auth=rsa" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tauthentication differs: change b.conf:3: write "
	    "\"ecdsa384\", as a.conf:3 has, not \"rsa\"\n" },
	{ { "auth=signature" }, { "" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tauthentication differs: change b.conf:3: write "
	    "\"signature\", as a.conf:3 has, not \"psk\"\n" },
	/* proposals */
	{ { "ikesa=enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 "
	    "group modp2048" }, { "ikesa=enc aes-256 prf hmac-sha2-256 "
	    "auth hmac-sha2-256 group modp1024" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tikesa: a.conf:3 has enc aes-256 prf hmac-sha2-256 auth "
	    "hmac-sha2-256 group modp2048; b.conf:3 has enc aes-256 prf "
	    "hmac-sha2-256 auth hmac-sha2-256 group modp1024; no common "
	    "group: change b.conf:3: add \"group modp2048\" to ikesa\n" },
	{ { "" }, { "childsa=enc aes-256 auth hmac-sha2-256 group modp2048 "
	    "noesn" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tchildsa, at the first rekey: a.conf:3 has (nearest of 2) "
	    "enc aes-256, aes-192, aes-128 auth hmac-sha2-256, "
	    "hmac-sha2-384, hmac-sha2-512, hmac-sha1 group none esn, noesn; "
	    "b.conf:3 has enc aes-256 auth hmac-sha2-256 group modp2048 "
	    "noesn; no common group: "
	    "change a.conf:3: add \"group modp2048\" to "
	    "childsa\n" },
	{ { "childsa=enc aes-256 auth hmac-md5 noesn" }, { "" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tchildsa: a.conf:3 has enc aes-256 auth hmac-md5 noesn; "
	    "b.conf:3 has (nearest of 2) enc aes-256, aes-192, aes-128 "
	    "auth hmac-sha2-256, hmac-sha2-384, hmac-sha2-512, hmac-sha1 "
	    "group none esn, noesn; no common auth: change a.conf:3: add "
	    "\"auth hmac-sha2-256\" to childsa\n" },
	{ { "childsa=enc aes-256 auth hmac-md5 noesn" },
	    { "childsa=enc blowfish auth hmac-sha2-256 noesn" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tchildsa: a.conf:3 has enc aes-256 auth hmac-md5 noesn; "
	    "b.conf:3 has enc blowfish auth hmac-sha2-256 noesn; no common "
	    "enc, auth: no word at one end would do: take childsa away "
	    "from both\n" },
	/* selectors */
	{ { "dst=10.2.0.0/16" }, { "src=10.3.0.0/16" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tthe selectors have nothing in common: change b.conf:3: "
	    "write \"from 10.2.0.0/16\"\n" },
	{ { "src=0.0.0.0/0;dst=0.0.0.0/0" }, { "src=::/0;dst=::/0" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:3) do not "
	    "agree:\n"
	    "\tthe selectors have nothing in common: change b.conf:3: "
	    "write \"from 0.0.0.0/0 to 0.0.0.0/0\"\n" },
	/* all at once, and one that is fine */
	{ { "", "name=two;local=2001:db8::1;peer=2001:db8::2" },
	    { "name=two;local=2001:db8::2;peer=2001:db8::1",
	    "psk=x;ikesa=enc aes-128-gcm prf hmac-sha1 group modp768;"
	    "childsa=enc aes-256-gcm esn;src=10.0.0.0/8;dst=::/0" }, 1,
	    "policy \"east\" (a.conf:3) and \"west\" (b.conf:5) do not "
	    "agree:\n"
	    "\tthe psk differs: change b.conf:5: write the psk of "
	    "a.conf:3\n"
	    "\tikesa: a.conf:3 has (nearest of 2) enc aes-128-gcm, "
	    "aes-256-gcm prf hmac-sha2-256, hmac-sha2-384, hmac-sha2-512, "
	    "hmac-sha1 group curve25519, ecp521, ecp384, ecp256, modp4096, "
	    "modp3072, modp2048, modp1536, modp1024; b.conf:5 has enc "
	    "aes-128-gcm prf hmac-sha1 group modp768; no common group: "
	    "change b.conf:5: add \"group curve25519\" to ikesa\n"
	    "\tthe selectors have no common family: change b.conf:5: write "
	    "\"from 0.0.0.0/0 to 0.0.0.0/0\"\n"
	    "policy \"two\" (a.conf:5) and \"two\" (b.conf:3) agree: ikesa "
	    "enc aes-128-gcm prf hmac-sha2-256 group curve25519; childsa "
	    "enc aes-128-gcm group none esn; from 0.0.0.0/0, ::/0 to "
	    "0.0.0.0/0, ::/0; psk; sec0 to their sec1; we start\n" },
};

static void
set_id(struct ike_id *id, const char *s)
{
	id_clear(id);
	if (strcmp(s, "none") != 0 && id_parse(s, id) == -1)
		errx(1, "%s: no identity", s);
}

static void
set_end(struct conf_end *ce, const char *s)
{
	char addr[64];
	const char *slash = strchr(s, '/');

	memset(ce, 0, sizeof(*ce));
	if (strcmp(s, "any") == 0)
		return;
	snprintf(addr, sizeof(addr), "%.*s",
	    slash != NULL ? (int)(slash - s) : (int)strlen(s), s);
	if (addr_pton(addr, &ce->ce_addr) == -1)
		errx(1, "%s: no address", s);
	ce->ce_plen = slash != NULL ? atoi(slash + 1) :
	    addr_len(&ce->ce_addr) * 8;
}

static void
set_props(struct ike_props *ps, uint8_t proto, const char *s)
{
	props_clear(ps);
	props_make(ps, proto, s);
}

static void
set_ts(struct ike_tslist *tl, const char *s)
{
	tslist_clear(tl);
	ts_make(tl, s);
}

static void
set_psk(struct policy *pol, const char *s)
{
	free(pol->pol_psk);
	pol->pol_psk = NULL;
	pol->pol_psklen = strlen(s);
	if (*s != '\0' && (pol->pol_psk = (uint8_t *)strdup(s)) == NULL)
		err(1, NULL);
}

static unsigned int
flag_of(const char *s)
{
	return (strcmp(s, "active") == 0 ? POL_ACTIVE :
	    strcmp(s, "quick") == 0 ? POL_QUICK :
	    strcmp(s, "skip") == 0 ? POL_SKIP :
	    strcmp(s, "default") == 0 ? POL_DEFAULT : 0);
}

static enum conf_auth
auth_of(const char *s)
{
	return (strcmp(s, "rsa") == 0 ? CONF_AUTH_RSA :
	    strcmp(s, "ecdsa384") == 0 ? CONF_AUTH_ECDSA384 :
	    CONF_AUTH_SIGNATURE);
}

static void
set_word(struct conf *conf, struct policy *pol, const char *key,
    const char *value)
{
#define IS(k)	(strcmp(key, k) == 0)
	if (IS("name")) {
		free(pol->pol_name);
		pol->pol_name = strdup(value);
	} else if (IS("flags"))
		pol->pol_flags = flag_of(value);
	else if (IS("set"))
		conf->conf_flags |= CONF_PASSIVE;
	else if (IS("local") || IS("peer"))
		set_end(IS("peer") ? &pol->pol_peer : &pol->pol_local, value);
	else if (IS("srcid") || IS("dstid"))
		set_id(IS("srcid") ? &pol->pol_srcid : &pol->pol_dstid, value);
	else if (IS("src") || IS("dst"))
		set_ts(IS("src") ? &pol->pol_src : &pol->pol_dst, value);
	else if (IS("ikesa"))
		set_props(&pol->pol_ikesa, IKE_PROTO_IKE, value);
	else if (IS("childsa"))
		set_props(&pol->pol_childsa, IKE_PROTO_ESP, value);
	else if (IS("psk"))
		set_psk(pol, value);
	else if (IS("auth"))
		pol->pol_auth = auth_of(value);
	else if (IS("unit"))
		pol->pol_unit = atoi(value);
	else if (IS("af"))
		pol->pol_af = atoi(value);
	else
		errx(1, "%s: no such key", key);
#undef IS
}

static void
set_words(struct conf *conf, struct policy *pol, const char *words)
{
	char *copy, *rest, *key, *value;

	if ((rest = copy = strdup(words)) == NULL)
		err(1, NULL);
	while ((value = strsep(&rest, ";")) != NULL) {
		if (*value == '\0')
			continue;
		key = strsep(&value, "=");
		set_word(conf, pol, key, value);
	}
	free(copy);
}

static void
add_policy(struct conf *conf, const char *file, const char *base,
    const char *words)
{
	struct policy *pol, *last;

	if ((pol = calloc(1, sizeof(*pol))) == NULL)
		err(1, NULL);
	last = TAILQ_LAST(&conf->conf_policies, policies);
	pol->pol_line = last == NULL ? 3 : last->pol_line + 2;
	pol->pol_file = strdup(file);
	pol->pol_auth = CONF_AUTH_PSK;
	set_words(conf, pol, "src=0.0.0.0/0, ::/0;dst=0.0.0.0/0, ::/0;"
	    "psk=secret;ikesa=default;childsa=default");
	set_words(conf, pol, base);
	set_words(conf, pol, words);
	TAILQ_INSERT_TAIL(&conf->conf_policies, pol, pol_entry);
}

static void
make_conf(struct conf *conf, const char *file, const char *base,
    const char *const *words)
{
	memset(conf, 0, sizeof(*conf));
	TAILQ_INIT(&conf->conf_policies);
	for (; *words != NULL; words++)
		add_policy(conf, file, base, *words);
}

static void
clear_conf(struct conf *conf)
{
	struct policy *pol;

	while ((pol = TAILQ_FIRST(&conf->conf_policies)) != NULL) {
		TAILQ_REMOVE(&conf->conf_policies, pol, pol_entry);
		set_words(conf, pol, "srcid=none;dstid=none;psk=");
		props_clear(&pol->pol_ikesa);
		props_clear(&pol->pol_childsa);
		tslist_clear(&pol->pol_src);
		tslist_clear(&pol->pol_dst);
		free(pol->pol_name);
		free(pol->pol_file);
		free(pol);
	}
}

int
main(void)
{
	struct conf ours, theirs;
	struct buf b = { 0 };
	const char *got;
	unsigned int i;
	int failed;

	for (i = 0; i < nitems(pairs); i++) {
		make_conf(&ours, "a.conf", "name=east;flags=active;unit=0;"
		    "local=192.0.2.1;peer=192.0.2.2;srcid=east;dstid=west",
		    pairs[i].p_ours);
		make_conf(&theirs, "b.conf", "name=west;unit=1;"
		    "local=192.0.2.2;peer=192.0.2.1;srcid=west;dstid=east",
		    pairs[i].p_theirs);
		failed = conf_agree(&b, &ours, &theirs);
		got = text_of(&b);
		check(failed == pairs[i].p_failed &&
		    strcmp(got, pairs[i].p_text) == 0, "pair %u: %d\n%s", i,
		    failed, got);
		check(strstr(got, "ecret") == NULL, "pair %u: a key", i);
		clear_conf(&theirs);
		clear_conf(&ours);
	}
	return (check_done());
}
