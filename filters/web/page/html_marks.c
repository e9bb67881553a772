/* html_marks.c - record where inline elements begin and end, and the languages of code,
 * and choose the quotation marks of <q>. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* The MARK_ of an inline element; MARK_KINDS: none. */
static enum html_mark_kind
kind_of(const struct html_tree *t, unsigned tag)
{
	switch (tag) {
	case T_B:
	case T_STRONG:
		return MARK_STRONG;
	case T_EM:
	case T_I:
		return MARK_EM;
	case T_DEL:
	case T_S:
	case T_STRIKE:
		return MARK_DEL;
	case T_CODE:
	case T_KBD:
	case T_SAMP:
	case T_TT:
		return MARK_CODE;
	case T_A:
		return t->want & WANT_LINKS ? MARK_LINK : MARK_KINDS;
	case T_IMG:
		return t->want & WANT_IMAGES ? MARK_IMAGE : MARK_KINDS;
	default:
		return MARK_KINDS;
	}
}

static struct html_mark *
add_mark(struct html_tree *t, enum html_mark_kind kind, bool end)
{
	GROW(t->mark, t->marks, t->mark_cap);
	t->mark[t->marks] = (struct html_mark){
		.node = (uint32_t)t->n,
		.parent = t->open[t->depth - 1].node,
		.at = (uint32_t)t->text.n,
		.kind = (uint8_t)kind,
		.end = end,
	};
	return &t->mark[t->marks++];
}

/* The href of a tag as the page has it; empty if it has none. */
static struct html_raw
href_of(const struct html_tree *t, uint32_t attr)
{
	for (const struct html_attr *a = &t->source->attr[attr]; attr; a++) {
		if (a->name == A_HREF)
			return (struct html_raw){ a->at, a->n };
		if (a->last)
			break;
	}
	return (struct html_raw){ 0, 0 };
}

void
html_mark_begin(struct html_tree *t, const struct start_tag *s)
{
	const enum html_mark_kind kind = kind_of(t, s->tag);

	if (s->tag == T_BASE && t->base.n == 0 && t->want & (WANT_LINKS | WANT_IMAGES))
		t->base = href_of(t, s->first_attr);
	if (kind == MARK_LINK)
		add_mark(t, kind, false)->value = href_of(t, s->first_attr);
	else if (kind == MARK_IMAGE && s->at != NO_TAG)
		add_mark(t, kind, false)->value.at = s->at;
	else if (kind < MARK_LINK && t->want & WANT_FORMAT)
		add_mark(t, kind, false);
}

void
html_mark_end(struct html_tree *t, unsigned tag)
{
	const enum html_mark_kind kind = kind_of(t, tag);

	if (kind == MARK_LINK || (kind < MARK_LINK && t->want & WANT_FORMAT))
		add_mark(t, kind, true);
}

void
html_mark_tex(struct html_tree *t, bool end)
{
	add_mark(t, MARK_TEX, end);
}

static bool
is_name_byte(char c)
{
	return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') ||
	       memchr("+#._-", c, 5);
}

