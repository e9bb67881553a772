/* split.h - one output file per value of a field: DIR/en.jsonl, DIR/fr.jsonl, ... */
#ifndef TAMIS_SPLIT_H
#define TAMIS_SPLIT_H

#include "lib/base/hash.h"
#include "lib/io/stream.h"

struct split;

/*
 * Create dir if it is missing.  Its files are compressed at zstd level; 0: plain.  A
 * directory that has files is an error without force.  NULL with *err.
 */
struct split *split_open(const char *dir, int level, bool force, struct err *err);
/*
 * Append a line to the file of key.  Keys that cannot be file names share the file
 * "other".  0, or -1 with *err.
 */
int split_put(struct split *r, struct span key, struct span line, struct err *err);
/*
 * Publish all files, each after its report; report() appends the one for an output of
 * that hash and size to out.  0, or -1 with *err.
 */
int split_commit(struct split *r,
    void (*report)(void *ctx, struct hash128 hash, uint64_t bytes, struct buf *out),
    void *ctx, struct err *err);
void split_free(struct split *r); /* removes uncommitted files; NULL is fine */

#endif
