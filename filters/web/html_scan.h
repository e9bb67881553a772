/* html_scan.h - search short arrays of bytes and numbers. */
#ifndef TAMIS_HTML_SCAN_H
#define TAMIS_HTML_SCAN_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * memchr() has a long start for the dozen bytes of an attribute or a run of text.  These
 * return `end` if nothing is found.
 */
static inline const char *
scan_byte(const char *p, const char *end, char c)
{
#ifdef __SSE2__
	const __m128i want = _mm_set1_epi8(c);

	for (; end - p >= 16; p += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(v, want));

		if (found)
			return p + __builtin_ctz((unsigned)found);
	}
#endif
	while (p < end && *p != c)
		p++;
	return p;
}

/* Find '<', '&' or NUL. */
static inline const char *
scan_text(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i lt = _mm_set1_epi8('<'), amp = _mm_set1_epi8('&');

	for (; end - p >= 16; p += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const __m128i hit = _mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(v, lt), _mm_cmpeq_epi8(v, amp)),
		    _mm_cmpeq_epi8(v, _mm_setzero_si128()));
		const int found = _mm_movemask_epi8(hit);

		if (found)
			return p + __builtin_ctz((unsigned)found);
	}
#endif
	while (p < end && *p != '<' && *p != '&' && *p)
		p++;
	return p;
}

/* The index of the last x in v[from..n); -1: none. */
static inline int
scan_last(const uint32_t *v, int from, int n, uint32_t x)
{
#ifdef __SSE2__
	const __m128i want = _mm_set1_epi32((int)x);

	for (; n - from >= 4; n -= 4) {
		const __m128i a =
		    _mm_loadu_si128((const __m128i *)(const void *)(v + n - 4));
		const int found = _mm_movemask_epi8(_mm_cmpeq_epi32(a, want));

		if (found)
			return n - 1 - __builtin_clz((unsigned)found << 16) / 4;
	}
#endif
	while (n > from && v[n - 1] != x)
		n--;
	return n > from ? n - 1 : -1;
}

/* The index of the last byte of v[0..n) with a bit of `mask`; -1: none. */
static inline int
scan_last_flag(const uint8_t *v, int n, uint8_t mask)
{
	uint64_t all = 0x0101010101010101u * mask, word;

	for (; n >= 8; n -= 8) {
		__builtin_memcpy(&word, v + n - 8, 8);
		if (word & all)
			break;
	}
	while (n > 0 && !(v[n - 1] & mask))
		n--;
	return n - 1;
}

#endif
