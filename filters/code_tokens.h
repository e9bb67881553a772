/*
 * code_tokens.h - source text to hashed features, for a linear model of languages.
 *
 * A text is cut into tokens: identifiers, numbers, operators, doubled punctuation, runs
 * outside ASCII, line ends.  Features are tokens alone, two and three in a row, the first
 * and the third of three, the first and the last of a line, and how lines are indented.
 * Which features there are counts, not how often: the bag is a set.
 */
#ifndef TAMIS_CODE_TOKENS_H
#define TAMIS_CODE_TOKENS_H

#include <stdint.h>

#include "lib/span.h"

enum {
	CODE_BAG_MAX = 8192, /* features */
	CODE_BAG_BITS = 16,  /* of a hash: features that agree in them are one */
	CODE_TEXT_HEAD =
	    8192,	      /* bytes of a text that are looked at: from its beginning */
	CODE_TEXT_TAIL = 1024 /* and from its end */
};

struct code_bag {
	uint64_t hash[CODE_BAG_MAX + 1]; /* the last is never one */
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
