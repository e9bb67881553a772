/* decimal.h - decimal numbers of a plan as exact integers, without rounding or
 * doubles.
 */
#ifndef TAMIS_DECIMAL_H
#define TAMIS_DECIMAL_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "lib/base/span.h"

enum decimal_error { DECIMAL_OK, DECIMAL_SYNTAX, DECIMAL_LARGE, DECIMAL_FINE };

enum {
	DECIMAL_TEXT = 24, /* bytes of a number as text, with its NUL */
	SHARE_PLACES = 12, /* a share is a multiple of 10^-12 */
	CAP_PLACES = 6,	   /* a number of epochs is a multiple of 10^-6 */
};

#define SHARE_ONE UINT64_C(1000000000000)
#define CAP_ONE	  UINT64_C(1000000)

/*
 * Parse all of s: digits with an optional '.', then an optional exponent (8e12, 1e-04) or
 * one of K M G T P E (powers of 1000).  *out is the value times 10^places, exactly.  It
 * is DECIMAL_LARGE if it exceeds 64 bits, DECIMAL_FINE if it is not an integer.
 */
enum decimal_error decimal_parse(struct span s, unsigned places, uint64_t *out);
/* The same with a value of up to 128 bits. */
enum decimal_error decimal_parse_wide(struct span s, unsigned places, u128 *out);

/* Append v / 10^places without trailing zeros: 0.7, 1, 1.25. */
void decimal_put(struct buf *b, uint64_t v, unsigned places);
/* The same into out, for messages.  Returns out. */
const char *decimal_text(uint64_t v, unsigned places, char out[DECIMAL_TEXT]);

/*
 * floor(a * b / d), and the same rounded up.  d > 0; the quotient must fit into 64 bits.
 */
uint64_t muldiv(uint64_t a, uint64_t b, uint64_t d);
uint64_t muldiv_up(uint64_t a, uint64_t b, uint64_t d);

#endif
