/* rule_set.h - sets of rules: what they measure, where they draw the line, who says so.
 */
#ifndef TAMIS_RULE_SET_H
#define TAMIS_RULE_SET_H

#include "filters/quality/measure.h"
#include "filters/quality/word_list.h"
#include "lib/driver/filter.h"

/* What a set measures: a member of "q". */
struct feature {
	const char *id; /* "gopher.words" */
	int places;	/* decimals in "q" */
};

/* Which values break a rule. */
enum rule_kind {
	RULE_MIN,   /* those below the bound */
	RULE_MAX,   /* those above it */
	RULE_UNDER, /* those that are not below it */
	RULE_OVER,  /* those that are not above it */
};

/* What a bound may be. */
enum unit {
	UNIT_SHARE,  /* 0 to 1 */
	UNIT_COUNT,  /* whole, from 0 */
	UNIT_NUMBER, /* from 0 */
	UNIT_SWITCH, /* on (1) or off */
	/* The value is the line where the rule was first broken, from 1; the bound is 0.
	 * Of two such rules side by side the one of the earlier line comes first. */
	UNIT_LINE,
};

/* A line that is drawn, or (with NO_FEATURE) something else that may be set. */
struct rule {
	const char *id; /* "gopher.min_words" */
	int feature;	/* of the set */
	enum rule_kind kind;
	enum unit unit;
	double bound;	    /* NAN: off */
	const char *source; /* who draws it there */
};
enum { NO_FEATURE = -1 };

/* What holds for a document: the bounds of one set's rules, numbered as in the set. */
struct settings {
	const double *bound; /* NAN: off */
	const struct wordlist *stop_words;
};

struct set {
	const char *name, *summary;
	const struct feature *feature;
	size_t nfeatures;
	const struct rule *rule;
	size_t nrules;
	/* Fill in value[], one a feature: NAN for what is not known or, unless m->exact,
	 * for what breaks no rule. */
	void (*measure)(
	    struct measure *m, const struct settings *s, struct doc *d, double *value);
	/* Change m's text before any set measures it; value[] is passed on to measure.
	 * NULL: this set does not. */
	void (*edit)(
	    struct measure *m, const struct settings *s, struct doc *d, double *value);
	const char *stop_words; /* by default, separated by spaces; NULL: it has none */
};

/* All sets, in the order of the manual. */
extern const struct set *const rule_sets[];
extern const size_t nrule_sets;

/* Whether value breaks a rule of that kind and bound; NAN does not. */
bool rule_broken(enum rule_kind kind, double value, double bound);

#endif
