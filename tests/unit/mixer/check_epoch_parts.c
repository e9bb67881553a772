/* check_epoch_parts.c - tests epoch parts: their samples, numbers and limits, past
 * 2^32.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/schedule.h"
#include "tests/unit/mixer/check_mixer.h"

static uint64_t state = 88172645463325252;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* A plan with one source and one length class. */
struct alone {
	struct resolved rp;
	struct resolved_source s;
	uint64_t tokens[GIVEN_ROUNDS], docs[GIVEN_ROUNDS];
	struct resolved_packing packed[GIVEN_ROUNDS];
};

static void
random_source(struct alone *a, bool packed)
{
	*a = (struct alone){ .rp = { .nclasses = 1, .nsources = 1 },
		.s = { .cap = RESOLVED_NONE,
		    .nrepeats = 1 + (uint32_t)below(GIVEN_ROUNDS) } };
	a->rp.source = &a->s;
	a->rp.class_seq[0] = 1 + (uint32_t)below(64);
	a->s.tokens = a->tokens;
	a->s.docs = a->docs;
	a->s.packed = packed ? a->packed : NULL;
	for (uint32_t r = 0; r < a->s.nrepeats; r++) {
		a->tokens[r] = 1 + below(below(4) ? 300 : 20);
		a->packed[r].samples = 1 + below(40);
	}
}

/* Walk the samples one by one and track the part of each. */
START_TEST(samples_belong_to_their_parts)
{
	for (int i = 0; i < 2000; i++) {
		struct alone a;
		uint64_t unit, at = 0, end, p = 0;

		random_source(&a, i % 2 == 1);
		unit = a.s.packed ? 1 : a.rp.class_seq[0];
		end = a.s.packed ? a.packed[0].samples : a.tokens[0];
		ck_assert_uint_eq(epoch_part_first(&a.rp, 0, 0, 0), 0);
		for (uint64_t k = 0; k < 200; k++, at += unit) {
			for (; at >= end; p++) {
				uint32_t r = (uint32_t)((p + 1) % a.s.nrepeats);

				ck_assert_uint_eq(
				    epoch_part_first(&a.rp, 0, 0, p + 1), k);
				if (!a.s.packed)
					ck_assert_uint_eq(
					    epoch_part_token(&a.s, p + 1), end);
				end += a.s.packed ? a.packed[r].samples : a.tokens[r];
			}
			ck_assert_uint_eq(epoch_part_of(&a.rp, 0, 0, k), p);
		}
	}
}
END_TEST

/* ---- limits ---- */

static const struct {
	uint64_t cap;
	uint64_t tokens[GIVEN_ROUNDS];
	uint64_t other; /* samples of 32 tokens already drawn */
	uint64_t want;	/* samples of 16 tokens that may be drawn */
} limits[] = {
	{ CAP_ONE, { 100 }, 0, 7 },
	{ CAP_ONE / 2, { 100 }, 0, 4 },
	{ 1, { 100 }, 0, 1 },
	{ 2 * CAP_ONE, { 100 }, 0, 13 },
	{ 2 * CAP_ONE, { 96 }, 0, 12 },
	{ 255 * CAP_ONE, { 100 }, 0, 1594 },
	{ RESOLVED_NONE, { 100 }, 0, 1594 },
	{ CAP_ONE, { 100, 40 }, 0, 9 },
	/* 140 * 1.5 tokens. */
	{ 3 * CAP_ONE / 2, { 100, 40 }, 0, 14 },
	/* 255 parts, not epochs. */
	{ RESOLVED_NONE, { 100, 40 }, 0, 1118 },
	/* The other length class has begun the only epoch. */
	{ CAP_ONE, { 100 }, 1, 0 },
	{ CAP_ONE / 2, { 100 }, 1, 0 },
	/*
	 * It has begun one of two epochs and used 0.32 or 0.96 of it; one epoch is left.
	 */
	{ 2 * CAP_ONE, { 100 }, 1, 7 },
	{ 2 * CAP_ONE, { 100 }, 3, 7 },
	/* 0.54 epochs are left. */
	{ 3 * CAP_ONE / 2, { 100 }, 3, 4 },
	/* Its sample 3 ends in the second epoch, so 0.72 of an epoch is left. */
	{ 2 * CAP_ONE, { 100 }, 4, 5 },
	{ 2 * CAP_ONE, { 100 }, 5, 0 },
	{ 3 * CAP_ONE, { 100 }, 5, 7 },
	/* Two repeats: three of four parts are left, 240 tokens. */
	{ 2 * CAP_ONE, { 100, 40 }, 1, 15 },
	{ RESOLVED_NONE, { 100 }, 1, 1588 },
};

