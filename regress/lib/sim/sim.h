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

#ifndef _SIM_SIM_H_
#define _SIM_SIM_H_

/*
 * A false world for engines of either version: one virtual clock, a network
 * that does to datagrams what networks do, and for each node a kernel's SAs
 * and the packets that applications send.  All chance comes from one seed.
 * What an engine asks of its world lies above: node.c of each simulation.
 */
#include <sys/queue.h>

#include <setjmp.h>
#include <stdint.h>

#include "ksa.h"
#include "timer.h"

#define SIM_NODES	8
#define SIM_FLOWS	32
#define SIM_LOST	1024
#define SIM_SEC		1000		/* ms */
#define SIM_MIN		(60 * SIM_SEC)
#define SIM_LARVAL	(60 * SIM_SEC)	/* as the kernel keeps them */
#define SIM_SECRET	"simulated-secret"

struct sim;
struct node;

/* Something that will happen once. */
struct event {
	uint64_t	 ev_when;	/* ms */
	uint32_t	 ev_tie;	/* by chance, among those of one ms */
	uint32_t	 ev_seq;
	unsigned int	 ev_slot;	/* in the heap */
	void		(*ev_fn)(void *);
	void		*ev_arg;
};

/* What a wire does. */
struct wire {
	unsigned int	 wi_loss;	/* permille */
	unsigned int	 wi_dup;	/* permille */
	unsigned int	 wi_min;	/* delay, ms */
	unsigned int	 wi_max;
};

struct dgram {
	struct sim	*dg_sim;
	struct ike_addr	 dg_src;
	struct ike_addr	 dg_dst;
	int		 dg_marker;
	size_t		 dg_len;
	uint8_t		 dg_data[];
};

/* Where a NAT box maps a port of the node behind it. */
struct natmap {
	uint16_t	 nm_in;
	uint16_t	 nm_out;	/* 0: free */
	uint64_t	 nm_used;
};

struct natbox {
	struct ike_addr	 nb_outer;
	uint64_t	 nb_timeout;	/* ms without a packet */
	struct natmap	 nb_map[8];
};

/* An SA of a node's kernel. */
struct sa {
	TAILQ_ENTRY(sa)	 sa_entry;
	struct node	*sa_node;
	struct ksa	 sa_k;		/* its pointers are NULL */
	uint64_t	 sa_print;	/* of algorithms, keys and ESN */
	int		 sa_larval;
	int		 sa_soft;	/* soft expiry is told */
	uint64_t	 sa_bytes;
	uint64_t	 sa_packets;
	int64_t		 sa_lastuse;
	uint64_t	 sa_born;
	struct event	*sa_evsoft;
	struct event	*sa_evhard;	/* or the end of a larval one */
};
TAILQ_HEAD(sas, sa);

struct ca;
struct engine;
struct parent;
struct world;

/* What a ca says, later; the first member of all that it may be. */
struct answer {
	TAILQ_ENTRY(answer) an_entry;
	struct node	*an_node;
	struct event	*an_ev;
	void		(*an_give)(struct answer *);
	void		(*an_clear)(struct answer *);
};

struct node {
	struct sim	*n_sim;
	char		 n_name[16];
	struct world	*n_world;	/* its own copy */
	struct engine	*n_engine;	/* NULL: it does not run */
	struct ca	*n_ca;
	struct parent	*n_parent;	/* what node.c keeps of it */
	TAILQ_HEAD(, answer) n_answers;	/* of the ca, on their way */
	unsigned int	 n_cadelay;	/* ms at most; 0: at once */
	unsigned int	 n_polid;	/* the last one given away */
	struct ike_addr	 n_addr;
	struct natbox	*n_nat;		/* NULL: none before it */
	uint16_t	 n_port;	/* of IKE */
	uint16_t	 n_natt;	/* 0: no NAT traversal */
	int		 n_force;	/* the latter only */
	uint64_t	 n_packets;	/* lifetime of its child SAs */
	int		 n_cut;		/* nothing gets to or from it */
	struct sas	 n_sas;		/* oldest first */
	unsigned int	 n_timers;	/* armed by its engine */
	int		 n_stopped;	/* engine_stop is through */
	uint64_t	 n_sent;	/* datagrams */
	uint64_t	 n_keepalives;
	uint64_t	 n_minute;	/* the one being counted */
	unsigned int	 n_insent;	/* datagrams in it */
	unsigned int	 n_maxsent;	/* most in a minute */
	uint64_t	 n_events;	/* lines for monitors */
};

