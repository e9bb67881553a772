/* num.c - parse and print numbers, bounded, and in no locale. */
#include "lib/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char not_number[] = "not a number: write decimal digits";
static const char too_large[] = "too large: at most 18446744073709551615";
static const char not_bytes[] = "not a size: write bytes as 4096, 64K or 64Ki";

/* Digits at *s; NULL, or what is wrong. */
static const char *
digits(const char **s, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = *s;

	if (*p < '0' || *p > '9')
		return not_number;
	for (; *p >= '0' && *p <= '9'; p++)
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

const char *
num_bytes(const char *s, uint64_t *out)
{
	static const char units[] = "KMGT";
	const char *why = digits(&s, out), *unit;
	uint64_t base = 1000, v = *out;

	if (why)
		return why == too_large ? why : not_bytes;
	if (!*s)
		return NULL;
	if (!(unit = strchr(units, *s)))
		return not_bytes;
	if (*++s == 'i')
		base = 1024, s++;
	if (*s)
		return not_bytes;
	for (const char *u = units; u <= unit; u++)
		if (__builtin_mul_overflow(v, base, &v))
			return too_large;
	*out = v;
	return NULL;
}

const char *
num_frac(const char *s, double *out)
{
	static const char why[] = "not a number: write a decimal such as 0.65";
	const char *p = s;
	size_t nd = 0, dots = 0;
	char *end;

	if (*p == '-')
		p++;
	for (; *p; p++)
		if (*p >= '0' && *p <= '9')
			nd++;
		else if (*p != '.' || dots++)
			return why;
	if (nd == 0 || nd > 300)
		return why;
	*out = strtod(s, &end); /* no locale is ever set: '.' it is */
	return *end ? why : NULL;
}

bool
num_json(struct span s, double *out)
{
	char text[301];

	if (s.n == 0 || s.n >= sizeof text ||
	    (s.p[0] != '-' && (s.p[0] < '0' || s.p[0] > '9')))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, NULL);
	return true;
}

void
num_put(struct buf *b, double v, int places)
{
	if (!isfinite(v))
		buf_puts(b, "null");
	else
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
