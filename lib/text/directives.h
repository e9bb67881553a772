/* directives.h - lines of words: what plans and rule files are made of. */
#ifndef TAMIS_DIRECTIVES_H
#define TAMIS_DIRECTIVES_H

#include "lib/base/span.h"

/* Zero it and set text to begin. */
struct directives {
	struct span text;   /* what is left of it */
	bool whole_comment; /* '#' begins a comment only as the line's first word */
	unsigned line;	    /* number of the words' line, from 1 */
	struct span whole;  /* that line */
	struct span *v;	    /* the words: borrowed from the text */
	size_t n, cap;
};

/*
 * On to the next line that has words.  They are set apart by spaces, tabs and CRs; '#' at
 * the start of one ends the line.  False behind the last line.
 */
bool directives_next(struct directives *w);
void directives_free(struct directives *w);

/* For "%.*s" in messages: so much of s as may be quoted. */
static inline int
quoted(struct span s)
{
	return s.n < 100 ? (int)s.n : 100;
}

#endif
