/* dup_ngrams.c - count the characters of repeated n-grams, as datatrove does. */
#include "filters/quality/dup_ngrams.h"

#include <math.h>

#include "filters/quality/ngrams.h"
#include "lib/base/hash.h"

/*
 * Bound the length of all occurrences of the most frequent 2-, 3- and 4-grams in one
 * cheap pass, so that most texts need no exact count.  Word pairs are counted in buckets
 * by length and hash.  Take an n-gram whose longest word pair has k bytes: it occurs at
 * most as often as that pair, and has at most k + 1, 2k + 2 or 2k + 3 bytes with spaces.
 * So the maximum of (count * length) over the buckets is an upper bound.
 */
static void
bound_top(struct measure *m, const struct words *w, double most[NGRAM_TOPS])
{
	enum { LENGTHS = 32 };
	size_t log = 4, mask, longest = 0;
	uint32_t *count;
	uint64_t before = w->n ? word_prefix(w, 0) : 0;

	while (((size_t)64 << log) < w->n && log < 9)
		log++;
	count = measure_table(m, (size_t)LENGTHS << log, &mask);
	for (size_t i = 1; i < w->n; i++) {
		uint64_t key = word_prefix(w, i);
		size_t k = w->at[i + 1] - w->at[i - 1];
		uint64_t h = (before * UINT64_C(0x9fb21c651e98df25) + key) *
			     UINT64_C(0x9e3779b97f4a7c15);

		longest = k > longest ? k : longest;
		count[(k < LENGTHS ? k : LENGTHS - 1) << log | h >> (64 - log)]++;
		before = key;
	}
	for (size_t k = 0; k < NGRAM_TOPS; k++)
		most[k] = 0;
	for (size_t k = 0; k < LENGTHS; k++) {
		size_t length = k < LENGTHS - 1 ? k : longest;
		uint32_t c = 0;

		for (size_t i = 0; i < (size_t)1 << log; i++)
			c = count[k << log | i] > c ? count[k << log | i] : c;
		most[0] = fmax(most[0], (double)c * (double)(length + 1));
		most[1] = fmax(most[1], (double)c * (double)(2 * length + 2));
		most[2] = fmax(most[2], (double)c * (double)(2 * length + 3));
	}
}

/* Count the code points of all occurrences of the most frequent n-gram, with spaces. */
static void
count_top_ngram(void *ctx, const struct ngrams *g)
{
	double *found = ctx;
	size_t most, at = ngrams_first_top(g, &most);

	found[g->n - 2] =
	    (double)most * (double)(count_chars(ngram_span(g->w, at, g->n)) + g->n - 1);
}

static void
count_top(struct measure *m, const struct words *w, double found[NGRAM_TOPS])
{
	for (size_t k = 0; k < NGRAM_TOPS; k++)
		found[k] = 0;
	ngrams_each(m, w, NGRAM_TOPS + 1, count_top_ngram, found);
}

/*
 * Finding repeated n-grams for n >= 5.  If an n-gram of L bytes is repeated, then its
 * first K bytes, for every K <= L, also start at another word, wherever the words end.
 * So words are first sifted by the hash of their next K bytes, for growing K, and only
 * the survivors are compared as n-grams.
 */
static const size_t prefix[] = { 16, 24, 32, 48 };

enum { LEVELS = sizeof prefix / sizeof *prefix };

/* The words at which a repeated n-gram may begin, in ascending order. */
struct starts {
	uint32_t *v;
	size_t n;
	char *level; /* by word: how many of the prefixes another word shares */
};

static inline uint64_t
hash_prefix(const char *p, size_t n)
{
	uint64_t h = ngram_mix(load64(p), load64(p + 8));

	for (size_t i = 16; i < n; i += 8)
		h = ngram_mix(h, load64(p + i));
	return h;
}

/*
 * Of the n words in list (NULL: words 0 to n - 1), find those whose prefix[k] another of
 * them shares, raise their level by one and write them to kept.  Returns how many there
 * are.  A Bloom filter holds two bits per hash: the first is set when a prefix occurs,
 * the second when it occurs again.  False positives only cost time later.  The loops have
 * no branch that depends on the text, and prefetch the table, which may exceed the cache.
 */
static inline size_t
mark_level(struct measure *m, const struct words *w, char *level, size_t k,
    const uint32_t *list, size_t n, uint32_t *kept)
{
	enum { AHEAD = 16 };
	size_t mask, end, nkept = 0;
	uint64_t *table = measure_table64(m, n / 2, &mask);
	uint32_t *hash = measure_scratch(m, SCRATCH_HASHES, n);

	for (size_t x = 0; x < n; x = end) {
		end = n - x < AHEAD ? n : x + AHEAD;
		for (size_t y = x; y < end; y++) {
			size_t i = list ? list[y] : y;

			hash[y] = (uint32_t)hash_prefix(w->bytes + w->at[i], prefix[k]);
			__builtin_prefetch(&table[hash[y] >> 5 & mask]);
		}
		for (size_t y = x; y < end; y++) {
			uint64_t *slot = &table[hash[y] >> 5 & mask];
			uint64_t bit = (uint64_t)1 << (hash[y] & 31);

			*slot |= bit | (*slot & bit) << 32;
		}
	}
	for (size_t y = 0; y < n; y++) {
		size_t i = list ? list[y] : y;
		uint64_t twice = table[hash[y] >> 5 & mask] >> 32 >> (hash[y] & 31) & 1;

		if (y + AHEAD < n)
			__builtin_prefetch(&table[hash[y + AHEAD] >> 5 & mask]);
		level[i] = (char)(level[i] + (char)twice);
		kept[nkept] = (uint32_t)i;
		nkept += twice;
	}
	return nkept;
}

