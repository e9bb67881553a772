/* feed_fill.h - the arrays that a feed derives from a sample. */
#ifndef FEED_FILL_H
#define FEED_FILL_H

#include "shards/tshard/tshard_impl.h"

/* The rows of one sample, seq entries each.  All but tokens may be NULL. */
struct tsi_feed_row {
	const int32_t *tokens; /* read before */
	int32_t *labels, *positions;
	uint8_t *mask; /* needed by labels with TSHARD_FEED_IGNORE */
	bool masked;   /* the mask is filled in, from MASK */
};

void tsi_feed_fill(struct tsi_feed_row row, const struct tshard_sample *sample,
    size_t seq, uint32_t flags);

#endif
