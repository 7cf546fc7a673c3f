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

#ifndef _ISAKMPD_SA_H_
#define _ISAKMPD_SA_H_

/*
 * Inside the engine.  One thread; nothing is locked.
 *
 * A connection (conn) is what the configuration wants: SAs of phase 2 with a
 * peer.  It has pairs, of one SA a direction each; several while one replaces
 * another.  ISAKMP SAs (sa) are between us and a peer's address; exchanges
 * (exch) run over them, those of phase 1 make them.  Pairs do not belong to
 * the ISAKMP SA they were made over: both live and die alone.
 */
#include <sys/queue.h>

#include "engine.h"
#include "isakmpd.h"
#include "keys.h"
#include "msg.h"

#define SA_HASHSIZE	256	/* of cookies */
#define SA_MAXHALFOPEN	512	/* as responder, by addresses not proven */
#define SA_MAXLARVAL	1024	/* as responder, not established */
#define EN_MAXGONE	64	/* pairs whose end is said again */
#define CONN_MAXPAIRS	512	/* of one connection, with replaced ones */
#define SA_MAXMSGIDS	131072	/* of one ISAKMP SA; then another is made */
#define EXCH_MAXQUICK	64	/* of the peer's, under way over one SA */
#define EXCH_LINGER	40000	/* ms a finished one answers doubles */
#define PAIR_DRAIN	10000	/* ms a replaced pair still receives */
#define PAIR_OVERLAP	10000	/* ms between two that were meant as one */
#define SWITCH_DELAY	150	/* ms until a peer is sure to receive */
#define DPD_RETRY	5000	/* ms */
#define DPD_TRIES	5

struct conn;
struct exch;
struct pair;
struct sa;

enum exch_state {
	XS_START,
	/* main mode and aggressive mode: what was sent or has come */
	XS_SENT_SA,		/* I: 1 */
	XS_SENT_CHOICE,		/* R: 2 */
	XS_SENT_KE,		/* I: 3, R: 4 */
	XS_SENT_AUTH,		/* I: 5; aggressive R: 2 */
	/* quick mode */
	XS_SENT_QM1,		/* I */
	XS_SENT_QM2,		/* R */
	XS_COMMIT,		/* I: CONNECTED has to come */
	XS_DONE
};

/* What waits for an answer of the ca. */
enum exch_wait {
	XW_NONE,
	XW_SKEYID,
	XW_SIGN,
	XW_VERIFY
};

struct exch {
	TAILQ_ENTRY(exch) x_entry;
	struct sa	*x_sa;
	uint8_t		 x_type;	/* V1_X_ */
	int		 x_initiator;
	enum exch_state	 x_state;
	enum exch_wait	 x_wait;
	uint64_t	 x_number;	/* what the ca knows it by */
	uint32_t	 x_msgid;	/* 0 in phase 1 */
	uint8_t		 x_iv[IV_MAX];	/* phase 2: of the next message */
	uint8_t		 x_seen[20];	/* SHA1 of the last that was good */
	int		 x_hasseen;
	/* what we sent last */
	struct buf	 x_out;
	unsigned int	 x_tries;
	uint64_t	 x_answered;	/* when it was said again on request */
	int		 x_again;	/* it is retransmitted */
	uint64_t	 x_started;
	uint64_t	 x_sent;
	struct timer	 x_timer;
	uint16_t	 x_said;	/* an error notify of the peer's, 0 */
	unsigned int	 x_unread;	/* messages that could not be read */
	/* keys */
	struct dh	*x_dh;
	struct buf	 x_ni, x_nr;
	struct buf	 x_gxi, x_gxr;
	struct buf	 x_secret;
	/* phase 1 */
	struct buf	 x_sai;		/* SAi_b */
	struct buf	 x_idi, x_idr;	/* bodies of the ID payloads */
	struct buf	 x_proof;	/* the peer's HASH or SIG */
	unsigned int	 x_ncerts;
	struct auth_cert x_certs[AUTH_MAXCERTS];
	size_t		 x_question;	/* octets of the first message */
	struct msgb	 x_reply;	/* made, but for the signature */
	unsigned int	 x_ncertreqs;
	struct auth_cert x_certreqs[AUTH_MAXCERTS];
	int		 x_contact;	/* the peer said INITIAL-CONTACT */
	/* from where its proof came: there it is, if it is one */
	struct ike_addr	 x_local, x_peer;
	/* quick mode */
	struct conn	*x_conn;
	struct pair	*x_pair;	/* in the making; NULL: it is made */
	struct pair	*x_replaces;
	uint8_t		 x_proto;	/* of the peer's first proposal */
	uint32_t	 x_ourspi;	/* of our answer */
	int		 x_orphan;	/* its pair is gone */
	uint32_t	 x_spi;		/* its SPI, host byte order; 0: none */
};
TAILQ_HEAD(exchs, exch);

