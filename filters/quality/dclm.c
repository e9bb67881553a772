/* dclm.c - the rule set dclm: Gopher's rules as DCLM implements them. */
#include "filters/quality/ngrams.h"
#include "filters/quality/rule_set.h"
#include "lib/text/utf8.h"

enum {
	WORDS,
	WORD_LENGTH,
	SYMBOLS,
	BULLET_LINES,
	ELLIPSIS_LINES,
	NON_ALPHA_WORDS,
	STOP_WORDS,
	DUP_LINES,
	DUP_PARAS,
	DUP_LINE_CHARS,
	DUP_PARA_CHARS,
	NGRAMS,
	NFEATURES = NGRAMS + NGRAM_VALUES
};

static const struct feature features[NFEATURES] = {
	[WORDS] = { "dclm.words", 0 },
	[WORD_LENGTH] = { "dclm.word_length", 6 },
	[SYMBOLS] = { "dclm.symbols", 6 },
	[BULLET_LINES] = { "dclm.bullet_lines", 6 },
	[ELLIPSIS_LINES] = { "dclm.ellipsis_lines", 6 },
	[NON_ALPHA_WORDS] = { "dclm.non_alpha_words", 6 },
	[STOP_WORDS] = { "dclm.stop_words", 0 },
	[DUP_LINES] = { "dclm.dup_lines", 6 },
	[DUP_PARAS] = { "dclm.dup_paras", 6 },
	[DUP_LINE_CHARS] = { "dclm.dup_line_chars", 6 },
	[DUP_PARA_CHARS] = { "dclm.dup_para_chars", 6 },
	NGRAM_FEATURES("dclm", NGRAMS),
};

/* Bounds are those of baselines_configs/dclm_baseline_refinedweb.yaml. */
#define AT(line) "DCLM 361714b filters/content_filters.py:" line
#define MAX_RULE(id, feature, bound, line)                                               \
	{                                                                                \
		"dclm.max_" id, feature, RULE_MAX, UNIT_NUMBER, bound, AT(line)          \
	}

static const struct rule rules[] = {
	{ "dclm.min_words", WORDS, RULE_MIN, UNIT_COUNT, 50, AT("348") },
	{ "dclm.max_words", WORDS, RULE_MAX, UNIT_COUNT, 100000, AT("348") },
	{ "dclm.min_word_length", WORD_LENGTH, RULE_MIN, UNIT_NUMBER, 3, AT("537") },
	{ "dclm.max_word_length", WORD_LENGTH, RULE_MAX, UNIT_NUMBER, 10, AT("537") },
	MAX_RULE("symbols", SYMBOLS, 0.1, "564"),
	MAX_RULE("bullet_lines", BULLET_LINES, 0.9, "438"),
	MAX_RULE("ellipsis_lines", ELLIPSIS_LINES, 0.3, "466"),
	MAX_RULE("non_alpha_words", NON_ALPHA_WORDS, 0.2, "639"),
	{ "dclm.min_stop_words", STOP_WORDS, RULE_MIN, UNIT_COUNT, 2, AT("506") },
	MAX_RULE("dup_lines", DUP_LINES, 0.3, "241"),
	MAX_RULE("dup_paras", DUP_PARAS, 0.3, "241"),
	MAX_RULE("dup_line_chars", DUP_LINE_CHARS, 0.2, "239"),
	MAX_RULE("dup_para_chars", DUP_PARA_CHARS, 0.2, "239"),
	NGRAM_RULES("dclm", NGRAMS, UNIT_NUMBER, AT("289"), AT("296")),
};

/* Measure words between white space: length, words without letters, stop words. */
static void
measure_words_by_kind(struct measure *m, const struct rule_bounds *s, double *value)
{
	const struct words *w = measure_ws_words(m);
	size_t chars = 0, none = 0, stop = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct span one = word(w, i);
		uint32_t any = 0;

		for (size_t at = 0; at < one.n; chars++)
			any |= m->classes[utf8_next(one, &at)];
		none += !(any & CHAR_ALPHA);
		m->tmp.n = 0;
		lower_ascii(&m->tmp, one);
		stop += word_list_find(s->stop_words, buf_span(&m->tmp)) >= 0;
	}
	value[WORD_LENGTH] = ratio(chars, w->n);
	value[NON_ALPHA_WORDS] = ratio(none, w->n);
	value[STOP_WORDS] = (double)stop;
}

