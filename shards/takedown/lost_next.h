/* lost_next.h - find the samples whose NEXT is a token of a document to take down. */
#ifndef SHARDS_LOST_NEXT_H
#define SHARDS_LOST_NEXT_H

#include "lib/base/err.h"
#include "shards/tshard/tshard.h"

/* A document to take down, in the stream of its source. */
struct gone_doc {
	uint64_t ordinal; /* row in its source */
	uint32_t first;	  /* its first token; TSHARD_NONE: not known */
	uint16_t source;
	char *id; /* NULL: not known; malloc'd */
};

/* Zero it to begin.  Documents are added, then sorted. */
struct gone_docs {
	struct gone_doc *v;
	size_t n, cap;
	size_t *of; /* [s]: the first document of source s; [sources] is n */
	uint32_t sources;
};

/* Take over the n documents of a shard with this number of sources. */
void gone_docs_add(
    struct gone_docs *g, const struct gone_doc *v, size_t n, uint32_t sources);
/* Sort them by source and ordinal; duplicates become one. */
void gone_docs_sort(struct gone_docs *g);
void gone_docs_free(struct gone_docs *g);

/* A sample whose NEXT is to become "none", and the document whose first token it is. */
struct lost_next {
	uint64_t sample; /* number in the run */
	const struct gone_doc *doc;
};

struct lost_nexts {
	struct lost_next *v; /* by sample */
	size_t n, cap;
};

/*
 * Samples are stored in training order, but NEXT follows the stream of a source.  A
 * scan finds, for each epoch and document to take down, the sample that ends with the
 * document before it.
 */
struct next_scan;
struct next_scan *next_scan_new(const struct gone_docs *g); /* g is borrowed */
/* Scan all samples of a shard.  Several scans may share the shards.  0, or -1 with *err.
 */
int next_scan_shard(struct next_scan *n, const struct tshard *s, struct err *err);
/* Add the results of `from`, which is freed. */
void next_scan_merge(struct next_scan *to, struct next_scan *from);
/* The samples found.  Frees the scan. */
void next_scan_end(struct next_scan *n, struct lost_nexts *out);

#endif
