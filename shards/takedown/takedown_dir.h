/* takedown_dir.h - the directory that takedown writes a run to. */
#ifndef SHARDS_TAKEDOWN_DIR_H
#define SHARDS_TAKEDOWN_DIR_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/span.h"
#include "lib/io/lockfile.h"

/*
 * Create directory `dir` for a run with these tombstones, or take over the one that a
 * killed takedown of this list left.  All of its files but the tombstones are removed.
 * The lock lasts until lockfile_release.  A directory with other files, or with a whole
 * run, is EXIT_DATA.  Writes the tombstones first: an incomplete run must not lack them.
 * 0, or -1 with *err.
 */
int takedown_dir_begin(
    struct lockfile *l, const char *dir, struct span tombstones, struct err *err);

/* Copy a file to a new name.  0, or -1 with *err. */
int takedown_copy(const char *from, const char *to, struct err *err);
/*
 * Link the three files of shard `from` to names of shard `to`, .sdx last.  They are
 * copied if that fails, or if `copy` is set.  0, or -1 with *err.
 */
int takedown_keep(const char *from, const char *to, bool copy, struct err *err);

#endif
