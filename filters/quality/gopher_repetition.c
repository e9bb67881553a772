/* gopher_repetition.c - Gopher's repetition rules, as datatrove counts: lines,
 * paragraphs, n-grams.
 */
#include <math.h>

#include "filters/quality/dup_ngrams.h"
#include "filters/quality/rule_set.h"

enum {
	CHARS,
	PARAS,
	PARA_CHARS,
	LINES,
	LINE_CHARS,
	TOP_2,
	TOP_3,
	TOP_4,
	DUP_5,
	DUP_6,
	DUP_7,
	DUP_8,
	DUP_9,
	DUP_10,
	NFEATURES
};

static const struct feature features[NFEATURES] = {
	[CHARS] = { "gopher-rep.chars", 0 },
	[PARAS] = { "gopher-rep.dup_paras", 6 },
	[PARA_CHARS] = { "gopher-rep.dup_para_chars", 6 },
	[LINES] = { "gopher-rep.dup_lines", 6 },
	[LINE_CHARS] = { "gopher-rep.dup_line_chars", 6 },
	[TOP_2] = { "gopher-rep.top_2_gram", 6 },
	[TOP_3] = { "gopher-rep.top_3_gram", 6 },
	[TOP_4] = { "gopher-rep.top_4_gram", 6 },
	[DUP_5] = { "gopher-rep.dup_5_grams", 6 },
	[DUP_6] = { "gopher-rep.dup_6_grams", 6 },
	[DUP_7] = { "gopher-rep.dup_7_grams", 6 },
	[DUP_8] = { "gopher-rep.dup_8_grams", 6 },
	[DUP_9] = { "gopher-rep.dup_9_grams", 6 },
	[DUP_10] = { "gopher-rep.dup_10_grams", 6 },
};

#define AT(line) "datatrove 0.10.1 gopher_repetition_filter.py:" line
#define MAX_RULE(f, id, bound, line)                                                     \
	[f] = { "gopher-rep.max_" id, f, RULE_MAX, UNIT_NUMBER, bound, AT(line) }

/* A rule a feature, in the same order. */
static const struct rule rules[NFEATURES] = {
	[CHARS] = { "gopher-rep.min_chars", CHARS, RULE_MIN, UNIT_COUNT, 1, AT("113") },
	MAX_RULE(PARAS, "dup_paras", 0.3, "117"),
	MAX_RULE(PARA_CHARS, "dup_para_chars", 0.2, "119"),
	MAX_RULE(LINES, "dup_lines", 0.3, "124"),
	MAX_RULE(LINE_CHARS, "dup_line_chars", 0.2, "126"),
	MAX_RULE(TOP_2, "top_2_gram", 0.2, "136"),
	MAX_RULE(TOP_3, "top_3_gram", 0.18, "136"),
	MAX_RULE(TOP_4, "top_4_gram", 0.16, "136"),
	MAX_RULE(DUP_5, "dup_5_grams", 0.15, "141"),
	MAX_RULE(DUP_6, "dup_6_grams", 0.14, "141"),
	MAX_RULE(DUP_7, "dup_7_grams", 0.13, "141"),
	MAX_RULE(DUP_8, "dup_8_grams", 0.12, "141"),
	MAX_RULE(DUP_9, "dup_9_grams", 0.11, "141"),
	MAX_RULE(DUP_10, "dup_10_grams", 0.1, "141"),
};

/* Of parts that were there before: how many, and their characters. */
struct again {
	size_t n, chars;
};

static struct again
count_again(struct measure *m, const struct parts *p)
{
	struct again a = { 0 };

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].again) {
			a.n++;
			a.chars += measure_part_chars(
			    m, (struct span){ m->text.p + p->v[i].from, p->v[i].n });
		}
	return a;
}

/* What empty lines part, of the text without white space at its ends. */
static void
measure_paras(struct measure *m, double *value)
{
	struct span body = py_strip(m->classes, m->text);
	size_t from = (size_t)(body.p - m->text.p), end = from + body.n;
	struct parts *p = &m->paras;
	struct again again;

	p->n = 0;
	for (size_t i = 0; i < m->lines.n;) {
		size_t start = m->lines.v[i].from, stop;

		do
			stop = m->lines.v[i].from + m->lines.v[i].n;
		while (++i < m->lines.n && m->lines.v[i].from == stop + 1);
		start = start < from ? from : start;
		stop = stop > end ? end : stop;
		if (start < stop)
			parts_add(m, p, start, stop - start);
	}
	parts_compare(m, p);
	again = count_again(m, p);
	/* An empty text is one empty paragraph. */
	value[PARAS] = share(again.n, p->n ? p->n : 1);
	value[PARA_CHARS] = share(again.chars, m->nchars);
}

/* What runs of line feeds part: nothing, where the text begins or ends with one. */
static void
measure_repeated_lines(struct measure *m, double *value)
{
	struct again again = count_again(m, &m->lines);
	size_t empty = 0;

	if (m->text.n)
		empty = (m->text.p[0] == '\n' ? 1u : 0u) +
			(m->text.p[m->text.n - 1] == '\n' ? 1u : 0u);
	value[LINES] = share(again.n + (empty == 2), m->lines.n + empty);
	value[LINE_CHARS] = share(again.chars, m->nchars);
}

static void
measure(struct measure *m, const struct settings *s, struct doc *d, double *value)
{
	double chars = (double)measure_chars(m);
	double limit[GRAMS], found[GRAMS];

	measure_lines(m);
	value[CHARS] = chars;
	measure_paras(m, value);
	measure_repeated_lines(m, value);
	for (size_t k = 0; k < GRAMS; k++) {
		double bound = s->bound[TOP_2 + k];

		/* A little lower, for the division below may be rounded up. */
		limit[k] = m->exact	  ? -1
			   : isnan(bound) ? INFINITY
					  : bound * chars * 0.999999;
	}
	grams_count(m, limit, found);
	for (size_t k = 0; k < GRAMS; k++)
		value[TOP_2 + k] = found[k] / chars;
}

const struct set set_gopher_rep = {
	.name = "gopher-rep",
	.summary = "Gopher's repetition rules, as datatrove counts",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = NFEATURES,
	.measure = measure,
};
