/* match.h - find the documents that share a band key, or all their shingles. */
#ifndef TAMIS_MATCH_H
#define TAMIS_MATCH_H

#include "dedup/near_doc.h"
#include "dedup/spill.h"

struct match;
/* The results of match_find.  Each returns 0, or -1 with *err to stop it. */
struct match_sink {
	void *arg;
	/* Document `removed` has the same shingles as `kept`, the first of all by rank.
	 */
	int (*same)(void *arg, uint64_t kept, uint64_t removed, struct err *err);
	/* n >= 2 documents share a band key: ascending, none of them removed above. */
	int (*bucket)(void *arg, const uint64_t *number, size_t n, struct err *err);
};

/* bands: keys of each document.  pool: borrowed. */
struct match *match_new(struct spill_pool *pool, size_t bands);
/* Add a document, in ascending order of numbers, and its band keys.  0, or -1 with *err.
 */
int match_add(
    struct match *m, const struct near_doc *d, const uint64_t *key, struct err *err);
/* After the last document.  The order of calls to the sink depends only on the documents'
 * keys and numbers.  0, or -1 with *err. */
int match_find(struct match *m, const struct match_sink *sink, struct err *err);
/* Call each() for all documents, in no useful order.  0, or -1 with *err. */
int match_docs(const struct match *m,
    int (*each)(void *arg, const struct near_doc *d, struct err *err), void *arg,
    struct err *err);
void match_free(struct match *m); /* NULL is fine */

#endif
