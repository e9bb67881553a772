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
xxh3_64_avx2(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}

void
xxh3_128_avx2(const void *p, size_t n, uint64_t seed, uint64_t *lo, uint64_t *hi)
{
	const XXH128_hash_t h = XXH3_128bits_withSeed(p, n, seed);

	*lo = h.low64;
	*hi = h.high64;
}

void
xxh3_add_avx2(void *state, const void *p, size_t n)
{
	XXH3_128bits_update(state, p, n);
}

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
