/* phrases.h - whether a text holds phrases, in any case. */
#ifndef TAMIS_PHRASES_H
#define TAMIS_PHRASES_H

#include <stdint.h>

#include "lib/base/mem.h"

/* A phrase in small letters of ASCII.  Two of its bytes that are seldom so far apart, at
 * most 15 bytes behind its start, tell where it is worth a look. */
struct phrase {
	const char *text;
	uint8_t n, a, b; /* its length; where those two are */
	uint8_t is;	 /* what it counts as: a bit */
};

#define PHRASE(text, a, b, is)                                                           \
	{                                                                                \
		text, sizeof(text) - 1, a, b, is                                         \
	}

/*
 * Which of the n phrases are in s, as bits: letters of ASCII in either case.  portable:
 * without the instructions that this machine has, for tests.
 */
unsigned phrases_in(const struct phrase *list, size_t n, struct span s, bool portable);
/* The same as Python's s.lower() has them, to which U+212A is a k.  b: scratch. */
unsigned phrases_lowered(
    const struct phrase *list, size_t n, struct span s, struct buf *b);

#endif
