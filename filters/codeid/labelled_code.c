/* labelled_code.c - collect training texts by language and project, and draw samples. */
#include "filters/codeid/labelled_code.h"

#include <stdlib.h>

#include "lib/base/num.h"

enum {
	TEXT_MAX = 24576, /* bytes of a text that are kept */
	TEXT_MIN = 20,	  /* bytes: shorter texts are skipped */
	HEAD_MIN = 400,	  /* least bytes of a sample from the beginning of a text */
	LINES_MAX = 120,  /* lines of a sample from the middle */
};

/* Tuned on projects that were not trained on. */
static const double class_power = 0.15;	 /* share of a class: its texts to this power */
static const double project_power = 0.5; /* share of a project in its class: the same */
static const double focus_factor = 1.5, prose_factor = 3;
static const double head_share = 0.4; /* of samples: beginnings of texts */
static const double drop_mean = 0.3;  /* mean share of dropped features per sample */

static struct code_class *
find_class(struct code_corpus *c, unsigned lang)
{
	struct code_class *k;

	for (size_t i = 0; i < c->n; i++)
		if (c->class[i].lang == lang)
			return &c->class[i];
	c->class = xrealloc(c->class, c->n + 1, sizeof *c->class);
	k = &c->class[c->n++];
	*k = (struct code_class){ .lang = lang };
	return k;
}

static struct code_project *
find_project(struct code_class *k, struct span name)
{
	struct code_project *p;

	/* Texts of one project are adjacent, so search from the end. */
	for (size_t i = k->n; i-- > 0;)
		if (span_eq(span_of(k->project[i].name), name))
			return &k->project[i];
	k->project = xrealloc(k->project, k->n + 1, sizeof *k->project);
	p = &k->project[k->n++];
	*p = (struct code_project){ .name = xcalloc(name.n + 1, 1) };
	if (name.n)
		memcpy(p->name, name.p, name.n);
	return p;
}

void
code_corpus_add(
    struct code_corpus *c, unsigned lang, struct span project, struct span text)
{
	struct code_class *k;
	struct code_project *p;

	if (text.n < TEXT_MIN)
		return;
	if (text.n > TEXT_MAX)
		text.n = TEXT_MAX;
	k = find_class(c, lang);
	p = find_project(k, project);
	GROW(p->text, p->n, p->cap);
	p->text[p->n++] = (struct span){ arena_copy(&c->mem, text), text.n };
	k->texts++;
	c->texts++;
	c->bytes += text.n;
}

static double
power(size_t n, double exponent)
{
	return num_exp(exponent * num_ln((double)n));
}

static int
compare_classes(const void *a, const void *b)
{
	const unsigned x = ((const struct code_class *)a)->lang,
		       y = ((const struct code_class *)b)->lang;

	return (x > y) - (x < y);
}

static bool
has_texts(const struct code_corpus *c, unsigned lang)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->class[i].lang == lang)
			return true;
	return false;
}

int
code_corpus_ready(struct code_corpus *c, const struct code_set *focus, struct err *err)
{
	const unsigned prose = code_lang_find(SPAN("text"));
	double sum = 0;

	if (c->n < 2)
		return err_set(err, EXIT_DATA,
		    "a model needs at least 2 languages, the texts have %zu", c->n);
	for (unsigned lang = 0; lang < code_langs_n; lang++)
		if (code_set_has(focus, lang) && !has_texts(c, lang))
			return err_set(err, EXIT_USAGE,
			    "--focus: no text has code_lang '%s': check the spelling, or "
			    "add texts",
			    code_langs[lang].name);
	qsort(c->class, c->n, sizeof *c->class, compare_classes);
	for (size_t i = 0; i < c->n; i++) {
		struct code_class *k = &c->class[i];
		double in_class = 0;

		for (size_t j = 0; j < k->n; j++)
			k->project[j].share_end = in_class +=
			    power(k->project[j].n, project_power);
		sum += power(k->texts, class_power) * (k->lang == prose ? prose_factor
							  : code_set_has(focus, k->lang)
							      ? focus_factor
							      : 1);
		k->share_end = sum;
	}
	return 0;
}

/* An excerpt of a text: its beginning, or lines from its middle. */
static struct span
draw_excerpt(struct linear_random *r, struct span text)
{
	size_t from, to, lines;

	if (linear_uniform(r) < head_share) {
		const size_t n = HEAD_MIN + linear_below(r, CODE_HEAD_BYTES - HEAD_MIN);

		text.n = n < text.n ? n : text.n;
		return text;
	}
	/* Log-uniform, so that short excerpts are more frequent. */
	lines = 2 + (size_t)num_exp(linear_uniform(r) * num_ln(LINES_MAX));
	from = linear_below(r, text.n);
	while (from > 0 && text.p[from - 1] != '\n')
		from--;
	for (to = from; to < text.n && lines; to++)
		lines -= text.p[to] == '\n';
	text = (struct span){ text.p + from, to - from };
	if (text.n > CODE_HEAD_BYTES)
		text.n = CODE_HEAD_BYTES;
	return text;
}

static size_t
pick_class(const struct code_corpus *c, double at)
{
	size_t i = 0;

	while (i + 1 < c->n && c->class[i].share_end <= at)
		i++;
	return i;
}

static const struct code_project *
pick_project(const struct code_class *k, double at)
{
	size_t i = 0;

	while (i + 1 < k->n && k->project[i].share_end <= at)
		i++;
	return &k->project[i];
}

size_t
code_corpus_draw(
    struct code_corpus *c, struct linear_random *r, uint32_t *row, size_t *label)
{
	const struct code_class *k;
	const struct code_project *p;
	uint64_t dropped;
	size_t n = 0;

	*label = pick_class(c, linear_uniform(r) * c->class[c->n - 1].share_end);
	k = &c->class[*label];
	p = pick_project(k, linear_uniform(r) * k->project[k->n - 1].share_end);
	code_features_clear(&c->features);
	code_features_add(&c->features, draw_excerpt(r, p->text[linear_below(r, p->n)]));
	if (c->features.n < CODE_FEATURES_MIN)
		return 0;
	dropped = (uint64_t)(2 * drop_mean * linear_uniform(r) * 0x1p32);
	for (size_t i = 0; i < c->features.n; i++)
		if (linear_random(r) >> 32 >= dropped)
			row[n++] = c->features.feature[i];
	return n;
}

void
code_corpus_free(struct code_corpus *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t j = 0; j < c->class[i].n; j++) {
			free(c->class[i].project[j].name);
			free(c->class[i].project[j].text);
		}
		free(c->class[i].project);
	}
	free(c->class);
	arena_free(&c->mem);
	*c = (struct code_corpus){ 0 };
}
