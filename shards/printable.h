/* printable.h - print names from files without their control bytes. */
#ifndef SHARDS_PRINTABLE_H
#define SHARDS_PRINTABLE_H

#include "lib/base/mem.h"

/* Append s to b.  Control bytes, which could steer a terminal, become '?'. */
static inline void
put_printable(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_putc(b, (unsigned char)*s < 32 || *s == 127 ? '?' : *s);
}

#endif
