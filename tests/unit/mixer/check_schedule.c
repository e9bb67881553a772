/* check_schedule.c - tests exact decimals, the schedule of sources, permutations. */
#include <check.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/permute.h"
#include "mixer/plan/schedule.h"
#include "tests/unit/mixer/check_mixer.h"

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
	enum decimal_error error;
} decimals[] = {
	{ "8e12", 0, 8000000000000, DECIMAL_OK },
	{ "1.5M", 0, 1500000, DECIMAL_OK },
	{ "300G", 0, 300000000000, DECIMAL_OK },
	{ "0.9e12", 0, 900000000000, DECIMAL_OK },
	{ "4096", 0, 4096, DECIMAL_OK },
	{ "0", 0, 0, DECIMAL_OK },
	{ "0e99", 0, 0, DECIMAL_OK },
	{ "18446744073709551615", 0, UINT64_MAX, DECIMAL_OK },
	{ "0.70", 12, 700000000000, DECIMAL_OK },
	{ "1", 12, SHARE_ONE, DECIMAL_OK },
	{ ".5", 12, 500000000000, DECIMAL_OK },
	{ "0.000000000001", 12, 1, DECIMAL_OK },
	{ "0.1e1", 12, SHARE_ONE, DECIMAL_OK },
	{ "2.5", 6, 2500000, DECIMAL_OK },
	{ "18446744073709551616", 0, 0, DECIMAL_LARGE },
	{ "1e20", 0, 0, DECIMAL_LARGE },
	{ "19E", 0, 0, DECIMAL_LARGE },
	{ "0.0000000000001", 12, 0, DECIMAL_FINE },
	{ "1.5", 0, 0, DECIMAL_FINE },
	{ "1.0000000000000000000000", 12, SHARE_ONE, DECIMAL_OK },
	{ "1.000000000000000000000000000000000000000", 12, 0, DECIMAL_FINE },
	{ "", 0, 0, DECIMAL_SYNTAX },
	{ ".", 0, 0, DECIMAL_SYNTAX },
	{ "1.", 0, 0, DECIMAL_SYNTAX },
	{ "-1", 0, 0, DECIMAL_SYNTAX },
	{ "+1", 0, 0, DECIMAL_SYNTAX },
	{ "1x", 0, 0, DECIMAL_SYNTAX },
	{ "1e", 0, 0, DECIMAL_SYNTAX },
	{ "1e+3", 0, 1000, DECIMAL_OK },
	{ "1e-04", 12, 100000000, DECIMAL_OK },
	{ "1e-13", 12, 0, DECIMAL_FINE },
	{ "1e-", 0, 0, DECIMAL_SYNTAX },
	{ "1e100", 0, 0, DECIMAL_SYNTAX },
	{ "1KK", 0, 0, DECIMAL_SYNTAX },
	{ "1..2", 0, 0, DECIMAL_SYNTAX },
	{ "0x10", 0, 0, DECIMAL_SYNTAX },
};

START_TEST(decimals_are_exact)
{
	uint64_t got = 0;
	enum decimal_error e =
	    decimal_parse(span_of(decimals[_i].text), decimals[_i].places, &got);

	ck_assert_int_eq((int)e, (int)decimals[_i].error);
	if (e == DECIMAL_OK)
		ck_assert_uint_eq(got, decimals[_i].want);
}
END_TEST

START_TEST(wide_decimals_are_exact)
{
	u128 got = 0;

	ck_assert_int_eq(
	    (int)decimal_parse_wide(SPAN("100T"), SHARE_PLACES, &got), DECIMAL_OK);
	ck_assert(got == (u128)SHARE_ONE * 100 * SHARE_ONE);
	ck_assert_int_eq((int)decimal_parse_wide(SPAN("1e39"), 0, &got), DECIMAL_LARGE);
}
END_TEST

START_TEST(decimals_round_trip)
{
	for (int i = 0; i < 10000; i++) {
		unsigned places = (unsigned)below(13);
		uint64_t v = below(UINT64_C(1) << (1 + below(50))), got = 0;
		char text[DECIMAL_TEXT];

		decimal_text(v, places, text);
		ck_assert_int_eq(
		    (int)decimal_parse(span_of(text), places, &got), DECIMAL_OK);
		ck_assert_uint_eq(got, v);
	}
}
END_TEST

