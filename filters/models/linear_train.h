/*
 * linear_train.h - train a linear model by stochastic gradient descent, one sample at a
 * time in one order, so that the same samples give the same bytes on any machine.
 *
 * From three fifths of the way on the sums are taken of values rounded to what a model
 * file holds, while the gradient goes on to change the exact ones: the layer learns to
 * live with 4 bits (quantisation-aware training, https://arxiv.org/abs/1712.05877).
 */
#ifndef TAMIS_LINEAR_TRAIN_H
#define TAMIS_LINEAR_TRAIN_H

#include "filters/models/linear_model.h"

struct linear_random {
	uint64_t state; /* not 0 */
};

uint64_t linear_random(struct linear_random *r);	    /* xorshift64* */
uint64_t linear_below(struct linear_random *r, uint64_t n); /* 0 to n - 1; n is not 0 */
double linear_uniform(struct linear_random *r);		    /* from 0 to below 1 */

enum { LINEAR_SAMPLE_MAX = 8192 /* features */ };

struct linear_task {
	size_t labels;
	unsigned log2_rows;
	uint64_t samples, seed;
	double rate; /* of learning, at the beginning; it falls to 0 */
	void *ctx;
	/*
	 * Draw one sample: sets its label, puts the rows of its features into row (at
	 * most LINEAR_SAMPLE_MAX), and returns how many there are, maybe none.
	 */
	size_t (*draw)(void *ctx, struct linear_random *r, uint32_t *row, size_t *label);
	/* Now and then: so many samples are done, the mean loss (nats) of the last. */
	void (*progress)(void *ctx, uint64_t done, double loss);
};

/*
 * Sets all of m but labels' names and extra.  What it points to is freed by
 * linear_trained_free.
 */
void linear_train(const struct linear_task *t, struct linear *m);
void linear_trained_free(struct linear *m);

#endif
