/* check_blend_stats.c - tests the measures of check-blend and stats. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/histogram.h"
#include "lib/driver/common.h"
#include "mixer/check/repeat_distance.h"
#include "mixer/check/share_error.h"
#include "mixer/check/shuffle_test.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/group_schedule.h"
#include "tests/unit/shards/tshard_make.h"

Suite *blend_suite(void);

extern const struct tool tool_check_blend;

/* ---- histograms ---- */

START_TEST(small_numbers_are_exact)
{
	struct histogram h = { 0 };

	ck_assert_uint_eq(histogram_quantile(&h, 500), 0);
	ck_assert_uint_eq(histogram_mean(&h), 0);
	for (uint64_t v = 0; v < 64; v++)
		histogram_add(&h, v);
	ck_assert_uint_eq(histogram_quantile(&h, 0), 0);
	ck_assert_uint_eq(histogram_quantile(&h, 500), 31);
	ck_assert_uint_eq(histogram_quantile(&h, 501), 32);
	ck_assert_uint_eq(histogram_quantile(&h, 1000), 63);
	ck_assert_uint_eq(histogram_mean(&h), 31500);
	ck_assert_uint_eq(h.most, 63);
	ck_assert_uint_eq(h.least, 0);
	histogram_free(&h);
}
END_TEST

START_TEST(quantiles_are_low_by_at_most_a_32nd)
{
	for (unsigned bit = 0; bit < 64; bit++)
		for (int d = -2; d <= 2; d++) {
			struct histogram h = { 0 };
			uint64_t v = (UINT64_C(1) << bit) + (uint64_t)(int64_t)d, q;

			histogram_add(&h, 1);
			histogram_add(&h, v);
			q = histogram_quantile(&h, 1000);
			if (v > 0 && v < UINT64_MAX - 2) {
				ck_assert_uint_le(q, v);
				ck_assert_uint_le(v - q, v / 32);
			}
			histogram_free(&h);
		}
}
END_TEST

START_TEST(sums_do_not_overflow)
{
	struct histogram h = { 0 };

	for (int i = 0; i < 1000; i++)
		histogram_add(&h, UINT64_MAX / 1000);
	ck_assert_uint_eq(histogram_mean(&h), UINT64_MAX / 1000 * 1000);
	for (int i = 0; i < 1000; i++)
		histogram_add(&h, 0);
	ck_assert_uint_eq(histogram_mean(&h), UINT64_MAX / 1000 * 500);
	histogram_free(&h);
}
END_TEST

/* ---- a blend: two groups, three sources, two phases ---- */

enum { SOURCES = 3, SAMPLES = 1000, FIRST = 600 };

static uint64_t weights[SOURCES][2] = { { 700000000000, 200000000000 },
	{ 299000000000, 400000000000 }, { 1000000000, 400000000000 } };
static uint64_t group_weights[2][2] = { { 700000000000, 200000000000 },
	{ 300000000000, 800000000000 } };
static struct resolved_phase phases[2] = {
	{ .name = "p", .samples = FIRST, .seq = 8, .shard = 600 },
	{ .name = "q", .samples = SAMPLES - FIRST, .seq = 16, .shard = 400 }
};
static struct resolved_group groups[2] = { { "g", group_weights[0] },
	{ "h", group_weights[1] } };
static struct resolved_source sources[SOURCES] = {
	{ .name = "a", .group = 0, .weight = weights[0], .cap = RESOLVED_NONE },
	{ .name = "b", .group = 1, .weight = weights[1], .cap = RESOLVED_NONE },
	{ .name = "c", .group = 1, .weight = weights[2], .cap = RESOLVED_NONE },
};

static struct resolved
small_plan(void)
{
	struct resolved rp = { .samples = SAMPLES,
		.vocab = 1000,
		.eod = EOD,
		.pad = PAD,
		.bos = UINT32_MAX,
		.phase = phases,
		.group = groups,
		.source = sources,
		.nphases = 2,
		.ngroups = 2,
		.nsources = SOURCES };

	resolved_layout(&rp);
	return rp;
}

