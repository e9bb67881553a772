/*
 * pairs.h - pairs of adjacent symbols with their counts, the words that have them, and a
 * heap that finds the most frequent one.
 *
 * Counts only fall after a pair was added.  The heap keeps the count of that time, and
 * corrects it when the pair comes to the top.
 */
#ifndef TAMIS_PAIRS_H
#define TAMIS_PAIRS_H

#include "tok/train/bpe_symbols.h"
#include "tok/train/pair_lists.h"

struct symbol_pair {
	uint32_t left, right; /* left PAIR_NONE: a free slot */
	uint64_t count;
	struct pair_list words; /* also some that have the pair no more */
};

#define PAIR_NONE UINT32_MAX

struct heap_entry {
	uint64_t count;
	uint32_t left, right;
};

/* Zero it to begin. */
struct pairs {
	const struct bpe_symbols *symbols; /* borrowed */
	struct symbol_pair *slot;	   /* a hash table of 2^bits */
	unsigned bits;
	size_t n;
	struct heap_entry *heap;
	size_t heap_n, heap_cap;
	struct chunk_pool pool;
};

/* The pair, or NULL.  Valid until the next pairs_add. */
struct symbol_pair *pairs_find(const struct pairs *p, uint32_t left, uint32_t right);
/* Add a pair that is missing, to the table only.  Valid until the next pairs_add. */
struct symbol_pair *pairs_add(struct pairs *p, struct symbol_pair new);
/* Put a pair into the heap. */
void pairs_push(struct pairs *p, const struct symbol_pair *pair);
/* The first of the pairs with the largest count, or NULL if no count is at least
 * `least`.  Ties: bpe_symbols_order, then the symbols. */
struct symbol_pair *pairs_top(struct pairs *p, uint64_t least);
/* Remove the top of the heap, which is not empty. */
void pairs_pop(struct pairs *p);
/* Set the count to 0 and free the words. */
void pairs_empty(struct pairs *p, struct symbol_pair *pair);
/* Remove all pairs with a count below `least`, and fill the heap with the others. */
void pairs_compact(struct pairs *p, uint64_t least);
void pairs_free(struct pairs *p);

#endif
