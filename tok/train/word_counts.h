/*
 * word_counts.h - count words in bounded memory: a hash table that is written as a sorted
 * run whenever it is full.
 */
#ifndef TAMIS_WORD_COUNTS_H
#define TAMIS_WORD_COUNTS_H

#include "tok/train/word_runs.h"

struct word_counts;

/* memory: limit in bytes.  tmp: directory of temporary files; NULL: TMPDIR or /tmp. */
struct word_counts *word_counts_new(uint64_t memory, const char *tmp);
/* Add w->count to the count of a word of 1 to WORD_MAX bytes.  0, or -1 with *err. */
int word_counts_add(struct word_counts *c, const struct counted *w, struct err *err);
/*
 * The same for words in order, which form a run of their own: the table, where ordered
 * words would crowd into few slots, does not get them.  Then end the run.
 */
int word_counts_put(struct word_counts *c, const struct counted *w, struct err *err);
int word_counts_end(struct word_counts *c, struct err *err);
/* Start to load what word_counts_add of a word with this hash will read. */
void word_counts_prefetch(const struct word_counts *c, uint64_t hash);
/*
 * Call each() for every word, in order, with the sum of its counts.  May be repeated;
 * nothing is added any more.  0, or -1 with *err.
 */
int word_counts_each(struct word_counts *c, word_fn *each, void *arg, struct err *err);
/* How many runs were written. */
size_t word_counts_spills(const struct word_counts *c);
void word_counts_free(struct word_counts *c); /* NULL is fine */

#endif
