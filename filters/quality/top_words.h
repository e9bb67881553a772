/* top_words.h - how often words come, in bounded memory: the frequent ones exactly
 * enough. */
#ifndef TAMIS_TOP_WORDS_H
#define TAMIS_TOP_WORDS_H

#include <stdint.h>

#include "lib/base/mem.h"

struct counted {
	struct span word;
	uint64_t n;
};

/*
 * Zero it to begin.  Counts are exact as long as there are no more than WORDCOUNT_MAX
 * different words; then all are lowered together, and none by more than two in so many
 * of all words (Misra and Gries, "Finding repeated elements", 1982).
 */
enum { WORDCOUNT_MAX = 1 << 16 };
struct wordcount {
	struct counted *v;
	size_t n, cap;
	uint32_t *slot;
	size_t mask;
	struct arena mem;
};

void wordcount_add(struct wordcount *c, struct span word, uint64_t n);
/* The most frequent first, equal ones by their bytes; nothing can be added any more. */
void wordcount_sort(struct wordcount *c);
void wordcount_free(struct wordcount *c);

#endif
