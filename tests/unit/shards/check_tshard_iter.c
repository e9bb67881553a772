/* check_tshard_iter.c - iterate over documents and samples, and check sections. */
#include "tests/unit/shards/tshard_make.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TCase *tshard_iter_case(void);

static int
next_doc(struct tshard_doc_iter *it, struct tshard_doc *d)
{
	int more = tshard_doc_iter_next(it, d, &ts_e);

	ck_assert_msg(more >= 0, "%s", ts_e.msg);
	return more;
}

static int
next_sample(struct tshard_sample_iter *it, struct tshard_sample *sample, uint32_t *ids)
{
	int more = tshard_sample_iter_next(it, sample, ids, &ts_e);

	ck_assert_msg(more >= 0, "%s", ts_e.msg);
	return more;
}

/* ---- documents ---- */

/* More documents than a chunk has; all of them, and ranges around the chunk's end. */
START_TEST(documents_in_order)
{
	enum { N = 5000 };
	static const struct {
		uint64_t first, n;
	} range[] = { { 0, N }, { 0, 4096 }, { 0, 4097 }, { 4095, 2 }, { 4999, 1 },
		{ 17, 0 }, { N, 0 } };
	struct tshard_doc *want = calloc(N, sizeof *want), d;
	struct tshard_doc_iter *it;
	struct tshard *s;

	ts_docs(ts_path("d"), 1000, N, 3, _i == 0 ? NULL : "n");
	OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
	OK(tshard_docs(s, 0, N, want, &ts_e));
	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		OK(tshard_doc_iter_open(&it, s, range[i].first, range[i].n, &ts_e));
		for (uint64_t k = 0; k < range[i].n; k++) {
			uint64_t row = range[i].first + k;

			ck_assert_int_eq(next_doc(it, &d), 1);
			ck_assert_mem_eq(d.id_hash, want[row].id_hash, 16);
			ck_assert_uint_eq(d.ordinal, row);
			ck_assert_uint_eq(d.tokens, want[row].tokens);
			ck_assert_uint_eq(d.number, _i == 0 ? 0 : ts_number(row));
			ck_assert_uint_eq(d.flags, _i == 0 ? 0 : ts_flags(row));
		}
		ck_assert_int_eq(next_doc(it, &d), 0);
		ck_assert_int_eq(next_doc(it, &d), 0);
		tshard_doc_iter_close(it);
	}
	ck_assert_int_eq(tshard_doc_iter_open(&it, s, N, 1, &ts_e), -1);
	ck_assert_ptr_null(it);
	ck_assert_int_eq(tshard_doc_iter_open(&it, s, UINT64_MAX, 2, &ts_e), -1);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "the shard has 5000"));
	tshard_doc_iter_close(NULL);
	tshard_close(s);
	free(want);
}
END_TEST

