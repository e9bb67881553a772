/* check_fasttext_damage.c - test that damaged and foreign fastText models are refused. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filters/models/fasttext_impl.h"
#include "tests/unit/filters/fasttext_make.h"

Suite *fasttext_damage_suite(void);

static struct err err;
static struct buf file;
static struct make_places at;

static void
setup(void)
{
	err = (struct err){ 0 };
	file.n = 0;
}

/* Parse the first n bytes of file in an allocation of that size. */
static struct fasttext *
parse(size_t n, unsigned char **copy)
{
	*copy = memcpy(xmalloc(n + 1), file.p, n);
	*copy = xrealloc(*copy, n, 1);
	err = (struct err){ 0 };
	return ft_parse(*copy, n, "model", &err);
}

static void
expect_refused(size_t n, const char *why)
{
	unsigned char *copy;

	ck_assert_msg(
	    !parse(n, &copy), "taken, though it should not for: %s", why ? why : "");
	ck_assert_int_eq(err.code, EXIT_DATA);
	ck_assert_msg(strncmp(err.msg, "model: ", 7) == 0, "%s", err.msg);
	ck_assert_msg(!why || strstr(err.msg, why), "'%s', not '%s'", err.msg, why);
	free(copy);
}

static const struct make_pair pairs[] = { { 3, 0 }, { 7, 1 }, { 90, 2 } };

#define CODED                                                                            \
	{                                                                                \
		12, 3, 2, MAKE_HS, 3, 97, 2, 4, "</s> the cat",                          \
		    "__label__a __label__b c", 3, pairs, 6, 2, true, true                \
	}

START_TEST(cut_off)
{
	const struct make_spec coded = CODED;
	unsigned char *copy;

	make_model(_i ? &coded : &make_plain, &file, &at);
	for (size_t n = 0; n < file.n; n++)
		expect_refused(n, NULL);
	fasttext_close(parse(file.n, &copy));
	ck_assert_int_eq(err.code, 0);
	free(copy);
}
END_TEST

/* Corruptions: an offset from a place in the model, the value written there, and part of
 * the expected message. */
#define PLACE(p) offsetof(struct make_places, p)

static const struct corruption {
	bool coded;
	size_t place;
	int skip;
	size_t bytes;
	int64_t value;
	const char *why;
} corruptions[] = {
	{ false, PLACE(args), -8, 4, 1, "not a fastText model" },
	{ false, PLACE(args), -4, 4, 10, "format version 10" },
	{ false, PLACE(args), -4, 4, 13, "format version 13" },
	{ false, PLACE(args), 0, 4, 0, "dimension is 0" },
	{ false, PLACE(args), 0, 4, -5, "dimension is -5" },
	{ false, PLACE(args), 0, 4, INT32_MAX, "the dimension is 2147483647" },
	{ false, PLACE(args), 20, 4, 2, "0 buckets" },
	{ false, PLACE(args), 20, 4, 65, "n-grams of 65 words, limit is 64" },
	{ false, PLACE(args), 20, 4, INT32_MAX, "n-grams of 2147483647 words" },
	{ false, PLACE(args), 24, 4, 0, "unknown loss" },
	{ false, PLACE(args), 24, 4, 5, "unknown loss" },
	{ false, PLACE(args), 28, 4, 1, "word vectors (cbow)" },
	{ false, PLACE(args), 28, 4, 2, "word vectors (skipgram)" },
	{ false, PLACE(args), 28, 4, 4, "unknown kind of model" },
	{ true, PLACE(args), 32, 4, 0, "0 buckets" },
	{ true, PLACE(args), 32, 4, -97, "-97 buckets" },
	{ true, PLACE(args), 32, 4, 90, "missing buckets or rows" },
	{ true, PLACE(args), 32, 4, INT32_MAX, "buckets of a pruned model, limit" },
	{ true, PLACE(args), 40, 4, 65, "n-grams of 65 characters, limit is 64" },
	{ false, PLACE(dict), 0, 4, 6, "do not add up" },
	{ false, PLACE(dict), 0, 4, INT32_MAX, "do not add up" },
	{ false, PLACE(dict), 4, 4, -3, "do not add up" },
	{ false, PLACE(dict), 4, 8, INT64_C(4) << 32 | 1, "not in order" },
	{ false, PLACE(dict), 4, 8, INT64_C(1) << 32 | 4, "not in order" },
	{ false, PLACE(dict), 4, 8, 5, "no labels" },
	{ false, PLACE(dict), 20, 8, -2, "n-grams is out of range" },
	{ false, PLACE(dict), 20, 8, INT64_MAX, "n-grams is out of range" },
	{ false, PLACE(dict), 20, 8, INT32_MAX, "truncated" },
	{ false, PLACE(dict), 20, 8, 0, "pruned but not quantised" },
	{ false, PLACE(words), 13, 1, 1, "not in order" },
	{ false, PLACE(words), 13, 1, 2, "not in order" },
	{ true, PLACE(pairs), 0, 4, 97, "missing buckets or rows" },
	{ true, PLACE(pairs), 0, 4, -1, "missing buckets or rows" },
	{ true, PLACE(pairs), 20, 4, 3, "missing buckets or rows" },
	{ true, PLACE(pairs), 20, 4, -1, "missing buckets or rows" },
	{ false, PLACE(in), 0, 8, 2, "fewer rows than" },
	{ false, PLACE(in), 0, 8, 4, NULL },
	{ false, PLACE(in), 0, 8, -1, "matrix has -1 rows" },
	{ false, PLACE(in), 0, 8, INT64_C(1) << 30, "truncated" },
	{ false, PLACE(in), 0, 8, INT64_C(1) << 31, "limit is 2^30" },
	{ false, PLACE(in), 0, 8, INT64_MAX, "limit is 2^30" },
	{ false, PLACE(in), 8, 8, 6, "matrix has 6 columns, the dimension is 5" },
	{ false, PLACE(in), 8, 8, -1, "matrix has -1 columns" },
	{ true, PLACE(in), 1, 8, 7, "the matrix has" },
	{ true, PLACE(in), 17, 4, -1, "number of codes is -1" },
	{ true, PLACE(in), 17, 4, INT32_MAX, "truncated" },
	{ true, PLACE(in_end), 0, 4, 4, "quantiser does not match" },
	{ true, PLACE(in_end), 4, 4, 3, "quantiser does not match" },
	{ true, PLACE(in_end), 8, 4, 0, "quantiser does not match" },
	{ true, PLACE(in_end), 8, 4, -2, "quantiser does not match" },
	{ true, PLACE(in_end), 12, 4, 2, "quantiser does not match" },
	{ false, PLACE(out), 1, 8, 1, "output matrix has 1 rows for 2 labels" },
	{ false, PLACE(out), 9, 8, 1, "matrix has 1 columns" },
};

