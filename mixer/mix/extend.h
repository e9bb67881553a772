/* extend.h - lengthens a run in place, keeping the payload of its first shards. */
#ifndef TAMIS_EXTEND_H
#define TAMIS_EXTEND_H

#include "mixer/mix/compose.h"

/*
 * Before the first shard of a longer run is written, plan.lock becomes that of the longer
 * run, and the earlier one is kept as plan.lock.old until the run is complete.  A shard
 * whose header names the earlier plan.lock then only needs another sidecar.
 */
/* Check that the directory r->dir has a run, before anything changes.  0, or -1 with
 * *err.
 */
int extend_check(const struct mix_run *r, struct err *err);
/*
 * Let the locked directory r->dir, which has a run, have this plan.lock of r->rp.  If it
 * is not a longer form of the plan.lock there, this is EXIT_DATA and nothing has changed.
 * scatter: a directory of scatter files, which are removed.  Returns 0, or -1 with *err.
 */
int extend_begin(
    const struct mix_run *r, const char *scatter, struct span plan_lock, struct err *err);
/*
 * Set what r knows of the earlier plan.lock, if the directory has one.  Returns 0, or -1
 * with *err.
 */
int extend_load(struct mix_run *r, struct err *err);
/* Remove the earlier plan.lock; the run is complete. */
int extend_end(const struct mix_run *r, struct err *err);

#endif
