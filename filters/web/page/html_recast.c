/* html_recast.c - recognize elements that attributes or contents make others than their
 * tags mean. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* Whether a class attribute names an admonition of documentation: that of docutils and
 * MkDocs, or of an <aside> also a callout or that of Starlight. */
static bool
is_admonition(const struct start_tag *s)
{
	const unsigned names =
	    s->tag == T_ASIDE ? CLASS_ADMONITION | CLASS_CALLOUT : CLASS_ADMONITION;

	return s->has & 1u << A_CLASS && s->class_facts->names & names;
}

static bool
is_heading(const struct start_tag *s)
{
	return (s->tag >= T_H1 && s->tag <= T_H6) || s->tag == T_DT ||
	       (s->has & 1u << A_ROLE && span_eq(s->attr[A_ROLE], SPAN("heading")));
}

/* Whether a button is the first text of a heading.  Later ones copy or edit it. */
static bool
begins_heading(const struct html_tree *t)
{
	enum { SPACE_MAX = 64 };

	if (t->cells.heading == 0 || t->text.n >= t->cells.heading + SPACE_MAX)
		return false;
	for (size_t i = t->cells.heading - 1; i < t->text.n; i++)
		if (!is_space(t->text.p[i]))
			return false;
	return true;
}

/* Whether a node or its first elements, some levels down, are code or a table. */
static bool
leads_to_code(const struct dom_node *node, uint32_t i)
{
	enum { LEVELS = 4, TEXTS = 2 };

	for (int level = 0; level < LEVELS && i; level++) {
		for (int k = 0; k < TEXTS && i && !dom_is_element(&node[i]); k++)
			i = node[i].next;
		if (!i || !dom_is_element(&node[i]))
			return false;
		if (node[i].code == T_PRE || node[i].code == T_CODE ||
		    node[i].code == T_TABLE)
			return true;
		i = node[i].first;
	}
	return false;
}

/* Whether a <figcaption> is that of code or a table, within its first siblings. */
static bool
is_code_caption(const struct html_document *d, const struct dom_node *caption)
{
	enum { SIBLINGS = 8 };
	const struct dom_node *node = d->dom->node, *figure = &node[caption->parent];
	uint32_t i;

	if (figure->code != T_FIGURE)
		return false;
	i = figure->first;
	for (int k = 0; k < SIBLINGS && i; k++) {
		if (&node[i] != caption && dom_is_element(&node[i]) &&
		    leads_to_code(node, i))
			return true;
		i = node[i].next;
	}
	return false;
}

bool
html_is_shadow_root(const struct html_document *d, const struct dom_node *n)
{
	struct span mode;

	if (n->at == NO_TAG ||
	    !html_find_attr(d->source, n->at, SPAN("shadowrootmode"), &mode))
		return false;
	return (mode.n == 4 && ascii_eq(mode.p, "open", 4)) ||
	       (mode.n == 6 && ascii_eq(mode.p, "closed", 6));
}

/* The value of the first declaration of a property in a style attribute. */
static struct span
style_value(struct span style, struct span property)
{
	while (style.n > 0) {
		const char *end = memchr(style.p, ';', style.n), *colon;
		const size_t n = end ? (size_t)(end - style.p) : style.n;
		const struct span one = span_trim((struct span){ style.p, n });

		style = span_from(style, end ? n + 1 : n);
		if (one.n <= property.n || !ascii_eq(one.p, property.p, property.n))
			continue;
		colon = memchr(one.p, ':', one.n);
		if (colon &&
		    span_trim((struct span){ one.p, (size_t)(colon - one.p) }).n ==
			property.n)
			return span_trim(span_from(one, (size_t)(colon + 1 - one.p)));
	}
	return SPAN("");
}

/* Whether a <code> is a block whose white space browsers keep, by its style or its
 * classes of Tailwind. */
static bool
is_code_block(const struct start_tag *s)
{
	const struct span style = s->has & 1u << A_STYLE ? s->attr[A_STYLE] : SPAN(""),
			  class = s->has & 1u << A_CLASS ? s->attr[A_CLASS] : SPAN(""),
			  space = style_value(style, SPAN("white-space"));

	return (span_eq(style_value(style, SPAN("display")), SPAN("block")) ||
		   html_has_class(class, SPAN("block"))) &&
	       (span_eq(space, SPAN("pre")) || span_eq(space, SPAN("pre-wrap")) ||
		   html_has_class(class, SPAN("whitespace-pre")) ||
		   html_has_class(class, SPAN("whitespace-pre-wrap")));
}

