/* bins.h - cut scores into bins that hold equal numbers of bytes of text. */
#ifndef TAMIS_BINS_H
#define TAMIS_BINS_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

/* One document. */
struct scored {
	float score;	/* not -0; NaN: does not count */
	uint32_t bytes; /* of its text */
};

/* Bin k holds scores from edge k - 1 on to below edge k: one bin more than edges. */
struct bins {
	float *edge; /* ascending; free() it */
	size_t n;    /* edges */
};

enum { BINS_MAX = 1000 };

/*
 * `count` bins, 2 to BINS_MAX, by percentiles that bytes weigh: edge k is the smallest
 * score such that k / count of all bytes are in texts with that score or a lower one
 * (numpy's inverted_cdf).  Exact, in linear time, with up to 17 MiB of memory besides
 * b->edge.  v: n documents, step records apart.  Returns 0, or -1: there are no bytes,
 * and so no edges but 0.
 */
int bins_make(
    struct bins *b, size_t count, const struct scored *v, size_t n, size_t step);
/* The bin of a score, 0 to b->n. */
uint64_t bins_find(const struct bins *b, float score);

/* Write n sets of edges under their names, as one JSON object.  0, or -1 with *err. */
int bins_save(const char *path, const struct bins *b, const struct span *name, size_t n,
    struct err *err);
/* Read the set called name.  0, or -1 with *err. */
int bins_load(const char *path, struct bins *b, struct span name, struct err *err);

#endif
