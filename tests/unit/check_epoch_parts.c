/* check_epoch_parts.c - passes over sources: their samples, numbers and limits, also past
 * 2^32. */
#include <check.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/schedule.h"
#include "tests/unit/check_mixer.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t state = 88172645463325252;

static uint64_t
below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* A source of these rounds alone, cut to samples of `seq`. */
struct alone {
	struct lock l;
	struct lock_source s;
	uint64_t tokens[GIVEN_ROUNDS], docs[GIVEN_ROUNDS];
	struct lock_packed packed[GIVEN_ROUNDS];
};

static void
random_source(struct alone *a, bool packed)
{
	*a = (struct alone){ .l = { .ncuts = 1, .nsources = 1 },
		.s = { .cap = LOCK_NONE, .nrounds = 1 + (uint32_t)below(GIVEN_ROUNDS) } };
	a->l.source = &a->s;
	a->l.cut[0] = 1 + (uint32_t)below(64);
	a->s.tokens = a->tokens;
	a->s.docs = a->docs;
	a->s.packed = packed ? a->packed : NULL;
	for (uint32_t r = 0; r < a->s.nrounds; r++) {
		a->tokens[r] = 1 + below(below(4) ? 300 : 20);
		a->packed[r].samples = 1 + below(40);
	}
}

/* Samples are counted one by one, the pass of each found by walking. */
START_TEST(samples_lie_in_their_passes)
{
	for (int i = 0; i < 2000; i++) {
		struct alone a;
		uint64_t unit, at = 0, end, p = 0;

		random_source(&a, i % 2 == 1);
		unit = a.s.packed ? 1 : a.l.cut[0];
		end = a.s.packed ? a.packed[0].samples : a.tokens[0];
		ck_assert_uint_eq(pass_first(&a.l, 0, 0, 0), 0);
		for (uint64_t k = 0; k < 200; k++, at += unit) {
			for (; at >= end; p++) {
				uint32_t r = (uint32_t)((p + 1) % a.s.nrounds);

				ck_assert_uint_eq(pass_first(&a.l, 0, 0, p + 1), k);
				if (!a.s.packed)
					ck_assert_uint_eq(pass_token(&a.s, p + 1), end);
				end += a.s.packed ? a.packed[r].samples : a.tokens[r];
			}
			ck_assert_uint_eq(pass_of(&a.l, 0, 0, k), p);
		}
	}
}
END_TEST

/* ---- limits ---- */

static const struct {
	uint64_t cap;
	uint64_t tokens[GIVEN_ROUNDS];
	uint64_t other; /* samples of 32 that it has given */
	uint64_t want;	/* samples of 16 that it may give */
} limits[] = {
	{ CAP_ONE, { 100 }, 0, 7 },
	{ CAP_ONE / 2, { 100 }, 0, 4 },
	{ 1, { 100 }, 0, 1 },
	{ 2 * CAP_ONE, { 100 }, 0, 13 },
	{ 2 * CAP_ONE, { 96 }, 0, 12 },
	{ 255 * CAP_ONE, { 100 }, 0, 1594 },
	{ LOCK_NONE, { 100 }, 0, 1594 },
	{ CAP_ONE, { 100, 40 }, 0, 9 },
	/* 140 * 1.5 tokens. */
	{ 3 * CAP_ONE / 2, { 100, 40 }, 0, 14 },
	/* 255 passes, not epochs. */
	{ LOCK_NONE, { 100, 40 }, 0, 1118 },
	/* The other length has begun the only epoch. */
	{ CAP_ONE, { 100 }, 1, 0 },
	{ CAP_ONE / 2, { 100 }, 1, 0 },
	/* It has begun one of two, and used 0.32 or 0.96 of it: one whole pass is left.
	 */
	{ 2 * CAP_ONE, { 100 }, 1, 7 },
	{ 2 * CAP_ONE, { 100 }, 3, 7 },
	/* 1.5 - 0.96 of an epoch are left. */
	{ 3 * CAP_ONE / 2, { 100 }, 3, 4 },
	/* Its sample 3 ends in the second: 0.72 of an epoch is left. */
	{ 2 * CAP_ONE, { 100 }, 4, 5 },
	{ 2 * CAP_ONE, { 100 }, 5, 0 },
	{ 3 * CAP_ONE, { 100 }, 5, 7 },
	/* Two rounds: three of four passes are left, of 240 tokens. */
	{ 2 * CAP_ONE, { 100, 40 }, 1, 15 },
	{ LOCK_NONE, { 100 }, 1, 1588 },
};

