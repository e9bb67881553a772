/* decimal.c - decimal numbers of a plan as exact integers, without rounding or
 * doubles.
 */
#include "mixer/plan/decimal.h"

#include <inttypes.h>

#include "lib/base/chars.h"

/* Append a digit to v.  False on overflow. */
static bool
push(u128 *v, unsigned digit)
{
	u128 x;

	if (__builtin_mul_overflow(*v, 10, &x) || __builtin_add_overflow(x, digit, &x))
		return false;
	*v = x;
	return true;
}

static bool
digit_at(struct span s, size_t i)
{
	return i < s.n && is_digit(s.p[i]);
}

/* The power of ten after the digits, 0 if nothing follows.  False if it is malformed. */
static bool
power(struct span s, int *e)
{
	static const char units[] = "KMGTPE";
	size_t at = 1;

	*e = 0;
	if (s.n == 0)
		return true;
	if (s.n == 1)
		for (int i = 0; units[i]; i++)
			if (s.p[0] == units[i]) {
				*e = 3 * (i + 1);
				return true;
			}
	if (s.n > 1 && (s.p[1] == '-' || s.p[1] == '+'))
		at = 2;
	if (s.p[0] != 'e' || s.n < at + 1 || s.n > at + 2)
		return false;
	for (size_t i = at; i < s.n; i++) {
		if (!digit_at(s, i))
			return false;
		*e = *e * 10 + (s.p[i] - '0');
	}
	if (s.p[1] == '-')
		*e = -*e;
	return true;
}

enum decimal_error
decimal_parse_wide(struct span s, unsigned places, u128 *out)
{
	u128 v = 0;
	size_t i = 0, first;
	int scale = 0, e; /* the value is v * 10^scale */
	bool dot = false, any = false;

	for (; digit_at(s, i) || (i < s.n && s.p[i] == '.' && !dot); i++) {
		if (s.p[i] == '.') {
			dot = true;
			continue;
		}
		any = true;
		if (!push(&v, (unsigned)(s.p[i] - '0')))
			return dot ? DECIMAL_FINE : DECIMAL_LARGE;
		scale -= dot;
	}
	if (!any || s.p[i - 1] == '.')
		return DECIMAL_SYNTAX;
	first = i;
	if (!power(span_from(s, first), &e))
		return DECIMAL_SYNTAX;
	scale += e + (int)places;
	for (; scale > 0 && v; scale--)
		if (!push(&v, 0))
			return DECIMAL_LARGE;
	for (; scale < 0 && v; scale++) {
		if (v % 10)
			return DECIMAL_FINE;
		v /= 10;
	}
	*out = v;
	return DECIMAL_OK;
}

enum decimal_error
decimal_parse(struct span s, unsigned places, uint64_t *out)
{
	u128 v = 0;
	enum decimal_error e = decimal_parse_wide(s, places, &v);

	if (e == DECIMAL_OK && v > UINT64_MAX)
		return DECIMAL_LARGE;
	*out = (uint64_t)v;
	return e;
}

void
decimal_put(struct buf *b, uint64_t v, unsigned places)
{
	uint64_t one = 1, frac;
	unsigned n = places;

	for (unsigned i = 0; i < places; i++)
		one *= 10;
	frac = v % one;
	buf_putf(b, "%" PRIu64, v / one);
	if (!frac)
		return;
	for (; frac % 10 == 0; n--)
		frac /= 10;
	buf_putf(b, ".%0*" PRIu64, (int)n, frac);
}

const char *
decimal_text(uint64_t v, unsigned places, char out[DECIMAL_TEXT])
{
	struct buf b = { 0 };

	decimal_put(&b, v, places);
	memcpy(out, b.p, b.n);
	out[b.n] = '\0';
	buf_free(&b);
	return out;
}

uint64_t
muldiv(uint64_t a, uint64_t b, uint64_t d)
{
	return (uint64_t)((u128)a * b / d);
}

uint64_t
muldiv_up(uint64_t a, uint64_t b, uint64_t d)
{
	return (uint64_t)(((u128)a * b + (d - 1)) / d);
}
