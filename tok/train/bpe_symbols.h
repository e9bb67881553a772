/* bpe_symbols.h - the symbols of BPE training: letters, and what merges made of them. */
#ifndef TAMIS_BPE_SYMBOLS_H
#define TAMIS_BPE_SYMBOLS_H

#include <stdint.h>

#include "lib/base/mem.h"

enum { PIECE_CHARS_MAX = 16 }; /* max_sentencepiece_length of SentencePiece */

struct merge_symbol {
	size_t at; /* of its text in bpe_symbols.text */
	uint16_t bytes, chars;
	uint8_t class;	/* the script of its characters, or CLASS_INHERITED: no script */
	bool has_space; /* in SentencePiece's form, U+2581 */
	bool all_spaces;
};

/* Zero it to begin. */
struct bpe_symbols {
	struct merge_symbol *v;
	size_t n, cap;
	struct buf text;
	uint32_t *slot; /* a hash table of merged texts: symbol + 1; 0: free */
	size_t slots, merged;
};

/* Append a letter of a class of word_split.h.  Before the first merge. */
void bpe_symbols_letter(struct bpe_symbols *s, uint32_t c, unsigned class);
/* Whether a piece may consist of two symbols. */
bool bpe_symbols_join(const struct bpe_symbols *s, uint32_t left, uint32_t right);
/* Append the symbol that two make.  False: a merge has made the same text before. */
bool bpe_symbols_merge(struct bpe_symbols *s, uint32_t left, uint32_t right);
struct span bpe_symbols_text(const struct bpe_symbols *s, uint32_t symbol);
/* Negative, zero or positive: fewer characters come first, then lower bytes. */
int bpe_symbols_order(const struct bpe_symbols *s, uint32_t left_a, uint32_t right_a,
    uint32_t left_b, uint32_t right_b);
void bpe_symbols_free(struct bpe_symbols *s);

#endif