START_TEST(limits_are_kept)
{
	struct lock_source s = { .cap = limits[_i].cap };
	struct lock l = { .ncuts = 2, .cut = { 16, 32 }, .nsources = 1, .source = &s };
	uint64_t tokens[GIVEN_ROUNDS];
	const uint64_t count[2] = { 0, limits[_i].other };

	memcpy(tokens, limits[_i].tokens, sizeof tokens);
	s.tokens = tokens;
	while (s.nrounds < GIVEN_ROUNDS && tokens[s.nrounds] > 0)
		s.nrounds++;
	ck_assert_uint_eq(pass_limit(&l, 0, 0, count), limits[_i].want);
}
END_TEST

START_TEST(limits_of_packed_samples)
{
	struct lock_packed packed[] = { { .samples = 10 }, { .samples = 3 },
		{ .samples = 6 }, { .samples = 2 } };
	uint64_t tokens[] = { 100, 30 };
	struct lock_source s = {
		.cap = 5 * CAP_ONE / 2, .nrounds = 2, .tokens = tokens, .packed = packed
	};
	struct lock l = { .ncuts = 2, .cut = { 16, 32 }, .nsources = 1, .source = &s };

	/* 13 samples of 16 an epoch, two and a half times; 8 of 32. */
	ck_assert_uint_eq(pass_limit(&l, 0, 0, (uint64_t[]){ 0, 0 }), 33);
	ck_assert_uint_eq(pass_limit(&l, 0, 1, (uint64_t[]){ 0, 0 }), 20);
	/* Half an epoch and one pass of six are gone: 2.5 - 0.5 epochs, five passes. */
	ck_assert_uint_eq(pass_limit(&l, 0, 0, (uint64_t[]){ 0, 4 }), 26);
	s.cap = CAP_ONE;
	ck_assert_uint_eq(pass_limit(&l, 0, 0, (uint64_t[]){ 0, 4 }), 7);
	ck_assert_uint_eq(pass_limit(&l, 0, 0, (uint64_t[]){ 0, 7 }), 0);
}
END_TEST

/* ---- numbers of passes, in SEG the epochs ---- */

#define ONE "group g 1\nsource s x in=g"

