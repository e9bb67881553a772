/* utf8.c - validate, repair and step through UTF-8. */
#include "lib/text/utf8.h"

#include "lib/text/utf8_avx2.h"

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

/* The index after the sequences of 2 and 3 bytes at i, as far as they are well-formed and
 * 3 bytes can be read. */
static size_t
short_sequences(struct span s, size_t i)
{
	while (s.n - i >= 3) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		const unsigned w = p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16;
		const unsigned third = w & 0x200f; /* 0: overlong, 0x200d: surrogate */

		if ((w & 0xc0e0) == 0x80c0 && (w & 0x1e) != 0)
			i += 2;
		else if ((w & 0xc0c0f0) == 0x8080e0 && third != 0 && third != 0x200d)
			i += 3;
		else
			break;
	}
	return i;
}

static size_t
error_from(struct span s, size_t i)
{
	size_t bad, n;

	for (;;) {
		i = ascii_run(s, short_sequences(s, i));
		if (i == s.n)
			return i;
		if ((n = sequence(s, i, &bad)) == 0)
			return i;
		i += n;
	}
}

size_t
utf8_error(struct span s)
{
	return error_from(s, 0);
}

#if defined(__x86_64__)
/* Whether s is well-formed up to *done, the size of its whole 32-byte steps. */
__attribute__((target("avx2"))) static bool
valid_avx2(struct span s, size_t *done)
{
	__m256i prev = _mm256_setzero_si256(), error = prev;
	bool pending = false;
	size_t i;

	for (i = 0; s.n - i >= 32; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(s.p + i));
		bool high = _mm256_movemask_epi8(v) != 0;

		if (high || pending)
			error = _mm256_or_si256(error, utf8_errors(prev, v));
		/* ASCII before v is as good as nothing before v. */
		prev = high ? v : _mm256_setzero_si256();
		pending = high;
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

	buf_put(b, o, utf8_encode(o, c));
}