START_TEST(documents_checked)
{
	static const struct {
		size_t at;
		unsigned char byte;
		const char *msg;
	} bad[] = {
		{ 28, 2, "DOC row 2: source 2, the shard has 2" },
		{ 24, 0, "DOC row 2: 0 tokens" },
		{ 27, 0x80, "DOC row 2: 2147483649 tokens" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct tshard_doc_iter *it;
		struct tshard_doc d;
		struct tshard *s;
		int fd;

		ts_docs(ts_path("d"), 1000, 4, 1, NULL);
		OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
		OK(tshard_doc_iter_open(&it, s, 1, 3, &ts_e));
		fd = open(ts_path("d.sdx"), O_RDWR);
		ck_assert_int_eq(pwrite(fd, &bad[i].byte, 1,
				     (off_t)(tshard_section(s, "DOC")->offset +
					     (size_t)2 * TSI_DOC + bad[i].at)),
		    1);
		close(fd);
		ck_assert_int_eq(next_doc(it, &d), 1);
		ck_assert_int_eq(tshard_doc_iter_next(it, &d, &ts_e), -1);
		ck_assert_msg(strstr(ts_e.msg, bad[i].msg) != NULL, "%s", ts_e.msg);
		tshard_doc_iter_close(it);
		tshard_close(s);
		ts_unlink("d");
	}
}
END_TEST

/* ---- samples ---- */

enum { SEQ = 8, MANY = 140000 }; /* tokens; samples: more than a window of the payload */

static void
expect_sample(const struct tshard *s, uint64_t i, const struct tshard_sample *is,
    const uint32_t *ids)
{
	struct tshard_seg *segs;
	uint32_t want[SEQ], next;
	size_t n;

	OK(tshard_segs(s, i, &segs, &n, &ts_e));
	OK(tshard_next(s, i, 1, &next, &ts_e));
	ck_assert_uint_eq(is->number, tshard_header(s)->first_sample + i);
	ck_assert_uint_eq(is->next, next);
	ck_assert_uint_eq(is->n_segs, n);
	ck_assert_mem_eq(is->segs, segs, n * sizeof *segs);
	ck_assert_uint_eq(is->segs[n].start, SEQ);
	if (ids != NULL) {
		OK(tshard_tokens(s, i * SEQ, SEQ, want, &ts_e));
		ck_assert_mem_eq(ids, want, sizeof want);
	}
	free(segs);
}

/* Samples that differ in their tokens: sample i is a document of its own. */
static void
many_samples(uint32_t vocab, uint32_t n)
{
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, vocab);
	struct tshard_writer *w;

	f.first_sample = 1000;
	f.run_samples = UINT64_C(1000) + n;
	OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
	OK(tshard_writer_meta(w, "{}", 2, &ts_e));
	for (uint32_t i = 0; i < n; i++) {
		struct tshard_doc d = { .ordinal = i, .tokens = SEQ };
		struct tshard_seg seg = { .epoch = 0 };
		uint32_t ids[SEQ] = { i % 251, i / 251 % 251, i / 251 / 251 % 251 };

		ids[SEQ - 1] = EOD;
		OK(tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &seg.row, &ts_e));
		OK(tshard_writer_segment(w, &seg, &ts_e));
		OK(tshard_writer_put(w, ids, SEQ, &ts_e));
		OK(tshard_writer_end_sample(w, i % 251, &ts_e));
	}
	OK(tshard_writer_commit(w, NULL, &ts_e));
}

START_TEST(samples_in_order)
{
	static const unsigned flags[] = { 0, TSHARD_CHECK,
		TSHARD_CHECK | TSHARD_PAST_CACHE };
	struct tshard_sample_iter *it;
	struct tshard_sample sample;
	struct tshard *s;
	uint32_t ids[SEQ];

	many_samples(_i == 0 ? 1000 : 100000, MANY);
	for (size_t k = 0; k < 3; k++) {
		OK(tshard_open(&s, ts_path("s"), flags[k], &ts_e));
		OK(tshard_sample_iter_open(&it, s, 0, MANY, &ts_e));
		/* Several ck_asserts for every sample would dominate the running time. */
		for (uint32_t i = 0; i < MANY; i++)
			if (next_sample(it, &sample, ids) != 1 ||
			    sample.number != 1000 + i || sample.n_segs != 1 ||
			    sample.segs->row != i || ids[0] != i % 251 ||
			    ids[1] != i / 251 % 251 || ids[2] != i / 251 / 251 % 251 ||
			    ids[SEQ - 1] != EOD || sample.next != i % 251)
				ck_abort_msg("sample %" PRIu32 " is wrong", i);
		ck_assert_int_eq(next_sample(it, &sample, ids), 0);
		tshard_sample_iter_close(it);
		tshard_close(s);
	}
}
END_TEST

/* Samples of several segments and of pad, with and without their tokens. */
START_TEST(segments_of_samples)
{
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000);
	struct tshard_sample_iter *it;
	struct tshard_sample sample;
	struct tshard *s;
	uint32_t ids[SEQ];

	f.first_sample = 7;
	f.run_samples = 100;
	ts_samples(ts_path("s"), &f, 5);
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK, &ts_e));
	OK(tshard_sample_iter_open(&it, s, 0, 5, &ts_e));
	for (uint64_t i = 0; i < 5; i++) {
		uint32_t *to = i % 2 == 0 ? ids : NULL;

		ck_assert_int_eq(next_sample(it, &sample, to), 1);
		expect_sample(s, i, &sample, to);
	}
	ck_assert_int_eq(next_sample(it, &sample, NULL), 0);
	tshard_sample_iter_close(it);
	ck_assert_int_eq(tshard_sample_iter_open(&it, s, 4, 2, &ts_e), -1);
	ck_assert_ptr_null(it);
	tshard_sample_iter_close(NULL);
	tshard_close(s);
	ts_docs(ts_path("d"), 1000, 2, 5, NULL);
	OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
	ck_assert_int_eq(tshard_sample_iter_open(&it, s, 0, 1, &ts_e), -1);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "the shard has 0"));
	ck_assert_int_eq(tshard_sample_iter_open(&it, s, 0, 0, &ts_e), -1);
	tshard_close(s);
}
END_TEST