/* Whether one of the first texts of a <cite> ends in a colon, as in "Anna wrote:". */
static bool
is_quote_label(const struct html_document *d, const struct dom_node *cite)
{
	enum { CHILDREN = 8 };
	uint32_t i = cite->first;

	for (int k = 0; k < CHILDREN && i; k++) {
		const struct dom_node *n = &d->dom->node[i];
		struct span s = { 0 };

		if (n->code == DOM_TEXT)
			s = span_trim(html_text_span(d->source, n->text));
		if (s.n > 0 && s.p[s.n - 1] == ':')
			return true;
		i = n->next;
	}
	return false;
}

/* Whether an element is the table that Doxygen makes of a function and its parameters. */
static bool
is_signature(const struct start_tag *s)
{
	return s->has & 1u << A_CLASS && span_eq(s->attr[A_CLASS], SPAN("memname"));
}

/* Whether an element is the table that GitHub makes of the lines of a file. */
static bool
is_file(const struct start_tag *s)
{
	return s->has & 1u << A_CLASS &&
	       html_has_class(s->attr[A_CLASS], SPAN("js-file-line-container"));
}

/* Make a line of a row of such tables. */
static unsigned
recast_code_cell(const struct html_tree *t, struct start_tag *s, unsigned flags)
{
	const unsigned tag = s->tag;

	if (!t->cells.signature && !t->cells.file)
		return flags;
	s->tag = tag == T_TR ? T_DIV : T_SPAN;
	return tag == T_TR ? TAG_BLOCK : tag == T_TD && t->cells.file ? TAG_HINTS : 0;
}

unsigned
html_recast(struct html_tree *t, const struct html_document *d, const struct dom_node *n,
    struct start_tag *s, unsigned flags)
{
	struct span value;

	switch (s->tag) {
	case T_ASIDE:
	case T_DIV:
		if (!is_admonition(s))
			return flags;
		s->tag = T_DIV;
		return TAG_BLOCK;
	case T_FOOTER:
		if (!t->cells.quote)
			return flags;
		s->tag = T_DIV;
		return TAG_BLOCK | TAG_COMPANION;
	case T_FIGCAPTION:
		if (!is_code_caption(d, n))
			return flags;
		s->tag = T_DIV;
		return TAG_BLOCK | TAG_COMPANION;
	case T_BUTTON:
		if (!begins_heading(t))
			return flags;
		s->tag = T_SPAN;
		return 0;
	case T_DIALOG:
		if (html_find_attr(d->source, n->at, SPAN("open"), &value))
			return TAG_BLOCK | TAG_HINTS;
		s->has |= 1u << A_HIDDEN;
		return flags;
	case T_CITE:
		if (!t->cells.quote || !t->broken || !is_quote_label(d, n))
			return flags;
		s->tag = T_DIV;
		return TAG_BLOCK;
	case T_TABLE:
		if (!is_signature(s) && !is_file(s))
			return flags;
		s->tag = is_file(s) ? T_PRE : T_DIV;
		return TAG_BLOCK;
	case T_TBODY:
	case T_TR:
	case T_TD:
		return recast_code_cell(t, s, flags);
	case T_CODE:
		if (t->pre || !is_code_block(s))
			return flags;
		s->tag = T_PRE;
		return TAG_BLOCK;
	default:
		return flags;
	}
}

/* Note a <div> of code by its class. */
static void
note_code(struct html_tree *t, const struct start_tag *s)
{
	t->cells.line |= html_has_class(s->attr[A_CLASS], SPAN("line")) ||
			 html_has_class(s->attr[A_CLASS], SPAN("crayon-line"));
	t->cells.signature |= is_signature(s);
}

static bool
is_file_line(const struct start_tag *s)
{
	return s->has & 1u << A_CLASS &&
	       html_has_class(s->attr[A_CLASS], SPAN("js-file-line"));
}

void
html_note_place(struct html_tree *t, const struct start_tag *s)
{
	if (t->cells.file && s->tag == T_SPAN)
		t->cells.line |= is_file_line(s);
	if (is_heading(s))
		t->cells.heading = t->text.n + 1;
	else if (s->tag == T_BLOCKQUOTE)
		t->cells.quote = true;
	else if (s->tag == T_CODE || s->tag == T_KBD || s->tag == T_SAMP ||
		 s->tag == T_TT)
		t->cells.code = true;
	else if (s->tag == T_A || s->tag == T_SPAN)
		t->apart = t->ended;
	else if (s->tag == T_PRE)
		t->cells.file |= is_file(s);
	else if (s->tag == T_DIV && s->has & 1u << A_CLASS)
		note_code(t, s);
}
