/* check_mixer.c - blends: plans and their errors, shares, counts, epochs, plan.lock. */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/compose.h"
#include "mixer/decimal.h"
#include "mixer/lock.h"
#include "mixer/planfile.h"
#include "mixer/resolve.h"
#include "mixer/shares.h"
#include "tests/unit/check_mixer.h"

Suite *mixer_suite(void);

/* ---- plans ---- */

#define HEAD "tamis-plan 1\nseq 16\n"
#define FULL HEAD "phase p 1K\ngroup g 1\n"

static const struct {
	const char *text, *want;
} plan_errors[] = {
	{ "", "p:0: an empty plan: its first line is 'tamis-plan 1'" },
	{ "# nothing\n", "p:1: an empty plan: its first line is 'tamis-plan 1'" },
	{ "tamis-plan 2\n", "p:1: not a plan: its first line is 'tamis-plan 1'" },
	{ "seq 4096\n", "p:1: not a plan: its first line is 'tamis-plan 1'" },
	{ HEAD "sequence 3\n",
	    "p:3: unknown key 'sequence': know seq seed shard phase group source" },
	{ HEAD "seq 17\n", "p:3: a second 'seq': keep one" },
	{ "tamis-plan 1\nseq\n", "p:2: 'seq' takes one number" },
	{ "tamis-plan 1\nseq 0\n", "p:2: seq 0: a sample has 1 to 16777216 tokens" },
	{ "tamis-plan 1\nseq 1.5\n", "p:2: '1.5': too many decimals: write fewer" },
	{ "tamis-plan 1\nseed -1\n",
	    "p:2: '-1': not a number: write 8e12, 1.5M or 0.25" },
	{ HEAD "shard 0\n", "p:3: shard 0: a shard has 1 to 4294967296 samples" },
	{ HEAD "phase p\n", "p:3: a phase is 'phase NAME TOKENS', or 'phase NAME max'" },
	{ HEAD "phase p! 3\n",
	    "p:3: 'p!' is no name: use up to 64 letters, digits and . _ / + -" },
	{ HEAD "phase p 3\nphase p 4\n",
	    "p:4: a second phase 'p': give it another name" },
	{ HEAD "phase p max\nphase q 4\n",
	    "p:4: nothing is left after a phase of 'max': make it the last" },
	{ HEAD "phase p 3 seq=32\n", "p:3: a phase of its own sample length: one run has "
				     "one, write 'seq' above and plan "
				     "the other phase as a run of its own" },
	{ HEAD "phase p 3 len=32\n",
	    "p:3: unknown key in 'len=32': a phase knows seq=N" },
	{ HEAD "group g 1\n", "p:3: no phase above: write 'phase NAME TOKENS' first" },
	{ FULL "phase q 5\n", "p:5: phases stand above the groups: move this line up" },
	{ FULL "group g 0\n", "p:5: a second group 'g': give it another name" },
	{ HEAD "phase p 3\ngroup g\n", "p:4: a group is 'group NAME WEIGHT'" },
	{ HEAD "phase p 3\ngroup g 70\n",
	    "p:4: '70': a share is at most 1: write 0.7 for 70 %" },
	{ HEAD "phase p 3\ngroup g 1 weight.q=1\n",
	    "p:4: no phase 'q' above: name one of the plan's phases" },
	{ HEAD "phase p 3\ngroup g 1 cap=1\n",
	    "p:4: unknown key 'cap=1': a group knows weight.PHASE=SHARE" },
	{ HEAD "phase p 3\ngroup g 1 weight.p=1 weight.p=1\n",
	    "p:4: a second 'weight.p=': keep one" },
	{ FULL "source\n", "p:5: a source is 'source NAME SHARDS... in=GROUP'" },
	{ FULL "source s x\n", "p:5: source 's' is in no group: add in=GROUP" },
	{ FULL "source s in=g\n", "p:5: source 's' has no shards: name them before in=" },
	{ FULL "source s x in=h\n",
	    "p:5: no group 'h' above: write 'group h WEIGHT' first" },
	{ FULL "source s x in=g cap=0\n",
	    "p:5: cap '0': a source is used more than 0 and up to 255 times" },
	{ FULL "source s x in=g cap=256\n",
	    "p:5: cap '256': a source is used more than 0 and up to 255 times" },
	{ FULL "source s x in=g cap=1 cap=2\n", "p:5: a second 'cap=': keep one" },
	{ FULL "source s x in=g wieght=1\n", "p:5: unknown key 'wieght': a source knows "
					     "in= weight= weight.PHASE= cap=, and a path "
					     "with '=' needs a '/' before it" },
	{ FULL "source s x in=g\nsource s y in=g\n",
	    "p:6: a second source 's': give it another name" },
	{ "tamis-plan 1\nphase p 3\ngroup g 1\nsource s x in=g\n",
	    "p: no 'seq': add 'seq 4096'" },
	{ HEAD, "p: no phase: add 'phase NAME TOKENS'" },
	{ FULL, "p: no source: add 'source NAME SHARDS... in=GROUP'" },
	{ HEAD "phase p 3\ngroup g 0.7\ngroup h 0.2\nsource s x in=g\n",
	    "p: phase 'p': group weights sum to 0.1 too little: make it 1" },
	{ HEAD "phase p 3\nphase q 3\ngroup g 0.7 weight.q=0.700000000001\ngroup h 0.3\n"
	       "source s x in=g\n",
	    "p: phase 'q': group weights sum to 0.000000000001 too much: make it 1" },
};

