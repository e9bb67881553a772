/* check_stream.c - files: round trips, truncation, damage, files of other programs and
 * kinds. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io/bigfile.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"
#include "tests/unit/testing.h"

Suite *stream_suite(void);

static char dir[64], path[128];
static struct err err;
static uint64_t state;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	state = 1;
	err = (struct err){ 0 };
	snprintf(
	    dir, sizeof dir, "%.40s/check_stream.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/file", dir);
}

static void
teardown(void)
{
	unlink(path);
	ck_assert_msg(rmdir(dir) == 0, "something is left in %s", dir);
}

static uint64_t
next_random(void)
{
	return random_bits(&state) >> 16;
}

static void
put_file(struct span s)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, s.p, s.n), (int)s.n);
	close(fd);
}

/* Read all of path, `step` bytes at a time.  0, or -1 with err. */
static int
get_file(struct buf *b, size_t step)
{
	struct in *in;
	ptrdiff_t got = 1;

	err = (struct err){ 0 };
	b->n = 0;
	in = in_open(path, &err);
	ck_assert_ptr_nonnull(in);
	while (got > 0) {
		buf_reserve(b, step);
		got = in_read(in, b->p + b->n, step, &err);
		/* A ck_assert for every byte would dominate the running time. */
		if (got > (ptrdiff_t)step)
			ck_abort_msg("a read of %td bytes, not %zu", got, step);
		b->n += got > 0 ? (size_t)got : 0;
	}
	/* Reads after the end return 0. */
	if (got == 0)
		ck_assert_int_eq(in_read(in, b->p, 1, &err), 0);
	in_close(in);
	return (int)got;
}

/* n bytes of text that compresses a little. */
static void
random_bytes(struct buf *b, size_t n)
{
	b->n = 0;
	while (b->n < n)
		buf_putc(b, next_random() % 3 ? 'a' : (char)next_random());
}

/* Threads for pack(), not counting the caller's. */
static uint64_t workers = 1;

/* Write s in blocks of about `block` bytes, as a filter does. */
static void
pack(const char *name, int level, struct span s, size_t block)
{
	struct out *o = out_open(name, level, 0666, &err);

	ck_assert_ptr_nonnull(o);
	out_threads(o, workers);
	while (s.n) {
		struct span part = { s.p, s.n < block ? s.n : block };

		ck_assert_int_eq(out_write(o, part, &err), 0);
		s = span_from(s, part.n);
	}
	ck_assert_int_eq(out_commit(o, &err), 0);
}

/* Write s to path, compressed, and read the bytes of the file to packed. */
static void
packed_file(
    enum packing packing, int level, struct span s, size_t block, struct buf *packed)
{
	static const char *const suffix[] = { "", ".zst", ".gz" };
	char name[140];
	FILE *f;
	int c;

	snprintf(name, sizeof name, "%s%s", path, suffix[packing]);
	pack(name, level, s, block);
	ck_assert_int_eq(rename(name, path), 0);
	f = fopen(path, "rb");
	ck_assert_ptr_nonnull(f);
	for (packed->n = 0; (c = getc(f)) != EOF;)
		buf_putc(packed, (char)c);
	fclose(f);
}

static const struct {
	enum packing packing;
	int level;
	size_t size, block, step;
} trips[] = {
	{ PACK_NONE, 0, 0, 1, 10 },
	{ PACK_NONE, 0, 1, 1, 10 },
	{ PACK_NONE, 0, 700000, 65536, 100000 },
	{ PACK_NONE, 0, 300000, 7000, 13 },
	{ PACK_ZSTD, 0, 0, 1, 10 },
	{ PACK_ZSTD, 0, 1, 1, 1 },
	{ PACK_ZSTD, 0, 1000, 1, 7 },
	{ PACK_ZSTD, 1, 700000, 65536, 1 },
	{ PACK_ZSTD, 19, 700000, 700000, 100000 },
	{ PACK_GZIP, 0, 0, 1, 10 },
	{ PACK_GZIP, 0, 1, 1, 1 },
	{ PACK_GZIP, 0, 1000, 1, 7 },
	{ PACK_GZIP, 1, 700000, 65536, 1 },
	{ PACK_GZIP, 9, 700000, 700000, 100000 },
};

