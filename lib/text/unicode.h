/* unicode.h - the only door to ICU: normalisation, charsets, properties, dictionaries. */
#ifndef TAMIS_UNICODE_H
#define TAMIS_UNICODE_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

/* The longest text that unicode_nfc takes, in bytes: ICU counts in 32 bits. */
enum { UNICODE_NFC_MAX = INT32_MAX / 12 };

enum nfc {
	NFC_SAME,    /* s is in NFC already */
	NFC_CHANGED, /* what it becomes was appended to b */
	NFC_REFUSED, /* it holds a run of combining marks that no language writes */
};

/* NFC by ICU.  Long runs of marks stay as they are: to sort one takes the square of its
 * length. */
enum nfc unicode_nfc(struct span s, struct buf *b);

/* Append c in small letters and decomposed (NFD), by itself: marks are not reordered, and
 * a sigma at the end of a word is one like any other. */
void unicode_put_folded(struct buf *b, uint32_t c);

/* A charset converter to UTF-8 by a name that ICU knows; NULL: unknown. */
struct charset;
struct charset *charset_open(const char *name);
void charset_to_utf8(
    struct charset *c, struct span s, struct buf *b); /* bad bytes: U+FFFD */
void charset_close(struct charset *c);

/* c in lower case, composed; 0 if it is neither a letter nor a mark. */
uint32_t unicode_letter(uint32_t c);
/* c without the marks that it is composed with. */
uint32_t unicode_base(uint32_t c);
/* The number of c's script, below UNICODE_SCRIPTS; 0: one that many scripts share. */
enum { UNICODE_SCRIPTS = 256 };
unsigned unicode_script(uint32_t c);
const char *unicode_script_name(unsigned script); /* ISO 15924: "Latn"; static */
/*
 * What a code point is, for segmentation and for rules: one table of 0x110000 entries,
 * made of ICU's data by the first call, which must come before any thread starts.
 */
const uint32_t *unicode_classes(void);

/* Bits 0-3: Word_Break of UAX #29, as far as it is told apart here. */
enum word_class {
	WORD_OTHER,
	WORD_SPACE, /* between words: CHAR_SPACE and U+200B */
	WORD_LETTER,
	WORD_HEBREW,
	WORD_NUMERIC,
	WORD_EXTEND_NUM_LET,
	WORD_MID_LETTER,
	WORD_MID_NUM,
	WORD_MID_NUM_LET, /* Single_Quote as well: all rules name them together */
	WORD_SINGLE_QUOTE,
	WORD_DOUBLE_QUOTE,
	WORD_EXTEND, /* Extend and Format */
	WORD_ZWJ,
	WORD_REGIONAL,
	WORD_DICTIONARY, /* letter of a script without spaces: see word_breaker_ends */
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

/* Flags; those that name a function of Python's str mean the same by them. */
enum {
	CHAR_ALPHA = 1 << 8,	   /* isalpha: a letter, categories L* */
	CHAR_NUMBER = 1 << 9,	   /* isnumeric */
	CHAR_DECIMAL = 1 << 10,	   /* isdecimal: category Nd, \d of Python's re */
	CHAR_SPACE = 1 << 11,	   /* isspace: White_Space and U+001C..U+001F */
	CHAR_LINE_END = 1 << 12,   /* splitlines ends a line there */
	CHAR_UPPER = 1 << 13,	   /* isupper */
	CHAR_LOWER = 1 << 14,	   /* cased, and not isupper */
	CHAR_ALPHABETIC = 1 << 15, /* the property Alphabetic: letters and more */
	CHAR_SYMBOL = 1 << 16,	   /* datatrove's PUNCTUATION, utils/text.py */
	CHAR_TERMINAL = 1 << 17,   /* Sentence_Terminal, and five signs of Khmer */
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
 * The words in a run of WORD_DICTIONARY (with WORD_EXTEND and WORD_ZWJ behind them), by
 * ICU's dictionaries of Thai, Lao, Khmer, Burmese, and Chinese with Japanese.
 */
struct word_breaker;
struct word_breaker *word_breaker_open(struct err *err); /* for one thread; or NULL */
enum { WORD_RUN_MAX = 4096 }; /* code points that it takes at once */
/* Ends of the words of s, in bytes from its start; the last one is s.n.  Returns how
 * many. */
size_t word_breaker_ends(struct word_breaker *b, struct span s, uint32_t *end);
void word_breaker_close(struct word_breaker *b);

/* A language's code of ISO 639-3, such as "eng", becomes that of 639-1 if there is one.
 */
void unicode_language(char *code);

const char *unicode_version(void); /* of ICU, "72.1", for reports */

#endif