START_TEST(plan_errors_say_what_to_do)
{
	struct plan p;
	struct err err = { 0 };

	ck_assert_int_eq(plan_parse(span_of(plan_errors[_i].text), "p", &p, &err), -1);
	ck_assert_str_eq(err.msg, plan_errors[_i].want);
	ck_assert_int_eq(err.code, EXIT_DATA);
	plan_free(&p);
}
END_TEST

START_TEST(plan_is_understood)
{
	static const char text[] = "# head\r\ntamis-plan 1\nseq 4096\tseed\n";
	static const char good[] =
	    "# a comment\n\n  tamis-plan 1 # another\n"
	    "seq 4096\nseed 20240614\nshard 2K\n"
	    "phase pre 8e12\nphase cont 0.9e12 seq=4096\n"
	    "group en 0.7 weight.cont=0.5\ngroup code 0.3 weight.cont=0.5\n"
	    "source a/b x-* d/k=v-* in=en weight.cont=0.25 weight=0.5 cap=2.5\n"
	    "source c y in=code";
	struct plan p;
	struct err err = { 0 };

	ck_assert_int_eq(plan_parse(span_of(text), "p", &p, &err), -1);
	plan_free(&p);
	err = (struct err){ 0 };
	ck_assert_int_eq(plan_parse(span_of(good), "p", &p, &err), 0);
	ck_assert_uint_eq(p.seq, 4096);
	ck_assert_uint_eq(p.seed, 20240614);
	ck_assert_uint_eq(p.shard, 2000);
	ck_assert_uint_eq(p.nphases, 2);
	ck_assert_uint_eq(p.phase[1].tokens, 900000000000);
	ck_assert_uint_eq(p.group[0].weight[0], 7 * (SHARE_ONE / 10));
	ck_assert_uint_eq(p.group[0].weight[1], SHARE_ONE / 2);
	ck_assert_uint_eq(p.source[0].nglob, 2);
	ck_assert_str_eq(p.source[0].glob[1], "d/k=v-*");
	ck_assert_uint_eq(p.source[0].weight[0], SHARE_ONE / 2);
	ck_assert_uint_eq(p.source[0].weight[1], SHARE_ONE / 4);
	ck_assert_uint_eq(p.source[0].cap, 2500000);
	ck_assert_uint_eq(p.source[1].weight[0], PLAN_UNSET);
	plan_free(&p);
}
END_TEST

