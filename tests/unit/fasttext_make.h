/* fasttext_make.h - fastText models to test with, written byte by byte. */
#ifndef FASTTEXT_MAKE_H
#define FASTTEXT_MAKE_H

#include <stdint.h>

#include "lib/base/mem.h"

enum { MAKE_HS = 1, MAKE_NS, MAKE_SOFTMAX, MAKE_OVA };

struct make_spec {
	int32_t version, dim, word_ngrams, loss, model, bucket, min_chars, max_chars;
	const char *words, *labels; /* with spaces between them */
	int64_t pairs;		    /* -1: not pruned */
	const struct make_pair {
		int32_t bucket, row; /* row: behind the words */
	} * pair;
	int64_t rows;  /* of the input matrix */
	int32_t width; /* floats for a code; 0: not quantised */
	bool norms, coded_output;
};

/* A sound model: dimension 5, two words, two labels, softmax, no n-grams. */
extern const struct make_spec make_plain;

/* Where a part of the model begins, for those who want to break it. */
struct make_places {
	size_t args, dict, words, pairs, quant, in, in_data, in_end, out, end;
};

/* Append the model; at may be NULL. */
void make_model(const struct make_spec *m, struct buf *b, struct make_places *at);
/* Row i of the input (or output) matrix, dim floats, norms not in them; its norm. */
float make_row(const struct make_spec *m, bool output, int64_t i, float *row);
/* Label i, of at most 20, was seen so often. */
int64_t make_count(int64_t i);
/* The i-th of some words with one space between them. */
struct span make_word(const char *words, int64_t i);
int64_t make_words(const char *words); /* how many */

#endif
