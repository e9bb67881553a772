/* resolve.h - resolves a plan: opens its shards, splits the shares, counts the
 * samples.
 */
#ifndef TAMIS_RESOLVE_H
#define TAMIS_RESOLVE_H

#include "mixer/plan/planfile.h"
#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

/*
 * Resolve p; `name` begins its messages.  Opens every shard, below directory `root`.
 * With copies= or pack bestfit, it also reads the length of every document.  Returns 0,
 * or -1 with *err; call resolved_free in both cases.
 */
int resolve(const struct plan *p, const char *name, const char *root, struct resolved *rp,
    struct err *err);

/* The steps of resolve(), in this order. */
int resolve_docs(const struct plan *p, const char *name, const char *root,
    struct resolved *rp, struct err *err);
/*
 * Check that a shard of source s has the sections of those before it, and that the plan
 * packs them; set out->answers.  The first shard sets the sections of rp.
 */
int resolve_sections(const struct plan *p, const char *name, const struct plan_source *s,
    struct tshard *shard, struct resolved *rp, struct resolved_source *out,
    struct err *err);
int resolve_phases(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err);
int resolve_packing(const struct plan *p, const char *name, const char *root,
    struct resolved *rp, struct err *err);
int resolve_shares(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err);
int resolve_counts(
    const struct plan *p, const char *name, struct resolved *rp, struct err *err);

#endif
