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
enum { LETTERS_TABLE = 0x30000, LETTERS_UTF8 = 0x10000, LETTERS_TWO = 0x800 };

/* Of a canonical form.  A mark is a letter of no bytes. */
enum letter_kind { KIND_LETTER, KIND_DIGIT, KIND_SPACE, KIND_UNSPACED };

struct letters {
	uint32_t of[LETTERS_TABLE]; /* canonical forms of the code points below it */
	/* The same in UTF-8, of the code points below LETTERS_UTF8: the bytes, the first
	 * lowest, the kind from bit 24 on, and the number of bytes from bit 30 on. */
	uint32_t utf8[LETTERS_UTF8];
	/* The UTF-8 of those letters below it whose form has two bytes; 0 for others. */
	uint16_t two[LETTERS_TWO];
};

/* The first call builds the table and must precede the first thread. */
const struct letters *letters_table(void);

static inline uint32_t
letter_of(const struct letters *table, uint32_t c)
{
	if (c < LETTERS_TABLE)
		return table->of[c];
	if (c <= 0x323af) /* CJK Unified Ideographs Extensions G and H */
		return c | LETTER_UNSPACED;
	/* Variation selectors. */
	return c >= 0xe0100 && c <= 0xe01ef ? LETTER_MARK : LETTER_SPACE;
}

/* The kind of a canonical form; *bytes, *size: its UTF-8. */
enum letter_kind letter_utf8(uint32_t form, uint32_t *bytes, unsigned *size);

#endif
