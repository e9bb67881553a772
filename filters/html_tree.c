/*
 * html_tree.c - build the flat tree of a page from its tags: which element a text is in.
 *
 * A smaller machine than the HTML standard's: it keeps the rules about what ends what
 * (13.2.6), and treats a link as the standard's list of formatting elements would.  All
 * rules look at fixed places of the stack only, so that time is linear whatever comes.
 */
#include <stdlib.h>

#include "filters/html_tree.h"

/* Past these a page's tags are only read over: its text still counts. */
enum { NODES_MAX = 1 << 22, DEPTH_MAX = 1 << 21 };

/* Nodes whose memory is kept for the next page: a giant one shall not cost for good. */
enum { NODES_KEPT = 1 << 18 };

static struct node *
add_node(struct tree *t, unsigned tag, uint32_t flags)
{
	struct node *n;

	if (t->n == t->cap) {
		t->cap = t->cap ? xmul(t->cap, 2) : 1024;
		t->node = xrealloc(t->node, t->cap, sizeof *t->node);
	}
	n = &t->node[t->n++];
	memset(n, 0, sizeof *n);
	n->tag = tag;
	n->flags = flags;
	n->parent = t->open[t->depth - 1].node;
	n->end = (uint32_t)t->n;
	return n;
}

static void
push(struct tree *t, const struct token *k, uint32_t node, bool made)
{
	const unsigned flags = t->names->flags[k->tag];
	struct open_tag *o;

	if (t->depth == t->open_cap) {
		t->open_cap = t->open_cap ? xmul(t->open_cap, 2) : 256;
		t->open = xrealloc(t->open, t->open_cap, sizeof *t->open);
	}
	o = &t->open[t->depth];
	*o = (struct open_tag){
		.tag = k->tag, .hash = k->hash, .node = node, .made = made
	};
	if (t->depth > 0) {
		o->scope = o[-1].scope;
		o->block = o[-1].block;
	}
	o->prev = t->last[k->tag];
	t->depth++;
	t->last[k->tag] = (uint32_t)t->depth;
	if (flags & TAG_SCOPE)
		o->scope = (uint32_t)t->depth;
	if (flags & TAG_BLOCK)
		o->block = (uint32_t)t->depth;
}

/* Close all from place `depth` on; the body stays open. */
static void
pop_to(struct tree *t, size_t depth)
{
	while (t->depth > depth && t->depth > 1) {
		const struct open_tag *o = &t->open[--t->depth];

		t->last[o->tag] = o->prev;
		if (o->made)
			t->node[o->node].end = (uint32_t)t->n;
		if (t->never > t->depth)
			t->never = 0;
		if (o->tag == T_TD || o->tag == T_TH || o->tag == T_CAPTION)
			t->link = false;
		if (t->names->flags[o->tag] & TAG_BLOCK)
			t->broken = true;
	}
}

