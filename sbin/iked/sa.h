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


#ifndef _IKED_SA_H_
#define _IKED_SA_H_

/*
 * Inside the state machine; engine.h is its outside.
 *
 * A policy has a plan (when to initiate next).  What one IKE_AUTH made is a
 * tunnel: it owns the Child SAs, and the IKE SAs that follow one another by
 * rekeying share it.  An IKE SA does one request at a time (window of one);
 * what is to be asked next waits in its tunnel as a job.
 */
#include <sys/queue.h>

#include "crypto.h"
#include "engine.h"
#include "msg.h"
#include "proposal.h"

#define SEC		1000		/* ms */
#define HASHSIZE	1024		/* power of two */

/* RFC 7296 2.4, iked(8): how long for what. */
#define RETRY_FIRST	(1 * SEC)	/* then doubled */
#define RETRY_MAX	(64 * SEC)
#define RETRY_LIMIT	(127 * SEC)	/* then the peer is gone */
#define INIT_RETRY_MAX	(8 * SEC)
#define INIT_LIMIT	(47 * SEC)
#define HALFOPEN_LIMIT	(30 * SEC)	/* INIT answered, no AUTH yet */
#define HALFOPEN_COOKIE	64		/* so many: ask for cookies */
#define HALFOPEN_MAX	4096		/* with cookies; then drop */
#define COOKIE_SECRET	(60 * SEC)	/* one secret's time */
#define LINGER		(32 * SEC)	/* closed: answer doubles still */
#define UNDERWAY	(SEC / 3)	/* what was sent has arrived */
#define DRAIN		(2 * SEC)	/* replaced SA: before its delete */
#define GRACE		(5 * SEC)	/* deleted SA: its last packets in */
#define PROOF		(30 * SEC)	/* responder sends by the new SA */
#define PROOF_POLL	(1 * SEC)	/* or if ESP came by it */
#define SETTLE		(5 * SEC)	/* responder asks by the new IKE SA */
#define CHILDLESS	(300 * SEC)	/* IKE SA without a child */
#define YIELD		(6 * SEC)	/* the peer closes its double */
#define IDLE		(300 * SEC)	/* nothing heard: ask */
#define KEEPALIVE	(20 * SEC)
#define BACKOFF_MAX	(60 * SEC)
#define HINTS		3
#define UNKNOWN_RATE	50		/* INVALID_IKE_SPI a second */

enum sa_state {
	SA_INIT,		/* initiator: IKE_SA_INIT sent */
	SA_SIGN,		/* either: the ca makes our AUTH */
	SA_AUTH,		/* initiator: IKE_AUTH sent; responder: waits */
	SA_VERIFY,		/* either: the ca looks at the peer's AUTH */
	SA_ESTABLISHED,
	SA_REPLACED,		/* rekeyed: only its delete is to come */
	SA_CLOSED		/* answers what comes twice, then goes */
};

enum job_type {
	JOB_INIT,
	JOB_AUTH,
	JOB_PROBE,
	JOB_ONLY,		/* if answered: close the other tunnels */
	JOB_REPLACED,		/* another one has taken its place: close */
	JOB_MOVE,		/* MOBIKE: UPDATE_SA_ADDRESSES */
	JOB_CHILD_NEW,
	JOB_CHILD_REKEY,
	JOB_CHILD_DELETE,
	JOB_IKE_REKEY,
	JOB_IKE_DELETE
};

/* A request to make, waiting or under way. */
struct job {
	TAILQ_ENTRY(job)  jb_entry;
	enum job_type	  jb_type;
	uint64_t	  jb_notbefore;	/* world's clock */
	unsigned int	  jb_tries;	/* TEMPORARY_FAILUREs */
	struct child	 *jb_child;	/* the subject, or NULL: gone */
	uint32_t	  jb_spi;	/* JOB_CHILD_DELETE: ours */
#define JOB_GONE	4
	uint32_t	  jb_gone[JOB_GONE];	/* SPIs deleted meanwhile */
	uint16_t	  jb_group;	/* KE the peer asked for, 0: first */
	/* CREATE_CHILD_SA under way */
	struct child	 *jb_new;
	struct sa	 *jb_newsa;
	struct dh	 *jb_dh;
	uint8_t		  jb_nonce[IKE_NONCE_LEN];
	/* JOB_MOVE */
	uint8_t		  jb_cookie2[16];
};
TAILQ_HEAD(jobs, job);

