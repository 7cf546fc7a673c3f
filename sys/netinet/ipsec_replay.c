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

#include <net/pfkeyv2.h>

#include <netinet/in.h>
#include <netinet/ip_ah.h>
#include <netinet/ip_esp.h>
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

/*
 * What AH and ESP do with it.
 */

/* Without authentication a number proves nothing, RFC 4303 3.4.3. */
static int
rpl_active(const struct tdb *tdb)
{
	return (tdb->tdb_wnd > 0 && tdb->tdb_authalgxform != NULL);
}

int
ipsec_esn(const struct tdb *tdb)
{
	return (ISSET(READ_ONCE(tdb->tdb_flags), TDBF_ESN) &&
	    tdb->tdb_wnd > 0);
}

static void
rpl_count(const struct tdb *tdb, int why)
{
	if (tdb->tdb_sproto == IPPROTO_AH)
		ahstat_inc(why == 1 ? ahs_wrap : ahs_replay);
	else
		espstat_inc(why == 1 ? esps_wrap : esps_replay);
}

int
ipsec_input_seq(struct tdb *tdb, u_int32_t seq, u_int32_t *esn)
{
	u_int32_t seqhi;
	int why;

	*esn = 0;
	if (!rpl_active(tdb))
		return (0);
	mtx_enter(&tdb->tdb_mtx);
	why = checkreplaywindow(tdb, seq, &seqhi, 0);
	mtx_leave(&tdb->tdb_mtx);
	*esn = htonl(seqhi);
	if (why != 0)
		rpl_count(tdb, why);
	return (why);
}

/*
 * When the window has moved on meanwhile the number may stand for another
 * one by now, which nobody has authenticated: then nothing is marked.
 */
int
ipsec_input_commit(struct tdb *tdb, u_int32_t seq, u_int32_t esn,
    u_int64_t n)
{
	u_int32_t seqhi = 0, ran = 0;
	int why = 0;

	mtx_enter(&tdb->tdb_mtx);
	if (rpl_active(tdb)) {
		why = checkreplaywindow(tdb, seq, &seqhi, 0);
		if (why == 0 && seqhi != ntohl(esn))
			why = 2;
		if (why == 0)
			checkreplaywindow(tdb, seq, &seqhi, 1);
	}
	if (why == 0)
		ran = tdb_charge(tdb, n);
	mtx_leave(&tdb->tdb_mtx);
	if (why != 0) {
		rpl_count(tdb, why);
		return (-1);
	}
	return (tdb_charge_expire(tdb, ran) ? -1 : 0);
}

/*
 * When all numbers have been used the SA is dead: with a repeated one an
 * AEAD would give its key away.
 */
int
ipsec_output_seq(struct tdb *tdb, u_int64_t n, u_int64_t *seq)
{
	u_int64_t last = ipsec_esn(tdb) ? UINT64_MAX : UINT32_MAX;
	u_int32_t ran = 0;
	int spent;

	mtx_enter(&tdb->tdb_mtx);
	if (!(spent = tdb->tdb_rpl >= last)) {
		*seq = ++tdb->tdb_rpl;
		ran = tdb_charge(tdb, n);
	}
	mtx_leave(&tdb->tdb_mtx);
	if (spent) {
		rpl_count(tdb, 1);
		if (!tdb_isdeleted(tdb))
			pfkeyv2_expire(tdb, SADB_EXT_LIFETIME_HARD);
		tdb_delete(tdb);
		return (EINVAL);
	}
	return (tdb_charge_expire(tdb, ran) ? EINVAL : 0);
}
