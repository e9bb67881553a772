/* doc_store.h - reads the documents of all sources, by token offset or document
 * number.
 */
#ifndef TAMIS_DOC_STORE_H
#define TAMIS_DOC_STORE_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

struct doc_store;

/*
 * A store of the inputs of rp, below directory root.  Both are borrowed.  Opens no file.
 */
struct doc_store *doc_store_open(const struct resolved *rp, const char *root);
/* Read past the page cache, for inputs larger than memory that are read once. */
void doc_store_bypass_cache(struct doc_store *p);
void doc_store_close(struct doc_store *p); /* NULL is fine */
const struct resolved *doc_store_plan(const struct doc_store *p);
/* Check that every input exists and has the digest that rp names.  0, or -1 with *err. */
int doc_store_check(struct doc_store *p, struct err *err);

/*
 * One thread's reader.  It holds one shard open at a time, checks its digest against rp,
 * and checks the checksum of what it reads.  ids: also read ids and URLs.
 */
struct doc_reader;
struct doc_reader *doc_reader_new(struct doc_store *p, bool ids);
void doc_reader_free(struct doc_reader *r); /* NULL is fine */

/* The current document of a reader. */
struct doc_pos {
	uint64_t doc;	 /* row in the source, counted over all its inputs */
	uint32_t offset; /* of the requested token, in the document */
	struct tshard_doc d;
	struct span id, url; /* borrowed until the next call */
	struct span align;   /* set by doc_reader_align, otherwise empty; the same */
};

/*
 * Go to the document that holds token `at` of repeat `repeat` of source s, or to document
 * number `doc` of it.  Both must be below the totals of rp.  0, or -1 with *err.
 */
int doc_reader_find(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t at,
    struct doc_pos *out, struct err *err);
int doc_reader_find_doc(struct doc_reader *r, uint32_t s, uint32_t repeat, uint64_t doc,
    struct doc_pos *out, struct err *err);
/* Go to the next document of the repeat.  Returns 1, 0 at the end, or -1 with *err. */
int doc_reader_next(struct doc_reader *r, struct doc_pos *out, struct err *err);
/*
 * Read tokens [offset, offset + n) of the current document, in payload encoding.  ahead:
 * tokens that will be needed from offset on, including later documents; a hint for
 * reading.
 */
int doc_reader_tokens(struct doc_reader *r, uint32_t offset, uint32_t n, uint64_t ahead,
    void *out, struct err *err);
/* Set at->align of the current document *at, as doc_align_get gives it. */
int doc_reader_align(struct doc_reader *r, struct doc_pos *at, struct err *err);
/* Read one token of it, without a hint that reading continues there. */
int doc_reader_peek(
    struct doc_reader *r, uint32_t offset, uint32_t *out, struct err *err);

#endif
