/* dolma.c - Gopher's rules as Dolma counts them, with the bounds of its web mix. */
#include "filters/quality/ngrams.h"
#include "filters/quality/rule_set.h"
#include "lib/text/utf8.h"

enum {
	WORDS,
	WORD_LENGTH,
	SYMBOL_WORDS,
	ALPHA_WORDS,
	STOP_WORDS,
	BULLET_LINES,
	ELLIPSIS_LINES,
	DUP_LINES,
	DUP_LINE_CHARS,
	TOP_2,
	DUP_5 = TOP_2 + 3,
	NFEATURES = DUP_5 + 6
};

static const struct feature features[NFEATURES] = {
	[WORDS] = { "dolma.words", 0 },
	[WORD_LENGTH] = { "dolma.median_word_length", 1 },
	[SYMBOL_WORDS] = { "dolma.symbol_words", 6 },
	[ALPHA_WORDS] = { "dolma.alpha_words", 6 },
	[STOP_WORDS] = { "dolma.stop_words", 0 },
	[BULLET_LINES] = { "dolma.bullet_lines", 6 },
	[ELLIPSIS_LINES] = { "dolma.ellipsis_lines", 6 },
	[DUP_LINES] = { "dolma.dup_lines", 6 },
	[DUP_LINE_CHARS] = { "dolma.dup_line_chars", 6 },
	NGRAM_FEATURES("dolma", TOP_2, DUP_5),
};

/* The bounds are those of configs/dolma-v1_6/mixing/cc-head.yaml. */
#define AT(line) "dolma 669f534 taggers/gopher.py:" line
#define MAX_RULE(id, feature, bound, line)                                               \
	{                                                                                \
		"dolma.max_" id, feature, RULE_MAX, UNIT_NUMBER, bound, AT(line)         \
	}

static const struct rule rules[] = {
	{ "dolma.min_words", WORDS, RULE_MIN, UNIT_COUNT, 50, AT("150") },
	{ "dolma.max_words", WORDS, RULE_MAX, UNIT_COUNT, 100000, AT("150") },
	{ "dolma.min_median_word_length", WORD_LENGTH, RULE_MIN, UNIT_NUMBER, 3,
	    AT("151") },
	MAX_RULE("median_word_length", WORD_LENGTH, 10, "151"),
	MAX_RULE("symbol_words", SYMBOL_WORDS, 0.1, "152"),
	{ "dolma.min_alpha_words", ALPHA_WORDS, RULE_MIN, UNIT_SHARE, 0.8, AT("155") },
	{ "dolma.min_stop_words", STOP_WORDS, RULE_MIN, UNIT_COUNT, 2, AT("158") },
	MAX_RULE("bullet_lines", BULLET_LINES, 0.9, "185"),
	MAX_RULE("ellipsis_lines", ELLIPSIS_LINES, 0.3, "187"),
	MAX_RULE("dup_lines", DUP_LINES, 0.3, "192"),
	MAX_RULE("dup_line_chars", DUP_LINE_CHARS, 0.3, "195"),
	MAX_RULE("top_2_gram", TOP_2, 0.2, "169"),
	MAX_RULE("top_3_gram", TOP_2 + 1, 0.18, "169"),
	MAX_RULE("top_4_gram", TOP_2 + 2, 0.16, "169"),
	MAX_RULE("dup_5_grams", DUP_5, 0.15, "175"),
	MAX_RULE("dup_6_grams", DUP_5 + 1, 0.14, "175"),
	MAX_RULE("dup_7_grams", DUP_5 + 2, 0.13, "175"),
	MAX_RULE("dup_8_grams", DUP_5 + 3, 0.12, "175"),
	MAX_RULE("dup_9_grams", DUP_5 + 4, 0.11, "175"),
	MAX_RULE("dup_10_grams", DUP_5 + 5, 0.1, "175"),
};