START_TEST(round_trip)
{
	struct buf raw = { 0 }, packed = { 0 }, back = { 0 };

	random_bytes(&raw, trips[_i].size);
	packed_file(
	    trips[_i].packing, trips[_i].level, buf_span(&raw), trips[_i].block, &packed);
	ck_assert_int_eq(get_file(&back, trips[_i].step), 0);
	ck_assert(span_eq(buf_span(&back), buf_span(&raw)));
	buf_free(&raw);
	buf_free(&packed);
	buf_free(&back);
}
END_TEST

/*
 * A truncated file of tamis is an error, wherever it ends.  With fewer than `magic` bytes
 * the format is not recognised and the bytes are plain data.
 */
START_TEST(truncated)
{
	enum packing packing = _i ? PACK_GZIP : PACK_ZSTD;
	size_t magic = _i ? 2 : 4;
	struct buf raw = { 0 }, packed = { 0 }, back = { 0 };

	random_bytes(&raw, 600);
	packed_file(packing, 0, buf_span(&raw), 250, &packed);
	for (size_t n = 0; n < packed.n; n++) {
		struct span cut = { packed.p, n };

		put_file(cut);
		if (n < magic) {
			ck_assert_int_eq(get_file(&back, 100), 0);
			ck_assert(span_eq(buf_span(&back), cut));
		} else {
			ck_assert_msg(get_file(&back, 100) == -1, "%zu bytes pass", n);
			ck_assert_int_eq(err.code, EXIT_DATA);
			ck_assert_uint_le(back.n, raw.n);
			ck_assert_mem_eq(back.p, raw.p, back.n);
		}
	}
	buf_free(&raw);
	buf_free(&packed);
	buf_free(&back);
}
END_TEST

/* One frame, whose bytes depend neither on the number of threads nor on the blocks. */
START_TEST(one_frame)
{
	static const uint64_t threads[] = { 1, 2, 8 };
	static const size_t block[] = { 1 << 20, 100003, 3 << 20 };
	enum packing packing = _i ? PACK_GZIP : PACK_ZSTD;
	struct buf raw = { 0 }, first = { 0 }, packed = { 0 };
	/* RFC 8878: magic, 8-byte size and checksum, window of 512 KiB, size. */
	static const char head[] = "\x28\xb5\x2f\xfd\xc4\x48\0\0\x50\0\0\0\0\0";

	random_bytes(&raw, 5u << 20);
	for (size_t i = 0; i < 9; i++) {
		workers = threads[i % 3];
		packed_file(packing, 1, buf_span(&raw), block[i / 3], &packed);
		if (i == 0)
			buf_put(&first, packed.p, packed.n);
		ck_assert(span_eq(buf_span(&packed), buf_span(&first)));
	}
	workers = 1;
	if (packing == PACK_ZSTD)
		ck_assert_mem_eq(packed.p, head, sizeof head - 1);
	buf_free(&raw);
	buf_free(&first);
	buf_free(&packed);
}
END_TEST

/* A changed byte is an error or does not change the data. */
START_TEST(damaged)
{
	enum packing packing = _i ? PACK_GZIP : PACK_ZSTD;
	struct buf raw = { 0 }, packed = { 0 }, back = { 0 };
	size_t errors = 0;

	random_bytes(&raw, 300);
	packed_file(packing, 0, buf_span(&raw), 110, &packed);
	/* Without its magic number the file is plain data. */
	for (size_t i = 4; i < packed.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			packed.p[i] = (char)(packed.p[i] ^ 1 << bit);
			put_file(buf_span(&packed));
			packed.p[i] = (char)(packed.p[i] ^ 1 << bit);
			if (get_file(&back, 1000) < 0)
				errors++;
			else if (!span_eq(buf_span(&back), buf_span(&raw)))
				ck_abort_msg("byte %zu bit %d changes the data", i, bit);
		}
	ck_assert_uint_gt(errors, packed.n * 6);
	buf_free(&raw);
	buf_free(&packed);
	buf_free(&back);
}
END_TEST

/* "hello\n" through gzip 1.12 -n and zstd 1.5.4. */
#define GZIP_HELLO                                                                       \
	"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\0\x20\x30\x3a\x36\x06" \
	"\0\0\0"
#define ZSTD_HELLO "\x28\xb5\x2f\xfd\x04\x58\x31\0\0hello\n\x53\x88\xbd\x91"
#define SKIPPABLE  "\x5f\x2a\x4d\x18\x03\0\0\0abc"
#define LIT(s)                                                                           \
	{                                                                                \
		(s), sizeof(s) - 1                                                       \
	}

