/* check_shares.c - tests the split of groups: by tokens, alpha, unimax, within bounds. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/holdout.h"
#include "mixer/plan/planfile.h"
#include "tests/unit/mixer/check_mixer.h"

static uint64_t state = 88172645463325252;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

enum { MOST = 60 };

/* A group of n sources with 0.15 of 1e12 tokens, and one large source for the rest. */
struct group {
	struct given source[MOST + 1];
	uint32_t n;
	struct resolved rp;
};

/* Sizes over nine orders of magnitude. */
static void
random_group(struct group *g, uint32_t n)
{
	*g = (struct group){ .n = n };
	for (uint32_t i = 0; i < n; i++)
		g->source[i].tokens[0] = 1000 + below(UINT64_C(1) << (10 + below(30)));
	g->source[n].tokens[0] = UINT64_C(1) << 40;
}

static void
resolve_group(struct group *g, const char *keys)
{
	struct buf b = { 0 };
	struct err err;

	buf_putf(&b,
	    "tamis-plan 1\nseq 1M\nphase p 1e12\ngroup g 0.15 %s\ngroup h 0.85\n", keys);
	for (uint32_t i = 0; i < g->n; i++)
		buf_putf(&b, "source s%u x in=g\n", (unsigned)i);
	buf_puts(&b, "source big x in=h\n");
	buf_putc(&b, '\0');
	ck_assert_msg(given_shares(b.p, g->source, &g->rp, &err) == 0, "%s", err.msg);
	buf_free(&b);
}

static uint64_t
weight(const struct group *g, uint32_t i)
{
	return g->rp.source[i].weight[0];
}

static const uint64_t whole = 15 * (SHARE_ONE / 100);

static void
check_sum(const struct group *g)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < g->n; i++)
		sum += weight(g, i);
	ck_assert_uint_eq(sum, whole);
}

/* Each share is its exact fraction rounded down, or up for the largest remainders. */
START_TEST(shares_go_by_tokens)
{
	for (int k = 0; k < 50; k++) {
		struct group g;
		u128 sum = 0, least_up = 0, most_down = 0;
		bool up = false;

		random_group(&g, 1 + (uint32_t)below(MOST));
		resolve_group(&g, "");
		check_sum(&g);
		for (uint32_t i = 0; i < g.n; i++)
			sum += g.source[i].tokens[0];
		for (uint32_t i = 0; i < g.n; i++) {
			u128 claim = (u128)whole * g.source[i].tokens[0],
			     rest = claim % sum;

			if (weight(&g, i) == (uint64_t)(claim / sum)) {
				most_down = rest > most_down ? rest : most_down;
				continue;
			}
			ck_assert_uint_eq(weight(&g, i), (uint64_t)(claim / sum) + 1);
			least_up = !up || rest < least_up ? rest : least_up;
			up = true;
		}
		ck_assert(!up || least_up >= most_down);
		resolved_free(&g.rp);
	}
}
END_TEST

static const double alphas[] = { 0, 0.000001, 0.2, 0.3, 0.5, 0.7, 0.999999 };

START_TEST(shares_go_by_alpha)
{
	for (int k = 0; k < 50; k++) {
		char keys[64];
		struct group g;
		long double sum = 0;

		random_group(&g, 1 + (uint32_t)below(MOST));
		snprintf(keys, sizeof keys, "alpha=%.6f", alphas[_i]);
		resolve_group(&g, keys);
		check_sum(&g);
		for (uint32_t i = 0; i < g.n; i++)
			sum += powl((long double)g.source[i].tokens[0], alphas[_i]);
		for (uint32_t i = 0; i < g.n; i++) {
			long double want =
			    powl((long double)g.source[i].tokens[0], alphas[_i]) / sum *
			    (long double)whole;

			/* Sizes are integers up to 2^40. */
			ck_assert(fabsl(want - (long double)weight(&g, i)) < 2);
		}
		resolved_free(&g.rp);
	}
}
END_TEST

