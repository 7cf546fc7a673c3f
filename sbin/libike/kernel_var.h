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

#ifndef _LIBIKE_KERNEL_VAR_H_
#define _LIBIKE_KERNEL_VAR_H_

/*
 * What the parts of the PF_KEY client share: kernel.c, kernel_msg.c (making
 * and reading messages), kernel_flow.c (policies) and kernel_alg.c
 * (algorithms, and why the kernel refuses).
 */
#include <sys/types.h>
#include <net/pfkeyv2.h>

#include "kernel.h"

#define REQUEST_MAX	4096		/* octets that the kernel takes */
#define MESSAGE_MAX	65536		/* octets of one it sends */
#define TAG_MAX		63		/* octets of a name of pf(4) */

struct request {
	union {
		struct sadb_msg	msg;
		uint8_t		bytes[REQUEST_MAX];
	};
	size_t	len;
	int	toolong;
};

/* A message that came; keys may be in it.  Each extension that is there has
 * at least the octets of its structure. */
struct message {
	union {
		struct sadb_msg	msg;
		uint8_t		bytes[MESSAGE_MAX];
	};
	const struct sadb_ext	*ext[SADB_EXT_MAX + 1];
};

/* what is to be deleted */
struct victim {
	uint8_t		 satype;
	uint32_t	 spi;
	struct ike_addr	 src;
	struct ike_addr	 dst;
};

struct kernel {
	int		 k_request;
	int		 k_upcall;
	uint32_t	 k_seq;
	int		 k_saidlost;	/* once is enough */
	struct message	*k_msg;
	void		 (*k_expire)(void *, uint32_t,
			    const struct ike_addr *, int);
	void		 (*k_acquire)(void *, const struct kacquire *);
	void		*k_arg;
	/* of the dump that is coming in; NULL: none is */
	void		 (*k_record)(struct kernel *, const struct message *);
	const unsigned int *k_units;	/* NULL: those of no interface */
	unsigned int	 k_nunits;
	struct victim	*k_victims;
	unsigned int	 k_nvictims;
};

/* kernel_msg.c */

/* SADB_SATYPE_ of an IKE_PROTO_. */
uint8_t	 kmsg_satype(uint8_t proto);

/*
 * Making one.  What does not fit is found out by kmsg_post.
 */
void	 kmsg_begin(struct request *, uint8_t type, uint8_t satype);
/* Zeroed, head filled in; size octets may be written. */
void	*kmsg_ext(struct request *, uint16_t type, size_t size);
struct sadb_sa	*kmsg_sa(struct request *, uint32_t spi);
/* family 4 or 6; port in host byte order */
void	 kmsg_sockaddr(struct request *, uint16_t type, uint8_t family,
	    const uint8_t *addr, uint16_t port);
void	 kmsg_addr(struct request *, uint16_t type, const struct ike_addr *);
void	 kmsg_lifetime(struct request *, uint16_t type, uint32_t seconds,
	    uint64_t bytes, uint32_t packets);
void	 kmsg_key(struct request *, uint16_t type, const uint8_t *, size_t);
void	 kmsg_idents(struct request *, const struct ike_id *src,
	    const struct ike_id *dst);
/* What goes between the two ends, as seen in that direction. */
void	 kmsg_selectors(struct request *, const struct ike_ts *local,
	    const struct ike_ts *remote, uint8_t direction);
/* Why there can be no policy between them, or NULL. */
const char *kmsg_noselectors(const struct ike_ts *, const struct ike_ts *);
void	 kmsg_tag(struct request *, const char *);
void	 kmsg_which(struct request *, uint8_t type, uint8_t satype,
	    uint32_t spi, const struct ike_addr *src,
	    const struct ike_addr *dst);

/* The address in an extension, and its port: 0, or -1, none there. */
int	 kmsg_getaddr(const struct sadb_ext *, struct ike_addr *);

/*
 * The next message, if there is one.  1; 0: none at the moment (*again is 0
 * then), or none that can be read; -1: the kernel is gone.
 */
int	 kmsg_receive(struct kernel *, int s, struct message *, int *again);
void	 kmsg_lost(struct kernel *);
void	 kmsg_forget(struct message *);
int	 kmsg_drain(struct kernel *);

/* All of these: 0 or an errno; the answer is in k_msg. */
int	 kmsg_post(struct kernel *, struct request *);
int	 kmsg_answer(struct kernel *, const struct request *);
int	 kmsg_ask(struct kernel *, struct request *);
/* When nothing of the answer is wanted; both are overwritten. */
int	 kmsg_tell(struct kernel *, struct request *);

/* kernel_flow.c */

/* SADB_ACQUIRE: asks which policy it was, which overwrites k_msg. */
void	 kflow_acquired(struct kernel *, const struct message *);

/* kernel_alg.c */

/* SADB_EALG_ and SADB_AALG_; 0: PF_KEY has none for it. */
uint8_t	 kalg_cipher(const struct ike_xform *);
uint8_t	 kalg_mac(const struct ike_xform *);
/* The answer to SADB_REGISTER: kernel_reason speaks of it. */
void	 kalg_learn(const struct message *);

#endif /* _LIBIKE_KERNEL_VAR_H_ */
