/*
 * code_features.h - hashed features of source text, for a linear model of languages.
 *
 * A text is split into tokens: identifiers, numbers, operators, runs of one punctuation
 * character, runs of non-ASCII bytes, line ends.  The shape of an identifier is the set
 * of byte kinds in it and whether it begins with a capital; any other token is its own
 * shape.
 *
 * The features are: a token; a token with the one before it; a token with the one before
 * that; the first and the last token of a line; a shape with the token before it; a shape
 * with the two shapes before it; and the indentation of a line with the kind of the byte
 * after it.  Features form a set: how often one occurs does not matter.
 */
#ifndef TAMIS_CODE_FEATURES_H
#define TAMIS_CODE_FEATURES_H

#include <stdint.h>

#include "lib/base/span.h"

enum {
	CODE_FEATURES_MAX = 8192,
	CODE_FEATURES_MIN = 4,	/* a training sample with fewer is skipped */
	CODE_FEATURE_BITS = 16, /* of a feature's hash */
	/* Only the beginning and the end of a text are examined: bytes of each. */
	CODE_HEAD_BYTES = 8192,
	CODE_TAIL_BYTES = 1024
};

struct code_features {
	uint32_t feature[CODE_FEATURES_MAX + 1]; /* the last is scratch */
	size_t n;
	uint64_t seen[(1 << CODE_FEATURE_BITS) / 64];
};

/* Empty the set; needed before the first code_features_add(). */
void code_features_clear(struct code_features *f);
/* Add the features of text that begins at the start of a line, until the set is full. */
void code_features_add(struct code_features *f, struct span text);
/* Set f to the features of the beginning and the end of a text. */
void code_features_of_text(struct code_features *f, struct span text);

#endif
