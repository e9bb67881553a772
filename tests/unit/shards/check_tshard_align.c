/* check_tshard_align.c - MASK, PAIR and LABEL are written, read and verified. */
#include "tests/unit/shards/tshard_make.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

TCase *tshard_align_case(void);

enum { MASKS = 1, PAIRS = 2, LABELS = 4 };

static const char *const names[] = { "helpfulness", "verbosity" };

static struct tshard_align
sections(unsigned has)
{
	return (struct tshard_align){ .mask = (has & MASKS) != 0,
		.pairs = (has & PAIRS) != 0,
		.labels = names,
		.n_labels = has & LABELS ? 2 : 0 };
}

static struct tshard_writer *
begin(const char *prefix, unsigned has, uint32_t vocab)
{
	struct tshard_facts f = ts_facts(TSHARD_DOCS, vocab);
	struct tshard_align a = sections(has);
	struct tshard_writer *w;

	f.force = 1;
	OK(tshard_writer_open(&w, prefix, &f, &ts_e));
	OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
	OK(tshard_writer_align(w, &a, &ts_e));
	return w;
}

/* The length of row i, and which of its tokens are targets. */
static uint32_t
length(uint32_t i)
{
	return 5 + i * 7919 % 60;
}

static bool
target(uint32_t i, uint32_t t)
{
	return t >= 3 && (i + t) % 5 != 0;
}

/* Document i, of 3 tokens of a prompt and a response; two in a row share the prompt. */
static void
put_doc(struct tshard_writer *w, unsigned has, uint32_t i)
{
	struct tshard_pair p = {
		.number = UINT64_C(10) * (i / 2), .prompt = 3, .rank = i % 2
	};
	struct tshard_doc d = { .ordinal = i };
	uint32_t n = length(i), ids[128];
	uint8_t is[128];
	float v[2] = { (float)i, i % 3 == 0 ? NAN : -0.5f };

	for (uint32_t t = 0; t < n; t++) {
		ids[t] = t + 1 == n ? EOD : 10 + (t < 3 ? i / 2 * 3 + t : i + t) % 90;
		is[t] = target(i, t);
	}
	OK(tshard_writer_put(w, ids, n / 2, &ts_e));
	if (has & MASKS && i % 3 == 0)
		OK(tshard_writer_mask(w, is, n / 2, &ts_e));
	OK(tshard_writer_put(w, ids + n / 2, n - n / 2, &ts_e));
	for (uint32_t t = 0; t < n && has & MASKS && i % 3 != 0; t++)
		if (is[t] != 0)
			OK(tshard_writer_targets(w, t, t + 1, &ts_e));
	if (has & MASKS && i % 3 == 0)
		OK(tshard_writer_mask(w, is + n / 2, n - n / 2, &ts_e));
	if (has & PAIRS)
		OK(tshard_writer_pair(w, &p, &ts_e));
	if (has & LABELS && !(has & PAIRS) && i % 4 == 0)
		OK(tshard_writer_label(w, 2, v, &ts_e));
	if (has & LABELS)
		OK(tshard_writer_label(w, n - 1, v, &ts_e));
	OK(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e));
}

static void
make(const char *prefix, unsigned has, uint32_t vocab, uint32_t n)
{
	struct tshard_writer *w = begin(prefix, has, vocab);

	for (uint32_t i = 0; i < n; i++)
		put_doc(w, has, i);
	OK(tshard_writer_commit(w, NULL, &ts_e));
}

static void
check_labels(const struct tshard *s, unsigned has, uint32_t n)
{
	uint64_t at = 0, k = 0;
	struct tshard_label l[2];
	float v[4];

	for (uint32_t i = 0; i < n; i++) {
		OK(tshard_label_find(s, i, &at, &ts_e));
		ck_assert_uint_eq(at, k);
		if (!(has & PAIRS) && i % 4 == 0) {
			OK(tshard_labels(s, k++, 2, l, v, &ts_e));
			ck_assert_uint_eq(l[0].offset, 2);
			ck_assert_uint_eq(l[1].row, i);
		}
		OK(tshard_labels(s, k++, 1, l, v, &ts_e));
		ck_assert_uint_eq(l[0].row, i);
		ck_assert_uint_eq(l[0].offset, length(i) - 1);
		ck_assert(v[0] == (float)i);
		ck_assert(i % 3 == 0 ? isnan(v[1]) : v[1] == -0.5f);
	}
	ck_assert_uint_eq(tshard_label_count(s), k);
	OK(tshard_label_find(s, n, &at, &ts_e));
	ck_assert_uint_eq(at, k);
}

