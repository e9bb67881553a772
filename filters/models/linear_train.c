/* linear_train.c - stochastic gradient descent for linear models. */
#include "filters/models/linear_train.h"

#include <stdlib.h>

#include "filters/models/vector.h"
#include "lib/base/num.h"

enum {
	QUANT_MAX = 7, /* quantised values are -QUANT_MAX to QUANT_MAX */
	PADDED_MAX = LINEAR_LABELS_MAX,
	PROGRESS_EVERY = 1 << 18 /* samples */
};

enum { LANES = 8, ROW_VECTORS = LINEAR_DIMS / LANES };

/* The parameters.  weight and bias are laid out as in struct linear_model. */
struct learner {
	v8 *row;    /* ROW_VECTORS per row */
	v8 *weight; /* blocks per dimension */
	v8 *bias;
	double temperature[LINEAR_TEMPERATURES];
	uint64_t seen[LINEAR_TEMPERATURES]; /* samples per temperature */
	float scale;	       /* value of one quantisation step; 0: not quantised yet */
	size_t labels, blocks; /* blocks: vectors that hold one value per label */
	/* State of one sample. */
	v8 hidden[ROW_VECTORS], slope[ROW_VECTORS];
	v8 score[PADDED_MAX / LANES];
};

uint64_t
linear_random(struct linear_random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dU;
}

uint64_t
linear_below(struct linear_random *r, uint64_t n)
{
	return (uint64_t)(((u128)linear_random(r) * n) >> 64);
}

double
linear_uniform(struct linear_random *r)
{
	return (double)(linear_random(r) >> 11) * 0x1p-53;
}

static void *
vectors(size_t n)
{
	void *p = aligned_alloc(32, xmul(n, sizeof(v8)));

	if (!p)
		die(EXIT_SYSTEM, "out of memory: train on a larger machine");
	memset(p, 0, n * sizeof(v8));
	return p;
}

V8_INLINE v8
quantised(v8 x, float per_step)
{
	const v8 top = (v8){ 0 } + (float)QUANT_MAX;

	x *= per_step;
	x = v8_select(x > top, top, x);
	x = v8_select(x < -top, -top, x);
	return v8_round(x);
}

V8_INLINE void
sum_rows(struct learner *l, const uint32_t *row, size_t n)
{
	v8 sum[ROW_VECTORS] = { 0 };
	float mean = 1 / (float)n;

	if (l->scale > 0) {
		const float per_step = 1 / l->scale;

		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < ROW_VECTORS; k++)
				sum[k] += quantised(
				    l->row[(size_t)row[i] * ROW_VECTORS + k], per_step);
		mean *= l->scale;
	} else {
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < ROW_VECTORS; k++)
				sum[k] += l->row[(size_t)row[i] * ROW_VECTORS + k];
	}
	for (size_t k = 0; k < ROW_VECTORS; k++)
		l->hidden[k] = sum[k] * mean;
}

/* Compute l->score, before temperature and bias. */
V8_INLINE void
score(struct learner *l)
{
	for (size_t b = 0; b < l->blocks; b++) {
		v8 sum = { 0 };

		for (size_t d = 0; d < LINEAR_DIMS; d++)
			sum += l->hidden[d / LANES][d % LANES] *
			       l->weight[d * l->blocks + b];
		l->score[b] = sum;
	}
}

/*
 * Compute the gradient of the log likelihood with respect to each label's logit, into
 * error, and to the temperature, into *slope.  Returns the probability of `label`.
 */
V8_INLINE float
errors(struct learner *l, size_t label, float temperature, v8 *error, float *slope)
{
	v8 top = { 0 }, sum = { 0 }, slope_sum = { 0 };
	float most, p;

	for (size_t b = 0; b < l->blocks; b++) {
		error[b] = l->score[b] * temperature + l->bias[b];
		top = b ? v8_select(error[b] > top, error[b], top) : error[b];
	}
	most = v8_top(top);
	for (size_t b = 0; b < l->blocks; b++) {
		error[b] = v8_exp(error[b] - most);
		sum += error[b];
	}
	p = 1 / v8_sum(sum);
	for (size_t b = 0; b < l->blocks; b++)
		error[b] = -(error[b] * p);
	p = -error[label / LANES][label % LANES];
	error[label / LANES][label % LANES] += 1;
	for (size_t b = 0; b < l->blocks; b++)
		slope_sum += error[b] * l->score[b];
	*slope = v8_sum(slope_sum);
	return p;
}

