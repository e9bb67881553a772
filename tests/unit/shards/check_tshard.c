/* check_tshard.c - shards that are written and read again. */
#include "shards/tshard/writer.h"
#include "tests/unit/shards/tshard_make.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *tshard_suite(void);
TCase *tshard_align_case(void);
TCase *tshard_damage_case(void);
TCase *tshard_hash_case(void);
TCase *tshard_feed_case(void);
TCase *tshard_iter_case(void);
TCase *tshard_kinds_case(void);
TCase *tshard_run_case(void);

START_TEST(languages)
{
	static const char *const tags[] = { "en", "de", "yue", "zh" };
	char name[4];

	for (size_t i = 0; i < 4; i++) {
		tshard_lang_name(tshard_lang_pack(tags[i]), name);
		ck_assert_str_eq(name, tags[i]);
	}
	ck_assert_uint_eq(tshard_lang_pack("aa"), 1 << 10 | 1 << 5);
	ck_assert_uint_eq(tshard_lang_pack("EN-Latn"), tshard_lang_pack("en"));
	ck_assert_uint_eq(tshard_lang_pack("und"), 0);
	ck_assert_uint_eq(tshard_lang_pack("e"), 0);
	ck_assert_uint_eq(tshard_lang_pack("engl"), 0);
	ck_assert_uint_eq(tshard_lang_pack("e1"), 0);
	ck_assert_uint_eq(tshard_lang_pack(NULL), 0);
}
END_TEST

/* ---- write and read ---- */

