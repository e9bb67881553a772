/*
 * normalizer.h - rewrite a text as SentencePiece does before it encodes it.
 *
 * SentencePiece rewrites and encodes in one call, which takes more than linear time.  A
 * text that is rewritten can be encoded in parts.
 */
#ifndef TAMIS_NORMALIZER_H
#define TAMIS_NORMALIZER_H

#include "lib/base/mem.h"
#include "tok/model.h"

struct normalizer;

/* By the normalizer_spec of m, which must live as long.  Many threads may use one. */
struct normalizer *normalizer_new(const struct model *m);
void normalizer_free(struct normalizer *z); /* NULL is fine */
/* Append s, rewritten.  Linear time. */
void normalize(const struct normalizer *z, struct span s, struct buf *b);

#endif
