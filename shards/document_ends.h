/* document_ends.h - read where documents end from the files of other programs. */
#ifndef SHARDS_DOCUMENT_ENDS_H
#define SHARDS_DOCUMENT_ENDS_H

#include "shards/layouts.h"

struct document_ends;

/*
 * Open the file that has the ends of documents in a layout.  *d is NULL if there is none
 * and the layout does without; it is to be closed by document_ends_close, also after -1
 * with *err.
 */
int document_ends_open(
    struct document_ends **d, enum layout_kind kind, const char *path, struct err *err);
/* The next end, in tokens: 1; 0 after the last one; -1 with *err. */
int document_ends_next(struct document_ends *d, uint64_t *end, struct err *err);
/* The id of the document of the last end, until the next one; NULL: it has none. */
const char *document_ends_id(const struct document_ends *d);
/* Megatron: bytes per token. */
uint32_t document_ends_width(const struct document_ends *d);
void document_ends_close(struct document_ends *d); /* NULL is fine */

#endif
