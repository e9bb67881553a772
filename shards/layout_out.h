/* layout_out.h - write tokens in the layouts of other programs. */
#ifndef SHARDS_LAYOUT_OUT_H
#define SHARDS_LAYOUT_OUT_H

#include "shards/layouts.h"

struct layout_out;

/* Where tokens come from. */
struct layout_origin {
	const char *id, *source;
	uint64_t ordinal;
};

/*
 * Begin the files of PREFIX.  width: bytes per token, 2 or 4.  loss: write the loss mask,
 * if the layout has one.  *o is to be ended by layout_out_commit or layout_out_abort.  0,
 * or -1 with *err.
 */
int layout_out_open(struct layout_out **o, const struct token_layout *l,
    const char *prefix, uint32_t width, bool loss, struct err *err);
/* Append n tokens of `width` bytes, little-endian, which have loss or not. */
int layout_out_put(
    struct layout_out *o, const void *tokens, size_t n, bool loss, struct err *err);
/* End a document, or the part of it that is in a sample.  from: NULL for pad. */
int layout_out_end(
    struct layout_out *o, const struct layout_origin *from, struct err *err);
uint64_t layout_out_tokens(const struct layout_out *o); /* appended so far */
/* Publish all files, the tokens last.  Frees o, also on failure. */
int layout_out_commit(struct layout_out *o, struct err *err);
void layout_out_abort(struct layout_out *o); /* NULL is fine */

#endif