/* ---- the schedule ---- */

enum { MAX_SOURCES = 200 };

struct test_blend {
	uint64_t unit, share[MAX_SOURCES];
	uint32_t n;
};

/* Random shares over this many binary orders of magnitude; a tenth of them are zero. */
static void
random_blend(struct test_blend *b, uint32_t n, unsigned orders)
{
	uint64_t raw[MAX_SOURCES], sum = 0, given = 0;
	uint32_t largest = 0;

	*b = (struct test_blend){ .unit = SHARE_ONE, .n = n };
	for (uint32_t s = 0; s < n; s++) {
		raw[s] = UINT64_C(1) << (40 - below(orders));
		raw[s] += below(raw[s]);
		if (below(10) == 0 && s > 0)
			raw[s] = 0;
		if (raw[s] > raw[largest])
			largest = s;
		sum += raw[s];
	}
	for (uint32_t s = 0; s < n; s++) {
		b->share[s] = (uint64_t)((wide)raw[s] * SHARE_ONE / (wide)sum);
		if (raw[s] > 0 && b->share[s] == 0)
			b->share[s] = 1;
		given += b->share[s];
	}
	b->share[largest] += SHARE_ONE - given;
}

static struct schedule *
start(const struct test_blend *b)
{
	return schedule_new(b->unit, b->share, b->n);
}

/* Whether `count` samples differ from their share of t by one or more. */
static bool
is_far(const struct test_blend *b, uint32_t s, uint64_t count, uint64_t t)
{
	wide off = (wide)b->share[s] * (wide)t - (wide)count * (wide)b->unit;

	return off >= (wide)b->unit || -off >= (wide)b->unit;
}

/* An error is extreme just before and just after a sample of its source. */
static void
check_prefixes(const struct test_blend *b, uint64_t n)
{
	struct schedule *s = start(b);
	uint64_t count[MAX_SOURCES] = { 0 };

	for (uint64_t t = 1; t <= n; t++) {
		uint32_t i = schedule_next(s);

		if (i >= b->n || b->share[i] == 0 || is_far(b, i, count[i], t - 1) ||
		    is_far(b, i, ++count[i], t))
			ck_abort_msg(
			    "source %u is off at sample %ju", (unsigned)i, (uintmax_t)t);
	}
	/* Sources that wait for their next sample. */
	for (uint32_t i = 0; i < b->n; i++)
		ck_assert(!is_far(b, i, count[i], n));
	schedule_free(s);
}

START_TEST(schedule_is_near_at_every_prefix)
{
	struct test_blend b;

	for (uint32_t n = 1; n <= MAX_SOURCES; n = n + 1 + n / 8) {
		random_blend(&b, n, 40);
		check_prefixes(&b, 20000);
	}
	for (int i = 0; i < 200; i++) {
		random_blend(&b, 2 + (uint32_t)below(12), 1 + (unsigned)below(40));
		check_prefixes(&b, 2000);
	}
	random_blend(&b, 40, 20);
	check_prefixes(&b, 1000000);
	random_blend(&b, MAX_SOURCES, 12);
	check_prefixes(&b, 1000000);
}
END_TEST

START_TEST(schedule_is_exact_after_a_period)
{
	static const struct test_blend b = {
		.unit = 20,
		.share = { 14, 2, 1, 3 },
		.n = 4,
	};
	struct schedule *s = start(&b);
	uint64_t count[4] = { 0 };

	for (int i = 0; i < 2000; i++)
		count[schedule_next(s)]++;
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(count[i], b.share[i] * 100);
	schedule_free(s);
}
END_TEST

/* By hand: earliest deadline first, ties to the lower number. */
START_TEST(schedule_is_pinned)
{
	static const struct test_blend b = { .unit = 10, .share = { 2, 5, 3 }, .n = 3 };
	static const uint32_t want[] = { 1, 2, 1, 0, 1, 2, 1, 0, 1, 2 };
	struct schedule *s = start(&b);

	for (int i = 0; i < 20; i++)
		ck_assert_uint_eq(schedule_next(s), want[i % 10]);
	schedule_free(s);
}
END_TEST