/* The source of each sample as scheduled. */
static void
scheduled(const struct resolved *rp, uint32_t order[SAMPLES])
{
	uint32_t at = 0;

	memset(order, 0, SAMPLES * sizeof *order);
	for (uint32_t k = 0; k < rp->nphases; k++) {
		struct group_schedule *s = resolved_schedule(rp, k);

		for (uint64_t i = 0; i < rp->phase[k].samples; i++)
			order[at++] = group_schedule_next(s);
		group_schedule_free(s);
	}
}

static void
count(struct share_error *a, const struct resolved *rp, const uint32_t *order,
    uint64_t first, uint64_t end)
{
	share_error_init(a, rp, first, end);
	for (uint64_t i = first; i < end; i++)
		share_error_add(a, order[i], i < FIRST ? 8 : 16);
	share_error_finish(a);
}

/* The largest error at any prefix of phase k, by definition. */
static share_parts
naive_worst(const struct resolved *rp, const uint32_t *order, uint32_t k, bool groupwise)
{
	uint64_t had[SOURCES] = { 0 }, first = rp->phase[k].first;
	share_parts worst = 0;

	for (uint64_t n = 1; n <= rp->phase[k].samples; n++) {
		uint32_t s = order[first + n - 1];

		had[groupwise ? rp->source[s].group : s]++;
		for (uint32_t i = 0; i < (groupwise ? rp->ngroups : rp->nsources); i++) {
			uint64_t w = groupwise ? group_weights[i][k] : weights[i][k];
			share_parts share = (share_parts)w * n,
				    got = (share_parts)had[i] * SHARE_ONE;
			share_parts off = share > got ? share - got : got - share;

			worst = off > worst ? off : worst;
		}
	}
	return worst;
}

START_TEST(prefix_errors_match_a_recount)
{
	struct resolved rp = small_plan();
	struct share_error a;
	uint32_t order[SAMPLES], state = 7;

	scheduled(&rp, order);
	/* As scheduled, then increasingly shuffled. */
	for (int round = 0; round < 20; round++) {
		bool within = true;

		count(&a, &rp, order, 0, SAMPLES);
		for (uint32_t k = 0; k < 2; k++) {
			share_parts source = naive_worst(&rp, order, k, false);
			share_parts group = naive_worst(&rp, order, k, true);

			ck_assert(a.phase[k].source.off == source);
			ck_assert(a.phase[k].any_group.off == group);
			within =
			    within && group < SHARE_ONE && source < SHARE_ONE / 2 * 3;
		}
		ck_assert_int_eq(share_error_as_planned(&a), within);
		if (round == 0)
			ck_assert(share_error_as_planned(&a));
		share_error_free(&a);
		for (int i = 0; i < round; i++) {
			uint32_t x = ts_rnd(&state) % SAMPLES,
				 y = ts_rnd(&state) % SAMPLES;
			uint32_t swap = order[x];

			order[x] = order[y];
			order[y] = swap;
		}
	}
}
END_TEST

START_TEST(worst_share_has_its_position)
{
	struct resolved rp = small_plan();
	struct share_error a;
	uint32_t order[SAMPLES];

	scheduled(&rp, order);
	/* Source a is missing from sample 600 on, so its share of 0.2 is never met. */
	for (uint32_t i = FIRST, n = 0; i < SAMPLES; i++)
		if (order[i] == 0)
			order[i] = 1 + n++ % 2;
	count(&a, &rp, order, 0, SAMPLES);
	ck_assert(!share_error_as_planned(&a));
	ck_assert_uint_eq(a.phase[1].source.id, 0);
	ck_assert_uint_eq(a.phase[1].source.at, SAMPLES);
	ck_assert(a.phase[1].source.off == (share_parts)80 * SHARE_ONE);
	ck_assert_uint_eq(a.phase[1].end.id, 0);
	ck_assert(a.phase[1].end.off == (share_parts)80 * SHARE_ONE);
	ck_assert(2 * a.phase[0].source.off < 3 * (share_parts)SHARE_ONE);
	share_error_free(&a);
	/* A range: 50 samples of the second phase lack 10 of source a. */
	count(&a, &rp, order, FIRST + 50, FIRST + 100);
	ck_assert(!a.phase[1].source.any);
	ck_assert(a.phase[1].end.off == (share_parts)10 * SHARE_ONE);
	ck_assert(!share_error_as_planned(&a));
	share_error_free(&a);
	count(&a, &rp, order, 0, FIRST);
	ck_assert(share_error_as_planned(&a));
	ck_assert_uint_eq(a.phase[1].n, 0);
	ck_assert_uint_eq(a.phase[0].tokens[0], 3360); /* 420 samples of 8 */
	share_error_free(&a);
}
END_TEST

