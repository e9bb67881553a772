/* utf8.h - validate, repair and step through UTF-8. */
#ifndef TAMIS_UTF8_H
#define TAMIS_UTF8_H

#include <stdint.h>

#include "lib/base/mem.h"

/* Whether all of s is well-formed UTF-8 (no surrogates, no overlongs, up to U+10FFFF). */
bool utf8_valid(struct span s);
/* Offset of the first ill-formed sequence, or s.n. */
size_t utf8_error(struct span s);
/* Append s with each maximal ill-formed subpart replaced by U+FFFD.  Returns how many. */
uint64_t utf8_repair(struct buf *b, struct span s);
/* Append one code point: at most U+10FFFF, not a surrogate. */
void utf8_put(struct buf *b, uint32_t c);

/* Write one code point, at most U+10FFFF, to `to`.  Returns its length, 1 to 4. */
static inline size_t
utf8_encode(char *to, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		to[0] = (char)c;
		return 1;
	}
	for (size_t k = n - 1; k > 0; k--, c >>= 6)
		to[k] = (char)(0x80 | (c & 63));
	to[0] = (char)(0xf00 >> n | c);
	return n;
}

/* Decode the code point at s.p[*at] of valid UTF-8 and move *at past it. */
static inline uint32_t
utf8_next(struct span s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p + *at;

	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	if (p[0] < 0xe0) {
		*at += 2;
		return (p[0] & 31u) << 6 | (p[1] & 63u);
	}
	if (p[0] < 0xf0) {
		*at += 3;
		return (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
	}
	*at += 4;
	return (p[0] & 7u) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u);
}

#endif