/* The largest unit and long runs do not overflow 128 bits. */
START_TEST(schedule_takes_large_units)
{
	struct test_blend b = {
		.unit = SCHEDULE_MAX, .share = { SCHEDULE_MAX - 2, 1, 1 }, .n = 3
	};

	check_prefixes(&b, 100000);
}
END_TEST

/* ---- entering a schedule in the middle ---- */

static void
check_seek(const struct test_blend *b)
{
	enum { N = 20000, TRIES = 60, LOOK = 100 };
	struct schedule *s = start(b);
	uint8_t order[N];
	uint64_t count[MAX_SOURCES];

	for (int i = 0; i < N; i++)
		order[i] = (uint8_t)schedule_next(s);
	for (int k = 0; k < TRIES; k++) {
		uint64_t slot = k == 0 ? 0 : below(N - LOOK);

		memset(count, 0, sizeof count);
		for (uint64_t i = 0; i < slot; i++)
			count[order[i]]++;
		schedule_seek(s, slot, count);
		for (uint64_t i = slot; i < slot + LOOK; i++)
			if (schedule_next(s) != order[i])
				ck_abort_msg("sought %ju: sample %ju differs",
				    (uintmax_t)slot, (uintmax_t)i);
	}
	schedule_free(s);
}

START_TEST(seek_continues_the_run)
{
	struct test_blend b;

	for (int i = 0; i < 60; i++) {
		random_blend(
		    &b, 1 + (uint32_t)below(MAX_SOURCES), 1 + (unsigned)below(40));
		check_seek(&b);
	}
}
END_TEST

/*
 * Compare jumps with a straight run; returns how many succeeded with the longest run-up.
 */
static unsigned
check_jumps(const struct test_blend *b, uint64_t far, unsigned jumps)
{
	static const uint64_t run_up[] = { 16, 64, 1024, 4096, 65536 };
	struct schedule *straight = start(b), *scout = start(b);
	uint64_t count[MAX_SOURCES] = { 0 }, there[MAX_SOURCES], slot = 0;
	unsigned sure = 0;

	for (unsigned k = 0; k < jumps; k++) {
		for (uint64_t to = slot + 1 + below(2 * far / jumps); slot < to; slot++)
			count[schedule_next(straight)]++;
		for (size_t r = 0; r < sizeof run_up / sizeof *run_up; r++) {
			if (!schedule_jump(scout, slot, run_up[r], there))
				continue;
			if (memcmp(count, there, b->n * sizeof *count) != 0)
				ck_abort_msg("a jump to %ju with %ju is wrong",
				    (uintmax_t)slot, (uintmax_t)run_up[r]);
			sure += run_up[r] == 65536;
		}
	}
	schedule_free(straight);
	schedule_free(scout);
	return sure;
}

START_TEST(jumps_match_a_straight_run)
{
	struct test_blend b;

	for (int i = 0; i < 25; i++) {
		random_blend(
		    &b, 1 + (uint32_t)below(MAX_SOURCES), 1 + (unsigned)below(40));
		check_jumps(&b, 300000, 8);
	}
}
END_TEST

START_TEST(ordinary_jumps_succeed)
{
	struct test_blend b;

	for (int i = 0; i < 10; i++) {
		random_blend(&b, 2 + (uint32_t)below(MAX_SOURCES - 1), 10);
		ck_assert_uint_eq(check_jumps(&b, 1000000, 6), 6);
	}
}
END_TEST

/*
 * Where no straight run is feasible: shares are met, and a run continues from one jump to
 * the next.
 */
