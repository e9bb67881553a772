/* fineweb.c - the rule sets fineweb and c4-para, as datatrove implements them. */
#include <math.h>

#include "filters/quality/rule_set.h"
#include "lib/text/utf8.h"

enum { LINES, LINE_PUNCT, SHORT_LINES, CHAR_DUPS, NEW_LINES, NFEATURES };

static const struct feature features[NFEATURES] = {
	[LINES] = { "fineweb.lines", 0 },
	[LINE_PUNCT] = { "fineweb.line_punct", 6 },
	[SHORT_LINES] = { "fineweb.short_lines", 6 },
	[CHAR_DUPS] = { "fineweb.dup_line_chars", 6 },
	[NEW_LINES] = { "fineweb.line_feeds", 6 },
};

#define AT(line) "datatrove 0.10.1 fineweb_quality_filter.py:" line

enum {
	MIN_LINES,
	MIN_PUNCT,
	MAX_SHORT,
	MAX_DUPS,
	MAX_NEW_LINES,
	SHORT_CHARS,
	PUNCT_ZERO,
	NRULES
};

static const struct rule rules[NRULES] = {
	[MIN_LINES] = { "fineweb.min_lines", LINES, RULE_MIN, UNIT_COUNT, 1, AT("37") },
	[MIN_PUNCT] = { "fineweb.min_line_punct", LINE_PUNCT, RULE_MIN, UNIT_FRACTION,
	    0.12, AT("39") },
	[MAX_SHORT] = { "fineweb.max_short_lines", SHORT_LINES, RULE_MAX, UNIT_FRACTION,
	    0.67, AT("43") },
	[MAX_DUPS] = { "fineweb.max_dup_line_chars", CHAR_DUPS, RULE_MAX, UNIT_FRACTION,
	    0.01, AT("48") },
	[MAX_NEW_LINES] = { "fineweb.max_line_feeds", NEW_LINES, RULE_MAX, UNIT_NUMBER,
	    0.3, AT("53") },
	[SHORT_CHARS] = { "fineweb.short_line_chars", NO_FEATURE, RULE_MAX, UNIT_COUNT,
	    30, AT("42") },
	[PUNCT_ZERO] = { "fineweb.line_punct_exclude_zero", NO_FEATURE, RULE_MAX,
	    UNIT_SWITCH, NAN, AT("39") },
};

static bool
ends_terminal(const struct measure *m, struct span s)
{
	size_t at = s.n;

	while (((unsigned char)s.p[--at] & 0xc0) == 0x80)
		;
	return m->classes[utf8_next(s, &at)] & CHAR_TERMINAL;
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	size_t lines = 0, punct = 0, shorts = 0, dup_chars = 0;
	double most = s->bound[SHORT_CHARS];

	measure_lines(m);
	for (size_t i = 0; i < m->lines.n; i++) {
		struct span l = text_part_span(m, &m->lines.v[i]);

		if (m->lines.v[i].blank)
			continue;
		lines++;
		punct += ends_terminal(m, l);
		/* A code point has at most four bytes, so longer lines need no count. */
		if ((double)l.n <= 4 * most)
			shorts += (double)measure_span_chars(m, l) <= most;
		if (m->lines.v[i].dup)
			dup_chars += measure_span_chars(m, l);
	}
	value[LINES] = (double)lines;
	value[LINE_PUNCT] = ratio(punct, lines);
	if (punct == 0 && !isnan(s->bound[PUNCT_ZERO]))
		value[LINE_PUNCT] = NAN;
	value[SHORT_LINES] = ratio(shorts, lines);
	value[CHAR_DUPS] = ratio(dup_chars, measure_chars(m) - m->line_feeds);
	value[NEW_LINES] = ratio(m->line_feeds, measure_words(m)->n);
}

const struct rule_set rule_set_fineweb = {
	.name = "fineweb",
	.summary = "FineWeb's own rules, as datatrove implements them",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = NRULES,
	.measure = measure,
	.on_edited = true,
};

static const struct feature para_features[] = { { "c4-para.paragraphs", 0 } };

enum { MIN_PARAS, MIN_CHARS, NPARA_RULES };

static const struct rule para_rules[NPARA_RULES] = {
	[MIN_PARAS] = { "c4-para.min_paragraphs", 0, RULE_MIN, UNIT_COUNT, 3,
	    "datatrove 0.10.1 c4_filters.py:161" },
	[MIN_CHARS] = { "c4-para.min_paragraph_chars", NO_FEATURE, RULE_MIN, UNIT_COUNT,
	    200, "datatrove 0.10.1 c4_filters.py:162" },
};

/* Count the lines that are long enough, their white space included. */
static void
measure_paras(
    struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	double least = isnan(s->bound[MIN_CHARS]) ? 0 : s->bound[MIN_CHARS];
	size_t n = 0;

	measure_lines(m);
	for (size_t i = 0; i < m->lines.n; i++) {
		struct span l = text_part_span(m, &m->lines.v[i]);

		n += (double)l.n >= least && (double)measure_span_chars(m, l) >= least;
	}
	value[0] = (double)n;
}

const struct rule_set rule_set_c4_para = {
	.name = "c4-para",
	.summary = "mC4's paragraph rule, as datatrove implements it",
	.feature = para_features,
	.nfeatures = 1,
	.rule = para_rules,
	.nrules = NPARA_RULES,
	.measure = measure_paras,
	.on_edited = true,
};
