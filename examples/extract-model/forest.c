/*
 * forest.c - train a forest of trees that ask the same question at all nodes of a level.
 *
 * usage: forest ROWS COLUMNS TREES DEPTH RATE LAMBDA COLUMN_SHARE ROW_SHARE SEED <data
 * >forest
 *
 * Reads the features, COLUMNS bytes for each row, then a label of one byte for each row,
 * then the weights as floats.  Writes a start of 4 bytes, the logarithm of the odds, and
 * trees as in extract.model, with numbers of columns.  This is gradient boosting of the
 * logistic loss with second derivatives, as in XGBoost, and symmetric trees, as in
 * CatBoost.  The same input gives the same bytes on every machine with IEEE 754.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/num.h"

enum { DEPTH_MAX = 6, LEAVES = 1 << DEPTH_MAX, BINS = 64, ONE = 8192 };

struct boosting {
	size_t rows, columns, trees, depth;
	double rate, lambda, column_share, row_share;
	uint64_t random;
	uint8_t *x;	       /* bins, column by column */
	uint8_t (*edge)[BINS]; /* of each column: the largest value of each bin */
	uint8_t *label;
	float *weight;
	double *score;
	float (*slope)[2]; /* first and second derivative of the loss of each row */
	uint8_t *leaf;
	uint32_t *sample;
	size_t sampled;
};

struct tree {
	uint8_t column[DEPTH_MAX], bound[DEPTH_MAX];
	int16_t value[LEAVES];
};

static void
read_all(void *p, size_t size, size_t n)
{
	if (fread(p, size, n, stdin) != n)
		die(EXIT_DATA, "input is truncated");
}

/* xorshift64* (Vigna). */
static double
chance(struct boosting *t)
{
	t->random ^= t->random >> 12;
	t->random ^= t->random << 25;
	t->random ^= t->random >> 27;
	return (double)(t->random * 2685821657736338717u >> 11) / 9007199254740992.0;
}

/* Divide the values of a column into bins of equal numbers, and replace them. */
static void
make_bins(struct boosting *t, size_t column, const uint8_t *rows)
{
	uint8_t *x = t->x + column * t->rows, bin_of[256];
	size_t count[256] = { 0 }, seen = 0, distinct = 0;
	unsigned bin = 0;

	for (size_t i = 0; i < t->rows; i++)
		count[rows[i * t->columns + column]]++;
	for (int v = 0; v < 256; v++)
		distinct += count[v] > 0;
	for (int v = 0; v < 256; v++) {
		bin_of[v] = (uint8_t)bin;
		t->edge[column][bin] = (uint8_t)v;
		seen += count[v];
		if (count[v] && bin + 1 < BINS &&
		    (distinct <= BINS || seen * BINS >= t->rows * (bin + 1)))
			bin++;
	}
	for (size_t i = 0; i < t->rows; i++)
		x[i] = bin_of[rows[i * t->columns + column]];
}

static void
read_task(struct boosting *t)
{
	uint8_t *rows = xcalloc(t->rows, t->columns);

	read_all(rows, t->columns, t->rows);
	t->label = xcalloc(t->rows, 1);
	read_all(t->label, 1, t->rows);
	t->weight = xcalloc(t->rows, sizeof *t->weight);
	read_all(t->weight, sizeof *t->weight, t->rows);
	t->x = xcalloc(t->rows, t->columns);
	t->edge = xcalloc(t->columns, sizeof *t->edge);
	for (size_t c = 0; c < t->columns; c++)
		make_bins(t, c, rows);
	free(rows);
	t->score = xcalloc(t->rows, sizeof *t->score);
	t->slope = xcalloc(t->rows, sizeof *t->slope);
	t->leaf = xcalloc(t->rows, 1);
	t->sample = xcalloc(t->rows, sizeof *t->sample);
}

static void
sample_rows(struct boosting *t)
{
	t->sampled = 0;
	for (size_t i = 0; i < t->rows; i++) {
		const double p = 1 / (1 + exp(-t->score[i]));

		if (chance(t) >= t->row_share)
			continue;
		t->sample[t->sampled] = (uint32_t)i;
		t->slope[t->sampled][0] = (float)(t->weight[i] * (p - t->label[i]));
		t->slope[t->sampled][1] = (float)(t->weight[i] * p * (1 - p));
		t->sampled++;
	}
	memset(t->leaf, 0, t->sampled);
}

