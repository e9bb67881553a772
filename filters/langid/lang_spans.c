/* lang_spans.c - windows of a text to stretches in one language each. */
#include "filters/langid/identify_impl.h"
#include "lib/base/num.h"

enum {
	BATCH = 2048,	 /* windows at once: what bounds memory */
	CANDIDATES = 16, /* languages in a batch */
};

/* What a change of language costs, and what a window can cost at most, in nats. */
static const float change = 8, most = 12;

/* One batch on its way. */
struct batch {
	const struct window *w;
	size_t n;
	float *score;	       /* [n][padded] */
	double log_sum[BATCH]; /* of each window's scores */
	unsigned char *step;   /* [n][CANDIDATES] */
	int candidate[CANDIDATES];
	size_t candidates;
	int before; /* label of the batch before, or NO_LABEL */
};

/* Scores of all windows; each votes for its best label with its bytes. */
static void
score_windows(const struct langid_model *m, struct batch *b, double *votes)
{
	for (size_t i = 0; i < b->n; i++) {
		float *z = b->score + i * m->linear.padded;
		struct linear_total t = { 0 };
		int best;

		linear_total_add(&t, &b->w[i].sum);
		best = langid_score(m, &t, z);
		b->log_sum[i] = linear_log_sum(&m->linear, z, (size_t)best);
		votes[best] += num_exp((double)z[best] - b->log_sum[i]) *
			       (double)(b->w[i].to - b->w[i].from);
	}
}

static void
choose_candidates(const struct langid_model *m, struct batch *b, double *votes)
{
	b->candidates = 0;
	if (b->before != NO_LABEL)
		b->candidate[b->candidates++] = b->before;
	while (b->candidates < CANDIDATES) {
		size_t best = 0;

		for (size_t q = 1; q < m->linear.labels; q++)
			if (votes[q] > votes[best])
				best = q;
		if (votes[best] <= 0)
			break;
		votes[best] = 0;
		if ((int)best != b->before)
			b->candidate[b->candidates++] = (int)best;
	}
}

static size_t
best_of(const float *v, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (v[i] > v[best])
			best = i;
	return best;
}

/* What window i says of candidate c: a logarithm of a probability. */
static float
cost(const struct langid_model *m, const struct batch *b, size_t i, size_t c)
{
	const float z = b->score[i * m->linear.padded + (size_t)b->candidate[c]];
	const float p = (float)((double)z - b->log_sum[i]);

	return p > -most ? p : -most;
}

/* Forward; returns the candidate at the end of the cheapest way. */
static size_t
walk(const struct langid_model *m, struct batch *b)
{
	float v[CANDIDATES], next[CANDIDATES];

	for (size_t c = 0; c < b->candidates; c++)
		v[c] = b->before == NO_LABEL || c == 0 ? 0 : -change;
	for (size_t i = 0; i < b->n; i++) {
		const size_t best = best_of(v, b->candidates);

		for (size_t c = 0; c < b->candidates; c++) {
			const bool changed = i > 0 && v[best] - change > v[c];

			b->step[i * CANDIDATES + c] = (unsigned char)(changed ? best : c);
			next[c] = (changed ? v[best] - change : v[c]) + cost(m, b, i, c);
		}
		memcpy(v, next, sizeof v);
	}
	return best_of(v, b->candidates);
}

/* Windows of one label after another become one stretch. */
static void
add_window(struct langid_scratch *s, const struct window *w, int label)
{
	struct langid_span *v = (struct langid_span *)(void *)s->spans.p;
	struct span_sum *sum = (struct span_sum *)(void *)s->sums.p;
	size_t n = s->spans.n / sizeof *v;

	if (!n || v[n - 1].label != label) {
		const struct langid_span span = { .from = w->from, .label = label };
		const struct span_sum none = { .first_to = w->to };

		buf_put(&s->spans, &span, sizeof span);
		buf_put(&s->sums, &none, sizeof none);
		v = (struct langid_span *)(void *)s->spans.p;
		sum = (struct span_sum *)(void *)s->sums.p;
		n++;
	}
	v[n - 1].to = w->to;
	v[n - 1].bytes += w->to - w->from;
	sum[n - 1].last_from = w->from;
	linear_total_add(&sum[n - 1].total, &w->sum);
}

static void
segment_batch(const struct langid_model *m, struct langid_scratch *s, struct batch *b)
{
	double votes[LINEAR_LABELS_MAX] = { 0 };
	unsigned char way[BATCH];
	size_t c;

	score_windows(m, b, votes);
	choose_candidates(m, b, votes);
	c = walk(m, b);
	b->before = b->candidate[c];
	for (size_t i = b->n; i-- > 0;) {
		way[i] = (unsigned char)c;
		c = b->step[i * CANDIDATES + c];
	}
	for (size_t i = 0; i < b->n; i++)
		add_window(s, &b->w[i], b->candidate[way[i]]);
}

