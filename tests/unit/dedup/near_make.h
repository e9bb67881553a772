/* near_make.h - random sets of documents for tests of near duplicates, and who removes
 * whom by definition. */
#ifndef TESTS_UNIT_NEAR_MAKE_H
#define TESTS_UNIT_NEAR_MAKE_H

#include "dedup/leaders.h"

enum { MAKE_DOCS = 40, MAKE_SHINGLES = 32, MAKE_BUCKETS = 40 };

struct make_bucket {
	size_t n;
	uint64_t number[MAKE_DOCS];
};

struct make_set {
	size_t ndocs, nbuckets;
	struct leader_doc doc[MAKE_DOCS]; /* ascending by number */
	uint64_t shingle[MAKE_DOCS][MAKE_SHINGLES];
	struct make_bucket bucket[MAKE_BUCKETS];
	struct leader_options o;
};

/* Fill in all of m.  stride: limit on the distance of numbers. */
void make_near(struct make_set *m, uint64_t stride, uint64_t *rng);
/* Append the buckets as leaders_decide reads them. */
void make_buckets(const struct make_set *m, struct buf *b);
/* Put the documents, the buckets and their members into a random order. */
void make_shuffle(struct make_set *m, uint64_t *rng);
/* Decide about the documents by the definition in leaders.h, without touching their
 * order.  Returns how many different buckets are larger than `best`. */
size_t make_decide(struct make_set *m);
/* The document of a number. */
const struct leader_doc *make_find(const struct make_set *m, uint64_t number);

#endif
