/* html_list.c - number the items of a list as browsers do. */
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
