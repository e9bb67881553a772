/* doc_store.h - the documents of a run's sources, found by token or by number, read in
 * order.
 */
#ifndef TAMIS_DOC_STORE_H
#define TAMIS_DOC_STORE_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

struct doc_store;

/* For all DOCS shards of l under the folder root; opens none yet.  Both are borrowed. */
struct doc_store *doc_store_open(const struct resolved *rp, const char *root);
/* They are read from end to end, and are more than memory holds. */
void doc_store_bypass_cache(struct doc_store *p);
void doc_store_close(struct doc_store *p); /* NULL is fine */
const struct resolved *doc_store_plan(const struct doc_store *p);
/* Look whether all shards are there, and those that l names.  0, or -1 with *err. */
int doc_store_check(struct doc_store *p, struct err *err);

/*
 * One thread's view: one shard at a time is open, which must be the one that l names, bit
 * for bit; what is read of it is checked.  ids: their texts are wanted too.
 */
struct doc_reader;
struct doc_reader *doc_reader_new(struct doc_store *p, bool ids);
void doc_reader_free(struct doc_reader *r); /* NULL is fine */

/* The document that a reader is at. */
struct doc_pos {
	uint64_t doc;	 /* row in the source, all its shards counted */
	uint32_t offset; /* of the token that was asked for */
	struct tshard_doc d;
	struct span id, url; /* borrowed until the next call */
};

/*
 * Go to the document that holds token `at` of round r of source s; or to document number
 * `doc` of the round.  Both are below what the lock says there is.  0, or -1 with *err.
 */
int doc_reader_find(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t at,
    struct doc_pos *out, struct err *err);
int doc_reader_find_doc(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t doc,
    struct doc_pos *out, struct err *err);
/* The next document of the round: 1, or 0 behind the last one, or -1 with *err. */
int doc_reader_next(struct doc_reader *r, struct doc_pos *out, struct err *err);
/*
 * Tokens [offset, offset + n) of the document at hand, in payload encoding.  ahead: how
 * many will be wanted from there on, of this document and those behind it.
 */
int doc_reader_tokens(struct doc_reader *r, uint32_t offset, uint32_t n, uint64_t ahead,
    void *out, struct err *err);
/* One token of it, where reading may not go on. */
int doc_reader_peek(
    struct doc_reader *r, uint32_t offset, uint32_t *out, struct err *err);

#endif
