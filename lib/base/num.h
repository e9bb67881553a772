/* num.h - parse and print numbers, with bounds and without a locale; exp and log. */
#ifndef TAMIS_NUM_H
#define TAMIS_NUM_H

#include <stdint.h>

#include "lib/base/mem.h"

__extension__ typedef unsigned __int128 u128;

enum num_error { NUM_OK, NUM_SYNTAX, NUM_LARGE, NUM_FINE };

/*
 * Parse all of s: digits with an optional '.', then an optional exponent (8e12), then an
 * optional unit: K (or k), M, G, T, P, E are powers of 1000; Ki, Mi, ... are powers of
 * 1024.  With bytes, a 'B' may follow (64KiB).  *out is the value times 10^places,
 * exactly: NUM_LARGE if it exceeds 64 bits, NUM_FINE if it is not an integer.
 */
enum num_error num_whole(struct span s, unsigned places, bool bytes, uint64_t *out);

/*
 * Parse all of s.  Return NULL, or a static "PROBLEM: FIX", such as "not a size: write
 * it as 4096, 64K or 64Ki".
 */
const char *num_u64(const char *s, uint64_t *out);   /* decimal digits only */
const char *num_count(const char *s, uint64_t *out); /* as num_whole: 16k, 1.5M, 8e12 */
const char *num_bytes(const char *s, uint64_t *out); /* the same with 64KB, 64KiB */
const char *num_double(
    const char *s, double *out); /* plain decimal, no exponent, no nan */

/* Print v with as few digits as read back as the same number, at least six if it has
 * them.  Returns text. */
const char *num_text(double v, char text[32]);
#define NUM_TEXT(v) num_text(v, (char[32]){ 0 })

/* Convert the bytes of a JSON number.  False: not a number, or longer than 300 bytes. */
bool num_json(struct span s, double *out);
/*
 * The same, exactly for an integer: it equals *out + *rest.  So numbers compare as *out
 * does, and then as *rest.  -1: not a number, or longer than 300 bytes; -2: an integer
 * of more than 64 bits.
 */
int num_json_exact(struct span s, double *out, int *rest);

/*
 * e^x and ln x to 1e-15, with the same bits on every machine, which libm does not
 * promise.  num_exp returns 0 below -708.  num_ln takes normal numbers above 0.
 */
double num_exp(double x);
double num_ln(double x);

/* The ending of a noun after its number: "%zu shard%s", n, plural(n). */
static inline const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Append v with exactly `places` decimals (0..17). */
void num_put(struct buf *b, double v, int places);
/* Append n for people, as "1.2 kB" or "3.4 MB" (powers of 1000) for the unit "B". */
void num_put_si(struct buf *b, double n, const char *unit);

#endif
