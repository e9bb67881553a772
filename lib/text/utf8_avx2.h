/* utf8_avx2.h - inside lib/text: look for ill-formed UTF-8 in 32 bytes at a time. */
#ifndef TAMIS_UTF8_AVX2_H
#define TAMIS_UTF8_AVX2_H

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

/*
 * Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte" (2021):
 * three 16-entry look-ups classify each pair of adjacent bytes, and their AND is the set
 * of errors.  Saturating subtraction checks third and fourth bytes.
 */
enum {
	SHORT = 1,
	LONG = 2,
	OVER3 = 4,
	LARGE = 8,
	SURROGATE = 16,
	OVER2 = 32,
	LARGE_1000 = 64,
	OVER4 = 64,
	TWO = 128,
	CARRY = SHORT | LONG | TWO,
};

static const uint8_t utf8_first_high[16] = { LONG, LONG, LONG, LONG, LONG, LONG, LONG,
	LONG, TWO, TWO, TWO, TWO, SHORT | OVER2, SHORT, SHORT | OVER3 | SURROGATE,
	SHORT | LARGE | LARGE_1000 | OVER4 };
static const uint8_t utf8_first_low[16] = { CARRY | OVER3 | OVER2 | OVER4, CARRY | OVER2,
	CARRY, CARRY, CARRY | LARGE, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000 | SURROGATE,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000 };
static const uint8_t utf8_second_high[16] = { SHORT, SHORT, SHORT, SHORT, SHORT, SHORT,
	SHORT, SHORT, LONG | OVER2 | TWO | OVER3 | LARGE_1000 | OVER4,
	LONG | OVER2 | TWO | OVER3 | LARGE, LONG | OVER2 | TWO | SURROGATE | LARGE,
	LONG | OVER2 | TWO | SURROGATE | LARGE, SHORT, SHORT, SHORT, SHORT };

__attribute__((target("avx2"))) static inline __m256i
utf8_table(const uint8_t t[16])
{
	return _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const __m128i *)(const void *)t));
}

/*
 * Not 0 if v, the bytes that follow prev, has an ill-formed sequence.  A sequence that v
 * cuts at its end is ill-formed only in the bytes that follow.
 */
__attribute__((target("avx2"))) static inline __m256i
utf8_errors(__m256i prev, __m256i v)
{
	const __m256i low = _mm256_set1_epi8(15), top = _mm256_set1_epi8((char)0x80);
	const __m256i shift = _mm256_permute2x128_si256(prev, v, 0x21);
	const __m256i p1 = _mm256_alignr_epi8(v, shift, 15);
	const __m256i p2 = _mm256_alignr_epi8(v, shift, 14);
	const __m256i p3 = _mm256_alignr_epi8(v, shift, 13);
	const __m256i first = _mm256_and_si256(
	    _mm256_shuffle_epi8(utf8_table(utf8_first_high),
		_mm256_and_si256(_mm256_srli_epi16(p1, 4), low)),
	    _mm256_shuffle_epi8(utf8_table(utf8_first_low), _mm256_and_si256(p1, low)));
	const __m256i second = _mm256_shuffle_epi8(
	    utf8_table(utf8_second_high), _mm256_and_si256(_mm256_srli_epi16(v, 4), low));
	const __m256i must = _mm256_and_si256(
	    _mm256_or_si256(_mm256_subs_epu8(p2, _mm256_set1_epi8(0xe0 - 0x80)),
		_mm256_subs_epu8(p3, _mm256_set1_epi8((char)(0xf0 - 0x80)))),
	    top);

	return _mm256_xor_si256(must, _mm256_and_si256(first, second));
}
#endif

#endif
