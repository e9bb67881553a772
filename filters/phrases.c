/* phrases.c - phrases that C4's rules ask for, in text of any case. */
#include "filters/phrases.h"

#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Two bytes of each that are seldom where they stand tell where it is worth a look. */
static const struct phrase {
	const char *text;
	uint8_t n, a, b; /* its length; where those two are */
	uint8_t is;
} phrases[] = {
	{ "lorem ipsum", 11, 0, 4, PHRASE_LOREM },
	{ "javascript", 10, 0, 2, PHRASE_JAVASCRIPT },
	{ "terms of use", 12, 7, 9, PHRASE_POLICY },
	{ "privacy policy", 14, 3, 6, PHRASE_POLICY },
	{ "cookie policy", 13, 3, 7, PHRASE_POLICY },
	{ "uses cookies", 12, 8, 3, PHRASE_POLICY },
	{ "use of cookies", 14, 10, 5, PHRASE_POLICY },
	{ "use cookies", 11, 7, 2, PHRASE_POLICY },
};

enum { NPHRASES = sizeof phrases / sizeof *phrases };

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 32 : c;
}

static bool
is_at(const char *p, const struct phrase *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (lower((unsigned char)p[i]) != (unsigned char)f->text[i])
			return false;
	return true;
}

/* Those of the phrases in s that are not in `known`, from byte i on. */
static unsigned
find_plain(struct span s, size_t i, unsigned known)
{
	for (; i < s.n; i++) {
		unsigned char c = lower((unsigned char)s.p[i]);

		if (c != 'l' && c != 'j' && c != 't' && c != 'p' && c != 'c' && c != 'u')
			continue;
		for (size_t k = 0; k < NPHRASES; k++) {
			const struct phrase *f = &phrases[k];

			if (!(known & f->is) && (unsigned char)f->text[0] == c &&
			    s.n - i >= f->n && is_at(s.p + i, f))
				known |= f->is;
		}
	}
	return known;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline __m256i
lowered(const char *p)
{
	return _mm256_or_si256(
	    _mm256_loadu_si256((const __m256i *)(const void *)p), _mm256_set1_epi8(32));
}

/* Where, of 32 places from p on, both of f's two bytes are where they should be.  The bit
 * that makes letters small turns some other bytes into ' ' and letters, too. */
__attribute__((target("avx2"))) static inline uint32_t
candidates(const char *p, const struct phrase *f)
{
	__m256i a = _mm256_cmpeq_epi8(
	    lowered(p + f->a), _mm256_set1_epi8((char)(f->text[f->a] | 32)));
	__m256i b = _mm256_cmpeq_epi8(
	    lowered(p + f->b), _mm256_set1_epi8((char)(f->text[f->b] | 32)));

	return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(a, b));
}

__attribute__((target("avx2"))) static unsigned
find_avx2(struct span s)
{
	const unsigned all = PHRASE_LOREM | PHRASE_JAVASCRIPT | PHRASE_POLICY;
	unsigned known = 0;
	size_t i = 0;

	for (; s.n - i >= 32 + 16 && known != all; i += 32)
		for (size_t k = 0; k < NPHRASES; k++) {
			uint32_t at = candidates(s.p + i, &phrases[k]);

			for (; at && !(known & phrases[k].is); at &= at - 1)
				if (is_at(s.p + i + __builtin_ctz(at), &phrases[k]))
					known |= phrases[k].is;
		}
	return find_plain(s, i, known);
}
#endif

unsigned
phrases_in(struct span s, bool portable)
{
#if defined(__x86_64__)
	if (!portable && s.n >= 64 && __builtin_cpu_supports("avx2"))
		return find_avx2(s);
#endif
	return find_plain(s, 0, 0);
}