START_TEST(temperature_is_one_by_alpha)
{
	static const char *const same[][2] = { { "temperature=1", "" },
		{ "temperature=2", "alpha=0.5" }, { "temperature=5", "alpha=0.2" },
		{ "temperature=1.25", "alpha=0.8" } };

	for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
		struct group a, b;

		random_group(&a, MOST);
		b = a;
		resolve_group(&a, same[k][0]);
		resolve_group(&b, same[k][1]);
		for (uint32_t i = 0; i < a.n; i++)
			ck_assert_uint_eq(weight(&a, i), weight(&b, i));
		resolved_free(&a.rp);
		resolved_free(&b.rp);
	}
}
END_TEST

/* Tokens of the run for a share in 1 / SHARE_ONE. */
static uint64_t
tokens_of(const struct resolved *rp, uint64_t parts)
{
	return muldiv(rp->phase[0].samples * rp->phase[0].seq, parts, SHARE_ONE);
}

/*
 * No source exceeds its epochs.  Sources below them all have the same share, the largest
 * one.
 */
START_TEST(unimax_is_even_up_to_the_epochs)
{
	static const uint64_t epochs[] = { 1, 4, 10, 255 };
	unsigned capped = 0, even = 0;

	for (int k = 0; k < 200; k++) {
		uint64_t n = epochs[k % 4], level = 0;
		struct group g;
		char keys[64];

		random_group(&g, 2 + (uint32_t)below(MOST - 1));
		/* Enough tokens for the whole group. */
		g.source[0].tokens[0] = 150000000000;
		snprintf(keys, sizeof keys, "unimax=%u", (unsigned)n);
		resolve_group(&g, keys);
		check_sum(&g);
		for (uint32_t i = 0; i < g.n; i++)
			level = weight(&g, i) > level ? weight(&g, i) : level;
		for (uint32_t i = 0; i < g.n; i++) {
			uint64_t most = g.source[i].tokens[0] * n,
				 has = tokens_of(&g.rp, weight(&g, i));

			/* Shares and tokens are each rounded by up to one. */
			ck_assert_uint_le(has, most + 2);
			if (level - weight(&g, i) <= 2) {
				even++;
				continue;
			}
			ck_assert_uint_ge(has + 2, most);
			capped++;
		}
		resolved_free(&g.rp);
	}
	ck_assert_uint_gt(capped, 1000);
	ck_assert_uint_gt(even, 1000);
}
END_TEST

/* Epochs count from the start of the run to the end of each phase. */
START_TEST(unimax_knows_what_is_spent)
{
	static const char text[] =
	    "tamis-plan 1\nseq 10\nphase p 1000\nphase q 1000\n"
	    "group g 1 unimax=2\nsource a x in=g\nsource b x in=g\n"
	    "source c x in=g\n";
	struct given source[] = { { { 100 } }, { { 250 } }, { { 5000 } } };
	struct resolved rp;
	struct err err;

	ck_assert_int_eq(given_shares(text, source, &rp, &err), 0);
	/* a has 200 tokens, b has 500: 200, 400, 400; then 0, 100, 900. */
	ck_assert_uint_eq(rp.source[0].weight[0], SHARE_ONE / 5);
	ck_assert_uint_eq(rp.source[1].weight[0], 2 * (SHARE_ONE / 5));
	ck_assert_uint_eq(rp.source[2].weight[0], 2 * (SHARE_ONE / 5));
	ck_assert_uint_eq(rp.source[0].weight[1], 0);
	ck_assert_uint_eq(rp.source[1].weight[1], SHARE_ONE / 10);
	ck_assert_uint_eq(rp.source[2].weight[1], 9 * (SHARE_ONE / 10));
	resolved_free(&rp);
	source[2].tokens[0] = 600;
	ck_assert_int_eq(given_shares(text, source, &rp, &err), -1);
	ck_assert_str_eq(err.msg,
	    "p:5: phase 'q': group 'g' lacks 100 tokens with every source at "
	    "its unimax=: raise unimax= or lower the weight of the group");
	resolved_free(&rp);
}
END_TEST

