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
 * The variables of net.inet.esp and net.inet.ah, and of net.inet.ip those
 * about IPsec.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mutex.h>
#include <sys/sysctl.h>

#include <net/pfkeyv2.h>

#include <netinet/in.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
#include <netinet/ip_ipsp.h>

int	ah_enable = 1;
int	esp_enable = 1;
int	udpencap_enable = 1;
int	udpencap_port = 4500;
int	ipsec_esp_exclusive;
int	ipsec_def_df = IPSEC_DF_COPY;
int	ipsec_def_auth = IPSEC_AUTH_LEVEL_DEFAULT;
int	ipsec_def_esp_trans = IPSEC_ESP_TRANS_LEVEL_DEFAULT;
int	ipsec_def_esp_network = IPSEC_ESP_NETWORK_LEVEL_DEFAULT;
int	encdebug;

/* the names are under the mutex; numbers are atomic */
static struct mutex ipsec_prop_mtx = MUTEX_INITIALIZER(IPL_SOFTNET);
struct ipsec_proposal_defaults ipsec_prop = {
	.pd_expire_acquire = 30,
	.pd_require_pfs = 1,
	.pd_exp_timeout = 86400,
	.pd_soft_timeout = 80000,
	.pd_soft_first_use = 3600,
	.pd_exp_first_use = 7200,
	.pd_enc = "aes",
	.pd_auth = "hmac-sha1",
	.pd_comp = "deflate",
};

static const struct sysctl_bounded_args ipsecctl_vars[] = {
	{ IPCTL_ENCDEBUG, &encdebug, 0, 1 },
	{ IPCTL_IPSEC_EXPIRE_ACQUIRE, &ipsec_prop.pd_expire_acquire, 0,
	    INT_MAX },
	{ IPCTL_IPSEC_EMBRYONIC_SA_TIMEOUT, &ipsec_keep_invalid, 0, INT_MAX },
	{ IPCTL_IPSEC_REQUIRE_PFS, &ipsec_prop.pd_require_pfs, 0, 1 },
	{ IPCTL_IPSEC_SOFT_ALLOCATIONS, &ipsec_prop.pd_soft_allocations, 0,
	    INT_MAX },
	{ IPCTL_IPSEC_ALLOCATIONS, &ipsec_prop.pd_exp_allocations, 0,
	    INT_MAX },
	{ IPCTL_IPSEC_SOFT_BYTES, &ipsec_prop.pd_soft_bytes, 0, INT_MAX },
	{ IPCTL_IPSEC_BYTES, &ipsec_prop.pd_exp_bytes, 0, INT_MAX },
	{ IPCTL_IPSEC_TIMEOUT, &ipsec_prop.pd_exp_timeout, 0, INT_MAX },
	{ IPCTL_IPSEC_SOFT_TIMEOUT, &ipsec_prop.pd_soft_timeout, 0, INT_MAX },
	{ IPCTL_IPSEC_SOFT_FIRSTUSE, &ipsec_prop.pd_soft_first_use, 0,
	    INT_MAX },
	{ IPCTL_IPSEC_FIRSTUSE, &ipsec_prop.pd_exp_first_use, 0, INT_MAX },
	{ IPCTL_IPSEC_DF, &ipsec_def_df, IPSEC_DF_CLEAR, IPSEC_DF_COPY },
	{ IPCTL_IPSEC_AUTH_LEVEL, &ipsec_def_auth, IPSEC_LEVEL_AVAIL,
	    IPSEC_LEVEL_UNIQUE },
	{ IPCTL_IPSEC_ESP_TRANS_LEVEL, &ipsec_def_esp_trans,
	    IPSEC_LEVEL_AVAIL, IPSEC_LEVEL_UNIQUE },
	{ IPCTL_IPSEC_ESP_NETWORK_LEVEL, &ipsec_def_esp_network,
	    IPSEC_LEVEL_AVAIL, IPSEC_LEVEL_UNIQUE },
};

/* names that ACQUIRE may propose, and their numbers there */
static const struct ipsec_algname {
	const char	*an_name;
	int		 an_sadb;
	int		 an_minbits;
	int		 an_maxbits;
} ipsec_encs[] = {
	{ "aes", SADB_X_EALG_AES, 128, 256 },
	{ "aesctr", SADB_X_EALG_AESCTR, 160, 288 },
	{ "3des", SADB_EALG_3DESCBC, 192, 192 },
	{ NULL }
}, ipsec_auths[] = {
	{ "hmac-sha1", SADB_AALG_SHA1HMAC, 160, 160 },
	{ "hmac-sha2-256", SADB_X_AALG_SHA2_256, 256, 256 },
	{ "hmac-sha2-384", SADB_X_AALG_SHA2_384, 384, 384 },
	{ "hmac-sha2-512", SADB_X_AALG_SHA2_512, 512, 512 },
	{ NULL }
}, ipsec_comps[] = {
	{ "deflate", SADB_X_CALG_DEFLATE, 0, 0 },
	{ NULL }
};

static const struct ipsec_algname *
ipsec_algname(const struct ipsec_algname *an, const char *name)
{
	while (an->an_name != NULL && strcmp(an->an_name, name) != 0)
		an++;
	return (an);
}

