/* byte_scan.h - search short arrays of bytes and numbers. */
#ifndef TAMIS_BYTE_SCAN_H
#define TAMIS_BYTE_SCAN_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "lib/base/chars.h"

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

/* Find the end of the value of an attribute.  *coded: it may have a '&'. */
static inline const char *
scan_value(const char *p, const char *end, char quote, bool *coded)
{
#ifdef __SSE2__
	const __m128i want = _mm_set1_epi8(quote), amp = _mm_set1_epi8('&');
	__m128i amps = _mm_setzero_si128();

	for (; end - p >= 16; p += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(v, want));

		amps = _mm_or_si128(amps, _mm_cmpeq_epi8(v, amp));
		if (found) {
			*coded = _mm_movemask_epi8(amps) != 0;
			return p + __builtin_ctz((unsigned)found);
		}
	}
#endif
	*coded = true;
	while (p < end && *p != quote)
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

	for (; n - from >= 16; n -= 16) {
		const __m128i *at = (const __m128i *)(const void *)(v + n - 16);
		const __m128i a = _mm_cmpeq_epi32(_mm_loadu_si128(at), want);
		const __m128i b = _mm_cmpeq_epi32(_mm_loadu_si128(at + 1), want);
		const __m128i c = _mm_cmpeq_epi32(_mm_loadu_si128(at + 2), want);
		const __m128i d = _mm_cmpeq_epi32(_mm_loadu_si128(at + 3), want);

		if (_mm_movemask_epi8(
			_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))))
			break;
	}
#endif
	while (n > from && v[n - 1] != x)
		n--;
	return n > from ? n - 1 : -1;
}

/* The index of the last number of v[from..n) from low to high, which are below 1 << 31;
 * -1: none. */
static inline int
scan_last_between(const uint32_t *v, int from, int n, uint32_t low, uint32_t high)
{
#ifdef __SSE2__
	const __m128i below = _mm_set1_epi32((int)low - 1);
	const __m128i above = _mm_set1_epi32((int)high + 1);

	for (; n - from >= 4; n -= 4) {
		const __m128i x =
		    _mm_loadu_si128((const __m128i *)(const void *)(v + n - 4));

		if (_mm_movemask_epi8(_mm_and_si128(
			_mm_cmpgt_epi32(x, below), _mm_cmplt_epi32(x, above))))
			break;
	}
#endif
	while (n > from && (v[n - 1] < low || v[n - 1] > high))
		n--;
	return n > from ? n - 1 : -1;
}

/* The index of the last byte of v[from..n) with a bit of `mask`; -1: none. */
static inline int
scan_last_flag(const uint8_t *v, int from, int n, uint8_t mask)
{
	const uint64_t all = 0x0101010101010101u * mask;
	uint64_t word;

	for (; n - from >= 8; n -= 8) {
		__builtin_memcpy(&word, v + n - 8, 8);
		if (word & all)
			break;
	}
	while (n > from && !(v[n - 1] & mask))
		n--;
	return n > from ? n - 1 : -1;
}

static inline size_t
scan_is_control(char c)
{
	return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\f' &&
	       c != '\r';
}

#ifdef __SSE2__
/* How many bytes of a mask are set, in two halves. */
static inline __m128i
scan_sum(__m128i mask)
{
	const __m128i zero = _mm_setzero_si128();

	return _mm_sad_epu8(_mm_sub_epi8(zero, mask), zero);
}

static inline size_t
scan_total(__m128i halves)
{
	return (size_t)_mm_cvtsi128_si64(
	    _mm_add_epi64(halves, _mm_unpackhi_epi64(halves, halves)));
}

/* Whether the bytes are white space except the blank. */
static inline __m128i
scan_space(__m128i v)
{
	const __m128i tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
	const __m128i lf = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
	const __m128i ff = _mm_cmpeq_epi8(v, _mm_set1_epi8('\f'));
	const __m128i cr = _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'));

	return _mm_or_si128(_mm_or_si128(tab, lf), _mm_or_si128(ff, cr));
}
#endif

/* Whether all bytes are white space.  Most texts of a page that are not begin with
 * another byte. */
