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

#include "lib/base/span.h"

struct json_walk {
	struct span s;
	size_t i;    /* of the next byte */
	bool opened; /* no value of the innermost array or object was read so far */
};

/* A walk that is inside value, an array or object. */
struct json_walk json_walk(struct span value);

/* Step to the next value or name of the array or object; at its end, past that. Returns
 * whether there is one. */
bool json_walk_more(struct json_walk *w);

/* Read a name, with its quotes, and its colon. */
struct span json_walk_name(struct json_walk *w);

/* The first byte of the next value: '"', '[', '{', 't', 'f', 'n', '-', or a digit. */
char json_walk_peek(const struct json_walk *w);

/* Read a value.  The result is its exact bytes. */
struct span json_walk_value(struct json_walk *w);

/* Step into the next value, which is an array or object. */
void json_walk_open(struct json_walk *w);

#endif
