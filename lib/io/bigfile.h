/* bigfile.h - large files, written and read past the page cache where possible. */
#ifndef TAMIS_BIGFILE_H
#define TAMIS_BIGFILE_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

struct bigfile;

/* Create `path` under a temporary name.  NULL with *err. */
struct bigfile *bigfile_open(const char *path, struct err *err);
/* Append n bytes.  0, or -1 with *err. */
int bigfile_put(struct bigfile *f, const void *p, size_t n, struct err *err);
uint64_t bigfile_bytes(const struct bigfile *f); /* appended so far */
/* Flush and publish.  Frees f, also on failure, which removes the temporary. */
int bigfile_commit(struct bigfile *f, struct err *err);
void bigfile_abort(struct bigfile *f); /* NULL is fine */

/*
 * bigfile_direct opens a file to be read past the page cache; -1 where that is
 * impossible.  bigfile_read reads bytes [at, at + n) and the rest of their blocks of
 * BIGFILE_BLOCK bytes.  p is page-aligned with room for whole blocks; byte `at` is stored
 * at p[at % BIGFILE_BLOCK].  Returns false when it could not read all n bytes.
 */
enum { BIGFILE_BLOCK = 4096 };
int bigfile_direct(const char *path);
bool bigfile_read(int fd, void *p, size_t n, uint64_t at);

#endif
