/*
 * answer_index.h - find the answer of an id in files of responses, without their texts in
 * memory.
 */
#ifndef TAMIS_ANSWER_INDEX_H
#define TAMIS_ANSWER_INDEX_H

#include "filters/align/response.h"
#include "lib/driver/filter.h"

enum { DUP_BEST, DUP_FIRST, DUP_ERROR };
#define DUP_WORDS "best|first|error"

struct answer_entry {
	struct hash128 id;
	uint64_t at;	 /* offset of the line in its file */
	uint32_t length; /* bytes of the line */
	uint16_t file;
	uint8_t state;	   /* enum answer_state */
	_Atomic bool used; /* set by answer_index_get */
};

/* Zero it, set rules, dup and c, then read.  32 bytes an id, and 5 to 11 to find it. */
struct answer_index {
	struct answer_rules rules;
	unsigned dup;
	const struct common *c;

	struct answer_entry *v;
	size_t n, cap;
	uint32_t *slot; /* by hash; 0: empty */
	size_t nslots;	/* a power of two */
	struct answer_file {
		char *path;
		int fd;		     /* -1: opened when it is read */
		struct hash128 hash; /* of the file, for reports */
	} * file;
	size_t nfiles, file_cap;
	struct model_count {
		struct hash128 name;
		char *text;
		uint64_t n;
	} model[8]; /* the models that answered, as far as there is room */
	size_t nmodels;
	/* Lines: all, bad ones that were skipped, truncated last ones that were ignored,
	 * and those of ids that another line has, too. */
	uint64_t lines, bad, truncated, repeated;
	bool conflicting; /* an id has two different good answers */
};

/*
 * Read the files that the values of an option name: files, globs, or directories for
 * their *.jsonl.  optional: a glob may match no file.  Reports list the files.  0, or -1
 * with *err.
 */
int answer_index_read(struct answer_index *x, const struct opt_list *names,
    const char *option, bool optional, struct setup *setup, struct err *err);
/* The entry of an id, which is then used, or NULL.  Threads may call this and
 * answer_index_load at once. */
struct answer_entry *answer_index_get(const struct answer_index *x, struct span id);
/* Read the response of an entry again.  line: its memory, the caller's.  0, or -1 with a
 * message in why: the file has changed. */
int answer_index_load(const struct answer_index *x, const struct answer_entry *e,
    struct buf *line, struct response *r, char why[200]);
/* Messages after a run: truncated and repeated lines, models, unused answers. */
void answer_index_remark(const struct answer_index *x);
/* The same as counts, fields of the current object of w. */
void answer_index_put(const struct answer_index *x, struct json_writer *w);
void answer_index_free(struct answer_index *x);

#endif
