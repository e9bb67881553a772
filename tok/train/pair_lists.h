/* pair_lists.h - lists of word numbers that grow and are freed in chunks. */
#ifndef TAMIS_PAIR_LISTS_H
#define TAMIS_PAIR_LISTS_H

#include <stdint.h>

#include "lib/base/mem.h"

enum { CHUNK_WORDS = 14 };

struct pair_chunk {
	uint32_t word[CHUNK_WORDS];
	uint32_t n;
	uint32_t next; /* 0: the last of its list */
};

/* Zero it to begin. */
struct chunk_pool {
	struct pair_chunk *chunk; /* [0] is unused */
	size_t n, cap;
	uint32_t free; /* the first free chunk; 0: none */
};

/* Chunk numbers; zero: empty. */
struct pair_list {
	uint32_t head, tail;
};

/* Append a word unless it is the last one. */
void pair_list_put(struct chunk_pool *p, struct pair_list *l, uint32_t word);
void pair_list_free(struct chunk_pool *p, struct pair_list *l);
void chunk_pool_free(struct chunk_pool *p);

#endif
