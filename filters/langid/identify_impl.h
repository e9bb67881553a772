/* identify_impl.h - between identify.c and lang_spans.c: one thread's memory. */
#ifndef TAMIS_IDENTIFY_IMPL_H
#define TAMIS_IDENTIFY_IMPL_H

#include "filters/langid/identify.h"

enum { LANGID_FINE = 32 /* bytes of a window that may be a language by itself */ };

/* What else is known of a span. */
struct span_sum {
	struct linear_total total;
	size_t first_to,
	    last_from; /* of its first window the end, of its last the start */
};

struct langid_scratch {
	struct fasttext_scratch *fasttext; /* with such a model, which needs score, too */
	uint32_t *allowed;		   /* labels */
	struct langid_memory *memory;
	float *score;	    /* one a label */
	struct buf windows; /* struct window */
	struct buf scores;  /* of windows: logarithms of probabilities of candidates */
	struct buf steps;   /* of windows: the candidate before, for each candidate */
	struct buf spans;   /* struct langid_span */
	struct buf sums;    /* struct span_sum, of each span */
};

/* Scores of labels, those not allowed out of reach; returns the best one. */
int langid_score(const struct langid_model *m, const struct linear_total *t, float *z);
/* The probability of a label's language, by scores of which `best` is the best. */
double langid_probability(
    const struct langid_model *m, const float *z, int best, int label);
/* fasttext_labels.c */
bool langid_is_fasttext(const char *path);
int langid_fasttext_open(struct langid_model *m, const char *path, struct err *err);
struct langid_guess langid_fasttext_guess(
    const struct langid_model *m, struct langid_scratch *s, struct span text);

/* s->windows in stretches of one language each; they live in s. */
const struct langid_span *langid_segment(
    const struct langid_model *m, struct langid_scratch *s, size_t *n);

#endif
