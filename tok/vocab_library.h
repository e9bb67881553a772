/* vocab_library.h - train a vocabulary by the SentencePiece library. */
#ifndef TAMIS_VOCAB_LIBRARY_H
#define TAMIS_VOCAB_LIBRARY_H

#include "tok/train_sample.h"
#include "tok/vocab_symbols.h"

struct library_run {
	bool unigram;
	bool verbose; /* print the library's warnings */
	/* Called now and then as sp_lines.pieces; NULL: never. */
	void (*pieces)(void *ctx, uint64_t n);
	void *ctx;
};

/*
 * Train on a sample after train_sample_start; appends the model to out.  U+2581 becomes
 * required if the sample has few spaces.  0, or -1 with *err.
 */
int library_train(struct vocab_settings *v, const struct library_run *run,
    struct train_sample *sample, struct buf *out, struct err *err);

#endif
