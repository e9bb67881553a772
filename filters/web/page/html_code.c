/* html_code.c - recognize code that is not in a <pre>, and what is not code in one, such
 * as the numbers of its lines. */
#include "filters/web/page/html_tree.h"
#include "filters/web/page/html_walk.h"
#include "lib/base/chars.h"

bool
html_may_be_gutter(const struct html_tree *t, const struct start_tag *s, uint32_t hints)
{
	struct span value;

	if (hints & N_GUTTER)
		return s->tag == T_TD || s->tag == T_SPAN || s->tag == T_DIV;
	return s->tag == T_TD && s->at != NO_TAG &&
	       html_find_attr(t->source, s->at, SPAN("data-line-number"), &value);
}

void
html_end_gutter(struct html_tree *t)
{
	const struct span s = span_from(buf_span(&t->text), t->gutter.from);
	size_t i = 0;

	while (i < s.n && (is_digit(s.p[i]) || is_space(s.p[i])))
		i++;
	if (i == s.n) {
		t->node[t->gutter.node].flags |= N_HIDDEN;
		t->all_flags |= N_HIDDEN;
	}
	t->gutter.node = 0;
}

/* Whether all text of a cell without tables is numbers. */
static bool
is_numbers(const struct html_tree *t, const struct html_node *n)
{
	size_t digits = 0;

	for (const struct html_node *m = n + 1; m < t->node + n->end; m++) {
		const char *p = t->text.p + m->off;

		if (m->tag == T_TABLE)
			return false;
		for (size_t i = 0; m->tag == T_TEXT && i < m->len; i++) {
			if (!is_digit(p[i]) && !is_space(p[i]))
				return false;
			digits += is_digit(p[i]);
		}
	}
	return digits > 0;
}

/* Whether a cell has code.  Tables in cells are not entered, so that the time is linear.
 */
static bool
holds_pre(const struct html_tree *t, const struct html_node *n)
{
	const struct html_node *m = n + 1, *const end = t->node + n->end;

	while (m < end && m->tag != T_PRE && m->tag != T_TABLE)
		m++;
	return m < end && m->tag == T_PRE;
}

void
html_hide_line_numbers(struct html_tree *t)
{
	for (size_t i = 1; i < t->n; i++) {
		struct html_node *n = &t->node[i];
		const struct html_node *next = t->node + n->end;

		if (n->tag == T_TD && n->end < t->n && next->tag == T_TD &&
		    next->parent == n->parent && is_numbers(t, n) && holds_pre(t, n) &&
		    holds_pre(t, next))
			n->flags |= N_HIDDEN;
	}
}

void
html_keep_tokens(struct html_tree *t)
{
	for (size_t i = 1; i < t->n; i++) {
		struct html_node *n = &t->node[i];

		if (n->tag != T_PRE) {
			i = n->flags & N_DROP ? n->end - 1 : i;
			continue;
		}
		for (; i + 1 < n->end; i++) {
			struct html_node *in = &t->node[i + 1];

			if (in->flags & (N_STRONG | N_WEAK | N_COMMENT) &&
			    !(in->flags & (N_BLOCK | N_BOILER | N_HIDDEN)))
				in->flags &= ~(uint32_t)N_DROP;
		}
	}
}

static struct span
class_of(const struct html_tree *t, const struct html_node *n)
{
	struct span value;

	return html_tree_attr(t, n, SPAN("class"), &value) ? value : SPAN("");
}

/* Whether a <div> is one that Doxygen, SyntaxHighlighter or Crayon fills with the lines
 * of code, each in a <div>. */
static bool
holds_lines(const struct html_tree *t, const struct html_node *n)
{
	const struct html_node *line = n + 1;
	const bool lines =
	    n->tag == T_DIV && n->end > (size_t)(line - t->node) && line->tag == T_DIV;
	struct span class;

	if (!lines)
		return false;
	class = class_of(t, n);
	if (html_has_class(class, SPAN("fragment")) ||
	    html_has_class(class, SPAN("container")))
		return html_has_class(class_of(t, line), SPAN("line"));
	return html_has_class(class, SPAN("crayon-pre"));
}

/* Replace each no-break space of a text by a space.  The first one after the number of a
 * line separates them. */
static void
replace_spaces(struct html_tree *t, struct html_node *n, bool first)
{
	char *p = t->text.p + n->off, *to = p;
	const char *const end = p + n->len;

	while (p < end) {
		if (end - p > 1 && (unsigned char)p[0] == 0xC2 &&
		    (unsigned char)p[1] == 0xA0) {
			if (!first)
				*to++ = ' ';
			p += 2;
		} else {
			*to++ = *p++;
		}
		first = false;
	}
	n->len = (uint32_t)(to - (t->text.p + n->off));
}

/* Give the text of code its indentation, and hide the explanations of names in it.
 * divs: its lines are <div>s. */
static void
finish_code(struct html_tree *t, struct html_node *pre, bool divs)
{
	bool numbered = false;

	for (struct html_node *n = pre + 1; n < t->node + pre->end; n++) {
		if (n->tag == T_DIV && html_has_class(class_of(t, n), SPAN("ttc")))
			n->flags |= N_HIDDEN;
		if (n->flags & N_HIDDEN) {
			numbered = n->tag == T_SPAN;
			n = t->node + n->end - 1;
			continue;
		}
		if (n->tag != T_TEXT)
			continue;
		n->off -= n->look;
		n->len += n->look;
		n->look = 0;
		if (divs)
			replace_spaces(t, n, numbered);
		numbered = false;
	}
}

void
html_recast_code(struct html_tree *t)
{
	for (size_t i = 1; i < t->n; i++) {
		struct html_node *n = &t->node[i];
		const bool divs = holds_lines(t, n);

		if (!divs && n->tag != T_PRE)
			continue;
		n->tag = T_PRE;
		finish_code(t, n, divs);
		i = n->end - 1;
	}
}

bool
html_is_blank_line(const struct html_tree *t, const struct html_node *n)
{
	const struct html_node *m = n + 1, *const end = t->node + n->end;

	if (n->tag != T_DIV || !html_is_verbatim(&t->node[n->parent]))
		return false;
	while (m < end && (m->tag != T_TEXT || m->chars == 0 || m->flags & N_HIDDEN))
		m = m->flags & N_HIDDEN ? t->node + m->end : m + 1;
	return m == end;
}
