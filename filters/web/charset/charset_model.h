/* charset_model.h - the built-in model of the letters of languages and charsets. */
#ifndef TAMIS_CHARSET_MODEL_H
#define TAMIS_CHARSET_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Costs are -log2 of a probability, in eighths of a bit.
 *
 * charset.model, which examples/charset-model/train.py writes, is little-endian:
 *
 *   magic      8  "tamiscs1"
 *   counts    16  u32: charsets, languages, ideographic languages, 0
 *   charset        for each: name 24, u32 prior cost in bits, u64 bit per language, and
 *                 for the bytes from 0x80: u16 code point, u16 in lower case, u8 kind,
 *                 u8 case
 *   language       for each: name 12, u8 whether it is in Latin letters, u8 n, u16 0,
 *                 u16 letters[n], u8 costs of pairs of classes
 *   ideographic    for each: u8 costs of the characters in model_ranges
 *
 * The classes of a language are space, digit, punctuation, the 26 letters of ASCII (or
 * one class for them all) and its own letters.
 */
enum {
	MODEL_CHARSETS_MAX = 40,
	MODEL_LANGUAGES_MAX = 64,
	MODEL_IDEOGRAPHIC_MAX = 4,
	MODEL_PAIRS_MAX = 200,
	MODEL_BIT = 8, /* the cost of one bit */
};

/* A charset with a language: a class for each byte, and the costs of class after class.
 */
struct model_pair {
	uint8_t class[256];
	const uint8_t *costs; /* of the language, `stride` for each class before */
	unsigned stride, charset, language;
};

struct charset_model {
	struct model_charset {
		const char *name; /* of ICU */
		unsigned prior;
		uint8_t letter_case[256]; /* 0 none, 1 lower, 2 upper */
	} charset[MODEL_CHARSETS_MAX];
	unsigned charsets, languages, ideographic, pairs;
	struct model_pair pair[MODEL_PAIRS_MAX];
	const char *language[MODEL_LANGUAGES_MAX];
	uint8_t *costs[MODEL_LANGUAGES_MAX];
	const uint8_t *characters[MODEL_IDEOGRAPHIC_MAX];
};

/* Decode the built-in model.  It is read-only afterwards and may be shared by threads. */
struct charset_model *charset_model_new(void);
void charset_model_free(struct charset_model *m);

/* The cost of a letter of case b after one of case a, as in letter_case. */
static inline unsigned
model_case_cost(unsigned a, unsigned b)
{
	static const uint8_t costs[9] = { 0, 2, 16, 0, 0, 64, 0, 3, 12 };

	return costs[3 * a + b];
}

/* The offset of c in charset_model.characters; MODEL_NO_CHARACTER: it has none. */
enum { MODEL_NO_CHARACTER = 0xffff };
unsigned model_character(uint32_t c);

#endif
