/* bins.h - cut scores into bins that hold equal numbers of bytes of text. */
#ifndef TAMIS_BINS_H
#define TAMIS_BINS_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

/* The score of one document. */
struct scored {
	float score;	/* not -0; NaN: ignored */
	uint32_t bytes; /* length of its text */
};

/* Bin k holds the scores from edge[k - 1], inclusive, to edge[k], exclusive. */
struct bins {
	float *edge; /* n of them, ascending; free() it */
	size_t n;    /* edges; there are n + 1 bins */
};

enum { BINS_MAX = 1000 };

/*
 * Cut scores into `count` bins, 2 to BINS_MAX, of about equal bytes.  edge[k] is the
 * smallest score s such that texts with scores up to s hold (k + 1) / count of all bytes.
 * That is numpy's weighted percentile with method="inverted_cdf", computed exactly.
 * Takes linear time and up to 17 MiB of memory, not counting b->edge.
 *
 * The score of document i of n is v[i * step].  Returns 0, or -1 if there are no bytes;
 * then all edges are 0.
 */
int bins_make(
    struct bins *b, size_t count, const struct scored *v, size_t n, size_t step);
/* The bin of a score, 0 to b->n. */
uint64_t bins_find(const struct bins *b, float score);

/* Write n lists of edges under their names as one JSON object.  Returns 0, or -1 with
 * *err. */
int bins_save(const char *path, const struct bins *b, const struct span *name, size_t n,
    struct err *err);
/* Read the list of edges called name into b; free b->edge in any case.  Returns 0, or -1
 * with *err. */
int bins_load(const char *path, struct bins *b, struct span name, struct err *err);

#endif
