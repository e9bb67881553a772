/* hash_avx2.h - inside hash.c: xxHash3 of long inputs with AVX2 instructions. */
#ifndef TAMIS_HASH_AVX2_H
#define TAMIS_HASH_AVX2_H

#include <stddef.h>
#include <stdint.h>

/* The same values as those of xxHash3 without them.  On x86-64, the CPU must have AVX2.
 */
uint64_t xxh3_64_avx2(const void *p, size_t n, uint64_t seed);
void xxh3_128_avx2(const void *p, size_t n, uint64_t seed, uint64_t *lo, uint64_t *hi);
void xxh3_add_avx2(void *state, const void *p, size_t n); /* state: XXH3_state_t */

#endif
