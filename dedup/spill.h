/*
 * spill.h - records in partitions: in memory, and beyond a limit in a temporary file.
 *
 * A spill holds bytes that a caller appends to one of its partitions and reads back in
 * the same order.  All spills of a pool share one limit on memory.
 */
#ifndef TAMIS_SPILL_H
#define TAMIS_SPILL_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct spill_pool {
	const char *dir;	 /* of temporary files */
	uint64_t memory;	 /* for all, in bytes */
	uint64_t limit;		 /* on the bytes in memory, approximately */
	uint64_t used;		 /* now */
	uint64_t file, file_max; /* bytes in files: now, and at most so far */
};

/* memory: of --memory, in bytes; 0: a quarter of RAM.  Half of it is the limit.  tmp:
 * directory of --tmp; NULL: TMPDIR or /tmp.  Checks both: a run may need the directory
 * only late.  0, or -1 with *err. */
int spill_pool_init(
    struct spill_pool *pool, uint64_t memory, const char *tmp, struct err *err);

struct spill;
/* parts: at least 1.  pool: borrowed. */
struct spill *spill_new(struct spill_pool *pool, size_t parts);
/* Append a record of n bytes.  0, or -1 with *err. */
int spill_put(struct spill *s, size_t part, const void *p, size_t n, struct err *err);
/* The same, of which the caller stores the n bytes before the next call.  NULL with *err.
 */
char *spill_room(struct spill *s, size_t part, size_t n, struct err *err);
/* The bytes in one partition. */
uint64_t spill_bytes(const struct spill *s, size_t part);
/*
 * Call each() with all bytes of a partition, in order, in pieces of whole records that
 * are valid until it returns.  Stops at -1 of each().  0, or -1 with *err.  Partitions of
 * one spill may be read at once by several threads, while nothing is appended.
 */
int spill_read(const struct spill *s, size_t part,
    int (*each)(void *arg, struct span records, struct err *err), void *arg,
    struct err *err);
/*
 * The same, but the pieces are valid until spill_unpin: a part in the file is mapped, so
 * the system can drop it from memory.  At most one partition at a time.
 */
int spill_pin(struct spill *s, size_t part,
    int (*each)(void *arg, struct span records, struct err *err), void *arg,
    struct err *err);
void spill_unpin(struct spill *s);
void spill_free(struct spill *s); /* NULL is fine */

#endif
