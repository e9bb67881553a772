/* ngrams.h - number the n-grams of words, so that equal ones have equal ids. */
#ifndef TAMIS_NGRAMS_H
#define TAMIS_NGRAMS_H

#include "filters/quality/measure.h"

/* The n-grams of a text for one n.  Ids are given in the order of the text. */
struct ngrams {
	const struct words *w;
	size_t n, positions;   /* n-grams of the text: w->n - n + 1 */
	const uint32_t *id;    /* by position; NGRAM_ONCE: known to occur once */
	const uint32_t *count; /* by id: occurrences */
	const uint32_t *first; /* by id: position of the first occurrence */
	uint32_t nids;
};
#define NGRAM_ONCE UINT32_MAX

/*
 * Number the n-grams of w for n = 2 to max, and call visit() for each n, in this order,
 * as long as the text has n words.  Uses the table and SCRATCH_*_IDS, SCRATCH_COUNTS and
 * SCRATCH_FIRSTS of m.
 */
void ngrams_each(struct measure *m, const struct words *w, size_t max,
    void (*visit)(void *ctx, const struct ngrams *g), void *ctx);

/* Number the different words of w: ids go to id[w->n], their occurrences to count[w->n].
 * Returns how many ids there are.  Uses the table and SCRATCH_FIRSTS of m. */
size_t ngrams_number_words(
    struct measure *m, const struct words *w, uint32_t *id, uint32_t *count);

/* Position of the most frequent n-gram, of equals the first; *most: its occurrences. */
size_t ngrams_first_top(const struct ngrams *g, size_t *most);

/* Code points of all words that are part of an n-gram with two or more occurrences;
 * char_at: of measure_char_at(). */
size_t ngrams_covered(const struct ngrams *g, const uint32_t *char_at);

/*
 * Gopher's repetition features (Rae et al., arXiv:2112.11446, table A1), which several
 * rule sets have, each with its own definition: first the share of the most frequent 2-,
 * 3- and 4-gram, then the share of repeated 5- to 10-grams.
 */
enum { NGRAM_TOPS = 3, NGRAM_VALUES = 9 };

/* Feature rows, from feature number `first` on. */
#define NGRAM_FEATURES(set, first)                                                       \
	[first] = { set ".top_2_gram", 6 }, [(first) + 1] = { set ".top_3_gram", 6 },    \
	[(first) + 2] = { set ".top_4_gram", 6 },                                        \
	[(first) + 3] = { set ".dup_5_grams", 6 },                                       \
	[(first) + 4] = { set ".dup_6_grams", 6 },                                       \
	[(first) + 5] = { set ".dup_7_grams", 6 },                                       \
	[(first) + 6] = { set ".dup_8_grams", 6 },                                       \
	[(first) + 7] = { set ".dup_9_grams", 6 },                                       \
	[(first) + 8] = { set ".dup_10_grams", 6 }

/* The rules on these features, with Gopher's bounds; top, dup: their sources. */
#define NGRAM_RULE(id, feature, unit, bound, source)                                     \
	{                                                                                \
		id, feature, RULE_MAX, unit, bound, source                               \
	}
#define NGRAM_RULES(set, first, unit, top, dup)                                          \
	NGRAM_RULE(set ".max_top_2_gram", first, unit, 0.2, top),                        \
	    NGRAM_RULE(set ".max_top_3_gram", (first) + 1, unit, 0.18, top),             \
	    NGRAM_RULE(set ".max_top_4_gram", (first) + 2, unit, 0.16, top),             \
	    NGRAM_RULE(set ".max_dup_5_grams", (first) + 3, unit, 0.15, dup),            \
	    NGRAM_RULE(set ".max_dup_6_grams", (first) + 4, unit, 0.14, dup),            \
	    NGRAM_RULE(set ".max_dup_7_grams", (first) + 5, unit, 0.13, dup),            \
	    NGRAM_RULE(set ".max_dup_8_grams", (first) + 6, unit, 0.12, dup),            \
	    NGRAM_RULE(set ".max_dup_9_grams", (first) + 7, unit, 0.11, dup),            \
	    NGRAM_RULE(set ".max_dup_10_grams", (first) + 8, unit, 0.1, dup)

/* What a rule set's own definition of these features may use. */
struct ngram_text {
	struct measure *m;
	const struct words *w;
	const uint32_t *char_at; /* of measure_char_at() */
	size_t chars;		 /* code points of all words */
};
typedef double ngram_value(const struct ngram_text *t, const struct ngrams *g);

/* Prepare the words of w, which may be any list of words. */
struct ngram_text ngram_text_of(struct measure *m, const struct words *w);
/*
 * Fill in the NGRAM_VALUES features of a text: top() defines those of n = 2 to 4, dup()
 * those of n = 5 to 10.  `none` is the value for texts of fewer than n words.
 */
void ngrams_measure(const struct ngram_text *t, ngram_value *top, ngram_value *dup,
    double none, double value[NGRAM_VALUES]);

static inline size_t
ngram_count(const struct ngrams *g, size_t position)
{
	return g->id[position] == NGRAM_ONCE ? 1 : g->count[g->id[position]];
}

/* The bytes of words i to i + n - 1, without anything between them. */
static inline struct span
ngram_span(const struct words *w, size_t i, size_t n)
{
	return (struct span){ w->bytes + w->at[i], w->at[i + n] - w->at[i] };
}

/* A hash of two numbers for tables: cheap, with well mixed low bits. */
static inline uint64_t
ngram_mix(uint64_t a, uint64_t b)
{
	uint64_t v =
	    ((a ^ UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0x9fb21c651e98df25) + b) *
	    UINT64_C(0xd6e8feb86659fd93);

	return v ^ v >> 32;
}

static inline uint64_t
load64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* The first 8 bytes of word i, padded with zeros.  The read stays in bounds because 64
 * zeros follow the last word. */
static inline uint64_t
word_prefix(const struct words *w, size_t i)
{
	size_t n = w->at[i + 1] - w->at[i];
	uint64_t v = load64(w->bytes + w->at[i]);

	return n < 8 ? v & (((uint64_t)1 << 8 * n) - 1) : v;
}

#endif
