/*
 * tokenizer.h - encode by our engine, or by SentencePiece where ours does not.
 */
#ifndef TAMIS_TOKENIZER_H
#define TAMIS_TOKENIZER_H

#include "lib/base/err.h"
#include "tok/engine/text_encoder.h"
#include "tok/model.h"

enum tokenizer_engine {
	TOKENIZER_ANY, /* ours if it can encode by the model */
	TOKENIZER_OWN,
	TOKENIZER_SENTENCEPIECE,
};

/* How a unigram model chooses among segmentations of equal scores. */
enum tokenizer_ties {
	TOKENIZER_TIES_ANY, /* as SentencePiece 0.1.97, or as the library does if it
			       encodes */
	TOKENIZER_TIES_OLD, /* as SentencePiece 0.1.97 to 0.2.1 */
	TOKENIZER_TIES_NEW, /* as SentencePiece 0.2.2 and later */
};

struct tokenizer_options {
	enum tokenizer_engine engine;
	enum tokenizer_ties ties;
	bool plain_symbols; /* text never becomes a user-defined symbol */
	bool no_prefix;	    /* without the model's dummy prefix */
};

struct tokenizer {
	struct text_encoder *own;
	struct sp *sp; /* if own is NULL */
	/* Why SentencePiece encodes, as a static phrase that completes "the model ...".
	 */
	const char *reason;
	const char *ties; /* of a unigram model, as sp_ties; else NULL */
};

/*
 * Open a tokenizer for m of file `path`; the bytes of m must live as long.  Many threads
 * may use one.  Returns 0, or -1 with *err; call tokenizer_close in any case.
 */
int tokenizer_open(struct tokenizer *t, const struct model *m, const char *path,
    const struct tokenizer_options *o, struct err *err);
void tokenizer_close(struct tokenizer *t);

/*
 * Append the ids of n bytes of valid UTF-8.  w: of this thread; tokenizers of one model
 * that differ in no_prefix alone may share it.  Returns 0, or as sp_encode does.
 */
int tokenizer_encode(const struct tokenizer *t, struct text_encoder_work *w,
    const char *text, size_t n, struct token_ids *ids);

#endif
