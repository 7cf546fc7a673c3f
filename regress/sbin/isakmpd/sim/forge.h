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


#ifndef _SIM_FORGE_H_
#define _SIM_FORGE_H_

/*
 * A peer made by hand: it speaks main mode and quick mode with a psk, just
 * enough, and whatever else a test makes it say.
 */
#include "keys.h"
#include "msg.h"
#include "world.h"

#define FORGE_IN	16

struct forge {
	struct sim	*f_sim;
	struct node	*f_to;
	struct ike_addr	 f_addr;	/* with the port */
	int		 f_initiator;
	struct dgram	*f_in[FORGE_IN];	/* that came, oldest first */
	unsigned int	 f_nin;
	unsigned int	 f_got;		/* ever */
	uint8_t		 f_cookies[16];
	struct p1_keys	 f_keys;
	struct dh	*f_dh;
	struct buf	 f_ni, f_nr, f_gxi, f_gxr, f_secret, f_sai;
	/* of a quick mode */
	uint32_t	 f_msgid;
	uint8_t		 f_iv[IV_MAX];
	struct dh	*f_qdh;
	struct buf	 f_qni, f_qnr, f_qsecret;
	uint32_t	 f_spi;		/* ours */
	uint32_t	 f_peerspi;
	/* the last message taken */
	struct ike_hdr	 f_hdr;
	struct buf	 f_plain;
	struct msg	 f_msg;
	int		 f_hasmsg;
};

void	 forge_new(struct forge *, struct node *to, const char *addr);
void	 forge_free(struct forge *);
/* Takes the chain; iv NULL: clear. */
void	 forge_send(struct forge *, uint8_t exch, uint8_t flags,
	    uint32_t msgid, struct msgb *, uint8_t *iv);
/* The oldest message of that exchange that came, in f_msg; or -1. */
int	 forge_take(struct forge *, uint8_t exch);
/* Waits for it; else a failure. */
void	 forge_wait(struct forge *, uint8_t exch, uint64_t ms);
void	 forge_nonce(struct forge *, struct buf *);

/* Main mode, up to the keys; then the rest of it. */
void	 forge_initiate(struct forge *, const char *psk);
void	 forge_prove(struct forge *);
void	 forge_answer(struct forge *, const char *psk, uint64_t ms);
/* Has the other one proved itself?  Then so do we, `more' said, too. */
void	 forge_answer_proof(struct forge *, struct msgb *more);

/* One protected informational message; takes the chain. */
void	 forge_inform(struct forge *, struct msgb *);
/* Quick mode, its first message; ids: local and remote, 0/0 both. */
void	 forge_quick(struct forge *, uint8_t flags);
/* Answers one that came, with `more' behind; flags: of the header. */
void	 forge_quick_answer(struct forge *, uint8_t flags,
	    uint32_t lifetime, uint64_t ms);
/* The fourth message, as quick mode or as an informational one. */
void	 forge_connected(struct forge *, int quick);
void	 forge_lifetime(struct msgb *, uint8_t proto, const void *spi,
	    size_t len, uint32_t s);

#endif /* _SIM_FORGE_H_ */
