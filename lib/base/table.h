/* table.h - an open-addressing map from 128-bit hashes to 64-bit values. */
#ifndef TAMIS_TABLE_H
#define TAMIS_TABLE_H

#include <stdint.h>

#include "lib/base/hash.h"

struct entry {
	struct hash128 key; /* all zero: an empty slot */
	uint64_t value;
};

/* Zero it to begin.  32 to 64 bytes a key in memory. */
struct table {
	struct entry *v;
	size_t n, cap; /* cap: a power of two */
};

/*
 * The value of key, a new one (0) if it was absent; *fresh says which.  The pointer
 * holds until the next call.
 */
uint64_t *table_put(struct table *t, struct hash128 key, bool *fresh);
/* The value of key, or NULL.  Any number of threads may look while none puts. */
const uint64_t *table_get(const struct table *t, struct hash128 key);
void table_free(struct table *t);

#endif