static void
measure_symbols(struct measure *m, double *value)
{
	size_t n = count_byte(m->text, '#') + count_substring(m->text, SPAN("...")) +
		   count_substring(m->text, SPAN(". . .")) +
		   count_substring(m->text, SPAN(ELLIPSIS));

	value[SYMBOLS] = ratio(n, measure_ws_words(m)->n);
}

/* Split the text at `between` into m->paras, each part stripped; empty parts are left
 * out. */
static void
find_parts(struct measure *m, struct span between)
{
	struct span s = m->text;
	bool more = true;

	m->paras.n = 0;
	while (more) {
		const char *p = find_substring(s, between);
		struct span part = { s.p, p ? (size_t)(p - s.p) : s.n };

		more = p != NULL;
		s = span_from(s, part.n + (more ? between.n : 0));
		part = py_strip(m->classes, part);
		if (part.n)
			text_parts_add(
			    m, &m->paras, (size_t)(part.p - m->text.p), part.n);
	}
	text_parts_mark_dups(m, &m->paras);
}

/* Compute the share of parts that have a duplicate, and of their code points.  The first
 * copy counts, too. */
static void
count_copies(const struct measure *m, double *parts, double *chars)
{
	size_t copies = 0, copied = 0, all = 0;

	for (size_t i = 0; i < m->paras.n; i++) {
		const struct text_part *p = &m->paras.v[i];
		size_t n = count_chars(text_part_span(m, p));

		all += n;
		if (p->dup || p->has_dup) {
			copies++;
			copied += n;
		}
	}
	*parts = ratio(copies, m->paras.n);
	*chars = ratio(copied, all);
}

static void
measure_lines_by_ends(struct measure *m, double *value)
{
	size_t bullets = 0, ellipses = 0;

	find_parts(m, SPAN("\n"));
	for (size_t i = 0; i < m->paras.n; i++) {
		struct span l = text_part_span(m, &m->paras.v[i]);

		bullets += l.p[0] == '*' || l.p[0] == '-' ||
			   span_starts(l, SPAN("\xe2\x97\x8f")) ||
			   span_starts(l, SPAN(BULLET));
		ellipses += span_ends(l, SPAN("...")) || span_ends(l, SPAN(". . .")) ||
			    span_ends(l, SPAN(ELLIPSIS));
	}
	value[BULLET_LINES] = ratio(bullets, m->paras.n);
	value[ELLIPSIS_LINES] = ratio(ellipses, m->paras.n);
	count_copies(m, &value[DUP_LINES], &value[DUP_LINE_CHARS]);
	find_parts(m, SPAN("\n\n"));
	count_copies(m, &value[DUP_PARAS], &value[DUP_PARA_CHARS]);
}

/* Of equally frequent n-grams the longest counts. */
static double
top_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	size_t most, longest = 0;

	ngrams_first_top(g, &most);
	for (uint32_t i = 0; most > 1 && i < g->nids; i++) {
		size_t n = t->char_at[g->first[i] + g->n] - t->char_at[g->first[i]];

		if (g->count[i] == most && n > longest)
			longest = n;
	}
	return ratio(most * longest, t->chars);
}

static double
dup_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	return ratio(ngrams_covered(g, t->char_at), t->chars);
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	const struct ngram_text t = ngram_text_of(m, measure_alnum_words(m));

	value[WORDS] = (double)t.w->n;
	ngrams_measure(&t, top_ratio, dup_ratio, 0, value + NGRAMS);
	measure_words_by_kind(m, s, value);
	measure_symbols(m, value);
	measure_lines_by_ends(m, value);
}

const struct rule_set rule_set_dclm = {
	.name = "dclm",
	.summary = "Gopher's rules, as DCLM implements them",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = sizeof rules / sizeof *rules,
	.measure = measure,
	.stop_words = GOPHER_STOP_WORDS,
};
