/* html_features.h - the features of a block of text, from which the model judges it. */
#ifndef TAMIS_HTML_FEATURES_H
#define TAMIS_HTML_FEATURES_H

#include "filters/web/judge/html_blocks.h"

/*
 * All features are integers of 8 bits, so that training and every machine compute the
 * same.  Numbers are on a logarithmic scale of 8 steps per octave, shares are in
 * two-hundredths, and distances in blocks or elements.
 */
enum {
	/* Neighbours on each side whose first features are features, too. */
	NEAR = 3,
	CLIMB = 5, /* elements around a block, from the innermost */
	/* The features of a block alone; a neighbour has those before F_NEAR_END. */
	F_CHARS = 0,
	F_LINKED,
	F_TAG,
	F_KEPT,
	F_WORDS,
	F_STOPS,
	F_NEAR_END,
	F_WORD_COUNT = F_NEAR_END,
	F_WORD_LENGTH,
	F_SHORT_WORDS,
	F_COMMAS,
	F_COMMA_SHARE,
	F_STOP_SHARE,
	F_DIGITS,
	F_CAPITALS,
	F_SIGNS,
	F_PRICES,
	F_YEARS,
	F_RIGHTS,
	F_LINKS,
	F_END,
	F_IN_TITLE,
	F_DEPTH,
	F_BOX_WORDS,
	F_BEST_WORDS,
	F_WORST_WORDS,
	F_INDEX,
	F_INDEX_LEFT,
	F_PLACE,
	F_PLACE_CHARS,
	F_KEPT_BEFORE,
	F_KEPT_AFTER,
	F_KEPT_SIDE,
	F_HEADING_BEFORE,
	F_HEADING_TAG,
	F_HEADING_AFTER,
	F_AFTER_H1,
	F_COPIES,
	F_COPY,
	F_MEMBERS,
	F_MEMBER_CHARS,
	F_MEMBER_LINKED,
	F_AROUND,
	F_CLIMB = F_AROUND + AROUND_COUNT,
	CLIMB_FEATURES = 6,
	F_NEAR = F_CLIMB + CLIMB * CLIMB_FEATURES,
	F_WINDOW = F_NEAR + 2 * NEAR * F_NEAR_END,
	WINDOWS = 2, /* of 4 and of 15 blocks on each side */
	WINDOW_FEATURES = 4,
	F_PAGE = F_WINDOW + WINDOWS * WINDOW_FEATURES,
	PAGE_FEATURES = 24 + KIND_COUNT,
	F_STAGE1 = F_PAGE + PAGE_FEATURES, /* number of features of the first stage */
	/* The second stage sees what the first one found: the block, 4 neighbours on each
	 * side, a window of 8, the elements around it, and the page. */
	NEAR_SCORES = 4,
	F_SCORE = F_STAGE1,
	F_SCORE_NEAR,
	F_SCORE_WINDOW = F_SCORE_NEAR + 2 * NEAR_SCORES,
	F_SCORE_CLIMB,
	F_SCORE_GROUP = F_SCORE_CLIMB + CLIMB,
	F_SCORE_PAGE,
	F_SCORE_KEPT,
	F_STAGE2,
};

/* The unit of scores. */
enum { JUDGE_ONE = 1024 };

/* The features of a block that are computed before the others. */
struct html_near_features {
	uint8_t near[F_NEAR_END];
	/* distances to the nearest block that the rules keep, or that is a heading */
	uint8_t kept_before, kept_after, heading_before, heading_after;
	uint8_t after_h1; /* number of blocks since the last <h1> */
};

/* The features of an element around blocks. */
struct html_climb {
	uint32_t node; /* plus one */
	uint8_t value[CLIMB_FEATURES];
};
/* The number of elements whose features are kept. */
enum { CLIMB_MEMO = 64 };

/* The features of a whole page, shared by its blocks. */
struct html_page_features {
	const struct html_tree *tree;
	struct html_blocks *blocks;
	uint8_t page[PAGE_FEATURES];
	uint32_t *sums; /* see html_features.c */
	struct html_near_features *near;
	struct html_climb *climb; /* CLIMB_MEMO elements, by their nodes */
	size_t cap;		  /* blocks that both have room for */
};

/* Prepare the features of the blocks of a page. */
void html_features_begin(
    struct html_page_features *f, const struct html_tree *t, struct html_blocks *b);
void html_features_free(struct html_page_features *f);
/* Set the features of block i for the first stage: F_STAGE1 bytes. */
void html_features_of(const struct html_page_features *f, size_t i, uint8_t *out);
/* Prepare those of the second stage, once the blocks have the scores of the first. */
void html_features_begin_scores(struct html_page_features *f);
/* Set the further features of the second stage: out[F_STAGE1] to out[F_STAGE2 - 1]. */
void html_features_of_scores(const struct html_page_features *f, size_t i, uint8_t *out);
#endif