/* As a rank of many reads: a few samples, then on past those of the others, or back. */
START_TEST(samples_by_seek)
{
	struct tshard_sample_iter *it;
	struct tshard_sample sample;
	struct tshard *s;
	uint32_t ids[SEQ], state = 5;

	many_samples(_i == 0 ? 1000 : 100000, MANY);
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK, &ts_e));
	OK(tshard_sample_iter_open(&it, s, 0, 0, &ts_e));
	ck_assert_int_eq(next_sample(it, &sample, ids), 0);
	for (uint64_t first = 12; first + 4 <= MANY; first += 997) {
		OK(tshard_sample_iter_seek(it, first, 4, &ts_e));
		for (uint64_t i = first; i < first + 4; i++) {
			ck_assert_int_eq(next_sample(it, &sample, ids), 1);
			expect_sample(s, i, &sample, ids);
		}
		ck_assert_int_eq(next_sample(it, &sample, ids), 0);
	}
	for (int k = 0; k < 200; k++) {
		uint64_t i = ts_rnd(&state) % MANY;

		OK(tshard_sample_iter_seek(it, i, 1, &ts_e));
		ck_assert_int_eq(next_sample(it, &sample, ids), 1);
		expect_sample(s, i, &sample, ids);
	}
	ck_assert_int_eq(tshard_sample_iter_seek(it, MANY, 1, &ts_e), -1);
	tshard_sample_iter_close(it);
	tshard_close(s);
}
END_TEST

/* Samples longer than the window, whose ends are not those of blocks. */
START_TEST(samples_longer_than_the_window)
{
	enum { LONG = 700001, N = 3 };
	struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 100000);
	struct tshard_doc d = { .tokens = N * LONG };
	uint32_t *ids = calloc(LONG, sizeof *ids), *want = calloc(LONG, sizeof *ids);
	struct tshard_sample_iter *it;
	struct tshard_sample sample;
	struct tshard_writer *w;
	struct tshard *s;
	uint32_t row, state = 3;

	f.seq_len = LONG;
	f.eod = TSHARD_NONE;
	OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
	OK(tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &row, &ts_e));
	for (uint32_t i = 0; i < N; i++) {
		struct tshard_seg seg = { .row = row, .offset = i * LONG };

		for (size_t k = 0; k < LONG; k++)
			ids[k] = ts_rnd(&state) % 100000;
		OK(tshard_writer_segment(w, &seg, &ts_e));
		OK(tshard_writer_put(w, ids, LONG, &ts_e));
		OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
	}
	OK(tshard_writer_commit(w, NULL, &ts_e));
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK | TSHARD_PAST_CACHE, &ts_e));
	OK(tshard_sample_iter_open(&it, s, 0, N, &ts_e));
	for (uint64_t i = 0; i < N; i++) {
		ck_assert_int_eq(next_sample(it, &sample, ids), 1);
		OK(tshard_tokens(s, i * LONG, LONG, want, &ts_e));
		ck_assert_mem_eq(ids, want, LONG * sizeof *ids);
	}
	tshard_sample_iter_close(it);
	tshard_close(s);
	free(ids);
	free(want);
}
END_TEST

/* A bad block is named with a sample, and reading can go on after it. */
START_TEST(damaged_block)
{
	struct tshard_sample_iter *it;
	struct tshard_sample sample;
	struct tshard *s;
	uint32_t ids[SEQ];
	int fd, more;

	many_samples(1000, MANY);
	fd = open(ts_path("s.bin"), O_RDWR);
	ck_assert_int_eq(pwrite(fd, "\xff", 1, 5 * TSI_BLOCK + 11), 1);
	close(fd);
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK, &ts_e));
	OK(tshard_sample_iter_open(&it, s, 0, MANY, &ts_e));
	while ((more = tshard_sample_iter_next(it, &sample, ids, &ts_e)) > 0)
		continue;
	ck_assert_int_eq(more, -1);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	ck_assert_ptr_nonnull(strstr(ts_e.msg,
	    "s.bin: byte 327680: the checksum of block 5, samples 21480 to 25575,"));
	OK(tshard_sample_iter_seek(it, 6 * TSI_BLOCK / 2 / SEQ, 1, &ts_e));
	ck_assert_int_eq(next_sample(it, &sample, ids), 1);
	expect_sample(s, 6 * TSI_BLOCK / 2 / SEQ, &sample, ids);
	tshard_sample_iter_close(it);
	tshard_close(s);
}
END_TEST

