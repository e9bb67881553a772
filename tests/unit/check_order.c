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

/*
 * What a permutation must look like, by Pearson's statistic over its degrees of freedom,
 * which is 1 +- 0.03 for what is random: all have about 2000 of them or 4000.
 */
enum {
	GAPS = 2048,	  /* bins of the distance from one output to the next */
	COARSE = 64,	  /* bins of a place, when two are looked at together */
	LOW = 2,	  /* lowest bits of an output, */
	WORD = 6,	  /* of so many of them in a row */
	STRETCH = 1 << 12 /* outputs in a row */
};

struct looks {
	uint64_t n, last, word;
	uint32_t gap[GAPS], low[1 << LOW * WORD];
	uint32_t moved[COARSE * COARSE]; /* from which place to which */
	uint32_t next[COARSE * COARSE];	 /* places of neighbours */
};

static uint64_t
bin_of(uint64_t v, uint64_t n, uint64_t bins)
{
	return (uint64_t)((wide)v * (wide)bins / (wide)n);
}

/* How many of 0..n-1 are in a bin. */
static double
bin_values(uint64_t n, uint64_t bin, uint64_t bins)
{
	wide from = ((wide)bin * (wide)n + (wide)bins - 1) / (wide)bins;
	wide to = ((wide)(bin + 1) * (wide)n + (wide)bins - 1) / (wide)bins;

	return (double)(to - from);
}

/* Outputs of one stretch of neighbours. */
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

/* All counts against an equal share of them for each of the values 1..n-1 in a bin. */
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

/* That any row of a table is spread over its columns as the values 0..n-1 are. */
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
			double off = cell[i * COARSE + k] - want;

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

/* 2^20 outputs: of many epochs, or stretches all over one of them. */
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
	tcase_add_loop_test(t, permutation_looks_random, 0, 6);
	tcase_add_test(t, permutation_hangs_on_its_key_alone);
	return t;
}
