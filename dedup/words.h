/*
 * words.h - the canonical words of a text, as hashes: what near duplicates have in
 * common.
 *
 * A word is a run of letters, numbers and marks.  Its canonical form has letters in lower
 * case without marks, and '0' for a run of digits: "Café 2024-06" is "cafe", "0", "0".
 * But of more than WORDS_NUMBERS numbers in a row, all in ASCII digits alone, the later
 * ones keep their digits: tables are not all the same.  A run of letters of a script
 * without spaces is one word for each two neighbours, or for its only letter.  See
 * letters.h.
 */
#ifndef TAMIS_WORDS_H
#define TAMIS_WORDS_H

#include <stdint.h>

#include "lib/base/mem.h"

/* Of canonical words and their hashes.  Part of each sketch. */
enum { WORDS_VERSION = 3 };
enum { WORDS_NUMBERS = 4 };

struct letters;

/* The instructions that words_of may use: for tests. */
enum words_code { WORDS_ANY, WORDS_BASELINE, WORDS_PORTABLE, WORDS_CODES };

/* Zero it to begin; release with words_free. */
struct near_words {
	uint64_t *hash; /* of each word, in order */
	size_t n, cap;
	size_t numbers; /* in a row, at the end of them */
	enum words_code code;
	unsigned char *copy; /* of the end of the text, with space after it */
	size_t copy_cap;
};

/* Replace w->hash by the words of s, valid UTF-8.  letters: letters_table(). */
void words_of(struct near_words *w, const struct letters *letters, struct span s);
/* The hash of the canonical word p[0, n). */
uint64_t word_hash(const unsigned char *p, size_t n);
void words_free(struct near_words *w);

#endif
