/* dup_ngrams.c - how much of a text is n-grams of words that are there again. */
#include "filters/quality/dup_ngrams.h"

#include <math.h>

#include "filters/quality/ngrams.h"
#include "lib/base/hash.h"

/*
 * An upper bound on what the most frequent 2-, 3- and 4-grams take, in one cheap pass.
 * Pairs of words are counted in buckets by their length and a hash.  An n-gram is no more
 * frequent than the longest of the pairs it is made of, of k bytes, and is k + 1, at most
 * 2k + 2 or 2k + 3 bytes long.  So no n-gram takes more than the largest product of both
 * over all buckets.
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

/* Characters of all occurrences of the most frequent n-gram, the first among equals. */
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
 * Repeated n-grams, n from 5 on.  One of L bytes that is there again has its first K <= L
 * bytes there again, behind the beginning of another word, wherever words end.  So words
 * are sorted out by fixed K, longer and longer ones, before n-grams are compared.
 */
static const size_t prefix[] = { 16, 24, 32, 48 };

enum { LEVELS = sizeof prefix / sizeof *prefix };

/* Words where a repeated n-gram may begin, ascending. */
struct starts {
	uint32_t *v;
	size_t n;
	char *level; /* of a word: so many prefixes are those of another, too */
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
 * Of the n words in list (NULL: the first n), give those level k + 1 whose prefix[k]
 * another of them has; kept: a list of those.  Returns how many there are.  A bit is set
 * for a prefix when it comes, and another when it comes again.  Some come to have the
 * same bits by chance: that costs a look later, no more.  No branch depends on the text,
 * and a table that is larger than a cache is asked for in advance.
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

/* Those for 5-grams; shorter ones than the first prefix are all in. */
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

/* What level a word must have for an n-gram of so many bytes. */
static inline int
level_for(size_t bytes)
{
	return (bytes >= prefix[0]) + (bytes >= prefix[1]) + (bytes >= prefix[2]) +
	       (bytes >= prefix[3]);
}

/*
 * Keep those starts that may do for n; what does for n + 1 does for n.  Returns how many
 * bytes n-grams from there cover: no more can be repeated.
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
		/* Without branches: there is no telling. */
		s->v[kept] = (uint32_t)i;
		kept += may;
		sum += may ? more : 0;
		end = may ? to : end;
	}
	s->n = kept;
	return sum;
}

/* Both ends and the length; behind the words are zeros enough to read on. */
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
 * Characters of n-grams that were there before, from left to right without overlaps.
 * They are compared by 64 bits of a hash: that two of a text of a million words collide
 * has a chance of one in forty millions.  left: the bytes that all starts cover.  Stops
 * where they can no longer exceed the limit: NAN.
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
		/* `over` of what is taken off `left` may be repeated yet. */
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