/* Whether s is one of the names, each between blanks. */
static bool
is_listed(const char *names, struct span s)
{
	for (const char *p = names; *p;) {
		const size_t n = strcspn(p, " ");

		if (n == s.n && ascii_eq(p, s.p, n))
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

/* Whether s can be the name of a language of code.  loose: s can also be one that people
 * speak. */
static bool
is_language(struct span s, bool loose)
{
	enum { NAME_MAX_BYTES = 24 };
	static const char not_names[] = "none plain plaintext text txt default auto "
					"undefined nohighlight unknown code copy numbers "
					"numberlines numbersource literate";
	static const char short_names[] =
	    "js ts go rb py cs sh md hs kt rs vb pl ml ps fs ex tf";

	if (s.n == 0 || s.n > NAME_MAX_BYTES || is_listed(not_names, s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_name_byte(s.p[i]))
			return false;
	}
	if (loose && (s.n == 2 || (s.n == 5 && s.p[2] == '-')))
		return is_listed(short_names, s);
	return true;
}

/* Take the next name off a class attribute, with what follows "brush:". */
static bool
next_name(struct span *rest, struct span *name)
{
	size_t n = 0;

	while (rest->n && (is_space(rest->p[0]) || rest->p[0] == ';'))
		*rest = span_from(*rest, 1);
	while (n < rest->n && !is_space(rest->p[n]) && rest->p[n] != ';')
		n++;
	*name = (struct span){ rest->p, n };
	*rest = span_from(*rest, n);
	return n > 0;
}

/*
 * The language that a class attribute names; empty: none.  own: it is that of the code
 * itself, not of an element around it.
 */
static struct span
language_in(struct span value, bool own)
{
	static const struct span prefixes[] = { { "highlight-source-", 17 },
		{ "mw-highlight-lang-", 18 }, { "language-", 9 }, { "brush:", 6 },
		{ "highlight-", 10 }, { "lang-", 5 }, { "lang:", 5 } };
	enum { FOR_CODE = 5 }; /* these are for the code itself */
	bool beside = false;   /* a highlighter puts the language next to its own name */
	struct span name, found = SPAN("");

	while (next_name(&value, &name)) {
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
			struct span s;

			if (!span_starts(name, prefixes[i]) || (i >= FOR_CODE && !own))
				continue;
			s = span_from(name, prefixes[i].n);
			if (s.n == 0 && i == 3)
				next_name(&value, &s);
			return is_language(s, !own) ? s : SPAN("");
		}
		if (span_eq(name, SPAN("hljs")) || span_eq(name, SPAN("sourceCode")))
			beside = own;
		else if (found.n == 0 && is_language(name, false))
			found = name;
	}
	return beside ? found : SPAN("");
}

/* The language in an attribute of a <pre>. */
static struct span
language_of_pre(const struct html_tree *t, const struct start_tag *s)
{
	static const struct span names[] = { { "data-lang", 9 }, { "data-language", 13 },
		{ "data-enlighter-language", 23 } };
	struct span value;

	for (size_t i = 0; i < sizeof names / sizeof *names && s->at != NO_TAG; i++) {
		if (html_find_attr(t->source, s->at, names[i], &value) &&
		    is_language(value, false))
			return value;
	}
	return SPAN("");
}

void
html_mark_language(struct html_tree *t, const struct start_tag *s)
{
	const bool own = s->tag == T_PRE || (s->tag == T_CODE && t->pre);
	struct span language = SPAN("");

	if (!own && s->tag != T_DIV && s->tag != T_FIGURE)
		return;
	if (s->has & 1u << A_CLASS)
		language = language_in(s->attr[A_CLASS], own);
	if (language.n == 0 && s->tag == T_PRE)
		language = language_of_pre(t, s);
	/* A decoded value does not outlive its element. */
	if (language.n == 0 || language.p < t->source->begin ||
	    language.p >= t->source->end)
		return;
	add_mark(t, MARK_LANGUAGE, false)->value =
	    (struct html_raw){ (uint32_t)(language.p - t->source->begin),
		    (uint32_t)language.n };
}

static bool
is_quote(struct span s)
{
	static const char *const marks[] = { "\"", "'", "\u201c", "\u201d", "\u201e",
		"\u2018", "\u201a", "\u00ab", "\u00bb", "\u300c" };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_starts(s, span_of(marks[i])))
			return true;
	return false;
}

bool
html_is_quoted(const struct html_tree *t, struct span text)
{
	const struct span before = buf_span(&t->text);

	for (size_t n = 1; n <= 3 && n <= before.n; n++)
		if (is_quote(span_from(before, before.n - n)))
			return true;
	return is_quote(span_trim(text));
}

struct span
html_quote_mark(unsigned depth, bool end)
{
	static const struct span marks[2][2] = { { { "\u201c", 3 }, { "\u2018", 3 } },
		{ { "\u201d", 3 }, { "\u2019", 3 } } };

	return marks[end][depth % 2];
}
