/* directives.h - split plans and rule files into lines of words. */
#ifndef TAMIS_DIRECTIVES_H
#define TAMIS_DIRECTIVES_H

#include "lib/base/span.h"

/* Zero it and set text to begin. */
struct directives {
	struct span text;   /* not yet read */
	bool whole_comment; /* '#' starts a comment only as the first word */
	unsigned line;	    /* number of the current line, from 1 */
	struct span whole;  /* the current line */
	struct span *v;	    /* its words, borrowed from the text */
	size_t n, cap;
};

/*
 * Read the next line that has words.  Spaces, tabs and CRs separate words.  A word that
 * begins with '#' starts a comment.  Returns false after the last line.
 */
bool directives_next(struct directives *w);
void directives_free(struct directives *w);

/* The precision for "%.*s" in messages: quote at most 100 bytes of s. */
static inline int
quoted(struct span s)
{
	return s.n < 100 ? (int)s.n : 100;
}

#endif
