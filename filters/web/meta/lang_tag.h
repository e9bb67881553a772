/* lang_tag.h - normalise the language tags of web pages (BCP 47). */
#ifndef TAMIS_LANG_TAG_H
#define TAMIS_LANG_TAG_H

#include "lib/base/span.h"

/* The longest tag that is read, in bytes, and a NUL. */
enum { LANG_TAG_SIZE = 36 };

/*
 * Normalise a tag such as "EN_us" to "en-US": the subtags of RFC 5646 in their usual
 * case, and the shortest code of the language.  Returns false if it is not a tag, or is a
 * list of several.
 */
bool lang_tag(struct span s, char out[LANG_TAG_SIZE]);

#endif