static const struct {
	const char *text;
	struct given source;
	uint32_t cut[3], n[3]; /* passes of each length */
	uint8_t epoch[3][8];
} numbers[] = {
	/* Samples 0-6 begin in the first pass, the last of them ends in the second. */
	{ "seq 16\nphase p 96\n" ONE, { { 100 } }, { 16 }, { 2 }, { { 0, 1 } } },
	{ "seq 16\nphase p 96\n" ONE, { { 96 } }, { 16 }, { 1 }, { { 0 } } },
	/* Behind the cap's end there is no pass. */
	{ "seq 16\nphase p 96\n" ONE " cap=1\n", { { 100 } }, { 16 }, { 1 }, { { 0 } } },
	{ "seq 16\nphase p 128\n" ONE, { { 100 } }, { 16 }, { 3 }, { { 0, 1, 2 } } },
	/* Two lengths, one behind the other. */
	{ "seq 16\nphase p 112\nphase q 96 seq=32\n" ONE, { { 100 } }, { 16, 32 },
	    { 2, 2 }, { { 0, 1 }, { 2, 3 } } },
	/* A length that returns goes on where it was. */
	{ "seq 16\nphase p 112\nphase q 96 seq=32\nphase r 112\n" ONE, { { 100 } },
	    { 16, 32 }, { 4, 2 }, { { 0, 1, 4, 5 }, { 2, 3 } } },
	/* Three of them, two of which return. */
	{ "seq 10\nphase p 100\nphase q 100 seq=20\nphase r 100 seq=50\nphase s 100 "
	  "seq=20\nphase t 100\n" ONE,
	    { { 100 } }, { 10, 20, 50 }, { 2, 2, 1 }, { { 0, 4 }, { 1, 3 }, { 2 } } },
	/* Rounds of 100 and 40 tokens. */
	{ "seq 20\nphase p 240\nphase q 140 seq=70\n" ONE " copies=5:2\n",
	    { { 100, 40 } }, { 20, 70 }, { 3, 2 }, { { 0, 1, 2 }, { 3, 4 } } },
	/* bestfit: 100 / 16 + 1 = 7 samples a pass, and 4 of 32. */
	{ "pack bestfit\nseq 16\nphase p 112\nphase q 160 seq=32\nphase r 16\n" ONE,
	    { { 100 } }, { 16, 32 }, { 2, 2 }, { { 0, 3 }, { 1, 2 } } },
};

START_TEST(passes_are_numbered_as_needed)
{
	struct buf text = { 0 };
	struct passes *p;
	struct lock l;
	struct err err;

	buf_putf(&text, "tamis-plan 1\n%s", numbers[_i].text);
	buf_putc(&text, '\0');
	ck_assert_msg(
	    given_resolve(text.p, &numbers[_i].source, &l, &err) == 0, "%s", err.msg);
	p = passes_new(&l, &err);
	ck_assert_ptr_nonnull(p);
	for (uint32_t c = 0; c < l.ncuts; c++) {
		ck_assert_uint_eq(l.cut[c], numbers[_i].cut[c]);
		for (uint32_t i = 0; i < numbers[_i].n[c]; i++)
			ck_assert_uint_eq(
			    passes_epoch(p, 0, c, i), numbers[_i].epoch[c][i]);
	}
	passes_free(p);
	lock_free(&l);
	buf_free(&text);
}
END_TEST

START_TEST(passes_are_a_byte)
{
	struct lock l;
	struct err err;

	/* 155 passes and 99 are begun, and either's last sample ends in one more. */
	ck_assert_int_eq(
	    given_resolve("tamis-plan 1\nphase p 15660 seq=10\nphase q 10000 "
			  "seq=20\n" ONE,
		(struct given[]){ { { 101 } } }, &l, &err),
	    0);
	lock_free(&l);
	ck_assert_int_eq(
	    given_resolve("tamis-plan 1\nphase p 15760 seq=10\nphase q 10000 "
			  "seq=20\n" ONE,
		(struct given[]){ { { 101 } } }, &l, &err),
	    -1);
	ck_assert_str_eq(err.msg,
	    "source 's': more than 256 passes over its documents, "
	    "which a byte counts: give it a cap, or more documents");
	lock_free(&l);
}
END_TEST

START_TEST(lengths_need_epochs_of_their_own)
{
	static const char text[] = "tamis-plan 1\nphase p 32 seq=16\nphase q 32 seq=32\n"
				   "group g 1\nsource s x in=g cap=1\n";
	struct given source = { { 100 } };
	struct lock l;
	struct err err;
	char two[sizeof text];

	ck_assert_int_eq(given_resolve(text, &source, &l, &err), -1);
	ck_assert_str_eq(err.msg,
	    "p:5: source 's' runs out: samples of 2 lengths, each of which begins an "
	    "epoch of its own, are more than its cap of 1 epochs allows: raise the cap, "
	    "or "
	    "make a source of a part of its shards for each length");
	lock_free(&l);
	memcpy(two, text, sizeof text);
	two[strlen(two) - 2] = '2';
	ck_assert_int_eq(given_resolve(two, &source, &l, &err), 0);
	lock_free(&l);
}
END_TEST

