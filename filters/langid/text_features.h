/*
 * text_features.h - the features that langid models use to distinguish languages.
 *
 * A character is either a letter, folded to lower case, or the end of a word.  The
 * features of a word are its 2-, 3- and 4-grams, with both ends marked, and the word
 * itself.  The features of an ideograph are itself and its pair with the one before.  A
 * letter of a script that only one label uses has just that script.  No feature crosses
 * the end of a word, so the sum over a text is the sum over its words, and sums of words
 * can be cached.
 */
#ifndef TAMIS_TEXT_FEATURES_H
#define TAMIS_TEXT_FEATURES_H

#include "filters/models/linear_model.h"

enum {
	PIECE_SHORT = 32, /* bytes */
	PIECE_MAX = 256,  /* bytes */
	PIECE_FEATURES_MAX = 3 * PIECE_MAX + 3,
	/* Codes of scripts that only one label uses: CHAR_CODE_SCRIPT to 0xdfff. */
	CHAR_CODE_SCRIPT = 0xd800,
};

/* The code of each character of the BMP.  0 ends a word, as do all other characters. */
struct char_codes {
	uint16_t code[65536];
};

/*
 * The table in a model file: runs of characters shifted by a constant (folded letters),
 * then runs that share one code.  Returns false if s is not such a table.
 */
bool char_codes_read(struct char_codes *codes, struct span s);
void char_codes_write(const struct char_codes *codes, struct buf *out);

/*
 * A piece is a run of ASCII letters and non-ASCII bytes.  A run longer than PIECE_SHORT
 * is split before a character that ends a word, or at PIECE_MAX bytes.  So a piece holds
 * whole words, except of more than PIECE_MAX bytes.  Texts are valid UTF-8.
 */
bool langid_in_piece(unsigned char b);
/* The length in bytes of the first piece of a run.  It looks at PIECE_MAX + 1 bytes. */
size_t langid_piece_end(const struct char_codes *codes, struct span run);
/*
 * Write the row of each feature of a piece (hash >> shift) to row, at most three per byte
 * and three more.  Returns their number.
 */
size_t langid_features(
    const struct char_codes *codes, struct span piece, unsigned shift, uint32_t *row);

#endif