/* ---- batches ---- */

START_TEST(batches_ramp_up)
{
	struct resolved rp = { .nbatches = 4,
		.batch = { { 0, 3 }, { 10, 5 }, { 11, 7 }, { 30, 2 } } };
	/* Batch 4 begins at 12, past 11, so batches of 7 follow: 12 19 26 | 33 35 ... */
	static const uint64_t first[] = { 0, 3, 6, 9, 12, 19, 26, 33, 35 };
	struct train_batch b;

	for (uint64_t i = 0; i < sizeof first / sizeof *first; i++) {
		b = train_batch_at(&rp, i);
		ck_assert_uint_eq(b.no, i);
		ck_assert_uint_eq(b.first, first[i]);
		for (uint64_t s = b.first; s < b.first + b.samples; s++) {
			struct train_batch of = train_batch_of(&rp, s);

			ck_assert_uint_eq(of.no, i);
			ck_assert_uint_eq(of.first, b.first);
			ck_assert_uint_eq(of.samples, b.samples);
		}
	}
	ck_assert_uint_eq(train_batch_at(&rp, 4).samples, 7);
	ck_assert_uint_eq(train_batch_at(&rp, UINT64_MAX).first, UINT64_MAX);
	rp.nbatches = 0;
	ck_assert_uint_eq(train_batch_of(&rp, 5000).no, 4);
	ck_assert_uint_eq(train_batch_of(&rp, 5000).samples, BATCH_DEFAULT);
}
END_TEST

/* chi-squared and the largest error over all batches, by definition. */
static double
naive_batches(const struct resolved *rp, const uint32_t *order, share_parts *worst)
{
	double chi2 = 0;

	*worst = 0;
	for (uint64_t at = 0; at < SAMPLES;) {
		struct train_batch b = train_batch_of(rp, at);
		uint64_t had[SOURCES] = { 0 };
		share_parts share[SOURCES] = { 0 };

		for (; at < b.first + b.samples && at < SAMPLES; at++) {
			had[order[at]]++;
			for (int s = 0; s < SOURCES; s++)
				share[s] += weights[s][at >= FIRST];
		}
		for (int s = 0; s < SOURCES; s++) {
			share_parts got = (share_parts)had[s] * SHARE_ONE;
			share_parts off =
			    share[s] > got ? share[s] - got : got - share[s];
			double e = (double)share[s] / (double)SHARE_ONE;

			*worst = off > *worst ? off : *worst;
			chi2 += ((double)had[s] - e) * ((double)had[s] - e) / e;
		}
	}
	return chi2;
}

START_TEST(batch_errors_match_a_recount)
{
	/*
	 * A batch that ends with the run; a ramp; batches of one sample; a single batch.
	 */
	static const struct resolved_batch sets[][3] = { { { 0, 50 }, { 0, 50 },
							     { 0, 50 } },
		{ { 0, 7 }, { 100, 64 }, { 590, 37 } }, { { 0, 1 }, { 0, 1 }, { 0, 1 } },
		{ { 0, 5000 }, { 0, 5000 }, { 0, 5000 } } };
	struct resolved rp = small_plan();
	uint32_t order[SAMPLES], state = 3;

	rp.nbatches = 3;
	memcpy(rp.batch, sets[_i], sizeof sets[_i]);
	for (int lot = 0; lot < 2; lot++) {
		struct share_error a;
		double chi2, want;
		share_parts worst;

		scheduled(&rp, order);
		for (uint32_t i = 0; lot && i < SAMPLES; i++) {
			uint32_t x = ts_rnd(&state) % 1000;

			order[i] = x < weights[0][i >= FIRST] / 1000000000 ? 0
				   : x == 999				   ? 2
									   : 1;
		}
		count(&a, &rp, order, 0, SAMPLES);
		want = naive_batches(&rp, order, &worst);
		chi2 = a.batches.chi2;
		ck_assert(
		    chi2 > want - 1e-9 * (1 + want) && chi2 < want + 1e-9 * (1 + want));
		ck_assert(a.batches.source.off == worst);
		ck_assert_uint_eq(a.batches.df, a.batches.n * (SOURCES - 1));
		ck_assert_uint_eq(a.batches.n, train_batch_of(&rp, SAMPLES - 1).no + 1);
		if (!lot)
			ck_assert(worst < 3 * (share_parts)SHARE_ONE);
		share_error_free(&a);
	}
}
END_TEST