struct sa {
	LIST_ENTRY(sa)	 sa_hash;	/* by our cookie */
	TAILQ_ENTRY(sa)	 sa_entry;
	struct engine	*sa_engine;
	struct peer	*sa_conf;	/* of the model; never NULL */
	unsigned int	 sa_flags;
#define SAF_INITIATOR	0x0001
#define SAF_ESTABLISHED	0x0002
#define SAF_HALFOPEN	0x0004		/* counted as such */
#define SAF_NATT	0x0008		/* both know NAT traversal.. */
#define SAF_DRAFT	0x0010		/* .. by the numbers of the drafts */
#define SAF_NAT_SELF	0x0020		/* we are behind a NAT */
#define SAF_NAT_PEER	0x0040
#define SAF_NAT_KNOWN	0x0080		/* NAT-D has come */
#define SAF_DPD		0x0100		/* the peer answers R-U-THERE */
#define SAF_REPLACED	0x0200		/* another is there: no new exchange */
#define SAF_RENEWING	0x0400		/* another is being made */
#define SAF_CLOSING	0x0800		/* freed soon */
#define SAF_ALIAS	0x1000		/* not from where w_source says */
	uint8_t		 sa_cookies[16];	/* initiator's, responder's */
	struct ike_addr	 sa_local;
	struct ike_addr	 sa_peer;
	struct p1_keys	 sa_keys;
	uint16_t	 sa_group;
	uint16_t	 sa_auth;	/* V1_AUTH_ */
	uint32_t	 sa_life_s;	/* 0: none */
	uint32_t	 sa_life_kb;
	uint64_t	 sa_octets;	/* encrypted */
	struct ike_id	 sa_remote;	/* proved when established */
	struct exch	*sa_p1;		/* the one that makes it, or NULL */
	struct exchs	 sa_exchs;	/* all the others */
	uint32_t	*sa_msgids;	/* used ones: sorted */
	unsigned int	 sa_nmsgids;
	unsigned int	 sa_sizemsgids;
	uint64_t	 sa_created;
	uint64_t	 sa_established;
	uint64_t	 sa_heard;	/* authentic message */
	struct timer	 sa_soft;
	struct timer	 sa_hard;
	struct timer	 sa_alive;	/* NAT keepalive */
	struct timer	 sa_dpd;
	uint32_t	 sa_dpdout;	/* number of the last probe */
	unsigned int	 sa_dpdtries;	/* not answered */
	uint32_t	 sa_dpdin;	/* the peer's last number */
	unsigned int	 sa_dpdacks;	/* that we gave it */
};
TAILQ_HEAD(sas, sa);

