/* tok_compare.h - texts that are hard for a tokenizer; compare tok/ with SentencePiece.
 */
#ifndef TOK_COMPARE_H
#define TOK_COMPARE_H

#include <check.h>

#include "lib/base/mem.h"
#include "tok/engine/text_encoder.h"
#include "tok/model.h"
#include "tok/sp.h"

/* Text in several scripts. */
enum { N_PROSE = 6 };
extern const char *const prose[N_PROSE];

/* Texts that other settings of the trainer would change. */
enum { N_AWKWARD = 22 };
extern const char *const awkward[N_AWKWARD];

/* Texts that normalizers rewrite: compatibility characters, marks to compose, spaces of
 * all kinds, characters that vanish. */
enum { N_REWRITTEN = 26 };
extern const char *const rewritten[N_REWRITTEN];

/* A model, as ours and as SentencePiece's. */
struct both {
	struct model model;
	struct sp *sp;
	struct text_encoder *encoder;
	struct text_encoder_work *work;
};

void both_open(struct both *b, const void *bytes, size_t n);
void both_close(struct both *b);

/* Training text: the prose repeated, with enough invented words to fill a vocabulary. */
struct feed {
	uint64_t seed;
	size_t left;
	char line[400];
};

bool feed_next(void *ctx, const char **line, size_t *n);
/* Train by these settings, or those of vocab.  *n bytes, to free(). */
char *tok_train_with(const struct sp_setting *settings, size_t n_settings,
    struct sp_lines lines, size_t *n);
char *tok_train_on(struct sp_lines lines, const char *type, const char *size, size_t *n);
char *tok_train(const char *type, const char *size, size_t *n);

/* Both give the same ids. */
void same_ids(const struct both *b, const char *s, size_t n);
void same_on_prose(const struct both *b);
void same_on_hostile(const struct both *b, size_t texts);
/* Decode as SentencePiece does: random ids, then ids of texts. */
void same_decode(const struct both *b, size_t runs);
/* Decode the ids of a text as SentencePiece does, at once and in any two parts. */
void same_decode_text(const struct both *b, const char *s, size_t n);
void round_trip(const struct both *b, const char *s, size_t n);
/* Valid UTF-8 of pieces of the model, which has many possible merges. */
void hostile(const struct model *m, uint64_t *seed, struct buf *b);
/* U+2581 is the only character that decodes to another one, a space. */
void without_u2581(struct buf *b);

#endif
