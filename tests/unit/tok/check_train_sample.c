/* check_train_sample.c - the sample that a vocabulary is trained on, and its lines. */
#include <check.h>
#include <stdio.h>

#include "lib/base/mem.h"
#include "tok/train_sample.h"

Suite *lines_suite(void);

/* Lines lose only line ends and U+2585, and none exceeds the limit of the trainer. */
START_TEST(lines_keep_all)
{
	struct train_sample l = { 0 };
	struct buf text = { 0 }, want = { 0 }, got = { 0 };
	struct span line;

	for (size_t i = 0; i < 200; i++)
		buf_puts(&text, i % 3 ? "word and another " : "\xe7\xad\x9b\xe5\xad\x90");
	buf_put(&want, text.p, text.n);
	for (size_t i = 0; i < 9000; i++)
		buf_puts(&want, "\xe7\xad\x9b");
	text.n = 0;
	buf_put(&text, want.p, want.n);
	buf_puts(&text, "\r\n\n\n a\xe2\x96\x85z \r\n");
	buf_puts(&want, " az ");
	train_sample_add(&l, 1, buf_span(&text), 1);
	train_sample_start(&l);
	while (train_sample_next(&l, &line)) {
		ck_assert_uint_gt(line.n, 0);
		ck_assert_uint_le(line.n, TRAIN_LINE_MAX);
		ck_assert_ptr_null(memchr(line.p, '\n', line.n));
		buf_put(&got, line.p, line.n);
	}
	ck_assert_uint_eq(got.n, want.n);
	ck_assert_mem_eq(got.p, want.p, got.n);
	ck_assert_uint_eq(l.lines.dropped, 1);
	ck_assert_uint_gt(l.lines.cut, 2);
	ck_assert_uint_eq(l.used_bytes, text.n);
	train_sample_free(&l);
	buf_free(&text);
	buf_free(&want);
	buf_free(&got);
}
END_TEST

/* With newlines, lines of the sample are lines of the text joined, with all their bytes.
 */
START_TEST(newlines_stay)
{
	struct train_sample l = { .lines.newlines = true };
	struct buf text = { 0 }, want = { 0 }, got = { 0 };
	size_t lines = 0;
	struct span line;

	for (size_t i = 0; i < 3000; i++)
		buf_puts(&text, i % 5 ? "  x = 1;\r\n" : "\n\nf(x)\n");
	buf_put(&want, text.p, text.n);
	buf_puts(&text, "\xe2\x96\x85\n");
	buf_putc(&want, '\n');
	train_sample_add(&l, 1, buf_span(&text), 1);
	train_sample_start(&l);
	for (; train_sample_next(&l, &line); lines++) {
		ck_assert_uint_gt(line.n, 0);
		ck_assert_uint_le(line.n, TRAIN_LINE_MAX);
		ck_assert_int_eq(line.p[line.n - 1], '\n');
		ck_assert(lines == 0 || line.n == 1 || line.p[0] != '\n');
		buf_put(&got, line.p, line.n);
	}
	ck_assert_uint_le(lines, text.n / TRAIN_LINE_MAX + 2);
	ck_assert_uint_eq(got.n, want.n);
	ck_assert_mem_eq(got.p, want.p, got.n);
	ck_assert_uint_eq(l.lines.cut, 0);
	ck_assert_uint_eq(l.lines.dropped, 1);
	train_sample_free(&l);
	buf_free(&text);
	buf_free(&want);
	buf_free(&got);
}
END_TEST

/* The sample does not depend on the order of documents, and has the size of the budget.
 */
START_TEST(sample_is_a_set)
{
	struct buf first = { 0 };

	for (uint64_t turn = 0; turn < 3; turn++) {
		struct train_sample l = { .budget = 1000 };
		struct buf got = { 0 };
		struct span line;

		for (uint64_t i = 0; i < 500; i++) {
			uint64_t doc = (i * 7 + turn * 31) % 500;
			char text[40];
			int n =
			    snprintf(text, sizeof text, "document %ju", (uintmax_t)doc);

			train_sample_add(&l, doc * 0x9e3779b97f4a7c15u,
			    (struct span){ text, (size_t)n }, 1);
		}
		train_sample_start(&l);
		while (train_sample_next(&l, &line))
			buf_put(&got, line.p, line.n);
		ck_assert_uint_eq(l.used_bytes, 1000);
		ck_assert_uint_eq(l.all_docs, 500);
		if (turn == 0)
			buf_put(&first, got.p, got.n);
		ck_assert_uint_eq(first.n, got.n);
		ck_assert_mem_eq(first.p, got.p, got.n);
		train_sample_free(&l);
		buf_free(&got);
	}
	buf_free(&first);
}
END_TEST

Suite *
lines_suite(void)
{
	Suite *s = suite_create("lines");
	TCase *t = tcase_create("lines");

	tcase_add_test(t, lines_keep_all);
	tcase_add_test(t, newlines_stay);
	tcase_add_test(t, sample_is_a_set);
	suite_add_tcase(s, t);
	return s;
}
