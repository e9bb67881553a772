/* reader.h - fill blocks from the input files, one after another. */
#ifndef TAMIS_READER_H
#define TAMIS_READER_H

#include "lib/base/hash.h"
#include "lib/driver/doc.h"

/* The facts about one input that the report states. */
struct input {
	const char *path;
	uint64_t bytes; /* decompressed */
	struct hash128 hash;
	char *report; /* of the run that wrote it, JSON; NULL: none */
};

struct reader;

/*
 * Read paths (n; borrowed) through a source, whose filter's struct is self.  skip: damage
 * in compressed data, and files of a wrong kind, are bad documents and not errors.
 */
struct reader *reader_new(char *const *paths, size_t n,
    const struct record_source *source, const void *self, uint64_t max_doc, bool skip);
/* Name the one input so in messages; borrowed. */
void reader_set_name(struct reader *r, const char *name);
/* Fill b with whole records.  1; 0: end; -1 with *err, and the records before it in b. */
int reader_fill(struct reader *r, struct block *b, struct err *err);
/*
 * After a bad document: whether its file is compressed and damaged within the next 64 MiB
 * of data, which can explain it.  Then *err says so.  path: of the file, offset: where in
 * it the document's block begins.
 */
bool reader_damaged(struct reader *r, const char *path, uint64_t offset, struct err *err);
/* Start over at the first file, for the next pass.  It fails if a file has changed. */
void reader_rewind(struct reader *r);
const struct input *reader_inputs(const struct reader *r, size_t *n);
/* Whether the report describes the run that wrote standard input. */
bool reader_has_output_of(const struct reader *r, struct span report);
/* Whether it is one JSON object, which another report can embed. */
bool report_valid(struct span report);
void report_trim(struct buf *b); /* strip white space at the end, append a NUL */
uint64_t reader_bytes(const struct reader *r); /* decompressed, of this pass */
/* Bytes read of the current file, before decompression; 0 between files. */
uint64_t reader_position(const struct reader *r);
void reader_free(struct reader *r);

#endif
