/* html_walk.h - visit the nodes and marks of a page in order, for the formats of its
 * text.
 */
#ifndef TAMIS_HTML_WALK_H
#define TAMIS_HTML_WALK_H

#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* What a format does with nodes and marks; self: its writer. */
struct html_form {
	void (*enter)(void *self, const struct html_node *n); /* an element */
	void (*leave)(void *self, const struct html_node *n);
	void (*omit)(void *self, const struct html_node *n); /* a node that is skipped */
	/* Text between two marks or nodes. */
	void (*text)(void *self, struct span s);
	void (*mark)(void *self, const struct html_mark *m);
};

/* The state of a walk over some nodes of a tree, from first to last.  Zero it. */
struct html_walk {
	size_t mark; /* the next one */
};

/* Visit the marks before node i. */
static inline void
html_walk_marks(const struct html_tree *t, size_t i, struct html_walk *walk,
    const struct html_form *f, void *self)
{
	while (walk->mark < t->marks && t->mark[walk->mark].node <= i)
		f->mark(self, &t->mark[walk->mark++]);
}

/* Visit the marks that are left in node i, or skip them. */
static inline void
html_walk_inside(const struct html_tree *t, size_t i, struct html_walk *walk,
    const struct html_form *f, void *self)
{
	while (walk->mark < t->marks && t->mark[walk->mark].parent >= i &&
	       t->mark[walk->mark].parent < t->node[i].end) {
		if (f)
			f->mark(self, &t->mark[walk->mark]);
		walk->mark++;
	}
}

/* Visit the text of node i and the marks in it. */
static inline void
html_walk_text(const struct html_tree *t, size_t i, struct html_walk *walk,
    const struct html_form *f, void *self)
{
	size_t at = t->node[i].off;
	const size_t end = at + t->node[i].len;

	while (walk->mark < t->marks && t->mark[walk->mark].node == i + 1 &&
	       t->mark[walk->mark].at < end) {
		const struct html_mark *m = &t->mark[walk->mark++];

		/* It is before the text if the number of an item was removed. */
		if (m->at > at) {
			f->text(self, (struct span){ t->text.p + at, m->at - at });
			at = m->at;
		}
		f->mark(self, m);
	}
	f->text(self, (struct span){ t->text.p + at, end - at });
}

/* Visit the content of node `root` without nodes that have a flag of `skip`.  The open
 * elements are not left at the end. */
static inline void
html_walk(const struct html_tree *t, size_t root, uint32_t skip, struct html_walk *walk,
    const struct html_form *f, void *self)
{
	const struct html_node *all = t->node;
	size_t in = root;

	while (walk->mark < t->marks && t->mark[walk->mark].node <= root)
		walk->mark++;
	for (size_t i = root + 1; i < all[root].end; i++) {
		const struct html_node *n = &all[i];

		for (; in != n->parent; in = all[in].parent) {
			html_walk_inside(t, in, walk, f, self);
			f->leave(self, &all[in]);
		}
		html_walk_marks(t, i, walk, f, self);
		if (n->flags & skip) {
			f->omit(self, n);
			html_walk_inside(t, i, walk, NULL, NULL);
			i = n->end - 1;
		} else if (n->tag == T_TEXT) {
			html_walk_text(t, i, walk, f, self);
		} else {
			f->enter(self, n);
			if (n->end > i + 1) {
				in = i;
			} else if (n->tag != T_BR) {
				html_walk_inside(t, i, walk, f, self);
				f->leave(self, n);
			}
		}
	}
	html_walk_inside(t, in, walk, f, self);
}

/* The length in bytes of the white space at p: ASCII or U+00A0; 0: none. */
static inline size_t
html_space_at(const char *p, const char *end)
{
	if (is_space(*p))
		return 1;
	return (unsigned char)*p == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xA0
		   ? 2
		   : 0;
}

/* U+00AD marks a possible line break and is not part of the text. */
static inline bool
html_soft_hyphen_at(const char *p, const char *end)
{
	return (unsigned char)*p == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xAD;
}

static inline bool
html_is_verbatim(const struct html_node *n)
{
	return n->tag == T_PRE || n->tag == T_LISTING || n->tag == T_XMP ||
	       n->tag == T_PLAINTEXT;
}

/* Whether the node is a table cell in a row that holds no blocks. */
static inline bool
html_is_inline_cell(const struct html_tree *t, const struct html_node *n)
{
	return (n->tag == T_TD || n->tag == T_TH) && t->node[n->parent].tag == T_TR &&
	       !(t->node[n->parent].flags & N_HOLDS_BLOCK);
}

/* Whether a cell is the only one of its row. */
static inline bool
html_is_lone_cell(const struct html_tree *t, const struct html_node *n)
{
	const struct html_node *row = &t->node[n->parent];

	return n == row + 1 && n->end == row->end;
}

/* Whether a superscript or subscript with a single text is clearly an exponent or index
 * after the text `before`. */
static inline enum html_script
html_script_in(const struct html_tree *t, const struct html_node *n, struct span before)
{
	const struct html_node *text = n + 1, *next = t->node + n->end;
	struct span after = SPAN("");

	if (n->end != (size_t)(text - t->node) + 1 || text->tag != T_TEXT ||
	    text->flags & N_LINK)
		return SCRIPT_NONE;
	if (n->end < t->n && next->tag == T_TEXT)
		after = (struct span){ t->text.p + next->off, next->len };
	return html_script_of(before, (struct span){ t->text.p + text->off, text->len },
	    after, n->tag == T_SUP);
}

#endif
