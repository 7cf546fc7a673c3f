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
 * Pre-shared keys, and what goes between the processes.
 */
#include <sys/types.h>

#include <string.h>

#include <openssl/hmac.h>

#include "catest.h"
#include "crypto.h"

#define ID	"east"

static struct side	 east, west;

/* The MIC of RFC 7296 2.15 by other means. */
static void
known_mic(const struct proof *pr, const char *psk)
{
	static const char pad[] = "Key Pad for IKEv2";
	const struct buf *b = &pr->pr_req.sr_octets;
	uint8_t key[32], mic[32];

	HMAC(EVP_sha256(), psk, strlen(psk), (const uint8_t *)pad,
	    sizeof(pad) - 1, key, NULL);
	HMAC(EVP_sha256(), key, 32, b->b_data, b->b_len, mic, NULL);
	check(pr->pr_res.ss_auth.b_len == 32 &&
	    memcmp(pr->pr_res.ss_auth.b_data, mic, 32) == 0, "another MIC");
}

static void
begin(struct proof *pr)
{
	proof_start(pr, ID);
	pr->pr_sign = pr->pr_want = CONF_AUTH_PSK;
}

/* Names of the configuration and of peers, in what may go to a log. */
static void
long_words(void)
{
	char name[700];
	struct policy pol = { .pol_id = POLICY, .pol_name = name };
	struct conf conf = { 0 };
	struct proof pr;
	size_t i;

	for (i = 0; i < sizeof(name) - 1; i++)
		name[i] = i % 255 + 1;
	name[i] = '\0';
	TAILQ_INIT(&conf.conf_policies);
	TAILQ_INSERT_TAIL(&conf.conf_policies, &pol, pol_entry);
	side_open(&east, "east");
	check(ca_setconf(east.sd_ca, &conf) == 0, "setconf");
	begin(&pr);
	expect_nosign(&pr, &east, "policy \"??", "a policy of odd name");
	proof_end(&pr);
	side_close(&east);
}

void
secrets_psk(void)
{
	struct proof pr;
	struct buf *mic;
	size_t i;

	side_open(&east, "east");
	side_open(&west, "west");
	side_load(&east);
	side_load(&west);
	side_psk(&east, "the secret of both");
	side_psk(&west, "the secret of both");
	begin(&pr);
	check(proof_sign(&pr, &east) && pr.pr_res.ss_ncerts == 0 &&
	    pr.pr_res.ss_method == IKE_AUTH_PSK, "not signed: %s",
	    pr.pr_res.ss_why);
	known_mic(&pr, "the secret of both");
	proof_carry(&pr);
	expect_verdict(&pr, &west, NULL, "the same secret");
	mic = &pr.pr_vreq.vr_auth_data;
	for (i = 0; i < mic->b_len; i++) {
		mic->b_data[i] ^= 1;
		expect_verdict(&pr, &west, "are not the same", "a wrong MIC");
		mic->b_data[i] ^= 1;
	}
	buf_put8(mic, 0);
	expect_verdict(&pr, &west, "are not the same", "an octet behind");
	buf_trim(mic, 31);
	expect_verdict(&pr, &west, "are not the same", "an octet less");
	buf_trim(mic, 0);
	expect_verdict(&pr, &west, "are not the same", "no MIC");
	pr.pr_vreq.vr_prf = 99;
	expect_verdict(&pr, &west, "PRF 99 is unknown", "unknown PRF");
	pr.pr_vreq.vr_prf = PRF;
	pr.pr_vreq.vr_method = IKE_AUTH_SIGNATURE;
	expect_verdict(&pr, &west, "wants a pre-shared key", "a signature");
	pr.pr_vreq.vr_method = IKE_AUTH_PSK;
	pr.pr_vreq.vr_policy++;
	expect_verdict(&pr, &west, "no pre-shared key", "unknown policy");
	proof_end(&pr);

	begin(&pr);
	side_psk(&west, "the secret of others");
	check(proof_sign(&pr, &east), "not signed");
	proof_carry(&pr);
	expect_verdict(&pr, &west, "are not the same", "another secret");
	check(strstr(pr.pr_vres.vs_why, "secret") == NULL, "it is told");
	side_psk(&west, NULL);
	expect_verdict(&pr, &west,
	    "(/etc/iked.conf, line 12) has no pre-shared key: add `psk'",
	    "PSK absent");
	side_psk(&east, NULL);
	sign_req_clear(&pr.pr_req);
	sign_res_clear(&pr.pr_res);
	expect_nosign(&pr, &east, "has no pre-shared key", "PSK absent");
	proof_end(&pr);
	side_close(&east);
	side_close(&west);
	long_words();
}

