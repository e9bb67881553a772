/* threshold_methods.h - derive a rule's bound for a language from its English bound. */
#ifndef TAMIS_THRESHOLD_METHODS_H
#define TAMIS_THRESHOLD_METHODS_H

#include <stddef.h>

#include "filters/quality/rule_set.h"

/* The methods that FineWeb2 compares (Penedo et al., arXiv:2506.20920). */
enum threshold_method {
	METHOD_ENGLISH,	 /* keep the English bound */
	METHOD_ZMATCH,	 /* as many standard deviations from the mean as in English */
	METHOD_QUANTILE, /* drop the same share of documents as in English */
	METHOD_TAIL10,	 /* drop the most extreme tenth of documents */
	METHOD_MEDIAN	 /* scale by the ratio of the medians */
};

/* Finite values of one feature in documents of one language.  v is the caller's. */
struct feature_values {
	double *v;
	size_t n;
};

/*
 * The bound of rule r for a language, from `bound`, the one for English, and values of
 * r's feature in both languages.  Sorts both lists of values.  The result respects r's
 * unit and has 3 decimals, rounded so that the rule gets looser.  Returns `bound` where
 * the values give no answer, or are all perfect.
 */
double threshold_derive(enum threshold_method method, const struct rule *r, double bound,
    struct feature_values *english, struct feature_values *other);

/*
 * Whether a derived bound is useless: more than half of the values fail it, or it is the
 * end of the range that only perfect values meet.
 */
bool threshold_is_degenerate(
    const struct rule *r, double bound, const struct feature_values *values);

#endif
