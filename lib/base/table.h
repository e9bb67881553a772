/* table.h - a hash table from 128-bit keys to 64-bit values. */
#ifndef TAMIS_TABLE_H
#define TAMIS_TABLE_H

#include <stdint.h>

#include "lib/base/hash.h"

struct entry {
	struct hash128 key; /* all zero: an empty slot */
	uint64_t value;
};

/* Zero it to begin.  Uses 32 to 64 bytes per key. */
struct table {
	struct entry *v;
	size_t n, cap; /* cap: a power of two */
};

/*
 * The value of key.  An absent key is added with value 0 and sets *fresh.  The pointer is
 * valid until the next table_put.
 */
uint64_t *table_put(struct table *t, struct hash128 key, bool *fresh);
/* The value of key, or NULL.  Threads may call this at once, but not during table_put. */
const uint64_t *table_get(const struct table *t, struct hash128 key);
void table_free(struct table *t);

#endif
