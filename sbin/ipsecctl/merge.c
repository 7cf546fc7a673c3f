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

/*
 * Flows as text; with -c those that differ in one host are one line.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "ipsecctl.h"

/* hosts of a line, sorted by appearance */
struct hosts {
	const struct addr	**ho_addr;
	size_t			  ho_n;
};

struct line {
	const struct rule	*rule;	/* the first one */
	struct hosts		 from;
	struct hosts		 to;
};

static void
hosts_add(struct hosts *h, const struct addr *a)
{
	h->ho_addr = recallocarray(h->ho_addr, h->ho_n, h->ho_n + 1,
	    sizeof(*h->ho_addr));
	if (h->ho_addr == NULL)
		err(1, NULL);
	h->ho_addr[h->ho_n++] = a;
}

static int
hosts_cmp(const struct hosts *a, const struct hosts *b)
{
	size_t i;
	int rv;

	if (a->ho_n != b->ho_n)
		return (a->ho_n < b->ho_n ? -1 : 1);
	for (i = 0; i < a->ho_n; i++)
		if ((rv = addr_cmp(a->ho_addr[i], b->ho_addr[i])) != 0)
			return (rv);
	return (0);
}

static void
hosts_join(struct hosts *a, struct hosts *b)
{
	size_t i;

	for (i = 0; i < b->ho_n; i++)
		hosts_add(a, b->ho_addr[i]);
}

/* Room for all that hosts_text() writes. */
static char *
hosts_text(const struct hosts *h)
{
	size_t i, size = h->ho_n * 64 + 8;
	char *s = xcalloc(1, size);

	if (h->ho_n == 1) {
		strlcpy(s, addr_str(h->ho_addr[0]), size);
		return (s);
	}
	strlcpy(s, "{ ", size);
	for (i = 0; i < h->ho_n; i++) {
		strlcat(s, i > 0 ? ", " : "", size);
		strlcat(s, addr_str(h->ho_addr[i]), size);
	}
	strlcat(s, " }", size);
	return (s);
}

static int
cmp(unsigned int a, unsigned int b)
{
	return (a < b ? -1 : a > b);
}

static int
cmp_end(uint8_t hasa, const struct addr *a, uint8_t hasb,
    const struct addr *b)
{
	if (hasa != hasb || !hasa)
		return (cmp(hasa, hasb));
	return (addr_cmp(a, b));
}

static int
cmp_ident(const struct ident *a, const struct ident *b)
{
	if (a->type != b->type || a->type == 0)
		return (cmp(a->type, b->type));
	return (strcmp(a->name, b->name));
}

/* What the flows of one line must have in common. */
static int
cmp_class(const struct rule *a, const struct rule *b)
{
	int rv;

	if ((rv = cmp(a->satype, b->satype)) == 0 &&
	    (rv = cmp(a->flowtype, b->flowtype)) == 0 &&
	    (rv = cmp(a->dir, b->dir)) == 0 &&
	    (rv = cmp(a->hasproto, b->hasproto)) == 0 &&
	    (rv = cmp(a->proto, b->proto)) == 0 &&
	    (rv = cmp(a->sport, b->sport)) == 0 &&
	    (rv = cmp(a->dport, b->dport)) == 0 &&
	    (rv = cmp_end(a->haslocal, &a->local, b->haslocal,
	    &b->local)) == 0 &&
	    (rv = cmp_end(a->haspeer, &a->peer, b->haspeer, &b->peer)) == 0 &&
	    (rv = cmp_ident(&a->srcid, &b->srcid)) == 0)
		rv = cmp_ident(&a->dstid, &b->dstid);
	return (rv);
}

static int
cmp_lines(const void *va, const void *vb)
{
	const struct line *a = va, *b = vb;
	int rv = cmp_class(a->rule, b->rule);

	return (rv != 0 ? rv : cmp(a->rule->nr, b->rule->nr));
}

static int
cmp_nr(const void *va, const void *vb)
{
	return (cmp(((const struct line *)va)->rule->nr,
	    ((const struct line *)vb)->rule->nr));
}

/*
 * Join neighbours of one class with the same sources (by_from) or
 * destinations; the number of lines that are left.
 */
static size_t
join(struct line *lines, size_t n, int by_from)
{
	struct line *last, *l;
	size_t i, left = 0;

	for (i = 0; i < n; i++) {
		l = &lines[i];
		last = left > 0 ? &lines[left - 1] : NULL;
		if (last == NULL || cmp_class(last->rule, l->rule) != 0 ||
		    hosts_cmp(by_from ? &last->from : &last->to,
		    by_from ? &l->from : &l->to) != 0) {
			lines[left++] = *l;
			continue;
		}
		hosts_join(by_from ? &last->to : &last->from,
		    by_from ? &l->to : &l->from);
		free(l->from.ho_addr);
		free(l->to.ho_addr);
	}
	return (left);
}

static void
line_print(struct line *l, size_t nr, int opts)
{
	char *from = hosts_text(&l->from), *to = hosts_text(&l->to);

	if (opts & OPT_VERBOSE2)
		printf("@%zu ", nr);
	rule_print_flow(l->rule, from, to);
	putchar('\n');
	free(from);
	free(to);
	free(l->from.ho_addr);
	free(l->to.ho_addr);
}

void
flows_print(struct rule *flows, size_t n, int opts)
{
	struct line *lines;
	size_t i;

	lines = xcalloc(n + 1, sizeof(*lines));
	for (i = 0; i < n; i++) {
		lines[i].rule = &flows[i];
		hosts_add(&lines[i].from, &flows[i].src);
		hosts_add(&lines[i].to, &flows[i].dst);
	}
	if (opts & OPT_MERGE) {
		qsort(lines, n, sizeof(*lines), cmp_lines);
		n = join(lines, n, 1);
		n = join(lines, n, 0);
		qsort(lines, n, sizeof(*lines), cmp_nr);
	}
	for (i = 0; i < n; i++)
		line_print(&lines[i], i, opts);
	free(lines);
}
