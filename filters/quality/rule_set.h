/* rule_set.h - a rule set: features that it measures and rules that bound them. */
#ifndef TAMIS_RULE_SET_H
#define TAMIS_RULE_SET_H

#include "filters/quality/measure.h"
#include "filters/quality/word_list.h"
#include "lib/driver/filter.h"

/* A number that a rule set measures; a field of "q" under --tag. */
struct feature {
	const char *id; /* "gopher.words" */
	int places;	/* decimals in "q" */
};

/* How a value fails a rule. */
enum rule_kind {
	RULE_MIN,   /* value < bound */
	RULE_MAX,   /* value > bound */
	RULE_UNDER, /* value >= bound */
	RULE_OVER,  /* value <= bound */
};

/* Which bounds a rule accepts. */
enum unit {
	UNIT_FRACTION, /* 0 to 1 */
	UNIT_COUNT,    /* whole, 0 or more */
	UNIT_NUMBER,   /* 0 or more */
	UNIT_SWITCH,   /* on (1) or off (NAN) */
	/* The value is the number of the line that first failed, from 1, or 0; the bound
	 * is 0.  Of two adjacent rules of this unit, the earlier line is reported first.
	 */
	UNIT_LINE,
};

/* A bound on a feature or, with NO_FEATURE, a parameter of the measurement. */
struct rule {
	const char *id; /* "gopher.min_words" */
	int feature;	/* index in the set's features */
	enum rule_kind kind;
	enum unit unit;
	double bound;	    /* default; NAN: off */
	const char *source; /* the code or paper it is taken from */
};
enum { NO_FEATURE = -1 };

/* The bounds of one set's rules for documents of one language. */
struct rule_bounds {
	const double *bound; /* by index of the rule in the set; NAN: off */
	const struct word_list *stop_words;
};

struct rule_set {
	const char *name, *summary;
	const struct feature *feature;
	size_t nfeatures;
	const struct rule *rule;
	size_t nrules;
	/*
	 * Fill in value[nfeatures].  NAN means that the feature is undefined or, unless
	 * m->exact, that it is known not to fail any rule.
	 */
	void (*measure)(
	    struct measure *m, const struct rule_bounds *s, struct doc *d, double *value);
	/*
	 * Change m's text before any set measures it; measure() gets the same value[].
	 * NULL: the set does not edit.
	 */
	void (*edit)(
	    struct measure *m, const struct rule_bounds *s, struct doc *d, double *value);
	const char *stop_words; /* default list, separated by spaces; NULL: none used */
	bool on_edited;		/* made to measure texts that another set has edited */
};

/* Two of these English words make a text prose to Gopher (Rae et al., arXiv:2112.11446).
 */
#define GOPHER_STOP_WORDS "the be to of and that have with"

/* All rule sets, in the order of tamis-quality(1). */
extern const struct rule_set *const rule_sets[];
extern const size_t nrule_sets;

/* The set of that name, or NULL. */
const struct rule_set *rule_set_find(struct span name);

/* Whether a value fails a rule of that kind and bound.  NAN on either side does not. */
bool rule_fails(enum rule_kind kind, double value, double bound);

#endif
