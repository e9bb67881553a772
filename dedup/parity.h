/*
 * parity.h - bitmaps that show quickly that two sets have too little in common.
 *
 * A parity bitmap has a 1 where an odd number of elements have a bit.  The bits in which
 * two bitmaps differ are at most as many as the elements that only one of the sets has.
 * So a pair of sets that parity_excludes is never similar.
 */
#ifndef TAMIS_PARITY_H
#define TAMIS_PARITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parity {
	uint64_t n;	/* elements of the set */
	uint64_t *word; /* the bitmap; borrowed */
	size_t words;	/* parity_words(n) */
};

/* The words of the bitmap of n elements: a power of two. */
size_t parity_words(uint64_t n);
/* Fill p->word, all 0 before, for p->n distinct hashes. */
void parity_fill(struct parity *p, const uint64_t *hash);
/* Whether two sets surely have less than `need` elements in common.  need: at most the
 * size of either. */
bool parity_excludes(const struct parity *a, const struct parity *b, uint64_t need);

#endif
