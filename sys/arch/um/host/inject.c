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

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <machine/host.h>

#include "nic.h"

/*
 * "inject:" has no wire.  Tests put frames in and take frames out; as a
 * sink it counts what is sent and keeps nothing.
 */
#define INJECT_FRAMES	4096		/* a power of two */
#define INJECT_BATCH	64

struct frame {
	unsigned int	 f_len;
	unsigned char	*f_data;
};

struct ring {
	unsigned int	 r_head;	/* next to take */
	unsigned int	 r_tail;	/* next to put */
	struct frame	 r_frames[INJECT_FRAMES];
};

struct inject {
	pthread_mutex_t	 ij_mtx;	/* both rings */
	struct ring	 ij_in;
	struct ring	 ij_out;
	int		 ij_sink;
	struct frame	 ij_lent[INJECT_BATCH];	/* given by the last recv */
	unsigned int	 ij_nlent;
};

static int
ring_put(struct ring *r, unsigned char *data, unsigned int len)
{
	struct frame *f = &r->r_frames[r->r_tail % INJECT_FRAMES];

	if (r->r_tail - r->r_head == INJECT_FRAMES)
		return (-1);
	f->f_data = data;
	f->f_len = len;
	r->r_tail++;
	return (0);
}

static struct frame *
ring_get(struct ring *r)
{
	if (r->r_tail == r->r_head)
		return (NULL);
	return (&r->r_frames[r->r_head++ % INJECT_FRAMES]);
}

static int
inject_open(struct host_nic *nic, const char *arg, char *why, size_t len)
{
	struct inject *ij;

	if (*arg != '\0' && strcmp(arg, "sink") != 0) {
		snprintf(why, len, "inject: takes nothing or \"sink\"");
		return (-1);
	}
	if ((ij = calloc(1, sizeof(*ij))) == NULL) {
		snprintf(why, len, "out of memory");
		return (-1);
	}
	pthread_mutex_init(&ij->ij_mtx, NULL);
	ij->ij_sink = *arg != '\0';
	nic->hn_priv = ij;
	nic_setlink(nic, 1);
	return (0);
}

static unsigned int
inject_recv(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	struct inject *ij = nic->hn_priv;
	struct frame *from;
	unsigned int i;

	while (ij->ij_nlent > 0)
		free(ij->ij_lent[--ij->ij_nlent].f_data);
	pthread_mutex_lock(&ij->ij_mtx);
	for (i = 0; i < n && i < INJECT_BATCH; i++) {
		if ((from = ring_get(&ij->ij_in)) == NULL)
			break;
		ij->ij_lent[ij->ij_nlent++] = *from;
		memset(&f[i], 0, sizeof(f[i]));
		f[i].hf_buf = from->f_data;
		f[i].hf_len = from->f_len;
	}
	pthread_mutex_unlock(&ij->ij_mtx);
	return (i);
}

static void
inject_keep(struct host_nic *nic, const struct host_frame *f)
{
	struct inject *ij = nic->hn_priv;
	unsigned char *data;
	unsigned int i, len = 0;

	for (i = 0; i < f->hf_niov; i++)
		len += f->hf_iov[i].hi_len;
	if ((data = malloc(len != 0 ? len : 1)) == NULL) {
		nic_lost(nic, 1);
		return;
	}
	for (i = 0, len = 0; i < f->hf_niov; i++) {
		memcpy(data + len, f->hf_iov[i].hi_base, f->hf_iov[i].hi_len);
		len += f->hf_iov[i].hi_len;
	}
	pthread_mutex_lock(&ij->ij_mtx);
	if (ring_put(&ij->ij_out, data, len) == -1) {
		free(data);
		nic_lost(nic, 1);
	}
	pthread_mutex_unlock(&ij->ij_mtx);
}

static unsigned int
inject_send(struct host_nic *nic, struct host_frame *f, unsigned int n)
{
	struct inject *ij = nic->hn_priv;
	unsigned int i;

	if (ij->ij_sink) {
		nic_lost(nic, n);
		return (n);
	}
	for (i = 0; i < n; i++)
		inject_keep(nic, &f[i]);
	return (n);
}

static void
inject_close(struct host_nic *nic)
{
	struct inject *ij = nic->hn_priv;
	struct frame *f;

	while (ij->ij_nlent > 0)
		free(ij->ij_lent[--ij->ij_nlent].f_data);
	while ((f = ring_get(&ij->ij_in)) != NULL)
		free(f->f_data);
	while ((f = ring_get(&ij->ij_out)) != NULL)
		free(f->f_data);
	pthread_mutex_destroy(&ij->ij_mtx);
	free(ij);
}

int
host_inject_put(struct host_nic *nic, const void *buf, unsigned int len)
{
	struct inject *ij = nic->hn_priv;
	unsigned char *data;
	int error;

	if (nic->hn_ops != &nic_inject ||
	    (data = malloc(len != 0 ? len : 1)) == NULL)
		return (-1);
	memcpy(data, buf, len);
	pthread_mutex_lock(&ij->ij_mtx);
	error = ring_put(&ij->ij_in, data, len);
	pthread_mutex_unlock(&ij->ij_mtx);
	if (error)
		free(data);
	return (error);
}

unsigned int
host_inject_get(struct host_nic *nic, void *buf, unsigned int max)
{
	struct inject *ij = nic->hn_priv;
	struct frame *f;
	unsigned int len = 0;

	if (nic->hn_ops != &nic_inject)
		return (0);
	pthread_mutex_lock(&ij->ij_mtx);
	if ((f = ring_get(&ij->ij_out)) != NULL) {
		len = f->f_len < max ? f->f_len : max;
		memcpy(buf, f->f_data, len);
		free(f->f_data);
	}
	pthread_mutex_unlock(&ij->ij_mtx);
	return (len);
}

void
host_inject_sink(struct host_nic *nic, int sink)
{
	((struct inject *)nic->hn_priv)->ij_sink = sink;
}

const struct nic_ops nic_inject = {
	"inject", inject_open, inject_recv, inject_send, inject_close
};
