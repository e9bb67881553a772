/* bits.c - a growing set of document numbers, one bit each. */
#include "dedup/bits.h"

#include <stdlib.h>

void
bits_add(struct bitset *b, uint64_t i)
{
	const size_t w = (size_t)(i / 64);

	if (w >= b->n) {
		const size_t n = w + w / 4 + 64;

		b->word = xrealloc(b->word, n, sizeof *b->word);
		memset(b->word + b->n, 0, (n - b->n) * sizeof *b->word);
		b->n = n;
	}
	b->word[w] |= UINT64_C(1) << i % 64;
}

uint64_t
bits_index(struct bitset *b)
{
	uint64_t members = 0;

	b->before = xrealloc(b->before, b->n + 1, sizeof *b->before);
	for (size_t i = 0; i < b->n; i++) {
		b->before[i] = members;
		members += (uint64_t)__builtin_popcountll(b->word[i]);
	}
	return members;
}

void
bits_free(struct bitset *b)
{
	free(b->word);
	free(b->before);
	*b = (struct bitset){ 0 };
}
