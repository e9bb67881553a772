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
/* Whether NAME in the directory may be one of the files or their reports. */
bool split_names(const char *name);
/*
 * Append a line to the file of key.  Keys that cannot be file names share the file
 * "other".  0, or -1 with *err.
 */
int split_put(struct split *r, struct span key, struct span line, struct err *err);
/* One of the files. */
struct split_output {
	const char *value; /* of the field */
	const char *name;  /* of the file in its directory */
	uint64_t documents, bytes;
	struct hash128 hash; /* of the lines, before compression */
};

/*
 * Write what is still in memory.  Then the files are complete under their temporary
 * names. 0, or -1 with *err.
 */
int split_finish(struct split *r, struct err *err);
/* The files, in the order of their first documents; the caller frees the array. */
struct split_output *split_outputs(const struct split *r, size_t *n);
/*
 * Publish all files, each after its report; report() appends the one for an output to
 * out.  0, or -1 with *err.
 */
int split_commit(struct split *r,
    void (*report)(void *ctx, const struct split_output *o, struct buf *out), void *ctx,
    struct err *err);
void split_free(struct split *r); /* removes uncommitted files; NULL is fine */

#endif
