/* check_num.c - parsing and printing of numbers, their limits, exp and log. */
#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/num.h"
#include "tests/unit/testing.h"

Suite *num_suite(void);

static const struct {
	const char *in;
	uint64_t want;
} whole[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "007", 7 },
	{ "4096", 4096 },
	{ "18446744073709551615", UINT64_MAX },
};

START_TEST(u64_good)
{
	uint64_t v = 99;

	ck_assert_ptr_null(num_u64(whole[_i].in, &v));
	ck_assert_uint_eq(v, whole[_i].want);
}
END_TEST

static const char *const not_whole[] = { "", " ", " 1", "1 ", "+1", "-1", "1.0", "1e3",
	"0x10", "1K", "a", "18446744073709551616", "99999999999999999999999", "1_000",
	"1,000" };

START_TEST(u64_bad)
{
	uint64_t v;

	ck_assert_ptr_nonnull(num_u64(not_whole[_i], &v));
}
END_TEST

static const struct {
	const char *in;
	uint64_t want;
} sizes[] = {
	{ "0", 0 },
	{ "123", 123 },
	{ "1K", 1000 },
	{ "1Ki", 1024 },
	{ "64M", 64000000 },
	{ "64Mi", UINT64_C(64) << 20 },
	{ "3G", UINT64_C(3000000000) },
	{ "3Gi", UINT64_C(3) << 30 },
	{ "2T", UINT64_C(2000000000000) },
	{ "2Ti", UINT64_C(2) << 40 },
	{ "0Ti", 0 },
	{ "16777215Ti", UINT64_C(16777215) << 40 },
	{ "18446744073709551615", UINT64_MAX },
	{ "18446744073709551K", UINT64_C(18446744073709551000) },
	{ "1k", 1000 },
	{ "1.5K", 1500 },
	{ "1.5Ki", 1536 },
	{ "1KB", 1000 },
	{ "1KiB", 1024 },
	{ "512B", 512 },
	{ "1P", UINT64_C(1000000000000000) },
	{ "15Ei", UINT64_C(15) << 60 },
	{ "2.50000K", 2500 },
	{ "0.001K", 1 },
	{ "8e12", UINT64_C(8000000000000) },
	{ "1.25E2", 125 },
	{ "2E", UINT64_C(2000000000000000000) },
	{ "1e1K", 10000 },
	{ "0e99", 0 },
	{ ".5K", 500 },
	{ "5.", 5 },
};

START_TEST(bytes_good)
{
	uint64_t v = 99;

	ck_assert_ptr_null(num_bytes(sizes[_i].in, &v));
	ck_assert_uint_eq(v, sizes[_i].want);
}
END_TEST

static const char *const not_sizes[] = { "", "K", ".", "1i", "1 K", "1.5", "0.0001K",
	"-1K", "1Kii", "1KK", "1KBB", "1BK", "1m", "1e", "1e+3", "1e100", "20e18", "19E",
	"16Ei", "1.1.1K", "16777216Ti", "18446744073709552K", "18446744073709551616",
	"1.18446744073709551616", "0x1p3" };

START_TEST(bytes_bad)
{
	uint64_t v;

	ck_assert_ptr_nonnull(num_bytes(not_sizes[_i], &v));
}
END_TEST

/* A count is a size without the B. */
START_TEST(counts)
{
	uint64_t v;

	ck_assert_ptr_null(num_count("16k", &v));
	ck_assert_uint_eq(v, 16000);
	ck_assert_ptr_null(num_count("1.5M", &v));
	ck_assert_uint_eq(v, 1500000);
	ck_assert_str_eq(
	    num_count("1KB", &v), "not a number: write it as 4096, 16k or 1.5M");
	ck_assert_str_eq(num_count("1.5", &v), "not a whole number");
	ck_assert_str_eq(
	    num_count("99E", &v), "too large: the maximum is 18446744073709551615");
}
END_TEST

/* A fixed-point number: the value times a power of ten. */
START_TEST(fixed_point)
{
	uint64_t v;

	ck_assert_int_eq(num_whole(SPAN("0.7"), 12, false, &v), NUM_OK);
	ck_assert_uint_eq(v, UINT64_C(700000000000));
	ck_assert_int_eq(num_whole(SPAN("0.0000001"), 6, false, &v), NUM_FINE);
	ck_assert_int_eq(num_whole(SPAN("99999999"), 12, false, &v), NUM_LARGE);
	ck_assert_int_eq(num_whole(SPAN("1x"), 0, false, &v), NUM_SYNTAX);
}
END_TEST

