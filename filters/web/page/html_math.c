/* html_math.c - the TeX source of formulas, and superscripts that are exponents. */
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
	const struct span name = attr_of(d, n, SPAN("class"));
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

bool
html_is_formula_copy(
    const struct html_document *d, const struct dom_node *n, struct span class_value)
{
	if (span_starts(class_value, SPAN("MathJax")))
		return script_follows(d, n);
	if (html_has_class(class_value, SPAN("katex-html"))) {
		const struct dom_node *prev = &d->dom->node[n->prev];

		if (n->prev && prev->code == DOM_TEXT)
			prev = &d->dom->node[prev->prev];
		return dom_is_element(prev) &&
		       html_has_class(
			   attr_of(d, prev, SPAN("class")), SPAN("katex-mathml"));
	}
	return false;
}

static bool
is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Part of a word: an ASCII letter or digit, or any byte of another character. */
static bool
is_word(char c)
{
	return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80;
}

/* Whether s ends in a short term in parentheses without words, as "(x+1)". */
static bool
ends_in_term(struct span s)
{
	enum { TERM_MAX = 32 };

	if (s.n < 3 || s.p[s.n - 1] != ')')
		return false;
	for (size_t k = 2; k <= s.n && k <= TERM_MAX; k++) {
		const char c = s.p[s.n - k];

		if (c == '(')
			return k > 2;
		if (is_letter(c) && is_letter(s.p[s.n - k + 1]))
			return false;
	}
	return false;
}

/* Whether s ends in a variable: one letter that is not part of a word.  Square metres
 * are usually written as "5 m2". */
static bool
ends_in_variable(struct span s)
{
	size_t n = s.n;

	if (n == 0 || !is_letter(s.p[n - 1]))
		return false;
	if (--n == 0)
		return true;
	if (s.p[n] == 'm' && is_digit(s.p[n - 1 - (n > 1 && s.p[n - 1] == ' ')]))
		return false;
	return is_digit(s.p[n - 1]) || !is_word(s.p[n - 1]);
}

/* Whether s ends in a number that may have an exponent: a price may not, and longer
 * numbers more often have notes. */
static bool
ends_in_base(struct span s)
{
	size_t n = s.n;

	if (n == 0 || !is_digit(s.p[n - 1]))
		return false;
	n -= n > 1 && s.p[n - 1] == '0' && s.p[n - 2] == '1' ? 2 : 1;
	return n == 0 || !(is_word(s.p[n - 1]) || strchr("$.,", s.p[n - 1]));
}

/* The kinds of scripts that can be exponents or indexes. */
enum script { SCRIPT_OTHER, SCRIPT_NUMBER, SCRIPT_SIGNED, SCRIPT_LETTER };

static enum script
script_kind(struct span s)
{
	const struct span minus = SPAN("\u2212");
	const size_t sign = span_starts(s, minus) ? minus.n : s.n && s.p[0] == '-';
	const struct span rest = span_from(s, sign);
	size_t digits = 0;

	while (digits < rest.n && is_digit(rest.p[digits]))
		digits++;
	if (digits > 0 && digits == rest.n && digits <= 3)
		return sign ? SCRIPT_SIGNED : SCRIPT_NUMBER;
	/* Others are ordinals and abbreviations: "1e", "no", "Mr". */
	return s.n == 1 && memchr("ijkmnxyzNT", s.p[0], 10) ? SCRIPT_LETTER
							    : SCRIPT_OTHER;
}

bool
html_is_exponent(struct span before, struct span script, struct span after, bool sup)
{
	const enum script kind = script_kind(script);
	const bool variable = ends_in_variable(before);

	if (kind == SCRIPT_OTHER)
		return false;
	if (!sup) {
		/* "H2O" and "N2" stay as they are. */
		return variable && kind != SCRIPT_SIGNED &&
		       (kind == SCRIPT_LETTER || before.p[before.n - 1] >= 'a') &&
		       !(after.n > 0 && is_letter(after.p[0]));
	}
	/* An exponent of 1 is a note. */
	if (kind == SCRIPT_NUMBER && span_eq(script, SPAN("1")))
		return false;
	return variable || ends_in_term(before) || ends_in_base(before);
}
