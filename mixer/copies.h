/* copies.h - how often a document comes in an epoch of its source. */
#ifndef TAMIS_COPIES_H
#define TAMIS_COPIES_H

#include "mixer/lock.h"
#include "shards/tshard.h"

/*
 * By its number and the source's copies; a broken number of times is rounded up or down
 * by chance, which the seed and the document's id decide.  Up to LOCK_MAX_PASSES.
 */
uint32_t copies_of(
    const struct lock_source *s, uint64_t seed, const struct tshard_doc *d);

#endif
