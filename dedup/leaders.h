/*
 * leaders.h - decide which documents of a set are kept, by rank and exact similarity.
 *
 * The survivors are the lexicographically first maximal independent set: by rank, a
 * document is removed if it is similar to one that is kept and in a bucket of it.  Of
 * each bucket, only the best ones that are kept can remove others.
 */
#ifndef TAMIS_LEADERS_H
#define TAMIS_LEADERS_H

#include "dedup/near_doc.h"
#include "lib/base/mem.h"

enum measure { MEASURE_JACCARD, MEASURE_CONTAINMENT };
enum { SIMILARITY_ONE = 1000000 }; /* thresholds are in millionths */

/* Whether sets of n and m elements with `common` in common reach threshold. */
bool sets_similar(
    enum measure measure, uint64_t threshold, uint64_t n, uint64_t m, uint64_t common);
double sets_similarity(enum measure measure, uint64_t n, uint64_t m, uint64_t common);
/*
 * The number of elements that two sets, sorted and without repetitions, have in common.
 * It may stop early and return less if they cannot have `need`.
 */
uint64_t sets_common(
    const uint64_t *a, uint64_t n, const uint64_t *b, uint64_t m, uint64_t need);
/* The least number in common that reaches threshold. */
uint64_t sets_need(enum measure measure, uint64_t threshold, uint64_t n, uint64_t m);

struct leader_options {
	enum measure measure;
	uint64_t threshold;
	uint64_t
	    best; /* the number of kept documents of a bucket that can remove others */
};

/* One document of the set. */
struct leader_doc {
	struct near_doc doc;
	const uint64_t *shingle; /* sorted, without repetitions */
	uint64_t n;
	bool removed; /* a result; given for an old document */
	/* Of a document that was removed: the number of the best kept document that it is
	 * similar to. */
	uint64_t leader;
	double similarity;
};

struct leader_stats {
	uint64_t compared; /* pairs of documents */
	uint64_t merged;   /* those of which the shingles were counted */
	uint64_t large;	   /* buckets of more than `best` documents */
};

/*
 * Decide about n documents, which it sorts by rank.  buckets: records of a count (4
 * bytes), and as many numbers (5 bytes), of documents in v; all in host order.
 */
void leaders_decide(const struct leader_options *o, struct leader_doc *v, size_t n,
    struct span buckets, struct leader_stats *stats);

#endif