START_TEST(far_jumps_agree_with_each_other)
{
	static const uint64_t slots[] = { INT32_MAX, UINT64_C(1) << 32, 8789062500,
		SCHEDULE_MAX - 5000 };
	uint64_t count[MAX_SOURCES], then[MAX_SOURCES];
	struct schedule *s, *t;
	struct test_blend b;

	random_blend(&b, MAX_SOURCES, 10);
	s = start(&b);
	t = start(&b);
	for (size_t k = 0; k < sizeof slots / sizeof *slots; k++) {
		ck_assert(schedule_jump(s, slots[k], 65536, count));
		for (uint32_t i = 0; i < b.n; i++)
			ck_assert(!is_far(&b, i, count[i], slots[k]));
		ck_assert(schedule_jump(t, slots[k] + 4999, 65536, then));
		for (int i = 0; i < 4999; i++)
			count[schedule_next(s)]++;
		ck_assert_mem_eq(count, then, b.n * sizeof *count);
		for (int i = 0; i < 100; i++)
			ck_assert_uint_eq(schedule_next(s), schedule_next(t));
	}
	schedule_free(s);
	schedule_free(t);
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

		/* A ck_assert for every number would dominate the running time. */
		if (at >= n || seen[at] || permute_inverse(&p, at) != i)
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

/*
 * Tests of randomness by Pearson's statistic over its degrees of freedom, about 2000 or
 * 4000 of them.  Random permutations give 1 +- 0.03.
 */
enum {
	GAPS = 2048,	  /* bins of the difference between successive outputs */
	COARSE = 64,	  /* bins of an output, for tables of pairs */
	LOW = 2,	  /* lowest bits of an output, */
	WORD = 6,	  /* of this many successive ones */
	STRETCH = 1 << 12 /* successive outputs */
};

struct looks {
	uint64_t n, last, word;
	uint32_t gap[GAPS], low[1 << LOW * WORD];
	uint32_t moved[COARSE * COARSE]; /* [input][output] */
	uint32_t next[COARSE * COARSE];	 /* [output][next output] */
};

static uint64_t
bin_of(uint64_t v, uint64_t n, uint64_t bins)
{
	return (uint64_t)((wide)v * (wide)bins / (wide)n);
}

/* How many of 0..n-1 fall into a bin. */
static double
bin_values(uint64_t n, uint64_t bin, uint64_t bins)
{
	wide from = ((wide)bin * (wide)n + (wide)bins - 1) / (wide)bins;
	wide to = ((wide)(bin + 1) * (wide)n + (wide)bins - 1) / (wide)bins;

	return (double)(to - from);
}

/* Count outputs [first, end). */
static void
look_at(struct looks *l, const struct permute *p, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++) {
		uint64_t at = permute_at(p, i), to = bin_of(at, l->n, COARSE);

		l->moved[bin_of(i, l->n, COARSE) * COARSE + to]++;
		if (i > first) {
			l->gap[bin_of((at + l->n - l->last) % l->n, l->n, GAPS)]++;
			l->next[bin_of(l->last, l->n, COARSE) * COARSE + to]++;
		}
		l->word =
		    (l->word << LOW | (at & ((1 << LOW) - 1))) & ((1 << LOW * WORD) - 1);
		if ((i - first) % WORD == WORD - 1)
			l->low[l->word]++;
		l->last = at;
	}
}

/* Differences of random values: each of 1..n-1 is equally likely. */
static double
gaps_over_df(const struct looks *l)
{
	double sum = 0, all = 0;

	for (uint32_t i = 0; i < GAPS; i++)
		all += l->gap[i];
	for (uint64_t i = 0; i < GAPS; i++) {
		double values = bin_values(l->n, i, GAPS) - (i == 0);
		double want = all * values / (double)(l->n - 1);

		sum += (l->gap[i] - want) * (l->gap[i] - want) / want;
	}
	return sum / (GAPS - 1);
}

static double
low_bits_over_df(const struct looks *l)
{
	enum { WORDS = 1 << LOW * WORD };
	double sum = 0, want = 0;

	for (uint32_t i = 0; i < WORDS; i++)
		want += l->low[i] / (double)WORDS;
	for (uint32_t i = 0; i < WORDS; i++)
		sum += (l->low[i] - want) * (l->low[i] - want) / want;
	return sum / (WORDS - 1);
}

