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
 * Tell iked(8) what to do, and show what it does.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

#define RETRY_TIME	1		/* s */

/*
 * A command is a path of words; what `arg' names follows it.  A command
 * without a type is one that is not there, and cmd_why says why.
 */
struct command {
	const char	*cmd_words[2];
	const char	*cmd_arg;
	int		 cmd_type;	/* CTL_ */
	int		 cmd_flags;
#define C_JSON		0x1		/* has -j */
#define C_NONZERO	0x2		/* has -q */
#define C_FILE		0x4		/* the argument is one */
	const char	*cmd_done;	/* said when it is */
	const char	*cmd_why;
};

#define NO_CA	"iked(8) has no CA of its own: make keys and certificates "  \
		    "with openssl(1), as ikectl(8) shows"

static const struct command commands[] = {
	{ { "active" }, NULL, CTL_ACTIVE, 0, NULL, NULL },
	{ { "ca" }, NULL, 0, 0, NULL, NO_CA },
	{ { "couple" }, NULL, CTL_COUPLE, 0, NULL, NULL },
	{ { "decouple" }, NULL, CTL_DECOUPLE, 0, NULL, NULL },
	{ { "load" }, "file", CTL_LOAD, C_FILE, NULL, NULL },
	{ { "log", "brief" }, NULL, CTL_LOG_BRIEF, 0,
	    "logging request sent.", NULL },
	{ { "log", "verbose" }, NULL, CTL_LOG_VERBOSE, 0,
	    "logging request sent.", NULL },
	{ { "monitor" }, NULL, CTL_MONITOR, 0, NULL, NULL },
	{ { "passive" }, NULL, CTL_PASSIVE, 0, NULL, NULL },
	{ { "reload" }, NULL, CTL_RELOAD, 0, NULL, NULL },
	{ { "reset", "all" }, NULL, CTL_RESET_ALL, 0, "reset request sent.",
	    NULL },
	{ { "reset", "ca" }, NULL, CTL_RESET_CA, 0, "reset request sent.",
	    NULL },
	{ { "reset", "id" }, "id", CTL_RESET_ID, 0, "reset request sent.",
	    NULL },
	{ { "reset", "policy" }, NULL, CTL_RESET_POLICY, 0,
	    "reset request sent.", NULL },
	{ { "reset", "sa" }, NULL, CTL_RESET_SA, 0, "reset request sent.",
	    NULL },
	{ { "reset", "user" }, NULL, 0, 0, NULL,
	    "iked(8) has no users: there is no EAP" },
	{ { "show", "ca" }, NULL, 0, 0, NULL, NO_CA },
	{ { "show", "certstore" }, NULL, CTL_SHOW_CERTSTORE, 0, NULL, NULL },
	{ { "show", "sa" }, NULL, CTL_SHOW_SA, C_JSON, NULL, NULL },
	{ { "show", "stats" }, NULL, CTL_SHOW_STATS, C_JSON | C_NONZERO,
	    NULL, NULL }
};
#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const char	*sockname = CTL_SOCKET;
static int		 quiet;
static int		 json;

static void __dead
usage(void)
{
	fprintf(stderr, "usage: %s [-jq] [-s socket] command [arg ...]\n",
	    getprogname());
	exit(1);
}

/* Those whose first words are as the ones that were found. */
static int
candidate(const struct command *c, const char *const *found, int depth)
{
	int i;

	for (i = 0; i < depth; i++)
		if (c->cmd_words[i] == NULL ||
		    strcmp(c->cmd_words[i], found[i]) != 0)
			return (0);
	return (1);
}

/*
 * What could stand after these words, each thing once; of many that a word
 * begins, only those.
 */
static void __dead
valid(const char *const *found, int depth, const char *begun)
{
	size_t len = begun != NULL ? strlen(begun) : 0;
	const char *last = "", *word;
	size_t i;

	fprintf(stderr, "valid commands/args:\n");
	for (i = 0; i < NCOMMANDS; i++) {
		if (!candidate(&commands[i], found, depth) ||
		    commands[i].cmd_why != NULL)
			continue;
		word = depth < 2 ? commands[i].cmd_words[depth] : NULL;
		if (word != NULL && len > 0 && strncmp(word, begun, len) != 0)
			continue;
		if (word == NULL)
			fprintf(stderr, "  <%s>\n", commands[i].cmd_arg);
		else if (strcmp(word, last) != 0)
			fprintf(stderr, "  %s\n", word);
		last = word != NULL ? word : "";
	}
	exit(1);
}

/* The word of the table that this one begins or is; NULL: none, or many. */
static const char *
complete(const char *word, const char *const *found, int depth)
{
	const char *match = NULL, *w;
	size_t i;

	for (i = 0; i < NCOMMANDS; i++) {
		if (!candidate(&commands[i], found, depth) ||
		    (w = commands[i].cmd_words[depth]) == NULL)
			continue;
		if (strcmp(w, word) == 0)
			return (w);
		if (strncmp(w, word, strlen(word)) != 0)
			continue;
		if (match != NULL && strcmp(match, w) != 0)
			return (NULL);
		match = w;
	}
	return (match);
}

static const struct command *
whole(const char *const *found, int depth)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (candidate(&commands[i], found, depth) &&
		    (depth == 2 || commands[i].cmd_words[depth] == NULL))
			return (&commands[i]);
	return (NULL);
}

static int
begins_some(const char *word, const char *const *found, int depth)
{
	const char *w;
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (candidate(&commands[i], found, depth) &&
		    commands[i].cmd_why == NULL &&
		    (w = commands[i].cmd_words[depth]) != NULL &&
		    strncmp(w, word, strlen(word)) == 0)
			return (1);
	return (0);
}

