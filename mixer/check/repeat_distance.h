/* repeat_distance.h - measures how far apart copies and fragments of a document are. */
#ifndef TAMIS_REPEAT_DISTANCE_H
#define TAMIS_REPEAT_DISTANCE_H

#include "lib/base/histogram.h"
#include "lib/base/table.h"

enum { REPEAT_DOCUMENTS = 1 << 20 }; /* approximate limit of documents followed */

/* A segment of a document in the run. */
struct occurrence {
	uint64_t sample, row; /* row in its source */
	uint32_t source;
	uint8_t epoch;
	uint64_t shard; /* number in the run; row of DOC in it */
	uint32_t shard_row;
};

/* Distances, in samples, between successive occurrences of a document. */
struct repeat_stats {
	struct histogram distance;
	struct occurrence
	    nearest;	 /* second occurrence of the closest pair, the first such pair */
	uint64_t before; /* sample of the first occurrence */
};

struct repeat_distance {
	unsigned log2; /* one document in 2^log2 is followed */
	uint64_t followed;
	struct repeat_stats *copies;	/* one per source: between different epochs */
	struct repeat_stats *fragments; /* one per source: within an epoch */
	/* The documents followed. */
	struct table index;
	struct seen_doc *seen;
	size_t cap;
	uint32_t nsources;
};

/* documents: of all sources; it determines the fraction that is followed. */
void repeat_distance_init(
    struct repeat_distance *v, uint32_t nsources, uint64_t documents);
/* Add occurrences in the order of the run.  Rows are below 2^48, sources below 2^16. */
void repeat_distance_add(struct repeat_distance *v, const struct occurrence *at);
void repeat_distance_free(struct repeat_distance *v);

#endif
