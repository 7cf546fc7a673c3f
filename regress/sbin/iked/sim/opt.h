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
 * What pairs of iked may be told, and the tests that it alone has.
 */
struct pair;

/* What their configurations say, a's first. */
struct pair_opt {
	int		 o_active[2];
	unsigned int	 o_tunnels;
	unsigned int	 o_dpd;
	unsigned int	 o_ikelife;		/* s, 0: none */
	unsigned int	 o_life;
	unsigned int	 o_bytes;
	int		 o_mobike;
	int		 o_frag;
	int		 o_natt;
	int		 o_anylocal;	/* a's */
	const char	*o_set[2];		/* more lines before */
	const char	*o_ikesa[2];		/* "ikesa group ecp256" */
	const char	*o_childsa[2];
	const char	*o_ts[2];		/* "from any to any" */
	const char	*o_psk[2];
	const char	*o_peer[2];		/* "": any */
};

/* opt.c */
const char *pair_text(struct pair *, int which);	/* static */

/* tests, by file */
void	 test_up(struct sim *);
void	 test_rekey(struct sim *);
void	 test_expire(struct sim *);
void	 test_reload(struct sim *);

void	 test_hub(struct sim *);
void	 test_ctl(struct sim *);
void	 test_collide(struct sim *);
void	 test_nat(struct sim *);
void	 test_natmove(struct sim *);
void	 test_mobike(struct sim *);

void	 test_flood(struct sim *);
void	 test_wrong(struct sim *);
void	 test_group(struct sim *);
void	 test_junk(struct sim *);
void	 test_mutate(struct sim *);
void	 test_rogue(struct sim *);

#endif /* _SIM_OPT_H_ */