static const struct command *
parse(int argc, char **argv, const char **arg)
{
	const struct command *c = NULL;
	const char *found[2];
	int depth = 0;

	while (c == NULL) {
		if (depth == argc)
			valid(found, depth, NULL);
		if ((found[depth] = complete(argv[depth], found,
		    depth)) == NULL)
			valid(found, depth, begins_some(argv[depth], found,
			    depth) ? argv[depth] : NULL);
		depth++;
		c = whole(found, depth);
	}
	if (c->cmd_why != NULL)
		errx(1, "%s%s%s: %s", found[0], depth > 1 ? " " : "",
		    depth > 1 ? found[1] : "", c->cmd_why);
	*arg = NULL;
	if (c->cmd_arg != NULL) {
		if (depth == argc)
			valid(found, depth, NULL);
		*arg = argv[depth++];
	}
	if (depth != argc)
		errx(1, "%s: one argument too many", argv[depth]);
	if (json && !(c->cmd_flags & C_JSON))
		errx(1, "-j goes with \"show sa\" and \"show stats\" only");
	return (c);
}

/* The daemon has another working directory. */
static const char *
whole_path(const char *file)
{
	static char path[PATH_MAX];
	size_t len;

	if (file[0] == '/')
		return (file);
	if (getcwd(path, sizeof(path)) == NULL)
		err(1, "getcwd");
	len = strlen(path);
	if ((size_t)snprintf(path + len, sizeof(path) - len, "/%s", file) >=
	    sizeof(path) - len)
		errx(1, "%s: the path is too long", file);
	return (path);
}

/*
 * monitor may be started before the daemon is.
 */
static int
open_control(int retry)
{
	struct sockaddr_un sun;
	int s, said = 0;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlcpy(sun.sun_path, sockname, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		errx(1, "%s: the name of a socket has %zu bytes at most",
		    sockname, sizeof(sun.sun_path) - 1);
	sun.sun_len = SUN_LEN(&sun);
	for (;;) {
		if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) == -1)
			err(1, "socket");
		if (connect(s, (struct sockaddr *)&sun, sizeof(sun)) == 0)
			return (s);
		if (!retry || (errno != ENOENT && errno != ECONNREFUSED))
			err(1, "connect: %s", sockname);
		if (!said++ && !quiet)
			warn("connect: %s, waiting for iked", sockname);
		close(s);
		sleep(RETRY_TIME);
	}
}

static void
put(int s, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	for (; len > 0; p += n, len -= n) {
		n = send(s, p, len, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			err(1, "%s", sockname);
	}
}

static void
get(int s, void *data, size_t len)
{
	char *p = data;
	ssize_t n;

	for (; len > 0; p += n, len -= n) {
		n = read(s, p, len);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			err(1, "%s", sockname);
		else if (n == 0)
			errx(1, "%s: iked has closed the connection",
			    sockname);
	}
}

static void
request(int s, const struct command *c, const char *arg)
{
	struct ctl_hdr h;

	memset(&h, 0, sizeof(h));
	h.ch_type = c->cmd_type;
	h.ch_flags = (json ? CTL_F_JSON : 0) |
	    (quiet && (c->cmd_flags & C_NONZERO) ? CTL_F_NONZERO : 0);
	h.ch_len = arg != NULL ? strlen(arg) : 0;
	put(s, &h, sizeof(h));
	if (arg != NULL)
		put(s, arg, h.ch_len);
}

/* Print what comes.  The status at the end. */
static uint32_t
answer(int s)
{
	static char text[CTL_MAXTEXT + 1];
	struct ctl_hdr h;

	for (;;) {
		get(s, &h, sizeof(h));
		if ((h.ch_type != CTL_TEXT && h.ch_type != CTL_END) ||
		    h.ch_len > CTL_MAXTEXT)
			errx(1, "%s: this is not iked, or one of another "
			    "version", sockname);
		get(s, text, h.ch_len);
		text[h.ch_len] = '\0';
		if (h.ch_type == CTL_END)
			break;
		if (fwrite(text, 1, h.ch_len, stdout) != h.ch_len ||
		    fflush(stdout) == EOF)
			err(1, "stdout");
	}
	if (h.ch_status != CTL_OK)
		warnx("%s", h.ch_len > 0 ? text : "iked could not do it");
	return (h.ch_status);
}

int
main(int argc, char **argv)
{
	const struct command *c;
	const char *arg;
	int ch, s;

	while ((ch = getopt(argc, argv, "jqs:")) != -1)
		switch (ch) {
		case 'j':
			json = 1;
			break;
		case 'q':
			quiet = 1;
			break;
		case 's':
			sockname = optarg;
			break;
		default:
			usage();
		}
	c = parse(argc - optind, argv + optind, &arg);
	if (c->cmd_flags & C_FILE)
		arg = whole_path(arg);
	if (arg != NULL && strlen(arg) > CTL_MAXARG)
		errx(1, "an argument has %d bytes at most", CTL_MAXARG);
	if (pledge("stdio unix", NULL) == -1)
		err(1, "pledge");
	s = open_control(c->cmd_type == CTL_MONITOR);
	if (pledge("stdio", NULL) == -1)
		err(1, "pledge");
	request(s, c, arg);
	if (answer(s) != CTL_OK)
		return (1);
	if (c->cmd_done != NULL && !quiet)
		printf("%s\n", c->cmd_done);
	return (0);
}