enum child_state {
	CH_LARVAL,		/* has an SPI */
	CH_HALF,		/* inbound in the kernel, outbound waits */
	CH_LIVE,		/* both */
	CH_OLD,			/* outbound gone, inbound for last packets */
};

/* A pair of ESP or AH SAs. */
struct child {
	TAILQ_ENTRY(child) ch_entry;
	struct tunnel	 *ch_tun;
	struct sa	 *ch_sa;	/* it was negotiated by; or NULL */
	enum child_state  ch_state;
	unsigned int	  ch_flags;
#define CHF_INITIATOR	0x01		/* we asked for it */
#define CHF_DELETING	0x02		/* our delete is queued or sent */
#define CHF_INKERNEL	0x04		/* inbound there, larval or not */
#define CHF_DELSENT	0x08
#define CHF_MUTE	0x10		/* live, but outbound is gone */
#define CHF_TRANSPORT	0x20		/* both ends said so */
	uint8_t		  ch_proto;	/* IKE_PROTO_ESP, _AH */
	uint32_t	  ch_in;	/* SPIs; 0: not yet */
	uint32_t	  ch_out;
	struct ike_addr	  ch_local;	/* as the kernel knows it */
	struct ike_addr	  ch_peer;	/* port: of ESP in UDP */
	int		  ch_encap;
	struct ike_props  ch_prop;	/* one: what was chosen */
	struct ike_tslist ch_src;	/* ours, narrowed */
	struct ike_tslist ch_dst;
	uint8_t		  ch_keys[2][132];	/* in, out; until installed */
	uint8_t		  ch_nonce[IKE_NONCE_MAX];	/* the lower */
	size_t		  ch_noncelen;
	/* the children that replace this one: of our rekey, of the peer's */
	struct child	 *ch_mine;
	struct child	 *ch_theirs;
	uint64_t	  ch_created;
	uint32_t	  ch_soft, ch_hard;	/* s, 0: none */
	struct timer	  ch_timer;	/* rekey, drain, proof, grace */
	uint64_t	  ch_rekey_at;
	uint64_t	  ch_proof;	/* ms; the peer has it by then */
};
TAILQ_HEAD(children, child);

struct tunnel {
	TAILQ_ENTRY(tunnel) tn_entry;
	struct engine	 *tn_engine;
	struct plan	 *tn_plan;	/* NULL: its policy is gone */
	struct sa	 *tn_sa;	/* the one that asks; or NULL */
	LIST_HEAD(, sa)	  tn_sas;
	struct children	  tn_children;
	struct jobs	  tn_jobs;	/* waiting */
	struct ike_id	  tn_self;
	struct ike_id	  tn_peerid;
	struct timer	  tn_wake;	/* the next job's time */
	struct timer	  tn_dpd;
	struct timer	  tn_keepalive;
	uint8_t		  tn_proto;	/* of its children */
	uint64_t	  tn_up;	/* established at, 0: not */
	uint64_t	  tn_up_time;	/* s since the Epoch */
	uint64_t	  tn_heard;	/* last authentic message */
	uint64_t	  tn_hinted;	/* when a hint was followed */
	uint64_t	  tn_childless;	/* since, 0: has one */
	unsigned int	  tn_backoff;	/* of JOB_CHILD_NEW */
	unsigned int	  tn_rekeys;	/* of children */
	unsigned int	  tn_ikerekeys;
	unsigned int	  tn_retransmits;
	unsigned int	  tn_flags;
#define TNF_INITIATOR	0x01		/* the first IKE SA was ours */
#define TNF_CLOSING	0x02
#define TNF_GONE	0x04		/* only lingering IKE SAs are left */
#define TNF_HELD	0x08		/* in use: not to be freed now */
};
TAILQ_HEAD(tunnels, tunnel);

/* Our AUTH and theirs need these, until established. */
struct handshake {
	struct buf	  hs_mine;	/* our IKE_SA_INIT message */
	struct buf	  hs_theirs;
	struct dh	 *hs_dh;
	uint16_t	  hs_group;
	unsigned int	  hs_restarts;	/* INVALID_KE_PAYLOAD, COOKIE */
	struct buf	  hs_cookie;
	unsigned int	  hs_hashes;	/* the peer's, RFC 7427 */
	/* responder: the request, kept while the ca works */
	struct buf	  hs_request;	/* decrypted payloads of IKE_AUTH */
	uint8_t		  hs_first;
	struct sign_res	  hs_signed;
	unsigned int	  hs_nreqs;
	struct auth_cert  hs_reqs[AUTH_MAXCERTS];
	struct child	 *hs_child;	/* initiator: SPI offered */
	uint64_t	  hs_started;
	int		  hs_contact;	/* peer said INITIAL_CONTACT */
};