/* The mean of the two in the middle where their number is even. */
static double
median_length(struct measure *m, const uint32_t *at, size_t n)
{
	uint32_t longest = 0, *count, low = 0, high;
	size_t mask, seen = 0;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		longest = at[i + 1] - at[i] > longest ? at[i + 1] - at[i] : longest;
	count = measure_table(m, longest + (size_t)1, &mask);
	for (size_t i = 0; i < n; i++)
		count[at[i + 1] - at[i]]++;
	while (seen + count[low] <= (n - 1) / 2)
		seen += count[low++];
	for (high = low; seen + count[high] <= n / 2;)
		seen += count[high++];
	return ((double)low + (double)high) / 2;
}

static void
measure_words_by_kind(struct measure *m, const struct settings *s, double *value)
{
	const struct words *w = measure_spaced(m);
	size_t symbols = 0, alpha = 0, stop = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct span one = word(w, i);
		uint32_t any = 0;

		symbols += memchr(one.p, '#', one.n) ||
			   count_substring(one, SPAN("\xe2\x80\xa6"));
		for (size_t at = 0; at < one.n;)
			any |= m->classes[utf8_next(one, &at)];
		alpha += (any & CHAR_ALPHA) != 0;
		stop += wordlist_find(s->stop_words, one) >= 0;
	}
	value[WORDS] = (double)w->n;
	value[SYMBOL_WORDS] = share(symbols, w->n ? w->n : 1);
	value[ALPHA_WORDS] = share(alpha, w->n ? w->n : 1);
	value[STOP_WORDS] = (double)stop;
}

/* All copies count, and empty lines are lines. */
static void
measure_dup_lines(struct measure *m, double *value, size_t chars)
{
	size_t lines = m->line_feeds + 1, empty = lines - m->lines.n;
	size_t copies = empty > 1 ? empty : 0, copied = 0, bullets = 0, ellipses = 0;

	for (size_t i = 0; i < m->lines.n; i++) {
		struct span l = { m->text.p + m->lines.v[i].from, m->lines.v[i].n };

		if (m->lines.v[i].again || m->lines.v[i].first) {
			copies++;
			copied += count_chars(l);
		}
		bullets += l.p[0] == '*' || l.p[0] == '-';
		ellipses += span_ends(l, SPAN("\xe2\x80\xa6"));
	}
	value[BULLET_LINES] = share(bullets, lines);
	value[ELLIPSIS_LINES] = share(ellipses, lines);
	value[DUP_LINES] = share(copies, lines);
	value[DUP_LINE_CHARS] = share(copied, chars);
}

struct see {
	const uint32_t *at; /* words in characters */
	size_t chars;	    /* of all words */
	double *value;
};

static void
see_ngrams(void *ctx, const struct ngrams *g)
{
	struct see *k = ctx;
	uint64_t all = 0, copies = 0;
	size_t most, top;

	if (g->n <= 4) {
		top = ngrams_first_top(g, &most);
		k->value[TOP_2 + g->n - 2] =
		    share(most * (k->at[top + g->n] - k->at[top]), k->chars);
		return;
	}
	for (size_t i = 0; i < g->positions; i++) {
		uint32_t chars = k->at[i + g->n] - k->at[i];

		all += chars;
		copies += ngram_count(g, i) > 1 ? chars : 0;
	}
	k->value[DUP_5 + g->n - 5] = share(copies, all ? all : 1);
}

static void
measure(struct measure *m, const struct settings *s, struct doc *d, double *value)
{
	const struct words *w = measure_spaced(m);
	struct see k = { .at = measure_char_at(m, w), .value = value };

	k.chars = k.at[w->n] ? k.at[w->n] : 1;
	measure_lines(m);
	measure_words_by_kind(m, s, value);
	value[WORD_LENGTH] = median_length(m, k.at, w->n);
	measure_dup_lines(m, value, k.chars);
	for (size_t i = TOP_2; i < NFEATURES; i++)
		value[i] = 0;
	ngrams_each(m, w, 2, 10, see_ngrams, &k);
}

const struct set set_dolma = {
	.name = "dolma",
	.summary = "Gopher's rules as Dolma counts them",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = sizeof rules / sizeof *rules,
	.measure = measure,
	.stop_words = "the be to of and that have with",
};