static const struct {
	struct span in;
	const char *want; /* NULL: an error */
} foreign[] = {
	{ LIT(GZIP_HELLO), "hello\n" },
	{ LIT(GZIP_HELLO GZIP_HELLO), "hello\nhello\n" },
	{ LIT(GZIP_HELLO "\0"), "hello\n" },
	{ LIT(GZIP_HELLO "\0\0\0\0\0\0\0\0\0\0"), "hello\n" },
	{ LIT(GZIP_HELLO "\0\0" GZIP_HELLO "\0"), "hello\nhello\n" },
	{ LIT(GZIP_HELLO "x"), NULL },
	{ LIT(GZIP_HELLO "\0x"), NULL },
	{ LIT(GZIP_HELLO "\x1f"), NULL },
	{ LIT(GZIP_HELLO "\x1f\x8b"), NULL },
	{ LIT(GZIP_HELLO ZSTD_HELLO), NULL },
	{ LIT("\x1f\x8b"), NULL },
	{ LIT("\x1f\x8b\x08"), NULL },
	{ LIT("\x1f\x8b\x07\0\0\0\0\0\0\x03"), NULL },
	{ LIT(ZSTD_HELLO), "hello\n" },
	{ LIT(ZSTD_HELLO ZSTD_HELLO), "hello\nhello\n" },
	{ LIT(SKIPPABLE ZSTD_HELLO), "hello\n" },
	{ LIT(ZSTD_HELLO SKIPPABLE), "hello\n" },
	{ LIT(ZSTD_HELLO SKIPPABLE ZSTD_HELLO SKIPPABLE), "hello\nhello\n" },
	{ LIT(SKIPPABLE), "" },
	{ LIT(ZSTD_HELLO "x"), NULL },
	{ LIT(ZSTD_HELLO "\0"), NULL },
	{ LIT(ZSTD_HELLO "\x28\xb5\x2f"), NULL },
	{ LIT(ZSTD_HELLO "\x5f\x2a\x4d\x18\x03\0"), NULL },
	{ LIT(ZSTD_HELLO GZIP_HELLO), NULL },
	{ LIT("\x28\xb5\x2f\xfd"), NULL },
	{ LIT("\x28\xb5\x2f\xfe"), "\x28\xb5\x2f\xfe" },
	{ LIT("plain\0text"), "plain" },
};

START_TEST(other_tools)
{
	struct buf back = { 0 };
	struct span want;

	put_file(foreign[_i].in);
	for (size_t step = 1; step < 40; step += 13) {
		if (!foreign[_i].want) {
			ck_assert_int_eq(get_file(&back, step), -1);
			ck_assert_int_eq(err.code, EXIT_DATA);
			continue;
		}
		want = span_of(foreign[_i].want);
		ck_assert_int_eq(get_file(&back, step), 0);
		ck_assert(span_starts(buf_span(&back), want));
	}
	buf_free(&back);
}
END_TEST

/* Files of gzip and zstd, truncated anywhere inside a frame or member. */
START_TEST(other_tools_truncated)
{
	struct span s = _i ? (struct span)LIT(GZIP_HELLO) : (struct span)LIT(ZSTD_HELLO);
	struct buf back = { 0 };

	for (size_t n = _i ? 2 : 4; n < s.n; n++) {
		put_file((struct span){ s.p, n });
		ck_assert_msg(get_file(&back, 100) == -1, "%zu bytes pass", n);
	}
	buf_free(&back);
}
END_TEST

