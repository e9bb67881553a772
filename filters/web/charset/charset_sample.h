/* charset_sample.h - select the bytes of a text that tell its charset. */
#ifndef TAMIS_CHARSET_SAMPLE_H
#define TAMIS_CHARSET_SAMPLE_H

#include "lib/base/mem.h"

enum { CHARSET_CONTEXT = 3 };

/*
 * Append to out, up to `max` bytes, the bytes from 0x80 of a text, each run with up to
 * `context` ASCII bytes before and after it.  A space precedes, follows and separates
 * them.  tags: omit the tags of HTML.
 */
void charset_sample(
    struct span text, bool tags, size_t context, size_t max, struct buf *out);

#endif