void
ipsec_comb(struct sadb_comb *comb)
{
	const struct ipsec_algname *enc, *auth;

	mtx_enter(&ipsec_prop_mtx);
	enc = ipsec_algname(ipsec_encs, ipsec_prop.pd_enc);
	auth = ipsec_algname(ipsec_auths, ipsec_prop.pd_auth);
	mtx_leave(&ipsec_prop_mtx);
	comb->sadb_comb_encrypt = enc->an_sadb;
	comb->sadb_comb_encrypt_minbits = enc->an_minbits;
	comb->sadb_comb_encrypt_maxbits = enc->an_maxbits;
	comb->sadb_comb_auth = auth->an_sadb;
	comb->sadb_comb_auth_minbits = auth->an_minbits;
	comb->sadb_comb_auth_maxbits = auth->an_maxbits;
	if (READ_ONCE(ipsec_prop.pd_require_pfs))
		comb->sadb_comb_flags |= SADB_SAFLAGS_PFS;
	comb->sadb_comb_soft_allocations =
	    READ_ONCE(ipsec_prop.pd_soft_allocations);
	comb->sadb_comb_hard_allocations =
	    READ_ONCE(ipsec_prop.pd_exp_allocations);
	comb->sadb_comb_soft_bytes = READ_ONCE(ipsec_prop.pd_soft_bytes);
	comb->sadb_comb_hard_bytes = READ_ONCE(ipsec_prop.pd_exp_bytes);
	comb->sadb_comb_soft_addtime = READ_ONCE(ipsec_prop.pd_soft_timeout);
	comb->sadb_comb_hard_addtime = READ_ONCE(ipsec_prop.pd_exp_timeout);
	comb->sadb_comb_soft_usetime = READ_ONCE(ipsec_prop.pd_soft_first_use);
	comb->sadb_comb_hard_usetime = READ_ONCE(ipsec_prop.pd_exp_first_use);
}

/* One of the names, or EINVAL and all stays as it is. */
static int
ipsec_sysctl_alg(char *var, const struct ipsec_algname *names, void *oldp,
    size_t *oldlenp, void *newp, size_t newlen)
{
	char name[IPSEC_ALGNAME_MAX];
	int error;

	mtx_enter(&ipsec_prop_mtx);
	strlcpy(name, var, sizeof(name));
	mtx_leave(&ipsec_prop_mtx);
	error = sysctl_string(oldp, oldlenp, newp, newlen, name,
	    sizeof(name));
	if (error != 0 || newp == NULL)
		return (error);
	if (ipsec_algname(names, name)->an_name == NULL)
		return (EINVAL);
	mtx_enter(&ipsec_prop_mtx);
	strlcpy(var, name, sizeof(name));
	mtx_leave(&ipsec_prop_mtx);
	return (0);
}

static const struct sysctl_bounded_args espctl_vars[] = {
	{ ESPCTL_ENABLE, &esp_enable, 0, 1 },
	{ ESPCTL_UDPENCAP_ENABLE, &udpencap_enable, 0, 1 },
	{ ESPCTL_UDPENCAP_PORT, &udpencap_port, 0, 65535 },
	{ ESPCTL_EXCLUSIVE, &ipsec_esp_exclusive, 0, 1 },
};

int
ipsec_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t c[ipsec_ncounters];

	if (name[0] == IPCTL_IPSEC_STATS) {
		counters_read(ipseccounters, c, ipsec_ncounters, NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, c, sizeof(c)));
	}
	switch (name[0]) {
	case IPCTL_IPSEC_ENC_ALGORITHM:
		return (ipsec_sysctl_alg(ipsec_prop.pd_enc, ipsec_encs, oldp,
		    oldlenp, newp, newlen));
	case IPCTL_IPSEC_AUTH_ALGORITHM:
		return (ipsec_sysctl_alg(ipsec_prop.pd_auth, ipsec_auths,
		    oldp, oldlenp, newp, newlen));
	case IPCTL_IPSEC_IPCOMP_ALGORITHM:
		return (ipsec_sysctl_alg(ipsec_prop.pd_comp, ipsec_comps,
		    oldp, oldlenp, newp, newlen));
	}
	return (sysctl_bounded_arr(ipsecctl_vars, nitems(ipsecctl_vars),
	    name, namelen, oldp, oldlenp, newp, newlen));
}

int
esp_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp,
    void *newp, size_t newlen)
{
	uint64_t c[esps_ncounters];

	if (namelen != 1)
		return (ENOTDIR);
	if (name[0] == ESPCTL_STATS) {
		counters_read(espcounters, c, esps_ncounters, NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, c, sizeof(c)));
	}
	return (sysctl_bounded_arr(espctl_vars, nitems(espctl_vars), name,
	    namelen, oldp, oldlenp, newp, newlen));
}

static const struct sysctl_bounded_args ahctl_vars[] = {
	{ AHCTL_ENABLE, &ah_enable, 0, 1 },
};

int
ah_sysctl(int *name, u_int namelen, void *oldp, size_t *oldlenp, void *newp,
    size_t newlen)
{
	uint64_t c[ahs_ncounters];

	if (namelen != 1)
		return (ENOTDIR);
	if (name[0] == AHCTL_STATS) {
		counters_read(ahcounters, c, ahs_ncounters, NULL);
		return (sysctl_rdstruct(oldp, oldlenp, newp, c, sizeof(c)));
	}
	return (sysctl_bounded_arr(ahctl_vars, nitems(ahctl_vars), name,
	    namelen, oldp, oldlenp, newp, newlen));
}
