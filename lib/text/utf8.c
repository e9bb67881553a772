/* utf8.c - validate, repair and step through UTF-8. */
#include "lib/text/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/*
 * Length of the sequence at s.p[i]; 0 if it is ill-formed (Unicode 15, table 3-7).  *bad
 * is then the length of its maximal ill-formed subpart.
 */
static size_t
sequence(struct span s, size_t i, size_t *bad)
{
	const unsigned char *p = (const unsigned char *)s.p + i;
	size_t left = s.n - i, n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4, k;
	unsigned lo = 0x80, hi = 0xbf;

	*bad = 1;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	for (k = 1; k < n && k < left && p[k] >= lo && p[k] <= hi; k++)
		lo = 0x80, hi = 0xbf;
	*bad = k;
	return k == n ? n : 0;
}

/* Index of the first byte at or after i that is not ASCII, or s.n. */
static size_t
ascii_run(struct span s, size_t i)
{
	uint64_t w;

	for (; s.n - i >= 8; i += 8) {
		memcpy(&w, s.p + i, 8);
		if (w & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

static size_t
error_from(struct span s, size_t i)
{
	size_t bad, n;

	while ((i = ascii_run(s, i)) < s.n) {
		if ((n = sequence(s, i, &bad)) == 0)
			break;
		i += n;
	}
	return i;
}

size_t
utf8_error(struct span s)
{
	return error_from(s, 0);
}

#if defined(__x86_64__)
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

static const uint8_t first_high[16] = { LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG,
	TWO, TWO, TWO, TWO, SHORT | OVER2, SHORT, SHORT | OVER3 | SURROGATE,
	SHORT | LARGE | LARGE_1000 | OVER4 };
static const uint8_t first_low[16] = { CARRY | OVER3 | OVER2 | OVER4, CARRY | OVER2,
	CARRY, CARRY, CARRY | LARGE, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000 | SURROGATE,
	CARRY | LARGE | LARGE_1000, CARRY | LARGE | LARGE_1000 };
static const uint8_t second_high[16] = { SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT,
	SHORT, LONG | OVER2 | TWO | OVER3 | LARGE_1000 | OVER4,
	LONG | OVER2 | TWO | OVER3 | LARGE, LONG | OVER2 | TWO | SURROGATE | LARGE,
	LONG | OVER2 | TWO | SURROGATE | LARGE, SHORT, SHORT, SHORT, SHORT };

__attribute__((target("avx2"))) static inline __m256i
table(const uint8_t t[16])
{
	return _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const __m128i *)(const void *)t));
}

/* Whether s is well-formed up to *done, the size of its whole 32-byte steps. */
__attribute__((target("avx2"))) static bool
valid_avx2(struct span s, size_t *done)
{
	const __m256i t1 = table(first_high), t2 = table(first_low),
		      t3 = table(second_high);
	const __m256i low = _mm256_set1_epi8(15), top = _mm256_set1_epi8((char)0x80);
	__m256i prev = _mm256_setzero_si256(), error = prev;
	bool pending = false;
	size_t i;

	for (i = 0; s.n - i >= 32; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(s.p + i));
		__m256i shift, p1, p2, p3, sc, must;

		if (!pending && _mm256_movemask_epi8(v) == 0)
			continue;
		shift = _mm256_permute2x128_si256(prev, v, 0x21);
		p1 = _mm256_alignr_epi8(v, shift, 15);
		p2 = _mm256_alignr_epi8(v, shift, 14);
		p3 = _mm256_alignr_epi8(v, shift, 13);
		sc = _mm256_and_si256(
		    _mm256_and_si256(_mm256_shuffle_epi8(t1,
					 _mm256_and_si256(_mm256_srli_epi16(p1, 4), low)),
			_mm256_shuffle_epi8(t2, _mm256_and_si256(p1, low))),
		    _mm256_shuffle_epi8(
			t3, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
		must = _mm256_and_si256(
		    _mm256_or_si256(_mm256_subs_epu8(p2, _mm256_set1_epi8(0xe0 - 0x80)),
			_mm256_subs_epu8(p3, _mm256_set1_epi8((char)(0xf0 - 0x80)))),
		    top);
		error = _mm256_or_si256(error, _mm256_xor_si256(must, sc));
		pending = _mm256_movemask_epi8(v) != 0;
		prev = pending ? v : _mm256_setzero_si256();
	}
	*done = i;
	return _mm256_testz_si256(error, error);
}
#endif

bool
utf8_valid(struct span s)
{
	size_t i = 0;

#if defined(__x86_64__)
	if (s.n >= 64 && __builtin_cpu_supports("avx2")) {
		if (!valid_avx2(s, &i))
			return false;
		/* The last sequence may extend past the steps: restart at its start. */
		for (int k = 0; k < 3 && i > 0 && ((unsigned char)s.p[i - 1] & 0x80); k++)
			if (((unsigned char)s.p[--i] & 0xc0) == 0xc0)
				break;
		while (i > 0 && i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80)
			i--;
	}
#endif
	return error_from(s, i) == s.n;
}

uint64_t
utf8_repair(struct buf *b, struct span s)
{
	uint64_t repaired = 0;
	size_t bad = 0;

	for (size_t i = 0; i < s.n; i += bad) {
		size_t e = error_from(s, i);

		buf_put(b, s.p + i, e - i);
		i = e;
		if (i == s.n)
			break;
		sequence(s, i, &bad);
		buf_puts(b, "\xef\xbf\xbd");
		repaired++;
	}
	return repaired;
}

void
utf8_put(struct buf *b, uint32_t c)
{
	char o[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		o[0] = (char)c;
	} else {
		for (size_t k = n - 1; k > 0; k--, c >>= 6)
			o[k] = (char)(0x80 | (c & 63));
		o[0] = (char)(0xf00 >> n | c);
	}
	buf_put(b, o, n);
}
