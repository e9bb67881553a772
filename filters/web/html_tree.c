/* html_tree.c - build the flat tree of a page from its tags and text. */
#include <stdlib.h>

#include "filters/web/html_tree.h"
#include "lib/base/chars.h"

/* Beyond these limits tags make no more nodes; the text is still kept. */
enum { NODES_MAX = 1 << 22, DEPTH_MAX = 1 << 21 };

/* A larger node array is freed after its page, or every thread would keep one. */
enum { NODES_KEPT = 1 << 18 };

static struct html_node *
add_node(struct html_tree *t, unsigned tag, uint32_t flags)
{
	struct html_node *n;

	GROW(t->node, t->n, t->cap);
	n = &t->node[t->n++];
	memset(n, 0, sizeof *n);
	n->tag = tag;
	n->flags = flags;
	n->parent = t->open[t->depth - 1].node;
	n->end = (uint32_t)t->n;
	return n;
}

static void
push(struct html_tree *t, unsigned tag, uint32_t node, bool made)
{
	struct open_tag *o;

	GROW(t->open, t->depth, t->open_cap);
	o = &t->open[t->depth++];
	*o = (struct open_tag){
		.tag = tag, .node = node, .prev = t->last[tag], .made = made
	};
	t->last[tag] = (uint32_t)t->depth;
}

/*
 * Reduce a heading, or an id made of one, to its letters and digits from the first letter
 * on, in lower case.  Generators differ in what they put between those.  Returns the
 * length, or `max` if it is longer.
 */
static size_t
reduce_name(struct span s, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < max; i++) {
		const char c = ascii_lower(s.p[i]);

		if ((c >= 'a' && c <= 'z') || (n > 0 && is_digit(c)))
			out[n++] = c;
	}
	return n;
}

/* Whether a class is one that pandoc and older versions of Sphinx give to a section. */
static bool
is_chapter_class(struct span s)
{
	return span_eq(s, SPAN("section")) || span_starts(s, SPAN("level")) ||
	       span_starts(s, SPAN("section level"));
}

/* Whether a heading is that of a chapter: "2.1 Comments", or one with a permalink. */
static bool
is_chapter_heading(struct span s)
{
	size_t digits = 0;

	s = span_trim(s);
	while (digits < s.n && is_digit(s.p[digits]))
		digits++;
	return (digits > 0 && digits < s.n && s.p[digits] == '.') ||
	       (s.n >= 2 && span_eq(span_from(s, s.n - 2), SPAN("\u00b6"))) ||
	       (s.n >= 3 && span_eq(span_from(s, s.n - 3), SPAN("\uf0c1")));
}

/* At the beginning of an element: see whether its heading may follow, or begins here. */
static void
find_own_heading(struct html_tree *t, const struct start_tag *s, unsigned by_id)
{
	struct html_own_heading *own = &t->own;

	if (by_id) {
		own->node = (uint32_t)t->n - 1;
		own->by_id = by_id;
		own->heading = 0;
		own->chapter =
		    s->has & 1u << A_CLASS && is_chapter_class(s->attr[A_CLASS]);
		own->n = reduce_name(s->attr[A_ID], own->name, sizeof own->name);
	} else if (own->node && !own->heading && s->tag >= T_H1 && s->tag <= T_H6) {
		own->heading = t->depth;
		own->from = t->text.n;
	}
}

/* At the end of the heading: undo the hints of an id that was made from it. */
static void
compare_own_heading(struct html_tree *t)
{
	struct html_own_heading *own = &t->own;
	const struct span heading = span_from(buf_span(&t->text), own->from);
	char name[sizeof own->name];
	const size_t n = reduce_name(heading, name, sizeof own->name);
	size_t digits = own->n;

	/* A number distinguishes sections of the same name. */
	while (digits > n && is_digit(own->name[digits - 1]))
		digits--;
	/* The comments of readers often have such a heading, too. */
	if (!own->chapter && !is_chapter_heading(heading))
		own->by_id &= ~(unsigned)N_COMMENT;
	if (n > 0 && n < sizeof name && digits == n && memcmp(name, own->name, n) == 0)
		t->node[own->node].flags &= ~own->by_id;
	own->node = 0;
}