/* All combinations of sections, with rows that wait in memory or in files. */
START_TEST(come_back)
{
	unsigned has = (unsigned)_i % 8;
	uint32_t n = _i < 8 ? 300 : 2 * 4096, targets = 0;
	struct tshard_align a;
	struct tshard_pair p;
	struct tshard *s;
	uint64_t first = 0;
	uint8_t is[128];

	make(ts_path("d"), has, _i % 2 == 0 ? 1000 : 70000, n);
	OK(tshard_open(&s, ts_path("d"), TSHARD_CHECK, &ts_e));
	tshard_align_of(s, &a);
	ck_assert_int_eq(a.mask, (has & MASKS) != 0);
	ck_assert_int_eq(a.pairs, (has & PAIRS) != 0);
	ck_assert_uint_eq(a.n_labels, has & LABELS ? 2 : 0);
	ck_assert_uint_eq(tshard_header(s)->minor, has == 0 ? 0 : 2);
	for (uint32_t i = 0; i < n; first += length(i++)) {
		if (has & MASKS)
			OK(tshard_mask(s, first, length(i), is, &ts_e));
		for (uint32_t t = 0; t < length(i) && has & MASKS; t++) {
			if (is[t] != target(i, t))
				ck_abort_msg("document %u, token %u", i, t);
			targets += is[t];
		}
		if (has & PAIRS) {
			OK(tshard_pairs(s, i, 1, &p, &ts_e));
			ck_assert_uint_eq(p.number, i / 2 * UINT64_C(10));
			ck_assert_uint_eq(p.rank, i % 2);
			ck_assert_uint_eq(p.prompt, 3);
		}
	}
	if (has & LABELS) {
		ck_assert_str_eq(a.labels[1], "verbosity");
		check_labels(s, has, n);
	}
	if (has & MASKS)
		ck_assert_uint_eq(tshard_header(s)->loss_tokens, targets);
	else
		ck_assert_int_eq(tshard_mask(s, 0, 1, is, &ts_e), -1);
	ck_assert_int_eq(tshard_mask(s, first, 1, is, &ts_e), -1);
	ck_assert_int_eq(tshard_pairs(s, n, 1, &p, &ts_e), -1);
	tshard_close(s);
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

/* Masks of more than a chunk of the reader, at any first token. */
START_TEST(long_mask)
{
	enum { N = 100000 };
	uint32_t *ids = calloc(N, sizeof *ids), state = 1;
	uint8_t *is = calloc(1, N), *got = calloc(1, N);
	struct tshard_writer *w = begin(ts_path("d"), MASKS, 100);
	struct tshard_doc d = { .ordinal = 0 };
	struct tshard *s;

	for (size_t i = 0; i < N; i++) {
		ids[i] = EOD;
		is[i] = i > 0 && ts_rnd(&state) % 3 == 0;
	}
	OK(tshard_writer_put(w, ids, N, &ts_e));
	OK(tshard_writer_mask(w, is, N, &ts_e));
	OK(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e));
	OK(tshard_writer_commit(w, NULL, &ts_e));
	OK(tshard_open(&s, ts_path("d"), 0, &ts_e));
	for (size_t first = 0; first < 20; first++) {
		OK(tshard_mask(s, first, N - 20, got, &ts_e));
		ck_assert_mem_eq(got, is + first, N - 20);
	}
	tshard_close(s);
	free(ids);
	free(is);
	free(got);
	ck_assert_msg(ts_verify(ts_path("d"), 1) == 0, "%s", ts_seen.msg);
}
END_TEST

/* ---- what the writer refuses ---- */

/* Ends a document of 4 tokens. */
static int
end(struct tshard_writer *w, uint8_t flags)
{
	struct tshard_doc d = { .flags = flags };

	return tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e);
}

static int
pair(struct tshard_writer *w, uint64_t number, uint32_t prompt, uint16_t rank)
{
	struct tshard_pair p = { .number = number, .prompt = prompt, .rank = rank };
	const uint32_t ids[] = { 7, 8, 9, EOD };

	OK(tshard_writer_put(w, ids, 4, &ts_e));
	OK(tshard_writer_pair(w, &p, &ts_e));
	return end(w, 0);
}

