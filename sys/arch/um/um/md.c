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
#include <machine/host.h>
#include <machine/md.h>

void *
md_alloc(size_t size, size_t align)
{
	return (host_alloc(size, align));
}

void
md_free(void *p)
{
	host_free(p);
}

void
md_random(void *p, size_t len)
{
	host_random(p, len);
}

void
md_console(const char *p, size_t len)
{
	host_console(p, len);
}

void
md_alert(const char *p, size_t len)
{
	host_alert(p, len);
}

void
md_abort(void)
{
	host_abort();
}

void
md_yield(void)
{
	host_yield();
}
