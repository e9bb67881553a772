/* mem.h - allocation that cannot fail (it dies, exit 4), arenas, growable buffers. */
#ifndef TAMIS_MEM_H
#define TAMIS_MEM_H

#include <stdint.h>

#include "lib/base/span.h"

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size); /* checks n * size */
char *xstrdup(const char *s);
/* The same, for large blocks that are used from end to end: on huge pages if there are
 * some, and aligned to a page in any case.  Not cleared; to free(). */
void *large_alloc(size_t n);
/* Overflow means a size that no memory could hold: dies like the allocation would. */
size_t xadd(size_t a, size_t b);
size_t xmul(size_t a, size_t b);
/* Make room for one more element in the array v of n elements, cap of them allocated. */
#define GROW(v, n, cap)                                                                  \
	do {                                                                             \
		if ((n) == (cap)) {                                                      \
			(cap) = (cap) ? (cap)*2 : 16;                                    \
			(v) = xrealloc((v), (cap), sizeof *(v));                         \
		}                                                                        \
	} while (0)

/* Memory freed all at once.  Zero it to begin. */
struct arena {
	struct chunk *head;
};

void *arena_alloc(struct arena *a, size_t n);	  /* 16-byte aligned, not cleared */
char *arena_copy(struct arena *a, struct span s); /* NUL-terminated copy */
void arena_reset(struct arena *a);		  /* empty, keep one chunk */
void arena_free(struct arena *a);

/* A growable run of bytes.  Zero it to begin; free with buf_free. */
struct buf {
	char *p;
	size_t n, cap;
};

void buf_reserve(struct buf *b, size_t extra); /* room for n + extra */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *b);

static inline void
buf_putc(struct buf *b, char c)
{
	if (b->n == b->cap)
		buf_reserve(b, 1);
	b->p[b->n++] = c;
}

static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

#endif
