/* check_linear.c - tests of linear models: equal bits on every instruction set, damaged
 * files, reproducible training. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "filters/models/linear_train.h"
#include "lib/base/num.h"

Suite *linear_suite(void);

enum { LABELS = 11, LOG2_ROWS = 9, ROWS = 1 << LOG2_ROWS };

/* Draw a sample: a third of its features belong to its label, the others to all labels.
 */
static size_t
draw(void *ctx, struct linear_random *r, uint32_t *row, size_t *label)
{
	const size_t n = 1 + linear_below(r, 60);

	*label = linear_below(r, LABELS);
	for (size_t i = 0; i < n; i++)
		row[i] =
		    (uint32_t)(linear_below(r, 3) ? linear_below(r, ROWS)
						  : *label * 40 + linear_below(r, 40));
	return n;
}

static void
no_progress(void *ctx, uint64_t done, double loss)
{
	ck_assert(loss >= 0);
}

static void
train(uint64_t seed, struct linear_model *m, struct buf *file)
{
	const struct linear_task task = { .labels = LABELS,
		.log2_rows = LOG2_ROWS,
		.samples = 30000,
		.seed = seed,
		.rate = 0.5,
		.draw = draw,
		.progress = no_progress };

	linear_train(&task, m);
	m->label = xcalloc(LABELS, sizeof *m->label);
	for (int i = 0; i < LABELS; i++)
		m->label[i][0] = (char)('a' + i);
	m->extra = SPAN("bytes of the feature extractor");
	linear_write(m, "test", file);
	free(m->label);
	linear_trained_free(m);
}

static void
open_trained(struct linear_model *m, struct buf *file)
{
	struct err err = { 0 };

	train(1, m, file);
	ck_assert_int_eq(linear_parse(m, buf_span(file), "test", "m", &err), 0);
}

START_TEST(learns_again)
{
	struct buf a = { 0 }, b = { 0 }, c = { 0 };
	struct linear_model m;
	struct err err = { 0 };
	struct linear_random r = { 99 };
	uint32_t row[64];
	float *z;
	size_t label, right = 0;

	train(1, &m, &a);
	train(1, &m, &b);
	train(2, &m, &c);
	ck_assert(span_eq(buf_span(&a), buf_span(&b)));
	ck_assert(!span_eq(buf_span(&a), buf_span(&c)));
	ck_assert_int_eq(linear_parse(&m, buf_span(&a), "test", "m", &err), 0);
	ck_assert_uint_eq(m.labels, LABELS);
	ck_assert(span_eq(m.extra, SPAN("bytes of the feature extractor")));
	ck_assert_str_eq(m.label[2], "c");
	z = xcalloc(m.padded, sizeof *z);
	for (int i = 0; i < 1000; i++) {
		struct linear_sum sum = { 0 };
		struct linear_total t = { 0 };
		const size_t n = draw(NULL, &r, row, &label);

		linear_sum_rows(&m, row, n, &sum);
		linear_total_add(&t, &sum);
		right += linear_scores(&m, &t, z) == label;
	}
	/* One in eleven by chance.  Samples of one feature cannot be classified. */
	ck_assert_uint_ge(right, 800);
	free(z);
	linear_close(&m);
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
}
END_TEST

/* Sums of rows equal plain arithmetic on the stored values. */
START_TEST(sums)
{
	struct buf file = { 0 };
	struct linear_model m;
	struct linear_random r = { 7 };
	uint32_t row[600];

	open_trained(&m, &file);
	for (size_t n = 0; n < 600; n += 1 + n / 7) {
		struct linear_sum sum = { 0 };
		int want[LINEAR_DIMS] = { 0 };

		for (size_t i = 0; i < n; i++) {
			row[i] = (uint32_t)linear_below(&r, ROWS);
			for (size_t d = 0; d < LINEAR_DIMS; d++) {
				const unsigned v = linear_row(&m, row[i])[d % 16];

				want[d] += (int)(d < 16 ? v & 15 : v >> 4) - LINEAR_ZERO;
			}
		}
		linear_sum_rows(&m, row, n, &sum);
		ck_assert_uint_eq(sum.n, n);
		for (size_t d = 0; d < LINEAR_DIMS; d++)
			ck_assert_int_eq(sum.v[d], want[d]);
	}
	linear_close(&m);
	buf_free(&file);
}
END_TEST

