/*
 * text_features.h - the features by which languages are told apart, and sums of them.
 *
 * A character is a letter, folded to lower case, or it ends a word.  A word has as
 * features its 2-, 3- and 4-grams with its ends marked, and itself; an ideograph itself
 * and the pair with the one before; a letter of a script that only one label writes just
 * that script.  No feature crosses the end of a word, so the sum over a text is that of
 * its words, and sums of words are remembered.
 */
#ifndef TAMIS_TEXT_FEATURES_H
#define TAMIS_TEXT_FEATURES_H

#include "filters/models/linear_model.h"

enum {
	PIECE_SHORT = 32, /* bytes */
	PIECE_MAX = 256,
	PIECE_FEATURES_MAX = 3 * PIECE_MAX + 3,
	LETTER_SCRIPT = 0xd800, /* codes of scripts that one label has: to 0xdfff */
};

/* What each character of the BMP is: 0 ends a word; all others do, too. */
struct letters {
	uint16_t code[65536];
};

/*
 * In model files: runs of characters that are shifted by a number (folded letters), then
 * runs that all become one code.  False: s is no such table.
 */
bool letters_read(struct letters *l, struct span s);
void letters_write(const struct letters *l, struct buf *out);

/*
 * A piece is whole words without ASCII but letters: a run of such bytes, where it is
 * longer than PIECE_SHORT cut before what ends a word, or at PIECE_MAX.  Texts are valid
 * UTF-8.
 */
bool langid_in_piece(unsigned char b);
/* How much of a run, of which PIECE_MAX + 1 bytes are enough, is its first piece. */
size_t langid_cut(const struct letters *l, struct span run);
/*
 * Rows of the features of a piece, by their hashes (hash >> shift); three a byte and
 * three more at most.  Returns how many.
 */
size_t langid_features(
    const struct letters *l, struct span piece, unsigned shift, uint32_t *row);

/* Sums over a stretch of text, to the beginning of a piece. */
struct window {
	size_t from, to; /* bytes of the text */
	struct linear_sum sum;
};

/* Pieces of a text, one after another; zero all but text and letters to begin. */
struct pieces {
	const struct letters *letters;
	struct span text;
	size_t at;     /* what is before has been taken */
	size_t known;  /* bits tells of text to here */
	uint64_t bits; /* of bytes from at on: which are in pieces */
};

/* The next piece; n is 0 at the end. */
struct span langid_next_piece(struct pieces *p);

/* What one thread needs; sums of words that it has seen. */
struct langid_memory;
struct langid_memory *langid_memory_new(void);
void langid_memory_free(struct langid_memory *w);

/*
 * Cut s into windows of at least `step` bytes (at most 512), the last one excepted, and
 * sum each up; a step of up to 64 may be half as long where a sentence ends.  from: where
 * in the document s begins.  Appends to v, which holds windows.
 */
void langid_windows(const struct linear *m, const struct letters *l,
    struct langid_memory *memory, struct span s, size_t from, size_t step, struct buf *v);

#endif