/* What in_resync does with damage between, in and at the end of frames. */
#define GZIP_TWO GZIP_HELLO GZIP_HELLO
#define CUT_GZIP "\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd"
#define CUT_ZSTD "\x28\xb5\x2f\xfd\x04\x58\x31\0\0hel"
static const struct {
	struct span in;
	const char *want;
	int damages;
} damages[] = {
	{ LIT(GZIP_HELLO "junk" GZIP_HELLO), "hello\nhello\n", 1 },
	{ LIT(GZIP_HELLO "junk"), "hello\n", 1 },
	{ LIT(CUT_GZIP), "he", 1 },
	{ LIT(CUT_GZIP GZIP_HELLO), "*hello\n", 1 },
	{ LIT(GZIP_HELLO CUT_GZIP GZIP_HELLO "\x1f"), "*hello\n", 2 },
	{ LIT("\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\0\x21\x30\x3a\x36"
	      "\x06\0\0\0" GZIP_HELLO),
	    "hello\nhello\n", 1 },
	/* A header that no data follows is not a member. */
	{ LIT(GZIP_HELLO "junk\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff" GZIP_HELLO),
	    "hello\nhello\n", 1 },
	{ LIT(ZSTD_HELLO "junk" ZSTD_HELLO), "hello\nhello\n", 1 },
	{ LIT(CUT_ZSTD), "hel", 1 },
	{ LIT(CUT_ZSTD ZSTD_HELLO), "*hello\n", 1 },
	{ LIT(ZSTD_HELLO CUT_ZSTD ZSTD_HELLO ZSTD_HELLO), "*hello\nhello\n", 1 },
	{ LIT(ZSTD_HELLO "\x28\xb5\x2f\xfd\xff\xff\xff" ZSTD_HELLO), "hello\nhello\n",
	    1 },
	{ LIT("\x28\xb5\x2f\xfd\x04\x58\x31\0\0hellO\n\x53\x88\xbd\x91" ZSTD_HELLO),
	    "hellO\nhello\n", 1 },
	{ LIT(ZSTD_HELLO SKIPPABLE "x" ZSTD_HELLO SKIPPABLE), "hello\nhello\n", 1 },
};

START_TEST(resyncs)
{
	struct span want = span_of(damages[_i].want);
	const bool end = want.n && want.p[0] == '*';
	struct buf back = { 0 };

	if (end)
		want = span_from(want, 1);
	put_file(damages[_i].in);
	for (size_t step = 1; step < 40; step += 13) {
		struct in *in = in_open(path, &err);
		struct span got;
		ptrdiff_t n = 1;
		int damage = 0;

		for (back.n = 0; n; back.n += n > 0 ? (size_t)n : 0) {
			struct err why = { 0 };

			buf_reserve(&back, step);
			n = in_read(in, back.p + back.n, step, &why);
			ck_assert_int_eq(why.code, n < 0 ? EXIT_DATA : 0);
			damage += n < 0;
			if (n < 0)
				in_resync(in);
		}
		in_close(in);
		ck_assert_int_eq(damage, damages[_i].damages);
		got = buf_span(&back);
		if (end && got.n > want.n)
			got = span_from(got, got.n - want.n);
		ck_assert_msg(span_eq(got, want), "%.*s", (int)back.n, back.p);
	}
	buf_free(&back);
}
END_TEST

/* Suffixes of outputs, and of inputs that are cut before the format shows. */
START_TEST(suffixes)
{
	static const struct {
		const char *suffix;
		int code;
	} t[] = { { ".ZST", 0 }, { ".zstd", 0 }, { ".GZ", 0 }, { ".gzip", 0 },
		{ ".jsonl", 0 }, { ".parquet", EXIT_USAGE }, { ".BZ2", EXIT_USAGE },
		{ ".zip", EXIT_USAGE } };

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char name[140];
		struct in *in;
		struct out *o;
		char c;
		bool packed;

		err = (struct err){ 0 };
		snprintf(name, sizeof name, "%s%s", path, t[i].suffix);
		o = out_open(name, 0, 0666, &err);
		ck_assert_int_eq(err.code, t[i].code);
		if (!o)
			continue;
		ck_assert_int_eq(out_write(o, SPAN("{}\n"), &err), 0);
		ck_assert_int_eq(out_commit(o, &err), 0);
		in = in_open(name, &err);
		ck_assert_int_eq(in_read(in, &c, 1, &err), 1);
		packed = in_packed(in);
		ck_assert_int_eq(packed, strcmp(t[i].suffix, ".jsonl") != 0);
		in_close(in);
		ck_assert_int_eq(truncate(name, 0), 0);
		in = in_open(name, &err);
		ck_assert_int_eq(in_read(in, &c, 1, &err), packed ? -1 : 0);
		in_close(in);
		unlink(name);
	}
}
END_TEST

/* An aborted output leaves the old file and no temporary. */
START_TEST(abort_leaves_old)
{
	struct buf back = { 0 };
	struct out *o;

	put_file(SPAN("old"));
	o = out_open(path, 0, 0666, &err);
	ck_assert_ptr_nonnull(o);
	ck_assert_int_eq(out_write(o, SPAN("new"), &err), 0);
	out_abort(o);
	ck_assert_int_eq(get_file(&back, 10), 0);
	ck_assert(span_eq(buf_span(&back), SPAN("old")));
	out_abort(NULL);
	buf_free(&back);
}
END_TEST

