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

#ifndef _SIM_OPT_H_
#define _SIM_OPT_H_

/*
 * What pairs of isakmpd may be told, and the tests that it alone has.
 */
struct pair;
struct rule;

/* What their configurations say, a's first. */
struct pair_opt {
	int		 o_active[2];
	unsigned int	 o_tunnels;
	unsigned int	 o_dpd;			/* s, 0: off */
	unsigned int	 o_check;		/* s, 0: the default */
	int		 o_aggressive;
	int		 o_rsa;
	int		 o_policy;		/* no interface */
	int		 o_ids;			/* FQDN, not addresses */
	int		 o_anypeer[2];		/* it does not know whom */
	const char	*o_life[2];		/* of phase 1 and 2, or NULL */
	const char	*o_enc[2][2];		/* of whom, of which phase */
	const char	*o_hash[2][2];
	const char	*o_group[2][2];
	const char	*o_psk[2];
	const char	*o_from[2];		/* NULL: any, or by t */
	const char	*o_to[2];
	const char	*o_dstid[2];		/* another than it is */
};

/* opt.c */
void	 pair_rule(struct pair *, int which, unsigned int t, struct rule *);
struct confdb *pair_conf(struct pair *, int which);

/* tests, by file */
void	 test_up(struct sim *);
void	 test_loss(struct sim *);
void	 test_rekey(struct sim *);
void	 test_expire(struct sim *);
void	 test_dpd(struct sim *);
void	 test_reload(struct sim *);
void	 test_restless(struct sim *);
void	 test_kernel(struct sim *);
void	 test_collide(struct sim *);
void	 test_policy(struct sim *);
void	 test_chaos(struct sim *);

void	 test_delete(struct sim *);
void	 test_stop(struct sim *);
void	 test_active(struct sim *);

void	 test_storm(struct sim *);

void	 test_nat(struct sim *);
void	 test_natmove(struct sim *);
void	 test_many(struct sim *);

void	 test_mismatch(struct sim *);
void	 test_replay(struct sim *);
void	 test_junk(struct sim *);
void	 test_amplify(struct sim *);
void	 test_flood(struct sim *);

void	 test_false(struct sim *);
void	 test_rogue(struct sim *);

#endif /* _SIM_OPT_H_ */
