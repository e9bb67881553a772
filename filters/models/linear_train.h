/*
 * linear_train.h - train a linear model by stochastic gradient descent.
 *
 * Samples are processed one at a time in one order, so the same samples give the same
 * bytes on any machine.  After three fifths of the samples, sums use values rounded to
 * the 4 bits of a model file while the gradient updates the exact ones: the layer adapts
 * to the rounding (quantisation-aware training, https://arxiv.org/abs/1712.05877).
 */
#ifndef TAMIS_LINEAR_TRAIN_H
#define TAMIS_LINEAR_TRAIN_H

#include "filters/models/linear_model.h"

struct linear_random {
	uint64_t state; /* not 0 */
};

uint64_t linear_random(struct linear_random *r);	    /* xorshift64* */
uint64_t linear_below(struct linear_random *r, uint64_t n); /* 0 to n - 1; n is not 0 */
double linear_uniform(struct linear_random *r);		    /* in [0, 1) */

enum { LINEAR_SAMPLE_MAX = 8192 /* features */ };

struct linear_task {
	size_t labels;
	unsigned log2_rows;
	uint64_t samples, seed;
	double rate; /* initial learning rate; decreases linearly to 0 */
	void *ctx;
	/*
	 * Draw one sample: set *label, write the rows of its features to row (at most
	 * LINEAR_SAMPLE_MAX) and return their number, which may be 0.
	 */
	size_t (*draw)(void *ctx, struct linear_random *r, uint32_t *row, size_t *label);
	/* Called every 2^18 samples with the number done and their mean loss in nats. */
	void (*progress)(void *ctx, uint64_t done, double loss);
};

/* Train *m: sets all fields except label and extra.  Free with linear_trained_free(),
 * which leaves those two to the caller. */
void linear_train(const struct linear_task *t, struct linear_model *m);
void linear_trained_free(struct linear_model *m);

#endif
