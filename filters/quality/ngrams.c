/* ngrams.c - number the n-grams of words, so that equal ones have equal ids. */
#include "filters/quality/ngrams.h"

#include "lib/base/hash.h"

struct ngram_ids {
	uint32_t *id, *count, *first; /* as in struct ngrams */
	uint32_t n;
};

/* Count position i for the id in a table slot; a free slot gets a new id. */
static void
add_occurrence(struct ngram_ids *k, uint32_t *slot, size_t i)
{
	if (!*slot) {
		k->first[k->n] = (uint32_t)i;
		k->count[k->n] = 0;
		*slot = ++k->n;
	}
	k->id[i] = *slot - 1;
	k->count[k->id[i]]++;
}

/* Number the different words.  Every word gets an id, never NGRAM_ONCE. */
static void
number_words(struct measure *m, const struct words *w, struct ngram_ids *k)
{
	size_t mask;
	uint32_t *table = measure_table(m, 2 * w->n, &mask);

	k->n = 0;
	for (size_t i = 0; i < w->n; i++) {
		struct span s = word(w, i);
		size_t at =
		    (s.n <= 8 ? ngram_mix(word_prefix(w, i), s.n) : hash64(s, 0)) & mask;

		while (table[at] && !span_eq(s, word(w, k->first[table[at] - 1])))
			at = (at + 1) & mask;
		add_occurrence(k, &table[at], i);
	}
}

size_t
ngrams_number_words(
    struct measure *m, const struct words *w, uint32_t *id, uint32_t *count)
{
	struct ngram_ids k = { .id = id,
		.count = count,
		.first = measure_scratch(m, SCRATCH_FIRSTS, w->n) };

	number_words(m, w, &k);
	return k.n;
}

/* Number n-grams by the pair of the (n - 1)-gram `less` and the last word.  An n-gram can
 * only occur twice if both (n - 1)-grams in it do; all others are NGRAM_ONCE. */
static void
number_grams(struct measure *m, const struct words *w, const uint32_t *word_id,
    const struct ngram_ids *less, size_t n, struct ngram_ids *k)
{
	size_t mask, positions = w->n - n + 1;
	uint32_t *table = measure_table(m, 2 * w->n, &mask);

	k->n = 0;
	for (size_t i = 0; i < positions; i++) {
		uint32_t a = less->id[i], b = less->id[i + 1], last = word_id[i + n - 1];
		size_t at;

		k->id[i] = NGRAM_ONCE;
		if (a == NGRAM_ONCE || b == NGRAM_ONCE || less->count[a] < 2 ||
		    less->count[b] < 2)
			continue;
		for (at = ngram_mix(a, last) & mask; table[at]; at = (at + 1) & mask) {
			size_t j = k->first[table[at] - 1];

			if (less->id[j] == a && word_id[j + n - 1] == last)
				break;
		}
		add_occurrence(k, &table[at], i);
	}
}

void
ngrams_each(struct measure *m, const struct words *w, size_t max,
    void (*visit)(void *ctx, const struct ngrams *g), void *ctx)
{
	static const enum measure_scratch ids[] = { SCRATCH_WORD_IDS, SCRATCH_EVEN_IDS,
		SCRATCH_ODD_IDS };
	uint32_t *count = measure_scratch(m, SCRATCH_COUNTS, 3 * w->n);
	uint32_t *first = measure_scratch(m, SCRATCH_FIRSTS, 3 * w->n);
	struct ngram_ids k[3];
	const struct ngram_ids *less = &k[0];

	for (size_t i = 0; i < 3; i++)
		k[i] = (struct ngram_ids){ .id = measure_scratch(m, ids[i], w->n),
			.count = count + i * w->n,
			.first = first + i * w->n };
	number_words(m, w, &k[0]);
	for (size_t n = 2; n <= max && n <= w->n; n++) {
		struct ngram_ids *now = &k[1 + n % 2];

		number_grams(m, w, k[0].id, less, n, now);
		less = now;
		visit(ctx, &(struct ngrams){ .w = w,
			       .n = n,
			       .positions = w->n - n + 1,
			       .id = now->id,
			       .count = now->count,
			       .first = now->first,
			       .nids = now->n });
	}
}

size_t
ngrams_first_top(const struct ngrams *g, size_t *most)
{
	size_t at = 0;

	*most = 1;
	for (uint32_t i = 0; i < g->nids; i++)
		if (g->count[i] > *most) {
			*most = g->count[i];
			at = g->first[i];
		}
	return at;
}

size_t
ngrams_covered(const struct ngrams *g, const uint32_t *char_at)
{
	size_t sum = 0, end = 0;

	for (size_t i = 0; i < g->positions; i++) {
		if (ngram_count(g, i) < 2)
			continue;
		sum += char_at[i + g->n] - char_at[i > end ? i : end];
		end = i + g->n;
	}
	return sum;
}

struct measure_ctx {
	const struct ngram_text *text;
	ngram_value *top, *dup;
	double *value;
};

static void
measure_ngrams(void *ctx, const struct ngrams *g)
{
	const struct measure_ctx *c = ctx;
	size_t k = g->n - 2;

	c->value[k] = (k < NGRAM_TOPS ? c->top : c->dup)(c->text, g);
}

struct ngram_text
ngram_text_of(struct measure *m, const struct words *w)
{
	const uint32_t *char_at = measure_char_at(m, w);

	return (struct ngram_text){ m, w, char_at, char_at[w->n] };
}

void
ngrams_measure(const struct ngram_text *t, ngram_value *top, ngram_value *dup,
    double none, double value[NGRAM_VALUES])
{
	struct measure_ctx c = { t, top, dup, value };

	for (size_t k = 0; k < NGRAM_VALUES; k++)
		value[k] = none;
	ngrams_each(t->m, t->w, NGRAM_VALUES + 1, measure_ngrams, &c);
}
