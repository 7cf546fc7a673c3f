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

#include <sys/types.h>
#include <sys/socket.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kt.h"
#include "log.h"

const uint8_t		 key[64] = "0123456789abcdef0123456789abcdef"
			    "0123456789abcdef0123456789abcde";
char			 logged[4096];

static void
note(const char *fmt, va_list ap)
{
	vsnprintf(logged, sizeof(logged), fmt, ap);
	fprintf(stderr, "%s\n", logged);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(fmt, ap);
	va_end(ap);
}

int
says(const char *cmd, const char *what)
{
	static char text[65536];
	FILE *f;
	size_t n;

	CHECK((f = popen(cmd, "r")) != NULL);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	pclose(f);
	return (strstr(text, what) != NULL);
}

struct ike_addr
addr(const char *s)
{
	struct ike_addr a;

	CHECK(addr_pton(s, &a) == 0);
	return (a);
}

struct ksa
sa(int out, unsigned int unit)
{
	struct ksa ks;

	memset(&ks, 0, sizeof(ks));
	ks.ks_out = out;
	ks.ks_src = addr(out ? "192.0.2.8" : "192.0.2.9");
	ks.ks_dst = addr(out ? "192.0.2.9" : "192.0.2.8");
	ks.ks_unit = unit;
	ks.ks_encr.xf_id = IKE_ENCR_AES_GCM_16;
	ks.ks_encr.xf_keybits = 128;
	ks.ks_ekey = key;
	ks.ks_ekeylen = 20;
	return (ks);
}