static int
misuse(struct tshard_writer *w, int i)
{
	const uint32_t ids[] = { 7, 8, 9, EOD };
	const uint8_t first[] = { 1, 0, 0, 0, 0 };
	float v[2] = { 0, INFINITY };

	if (i < 10)
		OK(tshard_writer_put(w, ids, 4, &ts_e));
	switch (i) {
	case 0:
		return tshard_writer_targets(w, 0, 1, &ts_e);
	case 1:
		return tshard_writer_mask(w, first, 4, &ts_e);
	case 2:
		return tshard_writer_mask(w, first + 1, 5, &ts_e);
	case 3:
		OK(tshard_writer_targets(w, 2, 3, &ts_e));
		return tshard_writer_targets(w, 1, 2, &ts_e);
	case 4:
		return tshard_writer_targets(w, 1, 5, &ts_e);
	case 5:
		OK(tshard_writer_targets(w, 1, 2, &ts_e));
		return end(w, TSHARD_SEG_NO_LOSS);
	case 6:
		return tshard_writer_label(w, 3, v, &ts_e);
	case 7:
		v[1] = 0;
		OK(tshard_writer_label(w, 3, v, &ts_e));
		return tshard_writer_label(w, 3, v, &ts_e);
	case 8:
		return tshard_writer_label(w, 4, v, &ts_e);
	case 9:
		return end(w, 0); /* without a pair */
	case 10:
		return pair(w, 0, 0, 0);
	case 11:
		return pair(w, 0, 4, 0);
	case 12:
		return pair(w, 0, 2, 1);
	case 13:
		ck_assert_int_eq(pair(w, 5, 2, 0), 0);
		return pair(w, 6, 2, 0);
	case 14:
		ck_assert_int_eq(pair(w, 5, 2, 0), 0);
		return pair(w, 5, 1, 1);
	case 15:
		ck_assert_int_eq(pair(w, 5, 2, 0), 0);
		return pair(w, 5, 2, 2);
	default:
		ck_assert_int_eq(pair(w, 5, 2, 0), 0);
		return tshard_writer_finish(w, &ts_e);
	}
}

START_TEST(writer_refuses_wrong_rows)
{
	static const char *const msg[] = { "first token", "first token", "more entries",
		"ascend", "ascend", "has targets", "infinite", "ascend", "ascend",
		"no pair", "leave one", "leave one", "0, 1, 2", "one answer only",
		"other prompts", "0, 1, 2", "one answer" };
	struct tshard_writer *w =
	    begin(ts_path("d"), _i < 9 ? MASKS | LABELS : MASKS | PAIRS | LABELS, 100);

	ck_assert_int_eq(misuse(w, _i), -1);
	ck_assert_msg(strstr(ts_e.msg, msg[_i]) != NULL, "%s", ts_e.msg);
	ck_assert_int_eq(ts_e.code, TSHARD_DATA);
	tshard_writer_abort(w);
}
END_TEST

START_TEST(names_refused)
{
	static const char *const bad[][2] = { { "", "a" }, { "a b", "a" }, { "a", "a" },
		{ "a", "123456789012345678901234" } };
	struct tshard_facts f = ts_facts(TSHARD_DOCS, 100);

	for (size_t i = 0; i < 4; i++) {
		struct tshard_align a = { .labels = bad[i], .n_labels = 2 };
		struct tshard_writer *w;

		OK(tshard_writer_open(&w, ts_path("d"), &f, &ts_e));
		OK(tshard_writer_sources(w, ts_sources, 1, &ts_e));
		ck_assert_int_eq(tshard_writer_align(w, &a, &ts_e), -1);
		tshard_writer_abort(w);
	}
}
END_TEST

/* ---- damage ---- */

START_TEST(no_flip_unseen)
{
	unsigned has = _i == 0 ? MASKS | PAIRS | LABELS : LABELS;

	make(ts_path("d"), has, 100, 4);
	ts_flip_all(ts_path("d"), ts_path("d.bin"), true, 3);
	ts_flip_all(ts_path("d"), ts_path("d.idx"), true, 3);
	ts_flip_all(ts_path("d"), ts_path("d.sdx"), false, 1);
	ts_cut_all(ts_path("d"), ts_path("d.sdx"), 1);
}
END_TEST

/* Where the entries of LABEL start, with two names. */
enum { ROWS = 8 + 2 * 24 };

