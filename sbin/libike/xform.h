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


#ifndef _LIBIKE_XFORM_H_
#define _LIBIKE_XFORM_H_

/*
 * Transforms: their names and sizes.
 */
#include "buf.h"
#include "ike.h"

/* One name of iked.conf(5). */
struct xform_name {
	const char	*xn_name;	/* "aes-128-gcm", "grp14" */
	uint8_t		 xn_type;	/* IKE_T_ */
	uint16_t	 xn_id;
	uint16_t	 xn_keybits;	/* as it goes on the wire; 0: none */
	uint16_t	 xn_keylen;	/* octets of key, without salt */
	uint8_t		 xn_salt;	/* octets of salt behind the key */
	uint8_t		 xn_icv;	/* octets: of an AEAD, of an integ */
	uint8_t		 xn_flags;
#define XN_IKE		0x01		/* in ikesa */
#define XN_CHILD	0x02		/* in childsa */
#define XN_AEAD		0x04
#define XN_ALIAS	0x08		/* a second name: not for printing */
#define XN_KERNEL	0x10		/* this kernel's ESP has it */
};

/* The transform that is called so, whole word; NULL: none of this type. */
const struct xform_name	*xform_byname(uint8_t type, const char *);
/* The reverse, NULL: we do not know it. */
const struct xform_name	*xform_find(const struct ike_xform *);
/* The nth of all, NULL at the end. */
const struct xform_name	*xform_nth(unsigned int);
/* Its name, else "ENCR 99"; eight static buffers in turn. */
const char		*xform_print(const struct ike_xform *);
/* Its word in front of a name ("enc"), or NULL. */
const char		*xform_word(uint8_t type);

#endif /* _LIBIKE_XFORM_H_ */