START_TEST(limits_by_hand)
{
	struct resolved_source s = { .cap = limits[_i].cap };
	struct resolved rp = {
		.nclasses = 2, .class_seq = { 16, 32 }, .nsources = 1, .source = &s
	};
	uint64_t tokens[GIVEN_ROUNDS];
	const uint64_t count[2] = { 0, limits[_i].other };

	memcpy(tokens, limits[_i].tokens, sizeof tokens);
	s.tokens = tokens;
	while (s.nrepeats < GIVEN_ROUNDS && tokens[s.nrepeats] > 0)
		s.nrepeats++;
	ck_assert_uint_eq(epoch_part_limit(&rp, 0, 0, count), limits[_i].want);
}
END_TEST

START_TEST(limits_of_packed_samples)
{
	struct resolved_packing packed[] = { { .samples = 10 }, { .samples = 3 },
		{ .samples = 6 }, { .samples = 2 } };
	uint64_t tokens[] = { 100, 30 };
	struct resolved_source s = {
		.cap = 5 * CAP_ONE / 2, .nrepeats = 2, .tokens = tokens, .packed = packed
	};
	struct resolved rp = {
		.nclasses = 2, .class_seq = { 16, 32 }, .nsources = 1, .source = &s
	};

	/* 13 samples of 16 per epoch, two and a half times; 8 samples of 32. */
	ck_assert_uint_eq(epoch_part_limit(&rp, 0, 0, (uint64_t[]){ 0, 0 }), 33);
	ck_assert_uint_eq(epoch_part_limit(&rp, 0, 1, (uint64_t[]){ 0, 0 }), 20);
	/* Half an epoch and one part of six are used: 2.0 epochs, five parts are left. */
	ck_assert_uint_eq(epoch_part_limit(&rp, 0, 0, (uint64_t[]){ 0, 4 }), 26);
	s.cap = CAP_ONE;
	ck_assert_uint_eq(epoch_part_limit(&rp, 0, 0, (uint64_t[]){ 0, 4 }), 7);
	ck_assert_uint_eq(epoch_part_limit(&rp, 0, 0, (uint64_t[]){ 0, 7 }), 0);
}
END_TEST

/* ---- numbers of parts, the epochs of SEG ---- */

#define ONE "group g 1\nsource s x in=g"

static const struct {
	const char *text;
	struct given source;
	uint32_t class_seq[3], n[3]; /* n: parts of each length class */
	uint8_t epoch[3][8];
} numbers[] = {
	/* Samples 0-6 begin in the first part; the last one ends in the second. */
	{ "seq 16\nphase p 96\n" ONE, { { 100 } }, { 16 }, { 2 }, { { 0, 1 } } },
	{ "seq 16\nphase p 96\n" ONE, { { 96 } }, { 16 }, { 1 }, { { 0 } } },
	/* There is no part past the cap. */
	{ "seq 16\nphase p 96\n" ONE " cap=1\n", { { 100 } }, { 16 }, { 1 }, { { 0 } } },
	{ "seq 16\nphase p 128\n" ONE, { { 100 } }, { 16 }, { 3 }, { { 0, 1, 2 } } },
	/* Two length classes in sequence. */
	{ "seq 16\nphase p 112\nphase q 96 seq=32\n" ONE, { { 100 } }, { 16, 32 },
	    { 2, 2 }, { { 0, 1 }, { 2, 3 } } },
	/* A length class that returns continues where it stopped. */
	{ "seq 16\nphase p 112\nphase q 96 seq=32\nphase r 112\n" ONE, { { 100 } },
	    { 16, 32 }, { 4, 2 }, { { 0, 1, 4, 5 }, { 2, 3 } } },
	/* Three classes, two of which return. */
	{ "seq 10\nphase p 100\nphase q 100 seq=20\nphase r 100 seq=50\nphase s 100 "
	  "seq=20\nphase t 100\n" ONE,
	    { { 100 } }, { 10, 20, 50 }, { 2, 2, 1 }, { { 0, 4 }, { 1, 3 }, { 2 } } },
	/* Repeats of 100 and 40 tokens. */
	{ "seq 20\nphase p 240\nphase q 140 seq=70\n" ONE " copies=5:2\n",
	    { { 100, 40 } }, { 20, 70 }, { 3, 2 }, { { 0, 1, 2 }, { 3, 4 } } },
	/* bestfit: 100 / 16 + 1 = 7 samples per part, and 4 of 32 tokens. */
	{ "pack bestfit\nseq 16\nphase p 112\nphase q 160 seq=32\nphase r 16\n" ONE,
	    { { 100 } }, { 16, 32 }, { 2, 2 }, { { 0, 3 }, { 1, 2 } } },
};

