/* each_shard.h - open the shards of a run, or one shard, one after another. */
#ifndef SHARDS_EACH_SHARD_H
#define SHARDS_EACH_SHARD_H

#include "lib/base/err.h"
#include "shards/tshard/tshard.h"

/*
 * Call visit for each shard that path names: those of the run in a directory, in order,
 * or the shard of a prefix or file.  flags: as tshard_open.  The shard is closed after
 * the call.  Ends with the first result that is not 0, and returns it; -1 with *err.
 */
int each_shard(const char *path, unsigned flags,
    int (*visit)(void *ctx, const struct tshard *s, struct err *err), void *ctx,
    struct err *err);

#endif
