/* phrases.h - phrases that C4's rules ask for, in text of any case. */
#ifndef TAMIS_PHRASES_H
#define TAMIS_PHRASES_H

#include "lib/span.h"

enum {
	PHRASE_LOREM = 1,      /* "lorem ipsum" */
	PHRASE_JAVASCRIPT = 2, /* "javascript" */
	/* "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of
	 * cookies", "use cookies" */
	PHRASE_POLICY = 4,
};

/*
 * Which phrases are in s, as Python's s.lower() sees it: ASCII letters in either case,
 * not U+212A, which needs to be made one before.  portable: without the instructions this
 * machine has; for tests.
 */
unsigned phrases_in(struct span s, bool portable);

#endif