/* ---- resolving, with sources of given sizes in place of shards ---- */

static int
resolve_text(const char *text, const uint64_t *tokens, struct lock *l, struct err *err)
{
	struct plan p;
	int rc;

	*l = (struct lock){ 0 };
	*err = (struct err){ 0 };
	rc = plan_parse(span_of(text), "p", &p, err);
	if (rc == 0) {
		l->seq = p.seq;
		l->shard = p.shard;
		l->vocab = 1000;
		l->eod = 2;
		l->pad = l->bos = UINT32_MAX;
		l->nsources = p.nsources;
		l->source = xcalloc(p.nsources, sizeof *l->source);
		for (uint32_t i = 0; i < p.nsources; i++) {
			struct lock_source *s = &l->source[i];

			s->name = arena_copy(&l->mem, span_of(p.source[i].name));
			s->group = p.source[i].group;
			s->cap =
			    p.source[i].cap == PLAN_UNSET ? LOCK_NONE : p.source[i].cap;
			s->tokens = tokens[i];
			s->docs = s->nparts = 1;
			s->part = xcalloc(1, sizeof *s->part);
			s->part->path = s->name;
			s->part->docs = 1;
			s->part->tokens = tokens[i];
		}
		rc = resolve_shares(&p, "p", l, err);
	}
	if (rc == 0)
		rc = resolve_counts(&p, "p", l, err);
	plan_free(&p);
	return rc;
}

#define BODY "tamis-plan 1\nseq 16\nshard 100\n"

static const struct {
	const char *text;
	uint64_t tokens[3];
	const char *want;
} resolve_errors[] = {
	{ BODY "phase p 16K\ngroup g 1\ngroup h 0\nsource s x in=g\n", { 9000 },
	    "p:6: group 'h' has no source: add one with in=h" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g weight=0.5\nsource t x in=g "
	       "weight=0.4\n",
	    { 9000, 9000 },
	    "p: phase 'p': source weights in group 'g' sum to 0.1 too little: make it 1, "
	    "or leave "
	    "out the weight of one" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g weight=0.75\nsource t x in=g "
	       "weight=0.5\n",
	    { 9000, 9000 },
	    "p: phase 'p': source weights in group 'g' sum to 0.25 too much: make it 1, "
	    "or leave "
	    "out the weight of one" },
	{ BODY "phase p 10\ngroup g 1\nsource s x in=g\n", { 9000 },
	    "p: phase 'p' is shorter than one sample of 16 tokens: give it more" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g weight=0.5 cap=0.5\nsource t x "
	       "in=g cap=3\n",
	    { 12000, 9000 },
	    "p:6: source 's' runs out: its part of the run is 8000 tokens, its cap of "
	    "0.5 epochs "
	    "allows 6000, short by 2000: lower its weight so that others take it: t "
	    "(19008 left)" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g cap=1\n", { 15000 },
	    "p:6: source 's' runs out: its part of the run is 16000 tokens, its cap of 1 "
	    "epochs "
	    "allows 15008, short by 992: lower its weight so that others take it: nobody "
	    "in its "
	    "group" },
	{ BODY "phase p 1M\ngroup g 1\nsource s x in=g\n", { 3000 },
	    "p:6: source 's' runs out: its part of the run is 1000000 tokens, the 255 "
	    "epochs that "
	    "a shard can count allow 765008, short by 234992: lower its weight so "
	    "that others take it: nobody in its group" },
	{ BODY
	    "phase p 16K\ngroup g 1\nsource s x in=g weight=1\nsource t x in=g weight=0\n"
	    "source u x in=g\n",
	    { 9000, 9000, 10 }, NULL },
};