static uint32_t
max(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Close the innermost element of this tag if it is inside place `floor`. */
static void
close_inside(struct tree *t, unsigned tag, uint32_t floor)
{
	if (t->last[tag] > floor)
		pop_to(t, t->last[tag] - 1);
}

/* What a start tag ends of what is open: "optional tags" of the standard. */
static void
close_before(struct tree *t, unsigned tag)
{
	const struct open_tag *top = &t->open[t->depth - 1];
	const uint32_t scope = top->scope, table = t->last[T_TABLE];
	const uint32_t list = max(scope, max(t->last[T_UL], t->last[T_OL]));

	if (t->names->flags[tag] & TAG_ENDS_P)
		close_inside(t, T_P, scope);
	switch (tag) {
	case T_LI:
		close_inside(t, T_LI, list);
		break;
	case T_DD:
	case T_DT:
		close_inside(t, T_DD, max(scope, t->last[T_DL]));
		close_inside(t, T_DT, max(scope, t->last[T_DL]));
		break;
	case T_H1:
	case T_H2:
	case T_H3:
	case T_H4:
	case T_H5:
	case T_H6:
		if (t->depth > 1 && t->open[t->depth - 1].tag >= T_H1 &&
		    t->open[t->depth - 1].tag <= T_H6)
			pop_to(t, t->depth - 1);
		break;
	case T_OPTION:
		close_inside(t, T_OPTION, t->last[T_SELECT]);
		break;
	case T_TBODY:
	case T_THEAD:
	case T_TFOOT:
	case T_CAPTION:
		if (table)
			pop_to(t, table);
		break;
	case T_TR:
		close_inside(t, T_TR, table);
		break;
	case T_TD:
	case T_TH:
		close_inside(t, T_TD, max(table, t->last[T_TR]));
		close_inside(t, T_TH, max(table, t->last[T_TR]));
		break;
	default:
		break;
	}
}

/* A block makes the cells and rows around it ones with lines of their own. */
static void
mark_cells(struct tree *t, unsigned tag)
{
	uint32_t at[2] = { t->last[T_TD], t->last[T_TH] };

	if (tag == T_TR || tag == T_TD || tag == T_TH || tag == T_TBODY ||
	    tag == T_THEAD || tag == T_TFOOT)
		return;
	for (int i = 0; i < 2; i++) {
		if (at[i] && t->open[at[i] - 1].made)
			t->node[t->open[at[i] - 1].node].flags |= N_HOLDS_BLOCK;
	}
	if (t->last[T_TR] && t->open[t->last[T_TR] - 1].made && (at[0] || at[1]))
		t->node[t->open[t->last[T_TR] - 1].node].flags |= N_HOLDS_BLOCK;
}

static void
start_tag(struct tree *t, const struct token *k)
{
	const unsigned flags = t->names->flags[k->tag];
	const bool body = k->tag == T_BODY || k->tag == T_HTML || k->tag == T_HEAD;
	uint32_t marks = 0, parent;
	bool made;

	if (t->never) {
		if (!(flags & (TAG_VOID | TAG_PLAIN)) && !k->closed && !body &&
		    t->depth < DEPTH_MAX)
			push(t, k, t->open[t->depth - 1].node, false);
		return;
	}
	if (body) {
		if (k->has)
			t->forum |=
			    (html_marks_of(t->marks, k, TAG_CLASSY) & N_FORUM) != 0;
		return;
	}
	close_before(t, k->tag);
	if (k->tag == T_A)
		close_inside(t, T_A, t->open[t->depth - 1].block);
	parent = t->open[t->depth - 1].node;
	if (k->tag == T_A) {
		t->link = k->has & 1u << A_HREF;
		t->node[parent].links_here += t->link;
	}
	if (flags & TAG_BLOCK)
		mark_cells(t, k->tag);
	if (flags & TAG_BLOCK || k->tag == T_BR)
		t->broken = true;
	if (k->has)
		marks = html_marks_of(t->marks, k, flags);
	if (flags & TAG_BLOCK)
		marks |= N_BLOCK;
	if (flags & TAG_BOILER)
		marks |= N_BOILER;
	made = (marks || k->tag == T_BR) && t->n < NODES_MAX;
	if (flags & TAG_PLAIN && !(marks & N_HIDDEN))
		return;
	if (made)
		add_node(t, k->tag, marks);
	if (flags & TAG_VOID || (k->closed && flags & TAG_NEVER) || t->depth >= DEPTH_MAX)
		return;
	push(t, k, made ? (uint32_t)t->n - 1 : parent, made);
	if (flags & TAG_NEVER)
		t->never = t->depth;
}

/* The places on the stack that an end tag cannot reach past. */
static uint32_t
floor_of(const struct tree *t, unsigned tag)
{
	const struct open_tag *top = &t->open[t->depth - 1];

	switch (tag) {
	case T_TABLE:
	case T_TEMPLATE:
	case T_OBJECT:
	case T_BUTTON:
	case T_MARQUEE:
	case T_APPLET:
		return 0;
	case T_TR:
	case T_TD:
	case T_TH:
	case T_TBODY:
	case T_THEAD:
	case T_TFOOT:
	case T_CAPTION:
		return t->last[T_TABLE];
	default:
		break;
	}
	return t->names->flags[tag] & TAG_BLOCK ? top->scope
						: max(top->scope, top->block);
}

static void
end_tag(struct tree *t, const struct token *k)
{
	unsigned tag = k->tag;
	uint32_t at = t->last[tag];

	if (tag == T_A)
		t->link = false;
	if (tag >= T_H1 && tag <= T_H6) {
		/* Any heading's end tag ends any heading. */
		for (unsigned h = T_H1; h <= T_H6; h++)
			at = max(at, t->last[h]);
	}
	if (at <= 1 || (tag >= T_OTHER && t->open[at - 1].hash != k->hash))
		return;
	if (at > floor_of(t, tag))
		pop_to(t, at - 1);
}

static bool
is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\t' && s.p[i] != '\r' &&
		    s.p[i] != '\f')
			return false;
	}
	return true;
}

