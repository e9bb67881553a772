/* html_class_words.h - the learned weights of words in class and id attributes. */
#ifndef TAMIS_HTML_CLASS_WORDS_H
#define TAMIS_HTML_CLASS_WORDS_H

#include <stdint.h>

#include "lib/base/span.h"

/* The number of weights: a word has that of its hash. */
enum { CLASS_WORDS = 1 << 14 };

/* Words of one value: its names without digits, such as "post-content", and their parts,
 * such as "post" and "content".  Returns the number of their hashes. */
enum { CLASS_WORDS_MAX = 24 };
size_t html_class_words(struct span value, uint16_t out[CLASS_WORDS_MAX]);
/* The sum of their weights, at most 127 in size. */
int8_t html_class_weight(const int8_t weight[CLASS_WORDS], struct span value);

/* A hash of its letters. */
uint32_t html_class_letters(struct span value);

#endif
