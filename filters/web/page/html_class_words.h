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

/* What a class says: the weight of its words, and a hash of its letters. */
struct html_class_look {
	uint32_t hash;
	int8_t weight;
};

/* The classes of a page that were seen last, as most occur many times; zeroed at first.
 * They must stay where they are; without a memo, none needs to. */
enum { CLASS_MEMO = 256 };
struct html_class_memo {
	struct {
		struct span value;
		struct html_class_look look;
	} row[CLASS_MEMO];
};
struct html_class_look html_class_look(
    struct html_class_memo *memo, const int8_t weight[CLASS_WORDS], struct span value);

#endif
