/* check_unpack.c - decompression in memory: all formats, truncated, damaged and limited.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/io/stream.h"
#include "lib/io/unpack.h"
#include "tests/unit/testing.h"

Suite *unpack_suite(void);

static char dir[64], path[128];
static struct err err;
static uint64_t state;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	state = 1;
	snprintf(
	    dir, sizeof dir, "%.40s/check_unpack.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/file.gz", dir);
}

static void
teardown(void)
{
	unlink(path);
	rmdir(dir);
}

#define LIT(s)                                                                           \
	{                                                                                \
		(s), sizeof(s) - 1                                                       \
	}
#define GZIP_HELLO                                                                       \
	"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\0\x20\x30\x3a\x36\x06" \
	"\0\0\0"
#define ZSTD_HELLO "\x28\xb5\x2f\xfd\x04\x58\x31\0\0hello\n\x53\x88\xbd\x91"

static const struct {
	enum unpack_format format;
	struct span packed;
	const char *data;
} rows[] = {
	{ UNPACK_GZIP, LIT(GZIP_HELLO), "hello\n" },
	{ UNPACK_GZIP, LIT(GZIP_HELLO GZIP_HELLO), "hello\nhello\n" },
	{ UNPACK_ZLIB, LIT("\x78\x9c\xcb\x48\xcd\xc9\xc9\xe7\x02\0\x08\x4b\x02\x1f"),
	    "hello\n" },
	{ UNPACK_DEFLATE, LIT("\xcb\x48\xcd\xc9\xc9\xe7\x02\0"), "hello\n" },
	{ UNPACK_ZSTD, LIT(ZSTD_HELLO), "hello\n" },
	{ UNPACK_ZSTD, LIT(ZSTD_HELLO ZSTD_HELLO), "hello\nhello\n" },
	{ UNPACK_BROTLI, LIT("\x83\x02\x80hello\n\x03"), "hello\n" },
	{ UNPACK_BROTLI, LIT(";"), "" },
};

/* Unpack a copy of the exact size, so that a sanitizer detects a read beyond it, after a
 * byte that must stay. */
static enum unpacked
try_unpack(int row, struct span in, size_t max, struct buf *out, size_t *rest)
{
	struct unpacker *u = unpacker_new();
	char *copy = xmalloc(in.n + 1);
	struct span left;
	enum unpacked got;

	memcpy(copy, in.p, in.n);
	out->n = 0;
	buf_putc(out, '!');
	got = unpack(u, rows[row].format, (struct span){ copy, in.n }, max, out, &left);
	*rest = left.n;
	ck_assert_int_eq(out->p[0], '!');
	ck_assert_uint_le(out->n - 1, max);
	free(copy);
	unpacker_free(u);
	return got;
}

static bool
is_prefix(const struct buf *out, const char *data)
{
	return out->n - 1 <= strlen(data) && memcmp(out->p + 1, data, out->n - 1) == 0;
}

START_TEST(whole)
{
	const struct span in = rows[_i].packed;
	const size_t n = strlen(rows[_i].data);
	struct buf out = { 0 }, more = { 0 };
	size_t rest;

	ck_assert_int_eq(try_unpack(_i, in, 100, &out, &rest), UNPACKED_WHOLE);
	ck_assert_uint_eq(out.n - 1, n);
	ck_assert(is_prefix(&out, rows[_i].data));
	ck_assert_uint_eq(rest, 0);
	/* Exactly at the limit, and one byte more. */
	ck_assert_int_eq(try_unpack(_i, in, n, &out, &rest), UNPACKED_WHOLE);
	if (n > 0)
		ck_assert_int_eq(try_unpack(_i, in, n - 1, &out, &rest), UNPACKED_LONG);
	buf_put(&more, in.p, in.n);
	buf_puts(&more, "and more");
	ck_assert_int_eq(try_unpack(_i, buf_span(&more), n, &out, &rest), UNPACKED_WHOLE);
	ck_assert_uint_eq(rest, strlen("and more"));
	buf_free(&more);
	buf_free(&out);
}
END_TEST

START_TEST(cut_at_every_byte)
{
	const struct span in = rows[_i].packed;
	struct buf out = { 0 };
	size_t rest;

	for (size_t n = 0; n < in.n; n++) {
		const struct span s = { in.p, n };
		const enum unpacked got = try_unpack(_i, s, 100, &out, &rest);

		/* After the first of two members the data can end, and other bytes
		 * can follow. */
		if (n * 2 >= in.n && n * 2 < in.n + 8 && out.n > 1 &&
		    got == UNPACKED_WHOLE)
			continue;
		if (got != UNPACKED_CUT)
			ck_abort_msg("%zu bytes: %d", n, (int)got);
		ck_assert(is_prefix(&out, rows[_i].data));
	}
	buf_free(&out);
}
END_TEST

