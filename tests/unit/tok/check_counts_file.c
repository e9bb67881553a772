/* check_counts_file.c - counts are read as they were written; damage is found. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/inputs.h"
#include "lib/io/stream.h"
#include "tok/train/counts_file.h"
#include "tok/train/word_counts.h"

Suite *counts_file_suite(void);

static char dir[64], path[80];

static void
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(
	    dir, sizeof dir, "%.40s/check_counts.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/counts", dir);
}

static void
remove_dir(void)
{
	unlink(path);
	rmdir(dir);
}

static const struct counts_settings settings = { {
    [COUNTS_ICU] = { "72.1", 4 },
    [COUNTS_NEWLINES] = { "", 0 },
    [COUNTS_WEIGHT] = { "lang:is=8", 9 },
    [COUNTS_USER] = { "", 0 },
    [COUNTS_CONTROL] = { "<a>,<b>", 7 },
    [COUNTS_SPECIAL] = { "", 0 },
} };

/* The digest for the report is that of the file. */
static void
check_digest(const struct counts_writer *w)
{
	struct buf file = { 0 };
	struct err err = { 0 };
	struct hash128 hash;
	uint64_t bytes;

	hash = counts_writer_hash(w, &bytes);
	ck_assert_int_eq(file_get(path, SIZE_MAX / 2, &file, &err), 0);
	ck_assert_uint_eq(bytes, file.n);
	ck_assert(hash128_eq(hash, hash128(buf_span(&file), 0)));
	buf_free(&file);
}

/* Write a file of n words. */
static void
write_counts(size_t n)
{
	struct word_counts *words = word_counts_new(1 << 20, NULL);
	const struct train_totals totals = { 1, 2, 3, 4, 5, 6, 7 };
	struct counts_writer *w;
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++) {
		char text[24];
		const int bytes = snprintf(text, sizeof text, " w%zu", i);
		struct counted word = { .text = { text, (size_t)bytes },
			.count = i * i * i + 1 };

		word.hash = word_key(word.text);
		ck_assert_int_eq(word_counts_add(words, &word, &err), 0);
	}
	inputs_clear();
	w = counts_writer_open(path, &settings, &err);
	ck_assert_ptr_nonnull(w);
	ck_assert_int_eq(word_counts_each(words, counts_writer_put, w, &err), 0);
	ck_assert_int_eq(counts_writer_commit(w, &totals, &err), 0);
	check_digest(w);
	counts_writer_free(w);
	word_counts_free(words);
}

/* Read the file to its end.  The number of words, or -1 with *err. */
static long
read_counts(struct err *err)
{
	struct counts_file *f = counts_file_open(path, err);
	struct counted w;
	long n = 0;
	int rc;

	if (!f)
		return -1;
	while ((rc = counts_file_next(f, &w, err)) > 0) {
		const uint64_t i = strtoull(w.text.p + 2, NULL, 10);

		ck_assert_uint_eq(w.count, i * i * i + 1);
		n++;
	}
	if (rc == 0) {
		ck_assert_int_eq(counts_file_next(f, &w, err), 0);
		ck_assert_uint_eq(counts_file_totals(f).docs, 1);
		ck_assert_uint_eq(counts_file_totals(f).dropped, 7);
	}
	for (size_t i = 0; i < COUNTS_SETTINGS; i++) {
		const struct span s = counts_file_settings(f)->v[i];

		ck_assert(span_eq(s, settings.v[i]));
		ck_assert_int_eq(s.p[s.n], '\0');
	}
	counts_file_close(f);
	return rc < 0 ? -1 : n;
}

/* From no word to several blocks of them. */
START_TEST(counts_return)
{
	static const size_t sizes[] = { 0, 1, 1000, 200000 };
	struct err err = { 0 };

	make_dir();
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		write_counts(sizes[i]);
		ck_assert_int_eq(read_counts(&err), (long)sizes[i]);
	}
	remove_dir();
}
END_TEST

static void
put_file(const char *p, size_t n)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(p, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

static void
expect_refused(const char *what, size_t at)
{
	struct err err = { 0 };

	ck_assert_msg(read_counts(&err) == -1, "%s at %zu", what, at);
	ck_assert_msg(err.code == EXIT_DATA, "%s at %zu: %s", what, at, err.msg);
	ck_assert_msg(
	    strstr(err.msg, path) == err.msg, "%s at %zu: %s", what, at, err.msg);
}

/* Each bit, each length, each block left out or in another place. */
START_TEST(damage_is_found)
{
	struct buf b = { 0 };
	struct err err = { 0 };

	make_dir();
	write_counts(30);
	ck_assert_int_eq(file_get(path, 1 << 20, &b, &err), 0);
	for (size_t i = 0; i < b.n * 8; i++) {
		b.p[i / 8] ^= (char)(1 << i % 8);
		put_file(b.p, b.n);
		expect_refused("bit", i);
		b.p[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < b.n; n++) {
		put_file(b.p, n);
		expect_refused("length", n);
	}
	buf_put(&b, b.p + 15, b.n - 15);
	put_file(b.p, b.n);
	expect_refused("blocks twice", 0);
	buf_free(&b);
	remove_dir();
}
END_TEST

/* A writer that is given up leaves no file. */
START_TEST(nothing_is_left)
{
	struct err err = { 0 };
	struct counts_writer *w;

	make_dir();
	w = counts_writer_open(path, &settings, &err);
	ck_assert_ptr_nonnull(w);
	counts_writer_free(w);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

Suite *
counts_file_suite(void)
{
	Suite *s = suite_create("counts_file");
	TCase *t = tcase_create("core");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, counts_return);
	tcase_add_test(t, damage_is_found);
	tcase_add_test(t, nothing_is_left);
	suite_add_tcase(s, t);
	return s;
}