struct pair {
	TAILQ_ENTRY(pair) pr_entry;
	struct conn	*pr_conn;
	unsigned int	 pr_flags;
#define PRF_INITIATOR	0x01
#define PRF_SPI		0x02		/* pr_in is ours in the kernel */
#define PRF_IN		0x04		/* inbound is in the kernel */
#define PRF_OUT		0x08
#define PRF_REPLACED	0x10		/* receives only, for a while */
#define PRF_FLOW	0x20		/* its policies are in the kernel */
#define PRF_RENEWING	0x40		/* a quick mode is to replace it */
#define PRF_SOFT	0x80		/* soft lifetime is over */
#define PRF_MOVES	0x100		/* the peer moved */
#define PRF_SWITCH	0x200		/* it is to be sent by, in a moment */
	uint8_t		 pr_cookies[16];	/* of the SA it was made under */
	uint32_t	 pr_msgid;	/* of its quick mode */
	uint32_t	 pr_in, pr_out;	/* SPIs, host byte order */
	uint8_t		 pr_proto;	/* V1_PROTO_ */
	uint8_t		 pr_id;		/* V1_ESP_, V1_AH_ */
	uint16_t	 pr_bits;
	uint16_t	 pr_mac;
	uint16_t	 pr_group;
	int		 pr_udp;
	int		 pr_transport;
	uint32_t	 pr_life_s;
	uint32_t	 pr_life_kb;
	struct ike_addr	 pr_local;
	struct ike_addr	 pr_peer;
	struct ike_id	 pr_self;	/* of phase 1 */
	struct ike_id	 pr_remote;
	uint8_t		 pr_key[2][2][96];	/* in, out: cipher, MAC */
	size_t		 pr_keylen[2];		/* of cipher, MAC */
	uint64_t	 pr_created;
	uint64_t	 pr_settled;	/* 0: not yet in use both ways */
	int		 pr_tell;	/* the peer is to hear of its end */
	unsigned int	 pr_told;	/* DELETEs of it that went */
	struct timer	 pr_timer;	/* soft, then hard; drain */
	struct timer	 pr_switch;	/* outbound, a moment later */
};
TAILQ_HEAD(pairs, pair);

struct conn {
	TAILQ_ENTRY(conn) cn_entry;
	struct engine	*cn_engine;
	struct p2conf	*cn_conf;	/* of the model */
	struct pairs	 cn_pairs;
	unsigned int	 cn_flags;
#define CNF_WANTED	0x01		/* kept up, for ever */
#define CNF_ONCE	0x02		/* `c' asked for it */
#define CNF_UP		0x04		/* said so */
	struct exch	*cn_quick;	/* our quick mode, or NULL */
	unsigned int	 cn_failures;	/* since the last success */
	struct timer	 cn_timer;	/* the next try */
	char		*cn_said;	/* the last failure logged */
};
TAILQ_HEAD(conns, conn);

/*
 * A pair that ended here.  Nothing answers a DELETE, and there may be no
 * ISAKMP SA to say it by: without it the peer sends into nowhere until a
 * rekey.
 */
struct gone {
	uint8_t		 go_proto;
	uint32_t	 go_spi;	/* was ours */
	unsigned int	 go_peer;	/* pe_id */
	struct ike_id	 go_remote;
	uint64_t	 go_until;	/* it lives there no longer than this */
	uint64_t	 go_next;	/* UINT64_MAX: with the next SA */
	unsigned int	 go_told;
};

struct engine_stats {
	uint64_t	 st_sent, st_sendfail, st_received, st_dropped,
			 st_malformed, st_doubles, st_retransmitted,
			 st_p1_ok, st_p1_failed, st_p2_ok, st_p2_failed,
			 st_probes, st_keepalives, st_notifies;
};

struct engine {
	struct world	 en_world;
	void		*en_arg;
	struct model	*en_model;	/* NULL: none yet */
	struct conns	 en_conns;
	struct sas	 en_sas;
	LIST_HEAD(, sa)	 en_hash[SA_HASHSIZE];
	unsigned int	 en_halfopen;
	unsigned int	 en_flags;
#define ENF_STARTED	0x01
#define ENF_PASSIVE	0x02
#define ENF_NOFLOWS	0x04
#define ENF_STOPPING	0x08
#define ENF_FREEING	0x10		/* the kernel keeps its SAs */
	uint16_t	 en_port;
	uint16_t	 en_nattport;	/* 0: no NAT traversal */
	uint64_t	 en_number;	/* of the last exchange */
	uint64_t	 en_hint_at;	/* second of the rate limit */
	unsigned int	 en_hints;
	uint64_t	 en_warn_at;	/* the same for warnings */
	unsigned int	 en_warns;
	struct buf	 en_canames;
	struct gone	 en_gone[EN_MAXGONE];	/* oldest first */
	unsigned int	 en_ngone;
	struct timer	 en_again;
	struct engine_stats en_stats;
};