START_TEST(samples_checked)
{
	static const struct {
		const char *tag, *msg;
		size_t at;
		unsigned char byte;
	} bad[] = {
		{ "SEG", "SEG row 2, sample 1: the first segment does not", 32, 1 },
		{ "SEG", "SEG row 1, sample 0: a segment does not start", 16, 0 },
		{ "SEG", "SEG row 1, sample 0: a segment starts past", 16, 8 },
		{ "SEG", "SEG row 1, sample 0: segments of two sources", 16 + 12, 1 },
		{ "SEG", "SEG row 0, sample 0: a segment of a source", 12, 2 },
		{ "SEG", "SEG row 4, sample 2: a segment of a document", 4 * 16 + 4, 3 },
		{ "SEGIDX", "SEGIDX row 1, sample 1: the number of segments", 16, 2 },
		{ "SEGIDX", "SEGIDX row 1, sample 1: the number of segments", 16, 99 },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct tshard_facts f = ts_facts(TSHARD_SAMPLES, 1000);
		struct tshard_sample_iter *it;
		struct tshard_sample sample;
		const struct tshard_section *sec;
		struct tshard *s;
		int fd, more;

		ts_samples(ts_path("s"), &f, 4);
		OK(tshard_open(&s, ts_path("s"), 0, &ts_e));
		sec = tshard_section(s, bad[i].tag);
		fd = open(ts_path("s.sdx"), O_RDWR);
		ck_assert_int_eq(
		    pwrite(fd, &bad[i].byte, 1, (off_t)(sec->offset + bad[i].at)), 1);
		close(fd);
		OK(tshard_sample_iter_open(&it, s, 0, 4, &ts_e));
		while ((more = tshard_sample_iter_next(it, &sample, NULL, &ts_e)) > 0)
			continue;
		ck_assert_int_eq(more, -1);
		ck_assert_int_eq(ts_e.code, TSHARD_DATA);
		ck_assert_msg(strstr(ts_e.msg, bad[i].msg) != NULL, "%s", ts_e.msg);
		tshard_sample_iter_close(it);
		tshard_close(s);
		ts_unlink("s");
	}
}
END_TEST

/* ---- sections ---- */

START_TEST(sections_checked)
{
	const struct tshard_section *sec;
	struct tshard *s;
	int fd;

	ts_docs(ts_path("d"), 1000, 4, 12, "n");
	OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
	OK(tshard_check(s, "", &ts_e));
	OK(tshard_check(s, "DOC DOCNUM", &ts_e));
	OK(tshard_check(s, " DOC  DOCNUM? SEG? ", &ts_e));
	ck_assert_int_eq(tshard_check(s, "DOC SEG DOCNUM", &ts_e), -1);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "section SEG is missing"));
	ck_assert_int_eq(tshard_check(s, "DOCUMENTS", &ts_e), -1);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "section DOCUMENTS is missing"));
	sec = tshard_section(s, "DOCNUM");
	fd = open(ts_path("d.sdx"), O_RDWR);
	ck_assert_int_eq(pwrite(fd, "x", 1, (off_t)(sec->offset + sec->bytes - 1)), 1);
	close(fd);
	ck_assert_int_eq(tshard_check(s, "DOC DOCNUM?", &ts_e), -1);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	ck_assert_ptr_nonnull(strstr(ts_e.msg, "the checksum of section DOCNUM differs"));
	OK(tshard_check(s, "DOC", &ts_e));
	tshard_close(s);
}
END_TEST

START_TEST(widths)
{
	ck_assert_uint_eq(tshard_width(1), 2);
	ck_assert_uint_eq(tshard_width(65536), 2);
	ck_assert_uint_eq(tshard_width(65537), 4);
	ck_assert_uint_eq(tshard_width(1u << 31), 4);
}
END_TEST

TCase *
tshard_iter_case(void)
{
	TCase *t = tcase_create("iter");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_loop_test(t, documents_in_order, 0, 2);
	tcase_add_test(t, documents_checked);
	tcase_add_loop_test(t, samples_in_order, 0, 2);
	tcase_add_test(t, segments_of_samples);
	tcase_add_loop_test(t, samples_by_seek, 0, 2);
	tcase_add_test(t, samples_longer_than_the_window);
	tcase_add_test(t, damaged_block);
	tcase_add_test(t, samples_checked);
	tcase_add_test(t, sections_checked);
	tcase_add_test(t, widths);
	return t;
}
