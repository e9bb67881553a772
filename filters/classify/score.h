/* score.h - a score of a text: probabilities of some labels of a model, weighed. */
#ifndef TAMIS_SCORE_H
#define TAMIS_SCORE_H

#include "filters/models/fasttext.h"

/* Zero it to begin. */
struct score_rule {
	uint32_t *label;
	double *weight;
	size_t n;
};

/*
 * What "LABEL[=W],..." means for a model: the sum of the labels' probabilities, each
 * times W, 1 where it is left out.  A label may go without its "__label__".  A spec that
 * is the whole name of a label is that label, commas and all.  NULL: the label "hq".
 * Returns 0, or -1 with *err; path: for messages.
 */
int score_parse(struct score_rule *r, const struct fasttext *m, const char *path,
    const char *spec, struct err *err);
void score_free(struct score_rule *r);
/* From the labels' probabilities, in the order of r->label.  Never -0. */
float score_sum(const struct score_rule *r, const float *p);

#endif
