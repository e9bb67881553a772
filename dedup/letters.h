/* letters.h - what each code point is in the canonical words of near-duplicate detection.
 */
#ifndef TAMIS_LETTERS_H
#define TAMIS_LETTERS_H

#include <stdint.h>

/*
 * The canonical form of a code point: one of the first two, or the code point of the
 * letter or digit that stands for it.  All digits and numbers are '0'.  Letters are in
 * lower case (simple case folding) without marks (NFD).  LETTER_UNSPACED marks letters of
 * scripts written without spaces.  Unicode 15.0; later letters are spaces.
 */
enum { LETTER_SPACE = 0, LETTER_MARK = 1 };
#define LETTER_UNSPACED (UINT32_C(1) << 31)

/* Code points from here on are as letter_of says. */
enum { LETTERS_TABLE = 0x30000 };

/* The table of the code points below LETTERS_TABLE.  The first call builds it and must
 * precede the first thread. */
const uint32_t *letters_table(void);

static inline uint32_t
letter_of(const uint32_t *table, uint32_t c)
{
	if (c < LETTERS_TABLE)
		return table[c];
	if (c <= 0x323af) /* CJK Unified Ideographs Extensions G and H */
		return c | LETTER_UNSPACED;
	/* Variation selectors. */
	return c >= 0xe0100 && c <= 0xe01ef ? LETTER_MARK : LETTER_SPACE;
}

#endif
