/* doc_store.h - the documents of a run's sources, found by token or by number, read in
 * order.
 */
#ifndef TAMIS_DOC_STORE_H
#define TAMIS_DOC_STORE_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

struct pool;

/* For all DOCS shards of l under the folder root; opens none yet.  Both are borrowed. */
struct pool *pool_open(const struct lock *l, const char *root);
/* They are read from end to end, and are more than memory holds. */
void pool_past_cache(struct pool *p);
void pool_close(struct pool *p); /* NULL is fine */
const struct lock *pool_lock(const struct pool *p);
/* Look whether all shards are there, and those that l names.  0, or -1 with *err. */
int pool_check(struct pool *p, struct err *err);

/*
 * One thread's view: one shard at a time is open, which must be the one that l names, bit
 * for bit; what is read of it is checked.  ids: their texts are wanted too.
 */
struct pool_reader;
struct pool_reader *pool_reader_new(struct pool *p, bool ids);
void pool_reader_free(struct pool_reader *r); /* NULL is fine */

/* The document that a reader is at. */
struct place {
	uint64_t doc;	 /* row in the source, all its shards counted */
	uint32_t offset; /* of the token that was asked for */
	struct tshard_doc d;
	struct span id, url; /* borrowed until the next call */
};

/*
 * Go to the document that holds token `at` of round r of source s; or to document number
 * `doc` of the round.  Both are below what the lock says there is.  0, or -1 with *err.
 */
int pool_find(struct pool_reader *r, uint32_t s, uint32_t round, uint64_t at,
    struct place *out, struct err *err);
int pool_find_doc(struct pool_reader *r, uint32_t s, uint32_t round, uint64_t doc,
    struct place *out, struct err *err);
/* The next document of the round: 1, or 0 behind the last one, or -1 with *err. */
int pool_next(struct pool_reader *r, struct place *out, struct err *err);
/*
 * Tokens [offset, offset + n) of the document at hand, in payload encoding.  ahead: how
 * many will be wanted from there on, of this document and those behind it.
 */
int pool_tokens(struct pool_reader *r, uint32_t offset, uint32_t n, uint64_t ahead,
    void *out, struct err *err);
/* One token of it, where reading may not go on. */
int pool_peek(struct pool_reader *r, uint32_t offset, uint32_t *out, struct err *err);

#endif
