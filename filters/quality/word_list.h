/* word_list.h - a list of words, and whether a word is on it. */
#ifndef TAMIS_WORD_LIST_H
#define TAMIS_WORD_LIST_H

#include <stdint.h>

#include "lib/base/mem.h"

enum { WORDLIST_MAX = 4096 };

/* Zero it to begin.  Any number of threads may look while none adds. */
struct wordlist {
	struct span *v; /* in the order they were added; copies */
	size_t n;
	uint16_t *slot;
	size_t mask;
	struct arena mem;
};

/* Returns false if it is on the list already. */
bool wordlist_add(struct wordlist *l, struct span word);
/* The number of a word on the list; -1: it is not there. */
int wordlist_find(const struct wordlist *l, struct span word);
void wordlist_free(struct wordlist *l);

#endif
