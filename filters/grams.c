/* grams.c - how much of a text is n-grams of words that are there again. */
#include "filters/grams.h"

#include <math.h>

#include "lib/hash.h"

__extension__ typedef unsigned __int128 uint128;

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	uint128 v = (uint128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
		    (b ^ UINT64_C(0xd6e8feb86659fd93));

	return (uint64_t)v ^ (uint64_t)(v >> 64);
}

static inline uint64_t
load(const char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* The first 8 bytes of word i; zeros where it is shorter.  Words are followed by zeros.
 */
static inline uint64_t
word_key(const struct words *w, size_t i)
{
	size_t n = w->at[i + 1] - w->at[i];
	uint64_t v = load(w->bytes + w->at[i]);

	return n < 8 ? v & (((uint64_t)1 << 8 * n) - 1) : v;
}

/* Words i to i + n as they stand one behind the other. */
static inline struct span
gram(const struct words *w, size_t i, size_t n)
{
	return (struct span){ w->bytes + w->at[i], w->at[i + n] - w->at[i] };
}

/*
 * An upper bound on what the most frequent 2-, 3- and 4-grams take, in one cheap pass.
 * Pairs of words are counted in buckets by their length and a hash.  An n-gram is no more
 * frequent than the longest of the pairs it is made of, of k bytes, and is k + 1, at most
 * 2k + 2 or 2k + 3 bytes long.  So no n-gram takes more than the largest product of both
 * over all buckets.
 */
static void
bound_top(struct measure *m, const struct words *w, double most[GRAMS_TOP])
{
	enum { LENGTHS = 32 };
	size_t log = 4, mask, longest = 0;
	uint32_t *count;
	uint64_t before = w->n ? word_key(w, 0) : 0;

	while (((size_t)64 << log) < w->n && log < 12)
		log++;
	count = measure_table(m, (size_t)LENGTHS << log, &mask);
	for (size_t i = 1; i < w->n; i++) {
		uint64_t key = word_key(w, i);
		size_t k = w->at[i + 1] - w->at[i - 1];
		uint64_t h = (before * UINT64_C(0x9fb21c651e98df25) + key) *
			     UINT64_C(0x9e3779b97f4a7c15);

		longest = k > longest ? k : longest;
		count[(k < LENGTHS ? k : LENGTHS - 1) << log | h >> (64 - log)]++;
		before = key;
	}
	for (size_t k = 0; k < GRAMS_TOP; k++)
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

/* n-grams as numbers: equal n-grams have equal ones, given in the order of the text. */
struct numbers {
	uint32_t *of;	 /* position -> number; NO_NUMBER: it is there once */
	uint32_t *count; /* number -> how many */
	uint32_t *first; /* number -> the first position */
	uint32_t n;
};

#define NO_NUMBER UINT32_MAX

static void
number_words(struct measure *m, const struct words *w, struct numbers *k)
{
	size_t mask;
	uint32_t *table = measure_table(m, 2 * w->n, &mask);

	k->n = 0;
	for (size_t i = 0; i < w->n; i++) {
		struct span s = word(w, i);
		size_t at = (s.n <= 8 ? mix(word_key(w, i), s.n) : hash64(s, 0)) & mask;

		while (table[at] && !span_eq(s, word(w, k->first[table[at] - 1])))
			at = (at + 1) & mask;
		if (!table[at]) {
			k->first[k->n] = (uint32_t)i;
			k->count[k->n] = 0;
			table[at] = ++k->n;
		}
		k->of[i] = table[at] - 1;
		k->count[k->of[i]]++;
	}
}

/* n-grams of (n - 1)-grams `less` and words: only what is there twice can make one that
 * is. */
static void
number_grams(struct measure *m, const struct words *w, const uint32_t *word_of,
    const struct numbers *less, size_t n, struct numbers *k)
{
	size_t mask, positions = w->n - n + 1;
	uint32_t *table = measure_table(m, 2 * w->n, &mask);

	k->n = 0;
	for (size_t i = 0; i < positions; i++) {
		uint32_t a = less->of[i], b = less->of[i + 1], last = word_of[i + n - 1];
		size_t at;

		k->of[i] = NO_NUMBER;
		if (a == NO_NUMBER || b == NO_NUMBER || less->count[a] < 2 ||
		    less->count[b] < 2)
			continue;
		for (at = mix(a, last) & mask; table[at]; at = (at + 1) & mask) {
			size_t j = k->first[table[at] - 1];

			if (less->of[j] == a && word_of[j + n - 1] == last)
				break;
		}
		if (!table[at]) {
			k->first[k->n] = (uint32_t)i;
			k->count[k->n] = 0;
			table[at] = ++k->n;
		}
		k->of[i] = table[at] - 1;
		k->count[k->of[i]]++;
	}
}

/* Characters of all occurrences of the most frequent n-gram, the first among equals. */
static double
top_chars(const struct words *w, const struct numbers *k, size_t n)
{
	size_t at = 0;
	uint32_t most = 1;

	for (uint32_t i = 0; i < k->n; i++)
		if (k->count[i] > most) {
			most = k->count[i];
			at = k->first[i];
		}
	return (double)most * (double)(count_chars(gram(w, at, n)) + n - 1);
}

static void
count_top(struct measure *m, const struct words *w, double found[GRAMS_TOP])
{
	struct numbers k[3]; /* of words, then of n-grams and (n - 1)-grams in turn */
	const struct numbers *less = &k[0];

	for (size_t i = 0; i < 3; i++)
		k[i] = (struct numbers){ .of = measure_array(m, i, w->n),
			.count = measure_array(m, 3, 3 * w->n) + i * w->n,
			.first = measure_array(m, 4, 3 * w->n) + i * w->n };
	number_words(m, w, &k[0]);
	for (size_t n = 2; n <= 4; n++) {
		found[n - 2] = 0;
		if (w->n < n)
			continue;
		number_grams(m, w, k[0].of, less, n, &k[1 + n % 2]);
		less = &k[1 + n % 2];
		found[n - 2] = top_chars(w, less, n);
	}
}

/* Where an n-gram that is there again may begin. */
struct starts {
	uint32_t *v; /* word numbers, ascending */
	size_t n;
	const char *level; /* word -> SAME_16, SAME_32 */
};

/* So many of the bytes from a word on are from another word on, too. */
enum { SAME_16 = 1, SAME_32 = 2 };

/* Words from which on the same 16 bytes follow as from another one, whatever they are. */
static void
mark_16(struct measure *m, const struct words *w, char *level)
{
	size_t mask;
	uint32_t *table = measure_table(m, 2 * w->n, &mask);

	for (size_t i = 0; i + 5 <= w->n; i++) {
		const char *p = w->bytes + w->at[i], *q;
		uint64_t a = load(p), b = load(p + 8);
		size_t at = mix(a, b) & mask;

		for (; table[at]; at = (at + 1) & mask) {
			q = w->bytes + w->at[table[at] - 1];
			if (load(q) == a && load(q + 8) == b) {
				level[table[at] - 1] = level[i] = SAME_16;
				break;
			}
		}
		if (!table[at])
			table[at] = (uint32_t)i + 1;
	}
}

/* The same of 32 bytes, among those. */
static void
mark_32(struct measure *m, const struct words *w, const struct starts *s, char *level)
{
	size_t mask;
	uint32_t *table = measure_table(m, 2 * s->n, &mask);

	for (size_t k = 0; k < s->n; k++) {
		size_t i = s->v[k], at;
		const char *p = w->bytes + w->at[i];

		if (!level[i])
			continue;
		at = mix(mix(load(p), load(p + 8)), mix(load(p + 16), load(p + 24))) &
		     mask;
		for (; table[at]; at = (at + 1) & mask)
			if (memcmp(p, w->bytes + w->at[table[at] - 1], 32) == 0) {
				level[table[at] - 1] = level[i] = SAME_32;
				break;
			}
		if (!table[at])
			table[at] = (uint32_t)i + 1;
	}
}

/*
 * The starts for n from 5 on.  An n-gram of 16 bytes at least that is there again has its
 * first 16 bytes there again, wherever their words end; shorter ones are all in.
 */
static struct starts
find_starts(struct measure *m, const struct words *w)
{
	struct starts s = { .v = measure_array(m, 0, w->n) };

	m->a.n = 0;
	buf_reserve(&m->a, w->n);
	memset(m->a.p, 0, w->n);
	mark_16(m, w, m->a.p);
	for (size_t i = 0; i + 5 <= w->n; i++)
		if (m->a.p[i] || w->at[i + 5] - w->at[i] < 16)
			s.v[s.n++] = (uint32_t)i;
	mark_32(m, w, &s, m->a.p);
	s.level = m->a.p;
	return s;
}

static inline bool
may_repeat(const struct words *w, const struct starts *s, size_t i, size_t n)
{
	size_t bytes;

	if (i + n > w->n)
		return false;
	bytes = w->at[i + n] - w->at[i];
	return bytes < 16 || s->level[i] >= (bytes < 32 ? SAME_16 : SAME_32);
}

/* Bytes that n-grams from those starts cover: no more can be repeated. */
static size_t
covered(const struct words *w, const struct starts *s, size_t n)
{
	size_t sum = 0, end = 0;

	for (size_t k = 0; k < s->n; k++) {
		size_t i = s->v[k], from = w->at[i], to;

		if (!may_repeat(w, s, i, n))
			continue;
		to = w->at[i + n];
		sum += to - (from > end ? from : end);
		end = to;
	}
	return sum;
}

/* Characters of n-grams that were there before, from left to right without overlaps. */
static size_t
count_repeated(struct measure *m, const struct words *w, const struct starts *s, size_t n)
{
	size_t mask, sum = 0, next = 0;
	uint32_t *table = measure_table(m, 2 * s->n, &mask);

	for (size_t k = 0; k < s->n; k++) {
		size_t i = s->v[k], at;
		struct span g;

		if (i < next || !may_repeat(w, s, i, n))
			continue;
		g = gram(w, i, n);
		at = hash64(g, 0) & mask;
		while (table[at] && !span_eq(g, gram(w, table[at] - 1, n)))
			at = (at + 1) & mask;
		if (table[at]) {
			sum += count_chars(g);
			next = i + n;
		} else {
			table[at] = (uint32_t)i + 1;
		}
	}
	return sum;
}

void
grams_count(struct measure *m, const double limit[GRAMS], double found[GRAMS])
{
	const struct words *w = measure_words(m);
	double most[GRAMS_TOP];
	struct starts s;

	bound_top(m, w, most);
	if (most[0] > limit[0] || most[1] > limit[1] || most[2] > limit[2])
		count_top(m, w, found);
	else
		for (size_t k = 0; k < GRAMS_TOP; k++)
			found[k] = NAN;
	s = find_starts(m, w);
	for (size_t k = GRAMS_TOP; k < GRAMS; k++) {
		bool asked = limit[k] < 0 || (double)covered(w, &s, k + 2) > limit[k];

		found[k] = asked ? (double)count_repeated(m, w, &s, k + 2) : NAN;
	}
}