struct sa {
	LIST_ENTRY(sa)	  sa_hash;	/* by our SPI */
	LIST_ENTRY(sa)	  sa_entry;	/* of its tunnel */
	struct engine	 *sa_engine;
	struct tunnel	 *sa_tun;
	enum sa_state	  sa_state;
	unsigned int	  sa_flags;
#define SAF_INITIATOR	0x0001		/* this IKE SA was asked for by us */
#define SAF_FRAGMENT	0x0002		/* both said so */
#define SAF_MOBIKE	0x0004
#define SAF_DELETE	0x0008		/* replaced: we send its delete */
#define SAF_ENCAP	0x0010		/* ESP in UDP */
#define SAF_NAT_SELF	0x0020		/* we are behind a NAT */
#define SAF_NAT_PEER	0x0040
#define SAF_CONFIRMED	0x0080		/* the peer is known to have it */
#define SAF_HALFOPEN	0x0100		/* counted as such */
#define SAF_BUSY	0x0200		/* answer to a request is in work */
#define SAF_ALIAS	0x0400		/* not from where w_source says */
	uint64_t	  sa_spi[2];	/* SPIi, SPIr */
	struct ike_addr	  sa_local;
	struct ike_addr	  sa_peer;
	struct ike_props  sa_prop;	/* one: what was chosen */
	uint16_t	  sa_prf;
	struct buf	  sa_ni, sa_nr;
	uint8_t		  sa_skd[PRF_MAX];
	uint8_t		  sa_skp[2][PRF_MAX];	/* pi, pr */
	struct skey	  sa_key[2];	/* of the initiator, the responder */
	uint64_t	  sa_counter;	/* IVs used */
	struct handshake *sa_hs;
	/* our request */
	struct job	 *sa_job;	/* under way, or NULL */
	uint8_t		  sa_exch;
	uint32_t	  sa_reqid;	/* the next one's message ID */
	struct pkts	  sa_request;
	uint64_t	  sa_sent;	/* first time */
	uint64_t	  sa_wait;	/* ms to the next retransmission */
	unsigned int	  sa_tries;
	unsigned int	  sa_unknown;	/* INVALID_IKE_SPIs for it */
	struct frags	  sa_frags_res;
	/* the peer's */
	uint32_t	  sa_peerid;	/* the next message ID */
	struct ike_addr	  sa_from, sa_at;	/* its last request's way */
	struct pkts	  sa_response;	/* to the one before */
	uint8_t		  sa_resexch;
	struct frags	  sa_frags_req;
	/* IKE SAs that replace this one: of our rekey, of the peer's */
	struct sa	 *sa_mine;
	struct sa	 *sa_theirs;
	struct sa	 *sa_old;	/* this one replaces it, or NULL */
	uint8_t		  sa_nonce[IKE_NONCE_MAX];	/* the lower */
	size_t		  sa_noncelen;
	uint64_t	  sa_created;
	uint64_t	  sa_established;
	uint8_t		  sa_seen[20];	/* as whom the peer sees us */
	int		  sa_isseen;
	struct timer	  sa_retry;
	struct timer	  sa_timer;	/* rekey, half open, linger */
};

/* A policy of the kernel, both directions. */
struct flow {
	TAILQ_ENTRY(flow) fl_entry;
	struct tunnel	 *fl_tun;	/* the last that wanted it; may be gone
					 * unless fl_wanted */
	struct ike_ts	  fl_local;
	struct ike_ts	  fl_remote;
	struct ike_addr	  fl_self;
	struct ike_addr	  fl_peer;
	uint8_t		  fl_proto;
	int		  fl_transport;
	int		  fl_wanted;
	enum { FL_NEW, FL_LOADED, FL_REFUSED } fl_state;
};
TAILQ_HEAD(flows, flow);

