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


/* Captures in files, as libpcap writes them. */

#include <sys/types.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcpdump.h"

#define MAGIC		0xa1b2c3d4U
#define MAGIC_NSEC	0xa1b23c4dU
#define MAGIC_NG	0x0a0d0d0aU	/* pcapng, which is another format */
#define SWAP(v)		__builtin_bswap32(v)

struct file_hdr {
	u_int32_t	fh_magic;
	u_int16_t	fh_major;
	u_int16_t	fh_minor;
	int32_t		fh_zone;
	u_int32_t	fh_sigfigs;
	u_int32_t	fh_snaplen;
	u_int32_t	fh_linktype;
};

struct file_rec {
	u_int32_t	fr_sec;
	u_int32_t	fr_frac;
	u_int32_t	fr_caplen;
	u_int32_t	fr_len;
};

struct capfile {
	FILE		*cf_fp;
	const char	*cf_name;
	int		 cf_swapped;
	int		 cf_nsec;
	u_int		 cf_dlt;
	u_int		 cf_snaplen;
	u_int		 cf_count;
	u_char		*cf_buf;	/* SNAPLEN_MAX bytes */
};

/* In a file some have other numbers, which are the same everywhere. */
static const struct {
	u_int		 dlt;
	u_int		 linktype;
	const char	*name;
} links[] = {
	{ DLT_NULL,	0,	"NULL" },
	{ DLT_EN10MB,	1,	"EN10MB" },
	{ DLT_LOOP,	108,	"LOOP" },
	{ DLT_ENC,	109,	"ENC" },
	{ DLT_RAW,	101,	"RAW" }
};
#define NLINKS	(sizeof(links) / sizeof(links[0]))

static FILE	*out;
static const char *outname;

const char *
dlt_name(u_int dlt)
{
	size_t i;

	for (i = 0; i < NLINKS; i++)
		if (links[i].dlt == dlt)
			return (links[i].name);
	return (NULL);
}

int
dlt_number(const char *name)
{
	size_t i;

	for (i = 0; i < NLINKS; i++)
		if (strcasecmp(links[i].name, name) == 0)
			return (links[i].dlt);
	return (-1);
}

static u_int32_t
file_32(const struct capfile *cf, u_int32_t v)
{
	return (cf->cf_swapped ? SWAP(v) : v);
}

static void
file_magic(struct capfile *cf, u_int32_t magic)
{
	if (magic == SWAP(MAGIC) || magic == SWAP(MAGIC_NSEC)) {
		cf->cf_swapped = 1;
		magic = SWAP(magic);
	}
	if (magic == MAGIC_NG)
		errx(1, "%s: this is pcapng; only pcap is read", cf->cf_name);
	if (magic != MAGIC && magic != MAGIC_NSEC)
		errx(1, "%s: not a file of captured packets", cf->cf_name);
	cf->cf_nsec = magic == MAGIC_NSEC;
}

/* The upper bits are for other purposes. */
static void
file_linktype(struct capfile *cf, u_int32_t type)
{
	size_t i;

	type &= 0x0fffffff;
	for (i = 0; i < NLINKS; i++)
		if (links[i].linktype == type) {
			cf->cf_dlt = links[i].dlt;
			return;
		}
	errx(1, "%s: link type %u is not known here", cf->cf_name, type);
}

struct capfile *
file_read(const char *name)
{
	struct capfile *cf;
	struct file_hdr fh;

	if ((cf = calloc(1, sizeof(*cf))) == NULL ||
	    (cf->cf_buf = malloc(SNAPLEN_MAX)) == NULL)
		err(1, NULL);
	cf->cf_name = strcmp(name, "-") == 0 ? "stdin" : name;
	cf->cf_fp = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	if (cf->cf_fp == NULL)
		err(1, "%s", name);
	memset(&fh, 0, sizeof(fh));
	if (fread(&fh, 1, sizeof(fh), cf->cf_fp) != sizeof(fh)) {
		if (ferror(cf->cf_fp))
			err(1, "%s", cf->cf_name);
		file_magic(cf, fh.fh_magic);
		errx(1, "%s: ends in its header", cf->cf_name);
	}
	file_magic(cf, fh.fh_magic);
	cf->cf_snaplen = file_32(cf, fh.fh_snaplen);
	if (cf->cf_snaplen == 0 || cf->cf_snaplen > SNAPLEN_MAX)
		cf->cf_snaplen = SNAPLEN_MAX;
	file_linktype(cf, file_32(cf, fh.fh_linktype));
	return (cf);
}

u_int
file_dlt(const struct capfile *cf)
{
	return (cf->cf_dlt);
}

int
file_swapped(const struct capfile *cf)
{
	return (cf->cf_swapped);
}

u_int
file_snaplen(const struct capfile *cf)
{
	return (cf->cf_snaplen);
}

int
file_next(struct capfile *cf, struct packet *p)
{
	struct file_rec fr;
	size_t n;

	cf->cf_count++;
	if ((n = fread(&fr, 1, sizeof(fr), cf->cf_fp)) != sizeof(fr)) {
		if (ferror(cf->cf_fp))
			err(1, "%s", cf->cf_name);
		if (n == 0)
			return (0);
		errx(1, "%s: ends in packet %u", cf->cf_name, cf->cf_count);
	}
	p->p_sec = file_32(cf, fr.fr_sec);
	p->p_usec = file_32(cf, fr.fr_frac) / (cf->cf_nsec ? 1000 : 1);
	p->p_caplen = file_32(cf, fr.fr_caplen);
	p->p_len = file_32(cf, fr.fr_len);
	if (p->p_caplen > SNAPLEN_MAX || p->p_usec >= 1000000)
		errx(1, "%s: packet %u makes no sense", cf->cf_name,
		    cf->cf_count);
	if (p->p_len < p->p_caplen)
		p->p_len = p->p_caplen;
	if (fread(cf->cf_buf, 1, p->p_caplen, cf->cf_fp) != p->p_caplen) {
		if (ferror(cf->cf_fp))
			err(1, "%s", cf->cf_name);
		errx(1, "%s: ends in packet %u", cf->cf_name, cf->cf_count);
	}
	p->p_data = cf->cf_buf;
	return (1);
}

void
file_create(const char *name, u_int dlt, u_int snaplen)
{
	struct file_hdr fh = { .fh_magic = MAGIC, .fh_major = 2,
	    .fh_minor = 4, .fh_snaplen = snaplen };
	size_t i;

	for (i = 0; i < NLINKS; i++)
		if (links[i].dlt == dlt)
			fh.fh_linktype = links[i].linktype;
	outname = strcmp(name, "-") == 0 ? "stdout" : name;
	out = strcmp(name, "-") == 0 ? stdout : fopen(name, "w");
	if (out == NULL)
		err(1, "%s", name);
	if (fwrite(&fh, sizeof(fh), 1, out) != 1)
		err(1, "%s", outname);
	file_flush();
}

void
file_write(const struct packet *p)
{
	struct file_rec fr = { .fr_sec = p->p_sec, .fr_frac = p->p_usec,
	    .fr_caplen = p->p_caplen, .fr_len = p->p_len };

	if (fwrite(&fr, sizeof(fr), 1, out) != 1 ||
	    fwrite(p->p_data, 1, p->p_caplen, out) != p->p_caplen)
		err(1, "%s", outname);
}

/* Whoever reads along sees whole packets. */
void
file_flush(void)
{
	if (out != NULL && fflush(out) == EOF)
		err(1, "%s", outname);
}