/* ---- orders ---- */

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

/* Of each pass every sample once, before the next pass's. */
static void
check_order(const struct passes *p, const struct lock *l, uint32_t s, uint32_t cut)
{
	struct orders *o = orders_new(p);
	uint64_t n = passes_total(p, s, cut), last = 0;
	unsigned char seen[2000] = { 0 };

	for (uint64_t i = 0; i < n; i++) {
		struct spot at = orders_spot(o, s, cut, i);
		uint64_t first = pass_first(l, s, cut, at.pass),
			 size = pass_first(l, s, cut, at.pass + 1) - first;

		ck_assert_uint_eq(at.source, s);
		ck_assert_uint_eq(at.cut, cut);
		ck_assert_uint_eq(at.pass, pass_of(l, s, cut, i));
		if (at.pass != last)
			memset(seen, 0, sizeof seen);
		last = at.pass;
		ck_assert_uint_lt(at.number, size);
		ck_assert_uint_eq(seen[at.number]++, 0);
		ck_assert_uint_eq(orders_number(o, &at), i);
	}
	/* The other passes are found again. */
	for (uint64_t i = 0; n > 0 && i < 100; i++) {
		uint64_t k = below(n);
		struct spot at = orders_spot(o, s, cut, k);

		ck_assert_uint_eq(orders_number(o, &at), k);
	}
	orders_free(o);
}

START_TEST(passes_are_used_up_in_turn)
{
	struct buf text = { 0 };
	struct passes *p;
	struct lock l;
	struct err err;

	buf_putf(&text, "tamis-plan 1\n%s", orders[_i].text);
	buf_putc(&text, '\0');
	ck_assert_msg(
	    given_resolve(text.p, orders[_i].source, &l, &err) == 0, "%s", err.msg);
	p = passes_new(&l, &err);
	ck_assert_ptr_nonnull(p);
	for (uint32_t s = 0; s < 3; s++) {
		ck_assert_uint_eq(passes_before(p, s, 0), 0);
		ck_assert_uint_eq(passes_before(p, s, 1), 0);
		ck_assert_uint_eq(passes_before(p, s, 2), lock_drawn(&l, 0, s));
		ck_assert_uint_eq(
		    passes_total(p, s, 0), lock_drawn(&l, 0, s) + lock_drawn(&l, 2, s));
		for (uint32_t c = 0; c < l.ncuts; c++)
			check_order(p, &l, s, c);
	}
	passes_free(p);
	lock_free(&l);
	buf_free(&text);
}
END_TEST

/* A source's order hangs on the seed, its name and its documents, not on the others. */
START_TEST(sources_do_not_know_of_each_other)
{
#define FEW "tamis-plan 1\nseed 3\nseq 16\nphase p 16K\ngroup g 1\nsource fr x in=g\n"
	struct given source[] = { { { 999 } }, { { 5000 } } };
	struct lock few, more;
	struct err err;
	struct passes *p, *q;
	struct orders *a, *b;

	ck_assert_int_eq(given_resolve(FEW, source, &few, &err), 0);
	ck_assert_int_eq(
	    given_resolve(FEW "source new x in=g\n", source, &more, &err), 0);
	p = passes_new(&few, &err);
	q = passes_new(&more, &err);
	a = orders_new(p);
	b = orders_new(q);
	for (uint64_t i = 0; i < passes_total(q, 0, 0); i++)
		ck_assert_uint_eq(
		    orders_spot(a, 0, 0, i).number, orders_spot(b, 0, 0, i).number);
	orders_free(a);
	orders_free(b);
	passes_free(p);
	passes_free(q);
	lock_free(&few);
	lock_free(&more);
}
END_TEST

