/* mojibake.h - repair UTF-8 that was read as windows-1252, Latin-1 or windows-1251. */
#ifndef TAMIS_MOJIBAKE_H
#define TAMIS_MOJIBAKE_H

#include "lib/base/mem.h"

/*
 * Append s, which is valid UTF-8, to out with mojibake repaired, once or several times,
 * where only one repair makes sense: the characters between two of ASCII are the bytes of
 * valid UTF-8, and the result is a likely text.  Returns how many such runs were
 * repaired; 0: nothing was appended.  Time is linear.
 */
uint64_t mojibake_repair(struct span s, struct buf *out);

#endif
