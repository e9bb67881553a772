/* printable.h - print names from files without their control characters. */
#ifndef SHARDS_PRINTABLE_H
#define SHARDS_PRINTABLE_H

#include "lib/base/err.h"
#include "lib/base/mem.h"

/* Append s to b, masked as messages are: controls could steer a terminal. */
static inline void
put_printable(struct buf *b, const char *s)
{
	size_t at = b->n;

	buf_put(b, s, strlen(s) + 1);
	b->n = at + err_mask(b->p + at);
}

#endif
