/* rundir.h - the folder of a run: what may be in it, and what of it goes before a new
 * one. */
#ifndef TAMIS_RUNDIR_H
#define TAMIS_RUNDIR_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

#define RUNDIR_SCATTER "scatter" /* the folder in it of a run larger than memory */

enum rundir_mode { RUNDIR_NEW, RUNDIR_RESUME, RUNDIR_FORCE, RUNDIR_JOIN };

/*
 * Make the folder if it is not there, and hold it: no second mix works in it, or none
 * but those that share it, until rundir_release, or until this process ends in whatever
 * way.  Returns a descriptor for that call, or -1 with *err.
 */
int rundir_lock(const char *dir, bool share, struct err *err);
void rundir_unlock(const char *dir, int fd); /* -1 is fine */

/*
 * Make the folder ready for a run with this plan.lock and put plan.lock into it.  New: it
 * must be empty.  Resume: it may hold shards of the same plan, which stay.  Force: what a
 * run left there goes.  Leftovers of a killed run go in both.  Join: as resume, but
 * others work there: nothing is removed.  Files that no run makes are refused by name.
 * Returns 0, or -1 with *err.
 */
int rundir_prepare(
    const char *dir, enum rundir_mode mode, struct span lock, struct err *err);

#endif