/* ---- order of samples ---- */

/* chi-squared over df of n samples at rows first, first + step, ... modulo n. */
static double
chi2_of(uint32_t n, uint64_t first, uint64_t step, bool shuffle)
{
	struct shuffle_test v;
	uint32_t *place = calloc(n, sizeof *place), state = 1;
	uint64_t expected = n;
	double chi2;

	for (uint32_t i = 0; i < n; i++)
		place[i] = (uint32_t)((first + i * step) % n);
	for (uint32_t i = n - 1; shuffle && i > 0; i--) {
		uint32_t k = ts_rnd(&state) % (i + 1), swap = place[k];

		place[k] = place[i];
		place[i] = swap;
	}
	shuffle_test_init(&v, 1, &expected);
	for (uint32_t i = 0; i < n; i++)
		shuffle_test_add(&v, 0, 0, place[i], n);
	shuffle_test_finish(&v);
	ck_assert_uint_eq(v.source[0].pairs, n - 1);
	chi2 = v.source[0].chi2 / (double)v.source[0].df;
	shuffle_test_free(&v);
	free(place);
	return chi2;
}

START_TEST(nonrandom_orders_are_detected)
{
	/* Sequential; a fixed large step, as of a linear congruential generator. */
	ck_assert(chi2_of(100000, 0, 1, false) > 1000);
	ck_assert(chi2_of(100000, 0, 38201, false) > 100);
	/* Shuffled. */
	ck_assert(chi2_of(100000, 0, 1, true) > 0.9);
	ck_assert(chi2_of(100000, 0, 1, true) < 1.1);
	ck_assert(chi2_of(6000, 0, 1, true) > 0.85);
	ck_assert(chi2_of(6000, 0, 1, true) < 1.15);
}
END_TEST

START_TEST(chi2_of_a_table_by_hand)
{
	struct shuffle_test v;
	uint64_t expected[] = { 20, 19 };

	/* Two bins, 41 alternating samples: 20 pairs each way, none within a bin. */
	shuffle_test_init(&v, 2, expected);
	for (uint32_t i = 0; i < 41; i++)
		shuffle_test_add(&v, 0, 0, i % 2 == 0 ? 0 : 10, 20);
	/* Too few samples for a test. */
	for (uint32_t i = 0; i < 19; i++)
		shuffle_test_add(&v, 1, 0, i, 19);
	/* The next epoch part has its own table: 4 pairs, one in each cell. */
	for (uint32_t i = 0; i < 5; i++)
		shuffle_test_add(&v, 0, 1, i / 2 % 2 == 0 ? 0 : 10, 20);
	shuffle_test_finish(&v);
	ck_assert_uint_eq(v.source[0].df, 2);
	ck_assert_uint_eq(v.source[0].pairs, 44);
	ck_assert(v.source[0].chi2 == 39);
	ck_assert_uint_eq(v.source[1].df, 0);
	ck_assert_uint_eq(v.source[0].runs, 2);
	ck_assert_uint_eq(v.source[0].longest, 41);
	ck_assert_uint_eq(v.source[0].samples, 46);
	ck_assert_uint_eq(v.source[1].runs, 1);
	ck_assert_uint_eq(v.source[1].longest, 19);
	shuffle_test_free(&v);
}
END_TEST

/* ---- distances ---- */

