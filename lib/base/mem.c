/* mem.c - allocation that exits instead of failing, arenas, growable buffers. */
#include "lib/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/err.h"

/* An arena keeps chunks for reuse up to KEEP bytes: the text of a block of documents. */
enum { CHUNK = 64 * 1024, KEEP = 2 * 1024 * 1024, ALIGN = 16 };

struct chunk {
	struct chunk *next;
	size_t used, cap;
	_Alignas(ALIGN) char p[];
};

static void *
check(void *p, size_t n)
{
	char purpose[48];

	if (!p && n) {
		snprintf(purpose, sizeof purpose, " allocating %zu bytes", n);
		die_no_memory(purpose);
	}
	return p;
}

void *
xmalloc(size_t n)
{
	return check(malloc(n), n);
}

void *
xcalloc(size_t n, size_t size)
{
	size_t bytes = xmul(n, size);

	return check(calloc(n, size), bytes);
}

void *
xrealloc(void *p, size_t n, size_t size)
{
	size_t bytes = xmul(n, size);

	return check(realloc(p, bytes ? bytes : 1), bytes);
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

size_t
xadd(size_t a, size_t b)
{
	size_t r;

	if (__builtin_add_overflow(a, b, &r))
		die(EXIT_SYSTEM, "out of memory: size overflow");
	return r;
}

size_t
xmul(size_t a, size_t b)
{
	size_t r;

	if (__builtin_mul_overflow(a, b, &r))
		die(EXIT_SYSTEM, "out of memory: size overflow");
	return r;
}

static size_t
aligned(size_t n)
{
	return xadd(n, ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* A chunk with room for n bytes: a spare one, or a new one. */
static struct chunk *
chunk_for(struct arena *a, size_t n)
{
	struct chunk **at = &a->spare, *c;
	size_t cap = n > CHUNK ? n : CHUNK;

	while (*at && (*at)->cap < n)
		at = &(*at)->next;
	c = *at;
	if (c) {
		*at = c->next;
	} else {
		c = xmalloc(xadd(sizeof *c, cap));
		c->cap = cap;
	}
	return c;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct chunk *c = a->head;
	size_t need = aligned(n);
	void *p;

	if (!c || c->cap - c->used < need) {
		c = chunk_for(a, need);
		c->next = a->head;
		c->used = 0;
		a->head = c;
	}
	p = c->p + c->used;
	c->used += need;
	return p;
}

void
arena_trim(struct arena *a, void *p, size_t n)
{
	struct chunk *c = a->head;

	c->used = (size_t)((char *)p - c->p) + aligned(n);
}

char *
arena_copy(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, xadd(s.n, 1));

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

static void
free_chunks(struct chunk *c)
{
	for (struct chunk *next; c; c = next) {
		next = c->next;
		free(c);
	}
}

void
arena_reset(struct arena *a)
{
	struct chunk *unused = a->spare, *next;
	size_t kept = 0;

	a->spare = NULL;
	for (struct chunk *c = a->head; c; c = next) {
		next = c->next;
		if (c->cap > KEEP - kept) {
			free(c);
			continue;
		}
		kept += c->cap;
		c->next = a->spare;
		a->spare = c;
	}
	a->head = NULL;
	free_chunks(unused);
}

void
arena_free(struct arena *a)
{
	free_chunks(a->head);
	free_chunks(a->spare);
	a->head = a->spare = NULL;
}

void
buf_reserve(struct buf *b, size_t extra)
{
	size_t need = xadd(b->n, extra);

	if (need <= b->cap)
		return;
	b->cap = need < 64 ? 64 : xadd(need, need / 2);
	b->p = xrealloc(b->p, b->cap, 1);
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("vsnprintf failed");
	buf_reserve(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
buf_path(struct buf *b, const char *dir, const char *name)
{
	b->n = 0;
	buf_putf(b, "%s/%s", dir, name);
	buf_putc(b, '\0');
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}