/* What a policy is up to. */
struct plan {
	TAILQ_ENTRY(plan) pn_entry;
	struct engine	 *pn_engine;
	struct policy	 *pn_policy;	/* of the engine's conf */
	struct timer	  pn_timer;	/* initiate */
	unsigned int	  pn_failures;	/* since the last success */
	unsigned int	  pn_hints;	/* sent since the start */
	struct timer	  pn_hint;
	uint16_t	  pn_group;	/* KE the peer asked for, 0: first */
	uint64_t	  pn_hinted;	/* when a hint was followed */
	char		 *pn_said;	/* the last failure logged */
	struct flows	  pn_flows;	/* of POL_FLOWS alone */
};
TAILQ_HEAD(plans, plan);

struct engine_stats {
	uint64_t	 st_sas_created, st_sas_established, st_sas_failed,
			 st_proposals_failed, st_sas_rekeyed, st_sas_removed,
			 st_children_created, st_children_removed,
			 st_sent, st_sendfail, st_received, st_dropped,
			 st_busy, st_res_retransmitted, st_req_retransmitted,
			 st_timeouts, st_frags_sent, st_frags_sendfail,
			 st_frags_received, st_frags_dropped,
			 st_frags_reassembled, st_moves,
			 st_probes, st_keepalives, st_cookies, st_hints;
};

struct engine {
	struct world	  en_world;
	void		 *en_arg;
	struct conf	 *en_conf;
	struct plans	  en_plans;
	struct tunnels	  en_tunnels;
	LIST_HEAD(, sa)	  en_hash[HASHSIZE];
	unsigned int	  en_flags;
#define ENF_STARTED	0x01
#define ENF_PASSIVE	0x02
#define ENF_DECOUPLED	0x04
#define ENF_STOPPING	0x08
#define ENF_FORCENATT	0x10
	uint16_t	  en_ikeport;
	uint16_t	  en_nattport;	/* 0: no NAT traversal */
	struct buf	  en_certreq;
	unsigned int	  en_halfopen;
	uint8_t		  en_secret[2][32];	/* of cookies: now, before */
	uint64_t	  en_secret_at;
	uint8_t		  en_secret_n;	/* goes along in the cookie */
	uint64_t	  en_unknown_at;	/* second of the rate limit */
	unsigned int	  en_unknown;
	struct engine_stats en_stats;
	void		(*en_done)(void *);
	void		 *en_donearg;
	struct timer	  en_stop;
};