V8_INLINE float
learn(struct learner *l, const uint32_t *row, size_t n, size_t label, float rate)
{
	v8 error[PADDED_MAX / LANES], step[ROW_VECTORS];
	float slope, p, temperature, mean = 1 / (float)n;
	unsigned log2 = 0;

	for (size_t k = n; k > 1 && log2 < LINEAR_TEMPERATURES - 1; k >>= 1)
		log2++;
	temperature = (float)l->temperature[log2];
	sum_rows(l, row, n);
	score(l);
	p = errors(l, label, temperature, error, &slope);
	for (size_t d = 0; d < LINEAR_DIMS; d++) {
		const float h = l->hidden[d / LANES][d % LANES] * (rate * temperature);
		v8 *w = l->weight + d * l->blocks, back = { 0 };

		for (size_t b = 0; b < l->blocks; b++) {
			back += error[b] * w[b];
			w[b] += error[b] * h;
		}
		l->slope[d / LANES][d % LANES] =
		    v8_sum(back) * (rate * temperature * mean);
	}
	for (size_t b = 0; b < l->blocks; b++)
		l->bias[b] += error[b] * (rate * 0.1F);
	l->temperature[log2] += (double)rate * 0.0005 * (double)slope;
	l->seen[log2]++;
	for (size_t k = 0; k < ROW_VECTORS; k++)
		step[k] = l->slope[k];
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ROW_VECTORS; k++)
			l->row[(size_t)row[i] * ROW_VECTORS + k] += step[k];
	return p;
}