START_TEST(corrupted)
{
	const struct make_spec coded = CODED;
	const struct corruption *l = &corruptions[_i];
	size_t place;

	make_model(l->coded ? &coded : &make_plain, &file, &at);
	place = *(const size_t *)(const void *)((const char *)&at + l->place) +
		(size_t)l->skip;
	memcpy(file.p + place, &l->value, l->bytes);
	expect_refused(file.n, l->why);
}
END_TEST

/* Label counts that make no valid Huffman tree; zeros and equal counts do. */
START_TEST(counts)
{
	const int64_t wrong[] = { -1, INT64_MIN, INT64_C(1000000000000000), INT64_MAX };
	const int64_t right[] = { 0, 1, 999, INT64_C(999999999999999) };
	const struct make_spec coded = CODED;
	struct fasttext_guess g[3];
	unsigned char *copy;

	make_model(&coded, &file, &at);
	for (size_t i = 0; i < 4; i++) {
		struct fasttext_scratch *s;
		struct fasttext *f;

		/* of the last label: 8 bytes and its type precede the prune index */
		memcpy(file.p + at.pairs - 9, &wrong[i], 8);
		expect_refused(file.n, "label counts are out of range");
		memcpy(file.p + at.pairs - 9, &right[i], 8);
		f = parse(file.n, &copy);
		ck_assert_msg(f != NULL, "%s", err.msg);
		s = fasttext_scratch_new(f);
		ck_assert_int_gt(fasttext_predict(f, s, SPAN("the cat"), 3, g), 0);
		fasttext_scratch_free(s);
		fasttext_close(f);
		free(copy);
	}
}
END_TEST

/* Words chosen to hash to the same slot. */
START_TEST(flood)
{
	enum { WORDS = 20000 };
	const int32_t sizes[] = { WORDS + 1, WORDS, 1 };
	const int64_t numbers[] = { 99, -1 };
	const uint64_t slots = (WORDS + 1) + (WORDS + 1) / 2 + 1;

	make_model(&make_plain, &file, &at);
	file.n = at.dict;
	buf_put(&file, sizes, sizeof sizes);
	buf_put(&file, numbers, sizeof numbers);
	for (uint32_t i = 0, n = 0; n < WORDS; i++) {
		static const char entry[10];
		char word[16];
		int len = snprintf(word, sizeof word, "%u", i);
		uint32_t h = ft_hash((struct span){ word, (size_t)len });

		h *= 0x9e3779b1u;
		if (h * slots >> 32 > slots / 100)
			continue;
		buf_put(&file, word, (size_t)len);
		buf_put(&file, entry, sizeof entry);
		n++;
	}
	expect_refused(file.n, "have the same hash");
}
END_TEST

