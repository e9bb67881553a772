/*
 * word_runs.h - sorted runs of counted words in a temporary file, and their merge.
 *
 * Words are in order of their hash, then of their bytes.
 */
#ifndef TAMIS_WORD_RUNS_H
#define TAMIS_WORD_RUNS_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

enum { WORD_MAX = 0x3fff }; /* bytes of a word */

struct counted {
	uint64_t hash; /* word_key of text */
	struct span text;
	uint64_t count;
};

uint64_t word_key(struct span text);
/* Negative, zero or positive, as a comes before, with or after b. */
int word_order(const struct counted *a, const struct counted *b);

/* Append a word of 1 to WORD_MAX bytes with a count above 0. */
void word_record_put(struct buf *b, const struct counted *w);
/* Take such a word off the front of s, where its text stays.  False: damaged. */
bool word_record_take(struct span *s, struct counted *w);

/* Called for each word, in order, with the sum of its counts.  0, or -1 with *err. */
typedef int word_fn(void *arg, const struct counted *w, struct err *err);

struct word_runs;
/* dir: of the temporary file; borrowed. */
struct word_runs *word_runs_new(const char *dir);
/* Append a word to the run being written; words come in order.  0, or -1 with *err. */
int word_runs_put(struct word_runs *r, const struct counted *w, struct err *err);
/* End that run.  With many runs, merges them into one.  0, or -1 with *err. */
int word_runs_end(struct word_runs *r, struct err *err);
/* Merge the runs, which stay.  0, or -1 with *err. */
int word_runs_each(struct word_runs *r, word_fn *each, void *arg, struct err *err);
void word_runs_free(struct word_runs *r); /* NULL is fine */

#endif
