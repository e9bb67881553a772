/* alphabet.h - the characters that get a piece of their own, chosen by their counts. */
#ifndef TAMIS_ALPHABET_H
#define TAMIS_ALPHABET_H

#include <stdint.h>

#include "lib/base/mem.h"

#define ALPHABET_SPACE 0x2581u

struct letter {
	uint32_t c; /* code point */
	uint64_t count;
	bool required;
};

/* Zero it to begin. */
struct alphabet {
	uint64_t *count; /* of each code point */
	uint64_t all;	 /* characters counted */

	/* Set by alphabet_choose. */
	struct letter *letter; /* most frequent first, then by code point */
	size_t n;
	uint32_t *id; /* of each code point: its place in letter + 1; 0: none */
};

/* Count the characters of a word (word_split.h); ' ' is U+2581. */
void alphabet_add(struct alphabet *a, struct span word, uint64_t count);
/*
 * Choose the characters that make up `coverage` of those counted, the required ones
 * first.  Their number is a->n.
 */
void alphabet_choose(struct alphabet *a, double coverage, struct span required);
void alphabet_free(struct alphabet *a);

#endif
