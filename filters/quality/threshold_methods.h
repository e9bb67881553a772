/* threshold_methods.h - bounds for a language from how its documents differ from English
 * ones. */
#ifndef TAMIS_THRESHOLD_METHODS_H
#define TAMIS_THRESHOLD_METHODS_H

#include <stddef.h>

#include "filters/quality/rule_set.h"

/* FineWeb2's ways (Penedo et al., arXiv:2506.20920), and those that it tried. */
enum method {
	METHOD_ENGLISH,
	METHOD_ZMATCH,
	METHOD_QUANTILE,
	METHOD_TAIL10,
	METHOD_MEDIAN
};

/* Values of a feature in documents of one language; finite ones only. */
struct values {
	double *v;
	size_t n;
};

/*
 * The bound of rule r for a language: bound is the one for English.  Sorts both.  A bound
 * is kept within what r's unit allows and rounded to 3 decimals, to the looser side.
 * Where the documents tell nothing, it is the one for English.
 */
double derive_bound(enum method method, const struct rule *r, double bound,
    struct values *english, struct values *other);

#endif