/* engine.c */
uint64_t en_now(struct engine *);
void	 en_random(struct engine *, void *, size_t);
uint64_t en_jitter(struct engine *, uint64_t from, uint64_t to);
void	 en_timer(struct engine *, struct timer *, uint64_t ms);
void	 en_untimer(struct engine *, struct timer *);
void	 en_event(struct engine *, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
void	 en_maybe_done(struct engine *);

/* flow.c: policies of the kernel, where no interface has the SAs */
/* As the plan's tunnels are now; sa: whose doing, for the log, or NULL. */
void		 flow_sync(struct plan *, const struct sa *);
void		 flow_clear(struct plan *, int kernel);	/* forget all */
int		 flow_loaded(struct plan *, const struct ike_ts *local,
		    const struct ike_ts *remote);

/* plan.c: policies, and when to initiate */
struct plan	*plan_new(struct engine *, struct policy *);
void		 plan_free(struct plan *);
void		 plan_start(struct plan *);	/* the engine started */
/* No tunnel, or it went: initiate, after a back-off if it failed. */
void		 plan_retry(struct plan *, int failed);
void		 plan_up(struct plan *);
void		 plan_fine(struct plan *);	/* nothing to complain of */
void		 plan_hinted(struct engine *, const struct ike_addr *peer);
int		 plan_addresses(const struct plan *, const struct ike_addr *,
		    const struct ike_addr *);
/*
 * Who answers, by addresses and proposals (RFC: last match wins).  nearest:
 * one whose addresses match, for the log, if none.
 */
struct plan	*plan_for_init(struct engine *, const struct ike_addr *local,
		    const struct ike_addr *peer, const struct ike_props *theirs,
		    struct ike_props *chosen, struct plan **nearest);
struct plan	*plan_for_acquire(struct engine *, const struct kacquire *);
struct plan	*plan_for_auth(struct engine *, const struct sa *,
		    const struct msg *);
/* Log a failure in words, once as long as it stays the same. */
void		 plan_say(struct plan *, const char *, ...)
		    __attribute__((__format__(printf, 2, 3)));

/* tunnel.c */
struct tunnel	*tun_new(struct engine *, struct plan *);
/* Frees all: children out of the kernel, IKE SAs without a word. */
void		 tun_free(struct tunnel *);
void		 tun_replaced(struct tunnel *);	/* close it, gently */
void		 tun_reap(struct tunnel *);	/* if nothing is left */
/*
 * The end of it, logged with why: children out of the kernel; if tell, a
 * DELETE to the peer; what has to linger does.  The plan begins anew if
 * again says so.
 */
void		 tun_close(struct tunnel *, const char *why, int tell,
		    int again);
void		 tun_established(struct tunnel *);
void		 tun_changed(struct tunnel *);	/* SAs or children came, went */
void		 tun_heard(struct tunnel *);	/* authentic message */
void		 tun_moved(struct tunnel *, const struct sa *);	/* SAs follow */
struct tunnel	*tun_find(struct engine *, const struct plan *);

/* job.c: what is to be asked */
struct job	*job_add(struct tunnel *, enum job_type, struct child *,
		    uint64_t delay);
struct job	*job_find(struct tunnel *, enum job_type, struct child *);
void		 job_free(struct engine *, struct job *);
/* Start the first one that may go, if nothing is under way. */
void		 job_next(struct tunnel *);
/* The peer said TEMPORARY_FAILURE or the like: later. */
void		 job_again(struct sa *, struct job *);
void		 job_response(struct sa *, struct job *, struct msg *);
/* The subject goes: jobs about it, waiting or not, lose it. */
void		 job_forget(struct tunnel *, struct child *);

/* A request came or an answer: from where. */
struct arrival {
	struct ike_addr	 ar_local;
	struct ike_addr	 ar_peer;
};

/* sa.c */
struct sa	*sa_new(struct engine *, struct tunnel *, int initiator);
/* With why (logged), or NULL: quietly. */
void		 sa_free(struct sa *, const char *why);
/* Stays to answer what comes twice, for LINGER. */
void		 sa_close(struct sa *, const char *why);
struct sa	*sa_find(struct engine *, uint64_t ourspi);
uint64_t	 sa_ourspi(const struct sa *);
struct sa	*sa_find_init(struct engine *, uint64_t spii,
		    const struct ike_addr *peer);
/* Keys from the secret; old: the SA that is rekeyed, or NULL.  0 or -1. */
int		 sa_derive(struct sa *, const struct buf *secret,
		    const struct sa *old);
const struct skey *sa_outkey(const struct sa *);
const struct skey *sa_inkey(const struct sa *);
void		 sa_settled(struct sa *);	/* established */
void		 sa_retire(struct sa *, int tell);	/* it was rekeyed */
int		 sa_natt(const struct sa *);	/* its messages have a marker */
void		 sa_putspi(uint8_t [8], uint64_t);
int		 nonce_cmp(const void *, size_t, const void *, size_t);
void		 sa_lower_nonce(uint8_t *, size_t *, const struct buf *,
		    const struct buf *);
const char	*sa_prefix(const struct sa *);	/* "spi=0x..: " */
const char	*sa_algs(const struct sa *);	/* "enc .. group .. prf .." */
void		 hs_free(struct sa *);

/* send.c */
void	 sa_header(const struct sa *, struct ike_hdr *, uint8_t exch,
	    int response, uint32_t msgid);
/* Takes the chain (cleared).  0 or -1: the SA is of no use. */
int	 sa_request(struct sa *, struct job *, uint8_t exch, struct msgb *);
int	 sa_response(struct sa *, uint8_t exch, struct msgb *);
int	 sa_notify_response(struct sa *, uint8_t exch, uint16_t type,
	    const void *, size_t);
void	 sa_retransmit(struct sa *);	/* our request, now */
void	 sa_resend(struct sa *);	/* our last response */
/* The request under way is answered, or given up. */
struct job *sa_answered(struct sa *);
void	 sa_hurry(struct sa *);		/* INVALID_IKE_SPI came for it */
/* One clear message without an SA. */
void	 send_clear(struct engine *, const struct ike_addr *local,
	    const struct ike_addr *peer, int natt, const struct ike_hdr *,
	    struct msgb *);
void	 sa_transmit(struct sa *, const struct pkts *);
void	 sa_transmit_to(struct sa *, const struct pkts *,
	    const struct ike_addr *local, const struct ike_addr *peer);

/* recv.c is engine_recv() */

/* init.c */
/* To the policy's peer, or this one of its peers.  0 or -1. */
int	 init_start(struct plan *, const struct ike_addr *);
void	 init_request(struct engine *, const struct ike_addr *local,
	    const struct ike_addr *peer, int natt, const struct ike_hdr *,
	    const void *, size_t, struct msg *);
void	 init_response(struct sa *, const struct ike_hdr *, const void *,
	    size_t, struct msg *);

/* ikeauth.c */
void	 auth_keep_requests(struct sa *, const struct msg *);	/* CERTREQ */
void	 auth_begin(struct sa *);		/* initiator: sign */
void	 auth_request(struct sa *, struct msg *, uint8_t first,
	    struct buf *plain);
void	 auth_response(struct sa *, struct msg *, uint8_t first,
	    struct buf *plain);

/* child.c: Child SAs and the kernel */
struct child	*child_new(struct tunnel *, const struct sa *,
		    int initiator);	/* has its SPI */
void		 child_free(struct child *);	/* out of the kernel */
/* SA, TSi, TSr of IKE_AUTH: those of the policy. */
void		 child_offer(struct child *, struct msgb *);
void		 child_offer_mode(struct child *, struct msgb *);
/*
 * Responder: from the peer's SA, TSi, TSr.  0, or the notify to refuse with,
 * explained in the log.
 */
uint16_t	 child_choose(struct child *, const struct msg *, int nodh);
/* Responder: SA, and TSi, TSr, of the answer. */
void		 child_answer(struct child *, struct msgb *);
void		 child_answer_ts(struct child *, struct msgb *);
void		 child_disown(struct child *);	/* freed, and deleted there */
/* Its DH group, 0: none. */
uint16_t	 child_group(const struct child *);
/* Initiator: is the answer one of what we offered?  0, or -1 logged. */
int		 child_accept(struct child *, const struct msg *, int nodh);
/* 0 or -1 */
int		 child_derive(struct child *, struct sa *,
		    const struct buf *secret, const struct buf *ni,
		    const struct buf *nr);
/* To the kernel: both ways, or inbound only (half).  0 or -1. */
int		 child_install(struct child *, struct sa *, int half);
void		 child_doubted(struct sa *);	/* the peer has not */
void		 child_putspi(uint8_t [4], uint32_t);
void		 child_mute(struct child *);	/* do not send by it */
void		 child_stop(struct child *);	/* another tunnel is there */
int		 child_complete(struct child *);	/* the outbound, too */
void		 child_proved(struct sa *);	/* the peer has our answers */
void		 child_retire(struct child *);	/* outbound goes now */
struct child	*child_by_out(struct tunnel *, uint32_t spi);
void		 child_ksa(struct child *, struct ksa *, int out);
void		 child_expired(struct child *, int hard);
uint64_t	 child_drain(const struct child *);
void		 child_uncouple(struct child *);	/* no SAs */
void		 child_place(struct child *, const struct sa *);
struct child	*child_current(struct tunnel *);
void		 child_failed(struct tunnel *, uint16_t notify);

/* create.c: CREATE_CHILD_SA */
/* Answer with a notify; the group goes along with INVALID_KE_PAYLOAD. */
void		 create_refuse(struct sa *, uint16_t type, uint16_t group);
void	 create_request(struct sa *, struct msg *);
int	 create_child_start(struct sa *, struct job *);	/* 0 or -1 */
void	 create_child_done(struct sa *, struct job *, struct msg *);

/* ikerekey.c: the same for the IKE SA */
void	 ikerekey_request(struct sa *, struct msg *);
int	 ikerekey_start(struct sa *, struct job *);
void	 ikerekey_done(struct sa *, struct job *, struct msg *);

/* info.c: INFORMATIONAL */
void	 info_request(struct sa *, struct msg *, const struct arrival *);
int	 info_start(struct sa *, struct job *);
void	 info_done(struct sa *, struct job *, struct msg *);

/* natt.c */
void	 natt_put(struct msgb *, const struct sa *, int zeror);
/* What the notifies say to the SA's flags; 1: there are any. */
int	 natt_get(struct sa *, const struct msg *, uint64_t spir);
int	 natt_seen(struct sa *, const struct msg *);
void	 natt_float(struct sa *);	/* to the other port, if it has to */
void	 natt_follow(struct sa *, const struct ike_addr *local,
	    const struct ike_addr *peer);
void	 natt_keepalive(struct tunnel *);

/* keylog.c */
void	 keylog_sa(struct sa *);
void	 keylog_child(struct child *, const struct sa *);

#endif /* _IKED_SA_H_ */
