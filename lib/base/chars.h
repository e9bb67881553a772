/* chars.h - classes of ASCII bytes, comma-separated lists, base names of paths. */
#ifndef TAMIS_CHARS_H
#define TAMIS_CHARS_H

#include "lib/base/span.h"

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* White space of HTML: blanks, line ends, form feed. */
static inline bool
is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r' || c == '\f';
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* c, or its lower case if it is an ASCII letter. */
static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether n bytes are equal but for the case of ASCII letters. */
static inline bool
ascii_eq(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

/* The value of a hexadecimal digit in either case, or -1. */
static inline int
hex_digit(char c)
{
	const char low = (char)(c | 0x20);

	if (is_digit(c))
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/*
 * Take the next item off a comma-separated list.  "a,,b" has the items "a", "" and "b";
 * "" has one item, "".  After the last item *list is NULL; the next call returns false.
 */
static inline bool
list_next(const char **list, struct span *item)
{
	const char *p = *list;

	if (!p)
		return false;
	*item = (struct span){ p, strcspn(p, ",") };
	*list = p[item->n] ? p + item->n + 1 : NULL;
	return true;
}

/* Whether a comma-separated list contains the item s. */
static inline bool
list_has(const char *list, struct span s)
{
	struct span item;

	while (list_next(&list, &item))
		if (span_eq(item, s))
			return true;
	return false;
}

/* The part of a path after its last slash. */
static inline const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

#endif
