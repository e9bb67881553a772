/* same.h - find the documents that have all shingles in common. */
#ifndef TAMIS_SAME_H
#define TAMIS_SAME_H

#include "dedup/near_doc.h"
#include "dedup/spill.h"

struct same;
struct same *same_new(struct spill_pool *pool); /* pool: borrowed */
/* Add a document.  0, or -1 with *err. */
int same_add(struct same *s, const struct near_doc *d, struct err *err);
/*
 * Call each() for each document that has the same shingles as another, `kept`, which is
 * the first of all of them by rank.  each() returns 0, or -1 with *err to stop.  0, or -1
 * with *err.
 */
int same_find(const struct same *s,
    int (*each)(void *arg, uint64_t kept, uint64_t removed, struct err *err), void *arg,
    struct err *err);
/* Call each() for all documents, in no useful order. */
int same_docs(const struct same *s,
    int (*each)(void *arg, const struct near_doc *d, struct err *err), void *arg,
    struct err *err);
void same_free(struct same *s); /* NULL is fine */

#endif
