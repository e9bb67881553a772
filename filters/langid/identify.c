/* identify.c - identify the language of a text as a whole, and when its parts differ. */
#include "filters/langid/identify.h"

#include "filters/langid/lang_spans.h"
#include "filters/langid/windows.h"

enum {
	/* The first look cuts the scanned bytes into COARSE_PARTS windows of COARSE_MIN
	   to COARSE_MAX bytes; the closer look cuts them into about FINE_PARTS. */
	COARSE_PARTS = 5,
	COARSE_MIN = 64,
	COARSE_MAX = 1024,
	FINE_PARTS = 128,
	SLICE_BYTES = 512, /* of each place at which a long text is sampled */
	CLOSER_MIN = 48,   /* bytes: a shorter text gets no closer look */
	PART_MIN = 40,	   /* bytes: a shorter window cannot cause a closer look */
};

/* A text whose probability is below this gets a closer look. */
static const double sure_p = 0.98;
/* A window differs from the text if another language scores higher by this many nats. */
static const float differs_by = 2;

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Fill s->windows from the whole text, or from slices spread over a text longer than
 * `scan` bytes. */
static void
make_windows(const struct langid_model *m, struct langid_scratch *s, struct span text,
    size_t scan, size_t step)
{
	const size_t slices = scan / SLICE_BYTES > 2 ? scan / SLICE_BYTES : 2;

	s->windows.n = 0;
	if (text.n <= scan || text.n <= slices * SLICE_BYTES) {
		langid_windows(
		    &m->linear, &m->codes, s->cache, text, 0, step, &s->windows);
		return;
	}
	for (size_t i = 0; i < slices; i++) {
		const size_t room = text.n - SLICE_BYTES;
		size_t from =
		    room / (slices - 1) * i + room % (slices - 1) * i / (slices - 1);
		struct span slice;

		while (is_continuation(text.p[from]))
			from++;
		slice = span_from(text, from);
		slice.n = slice.n < SLICE_BYTES ? slice.n : SLICE_BYTES;
		while (slice.n + from < text.n && is_continuation(text.p[from + slice.n]))
			slice.n++;
		langid_windows(
		    &m->linear, &m->codes, s->cache, slice, from, step, &s->windows);
	}
}

/* Whether a window looks clearly like a language other than that of `label`. */
static bool
differs(const struct langid_model *m, struct langid_scratch *s,
    const struct langid_window *w, int label)
{
	struct linear_total t = { 0 };
	int best;

	if (w->to - w->from < PART_MIN)
		return false;
	linear_total_add(&t, &w->sum);
	best = langid_score(m, &t, s->score);
	return m->label[best].group != m->label[label].group &&
	       s->score[best] - s->score[label] > differs_by;
}

static bool
wants_closer_look(const struct langid_model *m, struct langid_scratch *s,
    struct span text, const struct langid_guess *g)
{
	const struct langid_window *w =
	    (const struct langid_window *)(const void *)s->windows.p;
	const size_t n = s->windows.n / sizeof *w;

	if (text.n < CLOSER_MIN)
		return false;
	if (g->p < sure_p)
		return true;
	for (size_t i = 0; i < n && n > 1; i++)
		if (differs(m, s, &w[i], g->label))
			return true;
	return false;
}

static size_t
coarse_step(size_t bytes)
{
	const size_t step = bytes / COARSE_PARTS;

	return step < COARSE_MIN ? COARSE_MIN : step > COARSE_MAX ? COARSE_MAX : step;
}

/* Fine enough to find a second language with a fifth of the bytes. */
static size_t
fine_step(size_t bytes)
{
	const size_t step = bytes / FINE_PARTS;

	return step < LANGID_FINE ? LANGID_FINE : step;
}

/* The beginning of a text, at least `scan` bytes, to the end of a character. */
static struct span
beginning(struct span text, size_t scan)
{
	if (!scan || text.n <= scan)
		return text;
	while (scan < text.n && is_continuation(text.p[scan]))
		scan++;
	text.n = scan;
	return text;
}

/* Identify among the allowed labels only; their probabilities are scaled to sum to 1. */
static struct langid_guess
fasttext_guess_allowed(
    const struct langid_model *m, struct langid_scratch *s, struct span text)
{
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	float best = 0, sum = 0;
	size_t n = 0;
	int rc;

	for (uint32_t i = 0; i < m->labels; i++)
		if (m->label[i].allowed)
			s->allowed[n++] = i;
	rc = fasttext_score(m->fasttext, s->fasttext, text, s->allowed, n, s->score);
	for (size_t i = 0; i < n && rc > 0; i++) {
		sum += s->score[i];
		if (g.label == NO_LABEL || s->score[i] > best) {
			best = s->score[i];
			g.label = (int)s->allowed[i];
		}
	}
	if (rc < 0)
		g.label = BROKEN_MODEL;
	else if (rc > 0)
		g.p = sum > 0 ? (double)best / (double)sum : 0;
	return g;
}

static struct langid_guess
fasttext_guess(const struct langid_model *m, struct langid_scratch *s, struct span text)
{
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	struct fasttext_guess best;
	int rc;

	if (m->restricted)
		return fasttext_guess_allowed(m, s, text);
	rc = fasttext_predict(m->fasttext, s->fasttext, text, 1, &best);
	if (rc < 0)
		g.label = BROKEN_MODEL;
	if (rc <= 0)
		return g;
	g.label = (int)best.label;
	g.p = best.p < 1 ? (double)best.p : 1;
	return g;
}

struct langid_guess
langid_guess(
    const struct langid_model *m, struct langid_scratch *s, struct span text, size_t scan)
{
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	struct linear_total t = { 0 };
	const struct langid_window *w;
	size_t n, bytes;

	if (m->fasttext)
		return fasttext_guess(m, s, beginning(text, scan));
	if (!scan)
		scan = LANGID_SCAN;
	bytes = text.n < scan ? text.n : scan;
	make_windows(m, s, text, scan, coarse_step(bytes));
	w = (const struct langid_window *)(const void *)s->windows.p;
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

		make_windows(m, s, text, scan, fine_step(bytes));
		v = langid_segment(m, s, &n);
		parts = langid_sum_spans(m, s, v, n);
		/* If all spans agree, keep the score of the whole text: it is more
		 * reliable. */
		if (parts.alt != NO_LABEL ||
		    m->label[parts.label].group != m->label[g.label].group)
			g = parts;
	}
	return g;
}
