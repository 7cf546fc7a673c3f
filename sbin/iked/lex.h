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


#ifndef _IKED_LEX_H_
#define _IKED_LEX_H_

/*
 * Lines of the configuration as words, with macros expanded and files
 * included.  A line here is a logical one, of which a backslash at the end
 * may have made several.
 */
#include <sys/types.h>

enum { LEX_WORD = 256, LEX_STRING };	/* else the character itself */

struct token {
	int		 tk_kind;
	unsigned int	 tk_line;
	char		*tk_text;
};

/* The line at hand; good until the next one is asked for. */
struct statement {
	const char	*st_file;
	unsigned int	 st_line;	/* where it begins */
	struct token	*st_tok;
	unsigned int	 st_n;
	int		 st_bad;	/* an error has been told */
};
extern struct statement	 stmt;

/* Open the first file: 0, or -1 and told why. */
int	 lex_open(const char *);
/* The next line with anything in it: 1, or 0 at the end of it all. */
int	 lex_line(void);
/* Go on in this file, and come back. */
void	 lex_include(const char *);
/* name=value for the rest of the file; 0, or -1: that is no name. */
int	 lex_define(const char *, const char *);
/* The same for all files, over what they say. */
int	 lex_predefine(const char *, const char *);
/* Wipes and forgets; the number of errors there were. */
unsigned int	 lex_close(void);

/* Memory until the next line, zeroed. */
void	*lex_alloc(size_t);
/* Text from the file, cut and made printable, in a static buffer of four. */
const char	*lex_show(const char *);
/*
 * A descriptor, or -1 and why: what holds secrets must belong to root or
 * ourselves, and be for nobody else.
 */
int	 lex_openfile(const char *, const char **);

/* One error a line is told: with where it begins, or where a token stands. */
void	 conf_error(const char *, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	 conf_error_at(unsigned int, const char *, ...)
	    __attribute__((__format__(printf, 2, 3)));
void	 conf_warn(const char *, ...)
	    __attribute__((__format__(printf, 1, 2)));

#endif /* _IKED_LEX_H_ */
