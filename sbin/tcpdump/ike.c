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


/* The header of ISAKMP, RFC 2408, and of IKEv2, RFC 7296. */

#include <sys/types.h>
#include <stdio.h>

#include "tcpdump.h"

static const struct {
	u_int		 type;
	const char	*name;
} exchanges[] = {
	{ 0, "NONE" }, { 1, "BASE" }, { 2, "ID_PROT" }, { 3, "AUTH_ONLY" },
	{ 4, "AGGRESSIVE" }, { 5, "INFO" }, { 6, "TRANSACTION" },
	{ 32, "QUICK_MODE" }, { 33, "NEW_GROUP_MODE" },
	{ 34, "IKE_SA_INIT" }, { 35, "IKE_AUTH" },
	{ 36, "CREATE_CHILD_SA" }, { 37, "INFORMATIONAL" },
	{ 43, "IKE_INTERMEDIATE" }
};

static void
ike_cookie(const struct pk *pk, u_int off)
{
	printf("%08x%08x", pk_32(pk, off), pk_32(pk, off + 4));
}

static void
ike_flags(u_int version, u_int flags)
{
	if (version == 2)
		printf(" %s", flags & 0x20 ? "response" : "request");
	else if (flags & 0x01)
		printf(" encrypted");
}

void
print_ike(struct pk pk)
{
	u_int version, type;
	size_t i;

	if (!pk_has(&pk, 28)) {
		pk_short("isakmp");
		return;
	}
	version = pk_8(&pk, 17);
	type = pk_8(&pk, 18);
	printf("isakmp v%u.%u exchange ", version >> 4, version & 0xf);
	for (i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
		if (exchanges[i].type == type)
			break;
	if (i < sizeof(exchanges) / sizeof(exchanges[0]))
		printf("%s", exchanges[i].name);
	else
		printf("%u", type);
	ike_flags(version >> 4, pk_8(&pk, 19));
	printf(" cookie: ");
	ike_cookie(&pk, 0);
	printf("->");
	ike_cookie(&pk, 8);
	printf(" msgid: %08x len: %u", pk_32(&pk, 20), pk_32(&pk, 24));
}
