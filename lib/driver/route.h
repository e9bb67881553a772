/* route.h - one output for each value of a member: DIR/en.jsonl, DIR/fr.jsonl, ... */
#ifndef TAMIS_ROUTE_H
#define TAMIS_ROUTE_H

#include "lib/base/hash.h"
#include "lib/io/stream.h"

struct routes;

/*
 * Documents will go to files in dir, which is made if it is not there; level: of zstd, 0:
 * plain.  Without force a folder that has files is refused.  NULL with *err.
 */
struct routes *routes_open(const char *dir, int level, bool force, struct err *err);
/*
 * Append a document, a line, to the file of its key; what cannot be a file's name goes to
 * the file "other".  0, or -1 with *err.
 */
int routes_put(struct routes *r, struct span key, struct span line, struct err *err);
/*
 * Give all files their names, each after its report, which `report` appends to out for an
 * output of that hash and size.  0, or -1 with *err.
 */
int routes_commit(struct routes *r,
    void (*report)(void *ctx, struct hash128 hash, uint64_t bytes, struct buf *out),
    void *ctx, struct err *err);
void routes_free(struct routes *r); /* what is not committed goes; NULL is fine */

#endif