START_TEST(parts_are_numbered_as_needed)
{
	struct buf text = { 0 };
	struct epoch_parts *p;
	struct resolved rp;
	struct err err;

	buf_putf(&text, "tamis-plan 1\n%s", numbers[_i].text);
	buf_putc(&text, '\0');
	ck_assert_msg(
	    given_resolve(text.p, &numbers[_i].source, &rp, &err) == 0, "%s", err.msg);
	p = epoch_parts_new(&rp, &err);
	ck_assert_ptr_nonnull(p);
	for (uint32_t c = 0; c < rp.nclasses; c++) {
		ck_assert_uint_eq(rp.class_seq[c], numbers[_i].class_seq[c]);
		for (uint32_t i = 0; i < numbers[_i].n[c]; i++)
			ck_assert_uint_eq(
			    epoch_parts_seg_epoch(p, 0, c, i), numbers[_i].epoch[c][i]);
	}
	epoch_parts_free(p);
	resolved_free(&rp);
	buf_free(&text);
}
END_TEST

START_TEST(parts_fit_a_byte)
{
	struct resolved rp;
	struct err err;

	/*
	 * 155 and 99 parts are begun, and the last sample of each class ends in one more.
	 */
	ck_assert_int_eq(
	    given_resolve("tamis-plan 1\nphase p 15660 seq=10\nphase q 10000 "
			  "seq=20\n" ONE,
		(struct given[]){ { { 101 } } }, &rp, &err),
	    0);
	resolved_free(&rp);
	ck_assert_int_eq(
	    given_resolve("tamis-plan 1\nphase p 15760 seq=10\nphase q 10000 "
			  "seq=20\n" ONE,
		(struct given[]){ { { 101 } } }, &rp, &err),
	    -1);
	ck_assert_str_eq(err.msg,
	    "source 's': its documents are used more than 256 times, the limit "
	    "of the format: set cap= or add documents");
	resolved_free(&rp);
}
END_TEST

START_TEST(lengths_need_epochs_of_their_own)
{
	static const char text[] = "tamis-plan 1\nphase p 32 seq=16\nphase q 32 seq=32\n"
				   "group g 1\nsource s x in=g cap=1\n";
	struct given source = { { 100 } };
	struct resolved rp;
	struct err err;
	char two[sizeof text];

	ck_assert_int_eq(given_resolve(text, &source, &rp, &err), -1);
	ck_assert_str_eq(err.msg,
	    "p:5: source 's' runs out: samples of 2 lengths begin separate "
	    "epochs, more than its cap of 1 epoch allows: raise the cap, or "
	    "split its shards into a source per length");
	resolved_free(&rp);
	memcpy(two, text, sizeof text);
	two[strlen(two) - 2] = '2';
	ck_assert_int_eq(given_resolve(two, &source, &rp, &err), 0);
	resolved_free(&rp);
}
END_TEST

/* ---- training order ---- */

