/*
 * code_features.h - source text to hashed features, for a linear model of languages.
 *
 * A text is cut into tokens: identifiers, numbers, operators, doubled punctuation, runs
 * outside ASCII, line ends.  An identifier has a shape: which kinds of bytes are in it,
 * and whether it begins with a capital; any other token is its own shape.  Features are:
 * a token; a token and the one before it, the one before that, or none as the first of a
 * line; the last of a line; a shape and the token before it; a shape and the two shapes
 * before it; how a line is indented, with the kind of what follows.  Which features there
 * are counts, not how often: the bag is a set.
 */
#ifndef TAMIS_CODE_FEATURES_H
#define TAMIS_CODE_FEATURES_H

#include <stdint.h>

#include "lib/base/span.h"

enum {
	CODE_BAG_MAX = 8192, /* features */
	CODE_BAG_MIN = 4,    /* fewer say nothing */
	CODE_BAG_BITS = 16,  /* of a feature: those that agree in them are one */
	/* Bytes of a text that are looked at, of its beginning and of its end. */
	CODE_TEXT_HEAD = 8192,
	CODE_TEXT_TAIL = 1024
};

struct code_bag {
	uint32_t feature[CODE_BAG_MAX + 1]; /* the last is never one */
	size_t n;
	uint64_t seen[(1 << CODE_BAG_BITS) / 64];
};

void code_bag_clear(struct code_bag *b);
/* Add the features of a stretch of text that begins with a line, until the bag is full.
 */
void code_bag_add(struct code_bag *b, struct span text);
/* The features of what codeid looks at of a text: its head and its tail. */
void code_bag_of(struct code_bag *b, struct span text);

#endif
