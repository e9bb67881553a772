/* docindex.h - locates the documents of a DOCS shard, and tracks which blocks are
 * checked.
 */
#ifndef TAMIS_DOCINDEX_H
#define TAMIS_DOCINDEX_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

enum {
	DOCINDEX_STRIDE = 256,	  /* documents per chunk, the unit of reading */
	DOCINDEX_BLOCK = 1 << 16, /* bytes of payload per checksum */
};

struct docindex;

/*
 * Read all rows of an open shard, an input of source s.  Checks the checksums of the
 * sections that hold rows, with ids also that of DOCID, and the totals against *input.
 * Returns NULL with *err.
 */
struct docindex *docindex_new(struct tshard *shard, const struct resolved *rp,
    const struct resolved_source *s, const struct resolved_input *input, bool ids,
    struct err *err);
void docindex_free(struct docindex *x); /* NULL is fine */

uint64_t docindex_chunks(const struct docindex *x);
/* The first token of a chunk in the payload. */
uint64_t docindex_start(const struct docindex *x, uint64_t chunk);
/*
 * The chunk that holds token *at of a repeat in this shard, or document *at if by_doc.
 * *at becomes relative to the chunk.
 */
uint64_t docindex_find(
    const struct docindex *x, uint32_t repeat, bool by_doc, uint64_t *at);

/*
 * Whether all blocks of payload bytes [from, to) were checked; and record that they
 * were.  Safe to call from any thread.
 */
bool docindex_is_checked(const struct docindex *x, uint64_t from, uint64_t to);
void docindex_set_checked(struct docindex *x, uint64_t from, uint64_t to);

/* The largest i with v[i] <= at.  v is ascending and v[0] <= at. */
uint64_t docindex_last(const uint64_t *v, uint64_t n, uint64_t at);

#endif
