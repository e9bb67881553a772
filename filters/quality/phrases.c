/* phrases.c - find out which phrases of a list a text contains, ignoring case. */
#include "filters/quality/phrases.h"

#include "filters/quality/measure.h"
#include "lib/base/chars.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct search {
	const struct phrase *list;
	size_t n;
	struct span s;
	unsigned all, known; /* bits of all phrases, bits found so far */
};

static bool
is_at(const struct search *k, size_t i, const struct phrase *f)
{
	if (k->s.n - i < f->n)
		return false;
	for (size_t j = 0; j < f->n; j++)
		if (ascii_lower(k->s.p[i + j]) != f->text[j])
			return false;
	return true;
}

/* Search from byte i on. */
static void
find_plain(struct search *k, size_t i)
{
	bool first[256] = { 0 };

	for (size_t x = 0; x < k->n; x++)
		first[(unsigned char)k->list[x].text[0]] = true;
	for (; i < k->s.n && k->known != k->all; i++) {
		if (!first[(unsigned char)ascii_lower(k->s.p[i])])
			continue;
		for (size_t x = 0; x < k->n; x++)
			if (!(k->known & k->list[x].bit) && is_at(k, i, &k->list[x]))
				k->known |= k->list[x].bit;
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline __m256i
lowered(const char *p)
{
	return _mm256_or_si256(
	    _mm256_loadu_si256((const __m256i *)(const void *)p), _mm256_set1_epi8(32));
}

/*
 * A bit for each of the 32 positions from p on where both of f's chosen bytes match.
 * Setting bit 5 lower-cases letters, but also maps some other bytes to letters and
 * spaces, so that a match must be verified.
 */
__attribute__((target("avx2"))) static inline uint32_t
candidates(const char *p, const struct phrase *f)
{
	__m256i a = _mm256_cmpeq_epi8(
	    lowered(p + f->a), _mm256_set1_epi8((char)(f->text[f->a] | 32)));
	__m256i b = _mm256_cmpeq_epi8(
	    lowered(p + f->b), _mm256_set1_epi8((char)(f->text[f->b] | 32)));

	return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(a, b));
}

__attribute__((target("avx2"))) static void
find_avx2(struct search *k)
{
	size_t i = 0;

	for (; k->s.n - i >= 32 + 16 && k->known != k->all; i += 32)
		for (size_t x = 0; x < k->n; x++) {
			uint32_t at = candidates(k->s.p + i, &k->list[x]);

			for (; at && !(k->known & k->list[x].bit); at &= at - 1)
				if (is_at(k, i + (size_t)__builtin_ctz(at), &k->list[x]))
					k->known |= k->list[x].bit;
		}
	find_plain(k, i);
}
#endif

unsigned
phrases_in(const struct phrase *list, size_t n, struct span s, bool portable)
{
	struct search k = { .list = list, .n = n, .s = s };

	for (size_t i = 0; i < n; i++)
		k.all |= list[i].bit;
#if defined(__x86_64__)
	if (!portable && s.n >= 64 && __builtin_cpu_supports("avx2")) {
		find_avx2(&k);
		return k.known;
	}
#endif
	find_plain(&k, 0);
	return k.known;
}

unsigned
phrases_in_lowered(const struct phrase *list, size_t n, struct span s, struct buf *b)
{
	const struct span kelvin = SPAN("\xe2\x84\xaa");
	const char *p = find_substring(s, kelvin);

	if (!p)
		return phrases_in(list, n, s, false);
	b->n = 0;
	for (; p; p = find_substring(s, kelvin)) {
		buf_put(b, s.p, (size_t)(p - s.p));
		buf_putc(b, 'k');
		s = span_from(s, (size_t)(p - s.p) + kelvin.n);
	}
	buf_put(b, s.p, s.n);
	return phrases_in(list, n, buf_span(b), false);
}
