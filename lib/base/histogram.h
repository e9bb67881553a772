/* histogram.h - distribution of numbers: exact mean and range, quantiles within 1/32. */
#ifndef TAMIS_HISTOGRAM_H
#define TAMIS_HISTOGRAM_H

#include <stdint.h>

#include "lib/base/mem.h"

/*
 * Counts in buckets: one per number below 32, then 32 per power of two.  Zero it to
 * begin.  It uses 256 bytes per power of two up to the largest number.
 */
struct histogram {
	uint64_t *count;
	uint32_t n; /* buckets allocated */
	uint64_t total, least, most;
	uint64_t sum[2]; /* low and high half */
};

void histogram_add(struct histogram *h, uint64_t v);
void histogram_free(struct histogram *h);

/*
 * The smallest v such that at least `permille` thousandths of the numbers are <= v,
 * rounded down to the start of its bucket (by less than 1/32).  0 if empty.
 */
uint64_t histogram_quantile(const struct histogram *h, unsigned permille);
/* The mean in thousandths, rounded down; 0 if empty. */
uint64_t histogram_mean(const struct histogram *h);

#endif
