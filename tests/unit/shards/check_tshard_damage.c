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

START_TEST(docs_no_flip_unseen)
{
	ts_docs(ts_path("d"), _i % 2 == 0 ? 1000 : 70000, 4, 12,
	    _i < 2 ? NULL : "quality/bin");
	ts_flip_all(ts_path("d"), ts_path("d.bin"), true, _i == 0 ? 1 : 3);
	ts_flip_all(ts_path("d"), ts_path("d.idx"), true, _i == 0 ? 1 : 3);
	ts_flip_all(ts_path("d"), ts_path("d.sdx"), false, _i == 0 ? 1 : 3);
	for (int i = 0; i < 3; i++) {
		char path[600];

		snprintf(path, sizeof path, "%s%s", ts_path("d"), tsi_ext[i]);
		ts_cut_all(ts_path("d"), path, _i == 0 ? 1 : 3);
	}
}
END_TEST

START_TEST(run_no_flip_unseen)
{
	ts_run(1);
	ts_flip_all(ts_dir, ts_path("shard-00000.bin"), true, 3);
	ts_flip_all(ts_dir, ts_path("shard-00000.idx"), true, 3);
	ts_flip_all(ts_dir, ts_path("shard-00000.sdx"), false, 3);
	ts_flip_all(ts_dir, ts_path("run.tsv"), false, 3);
	ts_flip_all(ts_dir, ts_path("plan.lock"), false, 3);
	ts_cut_all(ts_dir, ts_path("shard-00000.bin"), 3);
	ts_cut_all(ts_dir, ts_path("shard-00000.idx"), 3);
	ts_cut_all(ts_dir, ts_path("shard-00000.sdx"), 3);
	ts_cut_all(ts_dir, ts_path("run.tsv"), 3);
	ts_cut_all(ts_dir, ts_path("plan.lock"), 3);
}
END_TEST

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
		ts_set_byte(ts_path("d.sdx"), bad[i].tag, bad[i].at, bad[i].v);
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

/* A document without an id, as takedown leaves it, must have no token to train on. */
START_TEST(taken_down)
{
	static const struct {
		uint8_t flags;
		const char *msg;
	} v[] = {
		{ TSHARD_SEG_NO_LOSS, NULL },
		{ 0, "DOC row 0: id_hash is not the hash of the id" },
	};
	const uint32_t ids[8] = { 10, 11, 12, 13, 14, 15, 16, EOD };

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000);
		struct tshard_doc d = { .id_hash = { 9 }, .tokens = 8 }, back;
		struct tshard_seg seg = { .flags = v[i].flags };
		struct tshard_writer *w;
		struct tshard *s;
		char *id, *url;

		f.ids = f.force = 1;
		f.run_samples = 1;
		OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
		OK(tshard_writer_meta(w, "{}", 2, &ts_e));
		OK(tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &seg.row, &ts_e));
		OK(tshard_writer_segment(w, &seg, &ts_e));
		OK(tshard_writer_put(w, ids, 8, &ts_e));
		OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
		OK(tshard_writer_commit(w, NULL, &ts_e));
		OK(tshard_open(&s, ts_path("s"), 0, &ts_e));
		OK(tshard_docs(s, 0, 1, &back, &ts_e));
		ck_assert_mem_eq(back.id_hash, d.id_hash, sizeof d.id_hash);
		OK(tshard_docid(s, 0, &id, &url, &ts_e));
		ck_assert_str_eq(id, "");
		ck_assert_str_eq(url, "");
		free(id);
		tshard_close(s);
		ck_assert_int_eq(ts_verify(ts_path("s"), 1), v[i].msg != NULL);
		ck_assert_msg(!v[i].msg || strstr(ts_seen.msg, v[i].msg) != NULL, "%s",
		    ts_seen.msg);
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
	tcase_add_test(t, taken_down);
	tcase_add_test(t, damage_is_named);
	return t;
}
