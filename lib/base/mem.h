/* mem.h - allocation that exits instead of failing, arenas, growable buffers. */
#ifndef TAMIS_MEM_H
#define TAMIS_MEM_H

#include <stdint.h>

#include "lib/base/span.h"

/* These never return NULL: out of memory is die(EXIT_SYSTEM). */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size); /* checks n * size */
char *xstrdup(const char *s);
/* For large blocks that are used from end to end: aligned to a page, on huge pages where
 * the system has them, not cleared.  Release with free(). */
void *large_alloc(size_t n);
/* Sizes.  Overflow exits, as allocating that much memory would. */
size_t xadd(size_t a, size_t b);
size_t xmul(size_t a, size_t b);
/* Make room for one more element in array v, which has n elements and room for cap. */
#define GROW(v, n, cap)                                                                  \
	do {                                                                             \
		if ((n) == (cap)) {                                                      \
			(cap) = (cap) ? (cap)*2 : 16;                                    \
			(v) = xrealloc((v), (cap), sizeof *(v));                         \
		}                                                                        \
	} while (0)

/* Memory that is freed all at once.  Zero it to begin. */
struct arena {
	struct chunk *head;
	struct chunk *spare; /* kept by arena_reset */
};

void *arena_alloc(struct arena *a, size_t n);	     /* 16-byte aligned, not cleared */
void arena_trim(struct arena *a, void *p, size_t n); /* p, the latest, keeps n bytes */
char *arena_copy(struct arena *a, struct span s);    /* NUL-terminated copy */
void arena_reset(struct arena *a);		     /* free all; keep some chunks */
void arena_free(struct arena *a);

/* A growable array of bytes.  Zero it to begin; release with buf_free. */
struct buf {
	char *p;
	size_t n, cap;
};

void buf_reserve(struct buf *b, size_t extra); /* make room for n + extra bytes */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Replace the content by the path of a file in a directory, NUL-terminated. */
void buf_path(struct buf *b, const char *dir, const char *name);
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
