/* word_list.h - a small set of words, for stop words. */
#ifndef TAMIS_WORD_LIST_H
#define TAMIS_WORD_LIST_H

#include <stdint.h>

#include "lib/base/mem.h"

enum { WORD_LIST_MAX = 4096 };

/* Zero it to begin.  Any number of threads may look words up while none adds. */
struct word_list {
	struct span *v; /* copies, in the order they were added */
	size_t n;
	uint16_t *slot; /* hash table: index into v + 1, 0 if free */
	size_t mask;
	struct arena mem;
};

/* Copy a word to the list, which must have fewer than WORD_LIST_MAX.  Returns false if it
 * is there already. */
bool word_list_add(struct word_list *l, struct span word);
/* The index of a word in v, or -1. */
int word_list_find(const struct word_list *l, struct span word);
void word_list_free(struct word_list *l);

#endif
