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
 * What one process of isakmpd(8) believes of another: whoever took one over
 * says what it likes to the others.  And who writes to the FIFO.
 *
 * Input: what (1): 0 a request to the ca, 1 its answer, 2 the FIFO, 3 the ca
 * process, 4 that for the network, 5 the same with its parent's honest words
 * before; then octets, for a process as messages of from whom and type (1),
 * length (2) and octets.
 */
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include <sanitizer/lsan_interface.h>

#include "auth.h"
#include "conf.h"
#include "daemon.h"
#include "proc.h"

#include "fuzz.h"
#include "fuzz_v1proc.h"

#define CHANS		2		/* the parent, and the other one */
#define FDS_MAX		32
#define FD		0x80		/* with a descriptor */
#define OTHER		0x40		/* from the other, not the parent */
#define LINE_OCTETS	1023		/* at most, of a line of the FIFO */

/* The end of a channel that the process has. */
struct chan {
	chan_recv	*ch_recv;
	void		*ch_arg;
};

int	 fuzz_dispatch(struct event_base *);

const char *const isakmpd_procs[PROC_N] = { "parent", "ca", "ike" };

static struct span	 input;
static struct chan	*chans[CHANS];
static unsigned int	 nchans;
static int		 given[FDS_MAX];	/* descriptors */
static unsigned int	 ngiven;
static int		 honest;	/* the parent, at first */

uint8_t
input_get8(void)
{
	uint8_t v = 0;

	(void)span_get8(&input, &v);
	return (v);
}

void
input_octets(size_t len, struct span *s)
{
	(void)span_take(&input, len < input.s_len ? len : input.s_len, s);
}

/*
 * Requests and answers: what is understood is understood the same when it is
 * said again.
 */

static void
same(const struct buf *a, const struct buf *b, const char *what)
{
	if (a->b_failed || b->b_failed || a->b_len != b->b_len ||
	    memcmp(a->b_data, b->b_data, a->b_len) != 0)
		wrong("%s: %zu octets became %zu", what, a->b_len, b->b_len);
}

static void
request(void)
{
	struct buf b = { 0 }, again = { 0 };
	struct auth_req ar;
	struct span s;

	if (auth_req_get(&input, &ar) == -1)
		return;
	auth_req_put(&b, &ar);
	auth_req_clear(&ar);
	s = (struct span){ b.b_data, b.b_len };
	if (auth_req_get(&s, &ar) == -1 || s.s_len != 0)
		wrong("a request is refused when said again");
	auth_req_put(&again, &ar);
	same(&b, &again, "request");
	auth_req_clear(&ar);
	buf_clear(&b);
	buf_clear(&again);
}

static void
answer(void)
{
	struct buf b = { 0 }, again = { 0 };
	struct auth_res as;
	struct span s;

	if (auth_res_get(&input, &as) == -1)
		return;
	auth_res_put(&b, &as);
	auth_res_clear(&as);
	s = (struct span){ b.b_data, b.b_len };
	if (auth_res_get(&s, &as) == -1 || s.s_len != 0)
		wrong("an answer is refused when said again");
	auth_res_put(&again, &as);
	same(&b, &again, "answer");
	auth_res_clear(&as);
	buf_clear(&b);
	buf_clear(&again);
}

/*
 * The FIFO: the lines are those that were written, but for some that are
 * none.
 */
static struct span	 fifo_left;

/* The next line that has to come; 0, or -1: there is none. */
static int
next_line(struct span *line)
{
	const uint8_t *end;

	while ((end = memchr(fifo_left.s_data, '\n', fifo_left.s_len)) !=
	    NULL) {
		line->s_data = fifo_left.s_data;
		line->s_len = end - line->s_data;
		fifo_left.s_len -= line->s_len + 1;
		fifo_left.s_data = end + 1;
		if (line->s_len <= LINE_OCTETS &&
		    memchr(line->s_data, '\0', line->s_len) == NULL)
			return (0);
	}
	return (-1);
}

