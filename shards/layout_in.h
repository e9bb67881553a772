/* layout_in.h - read tokens in the layouts of other programs. */
#ifndef SHARDS_LAYOUT_IN_H
#define SHARDS_LAYOUT_IN_H

#include "lib/base/hash.h"
#include "shards/layouts.h"

/* How to read files that do not tell it.  TSHARD_NONE: not given. */
struct layout_hints {
	uint32_t width; /* bytes per token, 2 or 4 */
	uint32_t eod;	/* ends a document, where no file has their ends */
	uint32_t bos;	/* or begins one */
};

struct layout_in;

/* The next tokens of a document. */
struct layout_part {
	const uint32_t *ids; /* n of them; they live until the next call */
	size_t n;
	bool ends;	/* the document ends with them */
	const char *id; /* of the document, once it ends; NULL: the layout has none */
	bool loss;	/* the document has loss, once it ends */
};

/*
 * Open the files of which `path` has the tokens.  *in is to be closed by layout_in_close,
 * also after -1 with *err.
 */
int layout_in_open(struct layout_in **in, const struct token_layout *l, const char *path,
    const struct layout_hints *hints, struct err *err);
/* The next part: 1; 0 after the last one; -1 with *err.  A document has at least one
 * token: empty ones are counted and dropped. */
int layout_in_next(struct layout_in *in, struct layout_part *part, struct err *err);
uint64_t layout_in_empty(const struct layout_in *in); /* documents dropped */
/* After the last part: the XXH3-128 of the tokens as they were stored, and the size of
 * their file in bytes. */
struct hash128 layout_in_hash(const struct layout_in *in, uint64_t *bytes);
void layout_in_close(struct layout_in *in); /* NULL is fine */

#endif