const struct langid_span *
langid_segment(const struct langid_model *m, struct langid_scratch *s, size_t *n)
{
	const size_t windows = s->windows.n / sizeof(struct window);
	struct batch b = { .before = NO_LABEL };
	struct langid_span *v;
	const struct span_sum *sum;

	s->spans.n = s->sums.n = s->scores.n = s->steps.n = 0;
	buf_reserve(&s->scores, BATCH * m->linear.padded * sizeof(float));
	buf_reserve(&s->steps, (size_t)BATCH * CANDIDATES);
	b.score = (float *)(void *)s->scores.p;
	b.step = (unsigned char *)s->steps.p;
	for (size_t i = 0; i < windows; i += b.n) {
		b.w = (const struct window *)(const void *)s->windows.p + i;
		b.n = windows - i < BATCH ? windows - i : BATCH;
		segment_batch(m, s, &b);
	}
	*n = s->spans.n / sizeof *v;
	v = (struct langid_span *)(void *)s->spans.p;
	sum = (const struct span_sum *)(const void *)s->sums.p;
	for (size_t i = 0; i < *n; i++) {
		const int best = langid_score(m, &sum[i].total, s->score);

		v[i].p = langid_probability(m, s->score, best, v[i].label);
	}
	return v;
}

/* How well the end of a sentence or of a line, in s, does for a change of language. */
static double
break_bonus(struct span s)
{
	double bonus = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\n')
			return 3;
		else if (memchr(".!?;:", s.p[i], 5))
			bonus = 1;
	return bonus;
}

/* By how many nats a piece is more like label a than b, in a stretch of n rows. */
static double
leaning(const struct langid_model *m, struct langid_scratch *s, struct span piece, int a,
    int b)
{
	enum { ROWS = 64 };
	const struct linear *l = &m->linear;
	struct linear_sum sum = { 0 };
	double lean = 0;
	uint32_t row[PIECE_FEATURES_MAX];

	linear_sum_rows(l, row, langid_features(&m->letters, piece, l->shift, row), &sum);
	for (size_t d = 0; d < LINEAR_DIMS; d++)
		lean += (double)sum.v[d] * (double)(l->weight[d * l->padded + (size_t)a] -
						    l->weight[d * l->padded + (size_t)b]);
	return lean * l->scale / ROWS;
}

/*
 * Windows are coarse: move the border of two spans to where the pieces of the windows
 * beside it say, a little rather to where a sentence or a line ends.
 */
static void
move_border(const struct langid_model *m, struct langid_scratch *s, struct span text,
    struct langid_span *a, struct langid_span *b, const struct span_sum *sum)
{
	struct pieces p = { .letters = &m->letters,
		.text = {
		    text.p + sum[0].last_from, sum[1].first_to - sum[0].last_from } };
	const char *end = p.text.p;
	double lean = 0, best = -1e30;
	size_t at = a->to;
	struct span piece;

	while ((piece = langid_next_piece(&p)).n) {
		const struct span between = { end, (size_t)(piece.p - end) };
		const double score = lean + break_bonus(between);

		if (score > best && piece.p > text.p + a->from) {
			best = score;
			at = (size_t)(piece.p - text.p);
		}
		lean += leaning(m, s, piece, a->label, b->label);
		end = piece.p + piece.n;
	}
	a->bytes = a->bytes + at - a->to;
	b->bytes = b->bytes + a->to - at;
	a->to = b->from = at;
}

const struct langid_span *
langid_spans(
    const struct langid_model *m, struct langid_scratch *s, struct span text, size_t *n)
{
	struct langid_span *v;

	s->windows.n = 0;
	langid_windows(
	    &m->linear, &m->letters, s->memory, text, 0, LANGID_FINE, &s->windows);
	langid_segment(m, s, n);
	v = (struct langid_span *)(void *)s->spans.p;
	for (size_t i = 0; i + 1 < *n; i++)
		move_border(m, s, text, &v[i], &v[i + 1],
		    (const struct span_sum *)(const void *)s->sums.p + i);
	return v;
}

struct langid_guess
langid_sum_spans(const struct langid_model *m, struct langid_scratch *s,
    const struct langid_span *v, size_t n)
{
	const struct span_sum *part = (const struct span_sum *)(const void *)s->sums.p;
	struct langid_guess g = { NO_LABEL, 0, NO_LABEL };
	size_t bytes[LINEAR_LABELS_MAX] = { 0 }, label_bytes[LINEAR_LABELS_MAX] = { 0 },
	       all = 0;
	struct linear_total sum = { 0 };
	int top;

	for (size_t i = 0; i < n; i++) {
		bytes[m->label[v[i].label].group] += v[i].bytes;
		label_bytes[v[i].label] += v[i].bytes;
		all += v[i].bytes;
	}
	if (!all)
		return g;
	/* The languages with the most bytes, each by its label with the most. */
	for (int pass = 0; pass < 2; pass++) {
		const int but = pass ? m->label[g.label].group : NO_LABEL;
		int best = NO_LABEL;

		for (int q = 0; q < (int)m->linear.labels; q++) {
			const int group = m->label[q].group;

			if (group == but || !label_bytes[q])
				continue;
			if (best == NO_LABEL ||
			    bytes[group] > bytes[m->label[best].group] ||
			    (group == m->label[best].group &&
				label_bytes[q] > label_bytes[best]))
				best = q;
		}
		if (!pass)
			g.label = best;
		else if (best != NO_LABEL && bytes[m->label[best].group] >= all / 5)
			g.alt = best;
	}
	for (size_t i = 0; i < n; i++) {
		if (m->label[v[i].label].group != m->label[g.label].group)
			continue;
		for (size_t d = 0; d < LINEAR_DIMS; d++)
			sum.v[d] += part[i].total.v[d];
		sum.n += part[i].total.n;
	}
	top = langid_score(m, &sum, s->score);
	g.p = langid_probability(m, s->score, top, g.label);
	return g;
}