/* Sources are in proportion unless they are at the bound. */
static void
check_bound(const struct group *g, long double alpha, uint64_t bound, bool above)
{
	long double sum = 0, left = 0;

	for (uint32_t i = 0; i < g->n; i++) {
		bool at = above ? weight(g, i) + 2 > bound : weight(g, i) < bound + 2;

		ck_assert(above ? weight(g, i) <= bound + 1 : weight(g, i) + 1 >= bound);
		if (at)
			continue;
		sum += powl((long double)g->source[i].tokens[0], alpha);
		left += (long double)weight(g, i);
	}
	for (uint32_t i = 0; i < g->n; i++) {
		long double by =
		    powl((long double)g->source[i].tokens[0], alpha) / sum * left;
		bool at = above ? weight(g, i) + 2 > bound : weight(g, i) < bound + 2;

		if (sum == 0)
			continue;
		if (at)
			ck_assert(above ? by > (long double)bound - 4
					: by < (long double)bound + 4);
		else
			ck_assert(fabsl(by - (long double)weight(g, i)) < 4);
	}
}

START_TEST(bounds_are_kept)
{
	for (int k = 0; k < 100; k++) {
		struct group g;

		random_group(&g, 20 + (uint32_t)below(MOST - 20));
		resolve_group(&g, "alpha=0.3 max=0.06");
		check_sum(&g);
		check_bound(&g, 0.3L, 9 * (SHARE_ONE / 1000), true);
		resolved_free(&g.rp);
		resolve_group(&g, "alpha=0.7 min=0.01");
		check_sum(&g);
		check_bound(&g, 0.7L, 15 * (SHARE_ONE / 10000), false);
		resolved_free(&g.rp);
	}
}
END_TEST

#define THREE "source a x in=g\nsource b x in=g\nsource c x in=g\n"

static const struct {
	const char *text;
	const char *want;    /* an error message */
	uint64_t percent[3]; /* or the shares */
	struct given source[3];
} bounds[] = {
	{ "group g 1 max=0.4\n" THREE, NULL, { 40, 40, 20 },
	    { { { 600 } }, { { 300 } }, { { 100 } } } },
	{ "group g 1 min=0.2\n" THREE, NULL, { 50, 30, 20 },
	    { { { 500 } }, { { 300 } }, { { 100 } } } },
	{ "group g 1 min=0.2 max=0.5\n" THREE, NULL, { 50, 30, 20 },
	    { { { 800 } }, { { 150 } }, { { 50 } } } },
	{ "group g 1 alpha=0 min=0.1\nsource a x in=g weight=0.5\nsource b x "
	  "in=g\nsource c x in=g\n",
	    NULL, { 50, 25, 25 }, { { { 800 } }, { { 150 } }, { { 50 } } } },
	/* Bounds do not apply to a source with a weight of its own. */
	{ "group g 1 max=0.3\nsource a x in=g weight=0.6\nsource b x in=g\nsource c x "
	  "in=g\n",
	    NULL, { 60, 30, 10 }, { { { 800 } }, { { 300 } }, { { 50 } } } },
	/* Sources between the bounds stay in proportion. */
	{ "group g 1 min=0.25 max=0.5\n" THREE, NULL, { 45, 30, 25 },
	    { { { 600 } }, { { 400 } }, { { 10 } } } },
	{ "group g 1 max=0.3\n" THREE,
	    "p: phase 'p': weights and max= in group 'g' sum to 0.9, less than 1: raise "
	    "max=",
	    { 0 }, { { { 600 } }, { { 300 } }, { { 100 } } } },
	{ "group g 1 min=0.4\n" THREE,
	    "p: phase 'p': weights and min= in group 'g' sum to 1.2, more than 1: lower "
	    "min=",
	    { 0 }, { { { 600 } }, { { 300 } }, { { 100 } } } },
	{ "group g 1\nsource a x in=g times=2\nsource b x in=g\nsource c x in=g "
	  "times=0.5\n",
	    NULL, { 80, 15, 5 }, { { { 800 } }, { { 300 } }, { { 200 } } } },
	{ "group g 1 unimax=4\nsource a x in=g\nsource b x in=g times=0.5\nsource c x "
	  "in=g\n",
	    NULL, { 40, 20, 40 }, { { { 8000 } }, { { 1000 } }, { { 9000 } } } },
};