static float
learn_plain(struct learner *l, const uint32_t *row, size_t n, size_t label, float rate)
{
	return learn(l, row, n, label, rate);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static float
learn_avx2(struct learner *l, const uint32_t *row, size_t n, size_t label, float rate)
{
	return learn(l, row, n, label, rate);
}
#endif

typedef float (*learn_fn)(
    struct learner *l, const uint32_t *row, size_t n, size_t label, float rate);

static learn_fn
choose_learn(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return learn_avx2;
#endif
	return learn_plain;
}

/* The scale with the least squared quantisation error, of 35 multiples of the deviation.
 */
static float
choose_scale(const struct learner *l, size_t rows)
{
	const float *v = (const float *)l->row;
	const size_t n = rows * LINEAR_DIMS;
	double squares = 0, best = 0;
	float scale = 0, deviation;

	for (size_t i = 0; i < n; i++)
		squares += (double)v[i] * (double)v[i];
	squares /= (double)n;
	/* Newton iteration for the square root: the same bits on every machine. */
	deviation = 1;
	for (int i = 0; i < 64; i++)
		deviation =
		    (float)(((double)deviation + squares / (double)deviation) / 2);
	for (int tenth = 12; tenth <= 80; tenth += 2) {
		const float try = deviation * (float)tenth / (10.0F * QUANT_MAX);
		double error = 0;

		for (size_t i = 0; i < n / LANES; i++) {
			const v8 d = quantised(l->row[i], 1 / try) * try - l->row[i];

			error += (double)v8_sum(d * d);
		}
		if (scale <= 0 || error < best) {
			scale = try;
			best = error;
		}
	}
	return scale > 0 ? scale : 1;
}

static void
start(struct learner *l, const struct linear_task *t, struct linear_random *r)
{
	const size_t rows = (size_t)1 << t->log2_rows;
	float *v;

	l->labels = t->labels;
	l->blocks = (t->labels + LANES - 1) / LANES;
	l->row = vectors(rows * ROW_VECTORS);
	l->weight = vectors(LINEAR_DIMS * l->blocks);
	l->bias = vectors(l->blocks);
	v = (float *)l->row;
	for (size_t i = 0; i < rows * LINEAR_DIMS; i++)
		v[i] = (float)((linear_uniform(r) - 0.5) / LINEAR_DIMS);
	/* The padding of the last block must never win. */
	for (size_t q = l->labels; q < l->blocks * LANES; q++)
		l->bias[q / LANES][q % LANES] = -1e30F;
	for (size_t i = 0; i < LINEAR_TEMPERATURES; i++)
		l->temperature[i] = 1;
}

/* A temperature with too few samples takes the value of the nearest one with enough. */
static void
finish_temperatures(struct learner *l)
{
	enum { ENOUGH = 1000 };
	size_t first = 0;

	while (first < LINEAR_TEMPERATURES - 1 && l->seen[first] < ENOUGH)
		first++;
	for (size_t i = 0; i < first; i++)
		l->temperature[i] = l->temperature[first];
	for (size_t i = first + 1; i < LINEAR_TEMPERATURES; i++)
		if (l->seen[i] < ENOUGH)
			l->temperature[i] = l->temperature[i - 1];
}

static void
finish(struct learner *l, const struct linear_task *t, struct linear_model *m)
{
	const size_t rows = (size_t)1 << t->log2_rows;
	unsigned char *packed = xcalloc(rows, LINEAR_DIMS / 2);
	const float per_step = 1 / l->scale;

	for (size_t i = 0; i < rows; i++)
		for (size_t k = 0; k < ROW_VECTORS; k++) {
			const v8 v = quantised(l->row[i * ROW_VECTORS + k], per_step);

			for (size_t j = 0; j < LANES; j++) {
				const size_t d = k * LANES + j, half = LINEAR_DIMS / 2;
				const unsigned value =
				    (unsigned)((int)v[j] + LINEAR_ZERO);

				packed[i * half + d % half] |=
				    (unsigned char)(value << (d < half ? 0 : 4));
			}
		}
	finish_temperatures(l);
	*m = (struct linear_model){ .rows = packed,
		.shift = 64 - t->log2_rows,
		.labels = l->labels,
		.padded = l->blocks * LANES,
		.scale = (double)l->scale,
		.weight = (float *)l->weight,
		.bias = (float *)l->bias };
	for (size_t i = 0; i < LINEAR_TEMPERATURES; i++)
		m->temperature[i] = (float)l->temperature[i];
	free(l->row);
}

void
linear_train(const struct linear_task *t, struct linear_model *m)
{
	struct linear_random r = { (t->seed + 1) * 0x9e3779b97f4a7c15U | 1 };
	const uint64_t quantise_at = t->samples / 5 * 3;
	const learn_fn learn_one = choose_learn();
	uint32_t *row = xcalloc(LINEAR_SAMPLE_MAX, sizeof *row);
	struct learner *l = aligned_alloc(32, sizeof *l);
	double loss = 0;

	if (!l)
		die(EXIT_SYSTEM, "out of memory: train on a larger machine");
	memset(l, 0, sizeof *l);
	start(l, t, &r);
	for (uint64_t i = 0; i < t->samples; i++) {
		const double left = 1 - (double)i / (double)t->samples;
		size_t label, n;
		float p;

		if (i == quantise_at)
			l->scale = choose_scale(l, (size_t)1 << t->log2_rows);
		n = t->draw(t->ctx, &r, row, &label);
		if (n == 0)
			continue;
		p = learn_one(l, row, n, label, (float)(t->rate * left));
		loss -= num_ln((double)p + 1e-9);
		if ((i + 1) % PROGRESS_EVERY == 0) {
			t->progress(t->ctx, i + 1, loss / PROGRESS_EVERY);
			loss = 0;
		}
	}
	finish(l, t, m);
	free(row);
	free(l);
}

void
linear_trained_free(struct linear_model *m)
{
	free((void *)(uintptr_t)m->rows);
	free(m->weight);
	free(m->bias);
	*m = (struct linear_model){ 0 };
}
