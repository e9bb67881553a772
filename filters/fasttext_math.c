/* fasttext_math.c - exp and log in plain arithmetic: the same bits on every machine. */
#include "filters/fasttext_impl.h"

/* ln 2 in two parts; the first has zeros at its end, so that whole multiples are exact.
 */
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
 * 2^n times the series of e^r, |r| <= ln 2 / 2: the first term left out is below 1e-17 of
 * the sum.  What is below the smallest normal number becomes 0.
 */
double
ft_exp(double x)
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
 * n ln 2 + ln m, with m from sqrt(1/2) to sqrt(2): the latter is 2 artanh of
 * (m - 1) / (m + 1), whose square is below 0.0295; the series is left at 1e-17.
 */
double
ft_log(double x)
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