/* Whether each row is distributed over the columns like the values 0..n-1. */
static double
table_over_df(const uint32_t *cell, uint64_t n)
{
	double sum = 0;

	for (uint32_t i = 0; i < COARSE; i++) {
		double row = 0;

		for (uint32_t k = 0; k < COARSE; k++)
			row += cell[i * COARSE + k];
		for (uint64_t k = 0; k < COARSE; k++) {
			double want = row * bin_values(n, k, COARSE) / (double)n;
			double off = cell[(size_t)i * COARSE + k] - want;

			sum += off * off / want;
		}
	}
	return sum / (COARSE * (COARSE - 1));
}

static void
looks_random(const char *what, uint64_t n, double over_df)
{
	ck_assert_msg(over_df > 0.9 && over_df < 1.1,
	    "%s of %ju: chi square over degrees of freedom is %.3f", what, (uintmax_t)n,
	    over_df);
}

/* 2^20 outputs, from many epochs or from ranges all over one epoch. */
START_TEST(permutation_looks_random)
{
	static const uint64_t sizes[] = { 10000, 1000000, 1000003, 9000000, 2200000000,
		UINT64_C(1) << 40 };
	enum { OUTPUTS = 1 << 20 };
	uint64_t n = sizes[_i], stretches = n / STRETCH + 1;
	struct looks *l = xcalloc(1, sizeof *l);
	struct permute p;

	l->n = n;
	if (stretches > OUTPUTS / STRETCH)
		stretches = OUTPUTS / STRETCH;
	for (uint64_t epoch = 0, seen = 0; seen < OUTPUTS; epoch++) {
		permute_init(&p, n, 7, SPAN("en/web"), epoch);
		for (uint64_t i = 0; i < stretches; i++) {
			uint64_t first = (uint64_t)((wide)n * (wide)i / (wide)stretches);
			uint64_t end =
			    (uint64_t)((wide)n * (wide)(i + 1) / (wide)stretches);

			end = end - first < STRETCH ? end : first + STRETCH;
			look_at(l, &p, first, end);
			seen += end - first;
		}
	}
	looks_random("gaps", n, gaps_over_df(l));
	looks_random("low bits of neighbours", n, low_bits_over_df(l));
	looks_random("places of neighbours", n, table_over_df(l->next, n));
	looks_random("places before and after", n, table_over_df(l->moved, n));
	free(l);
}
END_TEST

START_TEST(permutation_has_an_inverse)
{
	struct permute p;

	for (int i = 0; i < 2000; i++) {
		uint64_t n = 1 + below(UINT64_C(1) << (1 + below(53))), at = below(n);

		permute_init(&p, n, (uint64_t)i, SPAN("fr"), below(256));
		ck_assert_uint_eq(permute_inverse(&p, permute_at(&p, at)), at);
		ck_assert_uint_eq(permute_at(&p, permute_inverse(&p, at)), at);
	}
}
END_TEST

START_TEST(permutation_depends_on_its_key_only)
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
	/* Pinned: the bytes of every run depend on these numbers. */
	ck_assert_uint_eq(permute_at(&p, 0), 497);
	ck_assert_uint_eq(permute_at(&p, 999), 764);
}
END_TEST

TCase *
schedule_tcase(void)
{
	TCase *t = tcase_create("order");

	tcase_add_loop_test(t, decimals_are_exact, 0, sizeof decimals / sizeof *decimals);
	tcase_add_test(t, wide_decimals_are_exact);
	tcase_add_test(t, decimals_round_trip);
	tcase_add_test(t, schedule_is_near_at_every_prefix);
	tcase_add_test(t, schedule_is_exact_after_a_period);
	tcase_add_test(t, schedule_is_pinned);
	tcase_add_test(t, schedule_takes_large_units);
	tcase_add_test(t, seek_continues_the_run);
	tcase_add_test(t, jumps_match_a_straight_run);
	tcase_add_test(t, ordinary_jumps_succeed);
	tcase_add_test(t, far_jumps_agree_with_each_other);
	tcase_add_test(t, permutation_is_a_bijection);
	tcase_add_loop_test(t, permutation_looks_random, 0, 6);
	tcase_add_test(t, permutation_has_an_inverse);
	tcase_add_test(t, permutation_depends_on_its_key_only);
	return t;
}
