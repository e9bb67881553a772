/* decimal.h - decimal numbers of a plan, as exact integers: no rounding, no doubles. */
#ifndef TAMIS_DECIMAL_H
#define TAMIS_DECIMAL_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

enum {
	SHARE_PLACES = 12, /* shares are counted in units of 10^-12 */
	CAP_PLACES = 6,	   /* epochs in units of 10^-6 */
};

#define SHARE_ONE UINT64_C(1000000000000)
#define CAP_ONE	  UINT64_C(1000000)

/*
 * Parse all of s: digits, perhaps with a '.', perhaps an exponent (8e12), perhaps one of
 * K M G T P E (powers of 1000).  *out = the value times 10^places, exactly.  Returns
 * NULL, or a static phrase: what is wrong and what would be right.
 */
const char *decimal_parse(struct span s, unsigned places, uint64_t *out);

/* Append v / 10^places without needless zeros: 0.7, 1, 1.25. */
void decimal_put(struct buf *b, uint64_t v, unsigned places);

/* floor(a * b / d) and the same rounded up; the quotient must fit into 64 bits.  d > 0.
 */
uint64_t muldiv(uint64_t a, uint64_t b, uint64_t d);
uint64_t muldiv_up(uint64_t a, uint64_t b, uint64_t d);

#endif
