/* reader.h - fill blocks from the input files, one after another. */
#ifndef TAMIS_READER_H
#define TAMIS_READER_H

#include "lib/base/hash.h"
#include "lib/driver/doc.h"

/* What was read of one input, for the report. */
struct input {
	const char *path;
	uint64_t bytes; /* decompressed */
	struct hash128 hash;
	char *report; /* that of the program that wrote it, JSON; NULL: none */
};

struct reader;

/*
 * Read paths (n; borrowed) through split.  spool: NULL, or the folder where standard
 * input and other pipes are copied to, for they will be read a second time.
 */
struct reader *reader_new(char *const *paths, size_t n, const struct split *split,
    const void *self, uint64_t max_doc, const char *spool);
/* Fill b with whole records.  1, or 0: no more, or -1 with *err: b holds those before. */
int reader_fill(struct reader *r, struct block *b, struct err *err);
/* Begin again at the first file.  0, or -1 with *err. */
int reader_rewind(struct reader *r, struct err *err);
const struct input *reader_inputs(const struct reader *r, size_t *n);
/* Whether the report is of the run whose output standard input was. */
bool reader_has_output_of(const struct reader *r, struct span report);
/* Whether it is one JSON object: what is pasted into another report must not break it. */
bool report_valid(struct span report);
void report_trim(struct buf *b);	       /* white space at the end off, a NUL on */
uint64_t reader_bytes(const struct reader *r); /* decompressed, of this pass */
void reader_free(struct reader *r);

#endif