START_TEST(docs_come_back)
{
	/* The payloads of the last ones are larger than a piece of the writer. */
	static const uint32_t vocabs[] = { 1000, 65536, 65537, 256000 };
	uint32_t vocab = vocabs[_i], state = 1, ids[4000];
	struct tshard *s;
	uint64_t at = 0, first;
	uint32_t n;
	char *id, *url, want[64];

	ts_docs(ts_path("d"), vocab, 300, 4000, NULL);
	OK(tshard_open(&s, ts_path("d.idx"), _i % 2 == 0 ? TSHARD_CHECK : 0, &ts_e));
	ck_assert_uint_eq(
	    tshard_header(s)->encoding, vocab <= 65536 ? TSHARD_U16 : TSHARD_U32);
	for (uint64_t row = 0; row < 300; row++) {
		uint32_t len = 1 + ts_rnd(&state) % 4000;

		OK(tshard_doc_at(s, row, &first, &n, &ts_e));
		ck_assert_uint_eq(first, at);
		ck_assert_uint_eq(n, len);
		OK(tshard_tokens(s, first, n, ids, &ts_e));
		/* A ck_assert for every token would dominate the running time. */
		for (uint32_t k = 0; k < len; k++)
			if (ids[k] != (k + 1 == len ? EOD : ts_rnd(&state) % vocab))
				ck_abort_msg("row %" PRIu64 ": token %" PRIu32
					     " is %" PRIu32,
				    row, k, ids[k]);
		OK(tshard_docid(s, row, &id, &url, &ts_e));
		snprintf(want, sizeof want, "doc-%" PRIu64, row);
		ck_assert_str_eq(id, want);
		snprintf(want, sizeof want, "http://x.example/%" PRIu64, row);
		ck_assert_str_eq(url, row % 3 == 0 ? "" : want);
		free(id);
		at += len;
	}
	ck_assert_uint_eq(tshard_header(s)->tokens, at);
	ck_assert_str_eq(tshard_sources(s)[0].parts[1].name, "en-1");
	ck_assert_uint_eq(tshard_sources(s)[1].samples, 150);
	ck_assert_int_eq(tshard_doc_at(s, 300, &first, &n, &ts_e), -1);
	ck_assert_int_eq(tshard_tokens(s, at - 1, 2, ids, &ts_e), -1);
	tshard_close(s);
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

/* Numbers and flags of ranges of rows, also of more than are read at once. */
START_TEST(doc_facts_come_back)
{
	enum { N = 10000 };
	static const size_t ranges[][2] = { { 0, N }, { 0, 1 }, { 4095, 2 }, { 1, 8192 },
		{ N - 1, 1 }, { N, 0 } };
	struct tshard_doc *d = calloc(N, sizeof *d);
	uint64_t loss = 0;
	struct tshard *s;

	ts_docs(ts_path("d"), 1000, N, 3, _i == 0 ? NULL : "dup_count");
	OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
	if (_i == 0)
		ck_assert_ptr_null(tshard_number_name(s));
	else
		ck_assert_str_eq(tshard_number_name(s), "dup_count");
	for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
		memset(d, 0xee, N * sizeof *d);
		OK(tshard_docs(s, ranges[r][0], ranges[r][1], d, &ts_e));
		for (size_t i = 0; i < ranges[r][1]; i++) {
			size_t row = ranges[r][0] + i;

			ck_assert_uint_eq(d[i].ordinal, row);
			ck_assert_uint_eq(d[i].number, _i == 0 ? 0 : ts_number(row));
			ck_assert_uint_eq(d[i].flags, _i == 0 ? 0 : ts_flags(row));
			if (r == 0 && !(d[i].flags & TSHARD_SEG_NO_LOSS))
				loss += d[i].tokens;
		}
	}
	ck_assert_uint_eq(tshard_header(s)->loss_tokens, loss);
	ck_assert_int_eq(tshard_docs(s, 1, N, d, &ts_e), -1);
	tshard_close(s);
	free(d);
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

/* Sections that do not wait in memory: 4 MiB of each do. */
START_TEST(many_documents)
{
	enum { N = 300000, STEP = 99991 };
	struct tshard *s;

	ts_docs(ts_path("d"), 70000, N, 2, "dup_count");
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
	OK(tshard_open(&s, ts_path("d"), TSHARD_CHECK, &ts_e));
	ck_assert_uint_gt(tshard_section(s, "DOCID")->bytes, 8 << 20);
	for (size_t i = 0; i < N; i += STEP) {
		char want[32], *id, *url;
		struct tshard_doc d;

		OK(tshard_docid(s, i, &id, &url, &ts_e));
		snprintf(want, sizeof want, "doc-%zu", i);
		ck_assert_str_eq(id, want);
		OK(tshard_docs(s, i, 1, &d, &ts_e));
		ck_assert_uint_eq(d.ordinal, i);
		ck_assert_uint_eq(d.number, ts_number(i));
		free(id);
	}
	tshard_close(s);
}
END_TEST

/* A finished shard can be committed later, or not at all. */
START_TEST(finish)
{
	struct tshard_facts f = ts_facts(TSHARD_DOCS, 100);
	const uint32_t ids[] = { 7, EOD };
	const struct tshard_doc d = { .ordinal = 0 };
	struct tshard_header h;
	struct tshard_writer *w;

	for (int commit = 0; commit < 2; commit++) {
		OK(tshard_writer_open(&w, ts_path("d"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
		OK(tshard_writer_put(w, ids, 2, &ts_e));
		OK(tshard_writer_end_doc(w, &d, "a", 1, NULL, 0, &ts_e));
		OK(tshard_writer_finish(w, &ts_e));
		OK(tshard_writer_finish(w, &ts_e));
		ck_assert_int_eq(tshard_writer_put(w, ids, 2, &ts_e), -1);
		ck_assert_int_eq(access(ts_path("d.bin"), F_OK), -1);
		ck_assert_int_eq(access(ts_path("d.sdx"), F_OK), -1);
		if (commit == 0) {
			tshard_writer_abort(w);
			continue;
		}
		OK(tshard_writer_commit(w, &h, &ts_e));
		ck_assert_uint_eq(h.tokens, 2);
	}
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

/* DOCNUM and DOCFLAG do not depend on each other. */
START_TEST(doc_facts_apart)
{
	struct tshard_facts f = ts_facts(TSHARD_DOCS, 1000);
	const uint32_t eod = EOD;
	struct tshard_doc d = { .number = 9 };
	struct tshard_writer *w;
	struct tshard *s;

	f.number = _i == 0 ? "n" : NULL;
	d.flags = _i == 0 ? 0 : TSHARD_SEG_NO_LOSS;
	OK(tshard_writer_open(&w, ts_path("d"), &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
	OK(tshard_writer_put(w, &eod, 1, &ts_e));
	OK(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e));
	OK(tshard_writer_commit(w, NULL, &ts_e));
	OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
	ck_assert_int_eq(tshard_section(s, "DOCNUM") != NULL, _i == 0);
	ck_assert_int_eq(tshard_section(s, "DOCFLAG") != NULL, _i == 1);
	OK(tshard_docs(s, 0, 1, &d, &ts_e));
	ck_assert_uint_eq(d.number, _i == 0 ? 9 : 0);
	ck_assert_uint_eq(d.flags, _i == 0 ? 0 : TSHARD_SEG_NO_LOSS);
	tshard_close(s);
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

START_TEST(doc_facts_refused)
{
	static const char *const names[] = { "", "a b", "\xc3\xa4",
		"0123456789012345678901234567890123456789012345678901234567890123" };
	static const uint8_t flags[] = { 1, 2, 4, 64, 128,
		TSHARD_SEG_FIM_PSM | TSHARD_SEG_FIM_SPM };
	struct tshard_facts f = ts_facts(TSHARD_DOCS, 1000);
	struct tshard_writer *w;
	const uint32_t eod = EOD;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		f.number = names[i];
		ck_assert_int_eq(tshard_writer_open(&w, ts_path("d"), &f, &ts_e), -1);
		ck_assert_ptr_nonnull(strstr(ts_e.msg, "the documents' number"));
	}
	f.number = names[3] + 1;
	for (size_t i = 0; i < sizeof flags; i++) {
		struct tshard_doc d = { .flags = flags[i] };

		OK(tshard_writer_open(&w, ts_path("d"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
		OK(tshard_writer_put(w, &eod, 1, &ts_e));
		ck_assert_int_eq(
		    tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e), -1);
		ck_assert_ptr_nonnull(strstr(ts_e.msg, "flags"));
		tshard_writer_abort(w);
	}
	f = ts_facts(TSHARD_SAMPLES, 1000);
	f.number = "n";
	ck_assert_int_eq(tshard_writer_open(&w, ts_path("s"), &f, &ts_e), -1);
}
END_TEST

/* A lengthened shard is that of the longer run; a wrong or damaged one stays as it is. */
START_TEST(lengthened)
{
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000), wrong;
	const struct tshard_source more[3] = { ts_sources[0], ts_sources[1],
		{ .name = "new" } };
	static const char *const ext[] = { "bin", "idx", "sdx" };
	struct tshard *s;
	char *got, *want;
	size_t n, m;

	f.first_sample = 8;
	f.run_samples = 12;
	f.shard_no = 2;
	f.shard_count = 3;
	ts_samples(ts_path("s"), &f, 4);
	f.run_samples = 40;
	f.shard_count = 10;
	f.plan[0] = f.run_id[0] = 7;
	ts_samples(ts_path("t"), &f, 4);
	OK(tshard_lengthen(ts_path("s"), &f, ts_sources, 2, "{}", 2, &ts_e));
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof name, "s.%s", ext[i]);
		got = ts_get(ts_path(name), &n);
		name[0] = 't';
		want = ts_get(ts_path(name), &m);
		ck_assert_uint_eq(n, m);
		ck_assert_mem_eq(got, want, n);
		free(got);
		free(want);
	}
	OK(tshard_lengthen(ts_path("s"), &f, more, 3, "{\"a\":1}", 7, &ts_e));
	ck_assert_msg(ts_verify(ts_path("s"), 1) == 0, "%s", ts_seen.msg);
	got = ts_get(ts_path("s.sdx"), &n);
	wrong = f;
	wrong.first_sample = 9;
	ck_assert_int_eq(
	    tshard_lengthen(ts_path("s"), &wrong, more, 3, "{}", 2, &ts_e), -1);
	ck_assert_int_eq(tshard_lengthen(ts_path("s"), &f, more, 2, "{}", 2, &ts_e), -1);
	want = ts_get(ts_path("s.sdx"), &m);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(got, want, n);
	OK(tshard_open(&s, ts_path("s"), 0, &ts_e));
	got[tshard_section(s, "SEG")->offset] ^= 1;
	tshard_close(s);
	ts_put(ts_path("s.sdx"), got, n);
	ck_assert_int_eq(tshard_lengthen(ts_path("s"), &f, more, 3, "{}", 2, &ts_e), -1);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "the checksum of section SEG differs"));
	free(got);
	free(want);
	ts_unlink("s");
	ts_unlink("t");
}
END_TEST

/* Equal shards have equal digests.  A different token changes the digest. */
START_TEST(digests)
{
	static const uint32_t ids[][2] = { { 7, EOD }, { 7, EOD }, { 8, EOD } };
	unsigned char digest[3][32], sum[32];
	size_t n;

	for (int i = 0; i < 3; i++) {
		struct tshard_facts f = ts_facts(TSHARD_DOCS, 1000);
		struct tshard_doc d = { .ordinal = 0 };
		struct tshard_writer *w;
		struct tshard *s;
		char *sdx;

		f.force = 1;
		OK(tshard_writer_open(&w, ts_path("d"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
		OK(tshard_writer_put(w, ids[i], 2, &ts_e));
		OK(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e));
		OK(tshard_writer_commit(w, NULL, &ts_e));
		OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
		tshard_digest(s, digest[i]);
		sdx = ts_get(ts_path("d.sdx"), &n);
		n = TSI_HEADER + TSI_ENTRY * (size_t)tshard_header(s)->n_sections;
		tshard_sha256(sdx, n, sum);
		ck_assert_mem_eq(digest[i], sum, 32);
		free(sdx);
		tshard_close(s);
	}
	ck_assert_mem_eq(digest[0], digest[1], 32);
	ck_assert_mem_ne(digest[0], digest[2], 32);
}
END_TEST

START_TEST(samples_come_back)
{
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, _i == 0 ? 1000 : 100000);
	struct tshard *s;
	struct tshard_seg *seg;
	uint32_t ids[8], next[2];
	size_t n;

	f.ids = _i;
	f.run_samples = 5;
	ts_samples(ts_path("s"), &f, 5);
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK, &ts_e));
	OK(tshard_segs(s, 1, &seg, &n, &ts_e));
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(seg[0].flags, TSHARD_SEG_CONTINUES | TSHARD_SEG_ENDS);
	ck_assert_uint_eq(seg[0].offset, 3);
	ck_assert_uint_eq(seg[1].flags, TSHARD_SEG_PAD);
	ck_assert_uint_eq(seg[1].start, 3);
	free(seg);
	OK(tshard_tokens(s, 8, 8, ids, &ts_e));
	ck_assert_uint_eq(ids[2], EOD);
	ck_assert_uint_eq(ids[3], PAD);
	OK(tshard_next(s, 0, 2, next, &ts_e));
	ck_assert_uint_eq(next[0], 15);
	ck_assert_uint_eq(next[1], TSHARD_NONE);
	ck_assert_uint_eq(tshard_header(s)->loss_tokens, 40 - 5);
	ck_assert_int_eq(tshard_segs(s, 5, &seg, &n, &ts_e), -1);
	tshard_close(s);
	ck_assert_msg(ts_verify(ts_path("s"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

START_TEST(raw_is_the_same)
{
	struct tshard_facts f = ts_facts(TSHARD_DOCS, 300);
	const unsigned char raw[6] = { 1, 0, 43, 1, EOD, 0 };
	const uint32_t ids[3] = { 1, 299, EOD };
	struct tshard_doc d = { .ordinal = 0 };
	struct tshard_writer *w;
	struct tshard_header h[2];

	for (int i = 0; i < 2; i++) {
		OK(tshard_writer_open(&w, ts_path(i == 0 ? "d" : "t"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
		OK(i == 0 ? tshard_writer_put(w, ids, 3, &ts_e)
			  : tshard_writer_put_raw(w, raw, 3, &ts_e));
		OK(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e));
		OK(tshard_writer_commit(w, &h[i], &ts_e));
	}
	ck_assert_mem_eq(h[0].payload, h[1].payload, 16);
}
END_TEST

/* Writes that cannot go past the page cache go through it. */
START_TEST(direct_falls_back)
{
	enum { N = 3 * TSI_DIRECT_ALIGN + 100 };
	int fd = open(ts_path("d.bin"), O_RDWR | O_CREAT | O_EXCL, 0600);
	bool direct = tsi_direct_begin(fd), was = direct;
	unsigned char *p = NULL;
	uint32_t state = 1;
	void *mem;
	char *is;
	size_t n;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(posix_memalign(&mem, TSI_DIRECT_ALIGN, N), 0);
	p = mem;
	for (size_t i = 0; i < N; i++)
		p[i] = (unsigned char)ts_rnd(&state);
	OK(tsi_direct_write(fd, &direct, p, TSI_DIRECT_ALIGN, "d.bin", &ts_e));
	ck_assert_int_eq(direct, was);
	/* Memory that is not aligned, then a length that is not. */
	OK(tsi_direct_write(
	    fd, &direct, p + TSI_DIRECT_ALIGN, N - TSI_DIRECT_ALIGN - 7, "d.bin", &ts_e));
	OK(tsi_direct_write(fd, &direct, p + N - 7, 7, "d.bin", &ts_e));
	close(fd);
	is = ts_get(ts_path("d.bin"), &n);
	ck_assert_uint_eq(n, N);
	ck_assert_mem_eq(is, p, N);
	free(is);
	free(p);
}
END_TEST

START_TEST(empty_shard)
{
	ts_docs(ts_path("d"), 1000, 0, 1, _i == 0 ? NULL : "n");
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

START_TEST(writer_refuses)
{
	struct tshard_facts f = ts_facts(TSHARD_DOCS, 1000);
	const uint32_t ids[2] = { 1000, EOD };
	struct tshard_doc d = { .ordinal = 0 };
	struct tshard_writer *w;

	ts_docs(ts_path("d"), 1000, 2, 5, NULL);
	ck_assert_int_eq(tshard_writer_open(&w, ts_path("d"), &f, &ts_e), -1);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	f.force = 1;
	OK(tshard_writer_open(&w, ts_path("d"), &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
	ck_assert_int_eq(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e), -1);
	ck_assert_int_eq(tshard_writer_put(w, ids, 2, &ts_e), -1);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "token 1000"));
	ck_assert_int_eq(tshard_writer_commit(w, NULL, &ts_e), -1);
	/* The old shard is intact. */
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
	ts_docs(ts_path("s"), 1000, 0, 1, NULL);
	f.kind = TSHARD_SAMPLES;
	f.seq_len = 8;
	OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
	ck_assert_int_eq(tshard_writer_put(w, ids + 1, 1, &ts_e), -1);
	tshard_writer_abort(w);
	f.vocab = 0;
	ck_assert_int_eq(tshard_writer_open(&w, ts_path("t"), &f, &ts_e), -1);
	f.vocab = 1000;
	ck_assert_int_eq(tshard_writer_open(&w, ts_path("no/where"), &f, &ts_e), -1);
	ck_assert_int_eq(ts_e.code, TSHARD_MISSING);
}
END_TEST

Suite *
tshard_suite(void)
{
	Suite *suite = suite_create("tshard");
	TCase *t = tcase_create("tshard");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_test(t, languages);
	tcase_add_loop_test(t, docs_come_back, 0, 4);
	tcase_add_loop_test(t, doc_facts_come_back, 0, 2);
	tcase_add_test(t, many_documents);
	tcase_add_test(t, finish);
	tcase_add_loop_test(t, doc_facts_apart, 0, 2);
	tcase_add_test(t, doc_facts_refused);
	tcase_add_test(t, lengthened);
	tcase_add_test(t, digests);
	tcase_add_loop_test(t, samples_come_back, 0, 2);
	tcase_add_test(t, raw_is_the_same);
	tcase_add_test(t, direct_falls_back);
	tcase_add_loop_test(t, empty_shard, 0, 2);
	tcase_add_test(t, writer_refuses);
	suite_add_tcase(suite, t);
	suite_add_tcase(suite, tshard_hash_case());
	suite_add_tcase(suite, tshard_damage_case());
	suite_add_tcase(suite, tshard_align_case());
	suite_add_tcase(suite, tshard_iter_case());
	suite_add_tcase(suite, tshard_kinds_case());
	suite_add_tcase(suite, tshard_run_case());
	suite_add_tcase(suite, tshard_feed_case());
	return suite;
}
