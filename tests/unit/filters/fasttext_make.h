/* fasttext_make.h - write fastText models for tests, byte by byte. */
#ifndef FASTTEXT_MAKE_H
#define FASTTEXT_MAKE_H

#include <stdint.h>

#include "lib/base/mem.h"

enum { MAKE_HS = 1, MAKE_NS, MAKE_SOFTMAX, MAKE_OVA };

struct make_spec {
	int32_t version, dim, word_ngrams, loss, model, bucket, min_chars, max_chars;
	const char *words, *labels; /* separated by one space */
	int64_t pairs;		    /* -1: not pruned */
	const struct make_pair {
		int32_t bucket, row; /* row: counted after those of the words */
	} * pair;
	int64_t rows;  /* of the input matrix */
	int32_t width; /* floats per code; 0: not quantised */
	bool norms, coded_output;
};

/* A valid model: dimension 5, three words, two labels, softmax, no n-grams. */
extern const struct make_spec make_plain;

/* Offsets of the model's parts, for tests that corrupt them. */
struct make_places {
	size_t args, dict, words, pairs, quant, in, in_data, in_end, out, end;
};

/* Append the model to b; at may be NULL. */
void make_model(const struct make_spec *m, struct buf *b, struct make_places *at);
/* Fill in row i of the input or output matrix, dim floats without norms.  Returns the
 * norm. */
float make_row(const struct make_spec *m, bool output, int64_t i, float *row);
/* The count of label i, i < 20. */
int64_t make_count(int64_t i);
/* Word i of a list. */
struct span make_word(const char *words, int64_t i);
int64_t make_words(const char *words); /* length of a list */

#endif
