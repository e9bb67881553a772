/* lang_spans.c - cut a text into spans of one language each, by a Viterbi path through
 * its windows. */
#include "filters/langid/lang_spans.h"

#include "filters/langid/windows.h"
#include "lib/base/num.h"

enum {
	BATCH = 2048,	 /* windows per batch, which bounds memory */
	CANDIDATES = 16, /* labels that a batch can use */
};

/* In nats: the cost of a change of language, and the highest cost of one window. */
static const float switch_cost = 8, max_cost = 12;

/* The features of a span, and the inner ends of its outermost windows. */
struct span_sum {
	struct linear_total total;
	size_t first_to;  /* end of its first window */
	size_t last_from; /* start of its last window */
};

/* Windows that share one set of candidate labels. */
struct window_batch {
	const struct langid_window *w;
	size_t n;
	float *score;	       /* [n][padded] */
	double log_sum[BATCH]; /* of the scores of each window */
	unsigned char *back;   /* [n][CANDIDATES]: candidate of the window before */
	int candidate[CANDIDATES];
	size_t candidates;
	int previous; /* last label of the previous batch, or NO_LABEL */
};

/* Score all windows.  Each adds its bytes, times the probability, to its best label. */
static void
score_windows(const struct langid_model *m, struct window_batch *b, double *votes)
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

/* Choose the last label of the previous batch, then the labels with the most votes. */
static void
choose_candidates(const struct langid_model *m, struct window_batch *b, double *votes)
{
	b->candidates = 0;
	if (b->previous != NO_LABEL)
		b->candidate[b->candidates++] = b->previous;
	while (b->candidates < CANDIDATES) {
		size_t best = 0;

		for (size_t q = 1; q < m->linear.labels; q++)
			if (votes[q] > votes[best])
				best = q;
		if (votes[best] <= 0)
			break;
		votes[best] = 0;
		if ((int)best != b->previous)
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

/* The log probability of candidate c in window i, bounded from below. */
static float
log_probability(
    const struct langid_model *m, const struct window_batch *b, size_t i, size_t c)
{
	const float z = b->score[i * m->linear.padded + (size_t)b->candidate[c]];
	const float p = (float)((double)z - b->log_sum[i]);

	return p > -max_cost ? p : -max_cost;
}

/* The forward pass of Viterbi.  Returns the candidate at the end of the best path. */
static size_t
find_path(const struct langid_model *m, struct window_batch *b)
{
	float v[CANDIDATES], next[CANDIDATES];

	for (size_t c = 0; c < b->candidates; c++)
		v[c] = b->previous == NO_LABEL || c == 0 ? 0 : -switch_cost;
	for (size_t i = 0; i < b->n; i++) {
		const size_t best = best_of(v, b->candidates);

		for (size_t c = 0; c < b->candidates; c++) {
			const bool changed = i > 0 && v[best] - switch_cost > v[c];

			b->back[i * CANDIDATES + c] = (unsigned char)(changed ? best : c);
			next[c] = (changed ? v[best] - switch_cost : v[c]) +
				  log_probability(m, b, i, c);
		}
		memcpy(v, next, sizeof v);
	}
	return best_of(v, b->candidates);
}

/* Append a window to the last span if it has the same label, else begin a new one. */
static void
add_window(struct langid_scratch *s, const struct langid_window *w, int label)
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
segment_batch(
    const struct langid_model *m, struct langid_scratch *s, struct window_batch *b)
{
	double votes[LINEAR_LABELS_MAX] = { 0 };
	unsigned char path[BATCH];
	size_t c;

	score_windows(m, b, votes);
	choose_candidates(m, b, votes);
	c = find_path(m, b);
	b->previous = b->candidate[c];
	for (size_t i = b->n; i-- > 0;) {
		path[i] = (unsigned char)c;
		c = b->back[i * CANDIDATES + c];
	}
	for (size_t i = 0; i < b->n; i++)
		add_window(s, &b->w[i], b->candidate[path[i]]);
}

const struct langid_span *
langid_segment(const struct langid_model *m, struct langid_scratch *s, size_t *n)
{
	const size_t windows = s->windows.n / sizeof(struct langid_window);
	struct window_batch b = { .previous = NO_LABEL };
	struct langid_span *v;
	const struct span_sum *sum;

	s->spans.n = s->sums.n = s->scores.n = s->steps.n = 0;
	buf_reserve(&s->scores, BATCH * m->linear.padded * sizeof(float));
	buf_reserve(&s->steps, (size_t)BATCH * CANDIDATES);
	b.score = (float *)(void *)s->scores.p;
	b.back = (unsigned char *)s->steps.p;
	for (size_t i = 0; i < windows; i += b.n) {
		b.w = (const struct langid_window *)(const void *)s->windows.p + i;
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

/* In nats: how much the bytes between two pieces favour a border there. */
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

/* By how many nats a piece favours label a over b, in a text of ROWS features. */
static double
log_odds(const struct langid_model *m, struct span piece, int a, int b)
{
	enum { ROWS = 64 };
	const struct linear_model *l = &m->linear;
	struct linear_sum sum = { 0 };
	double odds = 0;
	uint32_t row[PIECE_FEATURES_MAX];

	linear_sum_rows(l, row, langid_features(&m->codes, piece, l->shift, row), &sum);
	for (size_t d = 0; d < LINEAR_DIMS; d++)
		odds += (double)sum.v[d] * (double)(l->weight[d * l->padded + (size_t)a] -
						    l->weight[d * l->padded + (size_t)b]);
	return odds * l->scale / ROWS;
}

/*
 * Move the border of two spans to the best place between the pieces of the two windows
 * beside it, because windows are coarse.  Ends of sentences and lines are preferred.
 */
static void
move_border(const struct langid_model *m, struct span text, struct langid_span *a,
    struct langid_span *b, const struct span_sum *part)
{
	struct piece_iter p = { .codes = &m->codes,
		.text = {
		    text.p + part[0].last_from, part[1].first_to - part[0].last_from } };
	const char *end = p.text.p;
	double sum = 0, best = -1e30;
	size_t at = a->to;
	struct span piece;

	while ((piece = langid_next_piece(&p)).n) {
		const struct span between = { end, (size_t)(piece.p - end) };
		const double score = sum + break_bonus(between);

		if (score > best && piece.p > text.p + a->from) {
			best = score;
			at = (size_t)(piece.p - text.p);
		}
		sum += log_odds(m, piece, a->label, b->label);
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
	    &m->linear, &m->codes, s->cache, text, 0, LANGID_FINE, &s->windows);
	langid_segment(m, s, n);
	v = (struct langid_span *)(void *)s->spans.p;
	for (size_t i = 0; i + 1 < *n; i++)
		move_border(m, text, &v[i], &v[i + 1],
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
	/* Find the two languages with the most bytes, each by its label with the most. */
	for (int rank = 0; rank < 2; rank++) {
		const int except = rank ? m->label[g.label].group : NO_LABEL;
		int best = NO_LABEL;

		for (int q = 0; q < (int)m->linear.labels; q++) {
			const int group = m->label[q].group;

			if (group == except || !label_bytes[q])
				continue;
			if (best == NO_LABEL ||
			    bytes[group] > bytes[m->label[best].group] ||
			    (group == m->label[best].group &&
				label_bytes[q] > label_bytes[best]))
				best = q;
		}
		if (rank == 0)
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
