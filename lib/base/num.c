/* num.c - parse and print numbers, with bounds and without a locale; exp and log. */
#include "lib/base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"

static const char not_number[] = "not a number: write decimal digits";
static const char too_large[] = "too large: the maximum is 18446744073709551615";
static const char not_count[] = "not a number: write it as 4096, 16k or 1.5M";
static const char not_bytes[] = "not a size: write it as 4096, 64K or 64Ki";
static const char not_whole[] = "not a whole number";

/* Parse the digits at *s and move *s past them.  NULL, or the problem. */
static const char *
digits(const char **s, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = *s;

	if (!is_digit(*p))
		return not_number;
	for (; is_digit(*p); p++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
			return too_large;
	*s = p;
	*out = v;
	return NULL;
}

const char *
num_u64(const char *s, uint64_t *out)
{
	const char *why = digits(&s, out);

	return why ? why : *s ? not_number : NULL;
}

/* Take the digits off *s, with at most one '.'.  *places: digits after it. */
static enum num_error
take_digits(struct span *s, uint64_t *v, int *places)
{
	size_t n = 0, i = 0;
	bool dot = false;

	*v = 0;
	*places = 0;
	for (; i < s->n && (is_digit(s->p[i]) || (s->p[i] == '.' && !dot)); i++) {
		if (s->p[i] == '.') {
			dot = true;
			continue;
		}
		n++;
		*places += dot;
		if (__builtin_mul_overflow(*v, 10, v) ||
		    __builtin_add_overflow(*v, (uint64_t)(s->p[i] - '0'), v))
			return dot ? NUM_FINE : NUM_LARGE;
	}
	*s = span_from(*s, i);
	return n ? NUM_OK : NUM_SYNTAX;
}

/* Take an exponent such as "e12" off *s, of at most two digits; 0 without one. */
static int
take_exponent(struct span *s)
{
	int e = 0;
	size_t i = 1;

	if (s->n < 2 || (s->p[0] | 0x20) != 'e' || !is_digit(s->p[1]))
		return 0;
	for (; i < s->n && i < 3 && is_digit(s->p[i]); i++)
		e = 10 * e + (s->p[i] - '0');
	*s = span_from(*s, i);
	return e;
}

/* Take K, Ki, M, ... off *s: a power of 10, or of 2 to shift by. */
static void
take_unit(struct span *s, int *tens, int *shift)
{
	static const char units[] = "KMGTPE";
	const char *u;

	if (s->n == 0 || !(u = memchr(units, s->p[0] == 'k' ? 'K' : s->p[0], 6)))
		return;
	if (s->n > 1 && s->p[1] == 'i')
		*shift = 10 * (int)(u - units + 1);
	else
		*tens += 3 * (int)(u - units + 1);
	*s = span_from(*s, *shift ? 2 : 1);
}

enum num_error
num_whole(struct span s, unsigned places, bool bytes, uint64_t *out)
{
	uint64_t digits;
	int fraction, tens = (int)places, shift = 0;
	enum num_error e = take_digits(&s, &digits, &fraction);
	u128 v = digits;

	if (e)
		return e;
	tens += take_exponent(&s) - fraction;
	take_unit(&s, &tens, &shift);
	if (bytes && s.n && s.p[0] == 'B')
		s = span_from(s, 1);
	if (s.n)
		return NUM_SYNTAX;
	v <<= shift;
	for (; tens < 0 && v; tens++, v /= 10)
		if (v % 10)
			return NUM_FINE;
	for (; tens > 0 && v && v <= UINT64_MAX; tens--)
		v *= 10;
	if (v > UINT64_MAX)
		return NUM_LARGE;
	*out = (uint64_t)v;
	return NUM_OK;
}

static const char *
whole(const char *s, bool bytes, uint64_t *out)
{
	switch (num_whole(span_of(s), 0, bytes, out)) {
	case NUM_OK:
		return NULL;
	case NUM_LARGE:
		return too_large;
	case NUM_FINE:
		return not_whole;
	case NUM_SYNTAX:
		break;
	}
	return bytes ? not_bytes : not_count;
}

const char *
num_count(const char *s, uint64_t *out)
{
	return whole(s, false, out);
}

const char *
num_bytes(const char *s, uint64_t *out)
{
	return whole(s, true, out);
}

const char *
num_double(const char *s, double *out)
{
	static const char why[] = "not a number: write a decimal such as 0.65";
	const char *p = s;
	size_t nd = 0, dots = 0;
	char *end;

	if (*p == '-')
		p++;
	for (; *p; p++)
		if (is_digit(*p))
			nd++;
		else if (*p != '.' || dots++)
			return why;
	if (nd == 0 || nd > 300)
		return why;
	*out = strtod(s, &end); /* setlocale is never called: the point is '.' */
	return *end ? why : NULL;
}

bool
num_json(struct span s, double *out)
{
	char text[301];

	if (s.n == 0 || s.n >= sizeof text || (s.p[0] != '-' && !is_digit(s.p[0])))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, NULL);
	return true;
}

