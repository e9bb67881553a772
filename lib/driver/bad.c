/* bad.c - the documents that were bad in the earlier ones of several passes. */
#include "lib/driver/bad.h"

#include <stdlib.h>

#include "lib/base/mem.h"

const char *
bad_docs_find(const struct bad_docs *b, uint64_t ordinal)
{
	size_t lo = 0, hi = b->known.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->known.v[mid].ordinal < ordinal)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == b->known.n || b->known.v[lo].ordinal != ordinal)
		return NULL;
	return b->known.v[lo].why;
}

void
bad_docs_add(struct bad_docs *b, uint64_t ordinal, const char *why)
{
	struct bad_list *l = &b->added;

	if (bad_docs_find(b, ordinal) || (l->n && l->v[l->n - 1].ordinal == ordinal))
		return;
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = (struct bad_doc){ ordinal, xstrdup(why) };
}

static int
by_ordinal(const void *a, const void *b)
{
	const uint64_t x = ((const struct bad_doc *)a)->ordinal,
		       y = ((const struct bad_doc *)b)->ordinal;

	return (x > y) - (x < y);
}

void
bad_docs_merge(struct bad_docs *b)
{
	struct bad_list *known = &b->known;

	for (size_t i = 0; i < b->added.n; i++) {
		GROW(known->v, known->n, known->cap);
		known->v[known->n++] = b->added.v[i];
	}
	b->added.n = 0;
	if (known->n)
		qsort(known->v, known->n, sizeof *known->v, by_ordinal);
}

void
bad_docs_free(struct bad_docs *b)
{
	bad_docs_merge(b);
	for (size_t i = 0; i < b->known.n; i++)
		free(b->known.v[i].why);
	free(b->known.v);
	free(b->added.v);
}
