/*
 * keep_file.h - which documents of a file near-elect keeps: one bit each.
 *
 *	header, 64 bytes: see keep_file.c
 *	bits: document i is kept if bit i % 8 of byte i / 8 is set
 *	end: u64 XXH3-64 of all before
 *
 * All integers are little-endian.
 */
#ifndef TAMIS_KEEP_FILE_H
#define TAMIS_KEEP_FILE_H

#include "dedup/sketch_file.h"

struct keep_file {
	uint64_t documents, kept;
	struct hash128 sketches; /* digest of the sketches of the same documents */
	struct hash128 source;	 /* digest of the file of documents, decompressed */
	struct buf bits;
};

/* The path of the bits of a file of documents, in b: PATH.keep. */
void keep_path(struct buf *b, const char *path);
/* Publish the bits of the documents of f, from number `first` on, of which those in
 * `removed` are not kept.  0, or -1 with *err. */
int keep_file_put(const char *path, const struct bitset *removed, uint64_t first,
    const struct sketch_file *f, struct err *err);
/* Release with keep_file_free.  fix: for the message about a file that cannot be used.
 * 0, or -1 with *err. */
int keep_file_get(
    struct keep_file *k, const char *path, const char *fix, struct err *err);
void keep_file_free(struct keep_file *k);

static inline bool
keep_file_has(const struct keep_file *k, uint64_t i)
{
	return (unsigned char)k->bits.p[i / 8] >> i % 8 & 1;
}

#endif
