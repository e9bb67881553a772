/*
 * lang_spans.h - cut a text into spans of one language each.
 *
 * The cheapest path through the windows of a text is found (Viterbi), where a change of
 * language costs as much as a window that is e^8 times less probable.  All functions need
 * a model of langid-train.
 */
#ifndef TAMIS_LANG_SPANS_H
#define TAMIS_LANG_SPANS_H

#include "filters/langid/langid_model.h"

enum { LANGID_FINE = 32 /* bytes of the smallest window, and so of the smallest span */ };

struct langid_span {
	size_t from, to; /* bytes of the text */
	size_t bytes;	 /* examined: all of them, or a sample */
	int label;
	double p; /* probability of its language */
};

/* Cut a whole text into spans that cover it, *n of them.  They are valid until the next
 * call with s. */
const struct langid_span *langid_spans(
    const struct langid_model *m, struct langid_scratch *s, struct span text, size_t *n);
/* Cut s->windows into spans, *n of them.  They are valid until the next call with s. */
const struct langid_span *langid_segment(
    const struct langid_model *m, struct langid_scratch *s, size_t *n);
/* The language of a text from its spans, the result of the last call with s. */
struct langid_guess langid_sum_spans(const struct langid_model *m,
    struct langid_scratch *s, const struct langid_span *v, size_t n);

#endif
