/* gopher.c - the rule set gopher: quality rules, as datatrove implements them. */
#include <math.h>

#include "filters/quality/rule_set.h"

enum {
	WORDS,
	WORD_LENGTH,
	HASHES,
	ELLIPSES,
	BULLET_LINES,
	ELLIPSIS_LINES,
	ALPHA_WORDS,
	STOP_WORDS,
	NFEATURES
};

static const struct feature features[NFEATURES] = {
	[WORDS] = { "gopher.words", 0 },
	[WORD_LENGTH] = { "gopher.word_length", 6 },
	[HASHES] = { "gopher.hashes", 6 },
	[ELLIPSES] = { "gopher.ellipses", 6 },
	[BULLET_LINES] = { "gopher.bullet_lines", 6 },
	[ELLIPSIS_LINES] = { "gopher.ellipsis_lines", 6 },
	[ALPHA_WORDS] = { "gopher.alpha_words", 6 },
	[STOP_WORDS] = { "gopher.stop_words", 0 },
};

#define AT(line) "datatrove 0.10.1 gopher_quality_filter.py:" line

enum {
	MIN_WORDS,
	MAX_WORDS,
	MIN_LENGTH,
	MAX_LENGTH,
	MAX_HASHES,
	MAX_ELLIPSES,
	MAX_BULLETS,
	MAX_ELLIPSIS_LINES,
	MIN_ALPHA,
	MIN_STOP_WORDS,
	NRULES
};

static const struct rule rules[NRULES] = {
	[MIN_WORDS] = { "gopher.min_words", WORDS, RULE_MIN, UNIT_COUNT, 50, AT("79") },
	[MAX_WORDS] = { "gopher.max_words", WORDS, RULE_MAX, UNIT_COUNT, 100000,
	    AT("81") },
	[MIN_LENGTH] = { "gopher.min_word_length", WORD_LENGTH, RULE_MIN, UNIT_NUMBER, 3,
	    AT("86") },
	[MAX_LENGTH] = { "gopher.max_word_length", WORD_LENGTH, RULE_MAX, UNIT_NUMBER, 10,
	    AT("88") },
	[MAX_HASHES] = { "gopher.max_hashes", HASHES, RULE_MAX, UNIT_NUMBER, 0.1,
	    AT("92") },
	[MAX_ELLIPSES] = { "gopher.max_ellipses", ELLIPSES, RULE_MAX, UNIT_NUMBER, 0.1,
	    AT("94") },
	[MAX_BULLETS] = { "gopher.max_bullet_lines", BULLET_LINES, RULE_MAX,
	    UNIT_FRACTION, 0.9, AT("100") },
	[MAX_ELLIPSIS_LINES] = { "gopher.max_ellipsis_lines", ELLIPSIS_LINES, RULE_MAX,
	    UNIT_FRACTION, 0.3, AT("106") },
	[MIN_ALPHA] = { "gopher.min_alpha_words", ALPHA_WORDS, RULE_MIN, UNIT_FRACTION,
	    0.8, AT("114") },
	[MIN_STOP_WORDS] = { "gopher.min_stop_words", STOP_WORDS, RULE_MIN, UNIT_COUNT, 2,
	    AT("122") },
};

/* Measure how lines begin and end; lines are those of str.splitlines(). */
static void
measure_ends(struct measure *m, double *value)
{
	struct py_lines it = { .text = m->text, .classes = m->classes };
	const struct span dots = SPAN("..."), sign = SPAN(ELLIPSIS);
	size_t lines = 0, bullets = 0, ellipses = 0;
	struct span line;

	it.unicode_newlines = measure_unicode_newlines(m);
	while (py_lines_next(&it, &line)) {
		struct span l = py_lstrip(m->classes, line);
		struct span r = py_rstrip(m->classes, l);

		lines++;
		bullets += span_starts(l, SPAN("-")) || span_starts(l, SPAN(BULLET));
		ellipses += span_ends(r, dots) || span_ends(r, sign);
	}
	value[BULLET_LINES] = ratio(bullets, lines);
	value[ELLIPSIS_LINES] = ratio(ellipses, lines);
}

/* Count the different stop words of the text, up to `enough`.  Case matters. */
static size_t
count_stop_words(struct measure *m, const struct word_list *list, double enough)
{
	const struct words *w = measure_words(m);
	size_t found = 0;

	m->tmp.n = 0;
	buf_reserve(&m->tmp, list->n);
	memset(m->tmp.p, 0, list->n);
	for (size_t i = 0; i < w->n && (double)found < enough; i++) {
		int k = word_list_find(list, word(w, i));

		if (k >= 0 && !m->tmp.p[k]) {
			m->tmp.p[k] = 1;
			found++;
		}
	}
	return found;
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	const struct words *w = measure_words(m);
	size_t real = w->n - w->symbols, ellipses;

	value[WORDS] = (double)real;
	value[WORD_LENGTH] = ratio(w->chars - w->symbol_chars, real);
	value[HASHES] = ratio(count_byte(m->text, '#'), w->n);
	ellipses = count_substring(m->text, SPAN("..."));
	if (measure_chars(m) != m->text.n)
		ellipses += count_substring(m->text, SPAN(ELLIPSIS));
	value[ELLIPSES] = ratio(ellipses, w->n);
	measure_ends(m, value);
	value[ALPHA_WORDS] = ratio(w->letters, w->n);
	value[STOP_WORDS] = (double)count_stop_words(
	    m, s->stop_words, m->exact ? INFINITY : s->bound[MIN_STOP_WORDS]);
}

const struct rule_set rule_set_gopher = {
	.name = "gopher",
	.summary = "Gopher's quality rules, as datatrove implements them",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = NRULES,
	.measure = measure,
	.stop_words = GOPHER_STOP_WORDS,
};
