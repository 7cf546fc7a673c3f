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
 * isakmpd.conf(5) and the FIFO.  Input: parts between lines of %%: a
 * configuration, lines as they come by the FIFO, another configuration, and
 * so on.  A line M makes a model, K says what the kernel has.  A model is the
 * same after the way to another process, and so is the configuration after
 * it is printed and read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "daemon.h"
#include "log.h"
#include "model.h"

#include "fuzz.h"

#define MODELS_MAX	8		/* of an input */

static struct confdb	*db;
static struct model	*model;
static struct kalgs	 algs;
static unsigned int	 nmodels;

/*
 * What ui.c has of the parent
 */

static int	 pending;	/* ike does not know of all yet */

void
parent_changed(void)
{
	pending = 1;
}

int
parent_pending(void)
{
	return (pending);
}

/* Each command that goes to another process is one that it understands. */
void
parent_tell(unsigned int type, struct buf *b)
{
	static const struct {
		unsigned int	type, octets, strings;
	} forms[] = {
		{ M_CONNECT, 0, 1 }, { M_TEARDOWN, 1, 1 }, { M_DELETE, 0, 2 },
		{ M_ACTIVE, 1, 0 }, { M_SHOW, 0, 0 }, { M_REPORT, 0, 0 }
	};
	struct span s = { b->b_data, b->b_len };
	unsigned int i, n;
	uint8_t octet;
	char *str;

	for (i = 0; forms[i].type != type; i++)
		if (i == sizeof(forms) / sizeof(forms[0]) - 1)
			wrong("message %u", type);
	for (n = 0; n < forms[i].octets; n++)
		if (span_get8(&s, &octet) == -1 || octet > 2)
			wrong("message %u without an octet", type);
	for (n = 0; n < forms[i].strings; n++) {
		if ((str = span_getstr(&s)) == NULL)
			wrong("message %u without a string", type);
		free(str);
	}
	if (s.s_len != 0)
		wrong("message %u with %zu octets too many", type, s.s_len);
	buf_clear(b);
}

void
parent_reload(void)
{
}

void
parent_stop(void)
{
}

void
parent_result(const struct buf *b)
{
	if (b->b_failed)
		wrong("no memory for a result");
}

void
parent_pcap(const char *path)
{
}

void
parent_debug(void)
{
}

/*
 * What must be equal
 */

static void
same(const struct buf *a, const struct buf *b, const char *what)
{
	if (a->b_failed || b->b_failed || a->b_len != b->b_len ||
	    (a->b_len > 0 && memcmp(a->b_data, b->b_data, a->b_len) != 0))
		wrong("%s: %zu octets became %zu", what, a->b_len, b->b_len);
}

static void
has_no_psk(const struct model *md)
{
	const struct peer *pe;

	TAILQ_FOREACH(pe, &md->md_peers, pe_entry)
		if (pe->pe_psk != NULL || pe->pe_psklen != 0)
			wrong("a secret is sent to whom it is none of");
}

static void
same_peers(const struct model *a, const struct model *b)
{
	const struct peer *pe, *with = TAILQ_FIRST(&b->md_peers);
	const struct p2conf *pc, *than = TAILQ_FIRST(&b->md_conns);

	TAILQ_FOREACH(pe, &a->md_peers, pe_entry) {
		if (with == NULL || !peer_same(pe, with))
			wrong("%s is another peer", pe->pe_name);
		with = TAILQ_NEXT(with, pe_entry);
	}
	TAILQ_FOREACH(pc, &a->md_conns, pc_entry) {
		if (than == NULL || !p2conf_same(pc, than))
			wrong("%s is another connection", pc->pc_name);
		than = TAILQ_NEXT(than, pc_entry);
	}
	if (with != NULL || than != NULL)
		wrong("there are more than there were");
}

static void
sent(const struct model *md, int secrets)
{
	struct buf b = { 0 }, again = { 0 };
	struct model *got;
	struct span s;

	model_put(&b, md, secrets);
	s = (struct span){ b.b_data, b.b_len };
	if ((got = model_get(&s)) == NULL || s.s_len != 0)
		wrong("model_get: %zu octets are left", s.s_len);
	if (secrets)
		same_peers(md, got);
	else
		has_no_psk(got);
	model_put(&again, got, secrets);
	same(&b, &again, "model");
	model_free(got);
	buf_clear(&b);
	buf_clear(&again);
}

