/* user_symbols.c - find user-defined symbols in a text, leftmost and longest. */
#include "tok/engine/user_symbols.h"

#include <stdlib.h>
#include <string.h>

static int
by_bytes(const void *a, const void *b)
{
	const struct user_symbol *x = a, *y = b;
	const int order = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

int
user_symbols_add(struct user_symbols *s, const char *text, size_t n)
{
	if (s->n == s->cap) {
		const size_t cap = s->cap ? 2 * s->cap : 16;
		struct user_symbol *more = realloc(s->v, cap * sizeof *more);

		if (!more)
			return -1;
		s->v = more;
		s->cap = cap;
	}
	s->v[s->n++] = (struct user_symbol){ text, n };
	s->begins[(unsigned char)text[0]] = true;
	if (s->longest < n)
		s->longest = n;
	return 0;
}

void
user_symbols_sort(struct user_symbols *s)
{
	if (s->n > 0)
		qsort(s->v, s->n, sizeof *s->v, by_bytes);
}

void
user_symbols_free(struct user_symbols *s)
{
	free(s->v);
	*s = (struct user_symbols){ 0 };
}

/* The first symbol of [lo, hi) whose byte `at` is c or more.  All are longer than at. */
static size_t
first_from(const struct user_symbols *s, size_t lo, size_t hi, size_t at, unsigned c)
{
	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;

		if ((unsigned char)s->v[middle].text[at] < c)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

size_t
user_symbols_match(const struct user_symbols *s, const char *text, size_t n)
{
	size_t lo = 0, hi = s->n, longest = 0;

	if (!s->begins[(unsigned char)text[0]])
		return 0;
	for (size_t at = 0; lo < hi; at++) {
		/* The shortest comes first, and symbols may occur twice. */
		for (; lo < hi && s->v[lo].n == at; lo++)
			longest = at;
		if (at == n)
			break;
		lo = first_from(s, lo, hi, at, (unsigned char)text[at]);
		hi = first_from(s, lo, hi, at, (unsigned char)text[at] + 1u);
	}
	return longest;
}
