/* histogram.c - distribution of numbers: exact mean and range, quantiles within 1/32. */
#include "lib/base/histogram.h"

#include "lib/base/num.h"

#include <stdlib.h>

enum { LOG2 = 5, EACH = 1 << LOG2 }; /* buckets per power of two */

static uint32_t
bucket_of(uint64_t v)
{
	unsigned shift;

	if (v < EACH)
		return (uint32_t)v;
	shift = (unsigned)(63 - __builtin_clzll(v)) - LOG2;
	return shift * EACH + (uint32_t)(v >> shift);
}

/* The smallest number in bucket i. */
static uint64_t
bucket_least(uint32_t i)
{
	uint32_t shift = i < 2 * EACH ? 0 : i / EACH - 1;

	return (uint64_t)(i - shift * EACH) << shift;
}

void
histogram_add(struct histogram *h, uint64_t v)
{
	uint32_t i = bucket_of(v);
	u128 sum = ((u128)h->sum[1] << 64 | h->sum[0]) + v;

	if (i >= h->n) {
		uint32_t n = (i / EACH + 1) * EACH;

		h->count = xrealloc(h->count, n, sizeof *h->count);
		memset(h->count + h->n, 0, (n - h->n) * sizeof *h->count);
		h->n = n;
	}
	h->count[i]++;
	if (h->total++ == 0 || v < h->least)
		h->least = v;
	if (v > h->most)
		h->most = v;
	h->sum[0] = (uint64_t)sum;
	h->sum[1] = (uint64_t)(sum >> 64);
}

void
histogram_free(struct histogram *h)
{
	free(h->count);
	*h = (struct histogram){ 0 };
}

uint64_t
histogram_quantile(const struct histogram *h, unsigned permille)
{
	u128 want = (u128)h->total * permille, seen = 0;

	for (uint32_t i = 0; i < h->n; i++) {
		seen += (u128)h->count[i] * 1000;
		if (h->count[i] > 0 && seen >= want)
			return bucket_least(i) < h->least ? h->least : bucket_least(i);
	}
	return 0;
}

uint64_t
histogram_mean(const struct histogram *h)
{
	u128 sum = (u128)h->sum[1] << 64 | h->sum[0];

	return h->total == 0 ? 0 : (uint64_t)(sum * 1000 / h->total);
}
