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
 * The peer's proof, and what goes between iked's processes about it.
 *
 * Input: an octet for what to do; then, for ca_verify(), the policy's way
 * (1) method (1) type of the identity (1) its length (1) and octets, number
 * of certificates (1), each with encoding (1) length (2) and octets; the
 * rest is the AUTH payload.  Nobody here has a key: only the seeds prove
 * anything, and only for the octets they were made for.
 *
 * In: CADIR, where east/ and west/ are as /etc/iked of two hosts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth.h"

#include "fuzz.h"

#define OTHER	0x10		/* what to do: other octets than signed */
#define EAST	"east.example.org"
#define WEST	"west.example.org"
#define POLICY	1

static const uint8_t	 signed_octets[] = "what east or west have signed";

static struct ca *
load(const char *host)
{
	static uint8_t psk[] = "a pre-shared key";
	struct conf *conf = conf_new();
	struct policy *pol = policy_new();
	struct ca *ca = ca_new();
	char dir[1024];

	if (conf == NULL || pol == NULL || ca == NULL)
		wrong("no memory");
	pol->pol_id = POLICY;
	pol->pol_auth = CONF_AUTH_PSK;
	pol->pol_psklen = sizeof(psk);
	if ((pol->pol_psk = malloc(sizeof(psk))) == NULL)
		wrong("no memory");
	memcpy(pol->pol_psk, psk, sizeof(psk));
	TAILQ_INSERT_TAIL(&conf->conf_policies, pol, pol_entry);
	snprintf(dir, sizeof(dir), "%s/%s", getenv("CADIR"), host);
	if (ca_setconf(ca, conf) == -1 || ca_load(ca, dir, 0) == -1)
		wrong("no ca");
	conf_free(conf);
	return (ca);
}

static void
take_cert(struct verify_req *vr, struct span *s)
{
	struct auth_cert *ac = &vr->vr_certs[vr->vr_ncerts];
	struct span data;
	uint16_t len;

	if (span_get8(s, &ac->ac_encoding) == -1 || span_get16(s, &len) == -1)
		return;
	span_take(s, len < s->s_len ? len : s->s_len, &data);
	buf_put(&ac->ac_data, data.s_data, data.s_len);
	vr->vr_ncerts++;
}

static int
take(struct verify_req *vr, struct span *s, int other)
{
	struct span id;
	uint8_t way, len, n;

	if (span_get8(s, &way) == -1 || span_get8(s, &vr->vr_method) == -1 ||
	    span_get8(s, &vr->vr_peer.id_type) == -1 ||
	    span_get8(s, &len) == -1 || len == 0 ||
	    span_take(s, len, &id) == -1 || span_get8(s, &n) == -1)
		return (-1);
	vr->vr_policy = POLICY;
	vr->vr_prf = IKE_PRF_SHA2_256;
	vr->vr_auth = way % (CONF_AUTH_RFC7427 + 1);
	if ((vr->vr_peer.id_data = malloc(len)) == NULL)
		wrong("no memory");
	memcpy(vr->vr_peer.id_data, id.s_data, len);
	vr->vr_peer.id_len = len;
	for (; n > 0 && vr->vr_ncerts < AUTH_MAXCERTS; n--)
		take_cert(vr, s);
	buf_put(&vr->vr_auth_data, s->s_data, s->s_len);
	buf_put(&vr->vr_octets, signed_octets,
	    sizeof(signed_octets) - (other != 0));
	return (0);
}

static int
id_is(const struct ike_id *id, const char *name)
{
	return (id->id_type == IKE_ID_FQDN && id->id_len == strlen(name) &&
	    strncasecmp((char *)id->id_data, name, id->id_len) == 0);
}

/* To the ca process as ikev2 sends it, and verified there. */
static void
verify(struct ca *ca, const struct verify_req *vr, int other)
{
	struct verify_req got;
	struct verify_res res;
	struct buf b = { 0 };
	struct span s;

	verify_req_put(&b, vr);
	s = (struct span){ b.b_data, b.b_len };
	if (b.b_failed || verify_req_get(&s, &got) == -1 || s.s_len != 0)
		wrong("the request does not get through");
	buf_clear(&b);
	memset(&res, 0, sizeof(res));
	ca_verify(ca, &got, &res);
	if (res.vs_ok && other)
		wrong("nobody has signed that");
	if (res.vs_ok && vr->vr_method != IKE_AUTH_PSK &&
	    !id_is(&vr->vr_peer, EAST) && !id_is(&vr->vr_peer, WEST))
		wrong("a proof for somebody else");
	if (!res.vs_ok && (res.vs_why == NULL || res.vs_why[0] == '\0'))
		wrong("no reason");
	verify_res_put(&b, &res);
	verify_res_clear(&res);
	s = (struct span){ b.b_data, b.b_len };
	if (verify_res_get(&s, &res) == -1 || s.s_len != 0)
		wrong("the answer does not get through");
	verify_res_clear(&res);
	verify_req_clear(&got);
	buf_clear(&b);
}

