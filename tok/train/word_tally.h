/* word_tally.h - count the words of one document, on any thread. */
#ifndef TAMIS_WORD_TALLY_H
#define TAMIS_WORD_TALLY_H

#include "tok/train/word_runs.h"
#include "tok/train/word_split.h"

/* Zero it to begin. */
struct word_tally {
	struct counted *word; /* in order of their first place in the text */
	size_t n, cap;
	uint32_t *slot; /* a hash table of places in word + 1; 0: free */
	size_t slots;
	struct buf copy;    /* of a line */
	struct arena lines; /* that had a U+2581 */
};

/* Forget all words. */
void word_tally_start(struct word_tally *t);
/* Count the words of a line of at most WORD_MAX bytes of valid UTF-8, which is borrowed
 * until the next word_tally_start. */
void word_tally_line(struct word_tally *t, const struct word_rules *s, struct span line);
void word_tally_free(struct word_tally *t);

#endif
