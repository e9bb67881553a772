/* decimal.c - decimal numbers of a plan as exact integers, without rounding or
 * doubles.
 */
#include "mixer/plan/decimal.h"

#include <inttypes.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"

/* Append a digit to v.  False on overflow. */
static bool
push(uint64_t *v, unsigned digit)
{
	uint64_t x;

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

/* The power of ten after the digits, 0 if nothing follows; -1 if it is malformed. */
static int
power(struct span s)
{
	static const char units[] = "KMGTPE";
	int e = 0;

	if (s.n == 0)
		return 0;
	if (s.n == 1)
		for (int i = 0; units[i]; i++)
			if (s.p[0] == units[i])
				return 3 * (i + 1);
	if (s.p[0] != 'e' || s.n < 2 || s.n > 3)
		return -1;
	for (size_t i = 1; i < s.n; i++) {
		if (!digit_at(s, i))
			return -1;
		e = e * 10 + (s.p[i] - '0');
	}
	return e;
}

enum decimal_error
decimal_parse(struct span s, unsigned places, uint64_t *out)
{
	uint64_t v = 0;
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
	e = power(span_from(s, first));
	if (e < 0)
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
