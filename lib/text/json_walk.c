/* json_walk.c - step through the values of JSON that is known to be valid. */
#include "lib/text/json_walk.h"

struct span
json_walk_long_string(struct json_walk *w)
{
	const size_t at = w->i;
	size_t from = at + 1; /* what precedes it has been seen */

	for (;;) {
		const char *end = memchr(w->s.p + from, '"', w->s.n - from);
		size_t slashes = 0;

		if (!end)
			BUG("walk of an invalid JSON string");
		w->i = (size_t)(end - w->s.p) + 1;
		while (
		    end - slashes > w->s.p + from && end[-1 - (ptrdiff_t)slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return (struct span){ w->s.p + at, w->i - at };
		from = w->i; /* the quote is escaped */
	}
}

struct span
json_walk_value(struct json_walk *w)
{
	const char first = json_walk_byte(w);
	const size_t at = w->i;
	size_t depth = 0;

	w->opened = false;
	if (first == '"')
		return json_walk_string(w);
	do {
		const char c = json_walk_byte(w);

		if (c == '"') {
			(void)json_walk_string(w);
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
