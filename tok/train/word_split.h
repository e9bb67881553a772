/*
 * word_split.h - split text into words: stretches that no piece of a BPE model crosses.
 *
 * The rules are those of SentencePiece's trainer with split_by_whitespace,
 * split_by_unicode_script, split_by_number, split_digits and
 * allow_whitespace_only_pieces. A run of spaces belongs to the word after it.  A word
 * ends where the script changes. Each digit is a word.  Han, Hiragana and Katakana count
 * as one script.  A mark that inherits its script, such as U+0301, ends no word.
 *
 * In words, one byte ' ' stands for a space or U+2581, which SentencePiece cannot
 * distinguish.
 */
#ifndef TAMIS_WORD_SPLIT_H
#define TAMIS_WORD_SPLIT_H

#include <stdint.h>

#include "lib/base/mem.h"

/* The word that takes the place of a symbol, and of a tab: it joins no other word. */
#define WORD_SYMBOL '\t'

/* Classes of code points; a smaller number is that of a script, 0: no script. */
enum { CLASS_INHERITED = 250, CLASS_DIGIT, CLASS_SPACE, CLASS_SYMBOL };

struct word_rules;

/*
 * symbols: n strings that are never part of a word, with U+2581 for a space.  Borrowed
 * until word_rules_free.
 */
struct word_rules *word_rules_new(const struct span *symbols, size_t n);
void word_rules_free(struct word_rules *s); /* NULL is fine */

/* The class of a code point; U+2581 is CLASS_SPACE. */
unsigned word_rules_class(const struct word_rules *s, uint32_t c);
/*
 * Whether a piece may contain two characters of these classes, in this order.  A piece
 * also needs characters of one script in all, and spaces only at its start unless it is
 * all spaces.
 */
bool classes_join(unsigned left, unsigned right);

/* The line with ' ' for U+2581; in `copy` if it has any. */
struct span word_rules_line(struct span line, struct buf *copy);
/* Take the next word of such a line of valid UTF-8, from *at.  False at its end. */
bool word_rules_next(
    const struct word_rules *s, struct span line, size_t *at, struct span *word);

#endif