static inline bool
scan_is_space(const char *p, size_t n)
{
	size_t i = 0;

	if (n > 0 && !is_space(*p))
		return false;
#ifdef __SSE2__
	for (; n - i >= 16; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		const __m128i space =
		    _mm_or_si128(scan_space(v), _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));

		if (_mm_movemask_epi8(space) != 0xFFFF)
			return false;
	}
#endif
	while (i < n && is_space(p[i]))
		i++;
	return i == n;
}

/* Whether a byte is white space or begins U+00A0 or U+00AD. */
static inline bool
scan_may_part(char c)
{
	return is_space(c) || (unsigned char)c == 0xC2;
}

/* Find a byte that may part words, except a blank between two that do not. */
static inline const char *
scan_words(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i blank = _mm_set1_epi8(' '), two = _mm_set1_epi8((char)0xC2);

	for (; end - p > 16; p += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		const __m128i next =
		    _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
		const __m128i odd = _mm_or_si128(scan_space(v), _mm_cmpeq_epi8(v, two));
		const __m128i parts = _mm_or_si128(_mm_cmpeq_epi8(next, blank),
		    _mm_or_si128(scan_space(next), _mm_cmpeq_epi8(next, two)));
		const int found = _mm_movemask_epi8(
		    _mm_or_si128(odd, _mm_and_si128(_mm_cmpeq_epi8(v, blank), parts)));

		if (found)
			return p + __builtin_ctz((unsigned)found);
	}
#endif
	while (p < end &&
	       (!scan_may_part(*p) || (*p == ' ' && end - p > 1 && !scan_may_part(p[1]))))
		p++;
	return p;
}

/* scan_others() looks at so many bytes.  All of them must be readable. */
enum { SCAN_STEP = 16 };

/* Bit k: byte k of a text of n bytes is neither a letter of ASCII nor the continuation of
 * another character. */
static inline uint32_t
scan_others(const char *p, size_t n)
{
	const uint32_t all = n < SCAN_STEP ? (1u << n) - 1 : 0xFFFF;
	uint32_t others = 0;

#ifdef __SSE2__
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	/* From 'a' on, less than 26, as signed numbers from -128 on. */
	const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
	const __m128i letter = _mm_cmplt_epi8(
	    _mm_add_epi8(low, _mm_set1_epi8(128 - 'a')), _mm_set1_epi8(-128 + 26));

	const __m128i inner = _mm_cmplt_epi8(v, _mm_set1_epi8(-64));

	others = ~(uint32_t)_mm_movemask_epi8(_mm_or_si128(letter, inner));
#else
	for (size_t i = 0; i < SCAN_STEP && i < n; i++)
		if ((unsigned char)((p[i] | 0x20) - 'a') >= 26 &&
		    (signed char)p[i] >= -64)
			others |= 1u << i;
#endif
	return others & all;
}

/*
 * Count the characters of UTF-8 that are visible, which are all but ASCII white space and
 * controls.  *controls: these controls, except white space.
 */
static inline size_t
scan_visible(const char *p, size_t n, size_t *controls)
{
	size_t visible = 0, i = 0;

	*controls = 0;
#ifdef __SSE2__
	__m128i sum = _mm_setzero_si128(), bad = sum;

	for (; n - i >= 16; i += 16) {
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* Bytes from 0x80 are negative; those to 0xBF continue a character. */
		const __m128i negative = _mm_cmpgt_epi8(_mm_setzero_si128(), v);
		const __m128i lead = _mm_cmpgt_epi8(v, _mm_set1_epi8(-65));
		const __m128i over_blank = _mm_cmpgt_epi8(v, _mm_set1_epi8(0x20));
		const __m128i low =
		    _mm_andnot_si128(negative, _mm_cmpgt_epi8(_mm_set1_epi8(0x20), v));

		sum = _mm_add_epi64(sum,
		    scan_sum(_mm_or_si128(over_blank, _mm_and_si128(lead, negative))));
		bad = _mm_add_epi64(bad, scan_sum(_mm_andnot_si128(scan_space(v), low)));
	}
	visible = scan_total(sum);
	*controls = scan_total(bad);
#endif
	for (; i < n; i++) {
		visible += (signed char)p[i] > 0x20 || (unsigned char)p[i] >= 0xC0;
		*controls += scan_is_control(p[i]);
	}
	return visible;
}

#endif
