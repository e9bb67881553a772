/* check_order.c - blends: exact decimals, the turns of sources, permutations. */
#include <check.h>
#include <stdlib.h>

#include "mixer/decimal.h"
#include "mixer/permute.h"
#include "mixer/schedule.h"
#include "tests/unit/check_mixer.h"

__extension__ typedef __int128 wide;

static uint64_t state = 88172645463325252;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* ---- decimals ---- */

static const struct {
	const char *text;
	unsigned places;
	uint64_t want;
	const char *error; /* its beginning */
} decimals[] = {
	{ "8e12", 0, 8000000000000, NULL },
	{ "1.5M", 0, 1500000, NULL },
	{ "300G", 0, 300000000000, NULL },
	{ "0.9e12", 0, 900000000000, NULL },
	{ "4096", 0, 4096, NULL },
	{ "0", 0, 0, NULL },
	{ "0e99", 0, 0, NULL },
	{ "18446744073709551615", 0, UINT64_MAX, NULL },
	{ "0.70", 12, 700000000000, NULL },
	{ "1", 12, SHARE_ONE, NULL },
	{ ".5", 12, 500000000000, NULL },
	{ "0.000000000001", 12, 1, NULL },
	{ "0.1e1", 12, SHARE_ONE, NULL },
	{ "2.5", 6, 2500000, NULL },
	{ "18446744073709551616", 0, 0, "too large" },
	{ "1e20", 0, 0, "too large" },
	{ "19E", 0, 0, "too large" },
	{ "0.0000000000001", 12, 0, "too many decimals" },
	{ "1.5", 0, 0, "too many decimals" },
	{ "1.0000000000000000000000", 12, 0, "too many decimals" },
	{ "", 0, 0, "not a number" },
	{ ".", 0, 0, "not a number" },
	{ "1.", 0, 0, "not a number" },
	{ "-1", 0, 0, "not a number" },
	{ "+1", 0, 0, "not a number" },
	{ "1x", 0, 0, "not a number" },
	{ "1e", 0, 0, "not a number" },
	{ "1e+3", 0, 0, "not a number" },
	{ "1e100", 0, 0, "not a number" },
	{ "1KK", 0, 0, "not a number" },
	{ "1..2", 0, 0, "not a number" },
	{ "0x10", 0, 0, "not a number" },
};

START_TEST(decimals_are_exact)
{
	uint64_t got = 0;
	const char *why =
	    decimal_parse(span_of(decimals[_i].text), decimals[_i].places, &got);

	if (decimals[_i].error) {
		ck_assert_ptr_nonnull(why);
		ck_assert_int_eq(
		    strncmp(why, decimals[_i].error, strlen(decimals[_i].error)), 0);
	} else {
		ck_assert_ptr_null(why);
		ck_assert_uint_eq(got, decimals[_i].want);
	}
}
END_TEST

START_TEST(decimals_come_back)
{
	for (int i = 0; i < 10000; i++) {
		unsigned places = (unsigned)below(13);
		uint64_t v = below(UINT64_C(1) << (1 + below(50))), got = 0;
		struct buf b = { 0 };

		decimal_put(&b, v, places);
		ck_assert_ptr_null(decimal_parse(buf_span(&b), places, &got));
		ck_assert_uint_eq(got, v);
		buf_free(&b);
	}
}
END_TEST

/* ---- the order of sources ---- */

enum { MAX_GROUPS = 8, MAX_SOURCES = 200 };

struct blend {
	uint64_t unit, group[MAX_GROUPS], source[MAX_SOURCES];
	uint32_t of[MAX_SOURCES], ngroups, nsources;
};

/* Shares over twelve orders of magnitude, some of them zero. */
static void
random_blend(struct blend *b, uint32_t nsources)
{
	*b = (struct blend){ .nsources = nsources };
	b->ngroups = 1 + (uint32_t)below(nsources < MAX_GROUPS ? nsources : MAX_GROUPS);
	for (uint32_t s = 0; s < nsources; s++) {
		b->of[s] = s < b->ngroups ? s : (uint32_t)below(b->ngroups);
		b->source[s] =
		    below(4) == 0 ? below(3) : 1 + below(UINT64_C(1) << (1 + below(32)));
		if (s == 0)
			b->source[s]++;
		b->group[b->of[s]] += b->source[s];
		b->unit += b->source[s];
	}
}

