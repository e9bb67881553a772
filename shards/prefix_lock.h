/* prefix_lock.h - let one process at a time write the shards of a prefix. */
#ifndef SHARDS_PREFIX_LOCK_H
#define SHARDS_PREFIX_LOCK_H

#include <stdbool.h>

#include "lib/io/lockfile.h"
#include "lib/io/publish.h"

/*
 * Create the directory of PREFIX if it is missing, lock PREFIX.lock, and remove the
 * temporary files that killed writers of this prefix left; with `numbered`, those of
 * PREFIX-00000, PREFIX-00001, ...  A lock file without a living holder does not count.
 * Returns 0, or -1 with *err: EXIT_USAGE if another process holds the lock, or if the
 * shard PREFIX would replace a noted input (lib/io/inputs.h).
 */
int prefix_lock(struct lockfile *l, const char *prefix, bool numbered, struct err *err);
/* Reject n other outputs that are a file of the shard PREFIX, or its lock.  0, or -1 with
 * *err. */
int prefix_distinct(
    const char *prefix, const struct output_name *other, size_t n, struct err *err);
/* The length of a number such as "-00017" at the start of s, or 0. */
size_t shard_number_length(const char *s);

#endif
