/* list_items.c - the items of a list in an answer. */
#include "filters/align/list_items.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/text/json.h"
#include "lib/text/json_walk.h"

enum mark { MARK_NONE, MARK_NUMBER, MARK_BULLET, MARK_BOLD };
enum { MAX_DIGITS = 3 }; /* of an item's number: 1984. begins a sentence */

struct list_line {
	struct span all;  /* without the line feed */
	struct span text; /* after the mark, trimmed */
	enum mark mark;
	size_t indent; /* columns */
};

static struct span
take_line(struct span *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	const struct span line = { rest->p, end ? (size_t)(end - rest->p) : rest->n };

	*rest = span_from(*rest, line.n + (end != NULL));
	return line;
}

/* The bytes of a number with its dot or bracket, or of a bullet, at the start of s. */
static size_t
mark_length(struct span s, enum mark *mark)
{
	size_t n = 0;

	while (n < s.n && n < MAX_DIGITS && is_digit(s.p[n]))
		n++;
	*mark = MARK_NUMBER;
	if (n && n < s.n && (s.p[n] == '.' || s.p[n] == ')'))
		return n + 1;
	*mark = MARK_BULLET;
	if (s.n && strchr("-*+", s.p[0]))
		return 1;
	if (span_starts(s, SPAN("•")))
		return 3;
	*mark = MARK_NONE;
	return 0;
}

static bool
is_bold_head(struct span s)
{
	return s.n > 4 && span_starts(s, SPAN("**")) && s.p[2] != '*' &&
	       !is_space(s.p[2]);
}

static struct list_line
read_line(struct span all)
{
	struct list_line l = { .all = all };
	size_t i = 0, n;

	for (; i < all.n && (is_space(all.p[i])); i++)
		l.indent += all.p[i] == '\t' ? 4 : 1;
	l.text = span_trim(span_from(all, i));
	n = mark_length(l.text, &l.mark);
	/* White space follows a mark, unless the item is empty. */
	if (n && (n == l.text.n || is_blank(l.text.p[n])))
		l.text = span_trim(span_from(l.text, n));
	else
		l.mark = is_bold_head(l.text) ? MARK_BOLD : MARK_NONE;
	return l;
}

static void
add_item(struct list_items *l, struct span s)
{
	s = span_trim(s);
	if (s.n > 4 && span_starts(s, SPAN("**")) && s.p[s.n - 1] == '*' &&
	    s.p[s.n - 2] == '*' && !memchr(s.p + 2, '*', s.n - 4))
		s = span_trim((struct span){ s.p + 2, s.n - 4 });
	if (s.n > 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' &&
	    !memchr(s.p + 1, '"', s.n - 2))
		s = span_trim((struct span){ s.p + 1, s.n - 2 });
	if (s.n == 0)
		return;
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = s;
}

/* The list's own mark and indent: of the first line with a number or bullet, else of the
 * first with a bold head. */
static enum mark
find_style(struct span text, size_t *indent)
{
	enum mark style = MARK_NONE;

	while (text.n) {
		const struct list_line l = read_line(take_line(&text));

		if (l.mark == MARK_NONE || (l.mark == MARK_BOLD && style))
			continue;
		style = l.mark;
		*indent = l.indent;
		if (style != MARK_BOLD)
			break;
	}
	return style;
}

static void
read_marked(struct list_items *l, struct span text, enum mark style, size_t indent)
{
	const char *from = NULL, *to = NULL; /* the current item */
	bool blank = false;

	while (text.n) {
		const struct list_line line = read_line(take_line(&text));

		if (line.mark == style && line.indent <= indent) {
			if (from)
				add_item(l, (struct span){ from, (size_t)(to - from) });
			from = line.text.p;
			to = from + line.text.n;
			blank = false;
		} else if (line.text.n == 0 && line.mark == MARK_NONE) {
			blank = true;
		} else if (from && blank && line.indent <= indent &&
			   line.mark == MARK_NONE) {
			/* A paragraph after the list, or between two parts of it. */
			add_item(l, (struct span){ from, (size_t)(to - from) });
			from = NULL;
		} else if (from) {
			to = line.text.p + line.text.n;
		}
	}
	if (from)
		add_item(l, (struct span){ from, (size_t)(to - from) });
}

static void
read_plain(struct list_items *l, struct span text)
{
	bool first = true;

	while (text.n) {
		const struct span line = span_trim(take_line(&text));

		/* "Here are some topics:" */
		if (line.n && !(first && line.p[line.n - 1] == ':'))
			add_item(l, line);
		first = first && line.n == 0;
	}
}

/* Add the strings of {"a":[...]}.  -1: it is none. */
static int
read_array(struct list_items *l, struct span object, struct arena *mem)
{
	struct json_fields f = { 0 };
	struct json_error e;
	int rc = json_scan(object, &f, mem, &e) == 1 ? 0 : -1;

	l->n = 0;
	if (rc == 0 && f.v[0].value.p[0] == '[') {
		struct json_walk w = json_walk(f.v[0].value);

		while (rc == 0 && json_walk_more(&w)) {
			if (json_walk_peek(&w) != '"')
				rc = -1;
			else
				add_item(l, json_unquote(json_walk_value(&w), mem));
		}
	}
	free(f.v);
	return rc;
}

static int
read_json(struct list_items *l, struct span text, struct arena *mem)
{
	const struct span before = SPAN("{\"a\":"), after = SPAN("}");
	char *p = arena_alloc(mem, before.n + text.n + after.n);
	size_t n = before.n + text.n, end = n - 1;

	memcpy(p, before.p, before.n);
	memcpy(p + before.n, text.p, text.n);
	memcpy(p + n, after.p, after.n);
	if (read_array(l, (struct span){ p, n + after.n }, mem) == 0)
		return 0;
	while (end > before.n && is_space(p[end - 1]))
		end--;
	if (p[end - 1] != ',')
		return -1;
	p[end - 1] = ' ';
	l->comma = true;
	return read_array(l, (struct span){ p, n + after.n }, mem);
}

/* The content of the first ``` fence, if the text has one that is closed. */
static struct span
in_fence(struct span text)
{
	struct span rest = text, from = { NULL, 0 };

	while (rest.n) {
		const struct span line = take_line(&rest);

		if (!span_starts(span_trim(line), SPAN("```")))
			continue;
		if (from.p)
			return (struct span){ from.p, (size_t)(line.p - from.p) };
		from = rest;
	}
	return text;
}

int
list_items_read(struct list_items *l, struct span text, struct arena *mem)
{
	const struct span fenced = span_trim(in_fence(text));
	enum mark style;
	size_t indent = 0;

	l->n = 0;
	l->comma = false;
	text = span_trim(text);
	if (fenced.n && fenced.p[0] == '[' && fenced.p[fenced.n - 1] == ']')
		return read_json(l, fenced, mem);
	/* A fence inside an item has no list of its own. */
	if (span_starts(text, SPAN("```")))
		text = fenced;
	style = find_style(text, &indent);
	if (style == MARK_NONE)
		read_plain(l, text);
	else
		read_marked(l, text, style, indent);
	return 0;
}

struct span
list_item_head(struct span item)
{
	struct span s = item;

	if (!is_bold_head(s))
		return item;
	s = span_from(s, 2);
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '*' && s.p[i + 1] == '*') {
			s.n = i;
			while (s.n && (is_space(s.p[s.n - 1]) || s.p[s.n - 1] == ':'))
				s.n--;
			return s.n ? s : item;
		}
	return item;
}
