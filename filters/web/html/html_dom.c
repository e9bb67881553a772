/* html_dom.c - the document tree of a web page: nodes in one array. */
#include "filters/web/html/html_dom.h"

#include <stdlib.h>

/* A larger array is freed after its page, or every thread would keep one. */
enum { NODES_KEPT = 1 << 19 };

void
dom_begin(struct html_dom *d)
{
	if (d->cap > NODES_KEPT)
		dom_free(d);
	d->n = 0;
	dom_new(d, DOM_DOCUMENT, NO_TAG, 0);
}

void
dom_free(struct html_dom *d)
{
	free(d->node);
	d->node = NULL;
	d->n = d->cap = 0;
}

void
dom_remove(struct html_dom *d, uint32_t node)
{
	struct dom_node *n = &d->node[node], *up = &d->node[n->parent];

	if (!n->parent)
		return;
	*(n->prev ? &d->node[n->prev].next : &up->first) = n->next;
	*(n->next ? &d->node[n->next].prev : &up->last) = n->prev;
	n->parent = n->prev = n->next = 0;
}

void
dom_move_children(struct html_dom *d, uint32_t from, uint32_t to)
{
	struct dom_node *source = &d->node[from], *target = &d->node[to];

	if (!source->first)
		return;
	for (uint32_t i = source->first; i; i = d->node[i].next)
		d->node[i].parent = to;
	*(target->last ? &d->node[target->last].next : &target->first) = source->first;
	d->node[source->first].prev = target->last;
	target->last = source->last;
	source->first = source->last = 0;
}
