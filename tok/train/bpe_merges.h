/*
 * bpe_merges.h - train byte pair encoding on counted words: merge the most frequent pair
 * of symbols until there are enough.
 *
 * A pair counts in a word as often as it can be merged there: "aa" once in "aaa".  Ties
 * go to the pair with fewer characters, then to lower bytes.  A pair whose text is
 * already a piece is never merged.  These are the rules of SentencePiece's trainer.
 *
 * When no pair is left, the pairs that were in the text and vanished, since other pairs
 * took their symbols, become pieces, too: the shortest first, then by bytes.  They may
 * occur in other text.
 *
 * The pairs with small counts are not stored.  Once all that are stored were merged, the
 * words are counted again with a lower bound.  So memory is bounded and the result exact;
 * only vanished pairs may be forgotten.
 */
#ifndef TAMIS_BPE_MERGES_H
#define TAMIS_BPE_MERGES_H

#include "tok/train/bpe_symbols.h"
#include "tok/train/corpus.h"

struct bpe_limits {
	uint64_t merges; /* at most */
	uint64_t
	    memory; /* for pairs, in bytes, approximately; words of pairs not counted */
	/* Called now and then with the merges done.  NULL: never. */
	void (*progress)(void *ctx, uint64_t merges);
	void *ctx;
};

/* Merge pairs of c, which changes.  Appends the new symbols to s.  Returns how many. */
uint64_t bpe_merge(
    struct bpe_corpus *c, struct bpe_symbols *s, const struct bpe_limits *l);

#endif