/* Parse digits.  False: something else, or more than 64 bits. */
static bool
parse_digits(struct span s, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		const uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (digit > 9 || *out > (UINT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	return true;
}

int
num_json_exact(struct span s, double *out, int *rest)
{
	const bool negative = s.n && s.p[0] == '-';
	uint64_t n;
	u128 of;

	*rest = 0;
	if (!num_json(s, out))
		return -1;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.' || s.p[i] == 'e' || s.p[i] == 'E')
			return 0;
	if (!parse_digits(span_from(s, negative), &n))
		return -2;
	of = (u128)fabs(*out);
	*rest = n < of ? -(int)(of - n) : (int)(n - of);
	*rest = negative ? -*rest : *rest;
	return 0;
}

const char *
num_text(double v, char text[32])
{
	for (int digits = 6; digits <= 17; digits++) {
		snprintf(text, 32, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	return text;
}

/* Write at least `width` digits of v so that they end before `end`.  Their start. */
static char *
put_digits(uint64_t v, int width, char *end)
{
	for (; v || width > 0; v /= 10, width--)
		*--end = (char)('0' + v % 10);
	return end;
}

/*
 * Print as printf does, about fifteen times as fast.  False: v is large, or so close to
 * the midpoint of two decimals that rounding needs exact arithmetic.
 */
static bool
put_fast(struct buf *b, double v, int places)
{
	static const double powers[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6 };
	char text[40], *end = text + sizeof text, *p;
	double scaled, rest;
	uint64_t n;

	if (places < 0 || places > 6 || !(fabs(v) < 1e8))
		return false;
	scaled = fabs(v) * powers[places];
	n = (uint64_t)scaled;
	rest = scaled - (double)n;
	if (fabs(rest - 0.5) < 1e-4)
		return false;
	n += rest > 0.5;
	p = put_digits(n % (uint64_t)powers[places], places, end);
	if (places > 0)
		*--p = '.';
	p = put_digits(n / (uint64_t)powers[places], 1, p);
	if (signbit(v))
		*--p = '-';
	buf_put(b, p, (size_t)(end - p));
	return true;
}

void
num_put(struct buf *b, double v, int places)
{
	if (!isfinite(v))
		buf_puts(b, "null");
	else if (!put_fast(b, v, places))
		buf_putf(b, "%.*f", places, v);
}

void
num_put_si(struct buf *b, double n, const char *unit)
{
	static const char *const prefix[] = { "", "k", "M", "G", "T", "P" };
	size_t i = 0;

	while (n >= 999.5 && i + 1 < sizeof prefix / sizeof *prefix)
		n /= 1000, i++;
	buf_putf(b,
	    i == 0 && n == floor(n) ? "%.0f %s%s"
	    : n < 99.95		    ? "%.1f %s%s"
				    : "%.0f %s%s",
	    n, prefix[i], unit);
}

/* ln 2 in two parts.  The first ends in zero bits, so its integer multiples are exact. */
static const double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;

/* 1 / i */
static const double inverse[] = { 0, 1, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6,
	1.0 / 7, 1.0 / 8, 1.0 / 9, 1.0 / 10, 1.0 / 11, 1.0 / 12, 1.0 / 13, 1.0 / 14 };

static double
power_of_two(int64_t n)
{
	uint64_t bits = (uint64_t)(n + 1023) << 52;
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

/*
 * 2^n times the series of e^r with |r| <= ln 2 / 2.  The first omitted term is below
 * 1e-17 of the sum.  Results below the smallest normal number become 0.
 */
double
num_exp(double x)
{
	double r, sum = 1;
	int64_t n;

	if (x < -708)
		return 0;
	if (x > 709)
		return power_of_two(1023) * 2;
	n = (int64_t)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
	r = (x - (double)n * ln2_high) - (double)n * ln2_low;
	for (int i = 14; i > 0; i--)
		sum = 1 + sum * (r * inverse[i]);
	return sum * power_of_two(n);
}

/*
 * n ln 2 + ln m, with m from sqrt(1/2) to sqrt(2).  ln m = 2 artanh f with
 * f = (m - 1) / (m + 1), whose square is below 0.0295.  The series stops at 1e-17.
 */
double
num_ln(double x)
{
	uint64_t bits;
	int64_t n;
	double m, f, f2, sum = 0;

	memcpy(&bits, &x, sizeof bits);
	n = (int64_t)(bits >> 52) - 1023;
	bits = (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1023 << 52;
	memcpy(&m, &bits, sizeof m);
	if (m > 1.4142135623730951) {
		m /= 2;
		n++;
	}
	f = (m - 1) / (m + 1);
	f2 = f * f;
	for (int i = 21; i > 1; i -= 2)
		sum = (sum + 1.0 / i) * f2;
	return (double)n * ln2_high + (2 * f + (2 * f * sum + (double)n * ln2_low));
}
