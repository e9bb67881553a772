/*
 * linear_model.h - text as a bag of hashed features, labelled by a low-rank linear layer.
 *
 * Each feature of a text picks a row of 32 small integers by its hash.  The mean of the
 * rows goes through a linear layer to one score a label, as in fastText
 * (https://arxiv.org/abs/1607.01759).  Sums of rows are integers, so a text may be summed
 * up in any order, in parts, and from remembered sums of its words.
 *
 * Model files hold: the header, a temperature for each power of two of the number of
 * features, the layer, the labels, whatever the maker of features wants to keep with
 * them, and the rows, 4 bits a value.  tamis-langid-train(1) describes them.
 */
#ifndef TAMIS_LINEAR_MODEL_H
#define TAMIS_LINEAR_MODEL_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"

enum {
	LINEAR_DIMS = 32,
	LINEAR_TEMPERATURES = 16,
	LINEAR_LABEL_MAX = 23, /* bytes of a label's name */
	LINEAR_LABELS_MAX = 1024,
	LINEAR_ZERO = 8, /* what stands for 0 in a row: values are -7 to 7 */
};

/* Rows added up; 16 bits hold 4096 of them. */
struct linear_sum {
	int16_t v[LINEAR_DIMS];
	uint32_t n; /* rows */
};
enum { LINEAR_SUM_MAX = 4096 };

struct linear_total {
	int64_t v[LINEAR_DIMS];
	uint64_t n;
};

struct linear {
	const unsigned char
	    *rows;	       /* 16 bytes a row: value i, and 16 + i in the high bits */
	unsigned shift;	       /* row of a hash: hash >> shift */
	size_t labels, padded; /* padded: to a multiple of 8 */
	double scale;	       /* what 1 in a row stands for */
	float temperature[LINEAR_TEMPERATURES];
	float *weight; /* [LINEAR_DIMS][padded] */
	float *bias;   /* [padded] */
	char (*label)[LINEAR_LABEL_MAX + 1];
	struct span extra; /* of the maker of features */
	struct hash128 hash;
	void *map; /* of the file; NULL: the bytes are the caller's */
	size_t map_bytes;
};

/*
 * Use a model file in memory, which must outlive m.  kind: four letters that tell makers
 * of features apart; name: for messages.  0, or -1 with *err (EXIT_DATA) if it is damaged
 * or of another kind; m is zeroed then.
 */
int linear_use(struct linear *m, struct span file, const char *kind, const char *name,
    struct err *err);
/* The same of a file, which is mapped.  EXIT_SYSTEM if it cannot be read. */
int linear_open(struct linear *m, const char *path, const char *kind, struct err *err);
void linear_close(struct linear *m); /* zeroed is fine */

/* Append a model file.  rows: two values a byte; m's other members as linear_use sets
 * them. */
void linear_write(const struct linear *m, const char *kind, struct buf *out);

/* The label of this name, or SIZE_MAX. */
size_t linear_find(const struct linear *m, struct span name);

static inline const unsigned char *
linear_row(const struct linear *m, uint32_t row)
{
	return m->rows + (size_t)row * (LINEAR_DIMS / 2);
}

/* Add n rows; the sum has no more than LINEAR_SUM_MAX then. */
void linear_sum_rows(
    const struct linear *m, const uint32_t *row, size_t n, struct linear_sum *sum);
void linear_total_add(struct linear_total *to, const struct linear_sum *from);

/*
 * One score a label, their padding included, into z[m->padded].  t->n must not be 0.
 * Differences of scores are logarithms of odds.  Returns the label with the highest; of
 * equals the first.
 */
size_t linear_scores(const struct linear *m, const struct linear_total *t, float *z);
/* The same by plain C, for tests: all paths give the same bits. */
size_t linear_scores_plain(
    const struct linear *m, const struct linear_total *t, float *z);
/* The same of scores that have been changed since. */
size_t linear_best(const struct linear *m, const float *z);
/*
 * ln of the sum of e^z over all scores, z[best] being the highest: e to the z[i] minus
 * that is the probability of label i, to 1e-6.
 */
double linear_log_sum(const struct linear *m, const float *z, size_t best);

#endif
