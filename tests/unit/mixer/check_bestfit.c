/* check_bestfit.c - compares packing with a naive best-fit decreasing; tests
 * spreading.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "mixer/plan/bestfit.h"
#include "mixer/plan/fragment_spread.h"
#include "mixer/plan/permute.h"

Suite *bestfit_suite(void);

static uint64_t state = 88172645463325252;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* Lognormal with mean 1013, like web documents. */
static void
lognormal(uint32_t *len, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		double u = ((double)below(1 << 30) + .5) / (1 << 30);
		double v = ((double)below(1 << 30) + .5) / (1 << 30);
		double x =
		    exp(6.2 + 1.2 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));

		len[i] = 1 + (uint32_t)(x < 200000 ? x : 200000);
	}
}

/* A ck_assert for every piece would dominate the running time. */
#define CHECK(holds)                                                                     \
	do {                                                                             \
		if (!(holds))                                                            \
			ck_abort_msg("not so: %s", #holds);                              \
	} while (0)

/* ---- small windows by hand ---- */

/* Pieces are doc+offset:tokens; '|' separates samples. */
static const struct {
	uint32_t seq, n, len[8];
	const char *want;
} small[] = {
	{ 4, 1, { 1 }, "0+0:1" },
	{ 4, 1, { 4 }, "0+0:4" },
	{ 4, 1, { 9 }, "0+0:4|0+4:4|0+8:1" },
	/* Documents within a sample are in document order, not by length. */
	{ 4, 2, { 1, 3 }, "0+0:1 1+0:3" },
	/* Samples are ordered by their first piece. */
	{ 4, 4, { 1, 4, 8, 3 }, "0+0:1 3+0:3|1+0:4|2+0:4|2+4:4" },
	/* One token prefers room 1, of document 0, over room 2 ... */
	{ 5, 3, { 4, 3, 1 }, "0+0:4 2+0:1|1+0:3" },
	/* ... and of equal rooms the one reached last. */
	{ 5, 3, { 4, 4, 1 }, "0+0:4|1+0:4 2+0:1" },
	/* 6, 5 and 4 open samples; 3 joins 5, 2 joins 6, and 4 joins 4. */
	{ 8, 6, { 2, 3, 4, 5, 6, 4 }, "0+0:2 4+0:6|1+0:3 3+0:5|2+0:4 5+0:4" },
	/* A remainder is packed like a short document, after its whole samples. */
	{ 4, 3, { 6, 1, 5 }, "0+0:4|0+4:2 1+0:1 2+4:1|2+0:4" },
	{ 1, 3, { 2, 1, 3 }, "0+0:1|0+1:1|1+0:1|2+0:1|2+1:1|2+2:1" },
};

START_TEST(packs_small_windows)
{
	struct bestfit *b = bestfit_new(small[_i].seq);
	uint64_t samples = bestfit_pack(b, small[_i].len, small[_i].n);
	struct buf got = { 0 };

	for (uint64_t i = 0; i < samples; i++) {
		struct bestfit_piece whole;
		uint32_t n;
		const struct bestfit_piece *p = bestfit_sample(b, i, &whole, &n);

		for (uint32_t k = 0; k < n; k++)
			buf_putf(&got, "%s%u+%u:%u",
			    k	? " "
			    : i ? "|"
				: "",
			    p[k].doc, p[k].offset, p[k].tokens);
	}
	buf_putc(&got, '\0');
	ck_assert_str_eq(got.p, small[_i].want);
	ck_assert_uint_eq(bestfit_count(b, small[_i].len, small[_i].n), samples);
	buf_free(&got);
	bestfit_free(b);
}
END_TEST

/* ---- comparison with a naive packer ---- */

struct naive {
	uint32_t opened; /* samples with remainders */
	uint32_t *of;	 /* [doc]: the sample with its remainder */
};

/* Tries every sample for every document. */
static void
naive_pack(struct naive *p, uint32_t seq, const uint32_t *len, uint32_t n)
{
	uint32_t *room = xcalloc(n, sizeof *room), *since = xcalloc(n, sizeof *since);
	bool *packed = xcalloc(n, sizeof *packed);

	p->opened = 0;
	p->of = xcalloc(n, sizeof *p->of);
	for (uint32_t now = 1; now <= n; now++) {
		uint32_t doc = n, best = n, most = 0;

		for (uint32_t i = 0; i < n; i++)
			if (!packed[i] && len[i] % seq > most) {
				doc = i;
				most = len[i] % seq;
			}
		if (doc == n)
			break;
		for (uint32_t s = 0; s < p->opened; s++)
			if (room[s] >= most &&
			    (best == n || room[s] < room[best] ||
				(room[s] == room[best] && since[s] > since[best])))
				best = s;
		if (best == n)
			room[best = p->opened++] = seq;
		room[best] -= most;
		since[best] = now;
		p->of[doc] = best;
		packed[doc] = true;
	}
	free(room);
	free(since);
	free(packed);
}

/*
 * Every token of every document is in exactly one sample.  Pieces and samples are in
 * order.  Documents are cut at multiples of a sample only.  of: the expected sample of
 * each remainder, or NULL.
 */
static void
check_packing(struct bestfit *b, uint32_t seq, const uint32_t *len, uint32_t n,
    uint64_t samples, const uint32_t *of)
{
	uint32_t *whole = xcalloc(n, sizeof *whole), *rest = xcalloc(n, sizeof *rest);
	uint64_t last = 0;

	for (uint64_t i = 0; i < samples; i++) {
		struct bestfit_piece room;
		uint32_t pieces, tokens = 0;
		const struct bestfit_piece *p = bestfit_sample(b, i, &room, &pieces);
		uint64_t key = (uint64_t)p->doc << 32 | p->offset;

		CHECK(pieces > 0);
		CHECK(i == 0 || last < key);
		last = key;
		for (uint32_t k = 0; k < pieces; k++) {
			uint32_t doc = p[k].doc;

			CHECK(doc < n && (k == 0 || p[k - 1].doc < doc));
			tokens += p[k].tokens;
			if (p[k].tokens == seq) {
				CHECK(p[k].offset == whole[doc]);
				whole[doc] += seq;
			} else {
				CHECK(p[k].offset == len[doc] - len[doc] % seq);
				rest[doc] += p[k].tokens;
				CHECK(!of || of[doc] == of[p[0].doc]);
			}
		}
		CHECK(tokens <= seq);
	}
	for (uint32_t i = 0; i < n; i++)
		CHECK(rest[i] == len[i] % seq && whole[i] + rest[i] == len[i]);
	free(whole);
	free(rest);
}

static void
compare_with_naive(struct bestfit *b, uint32_t seq, const uint32_t *len, uint32_t n)
{
	struct naive naive;
	uint64_t want = 0, got = bestfit_count(b, len, n);

	naive_pack(&naive, seq, len, n);
	for (uint32_t i = 0; i < n; i++)
		want += len[i] / seq;
	want += naive.opened;
	ck_assert_uint_eq(got, want);
	ck_assert_uint_eq(bestfit_pack(b, len, n), want);
	/*
	 * Equal numbers of samples and equal grouping of remainders imply equal packings.
	 */
	check_packing(b, seq, len, n, got, naive.of);
	free(naive.of);
}

/*
 * Lengths up to a bound, a few distinct ones, or ones at word boundaries of the bitmaps.
 */
static void
random_lengths(uint32_t *len, uint32_t n, uint32_t seq, uint64_t kind)
{
	static const uint32_t steps[] = { 1, 63, 64, 65, 4095, 4096, 4097, 262143,
		262144 };
	uint32_t few[3];

	for (int i = 0; i < 3; i++)
		few[i] = 1 + (uint32_t)below(seq);
	for (uint32_t i = 0; i < n; i++) {
		if (kind == 0)
			len[i] = 1 + (uint32_t)below(seq);
		else if (kind == 1)
			len[i] = 1 + (uint32_t)below(1 + seq / 4);
		else if (kind == 2)
			len[i] = 1 + (uint32_t)below(3 * (uint64_t)seq);
		else if (kind == 3)
			len[i] = few[below(3)];
		else if (kind == 4)
			len[i] = seq > 9 ? seq / (1 + (uint32_t)below(9)) : seq;
		else
			len[i] = steps[below(9)];
	}
}

START_TEST(matches_a_naive_packer)
{
	static const uint32_t seqs[] = { 1, 2, 3, 63, 64, 65, 100, 4095, 4096, 4097, 8192,
		262144, 262145, 1000003, BESTFIT_SEQ_MAX };
	uint32_t seq = seqs[_i], len[300];
	struct bestfit *b = bestfit_new(seq);

	/* One packer for all windows: no state may leak from one to the next. */
	for (int i = 0; i < 120; i++) {
		uint32_t n = 1 + (uint32_t)below(i % 4 ? 20 : 300);

		random_lengths(len, n, seq, below(seq > 64 ? 6 : 5));
		compare_with_naive(b, seq, len, n);
	}
	bestfit_free(b);
}
END_TEST

START_TEST(count_matches_pack)
{
	uint32_t *len = xcalloc(BESTFIT_WINDOW, sizeof *len);

	for (int i = 0; i < 60; i++) {
		uint32_t n = i % 3 ? BESTFIT_WINDOW : 1 + (uint32_t)below(BESTFIT_WINDOW);
		uint32_t seq = 1 + (uint32_t)below(UINT64_C(1) << (1 + below(24)));
		struct bestfit *b = bestfit_new(seq);
		uint64_t samples;

		if (i % 7 == 6)
			lognormal(len, n);
		else
			random_lengths(len, n, seq, (uint64_t)(i % 7));
		samples = bestfit_pack(b, len, n);
		if (samples < 1000000)
			check_packing(b, seq, len, n, samples, NULL);
		ck_assert_uint_eq(bestfit_count(b, len, n), samples);
		bestfit_free(b);
	}
	free(len);
}
END_TEST

/* 2^47 samples, in memory that does not depend on their number. */
START_TEST(packs_the_largest_documents)
{
	uint32_t *len = xcalloc(BESTFIT_WINDOW, sizeof *len), pieces;
	struct bestfit *b = bestfit_new(1);
	uint64_t each = BESTFIT_LEN_MAX, all = BESTFIT_WINDOW * each;
	struct bestfit_piece whole;

	for (uint32_t i = 0; i < BESTFIT_WINDOW; i++)
		len[i] = BESTFIT_LEN_MAX;
	ck_assert_uint_eq(bestfit_count(b, len, BESTFIT_WINDOW), all);
	ck_assert_uint_eq(bestfit_pack(b, len, BESTFIT_WINDOW), all);
	for (uint64_t i = 0; i < all; i += 1 + below(all / 1000)) {
		const struct bestfit_piece *p = bestfit_sample(b, i, &whole, &pieces);

		CHECK(pieces == 1 && p->tokens == 1);
		CHECK(p->doc == i / each && p->offset == i % each);
	}
	bestfit_free(b);

	b = bestfit_new(BESTFIT_SEQ_MAX);
	ck_assert_uint_eq(
	    bestfit_pack(b, len, BESTFIT_WINDOW), (uintmax_t)BESTFIT_WINDOW * 128);
	bestfit_sample(b, BESTFIT_WINDOW * 128 - 1, &whole, &pieces);
	ck_assert_uint_eq(pieces, 1);
	bestfit_free(b);
	bestfit_free(NULL);
	free(len);
}
END_TEST

/* The bound on padding that justifies the window size. */
START_TEST(pads_little)
{
	uint32_t *len = xcalloc(BESTFIT_WINDOW, sizeof *len);
	struct bestfit *b = bestfit_new(4096);
	uint64_t tokens = 0, samples = 0;

	for (int w = 0; w < 8; w++) {
		lognormal(len, BESTFIT_WINDOW);
		for (uint32_t i = 0; i < BESTFIT_WINDOW; i++)
			tokens += len[i];
		samples += bestfit_count(b, len, BESTFIT_WINDOW);
	}
	ck_assert_double_lt(1 - (double)tokens / ((double)samples * 4096), 0.0001);
	bestfit_free(b);
	free(len);
}
END_TEST

/* ---- spreading fragments ---- */

/* Random positions in an order of `of` samples. */
static uint64_t *
random_pos(uint64_t samples, uint64_t of)
{
	uint64_t *pos = xcalloc((size_t)samples, sizeof *pos);
	uint64_t from = below(of - samples + 1);
	struct permute p;

	permute_init(&p, of, below(1000), SPAN("source"), 0);
	for (uint64_t i = 0; i < samples; i++)
		pos[i] = permute_at(&p, from + i);
	return pos;
}

static int
by_pos(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The smallest distance between n positions; sorts them. */
static uint64_t
least_distance(uint64_t *pos, uint64_t n)
{
	uint64_t least = UINT64_MAX;

	qsort(pos, (size_t)n, sizeof *pos, by_pos);
	for (uint64_t i = 1; i < n; i++)
		if (pos[i] - pos[i - 1] < least)
			least = pos[i] - pos[i - 1];
	return least;
}

/*
 * Each sample has one number, and fragments of documents with at most `most` of them are
 * more than of / 256 apart.
 */
static void
check_spread(struct bestfit *b, uint32_t seq, const uint32_t *len, uint32_t n,
    uint64_t samples, const uint64_t *pos, uint64_t of, uint64_t most)
{
	uint64_t **at = xcalloc(n, sizeof(uint64_t *));
	uint64_t *found = xcalloc(n, sizeof *found);

	for (uint32_t i = 0; i < n; i++)
		at[i] = xmalloc((len[i] / seq + 1) * sizeof **at);
	for (uint64_t i = 0; i < samples; i++) {
		struct bestfit_piece whole;
		uint32_t pieces;
		const struct bestfit_piece *p = bestfit_sample(b, i, &whole, &pieces);

		for (uint32_t k = 0; k < pieces; k++) {
			CHECK(found[p[k].doc] <= len[p[k].doc] / seq);
			at[p[k].doc][found[p[k].doc]++] = pos[i];
		}
	}
	for (uint32_t i = 0; i < n; i++) {
		/* Positions are distinct, so each sample was counted once. */
		ck_assert_uint_eq(found[i], len[i] / seq + (len[i] % seq > 0));
		ck_assert_uint_gt(
		    least_distance(at[i], found[i]), found[i] <= most ? of / 256 : 0);
		free(at[i]);
	}
	free(at);
	free(found);
}

static void
pack_and_spread(
    uint32_t seq, const uint32_t *len, uint32_t n, uint64_t times, uint64_t most)
{
	struct bestfit *b = bestfit_new(seq);
	uint64_t samples = bestfit_pack(b, len, n), of = samples * times;
	uint64_t *pos = random_pos(samples, of);

	bestfit_spread(b, pos, of);
	check_spread(b, seq, len, n, samples, pos, of, samples >= 2048 ? most : 0);
	free(pos);
	bestfit_free(b);
}

START_TEST(spreads_random_windows)
{
	static const uint32_t seqs[] = { 256, 512, 1024, 2048, 4096 };
	uint32_t *len = xcalloc(BESTFIT_WINDOW, sizeof *len), seq = seqs[_i];

	for (int i = 0; i < 6; i++) {
		/* From 2048 samples to a full window. */
		uint32_t least = 2048 / 1013 * seq + seq / 10, n = BESTFIT_WINDOW;

		if (i > 0)
			n = least + (uint32_t)below(i % 2 ? 100 : BESTFIT_WINDOW - least);
		lognormal(len, n);
		pack_and_spread(seq, len, n, i % 4 < 2 ? 1 : 1000, 64);
	}
	free(len);
}
END_TEST

/*
 * Fragments only, so the last documents have few numbers to choose from.  With 64
 * fragments each, the last document may not find enough.
 */
START_TEST(spreads_long_documents)
{
	uint32_t *len = xcalloc(2048, sizeof *len);

	for (uint32_t parts = 2; parts <= 64; parts++) {
		uint32_t n = (2048 + parts - 1) / parts + (uint32_t)below(30);

		for (uint32_t i = 0; i < n; i++)
			len[i] = 100 * (parts - 1) + (parts % 2 ? 100 : 99);
		pack_and_spread(100, len, n, 1, 40);
		pack_and_spread(100, len, n, 1000, 40);
	}
	free(len);
}
END_TEST

/* Where spreading is impossible, the result is still a bijection. */
START_TEST(spreads_hostile_windows)
{
	static const uint32_t lens[][4] = {
		{ 1, 1, 1, 1 },
		{ 100, 100, 100, 100 },
		{ 101, 1, 1, 1 },
		{ 100000, 0 },
		{ 3000000, 1, 0 },
		{ 50000, 50050, 50001, 60000 },
		{ 250, 250, 250, 250 },
	};

	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		uint32_t n = 0;

		while (n < 4 && lens[i][n])
			n++;
		for (uint64_t times = 1; times <= 1000; times *= 10)
			pack_and_spread(100, lens[i], n, times, 0);
	}
}
END_TEST

/* All numbers in few zones or one; positions far beyond 32 bits. */
START_TEST(spreads_over_hostile_places)
{
	static const uint64_t ofs[] = { 3000, 3001, 1000000, UINT64_C(1) << 40,
		UINT64_C(1) << 62 };
	static const struct doc_fragments docs[] = {
		{ 0, 1000, 2999 },
		{ 1000, 200, 2999 },
		{ 1200, 2, FRAGMENT_NONE },
		{ 1210, 64, 2998 },
	};

	for (size_t i = 0; i < sizeof ofs / sizeof *ofs; i++)
		for (uint64_t step = 1; step <= ofs[i] / 3000; step *= 1000) {
			uint64_t pos[3000], *sample_of;
			bool seen[3000] = { false };

			for (uint64_t k = 0; k < 3000; k++)
				pos[k] = ofs[i] - 1 - k * step;
			sample_of = fragment_spread(docs, 4, 3000, pos, ofs[i]);
			for (uint64_t k = 0; k < 3000; k++) {
				CHECK(sample_of[k] < 3000 && !seen[sample_of[k]]);
				seen[sample_of[k]] = true;
			}
			free(sample_of);
		}
}
END_TEST

/* Pinned: the bytes of every run with pack bestfit depend on this. */
START_TEST(spread_is_pinned)
{
	static const uint32_t len[] = { 250, 30, 120, 70, 99, 310, 5, 100, 60 };
	static const uint64_t pos[] = { 7, 30, 2, 11, 25, 39, 16, 20, 34, 0, 4, 13 };
	static const char want[] =
	    "5+100 1+0 2+100 5+200 2+0 4+0 0+0 0+100 7+0 0+200 5+0";
	struct bestfit *b = bestfit_new(100);
	uint64_t samples = bestfit_pack(b, len, 9);
	struct buf got = { 0 };

	ck_assert_uint_le(samples, 12);
	bestfit_spread(b, pos, 40);
	for (uint64_t i = 0; i < samples; i++) {
		struct bestfit_piece whole;
		uint32_t n;
		const struct bestfit_piece *p = bestfit_sample(b, i, &whole, &n);

		buf_putf(&got, "%s%u+%u", i ? " " : "", p->doc, p->offset);
	}
	buf_putc(&got, '\0');
	ck_assert_str_eq(got.p, want);
	buf_free(&got);
	bestfit_free(b);
}
END_TEST

Suite *
bestfit_suite(void)
{
	Suite *s = suite_create("bestfit");
	TCase *t = tcase_create("bestfit");

	tcase_add_loop_test(t, packs_small_windows, 0, sizeof small / sizeof *small);
	tcase_add_loop_test(t, matches_a_naive_packer, 0, 15);
	tcase_add_test(t, count_matches_pack);
	tcase_add_test(t, packs_the_largest_documents);
	tcase_add_test(t, pads_little);
	tcase_add_loop_test(t, spreads_random_windows, 0, 5);
	tcase_add_test(t, spreads_long_documents);
	tcase_add_test(t, spreads_hostile_windows);
	tcase_add_test(t, spreads_over_hostile_places);
	tcase_add_test(t, spread_is_pinned);
	suite_add_tcase(s, t);
	return s;
}
