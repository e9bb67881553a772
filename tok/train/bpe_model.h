/* bpe_model.h - write a BPE model as SentencePiece's trainer does. */
#ifndef TAMIS_BPE_MODEL_H
#define TAMIS_BPE_MODEL_H

#include "tok/train/bpe_symbols.h"
#include "tok/vocab_symbols.h"

/* The pieces that do not come from the text, by id. */
struct fixed_piece {
	uint32_t id;
	struct span text; /* U+2581 for a space */
	uint8_t type;	  /* enum model_piece_type */
};

struct fixed_pieces {
	struct fixed_piece *v; /* in order of id */
	size_t n;
	struct arena text;
};

/* Zero it to begin. */
void fixed_pieces_set(struct fixed_pieces *f, const struct vocab_settings *v);
void fixed_pieces_free(struct fixed_pieces *f);

/*
 * Append the .model file: the fixed pieces at their ids, and between them the merges, in
 * order, then the letters, in order.  letters: how many symbols are letters.  Returns the
 * number of pieces; 0 if there are too few for the largest id.
 */
uint32_t bpe_model_put(struct buf *out, const struct vocab_settings *v,
    const struct fixed_pieces *f, const struct bpe_symbols *s, size_t letters);

#endif