/* Invalid values with correct checksums. */
START_TEST(values_make_sense)
{
	static const struct {
		const char *tag, *msg;
		size_t at;
		unsigned char v;
	} bad[] = {
		{ "MASK", "MASK: document 0: its first token is a target", 0, 0xff },
		{ "MASK", " loss tokens, MASK has ", 0, 0 },
		{ "PAIR", "PAIR: document 1: the ranks of a pair", 16 + 12, 2 },
		{ "PAIR", "PAIR: document 1: a pair starts with a rank above 0", 16, 9 },
		{ "PAIR", "PAIR: document 1: answers of a pair have other prompts",
		    16 + 8, 1 },
		{ "PAIR", "PAIR: document 2: the number of the pair does not rise", 32,
		    0 },
		{ "PAIR", "PAIR: document 0: the prompt must have a token", 8, 0 },
		{ "PAIR", "PAIR: document 0: the prompt must have a token", 8, 200 },
		{ "PAIR", "PAIR: document 0: the flags of a pair must be 0", 14, 1 },
		{ "LABEL", "LABEL: document 0: the label of an answer is not at",
		    ROWS + 4, 1 },
		{ "LABEL", "LABEL: document 1: the labels are not sorted", ROWS + 32, 0 },
		{ "LABEL", "LABEL: document 3: a label is after the last row",
		    ROWS + 16 * 3, 4 },
		{ "LABEL", "LABEL: document 0: a label is infinite", ROWS + 12, 1 },
		{ "LABEL", "LABEL: a name is not 1 to 23", 8, ' ' },
		{ "LABEL", "LABEL: a name is not padded", 8 + 23, 'x' },
		{ "LABEL", "LABEL: 3 names, ", 0, 3 },
		{ "LABEL", "LABEL: 0 names, a shard has 1 to 64", 0, 0 },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		make(ts_path("d"), MASKS | PAIRS | LABELS, 100, 4);
		ts_set_byte(ts_path("d.sdx"), bad[i].tag, bad[i].at, bad[i].v);
		ck_assert_int_gt(ts_verify(ts_path("d"), 1), 0);
		if (strcmp(bad[i].msg, "LABEL: 3 names, ") != 0)
			ck_assert_msg(strstr(ts_seen.msg, bad[i].msg) != NULL,
			    "%s, not %s", ts_seen.msg, bad[i].msg);
	}
}
END_TEST

/* Spare bits of MASK, and a prompt that its answers do not share. */
START_TEST(tokens_make_sense)
{
	struct tshard_pair p = { .prompt = 2 };
	const uint32_t ids[] = { 7, 8, EOD, 7, 9, EOD };
	struct tshard_writer *w = begin(ts_path("d"), MASKS | PAIRS, 100);

	for (uint16_t i = 0; i < 2; i++) {
		struct tshard_doc d = { .ordinal = i };

		OK(tshard_writer_put(w, ids + (size_t)3 * i, 3, &ts_e));
		p.rank = i;
		OK(tshard_writer_pair(w, &p, &ts_e));
		OK(tshard_writer_end_doc(w, &d, "x", 1, NULL, 0, &ts_e));
	}
	OK(tshard_writer_commit(w, NULL, &ts_e));
	ck_assert_int_eq(ts_verify(ts_path("d"), 1), 1);
	ck_assert_ptr_nonnull(strstr(ts_seen.msg, "token 1 of an answer to prompt 0"));
	ck_assert_uint_eq(ts_seen.byte, 8);
	ts_set_byte(ts_path("d.sdx"), "MASK", 0, 0x40);
	ck_assert_int_eq(ts_verify(ts_path("d"), 1), 1);
	ck_assert_ptr_nonnull(strstr(ts_seen.msg, "a bit after the last token is set"));
}
END_TEST

TCase *
tshard_align_case(void)
{
	TCase *t = tcase_create("align");

	tcase_add_checked_fixture(t, ts_setup, ts_teardown);
	tcase_add_loop_test(t, come_back, 0, 16);
	tcase_add_test(t, long_mask);
	tcase_add_loop_test(t, writer_refuses_wrong_rows, 0, 17);
	tcase_add_test(t, names_refused);
	tcase_add_loop_test(t, no_flip_unseen, 0, 2);
	tcase_add_test(t, values_make_sense);
	tcase_add_test(t, tokens_make_sense);
	return t;
}
