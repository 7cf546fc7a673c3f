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

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/mutex.h>

#include <netinet/in.h>
#include <netinet/ip_ipsp.h>

/*
 * Anti-replay (RFC 4303 3.4.3, RFC 6479): a ring of words, of which the
 * one that the highest number falls into is still being filled.  That one
 * is not part of the window, so that moving on clears whole words.
 */
#define RPL_WORDS	(TDB_REPLAYMAX / 64)

static u_int64_t *
rpl_word(struct tdb *tdb, u_int64_t seq)
{
	return (&tdb->tdb_seen[(seq / 64) % RPL_WORDS]);
}

/* The 64 bit number that seq stands for, by RFC 4303 appendix A2.2. */
static int
rpl_expand(struct tdb *tdb, u_int32_t seq, u_int64_t *full)
{
	u_int32_t tl = tdb->tdb_rpl, th = tdb->tdb_rpl >> 32;
	u_int32_t low = tl - (TDB_REPLAYWIN - 1);

	if (tl >= TDB_REPLAYWIN - 1) {
		if (seq < low) {
			if (th == UINT32_MAX)
				return (1);
			th++;
		}
	} else if (seq >= low) {
		/* the window begins in the space before this one */
		if (th == 0)
			return (1);
		th--;
	}
	*full = (u_int64_t)th << 32 | seq;
	return (0);
}

static void
rpl_advance(struct tdb *tdb, u_int64_t seq)
{
	u_int64_t from = tdb->tdb_rpl / 64, to = seq / 64;

	if (to - from > RPL_WORDS)
		from = to - RPL_WORDS;
	while (from < to)
		tdb->tdb_seen[++from % RPL_WORDS] = 0;
	tdb->tdb_rpl = seq;
}

int
checkreplaywindow(struct tdb *tdb, u_int32_t seq, u_int32_t *seqhi,
    int commit)
{
	u_int64_t full = seq, bit;

	MUTEX_ASSERT_LOCKED(&tdb->tdb_mtx);
	*seqhi = 0;
	if (ISSET(tdb->tdb_flags, TDBF_ESN)) {
		if (rpl_expand(tdb, seq, &full) != 0)
			return (2);
		*seqhi = full >> 32;
	}
	if (full == 0)
		return (1);
	bit = 1UL << (full % 64);
	if (full <= tdb->tdb_rpl) {
		if (tdb->tdb_rpl - full >= TDB_REPLAYWIN)
			return (2);
		if (*rpl_word(tdb, full) & bit)
			return (3);
	} else if (commit)
		rpl_advance(tdb, full);
	if (commit)
		*rpl_word(tdb, full) |= bit;
	return (0);
}
