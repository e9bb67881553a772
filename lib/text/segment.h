/* segment.h - split UTF-8 text into words and sentences. */
#ifndef TAMIS_SEGMENT_H
#define TAMIS_SEGMENT_H

#include "lib/text/unicode.h"

/*
 * Words: UAX #29 with the tailoring of CLDR's root locale, and these changes.
 *  - White space (CHAR_SPACE and U+200B) is neither a word nor part of one (U+202F).
 *  - A repeated sign, such as "..." or "-----", is one word.
 *  - ICU's dictionaries split each run of letters of a script without spaces separately,
 *    at most WORD_RUN_MAX code points at once.
 * Every other sign is a word.
 */
struct words {
	char *bytes;	/* all words, concatenated; 64 zeros follow */
	uint32_t *at;	/* offset of word i in bytes; at[n]: end of the last word */
	size_t n;	/* words */
	size_t letters; /* words that contain a letter (CHAR_ALPHA) */
	size_t symbols; /* words of symbols only (CHAR_SYMBOL) */
	size_t chars, symbol_chars; /* code points of all words, of symbols */

	bool portable; /* for tests: do not use AVX2 */
	size_t nbytes, cap_bytes, cap;
	const uint32_t *classes;
	struct word_breaker *breaker;
	uint32_t *ends;
};

/* The longest text in bytes. */
#define SEGMENT_MAX ((size_t)UINT32_MAX - 4096)

/* For use by one thread.  Call unicode_classes() first.  0, or -1 with *err. */
int words_open(struct words *w, struct err *err);
/* Split text: valid UTF-8 without NULs, at most SEGMENT_MAX bytes. */
void words_split(struct words *w, struct span text);
void words_close(struct words *w);

static inline struct span
word(const struct words *w, size_t i)
{
	return (struct span){ w->bytes + w->at[i], w->at[i + 1] - w->at[i] };
}

/*
 * Sentences: UAX #29 without tailoring, trimmed of white space.  Empty ones are skipped.
 * Set text, and at to 0, to begin.
 */
struct sentences {
	struct span text;
	size_t at;
};

/* Get the next sentence; false after the last. */
bool sentences_next(struct sentences *it, struct span *sentence);

/* The version of the segmenter and of ICU, for reports and rule files. */
const char *segment_name(void);

#endif
