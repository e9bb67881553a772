/*
 * elect.h - decide which of all documents are kept, in memory that is bounded.
 *
 * Documents that share no bucket, directly or through others, decide independently of
 * each other.  So the documents are dealt to partitions by connected component, and each
 * partition is decided in memory.  The calls come in the order of this file.
 */
#ifndef TAMIS_ELECT_H
#define TAMIS_ELECT_H

#include "dedup/bits.h"
#include "dedup/facts.h"
#include "dedup/leaders.h"
#include "dedup/spill.h"

struct elect_options {
	struct leader_options leaders;
	uint64_t memory; /* for the shingles of one partition, in bytes */
	bool components; /* keep the best of each component; compare no shingles */
	bool details;	 /* elect_find is going to be called */
	bool ids;	 /* with details: elect_find is to return ids */
};

struct elect;
/* o, pool: borrowed. */
struct elect *elect_new(const struct elect_options *o, struct spill_pool *pool);

/* First, of documents that an earlier run decided: they keep its decisions. */
void elect_old(struct elect *e, uint64_t number, bool removed);
/* For same_find, then for buckets_find; arg is the struct elect. */
int elect_same(void *arg, uint64_t kept, uint64_t removed, struct err *err);
int elect_bucket(void *arg, const uint64_t *number, size_t n, struct err *err);
/* The documents that same_find reported: buckets may contain them. */
const struct bitset *elect_twins(const struct elect *e);
/* After the last bucket. */
int elect_connect(struct elect *e, struct err *err);
/* All documents, in any order; arg is the struct elect. */
int elect_doc(void *arg, const struct near_doc *d, struct err *err);
/* After the last document. */
int elect_deal(struct elect *e, struct err *err);
/* Whether elect_shingles wants those of a document. */
bool elect_wants(const struct elect *e, uint64_t number);
/* The shingles of such a document, sorted and without repetitions, and its near_doc's
 * content. */
int elect_shingles(struct elect *e, uint64_t number, uint64_t content,
    const uint64_t *shingle, size_t n, struct err *err);
/* Whether elect_id wants the id of a document. */
bool elect_wants_id(const struct elect *e, uint64_t number);
/* Copies it.  0, or -1 with *err. */
int elect_id(struct elect *e, uint64_t number, struct span id, struct err *err);
/* Decide.  -1 with *err; then stats.changed is a document that is not the one that was
 * sketched, if there is one. */
int elect_run(struct elect *e, struct err *err);
bool elect_removed(const struct elect *e, uint64_t number);
/* All removed documents. */
const struct bitset *elect_removals(const struct elect *e);

struct elect_stats {
	uint64_t candidates, same, partitions;
	uint64_t removed;			/* documents, those of same included */
	uint64_t components, largest_component; /* with options.components */
	uint64_t largest;			/* documents of the largest bucket */
	uint64_t example_number;		/* of one of them */
	const char *example; /* its id, if the bucket exceeds the limit and ids came */
	uint64_t changed;    /* number of a document; UINT64_MAX: none */
	struct leader_stats leaders;
};
const struct elect_stats *elect_stats(const struct elect *e);
/* The fact about a document.  False: it was kept, and removed none. */
bool elect_find(const struct elect *e, uint64_t number, struct fact *fact);
void elect_free(struct elect *e); /* NULL is fine */

#endif
