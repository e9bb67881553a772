/* load.h - a plan from its file, be it as written or resolved. */
#ifndef TAMIS_LOAD_H
#define TAMIS_LOAD_H

#include "mixer/plan/resolved.h"

/* The folder of a file's name: "." where it has none; NUL-terminated in b. */
void dir_of(const char *path, struct buf *b);

/*
 * Read a blend plan, which is resolved against the shards under root, or a plan.lock.
 * Appends the text of plan.lock to b.  Returns 0, or -1 with *err; call lock_free in both
 * cases.
 */
int load_plan(const char *path, const char *root, struct resolved *rp, struct buf *b,
    struct err *err);

#endif