/* A NaN or infinite weight must be detected when a text needs it, with every loss. */
START_TEST(nan_weights)
{
	const float wrong[] = { NAN, INFINITY, -INFINITY };
	struct make_spec m = make_plain;
	struct fasttext_guess g[2];
	unsigned char *copy;
	uint32_t label = 1;
	float p;

	m.loss = _i;
	for (size_t i = 0; i < 3; i++) {
		struct fasttext_scratch *s;
		struct fasttext *f;

		file.n = 0;
		make_model(&m, &file, &at);
		memcpy(file.p + at.in_data + 20, &wrong[i], 4); /* of "the" */
		f = parse(file.n, &copy);
		ck_assert_msg(f != NULL, "%s", err.msg);
		s = fasttext_scratch_new(f);
		ck_assert_int_eq(fasttext_predict(f, s, SPAN("cat"), 2, g), 2);
		ck_assert_int_eq(fasttext_predict(f, s, SPAN("the cat"), 2, g), -1);
		p = 9;
		ck_assert_int_eq(
		    fasttext_score(f, s, SPAN("the cat"), &label, 1, &p), -1);
		ck_assert(p >= 0 && p <= 0);
		ck_assert_int_eq(fasttext_score(f, s, SPAN("cat"), &label, 1, &p), 1);
		fasttext_scratch_free(s);
		fasttext_close(f);
		free(copy);
	}
}
END_TEST

/* Files that are missing, or not models. */
START_TEST(files)
{
	const char *tmp = getenv("TMPDIR");
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%.60s/check_fasttext.%ld",
	    tmp && *tmp ? tmp : "/tmp", (long)getpid());
	ck_assert_ptr_null(fasttext_open(path, &err));
	ck_assert_int_eq(err.code, EXIT_USAGE);
	for (int i = 0; i < 3; i++) {
		static const char *const foreign[] = { "", "abc",
			"{\"text\":\"no model\"}" };

		f = fopen(path, "wb");
		ck_assert_ptr_nonnull(f);
		fputs(foreign[i], f);
		fclose(f);
		err = (struct err){ 0 };
		ck_assert_ptr_null(fasttext_open(path, &err));
		ck_assert_int_eq(err.code, EXIT_DATA);
		ck_assert_ptr_nonnull(strstr(err.msg, "not a fastText model"));
	}
	unlink(path);
	err = (struct err){ 0 };
	ck_assert_ptr_null(fasttext_open("/", &err));
	ck_assert_int_eq(err.code, EXIT_DATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "not a regular file"));
}
END_TEST

/* A file opened by name equals its bytes, and the hash covers all but the input
 * matrix. */
START_TEST(hashes)
{
	const char *tmp = getenv("TMPDIR");
	char path[128];
	struct hash128 h[3];

	snprintf(path, sizeof path, "%.60s/check_fasttext.%ld",
	    tmp && *tmp ? tmp : "/tmp", (long)getpid());
	for (int i = 0; i < 3; i++) {
		FILE *f = fopen(path, "wb");
		struct fasttext *m;

		file.n = 0;
		make_model(&make_plain, &file, &at);
		/* The input matrix is not hashed; the output matrix is. */
		file.p[i == 1 ? at.in_data + 1 : at.out + 30] ^= (char)(i * 16);
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_eq(fwrite(file.p, 1, file.n, f), file.n);
		fclose(f);
		m = fasttext_open(path, &err);
		ck_assert_msg(m != NULL, "%s", err.msg);
		h[i] = fasttext_hash(m);
		fasttext_close(m);
	}
	ck_assert(h[0].lo == h[1].lo && h[0].hi == h[1].hi);
	ck_assert(h[0].lo != h[2].lo);
	unlink(path);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
fasttext_damage_suite(void)
{
	Suite *s = suite_create("fasttext_damage");
	TCase *t = tcase_create("fasttext_damage");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, cut_off, 0, 2);
	tcase_add_loop_test(t, corrupted, 0, ROWS(corruptions));
	tcase_add_test(t, counts);
	tcase_add_test(t, flood);
	tcase_add_loop_test(t, nan_weights, MAKE_HS, MAKE_OVA + 1);
	tcase_add_test(t, files);
	tcase_add_test(t, hashes);
	suite_add_tcase(s, t);
	return s;
}
