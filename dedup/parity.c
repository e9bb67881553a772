/* parity.c - bitmaps that show quickly that two sets have too little in common. */
#include "dedup/parity.h"

enum { WORDS_MIN = 8 };

size_t
parity_words(uint64_t n)
{
	size_t words = WORDS_MIN;

	/* Two to four bits for each element. */
	while (words < n / 32)
		words *= 2;
	return words;
}

void
parity_fill(struct parity *p, const uint64_t *hash)
{
	for (uint64_t i = 0; i < p->n; i++)
		p->word[hash[i] / 64 & (p->words - 1)] ^= UINT64_C(1) << hash[i] % 64;
}

/* The number of bits that differ, or any above `allowed`.  The larger bitmap folds onto
 * the smaller one. */
static inline __attribute__((always_inline)) uint64_t
difference(const struct parity *small, const struct parity *large, uint64_t allowed)
{
	uint64_t n = 0;

	for (size_t i = 0; i < small->words && n <= allowed; i++) {
		uint64_t w = small->word[i];

		for (size_t k = i; k < large->words; k += small->words)
			w ^= large->word[k];
		n += (uint64_t)__builtin_popcountll(w);
	}
	return n;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static uint64_t
difference_popcnt(
    const struct parity *small, const struct parity *large, uint64_t allowed)
{
	return difference(small, large, allowed);
}
#endif

bool
parity_excludes(const struct parity *a, const struct parity *b, uint64_t need)
{
	const struct parity *small = a->words <= b->words ? a : b,
			    *large = a->words <= b->words ? b : a;
	const uint64_t allowed = a->n + b->n - 2 * need;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt"))
		return difference_popcnt(small, large, allowed) > allowed;
#endif
	return difference(small, large, allowed) > allowed;
}
