/* pool.h - the sources of a run as streams of tokens, read at any place. */
#ifndef TAMIS_POOL_H
#define TAMIS_POOL_H

#include "mixer/lock.h"
#include "shards/tshard.h"

/* Where a token of a source's epoch lies. */
struct place {
	struct tshard *shard;
	uint64_t token;	     /* in the shard's payload */
	uint64_t left;	     /* tokens of the shard from there on */
	uint64_t doc;	     /* row in the source */
	uint64_t row;	     /* the same in the shard */
	uint32_t offset;     /* in the document */
	struct tshard_doc d; /* the document */
};

struct pool;

/*
 * Open all DOCS shards of l under the folder root; each must be the one that l names, bit
 * for bit.  l is borrowed.  NULL with *err.
 */
struct pool *pool_open(const struct lock *l, const char *root, struct err *err);
void pool_close(struct pool *p); /* NULL is fine */

/*
 * A reader's own memory: the documents around the last place.  Any number of readers,
 * each on one thread at a time.
 */
struct pool_reader;
struct pool_reader *pool_reader_new(const struct pool *p);
void pool_reader_free(struct pool_reader *r);

/* Token `at` (below the source's tokens) of an epoch of source s.  0, or -1 with *err. */
int pool_find(
    struct pool_reader *r, uint32_t s, uint64_t at, struct place *out, struct err *err);
/* The document after the one at *at, if its shard has one more; else left becomes 0. */
int pool_next(struct pool_reader *r, struct place *at, struct err *err);

#endif
