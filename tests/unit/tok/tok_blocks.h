/* tok_blocks.h - ids that come in blocks give what they give as a whole. */
#ifndef TOK_BLOCKS_H
#define TOK_BLOCKS_H

#include "tests/unit/tok/tok_compare.h"

/* Encode s with ids that go away in blocks of about `most`: they are those of
 * want. */
void same_blocks(
    const struct both *b, const char *s, size_t n, size_t most, struct token_ids want);
/* Decode n ids in two parts: the text is `want`. */
void same_parts(const struct both *b, const uint32_t *ids, size_t n, size_t first,
    const char *want, size_t len);
/* The losses of ids that come one by one are those of the decoded text. */
void same_losses(const struct both *b, const char *s, size_t n, struct token_ids ids);

#endif
