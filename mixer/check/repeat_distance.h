/* repeat_distance.h - how far apart copies and fragments of a document come in a run. */
#ifndef TAMIS_REPEAT_DISTANCE_H
#define TAMIS_REPEAT_DISTANCE_H

#include "lib/base/histogram.h"
#include "lib/base/table.h"

enum { REPEAT_DOCUMENTS = 1 << 20 }; /* that are looked at, about, at most */

/* A stretch of a document in a sample of the run. */
struct occurrence {
	uint64_t sample, row; /* row in its source */
	uint32_t source;
	uint8_t epoch;
	uint64_t shard; /* its number in the run, and the document's row in it */
	uint32_t shard_row;
};

/* Distances in samples between two sightings of a document, one after the other. */
struct repeat_stats {
	struct histogram distance;
	struct occurrence
	    nearest;	 /* the later one of the nearest two; of several the first */
	uint64_t before; /* sample of the other one */
};

struct repeat_distance {
	unsigned log2; /* one document in 2^log2 is looked at */
	uint64_t looked_at;
	struct repeat_stats *copies;	/* one a source: in different epochs */
	struct repeat_stats *fragments; /* in one epoch */
	/* What is known of each document that is looked at. */
	struct table index;
	struct seen_doc *seen;
	size_t cap;
	uint32_t nsources;
};

/* Documents in all: it decides which part of them is looked at. */
void repeat_distance_init(
    struct repeat_distance *v, uint32_t nsources, uint64_t documents);
/* Sightings in the order of the run.  Rows below 2^48, sources below 2^16. */
void repeat_distance_add(struct repeat_distance *v, const struct occurrence *at);
void repeat_distance_free(struct repeat_distance *v);

#endif
