/* json_walk.h - step through the values of JSON that json_scan has accepted, in one pass.
 *
 *	struct json_walk w = json_walk(array);
 *	while (json_walk_more(&w))
 *		value = json_walk_value(&w);
 *
 * Nested arrays and objects are walked in the same way: json_walk_open steps into one,
 *and its loop ends after it.  JSON that json_scan would not accept is a BUG.
 */
#ifndef TAMIS_JSON_WALK_H
#define TAMIS_JSON_WALK_H

#include "lib/base/chars.h"
#include "lib/base/err.h"
#include "lib/base/span.h"

struct json_walk {
	struct span s;
	size_t i;    /* of the next byte */
	bool opened; /* no value of the innermost array or object was read so far */
};

/* The next byte that is not white space. */
static inline char
json_walk_byte(struct json_walk *w)
{
	while (w->i < w->s.n) {
		const char c = w->s.p[w->i];

		if (c > ' ')
			return c;
		w->i++;
	}
	BUG("walk past the end of JSON");
}

/* Read a string, whose opening quote is next, and which is not as short as names are. */
struct span json_walk_long_string(struct json_walk *w);

/* Read a string, whose opening quote is next. */
static inline struct span
json_walk_string(struct json_walk *w)
{
	const char *p = w->s.p + w->i, *end = p + 12;
	size_t n = 1;

	if (w->s.n - w->i > 12)
		for (; p + n < end && p[n] != '\\'; n++)
			if (p[n] == '"') {
				w->i += n + 1;
				return (struct span){ p, n + 1 };
			}
	return json_walk_long_string(w);
}

/* Step into the next value, which is an array or object. */
static inline void
json_walk_open(struct json_walk *w)
{
	(void)json_walk_byte(w);
	w->i++;
	w->opened = true;
}

/* A walk that is inside value, an array or object. */
static inline struct json_walk
json_walk(struct span value)
{
	struct json_walk w = { .s = value };

	json_walk_open(&w);
	return w;
}

/* Step to the next value or name of the array or object; at its end, past that.  Returns
 * whether there is one. */
static inline bool
json_walk_more(struct json_walk *w)
{
	const char c = json_walk_byte(w);
	const bool opened = w->opened;

	w->opened = false;
	if (c == ']' || c == '}') {
		w->i++;
		return false;
	}
	if (!opened) {
		w->i++; /* the comma */
		(void)json_walk_byte(w);
	}
	return true;
}

/* Read a name, with its quotes, and its colon. */
static inline struct span
json_walk_name(struct json_walk *w)
{
	struct span name;

	(void)json_walk_byte(w);
	name = json_walk_string(w);
	(void)json_walk_byte(w);
	w->i++; /* the colon */
	(void)json_walk_byte(w);
	return name;
}

/* The first byte of the next value: '"', '[', '{', 't', 'f', 'n', '-', or a digit. */
static inline char
json_walk_peek(struct json_walk *w)
{
	return json_walk_byte(w);
}

/* Read a value.  The result is its exact bytes. */
struct span json_walk_value(struct json_walk *w);

#endif