START_TEST(resolve_errors_say_what_to_do)
{
	struct lock l;
	struct err err;
	int rc =
	    resolve_text(resolve_errors[_i].text, resolve_errors[_i].tokens, &l, &err);

	if (resolve_errors[_i].want) {
		ck_assert_int_eq(rc, -1);
		ck_assert_str_eq(err.msg, resolve_errors[_i].want);
	} else {
		ck_assert_int_eq(rc, 0);
	}
	lock_free(&l);
}
END_TEST

static const uint64_t sizes[] = { 70001, 12345, 999, 40000 };

#define GROUPS                                                                           \
	"group en 0.7\ngroup multi 0.15\ngroup code 0.15\nsource en x in=en\n"           \
	"source de x in=multi\nsource fr x in=multi\nsource py x in=code weight=1\n"

START_TEST(shares_are_split_exactly)
{
	struct lock l;
	struct err err;

	ck_assert_int_eq(resolve_text(BODY "phase p 160K\n" GROUPS, sizes, &l, &err), 0);
	ck_assert_uint_eq(l.samples, 10000);
	ck_assert_uint_eq(l.nshards, 100);
	ck_assert_uint_eq(l.source[0].weight[0], 700000000000);
	ck_assert_uint_eq(l.source[3].weight[0], 150000000000);
	/* 12345 and 999 of 13344 of 0.15: floor, and what is left to the larger
	 * remainder. */
	ck_assert_uint_eq(l.source[1].weight[0] + l.source[2].weight[0], 150000000000);
	ck_assert_uint_eq(l.source[1].weight[0], 138770233813);
	lock_free(&l);
}
END_TEST

/* A run begins like any shorter one, over the whole of each phase that both have. */
START_TEST(longer_runs_begin_the_same)
{
	struct lock a, b;
	struct err err;

	ck_assert_int_eq(resolve_text(BODY "phase p 160K\n" GROUPS, sizes, &a, &err), 0);
	ck_assert_int_eq(
	    resolve_text(BODY "phase p 320K\nphase q 32K\n" GROUPS, sizes, &b, &err), 0);
	ck_assert_uint_eq(b.nshards, 220);
	ck_assert_mem_eq(a.at, b.at, (size_t)(a.nshards + 1) * a.nsources * sizeof *a.at);
	lock_free(&a);
	lock_free(&b);
}
END_TEST

