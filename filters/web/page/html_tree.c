/* html_tree.c - build the flat tree of a page from its document. */
#include "filters/web/page/html_tree.h"

#include <stdlib.h>

#include "filters/web/html/byte_scan.h"
#include "lib/base/chars.h"

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
	t->all_flags |= flags;
	t->has_tag[tag] = true;
	n->parent = t->open[t->depth - 1].node;
	n->end = (uint32_t)t->n;
	return n;
}

static void
push(struct html_tree *t, unsigned tag, uint32_t node, bool made)
{
	GROW(t->open, t->depth, t->open_cap);
	t->open[t->depth++] = (struct open_tag){
		.tag = tag,
		.node = node,
		.made = made,
		.link = t->link,
		.hidden = t->hidden,
		.pre = t->pre,
		.cells = t->cells,
	};
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

static void put_quote(struct html_tree *t, bool end);

static void
break_line(struct html_tree *t)
{
	t->broken = true;
	t->indent = 0;
}

/* Close the innermost element. */
static void
leave(struct html_tree *t)
{
	const struct open_tag *o = &t->open[t->depth - 1];

	if (o->quoted)
		put_quote(t, true);
	t->ended |= o->tag == T_A || o->tag == T_SPAN;
	t->depth--;
	if (t->own.node && t->own.heading == t->depth + 1)
		compare_own_heading(t);
	if (t->gutter.node && t->gutter.depth == t->depth + 1)
		html_end_gutter(t);
	if (o->made)
		t->node[o->node].end = (uint32_t)t->n;
	t->link = o->link;
	t->hidden = o->hidden;
	t->pre = o->pre;
	t->cells = o->cells;
	if (html_tag_flags[o->tag] & TAG_BLOCK)
		break_line(t);
	if (t->want)
		html_mark_end(t, o->tag);
}

/* Mark the table cells and the row around a block: their content gets its own lines. */
static void
mark_cells(struct html_tree *t, unsigned tag)
{
	const struct html_cells *c = &t->cells;

	if (tag == T_TR || tag == T_TD || tag == T_TH || tag == T_TBODY ||
	    tag == T_THEAD || tag == T_TFOOT)
		return;
	if (c->td)
		t->node[c->td].flags |= N_HOLDS_BLOCK;
	if (c->th)
		t->node[c->th].flags |= N_HOLDS_BLOCK;
	if (c->row && (c->td || c->th))
		t->node[c->row].flags |= N_HOLDS_BLOCK;
}

/* Note the node of an element that others ask for. */
static void
note_cell(struct html_tree *t, unsigned tag, uint32_t node)
{
	if (tag == T_TD)
		t->cells.td = node;
	else if (tag == T_TH)
		t->cells.th = node;
	else if (tag == T_TR)
		t->cells.row = node;
	else if (tag == T_FIGURE)
		t->cells.figure = node;
}

/* The N_ bits of an element. */
static uint32_t
hints_of(struct html_tree *t, const struct start_tag *s, unsigned flags, unsigned *by_id)
{
	uint32_t hints = 0;

	/* <main> and <article> are hints themselves. */
	if (s->has || s->tag == T_MAIN || s->tag == T_ARTICLE)
		hints = html_class_hints_of(t->hints, s, flags, by_id);
	if (s->has)
		hints |= html_furniture_hint(s);
	if (flags & TAG_BLOCK)
		hints |= N_BLOCK;
	if (flags & TAG_COMPANION)
		hints |= N_COMPANION;
	/* A <figcaption> outside a figure may hold the beginning of an article. */
	if (flags & TAG_BOILER)
		hints |= s->tag != T_FIGCAPTION || t->cells.figure ? N_BOILER : N_WEAK;
	return hints;
}

/* Note what the class and id of the latest node say. */
static void
look_at(struct html_tree *t, const struct start_tag *s)
{
	struct html_node *n = &t->node[t->n - 1];
	int sum = 0;

	if (s->has & 1u << A_CLASS) {
		html_class_weigh(s->class_facts, t->words);
		n->look = s->class_facts->hash;
		sum += s->class_facts->weight;
	}
	if (s->has & 1u << A_ID)
		sum += html_class_weight(t->words, s->attr[A_ID]);
	n->words = (int8_t)(sum < -127 ? -127 : sum > 127 ? 127 : sum);
}

/* Open an element, whose content follows. */
static void
enter(struct html_tree *t, const struct start_tag *s, unsigned flags)
{
	uint32_t parent = t->open[t->depth - 1].node;
	unsigned by_id = 0;
	uint32_t hints;
	bool made, gutter;

	if (t->want)
		html_mark_begin(t, s);
	if (flags & TAG_BLOCK)
		mark_cells(t, s->tag);
	if (flags & TAG_BLOCK || s->tag == T_BR)
		break_line(t);
	hints = hints_of(t, s, flags, &by_id);
	if (s->tag == T_BUTTON && t->pre)
		hints |= N_HIDDEN;
	gutter = !t->gutter.node && html_may_be_gutter(t, s, hints);
	hints &= ~(uint32_t)N_GUTTER;
	made = (hints || s->tag == T_BR || flags & TAG_SCRIPT || gutter) &&
	       (!(flags & TAG_PLAIN) || hints & N_HIDDEN);
	if (made)
		add_node(t, s->tag, hints)->off = s->at;
	push(t, s->tag, made ? (uint32_t)t->n - 1 : parent, made);
	t->hidden |= (hints & N_HIDDEN) != 0;
	t->pre |= s->tag == T_PRE;
	html_note_place(t, s);
	if (gutter)
		t->gutter =
		    (struct html_gutter){ (uint32_t)t->n - 1, t->depth, t->text.n };
	if (s->tag == T_A) {
		t->link = s->has & 1u << A_HREF;
		t->split = t->link;
		t->to_place = t->link && s->attr[A_HREF].n &&
			      memchr(s->attr[A_HREF].p, '#', s->attr[A_HREF].n);
		t->node[parent].links_here += t->link;
	}
	if (made) {
		if (t->words && flags & TAG_BLOCK && s->has)
			look_at(t, s);
		note_cell(t, s->tag, (uint32_t)t->n - 1);
		find_own_heading(t, s, by_id);
	}
	if (t->want & WANT_FORMAT)
		html_mark_language(t, s);
}

/* Append text without controls.  Returns its number of visible characters. */
static uint32_t
put_text(struct buf *out, struct span s)
{
	size_t controls;
	const size_t visible = scan_visible(s.p, s.n, &controls);

	buf_put(out, s.p, s.n);
	if (controls == 0)
		return (uint32_t)visible;
	out->n -= s.n;
	for (size_t i = 0; i < s.n; i++)
		if (!scan_is_control(s.p[i]))
			out->p[out->n++] = s.p[i];
	return (uint32_t)visible;
}

/* Highlighters give the indentation of a line of code an element of its own.  The judge
 * does not see it. */
static void
keep_indent(struct html_tree *t, struct span s)
{
	size_t n = 0;

	while (n < s.n && (s.p[s.n - 1 - n] == ' ' || s.p[s.n - 1 - n] == '\t'))
		n++;
	if ((!t->pre || t->cells.file) && !t->cells.line)
		return;
	buf_put(&t->text, s.p + s.n - n, n);
	t->indent += n;
}

static void
add_text(struct html_tree *t, struct span s)
{
	const uint32_t parent = t->open[t->depth - 1].node;
	const size_t at = t->text.n;
	struct html_node *n = &t->node[t->n - 1];
	uint32_t visible;

	if ((t->broken || (t->cells.file && !t->cells.line)) && scan_is_space(s.p, s.n)) {
		keep_indent(t, s);
		return;
	}
	if (!t->own.heading)
		t->own.node = 0;
	if (t->apart && !t->broken && html_is_apart(t, s))
		buf_putc(&t->text, ' ');
	visible = put_text(&t->text, s);
	if (n->tag != T_TEXT || n->parent != parent || !(n->flags & N_LINK) != !t->link ||
	    t->broken || t->split) {
		n = add_node(t, T_TEXT,
		    !t->link	  ? 0
		    : t->to_place ? N_LINK | N_TO_PLACE
				  : N_LINK);
		n->off = (uint32_t)at;
		n->look = (uint32_t)t->indent;
	}
	n->len += (uint32_t)(t->text.n - at);
	n->chars += visible;
	t->broken = t->split = t->ended = t->apart = false;
	t->indent = 0;
}

/* Write the quotation mark before or after a <q>, unless a block has ended the line. */
static void
put_quote(struct html_tree *t, bool end)
{
	t->quotes -= end;
	if (!end || !t->broken)
		add_text(t, html_quote_mark(t->quotes, end));
	t->quotes += !end;
}

static void
find_class_facts(struct html_tree *t, struct start_tag *s)
{
	const struct span value = s->attr[A_CLASS];
	uint32_t found;
	bool known;

	/* A decoded value does not stay where it is. */
	s->class_facts = html_class_facts_of(
	    &t->classes, value, value.p != t->value[A_CLASS].p, &known);
	if (known)
		return;
	found = html_class_hints_find(t->hints, value);
	html_class_set_hints(s->class_facts, found & ~(uint32_t)N_NAMED, found & N_NAMED);
}

/* The attributes of an element.  Longer values are cut, and all are empty once twice the
 * size of the page was read: formatting elements are copied into each block, and the time
 * must stay linear. */
static void
read_attrs(struct html_tree *t, const struct html_document *d, uint32_t attr,
    struct start_tag *s)
{
	enum { VALUE_MAX = 1024 };

	s->has = 0;
	for (const struct html_attr *a = &d->source->attr[attr]; attr; a++) {
		const size_t max =
		    t->values_left < VALUE_MAX ? t->values_left : VALUE_MAX;
		const struct span value = { d->source->begin + a->at,
			a->n < max ? a->n : max };

		t->values_left -= value.n;
		s->has |= 1u << a->name;
		s->attr[a->name] = value;
		if (a->coded && value.n && memchr(value.p, '&', value.n)) {
			t->value[a->name].n = 0;
			html_decode_value(d->source, value, &t->value[a->name]);
			s->attr[a->name] = buf_span(&t->value[a->name]);
		}
		if (a->last)
			break;
	}
	if (s->has & 1u << A_CLASS)
		find_class_facts(t, s);
}

/* The text of an element that has no others. */
static struct span
text_of(const struct html_document *d, const struct dom_node *n)
{
	const struct dom_node *text = &d->dom->node[n->first];

	return n->first && text->code == DOM_TEXT ? html_text_span(d->source, text->text)
						  : SPAN("");
}

/* A tag whose content is not text of the page.  The first title counts. */
static void
skip(struct html_tree *t, const struct html_document *d, const struct dom_node *n)
{
	if (n->code == T_TITLE && !t->titled) {
		put_text(&t->title, text_of(d, n));
		t->titled = true;
	} else if (n->code == T_NOFRAMES && t->noframes.n == 0) {
		t->noframes = text_of(d, n);
	} else if (n->code == T_NOSCRIPT && n->first) {
		t->has_noscript = true;
	} else if (t->words && n->code == T_SCRIPT) {
		html_kinds_of_script(&t->kinds, text_of(d, n));
	}
}

/* Add the text of a formula.  Returns whether the element is one. */
static bool
add_formula(struct html_tree *t, const struct html_document *d, const struct dom_node *n)
{
	struct span tex;

	if (html_tag_of(n->code) != T_MATH && n->code != T_SCRIPT && n->code != T_IMG)
		return false;
	if (!html_tex_of(d, n, &t->tex))
		return false;
	tex = buf_span(&t->tex);
	/* An image often repeats the formula before it. */
	if (t->hidden || (html_tag_of(n->code) == T_IMG && t->text.n >= tex.n &&
			     memcmp(t->text.p + t->text.n - tex.n, tex.p, tex.n) == 0))
		return true;
	if (t->want & WANT_FORMAT)
		html_mark_tex(t, false);
	add_text(t, tex);
	if (t->want & WANT_FORMAT)
		html_mark_tex(t, true);
	return true;
}

/* Add the text of MathML.  Returns false if its nodes must be added. */
static bool
add_mathml(struct html_tree *t, const struct html_document *d, const struct dom_node *n)
{
	if (!html_mathml_text(d, n, &t->tex))
		return false;
	if (t->tex.n > 0)
		add_text(t, buf_span(&t->tex));
	return true;
}

/* Add a node of the document.  Returns whether its children follow. */
static bool
visit(struct html_tree *t, const struct html_document *d, const struct dom_node *n)
{
	struct start_tag s;
	unsigned flags;

	if (n->code == DOM_TEXT) {
		add_text(t, html_text_span(d->source, n->text));
		return false;
	}
	if (!dom_is_element(n))
		return false;
	s.tag = html_tag_of(n->code);
	s.at = n->at;
	s.first_attr = n->attr;
	if (add_formula(t, d, n))
		return false;
	flags = html_tag_flags[s.tag];
	if (n->code == T_META && t->words)
		html_kinds_of_meta(&t->kinds, d->source, n->at);
	if (n->code == T_TEMPLATE && html_is_shadow_root(d, n)) {
		s.tag = T_OTHER;
		flags = 0;
	} else if (flags & TAG_NEVER && !(n->code == T_NOSCRIPT && t->show_noscript)) {
		skip(t, d, n);
		return false;
	}
	read_attrs(t, d, n->attr, &s);
	if (html_is_formula_copy(d, n, &s))
		return false;
	if (s.tag == T_HTML || s.tag == T_HEAD || s.tag == T_BODY) {
		unsigned by_id;

		if (s.has)
			t->forum |=
			    (html_class_hints_of(t->hints, &s, TAG_HINTS, &by_id) &
				N_FORUM) != 0;
		s.has = 0;
		flags = 0;
	}
	enter(t, &s, html_recast(t, d, n, &s, flags));
	if (s.tag == T_Q && n->first && d->dom->node[n->first].code == DOM_TEXT &&
	    !html_is_quoted(t, text_of(d, n))) {
		put_quote(t, false);
		t->open[t->depth - 1].quoted = true;
	}
	if (n->first && !(s.tag == T_MATH && add_mathml(t, d, n)))
		return true;
	leave(t);
	return false;
}

static void
begin(struct html_tree *t, bool show_noscript)
{
	if (t->cap > NODES_KEPT || t->mark_cap > NODES_KEPT)
		html_tree_free(t);
	t->n = t->depth = t->text.n = t->title.n = t->marks = 0;
	t->base.n = 0;
	t->indent = 0;
	t->cells = (struct html_cells){ 0 };
	t->kinds = (struct html_page_kinds){ { 0 } };
	memset(t->classes.row, 0, sizeof t->classes.row);
	memset(t->has_tag, 0, sizeof t->has_tag);
	t->all_flags = 0;
	t->quotes = 0;
	t->link = t->split = t->titled = t->forum = t->has_noscript = false;
	t->hidden = t->pre = t->ended = t->apart = false;
	t->show_noscript = show_noscript;
	t->noframes = SPAN("");
	t->broken = true;
	t->own.node = t->gutter.node = 0;
	push(t, T_OTHER, 0, true);
	add_node(t, T_BODY, N_BLOCK)->off = NO_TAG;
}

void
html_tree_build(struct html_tree *t, const struct html_document *d, bool show_noscript)
{
	const struct dom_node *node = d->dom->node;
	uint32_t i = node[0].first;
	struct start_tag s;
	unsigned by_id;

	begin(t, show_noscript);
	t->source = d->source;
	t->values_left = 2 * (size_t)(d->source->end - d->source->begin);
	while (i) {
		if (visit(t, d, &node[i])) {
			i = node[i].first;
			continue;
		}
		while (i && !node[i].next) {
			i = node[i].parent;
			if (i)
				leave(t);
		}
		i = node[i].next;
	}
	for (size_t k = 0; k < d->more_n; k++) {
		read_attrs(t, d, d->more[k].attr, &s);
		s.tag = T_BODY;
		t->forum |=
		    (html_class_hints_of(t->hints, &s, TAG_HINTS, &by_id) & N_FORUM) != 0;
	}
	t->node[0].end = (uint32_t)t->n;
	buf_reserve(&t->text, SCAN_STEP);
}

bool
html_tree_attr(const struct html_tree *t, const struct html_node *n, struct span name,
    struct span *value)
{
	return n->tag != T_TEXT && n->off != NO_TAG &&
	       html_find_attr(t->source, n->off, name, value);
}

void
html_tree_free(struct html_tree *t)
{
	free(t->node);
	free(t->open);
	free(t->mark);
	buf_free(&t->text);
	buf_free(&t->title);
	buf_free(&t->tex);
	for (int a = 0; a < A_COUNT; a++)
		buf_free(&t->value[a]);
	t->node = NULL;
	t->open = NULL;
	t->mark = NULL;
	t->cap = t->open_cap = t->mark_cap = 0;
}
