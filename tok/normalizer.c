/*
 * normalizer.c - rewrite a text as SentencePiece does before it encodes it.
 *
 * The algorithm is that of Normalizer::Normalize in SentencePiece 0.1.97 to 0.2.1
 * (src/normalizer.cc).  check_tok.c compares the ids.
 */
#include "tok/normalizer.h"

#include <stdlib.h>

#include "tok/charsmap.h"

static const char replacement[] = "\xef\xbf\xbd", marked_space[] = "\xe2\x96\x81";

struct normalizer {
	const struct model *model;
	struct charsmap map;
	/* User-defined symbols, in the order of their bytes. */
	struct span *symbol;
	size_t n;
	bool begins[256]; /* some symbol begins with this byte */
};

static int
by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	const int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

struct normalizer *
normalizer_new(const struct model *m)
{
	struct normalizer *z = xcalloc(1, sizeof *z);
	size_t cap = 0;

	z->model = m;
	charsmap_open(&z->map, m->charsmap, m->n_charsmap);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct model_piece *p = &m->piece[i];

		if (p->type != MODEL_USER_DEFINED)
			continue;
		GROW(z->symbol, z->n, cap);
		z->symbol[z->n++] = (struct span){ p->text, p->n };
		z->begins[(unsigned char)p->text[0]] = true;
	}
	if (z->n > 0)
		qsort(z->symbol, z->n, sizeof *z->symbol, by_bytes);
	return z;
}

void
normalizer_free(struct normalizer *z)
{
	if (z)
		free(z->symbol);
	free(z);
}

/* The first symbol of [lo, hi) whose byte `at` is c or more.  All are longer than at. */
static size_t
first_from(const struct normalizer *z, size_t lo, size_t hi, size_t at, unsigned c)
{
	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;

		if ((unsigned char)z->symbol[middle].p[at] < c)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* The length of the longest symbol that s begins with, or 0. */
static size_t
match_symbol(const struct normalizer *z, struct span s)
{
	size_t lo = 0, hi = z->n, longest = 0;

	if (!z->begins[(unsigned char)s.p[0]])
		return 0;
	for (size_t at = 0; lo < hi; at++) {
		/* The shortest comes first, and symbols may occur twice. */
		for (; lo < hi && z->symbol[lo].n == at; lo++)
			longest = at;
		if (at == s.n)
			break;
		lo = first_from(z, lo, hi, at, (unsigned char)s.p[at]);
		hi = first_from(z, lo, hi, at, (unsigned char)s.p[at] + 1u);
	}
	return longest;
}

/* Rewrite the front of s, *n bytes of it. */
static struct span
rewrite(const struct normalizer *z, struct span s, size_t *n)
{
	const char *to;
	uint32_t c;

	*n = match_symbol(z, s);
	if (*n > 0)
		return (struct span){ s.p, *n };
	to = charsmap_find(&z->map, s.p, s.n, n);
	if (to)
		return span_of(to);
	*n = model_char(s.p, s.n, &c);
	if (*n > 0)
		return (struct span){ s.p, *n };
	*n = 1;
	return SPAN(replacement);
}

static struct span
space_of(const struct normalizer *z)
{
	return z->model->escapes ? SPAN(marked_space) : SPAN(" ");
}

static void
put(const struct normalizer *z, struct span s, struct buf *b)
{
	const struct span space = space_of(z);

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ')
			buf_put(b, space.p, space.n);
		else
			buf_putc(b, s.p[i]);
	}
}

static bool
ends_in(struct span s, struct span end)
{
	return s.n >= end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

/* s without what rewrites to single spaces at its front. */
static struct span
skip_spaces(const struct normalizer *z, struct span s)
{
	size_t n;

	while (s.n > 0 && span_eq(rewrite(z, s, &n), SPAN(" ")))
		s = span_from(s, n);
	return s;
}

void
normalize(const struct normalizer *z, struct span s, struct buf *b)
{
	const struct model *m = z->model;
	const struct span space = space_of(z);
	const size_t start = b->n;
	bool after_space = m->trims;

	if (m->trims)
		s = skip_spaces(z, s);
	if (s.n == 0)
		return;
	if (m->dummy_prefix && !m->suffix)
		buf_put(b, space.p, space.n);
	while (s.n > 0) {
		size_t n;
		struct span to = rewrite(z, s, &n);

		while (after_space && span_starts(to, SPAN(" ")))
			to = span_from(to, 1);
		put(z, to, b);
		if (to.n > 0)
			after_space = m->trims && to.p[to.n - 1] == ' ';
		s = span_from(s, n);
	}
	while (m->trims && ends_in(span_from(buf_span(b), start), space))
		b->n -= space.n;
	if (m->dummy_prefix && m->suffix)
		buf_put(b, space.p, space.n);
}