/* ---- past 2^31 and 2^32 samples ---- */

static const struct {
	const char *text;
	uint64_t samples;
} large[] = {
	{ "seq 4096\nshard 16M\nphase p 9e12\n", 2197265625 },
	{ "seq 1024\nshard 64M\nphase p 8e12\nphase q 1e12\n", 8789062500 },
	/* The longest run there is. */
	{ "seq 16\nshard 4G\nphase p 17592186044416\n", SCHEDULE_MAX },
};

static void
check_large(const struct lock *l)
{
	for (uint64_t i = 0; i <= l->nshards; i++) {
		uint64_t sum = 0, t = lock_shard_first(l, i);

		for (uint32_t s = 0; s < l->nsources; s++) {
			long double off = (long double)l->source[s].weight[0] /
					      SHARE_ONE * (long double)t -
					  (long double)l->at[i * l->nsources + s];

			/* A sample for each phase. */
			ck_assert(off < (long double)l->nphases &&
				  -off < (long double)l->nphases);
			sum += l->at[i * l->nsources + s];
		}
		ck_assert_uint_eq(sum, t);
	}
}

START_TEST(large_runs_are_counted)
{
	/* 3.1 epochs, 200, less than one. */
	static const struct given source[] = { { { 1999999999999 } }, { { 1000003 } },
		{ { UINT64_C(1) << 43 } } };
	struct buf text = { 0 }, back = { 0 };
	struct lock l, again;
	struct passes *p;
	struct orders *o;
	struct err err;

	buf_putf(&text,
	    "tamis-plan 1\n%sgroup g 1\nsource a x in=g weight=0.7\nsource b x in=g "
	    "weight=0.00001\nsource c x in=g\n",
	    large[_i].text);
	buf_putc(&text, '\0');
	ck_assert_msg(given_resolve(text.p, source, &l, &err) == 0, "%s", err.msg);
	ck_assert_uint_eq(l.samples, large[_i].samples);
	check_large(&l);
	p = passes_new(&l, &err);
	o = orders_new(p);
	for (uint32_t s = 0; s < l.nsources; s++) {
		uint64_t n = passes_total(p, s, 0);

		for (int i = 0; i < 1000; i++) {
			uint64_t k = i == 0 ? n - 1 : below(n);
			struct spot at = orders_spot(o, s, 0, k);

			ck_assert_uint_eq(at.pass,
			    (uint64_t)((wide)k * l.cut[0] / source[s].tokens[0]));
			ck_assert_uint_eq(orders_number(o, &at), k);
		}
	}
	text.n = 0;
	lock_render(&l, &text);
	ck_assert_int_eq(lock_parse(buf_span(&text), "plan.lock", &again, &err), 0);
	lock_render(&again, &back);
	ck_assert(span_eq(buf_span(&text), buf_span(&back)));
	orders_free(o);
	passes_free(p);
	lock_free(&l);
	lock_free(&again);
	buf_free(&text);
	buf_free(&back);
}
END_TEST

TCase *
passes_tcase(void)
{
	TCase *t = tcase_create("passes");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, samples_lie_in_their_passes);
	tcase_add_loop_test(t, limits_are_kept, 0, sizeof limits / sizeof *limits);
	tcase_add_test(t, limits_of_packed_samples);
	tcase_add_loop_test(
	    t, passes_are_numbered_as_needed, 0, sizeof numbers / sizeof *numbers);
	tcase_add_test(t, passes_are_a_byte);
	tcase_add_test(t, lengths_need_epochs_of_their_own);
	tcase_add_loop_test(
	    t, passes_are_used_up_in_turn, 0, sizeof orders / sizeof *orders);
	tcase_add_test(t, sources_do_not_know_of_each_other);
	tcase_add_loop_test(t, large_runs_are_counted, 0, sizeof large / sizeof *large);
	return t;
}
