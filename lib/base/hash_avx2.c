/* hash_avx2.c - xxHash3 of long inputs with AVX2 instructions. */
#include "lib/base/hash_avx2.h"

#if defined(__x86_64__)
/* Before the functions of xxhash.h, which are all static here, become AVX2 code. */
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define XXH_VECTOR 2 /* XXH_AVX2 */
#endif
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
hash64_avx2(struct span s, uint64_t seed)
{
	return XXH3_64bits_withSeed(s.p, s.n, seed);
}

struct hash128
hash128_avx2(struct span s, uint64_t seed)
{
	const XXH128_hash_t h = XXH3_128bits_withSeed(s.p, s.n, seed);

	return (struct hash128){ h.low64, h.high64 };
}

void
hasher_add_avx2(void *state, struct span s)
{
	XXH3_128bits_update(state, s.p, s.n);
}

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