/* engine.c */
uint64_t en_now(struct engine *);
void	 en_random(struct engine *, void *, size_t);
uint64_t en_jitter(struct engine *, uint64_t from, uint64_t to);
void	 en_timer(struct engine *, struct timer *, uint64_t ms);
void	 en_untimer(struct engine *, struct timer *);
/* A warning about what anybody could send: a few in a second. */
void	 en_warn(struct engine *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
struct peer *en_peer(struct engine *, unsigned int id);
struct exch *en_exch(struct engine *, uint64_t number);

/* conn.c: connections, and when to initiate */
struct conn	*conn_new(struct engine *, struct p2conf *);
void		 conn_free(struct conn *);	/* pairs out of the kernel */
struct conn	*conn_find(struct engine *, const char *name);
struct conn	*conn_acquired(struct engine *, const struct kacquire *);
struct conn	*conn_byid(struct engine *, unsigned int id);
/* The conn that a quick mode of this SA's peer with these IDs is for. */
struct conn	*conn_match(const struct sa *, const struct p2_id *local,
		    const struct p2_id *remote, struct buf *why);
/* Bring it up, if it is wanted and not up: now, or when phase 1 is there. */
void		 conn_try(struct conn *);
/* So many ms later, if nothing comes before. */
void		 conn_later(struct conn *, uint64_t ms);
/* An attempt of ours failed, for that reason: say so and try later. */
void		 conn_failed(struct conn *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));
/* Its pairs changed: up or down, said once. */
void		 conn_changed(struct conn *);
/* Phase 1 with that peer is there, or it failed (why, logged). */
void		 conns_sa_ready(struct sa *);
void		 conns_sa_failed(struct sa *, const char *why);
int		 conn_active(const struct conn *);	/* we may initiate */
/* SAs of it may exist: not torn down, not deleted. */
struct pair	*conn_current(struct conn *);
/* The peer is making a pair for it. */
int		 conn_answering(struct conn *);

/* sa.c: ISAKMP SAs */
struct sa	*sa_new(struct engine *, struct peer *, int initiator,
		    const struct ike_addr *local, const struct ike_addr *peer);
/* The SA and its exchanges, at once and without a word to the peer. */
void		 sa_free(struct sa *);
/* With a DELETE if it is established; why is logged. */
void		 sa_close(struct sa *, const char *why);
struct sa	*sa_find(struct engine *, const uint8_t cookies[16]);
/* One whose responder cookie is not known yet or 0 in the message. */
struct sa	*sa_find_first(struct engine *, const uint8_t icookie[8],
		    const struct ike_addr *peer);
const uint8_t	*sa_ourcookie(const struct sa *);
void		 sa_cookie_known(struct sa *, const uint8_t rcookie[8]);
/* The best established one with this peer for a new exchange, or NULL. */
struct sa	*sa_for(struct engine *, const struct peer *);
/* One that is being made by us, or NULL. */
struct sa	*sa_making(struct engine *, const struct peer *);
int		 sa_sameends(const struct sa *, const struct sa *);
void		 sa_settled(struct sa *);	/* established */
void		 sa_proven(struct sa *);	/* no more half open */
/* -1: that message ID was there before. */
int		 sa_msgid(struct sa *, uint32_t msgid);
int		 sa_msgid_used(const struct sa *, uint32_t msgid);
uint32_t	 sa_newmsgid(struct sa *);
const char	*sa_name(const struct sa *);	/* static: cookies and peer */
void		 sa_count(struct sa *, size_t);	/* octets encrypted */
int		 sa_natt(const struct sa *);	/* its messages have a marker */
/* Ours goes as this identity, to be id_clear'ed. 0 or -1. */
int		 sa_self(const struct sa *, struct ike_id *);
void		 sa_orphans(const struct sa *);	/* it goes: what then */
void		 sa_dead(struct sa *, const char *why);	/* the peer is gone */

/* exch.c: exchanges */
struct exch	*exch_new(struct sa *, uint8_t type, int initiator,
		    uint32_t msgid);
void		 exch_tell(const struct exch *);	/* that it ends here */
void		 exch_orphan(struct exch *);	/* its pair goes */
void		 exch_free(struct exch *);
void		 exch_to(struct exch *, enum exch_state);
const char	*exch_state_name(const struct exch *);	/* show.c */
/* Nothing more is to come; it answers doubles for EXCH_LINGER. */
void		 exch_done(struct exch *);
/* It failed: logged, connections told; the SA goes with phase 1. */
void		 exch_fail(struct exch *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));
struct exch	*exch_find(struct sa *, uint32_t msgid);
/* Is it the message that came before?  Then it is answered again, if so. */
int		 exch_double(struct exch *, const void *, size_t,
		    const struct ike_addr *peer);
