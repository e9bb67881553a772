/* html_mathml.c - the text of MathML whose TeX source is unknown. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum kind {
	KIND_ROW, /* any other element: its children side by side */
	KIND_LETTER,
	KIND_NUMBER,
	KIND_SIGN,
	KIND_WORDS,
	KIND_SPACE,
	KIND_FRACTION,
	KIND_SUP,
	KIND_SUB,
	KIND_SUBSUP,
	KIND_OVER,
	KIND_UNDER,
	KIND_SQRT,
	KIND_ROOT,
	KIND_FENCED,
	KIND_TABLE,
	KIND_TABLE_ROW,
	KIND_FIRST, /* only its first child counts */
	KIND_HIDDEN
};

/* The latest thing written, which decides on a space before the next. */
enum latest { LATEST_SIGN, LATEST_LETTER, LATEST_NUMBER, LATEST_WORD };

struct mathml {
	const struct html_document *d;
	struct buf *out;
	enum latest latest;
};

/* What is written before and after a child. */
struct wrap {
	const char *sign, *open, *close;
};

static const struct {
	struct span name;
	enum kind kind;
} kinds[] = {
	{ { "annotation", 10 }, KIND_HIDDEN },
	{ { "annotation-xml", 14 }, KIND_HIDDEN },
	{ { "maction", 7 }, KIND_FIRST },
	{ { "mfenced", 7 }, KIND_FENCED },
	{ { "mfrac", 5 }, KIND_FRACTION },
	{ { "mi", 2 }, KIND_LETTER },
	{ { "mn", 2 }, KIND_NUMBER },
	{ { "mo", 2 }, KIND_SIGN },
	{ { "mover", 5 }, KIND_OVER },
	{ { "mphantom", 8 }, KIND_HIDDEN },
	{ { "mroot", 5 }, KIND_ROOT },
	{ { "ms", 2 }, KIND_WORDS },
	{ { "mspace", 6 }, KIND_SPACE },
	{ { "msqrt", 5 }, KIND_SQRT },
	{ { "msub", 4 }, KIND_SUB },
	{ { "msubsup", 7 }, KIND_SUBSUP },
	{ { "msup", 4 }, KIND_SUP },
	{ { "mtable", 6 }, KIND_TABLE },
	{ { "mtext", 5 }, KIND_WORDS },
	{ { "mtr", 3 }, KIND_TABLE_ROW },
	{ { "munder", 6 }, KIND_UNDER },
	{ { "munderover", 10 }, KIND_SUBSUP },
	{ { "semantics", 9 }, KIND_FIRST },
};

/* Whether the tag of an element has this name, which is in lower case.  The time does not
 * depend on the length of the tag. */
static bool
has_name(const struct html_document *d, const struct dom_node *n, struct span name)
{
	const char *p = d->source->begin + n->at + 1;
	const size_t left =
	    n->at == NO_TAG ? 0 : (size_t)(d->source->end - d->source->begin) - n->at - 1;

	return name.n < left && ascii_eq(p, name.p, name.n) &&
	       (is_space(p[name.n]) || p[name.n] == '/' || p[name.n] == '>');
}

static enum kind
kind_of(const struct html_document *d, const struct dom_node *n)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (has_name(d, n, kinds[i].name))
			return kinds[i].kind;
	return KIND_ROW;
}

static bool
is_token(enum kind k)
{
	return k >= KIND_LETTER && k <= KIND_WORDS;
}

/* The next element from node i on, among its siblings; 0: none. */
static uint32_t
element_from(const struct html_document *d, uint32_t i)
{
	while (i && !dom_is_element(&d->dom->node[i]))
		i = d->dom->node[i].next;
	return i;
}

/* The number of elements before n among its siblings, at most 3. */
static int
position(const struct html_document *d, const struct dom_node *n)
{
	int k = 0;

	for (uint32_t i = n->prev; i && k < 3; i = d->dom->node[i].prev)
		k += dom_is_element(&d->dom->node[i]);
	return k;
}

/* The only child of n that is an element, through rows of one; n itself if it has none or
 * several. */
static const struct dom_node *
unwrap(const struct html_document *d, const struct dom_node *n)
{
	enum { ROWS = 4 };

	for (int k = 0; k < ROWS && kind_of(d, n) == KIND_ROW; k++) {
		const uint32_t i = element_from(d, n->first);

		if (!i || element_from(d, d->dom->node[i].next))
			break;
		n = &d->dom->node[i];
	}
	return n;
}

/* The text of a token, without white space around it. */
static struct span
token_of(const struct html_document *d, const struct dom_node *n)
{
	const struct dom_node *text = &d->dom->node[n->first];

	return n->first && text->code == DOM_TEXT
		   ? span_trim(html_text_span(d->source, text->text))
		   : SPAN("");
}

/* Whether n is a single sign, such as an accent. */
static bool
is_sign(const struct html_document *d, const struct dom_node *n)
{
	return kind_of(d, unwrap(d, n)) == KIND_SIGN;
}