static const struct {
	const char *in;
	double want;
} fractions[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "0.65", 0.65 },
	{ "-0.5", -0.5 },
	{ ".5", 0.5 },
	{ "5.", 5 },
	{ "-12.25", -12.25 },
	{ "0.1", 0.1 },
	{ "123456789012345678901234567890", 123456789012345678901234567890.0 },
};

START_TEST(frac_good)
{
	double v = 99;

	ck_assert_ptr_null(num_double(fractions[_i].in, &v));
	ck_assert_msg(!(v < fractions[_i].want) && !(v > fractions[_i].want),
	    "%s is %.17g", fractions[_i].in, v);
}
END_TEST

static const char *const not_fractions[] = { "", "-", ".", "-.", "1e3", "1E3", "nan",
	"inf", "-inf", "0x1p3", "+1", " 1", "1 ", "1.2.3", "1,5", "--1", "1-", "0.5x" };

START_TEST(frac_bad)
{
	double v;

	ck_assert_ptr_nonnull(num_double(not_fractions[_i], &v));
}
END_TEST

static const struct {
	const char *in;
	int rc, rest;
	double want;
} exact[] = {
	{ "0", 0, 0, 0 },
	{ "-0", 0, 0, 0 },
	{ "-17", 0, 0, -17 },
	{ "9007199254740992", 0, 0, 9007199254740992.0 },
	{ "9007199254740993", 0, 1, 9007199254740992.0 },
	{ "-9007199254740993", 0, -1, -9007199254740992.0 },
	{ "9007199254740995", 0, -1, 9007199254740996.0 },
	{ "9007199254740993.0", 0, 0, 9007199254740992.0 },
	{ "18446744073709551615", 0, -1, 18446744073709551616.0 },
	{ "-18446744073709551615", 0, 1, -18446744073709551616.0 },
	{ "18446744073709550592", 0, -1024, 18446744073709551616.0 },
	{ "9223372036854775809", 0, 1, 9223372036854775808.0 },
	{ "1e3", 0, 0, 1000 },
	{ "1E30", 0, 0, 1e30 },
	{ "18446744073709551616", -2, 0, 18446744073709551616.0 },
	{ "-99999999999999999999", -2, 0, -99999999999999999999.0 },
	{ "\"7\"", -1, 0, 0 },
	{ "null", -1, 0, 0 },
	{ "", -1, 0, 0 },
};

START_TEST(json_exact)
{
	double v = 0;
	int rest = 99;

	ck_assert_int_eq(num_json_exact(span_of(exact[_i].in), &v, &rest), exact[_i].rc);
	ck_assert_int_eq(rest, exact[_i].rest);
	ck_assert_double_eq(v, exact[_i].want);
}
END_TEST

/* Integers of 64 bits compare as their parts do. */
START_TEST(json_exact_orders)
{
	uint64_t state = 1;

	for (int i = 0; i < 100000; i++) {
		const uint64_t a = random_bits(&state) >> random_below(&state, 20),
			       b = a + random_below(&state, 3);
		char text[2][24];
		double v[2];
		int rest[2];

		if (b < a)
			continue;
		snprintf(text[0], sizeof text[0], "%" PRIu64, a);
		snprintf(text[1], sizeof text[1], "%" PRIu64, b);
		for (int k = 0; k < 2; k++)
			MUST(num_json_exact(span_of(text[k]), &v[k], &rest[k]) == 0);
		MUST(a == b ? v[0] == v[1] && rest[0] == rest[1]
			    : v[0] < v[1] || (v[0] == v[1] && rest[0] < rest[1]));
	}
}
END_TEST

static const struct {
	double v;
	const char *want;
} texts[] = { { 0, "0" }, { 1, "1" }, { 0.1, "0.1" }, { 1.0000001, "1.0000001" },
	{ -2.5, "-2.5" }, { 1e-7, "1e-07" }, { 0.1 + 0.2, "0.30000000000000004" },
	{ 0.00999999999999999, "0.00999999999999999" }, { 1234567, "1234567" } };

START_TEST(text_of_double)
{
	ck_assert_str_eq(NUM_TEXT(texts[_i].v), texts[_i].want);
}
END_TEST

/* Numbers have at most as many digits as a double has a decimal exponent for. */
START_TEST(frac_long)
{
	char s[1002];
	double v;

	memset(s, '9', sizeof s);
	s[300] = '\0';
	ck_assert_ptr_null(num_double(s, &v));
	ck_assert(isfinite(v));
	s[300] = '9';
	s[1001] = '\0';
	ck_assert_ptr_nonnull(num_double(s, &v));
}
END_TEST

