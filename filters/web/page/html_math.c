/* html_math.c - the TeX source of formulas. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* The value of an attribute with its references as in the page; empty if it is missing.
 */
static struct span
attr_of(const struct html_document *d, const struct dom_node *n, struct span name)
{
	struct span value = SPAN("");

	if (n->at != NO_TAG)
		html_find_attr(d->source, n->at, name, &value);
	return value;
}

/* The value of an attribute of A_, in the same way. */
static struct span
known_attr_of(const struct html_document *d, const struct dom_node *n, uint8_t name)
{
	const struct html_tokenizer *t = d->source;

	for (const struct html_attr *a = &t->attr[n->attr]; n->attr; a++) {
		if (a->name == name)
			return (struct span){ t->begin + a->at, a->n };
		if (a->last)
			break;
	}
	return SPAN("");
}

static bool
ascii_is(struct span s, struct span want)
{
	return s.n == want.n && ascii_eq(s.p, want.p, s.n);
}

/* Append the texts that an element has itself. */
static void
put_texts(const struct html_document *d, const struct dom_node *n, struct buf *out)
{
	for (uint32_t i = n->first; i; i = d->dom->node[i].next) {
		const struct dom_node *child = &d->dom->node[i];

		if (child->code == DOM_TEXT) {
			const struct span s = html_text_span(d->source, child->text);

			buf_put(out, s.p, s.n);
		}
	}
}

/* Append the TeX annotation among the children of an element, if it has one. */
static void
put_annotation(const struct html_document *d, const struct dom_node *n, struct buf *out)
{
	for (uint32_t i = n->first; i && out->n == 0; i = d->dom->node[i].next) {
		const struct dom_node *child = &d->dom->node[i];

		if (dom_is_element(child) && html_tag_of(child->code) == T_ANNOTATION &&
		    ascii_is(
			attr_of(d, child, SPAN("encoding")), SPAN("application/x-tex")))
			put_texts(d, child, out);
	}
}

/* Append the TeX source of a <math>.  Returns whether it is on a line of its own. */
static bool
put_mathml(const struct html_document *d, const struct dom_node *n, struct buf *out)
{
	put_annotation(d, n, out);
	for (uint32_t i = n->first; i && out->n == 0; i = d->dom->node[i].next) {
		/* <semantics> */
		if (dom_is_element(&d->dom->node[i]) &&
		    html_tag_of(d->dom->node[i].code) == T_OTHER)
			put_annotation(d, &d->dom->node[i], out);
	}
	if (out->n == 0)
		html_decode_value(d->source, attr_of(d, n, SPAN("alttext")), out);
	return ascii_is(attr_of(d, n, SPAN("display")), SPAN("block"));
}

/* Append the TeX source in a <script> of MathJax. */
static bool
put_script(const struct html_document *d, const struct dom_node *n, struct buf *out)
{
	const struct span type = attr_of(d, n, SPAN("type"));
	const struct span tex = SPAN("math/tex"), display = SPAN("mode=display");

	if (!span_starts(type, tex))
		return false;
	put_texts(d, n, out);
	return type.n > display.n &&
	       span_eq(span_from(type, type.n - display.n), display);
}

/* Append the TeX source that is the alt of an image. */
static bool
put_image(const struct html_document *d, const struct dom_node *n, struct buf *out)
{
	const struct span name = known_attr_of(d, n, A_CLASS);
	const bool display =
	    html_has_class(name, SPAN("mwe-math-fallback-image-display"));

	if (display || html_has_class(name, SPAN("mwe-math-fallback-image-inline")) ||
	    html_has_class(name, SPAN("mwe-math-fallback-image")) ||
	    html_has_class(name, SPAN("tex")) || html_has_class(name, SPAN("latex")))
		html_decode_value(d->source, attr_of(d, n, SPAN("alt")), out);
	return display;
}

