/* hash_avx2.h - inside hash.c: xxHash3 of long inputs with AVX2 instructions. */
#ifndef TAMIS_HASH_AVX2_H
#define TAMIS_HASH_AVX2_H

#include "lib/base/hash.h"

/* The same values as those of xxHash3 without them.  On x86-64, the CPU must have AVX2.
 */
uint64_t hash64_avx2(struct span s, uint64_t seed);
struct hash128 hash128_avx2(struct span s, uint64_t seed);
void hasher_add_avx2(void *state, struct span s); /* state: XXH3_state_t */

#endif
