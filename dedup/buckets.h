/* buckets.h - find the documents that share a band key. */
#ifndef TAMIS_BUCKETS_H
#define TAMIS_BUCKETS_H

#include "dedup/bits.h"
#include "dedup/near_doc.h"
#include "dedup/sketch.h"
#include "dedup/spill.h"

/*
 * Keys are dealt to partitions by their highest bits.  A record is the rest of a key and
 * the number of a document, each in 40 bits, little-endian.
 */
enum { KEY_PARTS = 256, KEY_REST_BITS = KEY_BITS - 8, KEY_RECORD = 10 };

struct buckets;
struct buckets *buckets_new(struct spill_pool *pool); /* pool: borrowed */
/* Add the n band keys of a document.  0, or -1 with *err. */
int buckets_add(
    struct buckets *b, uint64_t number, const uint64_t *key, size_t n, struct err *err);
/* Add records of one partition, of documents numbered below n; base is added to their
 * numbers.  0, or -1 with *err. */
int buckets_add_records(struct buckets *b, size_t part, struct span records,
    uint64_t base, uint64_t n, struct err *err);
/* Append the records of a partition to out, sorted by key and number.  0, or -1 with
 * *err. */
int buckets_sorted(struct buckets *b, size_t part, struct buf *out, struct err *err);
/*
 * Call each() for all buckets of two documents or more that are not in `without`, by key,
 * with ascending numbers.  The order depends on the keys and numbers only.  Forgets the
 * keys.  each() returns 0, or -1 with *err to stop.  0, or -1 with *err.
 */
int buckets_find(struct buckets *b, const struct bitset *without,
    int (*each)(void *arg, const uint64_t *number, size_t n, struct err *err), void *arg,
    struct err *err);
void buckets_free(struct buckets *b); /* NULL is fine */

#endif
