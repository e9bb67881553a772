/* shuffle_test.h - tests whether the samples of each source are in random order. */
#ifndef TAMIS_SHUFFLE_TEST_H
#define TAMIS_SHUFFLE_TEST_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The test of one source.  Successive samples of an epoch part should begin at
 * independent rows.  chi2 tests that on a table of pairs of up to 32 by 32 bins, the row
 * of one sample by the row of the next.  Its expectation is df whatever the lengths of
 * documents, because it compares pairs only, not how often each row occurs.
 */
struct shuffle_source {
	uint64_t pairs;
	double chi2;
	uint64_t df;
	/* Runs of successive samples of the source. */
	uint64_t runs, longest;
	uint64_t samples;
	/* Counters. */
	uint32_t bins, last;
	bool known; /* whether last and epoch are set */
	uint8_t epoch;
	uint32_t *cell, in_table;
};

struct shuffle_test {
	struct shuffle_source *source;
	uint32_t nsources;
	uint32_t now; /* source of the current run */
	uint64_t length;
};

enum { SHUFFLE_BINS = 32 };

/*
 * expected[s]: approximate samples of source s per epoch part; it sets the number of
 * bins.
 */
void shuffle_test_init(
    struct shuffle_test *v, uint32_t nsources, const uint64_t *expected);
/* The next sample of the run is of source s; its first document is `row` of `rows`. */
void shuffle_test_add(
    struct shuffle_test *v, uint32_t s, uint8_t epoch, uint64_t row, uint64_t rows);
void shuffle_test_finish(struct shuffle_test *v);
void shuffle_test_free(struct shuffle_test *v);

#endif
