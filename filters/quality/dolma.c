/* dolma.c - the rule set dolma: Gopher's rules as Dolma implements them. */
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
	NGRAMS,
	NFEATURES = NGRAMS + NGRAM_VALUES
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
	NGRAM_FEATURES("dolma", NGRAMS),
};

/* Bounds are those of Dolma's web data, configs/dolma-v1_6/mixing/cc-head.yaml. */
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
	{ "dolma.min_alpha_words", ALPHA_WORDS, RULE_MIN, UNIT_FRACTION, 0.8, AT("155") },
	{ "dolma.min_stop_words", STOP_WORDS, RULE_MIN, UNIT_COUNT, 2, AT("158") },
	MAX_RULE("bullet_lines", BULLET_LINES, 0.9, "185"),
	MAX_RULE("ellipsis_lines", ELLIPSIS_LINES, 0.3, "187"),
	MAX_RULE("dup_lines", DUP_LINES, 0.3, "192"),
	MAX_RULE("dup_line_chars", DUP_LINE_CHARS, 0.3, "195"),
	NGRAM_RULES("dolma", NGRAMS, UNIT_NUMBER, AT("169"), AT("175")),
};

/* The median of the lengths of n words, or the mean of the two middle ones if n is
 * even. */
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
measure_words_by_kind(struct measure *m, const struct rule_bounds *s, double *value)
{
	const struct words *w = measure_ws_words(m);
	size_t symbols = 0, alpha = 0, stop = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct span one = word(w, i);
		uint32_t any = 0;

		symbols +=
		    memchr(one.p, '#', one.n) || count_substring(one, SPAN(ELLIPSIS));
		for (size_t at = 0; at < one.n;)
			any |= m->classes[utf8_next(one, &at)];
		alpha += (any & CHAR_ALPHA) != 0;
		stop += word_list_find(s->stop_words, one) >= 0;
	}
	value[WORDS] = (double)w->n;
	value[SYMBOL_WORDS] = ratio(symbols, w->n ? w->n : 1);
	value[ALPHA_WORDS] = ratio(alpha, w->n ? w->n : 1);
	value[STOP_WORDS] = (double)stop;
}

/* Dolma counts the first copy of a line, too, and takes empty lines for lines. */
static void
measure_dup_lines(struct measure *m, double *value, size_t chars)
{
	size_t lines = m->line_feeds + 1, empty = lines - m->lines.n;
	size_t copies = empty > 1 ? empty : 0, copied = 0, bullets = 0, ellipses = 0;

	for (size_t i = 0; i < m->lines.n; i++) {
		struct span l = text_part_span(m, &m->lines.v[i]);

		if (m->lines.v[i].dup || m->lines.v[i].has_dup) {
			copies++;
			copied += count_chars(l);
		}
		bullets += l.p[0] == '*' || l.p[0] == '-';
		ellipses += span_ends(l, SPAN(ELLIPSIS));
	}
	value[BULLET_LINES] = ratio(bullets, lines);
	value[ELLIPSIS_LINES] = ratio(ellipses, lines);
	value[DUP_LINES] = ratio(copies, lines);
	value[DUP_LINE_CHARS] = ratio(copied, chars);
}

static double
top_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	size_t most, top = ngrams_first_top(g, &most);

	return ratio(
	    most * (t->char_at[top + g->n] - t->char_at[top]), t->chars ? t->chars : 1);
}

static double
dup_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	uint64_t all = 0, copies = 0;

	for (size_t i = 0; i < g->positions; i++) {
		uint32_t chars = t->char_at[i + g->n] - t->char_at[i];

		all += chars;
		copies += ngram_count(g, i) > 1 ? chars : 0;
	}
	return ratio(copies, all ? all : 1);
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	const struct words *w = measure_ws_words(m);
	const struct ngram_text t = ngram_text_of(m, w);

	measure_lines(m);
	measure_words_by_kind(m, s, value);
	value[WORD_LENGTH] = median_length(m, t.char_at, w->n);
	measure_dup_lines(m, value, t.chars ? t.chars : 1);
	ngrams_measure(&t, top_ratio, dup_ratio, 0, value + NGRAMS);
}

const struct rule_set rule_set_dolma = {
	.name = "dolma",
	.summary = "Gopher's rules, as Dolma implements them",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = sizeof rules / sizeof *rules,
	.measure = measure,
	.stop_words = GOPHER_STOP_WORDS,
};
