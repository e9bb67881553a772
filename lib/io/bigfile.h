/* bigfile.h - large files, written once from front to back, past the page cache where the
 * file system lets us. */
#ifndef TAMIS_BIGFILE_H
#define TAMIS_BIGFILE_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

struct bigfile;

/* Begin `path`, as a temporary beside it.  NULL with *err. */
struct bigfile *bigfile_open(const char *path, struct err *err);
int bigfile_put(struct bigfile *f, const void *p, size_t n, struct err *err);
uint64_t bigfile_bytes(const struct bigfile *f); /* put so far */
/* Write out, fsync, rename.  Frees f, also on failure: then the temporary is gone. */
int bigfile_commit(struct bigfile *f, struct err *err);
void bigfile_abort(struct bigfile *f); /* NULL is fine */

/*
 * Open a file for reading past the page cache, -1 where that cannot be; and read bytes
 * [at, at + n) with what else lies in the blocks of BIGFILE_BLOCK they are in, where the
 * file has it: p has room for that, is aligned to a page, and byte `at` lands at
 * p[at % BIGFILE_BLOCK].  False: not all of them could be had so.
 */
enum { BIGFILE_BLOCK = 4096 };
int bigfile_direct(const char *path);
bool bigfile_read(int fd, void *p, size_t n, uint64_t at);

#endif