/* Close all elements from index `depth` on, except the body. */
static void
pop_to(struct html_tree *t, size_t depth)
{
	while (t->depth > depth && t->depth > 1) {
		const struct open_tag *o = &t->open[--t->depth];

		t->last[o->tag] = o->prev;
		if (t->own.node && t->own.heading == t->depth + 1)
			compare_own_heading(t);
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

/* Mark the table cells and the row around a block: their content gets its own lines. */
static void
mark_cells(struct html_tree *t, unsigned tag)
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

void
html_tree_start_tag(struct html_tree *t, const struct start_tag *s)
{
	const unsigned flags = t->names->flags[s->tag];
	unsigned by_id = 0;
	uint32_t hints = 0, parent = t->open[t->depth - 1].node;
	bool made;

	if (s->tag == T_BODY || s->tag == T_HTML || s->tag == T_HEAD) {
		if (s->has && !t->never)
			t->forum |= (html_class_hints_of(t->hints, s, TAG_HINTS, &by_id) &
					N_FORUM) != 0;
		return;
	}
	if (t->never) {
		if (!(flags & (TAG_VOID | TAG_PLAIN)) && t->depth < DEPTH_MAX)
			push(t, s->tag, parent, false);
		return;
	}
	if (s->tag == T_A) {
		t->link = s->has & 1u << A_HREF;
		t->split = t->link;
		t->node[parent].links_here += t->link;
	}
	if (flags & TAG_BLOCK)
		mark_cells(t, s->tag);
	if (flags & TAG_BLOCK || s->tag == T_BR)
		t->broken = true;
	/* <main> and <article> are hints themselves. */
	if (s->has || s->tag == T_MAIN || s->tag == T_ARTICLE)
		hints = html_class_hints_of(t->hints, s, flags, &by_id);
	if (flags & TAG_BLOCK)
		hints |= N_BLOCK;
	/* A <figcaption> outside a figure may hold the beginning of an article. */
	if (flags & TAG_BOILER)
		hints |= s->tag != T_FIGCAPTION || t->last[T_FIGURE] ? N_BOILER : N_WEAK;
	made = (hints || s->tag == T_BR) && t->n < NODES_MAX;
	if (flags & TAG_PLAIN && !(hints & N_HIDDEN))
		return;
	if (made)
		add_node(t, s->tag, hints);
	if (flags & TAG_VOID || t->depth >= DEPTH_MAX)
		return;
	push(t, s->tag, made ? (uint32_t)t->n - 1 : parent, made);
	if (made)
		find_own_heading(t, s, by_id);
	if (flags & TAG_NEVER)
		t->never = t->depth;
}

void
html_tree_end_tag(struct html_tree *t, unsigned tag)
{
	const uint32_t at = t->last[tag];

	if (tag == T_A)
		t->link = false;
	if (tag == T_TITLE)
		t->titled = true;
	if (at > 1)
		pop_to(t, at - 1);
}

static bool
is_all_space(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_space(s.p[i]))
			return false;
	}
	return true;
}

static uint32_t
count_visible(const char *p, size_t n)
{
	size_t count = 0;

	/* Count bytes that begin a character, except white space and controls. */
	for (size_t i = 0; i < n; i++)
		count += (signed char)p[i] > 0x20 || (unsigned char)p[i] >= 0xC0;
	return (uint32_t)count;
}

static void
add_text(struct html_tree *t, struct span s)
{
	const uint32_t parent = t->open[t->depth - 1].node;
	const size_t at = t->text.n;
	struct html_node *n = &t->node[t->n - 1];

	if (t->broken && is_all_space(s))
		return;
	if (!t->own.heading)
		t->own.node = 0;
	buf_put(&t->text, s.p, s.n);
	if (n->tag != T_TEXT || n->parent != parent || !(n->flags & N_LINK) != !t->link ||
	    t->broken || t->split) {
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
	t->broken = t->split = false;
}

void
html_tree_chars(struct html_tree *t, struct span text)
{
	if (!t->never)
		add_text(t, text);
	else if (t->open[t->depth - 1].tag == T_TITLE && !t->titled &&
		 t->never == t->depth)
		/* Only the first <title>; drawings in the page have titles, too. */
		buf_put(&t->title, text.p, text.n);
}

void
html_tree_begin(struct html_tree *t)
{
	if (t->cap > NODES_KEPT)
		html_tree_free(t);
	t->n = t->depth = t->text.n = t->title.n = t->never = 0;
	t->link = t->split = t->titled = t->forum = false;
	t->broken = true;
	t->own.node = 0;
	memset(t->last, 0, sizeof t->last);
	push(t, T_BODY, 0, true);
	add_node(t, T_BODY, N_BLOCK);
}

void
html_tree_finish(struct html_tree *t)
{
	pop_to(t, 1);
	t->node[0].end = (uint32_t)t->n;
}

void
html_tree_free(struct html_tree *t)
{
	free(t->node);
	free(t->open);
	buf_free(&t->text);
	buf_free(&t->title);
	t->node = NULL;
	t->open = NULL;
	t->cap = t->open_cap = 0;
}