/* Each epoch's samples once, before the next one's; sources do not know of each other. */
START_TEST(epochs_are_used_up_in_turn)
{
	struct lock l, more;
	struct err err;
	unsigned char seen[1000] = { 0 };

	ck_assert_int_eq(resolve_text(BODY "phase p 16K\n" GROUPS, sizes, &l, &err), 0);
	/* Source fr: 999 tokens of samples of 16, so samples 0-62 begin in the first
	 * epoch. */
	for (uint64_t i = 0, done = 0; i < 1000; i++) {
		uint64_t epoch = i * 16 / 999, at = stream_sample(&l, 2, i);

		ck_assert_uint_lt(at, 1000 + 63);
		ck_assert_uint_eq(at * 16 / 999, epoch);
		if (at < 1000) {
			ck_assert_uint_eq(seen[at], 0);
			seen[at] = 1;
			done++;
		}
		if (i + 1 == (epoch + 1) * 999 / 16 + 1 && i < 900)
			ck_assert_uint_eq(done, i + 1);
	}
	ck_assert_int_eq(
	    resolve_text(BODY "phase p 16K\n" GROUPS "source new x in=multi\n",
		(const uint64_t[]){ 70001, 12345, 999, 40000, 5000 }, &more, &err),
	    0);
	for (uint64_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(stream_sample(&l, 2, i), stream_sample(&more, 2, i));
	lock_free(&l);
	lock_free(&more);
}
END_TEST

START_TEST(max_ends_where_somebody_runs_out)
{
	struct lock l;
	struct err err;
	bool full = false;
	const uint64_t *last;

	ck_assert_int_eq(resolve_text(BODY "phase p max\n" GROUPS, sizes, &l, &err), 0);
	last = l.at + l.nshards * l.nsources;
	for (uint32_t s = 0; s < l.nsources; s++) {
		ck_assert_uint_eq(l.source[s].cap, CAP_ONE);
		ck_assert_uint_le(last[s], lock_limit(&l, &l.source[s]));
		full |= last[s] == lock_limit(&l, &l.source[s]);
	}
	ck_assert(full);
	lock_free(&l);
}
END_TEST

/* ---- plan.lock ---- */

START_TEST(lock_comes_back)
{
	struct lock l, again;
	struct err err;
	struct buf a = { 0 }, b = { 0 };

	ck_assert_int_eq(
	    resolve_text(BODY "phase p 16K\nphase q 8K\n" GROUPS, sizes, &l, &err), 0);
	lock_render(&l, &a);
	ck_assert_int_eq(lock_parse(buf_span(&a), "plan.lock", &again, &err), 0);
	lock_render(&again, &b);
	ck_assert(span_eq(buf_span(&a), buf_span(&b)));
	lock_free(&again);
	/* Cut anywhere, or with a byte changed anywhere, it is refused or means itself.
	 */
	for (size_t i = 0; i < a.n; i++) {
		err = (struct err){ 0 };
		ck_assert_int_eq(
		    lock_parse((struct span){ a.p, i }, "plan.lock", &again, &err), -1);
		lock_free(&again);
		a.p[i] ^= 1;
		err = (struct err){ 0 };
		if (lock_parse(buf_span(&a), "plan.lock", &again, &err) == 0) {
			b.n = 0;
			lock_render(&again, &b);
			ck_assert(span_eq(buf_span(&a), buf_span(&b)));
		}
		lock_free(&again);
		a.p[i] ^= 1;
	}
	lock_free(&l);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

START_TEST(table_shows_shares)
{
	struct lock l;
	struct err err;
	struct buf b = { 0 };

	ck_assert_int_eq(resolve_text(BODY "phase p 16K\n" GROUPS, sizes, &l, &err), 0);
	shares_put(&l, &b);
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p,
	    "phase p: 1000 samples, 16000 tokens\n"
	    "group/source       planned      achieved        samples           tokens   "
	    "epochs  cap\n"
	    "en                70.0000%      70.0000%            700            11200\n"
	    "  en              70.0000%      70.0000%            700            11200    "
	    "0.159  -\n"
	    "multi             15.0000%      15.0000%            150             2400\n"
	    "  de              13.8770%      13.9000%            139             2224    "
	    "0.180  -\n"
	    "  fr               1.1229%       1.1000%             11              176    "
	    "0.176  -\n"
	    "code              15.0000%      15.0000%            150             2400\n"
	    "  py              15.0000%      15.0000%            150             2400    "
	    "0.060  -\n");
	lock_free(&l);
	buf_free(&b);
}
END_TEST

Suite *
mixer_suite(void)
{
	Suite *s = suite_create("mixer");
	TCase *t = tcase_create("plan");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(
	    t, plan_errors_say_what_to_do, 0, sizeof plan_errors / sizeof *plan_errors);
	tcase_add_test(t, plan_is_understood);
	tcase_add_loop_test(t, resolve_errors_say_what_to_do, 0,
	    sizeof resolve_errors / sizeof *resolve_errors);
	tcase_add_test(t, shares_are_split_exactly);
	tcase_add_test(t, longer_runs_begin_the_same);
	tcase_add_test(t, epochs_are_used_up_in_turn);
	tcase_add_test(t, max_ends_where_somebody_runs_out);
	tcase_add_test(t, lock_comes_back);
	tcase_add_test(t, table_shows_shares);
	suite_add_tcase(s, order_tcase());
	suite_add_tcase(s, t);
	return s;
}