/* Damage and wrong formats give bytes within the limit, and no other effect. */
START_TEST(damaged)
{
	const struct span in = rows[_i].packed;
	struct buf copy = { 0 }, out = { 0 };
	size_t rest;

	for (size_t bit = 0; bit < in.n * 8; bit++) {
		copy.n = 0;
		buf_put(&copy, in.p, in.n);
		copy.p[bit / 8] = (char)(copy.p[bit / 8] ^ 1 << bit % 8);
		try_unpack(_i, buf_span(&copy), 100, &out, &rest);
	}
	for (size_t other = 0; other < sizeof rows / sizeof *rows; other++)
		try_unpack(_i, rows[other].packed, 100, &out, &rest);
	ck_assert_int_ne(
	    try_unpack(_i, SPAN("\xff\xff not compressed"), 100, &out, &rest),
	    UNPACKED_WHOLE);
	buf_free(&copy);
	buf_free(&out);
}
END_TEST

START_TEST(first_bytes)
{
	ck_assert(unpack_is_gzip(SPAN("\x1f\x8b")));
	ck_assert(!unpack_is_gzip(SPAN("\x1f")));
	ck_assert(unpack_is_zstd(SPAN(ZSTD_HELLO)));
	ck_assert(unpack_is_zlib(SPAN("\x78\x9c")));
	ck_assert(unpack_is_zlib(SPAN("\x78\x01 and more")));
	ck_assert(!unpack_is_zlib(SPAN("\x78")));
	ck_assert(!unpack_is_zlib(SPAN("\x78\x9d")));
	ck_assert(!unpack_is_zlib(SPAN("x = y")));
	/* with a dictionary */
	ck_assert(!unpack_is_zlib(SPAN("\x78\xbb")));
}
END_TEST

/* Append a gzip member of n bytes that compress by about a half to packed, and the bytes
 * to data. */
static void
add_member(size_t n, struct buf *packed, struct buf *data)
{
	const size_t start = data->n;
	struct out *out = out_open(path, 0, 0600, &err);
	struct span s;

	buf_reserve(data, n + 1);
	for (size_t i = 0; i < n; i++)
		data->p[data->n++] = (char)('a' + (random_bits(&state) >> 16 & 15));
	s = (struct span){ data->p + start, n };
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(out_write(out, s, &err), 0);
	ck_assert_int_eq(out_commit(out, &err), 0);
	ck_assert_int_eq(file_get_unnoted(path, SIZE_MAX, packed, &err), 0);
}

/* Members that fit into the buffer of the reader, that nearly do, and that do not. */
START_TEST(gzip_members)
{
	static const size_t sizes[] = { 0, 1, 500000, 0, 3000, 700000, 530000, 1, 2000000,
		10, 9000000, 600000, 400000, 0, 100, 1100000, 1100000, 1100000, 7 };
	static const size_t steps[] = { 1 << 20, 600000, 4096 };
	struct buf packed = { 0 }, data = { 0 }, got = { 0 };
	struct in *in;
	int fd;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buf member = { 0 };

		add_member(sizes[i], &member, &data);
		buf_put(&packed, member.p, member.n);
		buf_free(&member);
	}
	fd = open(path, O_WRONLY | O_TRUNC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, packed.p, packed.n), (int)packed.n);
	close(fd);
	in = in_open(path, &err);
	ck_assert_ptr_nonnull(in);
	for (;;) {
		ptrdiff_t n;

		buf_reserve(&got, steps[_i]);
		n = in_read(in, got.p + got.n, steps[_i], &err);
		ck_assert_int_ge(n, 0);
		if (n == 0)
			break;
		got.n += (size_t)n;
	}
	in_close(in);
	ck_assert(span_eq(buf_span(&got), buf_span(&data)));
	buf_free(&packed);
	buf_free(&data);
	buf_free(&got);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
unpack_suite(void)
{
	Suite *s = suite_create("unpack");
	TCase *t = tcase_create("unpack");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, whole, 0, ROWS(rows));
	tcase_add_loop_test(t, cut_at_every_byte, 0, ROWS(rows));
	tcase_add_loop_test(t, damaged, 0, ROWS(rows));
	tcase_add_test(t, first_bytes);
	tcase_add_loop_test(t, gzip_members, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
