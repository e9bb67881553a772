/* instructions.c - check exactly whether an answer follows a verifiable instruction. */
#include "filters/align/instructions.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/text/directives.h"
#include "lib/text/json.h"
#include "lib/text/json_walk.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

enum { WHY = 160, MAX_KEYWORD = 1024 };

/* One check: its instruction's parameters, and what they turn out to lack. */
struct check {
	struct span answer;
	struct json_walk params; /* of kwargs */
	bool has_params;
	struct arena *mem;
	const char *lacks; /* a parameter; NULL: none */
};

/* The value of a parameter; p == NULL: missing or null. */
static struct span
param(const struct check *c, const char *name)
{
	struct json_walk w = c->params;

	while (c->has_params && json_walk_more(&w)) {
		const struct span key = json_walk_name(&w), value = json_walk_value(&w);

		if (key.n == strlen(name) + 2 &&
		    memcmp(key.p + 1, name, key.n - 2) == 0 && value.p[0] != 'n')
			return value;
	}
	return (struct span){ NULL, 0 };
}

static uint64_t
number(struct check *c, const char *name)
{
	const struct span raw = param(c, name);
	uint64_t n = 0;

	if (!raw.p || !is_digit(raw.p[0])) {
		c->lacks = name;
		return 0;
	}
	for (size_t i = 0; i < raw.n && is_digit(raw.p[i]) && n < 1000000000; i++)
		n = n * 10 + (uint64_t)(raw.p[i] - '0');
	return n;
}

static struct span
string(struct check *c, const char *name)
{
	const struct span raw = param(c, name);

	if (raw.p && raw.p[0] == '"')
		return json_unquote(raw, c->mem);
	c->lacks = name;
	return SPAN("");
}

/* s in lower case, which is canonically decomposed: only to compare. */
static struct span
folded(struct span s, struct arena *mem)
{
	struct buf b = { 0 };
	char *p;
	size_t n;

	for (size_t at = 0; at < s.n;)
		unicode_put_folded(&b, utf8_next(s, &at));
	n = b.n;
	p = arena_copy(mem, buf_span(&b));
	buf_free(&b);
	return (struct span){ p, n };
}

/* The same in any case, to search for.  A limit keeps the time linear. */
static struct span
keyword(struct check *c, struct span text)
{
	if (text.n > MAX_KEYWORD)
		c->lacks = "of at most 1024 bytes";
	return folded(text.n > MAX_KEYWORD ? SPAN("") : text, c->mem);
}

/* Whether n is "at least" or "less than" the parameter, by the other parameter. */
static bool
related(struct check *c, uint64_t n, const char *limit, const char *relation)
{
	const uint64_t bound = number(c, limit);
	const struct span how = string(c, relation);

	if (span_eq(how, SPAN("less than")))
		return n < bound;
	if (!span_eq(how, SPAN("at least")))
		c->lacks = relation;
	return n >= bound;
}

static size_t
find(struct span s, struct span what, size_t from)
{
	for (size_t i = from; what.n && i + what.n <= s.n; i++) {
		const char *p = memchr(s.p + i, what.p[0], s.n - i);

		if (!p)
			break;
		i = (size_t)(p - s.p);
		if (i + what.n <= s.n && memcmp(p, what.p, what.n) == 0)
			return i;
	}
	return SIZE_MAX;
}

static uint64_t
occurrences(struct span s, struct span what)
{
	uint64_t n = 0;

	for (size_t at = 0; (at = find(s, what, at)) != SIZE_MAX; at += what.n)
		n++;
	return n;
}

/* Runs of letters, digits and underscores. */
static uint64_t
count_words(struct span s)
{
	const uint32_t *classes = unicode_classes();
	uint64_t n = 0;
	bool in = false;

	for (size_t at = 0; at < s.n;) {
		const uint32_t c = utf8_next(s, &at);
		const bool word =
		    c == '_' || (classes[c] & (CHAR_ALPHA | CHAR_NUMBER)) != 0;

		n += word && !in;
		in = word;
	}
	return n;
}

static bool
words(struct check *c)
{
	return related(c, count_words(c->answer), "num_words", "relation");
}

