/* shuffle_test.h - whether a run's samples come as if by chance: places and runs. */
#ifndef TAMIS_SHUFFLE_TEST_H
#define TAMIS_SHUFFLE_TEST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Of one source.  Two successive samples of a pass over it should come from places that
 * know nothing of each other: chi2 is of a table of pairs, place of the one by place of
 * the other, in up to 32 by 32 bins.  Its expectation is df, whatever the documents'
 * lengths: only pairs are tested, not how often each place comes.
 */
struct shuffle_source {
	uint64_t pairs;
	double chi2;
	uint64_t df;
	/* Samples of the source one after another in the run. */
	uint64_t runs, longest;
	uint64_t samples;
	/* While it is counted. */
	uint32_t bins, last;
	bool known; /* last */
	uint8_t epoch;
	uint32_t *cell, in_table;
};

struct shuffle_test {
	struct shuffle_source *source;
	uint32_t nsources;
	uint32_t now; /* source of the run of samples that goes on */
	uint64_t length;
};

enum { SHUFFLE_BINS = 32 };

/* expected: about how many samples of each source there will be in a pass over it. */
void shuffle_test_init(
    struct shuffle_test *v, uint32_t nsources, const uint64_t *expected);
/* The next sample of the run: source, pass, and its place, `row` of `rows`. */
void shuffle_test_add(
    struct shuffle_test *v, uint32_t s, uint8_t epoch, uint64_t row, uint64_t rows);
void shuffle_test_finish(struct shuffle_test *v);
void shuffle_test_free(struct shuffle_test *v);

#endif
