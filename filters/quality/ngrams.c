/* ngrams.c - n-grams of words by numbers: which are the same, and how often they come. */
#include "filters/quality/ngrams.h"

#include "lib/base/hash.h"

struct numbers {
	uint32_t *of, *count, *first; /* as in struct ngrams */
	uint32_t n;
};

/* A number for each different word; none is NGRAM_ONCE. */
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

size_t
ngrams_number_words(
    struct measure *m, const struct words *w, uint32_t *of, uint32_t *count)
{
	struct numbers k = {
		.of = of, .count = count, .first = measure_array(m, 4, w->n)
	};

	number_words(m, w, &k);
	return k.n;
}

/* n-grams of (n - 1)-grams `less` and words.  Only if both (n - 1)-grams in one come
 * twice can it. */
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

		k->of[i] = NGRAM_ONCE;
		if (a == NGRAM_ONCE || b == NGRAM_ONCE || less->count[a] < 2 ||
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

void
ngrams_each(struct measure *m, const struct words *w, size_t from, size_t to,
    void (*see)(void *ctx, const struct ngrams *g), void *ctx)
{
	struct numbers k[3]; /* of words, then of n-grams and (n - 1)-grams in turn */
	const struct numbers *less = &k[0];

	for (size_t i = 0; i < 3; i++)
		k[i] = (struct numbers){ .of = measure_array(m, i, w->n),
			.count = measure_array(m, 3, 3 * w->n) + i * w->n,
			.first = measure_array(m, 4, 3 * w->n) + i * w->n };
	number_words(m, w, &k[0]);
	for (size_t n = 2; n <= to && n <= w->n; n++) {
		struct numbers *now = &k[1 + n % 2];

		number_grams(m, w, k[0].of, less, n, now);
		less = now;
		if (n >= from)
			see(ctx, &(struct ngrams){ .w = w,
				     .n = n,
				     .positions = w->n - n + 1,
				     .of = now->of,
				     .count = now->count,
				     .first = now->first,
				     .numbers = now->n });
	}
}

size_t
ngrams_first_top(const struct ngrams *g, size_t *most)
{
	size_t at = 0;

	*most = 1;
	for (uint32_t i = 0; i < g->numbers; i++)
		if (g->count[i] > *most) {
			*most = g->count[i];
			at = g->first[i];
		}
	return at;
}

size_t
ngrams_covered(const struct ngrams *g, const uint32_t *at)
{
	size_t sum = 0, end = 0;

	for (size_t i = 0; i < g->positions; i++) {
		if (ngram_count(g, i) < 2)
			continue;
		sum += at[i + g->n] - at[i > end ? i : end];
		end = i + g->n;
	}
	return sum;
}
