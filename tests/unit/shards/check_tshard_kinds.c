/* check_tshard_kinds.c - shards of conversations, of pairs and of rewards. */
#include "tests/unit/shards/tshard_make.h"

#include <stdio.h>
#include <stdlib.h>

TCase *tshard_kinds_case(void);

static const char *const names[] = { "reward" };

static struct tshard_writer *
begin(uint32_t kind)
{
	struct tshard_facts f = ts_facts(kind, 100);
	struct tshard_align a = { .mask = kind != TSHARD_REWARD,
		.pairs = kind == TSHARD_PREF,
		.labels = names,
		.n_labels = kind != TSHARD_SFT };
	struct tshard_writer *w;

	f.seq_len = 16;
	f.first_sample = 10;
	f.run_samples = 20;
	f.force = 1;
	OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
	OK(tshard_writer_align(w, &a, &ts_e));
	return w;
}

/* A whole document of n tokens: 7, 8, 9, ... and eod; those from the fourth on are
 * targets. */
static void
put(struct tshard_writer *w, uint32_t kind, uint32_t n, uint16_t rank)
{
	struct tshard_doc d = { .tokens = n };
	struct tshard_pair p = { .prompt = 3, .rank = rank };
	struct tshard_seg seg = { .epoch = 2 };
	const float reward = (float)n;

	OK(tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &seg.row, &ts_e));
	OK(tshard_writer_segment(w, &seg, &ts_e));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = i + 1 == n ? EOD : 7 + i;

		OK(tshard_writer_put(w, &id, 1, &ts_e));
	}
	if (kind != TSHARD_REWARD)
		OK(tshard_writer_targets(w, 3, n, &ts_e));
	if (kind == TSHARD_PREF)
		OK(tshard_writer_pair(w, &p, &ts_e));
	if (kind != TSHARD_SFT)
		OK(tshard_writer_label(w, n - 1, &reward, &ts_e));
}

/* Two samples: 5, gap of 3, 6, pad of 2; and 8, 8. */
static void
make(uint32_t kind)
{
	struct tshard_writer *w = begin(kind);

	put(w, kind, 5, 0);
	OK(tshard_writer_gap(w, 0, 2, 3, &ts_e));
	put(w, kind, 6, 1);
	OK(tshard_writer_pad(w, 0, 2, &ts_e));
	OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
	put(w, kind, 8, 0);
	put(w, kind, 8, 1);
	OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
	OK(tshard_writer_commit(w, NULL, &ts_e));
}

START_TEST(kinds_come_back)
{
	const uint32_t kind = (uint32_t)_i;
	struct tshard_label l[4];
	struct tshard_pair p[6];
	struct tshard_seg *seg;
	struct tshard *s;
	uint8_t is[32];
	float v[4];
	size_t n;

	make(kind);
	ck_assert_msg(ts_verify(ts_path("s"), 1) == 0, "%s", ts_seen.msg);
	OK(tshard_open(&s, ts_path("s"), TSHARD_CHECK, &ts_e));
	ck_assert_uint_eq(tshard_header(s)->kind, kind);
	OK(tshard_segs(s, 0, &seg, &n, &ts_e));
	ck_assert_uint_eq(n, 4);
	ck_assert_uint_eq(seg[1].flags, TSHARD_SEG_PAD);
	ck_assert_uint_eq(seg[2].start, 8);
	ck_assert_uint_eq(seg[2].flags, kind == TSHARD_PREF
					    ? TSHARD_SEG_ENDS | TSHARD_SEG_REJECTED
					    : TSHARD_SEG_ENDS);
	free(seg);
	if (kind != TSHARD_REWARD) {
		OK(tshard_mask(s, 0, 32, is, &ts_e));
		for (uint32_t i = 0; i < 32; i++)
			ck_assert_uint_eq(
			    is[i], i < 16 ? i == 3 || i == 4 || (i >= 11 && i < 14)
					  : i % 8 >= 3);
		ck_assert_uint_eq(tshard_header(s)->loss_tokens, 5 + 10);
	}
	if (kind == TSHARD_PREF) {
		OK(tshard_pairs(s, 0, 6, p, &ts_e));
		ck_assert_uint_eq(p[0].number, 160);
		ck_assert_uint_eq(p[1].number, UINT64_MAX);
		ck_assert_uint_eq(p[2].number, 160);
		ck_assert_uint_eq(p[4].number, 176);
		ck_assert_uint_eq(p[5].rank, 1);
	}
	if (kind != TSHARD_SFT) {
		OK(tshard_labels(s, 0, 4, l, v, &ts_e));
		ck_assert_uint_eq(l[1].row, 2);
		ck_assert_uint_eq(l[1].offset, 5);
		ck_assert(v[1] == 6);
	}
	tshard_close(s);
}
END_TEST

