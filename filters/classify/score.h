/* score.h - combine the probabilities of some labels into one score. */
#ifndef TAMIS_SCORE_H
#define TAMIS_SCORE_H

#include "filters/models/fasttext.h"

/* The labels of a score and their weights.  Zero it to begin. */
struct score_rule {
	uint32_t *label;
	double *weight;
	size_t n;
};

/*
 * Parse "LABEL[=W],...": the score is the sum of the labels' probabilities, each times W
 * (default 1).  Labels may be given without "__label__".  If spec is the whole name of a
 * label, commas included, it is that label.  NULL stands for the label "hq".
 * path is for messages.  Returns 0, or -1 with *err.  Call score_free() in both cases.
 */
int score_parse(struct score_rule *r, const struct fasttext *m, const char *path,
    const char *spec, struct err *err);
void score_free(struct score_rule *r);
/* The score for probabilities p[r->n] in the order of r->label.  Never -0. */
float score_sum(const struct score_rule *r, const float *p);

#endif