/* Paragraphs are separated by lines of three asterisks; only the outer may be empty. */
static bool
paragraphs(struct check *c)
{
	struct span rest = c->answer;
	uint64_t n = 0;
	bool first = true, last = false;

	while (!last) {
		const size_t at = find(rest, SPAN("***"), 0);
		const struct span part =
		    span_trim((struct span){ rest.p, at == SIZE_MAX ? rest.n : at });

		last = at == SIZE_MAX;
		if (part.n)
			n++;
		else if (!first && !last)
			return false;
		first = false;
		if (!last)
			rest = span_from(rest, at + 3);
	}
	return n == number(c, "num_paragraphs");
}

static bool
bullets(struct check *c)
{
	struct span rest = c->answer;
	uint64_t n = 0;

	while (rest.n) {
		const char *end = memchr(rest.p, '\n', rest.n);
		const size_t len = end ? (size_t)(end - rest.p) : rest.n;
		const struct span line = span_trim((struct span){ rest.p, len });

		n += (line.n > 1 && line.p[0] == '*' && line.p[1] != '*') ||
		     (line.n > 0 && line.p[0] == '-');
		rest = span_from(rest, len + (end != NULL));
	}
	return n == number(c, "num_bullets");
}

/* The content of a fence around the whole answer, or the answer. */
static struct span
unfenced(struct span s)
{
	const char *end;

	s = span_trim(s);
	if (!span_starts(s, SPAN("```")))
		return s;
	end = memchr(s.p, '\n', s.n);
	if (!end || s.n < 6 || memcmp(s.p + s.n - 3, "```", 3) != 0)
		return s;
	s = span_from(s, (size_t)(end - s.p));
	s.n -= s.n < 3 ? s.n : 3;
	return span_trim(s);
}

static bool
json(struct check *c)
{
	const struct span s = unfenced(c->answer);
	struct json_fields f = { 0 };
	struct json_error e;
	struct buf b = { 0 };
	bool ok;

	buf_puts(&b, "{\"a\":");
	buf_put(&b, s.p, s.n);
	buf_putc(&b, '}');
	ok = json_scan(buf_span(&b), &f, c->mem, &e) == 1;
	free(f.v);
	buf_free(&b);
	return ok;
}

static bool
constrained(struct check *c)
{
	return find(c->answer, SPAN("My answer is yes."), 0) != SIZE_MAX ||
	       find(c->answer, SPAN("My answer is no."), 0) != SIZE_MAX ||
	       find(c->answer, SPAN("My answer is maybe."), 0) != SIZE_MAX;
}

static bool
no_comma(struct check *c)
{
	return !memchr(c->answer.p, ',', c->answer.n);
}

/* Whether there are letters with case, and none of the flag. */
static bool
without_case(const struct check *c, uint32_t flag)
{
	const uint32_t *classes = unicode_classes();
	bool cased = false;

	for (size_t at = 0; at < c->answer.n;) {
		const uint32_t bits = classes[utf8_next(c->answer, &at)];

		if (bits & flag)
			return false;
		cased = cased || (bits & (CHAR_UPPER | CHAR_LOWER));
	}
	return cased;
}

static bool
capital(struct check *c)
{
	return without_case(c, CHAR_LOWER);
}

static bool
lowercase(struct check *c)
{
	return without_case(c, CHAR_UPPER);
}

/* A title in double angular brackets that is not empty. */
static bool
title(struct check *c)
{
	for (size_t at = 0; (at = find(c->answer, SPAN("<<"), at)) != SIZE_MAX; at++) {
		const struct span rest = span_from(c->answer, at + 2);
		const char *line = memchr(rest.p, '\n', rest.n);
		const size_t end = find(rest, SPAN(">>"), 0),
			     eol = line ? (size_t)(line - rest.p) : rest.n;

		if (end < eol && span_trim((struct span){ rest.p, end }).n)
			return true;
	}
	return false;
}

static bool
postscript(struct check *c)
{
	const struct span marker = keyword(c, string(c, "postscript_marker"));
	const struct span s = folded(c->answer, c->mem);

	return find(s, marker, 0) != SIZE_MAX;
}

static bool
placeholders(struct check *c)
{
	uint64_t n = 0;
	size_t open = SIZE_MAX;

	for (size_t i = 0; i < c->answer.n; i++) {
		if (c->answer.p[i] == '[') {
			open = i;
		} else if (c->answer.p[i] == ']' && open != SIZE_MAX) {
			n += i > open + 1;
			open = SIZE_MAX;
		}
	}
	return n >= number(c, "num_placeholders");
}

