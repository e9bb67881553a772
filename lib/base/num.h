/* num.h - numbers as people write them: parsed with bounds, printed the same everywhere.
 */
#ifndef TAMIS_NUM_H
#define TAMIS_NUM_H

#include <stdint.h>

#include "lib/base/mem.h"

__extension__ typedef unsigned __int128 u128;

/*
 * Parse all of s.  Return NULL, or a static phrase that says what is wrong and what
 * would be right ("not a number: write 4096, 64K or 64Ki").
 */
const char *num_u64(const char *s, uint64_t *out);   /* decimal digits only */
const char *num_bytes(const char *s, uint64_t *out); /* K = 1000, Ki = 1024, up to T */
const char *num_double(
    const char *s, double *out); /* plain decimal, no exponent, no nan */

/* The value of a JSON number, its exact bytes; false: s is none, or longer than 300
 * bytes. */
bool num_json(struct span s, double *out);

/*
 * e^x and ln x in plain arithmetic, to 1e-15: the same bits on every machine, which libm
 * does not promise.  num_exp: 0 below -708; num_ln: x is a normal number above 0.
 */
double num_exp(double x);
double num_ln(double x);

/* Append v with exactly `places` decimals (0..17), '.' whatever the locale. */
void num_put(struct buf *b, double v, int places);
/* Append n as 1.2 k, 3.4 M (powers of 1000), for people. */
void num_put_si(struct buf *b, double n, const char *unit);

#endif
