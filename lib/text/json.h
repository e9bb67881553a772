/* json.h - scan one JSON object into the byte ranges of its fields; quote strings. */
#ifndef TAMIS_JSON_H
#define TAMIS_JSON_H

#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "lib/text/utf8.h"

struct json_field {
	struct span key;   /* decoded */
	struct span value; /* its exact bytes, without surrounding space */
};

struct json_error {
	size_t at;	  /* offset of the first bad byte */
	const char *what; /* "expected ',' or '}'"; static, or in the arena */
};

struct json_fields {
	struct json_field *v;
	size_t n, cap;
	struct span
	    decode; /* the name of a field to decode if it is a string; p: or NULL */
	struct span decoded; /* its value, as json_unquote returns it; p == NULL: none */
};

/*
 * Scan a whole object by RFC 8259, strictly: values nest up to 1024 deep, and decoded
 * field names are unique.  Space around the object is allowed.  Ill-formed UTF-8 is an
 * error like any other: utf8_valid finds out whether s has some.  The fields replace
 * those in f.  Escaped names are decoded into mem.
 * Returns the number of fields, or -1 with *e.  Time is linear in s.n.
 */
int json_scan(
    struct span s, struct json_fields *f, struct arena *mem, struct json_error *e);

/* Decode a scanned JSON string, quotes included, to UTF-8.  Without escapes the result is
 * a part of raw, else it is in mem. */
struct span json_unquote(struct span raw, struct arena *mem);

/*
 * Replace the escapes of lone surrogates and NUL, which json_scan rejects, by U+FFFD.
 * The length does not change.  Returns the number of replacements.
 */
uint64_t json_repair(char *p, size_t n);

/* Append s, valid UTF-8, as a JSON string.  Only required escapes are used. */
void json_quote(struct buf *b, struct span s);
/* The same for any bytes, such as a file name: ill-formed UTF-8 becomes U+FFFD. */
void json_quote_any(struct buf *b, struct span s);

#endif
