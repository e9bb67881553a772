/* bigfile.h - large files, written once from front to back, past the page cache where the
 * file system lets us. */
#ifndef TAMIS_BIGFILE_H
#define TAMIS_BIGFILE_H

#include <stdint.h>

#include "lib/err.h"
#include "lib/span.h"

struct bigfile;

/* Begin `path`, as a temporary beside it.  NULL with *err. */
struct bigfile *bigfile_open(const char *path, struct err *err);
int bigfile_put(struct bigfile *f, const void *p, size_t n, struct err *err);
uint64_t bigfile_bytes(const struct bigfile *f); /* put so far */
/* Write out, fsync, rename.  Frees f, also on failure: then the temporary is gone. */
int bigfile_commit(struct bigfile *f, struct err *err);
void bigfile_abort(struct bigfile *f); /* NULL is fine */

#endif
