/* dup_ngrams.h - how much of a text is n-grams of words that are there again. */
#ifndef TAMIS_DUP_NGRAMS_H
#define TAMIS_DUP_NGRAMS_H

#include "filters/quality/measure.h"

/* The most frequent 2-, 3- and 4-grams, then repeated 5- to 10-grams. */
enum { GRAMS_TOP = 3, GRAMS = 9 };

/*
 * found[k]: characters (code points) of the text's words that
 *  - k < GRAMS_TOP: all occurrences of the most frequent (k + 2)-gram have, with a space
 *    between words; among equals the one that comes first;
 *  - else: (k + 2)-grams have that were there before, without spaces, from left to right
 *    and behind the end of the last one that was.  Two are the same if their letters
 *    are, wherever one word ends and the next begins.
 * That is how datatrove counts.  NAN where it is known to be limit[k] at most; below
 * zero, a limit asks for the number in any case.
 */
void grams_count(struct measure *m, const double limit[GRAMS], double found[GRAMS]);

#endif
