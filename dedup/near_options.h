/* near_options.h - the options by which near, near-elect and near-oracle decide. */
#ifndef TAMIS_NEAR_OPTIONS_H
#define TAMIS_NEAR_OPTIONS_H

#include "dedup/elect.h"
#include "lib/driver/opt.h"

struct near_decision {
	double threshold;
	uint64_t best;
	unsigned measure;
};

#define NEAR_DECISION_DEFAULTS                                                           \
	{                                                                                \
		.threshold = 0.8, .best = 1000                                           \
	}

/* NOLINTBEGIN(bugprone-macro-parentheses): f names a member */
#define NEAR_SIMILARITY_OPTS(s, f)                                                       \
	OPT_DOUBLE(0, "threshold", s, f.threshold,                                       \
	    "the least similarity of duplicates, from 0.01 to 1"),                       \
	    OPT_ENUM(0, "measure", s, f.measure, "jaccard|containment",                  \
		"shingles in common, of those of both or of the shorter document")

#define NEAR_DECISION_OPTS(s, f)                                                         \
	NEAR_SIMILARITY_OPTS(s, f),                                                      \
	    OPT_U64(0, "best", s, f.best,                                                \
		"documents of a bucket, best first, to compare all others with")
/* NOLINTEND(bugprone-macro-parentheses) */

/* Check the values, and round the threshold down to one that near_leaders can state.  0,
 * or -1 with *err. */
int near_decision_check(struct near_decision *d, struct err *err);
/* After the check. */
struct leader_options near_leaders(const struct near_decision *d);
/* Warn of buckets above --best.  example: names a document of the largest, or NULL. */
void near_warn_large(
    const struct near_decision *d, const struct elect_stats *s, const char *example);

#endif