static struct schedule *
start(const struct blend *b)
{
	return schedule_new(b->unit, b->group, b->ngroups, b->source, b->of, b->nsources);
}

/*
 * Counts of unit j of share w / unit in slot t: before it w (t-1) - unit (j-1), after it
 * unit j - w t must stay below `bound` / 2 units.
 */
static void
check_step(uint64_t unit, uint64_t w, uint64_t j, uint64_t t, wide twice, wide of)
{
	wide early = (wide)unit * (wide)j - (wide)w * (wide)t;
	wide late = (wide)w * (wide)(t - 1) - (wide)unit * (wide)(j - 1);

	/* early / unit < twice / (2 of), and so for late */
	if (2 * early * of >= twice * (wide)unit || 2 * late * of >= twice * (wide)unit)
		ck_abort_msg(
		    "share %ju is too far off at sample %ju", (uintmax_t)w, (uintmax_t)t);
}

static void
check_prefixes(const struct blend *b, uint64_t n)
{
	struct schedule *s = start(b);
	uint64_t source[MAX_SOURCES] = { 0 }, group[MAX_GROUPS] = { 0 };

	for (uint64_t t = 1; t <= n; t++) {
		uint32_t i = schedule_next(s), g = b->of[i];
		bool alone = b->source[i] == b->group[g];

		if (b->source[i] == 0)
			ck_abort_msg(
			    "a turn for source %u, which has no share", (unsigned)i);
		check_step(b->unit, b->group[g], ++group[g], t, 2, 1);
		/* 1 + a/2 = (2 group + source) / (2 group) */
		check_step(b->unit, b->source[i], ++source[i], t,
		    2 * (wide)b->group[g] + (alone ? 0 : (wide)b->source[i]),
		    (wide)b->group[g]);
	}
	/* Those who are still waiting. */
	for (uint32_t i = 0; i < b->nsources; i++)
		ck_assert((wide)b->source[i] * (wide)n - (wide)source[i] * (wide)b->unit <
			  2 * (wide)b->unit);
	for (uint32_t g = 0; g < b->ngroups; g++)
		ck_assert((wide)b->group[g] * (wide)n - (wide)group[g] * (wide)b->unit <
			  (wide)b->unit);
	schedule_free(s);
}

START_TEST(order_is_near_at_every_prefix)
{
	struct blend b;

	for (uint32_t n = 1; n <= MAX_SOURCES; n = n + 1 + n / 8) {
		random_blend(&b, n);
		check_prefixes(&b, 20000);
	}
	for (int i = 0; i < 200; i++) {
		random_blend(&b, 2 + (uint32_t)below(12));
		check_prefixes(&b, 2000);
	}
	random_blend(&b, 40);
	check_prefixes(&b, 1000000);
}
END_TEST

/* Windows of their own for the sources cannot be met here: see schedule.c. */
START_TEST(order_survives_tight_groups)
{
	static const struct blend tight = {
		.unit = 100,
		.group = { 51, 41, 8 },
		.ngroups = 3,
		.source = { 50, 1, 38, 3, 4, 3, 1 },
		.of = { 0, 0, 1, 1, 2, 2, 2 },
		.nsources = 7,
	};

	check_prefixes(&tight, 10000);
}
END_TEST

START_TEST(order_is_exact_after_a_period)
{
	static const struct blend b = {
		.unit = 20,
		.group = { 14, 3, 3 },
		.ngroups = 3,
		.source = { 14, 2, 1, 3 },
		.of = { 0, 1, 1, 2 },
		.nsources = 4,
	};
	struct schedule *s = start(&b);
	uint64_t count[4] = { 0 };

	for (int i = 0; i < 2000; i++)
		count[schedule_next(s)]++;
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(count[i], b.source[i] * 100);
	schedule_free(s);
}
END_TEST

/* The largest unit and long runs stay within the 128 bits of the schedule. */
START_TEST(order_takes_large_units)
{
	struct blend b = { .unit = SCHEDULE_MAX, .ngroups = 2, .nsources = 3 };

	b.group[0] = SCHEDULE_MAX - 1;
	b.group[1] = 1;
	b.source[0] = SCHEDULE_MAX - 2;
	b.source[1] = b.source[2] = 1;
	b.of[2] = 1;
	check_prefixes(&b, 100000);
}
END_TEST