/* All four kinds read what may be anything. */
static void
read_all(const uint8_t *data, size_t len)
{
	struct verify_req vr;
	struct verify_res vs;
	struct sign_req sr;
	struct sign_res ss;
	struct span s;

	s = (struct span){ data, len };
	if (sign_req_get(&s, &sr) == 0) {
		check(sr.sr_nreqs <= AUTH_MAXCERTS, "too many");
		sign_req_clear(&sr);
	}
	s = (struct span){ data, len };
	if (sign_res_get(&s, &ss) == 0)
		sign_res_clear(&ss);
	s = (struct span){ data, len };
	if (verify_req_get(&s, &vr) == 0) {
		check(vr.vr_auth <= CONF_AUTH_RFC7427, "no such auth");
		verify_req_clear(&vr);
	}
	s = (struct span){ data, len };
	if (verify_res_get(&s, &vs) == 0)
		verify_res_clear(&vs);
}

static void
mutate(const struct buf *good)
{
	struct buf b = { 0 };
	struct span s;
	struct verify_req vr;
	size_t i;

	for (i = 0; i < good->b_len; i++) {
		s = (struct span){ good->b_data, i };
		check(verify_req_get(&s, &vr) == -1, "%zu octets are enough",
		    i);
	}
	for (i = 0; i < 3000; i++) {
		buf_putbuf(&b, good);
		b.b_data[rnd(b.b_len)] ^= 1 + rnd(255);
		b.b_data[rnd(b.b_len)] ^= rnd(4) == 0 ? rnd(256) : 0;
		if (rnd(4) == 0)
			buf_trim(&b, rnd(b.b_len));
		read_all(b.b_data, b.b_len);
		buf_clear(&b);
	}
}

/* One certificate more than there is room for. */
static void
too_many(const struct buf *good)
{
	struct buf b = { 0 };
	struct sign_res ss;
	struct span s;
	size_t at = 8 + 1 + 4 + 1 + 4;	/* of their number */

	buf_putbuf(&b, good);
	s = (struct span){ b.b_data, b.b_len };
	check(sign_res_get(&s, &ss) == 0 && ss.ss_ncerts == AUTH_MAXCERTS &&
	    b.b_data[at] == AUTH_MAXCERTS, "not as many as there may be");
	sign_res_clear(&ss);
	buf_set8(&b, at, AUTH_MAXCERTS + 1);
	buf_put8(&b, 4);
	buf_put32(&b, 0);
	s = (struct span){ b.b_data, b.b_len };
	check(sign_res_get(&s, &ss) == -1, "too many");
	buf_clear(&b);
}

void
secrets_messages(void)
{
	struct verify_req vr = { .vr_id = 1, .vr_auth = CONF_AUTH_PSK };
	struct sign_res ss = { .ss_ok = 1, .ss_ncerts = AUTH_MAXCERTS };
	struct buf b = { 0 };
	uint8_t noise[200];
	int i, k;

	id_parse(ID, &vr.vr_peer);
	vr.vr_ncerts = 3;
	for (i = 0; i < 3; i++)
		buf_put(&vr.vr_certs[i].ac_data, "certificate", i);
	verify_req_put(&b, &vr);
	mutate(&b);
	buf_clear(&b);
	verify_req_clear(&vr);
	for (i = 0; i < AUTH_MAXCERTS; i++)
		buf_put8(&ss.ss_certs[i].ac_data, i);
	sign_res_put(&b, &ss);
	too_many(&b);
	for (i = 0; i < 500; i++) {
		k = rnd(b.b_len);
		b.b_data[k] ^= 0xff;
		read_all(b.b_data, b.b_len);
		b.b_data[k] ^= 0xff;
		read_all(b.b_data, rnd(b.b_len));
	}
	buf_clear(&b);
	sign_res_clear(&ss);
	for (i = 0; i < 2000; i++) {
		for (k = 0; k < sizeof(noise); k++)
			noise[k] = rnd(3) == 0 ? rnd(256) : 0;
		read_all(noise, rnd(sizeof(noise) + 1));
	}
}
