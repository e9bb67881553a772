/* docindex.h - where the documents of a DOCS shard lie, and what of it was checked. */
#ifndef TAMIS_DOCINDEX_H
#define TAMIS_DOCINDEX_H

#include "mixer/plan/resolved.h"
#include "shards/tshard/tshard.h"

enum {
	DOCINDEX_STRIDE = 256,	  /* documents of a chunk, which is read in one piece */
	DOCINDEX_BLOCK = 1 << 16, /* bytes of payload with a checksum of their own */
};

struct docindex;

/*
 * Read all rows of a shard of source s, which must add up to what part says, and check
 * the sections that rows are read from; ids: that of the ids too.  NULL with *err.
 */
struct docindex *docindex_new(struct tshard *shard, const struct resolved *rp,
    const struct resolved_source *s, const struct resolved_input *input, bool ids,
    struct err *err);
void docindex_free(struct docindex *x); /* NULL is fine */

uint64_t docindex_chunks(const struct docindex *x);
/* The token of the payload that a chunk begins with. */
uint64_t docindex_start(const struct docindex *x, uint64_t chunk);
/*
 * The chunk that holds token *at of a round's part of the shard, or document *at if
 * by_doc; *at is counted from the chunk's first one then.
 */
uint64_t docindex_find(
    const struct docindex *x, uint32_t repeat, bool by_doc, uint64_t *at);

/* Whether the blocks of bytes [from, to) were checked before; and that they are now.  Any
 * thread may ask and say. */
bool docindex_is_checked(const struct docindex *x, uint64_t from, uint64_t to);
void docindex_set_checked(struct docindex *x, uint64_t from, uint64_t to);

/* The last i with v[i] <= at; v ascends from v[0] <= at. */
uint64_t docindex_last(const uint64_t *v, uint64_t n, uint64_t at);

#endif
