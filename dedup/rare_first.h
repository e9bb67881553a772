/* rare_first.h - sets whose elements are numbered, the rarest first. */
#ifndef TAMIS_RARE_FIRST_H
#define TAMIS_RARE_FIRST_H

#include <stdint.h>

#include "lib/base/mem.h"

struct rare_set {
	uint64_t from; /* of its elements in the array of all */
	uint32_t size;
	uint32_t shared; /* elements that other sets have, too: only these stay */
};

/* Zero it to begin; release with rare_sets_free. */
struct rare_sets {
	struct rare_set *v;
	uint32_t n;
	size_t cap;
	uint64_t elements; /* the sum of all sizes */
	uint64_t *hash;	   /* of all elements, until rare_sets_order */
	size_t hash_cap;
	/* Afterwards: the rank of each shared element, by the number of its sets.  The
	 * ranks of a set ascend. */
	uint32_t *rank;
	uint32_t ranks; /* distinct ones */
};

/* Add a set of n hashes, sorted and without repetitions.  Returns its index. */
uint32_t rare_sets_add(struct rare_sets *x, const uint64_t *hash, uint32_t n);
/* After the last set: replace the hashes. */
void rare_sets_order(struct rare_sets *x);
/* The shared elements of a set. */
static inline const uint32_t *
rare_set(const struct rare_sets *x, uint32_t set)
{
	return x->rank + x->v[set].from;
}
/* The number of elements that two sets have in common; maybe less if below `need`. */
uint64_t rare_sets_common(
    const struct rare_sets *x, uint32_t a, uint32_t b, uint64_t need);
void rare_sets_free(struct rare_sets *x);

#endif
