/* gopher_repetition.c - the rule set gopher-rep: repetition, as datatrove measures it. */
#include <math.h>

#include "filters/quality/dup_ngrams.h"
#include "filters/quality/rule_set.h"

enum {
	CHARS,
	PARAS,
	PARA_CHARS,
	LINES,
	LINE_CHARS,
	NGRAMS,
	NFEATURES = NGRAMS + NGRAM_VALUES
};

static const struct feature features[NFEATURES] = {
	[CHARS] = { "gopher-rep.chars", 0 },
	[PARAS] = { "gopher-rep.dup_paras", 6 },
	[PARA_CHARS] = { "gopher-rep.dup_para_chars", 6 },
	[LINES] = { "gopher-rep.dup_lines", 6 },
	[LINE_CHARS] = { "gopher-rep.dup_line_chars", 6 },
	NGRAM_FEATURES("gopher-rep", NGRAMS),
};

#define AT(line) "datatrove 0.10.1 gopher_repetition_filter.py:" line
#define MAX_RULE(f, id, bound, line)                                                     \
	[f] = { "gopher-rep.max_" id, f, RULE_MAX, UNIT_NUMBER, bound, AT(line) }

/* Rule i is on feature i. */
static const struct rule rules[NFEATURES] = {
	[CHARS] = { "gopher-rep.min_chars", CHARS, RULE_MIN, UNIT_COUNT, 1, AT("113") },
	MAX_RULE(PARAS, "dup_paras", 0.3, "117"),
	MAX_RULE(PARA_CHARS, "dup_para_chars", 0.2, "119"),
	MAX_RULE(LINES, "dup_lines", 0.3, "124"),
	MAX_RULE(LINE_CHARS, "dup_line_chars", 0.2, "126"),
	NGRAM_RULES("gopher-rep", NGRAMS, UNIT_NUMBER, AT("136"), AT("141")),
};

/* How many parts equal an earlier one, and their code points. */
struct dup_count {
	size_t n, chars;
};

static struct dup_count
count_dups(struct measure *m, const struct text_parts *p)
{
	struct dup_count a = { 0 };

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].dup) {
			a.n++;
			a.chars += measure_span_chars(m, text_part_span(m, &p->v[i]));
		}
	return a;
}

/* Measure paragraphs: the stripped text, split at empty lines. */
static void
measure_paras(struct measure *m, double *value)
{
	struct span body = py_strip(m->classes, m->text);
	size_t from = (size_t)(body.p - m->text.p), end = from + body.n;
	struct text_parts *p = &m->paras;
	struct dup_count dups;

	p->n = 0;
	for (size_t i = 0; i < m->lines.n;) {
		size_t start = m->lines.v[i].from, stop;

		do
			stop = m->lines.v[i].from + m->lines.v[i].n;
		while (++i < m->lines.n && m->lines.v[i].from == stop + 1);
		start = start < from ? from : start;
		stop = stop > end ? end : stop;
		if (start < stop)
			text_parts_add(m, p, start, stop - start);
	}
	text_parts_mark_dups(m, p);
	dups = count_dups(m, p);
	/* datatrove sees one empty paragraph in an empty text. */
	value[PARAS] = ratio(dups.n, p->n ? p->n : 1);
	value[PARA_CHARS] = ratio(dups.chars, m->nchars);
}

/* Measure lines: the text, split at runs of line feeds.  A run at the start or end of the
 * text leaves an empty line there. */
static void
measure_repeated_lines(struct measure *m, double *value)
{
	struct dup_count dups = count_dups(m, &m->lines);
	size_t empty = 0;

	if (m->text.n)
		empty = (m->text.p[0] == '\n' ? 1u : 0u) +
			(m->text.p[m->text.n - 1] == '\n' ? 1u : 0u);
	value[LINES] = ratio(dups.n + (empty == 2), m->lines.n + empty);
	value[LINE_CHARS] = ratio(dups.chars, m->nchars);
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	double chars = (double)measure_chars(m);
	double limit[NGRAM_VALUES], found[NGRAM_VALUES];

	measure_lines(m);
	value[CHARS] = chars;
	measure_paras(m, value);
	measure_repeated_lines(m, value);
	for (size_t k = 0; k < NGRAM_VALUES; k++) {
		double bound = s->bound[NGRAMS + k];

		/* Slightly lower, because the division below may round up. */
		limit[k] = m->exact	  ? -1
			   : isnan(bound) ? INFINITY
					  : bound * chars * 0.999999;
	}
	dup_ngrams_count(m, limit, found);
	for (size_t k = 0; k < NGRAM_VALUES; k++)
		value[NGRAMS + k] = found[k] / chars;
}

const struct rule_set rule_set_gopher_rep = {
	.name = "gopher-rep",
	.summary = "Gopher's repetition rules, as datatrove implements them",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = NFEATURES,
	.measure = measure,
};