/* Find the words at which repeated 5-grams may begin.  5-grams shorter than prefix[0]
 * cannot be ruled out. */
static struct starts
find_starts(struct measure *m, const struct words *w)
{
	struct starts s = { .v = measure_scratch(m, SCRATCH_STARTS, w->n) };
	uint32_t *deep = measure_scratch(m, SCRATCH_CANDIDATES, w->n);
	size_t n;

	if (w->n < 5)
		return s;
	m->tmp.n = 0;
	buf_reserve(&m->tmp, w->n);
	s.level = m->tmp.p;
	memset(s.level, 0, w->n);
	n = mark_level(m, w, s.level, 0, NULL, w->n - 4, deep);
	for (size_t i = 0; i + 5 <= w->n; i++) {
		s.v[s.n] = (uint32_t)i;
		s.n += s.level[i] || w->at[i + 5] - w->at[i] < prefix[0];
	}
	for (size_t k = 1; k < LEVELS; k++)
		n = mark_level(m, w, s.level, k, deep, n, deep);
	return s;
}

/* The level that a word needs for its n-gram of that many bytes to be repeated. */
static inline int
level_for(size_t bytes)
{
	return (bytes >= prefix[0]) + (bytes >= prefix[1]) + (bytes >= prefix[2]) +
	       (bytes >= prefix[3]);
}

/*
 * Drop the words at which no repeated n-gram can begin, given those for n - 1.  Returns
 * how many bytes the n-grams at the remaining words cover, an upper bound on what is
 * repeated.
 */
static size_t
keep_starts(const struct words *w, struct starts *s, size_t n)
{
	size_t sum = 0, end = 0, kept = 0;

	for (size_t k = 0; k < s->n; k++) {
		size_t i = s->v[k], from = w->at[i], to, more;
		bool may;

		if (i + n > w->n)
			break;
		to = w->at[i + n];
		may = s->level[i] >= level_for(to - from);
		more = to - (from > end ? from : end);
		/* Branches would be unpredictable here. */
		s->v[kept] = (uint32_t)i;
		kept += may;
		sum += may ? more : 0;
		end = may ? to : end;
	}
	s->n = kept;
	return sum;
}

/* Hash both ends and the length.  Reads beyond the last word hit its 64 zeros. */
static inline uint64_t
hash_gram(struct span g)
{
	uint64_t a, b, all = UINT64_MAX;

	if (g.n > 64)
		return hash64(g, 0);
	if (g.n > 32)
		return ngram_mix(
		    hash_prefix(g.p, 32), hash_prefix(g.p + g.n - 32, 32) + g.n);
	if (g.n > 16)
		return ngram_mix(
		    hash_prefix(g.p, 16), hash_prefix(g.p + g.n - 16, 16) + g.n);
	a = load64(g.p);
	b = load64(g.p + 8);
	return g.n > 8 ? ngram_mix(a, b & all >> (128 - 8 * g.n))
		       : ngram_mix(a & all >> (64 - 8 * g.n), 0);
}

/*
 * Count the code points of n-grams that occurred before, from left to right without
 * overlap.  N-grams are equal if 64 bits of their hashes are; in a text of a million
 * words the probability of a collision is one in forty million.  left: bytes that the
 * n-grams at all words of s cover.  Returns NAN as soon as the result cannot exceed
 * limit.
 */
static double
count_repeated(struct measure *m, const struct words *w, const struct starts *s, size_t n,
    size_t left, double limit)
{
	enum { AHEAD = 16 };
	size_t mask, sum = 0, next = 0, end = 0;
	uint64_t *table = measure_table64(m, 2 * s->n, &mask), hash[AHEAD] = { 0 };

	for (size_t k = 0; k < s->n; k++) {
		size_t i = s->v[k], from = w->at[i], at;
		struct span g = ngram_span(w, i, n);
		size_t over = end > from ? end - from : 0;

		if (k % AHEAD == 0)
			for (size_t x = k; x < s->n && x < k + AHEAD; x++) {
				uint64_t h = hash_gram(ngram_span(w, s->v[x], n));

				hash[x - k] = h ? h : 1;
				__builtin_prefetch(&table[h & mask]);
			}
		/* Of this n-gram's bytes, `over` may still be counted although left no
		 * longer includes them. */
		if ((double)(sum + left + over) <= limit)
			return NAN;
		left -= g.n - over;
		end = from + g.n;
		if (i < next)
			continue;
		at = hash[k % AHEAD] & mask;
		while (table[at] && table[at] != hash[k % AHEAD])
			at = (at + 1) & mask;
		if (table[at]) {
			sum += count_chars(g);
			next = i + n;
		} else {
			table[at] = hash[k % AHEAD];
		}
	}
	return (double)sum;
}

void
dup_ngrams_count(
    struct measure *m, const double limit[NGRAM_VALUES], double found[NGRAM_VALUES])
{
	const struct words *w = measure_words(m);
	double most[NGRAM_TOPS];
	struct starts s;

	bound_top(m, w, most);
	if (most[0] > limit[0] || most[1] > limit[1] || most[2] > limit[2])
		count_top(m, w, found);
	else
		for (size_t k = 0; k < NGRAM_TOPS; k++)
			found[k] = NAN;
	s = find_starts(m, w);
	for (size_t k = NGRAM_TOPS; k < NGRAM_VALUES; k++) {
		size_t n = k + 2, left = keep_starts(w, &s, n);

		found[k] = limit[k] < 0 || (double)left > limit[k]
			       ? count_repeated(m, w, &s, n, left, limit[k])
			       : NAN;
	}
}