/* That message was good. */
void		 exch_note(struct exch *, const void *, size_t);
void		 exch_sent(struct exch *, int again);	/* x_out went */
const char	*exch_title(const struct exch *);	/* for logs */
/* Work for the ca: fills ar_asker, ar_kind and ar_peer. */
void		 exch_ask(struct exch *, enum exch_wait, struct auth_req *);

/* send.c */
/*
 * Send the chain (cleared) as the next message of the exchange.  again: it
 * is retransmitted until an answer comes.  0 or -1: failed, said.
 */
int		 exch_send(struct exch *, struct msgb *, int again);
/* The same with HASH(1), HASH(2) or HASH(3) put in front. */
enum qm_hash { QM_HASH1, QM_HASH2, QM_HASH3 };
int		 exch_send_hashed(struct exch *, enum qm_hash, struct msgb *,
		    int again);
void		 exch_resend(struct exch *);
/* One protected informational message over an established SA. */
int		 sa_inform(struct sa *, struct msgb *);
/* An error, unprotected: to this address; cookies as they came. */
void		 send_notify(struct engine *, const struct ike_addr *local,
		    const struct ike_addr *peer, int natt,
		    const uint8_t cookies[16], uint16_t type, size_t question);
void		 sa_transmit(struct sa *, const struct buf *);

/* recv.c is engine_recv(); a message that came, decrypted */
struct arrival {
	struct engine	*ar_engine;
	struct ike_hdr	 ar_hdr;
	struct ike_addr	 ar_local;
	struct ike_addr	 ar_peer;
	const void	*ar_raw;	/* as it came */
	size_t		 ar_rawlen;
	struct buf	 ar_plain;	/* the chain, decrypted; or a copy */
	uint8_t		 ar_iv[IV_MAX];	/* after it */
	struct msg	 ar_msg;
	int		 ar_natt;
};

/* offer.c: the SA payloads of phase 1 */
/* Initiate; from this address of ours, or NULL. */
void		 p1_start(struct engine *, struct peer *,
		    const struct ike_addr *local);
int		 p1_known(const struct engine *, const struct ike_addr *local,
		    const struct ike_addr *peer);
/* What we offer; x_sai is kept.  0 or -1. */
int		 p1_offer(struct exch *, struct msgb *);
void		 p1_puttraits(struct exch *, struct msgb *);	/* vendor IDs */
/*
 * A first message: whoever it is, an SA and an exchange for him, with our
 * choice in x_reply.  NULL: refused, and said.
 */
struct exch	*p1_respond(struct engine *, struct arrival *);
/* The answer to ours; -1: not what was offered, failed. */
int		 p1_agreed(struct exch *, const struct arrival *);

/* phase1.c: what main and aggressive mode share */
int		 p1_newdh(struct exch *);	/* private value and nonce */
void		 p1_putke(struct exch *, struct msgb *);
/* The peer's KE and nonce; 0, or the notify. */
uint16_t	 p1_getke(struct exch *, const struct msg *);
int		 p1_secret(struct exch *);
/* Ask for or calculate SKEYID; then p1_keyed(), soon or at once. */
void		 p1_keys(struct exch *);
void		 p1_keyed(struct exch *);
/* Take the peer's ID; -1: none that may be (failed and said). */
int		 p1_getid(struct exch *, const struct msg *);
int		 p1_putid(struct exch *, struct msgb *);
/* Prove who we are: HASH or SIG into the chain; then p1_signed(). */
void		 p1_prove(struct exch *, struct msgb *);
/* Is it the peer?  p1_verified() if so, else the exchange has failed. */
void		 p1_keepproof(struct exch *, const struct msg *);
void		 p1_verify(struct exch *);
void		 p1_answer(struct exch *, const struct auth_res *);
void		 p1_contact(struct exch *, struct msgb *, const struct msg *);
void		 p1_anew(struct sa *);	/* INITIAL-CONTACT came */
void		 p1_done(struct exch *);
void		 p1_keepreqs(struct exch *, const struct msg *);
void		 p1_putreqs(struct exch *, struct msgb *);

/* main_mode.c */
void		 main_start(struct exch *);
void		 main_recv(struct exch *, struct arrival *);
void		 main_keyed(struct exch *);
void		 main_signed(struct exch *);	/* x_reply is complete */
void		 main_verified(struct exch *);

