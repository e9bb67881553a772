/* check_tshard_run.c - run.tsv in both formats, and the shards that it lists. */
#include "tests/unit/shards/tshard_make.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TCase *tshard_run_case(void);

START_TEST(run_opens)
{
	struct tshard_run *r;
	uint64_t local;
	size_t i;

	ts_run(3);
	OK(tshard_run_open(&r, ts_dir, &ts_e));
	ck_assert_uint_eq(tshard_run_shards(r), 3);
	ck_assert_uint_eq(tshard_run_samples(r), 12);
	ck_assert_uint_eq(tshard_run_at(r, 2)->first_sample, 8);
	ck_assert_uint_eq(tshard_run_minor(r), 1);
	ck_assert_uint_eq(tshard_run_header(r)->seq_len, 8);
	ck_assert_uint_eq(tshard_run_header(r)->shard_count, 3);
	for (uint64_t n = 0; n < 12; n++) {
		ck_assert_int_eq(tshard_run_find(r, n, &i, &local), 0);
		ck_assert_uint_eq(i, n / 4);
		ck_assert_uint_eq(local, n % 4);
	}
	ck_assert_int_eq(tshard_run_find(r, 12, &i, &local), -1);
	tshard_run_close(r);
	ck_assert_msg(ts_verify(ts_dir, 1) == 0, "%s", ts_seen.msg);
	ck_assert_msg(ts_verify(ts_dir, 2) == 0, "%s", ts_seen.msg);
	ck_assert_msg(ts_verify(ts_path("shard-00001.bin"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

/* Opening a run closed standard input, whose number another file could have by then. */
START_TEST(foreign_files_stay_open)
{
	struct tshard_run *r;

	ts_run(1);
	ck_assert_int_ge(dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO), 0);
	OK(tshard_run_open(&r, ts_dir, &ts_e));
	ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0);
	tshard_run_close(r);
}
END_TEST

/* A run as 1.0 described it: no first line, and the SHA-256 of each whole sidecar. */
START_TEST(run_of_1_0)
{
	struct tshard_run_line line[3];
	struct tshard_run *r;
	struct tshard *s;
	char *tsv, *sdx;
	size_t n;

	ts_run(3);
	for (uint32_t i = 0; i < 3; i++) {
		char prefix[600], path[610];

		OK(tshard_run_prefix(ts_dir, i, prefix, sizeof prefix));
		OK(tshard_run_line(prefix, &line[i], &ts_e));
		snprintf(path, sizeof path, "%s.sdx", prefix);
		sdx = ts_get(path, &n);
		tshard_sha256(sdx, n, line[i].digest);
		free(sdx);
	}
	tsv = tsi_run_render(line, 3, 0, &n);
	ck_assert_int_eq(strncmp(tsv, "0\t0\t4\t8\t", 8), 0);
	ts_put(ts_path("run.tsv"), tsv, n);
	free(tsv);
	ck_assert_msg(ts_verify(ts_dir, 1) == 0, "%s", ts_seen.msg);
	OK(tshard_run_open(&r, ts_dir, &ts_e));
	ck_assert_uint_eq(tshard_run_minor(r), 0);
	OK(tshard_run_shard(r, 2, 0, &s, &ts_e));
	tshard_close(s);
	tshard_run_close(r);
	/* The digest of 1.1 is not what 1.0 lists. */
	OK(tshard_run_line(ts_path("shard-00001"), &line[1], &ts_e));
	tsv = tsi_run_render(line, 3, 0, &n);
	ts_put(ts_path("run.tsv"), tsv, n);
	free(tsv);
	ck_assert_int_eq(ts_verify(ts_dir, 1), 1);
	ck_assert_ptr_nonnull(strstr(ts_seen.msg, "run.tsv: byte"));
}
END_TEST

/* Lists of the shards that are not run.tsv in any format we know. */
START_TEST(run_list_refused)
{
	static const char *const start[] = { "tamis-run 1.2\n", "tamis-run 1.0\n",
		"tamis-run 1.1", "tamis-run 1.1\n\n", "tamis-run 1.1\ntamis-run 1.1\n",
		"\n", "s" };
	char *tsv, *bad;
	size_t n, k;

	ts_run(1);
	tsv = ts_get(ts_path("run.tsv"), &n);
	ck_assert_int_eq(strncmp(tsv, "tamis-run 1.1\n0\t0\t4\t", 20), 0);
	for (size_t i = 0; i < sizeof start / sizeof *start; i++) {
		struct tshard_run *r;
		unsigned char sum[32];
		char hex[65];

		/* Another beginning, and the hash to it. */
		bad = calloc(n + 64, 1);
		k = strlen(start[i]);
		memcpy(bad, start[i], k);
		memcpy(bad + k, tsv + 14, n - 14);
		k += n - 14 - 72;
		tshard_sha256(bad, k, sum);
		tshard_hex(sum, 32, hex);
		memcpy(bad + k + 7, hex, 64);
		ts_put(ts_path("run.tsv"), bad, k + 72);
		free(bad);
		ck_assert_int_eq(tshard_run_open(&r, ts_dir, &ts_e), -1);
		ck_assert_ptr_null(r);
		ck_assert_ptr_nonnull(strstr(ts_e.msg, "run.tsv: byte"));
	}
	free(tsv);
}
END_TEST

START_TEST(shards_of_a_run)
{
	struct tshard_run *r;
	struct tshard *s;
	uint64_t sample = 0;

	ts_run(3);
	OK(tshard_run_open(&r, ts_dir, &ts_e));
	for (size_t i = 0; i < tshard_run_shards(r); i++) {
		OK(tshard_run_shard(r, i, TSHARD_CHECK, &s, &ts_e));
		ck_assert_uint_eq(tshard_header(s)->shard_no, i);
		ck_assert_uint_eq(tshard_header(s)->first_sample, sample);
		sample += tshard_header(s)->samples;
		tshard_close(s);
	}
	ck_assert_uint_eq(sample, tshard_run_samples(r));
	ck_assert_int_eq(tshard_run_shard(r, 3, 0, &s, &ts_e), -1);
	ck_assert_ptr_null(s);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "shard 3 does not exist: the run has 3"));
	/* Another shard under the name is refused. */
	for (int k = 0; k < 3; k++) {
		char from[600], to[600];

		snprintf(from, sizeof from, "%s%s", ts_path("shard-00001"), tsi_ext[k]);
		snprintf(to, sizeof to, "%s%s", ts_path("shard-00002"), tsi_ext[k]);
		ck_assert_int_eq(rename(from, to), 0);
	}
	ck_assert_int_eq(tshard_run_shard(r, 2, 0, &s, &ts_e), -1);
	ck_assert_ptr_null(s);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	ck_assert_ptr_nonnull(
	    strstr(ts_e.msg, "shard-00002.sdx: disagrees with its line"));
	ck_assert_int_eq(tshard_run_shard(r, 1, 0, &s, &ts_e), -1);
	tshard_run_close(r);
}
END_TEST

TCase *
tshard_run_case(void)
{
	TCase *t = tcase_create("run");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_test(t, run_opens);
	tcase_add_test(t, run_of_1_0);
	tcase_add_test(t, foreign_files_stay_open);
	tcase_add_test(t, run_list_refused);
	tcase_add_test(t, shards_of_a_run);
	return t;
}