START_TEST(kinds_no_flip_unseen)
{
	make((uint32_t)_i);
	ts_flip_all(ts_path("s"), ts_path("s.bin"), true, 1);
	ts_flip_all(ts_path("s"), ts_path("s.idx"), true, 3);
	ts_flip_all(ts_path("s"), ts_path("s.sdx"), false, 1);
}
END_TEST

/* Invalid values with correct checksums, in the segments of pairs. */
START_TEST(segments_make_sense)
{
	static const struct {
		const char *tag, *msg;
		size_t at;
		unsigned char v;
	} bad[] = {
		{ "SEG", "SEG row 0: a document is not whole", 16, 4 },
		{ "SEG", "SEG: segment 0: it is not an answer of a pair", 16 + 15, 68 },
		{ "SEG", "PAIR: segment 2: the flags chosen and rejected", 32 + 15, 66 },
		{ "SEG", "PAIR: segment 0: the flags chosen and rejected", 15, 2 },
		{ "NEXT", "NEXT row 0: no token follows whole documents", 1, 0 },
		{ "MASK", "MASK: segment 1: padding has targets", 0, 0x58 },
		{ "MASK", "MASK: segment 2: its first token is a target", 1, 0x39 },
		{ "PAIR", "PAIR: segment 0: the number of the pair is not the place", 0,
		    161 },
		{ "PAIR", "PAIR: segment 1: padding has a pair", 16, 0 },
		{ "LABEL", "LABEL: segment 1: padding has a label", 32 + 12, 1 },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		make(TSHARD_PREF);
		ts_set_byte(ts_path("s.sdx"), bad[i].tag, bad[i].at, bad[i].v);
		ck_assert_int_gt(ts_verify(ts_path("s"), 1), 0);
		if (i == 1)
			continue;
		ck_assert_msg(strstr(ts_seen.msg, bad[i].msg) != NULL, "%s, not %s",
		    ts_seen.msg, bad[i].msg);
	}
}
END_TEST

/* ---- what the writer refuses ---- */

static int
misuse(int i)
{
	const uint32_t kind = i < 4 ? TSHARD_SFT : TSHARD_PREF;
	struct tshard_writer *w = begin(kind);
	struct tshard_doc d = { .tokens = 9 };
	struct tshard_seg seg = { .row = 0 };
	const uint32_t ids[4] = { 7, 7, 7, EOD };
	int rc = -1;

	if (i == 0)
		rc = tshard_writer_pad(w, 0, 0, &ts_e);
	else
		put(w, kind, 5, 0);
	if (i == 1) {
		OK(tshard_writer_gap(w, 0, 0, 1, &ts_e));
		rc = tshard_writer_gap(w, 0, 0, 1, &ts_e);
	}
	if (i == 2)
		rc = tshard_writer_gap(w, 0, 0, 12, &ts_e);
	if (i == 3) {
		OK(tshard_writer_add_doc(w, &d, NULL, 0, NULL, 0, &seg.row, &ts_e));
		OK(tshard_writer_segment(w, &seg, &ts_e));
		OK(tshard_writer_put(w, ids, 4, &ts_e));
		rc = tshard_writer_pad(w, 0, 0, &ts_e);
	}
	if (i == 4) {
		struct tshard_pair p = { .prompt = 3, .rank = 1 };

		OK(tshard_writer_pad(w, 0, 0, &ts_e));
		OK(tshard_writer_end_sample(w, TSHARD_NONE, &ts_e));
		OK(tshard_writer_segment(w, &seg, &ts_e));
		OK(tshard_writer_put(w, ids, 4, &ts_e));
		rc = tshard_writer_pair(w, &p, &ts_e);
	}
	if (i == 5) {
		put(w, kind, 5, 1);
		OK(tshard_writer_pad(w, 0, 0, &ts_e));
		rc = tshard_writer_end_sample(w, 7, &ts_e);
	}
	tshard_writer_abort(w);
	return rc;
}

