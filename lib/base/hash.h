/* hash.h - 64- and 128-bit hashes, one-shot and streaming, by xxHash3. */
#ifndef TAMIS_HASH_H
#define TAMIS_HASH_H

#include <stdint.h>

#include "lib/base/span.h"

struct hash128 {
	uint64_t lo, hi;
};

uint64_t hash64(struct span s, uint64_t seed);	      /* XXH3-64 */
struct hash128 hash128(struct span s, uint64_t seed); /* XXH3-128 */

static inline bool
hash128_eq(struct hash128 a, struct hash128 b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

struct hasher; /* streaming XXH3-128, seed 0 */
struct hasher *hasher_new(void);
void hasher_add(struct hasher *h, struct span s);
struct hash128 hasher_sum(const struct hasher *h);
void hasher_free(struct hasher *h);

/* 32 lower-case hex digits, canonical (big-endian) order, and a NUL. */
void hash128_hex(struct hash128 h, char out[33]);

#endif
