/* check_html_model.c - test the sums of trees against those of the trainer, and damaged
 * models. */
#include <check.h>
#include <stdlib.h>

#include "filters/web/judge/html_model.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"

Suite *html_model_suite(void);

/*
 * Three trees of depth 4, which CatBoost trained on 400 random rows and train_blocks.py
 * packed, and what CatBoost predicts for eight rows.
 */
enum { TINY_TREES = 3, TINY_VALUES = 16, TINY_FEATURES = 5 };

static const struct {
	uint8_t feature[TREE_DEPTH], bound[TREE_DEPTH];
	int16_t value[TINY_VALUES];
} tiny[TINY_TREES] = {
	{ { 0, 4, 2, 2, 0, 0 }, { 113, 219, 142, 186, 255, 255 },
	    { -5791, 7238, 4260, 4802, -4096, 5461, 2048, 2409, 0, 0, 0, 0, -6554, -6372,
		2156, 1638 } },
	{ { 0, 2, 4, 0, 0, 0 }, { 102, 195, 203, 58, 255, 255 },
	    { -4912, 0, -3688, 0, 136, 0, 759, 0, -4394, 4915, -2966, -4457, 751, 4692,
		1020, 282 } },
	{ { 0, 4, 2, 2, 0, 0 }, { 87, 219, 164, 67, 255, 255 },
	    { -3924, 3251, 1522, 2038, 0, 0, 0, 0, -3834, 3798, 2297, 2483, -3964, -3085,
		1679, 2463 } },
};

static const struct {
	uint8_t row[TINY_FEATURES];
	double want;
} rows[] = {
	{ { 181, 46, 209, 211, 151 }, -1.69846 },
	{ { 138, 153, 176, 223, 160 }, 0.89 },
	{ { 213, 81, 49, 188, 142 }, 1.8803 },
	{ { 101, 31, 236, 174, 117 }, -1.53866 },
	{ { 123, 49, 20, 118, 141 }, 1.8803 },
	{ { 100, 192, 243, 162, 78 }, -1.53866 },
	{ { 0, 0, 0, 0, 0 }, -1.78556 },
	{ { 255, 255, 255, 255, 255 }, 0.53508 },
};

static void
put_u32(struct buf *b, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		buf_putc(b, (char)(n >> 8 * i));
}

static void
put_checksum(struct buf *b)
{
	const uint64_t sum = hash64(buf_span(b), 0);

	put_u32(b, (uint32_t)sum);
	put_u32(b, (uint32_t)(sum >> 32));
}

/* A model whose first forest has the trees; the start of the second is -5. */
static void
make_model(struct buf *b)
{
	buf_puts(b, "tamisxm1");
	put_u32(b, MODEL_FEATURES);
	for (int i = 0; i < FORESTS; i++)
		put_u32(b, i == 0 ? TINY_TREES : 0);
	for (int i = 0; i < FORESTS; i++)
		put_u32(b, i == 1 ? (uint32_t)-5 : 0);
	for (int i = 0; i < CLASS_WORDS; i++)
		buf_putc(b, (char)(i % 5 - 2));
	for (int i = 0; i < TINY_TREES; i++) {
		buf_put(b, tiny[i].feature, TREE_DEPTH);
		buf_put(b, tiny[i].bound, TREE_DEPTH);
		for (int k = 0; k < TREE_LEAVES; k++) {
			const int value = tiny[i].value[k % TINY_VALUES];

			buf_putc(b, (char)value);
			buf_putc(b, (char)((unsigned)value >> 8));
		}
	}
	put_checksum(b);
}

START_TEST(sums_are_those_of_the_trainer)
{
	uint8_t x[F_STAGE2 * MODEL_LANES] = { 0 };
	int32_t sum[MODEL_LANES];
	struct buf file = { 0 };
	struct err err = { 0 };
	struct html_model *m;

	make_model(&file);
	m = html_model_parse(buf_span(&file), &err);
	ck_assert_msg(m, "%s", err.msg);
	for (size_t i = 0; i < MODEL_LANES; i++)
		for (size_t k = 0; k < TINY_FEATURES; k++)
			x[k * MODEL_LANES + i] = rows[i % 8].row[k];
	for (int portable = 0; portable < 2; portable++) {
		m->portable |= portable;
		html_model_scores(m, FOREST_STAGE1, x, sum);
		for (size_t i = 0; i < MODEL_LANES; i++)
			ck_assert_double_eq_tol(
			    (double)sum[i] / MODEL_ONE, rows[i % 8].want, 2e-4);
		html_model_scores(m, FOREST_STAGE2, x, sum);
		ck_assert_int_eq(sum[0], -5);
	}
	ck_assert_int_eq(m->words[5], -2);
	html_model_free(m);
	buf_free(&file);
}
END_TEST