static uint32_t
count_visible(const char *p, size_t n)
{
	size_t count = 0;

	/* Bytes that begin a character, white space and controls left out. */
	for (size_t i = 0; i < n; i++)
		count += (signed char)p[i] > 0x20 || (unsigned char)p[i] >= 0xC0;
	return (uint32_t)count;
}

static void
add_text(struct tree *t, struct span s)
{
	const uint32_t parent = t->open[t->depth - 1].node;
	const size_t at = t->text.n;
	struct node *n = &t->node[t->n - 1];

	if (t->broken && is_blank(s))
		return;
	html_unescape(t->names, s, &t->text);
	if (n->tag != T_TEXT || n->parent != parent || !(n->flags & N_LINK) != !t->link ||
	    t->broken) {
		if (t->n >= NODES_MAX && n->tag != T_TEXT) {
			t->text.n = at;
			return;
		}
		if (t->n < NODES_MAX) {
			n = add_node(t, T_TEXT, t->link ? N_LINK : 0);
			n->off = (uint32_t)at;
		}
	}
	n->len += (uint32_t)(t->text.n - at);
	n->chars += count_visible(t->text.p + at, t->text.n - at);
	t->broken = false;
}

static void
read_text(struct tree *t, struct span s, unsigned in)
{
	if (in == T_TITLE + 1) {
		/* Drawings have titles too: not the page's. */
		if (!t->titled && t->never == t->depth) {
			html_unescape(t->names, s, &t->title);
			t->titled = true;
		}
	} else if (!t->never) {
		add_text(t, s);
	}
}

void
tree_build(struct tree *t, struct span page)
{
	struct lexer l = { .names = t->names, .p = page.p, .end = page.p + page.n };
	struct token k = { .tag = T_BODY };

	if (t->cap > NODES_KEPT)
		tree_free(t);
	t->n = t->depth = t->text.n = t->title.n = t->never = 0;
	t->link = t->titled = t->forum = false;
	t->broken = true;
	memset(t->last, 0, sizeof t->last);
	push(t, &k, 0, true);
	add_node(t, T_BODY, N_BLOCK);
	for (;;) {
		const unsigned raw = l.raw;

		html_next(&l, &k);
		if (k.kind == TOKEN_EOF)
			break;
		if (k.kind == TOKEN_TEXT)
			read_text(t, k.text, raw);
		else if (k.kind == TOKEN_START)
			start_tag(t, &k);
		else
			end_tag(t, &k);
	}
	pop_to(t, 1);
	t->node[0].end = (uint32_t)t->n;
}

void
tree_free(struct tree *t)
{
	free(t->node);
	free(t->open);
	buf_free(&t->text);
	buf_free(&t->title);
	t->node = NULL;
	t->open = NULL;
	t->cap = t->open_cap = 0;
}
