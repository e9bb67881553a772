/* word_list.c - a small set of words, for stop words. */
#include "filters/quality/word_list.h"

#include <stdlib.h>

#include "lib/base/err.h"

/* A cheap hash: most words of a text are not on the list and differ in their first
 * bytes. */
static size_t
slot_of(const struct word_list *l, struct span w)
{
	uint64_t key = 0;

	memcpy(&key, w.p, w.n < 8 ? w.n : 8);
	return (size_t)((key ^ w.n) * UINT64_C(0x9e3779b97f4a7c15) >> 40) & l->mask;
}

static size_t
find(const struct word_list *l, struct span w)
{
	size_t at = slot_of(l, w);

	while (l->slot[at] && !span_eq(l->v[l->slot[at] - 1], w))
		at = (at + 1) & l->mask;
	return at;
}

int
word_list_find(const struct word_list *l, struct span w)
{
	return l->n ? (int)l->slot[find(l, w)] - 1 : -1;
}

bool
word_list_add(struct word_list *l, struct span w)
{
	if (word_list_find(l, w) >= 0)
		return false;
	if (l->n == WORD_LIST_MAX)
		BUG("a list of too many words");
	l->v = xrealloc(l->v, l->n + 1, sizeof *l->v);
	l->v[l->n++] = (struct span){ arena_copy(&l->mem, w), w.n };
	if (l->n * 4 > l->mask) {
		l->mask = l->mask ? l->mask * 2 + 1 : 63;
		free(l->slot);
		l->slot = xcalloc(l->mask + 1, sizeof *l->slot);
		for (size_t i = 0; i + 1 < l->n; i++)
			l->slot[find(l, l->v[i])] = (uint16_t)(i + 1);
	}
	l->slot[find(l, w)] = (uint16_t)l->n;
	return true;
}

void
word_list_free(struct word_list *l)
{
	free(l->v);
	free(l->slot);
	arena_free(&l->mem);
	*l = (struct word_list){ 0 };
}