static void
fifo_line(char *line)
{
	struct span want;

	if (next_line(&want) == -1 || strlen(line) != want.s_len ||
	    memcmp(line, want.s_data, want.s_len) != 0)
		wrong("a line that nobody wrote: %s", line);
	/* it may be written over */
	memset(line, 'x', strlen(line));
}

static void
fifo(void)
{
	struct event_base *base;
	struct fifo *ff;
	struct span piece;
	int fd[2];

	if ((base = event_base_new()) == NULL || pipe(fd) == -1)
		wrong("pipe");
	ff = fifo_new(base, fd[0], fifo_line);
	fifo_left.s_data = input.s_data;
	fifo_left.s_len = 0;
	while (input.s_len > 0) {
		piece = input;
		input_octets(1 + input.s_data[0] * 16, &piece);
		fifo_left.s_len += piece.s_len;
		if (write(fd[1], piece.s_data, piece.s_len) !=
		    (ssize_t)piece.s_len)
			wrong("write");
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	if (next_line(&piece) == 0)
		wrong("a line of %zu octets got lost", piece.s_len);
	fifo_free(ff);
	close(fd[1]);
	event_base_free(base);
}

int
file_islinked(int fd, const char *path)
{
	return (1);
}

/* Where the FIFO is opened, nobody gets to. */
int	um_mkfifo(const char *, mode_t);
int	um_lstat(const char *, struct stat *);

int
um_mkfifo(const char *path, mode_t mode)
{
	errno = ENXIO;
	return (-1);
}

int
um_lstat(const char *path, struct stat *st)
{
	errno = ENXIO;
	return (-1);
}

/*
 * What the processes call
 */

struct chan *
chan_new(struct event_base *b, int fd, chan_recv *recv, void (*lost)(void *),
    void *arg)
{
	struct chan *ch = calloc(1, sizeof(*ch));

	if (ch == NULL || nchans == CHANS)
		wrong("chan_new");
	if (fd != PROC_FD)
		close(fd);
	ch->ch_recv = recv;
	ch->ch_arg = arg;
	return (chans[nchans++] = ch);
}

void
chan_free(struct chan *ch)
{
	free(ch);
}

void
chan_sendbuf(struct chan *ch, unsigned int type, struct buf *b)
{
	if (ch == NULL || b->b_failed)
		wrong("message %u to nobody", type);
	buf_clear(b);
}

void
proc_drop(const char *dir)
{
}

int
proc_chrooted(void)
{
	return (1);
}

void
proc_unveil(const char *path, const char *permissions)
{
}

void
proc_pledge(const char *promises)
{
}

/*
 * What they are told
 */

static void
tell(unsigned int from, unsigned int type, const void *data, size_t len,
    int fd)
{
	struct span s = { data, len };

	if (from < nchans)
		chans[from]->ch_recv(chans[from]->ch_arg, type, &s, fd);
}

static int
descriptor(void)
{
	int fd;

	if (ngiven == FDS_MAX)
		return (-1);
	if ((fd = eventfd(0, EFD_NONBLOCK)) == -1)
		wrong("eventfd");
	return (given[ngiven++] = fd);
}

static const char config[] =
    "[Phase 1]\n192.0.2.1=p\n[Phase 2]\nConnections=c\n"
    "[p]\nPhase=1\nAddress=192.0.2.1\nAuthentication=secret\n"
    "[c]\nPhase=2\nISAKMP-peer=p\nInterface=0\nLocal-ID=any\n"
    "Remote-ID=any\n[any]\nID-type=IPV4_ADDR_SUBNET\nNetwork=0.0.0.0\n"
    "Netmask=0.0.0.0\n";

/* A model as the parent sends it. */
static void
put_model(struct buf *b, int secrets)
{
	struct confdb *db = confdb_new();
	struct model *md = NULL;
	unsigned int bad;

	if (db == NULL || confdb_parse(db, "in", config,
	    sizeof(config) - 1) == -1 ||
	    (md = model_make(db, NULL, NULL, &bad)) == NULL || bad != 0)
		wrong("no model");
	model_put(b, md, secrets);
	model_free(md);
	confdb_free(db);
}

static void
tell_model(int secrets)
{
	struct buf b = { 0 };

	put_model(&b, secrets);
	tell(0, M_MODEL, b.b_data, b.b_len, -1);
	buf_clear(&b);
}

static void
begin(void)
{
	static const struct ike_setup setup = { .is_port = IKE_PORT,
	    .is_natt = IKE_PORT_NATT };
	static const uint8_t other = PROC_CA;

	tell(0, M_PEER, &other, 1, descriptor());
	tell(0, M_PFKEY, NULL, 0, descriptor());
	tell(0, M_PFKEY, NULL, 0, descriptor());
	tell(0, M_ROUTE, NULL, 0, descriptor());
	tell(0, M_SETUP, &setup, sizeof(setup), -1);
	tell_model(0);
}

static void
messages(void)
{
	unsigned int type, len;
	struct span s;

	while (input.s_len > 0) {
		type = input_get8();
		len = input_get8();
		len |= input_get8() << 8;
		input_octets(len, &s);
		if ((type & 0x3f) == 0x3f)
			tell_model(1);
		else
			tell((type & OTHER) != 0, type & 0x3f, s.s_data,
			    s.s_len, type & FD ? descriptor() : -1);
	}
}

/* In place of the loop: all that comes, and the end of it. */
int
fuzz_dispatch(struct event_base *base)
{
	jmp_buf end;

	if (setjmp(end) == 0) {
		end_to(&end);
		if (honest)
			begin();
		messages();
	}
	end_to(NULL);
	return (0);
}

static void
process(void (*run)(void))
{
	nchans = ngiven = 0;
	/* one that ends in the middle of something leaves it as it is */
	__lsan_disable();
	run();
	__lsan_enable();
	while (ngiven > 0)
		close(given[--ngiven]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);
	unsigned int what;

	if (copy == NULL)
		wrong("no memory");
	if (len > 0)
		memcpy(copy, data, len);
	input = (struct span){ copy, len };
	what = input_get8() % 6;
	honest = what == 5;
	if (what == 0)
		request();
	else if (what == 1)
		answer();
	else if (what == 2)
		fifo();
	else
		process(what == 3 ? v1ca_process : v1ike_process);
	free(copy);
	return (0);
}

static void
seed_buf(uint8_t what, const struct buf *b)
{
	struct buf all = { 0 };

	buf_put8(&all, what);
	buf_putbuf(&all, b);
	seed(all.b_data, all.b_len);
	buf_clear(&all);
}

static void
put_message(struct buf *b, unsigned int type, const void *data, size_t len)
{
	buf_put8(b, type);
	buf_put8(b, len);
	buf_put8(b, len >> 8);
	buf_put(b, data, len);
}

static void
make_request(struct buf *b, enum auth_kind kind)
{
	static uint8_t name[] = "a.example";
	struct auth_req ar = { .ar_asker = 1, .ar_kind = kind, .ar_peer = 1,
	    .ar_alg = V1_HASH_SHA2_256, .ar_id = { IKE_ID_FQDN,
	    sizeof(name) - 1, name }, .ar_ncerts = 2 };
	int i;

	buf_put(&ar.ar_ni, "nonce of ours...", 16);
	buf_put(&ar.ar_nr, "nonce of theirs.", 16);
	buf_put(&ar.ar_hash, "a hash of twenty oct", 20);
	buf_put(&ar.ar_sig, "a signature", 11);
	for (i = 0; i < 2; i++) {
		ar.ar_certs[i].ac_encoding = IKE_CERT_X509;
		buf_put(&ar.ar_certs[i].ac_data, "a certificate", 13);
	}
	auth_req_put(b, &ar);
	ar.ar_id.id_data = NULL;
	auth_req_clear(&ar);
}

static void
make_answer(struct buf *b, int ok)
{
	struct auth_res as = { .as_asker = 1, .as_kind = AUTH_SKEYID,
	    .as_ok = ok, .as_why = ok ? NULL : strdup("it is so") };

	buf_put(&as.as_data, "data of the ca's work", 20);
	as.as_ncerts = 1;
	as.as_certs[0].ac_encoding = IKE_CERT_X509;
	buf_put(&as.as_certs[0].ac_data, "a certificate", 13);
	auth_res_put(b, &as);
	auth_res_clear(&as);
}

static void
seeds_ca(void)
{
	static const uint8_t other = PROC_IKE;
	struct buf b = { 0 }, part = { 0 };
	struct dbg_state ds = { 0 };
	unsigned int kind;

	put_message(&b, M_PEER | FD, &other, 1);
	put_message(&b, M_DEBUG, &ds, sizeof(ds));
	put_message(&b, M_KEY, "\1key", 4);
	put_message(&b, 0x3f, NULL, 0);
	put_model(&part, 1);
	put_message(&b, M_MODEL, part.b_data, part.b_len);
	buf_clear(&part);
	for (kind = AUTH_SKEYID; kind <= AUTH_VERIFY; kind++) {
		make_request(&part, kind);
		seed_buf(0, &part);
		put_message(&b, M_AUTH | OTHER, part.b_data, part.b_len);
		buf_clear(&part);
	}
	seed_buf(3, &b);
	buf_clear(&b);
}

static void
seeds_ike(void)
{
	static const uint8_t dels[] = "\0\0\0\2ab\0\0\0\0";
	struct udp_info ui = { 4, 0, IKE_PORT };
	struct buf b = { 0 }, part = { 0 };

	put_message(&b, M_UDP | FD, &ui, sizeof(ui));
	put_message(&b, M_PROBE | FD, "\4", 1);
	put_message(&b, M_PCAP | FD, NULL, 0);
	put_message(&b, M_CANAMES, "\0\0\0\1n", 5);
	put_message(&b, M_CONNECT, "\0\0\0\1c", 5);
	put_message(&b, M_TEARDOWN, "\1\0\0\0\1p", 6);
	put_message(&b, M_TEARDOWN, "\0\0\0\0\0", 5);
	put_message(&b, M_DELETE, dels, 10);
	put_message(&b, M_ACTIVE, "\1", 1);
	put_message(&b, M_SHOW, NULL, 0);
	put_message(&b, M_REPORT, NULL, 0);
	put_message(&b, M_RENEW, NULL, 0);
	make_answer(&part, 0);
	put_message(&b, M_AUTHDONE | OTHER, part.b_data, part.b_len);
	put_message(&b, 0x3f, NULL, 0);
	put_message(&b, M_PCAP, NULL, 0);
	put_message(&b, M_STOP, NULL, 0);
	put_message(&b, M_AUTHDONE | OTHER, part.b_data, part.b_len);
	buf_clear(&part);
	seed_buf(4, &b);
	seed_buf(5, &b);
	buf_clear(&b);
}

void
seeds(void)
{
	static const char lines[] = "S\nC set [a]:b=c\n\n\0x\nlast";
	struct buf b = { 0 };
	char *filled;

	seeds_ca();
	seeds_ike();
	make_answer(&b, 0);
	seed_buf(1, &b);
	buf_clear(&b);
	make_answer(&b, 1);
	seed_buf(1, &b);
	buf_clear(&b);
	buf_put(&b, lines, sizeof(lines) - 1);
	seed_buf(2, &b);
	/* as long as a line may be, and longer */
	buf_put8(&b, '\n');
	if ((filled = buf_room(&b, 2 * LINE_OCTETS + 3)) == NULL)
		wrong("no memory");
	memset(filled, '0', 2 * LINE_OCTETS + 3);
	filled[LINE_OCTETS] = filled[2 * LINE_OCTETS + 2] = '\n';
	seed_buf(2, &b);
	buf_clear(&b);
}
