/* kept.h - the shards of an earlier mix that a run keeps. */
#ifndef TAMIS_KEPT_H
#define TAMIS_KEPT_H

#include "mixer/mix/compose.h"

/* Whether shard `no` exists at prefix, complete and of this run, by its header. */
bool kept_is_of(const struct mix_run *r, uint64_t no, const char *prefix);
/*
 * The same, and whether all of its three files match their checksums.  If they do not,
 * *damage becomes "FILE: byte N: PROBLEM" with a NUL; otherwise it is left alone.  A
 * shard of the shorter run that r extends becomes one of r.  Returns 1, 0 if the shard is
 * to be written, or -1 with *err.
 */
int kept_intact(const struct mix_run *r, uint64_t no, const char *prefix,
    struct buf *damage, struct err *err);

#endif
