/* shard_set.h - find the missing shards of the numbered sets that reshard writes. */
#ifndef SHARDS_SHARD_SET_H
#define SHARDS_SHARD_SET_H

#include "lib/base/mem.h"
#include "lib/base/table.h"
#include "shards/tshard/tshard.h"

/* The sets seen so far.  Zero it to begin; release it with shard_sets_free. */
struct shard_sets {
	struct table seen;
};

/*
 * Whether shard s is the first one of a set of which shards are missing in its directory.
 * Sets *problem to a phrase with a NUL: the path of the first missing sidecar, and the
 * numbers of shards.  A shard whose name is not PREFIX-NUMBER, with the number of its
 * header, is not one of a set.
 */
bool shard_set_lacks(
    struct shard_sets *sets, const struct tshard *s, struct buf *problem);
void shard_sets_free(struct shard_sets *sets);

#endif
