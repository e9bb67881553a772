/* unicode.h - ICU: normalisation, character properties, dictionaries. */
#ifndef TAMIS_UNICODE_H
#define TAMIS_UNICODE_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

/*
 * Have lack of memory in ICU end this program.  Otherwise ICU takes it for a missing
 * charset or dictionary, or never returns.  Call it before any other function of ICU.
 */
void unicode_memory_open(void);

/* The longest text for unicode_nfc, in bytes: ICU counts in 32 bits. */
enum { UNICODE_NFC_MAX = INT32_MAX / 12 };

enum nfc {
	NFC_SAME,    /* s is in NFC */
	NFC_CHANGED, /* the NFC of s was appended to b */
	NFC_REFUSED, /* s has a longer run of combining marks than any language */
};

/* Normalise s to NFC.  Very long runs of marks are refused: sorting one takes quadratic
 * time. */
enum nfc unicode_nfc(struct span s, struct buf *b);

/* Append c in lower case and decomposed (NFD).  Context is ignored: marks are not
 * reordered, and a final sigma is like any other. */
void unicode_put_folded(struct buf *b, uint32_t c);

/* c in lower case, composed; 0: neither a letter nor a mark. */
uint32_t unicode_letter(uint32_t c);
/* The base character of c, without its marks. */
uint32_t unicode_base(uint32_t c);
/* The number of c's script, below UNICODE_SCRIPTS; 0: shared by several scripts. */
enum { UNICODE_SCRIPTS = 256 };
unsigned unicode_script(uint32_t c);
/* Whether c, a mark or joiner, has the script of the character before it. */
bool unicode_inherits_script(uint32_t c);
const char *unicode_script_name(unsigned script); /* ISO 15924: "Latn"; static */
/*
 * The classes and flags of each code point: a table of 0x110000 entries.  The first call
 * builds it from ICU's data and must precede the first thread.
 */
const uint32_t *unicode_classes(void);

/* Bits 0-3: Word_Break of UAX #29, as far as segment.c distinguishes it. */
enum word_class {
	WORD_OTHER,
	WORD_SPACE, /* between words: CHAR_SPACE and U+200B */
	WORD_LETTER,
	WORD_HEBREW,
	WORD_NUMERIC,
	WORD_EXTEND_NUM_LET,
	WORD_MID_LETTER,
	WORD_MID_NUM,
	WORD_MID_NUM_LET,
	WORD_SINGLE_QUOTE,
	WORD_DOUBLE_QUOTE,
	WORD_EXTEND, /* Extend and Format */
	WORD_ZWJ,
	WORD_REGIONAL,
	WORD_DICTIONARY, /* letter of a script without spaces: word_breaker_ends */
	WORD_HANGUL,	 /* syllable */
};

/* Bits 4-7: Sentence_Break of UAX #29. */
enum sentence_class {
	SENTENCE_OTHER,
	SENTENCE_CR,
	SENTENCE_LF,
	SENTENCE_SEP,
	SENTENCE_EXTEND, /* Extend and Format */
	SENTENCE_SPACE,
	SENTENCE_LOWER,
	SENTENCE_UPPER,
	SENTENCE_LETTER,
	SENTENCE_NUMERIC,
	SENTENCE_ATERM,
	SENTENCE_CONTINUE,
	SENTENCE_STERM,
	SENTENCE_CLOSE,
};

/* Flags.  Where the comment names a method of Python's str, the flag means the same. */
enum {
	CHAR_ALPHA = 1 << 8,	   /* isalpha: a letter, categories L* */
	CHAR_NUMBER = 1 << 9,	   /* isnumeric */
	CHAR_DECIMAL = 1 << 10,	   /* isdecimal: category Nd, \d of Python's re */
	CHAR_SPACE = 1 << 11,	   /* isspace: White_Space and U+001C..U+001F */
	CHAR_LINE_END = 1 << 12,   /* splitlines ends a line after it */
	CHAR_UPPER = 1 << 13,	   /* isupper */
	CHAR_LOWER = 1 << 14,	   /* cased, and not isupper */
	CHAR_ALPHABETIC = 1 << 15, /* the property Alphabetic: letters and more */
	CHAR_SYMBOL = 1 << 16,	   /* datatrove's PUNCTUATION, utils/text.py */
	CHAR_TERMINAL = 1 << 17,   /* Sentence_Terminal, and five Khmer signs */
	CHAR_PICTOGRAPH = 1 << 18, /* Extended_Pictographic */
};

static inline enum word_class
word_class(uint32_t bits)
{
	return (enum word_class)(bits & 15);
}

static inline enum sentence_class
sentence_class(uint32_t bits)
{
	return (enum sentence_class)(bits >> 4 & 15);
}

/*
 * Splits a run of WORD_DICTIONARY, with its WORD_EXTEND and WORD_ZWJ, into words by ICU's
 * dictionaries of Thai, Lao, Khmer, Burmese, and Chinese with Japanese.
 */
struct word_breaker;
struct word_breaker *word_breaker_open(struct err *err); /* for one thread; or NULL */
enum { WORD_RUN_MAX = 4096 };				 /* code points per call */
/* Store the ends of the words of s, in bytes from its start; the last is s.n.  Returns
 * how many. */
size_t word_breaker_ends(struct word_breaker *b, struct span s, uint32_t *end);
void word_breaker_close(struct word_breaker *b);

/* Replace a language code of ISO 639-3, such as "eng", by that of ISO 639-1, if any. */
void unicode_language(char *code);

const char *unicode_version(void); /* of ICU, such as "72.1": for reports */

#endif