static const struct {
	double v;
	int places;
	const char *want;
} printed[] = {
	{ 0, 0, "0" },
	{ 0, 2, "0.00" },
	{ 1.005, 2, "1.00" },
	{ 0.125, 2, "0.12" },
	{ 0.375, 2, "0.38" },
	{ -0.5, 1, "-0.5" },
	{ 1e15, 3, "1000000000000000.000" },
	{ 2.0 / 3, 6, "0.666667" },
	{ 0.1, 17, "0.10000000000000001" },
	{ (double)INFINITY, 2, "null" },
	{ (double)NAN, 2, "null" },
};

START_TEST(prints)
{
	struct buf b = { 0 };

	num_put(&b, printed[_i].v, printed[_i].places);
	ck_assert(span_eq(buf_span(&b), span_of(printed[_i].want)));
	buf_free(&b);
}
END_TEST

static const struct {
	double v;
	const char *want;
} human[] = {
	{ 0, "0 B" },
	{ 999, "999 B" },
	{ 0.5, "0.5 B" },
	{ 1000, "1.0 kB" },
	{ 1250, "1.2 kB" },
	{ 99900, "99.9 kB" },
	{ 99960, "100 kB" },
	{ 999400, "999 kB" },
	{ 999600, "1.0 MB" },
	{ 84e6, "84.0 MB" },
	{ 1.2e9, "1.2 GB" },
	{ 5e12, "5.0 TB" },
	{ 7e15, "7.0 PB" },
	{ 7e18, "7000 PB" },
};

START_TEST(prints_si)
{
	struct buf b = { 0 };

	num_put_si(&b, human[_i].v, "B");
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p, human[_i].want);
	buf_free(&b);
}
END_TEST

/* libm is close, though it may differ between machines. */
START_TEST(functions)
{
	for (int i = 0; i < 5840; i++) {
		const double x = -40 + 0.0137 * i;
		double want = exp(x), got = num_exp(x);

		ck_assert_msg(
		    fabs(got - want) <= 4e-16 * want, "exp %a: %a, not %a", x, got, want);
		ck_assert_msg(
		    fabs(num_ln(want) - log(want)) <= 4e-16 * fmax(fabs(log(want)), 1e-3),
		    "log %a: %a, not %a", want, num_ln(want), log(want));
	}
	ck_assert(num_exp(0) <= 1 && num_exp(0) >= 1);
	ck_assert(num_exp(-1e9) <= 0 && num_exp(-1e9) >= 0);
	ck_assert(num_exp(1e9) > 1e308);
	ck_assert(num_ln(1) <= 0 && num_ln(1) >= 0);
}
END_TEST

/* The fast path prints as printf does. */
START_TEST(prints_quickly)
{
	struct buf b = { 0 };
	uint64_t r = 1;

	for (int i = 0; i < 300000; i++) {
		const int places = i % 7;
		char want[64];
		double v;

		r = r * 6364136223846793005U + 1442695040888963407U;
		v = (double)(r >> 33) / (double)(1 << i % 29);
		v = i % 3 ? v : floor(v * 1e3) / 1e3;
		v = i % 5 ? v : -v;
		snprintf(want, sizeof want, "%.*f", places, v);
		b.n = 0;
		num_put(&b, v, places);
		/* ck_assert reports each success to the parent, which is slow. */
		if (!span_eq(buf_span(&b), span_of(want)))
			ck_abort_msg("%.*s, not %s", (int)b.n, b.p, want);
	}
	buf_free(&b);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
num_suite(void)
{
	Suite *s = suite_create("num");
	TCase *t = tcase_create("num");

	tcase_add_loop_test(t, u64_good, 0, ROWS(whole));
	tcase_add_loop_test(t, u64_bad, 0, ROWS(not_whole));
	tcase_add_loop_test(t, bytes_good, 0, ROWS(sizes));
	tcase_add_loop_test(t, bytes_bad, 0, ROWS(not_sizes));
	tcase_add_test(t, counts);
	tcase_add_test(t, fixed_point);
	tcase_add_loop_test(t, frac_good, 0, ROWS(fractions));
	tcase_add_loop_test(t, frac_bad, 0, ROWS(not_fractions));
	tcase_add_test(t, frac_long);
	tcase_add_loop_test(t, json_exact, 0, ROWS(exact));
	tcase_add_test(t, json_exact_orders);
	tcase_add_loop_test(t, text_of_double, 0, ROWS(texts));
	tcase_add_loop_test(t, prints, 0, ROWS(printed));
	tcase_add_test(t, prints_quickly);
	tcase_add_test(t, functions);
	tcase_add_loop_test(t, prints_si, 0, ROWS(human));
	suite_add_tcase(s, t);
	return s;
}
