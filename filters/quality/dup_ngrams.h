/* dup_ngrams.h - count the characters of repeated n-grams, as datatrove does. */
#ifndef TAMIS_DUP_NGRAMS_H
#define TAMIS_DUP_NGRAMS_H

#include "filters/quality/ngrams.h"

/*
 * Count the code points of repeated n-grams of the segmenter's words, as datatrove's
 * find_top_duplicate and find_all_duplicate (utils/text.py) do.  found[k] is for k + 2
 * words:
 *  - k < NGRAM_TOPS: all occurrences of the most frequent n-gram, of equals the first,
 *    with one space between words;
 *  - else: the n-grams that occurred before, taken from left to right without overlap,
 *    without spaces.  Two n-grams are equal if their letters are, wherever their words
 *    end.
 * found[k] is NAN if it is known to be at most limit[k]; a negative limit forces a count.
 */
void dup_ngrams_count(
    struct measure *m, const double limit[NGRAM_VALUES], double found[NGRAM_VALUES]);

#endif