/* Whether all, or none, of a list of words occur in any case. */
static bool
keywords_in(struct check *c, const char *name, bool want)
{
	const struct span list = param(c, name), s = folded(c->answer, c->mem);
	struct json_walk w;

	if (!list.p || list.p[0] != '[') {
		c->lacks = name;
		return false;
	}
	w = json_walk(list);
	while (json_walk_more(&w)) {
		const struct span raw = json_walk_value(&w);

		if (raw.p[0] != '"') {
			c->lacks = name;
			return false;
		}
		if ((find(s, keyword(c, json_unquote(raw, c->mem)), 0) != SIZE_MAX) !=
		    want)
			return false;
	}
	return true;
}

static bool
existence(struct check *c)
{
	return keywords_in(c, "keywords", true);
}

static bool
forbidden(struct check *c)
{
	return keywords_in(c, "forbidden_words", false);
}

static bool
frequency(struct check *c)
{
	const struct span word = keyword(c, string(c, "keyword")),
			  s = folded(c->answer, c->mem);

	return related(c, occurrences(s, word), "frequency", "relation");
}

static bool
letters(struct check *c)
{
	const struct span letter = keyword(c, string(c, "letter")),
			  s = folded(c->answer, c->mem);

	return related(c, occurrences(s, letter), "let_frequency", "let_relation");
}

static bool
ends(struct check *c)
{
	const struct span phrase = folded(span_trim(string(c, "end_phrase")), c->mem),
			  s = folded(span_trim(c->answer), c->mem);

	return s.n >= phrase.n && memcmp(s.p + s.n - phrase.n, phrase.p, phrase.n) == 0;
}

static bool
quotation(struct check *c)
{
	const struct span s = span_trim(c->answer);

	return s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"';
}

static bool
repeat_prompt(struct check *c)
{
	const struct span prompt =
			      folded(span_trim(string(c, "prompt_to_repeat")), c->mem),
			  s = folded(span_trim(c->answer), c->mem);

	return span_starts(s, prompt);
}

static bool
two_responses(struct check *c)
{
	const size_t at = find(c->answer, SPAN("******"), 0);
	struct span a, b;

	if (at == SIZE_MAX || find(c->answer, SPAN("******"), at + 6) != SIZE_MAX)
		return false;
	a = span_trim((struct span){ c->answer.p, at });
	b = span_trim(span_from(c->answer, at + 6));
	return a.n && b.n && !span_eq(a, b);
}

static const struct {
	const char *name;
	bool (*follows)(struct check *c);
} instructions[] = {
	{ "change_case:english_capital", capital },
	{ "change_case:english_lowercase", lowercase },
	{ "combination:repeat_prompt", repeat_prompt },
	{ "combination:two_responses", two_responses },
	{ "detectable_content:number_placeholders", placeholders },
	{ "detectable_content:postscript", postscript },
	{ "detectable_format:constrained_response", constrained },
	{ "detectable_format:json_format", json },
	{ "detectable_format:number_bullet_lists", bullets },
	{ "detectable_format:title", title },
	{ "keywords:existence", existence },
	{ "keywords:forbidden_words", forbidden },
	{ "keywords:frequency", frequency },
	{ "keywords:letter_frequency", letters },
	{ "length_constraints:number_paragraphs", paragraphs },
	{ "length_constraints:number_words", words },
	{ "punctuation:no_comma", no_comma },
	{ "startend:end_checker", ends },
	{ "startend:quotation", quotation },
};

const char *
instruction_name(size_t i)
{
	return i < sizeof instructions / sizeof *instructions ? instructions[i].name
							      : NULL;
}

enum followed
instruction_check(struct span name, struct span kwargs, struct span answer,
    struct arena *mem, char why[WHY])
{
	struct check c = { .answer = answer, .mem = mem };
	bool ok;

	if (kwargs.p && kwargs.p[0] == '{') {
		c.params = json_walk(kwargs);
		c.has_params = true;
	}
	for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
		if (!span_eq(name, span_of(instructions[i].name)))
			continue;
		ok = span_trim(answer).n && instructions[i].follows(&c);
		if (!c.lacks)
			return ok ? FOLLOWED_YES : FOLLOWED_NO;
		snprintf(why, WHY, "%s: parameter '%s' is missing or has another form",
		    instructions[i].name, c.lacks);
		return FOLLOWED_BAD;
	}
	snprintf(why, WHY, "unknown instruction '%.*s'", quoted(name), name.p);
	return FOLLOWED_BAD;
}
