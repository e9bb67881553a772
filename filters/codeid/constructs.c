/* constructs.c - constructs that tell one language from others like it. */
#include "filters/codeid/constructs.h"

#include "lib/base/err.h"

/* These quote code of other languages. */
static const char documents[] = "asciidoc diff html jupyter-scripts json markdown org "
				"restructuredtext rmarkdown roff tex texinfo text";

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_name(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static bool
is_end(const char *p, const char *end)
{
	return p == end || *p == '\n' || *p == '\r';
}

/* One or more of what ' ' or '@' stands for, all that there are. */
static const char *
take_run(const char *p, const char *end, bool (*is)(char))
{
	while (p < end && is(*p))
		p++;
	return p;
}

/*
 * Whether the pattern matches from p on.  '%' tries what is behind it at each place of
 * the line once; there is one '%' in a pattern at most, so this is linear in the line's
 * length, times the pattern's.
 */
static bool
matches(/* NOLINT(misc-no-recursion): once, at the pattern's one '%' */
    const char *p, const char *end, const char *pattern, bool fold)
{
	for (; *pattern; pattern++) {
		const char *from = p;

		switch (*pattern) {
		case ' ':
			p = take_run(p, end, is_blank);
			if (p == from)
				return false;
			continue;
		case '@':
			p = take_run(p, end, is_name);
			if (p == from)
				return false;
			continue;
		case '$':
			return is_end(take_run(p, end, is_blank), end);
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
		if (p == end || (fold ? lower(*p) : *p) != *pattern)
			return false;
		p++;
	}
	return true;
}

/* What is looked at of a text, and where its lines begin, the blanks before left out. */
struct look {
	const char *p, *end;
	size_t lines;
	uint16_t line[CODE_MAGIC_BYTES + 1];
};

static void
look_at(struct look *l, struct span text)
{
	const char *p = text.p, *end = p + text.n, *nl;

	if (text.n > CODE_MAGIC_BYTES)
		end = p + CODE_MAGIC_BYTES;
	l->p = p;
	l->end = end;
	for (l->lines = 0; p < end; p = nl + 1) {
		l->line[l->lines++] = (uint16_t)(take_run(p, end, is_blank) - l->p);
		if (!(nl = memchr(p, '\n', (size_t)(end - p))))
			break;
	}
}

static bool
at_lines(const struct look *l, const char *pattern, bool fold)
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
anywhere(const struct look *l, const char *pattern, bool fold)
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
at_start(const struct look *l, const char *pattern, bool fold)
{
	const char *p = l->p;

	while (p < l->end && (is_blank(*p) || *p == '\n' || *p == '\r'))
		p++;
	return matches(p, l->end, pattern, fold);
}

static bool
has(const struct look *l, enum code_where where, const char *pattern, bool fold)
{
	return where == CODE_AT_START  ? at_start(l, pattern, fold)
	       : where == CODE_AT_LINE ? at_lines(l, pattern, fold)
				       : anywhere(l, pattern, fold);
}

bool
code_magic_has(struct span text, enum code_where where, const char *pattern, bool fold)
{
	struct look l;

	look_at(&l, text);
	return has(&l, where, pattern, fold);
}

static struct code_set
named_in(const char *list)
{
	struct code_set set = { 0 };

	while (*list) {
		const size_t n = strcspn(list, " ");
		const unsigned lang = code_lang_find((struct span){ list, n });

		if (lang == CODE_NONE)
			BUG("a rule names a language that is in no table");
		code_set_add(&set, lang);
		list += n + strspn(list + n, " ");
	}
	return set;
}

static struct code_set
set_of(const char *list)
{
	struct code_set set = { 0 }, quoting;

	if (list[0] != '*' && list[0] != '+')
		return named_in(list);
	quoting = named_in(documents);
	for (unsigned i = 0; i < code_langs_n; i++)
		if (list[0] == '*' || !code_set_has(&quoting, i))
			code_set_add(&set, i);
	return set;
}

void
code_magic_open(struct code_magic *m)
{
	for (size_t i = 0; i < code_rules_n; i++) {
		m->lang[i] = code_lang_find(span_of(code_rules[i].lang));
		m->from[i] = set_of(code_rules[i].from);
		if (m->lang[i] == CODE_NONE)
			BUG("a rule for a language that is in no table");
	}
}

const struct code_rule *
code_magic_find(const struct code_magic *m, struct span text, const struct code_set *from,
    const struct code_set *to, bool named)
{
	struct look l;

	look_at(&l, text);
	for (size_t i = 0; i < code_rules_n; i++) {
		const struct code_rule *r = &code_rules[i];
		const struct code_set both = code_set_and(m->from[i], *from);

		if (!code_set_has(to, m->lang[i]) || code_set_first(&both) == CODE_NONE)
			continue;
		if (named &&
		    (r->where != CODE_AT_START || r->from[0] == '*' || r->from[0] == '+'))
			continue;
		if (has(&l, r->where, r->pattern, r->fold) &&
		    (!r->also || at_lines(&l, r->also, r->fold)))
			return r;
	}
	return NULL;
}
