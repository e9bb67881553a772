/* html_insert.c - insert nodes into the tree: HTML standard, 13.2.6.1. */
#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"

/* The place for a node that is in a table where it must not be. */
static struct dom_place
foster_place(struct html_parser *p)
{
	const int template = find_open(p, T_TEMPLATE), table = find_open(p, T_TABLE);

	if (template > table)
		return (struct dom_place){ p->open.node[template], 0 };
	if (table < 0)
		return (struct dom_place){ p->open.node[0], 0 };
	if (node_of(p, p->open.node[table])->parent)
		return (struct dom_place){ node_of(p, p->open.node[table])->parent,
			p->open.node[table] };
	return (struct dom_place){ p->open.node[table - 1], 0 };
}

struct dom_place
place_in_table(struct html_parser *p, uint32_t target)
{
	switch (node_of(p, target)->code) {
	case T_TABLE:
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
	case T_TR:
		return foster_place(p);
	default:
		return (struct dom_place){ target, 0 };
	}
}

void
insert_text(struct html_parser *p, struct html_text text)
{
	if (text.n)
		dom_insert_text(&p->dom, text, appropriate_place(p, current_node(p)));
}

static void
insert_comment_at(struct html_parser *p, struct dom_place place)
{
	uint32_t node;

	if (!p->exact)
		return;
	node = dom_new(&p->dom, DOM_COMMENT, 0, 0);
	node_of(p, node)->text = p->token.text;
	dom_insert(&p->dom, node, place);
}

void
insert_comment(struct html_parser *p)
{
	insert_comment_at(p, appropriate_place(p, current_node(p)));
}

void
insert_comment_in(struct html_parser *p, uint32_t parent)
{
	insert_comment_at(p, (struct dom_place){ parent, 0 });
}

static uint32_t
insert(struct html_parser *p, uint32_t node)
{
	const struct dom_place root = { 0, 0 };

	dom_insert(
	    &p->dom, node, p->open.n ? appropriate_place(p, current_node(p)) : root);
	push(p, node);
	return node;
}

uint32_t
insert_element(struct html_parser *p)
{
	const struct html_token *t = &p->token;

	return insert(p, dom_new(&p->dom, t->code, t->at, t->attr));
}

uint32_t
insert_foreign(struct html_parser *p, uint32_t space)
{
	const struct html_token *t = &p->token;

	return insert(p, dom_new(&p->dom, t->code | space, t->at, t->attr));
}

uint32_t
insert_implied(struct html_parser *p, unsigned tag)
{
	return insert(p, dom_new(&p->dom, tag, NO_TAG, 0));
}

void
insert_void(struct html_parser *p)
{
	const struct html_token *t = &p->token;

	dom_insert(&p->dom, dom_new(&p->dom, t->code, t->at, t->attr),
	    appropriate_place(p, current_node(p)));
}

void
insert_raw_text(struct html_parser *p, enum html_content content)
{
	insert_element(p);
	p->source.content = content;
	p->source.content_tag = p->token.code;
	p->original_mode = p->mode;
	p->mode = TEXT;
}

struct html_text
take_space(struct html_parser *p)
{
	struct html_text *text = &p->token.text, space = *text;
	const struct span s = html_text_span(&p->source, space);

	space.n = 0;
	while (space.n < s.n && is_space(s.p[space.n]))
		space.n++;
	text->at += space.n;
	text->n -= space.n;
	return space;
}

bool
is_all_space(const struct html_parser *p, struct html_text text)
{
	const struct span s = html_text_span(&p->source, text);

	for (size_t i = 0; i < s.n; i++)
		if (!is_space(s.p[i]))
			return false;
	return true;
}
