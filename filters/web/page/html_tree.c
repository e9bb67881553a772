/* html_tree.c - build the flat tree of a page from its document. */
#include "filters/web/page/html_tree.h"

#include <stdlib.h>

#include "filters/web/html/byte_scan.h"
#include "lib/base/chars.h"

/* A larger node array is freed after its page, or every thread would keep one. */
enum { NODES_KEPT = 1 << 18 };

/* The TAG_ bits of each tag that has any. */
static const unsigned short tag_flags[T_COUNT] = {
	[T_ABBR] = TAG_PLAIN,
	[T_ACRONYM] = TAG_PLAIN,
	[T_ADDRESS] = TAG_BLOCK,
	[T_ANNOTATION] = TAG_NEVER,
	[T_ANNOTATION_XML] = TAG_NEVER,
	[T_APPLET] = TAG_NEVER,
	[T_AREA] = TAG_VOID,
	[T_ARTICLE] = TAG_BLOCK | TAG_HINTS | TAG_CONTENT,
	[T_ASIDE] = TAG_BLOCK | TAG_BOILER,
	[T_AUDIO] = TAG_NEVER,
	[T_B] = TAG_PLAIN,
	[T_BASE] = TAG_VOID,
	[T_BASEFONT] = TAG_VOID,
	[T_BDI] = TAG_PLAIN,
	[T_BDO] = TAG_PLAIN,
	[T_BGSOUND] = TAG_VOID,
	[T_BIG] = TAG_PLAIN,
	[T_BLOCKQUOTE] = TAG_BLOCK,
	[T_BR] = TAG_VOID,
	[T_BUTTON] = TAG_BOILER,
	[T_CANVAS] = TAG_NEVER,
	[T_CAPTION] = TAG_BLOCK,
	[T_CENTER] = TAG_BLOCK,
	[T_CITE] = TAG_PLAIN,
	[T_CODE] = TAG_PLAIN,
	[T_COL] = TAG_VOID,
	[T_DATALIST] = TAG_NEVER,
	[T_DD] = TAG_BLOCK,
	[T_DEL] = TAG_PLAIN,
	[T_DETAILS] = TAG_BLOCK,
	[T_DFN] = TAG_PLAIN,
	[T_DIALOG] = TAG_BLOCK | TAG_BOILER,
	[T_DIR] = TAG_BLOCK,
	[T_DIV] = TAG_BLOCK | TAG_HINTS | TAG_CONTENT,
	[T_DL] = TAG_BLOCK | TAG_HINTS,
	[T_DT] = TAG_BLOCK,
	[T_EM] = TAG_PLAIN,
	[T_EMBED] = TAG_VOID,
	[T_FIELDSET] = TAG_BLOCK,
	[T_FIGCAPTION] = TAG_BLOCK | TAG_BOILER,
	[T_FIGURE] = TAG_BLOCK,
	[T_FONT] = TAG_PLAIN,
	[T_FOOTER] = TAG_BLOCK | TAG_BOILER,
	[T_FORM] = TAG_BLOCK,
	[T_FRAME] = TAG_VOID,
	[T_H1] = TAG_BLOCK,
	[T_H2] = TAG_BLOCK,
	[T_H3] = TAG_BLOCK,
	[T_H4] = TAG_BLOCK,
	[T_H5] = TAG_BLOCK,
	[T_H6] = TAG_BLOCK,
	[T_HEADER] = TAG_BLOCK | TAG_HINTS,
	[T_HGROUP] = TAG_BLOCK,
	[T_HR] = TAG_VOID | TAG_BLOCK,
	[T_I] = TAG_PLAIN,
	[T_IFRAME] = TAG_NEVER,
	[T_IMG] = TAG_VOID,
	[T_INPUT] = TAG_VOID,
	[T_INS] = TAG_PLAIN,
	[T_KBD] = TAG_PLAIN,
	[T_KEYGEN] = TAG_VOID,
	[T_LABEL] = TAG_BOILER,
	[T_LEGEND] = TAG_BLOCK | TAG_BOILER,
	[T_LI] = TAG_BLOCK | TAG_HINTS,
	[T_LINK] = TAG_VOID,
	[T_LISTING] = TAG_BLOCK,
	[T_MAIN] = TAG_BLOCK | TAG_CONTENT,
	[T_MAP] = TAG_NEVER,
	[T_MARK] = TAG_PLAIN,
	[T_MARQUEE] = TAG_BLOCK | TAG_BOILER,
	[T_MENU] = TAG_BLOCK | TAG_BOILER,
	[T_META] = TAG_VOID,
	[T_METER] = TAG_NEVER,
	[T_NAV] = TAG_BLOCK | TAG_BOILER,
	[T_NOBR] = TAG_PLAIN,
	[T_NOEMBED] = TAG_NEVER,
	[T_NOFRAMES] = TAG_NEVER,
	[T_NOSCRIPT] = TAG_NEVER,
	[T_OBJECT] = TAG_NEVER,
	[T_OL] = TAG_BLOCK | TAG_HINTS,
	[T_OPTGROUP] = TAG_NEVER,
	[T_OPTION] = TAG_NEVER,
	[T_OUTPUT] = TAG_BOILER,
	[T_P] = TAG_BLOCK | TAG_HINTS,
	[T_PARAM] = TAG_VOID,
	[T_PLAINTEXT] = TAG_BLOCK,
	[T_PRE] = TAG_BLOCK,
	[T_PROGRESS] = TAG_NEVER,
	[T_Q] = TAG_PLAIN,
	[T_RP] = TAG_NEVER,
	[T_RT] = TAG_BOILER,
	[T_RTC] = TAG_BOILER,
	[T_S] = TAG_PLAIN,
	[T_SAMP] = TAG_PLAIN,
	[T_SCRIPT] = TAG_NEVER,
	[T_SEARCH] = TAG_BLOCK | TAG_BOILER,
	[T_SECTION] = TAG_BLOCK | TAG_HINTS | TAG_CONTENT,
	[T_SELECT] = TAG_NEVER,
	[T_SMALL] = TAG_PLAIN,
	[T_SOURCE] = TAG_VOID,
	[T_SPAN] = TAG_HINTS,
	[T_STRIKE] = TAG_PLAIN,
	[T_STRONG] = TAG_PLAIN,
	[T_STYLE] = TAG_NEVER,
	[T_SUB] = TAG_PLAIN,
	[T_SUMMARY] = TAG_BLOCK,
	[T_SUP] = TAG_PLAIN,
	[T_SVG] = TAG_NEVER,
	[T_TABLE] = TAG_BLOCK | TAG_HINTS,
	[T_TBODY] = TAG_BLOCK,
	[T_TD] = TAG_BLOCK | TAG_HINTS,
	[T_TEMPLATE] = TAG_NEVER,
	[T_TEXTAREA] = TAG_NEVER,
	[T_TFOOT] = TAG_BLOCK,
	[T_TH] = TAG_BLOCK,
	[T_THEAD] = TAG_BLOCK,
	[T_TIME] = TAG_PLAIN,
	[T_TITLE] = TAG_NEVER,
	[T_TR] = TAG_BLOCK | TAG_HINTS,
	[T_TRACK] = TAG_VOID,
	[T_TT] = TAG_PLAIN,
	[T_U] = TAG_PLAIN,
	[T_UL] = TAG_BLOCK | TAG_HINTS,
	[T_VAR] = TAG_PLAIN,
	[T_VIDEO] = TAG_NEVER,
	[T_WBR] = TAG_VOID | TAG_PLAIN,
	[T_XMP] = TAG_BLOCK,
};

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
	GROW(t->open, t->depth, t->open_cap);
	t->open[t->depth++] = (struct open_tag){
		.tag = tag, .node = node, .made = made, .link = t->link, .cells = t->cells
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

/* Close the innermost element. */
static void
leave(struct html_tree *t)
{
	const struct open_tag *o = &t->open[--t->depth];

	if (t->own.node && t->own.heading == t->depth + 1)
		compare_own_heading(t);
	if (o->made)
		t->node[o->node].end = (uint32_t)t->n;
	t->link = o->link;
	t->cells = o->cells;
	if (tag_flags[o->tag] & TAG_BLOCK)
		t->broken = true;
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
	if (flags & TAG_BLOCK)
		hints |= N_BLOCK;
	/* A <figcaption> outside a figure may hold the beginning of an article. */
	if (flags & TAG_BOILER)
		hints |= s->tag != T_FIGCAPTION || t->cells.figure ? N_BOILER : N_WEAK;
	return hints;
}

/* Open an element, whose content follows. */
static void
enter(struct html_tree *t, const struct start_tag *s, unsigned flags)
{
	uint32_t parent = t->open[t->depth - 1].node;
	unsigned by_id = 0;
	uint32_t hints;
	bool made;

	if (flags & TAG_BLOCK)
		mark_cells(t, s->tag);
	if (flags & TAG_BLOCK || s->tag == T_BR)
		t->broken = true;
	hints = hints_of(t, s, flags, &by_id);
	made = (hints || s->tag == T_BR) && (!(flags & TAG_PLAIN) || hints & N_HIDDEN);
	if (made)
		add_node(t, s->tag, hints);
	push(t, s->tag, made ? (uint32_t)t->n - 1 : parent, made);
	if (s->tag == T_A) {
		t->link = s->has & 1u << A_HREF;
		t->split = t->link;
		t->node[parent].links_here += t->link;
	}
	if (made) {
		note_cell(t, s->tag, (uint32_t)t->n - 1);
		find_own_heading(t, s, by_id);
	}
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

static void
add_text(struct html_tree *t, struct span s)
{
	const uint32_t parent = t->open[t->depth - 1].node;
	const size_t at = t->text.n;
	struct html_node *n = &t->node[t->n - 1];
	uint32_t visible;

	if (t->broken && is_all_space(s))
		return;
	if (!t->own.heading)
		t->own.node = 0;
	visible = put_text(&t->text, s);
	if (n->tag != T_TEXT || n->parent != parent || !(n->flags & N_LINK) != !t->link ||
	    t->broken || t->split) {
		n = add_node(t, T_TEXT, t->link ? N_LINK : 0);
		n->off = (uint32_t)at;
	}
	n->len += (uint32_t)(t->text.n - at);
	n->chars += visible;
	t->broken = t->split = false;
}

/* The attributes of an element. */
static void
read_attrs(struct html_tree *t, const struct html_document *d, uint32_t attr,
    struct start_tag *s)
{
	s->has = 0;
	for (const struct html_attr *a = &d->source->attr[attr]; attr; a++) {
		const struct span value = { d->source->begin + a->at, a->n };

		s->has |= 1u << a->name;
		s->attr[a->name] = value;
		if (value.n && memchr(value.p, '&', value.n)) {
			t->value[a->name].n = 0;
			html_decode_value(d->source, value, &t->value[a->name]);
			s->attr[a->name] = buf_span(&t->value[a->name]);
		}
		if (a->last)
			break;
	}
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
	}
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
	flags = tag_flags[s.tag];
	if (flags & TAG_NEVER && !(n->code == T_NOSCRIPT && t->show_noscript)) {
		skip(t, d, n);
		return false;
	}
	read_attrs(t, d, n->attr, &s);
	if (s.tag == T_HTML || s.tag == T_HEAD || s.tag == T_BODY) {
		unsigned by_id;

		if (s.has)
			t->forum |=
			    (html_class_hints_of(t->hints, &s, TAG_HINTS, &by_id) &
				N_FORUM) != 0;
		s.has = 0;
		flags = 0;
	}
	enter(t, &s, flags);
	if (!n->first)
		leave(t);
	return n->first != 0;
}

static void
begin(struct html_tree *t, bool show_noscript)
{
	if (t->cap > NODES_KEPT)
		html_tree_free(t);
	t->n = t->depth = t->text.n = t->title.n = 0;
	t->cells = (struct html_cells){ 0 };
	t->link = t->split = t->titled = t->forum = t->has_noscript = false;
	t->show_noscript = show_noscript;
	t->noframes = SPAN("");
	t->broken = true;
	t->own.node = 0;
	push(t, T_OTHER, 0, true);
	add_node(t, T_BODY, N_BLOCK);
}

void
html_tree_build(struct html_tree *t, const struct html_document *d, bool show_noscript)
{
	const struct dom_node *node = d->dom->node;
	uint32_t i = node[0].first;
	struct start_tag s;
	unsigned by_id;

	begin(t, show_noscript);
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
}

void
html_tree_free(struct html_tree *t)
{
	free(t->node);
	free(t->open);
	buf_free(&t->text);
	buf_free(&t->title);
	for (int a = 0; a < A_COUNT; a++)
		buf_free(&t->value[a]);
	t->node = NULL;
	t->open = NULL;
	t->cap = t->open_cap = 0;
}
