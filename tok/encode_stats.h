/* encode_stats.h - what the tokens of a run are: by language, by source, by id. */
#ifndef TAMIS_ENCODE_STATS_H
#define TAMIS_ENCODE_STATS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "lib/base/span.h"
#include "lib/text/json_writer.h"
#include "tok/model.h"

/* Of documents that were written. */
struct token_counts {
	uint64_t documents, text_bytes;
	uint64_t tokens;      /* with bos, eod and the marks of --fim */
	uint64_t byte_tokens; /* of byte fallback */
	uint64_t unknown;
};

/* The documents whose field has the same value. */
struct token_group {
	char *name; /* NULL: they lack the field */
	size_t name_bytes;
	uint64_t hash;
	struct token_counts counts;
};

/* At most so many values have a group, in the order of their first documents.  Reports of
 * inputs are embedded up to 64 KiB in total, and a group takes up to 200 bytes. */
enum { TOKEN_GROUPS = 100, TOKEN_GROUP_NAME = 64 };

struct token_groups {
	struct token_group v[TOKEN_GROUPS];
	size_t n, last;
	struct token_counts rest; /* of the other values, and of longer names */
};

struct encode_stats {
	atomic_uchar *state; /* of each id */
	uint32_t vocab;
	struct token_counts all;
	struct token_groups languages, sources;
};

void stats_open(struct encode_stats *s, const struct model *m);
void stats_close(struct encode_stats *s);
/* Note that n ids occur, and count those of byte pieces.  Parallel. */
uint64_t stats_use(const struct encode_stats *s, const uint32_t *ids, size_t n);
/* Count a document.  source: p NULL if it has none.  Serial. */
void stats_add(struct encode_stats *s, struct span language, struct span source,
    const struct token_counts *c);
/* Append the fields of the object. */
void stats_put(const struct encode_stats *s, struct json_writer *w);
/* Print lines for people. */
void stats_print(const struct encode_stats *s);

#endif
