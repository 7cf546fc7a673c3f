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

#include <sys/epoll.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/host.h>

#include "nic.h"

static const struct nic_ops *const nic_table[] = {
	&nic_wire, &nic_tap, &nic_inject
};
#define NNICOPS	(sizeof(nic_table) / sizeof(nic_table[0]))

#define NIC_MTUMIN	576
#define NIC_MTUMAX	65535

void
nic_lost(struct host_nic *nic, unsigned long n)
{
	__atomic_fetch_add(&nic->hn_lost, n, __ATOMIC_RELAXED);
}

void
nic_setlink(struct host_nic *nic, int up)
{
	__atomic_store_n(&nic->hn_linkup, up, __ATOMIC_RELAXED);
}

int
nic_watch(struct host_nic *nic, int fd, unsigned int events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	if (events == 0)
		return (epoll_ctl(nic->hn_epoll, EPOLL_CTL_DEL, fd, NULL));
	if (epoll_ctl(nic->hn_epoll, EPOLL_CTL_MOD, fd, &ev) == 0)
		return (0);
	return (epoll_ctl(nic->hn_epoll, EPOLL_CTL_ADD, fd, &ev));
}

int
nic_options(struct host_nic *nic, char *spec, char *why, size_t len)
{
	char *opt, *next, *end;
	unsigned long mtu;

	if ((opt = strchr(spec, ',')) == NULL)
		return (0);
	for (*opt++ = '\0'; opt != NULL; opt = next) {
		if ((next = strchr(opt, ',')) != NULL)
			*next++ = '\0';
		if (strncmp(opt, "mtu=", 4) != 0) {
			snprintf(why, len, "unknown option \"%s\" (there is "
			    "mtu=N)", opt);
			return (-1);
		}
		mtu = strtoul(opt + 4, &end, 10);
		if (*end != '\0' || end == opt + 4 || mtu < NIC_MTUMIN ||
		    mtu > NIC_MTUMAX) {
			snprintf(why, len, "mtu \"%s\" is not a number from "
			    "%d to %d", opt + 4, NIC_MTUMIN, NIC_MTUMAX);
			return (-1);
		}
		nic->hn_info.hn_mtu = mtu;
	}
	return (0);
}

static const struct nic_ops *
nic_backend(const char *spec)
{
	size_t i, n = strcspn(spec, ":");

	for (i = 0; i < NNICOPS; i++) {
		if (strlen(nic_table[i]->no_name) == n &&
		    strncmp(nic_table[i]->no_name, spec, n) == 0)
			return (nic_table[i]);
	}
	return (NULL);
}

struct host_nic *
host_nic_open(const char *spec, struct host_nicinfo *info, char *why,
    unsigned long len)
{
	const struct nic_ops *ops;
	struct host_nic *nic;
	const char *arg;
	char *copy;

	if ((ops = nic_backend(spec)) == NULL) {
		snprintf(why, len, "unknown backend in \"%s\" (there are "
		    "wire:path, tap:name and inject:)", spec);
		return (NULL);
	}
	arg = strchr(spec, ':');
	if ((nic = calloc(1, sizeof(*nic))) == NULL ||
	    (copy = strdup(arg != NULL ? arg + 1 : "")) == NULL) {
		snprintf(why, len, "out of memory");
		free(nic);
		return (NULL);
	}
	nic->hn_ops = ops;
	nic->hn_info.hn_mtu = 1500;
	if ((nic->hn_epoll = epoll_create1(EPOLL_CLOEXEC)) == -1)
		snprintf(why, len, "epoll: %s", strerror(errno));
	else if (nic_options(nic, copy, why, len) == 0 &&
	    ops->no_open(nic, copy, why, len) == 0) {
		*info = nic->hn_info;
		free(copy);
		return (nic);
	}
	if (nic->hn_epoll != -1)
		close(nic->hn_epoll);
	free(copy);
	free(nic);
	return (NULL);
}

unsigned int
host_nic_recv(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	return (nic->hn_ops->no_recv(nic, f, n));
}

unsigned int
host_nic_send(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	return (nic->hn_ops->no_send(nic, f, n));
}

int
host_nic_linkup(struct host_nic *nic)
{
	return (__atomic_load_n(&nic->hn_linkup, __ATOMIC_RELAXED));
}

unsigned long
host_nic_lost(struct host_nic *nic)
{
	return (__atomic_load_n(&nic->hn_lost, __ATOMIC_RELAXED));
}

void
host_nic_close(struct host_nic *nic)
{
	nic->hn_ops->no_close(nic);
	close(nic->hn_epoll);
	free(nic);
}
