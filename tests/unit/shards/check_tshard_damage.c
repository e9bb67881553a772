/* check_tshard_damage.c - verify finds any damage to a file of a shard or run. */
#include "tests/unit/shards/tshard_make.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TCase *tshard_damage_case(void);

START_TEST(run_damage)
{
	size_t n;
	char *p;

	ts_run(2);
	ck_assert_int_eq(rename(ts_path("shard-00001.idx"), ts_path("t.idx")), 0);
	ck_assert_int_gt(ts_verify(ts_dir, 1), 0);
	ck_assert_int_eq(rename(ts_path("t.idx"), ts_path("shard-00001.idx")), 0);
	ck_assert_int_eq(rename(ts_path("shard-00000.sdx"), ts_path("t.sdx")), 0);
	ck_assert_int_gt(ts_verify(ts_dir, 2), 0);
	ck_assert_int_eq(rename(ts_path("t.sdx"), ts_path("shard-00000.sdx")), 0);
	ck_assert_int_eq(ts_verify(ts_dir, 1), 0);
	/* A copy of shard 1 as shard 2 has correct checksums, and is not part of the run.
	 */
	for (int i = 0; i < 3; i++) {
		char from[40], to[40];

		snprintf(from, sizeof from, "shard-00001%s", tsi_ext[i]);
		snprintf(to, sizeof to, "shard-00002%s", tsi_ext[i]);
		p = ts_get(ts_path(from), &n);
		ts_put(ts_path(to), p, n);
		free(p);
	}
	ck_assert_int_gt(ts_verify(ts_dir, 1), 0);
	for (int i = 0; i < 3; i++) {
		char to[40];

		snprintf(to, sizeof to, "shard-00002%s", tsi_ext[i]);
		unlink(ts_path(to));
	}
	unlink(ts_path("plan.lock"));
	ck_assert_int_gt(ts_verify(ts_dir, 1), 0);
	ts_put(ts_path("plan.lock"), "plan\n", 5);
	p = ts_get(ts_path("run.tsv"), &n);
	p[14] = '1';
	ts_put(ts_path("run.tsv"), p, n);
	ck_assert_int_gt(ts_verify(ts_dir, 1), 0);
	p[14] = '0';
	ts_put(ts_path("run.tsv"), p, n - 1);
	ck_assert_int_gt(ts_verify(ts_dir, 1), 0);
	unlink(ts_path("run.tsv"));
	ck_assert_int_gt(ts_verify(ts_dir, 1), 0);
	ts_put(ts_path("run.tsv"), p, n);
	ck_assert_int_eq(ts_verify(ts_dir, 1), 0);
	free(p);
}
END_TEST

/* ---- damage, exhaustively ---- */

/*
 * Flip each step-th bit of a file; verify must name the file and, if exact, the byte.  A
 * step of 3 flips two or three bits of every byte.
 */
static void
flip_all(const char *target, const char *path, bool exact, size_t step)
{
	size_t n;
	char *p = ts_get(path, &n);
	int fd = open(path, O_RDWR);

	ck_assert_int_ge(fd, 0);
	for (size_t i = 0; i < 8 * n; i += step) {
		unsigned char b = (unsigned char)((unsigned char)p[i / 8] ^ 1u << i % 8);

		ck_assert_int_eq(pwrite(fd, &b, 1, (off_t)(i / 8)), 1);
		ck_assert_msg(ts_verify(target, 1) > 0,
		    "%s: bit %zu of byte %zu: not noticed (%s)", path, i % 8, i / 8,
		    ts_e.msg);
		ck_assert_msg(strcmp(ts_seen.file, path) == 0, "%s: byte %zu: blamed %s",
		    path, i / 8, ts_seen.msg);
		if (exact)
			ck_assert_msg(ts_seen.byte == i / 8, "%s: byte %zu: %s", path,
			    i / 8, ts_seen.msg);
		ck_assert_int_eq(pwrite(fd, &p[i / 8], 1, (off_t)(i / 8)), 1);
	}
	close(fd);
	ck_assert_int_eq(ts_verify(target, 1), 0);
	free(p);
}

/* Cut a file at each step-th byte, fill it with zeros, and make it longer. */
static void
cut_all(const char *target, const char *path, size_t step)
{
	size_t n;
	char *p = ts_get(path, &n), *zero = calloc(1, n + 1);

	for (size_t i = 0; i < n; i += step) {
		ts_put(path, p, i);
		ck_assert_msg(ts_verify(target, 1) > 0, "%s: %zu bytes: not noticed (%s)",
		    path, i, ts_e.msg);
	}
	ts_put(path, zero, n);
	ck_assert_msg(ts_verify(target, 1) > 0, "%s: zeros not noticed", path);
	p[n] = 0;
	ts_put(path, p, n + 1);
	ck_assert_msg(ts_verify(target, 1) > 0, "%s: one byte more not noticed", path);
	ts_put(path, p, n);
	ck_assert_int_eq(ts_verify(target, 1), 0);
	free(zero);
	free(p);
}

START_TEST(docs_no_flip_unseen)
{
	ts_docs(ts_path("d"), _i % 2 == 0 ? 1000 : 70000, 4, 12,
	    _i < 2 ? NULL : "quality/bin");
	flip_all(ts_path("d"), ts_path("d.bin"), true, _i == 0 ? 1 : 3);
	flip_all(ts_path("d"), ts_path("d.idx"), true, _i == 0 ? 1 : 3);
	flip_all(ts_path("d"), ts_path("d.sdx"), false, _i == 0 ? 1 : 3);
	for (int i = 0; i < 3; i++) {
		char path[600];

		snprintf(path, sizeof path, "%s%s", ts_path("d"), tsi_ext[i]);
		cut_all(ts_path("d"), path, _i == 0 ? 1 : 3);
	}
}
END_TEST

