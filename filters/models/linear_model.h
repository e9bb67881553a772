/*
 * linear_model.h - linear models over hashed features: files, sums of rows, scores.
 *
 * The hash of a feature selects a row of 32 small integers.  The mean of a text's rows
 * goes through a linear layer to one score per label, as in fastText
 * (https://arxiv.org/abs/1607.01759).  Sums of rows are integers, so a text can be summed
 * in any order, in parts, and from cached sums of its words.
 *
 * A model file holds the header, one temperature per power of two of the number of
 * features, the layer, the labels, extra bytes of the feature extractor, and the rows
 * with 4 bits per value.  tamis-langid-train(1) describes the format.
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
	LINEAR_LABEL_MAX = 23, /* bytes of a label name */
	LINEAR_LABELS_MAX = 1024,
	LINEAR_ZERO = 8, /* stored form of 0 in a row; values are -7 to 7 */
};

/* Sum of at most LINEAR_SUM_MAX rows: 4096 * 7 fits in 16 bits. */
struct linear_sum {
	int16_t v[LINEAR_DIMS];
	uint32_t n; /* rows */
};
enum { LINEAR_SUM_MAX = 4096 };

/* Sum of any number of rows. */
struct linear_total {
	int64_t v[LINEAR_DIMS];
	uint64_t n; /* rows */
};

struct linear_model {
	const unsigned char *rows; /* 16 bytes per row: value i low, value 16 + i high */
	unsigned shift;		   /* row of a hash: hash >> shift */
	size_t labels;
	size_t padded; /* labels, rounded up to a multiple of 8 */
	double scale;  /* value of one unit in a row */
	float temperature[LINEAR_TEMPERATURES]; /* by log2 of the number of features */
	float *weight;				/* [LINEAR_DIMS][padded] */
	float *bias;				/* [padded] */
	char (*label)[LINEAR_LABEL_MAX + 1];
	struct span extra; /* bytes of the feature extractor */
	struct hash128 hash;
	void *map; /* the mapped file; NULL: the bytes belong to the caller */
	size_t map_bytes;
};

/*
 * Use a model file in memory, which must outlive m.  kind: four letters that identify the
 * feature extractor; name: prefix of messages.  Returns 0, or -1 with *err (EXIT_DATA) if
 * the file is damaged or of another kind; *m is zeroed then.  Call linear_close() after
 * success.
 */
int linear_parse(struct linear_model *m, struct span file, const char *kind,
    const char *name, struct err *err);
/* Map the file at path and parse it.  EXIT_SYSTEM if it cannot be read. */
int linear_open(
    struct linear_model *m, const char *path, const char *kind, struct err *err);
void linear_close(struct linear_model *m); /* zeroed is fine */

/* Append m as a model file to out.  Reads all fields that linear_parse() sets except hash
 * and map. */
void linear_write(const struct linear_model *m, const char *kind, struct buf *out);

static inline const unsigned char *
linear_row(const struct linear_model *m, uint32_t row)
{
	return m->rows + (size_t)row * (LINEAR_DIMS / 2);
}

/* Add n rows to *sum, which must not exceed LINEAR_SUM_MAX rows afterwards. */
void linear_sum_rows(
    const struct linear_model *m, const uint32_t *row, size_t n, struct linear_sum *sum);
void linear_total_add(struct linear_total *to, const struct linear_sum *from);

/*
 * Write the score of each label, padding included, to z[m->padded].  t->n must not be 0.
 * Differences of scores are log odds.  Returns the label with the highest score, the
 * first on a tie.
 */
size_t linear_scores(
    const struct linear_model *m, const struct linear_total *t, float *z);
/* linear_scores() in portable C, for tests: all paths give the same bits. */
size_t linear_scores_plain(
    const struct linear_model *m, const struct linear_total *t, float *z);
/* The label with the highest of the scores z, the first on a tie. */
size_t linear_argmax(const struct linear_model *m, const float *z);
/*
 * ln of the sum of e^z[i] over all labels, where z[best] is the highest score.  The
 * probability of label i is e^(z[i] - result), with an error below 1e-6.
 */
double linear_log_sum(const struct linear_model *m, const float *z, size_t best);

#endif
