/*
 * sketch_file.h - the sketches of the documents of one file, on disk.
 *
 * All integers are little-endian.
 *
 *	header, 128 bytes: see sketch_file.c
 *	index: for each of KEY_PARTS partitions, u64 records before its end, u64 XXH3-64
 *	documents: struct near_doc without its number, 6 * 8 bytes each; the highest 16
 *		bits of the last are priority_rest
 *	keys: KEY_RECORD bytes a record, by partition, key and number
 *
 * Documents are numbered from 0.  One without words has no shingles and no keys.
 */
#ifndef TAMIS_SKETCH_FILE_H
#define TAMIS_SKETCH_FILE_H

#include "dedup/buckets.h"
#include "lib/base/hash.h"

/* The options that sketches must have in common to be compared. */
struct sketch_options {
	uint64_t bands, rows, seed;
	uint64_t scope, priority; /* hashes of the options of these names */
};

/* Writes a file.  The calls come in this order. */
struct sketch_writer;
/* Create `path` under a temporary name; pool: borrowed.  NULL with *err. */
struct sketch_writer *sketch_writer_open(const char *path, const struct sketch_options *o,
    struct spill_pool *pool, struct err *err);
/* Add a document, numbered by the order of calls, and its keys, unless it has no
 * shingles. 0, or -1 with *err. */
int sketch_writer_add(struct sketch_writer *w, const struct near_doc *d,
    const uint64_t *key, struct err *err);
/* Write all.  documents: the digest of the file of documents, before compression.  0, or
 * -1 with *err. */
int sketch_writer_finish(
    struct sketch_writer *w, struct hash128 documents, struct err *err);
/* Publish the file.  0, or -1 with *err. */
int sketch_writer_commit(struct sketch_writer *w, struct err *err);
void sketch_writer_free(struct sketch_writer *w); /* NULL is fine */

/* A file that was opened: its header and index. */
struct sketch_file {
	char *path;
	uint64_t device, inode; /* of the file */
	struct sketch_options options;
	uint64_t documents;
	uint64_t documents_hash;
	struct hash128 source; /* digest of the file of documents, decompressed */
	struct hash128 digest; /* of the header, which has hashes of the rest */
	uint64_t end[KEY_PARTS], hash[KEY_PARTS];
};

/* Read the header and the index.  0, or -1 with *err. */
int sketch_file_open(struct sketch_file *f, const char *path, struct err *err);
/* The records of a partition, appended to b.  0, or -1 with *err. */
int sketch_file_keys(
    const struct sketch_file *f, size_t part, struct buf *b, struct err *err);
/* Call each() for all documents with shingles, in order, numbered from base.  0, or -1
 * with *err. */
int sketch_file_docs(const struct sketch_file *f, uint64_t base,
    int (*each)(void *arg, const struct near_doc *d, struct err *err), void *arg,
    struct err *err);
void sketch_file_close(struct sketch_file *f);

/* The path of the sketches of a file of documents, in b: PATH.near. */
void sketch_path(struct buf *b, const char *path);
#endif
