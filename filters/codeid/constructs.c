/* constructs.c - match the patterns of constructs against a text. */
#include "filters/codeid/constructs.h"

#include "lib/base/chars.h"
#include "lib/base/err.h"

/* Languages whose texts quote code of other languages. */
static const char quoting[] = "asciidoc diff html jupyter-scripts json markdown org "
			      "restructuredtext rmarkdown roff tex texinfo text";

static bool
is_name(char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static bool
is_end(const char *p, const char *end)
{
	return p == end || *p == '\n' || *p == '\r';
}

/* Skip all bytes for which is() holds. */
static const char *
skip_run(const char *p, const char *end, bool (*is)(char))
{
	while (p < end && is(*p))
		p++;
	return p;
}

/*
 * Whether the pattern matches at p.  '%' tries the rest of the pattern at each position
 * of the line.  A pattern has at most one '%', so the time is at most the length of the
 * line times that of the pattern.
 */
static bool
matches(/* NOLINT(misc-no-recursion): once, at the pattern's one '%' */
    const char *p, const char *end, const char *pattern, bool fold)
{
	for (; *pattern; pattern++) {
		const char *from = p;

		switch (*pattern) {
		case ' ':
			p = skip_run(p, end, is_blank);
			if (p == from)
				return false;
			continue;
		case '@':
			p = skip_run(p, end, is_name);
			if (p == from)
				return false;
			continue;
		case '$':
			return is_end(skip_run(p, end, is_blank), end);
		case '%':
			for (; !is_end(p, end); p++)
				if (matches(p, end, pattern + 1, fold))
					return true;
			return false;
		case '\\':
			pattern++;
			break;
		default:
			break;
		}
		if (p == end || (fold ? ascii_lower(*p) : *p) != *pattern)
			return false;
		p++;
	}
	return true;
}

/* The examined part of a text, and the offset of each line after leading blanks. */
struct line_index {
	const char *p, *end;
	size_t lines;
	uint16_t line[CONSTRUCT_BYTES_MAX + 1];
};

static void
index_lines(struct line_index *l, struct span text)
{
	const char *p = text.p, *end = p + text.n, *nl;

	if (text.n > CONSTRUCT_BYTES_MAX)
		end = p + CONSTRUCT_BYTES_MAX;
	l->p = p;
	l->end = end;
	for (l->lines = 0; p < end; p = nl + 1) {
		l->line[l->lines++] = (uint16_t)(skip_run(p, end, is_blank) - l->p);
		if (!(nl = memchr(p, '\n', (size_t)(end - p))))
			break;
	}
}

static bool
at_lines(const struct line_index *l, const char *pattern, bool fold)
{
	const char first = pattern[pattern[0] == '\\'];
	const bool plain = !fold && first != '@' && first != ' ' && first != '%';

	for (size_t i = 0; i < l->lines; i++) {
		const char *p = l->p + l->line[i];

		if (plain && (p == l->end || *p != first))
			continue;
		if (matches(p, l->end, pattern, fold))
			return true;
	}
	return false;
}

static bool
anywhere(const struct line_index *l, const char *pattern, bool fold)
{
	const char *end = l->end, *p = l->p;
	const char first = pattern[pattern[0] == '\\'];

	while (p < end) {
		if (!fold && !(p = memchr(p, first, (size_t)(end - p))))
			return false;
		if (matches(p, end, pattern, fold))
			return true;
		p++;
	}
	return false;
}

static bool
at_start(const struct line_index *l, const char *pattern, bool fold)
{
	const char *p = l->p;

	while (p < l->end && (is_blank(*p) || *p == '\n' || *p == '\r'))
		p++;
	return matches(p, l->end, pattern, fold);
}

static bool
matches_at(const struct line_index *l, enum construct_place place, const char *pattern,
    bool fold)
{
	return place == AT_START  ? at_start(l, pattern, fold)
	       : place == AT_LINE ? at_lines(l, pattern, fold)
				  : anywhere(l, pattern, fold);
}

static struct code_set
parse_list(const char *list)
{
	struct code_set set = { 0 };

	while (*list) {
		const size_t n = strcspn(list, " ");
		const unsigned lang = code_lang_find((struct span){ list, n });

		if (lang == CODE_NONE)
			BUG("a construct names an unknown language");
		code_set_add(&set, lang);
		list += n + strspn(list + n, " ");
	}
	return set;
}

static struct code_set
set_of(const char *list)
{
	struct code_set set = { 0 }, documents;

	if (list[0] != '*' && list[0] != '+')
		return parse_list(list);
	documents = parse_list(quoting);
	for (unsigned i = 0; i < code_langs_n; i++)
		if (list[0] == '*' || !code_set_has(&documents, i))
			code_set_add(&set, i);
	return set;
}

void
constructs_open(struct constructs *c)
{
	for (size_t i = 0; i < construct_table_n; i++) {
		c->lang[i] = code_lang_find(span_of(construct_table[i].lang));
		c->from[i] = set_of(construct_table[i].from);
		if (c->lang[i] == CODE_NONE)
			BUG("a construct is for an unknown language");
	}
}

const struct construct *
constructs_find(const struct constructs *c, struct span text, const struct code_set *from,
    const struct code_set *to, bool named)
{
	struct line_index l;

	index_lines(&l, text);
	for (size_t i = 0; i < construct_table_n; i++) {
		const struct construct *k = &construct_table[i];
		const struct code_set both = code_set_and(c->from[i], *from);

		if (!code_set_has(to, c->lang[i]) || code_set_first(&both) == CODE_NONE)
			continue;
		if (named &&
		    (k->place != AT_START || k->from[0] == '*' || k->from[0] == '+'))
			continue;
		if (matches_at(&l, k->place, k->pattern, k->fold) &&
		    (!k->also || at_lines(&l, k->also, k->fold)))
			return k;
	}
	return NULL;
}
