/* html_dom.h - the document tree of a web page: nodes in one array. */
#ifndef TAMIS_HTML_DOM_H
#define TAMIS_HTML_DOM_H

#include "filters/web/html/html_tokenizer.h"

/* Codes of nodes that are not elements. */
enum {
	DOM_TEXT = T_TEXT,
	DOM_DOCUMENT = T_COUNT,
	DOM_COMMENT,
	DOM_DOCTYPE,
};

/* Links are indexes of nodes.  Node 0 is the document; as a link to a sibling or child it
 * means none. */
struct dom_node {
	uint32_t parent, prev, next;
	union {
		struct {
			uint32_t first, last; /* children of an element */
		};
		struct html_text text; /* of text, comment, doctype */
	};
	uint32_t code;	     /* see html_names.h */
	uint32_t at;	     /* element: offset of its tag in the page; NO_TAG: implied */
	uint32_t attr : 30;  /* element: as in html_token */
	uint32_t open : 1;   /* element: on the stack of open elements */
	uint32_t listed : 1; /* element: in the list of active formatting elements */
};
#define NO_TAG UINT32_MAX

struct html_dom {
	struct dom_node *node;
	size_t n, cap;
};

/* A place for a node: in `parent`, before its child `before`; 0: at its end. */
struct dom_place {
	uint32_t parent, before;
};

void dom_begin(struct html_dom *d);
void dom_free(struct html_dom *d);
/* Take a node out of its parent, if it has one that is an element. */
void dom_remove(struct html_dom *d, uint32_t node);
/* Move all children of `from` to the end of `to`. */
void dom_move_children(struct html_dom *d, uint32_t from, uint32_t to);

/* A new node outside the tree. */
static inline uint32_t
dom_new(struct html_dom *d, uint32_t code, uint32_t at, uint32_t attr)
{
	GROW(d->node, d->n, d->cap);
	d->node[d->n] =
	    (struct dom_node){ .code = code, .at = at, .attr = attr & 0x3FFFFFFF };
	return (uint32_t)d->n++;
}

static inline void
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

/* Insert text; it extends the text before it where its bytes follow. */
static inline void
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

static inline bool
dom_is_element(const struct dom_node *n)
{
	return n->code < DOM_TEXT || n->code >= CODE_UNKNOWN;
}

#endif