/* aggressive.c */
void		 aggr_start(struct exch *);
void		 aggr_recv(struct exch *, struct arrival *);
void		 aggr_keyed(struct exch *);
void		 aggr_signed(struct exch *);
void		 aggr_verified(struct exch *);

/* quick.c */
/* replaces: the pair that is rekeyed, or NULL.  0 or -1. */
int		 quick_start(struct sa *, struct conn *,
		    struct pair *replaces);
void		 quick_recv(struct exch *, struct arrival *);
void		 quick_connected(struct exch *);	/* CONNECTED came */
int		 quick_implied(struct exch *);	/* 1: it is done */

/* pair.c: SAs of phase 2 and the kernel */
struct pair	*pair_new(struct conn *, const struct sa *, int initiator);
void		 pair_free(struct pair *);	/* out of the kernel */
int		 pair_toomany(struct conn *);
int		 pair_getspi(struct pair *, uint8_t proto);
/* What was agreed. */
void		 pair_set(struct pair *, const struct p2_choice *);
int		 pair_keys(struct pair *, const struct exch *);
/* To the kernel; 0 or an errno, logged with the kernel's reason. */
int		 pair_install_in(struct pair *);
int		 pair_install_out(struct pair *);
/* In use: those it replaces go, slowly. */
void		 pair_settled(struct pair *);
void		 pair_switch_soon(struct pair *);
/* Receives only, for a while; deleted at the peer then. */
void		 pair_retire(struct pair *);
void		 pair_deleted(struct pair *);	/* the peer said so */
/* At once, with a DELETE if tell. */
void		 pair_close(struct pair *, int tell, const char *why);
struct pair	*pair_by_out(struct engine *, uint8_t proto, uint32_t spi,
		    const struct sa *);
void		 pair_expired(struct pair *, int hard);
void		 pair_rekey(struct pair *);
void		 pair_moved(struct pair *, const struct sa *);
int64_t		 pair_lastuse(struct pair *);	/* s since the Epoch, 0 */
void		 pair_stats(struct pair *, struct ksa_stat [2]);

/* info.c: notifies and deletes */
void		 info_recv(struct sa *, struct arrival *);
/* Without protection: about an exchange of phase 1. */
void		 info_clear(struct engine *, struct arrival *);
/* An error in answer to an exchange: protected if it can be. */
void		 info_refuse(struct exch *, uint16_t type);
/* DELETE of the inbound SA of a pair, or of the ISAKMP SA itself. */
void		 info_delete_pair(struct pair *);
/* The same, and again: soon, and over the next SA if there is none now. */
void		 info_bury_pair(struct pair *);
void		 info_buried(struct sa *);	/* it is there */
void		 info_forget(struct engine *);
void		 info_delete_spi(struct sa *, uint8_t proto, uint32_t spi);
void		 info_delete_sa(struct sa *);
void		 info_goodbye(struct sa *);
const char	*info_cure(uint16_t type);	/* ": do this", or "" */
void		 info_lifetime(struct sa *, const struct msg *);
void		 info_notifies(struct sa *, struct exch *, const struct msg *);

/* dpd.c */
void		 dpd_start(struct sa *);
void		 dpd_ask(struct sa *);	/* now, whatever else is heard */
void		 dpd_heard(struct sa *);
void		 dpd_notify(struct sa *, const struct v1_notify *);

/* natt.c */
void		 natt_put(struct sa *, struct msgb *);	/* NAT-D, both */
void		 natt_get(struct sa *, const struct msg *,
		    const struct ike_addr *local, const struct ike_addr *peer);
void		 natt_float(struct sa *);
void		 natt_follow(struct sa *, const struct ike_addr *local,
		    const struct ike_addr *peer);
void		 natt_keepalive(struct sa *);
void		 natt_adopt(struct sa *);
unsigned int	 natt_encap(const struct sa *);	/* to add, see mb_p2_sa */
int		 natt_kind(const struct sa *);	/* as p2_choose wants it */

extern const uint8_t natt_vid_rfc[16], natt_vid_03[16], natt_vid_02[16],
		    natt_vid_02n[16], dpd_vid[16];

#endif /* _ISAKMPD_SA_H_ */
