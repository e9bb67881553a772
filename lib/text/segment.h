/* segment.h - words and sentences of UTF-8 text. */
#ifndef TAMIS_SEGMENT_H
#define TAMIS_SEGMENT_H

#include "lib/text/unicode.h"

/*
 * Words: UAX #29 as CLDR's root tailors it, but
 *  - white space (CHAR_SPACE and U+200B) is no word, nor within one (U+202F);
 *  - the same sign again and again, as in "..." or "-----", is one word;
 *  - a run of letters of a script without spaces goes to ICU's dictionaries by itself,
 *    at most WORD_RUN_MAX code points at once.
 * Every other sign is a word of its own.
 */
struct words {
	char *bytes;	/* all words, one behind the other; 64 zeros behind the last */
	uint32_t *at;	/* where word i begins in bytes; at[n]: where the last one ends */
	size_t n;	/* words */
	size_t letters; /* words that hold a letter (CHAR_ALPHA) */
	size_t symbols; /* words of symbols only (CHAR_SYMBOL) */
	size_t chars, symbol_chars; /* code points in all words, and in those */

	bool portable; /* do without the instructions that this machine has; for tests */
	size_t nbytes, cap_bytes, cap;
	const uint32_t *classes;
	struct word_breaker *breaker;
	uint32_t *ends;
};

/* The longest text in bytes. */
#define SEGMENT_MAX ((size_t)UINT32_MAX - 4096)

/* For one thread; unicode_classes() was called before.  Returns 0, or -1 with *err. */
int words_open(struct words *w, struct err *err);
/* Split text, valid UTF-8 without NULs, of at most SEGMENT_MAX bytes. */
void words_split(struct words *w, struct span text);
void words_close(struct words *w);

static inline struct span
word(const struct words *w, size_t i)
{
	return (struct span){ w->bytes + w->at[i], w->at[i + 1] - w->at[i] };
}

/*
 * Sentences: UAX #29 without tailoring, white space around them taken off; what is white
 * space only is none.  Set text, and at to 0, to begin.
 */
struct sentences {
	struct span text;
	size_t at;
};

/* The next sentence; false: there is none. */
bool sentences_next(struct sentences *it, struct span *sentence);

/* What splits words and sentences, with ICU's version: for reports and rule files. */
const char *segment_name(void);

#endif