/* The gain of the best bound of a column, given the leaves so far. */
static double
best_bound(const struct boosting *t, size_t column, size_t leaves, unsigned *bound)
{
	static float sum[LEAVES][BINS][2];
	double total[LEAVES][2] = { { 0 } }, left[LEAVES][2] = { { 0 } }, best = -1;
	const uint8_t *x = t->x + column * t->rows;

	memset(sum, 0, leaves * sizeof *sum);
	for (size_t i = 0; i < t->sampled; i++) {
		float *to = sum[t->leaf[i]][x[t->sample[i]]];

		to[0] += t->slope[i][0];
		to[1] += t->slope[i][1];
	}
	for (size_t l = 0; l < leaves; l++)
		for (unsigned b = 0; b < BINS; b++)
			for (int k = 0; k < 2; k++)
				total[l][k] += sum[l][b][k];
	for (unsigned b = 0; b + 1 < BINS; b++) {
		double gain = 0;

		for (size_t l = 0; l < leaves; l++) {
			const double g = left[l][0] += sum[l][b][0];
			const double h = left[l][1] += sum[l][b][1];
			const double rg = total[l][0] - g, rh = total[l][1] - h;

			gain += g * g / (h + t->lambda) + rg * rg / (rh + t->lambda);
		}
		if (gain > best) {
			best = gain;
			*bound = b;
		}
	}
	return best;
}

static void
grow(struct boosting *t, struct tree *tree)
{
	uint8_t bound_bin[DEPTH_MAX] = { 0 };
	double sum[LEAVES][2] = { { 0 } }, value[LEAVES];

	memset(tree, 0, sizeof *tree);
	memset(tree->bound, 255, sizeof tree->bound);
	sample_rows(t);
	for (size_t d = 0; d < t->depth; d++) {
		double best = -1;
		const uint8_t *x;

		for (size_t c = 0; c < t->columns; c++) {
			unsigned bound = 0;
			double gain;

			if (chance(t) >= t->column_share)
				continue;
			gain = best_bound(t, c, (size_t)1 << d, &bound);
			if (gain > best) {
				best = gain;
				tree->column[d] = (uint8_t)c;
				bound_bin[d] = (uint8_t)bound;
			}
		}
		if (best < 0) {
			bound_bin[d] = BINS - 1;
			continue;
		}
		tree->bound[d] = t->edge[tree->column[d]][bound_bin[d]];
		x = t->x + tree->column[d] * t->rows;
		for (size_t i = 0; i < t->sampled; i++)
			t->leaf[i] |= (uint8_t)((x[t->sample[i]] > bound_bin[d]) << d);
	}
	for (size_t i = 0; i < t->sampled; i++)
		for (int k = 0; k < 2; k++)
			sum[t->leaf[i]][k] += t->slope[i][k];
	for (size_t l = 0; l < (size_t)1 << t->depth; l++) {
		const double v =
		    rint(-t->rate * sum[l][0] / (sum[l][1] + t->lambda) * ONE);

		value[l] = v < INT16_MIN ? INT16_MIN : v > INT16_MAX ? INT16_MAX : v;
		tree->value[l] = (int16_t)value[l];
	}
	for (size_t l = (size_t)1 << t->depth; l < LEAVES; l++)
		tree->value[l] = tree->value[l & (((size_t)1 << t->depth) - 1)];
	for (size_t i = 0; i < t->rows; i++) {
		size_t l = 0;

		for (size_t d = 0; d < t->depth; d++)
			l |= (size_t)(t->x[tree->column[d] * t->rows + i] > bound_bin[d])
			     << d;
		t->score[i] += (double)tree->value[l] / ONE;
	}
}

static void
put(uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		putchar((int)(v >> 8 * i & 255));
}

int
main(int argc, char **argv)
{
	struct boosting t = { 0 };
	double number[10], yes = 0, all = 0;
	int32_t start;

	if (argc != 10)
		die(EXIT_USAGE,
		    "usage: forest ROWS COLUMNS TREES DEPTH RATE LAMBDA COLUMN_SHARE "
		    "ROW_SHARE SEED <data >forest");
	for (int i = 1; i < argc; i++)
		if (num_double(argv[i], &number[i]))
			die(EXIT_USAGE, "'%s': not a number", argv[i]);
	t.rows = (size_t)number[1];
	t.columns = (size_t)number[2];
	t.trees = (size_t)number[3];
	t.depth = (size_t)number[4];
	t.rate = number[5];
	t.lambda = number[6];
	t.column_share = number[7];
	t.row_share = number[8];
	t.random = (uint64_t)number[9] * 2 + 1;
	read_task(&t);
	for (size_t i = 0; i < t.rows; i++) {
		yes += t.weight[i] * t.label[i];
		all += t.weight[i];
	}
	start = (int32_t)rint(log(yes / (all - yes)) * ONE);
	for (size_t i = 0; i < t.rows; i++)
		t.score[i] = (double)start / ONE;
	put((uint32_t)start, 4);
	for (size_t n = 0; n < t.trees; n++) {
		struct tree tree;

		grow(&t, &tree);
		fwrite(tree.column, 1, DEPTH_MAX, stdout);
		fwrite(tree.bound, 1, DEPTH_MAX, stdout);
		for (int l = 0; l < LEAVES; l++)
			put((uint16_t)tree.value[l], 2);
	}
	return ferror(stdout) || fflush(stdout);
}
