/* prose_words.h - step through the words of a text that are prose: not URLs or markup. */
#ifndef TAMIS_PROSE_WORDS_H
#define TAMIS_PROSE_WORDS_H

#include "filters/quality/measure.h"

/* Set m, whose text is measured, and zero the rest to begin. */
struct prose_words {
	struct measure *m;
	size_t i;     /* the next word */
	size_t at;    /* its place in the text, or that of white space before it */
	size_t after; /* the end of the last URL or tag in the text */
};

/*
 * Get the next word.  It has a letter and does not begin with a digit.  It is not part of
 * a URL or a tag, and not the name of an entity (&nbsp;) or a command (\begin).  False:
 * there is none.
 */
bool prose_words_next(struct prose_words *p, struct span *word);

#endif