/* Remove a pair of marks around s, with white space. */
static bool
unwrap(struct span *s, const char *begin, const char *end)
{
	const struct span b = span_of(begin), e = span_of(end);

	if (s->n < b.n + e.n || !span_starts(*s, b) ||
	    !span_eq(span_from(*s, s->n - e.n), e))
		return false;
	*s = span_trim((struct span){ s->p + b.n, s->n - b.n - e.n });
	return true;
}

/* Whether each '}' of s has its '{' in s. */
static bool
is_balanced(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '{')
			depth++;
		else if (s.p[i] == '}' && depth-- == 0)
			return false;
	}
	return depth == 0;
}

/* The source without the marks that some pages put around it. */
static struct span
bare_tex(struct span s, bool *display)
{
	struct span inner;

	s = span_trim(s);
	if (unwrap(&s, "$$", "$$") || unwrap(&s, "\\[", "\\]"))
		*display = true;
	else if (!unwrap(&s, "\\(", "\\)"))
		unwrap(&s, "$", "$");
	/* MediaWiki adds a style to each formula. */
	inner = s;
	if ((unwrap(&inner, "{\\displaystyle ", "}") ||
		unwrap(&inner, "{\\textstyle ", "}")) &&
	    is_balanced(inner))
		s = inner;
	return s;
}

bool
html_tex_of(const struct html_document *d, const struct dom_node *n, struct buf *out)
{
	const unsigned tag = html_tag_of(n->code);
	bool display = false;
	struct span s;
	size_t marks;

	out->n = 0;
	if (tag == T_MATH)
		display = put_mathml(d, n, out);
	else if (n->code == T_SCRIPT)
		display = put_script(d, n, out);
	else if (n->code == T_IMG && n->attr)
		display = put_image(d, n, out);
	if (out->n == 0)
		return false;
	s = bare_tex(buf_span(out), &display);
	if (s.n == 0)
		return false;
	marks = display ? 2 : 1;
	buf_reserve(out, 2 * marks);
	/* The reserve may have moved the bytes. */
	s = bare_tex(buf_span(out), &display);
	memmove(out->p + marks, s.p, s.n);
	memset(out->p, '$', marks);
	memset(out->p + marks + s.n, '$', marks);
	out->n = s.n + 2 * marks;
	return true;
}

/* Whether an element of the next few siblings is a script of MathJax. */
static bool
script_follows(const struct html_document *d, const struct dom_node *n)
{
	enum { SIBLINGS = 5 };
	uint32_t i = n->next;

	for (int k = 0; i && k < SIBLINGS; k++, i = d->dom->node[i].next) {
		const struct dom_node *s = &d->dom->node[i];

		if (dom_is_element(s) && s->code == T_SCRIPT)
			return span_starts(attr_of(d, s, SPAN("type")), SPAN("math/tex"));
	}
	return false;
}

/* Whether an element of MathJax or KaTeX shows a formula whose source is next to it. */
static bool
is_source_copy(const struct html_document *d, const struct dom_node *n, unsigned names)
{
	if (names & CLASS_MATHJAX)
		return script_follows(d, n);
	if (names & CLASS_KATEX) {
		const struct dom_node *prev = &d->dom->node[n->prev];

		if (n->prev && prev->code == DOM_TEXT)
			prev = &d->dom->node[prev->prev];
		return dom_is_element(prev) &&
		       html_has_class(
			   attr_of(d, prev, SPAN("class")), SPAN("katex-mathml"));
	}
	return false;
}

bool
html_is_formula_copy(
    const struct html_document *d, const struct dom_node *n, const struct start_tag *s)
{
	const unsigned names = s->has & 1u << A_CLASS ? s->class_facts->names : 0;

	if (names & (CLASS_MATHJAX | CLASS_KATEX) &&
	    (s->tag == T_SPAN || s->tag == T_DIV) && is_source_copy(d, n, names))
		return true;
	return (s->tag == T_OTHER || s->tag == T_NOBR ||
		   (s->tag == T_SPAN && names & CLASS_MJX)) &&
	       html_is_shown_mathml(d, n);
}
