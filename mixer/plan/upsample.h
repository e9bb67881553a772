/* upsample.h - how often a document is used in an epoch of its source. */
#ifndef TAMIS_UPSAMPLE_H
#define TAMIS_UPSAMPLE_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

/*
 * The uses of d per epoch, 0..RESOLVED_MAX_PARTS, from its id and the hold= of s, and
 * from its number and the copies= of s. A fractional value is rounded up or down by a
 * hash of the seed and the document's id.
 */
uint32_t upsample_copies(
    const struct resolved_source *s, uint64_t seed, const struct tshard_doc *d);

#endif