/* Packets that an application sends through a sec interface. */
struct flow {
	struct node	*f_from;
	struct node	*f_to;
	unsigned int	 f_unit;
	unsigned int	 f_every;	/* ms */
	unsigned int	 f_size;	/* octets */
	int		 f_on;
	struct event	*f_ev;
	unsigned int	 f_sent;
	unsigned int	 f_got;
	unsigned int	 f_wire;	/* lost by the wire, as it should */
	unsigned int	 f_noout;	/* lost for want of an SA to send by */
	unsigned int	 f_noin;	/* ... of one to receive by */
	unsigned int	 f_encap;	/* in UDP and should not, or reverse */
	unsigned int	 f_gap;		/* lost since one came */
};

struct sim {
	uint64_t	 s_seed;
	uint64_t	 s_state;	/* of chance */
	uint64_t	 s_now;		/* ms */
	uint32_t	 s_seq;
	uint64_t	 s_done;	/* events */
	struct event	**s_heap;
	unsigned int	 s_nheap;
	unsigned int	 s_maxheap;
	struct node	*s_node[SIM_NODES];
	unsigned int	 s_nnodes;
	struct flow	 s_flow[SIM_FLOWS];
	unsigned int	 s_nflows;
	struct wire	 s_ike;
	/* How often one message may be lost, 0: any number. */
	unsigned int	 s_mercy;
	struct {
		uint64_t	 l_hash;
		unsigned int	 l_times;
	}		 s_lost[SIM_LOST];
	struct wire	 s_esp;
	/*
	 * Sees each IKE datagram as it is sent: -1 leaves it to the wire, -2
	 * loses it, else it takes so many ms.
	 */
	int		(*s_hook)(struct sim *, struct node *from,
			    struct dgram *, void *);
	void		*s_hookarg;
	uint64_t	 s_trace;	/* hash of all that was sent and when */
	int		 s_strict;	/* no peer is expected to do wrong */
	jmp_buf		 s_fail;
};

/* world.c */
struct sim	*sim_new(uint64_t seed);
void		 sim_free(struct sim *);
uint64_t	 sim_random(struct sim *);
unsigned int	 sim_below(struct sim *, unsigned int);	/* 0 .. n - 1 */
int		 sim_chance(struct sim *, unsigned int permille);
struct event	*sim_at(struct sim *, uint64_t ms, void (*)(void *), void *);
void		 sim_cancel(struct sim *, struct event *);
void		 sim_run(struct sim *, uint64_t ms);
void		 sim_fail(struct sim *, const char *, ...)
		    __attribute__((__noreturn__, __format__(printf, 2, 3)));
void		 sim_send(struct sim *, struct node *from,
		    const struct ike_addr *src, const struct ike_addr *dst,
		    const void *, size_t, int marker);
/* As if it came out of the wire now, from whomever. */
void		 sim_inject(struct sim *, const struct dgram *);
void		 wire_good(struct wire *);
/* The delay, or -1: lost. */
int		 wire_delay(struct sim *, const struct wire *);
/* To the address that the world sees, -1: no mapping is left. */
int		 nat_out(struct sim *, struct natbox *, struct ike_addr *);
struct node	*nat_in(struct sim *, struct ike_addr *);
struct natbox	*nat_new(const char *outer, uint64_t timeout);
void		 nat_move(struct natbox *);	/* all mappings vanish */

int64_t		 sim_time(struct sim *);	/* s since the Epoch */

/* sadb.c */
int		 sadb_getspi(struct node *, const struct ksa *, uint32_t *);
int		 sadb_add(struct node *, const struct ksa *);
int		 sadb_move(struct node *, const struct ksa *,
		    const struct ksa *);
