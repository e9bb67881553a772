/* html_list.c - number the items of a list as browsers do, and drop numbers in their
 * text.
 */
#include "filters/web/page/html_list.h"

#include <stdio.h>

#include "lib/base/chars.h"

/* Larger numbers are reduced to this. */
static const long NUMBER_MAX = 999999999;

/* Read an integer as HTML does.  Returns false if there is none. */
static bool
read_integer(struct span s, long *value)
{
	bool minus;
	long v = 0;

	s = span_trim(s);
	minus = s.n > 0 && s.p[0] == '-';
	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		s = span_from(s, 1);
	if (s.n == 0 || !is_digit(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n && is_digit(s.p[i]); i++)
		v = v > NUMBER_MAX / 10 ? NUMBER_MAX : v * 10 + (s.p[i] - '0');
	*value = minus ? -v : v;
	return true;
}

/* The number of items that a list has itself. */
static long
count_items(const struct html_tree *t, const struct html_node *list)
{
	long items = 0;

	for (const struct html_node *n = list + 1; n < t->node + list->end;
	     n = t->node + n->end)
		items += n->tag == T_LI;
	return items;
}

void
html_list_begin(const struct html_tree *t, const struct html_node *n, struct html_list *l)
{
	struct span value;

	*l = (struct html_list){ .ordered = n->tag == T_OL, .type = '1', .step = 1 };
	if (!l->ordered)
		return;
	if (html_tree_attr(t, n, SPAN("type"), &value) && value.n == 1 &&
	    memchr("aAiI", value.p[0], 4))
		l->type = value.p[0];
	l->next = 1;
	if (html_tree_attr(t, n, SPAN("reversed"), &value)) {
		l->step = -1;
		l->next = count_items(t, n);
	}
	if (html_tree_attr(t, n, SPAN("start"), &value))
		read_integer(value, &l->next);
}

long
html_list_count(
    const struct html_tree *t, const struct html_node *item, struct html_list *l)
{
	long number = l->next;
	struct span value;

	if (html_tree_attr(t, item, SPAN("value"), &value))
		read_integer(value, &number);
	l->next = number + l->step;
	return number;
}

static void
format_roman(long number, char out[HTML_NUMBER])
{
	static const struct {
		int value;
		const char *letters;
	} digits[] = { { 1000, "m" }, { 900, "cm" }, { 500, "d" }, { 400, "cd" },
		{ 100, "c" }, { 90, "xc" }, { 50, "l" }, { 40, "xl" }, { 10, "x" },
		{ 9, "ix" }, { 5, "v" }, { 4, "iv" }, { 1, "i" } };
	size_t n = 0;

	for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
		for (; number >= digits[i].value; number -= digits[i].value) {
			for (const char *p = digits[i].letters; *p; p++)
				out[n++] = *p;
		}
	}
	out[n] = '\0';
}

static void
format_letters(long number, char out[HTML_NUMBER])
{
	char reverse[HTML_NUMBER];
	size_t n = 0, k = 0;

	for (; number > 0; number = (number - 1) / 26)
		reverse[n++] = (char)('a' + (number - 1) % 26);
	while (n > 0)
		out[k++] = reverse[--n];
	out[k] = '\0';
}

void
html_list_format(const struct html_list *l, long number, char out[HTML_NUMBER])
{
	enum { ROMAN_MAX = 3999 };
	const char type = ascii_lower(l->type);

	if (type == 'i' && number > 0 && number <= ROMAN_MAX)
		format_roman(number, out);
	else if (type == 'a' && number > 0)
		format_letters(number, out);
	else
		snprintf(out, HTML_NUMBER, "%ld", number);
	if (l->type == 'A' || l->type == 'I') {
		for (char *p = out; *p; p++)
			*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	}
}

/* The number at the front of the first text of an item. */
struct own_number {
	struct html_node *text;
	size_t n;  /* bytes up to its end */
	bool bare; /* without a full stop, parenthesis or the like */
};

/* The first text of an item; NULL: it is a link, or not near. */
static struct html_node *
first_text(struct html_tree *t, const struct html_node *item)
{
	enum { NODES_MAX = 8 };
	size_t i = (size_t)(item - t->node) + 1;
	const size_t end = item->end < i + NODES_MAX ? item->end : i + NODES_MAX;

	for (; i < end; i++) {
		struct html_node *n = &t->node[i];

		if (n->flags & (N_DROP | N_HIDDEN) || html_is_list(n))
			return NULL;
		if (n->tag == T_TEXT && n->chars > 0)
			return n->flags & N_LINK ? NULL : n;
	}
	return NULL;
}

/* Find the number of an item in its text: "1.", "1)", "[1]", or "1" in an element of its
 * own.  Returns false if it is missing, or all of the item. */
static bool
find_own_number(struct html_tree *t, const struct html_node *item, const char *number,
    struct own_number *o)
{
	const size_t digits = strlen(number);
	struct span s;
	size_t at = 0;
	bool open;

	o->text = first_text(t, item);
	if (!o->text)
		return false;
	s = (struct span){ t->text.p + o->text->off, o->text->len };
	while (is_space(s.p[at]))
		at++;
	open = s.p[at] == '(' || s.p[at] == '[';
	at += open;
	if (s.n - at < digits || memcmp(s.p + at, number, digits) != 0)
		return false;
	at += digits;
	o->bare = at == s.n || !strchr(open ? ")]" : ".):", s.p[at]);
	o->n = at + !o->bare;
	/* "1.5" and "1 cup" are other numbers. */
	if (open && o->bare)
		return false;
	for (at = o->n; at < s.n && is_space(s.p[at]); at++)
		;
	return at == s.n ? item->chars > o->text->chars : at > o->n && !o->bare;
}

static void
remove_own_number(const struct html_tree *t, const struct own_number *o)
{
	struct html_node *n = o->text;

	for (size_t i = 0; i < o->n; i++)
		n->chars -= !is_space(t->text.p[n->off + i]);
	n->off += (uint32_t)o->n;
	n->len -= (uint32_t)o->n;
	n->look = 0;
	if (n->chars == 0)
		n->flags |= N_DROP;
}

/* Remove the numbers of the items of a list, with or without signs.  Returns whether all
 * items, of several, have numbers without. */
static bool
drop_of_list(struct html_tree *t, const struct html_node *list, bool bare)
{
	size_t items = 0, found = 0;
	struct html_list l;

	html_list_begin(t, list, &l);
	for (const struct html_node *n = list + 1; n < t->node + list->end;
	     n = t->node + n->end) {
		char number[HTML_NUMBER];
		struct own_number o;

		if (n->tag != T_LI || n->flags & N_HIDDEN)
			continue;
		items++;
		html_list_format(&l, html_list_count(t, n, &l), number);
		if (!find_own_number(t, n, number, &o))
			continue;
		found += o.bare;
		if (o.bare == bare)
			remove_own_number(t, &o);
	}
	return items > 1 && found == items;
}

void
html_drop_own_numbers(struct html_tree *t)
{
	for (size_t i = 1; t->has_tag[T_OL] && i < t->n; i++) {
		const struct html_node *n = &t->node[i];

		if (n->tag == T_OL && !(n->flags & N_DROP) && drop_of_list(t, n, false))
			drop_of_list(t, n, true);
	}
}
