/* tshard_make.h - make shards and runs to test with, in a temporary directory. */
#ifndef TSHARD_MAKE_H
#define TSHARD_MAKE_H

#include <check.h>

#include "shards/tshard/tshard_impl.h"

extern char ts_dir[256];	 /* of this test */
extern struct tshard_error ts_e; /* of the last call */

#define OK(call) ck_assert_msg((call) == 0, "%s", ts_e.msg)

enum { EOD = 2, PAD = 3 };

extern const struct tshard_source ts_sources[2]; /* "en" of two shards, and "code" */

/* Make the directory.  Remove the files of the helpers below, and check that none is
 * left. */
void ts_setup(void);
void ts_teardown(void);
/* "DIR/name"; the last four stay valid. */
const char *ts_path(const char *name);
/* Remove the three files of DIR/name. */
void ts_unlink(const char *name);
/* A small generator, the same on every machine. */
uint32_t ts_rnd(uint32_t *state);

struct tshard_facts ts_facts(uint32_t kind, uint32_t vocab);
/*
 * n documents of up to `most` tokens each, the last of them EOD.  number, if not NULL:
 * with DOCNUM of that name and DOCFLAG, by ts_number and ts_flags for row i.
 */
void ts_docs(
    const char *prefix, uint32_t vocab, size_t n, uint32_t most, const char *number);
uint16_t ts_number(size_t i);
uint8_t ts_flags(size_t i);
/* At least two samples of 8 tokens; the second ends in pad. */
void ts_samples(const char *prefix, const struct tshard_facts *f, uint32_t n);
/* A run of n shards of 4 samples each, in DIR. */
void ts_run(uint32_t n);
void ts_put(const char *path, const void *p, size_t n);
char *ts_get(const char *path, size_t *n); /* to free() */

/* The first finding of the last verify(), and how many there were. */
struct ts_seen {
	char msg[4200], file[600];
	uint64_t byte;
	int64_t n;
};
extern struct ts_seen ts_seen;
int64_t ts_verify(const char *path, unsigned threads);

/*
 * Flip each step-th bit of a file; verify must name the file and, if exact, the byte.  A
 * step of 3 flips two or three bits of every byte.  Under a sanitizer, the steps are five
 * times as long.
 */
void ts_flip_all(const char *target, const char *path, bool exact, size_t step);
/* Cut a file at each step-th byte, fill it with zeros, and make it longer.  The steps are
 * as above. */
void ts_cut_all(const char *target, const char *path, size_t step);
/* Set byte `at` of a section to v, and correct the checksums of the sidecar. */
void ts_set_byte(const char *path, const char *tag, size_t at, unsigned char v);

#endif
