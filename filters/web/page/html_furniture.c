/* html_furniture.c - recognize small parts of a page that are not its text, such as skip
 * links and footnote marks. */
#include "filters/web/page/html_list.h"
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

bool
html_has_class(struct span value, struct span name)
{
	const char *p = value.p, *const end = p + value.n, *at;

	while ((size_t)(end - p) >= name.n &&
	       (at = memchr(p, *name.p, (size_t)(end - p) - name.n + 1))) {
		if ((at == value.p || is_space(at[-1])) &&
		    (at + name.n == end || is_space(at[name.n])) &&
		    memcmp(at, name.p, name.n) == 0)
			return true;
		p = at + 1;
	}
	return false;
}

#define NAME(s)                                                                          \
	{                                                                                \
		s, sizeof(s) - 1                                                         \
	}

uint32_t
html_furniture_hint(const struct start_tag *s)
{
	return s->has & 1u << A_CLASS && (s->tag == T_A || s->tag == T_SUP) &&
		       s->class_facts->names & CLASS_FURNITURE
		   ? N_BOILER
		   : 0;
}

/* The bytes of a text node without white space at the ends. */
static struct span
text_of(const struct html_tree *t, const struct html_node *n)
{
	return span_trim((struct span){ t->text.p + n->off, n->len });
}

/* Whether the text of a superscript is the mark of a note: "[12]", "3", "[a]", "[note
 * 1]".
 */
static bool
is_note_mark(struct span s)
{
	static const struct span words[] = { NAME("note "), NAME("nb "), NAME("N "),
		NAME("Note "), NAME("Anm. ") };
	const bool bracket = s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';
	size_t digits = 0;

	if (bracket)
		s = (struct span){ s.p + 1, s.n - 2 };
	for (size_t i = 0; bracket && i < sizeof words / sizeof *words; i++) {
		if (span_starts(s, words[i]))
			s = span_from(s, words[i].n);
	}
	while (digits < s.n && is_digit(s.p[digits]))
		digits++;
	return (digits > 0 && digits == s.n && digits <= 3) ||
	       (bracket && s.n == 1 && ascii_lower(s.p[0]) >= 'a' &&
		   ascii_lower(s.p[0]) <= 'z') ||
	       (bracket && span_eq(s, SPAN("citation needed")));
}

/* Whether a text in a superscript is a number of a note, or stands between such links:
 * "1", "2-4", or "," and "[". */
static bool
is_note_number(struct span s, bool link)
{
	enum { NUMBER_MAX = 3 };
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		/* The rest is dashes: U+2010 to U+2015 and U+2212. */
		if (is_digit(s.p[i])
			? !link || ++digits > NUMBER_MAX
			: !strchr(",;- []()", c) && c != 0xE2 && c != 0x80 && c != 0x88 &&
			      !(c >= 0x90 && c <= 0x95) && c != 0x92)
			return false;
		digits = is_digit(s.p[i]) ? digits : 0;
	}
	return s.n > 0;
}

/* Whether a superscript is a list of links to notes: "1,2", "[3]". */
static bool
is_note_list(const struct html_tree *t, const struct html_node *sup)
{
	enum { CHARS_MAX = 40, NODES_MAX = 24 };
	bool links = false;

	if (sup->chars > CHARS_MAX || sup->end - (size_t)(sup - t->node) > NODES_MAX)
		return false;
	for (const struct html_node *n = sup + 1; n < t->node + sup->end; n++) {
		if (n->tag != T_TEXT || n->chars == 0)
			continue;
		if (!is_note_number(text_of(t, n), n->flags & N_LINK))
			return false;
		links |= (n->flags & N_LINK) != 0;
	}
	return links;
}

void
html_drop_note_lists(struct html_tree *t)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->node[i].tag == T_SUP && is_note_list(t, &t->node[i]))
			t->node[i].flags |= N_DROP;
}

