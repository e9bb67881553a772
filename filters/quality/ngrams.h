/* ngrams.h - n-grams of words by numbers: which are the same, and how often they come. */
#ifndef TAMIS_NGRAMS_H
#define TAMIS_NGRAMS_H

#include "filters/quality/measure.h"

/* n-grams of one n.  Equal ones have equal numbers, given in the order of the text. */
struct ngrams {
	const struct words *w;
	size_t n, positions;   /* w->n - n + 1 */
	const uint32_t *of;    /* position -> number; NGRAM_ONCE: it is there once */
	const uint32_t *count; /* number -> how often */
	const uint32_t *first; /* number -> its first position */
	uint32_t numbers;
};
#define NGRAM_ONCE UINT32_MAX

/*
 * Number the n-grams of w for n from 2 on up to `to`, and call `see` for each n from
 * `from` on that the text has words enough for.  Uses m's table and arrays 0 to 4.
 */
void ngrams_each(struct measure *m, const struct words *w, size_t from, size_t to,
    void (*see)(void *ctx, const struct ngrams *g), void *ctx);

/* A number for each different word of w, in the order of the text: into of[], how often
 * it comes into count[].  Returns how many there are.  Uses m's table and array 4. */
size_t ngrams_number_words(
    struct measure *m, const struct words *w, uint32_t *of, uint32_t *count);

/* The position of the most frequent one, the first among equals; *most: how often. */
size_t ngrams_first_top(const struct ngrams *g, size_t *most);

/* Characters of all words that are in an n-gram which comes twice; at: measure_char_at.
 */
size_t ngrams_covered(const struct ngrams *g, const uint32_t *at);

/* Features that several sets have, each with its own definition: of the most frequent
 * n-grams of 2 to 4 words from number `top` on, of repeated ones of 5 to 10 from `dup`.
 */
#define NGRAM_FEATURES(set, top, dup)                                                    \
	[top] = { set ".top_2_gram", 6 }, [(top) + 1] = { set ".top_3_gram", 6 },        \
	[(top) + 2] = { set ".top_4_gram", 6 }, [dup] = { set ".dup_5_grams", 6 },       \
	[(dup) + 1] = { set ".dup_6_grams", 6 },                                         \
	[(dup) + 2] = { set ".dup_7_grams", 6 },                                         \
	[(dup) + 3] = { set ".dup_8_grams", 6 },                                         \
	[(dup) + 4] = { set ".dup_9_grams", 6 },                                         \
	[(dup) + 5] = { set ".dup_10_grams", 6 }

static inline size_t
ngram_count(const struct ngrams *g, size_t position)
{
	return g->of[position] == NGRAM_ONCE ? 1 : g->count[g->of[position]];
}

/* Words i to i + n as they stand one behind the other. */
static inline struct span
gram(const struct words *w, size_t i, size_t n)
{
	return (struct span){ w->bytes + w->at[i], w->at[i + n] - w->at[i] };
}

/* For tables: cheap, and good enough for their lower bits. */
static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	uint64_t v =
	    ((a ^ UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0x9fb21c651e98df25) + b) *
	    UINT64_C(0xd6e8feb86659fd93);

	return v ^ v >> 32;
}

static inline uint64_t
load(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* The first 8 bytes of word i; zeros where it is shorter.  Words are followed by zeros.
 */
static inline uint64_t
word_key(const struct words *w, size_t i)
{
	size_t n = w->at[i + 1] - w->at[i];
	uint64_t v = load(w->bytes + w->at[i]);

	return n < 8 ? v & (((uint64_t)1 << 8 * n) - 1) : v;
}

#endif
