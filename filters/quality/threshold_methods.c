/* threshold_methods.c - derive a rule's bound for a language from its English bound. */
#include "filters/quality/threshold_methods.h"

#include <math.h>
#include <stdlib.h>

static int
ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
sort(struct feature_values *v)
{
	if (v->n)
		qsort(v->v, v->n, sizeof *v->v, ascending);
}

/* The smallest value that a share q of all values does not exceed (the inverted CDF). */
static double
quantile(const struct feature_values *v, double q)
{
	double rank = ceil(q * (double)v->n);

	return v->v[rank < 1 ? 0 : (size_t)rank - 1];
}

static double
median(const struct feature_values *v)
{
	return (v->v[(v->n - 1) / 2] + v->v[v->n / 2]) / 2;
}

/* Summing in ascending order gives the same bits on every machine. */
static double
mean(const struct feature_values *v)
{
	double sum = 0;

	for (size_t i = 0; i < v->n; i++)
		sum += v->v[i];
	return sum / (double)v->n;
}

static double
deviation(const struct feature_values *v, double mean)
{
	double sum = 0;

	for (size_t i = 0; i < v->n; i++)
		sum += (v->v[i] - mean) * (v->v[i] - mean);
	return sqrt(sum / (double)v->n);
}

/* Put the bound as many standard deviations from the mean as it is in English. */
static double
zmatch(double bound, const struct feature_values *english,
    const struct feature_values *other)
{
	double m = mean(english), s = deviation(english, m), om = mean(other);

	if (s == 0)
		return bound;
	return om + (bound - m) / s * deviation(other, om);
}

/* Put the bound where it keeps the same share of documents as in English. */
static double
match_quantile(bool max, double bound, const struct feature_values *english,
    const struct feature_values *other)
{
	size_t within = 0;

	while (within < english->n &&
	       (max ? english->v[within] <= bound : english->v[within] < bound))
		within++;
	/* If the bound drops no English document, drop none in the other language
	 * either. */
	if (max && within == english->n)
		return fmax(bound, other->v[other->n - 1]);
	if (!max && within == 0)
		return fmin(bound, other->v[0]);
	return quantile(other, (double)within / (double)english->n);
}

/* Round to 3 decimals within the range of the unit. */
static double
round_bound(bool max, enum unit unit, double v)
{
	v = max ? ceil(v * 1000 - 1e-6) / 1000 : floor(v * 1000 + 1e-6) / 1000;
	if (v <= 0)
		return 0; /* avoids -0 */
	return unit == UNIT_FRACTION && v > 1 ? 1 : v;
}

/* Whether only perfect values meet the bound. */
static bool
is_extreme(const struct rule *r, double bound)
{
	if (r->kind == RULE_MIN)
		return r->unit == UNIT_FRACTION && bound >= 1;
	return r->kind == RULE_MAX && bound <= 0;
}

double
threshold_derive(enum threshold_method method, const struct rule *r, double bound,
    struct feature_values *english, struct feature_values *other)
{
	bool max = r->kind == RULE_MAX || r->kind == RULE_UNDER;
	double v = bound;

	if (isnan(bound) || other->n == 0 || (english->n == 0 && method != METHOD_TAIL10))
		return bound;
	sort(english);
	sort(other);
	switch (method) {
	case METHOD_ENGLISH:
		return bound;
	case METHOD_ZMATCH:
		v = zmatch(bound, english, other);
		break;
	case METHOD_QUANTILE:
		v = match_quantile(max, bound, english, other);
		break;
	case METHOD_TAIL10:
		v = quantile(other, max ? 0.9 : 0.1);
		break;
	case METHOD_MEDIAN:
		if (median(english) == 0)
			return bound;
		v = bound * median(other) / median(english);
		break;
	}
	v = round_bound(max, r->unit, v);
	/* Values that are all perfect do not tell how imperfect one may be. */
	if (is_extreme(r, v) && other->v[0] == other->v[other->n - 1])
		return bound;
	return v;
}

bool
threshold_is_degenerate(
    const struct rule *r, double bound, const struct feature_values *values)
{
	size_t failed = 0;

	if (is_extreme(r, bound))
		return true;
	for (size_t i = 0; i < values->n; i++)
		failed += rule_fails(r->kind, values->v[i], bound);
	return failed > values->n / 2;
}
