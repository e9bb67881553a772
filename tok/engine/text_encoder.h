/*
 * text_encoder.h - encode text by a SentencePiece model of kind BPE or unigram, with
 * exactly SentencePiece's ids.
 *
 * A text is rewritten by the model's normalizer, cut where no piece can span (cuts.h),
 * and the units between cuts come from a cache (units.h), or are encoded by bpe.h or
 * unigram.h.  docs/tokenizing.md explains why the ids are the same.
 *
 * Part of libtamis_tok: includes nothing of lib/, never exits, never prints.
 */
#ifndef TAMIS_TEXT_ENCODER_H
#define TAMIS_TEXT_ENCODER_H

#include "tok/ids.h"
#include "tok/model.h"

struct text_encoder;	  /* many threads may use one */
struct text_encoder_work; /* the cache and scratch of one thread */

/* Which of the segmentations of a unigram model that have equal scores is chosen. */
enum text_encoder_ties {
	TEXT_ENCODER_TIES_OLD, /* as SentencePiece 0.1.97 to 0.2.1 */
	TEXT_ENCODER_TIES_NEW, /* as SentencePiece 0.2.2 and later */
};

struct text_encoder_options {
	bool plain_symbols; /* text never becomes a user-defined symbol */
	enum text_encoder_ties ties;
	bool portable; /* use no SIMD instructions: for tests */
};

/*
 * An encoder for m, which must live as long.  NULL with *why set to model_no_memory, or
 * to why this encoder cannot encode by m, as a static phrase that completes "the model
 * ...".
 */
struct text_encoder *text_encoder_new(
    const struct model *m, const struct text_encoder_options *o, const char **why);
void text_encoder_free(struct text_encoder *e); /* NULL is fine */

struct text_encoder_work *text_encoder_work_new(void);	  /* NULL when memory is out */
void text_encoder_work_free(struct text_encoder_work *w); /* NULL is fine */

/*
 * Append the ids of n bytes of text; ids->full may remove some meanwhile.  valid: it
 * is known to be UTF-8; else bytes that are not become U+FFFD, as in SentencePiece. Takes
 * linear time.  0, or -1 when memory is out or ids->full failed.  w must only ever be
 * used with this e.
 */
int text_encoder_encode(const struct text_encoder *e, struct text_encoder_work *w,
    const char *text, size_t n, bool valid, struct token_ids *ids);

#endif
