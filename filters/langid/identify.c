/* identify.c - the language of a text as a whole, and when to look closer. */
#include "filters/langid/identify.h"

#include <stdlib.h>

#include "filters/langid/identify_impl.h"
#include "lib/base/num.h"

enum {
	COARSE_MIN = 64,
	COARSE_MAX = 1024, /* bytes of a window of the whole text, */
	PARTS = 5,	   /* of which there are some so many */
	FINE_PARTS = 128,  /* windows of a closer look at a long text, about */
	STRETCH = 512,	   /* of a long text, at one place */
	CLOSER_MIN = 48,   /* bytes: a shorter text has no parts */
	PART_MIN = 40,	   /* bytes: a shorter part does not make us look closer */
};

/* Below this probability of all the text its parts are looked at. */
static const double sure = 0.98;
/* By so many nats a part must be more like another language than like that of the whole.
 */
static const float clear = 2;

struct langid_scratch *
langid_scratch_new(const struct langid_model *m)
{
	struct langid_scratch *s = xcalloc(1, sizeof *s);

	if (m->fasttext) {
		s->fasttext = fasttext_scratch_new(m->fasttext);
		s->allowed = xcalloc(m->labels, sizeof *s->allowed);
		s->score = xcalloc(m->labels, sizeof *s->score);
	} else {
		s->memory = langid_memory_new();
		s->score = xcalloc(m->linear.padded, sizeof *s->score);
	}
	return s;
}

void
langid_scratch_free(struct langid_scratch *s)
{
	if (!s)
		return;
	langid_memory_free(s->memory);
	fasttext_scratch_free(s->fasttext);
	free(s->allowed);
	free(s->score);
	buf_free(&s->windows);
	buf_free(&s->scores);
	buf_free(&s->steps);
	buf_free(&s->spans);
	buf_free(&s->sums);
	free(s);
}

int
langid_score(const struct langid_model *m, const struct linear_total *t, float *z)
{
	const size_t best = linear_scores(&m->linear, t, z);

	if (!m->restricted)
		return (int)best;
	for (size_t i = 0; i < m->linear.labels; i++)
		if (!m->label[i].allowed)
			z[i] = -1e30F;
	return (int)linear_best(&m->linear, z);
}

/* Labels of one language stand for each other: its probability is that of all of them. */
double
langid_probability(const struct langid_model *m, const float *z, int best, int label)
{
	const double all = linear_log_sum(&m->linear, z, (size_t)best);
	double p = 0;

	for (int i = m->label[label].group; i != NO_LABEL; i = m->label[i].next)
		p += num_exp((double)z[i] - all);
	return p < 1 ? p : 1;
}

/* Windows of the text, or of stretches spread over it if it is too long. */
static void
look(const struct langid_model *m, struct langid_scratch *s, struct span text,
    size_t scan, size_t step)
{
	const size_t stretches = scan / STRETCH > 2 ? scan / STRETCH : 2;

	s->windows.n = 0;
	if (text.n <= scan || text.n <= stretches * STRETCH) {
		langid_windows(
		    &m->linear, &m->letters, s->memory, text, 0, step, &s->windows);
		return;
	}
	for (size_t i = 0; i < stretches; i++) {
		const size_t room = text.n - STRETCH;
		size_t from = room / (stretches - 1) * i +
			      room % (stretches - 1) * i / (stretches - 1);
		struct span part;

		while (((unsigned char)text.p[from] & 0xc0) == 0x80)
			from++;
		part = span_from(text, from);
		part.n = part.n < STRETCH ? part.n : STRETCH;
		while (part.n + from < text.n &&
		       ((unsigned char)text.p[from + part.n] & 0xc0) == 0x80)
			part.n++;
		langid_windows(
		    &m->linear, &m->letters, s->memory, part, from, step, &s->windows);
	}
}

/* Whether a window is in another language than the whole, to all appearances. */
static bool
differs(const struct langid_model *m, struct langid_scratch *s, const struct window *w,
    int label)
{
	struct linear_total t = { 0 };
	int best;

	if (w->to - w->from < PART_MIN)
		return false;
	linear_total_add(&t, &w->sum);
	best = langid_score(m, &t, s->score);
	return m->label[best].group != m->label[label].group &&
	       s->score[best] - s->score[label] > clear;
}

static bool
wants_closer_look(const struct langid_model *m, struct langid_scratch *s,
    struct span text, const struct langid_guess *g)
{
	const struct window *w = (const struct window *)(const void *)s->windows.p;
	const size_t n = s->windows.n / sizeof *w;

	if (text.n < CLOSER_MIN)
		return false;
	if (g->p < sure)
		return true;
	for (size_t i = 0; i < n && n > 1; i++)
		if (differs(m, s, &w[i], g->label))
			return true;
	return false;
}

/* The beginning of a text that is too long; models of fastText's are not cut in pieces.
 */
static struct span
scanned(struct span text, size_t scan)
{
	if (!scan || text.n <= scan)
		return text;
	while (scan < text.n && ((unsigned char)text.p[scan] & 0xc0) == 0x80)
		scan++;
	text.n = scan;
	return text;
}

static size_t
coarse_step(size_t bytes)
{
	const size_t step = bytes / PARTS;

	return step < COARSE_MIN ? COARSE_MIN : step > COARSE_MAX ? COARSE_MAX : step;
}

/* What tells a fifth of a text from the rest well enough. */
static size_t
fine_step(size_t bytes)
{
	const size_t step = bytes / FINE_PARTS;

	return step < LANGID_FINE ? LANGID_FINE : step;
}

struct langid_guess
langid_guess(
    const struct langid_model *m, struct langid_scratch *s, struct span text, size_t scan)
{
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	struct linear_total t = { 0 };
	const struct window *w;
	size_t n, bytes;

	if (m->fasttext)
		return langid_fasttext_guess(m, s, scanned(text, scan));
	if (!scan)
		scan = LANGID_SCAN;
	bytes = text.n < scan ? text.n : scan;
	look(m, s, text, scan, coarse_step(bytes));
	w = (const struct window *)(const void *)s->windows.p;
	n = s->windows.n / sizeof *w;
	for (size_t i = 0; i < n; i++)
		linear_total_add(&t, &w[i].sum);
	if (t.n == 0)
		return g;
	g.label = langid_score(m, &t, s->score);
	g.p = langid_probability(m, s->score, g.label, g.label);
	if (wants_closer_look(m, s, text, &g)) {
		const struct langid_span *v;
		struct langid_guess parts;

		look(m, s, text, scan, fine_step(bytes));
		v = langid_segment(m, s, &n);
		parts = langid_sum_spans(m, s, v, n);
		/* What is all one language after all was judged best as a whole. */
		if (parts.alt != NO_LABEL ||
		    m->label[parts.label].group != m->label[g.label].group)
			g = parts;
	}
	return g;
}
