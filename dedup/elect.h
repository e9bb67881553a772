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
#include "dedup/leaders.h"
#include "dedup/spill.h"

struct elect_options {
	struct leader_options leaders;
	uint64_t memory; /* for the shingles of one partition, in bytes */
	bool details;	 /* elect_find is going to be called */
};

struct elect;
/* o, pool: borrowed. */
struct elect *elect_new(const struct elect_options *o, struct spill_pool *pool);

/* For same_find, then for buckets_find; arg is the struct elect. */
int elect_same(void *arg, uint64_t kept, uint64_t removed, struct err *err);
int elect_bucket(void *arg, const uint64_t *number, size_t n, struct err *err);
/* After the last bucket. */
int elect_connect(struct elect *e, struct err *err);
/* All documents, in any order; arg is the struct elect. */
int elect_doc(void *arg, const struct near_doc *d, struct err *err);
/* After the last document. */
int elect_deal(struct elect *e, struct err *err);
/* Whether elect_shingles wants those of a document. */
bool elect_wants(const struct elect *e, uint64_t number);
/* The shingles of such a document, sorted and without repetitions. */
int elect_shingles(
    struct elect *e, uint64_t number, const uint64_t *shingle, size_t n, struct err *err);
/* Decide. */
int elect_run(struct elect *e, struct err *err);
bool elect_removed(const struct elect *e, uint64_t number);
/* The documents that are removed so far. */
const struct bits *elect_removals(const struct elect *e);

struct elect_stats {
	uint64_t candidates, same, partitions;
	struct leader_stats leaders;
};
const struct elect_stats *elect_stats(const struct elect *e);

/* A document that was removed, or in favour of which others were. */
struct elect_fact {
	uint64_t number, leader; /* leader: its own number if it was kept */
	uint64_t removed;	 /* documents removed in favour of leader */
	double similarity;	 /* to the leader */
};
/* The fact about a document; NULL: it was kept and removed none. */
const struct elect_fact *elect_find(const struct elect *e, uint64_t number);
void elect_free(struct elect *e); /* NULL is fine */

#endif
