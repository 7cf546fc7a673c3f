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
 * mkpcap [-nrw] [-j count -s seed]: from text to a capture, on standard
 * output.  Lines of the text:
 *
 *	link N		LINKTYPE of the file
 *	len N		what the next packet claims to have had
 *	hex digits	a packet
 *	# comment
 *
 * -r writes in the other byte order, -n with nanoseconds; -j writes as many
 * packets as asked for, each one of the text with a few bytes that are
 * wrong and, unless -w is given, not all of it.
 */

#include <ctype.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAXPKTS	256
#define MAXLEN	2048

struct pkt {
	uint8_t		p_data[MAXLEN];
	unsigned int	p_n;
	unsigned int	p_len;
};

static struct pkt	 pkts[MAXPKTS];
static unsigned int	 npkts;
static int		 swap, nsec, whole;
static uint64_t		 state;

static uint32_t
chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 32);
}

static void
put32(uint32_t v)
{
	if (swap)
		v = __builtin_bswap32(v);
	if (fwrite(&v, sizeof(v), 1, stdout) != 1)
		err(1, "stdout");
}

static void
put_packet(const struct pkt *p, unsigned int i)
{
	put32(1000000000 + i);
	put32(nsec ? 123456789 : 123456);
	put32(p->p_n);
	put32(p->p_len);
	if (fwrite(p->p_data, 1, p->p_n, stdout) != p->p_n)
		err(1, "stdout");
}

static void
read_hex(struct pkt *p, const char *s)
{
	unsigned int v;

	for (; isxdigit((unsigned char)s[0]); s += 2) {
		if (sscanf(s, "%2x", &v) != 1 || p->p_n == MAXLEN)
			errx(1, "bad line: %s", s);
		p->p_data[p->p_n++] = v;
	}
}

static unsigned int
read_text(void)
{
	static char line[2 * MAXLEN + 80];
	unsigned int link = 1, len = 0;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (sscanf(line, "link %u", &link) == 1 ||
		    sscanf(line, "len %u", &len) == 1)
			continue;
		if (npkts == MAXPKTS)
			errx(1, "too many packets");
		read_hex(&pkts[npkts], line);
		pkts[npkts].p_len = len != 0 ? len : pkts[npkts].p_n;
		len = 0;
		npkts++;
	}
	return (link);
}

static void
spoil(struct pkt *p)
{
	unsigned int n = chance() % 4;

	while (n-- > 0 && p->p_n > 0)
		p->p_data[chance() % p->p_n] = chance() % 3 == 0 ?
		    (chance() % 2 ? 0xff : 0) : chance();
	if (!whole && chance() % 2)
		p->p_n = chance() % (p->p_n + 1);
}

int
main(int argc, char **argv)
{
	unsigned int i, junk = 0, link;
	struct pkt p;
	int ch;

	while ((ch = getopt(argc, argv, "j:nrs:w")) != -1)
		switch (ch) {
		case 'j':
			junk = atoi(optarg);
			break;
		case 'n':
			nsec = 1;
			break;
		case 'r':
			swap = 1;
			break;
		case 's':
			state = strtoull(optarg, NULL, 10) *
			    0x9e3779b97f4a7c15ULL | 1;
			break;
		case 'w':
			whole = 1;
			break;
		default:
			return (1);
		}
	link = read_text();
	put32(nsec ? 0xa1b23c4d : 0xa1b2c3d4);
	put32(swap ? 4 << 0 | 2 << 16 : 2 | 4 << 16);
	put32(0);
	put32(0);
	put32(65535);
	put32(link);
	for (i = 0; junk == 0 && i < npkts; i++)
		put_packet(&pkts[i], i);
	for (i = 0; i < junk; i++) {
		p = pkts[chance() % npkts];
		spoil(&p);
		put_packet(&p, i);
	}
	return (fflush(stdout) == EOF);
}
