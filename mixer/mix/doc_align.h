/* doc_align.h - carries the targets, pair and labels of a document from shard to shard.
 */
#ifndef TAMIS_DOC_ALIGN_H
#define TAMIS_DOC_ALIGN_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

/* Where the labels of the last document were; zero it for a new shard. */
struct doc_align_hint {
	uint64_t row, at;
};

/*
 * Append what a DOCS shard states about document `row`, whose n tokens start at `first`
 * of the payload: a bit per token if rp has MASK, prompt and rank if it has PAIR, and the
 * labels.  The bytes are the same on every machine.  0, or -1 with *err.
 */
int doc_align_get(const struct tshard *shard, const struct resolved *rp, uint64_t row,
    uint64_t first, uint32_t n, struct doc_align_hint *hint, struct buf *out,
    struct err *err);

/* Pass these bytes to a writer, for its current segment of n tokens.  0, or -1 with *e.
 */
int doc_align_put(struct tshard_writer *w, const struct resolved *rp, uint32_t n,
    struct span bytes, struct tshard_error *e);

#endif
