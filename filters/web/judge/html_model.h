/* html_model.h - the model that judges blocks of text: weights of words, and trees. */
#ifndef TAMIS_HTML_MODEL_H
#define TAMIS_HTML_MODEL_H

#include "filters/web/judge/html_features.h"
#include "filters/web/page/html_class_words.h"
#include "lib/base/err.h"
#include "lib/base/span.h"

/*
 * extract.model, which examples/extract-model/train_blocks.py writes, is little-endian:
 *
 *	8 bytes  "tamisxm1"
 *	u32      MODEL_FEATURES
 *	u32      numbers of trees of the forests, FORESTS of them
 *	i32      where each forest starts, FORESTS of them
 *	i8       weights of words, CLASS_WORDS of them
 *	trees    of all forests, 140 bytes each: 6 numbers of features, 6 bounds, 64
 *	         values of 16 bits
 *	u64      XXH3-64 of all bytes before
 *
 * A tree asks six questions, whatever the answers: bit k of the index of its value says
 * whether feature k is greater than bound k.  A score is the sum of the values of all
 * trees of a forest and its start.  Sums are of integers, so their order does not matter.
 */
enum {
	TREE_DEPTH = 6,
	TREE_LEAVES = 1 << TREE_DEPTH,
	TREE_BYTES = 2 * TREE_DEPTH + 2 * TREE_LEAVES,
	MODEL_TREES_MAX = 1 << 13, /* of all forests */
	/* Changes whenever the meaning of a feature does. */
	MODEL_FEATURES = 1 << 16 | F_STAGE2,
	/* The unit of values and sums. */
	MODEL_ONE = 8192,
};

enum html_page_type {
	PAGE_ARTICLE,
	PAGE_FORUM,
	PAGE_PRODUCT,
	PAGE_LISTING,
	PAGE_COLLECTION,
	PAGE_DOCUMENTATION,
	PAGE_SERVICE,
	PAGE_TYPES,
};

/* The first two forests judge blocks, the others say how likely each type of page is. */
enum { FOREST_STAGE1, FOREST_STAGE2, FOREST_TYPES, FORESTS = FOREST_TYPES + PAGE_TYPES };

struct html_tree_of_model {
	uint8_t feature[TREE_DEPTH], bound[TREE_DEPTH];
	int16_t value[TREE_LEAVES];
	uint8_t table[2][TREE_LEAVES]; /* the bytes of the values: see html_model.c */
};

struct html_model {
	int8_t words[CLASS_WORDS];
	int32_t start[FORESTS];
	uint32_t first[FORESTS + 1]; /* tree of each forest, and the end */
	struct html_tree_of_model *tree;
	bool portable; /* without instructions that not all processors have */
};

/* The number of blocks that are judged at once. */
enum { MODEL_LANES = 32 };

/* The built-in model.  Release with html_model_free(). */
struct html_model *html_model_new(void);
/* Read a model from a file's content; NULL: *err names the problem. */
struct html_model *html_model_parse(struct span file, struct err *err);
void html_model_free(struct html_model *m);
/* The sums of a forest for MODEL_LANES blocks, whose features x has: feature k of block i
 * is x[k * MODEL_LANES + i].  In units of 1 / MODEL_ONE. */
void html_model_scores(const struct html_model *m, unsigned forest, const uint8_t *x,
    int32_t sum[MODEL_LANES]);
/* 1 / (1 + e^-x) of a score in units of 1 / JUDGE_ONE, the same on every machine. */
double html_model_probability(int32_t score);

#endif
