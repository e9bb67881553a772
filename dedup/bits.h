/* bits.h - a growing set of document numbers, one bit each. */
#ifndef TAMIS_BITS_H
#define TAMIS_BITS_H

#include <stdint.h>

#include "lib/base/mem.h"

/* Zero it to begin; release with bits_free. */
struct bitset {
	uint64_t *word;
	size_t n; /* words; all further bits are 0 */
	/* By bits_index: the members before each word. */
	uint64_t *before;
};

void bits_add(struct bitset *b, uint64_t i);
/* Number the members from 0 in ascending order, for bits_number.  Returns how many. */
uint64_t bits_index(struct bitset *b);
void bits_free(struct bitset *b);

static inline bool
bits_has(const struct bitset *b, uint64_t i)
{
	return i / 64 < b->n && (b->word[i / 64] >> i % 64 & 1);
}

/* The number of member i.  No member was added since bits_index. */
static inline uint64_t
bits_number(const struct bitset *b, uint64_t i)
{
	const uint64_t below = b->word[i / 64] & ((UINT64_C(1) << i % 64) - 1);

	return b->before[i / 64] + (uint64_t)__builtin_popcountll(below);
}

#endif
