/* rundir.h - prepares and locks the directory of a run. */
#ifndef TAMIS_RUNDIR_H
#define TAMIS_RUNDIR_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

#define RUNDIR_SCATTER "scatter"       /* subdirectory of scatter files */
#define EXTEND_OLD     "plan.lock.old" /* see extend.h */

enum rundir_mode { RUNDIR_NEW, RUNDIR_RESUME, RUNDIR_FORCE, RUNDIR_JOIN };

/*
 * Create the directory if needed and lock it until rundir_unlock or the end of the
 * process.  share: other processes that share the lock may work in it too.  Returns a
 * descriptor for rundir_unlock, or -1 with *err.
 */
int rundir_lock(const char *dir, bool share, struct err *err);
void rundir_unlock(const char *dir, int fd); /* -1 is fine */

/*
 * Prepare the locked directory for a run with this plan.lock, and write plan.lock to it.
 *
 *   RUNDIR_NEW     it must be empty
 *   RUNDIR_RESUME  shards of the same plan stay, temporary files are removed
 *   RUNDIR_FORCE   all files of an earlier run are removed
 *   RUNDIR_JOIN    as RESUME, but other processes work there, so nothing is removed
 *
 * A file that mix never writes is an error in every mode.  Returns 0, or -1 with *err.
 */
int rundir_prepare(
    const char *dir, enum rundir_mode mode, struct span plan_lock, struct err *err);

#endif
