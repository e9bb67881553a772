/* upsample.h - how often a document comes in an epoch of its source. */
#ifndef TAMIS_UPSAMPLE_H
#define TAMIS_UPSAMPLE_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

/*
 * By its number and the source's copies; a broken number of times is rounded up or down
 * by chance, which the seed and the document's id decide.  Up to LOCK_MAX_PASSES.
 */
uint32_t upsample_copies(
    const struct resolved_source *s, uint64_t seed, const struct tshard_doc *d);

#endif
