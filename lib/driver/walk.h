/* walk.h - find the files below directories. */
#ifndef TAMIS_WALK_H
#define TAMIS_WALK_H

#include "lib/base/err.h"
#include "lib/base/mem.h"

/*
 * Replace each directory in paths (*n; malloc'ed) by the regular files below it.  Entries
 * of a directory are in the order of strcmp.  Hidden entries and the directories of
 * version control systems are left out, and symbolic links to directories are not
 * followed.  New paths are in mem.  0, or -1 with *err.
 */
int walk_directories(char ***paths, size_t *n, struct arena *mem, struct err *err);

#endif
