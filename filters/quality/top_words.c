/* top_words.c - count words in bounded memory; the frequent ones are counted well. */
#include "filters/quality/top_words.h"

#include <stdlib.h>

#include "lib/base/hash.h"

static size_t
find(const struct top_words *c, struct span word)
{
	size_t at = hash64(word, 0) & c->mask;

	while (c->slot[at] && !span_eq(c->v[c->slot[at] - 1].word, word))
		at = (at + 1) & c->mask;
	return at;
}

static void
index_all(struct top_words *c, size_t slots)
{
	free(c->slot);
	c->slot = xcalloc(slots, sizeof *c->slot);
	c->mask = slots - 1;
	for (size_t i = 0; i < c->n; i++)
		c->slot[find(c, c->v[i].word)] = (uint32_t)i + 1;
}

static int
by_count(const void *a, const void *b)
{
	const struct word_count *x = a, *y = b;
	size_t n = x->word.n < y->word.n ? x->word.n : y->word.n;
	int order;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	order = memcmp(x->word.p, y->word.p, n);
	return order ? order : x->word.n < y->word.n ? -1 : 1;
}

void
top_words_sort(struct top_words *c)
{
	if (c->n)
		qsort(c->v, c->n, sizeof *c->v, by_count);
}

/* Subtract the median count from all counts and drop the words that have none left. */
static void
subtract_median(struct top_words *c)
{
	struct arena kept = { 0 };
	uint64_t off;
	size_t n = 0;

	top_words_sort(c);
	off = c->v[c->n / 2].n;
	for (size_t i = 0; i < c->n && c->v[i].n > off; i++, n++) {
		c->v[n].n = c->v[i].n - off;
		c->v[n].word.p = arena_copy(&kept, c->v[i].word);
	}
	arena_free(&c->mem);
	c->mem = kept;
	c->n = n;
	index_all(c, c->mask + 1);
}

void
top_words_add(struct top_words *c, struct span word, uint64_t n)
{
	size_t at;

	if (!c->slot)
		index_all(c, 1024);
	at = find(c, word);
	if (c->slot[at]) {
		c->v[c->slot[at] - 1].n += n;
		return;
	}
	if (c->n == TOP_WORDS_MAX) {
		subtract_median(c);
		at = find(c, word);
	}
	GROW(c->v, c->n, c->cap);
	c->v[c->n++] = (struct word_count){ { arena_copy(&c->mem, word), word.n }, n };
	c->slot[at] = (uint32_t)c->n;
	if (2 * c->n > c->mask)
		index_all(c, 2 * (c->mask + 1));
}

void
top_words_free(struct top_words *c)
{
	free(c->v);
	free(c->slot);
	arena_free(&c->mem);
	*c = (struct top_words){ 0 };
}