START_TEST(private_files)
{
	struct out *o = out_open(path, 0, 0600, &err);
	struct stat st;

	ck_assert_ptr_nonnull(o);
	ck_assert_int_eq(out_commit(o, &err), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq((int)(st.st_mode & 0777), 0600);
	ck_assert_int_eq(file_put(path, SPAN("x"), 0640, &err), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq((int)(st.st_mode & 0777), 0640);
}
END_TEST

START_TEST(small_files)
{
	struct buf b = { 0 };

	ck_assert_int_eq(file_put(path, SPAN("one"), 0666, &err), 0);
	ck_assert_int_eq(file_put(path, SPAN("three"), 0666, &err), 0);
	buf_puts(&b, "two ");
	ck_assert_int_eq(file_get(path, 5, &b, &err), 0);
	ck_assert(span_eq(buf_span(&b), SPAN("two three")));
	ck_assert_int_eq(file_get(path, 4, &b, &err), -1);
	ck_assert_int_eq(err.code, EXIT_DATA);
	err = (struct err){ 0 };
	ck_assert_int_eq(file_get(dir, 4, &b, &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
	err = (struct err){ 0 };
	ck_assert_int_eq(file_put(dir, SPAN("x"), 0666, &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
	buf_free(&b);
}
END_TEST

/* Of two writers the first wins; an abort or a second commit does not touch its file. */
START_TEST(first_wins)
{
	struct buf b = { 0 };
	struct publish p;

	ck_assert_int_eq(file_put_first(path, SPAN("one"), 0640, &err), 0);
	ck_assert_int_eq(file_put_first(path, SPAN("two"), 0666, &err), 0);
	ck_assert_int_eq(publish_open(&p, path, 0666, &err), 0);
	ck_assert_int_eq(publish_write(&p, SPAN("three"), &err), 0);
	ck_assert_int_eq(access(p.temporary, F_OK), 0);
	publish_abort(&p);
	publish_abort(&p);
	ck_assert_int_eq(file_get(path, 5, &b, &err), 0);
	ck_assert(span_eq(buf_span(&b), SPAN("one")));
	buf_free(&b);
}
END_TEST

/* A large file with and without a whole number of blocks, read past the page cache. */
START_TEST(big_files)
{
	const size_t n = (9u << 20) + (_i ? 17 : 0), at = (5u << 20) + 3;
	unsigned char *v = large_alloc(n), *back = large_alloc((size_t)2 * BIGFILE_BLOCK);
	struct bigfile *f = bigfile_open(path, &err);
	struct buf b = { 0 };
	int fd;

	for (size_t i = 0; i < n; i++)
		v[i] = (unsigned char)next_random();
	ck_assert_ptr_nonnull(f);
	for (size_t i = 0, step; i < n; i += step) {
		step = n - i < 1000003 ? n - i : 1000003;
		ck_assert_int_eq(bigfile_put(f, v + i, step, &err), 0);
	}
	ck_assert_uint_eq(bigfile_bytes(f), n);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(bigfile_commit(f, &err), 0);
	ck_assert_int_eq(file_get(path, n, &b, &err), 0);
	ck_assert(span_eq(buf_span(&b), (struct span){ (const char *)v, n }));
	fd = bigfile_direct(path);
	if (fd >= 0 && bigfile_read(fd, back, 100, at))
		ck_assert(memcmp(back + at % BIGFILE_BLOCK, v + at, 100) == 0);
	if (fd >= 0)
		close(fd);
	free(v);
	free(back);
	buf_free(&b);
}
END_TEST

#define ROWS(t) ((int)(sizeof(t) / sizeof *(t)))

Suite *
stream_suite(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("stream");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, round_trip, 0, ROWS(trips));
	tcase_add_loop_test(t, truncated, 0, 2);
	tcase_add_loop_test(t, one_frame, 0, 2);
	tcase_add_loop_test(t, damaged, 0, 2);
	tcase_add_loop_test(t, resyncs, 0, ROWS(damages));
	tcase_add_test(t, suffixes);
	tcase_add_loop_test(t, other_tools, 0, ROWS(foreign));
	tcase_add_loop_test(t, other_tools_truncated, 0, 2);
	tcase_add_test(t, abort_leaves_old);
	tcase_add_test(t, private_files);
	tcase_add_test(t, small_files);
	tcase_add_test(t, first_wins);
	tcase_add_loop_test(t, big_files, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