START_TEST(distances_by_hand)
{
	static const struct occurrence seen[] = {
		{ .sample = 3, .row = 5 },
		{ .sample = 4, .row = 5, .source = 1 }, /* another document */
		{ .sample = 10, .row = 5 },
		{ .sample = 15, .row = 5, .epoch = 1 },
		{ .sample = 20, .row = 5, .epoch = 1 },
		{ .sample = 29, .row = 5, .epoch = 2, .shard_row = 9 },
		{ .sample = 33, .row = 5, .epoch = 2 },
	};
	struct repeat_distance v;

	repeat_distance_init(&v, 2, 1000);
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		repeat_distance_add(&v, &seen[i]);
	/* Fragments 7, 5, 4; copies 5, 10, 9, 13. */
	ck_assert_uint_eq(v.followed, 2);
	ck_assert_uint_eq(v.fragments[0].distance.total, 3);
	ck_assert_uint_eq(v.fragments[0].distance.least, 4);
	ck_assert_uint_eq(v.fragments[0].before, 29);
	ck_assert_uint_eq(histogram_mean(&v.fragments[0].distance), 5333);
	ck_assert_uint_eq(v.copies[0].distance.total, 4);
	ck_assert_uint_eq(v.copies[0].distance.least, 5);
	ck_assert_uint_eq(v.copies[0].before, 10);
	ck_assert_uint_eq(v.copies[0].nearest.sample, 15);
	ck_assert_uint_eq(histogram_mean(&v.copies[0].distance), 9250);
	ck_assert_uint_eq(v.copies[1].distance.total, 0);
	repeat_distance_free(&v);
}
END_TEST

START_TEST(many_documents_are_sampled)
{
	struct repeat_distance v;

	repeat_distance_init(&v, 1, (uint64_t)REPEAT_DOCUMENTS * 8 - 1);
	ck_assert_uint_eq(v.log2, 3);
	for (uint64_t i = 0; i < 200000; i++)
		repeat_distance_add(
		    &v, &(struct occurrence){ .sample = i, .row = i % 100000 });
	ck_assert_uint_gt(v.followed, 12500 - 500);
	ck_assert_uint_lt(v.followed, 12500 + 500);
	ck_assert_uint_eq(v.fragments[0].distance.total, v.followed);
	ck_assert_uint_eq(v.fragments[0].distance.least, 100000);
	repeat_distance_free(&v);
	repeat_distance_init(&v, 1, REPEAT_DOCUMENTS);
	ck_assert_uint_eq(v.log2, 0);
	repeat_distance_free(&v);
}
END_TEST

/* ---- runs that differ from their plan ---- */

/* Write a sample with one segment, of the only document of source s. */
static void
put_sample(struct tshard_writer *w, uint32_t s, uint32_t *row, uint32_t seq)
{
	struct tshard_doc d = { .tokens = 100, .source = (uint16_t)s };
	struct tshard_seg seg = { .source = (uint16_t)s };
	const uint32_t ids[16] = { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 };

	if (row[s] == UINT32_MAX)
		OK(tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &row[s], &ts_e));
	seg.row = row[s];
	OK(tshard_writer_segment(w, &seg, &ts_e));
	OK(tshard_writer_put(w, ids, seq, &ts_e));
	OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
}

static void
put_shard(
    const struct resolved *rp, const struct buf *text, uint32_t k, const uint32_t *order)
{
	static const struct tshard_source src[SOURCES] = { { .name = "a" },
		{ .name = "b" }, { .name = "c" } };
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000);
	uint32_t row[SOURCES] = { UINT32_MAX, UINT32_MAX, UINT32_MAX };
	struct tshard_writer *w;
	char prefix[600];

	tshard_sha256(text->p, text->n, f.plan);
	f.seq_len = rp->phase[k].seq;
	f.shard_no = k;
	f.shard_count = 2;
	f.first_sample = rp->phase[k].first;
	f.run_samples = SAMPLES;
	OK(tshard_run_prefix(ts_dir, k, prefix, sizeof prefix));
	OK(tshard_writer_open(&w, prefix, &f, &ts_e));
	OK(tshard_writer_sources(w, src, SOURCES, &ts_e));
	for (uint64_t i = 0; i < rp->phase[k].samples; i++)
		put_sample(w, order[f.first_sample + i], row, f.seq_len);
	OK(tshard_writer_commit(w, NULL, &ts_e));
}

