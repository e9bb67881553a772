/* check_bins.c - test the edges of score bins against a sort and a running sum. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "filters/classify/bins.h"
#include "tests/unit/testing.h"

Suite *bins_suite(void);

static uint64_t state;

static void
setup(void)
{
	state = 1;
}

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators"). */
static uint64_t
next_random(void)
{
	return random_bits(&state) >> 16;
}

static int
by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	return (x->score > y->score) - (x->score < y->score);
}

/* numpy's percentile with weights and method="inverted_cdf", in integers. */
static float
edge(const struct scored *sorted, size_t n, uint64_t total, size_t k, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += sorted[i].bytes;
		if (sum * count >= total * k)
			return sorted[i].score;
	}
	return NAN;
}

/* Scores by kind: uniform, five values, one value, one upper half, any sign, skewed. */
static float
any_score(int kind)
{
	const double u = (double)(next_random() >> 8) / (double)(UINT64_C(1) << 40);

	switch (kind) {
	case 0:
		return (float)u;
	case 1:
		return (float)(next_random() % 5) / 4;
	case 2:
		return 0.25f;
	case 3:
		return 0.5f + (float)u * 1e-4f;
	case 4:
		return (float)(u - 0.5) * 1e6f;
	default:
		return (float)(u * u * u * u) + 1e-5f;
	}
}

START_TEST(edges)
{
	enum { MOST = 3000, STEP = 3 };
	static const size_t counts[] = { 2, 3, 20, 100, 1000, BINS_MAX };
	struct scored *v = calloc(MOST, STEP * sizeof *v),
		      *sorted = calloc(MOST, sizeof *sorted);

	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		const size_t count = counts[c], n = c == 0 ? 1 : next_random() % MOST + 1;
		uint64_t total = 0;
		size_t m = 0;
		struct bins b;

		for (size_t i = 0; i < n * STEP; i++)
			v[i] = (struct scored){ 77, 77 };
		for (size_t i = 0; i < n; i++) {
			v[i * STEP] = (struct scored){ any_score(_i),
				(uint32_t)(next_random() % 3 * (next_random() % 5000)) };
			if (i == 0)
				v[i].bytes = 1;
			if (i % 50 == 7)
				v[i * STEP].score = NAN;
			else
				sorted[m++] = v[i * STEP];
		}
		qsort(sorted, m, sizeof *sorted, by_score);
		for (size_t i = 0; i < m; i++)
			total += sorted[i].bytes;
		ck_assert_int_eq(bins_make(&b, count, v, n, STEP), 0);
		ck_assert_uint_eq(b.n, count - 1);
		for (size_t k = 0; k < b.n; k += count / 1000 + 1) {
			float want = edge(sorted, m, total, k + 1, count);

			ck_assert_msg(b.edge[k] >= want && b.edge[k] <= want,
			    "edge %zu of %zu: %a, not %a", k, count, (double)b.edge[k],
			    (double)want);
			ck_assert_uint_gt(bins_find(&b, want), k);
			ck_assert_uint_le(bins_find(&b, nextafterf(want, -INFINITY)), k);
		}
		free(b.edge);
	}
	free(v);
	free(sorted);
}
END_TEST

/* A share that is met exactly ends a bin. */
START_TEST(exact)
{
	const struct scored v[] = { { 4, 3 }, { 1, 2 }, { 3, 1 }, { 2, 2 }, { 9, 0 } };
	struct bins b;

	ck_assert_int_eq(bins_make(&b, 4, v, 5, 1), 0);
	ck_assert(b.edge[0] >= 1 && b.edge[0] <= 1);
	ck_assert(b.edge[1] >= 2 && b.edge[1] <= 2);
	ck_assert(b.edge[2] >= 4 && b.edge[2] <= 4);
	ck_assert_uint_eq(bins_find(&b, 0.5f), 0);
	ck_assert_uint_eq(bins_find(&b, 1), 1);
	ck_assert_uint_eq(bins_find(&b, 3), 2);
	ck_assert_uint_eq(bins_find(&b, 9), 3);
	free(b.edge);
}
END_TEST

/* Sums whose products exceed 64 bits. */
START_TEST(overflow)
{
	const struct scored v[] = { { 0.25f, UINT32_MAX }, { 0.5f, UINT32_MAX },
		{ 0.75f, UINT32_MAX }, { 1, 1 } };
	struct bins b;

	ck_assert_int_eq(bins_make(&b, 3, v, 4, 1), 0);
	/* A third of 3 * UINT32_MAX + 1 exceeds the bytes of the first score. */
	ck_assert(b.edge[0] >= 0.5f && b.edge[0] <= 0.5f);
	ck_assert(b.edge[1] >= 0.75f && b.edge[1] <= 0.75f);
	free(b.edge);
}
END_TEST

START_TEST(nothing)
{
	const struct scored v[] = { { 0.25f, 0 }, { NAN, 5 } };
	struct bins b;

	ck_assert_int_eq(bins_make(&b, 4, v, 2, 1), -1);
	free(b.edge);
	ck_assert_int_eq(bins_make(&b, 4, NULL, 0, 1), -1);
	free(b.edge);
}
END_TEST

Suite *
bins_suite(void)
{
	Suite *s = suite_create("bins");
	TCase *t = tcase_create("bins");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, edges, 0, 6);
	tcase_add_test(t, exact);
	tcase_add_test(t, overflow);
	tcase_add_test(t, nothing);
	suite_add_tcase(s, t);
	return s;
}
