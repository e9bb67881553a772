/* shares.h - a blend as a table for people: planned and achieved shares, tokens, epochs.
 */
#ifndef TAMIS_SHARES_H
#define TAMIS_SHARES_H

#include "mixer/lock.h"

void shares_put(const struct lock *l, struct buf *b);

#endif