/* All processors compute the same, from any bytes and values. */
START_TEST(sums_are_the_same_without_vectors)
{
	enum { TREES = 7 };
	uint8_t x[F_STAGE2 * MODEL_LANES];
	int32_t sum[2][MODEL_LANES];
	struct buf file = { 0 };
	struct err err = { 0 };
	struct html_model *m;
	uint32_t random = 1;

	make_model(&file);
	file.p[12] = TREES;
	file.n -= (size_t)TINY_TREES * TREE_BYTES + 8;
	for (size_t i = 0; i < (size_t)TREES * TREE_BYTES; i++) {
		random = random * 1103515245 + 12345;
		buf_putc(&file,
		    (char)(random >> 16 & (i % TREE_BYTES < TREE_DEPTH ? 127 : 255)));
	}
	put_checksum(&file);
	for (size_t i = 0; i < sizeof x; i++) {
		random = random * 1103515245 + 12345;
		x[i] = (uint8_t)(random >> 16);
	}
	m = html_model_parse(buf_span(&file), &err);
	ck_assert_msg(m, "%s", err.msg);
	html_model_scores(m, FOREST_STAGE1, x, sum[0]);
	m->portable = true;
	html_model_scores(m, FOREST_STAGE1, x, sum[1]);
	ck_assert_mem_eq(sum[0], sum[1], sizeof sum[0]);
	html_model_free(m);
	buf_free(&file);
}
END_TEST

/* Each byte of the head, and some after it, of a damaged model. */
static const struct {
	size_t at;
	char byte;
	const char *want;
} damages[] = {
	{ 0, 'x', "byte 0: not a model of extract: the magic 'tamisxm1' is missing" },
	{ 8, '\x01', "byte 8: features of version 100" },
	{ 12, '\x04', "trees need" },
	{ 14, '\x10', "byte 12: 1048579 trees, limit is 8192" },
	{ 15 + 4 * FORESTS, '\x7F',
	    "byte 48: start 2130706432 of a forest, limit is 16777216" },
	{ 12 + 8 * FORESTS + CLASS_WORDS, '\xFF', "feature 255, limit is" },
};

START_TEST(damage_is_named)
{
	struct buf file = { 0 };
	struct err err = { 0 };

	make_model(&file);
	file.p[damages[_i].at] = damages[_i].byte;
	file.n -= 8;
	put_checksum(&file);
	ck_assert_ptr_null(html_model_parse(buf_span(&file), &err));
	ck_assert_int_eq(err.code, EXIT_DATA);
	ck_assert_msg(strstr(err.msg, damages[_i].want), "%s", err.msg);
	buf_free(&file);
}
END_TEST

START_TEST(flipped_bits_are_refused)
{
	struct buf file = { 0 };

	make_model(&file);
	for (size_t at = 0; at < file.n; at += at < 100 || at + 100 > file.n ? 1 : 97) {
		struct err err = { 0 };

		file.p[at] ^= (char)(1 << at % 8);
		ck_assert_ptr_null(html_model_parse(buf_span(&file), &err));
		ck_assert_int_eq(err.code, EXIT_DATA);
		file.p[at] ^= (char)(1 << at % 8);
	}
	buf_free(&file);
}
END_TEST

START_TEST(truncation_is_refused)
{
	struct buf file = { 0 };

	make_model(&file);
	for (size_t n = 0; n < file.n; n += n < 100 ? 1 : 97) {
		struct err err = { 0 };
		char *copy = xmalloc(n + 1);

		memcpy(copy, file.p, n);
		ck_assert_ptr_null(html_model_parse((struct span){ copy, n }, &err));
		free(copy);
	}
	buf_free(&file);
}
END_TEST

START_TEST(probabilities)
{
	ck_assert_double_eq_tol(html_model_probability(0), .5, 1e-12);
	ck_assert_double_eq_tol(html_model_probability(JUDGE_ONE), .731059, 1e-5);
	ck_assert_double_eq_tol(html_model_probability(-3 * JUDGE_ONE), .047426, 1e-5);
	ck_assert_double_eq_tol(html_model_probability(INT16_MAX), 1, 1e-9);
	ck_assert_double_eq_tol(html_model_probability(INT16_MIN), 0, 1e-9);
}
END_TEST

/* The parts of names, and the names without digits. */
START_TEST(class_words)
{
	uint16_t a[CLASS_WORDS_MAX], b[CLASS_WORDS_MAX];

	ck_assert_uint_eq(html_class_words(SPAN(""), a), 0);
	ck_assert_uint_eq(html_class_words(SPAN("12 a -_ 3"), a), 0);
	ck_assert_uint_eq(html_class_words(SPAN("post"), a), 2);
	ck_assert_uint_eq(html_class_words(SPAN("Post-12 body"), b), 4);
	ck_assert_uint_eq(a[0], b[0]);
	ck_assert_uint_eq(html_class_words(SPAN("post_body"), a), 3);
	ck_assert_uint_eq(html_class_words(SPAN("postBody"), b), 3);
	ck_assert_uint_eq(a[0], b[0]);
	ck_assert_uint_eq(a[1], b[1]);
	ck_assert_uint_le(
	    html_class_words(SPAN("aa-bb-cc-dd-ee-ff-gg-hh-ii-jj-kk-ll-mm-nn-oo-pp-qq-rr-"
				  "ss-tt-uu-vv-ww-xx-yy-zz-aa bb cc"),
		a),
	    CLASS_WORDS_MAX);
}
END_TEST

Suite *
html_model_suite(void)
{
	Suite *s = suite_create("html_model");
	TCase *c = tcase_create("html_model");

	tcase_add_test(c, sums_are_those_of_the_trainer);
	tcase_add_test(c, sums_are_the_same_without_vectors);
	tcase_add_loop_test(c, damage_is_named, 0, sizeof damages / sizeof *damages);
	tcase_add_test(c, flipped_bits_are_refused);
	tcase_add_test(c, truncation_is_refused);
	tcase_add_test(c, probabilities);
	tcase_add_test(c, class_words);
	suite_add_tcase(s, c);
	return s;
}