static void
make(void)
{
	unsigned int bad = 0;
	struct model *md;

	pending = 0;
	if (nmodels++ == MODELS_MAX)
		return;
	if ((md = model_make(db, model, &algs, &bad)) == NULL)
		wrong("no memory");
	sent(md, 0);
	sent(md, 1);
	model_free(model);
	model = md;
}

/* What is printed says the same when it is read, and is printed the same. */
static void
printed(void)
{
	struct buf b = { 0 }, again = { 0 };
	struct confdb *other;

	confdb_print(&b, db, 1);
	if ((other = confdb_new()) == NULL)
		wrong("no memory");
	if (b.b_failed || confdb_parse(other, "printed", b.b_len > 0 ?
	    (char *)b.b_data : "", b.b_len) == -1)
		wrong("printed, it is not understood: %.*s", (int)b.b_len,
		    (char *)b.b_data);
	confdb_print(&again, other, 1);
	same(&b, &again, "printed");
	confdb_free(other);
	buf_clear(&b);
	buf_clear(&again);
	confdb_print(&b, db, 0);
	buf_clear(&b);
}

/* What the kernel has, by the octets of the line. */
static void
kernel(const char *line)
{
	static const struct kalg all[] = {
		{ V1_PROTO_ESP, V1_ESP_AES, 0, 128, 256 },
		{ V1_PROTO_ESP, V1_ESP_AES_GCM, 0, 128, 256 },
		{ V1_PROTO_ESP, V1_ESP_AES_CTR, 0, 128, 128 },
		{ V1_PROTO_ESP, V1_ESP_3DES, 0, 192, 192 },
		{ V1_PROTO_ESP, 0, V1_MAC_SHA1, 160, 160 },
		{ V1_PROTO_ESP, 0, V1_MAC_SHA2_256, 256, 256 },
		{ V1_PROTO_AH, 0, V1_MAC_SHA2_256, 256, 256 },
		{ V1_PROTO_AH, 0, V1_MAC_SHA2_512, 512, 512 }
	};

	for (algs.ka_n = 0; *line != '\0' && algs.ka_n < 32; line++)
		algs.ka_alg[algs.ka_n++] = all[*line & 7];
}

static void
command(char *line)
{
	if (line[0] == 'M' && line[1] == '\0')
		make();
	else if (line[0] == 'K' && line[1] == ' ')
		kernel(line + 2);
	else if (line[0] != '#')
		ui_line(db, line);
}

/* Ended by a line of %%, which is not of it. */
static char *
part(char **text, char *end, size_t *len)
{
	char *s = *text, *stop;

	if (end - s >= 3 && strncmp(s, "%%\n", 3) == 0)
		stop = s;
	else if ((stop = memmem(s, end - s, "\n%%\n", 4)) != NULL)
		stop++;
	*len = stop != NULL ? stop - s : end - s;
	*text = stop != NULL ? stop + 3 : NULL;
	return (s);
}

static void
commands(char *s, size_t len)
{
	char *line, *end;

	for (; len > 0; len -= end + 1 - line, s = end + 1) {
		line = s;
		if ((end = memchr(s, '\n', len)) == NULL)
			break;
		*end = '\0';
		if (strlen(line) == (size_t)(end - line))
			command(line);
	}
}

/* Octets between processes, which are not trusted either. */
static void
received(const uint8_t *data, size_t len)
{
	struct span s = { data, len };
	struct model *md = model_get(&s);

	if (md == NULL)
		return;
	sent(md, 1);
	sent(md, 0);
	model_free(md);
}

