/* json_elements.h - the elements of an array in JSON; texts of their own. */
#ifndef SHARDS_JSON_ELEMENTS_H
#define SHARDS_JSON_ELEMENTS_H

#include "lib/base/mem.h"

/* Take the next element off an array that json_scan has accepted, whose rest then begins
 * with its comma.  False after the last one. */
static inline bool
json_element(struct span *array, struct span *element)
{
	size_t depth = 1;
	bool quoted = false;

	for (size_t i = 1; i < array->n; i++) {
		const char c = array->p[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (c == '[' || c == '{') {
			depth++;
		} else if (depth > 1) {
			depth -= c == ']' || c == '}';
		} else if (c == ']' || c == ',') {
			*element = (struct span){ array->p + 1, i - 1 };
			*array = span_from(*array, c == ',' ? i : array->n);
			return element->n > 0;
		}
	}
	return false;
}

/* A copy of s with a NUL, to free(). */
static inline char *
span_copy(struct span s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

#endif