/* Run check-blend on a run with these samples; returns its exit code. */
static int
blend(const uint32_t *order, const uint32_t *planned, struct err *err)
{
	struct resolved rp = small_plan();
	struct resolved_input input = { .path = "x", .rows = 1 };
	uint64_t docs = 1, tokens = 100, at[3 * SOURCES] = { 0 };
	struct tshard_run_line line[2];
	struct common c = { .quiet = true, .progress = PROGRESS_NEVER };
	struct buf text = { 0 };
	void *conf = xmalloc(tool_check_blend.size);
	char *dir = ts_dir, *tsv;
	size_t n;
	int rc;

	input.docs = &docs;
	input.tokens = &tokens;
	for (uint32_t s = 0; s < SOURCES; s++) {
		input.digest[0] = (unsigned char)s;
		sources[s].input = xmalloc(sizeof input);
		*sources[s].input = input;
		sources[s].ninputs = sources[s].nrepeats = 1;
		sources[s].docs = &docs;
		sources[s].tokens = &tokens;
	}
	for (uint32_t i = 0; i < SAMPLES; i++)
		for (uint32_t k = 1 + (i >= FIRST); k < 3; k++)
			at[k * SOURCES + planned[i]]++;
	rp.at = at;
	resolved_render(&rp, &text);
	ts_put(ts_path("plan.lock"), text.p, text.n);
	for (uint32_t k = 0; k < 2; k++) {
		char prefix[600];

		put_shard(&rp, &text, k, order);
		OK(tshard_run_prefix(ts_dir, k, prefix, sizeof prefix));
		OK(tshard_run_line(prefix, &line[k], &ts_e));
	}
	tsv = tshard_run_render(line, 2, &n);
	ts_put(ts_path("run.tsv"), tsv, n);
	memcpy(conf, tool_check_blend.defaults, tool_check_blend.size);
	rc = tool_check_blend.run(conf, &c, 1, &dir, err);
	free(tsv);
	free(conf);
	buf_free(&text);
	for (uint32_t s = 0; s < SOURCES; s++)
		free(sources[s].input);
	return rc;
}

START_TEST(runs_off_plan_are_detected)
{
	uint32_t order[SAMPLES], planned[SAMPLES];
	struct resolved rp = small_plan();
	struct err err = { 0 };

	scheduled(&rp, planned);
	memcpy(order, planned, sizeof order);
	/* Keep the counts of each shard, but draw some samples of a source too late. */
	for (uint32_t i = 0, k = 0; _i > 0 && i < 10; i++, k++) {
		while (order[k] != 0)
			k++;
		for (uint32_t to = 599 - i * 20; order[k] == 0; to--)
			if (order[to] != 0) {
				order[k] = order[to];
				order[to] = 0;
			}
	}
	ck_assert_msg(
	    blend(order, planned, &err) == (_i > 0 ? EXIT_NO : 0), "%s", err.msg);
}
END_TEST

Suite *
blend_suite(void)
{
	Suite *s = suite_create("blend");
	TCase *t = tcase_create("blend"), *run = tcase_create("run");

	tcase_add_test(t, small_numbers_are_exact);
	tcase_add_test(t, quantiles_are_low_by_at_most_a_32nd);
	tcase_add_test(t, sums_do_not_overflow);
	tcase_add_test(t, prefix_errors_match_a_recount);
	tcase_add_test(t, worst_share_has_its_position);
	tcase_add_test(t, batches_ramp_up);
	tcase_add_loop_test(t, batch_errors_match_a_recount, 0, 4);
	tcase_add_test(t, nonrandom_orders_are_detected);
	tcase_add_test(t, chi2_of_a_table_by_hand);
	tcase_add_test(t, distances_by_hand);
	tcase_add_test(t, many_documents_are_sampled);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(run, ts_setup, ts_teardown);
	tcase_add_loop_test(run, runs_off_plan_are_detected, 0, 2);
	suite_add_tcase(s, run);
	return s;
}
