/* span.h - borrowed bytes: a pointer and a length, without a NUL. */
#ifndef TAMIS_SPAN_H
#define TAMIS_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t n; /* bytes */
};

#define SPAN(lit) ((struct span){ (lit), sizeof(lit) - 1 })

static inline struct span
span_of(const char *s)
{
	return (struct span){ s, strlen(s) };
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

/* s without its first `at` bytes. */
static inline struct span
span_from(struct span s, size_t at)
{
	return (struct span){ s.p + at, s.n - at };
}

#endif
