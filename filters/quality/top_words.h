/* top_words.h - count words in bounded memory; the frequent ones are counted well. */
#ifndef TAMIS_TOP_WORDS_H
#define TAMIS_TOP_WORDS_H

#include <stdint.h>

#include "lib/base/mem.h"

struct word_count {
	struct span word;
	uint64_t n;
};

/*
 * Counts are exact up to TOP_WORDS_MAX different words.  Beyond that, every word's count
 * is too low by at most 2 / TOP_WORDS_MAX of all words counted (Misra and Gries,
 * "Finding repeated elements", 1982).  Zero it to begin.
 */
enum { TOP_WORDS_MAX = 1 << 16 };
struct top_words {
	struct word_count *v;
	size_t n, cap;
	uint32_t *slot; /* hash table: index into v + 1, 0 if free */
	size_t mask;
	struct arena mem; /* holds the words */
};

/* Count n occurrences of a word, which is copied. */
void top_words_add(struct top_words *c, struct span word, uint64_t n);
/* Sort v by descending count, then by bytes.  top_words_add() may not follow. */
void top_words_sort(struct top_words *c);
void top_words_free(struct top_words *c);

#endif
