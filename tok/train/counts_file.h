/*
 * counts_file.h - the counted words of documents in a file, to train on later.
 *
 *	"tamis-counts 1\n"
 *	blocks: u32 kind, u32 bytes of the payload, u64 XXH3-64 of it, the payload
 *
 * Integers are little-endian.  The seed of the hash is the offset of the block and, in
 *its highest byte, the kind.  The first block has the settings, strings with a NUL after
 * each.  The next ones have words in order, as word_record_put writes them.  The last one
 * has the totals and the number of words, as u64.
 */
#ifndef TAMIS_COUNTS_FILE_H
#define TAMIS_COUNTS_FILE_H

#include "lib/base/hash.h"
#include "tok/train/word_runs.h"

/* The settings that words and their counts depend on. */
enum counts_setting {
	COUNTS_ICU, /* its version */
	COUNTS_NEWLINES,
	COUNTS_WEIGHT,
	COUNTS_USER,
	COUNTS_CONTROL,
	COUNTS_SPECIAL,
	COUNTS_SETTINGS
};

/* Values as text; empty: none. */
struct counts_settings {
	struct span v[COUNTS_SETTINGS];
};

/* "ICU", "--weight": the name of a setting in messages.  Static. */
const char *counts_setting_name(enum counts_setting s);

struct train_totals {
	uint64_t docs, bytes;		/* read; bytes of text */
	uint64_t used_docs, used_bytes; /* trained on */
	uint64_t lines, cut, dropped;	/* as in struct train_lines */
};

/* Writes a file under a temporary name.  The calls come in this order. */
struct counts_writer;
/* NULL with *err. */
struct counts_writer *counts_writer_open(
    const char *path, const struct counts_settings *s, struct err *err);
/* A word_fn: append a word; arg: the writer.  Words come in order.  0, or -1 with *err.
 */
int counts_writer_put(void *arg, const struct counted *w, struct err *err);
/* Append the totals and publish the file.  0, or -1 with *err. */
int counts_writer_commit(
    struct counts_writer *w, const struct train_totals *t, struct err *err);
/* After it: the hash and the size of the file. */
struct hash128 counts_writer_hash(const struct counts_writer *w, uint64_t *bytes);
void counts_writer_free(struct counts_writer *w); /* NULL is fine */

/* A file being read.  Damage, truncation and other formats are EXIT_DATA. */
struct counts_file;
/* Open `path` and read its settings; "-": standard input.  NULL with *err. */
struct counts_file *counts_file_open(const char *path, struct err *err);
/* They live as long as f. */
const struct counts_settings *counts_file_settings(const struct counts_file *f);
/* Take the next word, which lives until the next call.  1; 0 after the last, when the
 * file was read to its end; or -1 with *err. */
int counts_file_next(struct counts_file *f, struct counted *w, struct err *err);
/* After the last word. */
struct train_totals counts_file_totals(const struct counts_file *f);
/* Bytes read so far, before decompression. */
uint64_t counts_file_position(const struct counts_file *f);
void counts_file_close(struct counts_file *f); /* NULL is fine */

#endif
