/* histogram.h - how large numbers are: exact mean and maximum, quantiles to 1/32. */
#ifndef TAMIS_HISTOGRAM_H
#define TAMIS_HISTOGRAM_H

#include <stdint.h>

#include "lib/base/mem.h"

/*
 * Counts by buckets: one for each number below 32, then 32 for each power of two.  Zero
 * it to begin; it takes 256 bytes for each power of two up to its largest number.
 */
struct histogram {
	uint64_t *count;
	uint32_t n; /* buckets that there is room for */
	uint64_t total, least, most;
	uint64_t sum[2]; /* low and high half */
};

void histogram_add(struct histogram *h, uint64_t v);
void histogram_free(struct histogram *h);

/*
 * The smallest number that at least `permille` thousandths of them are not above, or
 * less than 1/32 below it: the least number of its bucket.  0 if there are none.
 */
uint64_t histogram_quantile(const struct histogram *h, unsigned permille);
/* The mean in thousandths, rounded down; 0 if there are none. */
uint64_t histogram_mean(const struct histogram *h);

#endif
