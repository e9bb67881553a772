/* check_leaders.c - test the decision about near duplicates against its definition. */
#include <check.h>
#include <stdlib.h>

#include "dedup/parity.h"
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

/* Parities exclude no two sets that have what they need, of whatever sizes. */
START_TEST(parities_exclude_no_similar_sets)
{
	static uint64_t v[2][6000], word[2][512];
	uint64_t rng = (uint64_t)_i + 1, excluded = 0;

	for (int round = 0; round < SIZED(1000, 200); round++) {
		const uint64_t of = 1 + random_below(&rng, _i ? 6000 : 300),
			       odds = 1 + random_below(&rng, 20),
			       skew = random_below(&rng, 3);
		struct parity p[2] = { { .word = word[0] }, { .word = word[1] } };
		uint64_t common = 0;

		memset(word, 0, sizeof word);
		for (uint64_t i = 0; i < of; i++) {
			const uint64_t x = random_bits(&rng);
			const bool both = random_below(&rng, odds) != 0,
				   first = both || random_below(&rng, 2 + skew * 9);

			if (first)
				v[0][p[0].n++] = x;
			if (both || !first)
				v[1][p[1].n++] = x;
			common += both;
		}
		for (size_t k = 0; k < 2; k++) {
			p[k].words = parity_words(p[k].n);
			parity_fill(&p[k], v[k]);
		}
		for (uint64_t need = 0; need <= common; need++)
			MUST(!parity_excludes(&p[0], &p[1], need));
		if (p[0].n > common && p[1].n > common)
			excluded += parity_excludes(
			    &p[0], &p[1], p[0].n < p[1].n ? p[0].n : p[1].n);
	}
	MUST(excluded > 10);
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
		MUST(!d->removed || d->doc.age != NEAR_NEW ||
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
				v[i].removed = v[i].doc.age != NEAR_NEW && v[i].removed;
			leaders_decide(&m.o, v, m.ndocs, buf_span(&b), &stats);
			expect_decision(&m, v);
			MUST(stats.large == large);
			MUST(stats.compared <= m.ndocs * (m.ndocs - 1) / 2);
			MUST(stats.merged <= stats.compared);
			make_shuffle(&m, &rng);
		}
		for (size_t i = 0; i < m.ndocs; i++)
			removed += m.doc[i].removed;
	}
	MUST(removed > 100);
	buf_free(&b);
}
END_TEST

/* A bitmap excludes no pair that has enough in common, and most pairs that have far less.
 */
START_TEST(parity_bitmaps)
{
	enum { MOST = 3000 };
	static uint64_t hash[2][MOST], word[2][MOST];
	uint64_t rng = (uint64_t)_i + 1, excluded = 0, far = 0;

	for (int round = 0; round < SIZED(2000, 400); round++) {
		const uint64_t size = 1 + random_below(&rng, MOST),
			       common = random_below(&rng, size + 1);
		struct parity p[2];

		for (int k = 0; k < 2; k++) {
			const uint64_t n = common + random_below(&rng, size - common + 1);

			p[k] = (struct parity){ n, word[k], parity_words(n) };
			for (uint64_t i = 0; i < n; i++)
				hash[k][i] =
				    k && i < common ? hash[0][i] : random_bits(&rng);
			for (size_t i = 0; i < p[k].words; i++)
				word[k][i] = 0;
			parity_fill(&p[k], hash[k]);
		}
		for (uint64_t need = 0; need <= common; need++)
			MUST(!parity_excludes(&p[0], &p[1], need));
		/* Sets of like size with half in common differ in many bits. */
		if (common <= p[0].n / 2 && p[0].n * 9 <= p[1].n * 10 &&
		    p[1].n * 9 <= p[0].n * 10) {
			far++;
			excluded += parity_excludes(&p[0], &p[1], p[0].n * 8 / 10);
		}
	}
	MUST(far > 0 && excluded > far * 9 / 10);
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
	tcase_add_loop_test(t, parities_exclude_no_similar_sets, 0, 2);
	tcase_add_loop_test(t, exact_threshold, 0, 2);
	tcase_add_loop_test(t, decisions, 0, 8);
	tcase_add_loop_test(t, parity_bitmaps, 0, 2);
	tcase_add_test(t, nothing_to_decide);
	suite_add_tcase(s, t);
	return s;
}