/* ---- permutations ---- */

static void
check_bijection(uint64_t n, uint64_t seed)
{
	unsigned char *seen = calloc(1, (size_t)n);
	struct permute p;

	ck_assert_ptr_nonnull(seen);
	permute_init(&p, n, seed, SPAN("source"), 3);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = permute_at(&p, i);

		/* A ck_assert for every number would take most of the time. */
		if (at >= n || seen[at])
			ck_abort_msg("%ju of %ju is wrong", (uintmax_t)i, (uintmax_t)n);
		seen[at] = 1;
	}
	free(seen);
}

START_TEST(permutation_is_a_bijection)
{
	for (uint64_t n = 1; n <= 3000; n++)
		check_bijection(n, n);
	for (int i = 0; i < 10; i++)
		check_bijection(100000 + below(2000000), (uint64_t)i);
}
END_TEST

/* Pearson's statistic over its degrees of freedom: about 1 for what is random. */
static double
chi_square(const uint32_t *bin, uint32_t bins, uint64_t n)
{
	double expected = (double)n / bins, sum = 0;

	for (uint32_t i = 0; i < bins; i++)
		sum +=
		    ((double)bin[i] - expected) * ((double)bin[i] - expected) / expected;
	return sum / (bins - 1);
}

START_TEST(permutation_looks_random)
{
	static const uint64_t sizes[] = { 9000000, 2200000000, UINT64_C(1) << 40,
		1000003 };
	enum { N = 1 << 18, BINS = 256 };
	uint64_t n = sizes[_i];
	uint32_t place[BINS] = { 0 }, gap[BINS] = { 0 };
	uint64_t last = 0, odd = 0;
	struct permute p;

	permute_init(&p, n, 7, SPAN("en/web"), 0);
	for (uint64_t i = 0; i < N; i++) {
		uint64_t at = permute_at(&p, i);

		place[(uint64_t)((wide)at * BINS / (wide)n)]++;
		gap[(uint64_t)((wide)((at + n - last) % n) * BINS / (wide)n)]++;
		odd += (at ^ last) & 1;
		last = at;
	}
	/* 255 degrees of freedom: 0.7 and 1.35 are four standard deviations off. */
	ck_assert_double_gt(chi_square(place, BINS, N), 0.5);
	ck_assert_double_lt(chi_square(place, BINS, N), 1.4);
	ck_assert_double_gt(chi_square(gap, BINS, N), 0.65);
	ck_assert_double_lt(chi_square(gap, BINS, N), 1.4);
	ck_assert_double_lt((double)odd / N, 0.51);
	ck_assert_double_gt((double)odd / N, 0.49);
}
END_TEST

START_TEST(permutation_hangs_on_its_key_alone)
{
	struct permute p, q;
	int same[3] = { 0 };

	permute_init(&p, 1000, 1, SPAN("a"), 0);
	for (uint64_t i = 0; i < 1000; i++) {
		permute_init(&q, 1000, 2, SPAN("a"), 0);
		same[0] += permute_at(&p, i) == permute_at(&q, i);
		permute_init(&q, 1000, 1, SPAN("b"), 0);
		same[1] += permute_at(&p, i) == permute_at(&q, i);
		permute_init(&q, 1000, 1, SPAN("a"), 1);
		same[2] += permute_at(&p, i) == permute_at(&q, i);
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_lt(same[i], 12);
	/* Pinned: the bytes of every run hang on these numbers. */
	ck_assert_uint_eq(permute_at(&p, 0), 497);
	ck_assert_uint_eq(permute_at(&p, 999), 764);
}
END_TEST

TCase *
order_tcase(void)
{
	TCase *t = tcase_create("order");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, decimals_are_exact, 0, sizeof decimals / sizeof *decimals);
	tcase_add_test(t, decimals_come_back);
	tcase_add_test(t, order_is_near_at_every_prefix);
	tcase_add_test(t, order_survives_tight_groups);
	tcase_add_test(t, order_is_exact_after_a_period);
	tcase_add_test(t, order_takes_large_units);
	tcase_add_test(t, permutation_is_a_bijection);
	tcase_add_loop_test(t, permutation_looks_random, 0, 4);
	tcase_add_test(t, permutation_hangs_on_its_key_alone);
	return t;
}
