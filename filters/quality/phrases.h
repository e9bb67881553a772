/* phrases.h - find out which phrases of a list a text contains, ignoring case. */
#ifndef TAMIS_PHRASES_H
#define TAMIS_PHRASES_H

#include <stdint.h>

#include "lib/base/mem.h"

/*
 * A phrase in lower-case ASCII.  The AVX2 search compares whole phrases only where bytes
 * a and b both match, so choose two letters that seldom occur at that distance.
 */
struct phrase {
	const char *text;
	uint8_t n;    /* length in bytes */
	uint8_t a, b; /* offsets, at most 15 */
	uint8_t bit;  /* set in the result; phrases may share one */
};

#define PHRASE(text, a, b, bit)                                                          \
	{                                                                                \
		text, sizeof(text) - 1, a, b, bit                                        \
	}

/*
 * The bits of those of the n phrases that s contains, comparing letters of ASCII without
 * case.  portable: do not use AVX2 (for tests).
 */
unsigned phrases_in(const struct phrase *list, size_t n, struct span s, bool portable);
/* The same for Python's s.lower(), in which U+212A KELVIN SIGN becomes 'k'.  tmp is
 * overwritten. */
unsigned phrases_in_lowered(
    const struct phrase *list, size_t n, struct span s, struct buf *tmp);

#endif
