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

uint32_t
dom_new(struct html_dom *d, uint32_t code, uint32_t at, uint32_t attr)
{
	GROW(d->node, d->n, d->cap);
	d->node[d->n] =
	    (struct dom_node){ .code = code, .at = at, .attr = attr & 0x3FFFFFFF };
	return (uint32_t)d->n++;
}

void
dom_insert(struct html_dom *d, uint32_t node, struct dom_place place)
{
	struct dom_node *n = &d->node[node], *up = &d->node[place.parent];
	struct dom_node *after = &d->node[place.before];

	n->parent = place.parent;
	n->next = place.before;
	n->prev = place.before ? after->prev : up->last;
	*(n->prev ? &d->node[n->prev].next : &up->first) = node;
	*(n->next ? &after->prev : &up->last) = node;
}

void
dom_insert_text(struct html_dom *d, struct html_text text, struct dom_place place)
{
	const uint32_t prev =
	    place.before ? d->node[place.before].prev : d->node[place.parent].last;
	struct dom_node *last = &d->node[prev];
	uint32_t node;

	if (last->code == DOM_TEXT && last->text.at + last->text.n == text.at) {
		last->text.n += text.n;
		return;
	}
	node = dom_new(d, DOM_TEXT, 0, 0);
	d->node[node].text = text;
	dom_insert(d, node, place);
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