static const struct {
	const char *text;
	struct given source[3];
} orders[] = {
	{ "seed 5\nseq 16\nphase p 16000\nphase q 9600 seq=48\nphase r 16000\ngroup g "
	  "1\nsource a x in=g\nsource b x in=g weight=0.2\nsource c x in=g\n",
	    { { { 7001 } }, { { 999 } }, { { 1600 } } } },
	{ "seed 5\nseq 16\nphase p 16000\nphase q 9600 seq=48\nphase r 16000\ngroup g "
	  "1\nsource a x in=g copies=3:3\nsource b x in=g weight=0.2\nsource c x in=g "
	  "copies=3:2\n",
	    { { { 4000, 1000, 77 } }, { { 999 } }, { { 1500, 100 } } } },
	{ "seed 5\npack bestfit\nseq 16\nphase p 16000\nphase q 9600 seq=48\nphase r "
	  "16000\ngroup g 1\nsource a x in=g copies=3:3\nsource b x in=g "
	  "weight=0.2\nsource c x in=g\n",
	    { { { 4000, 1000, 77 } }, { { 999 } }, { { 1600 } } } },
};

/* Every sample of a part occurs once, before those of the next part. */
static void
check_order(const struct epoch_parts *p, const struct resolved *rp, uint32_t s,
    uint32_t len_class)
{
	struct sample_order *o = sample_order_new(p);
	uint64_t n = epoch_parts_total(p, s, len_class), last = 0;
	unsigned char seen[2000] = { 0 };

	for (uint64_t i = 0; i < n; i++) {
		struct sample_pos at = sample_order_pos(o, s, len_class, i);
		uint64_t first = epoch_part_first(rp, s, len_class, at.part),
			 size = epoch_part_first(rp, s, len_class, at.part + 1) - first;

		ck_assert_uint_eq(at.source, s);
		ck_assert_uint_eq(at.len_class, len_class);
		ck_assert_uint_eq(at.part, epoch_part_of(rp, s, len_class, i));
		if (at.part != last)
			memset(seen, 0, sizeof seen);
		last = at.part;
		ck_assert_uint_lt(at.index, size);
		ck_assert_uint_eq(seen[at.index]++, 0);
		ck_assert_uint_eq(sample_order_number(o, &at), i);
	}
	/* Earlier parts are found again. */
	for (uint64_t i = 0; n > 0 && i < 100; i++) {
		uint64_t k = below(n);
		struct sample_pos at = sample_order_pos(o, s, len_class, k);

		ck_assert_uint_eq(sample_order_number(o, &at), k);
	}
	sample_order_free(o);
}

START_TEST(parts_are_used_up_in_order)
{
	struct buf text = { 0 };
	struct epoch_parts *p;
	struct resolved rp;
	struct err err;

	buf_putf(&text, "tamis-plan 1\n%s", orders[_i].text);
	buf_putc(&text, '\0');
	ck_assert_msg(
	    given_resolve(text.p, orders[_i].source, &rp, &err) == 0, "%s", err.msg);
	p = epoch_parts_new(&rp, &err);
	ck_assert_ptr_nonnull(p);
	for (uint32_t s = 0; s < 3; s++) {
		ck_assert_uint_eq(epoch_parts_before(p, s, 0), 0);
		ck_assert_uint_eq(epoch_parts_before(p, s, 1), 0);
		ck_assert_uint_eq(epoch_parts_before(p, s, 2), resolved_drawn(&rp, 0, s));
		ck_assert_uint_eq(epoch_parts_total(p, s, 0),
		    resolved_drawn(&rp, 0, s) + resolved_drawn(&rp, 2, s));
		for (uint32_t c = 0; c < rp.nclasses; c++)
			check_order(p, &rp, s, c);
	}
	epoch_parts_free(p);
	resolved_free(&rp);
	buf_free(&text);
}
END_TEST

/* The order of a source depends on the seed, its name and its documents only. */
START_TEST(sources_are_independent)
{
#define FEW "tamis-plan 1\nseed 3\nseq 16\nphase p 16K\ngroup g 1\nsource fr x in=g\n"
	struct given source[] = { { { 999 } }, { { 5000 } } };
	struct resolved few, more;
	struct err err;
	struct epoch_parts *p, *q;
	struct sample_order *a, *b;

	ck_assert_int_eq(given_resolve(FEW, source, &few, &err), 0);
	ck_assert_int_eq(
	    given_resolve(FEW "source new x in=g\n", source, &more, &err), 0);
	p = epoch_parts_new(&few, &err);
	q = epoch_parts_new(&more, &err);
	a = sample_order_new(p);
	b = sample_order_new(q);
	for (uint64_t i = 0; i < epoch_parts_total(q, 0, 0); i++)
		ck_assert_uint_eq(sample_order_pos(a, 0, 0, i).index,
		    sample_order_pos(b, 0, 0, i).index);
	sample_order_free(a);
	sample_order_free(b);
	epoch_parts_free(p);
	epoch_parts_free(q);
	resolved_free(&few);
	resolved_free(&more);
}
END_TEST

