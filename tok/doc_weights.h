/* doc_weights.h - the weights of documents by the value of a field. */
#ifndef TAMIS_DOC_WEIGHTS_H
#define TAMIS_DOC_WEIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

struct doc;

/* The weight 1, in thousandths. */
enum { DOC_WEIGHT_ONE = 1000 };

struct value_weight {
	struct span value;
	uint64_t weight; /* in thousandths */
	bool matched;	 /* by a document */
};

/* Zero it to begin. */
struct doc_weights {
	struct span field; /* empty: all documents have weight 1 */
	struct value_weight *v;
	size_t n, cap;
};

/* Parse "FIELD:VALUE=W,...", which is borrowed; NULL: no weights.  0, or -1 with *err. */
int doc_weights_parse(struct doc_weights *w, const char *list, struct err *err);
/*
 * The weight of a document in thousandths; without weights, 1.  Sets *match to the entry
 * that applies, or NULL.  Parallel; doc_weights_note notes the match, serially.
 */
uint64_t doc_weights_of(
    const struct doc_weights *w, struct doc *d, struct value_weight **match);
void doc_weights_note(struct value_weight *match); /* NULL is fine */
/* Print a line for each value that no document had, by msg or warning. */
void doc_weights_unmatched(
    const struct doc_weights *w, void (*print)(const char *fmt, ...) PRINTF(1, 2));
void doc_weights_free(struct doc_weights *w);

#endif