START_TEST(bounds_and_times_by_hand)
{
	struct buf b = { 0 };
	struct resolved rp;
	struct err err;
	int rc;

	buf_putf(&b, "tamis-plan 1\nseq 10\nphase p 10000\n%s", bounds[_i].text);
	buf_putc(&b, '\0');
	rc = given_shares(b.p, bounds[_i].source, &rp, &err);
	if (bounds[_i].want) {
		ck_assert_int_eq(rc, -1);
		ck_assert_str_eq(err.msg, bounds[_i].want);
	} else {
		ck_assert_msg(rc == 0, "%s", err.msg);
		for (uint32_t i = 0; i < 3; i++)
			ck_assert_uint_eq(rp.source[i].weight[0],
			    bounds[_i].percent[i] * (SHARE_ONE / 100));
	}
	resolved_free(&rp);
	buf_free(&b);
}
END_TEST

/* Every share is within 1 unit of its exact value, and a common factor changes none. */
START_TEST(relative_weights_divide_one)
{
	uint64_t share[MOST], scaled[MOST];
	u128 weight[MOST], sum, times = 10000000000000;

	for (int round = 0; round < 1000; round++) {
		uint32_t n = 1 + (uint32_t)below(MOST);
		uint64_t all = 0;

		sum = 0;
		for (uint32_t i = 0; i < n; i++)
			sum += weight[i] = below(UINT64_C(1) << (1 + below(40)));
		if (sum == 0)
			sum = weight[0] = 1;
		plan_divide(weight, n, share);
		for (uint32_t i = 0; i < n; i++) {
			u128 exact = weight[i] * SHARE_ONE, got = share[i] * sum;

			ck_assert((got < exact ? exact - got : got - exact) < sum);
			all += share[i];
			weight[i] *= times;
		}
		ck_assert_uint_eq(all, SHARE_ONE);
		plan_divide(weight, n, scaled);
		ck_assert_mem_eq(share, scaled, n * sizeof *share);
	}
}
END_TEST

/* Fractions that hold a document out are those above its hash, as a fraction of 2^64. */
START_TEST(hashes_hold_documents_out)
{
	unsigned char h[16] = { 0 };

	ck_assert(!held_out(0, h));
	ck_assert(held_out(1, h));
	memset(h, 0xff, sizeof h);
	ck_assert(held_out(SHARE_ONE, h));
	ck_assert(!held_out(SHARE_ONE - 1, h));
	h[0] = 0x7f; /* 2^63 - 1 */
	ck_assert(held_out(SHARE_ONE / 2, h));
	memset(h, 0, sizeof h);
	h[0] = 0x80; /* 2^63 */
	ck_assert(!held_out(SHARE_ONE / 2, h));
	ck_assert(held_out(SHARE_ONE / 2 + 1, h));
	for (int round = 0; round < 10000; round++) {
		uint64_t fraction = below(SHARE_ONE), more = below(SHARE_ONE);

		for (int i = 0; i < 16; i++)
			h[i] = (unsigned char)below(256);
		if (fraction <= more && held_out(fraction, h))
			ck_assert(held_out(more, h));
	}
}
END_TEST

TCase *
shares_tcase(void)
{
	TCase *t = tcase_create("shares");

	tcase_add_test(t, shares_go_by_tokens);
	tcase_add_loop_test(t, shares_go_by_alpha, 0, sizeof alphas / sizeof *alphas);
	tcase_add_test(t, temperature_is_one_by_alpha);
	tcase_add_test(t, unimax_is_even_up_to_the_epochs);
	tcase_add_test(t, unimax_knows_what_is_spent);
	tcase_add_test(t, bounds_are_kept);
	tcase_add_test(t, relative_weights_divide_one);
	tcase_add_test(t, hashes_hold_documents_out);
	tcase_add_loop_test(
	    t, bounds_and_times_by_hand, 0, sizeof bounds / sizeof *bounds);
	return t;
}