/* ---- past 2^31 and 2^32 samples ---- */

static const struct {
	const char *text;
	uint64_t samples;
} large[] = {
	{ "seq 4096\nshard 16M\nphase p 9e12\n", 2197265625 },
	{ "seq 1024\nshard 64M\nphase p 8e12\nphase q 1e12\n", 8789062500 },
	/* The longest run possible. */
	{ "seq 16\nshard 4G\nphase p 17592186044416\n", SCHEDULE_MAX },
};

static void
check_large(const struct resolved *rp)
{
	for (uint64_t i = 0; i <= rp->nshards; i++) {
		uint64_t sum = 0, t = resolved_shard_first(rp, i);

		for (uint32_t s = 0; s < rp->nsources; s++) {
			long double off = (long double)rp->source[s].weight[0] /
					      SHARE_ONE * (long double)t -
					  (long double)rp->at[i * rp->nsources + s];

			/* A sample and a half per phase. */
			ck_assert(2 * off < 3 * (long double)rp->nphases &&
				  -2 * off < 3 * (long double)rp->nphases);
			sum += rp->at[i * rp->nsources + s];
		}
		ck_assert_uint_eq(sum, t);
	}
}

START_TEST(large_runs_are_counted)
{
	/* 3.1 epochs, 200 epochs, less than one. */
	static const struct given source[] = { { { 1999999999999 } }, { { 1000003 } },
		{ { UINT64_C(1) << 43 } } };
	struct buf text = { 0 }, back = { 0 };
	struct resolved rp, again;
	struct epoch_parts *p;
	struct sample_order *o;
	struct err err;

	buf_putf(&text,
	    "tamis-plan 1\n%sgroup g 1\nsource a x in=g weight=0.7\nsource b x in=g "
	    "weight=0.00001\nsource c x in=g\n",
	    large[_i].text);
	buf_putc(&text, '\0');
	ck_assert_msg(given_resolve(text.p, source, &rp, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(rp.samples, large[_i].samples);
	check_large(&rp);
	p = epoch_parts_new(&rp, &err);
	o = sample_order_new(p);
	for (uint32_t s = 0; s < rp.nsources; s++) {
		uint64_t n = epoch_parts_total(p, s, 0);

		for (int i = 0; i < 1000; i++) {
			uint64_t k = i == 0 ? n - 1 : below(n);
			struct sample_pos at = sample_order_pos(o, s, 0, k);

			ck_assert_uint_eq(at.part,
			    (uint64_t)((u128)k * rp.class_seq[0] / source[s].tokens[0]));
			ck_assert_uint_eq(sample_order_number(o, &at), k);
		}
	}
	text.n = 0;
	resolved_render(&rp, &text);
	ck_assert_int_eq(resolved_parse(buf_span(&text), "plan.lock", &again, &err), 0);
	resolved_render(&again, &back);
	ck_assert(span_eq(buf_span(&text), buf_span(&back)));
	sample_order_free(o);
	epoch_parts_free(p);
	resolved_free(&rp);
	resolved_free(&again);
	buf_free(&text);
	buf_free(&back);
}
END_TEST

TCase *
epoch_parts_tcase(void)
{
	TCase *t = tcase_create("epoch_parts");

	tcase_add_test(t, samples_belong_to_their_parts);
	tcase_add_loop_test(t, limits_by_hand, 0, sizeof limits / sizeof *limits);
	tcase_add_test(t, limits_of_packed_samples);
	tcase_add_loop_test(
	    t, parts_are_numbered_as_needed, 0, sizeof numbers / sizeof *numbers);
	tcase_add_test(t, parts_fit_a_byte);
	tcase_add_test(t, lengths_need_epochs_of_their_own);
	tcase_add_loop_test(
	    t, parts_are_used_up_in_order, 0, sizeof orders / sizeof *orders);
	tcase_add_test(t, sources_are_independent);
	tcase_add_loop_test(t, large_runs_are_counted, 0, sizeof large / sizeof *large);
	return t;
}
