/* permute.h - a random-looking order of 0..n-1 that needs no memory. */
#ifndef TAMIS_PERMUTE_H
#define TAMIS_PERMUTE_H

#include <stdint.h>

#include "lib/base/span.h"

enum { PERMUTE_ROUNDS = 6 };

struct permute {
	uint64_t n;
	uint64_t mask; /* of one half */
	unsigned half; /* bits */
	uint64_t key[PERMUTE_ROUNDS];
};

/*
 * The order of the n (at most 2^62) samples of one epoch of one source.  It depends on
 * nothing else, so adding a source leaves the others in their order.
 */
void permute_init(
    struct permute *p, uint64_t n, uint64_t seed, struct span source, uint64_t epoch);

/* The number at place i < n; a bijection. */
uint64_t permute_at(const struct permute *p, uint64_t i);
/* The place of a number < n. */
uint64_t permute_inverse(const struct permute *p, uint64_t number);

#endif
