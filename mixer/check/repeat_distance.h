/* repeat_distance.h - how far apart copies and fragments of a document come in a run. */
#ifndef TAMIS_REPEAT_DISTANCE_H
#define TAMIS_REPEAT_DISTANCE_H

#include "lib/base/histogram.h"
#include "lib/base/table.h"

enum { SPACING_DOCUMENTS = 1 << 20 }; /* that are looked at, about, at most */

/* A stretch of a document in a sample of the run. */
struct sighting {
	uint64_t sample, row; /* row in its source */
	uint32_t source;
	uint8_t epoch;
	uint64_t shard; /* its number in the run, and the document's row in it */
	uint32_t shard_row;
};

/* Distances in samples between two sightings of a document, one after the other. */
struct spacing_of {
	struct histogram distance;
	struct sighting
	    nearest;	 /* the later one of the nearest two; of several the first */
	uint64_t before; /* sample of the other one */
};

struct spacing {
	unsigned log2; /* one document in 2^log2 is looked at */
	uint64_t looked_at;
	struct spacing_of *copies;    /* one a source: in different epochs */
	struct spacing_of *fragments; /* in one epoch */
	/* What is known of each document that is looked at. */
	struct table index;
	struct seen *seen;
	size_t cap;
	uint32_t nsources;
};

/* Documents in all: it decides which part of them is looked at. */
void spacing_init(struct spacing *v, uint32_t nsources, uint64_t documents);
/* Sightings in the order of the run.  Rows below 2^48, sources below 2^16. */
void spacing_add(struct spacing *v, const struct sighting *at);
void spacing_free(struct spacing *v);

#endif
