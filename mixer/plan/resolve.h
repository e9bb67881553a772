/* resolve.h - from a plan to plan.lock: find the shards, split the shares, count the
 * samples. */
#ifndef TAMIS_RESOLVE_H
#define TAMIS_RESOLVE_H

#include "mixer/plan/planfile.h"
#include "mixer/plan/resolved.h"

/*
 * Resolve p (`name` in messages), its shards looked for under the folder `root`.  Opens
 * every shard; with copies or pack bestfit it reads the lengths of all documents too.
 * Returns 0, or -1 with *err; call lock_free in both cases.
 */
int resolve(const struct plan *p, const char *name, const char *root, struct resolved *rp,
    struct err *err);

/* The parts of it, in this order. */
int resolve_docs(const struct plan *p, const char *name, const char *root,
    struct resolved *rp, struct err *err);
int resolve_phases(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err);
int resolve_packing(
    const struct plan *p, const char *root, struct resolved *rp, struct err *err);
int resolve_shares(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err);
int resolve_counts(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err);

#endif
