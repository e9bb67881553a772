/* check_leaders.c - test the decision about near duplicates against its definition. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/dedup/near_make.h"
#include "tests/unit/testing.h"

Suite *leaders_suite(void);

static const uint64_t thresholds[] = { 1, 2, 250000, 333333, 333334, 500000, 666666,
	666667, 799999, 800000, 800001, 999999, SIMILARITY_ONE };

/* sets_need is the least number that sets_similar takes. */
START_TEST(least_number_in_common)
{
	const uint64_t t = thresholds[_i];

	for (int measure = 0; measure < 2; measure++)
		for (uint64_t n = 1; n <= 40; n++)
			for (uint64_t m = 1; m <= 40; m++) {
				const uint64_t most = n < m ? n : m,
					       need = sets_need(
						   (enum measure)measure, t, n, m);

				for (uint64_t c = 0; c <= most; c++)
					MUST(sets_similar((enum measure)measure, t, n, m,
						 c) == (c >= need));
			}
}
END_TEST

/* Sizes near 2^40 neither overflow nor round. */
START_TEST(large_sets)
{
	const uint64_t n = UINT64_C(1) << 40, need = n / 9 * 8 + 7;

	ck_assert_uint_eq(sets_need(MEASURE_CONTAINMENT, 800000, n * 5, n * 9), n * 4);
	ck_assert_uint_eq(
	    sets_need(MEASURE_CONTAINMENT, 800000, n * 5 + 1, n * 9), n * 4 + 1);
	ck_assert_uint_eq(sets_need(MEASURE_JACCARD, SIMILARITY_ONE, n, n), n);
	ck_assert_uint_eq(sets_need(MEASURE_JACCARD, 800000, n, n), need);
	ck_assert(sets_similar(MEASURE_JACCARD, 800000, n, n, need));
	ck_assert(!sets_similar(MEASURE_JACCARD, 800000, n, n, need - 1));
}
END_TEST

/* sets_common is exact if the sets have what they need, and too small otherwise. */
START_TEST(numbers_in_common)
{
	uint64_t rng = (uint64_t)_i + 1;

	for (int round = 0; round < SIZED(20000, 4000); round++) {
		uint64_t v[2][24], n[2] = { 0, 0 }, common = 0, got;
		const uint64_t odds = 1 + random_below(&rng, 8),
			       need = random_below(&rng, 26);

		for (uint64_t x = 0; x < 24; x++) {
			const uint64_t either = random_below(&rng, odds + 2);

			if (either != 0)
				v[0][n[0]++] = x << 58;
			if (either != 1)
				v[1][n[1]++] = x << 58;
			common += either > 1;
		}
		got = sets_common(v[0], n[0], v[1], n[1], need);
		MUST(common >= need ? got == common : got < need && got <= common);
	}
}
END_TEST

/* Nine of ten shingles each, eight in common: a similarity of exactly 0.8. */
START_TEST(exact_threshold)
{
	static const uint64_t v[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	const struct leader_options o = { .threshold = 800000 + (uint64_t)_i, .best = 1 };
	struct leader_doc d[2] = { { .doc = { .number = 0 }, .shingle = v, .n = 9 },
		{ .doc = { .number = 7, .length = 1 }, .shingle = v + 1, .n = 9 } };
	struct leader_stats stats = { 0 };
	struct buf b = { 0 };

	buf_put(&b, "\2\0\0\0\0\0\0\0\0\7\0\0\0\0", 14);
	leaders_decide(&o, d, 2, buf_span(&b), &stats);
	ck_assert_uint_eq(d[0].doc.number, 7);
	ck_assert(!d[0].removed);
	ck_assert_int_eq(d[1].removed, _i == 0);
	if (d[1].removed) {
		ck_assert_uint_eq(d[1].leader, 7);
		ck_assert_double_eq(d[1].similarity, 0.8);
	}
	ck_assert_uint_eq(stats.compared, 1);
	ck_assert_uint_eq(stats.large, 1);
	buf_free(&b);
}
END_TEST

static void
expect_decision(const struct make_set *want, const struct leader_doc *v)
{
	for (size_t i = 0; i < want->ndocs; i++) {
		const struct leader_doc *d = make_find(want, v[i].doc.number);

		MUST(d && (i == 0 || near_doc_order(&v[i - 1].doc, &v[i].doc) < 0));
		MUST(v[i].removed == d->removed);
		MUST(!d->removed ||
		     (v[i].leader == d->leader && v[i].similarity == d->similarity));
	}
}

/* In any order of the documents, of the buckets, and in each bucket. */
START_TEST(decisions)
{
	static struct make_set m;
	struct leader_doc v[MAKE_DOCS];
	struct buf b = { 0 };
	uint64_t rng = (uint64_t)_i + 1, removed = 0;

	for (int round = 0; round < SIZED(400, 80); round++) {
		size_t large;

		make_near(&m, UINT64_C(1) << random_below(&rng, 34), &rng);
		large = make_decide(&m);
		for (int order = 0; order < 3; order++) {
			struct leader_stats stats = { 0 };

			b.n = 0;
			make_buckets(&m, &b);
			memcpy(v, m.doc, sizeof v);
			for (size_t i = 0; i < m.ndocs; i++)
				v[i].removed = false;
			leaders_decide(&m.o, v, m.ndocs, buf_span(&b), &stats);
			expect_decision(&m, v);
			MUST(stats.large == large);
			MUST(stats.compared <= m.ndocs * (m.ndocs - 1) / 2);
			make_shuffle(&m, &rng);
		}
		for (size_t i = 0; i < m.ndocs; i++)
			removed += m.doc[i].removed;
	}
	MUST(removed > 100);
	buf_free(&b);
}
END_TEST

START_TEST(nothing_to_decide)
{
	const struct leader_options o = { .threshold = 800000, .best = 1 };
	struct leader_stats stats = { 0 };
	struct leader_doc d = { .n = 0 };

	leaders_decide(&o, &d, 0, (struct span){ 0 }, &stats);
	leaders_decide(&o, &d, 1, (struct span){ 0 }, &stats);
	ck_assert(!d.removed);
	ck_assert_uint_eq(stats.compared, 0);
}
END_TEST

Suite *
leaders_suite(void)
{
	Suite *s = suite_create("leaders");
	TCase *t = tcase_create("leaders");

	tcase_add_loop_test(
	    t, least_number_in_common, 0, (int)(sizeof thresholds / sizeof *thresholds));
	tcase_add_test(t, large_sets);
	tcase_add_loop_test(t, numbers_in_common, 0, 2);
	tcase_add_loop_test(t, exact_threshold, 0, 2);
	tcase_add_loop_test(t, decisions, 0, 8);
	tcase_add_test(t, nothing_to_decide);
	suite_add_tcase(s, t);
	return s;
}
