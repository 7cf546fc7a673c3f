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
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/route.h>
#include <netinet/in.h>
#include <netinet/if_ether.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ifconfig.h"

/* What every interface has: flags, numbers, texts, its coming and going. */

int
iface_exists(struct ifcfg *ic)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, SIOCGIFFLAGS, &ifr) == 0)
		return (1);
	if (errno != ENXIO)
		req_err_name(ic, "SIOCGIFFLAGS");
	return (0);
}

int
iface_create(struct ifcfg *ic)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, SIOCIFCREATE, &ifr) == -1)
		return (-1);
	ic->ic_created = 1;
	return (0);
}

void
do_create(struct ifcfg *ic, char **argv, long value)
{
	if (!ic->ic_created && iface_create(ic) == -1)
		req_err_name(ic, "SIOCIFCREATE");
}

void
do_destroy(struct ifcfg *ic, char **argv, long value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, SIOCIFDESTROY, &ifr) == -1)
		req_err_name(ic, "SIOCIFDESTROY");
}

static int
name_cmp(const void *a, const void *b)
{
	return (strncmp(a, b, IFNAMSIZ));
}

void
clone_list(int s)
{
	struct if_clonereq ifcr;
	char *names;
	int i;

	memset(&ifcr, 0, sizeof(ifcr));
	if (ioctl(s, SIOCIFGCLONERS, &ifcr) == -1)
		req_err("SIOCIFGCLONERS");
	if ((names = calloc(ifcr.ifcr_total + 1, IFNAMSIZ)) == NULL)
		err(1, NULL);
	ifcr.ifcr_count = ifcr.ifcr_total;
	ifcr.ifcr_buffer = names;
	if (ioctl(s, SIOCIFGCLONERS, &ifcr) == -1)
		req_err("SIOCIFGCLONERS");
	qsort(names, ifcr.ifcr_count, IFNAMSIZ, name_cmp);
	for (i = 0; i < ifcr.ifcr_count; i++)
		printf("%s%.*s", i == 0 ? "" : " ", IFNAMSIZ - 1,
		    names + (size_t)i * IFNAMSIZ);
	printf("\n");
	free(names);
}

void
set_flag(struct ifcfg *ic, char **argv, long value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, SIOCGIFFLAGS, &ifr) == -1)
		req_err_name(ic, "SIOCGIFFLAGS");
	if (value > 0)
		ifr.ifr_flags |= value;
	else
		ifr.ifr_flags &= ~-value;
	if (ioctl(ic->ic_s, SIOCSIFFLAGS, &ifr) == -1)
		req_err_name(ic, "SIOCSIFFLAGS");
}

void
set_xflag(struct ifcfg *ic, char **argv, long value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (ioctl(ic->ic_s, SIOCGIFXFLAGS, &ifr) == -1) {
		req_warn("SIOCGIFXFLAGS");
		return;
	}
	if (value > 0)
		ifr.ifr_flags |= value;
	else
		ifr.ifr_flags &= ~-value;
	if (ioctl(ic->ic_s, SIOCSIFXFLAGS, &ifr) == -1)
		req_warn("SIOCSIFXFLAGS");
}

static void
set_number(struct ifcfg *ic, unsigned long request, const char *name,
    int value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	ifr.ifr_metric = value;
	if (ioctl(ic->ic_s, request, &ifr) == -1)
		req_warn(name);
}

void
set_mtu(struct ifcfg *ic, char **argv, long value)
{
	set_number(ic, SIOCSIFMTU, "SIOCSIFMTU",
	    number("mtu", argv[0], 0, INT_MAX));
}

void
set_metric(struct ifcfg *ic, char **argv, long value)
{
	set_number(ic, SIOCSIFMETRIC, "SIOCSIFMETRIC",
	    number("metric", argv[0], 0, INT_MAX));
}

void
set_priority(struct ifcfg *ic, char **argv, long value)
{
	set_number(ic, SIOCSIFPRIORITY, "SIOCSIFPRIORITY",
	    number("priority", argv[0], 0, 15));
}

