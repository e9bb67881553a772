/* pair_lists.c - lists of word numbers that grow and are freed in chunks. */
#include "tok/train/pair_lists.h"

#include <stdlib.h>

#include "lib/base/err.h"

static void
grow(struct chunk_pool *p)
{
	p->cap = p->chunk ? 2 * p->cap : 1024;
	p->chunk = xrealloc(p->chunk, p->cap, sizeof *p->chunk);
	if (p->n == 0)
		p->n = 1;
}

static uint32_t
new_chunk(struct chunk_pool *p)
{
	uint32_t i = p->free;

	if (!p->chunk || p->n == p->cap)
		grow(p);
	if (i) {
		p->free = p->chunk[i].next;
	} else {
		if (p->n > UINT32_MAX)
			die(EXIT_SYSTEM, "too many words to train on: lower --memory");
		i = (uint32_t)p->n++;
	}
	p->chunk[i].n = 0;
	p->chunk[i].next = 0;
	return i;
}

void
pair_list_put(struct chunk_pool *p, struct pair_list *l, uint32_t word)
{
	struct pair_chunk *c = l->tail ? &p->chunk[l->tail] : NULL;

	if (c && c->word[c->n - 1] == word)
		return;
	if (!c || c->n == CHUNK_WORDS) {
		const uint32_t i = new_chunk(p);

		if (l->tail)
			p->chunk[l->tail].next = i;
		else
			l->head = i;
		l->tail = i;
		c = &p->chunk[i];
	}
	c->word[c->n++] = word;
}

void
pair_list_free(struct chunk_pool *p, struct pair_list *l)
{
	if (l->head) {
		p->chunk[l->tail].next = p->free;
		p->free = l->head;
	}
	*l = (struct pair_list){ 0 };
}

void
chunk_pool_free(struct chunk_pool *p)
{
	free(p->chunk);
	*p = (struct chunk_pool){ 0 };
}
