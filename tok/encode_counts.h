/* encode_counts.h - count the text that token ids cannot restore. */
#ifndef TAMIS_ENCODE_COUNTS_H
#define TAMIS_ENCODE_COUNTS_H

#include "lib/base/span.h"
#include "tok/model.h"

/* Whether decoding may not restore a text that m encodes, apart from U+2581.
 * plain_symbols: user-defined symbols are plain text. */
bool model_loses_text(const struct model *m, bool plain_symbols);

/* The U+2581 of a text.  Each decodes to a space: pieces do not distinguish them. */
uint64_t count_u2581(struct span s);
/* The ids of <unk> among n ids. */
uint64_t count_unknown(const struct model *m, const uint32_t *ids, size_t n);
/* The range of ids that has all pieces of one type. */
struct type_ids {
	uint32_t from, to;
	uint8_t type;
	bool pure; /* it has no others */
};
struct type_ids type_ids_of(const struct model *m, enum model_piece_type type);
/* The ids of pieces of the type among n ids. */
uint64_t count_type(
    const struct model *m, struct type_ids range, const uint32_t *ids, size_t n);
/* The count of a report for unknown pieces in a language: "encode.unk.de".  Static. */
const char *unknown_of_language(uint16_t packed);

struct text_loss {
	uint64_t newlines; /* of the text that decoding does not restore */
	bool changed;	   /* the decoded text is another one, apart from U+2581 */
	size_t at;	 /* the first byte that decoding does not restore, or NOT_LOST */
	const char *why; /* why not: a static phrase */
};
#define NOT_LOST SIZE_MAX

/* Compares a text with the text that its ids decode to, which come in blocks. */
struct loss_check {
	const struct model *model;
	struct span text;
	struct decoding decoding;
	struct text_loss loss;
	size_t at;	   /* in text: it was restored up to there */
	uint64_t newlines; /* decoded since the texts differ */
	bool differs;	   /* they do from `at` on */
	/* Scratch, which stays from text to text. */
	char *decoded;
	size_t cap;
};

/* Begin.  Zero *c before the first text, and call loss_free after the last one. */
void loss_start(struct loss_check *c, const struct model *m, struct span text);
/* Compare the next n ids.  last: no more follow; c->loss is then complete.  Returns 0, or
 * -1 when memory is out. */
int loss_next(struct loss_check *c, const uint32_t *ids, size_t n, bool last);
void loss_free(struct loss_check *c);

/* Of the documents that were written. */
struct loss_totals {
	uint64_t unknown, changed, newlines;
};

/* Warn of losses among `docs` documents.  path: of m. */
void warn_of_losses(
    const struct loss_totals *l, uint64_t docs, const struct model *m, const char *path);

#endif
