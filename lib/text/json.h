/* json.h - one JSON object by the byte ranges of its members, strictly.  No tree. */
#ifndef TAMIS_JSON_H
#define TAMIS_JSON_H

#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "lib/text/utf8.h"

struct member {
	struct span key;   /* decoded */
	struct span value; /* its exact bytes, without space around */
};

struct json_error {
	size_t at;	  /* the first wrong byte */
	const char *what; /* static: "expected ',' or '}'" */
};

/*
 * Scan a whole object (RFC 8259; nesting up to 1024; space around it allowed; duplicate
 * member names refused, compared decoded).  `s` must be valid UTF-8 (utf8_valid).
 * members: filled from its start, grown as needed.  Escaped keys are decoded into mem.
 * Returns the number of members, or -1 with *e.  Time is linear in s.n.
 */
struct members {
	struct member *v;
	size_t n, cap;
};
int json_scan(struct span s, struct members *m, struct arena *mem, struct json_error *e);

/* Decode a scanned JSON string (with its quotes) to UTF-8; no copy where it has no
 * escapes. */
struct span json_unquote(struct span raw, struct arena *mem);

/*
 * Replace escapes that json_scan refuses, lone surrogates and NUL, by U+FFFD in place
 * (of the same length).  Returns how many.
 */
uint64_t json_repair(char *p, size_t n);

/* Append s, valid UTF-8, as a JSON string, escaping only what RFC 8259 demands. */
void json_quote(struct buf *b, struct span s);
/* The same of any bytes, such as a file's name: what is no UTF-8 becomes U+FFFD. */
void json_quote_any(struct buf *b, struct span s);

#endif
