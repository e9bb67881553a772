/* permute.h - a pseudo-random permutation of 0..n-1 in constant memory. */
#ifndef TAMIS_PERMUTE_H
#define TAMIS_PERMUTE_H

#include <stdint.h>

#include "lib/base/span.h"

enum { PERMUTE_ROUNDS = 6 };

struct permute {
	uint64_t n;
	uint64_t mask; /* of one half of a number */
	unsigned half; /* bits */
	uint64_t key[PERMUTE_ROUNDS];
};

/*
 * The permutation of the n samples, at most 2^62, of one epoch of one source.  It depends
 * on the arguments only, so adding a source does not reorder the others.
 */
void permute_init(
    struct permute *p, uint64_t n, uint64_t seed, struct span source, uint64_t epoch);

/* The image of i < n. */
uint64_t permute_at(const struct permute *p, uint64_t i);
/* The i < n whose image is `number`. */
uint64_t permute_inverse(const struct permute *p, uint64_t number);

#endif