static bool
is_prime(const struct html_document *d, const struct dom_node *n)
{
	const struct span s = token_of(d, unwrap(d, n));
	size_t at = 0;
	uint32_t c;

	if (!is_sign(d, n) || s.n == 0)
		return false;
	c = utf8_next(s, &at);
	return c == '\'' || (c >= 0x2032 && c <= 0x2034);
}

/* Whether n begins with an opening bracket. */
static bool
is_bracketed(const struct html_document *d, const struct dom_node *n)
{
	enum { LEVELS = 4 };

	for (int k = 0; k < LEVELS; k++) {
		const uint32_t i = element_from(d, n->first);
		struct span s;

		if (kind_of(d, n) == KIND_FENCED)
			return true;
		if (!i) {
			s = token_of(d, n);
			return s.n > 0 && memchr("([{|", s.p[0], 4);
		}
		n = &d->dom->node[i];
	}
	return false;
}

/* Whether n needs no parentheses beside an operator. */
static bool
is_factor(const struct html_document *d, const struct dom_node *n)
{
	const enum kind k = kind_of(d, unwrap(d, n));

	return is_token(k) || k == KIND_SUP || k == KIND_SUB || k == KIND_SUBSUP ||
	       k == KIND_SQRT || k == KIND_FENCED;
}

/* A script after a sign, in braces if it is more than a token. */
static struct wrap
script(const struct html_document *d, const struct dom_node *n, const char *sign)
{
	if (is_token(kind_of(d, unwrap(d, n))))
		return (struct wrap){ sign, "", "" };
	return (struct wrap){ sign, "{", "}" };
}

/* Whether an element has a single child, which needs no parentheses. */
static bool
holds_factor(const struct html_document *d, const struct dom_node *n)
{
	const uint32_t i = element_from(d, n->first);

	return i && !element_from(d, d->dom->node[i].next) &&
	       is_factor(d, &d->dom->node[i]);
}

static struct wrap
parenthesize(bool yes, const char *sign)
{
	return yes ? (struct wrap){ sign, "(", ")" } : (struct wrap){ sign, "", "" };
}

/* What is around the child n of an element with scripts, which is at k. */
static struct wrap
wrap_script(const struct html_document *d, const struct dom_node *n, enum kind up, int k)
{
	const struct wrap none = { "", "", "" };

	if (k == 0 && up != KIND_OVER && up != KIND_UNDER)
		return parenthesize(!is_factor(d, n) && !is_bracketed(d, n), "");
	if (k == 0 || (up == KIND_SUP && is_prime(d, n)) ||
	    ((up == KIND_OVER || up == KIND_UNDER) && is_sign(d, n)))
		return none;
	return script(d, n,
	    up == KIND_SUP || up == KIND_OVER || (up == KIND_SUBSUP && k == 2) ? "^"
									       : "_");
}

/* What is around the child n of an element. */
static struct wrap
wrap_of(const struct html_document *d, const struct dom_node *n)
{
	const struct dom_node *parent = &d->dom->node[n->parent];
	const struct wrap none = { "", "", "" };
	const enum kind up = kind_of(d, parent);
	int k;

	if (!n->first || up <= KIND_SPACE)
		return none;
	k = position(d, n);
	switch (up) {
	case KIND_FRACTION:
		return parenthesize(!is_factor(d, n), k ? "/" : "");
	case KIND_SUP:
	case KIND_SUB:
	case KIND_SUBSUP:
	case KIND_OVER:
	case KIND_UNDER:
		return wrap_script(d, n, up, k);
	case KIND_ROOT:
		return k ? (struct wrap){ "^(1/", "", ")" }
			 : parenthesize(!is_factor(d, n), "");
	case KIND_FENCED:
		return (struct wrap){ k ? "," : "", "", "" };
	case KIND_TABLE:
		return (struct wrap){ k ? "; " : "", "", "" };
	case KIND_TABLE_ROW:
		return (struct wrap){ k ? " " : "", "", "" };
	default:
		return none;
	}
}

static void
put_sign(struct mathml *m, const char *s)
{
	buf_puts(m->out, s);
	if (*s)
		m->latest = LATEST_SIGN;
}

/* Write text.  A space separates it where words or numbers would run together. */
static void
put(struct mathml *m, struct span s, enum latest as)
{
	const enum latest was = m->latest;

	if (was != LATEST_SIGN && as != LATEST_SIGN &&
	    (was == LATEST_WORD || as == LATEST_WORD ||
		(was == LATEST_NUMBER && as == LATEST_NUMBER)))
		buf_putc(m->out, ' ');
	buf_put(m->out, s.p, s.n);
	m->latest = as;
}

/* Whether s is one of the signs that are invisible, such as that of a product. */
static bool
is_invisible(struct span s)
{
	size_t at = 0;
	uint32_t c = utf8_next(s, &at);

	return at == s.n && c >= 0x2061 && c <= 0x2064;
}

