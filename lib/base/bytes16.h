/* bytes16.h - 16 bytes at once, in the registers that all x86-64 and arm64 machines have.
 */
#ifndef TAMIS_BYTES16_H
#define TAMIS_BYTES16_H

/* Undefined: no such registers, and callers need other code. */
#if defined(__SSE2__) || (defined(__aarch64__) && !defined(__AARCH64EB__))
#define BYTES16

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#else
#include <arm_neon.h>
#endif

/* Operators apply to each byte; of a comparison, a true one becomes -1. */
typedef int8_t bytes16 __attribute__((vector_size(16)));

static inline bytes16
bytes16_load(const void *p)
{
	bytes16 v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Whether bit 7 of any byte is set. */
static inline bool
bytes16_any(bytes16 v)
{
#if defined(__SSE2__)
	return _mm_movemask_epi8((__m128i)v) != 0;
#else
	return vmaxvq_u8((uint8x16_t)v) >= 0x80;
#endif
}

/* The index of the first byte that is -1; the others are 0 or -1, and not all are 0. */
static inline size_t
bytes16_first(bytes16 v)
{
#if defined(__SSE2__)
	return (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8((__m128i)v));
#else
	const uint8x8_t nibbles = vshrn_n_u16((uint16x8_t)v, 4);
	uint64_t mask;

	memcpy(&mask, &nibbles, sizeof mask);
	return (size_t)__builtin_ctzll(mask) / 4;
#endif
}

/* A bit for each byte of four vectors, in order: bit 7 of the byte. */
static inline uint64_t
bytes16_mask(bytes16 a, bytes16 b, bytes16 c, bytes16 d)
{
#if defined(__SSE2__)
	return (uint64_t)(unsigned)_mm_movemask_epi8((__m128i)a) |
	       (uint64_t)(unsigned)_mm_movemask_epi8((__m128i)b) << 16 |
	       (uint64_t)(unsigned)_mm_movemask_epi8((__m128i)c) << 32 |
	       (uint64_t)(unsigned)_mm_movemask_epi8((__m128i)d) << 48;
#else
	const bytes16 bit = { 1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64,
		-128 };
	const bytes16 ab = vpaddq_s8((a < 0) & bit, (b < 0) & bit),
		      cd = vpaddq_s8((c < 0) & bit, (d < 0) & bit),
		      sums = vpaddq_s8(ab, cd), sum = vpaddq_s8(sums, sums);
	uint64_t mask;

	memcpy(&mask, &sum, sizeof mask);
	return mask;
#endif
}
#endif

#endif
