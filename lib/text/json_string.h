/* json_string.h - inside lib/text: one JSON string, scanned, decoded or quoted in one
 * pass. */
#ifndef TAMIS_JSON_STRING_H
#define TAMIS_JSON_STRING_H

#include <stdint.h>

#include "lib/base/mem.h"

/* The room that the copying loops need after the end of their output. */
enum { JSON_SLACK = 64 };

/* The result for a string that json_string does not accept. */
#define JSON_NO_STRING SIZE_MAX

/*
 * Scan the string whose first byte after the opening quote is s.p[i].  Returns the index
 * of its closing quote.  Unless `to` is NULL, decodes the string to *to, which has room
 * for s.n - i + JSON_SLACK bytes, and moves *to past it.
 *
 * Returns JSON_NO_STRING if the string is malformed or has ill-formed UTF-8, NUL or lone
 * surrogates, or if s has ill-formed UTF-8 soon after it.  json_string_problem decides.
 */
size_t json_string(struct span s, size_t i, char **to);

/* Move *i, the index of the opening quote, past the closing one.  Returns NULL, or the
 * problem; *i is then its place.  Slow, and blind to ill-formed UTF-8. */
const char *json_string_problem(struct span s, size_t *i);

/* Decode s.p[i] up to the end of s, which is part of a scanned string, to `to`.  Returns
 * the length.  Slow, but accepts NUL, surrogates and ill-formed UTF-8. */
size_t json_string_decode(struct span s, size_t i, char *to);

/*
 * Decode the escape or surrogate pair at s.p[i] == '\\', s.p[i + 1] == 'u'.  A lone
 * surrogate is stored as such.  Returns the length of the escape, 0 if not hexadecimal.
 */
size_t json_unicode_escape(struct span s, size_t i, uint32_t *c);

/* The byte that the letter after '\\' represents; 0: none, or 'u'. */
extern const char json_escaped_by[256];

/* For tests: the implementations, and whether this machine runs those for AVX2. */
bool json_has_avx2(void);
size_t json_string_avx2(struct span s, size_t i, char **to);
size_t json_string_baseline(struct span s, size_t i, char **to);
size_t json_string_portable(struct span s, size_t i, char **to);
void json_quote_avx2(struct buf *b, struct span s); /* json_quote without the quotes */
void json_quote_portable(struct buf *b, struct span s);

#endif
