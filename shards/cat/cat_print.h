/* cat_print.h - print samples and documents of a shard. */
#ifndef SHARDS_CAT_PRINT_H
#define SHARDS_CAT_PRINT_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "shards/shard_model.h"

struct cat {
	uint64_t number;
	uint64_t step, global_batch, micro_batch, dp, rank;
	const char *model;
	unsigned color;
	bool all, docs, ids, pieces, plain;
};

enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The shard that is printed, and buffers that are reused. */
struct cat_printer {
	const struct cat *t;
	struct shard_model model;
	struct tshard *s;
	uint32_t *ids;
	size_t cap;
	struct buf out;
	bool color;
	const char *paint; /* of the current segment, or "" */
	uint8_t *mask;	   /* targets among the tokens that are printed, or NULL */
};

/* Choose the color of segment i: neighbours differ. */
void cat_choose_paint(struct cat_printer *p, uint32_t i, bool pad);
/* Make room for n ids in p->ids. */
void cat_reserve(struct cat_printer *p, size_t n);
/* Append the origin in a header: "source en, document 'cc-17', http://..., language en".
 */
int cat_origin(struct cat_printer *p, uint64_t row, struct err *err);
/*
 * Print what p->out has, and then n ids, and their text or pieces if there is a model.
 * first: their place in the payload.
 */
int cat_tokens(struct cat_printer *p, uint64_t first, const uint32_t *ids, size_t n,
    struct err *err);

/* Print samples [first, first + n) of the shard.  0, or -1 with *err. */
int cat_samples(struct cat_printer *p, uint64_t first, uint64_t n, struct err *err);
/* Print a document of a DOCS shard. */
int cat_document(struct cat_printer *p, uint64_t row, struct err *err);
/*
 * SAMPLES: print the documents in rows [first, first + n) of DOC, each with the segments
 * that the shard has of it, in the order of the document.
 */
int cat_rows(struct cat_printer *p, uint64_t first, uint64_t n, struct err *err);

#endif