void
set_llprio(struct ifcfg *ic, char **argv, long value)
{
	set_number(ic, SIOCSIFLLPRIO, "SIOCSIFLLPRIO",
	    number("llprio", argv[0], 0, UCHAR_MAX));
}

/* What follows would land in the wrong table: no mere warning. */
void
set_rdomain(struct ifcfg *ic, char **argv, long value)
{
	struct ifreq ifr;

	ifr_init(ic, &ifr);
	if (value)
		ifr.ifr_rdomainid = number("rdomain", argv[0], 0,
		    RT_TABLEID_MAX);
	if (ioctl(ic->ic_s, SIOCSIFRDOMAIN, &ifr) == -1)
		req_err("SIOCSIFRDOMAIN");
}

static void
set_text(struct ifcfg *ic, unsigned long request, const char *name,
    const char *text, size_t size)
{
	struct ifreq ifr;
	char buf[IFDESCRSIZE > RTLABEL_LEN ? IFDESCRSIZE : RTLABEL_LEN];

	if (strlen(text) >= size) {
		warnx("%s: '%s' is longer than %zu characters", name, text,
		    size - 1);
		return;
	}
	memset(buf, 0, sizeof(buf));
	strlcpy(buf, text, size);
	ifr_init(ic, &ifr);
	ifr.ifr_data = buf;
	if (ioctl(ic->ic_s, request, &ifr) == -1)
		req_warn(name);
}

void
set_descr(struct ifcfg *ic, char **argv, long value)
{
	set_text(ic, SIOCSIFDESCR, "SIOCSIFDESCR", argv[0], IFDESCRSIZE);
}

void
unset_descr(struct ifcfg *ic, char **argv, long value)
{
	set_text(ic, SIOCSIFDESCR, "SIOCSIFDESCR", "", IFDESCRSIZE);
}

void
set_rtlabel(struct ifcfg *ic, char **argv, long value)
{
	set_text(ic, SIOCSIFRTLABEL, "SIOCSIFRTLABEL", argv[0], RTLABEL_LEN);
}

void
unset_rtlabel(struct ifcfg *ic, char **argv, long value)
{
	set_text(ic, SIOCSIFRTLABEL, "SIOCSIFRTLABEL", "", RTLABEL_LEN);
}

void
set_lladdr(struct ifcfg *ic, char **argv, long value)
{
	struct ether_addr ea, *parsed;
	struct ifreq ifr;

	if (strcmp(argv[0], "random") == 0) {
		if (getentropy(&ea, sizeof(ea)) == -1)
			err(1, "getentropy");
		/* one station, not from a vendor */
		ea.ether_addr_octet[0] &= ~0x01;
		ea.ether_addr_octet[0] |= 0x02;
	} else if ((parsed = ether_aton(argv[0])) != NULL)
		ea = *parsed;
	else
		errx(1, "lladdr %s: not six hexadecimal bytes with colons",
		    argv[0]);
	ifr_init(ic, &ifr);
	ifr.ifr_addr.sa_len = ETHER_ADDR_LEN;
	ifr.ifr_addr.sa_family = AF_LINK;
	memcpy(ifr.ifr_addr.sa_data, &ea, ETHER_ADDR_LEN);
	if (ioctl(ic->ic_s, SIOCSIFLLADDR, &ifr) == -1)
		req_err("SIOCSIFLLADDR");
}

/* No interface here can choose its medium: say what the kernel says. */
void
set_media(struct ifcfg *ic, char **argv, long value)
{
	struct ifmediareq ifmr;

	memset(&ifmr, 0, sizeof(ifmr));
	strlcpy(ifmr.ifm_name, ic->ic_name, sizeof(ifmr.ifm_name));
	if (ioctl(ic->ic_s, SIOCGIFMEDIA, &ifmr) == -1)
		req_warn("SIOCGIFMEDIA");
	else
		errx(1, "%s: media cannot be chosen by this program",
		    argv[0]);
}
