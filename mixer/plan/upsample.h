/* upsample.h - how often a document is used in an epoch of its source. */
#ifndef TAMIS_UPSAMPLE_H
#define TAMIS_UPSAMPLE_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

/*
 * The uses per epoch of d, 0..RESOLVED_MAX_PARTS, which is the document in `row` of the
 * source and the first of its unit: from its id and the hold= of s, and from its number
 * and the copies= of s.  A fractional value is rounded up or down by a hash of the seed
 * and the document's id.  With take, it is 0 or 1 by the row.
 */
uint32_t upsample_copies(const struct resolved_source *s, uint64_t seed, uint64_t row,
    const struct tshard_doc *d);

/* Whether a row starts a unit: other rows are used as often as the one before. */
static inline bool
upsample_starts(const struct resolved_source *s, uint64_t row)
{
	return row % s->answers == 0;
}

#endif