static void
receive(struct span *s, int what)
{
	struct sign_req sr;
	struct sign_res ss;
	struct verify_req vr;
	struct verify_res vs;

	if (what == 1 && sign_req_get(s, &sr) == 0)
		sign_req_clear(&sr);
	if (what == 2 && sign_res_get(s, &ss) == 0)
		sign_res_clear(&ss);
	if (what == 3 && verify_req_get(s, &vr) == 0)
		verify_req_clear(&vr);
	if (what == 4 && verify_res_get(s, &vs) == 0)
		verify_res_clear(&vs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ca *ca;
	struct verify_req vr;
	struct span s = { data, len };
	uint8_t what;

	if (ca == NULL)
		ca = load("east");
	if (span_get8(&s, &what) == -1)
		return (0);
	if (what & 7) {
		receive(&s, what & 7);
		return (0);
	}
	memset(&vr, 0, sizeof(vr));
	if (take(&vr, &s, what & OTHER) == 0)
		verify(ca, &vr, what & OTHER);
	verify_req_clear(&vr);
	return (0);
}

static void
seed_proof(const struct sign_res *ss, enum conf_auth way, const char *name)
{
	struct buf b = { 0 };
	unsigned int i;

	buf_put8(&b, 0);
	buf_put8(&b, way);
	buf_put8(&b, ss->ss_method);
	buf_put8(&b, IKE_ID_FQDN);
	buf_put8(&b, strlen(name));
	buf_put(&b, name, strlen(name));
	buf_put8(&b, ss->ss_ncerts);
	for (i = 0; i < ss->ss_ncerts; i++) {
		buf_put8(&b, ss->ss_certs[i].ac_encoding);
		buf_put16(&b, ss->ss_certs[i].ac_data.b_len);
		buf_putbuf(&b, &ss->ss_certs[i].ac_data);
	}
	buf_putbuf(&b, &ss->ss_auth);
	seed(b.b_data, b.b_len);
	buf_set8(&b, 0, OTHER);
	seed(b.b_data, b.b_len);
	buf_clear(&b);
}

/* What this host would send; it has to convince the other. */
static void
seed_sign(const char *host, const char *name, enum conf_auth way,
    unsigned int hashes)
{
	struct ca *ca = load(host), *east = load("east");
	struct sign_req sr;
	struct sign_res ss;
	struct verify_req vr;
	struct verify_res vs;
	unsigned int i;

	memset(&sr, 0, sizeof(sr));
	memset(&vr, 0, sizeof(vr));
	sr.sr_policy = vr.vr_policy = POLICY;
	sr.sr_auth = vr.vr_auth = way;
	sr.sr_prf = vr.vr_prf = IKE_PRF_SHA2_256;
	sr.sr_hashes = hashes;
	if (id_parse(name, &sr.sr_self) == -1 ||
	    id_copy(&vr.vr_peer, &sr.sr_self) == -1)
		wrong("identity");
	buf_put(&sr.sr_octets, signed_octets, sizeof(signed_octets));
	buf_putbuf(&vr.vr_octets, &sr.sr_octets);
	ca_sign(ca, &sr, &ss);
	if (!ss.ss_ok)
		wrong("%s cannot sign: %s", host, ss.ss_why);
	seed_proof(&ss, way, name);
	vr.vr_method = ss.ss_method;
	buf_putbuf(&vr.vr_auth_data, &ss.ss_auth);
	for (i = 0; i < ss.ss_ncerts; i++) {
		vr.vr_certs[i].ac_encoding = ss.ss_certs[i].ac_encoding;
		buf_putbuf(&vr.vr_certs[i].ac_data, &ss.ss_certs[i].ac_data);
	}
	vr.vr_ncerts = ss.ss_ncerts;
	ca_verify(east, &vr, &vs);
	if (!vs.vs_ok)
		wrong("%s does not convince: %s", host, vs.vs_why);
	verify_res_clear(&vs);
	verify_req_clear(&vr);
	sign_res_clear(&ss);
	sign_req_clear(&sr);
	ca_free(east);
	ca_free(ca);
}

void
seeds(void)
{
	unsigned int hashes = 1 << IKE_HASH_SHA2_256;

	seed_sign("east", EAST, CONF_AUTH_SIGNATURE, hashes);
	seed_sign("east", EAST, CONF_AUTH_SIGNATURE, 0);
	seed_sign("west", WEST, CONF_AUTH_SIGNATURE, hashes);
	seed_sign("west", WEST, CONF_AUTH_RSA, 0);
	seed_sign("west", WEST, CONF_AUTH_PSK, 0);
}