START_TEST(run_no_flip_unseen)
{
	ts_run(1);
	flip_all(ts_dir, ts_path("shard-00000.bin"), true, 3);
	flip_all(ts_dir, ts_path("shard-00000.idx"), true, 3);
	flip_all(ts_dir, ts_path("shard-00000.sdx"), false, 3);
	flip_all(ts_dir, ts_path("run.tsv"), false, 3);
	flip_all(ts_dir, ts_path("plan.lock"), false, 3);
	cut_all(ts_dir, ts_path("shard-00000.bin"), 3);
	cut_all(ts_dir, ts_path("shard-00000.idx"), 3);
	cut_all(ts_dir, ts_path("shard-00000.sdx"), 3);
	cut_all(ts_dir, ts_path("run.tsv"), 3);
	cut_all(ts_dir, ts_path("plan.lock"), 3);
}
END_TEST

/* Set byte `at` of a section to v, and correct the checksums of the sidecar. */
static void
set_byte(const char *path, const char *tag, size_t at, unsigned char v)
{
	size_t n;
	unsigned char *p = (unsigned char *)ts_get(path, &n);
	unsigned char *entry = p + TSI_HEADER;
	struct tsi_hasher *hash = tsi_hasher_new();

	while (strncmp((char *)entry, tag, 8) != 0)
		entry += TSI_ENTRY;
	p[tsi_get64(entry + 8) + at] = v;
	tsi_hasher_add(hash, p + tsi_get64(entry + 8), (size_t)tsi_get64(entry + 16));
	tsi_put64(entry + 40, tsi_hasher_64(hash));
	tsi_put32(entry + 60, tshard_crc32c(0, entry, 60));
	ts_put(path, p, n);
	tsi_hasher_free(hash);
	free(p);
}

/* Invalid values with correct checksums. */
START_TEST(doc_facts_make_sense)
{
	static const struct {
		const char *tag, *msg;
		size_t at;
		unsigned char v;
	} bad[] = {
		{ "DOCFLAG", "DOCFLAG row 1: a document cannot have these flags", 1, 24 },
		{ "DOCFLAG", "DOCFLAG row 3: a document cannot have these flags", 3, 1 },
		{ "DOCFLAG", " loss tokens, the rows have ", 0, 32 },
		{ "DOCNUM", "DOCNUM: the name is not 1 to 63", 0, 0 },
		{ "DOCNUM", "DOCNUM: the name is not 1 to 63", 1, ' ' },
		{ "DOCNUM", "DOCNUM: the name is not padded with zeros", 63, 'x' },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t n;
		char *p;

		ts_docs(ts_path("d"), 1000, 4, 12, "n");
		p = ts_get(ts_path("d.sdx"), &n);
		set_byte(ts_path("d.sdx"), bad[i].tag, bad[i].at, bad[i].v);
		ck_assert_int_gt(ts_verify(ts_path("d"), 1), 0);
		ck_assert_msg(strstr(ts_seen.msg, bad[i].msg) != NULL, "%s", ts_seen.msg);
		ts_put(ts_path("d.sdx"), p, n);
		ck_assert_int_eq(ts_verify(ts_path("d"), 1), 0);
		free(p);
		for (int k = 0; k < 3; k++) {
			char path[600];

			snprintf(path, sizeof path, "%s%s", ts_path("d"), tsi_ext[k]);
			unlink(path);
		}
	}
}
END_TEST

/* One flipped bit is located; more damage is reported with the samples of its block. */
START_TEST(damage_is_named)
{
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000);
	struct tshard *s;
	uint32_t ids[4];
	int fd;

	f.ids = 1;
	f.first_sample = 1000;
	f.run_samples = 2000;
	f.shard_count = 0;
	ts_samples(ts_path("s"), &f, 100);
	fd = open(ts_path("s.bin"), O_RDWR);
	ck_assert_int_eq(
	    pwrite(fd, "\x0f", 1, 16 + 2), 1); /* was 16 - 1 of document two */
	ck_assert_int_eq(ts_verify(ts_path("s"), 1), 1);
	ck_assert_uint_eq(ts_seen.byte, 0);
	ck_assert_ptr_nonnull(
	    strstr(ts_seen.msg, "from token 0 of sample 1000, document 'one'"));
	ck_assert_ptr_nonnull(
	    strstr(ts_seen.msg, "to token 7 of sample 1099, document 'long'"));
	ck_assert_int_eq(pwrite(fd, "\x12", 1, 16 + 2), 1);
	ck_assert_int_eq(ts_verify(ts_path("s"), 1), 1);
	ck_assert_uint_eq(ts_seen.byte, 18);
	ck_assert_ptr_nonnull(strstr(
	    ts_seen.msg, "bit 1 is flipped: token 1 of sample 1001, document 'two'"));
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK, &ts_e));
	ck_assert_int_eq(tshard_tokens(s, 0, 4, ids, &ts_e), -1);
	ck_assert_ptr_nonnull(
	    strstr(ts_e.msg, "the checksum of block 0, samples 1000 to 1099, differs"));
	tshard_close(s);
	close(fd);
}
END_TEST

TCase *
tshard_damage_case(void)
{
	TCase *t = tcase_create("damage");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_test(t, run_damage);
	tcase_add_loop_test(t, docs_no_flip_unseen, 0, 4);
	tcase_add_test(t, run_no_flip_unseen);
	tcase_add_test(t, doc_facts_make_sense);
	tcase_add_test(t, damage_is_named);
	return t;
}