/* Every instruction set gives the same bits; probabilities sum to one. */
START_TEST(scores)
{
	struct buf file = { 0 };
	struct linear_model m;
	struct linear_random r = { 5 };
	float *z, *plain;

	open_trained(&m, &file);
	z = xcalloc(m.padded, sizeof *z);
	plain = xcalloc(m.padded, sizeof *z);
	for (int i = 0; i < 2000; i++) {
		struct linear_total t = { .n = 1 + linear_below(&r, 1 << i % 20) };
		double all, sum = 0;
		size_t best;

		for (size_t d = 0; d < LINEAR_DIMS; d++)
			t.v[d] =
			    (int64_t)linear_below(&r, 14 * t.n + 1) - 7 * (int64_t)t.n;
		best = linear_scores(&m, &t, z);
		ck_assert_uint_eq(linear_scores_plain(&m, &t, plain), best);
		ck_assert_mem_eq(z, plain, m.padded * sizeof *z);
		ck_assert_uint_eq(linear_argmax(&m, z), best);
		for (size_t q = 0; q < m.padded; q++)
			ck_assert(q < best ? z[q] < z[best] : z[q] <= z[best]);
		all = linear_log_sum(&m, z, best);
		for (size_t q = 0; q < m.labels; q++)
			sum += num_exp((double)z[q] - all);
		ck_assert(fabs(sum - 1) < 1e-5);
	}
	free(z);
	free(plain);
	linear_close(&m);
	buf_free(&file);
}
END_TEST

/* A changed or missing byte is detected. */
START_TEST(damage)
{
	struct buf file = { 0 };
	struct linear_model m;
	struct err err = { 0 };

	train(1, &m, &file);
	for (size_t i = 0; i < file.n; i += i < 700 ? 1 : 97) {
		err = (struct err){ 0 };
		file.p[i] = (char)(file.p[i] ^ 1 << i % 8);
		ck_assert_int_eq(
		    linear_parse(&m, buf_span(&file), "test", "m", &err), -1);
		ck_assert_int_eq(err.code, EXIT_DATA);
		file.p[i] = (char)(file.p[i] ^ 1 << i % 8);
		linear_close(&m);
	}
	for (size_t n = 0; n < file.n; n += n < 700 ? 1 : 97) {
		char *part = memcpy(xmalloc(n + 1), file.p, n);

		err = (struct err){ 0 };
		ck_assert_int_eq(
		    linear_parse(&m, (struct span){ part, n }, "test", "m", &err), -1);
		free(part);
	}
	err = (struct err){ 0 };
	ck_assert_int_eq(linear_parse(&m, buf_span(&file), "lang", "m", &err), -1);
	ck_assert_str_eq(err.msg, "m: model of kind 'test', expected 'lang'");
	buf_free(&file);
}
END_TEST

/* A file with a valid hash but invalid content is refused. */
static void
refused(const struct linear_model *m, const char *why)
{
	struct buf file = { 0 };
	struct linear_model again;
	struct err err = { 0 };

	linear_write(m, "test", &file);
	ck_assert_int_eq(linear_parse(&again, buf_span(&file), "test", "m", &err), -1);
	ck_assert_int_eq(err.code, EXIT_DATA);
	ck_assert_msg(strstr(err.msg, why) != NULL, "%s", err.msg);
	buf_free(&file);
}

START_TEST(hostile)
{
	static const char *const names[] = { "", "a\"", "\xff", "../a", "a\n", "-" };
	static const float values[] = { NAN, INFINITY, -INFINITY, 3e38F };
	struct buf file = { 0 };
	struct linear_model m;
	char kept[LINEAR_LABEL_MAX + 1];

	open_trained(&m, &file);
	memcpy(kept, m.label[1], sizeof kept);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		memset(m.label[1], 0, sizeof kept);
		memcpy(m.label[1], names[i], strlen(names[i]));
		refused(&m, "is not a name");
	}
	memcpy(m.label[1], kept, sizeof kept);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		float *at[] = { &m.bias[0], &m.weight[m.padded + 1], &m.temperature[3] };
		const double scale = m.scale;

		for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
			const float before = *at[k];

			*at[k] = values[i];
			refused(&m, "contain NaN");
			*at[k] = before;
		}
		m.scale = (double)values[i];
		refused(&m, "contain NaN");
		m.scale = scale;
	}
	linear_close(&m);
	buf_free(&file);
}
END_TEST

Suite *
linear_suite(void)
{
	Suite *s = suite_create("linear");
	TCase *t = tcase_create("linear");

	tcase_add_test(t, learns_again);
	tcase_add_test(t, sums);
	tcase_add_test(t, scores);
	tcase_add_test(t, damage);
	tcase_add_test(t, hostile);
	suite_add_tcase(s, t);
	return s;
}
