/* mask_shard.h - write a shard again with the tokens of some documents masked. */
#ifndef SHARDS_MASK_SHARD_H
#define SHARDS_MASK_SHARD_H

#include "lib/base/hash.h"
#include "shards/documents.h"
#include "shards/takedown/lost_next.h"

/* What to mask in a shard. */
struct masking {
	const struct document_rows *rows;
	const struct lost_next *next; /* those of its samples, in order */
	size_t n_next;
	struct hash128 tombstones; /* of the file, for META */
};

struct mask_counts {
	uint64_t samples, tokens; /* NEXT does not count */
};

/* Whether a segment is of a document to mask. */
bool is_masked(const struct document_rows *rows, const struct tshard_seg *g);

/*
 * Write the SAMPLES shard s again, as the shard `to`.  Segments of the documents become
 * pad and are flagged no-loss.  Their ids and URLs, and the NEXTs, are removed.  META
 * gets a record of this.  0, or -1 with *err and nothing written.
 */
int mask_shard(const struct tshard *s, const struct masking *m, const char *to,
    struct mask_counts *counts, struct err *err);

#endif
