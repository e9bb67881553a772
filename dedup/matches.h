/*
 * matches.h - the buckets of near-match, on disk, for near-elect.
 *
 *	header, 80 bytes: see matches.c
 *	for each bucket: u32 documents (2 or more), and as many numbers of 5 bytes
 *	end: u32 0, u64 XXH3-64 of all before
 *
 * All integers are little-endian.
 */
#ifndef TAMIS_MATCHES_H
#define TAMIS_MATCHES_H

#include "lib/base/err.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"

/* What a file is about. */
struct matches_head {
	uint64_t part, parts; /* from 1 */
	uint64_t files, documents;
	struct hash128 sketches; /* of the digests of all sketch files, in order */
};

struct matches_writer;
/* Create `path` under a temporary name.  NULL with *err. */
struct matches_writer *matches_writer_open(
    const char *path, const struct matches_head *head, struct err *err);
/* arg: the struct matches_writer.  For buckets_find.  0, or -1 with *err. */
int matches_write(void *arg, const uint64_t *number, size_t n, struct err *err);
/* Publish the file.  0, or -1 with *err. */
int matches_writer_commit(struct matches_writer *w, struct err *err);
void matches_writer_free(struct matches_writer *w); /* NULL is fine */

/*
 * Check that a file has the given head, and call each() for all buckets if it is not
 * NULL.  0, or -1 with *err.
 */
int matches_read(const char *path, const struct matches_head *head,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err);

/* The path of one part, in b: BASE, or BASE.PART-of-PARTS. */
void matches_path(struct buf *b, const char *base, uint64_t part, uint64_t parts);

#endif
