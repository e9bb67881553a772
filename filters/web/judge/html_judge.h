/* html_judge.h - decide which blocks of a page are its main text. */
#ifndef TAMIS_HTML_JUDGE_H
#define TAMIS_HTML_JUDGE_H

#include "filters/web/judge/html_blocks.h"
#include "filters/web/judge/html_model.h"

/* Room for the features of a block: those of each stage are turned by 16s. */
enum { JUDGE_FEATURES = F_STAGE2 + 15 };

/* One thread's judge; zero it to begin. */
struct html_judge {
	const struct html_model *model;
	/* Of the latest page: each block has its scores and the verdict. */
	struct html_blocks blocks;
	struct html_page_features features;
	/* Of a batch of blocks; see html_model_scores(). */
	uint8_t (*x)[JUDGE_FEATURES * MODEL_LANES];
	uint8_t (*row)[JUDGE_FEATURES]; /* the features of each block of one batch */
	bool passed;		  /* the page is too dense: it has no blocks or scores */
	bool decided;		  /* else the decisions of the rules hold */
	int16_t bound;		  /* of the scores of blocks that are kept */
	enum html_page_type type; /* the most likely one */
	double type_p;
};

/*
 * Judge the blocks of a tree after html_tree_find_main(), and set N_KEEP and N_DROP
 * again. Where the model cannot decide, the tree stays as it is.
 */
void html_judge_page(struct html_judge *j, struct html_tree *t);
void html_judge_free(struct html_judge *j);

#endif
