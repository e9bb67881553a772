/* json_walk.c - step through the values of JSON that is known to be valid. */
#include "lib/text/json_walk.h"

#include "lib/base/chars.h"
#include "lib/base/err.h"
#include "lib/text/json_string.h"

static inline void
skip_space(struct json_walk *w)
{
	while (w->i < w->s.n) {
		const char c = w->s.p[w->i];

		if (!is_blank(c) && c != '\r' && c != '\n')
			return;
		w->i++;
	}
}

/* The next byte that is not white space. */
static inline char
next_byte(struct json_walk *w)
{
	skip_space(w);
	if (w->i >= w->s.n)
		BUG("walk of invalid JSON");
	return w->s.p[w->i];
}

struct json_walk
json_walk(struct span value)
{
	struct json_walk w = { .s = value };

	json_walk_open(&w);
	return w;
}

void
json_walk_open(struct json_walk *w)
{
	const char c = next_byte(w);

	if (c != '[' && c != '{')
		BUG("walk of a value that is neither an array nor an object");
	w->i++;
	w->opened = true;
}

bool
json_walk_more(struct json_walk *w)
{
	const char c = next_byte(w);
	const bool opened = w->opened;

	w->opened = false;
	if (c == ']' || c == '}') {
		w->i++;
		return false;
	}
	if (!opened) {
		w->i++; /* the comma */
		skip_space(w);
	}
	return true;
}

/* Move past a string, whose opening quote is next. */
static inline struct span
string(struct json_walk *w)
{
	const size_t at = w->i, end = json_string(w->s, at + 1, NULL);

	if (end == JSON_NO_STRING)
		BUG("walk of an invalid JSON string");
	w->i = end + 1;
	return (struct span){ w->s.p + at, w->i - at };
}

struct span
json_walk_name(struct json_walk *w)
{
	struct span name;

	(void)next_byte(w);
	name = string(w);
	(void)next_byte(w);
	w->i++; /* the colon */
	skip_space(w);
	return name;
}

char
json_walk_peek(const struct json_walk *w)
{
	struct json_walk copy = *w;

	return next_byte(&copy);
}

struct span
json_walk_value(struct json_walk *w)
{
	const char first = next_byte(w);
	const size_t at = w->i;
	size_t depth = 0;

	w->opened = false;
	if (first == '"')
		return string(w);
	do {
		const char c = next_byte(w);

		if (c == '"') {
			(void)string(w);
			continue;
		}
		if (c == '[' || c == '{')
			depth++;
		else if (c == ']' || c == '}')
			depth--;
		else if (depth == 0)
			/* A number or a word. */
			while (
			    w->i + 1 < w->s.n && !strchr(",]} \t\r\n", w->s.p[w->i + 1]))
				w->i++;
		w->i++;
	} while (depth > 0);
	return (struct span){ w->s.p + at, w->i - at };
}