START_TEST(kinds_refuse)
{
	static const char *const msg[] = { "starts with pad", "follows pad", "no room",
		"is cut", "spans two samples", "follows whole documents" };

	ck_assert_int_eq(misuse(_i), -1);
	ck_assert_msg(strstr(ts_e.msg, msg[_i]) != NULL, "%s", ts_e.msg);
}
END_TEST

/* Sections that a kind lacks or cannot have. */
START_TEST(kinds_need_sections)
{
	const struct tshard_align mask = { .mask = 1 }, pairs = { .pairs = 1 },
				  labels = { .labels = names, .n_labels = 1 };
	const struct tshard_align *of[] = { &pairs, &labels, &mask, &mask };
	static const uint32_t kinds[] = { TSHARD_SFT, TSHARD_PREF, TSHARD_REWARD,
		TSHARD_SAMPLES };

	for (size_t i = 0; i < 4; i++) {
		struct tshard_facts f = ts_facts(kinds[i], 100);
		struct tshard_writer *w;

		f.seq_len = 8;
		OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
		ck_assert_int_eq(tshard_writer_align(w, of[i], &ts_e), -1);
		tshard_writer_abort(w);
		if (i == 3)
			continue;
		OK(tshard_writer_open(&w, ts_path("s"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 2, &ts_e));
		ck_assert_int_eq(tshard_writer_commit(w, NULL, &ts_e), -1);
	}
}
END_TEST

/* The loss mask of a feed is MASK, one token earlier; that of rewards is empty. */
START_TEST(feed_has_targets)
{
	struct tshard_feed_config c = { .consumed = 10,
		.micro_batch = 2,
		.flags = TSHARD_FEED_ALL | TSHARD_FEED_IGNORE };
	const struct tshard_batch *b;
	struct tshard_run_line line;
	struct tshard_feed *f;
	struct tshard_run *r;
	size_t len;
	char *tsv;

	make((uint32_t)_i);
	for (int i = 0; i < 3; i++) {
		char to[32], from[8];

		snprintf(to, sizeof to, "shard-00000%s", tsi_ext[i]);
		snprintf(from, sizeof from, "s%s", tsi_ext[i]);
		ck_assert_int_eq(rename(ts_path(from), ts_path(to)), 0);
	}
	OK(tshard_run_line(ts_path("shard-00000"), &line, &ts_e));
	tsv = tshard_run_render(&line, 1, &len);
	ts_put(ts_path("run.tsv"), tsv, len);
	free(tsv);
	OK(tshard_run_open(&r, ts_dir, &ts_e));
	OK(tshard_feed_open(&f, r, &c, NULL, &ts_e));
	ck_assert_msg(tshard_feed_next(f, &b, &ts_e) == 1, "%s", ts_e.msg);
	for (uint32_t i = 0; i < 32; i++) {
		bool is = i < 16 ? i == 2 || i == 3 || (i >= 10 && i < 13)
				 : i % 8 >= 2 && i % 8 < 7;

		is = is && _i != TSHARD_REWARD;
		ck_assert_uint_eq(b->loss_mask[i], is);
		ck_assert_int_eq(b->labels[i], is ? b->tokens[i + 1] : -100);
	}
	tshard_feed_close(f);
	tshard_run_close(r);
}
END_TEST

TCase *
tshard_kinds_case(void)
{
	TCase *t = tcase_create("kinds");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_loop_test(t, kinds_come_back, TSHARD_SFT, TSHARD_REWARD + 1);
	tcase_add_loop_test(t, kinds_no_flip_unseen, TSHARD_SFT, TSHARD_REWARD + 1);
	tcase_add_loop_test(t, feed_has_targets, TSHARD_SFT, TSHARD_REWARD + 1);
	tcase_add_test(t, segments_make_sense);
	tcase_add_loop_test(t, kinds_refuse, 0, 6);
	tcase_add_test(t, kinds_need_sections);
	return t;
}