/* Drop the marks of notes: superscripts that are one link. */
static void
drop_note_marks(struct html_tree *t)
{
	/* Characters, and nodes before the text. */
	enum { MARK_MAX = 20, NODES_MAX = 8 };

	for (size_t i = 1; t->has_tag[T_SUP] && i < t->n; i++) {
		struct html_node *n = &t->node[i];
		const struct html_node *text = n + 1, *end;

		if (n->flags & N_DROP) {
			i = n->end - 1;
			continue;
		}
		if (n->tag != T_SUP || n->chars == 0 || n->chars > MARK_MAX ||
		    n->linked != n->chars)
			continue;
		end = t->node + n->end < text + NODES_MAX ? t->node + n->end
							  : text + NODES_MAX;
		while (text < end && text->tag != T_TEXT)
			text++;
		if (text < end && text->chars == n->chars &&
		    is_note_mark(text_of(t, text)))
			n->flags |= N_DROP;
	}
}

/* The block that a text is in, if it is one of the nearest elements; else node 0. */
static const struct html_node *
line_of(const struct html_tree *t, const struct html_node *text)
{
	enum { CLIMB = 4 };
	const struct html_node *n = text;

	for (int k = 0; k < CLIMB; k++) {
		n = &t->node[n->parent];
		if (n->flags & N_BLOCK)
			return n;
	}
	return t->node;
}

/* Whether a text is furniture by its words. */
static bool
is_phrase(const struct html_tree *t, const struct html_node *text)
{
	enum { PHRASE_MAX = 60, NOTICE_MAX = 500, BOX_MAX = 800, LINKS_MAX = 80 };
	const struct html_node *line, *box;
	struct span s;

	if (text->chars < 3 || text->chars > NOTICE_MAX)
		return false;
	line = line_of(t, text);
	box = &t->node[line->parent];
	if (line == t->node)
		return false;
	s = text_of(t, text);
	if (text->chars <= PHRASE_MAX) {
		if (text->flags & N_LINK && html_is_phrase(s, PHRASE_SKIP))
			return true;
		if (text->flags & N_LINK && line->chars == line->linked &&
		    line->chars <= LINKS_MAX && html_is_phrase(s, PHRASE_PAGER))
			return true;
		if (line->chars == text->chars && html_is_phrase(s, PHRASE_LINE))
			return true;
	}
	/* A notice is in a box of its own; elsewhere it may be about cookies. */
	return box != t->node && box->chars <= BOX_MAX &&
	       html_is_phrase(s, PHRASE_COOKIE);
}

/* Whether a text is a link that is a sign by which notes link back to their marks.  One
 * in brackets stays, or these would be empty. */
static bool
is_back_link(const struct html_tree *t, const struct html_node *n)
{
	/* With any variation selector: text or emoji. */
	static const struct span signs[] = { NAME("^"), NAME("\u21a9"),
		NAME("\u21a9\ufe0e"), NAME("\u21a9\ufe0f"), NAME("\u2934"),
		NAME("\u2934\ufe0e"), NAME("\u2934\ufe0f") };

	if (!(n->flags & N_TO_PLACE) || (n->off > 0 && t->text.p[n->off - 1] == '['))
		return false;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (span_eq(text_of(t, n), signs[i]))
			return true;
	return false;
}

void
html_drop_furniture(struct html_tree *t)
{
	drop_note_marks(t);
	html_drop_own_numbers(t);
	for (size_t i = 1; i < t->n; i++) {
		struct html_node *n = &t->node[i];

		if (n->flags & N_DROP)
			i = n->end - 1;
		else if (n->tag == T_TEXT && (is_back_link(t, n) || is_phrase(t, n)))
			n->flags |= N_DROP;
	}
}

void
html_hide_labels(struct html_tree *t)
{
	/* U+200B has no width; Docusaurus links it to its headings.  Rustdoc hides its
	 * label by style. */
	static const struct span empty = NAME("\u200b"),
				 label = NAME("Expand description");

	for (size_t i = 1; i < t->n; i++) {
		struct html_node *n = &t->node[i];

		if (n->tag != T_TEXT || (n->chars != 1 && n->chars != label.n - 1))
			continue;
		if (n->flags & N_LINK ? span_eq(text_of(t, n), empty)
				      : span_eq(text_of(t, n), label) &&
					    line_of(t, n)->tag == T_SUMMARY)
			n->flags |= N_HIDDEN;
	}
}