static void
script(char *text, size_t size)
{
	char *s, *end = text + size;
	size_t len;

	while (text != NULL) {
		s = part(&text, end, &len);
		if (confdb_parse(db, "in", s, len) == 0)
			printed();
		if (text == NULL)
			break;
		s = part(&text, end, &len);
		commands(s, len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text;

	received(data, len);
	if ((text = malloc(len + 1)) == NULL || (db = confdb_new()) == NULL)
		wrong("no memory");
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	nmodels = 0;
	pending = 0;
	kernel("01245");
	script(text, len);
	nmodels = 0;
	make();
	printed();
	model_free(model);
	model = NULL;
	confdb_free(db);
	free(text);
	return (0);
}

static const char *const texts[] = {
	"[General]\nRetransmits=5\nListen-on=192.0.2.1,2001:db8::1\n"
	"Delete-SAs=no\nDPD-check-interval=5\n"
	"[Phase 1]\n192.0.2.1=p\nDefault=d\n"
	"[Phase 2]\nConnections=c\nPassive-Connections=e\n"
	"[p]\nPhase=1\nAddress=192.0.2.1\nAuthentication=secret\n"
	"Configuration=main\nID=me\nRemote-ID=it\n"
	"[d]\nPhase=1\nAuthentication=0x6162\nConfiguration=aggr\n"
	"[main]\nEXCHANGE_TYPE=ID_PROT\nTransforms=AES-SHA2-256-RSA_SIG,x\n"
	"[aggr]\nEXCHANGE_TYPE=AGGRESSIVE\nTransforms=3DES-SHA\n"
	"[x]\nAUTHENTICATION_METHOD=PRE_SHARED\nHASH_ALGORITHM=SHA2_256\n"
	"ENCRYPTION_ALGORITHM=AES_CBC\nKEY_LENGTH=128,128:256\n"
	"GROUP_DESCRIPTION=ECP_256\nLife=l\n"
	"[l]\nLIFE_TYPE=SECONDS\nLIFE_DURATION=3600,60:86400\n"
	"[me]\nID-type=FQDN\nName=a.example\n"
	"[it]\nID-type=IPV4_ADDR\nAddress=192.0.2.1\n"
	"[c]\nPhase=2\nISAKMP-peer=p\nConfiguration=quick\nInterface=0\n"
	"Local-ID=net\nRemote-ID=host\nFlags=Active-only\n"
	"[e]\nPhase=2\nISAKMP-peer=d\nLocal-ID=net\nRemote-ID=range\n"
	"PF-Tag=tag\nNAT-ID=host\n"
	"[quick]\nEXCHANGE_TYPE=QUICK_MODE\n"
	"Suites=QM-ESP-AES-SHA2-256-SUITE,s\n"
	"[s]\nProtocols=q\n"
	"[q]\nPROTOCOL_ID=IPSEC_ESP\nTransforms=t\n"
	"[t]\nTRANSFORM_ID=AES\nENCAPSULATION_MODE=TUNNEL\n"
	"AUTHENTICATION_ALGORITHM=HMAC_SHA2_256\n"
	"[net]\nID-type=IPV4_ADDR_SUBNET\nNetwork=10.0.0.0\n"
	"Netmask=255.0.0.0\n"
	"[host]\nID-type=IPV4_ADDR\nAddress=192.0.2.9\nProtocol=tcp\n"
	"Port=80\n"
	"[range]\nID-type=IPV4_ADDR_SUBNET\nNetwork=10.1.0.0\n"
	"Netmask=255.255.0.0\n",
	"%%\nM\nc conn\nt conn\nt main peer\nT\nd 01 -\nM active\nM passive\n"
	"S\nr\nR\nQ\np on\np on=/tmp/x\np off\nD A 99\nD T\nD 1 2\nx\n"
	"C get [General]:Retransmits\nC bad\nC set a\nC set [a\n"
	"C set [a]:b\nC rms [a]\nC rm [a]:b\nC rmv [a]:b=c\n",
};

static struct model *
seed_model(const char *text)
{
	struct buf said = { 0 };
	unsigned int bad;
	struct model *md;

	log_copyto(&said);
	if ((db = confdb_new()) == NULL)
		wrong("no memory");
	kernel("01245");
	if (confdb_parse(db, "in", text, strlen(text)) == -1)
		wrong("refused: %s", text);
	if ((md = model_make(db, NULL, &algs, &bad)) == NULL)
		wrong("no memory");
	log_copyto(NULL);
	if (bad != 0) {
		fwrite(said.b_data, 1, said.b_len, stderr);
		wrong("a seed that is bad");
	}
	buf_clear(&said);
	confdb_free(db);
	return (md);
}

void
seeds(void)
{
	struct buf b = { 0 };
	struct model *md;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		seed(texts[i], strlen(texts[i]));
	md = seed_model(texts[0]);
	model_put(&b, md, 1);
	seed(b.b_data, b.b_len);
	buf_clear(&b);
	model_free(md);
}
