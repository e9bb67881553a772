/* load.h - loads a plan from a file, whether a blend plan or a plan.lock. */
#ifndef TAMIS_LOAD_H
#define TAMIS_LOAD_H

#include "mixer/plan/resolved.h"

/* Replace b by the directory of a file name, "." if it names none, with a NUL. */
void dir_of(const char *path, struct buf *b);

/*
 * Read a plan.lock, or a blend plan, which is resolved against the shards below root.
 * Appends the text of plan.lock to b.  Returns 0, or -1 with *err; call resolved_free in
 * both cases.
 */
int load_plan(const char *path, const char *root, struct resolved *rp, struct buf *b,
    struct err *err);

#endif
