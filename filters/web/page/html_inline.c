/* html_inline.c - judge inline elements by the line that they are in: parts of a
 * sentence, and links to the place where they are. */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* Nodes that are looked at around an inline element. */
enum { NEAR_MAX = 16 };

/* Whether s ends within a sentence, not after one or after a separator. */
static bool
ends_within(struct span s)
{
	static const char *const dots[] = { "\u00b7", "\u2022", "\u2013", "\u2014" };

	s = span_trim(s);
	if (s.n == 0 || strchr(".:!?|/-*", s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
		const struct span dot = span_of(dots[i]);

		if (s.n >= dot.n && span_eq(span_from(s, s.n - dot.n), dot))
			return false;
	}
	return true;
}

/* Whether s begins within a sentence: with a letter, or a comma or the like. */
static bool
begins_within(struct span s)
{
	s = span_trim(s);
	return s.n > 0 && (strchr(",;.?!)", *s.p) || (unsigned char)*s.p >= 0xC3 ||
			      (ascii_lower(*s.p) >= 'a' && ascii_lower(*s.p) <= 'z'));
}

/* Whether a node ends the line of those before it. */
static bool
ends_line(const struct html_node *n)
{
	return n->tag == T_BR || n->flags & N_BLOCK;
}

/* The block that a node is in, if it is one of the nearest elements; else node 0. */
static size_t
line_of(const struct html_tree *t, size_t i)
{
	for (int k = 0; k < NEAR_MAX && !ends_line(&t->node[i]); k++)
		i = t->node[i].parent;
	return ends_line(&t->node[i]) ? i : 0;
}

/* The text of the line before node i that is not dropped; empty: none. */
static struct span
text_before(const struct html_tree *t, size_t i, size_t line)
{
	for (size_t k = i; k-- > line && k + NEAR_MAX > i;) {
		const struct html_node *n = &t->node[k];

		if (ends_line(n) || line_of(t, k) != line)
			break;
		if (n->tag == T_TEXT && n->chars > 0 &&
		    !(t->node[n->parent].flags & N_DROP))
			return (struct span){ t->text.p + n->off, n->len };
	}
	return SPAN("");
}

/* The text of the line after node i without hints; empty: none. */
static struct span
text_after(const struct html_tree *t, size_t i, size_t end)
{
	for (size_t k = t->node[i].end, steps = 0; k < end && steps < NEAR_MAX; steps++) {
		const struct html_node *n = &t->node[k];

		if (ends_line(n))
			break;
		if (n->tag == T_TEXT && n->chars > 0)
			return (struct span){ t->text.p + n->off, n->len };
		k = n->flags & (N_BOILER | N_STRONG | N_WEAK) ? n->end : k + 1;
	}
	return SPAN("");
}

bool
html_is_in_sentence(const struct html_tree *t, size_t i)
{
	/* Characters of the line outside the element. */
	enum { REST_MIN = 25 };
	const struct html_node *n = &t->node[i];
	size_t line;

	if (n->tag != T_SPAN || n->flags & (N_BOILER | N_HIDDEN))
		return false;
	line = line_of(t, i);
	return t->node[line].own >= n->own + REST_MIN &&
	       ends_within(text_before(t, i, line)) &&
	       begins_within(text_after(t, i, t->node[line].end));
}

static bool
is_heading(const struct html_node *n)
{
	return n->tag >= T_H1 && n->tag <= T_H6;
}

/* Whether the text is one of the signs that documentation generators link to a heading.
 */
static bool
is_permalink(struct span s)
{
	/* U+F0C1 is a chain in the font of Sphinx's theme. */
	static const char *const signs[] = { "#", "\u00b6", "\u00a7", "\U0001f517",
		"\uf0c1" };

	s = span_trim(s);
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (span_eq(s, span_of(signs[i])))
			return true;
	return false;
}

/* Whether the text is a word or two in brackets, as documentation links to its source:
 * "[source]". */
static bool
is_bracketed(struct span s)
{
	enum { MIN = 5, MAX = 20 };

	s = span_trim(s);
	if (s.n < MIN || s.n > MAX || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] != ' ' && (s.p[i] < 'a' || s.p[i] > 'z'))
			return false;
	return true;
}

/* Whether only signs follow a text in its line. */
static bool
is_last_of_line(const struct html_tree *t, size_t i, size_t line)
{
	const size_t end = t->node[line].end;
	size_t k = i + 1;

	for (int steps = 0; k < end && steps < NEAR_MAX; k++, steps++) {
		const struct html_node *n = &t->node[k];

		if (ends_line(n))
			return true;
		if (n->tag == T_TEXT && n->chars > 0 && !(n->flags & N_DROP) &&
		    !(n->flags & N_LINK &&
			is_permalink((struct span){ t->text.p + n->off, n->len })))
			return false;
	}
	return k == end;
}

/* Whether a node is in a heading, term or caption, a few levels above. */
static bool
is_in_heading(const struct html_tree *t, const struct html_node *n)
{
	enum { CLIMB = 3 };

	for (int k = 0; k < CLIMB; k++) {
		n = &t->node[n->parent];
		if (is_heading(n) || n->tag == T_DT || n->tag == T_CAPTION)
			return true;
	}
	return false;
}

/* Whether a text is a link of documentation to the place where it is, or to its source.
 */
static bool
is_place_link(const struct html_tree *t, size_t i)
{
	enum { WORDS_MAX = 24 };
	const struct html_node *n = &t->node[i];
	const struct span s = { t->text.p + n->off, n->len };
	size_t line;

	if (n->tag != T_TEXT || !(n->flags & N_LINK) || n->chars == 0 ||
	    n->chars > WORDS_MAX)
		return false;
	if (n->chars == 1 && !is_permalink(s))
		return false;
	if (n->chars == 1 && is_in_heading(t, n))
		return true;
	/* A number sign in a text may be the name of a language. */
	if (n->chars == 1 ? span_eq(span_trim(s), SPAN("#"))
			  : !is_in_heading(t, n) ||
				!(is_bracketed(s) ||
				    (n->flags & N_TO_PLACE &&
					html_is_phrase(span_trim(s), PHRASE_PLACE))))
		return false;
	line = line_of(t, i);
	return span_trim(text_before(t, i, line)).n > 0 && is_last_of_line(t, i, line);
}

void
html_drop_permalinks(struct html_tree *t, size_t root)
{
	/* The last ones of a line first. */
	for (size_t i = t->node[root].end; t->all_flags & N_LINK && i-- > root + 1;)
		if (is_place_link(t, i))
			t->node[i].flags |= N_DROP;
}