static void
put_text(struct mathml *m, enum kind parent, struct span s)
{
	size_t at = 0;
	char c;

	s = span_trim(s);
	if (s.n == 0 || is_invisible(s))
		return;
	c = ascii_lower(s.p[0]);
	utf8_next(s, &at);
	if (parent == KIND_SIGN)
		put(m, s, c >= 'a' && c <= 'z' ? LATEST_WORD : LATEST_SIGN);
	else if (parent == KIND_NUMBER)
		put(m, s, LATEST_NUMBER);
	else
		put(m, s,
		    parent == KIND_LETTER && at == s.n ? LATEST_LETTER : LATEST_WORD);
}

/* Write a bracket of <mfenced>. */
static void
put_fence(struct mathml *m, const struct dom_node *n, struct span name, const char *usual)
{
	struct span value;

	m->latest = LATEST_SIGN;
	if (html_find_attr(m->d->source, n->at, name, &value))
		html_decode_value(m->d->source, value, m->out);
	else
		buf_puts(m->out, usual);
}

/* Begin an element.  Returns whether its children follow. */
static bool
enter(struct mathml *m, const struct dom_node *n)
{
	const enum kind k = kind_of(m->d, n);
	const struct wrap w = wrap_of(m->d, n);

	if (k == KIND_HIDDEN ||
	    (kind_of(m->d, &m->d->dom->node[n->parent]) == KIND_FIRST &&
		position(m->d, n) > 0))
		return false;
	if (k == KIND_SPACE)
		put_sign(m, " ");
	if (!n->first)
		return false;
	put_sign(m, w.sign);
	if (k == KIND_FRACTION && !*w.open)
		put(m, SPAN(""), LATEST_WORD);
	put_sign(m, w.open);
	if (k == KIND_FRACTION || k == KIND_ROOT)
		m->latest = LATEST_SIGN;
	else if (k == KIND_SQRT)
		put_sign(m, holds_factor(m->d, n) ? "\u221a" : "\u221a(");
	else if (k == KIND_FENCED)
		put_fence(m, n, SPAN("open"), "(");
	return true;
}

static void
leave(struct mathml *m, const struct dom_node *n)
{
	const enum kind k = kind_of(m->d, n);

	if (k == KIND_SQRT && !holds_factor(m->d, n))
		put_sign(m, ")");
	else if (k == KIND_FENCED)
		put_fence(m, n, SPAN("close"), ")");
	else if (k >= KIND_FRACTION && k <= KIND_ROOT)
		m->latest = LATEST_WORD;
	put_sign(m, wrap_of(m->d, n).close);
}

/* The node after i in document order, inside `root`; 0: none.  inner: its children are
 * next.  m: elements that end are left, or NULL. */
static uint32_t
next_of(const struct html_document *d, uint32_t root, uint32_t i, bool inner,
    struct mathml *m)
{
	const struct dom_node *node = d->dom->node;

	if (inner && dom_is_element(&node[i]) && node[i].first)
		return node[i].first;
	while (i != root && !node[i].next) {
		i = node[i].parent;
		if (m && i != root)
			leave(m, &node[i]);
	}
	return i == root ? 0 : node[i].next;
}

/* Whether a <math> holds only MathML, and no other <math>, so that the time of all calls
 * is linear. */
static bool
is_pure(const struct html_document *d, uint32_t root)
{
	uint32_t i = d->dom->node[root].first;

	for (; i; i = next_of(d, root, i, true, NULL)) {
		const struct dom_node *n = &d->dom->node[i];

		if (dom_is_element(n) &&
		    (!(n->code & CODE_MATHML) || html_tag_of(n->code) == T_MATH))
			return false;
	}
	return true;
}

bool
html_is_shown_mathml(const struct html_document *d, const struct dom_node *n)
{
	const uint32_t i = element_from(d, n->next);
	const struct dom_node *next = &d->dom->node[i];
	struct span class_value;

	if (!i || !next->first || next->at == NO_TAG)
		return false;
	return has_name(d, next, SPAN("mjx-assistive-mml")) ||
	       (next->code == T_SPAN &&
		   html_find_attr(d->source, next->at, SPAN("class"), &class_value) &&
		   html_has_class(class_value, SPAN("MJX_Assistive_MathML")));
}

bool
html_mathml_text(
    const struct html_document *d, const struct dom_node *math, struct buf *out)
{
	const uint32_t root = (uint32_t)(math - d->dom->node);
	struct mathml m = { .d = d, .out = out };
	struct span display = SPAN("");
	bool block;

	out->n = 0;
	if (!is_pure(d, root))
		return false;
	if (math->at != NO_TAG)
		html_find_attr(d->source, math->at, SPAN("display"), &display);
	block = display.n == 5 && ascii_eq(display.p, "block", 5);
	if (block)
		put_sign(&m, " ");
	for (uint32_t i = math->first; i;) {
		const struct dom_node *n = &d->dom->node[i];
		bool inner = false;

		if (n->code == DOM_TEXT)
			put_text(&m, kind_of(d, &d->dom->node[n->parent]),
			    html_text_span(d->source, n->text));
		else if (dom_is_element(n))
			inner = enter(&m, n);
		i = next_of(d, root, i, inner, &m);
	}
	if (block)
		put_sign(&m, " ");
	return true;
}