int		 sadb_del(struct node *, const struct ksa *);
uint64_t	 sadb_print(const struct ksa *);	/* as sa_print */
int		 sadb_stat(struct node *, const struct ksa *,
		    struct ksa_stat *);
void		 sadb_flush(struct node *);
void		 sadb_expire(struct sa *);	/* hard, now; told */
unsigned int	 sadb_count(struct node *, unsigned int unit, int out,
		    int larval);
struct sa	*sadb_find(struct node *, uint32_t spi,
		    const struct ike_addr *dst);
struct sa	*sadb_newest(struct node *, unsigned int unit, int out);
struct flow	*flow_new(struct node *from, struct node *to,
		    unsigned int unit, unsigned int every);
void		 flow_stop(struct flow *);
/* By the ends, not by the wire. */
unsigned int	 flow_lost(const struct flow *);

/* tape.c */
#define TAPE_MAX	512
struct tape {
	struct sim	*t_sim;
	struct dgram	*t_d[TAPE_MAX];	/* that were on the wire */
	unsigned int	 t_n;
	struct event	*t_ev;
	unsigned int	 t_every;	/* ms between two that are played */
	int		 t_mutate;
	unsigned int	 t_spoil;	/* permille changed on their way */
};
void		 tape_start(struct tape *, struct sim *, int mutating);
void		 tape_stop(struct tape *);
struct dgram	*dgram_dup(const struct dgram *, size_t len);
void		 dgram_mutate(struct sim *, struct dgram *);

/* end.c: for a struct world; the argument is the node */
struct node	*end_new(struct sim *, const char *name, const char *addr,
		    const struct world *, size_t);
void		 end_free(struct node *);
uint64_t	 node_now(void *);
int64_t		 node_time(void *);
void		 node_random(void *, void *, size_t);
void		 node_timer(void *, struct timer *, uint64_t);
void		 node_untimer(void *, struct timer *);
int		 node_send(void *, const struct ike_addr *,
		    const struct ike_addr *, const void *, size_t, int);
void		 node_keepalive(void *, const struct ike_addr *,
		    const struct ike_addr *);
int		 node_source(void *, const struct ike_addr *,
		    struct ike_addr *);
int		 node_getspi(void *, const struct ksa *, uint32_t *);
int		 node_addsa(void *, const struct ksa *);
int		 node_movesa(void *, const struct ksa *, const struct ksa *);
int		 node_delsa(void *, const struct ksa *);
int		 node_statsa(void *, const struct ksa *, struct ksa_stat *);

/* daemon.c: for the engine of either simulation */
void		*answer_new(size_t, void (*give)(struct answer *),
		    void (*clear)(struct answer *));
void		 answer_later(struct node *, struct answer *);
void		 node_recv(struct node *, const struct dgram *, int natt);
void		 node_expire(struct node *, uint32_t spi,
		    const struct ike_addr *dst, int hard);
void		 node_rekey(struct node *, int kind);	/* REKEY_IKE ... */
void		 node_stop(struct node *);	/* begins to say goodbye */
void		 node_kill(struct node *, int flush);

/* node.c of each simulation */
struct node	*node_new(struct sim *, const char *name, const char *addr);
void		 node_free(struct node *);
void		 node_forget(struct node *);	/* what was with its engine */
void		 node_show(struct node *);	/* nothing secret in it */

/* wheel.c: one node with many peers, the spokes, which come behind it */
void		 wheel_new(struct sim *, unsigned int spokes);
void		 wheel_addr(unsigned int, char *, size_t);	/* a spoke's */
void		 wheel_flows(struct sim *, unsigned int spokes);
void		 wheel_lossless(struct sim *);

/* history.c: what the engines log */
void		 history_clear(void);
void		 history_who(struct sim *, const char *);
/* A key: no line may have its first octets in hex. */
void		 history_secret(const uint8_t *, size_t);
int		 history_has(const char *who, const char *word);
void		 history_print(unsigned int lines);

/* run.c: main() */
struct sim_test {
	const char	*st_name;
	void		(*st_fn)(struct sim *);
	unsigned int	 st_runs;
};
extern const struct sim_test sim_tests[];	/* the last one has no name */

#endif /* _SIM_SIM_H_ */
