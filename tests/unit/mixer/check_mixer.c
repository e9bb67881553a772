/* check_mixer.c - tests plans and their errors, resolved shares and counts, plan.lock. */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/resolve.h"
#include "mixer/plan/shares.h"
#include "tests/unit/mixer/check_mixer.h"

Suite *mixer_suite(void);

/* ---- plans ---- */

#define HEAD "tamis-plan 1\nseq 16\n"
#define FULL HEAD "phase p 1K\ngroup g 1\n"

static const struct {
	const char *text, *want;
} plan_errors[] = {
	{ "", "p: empty plan: the first line must be 'tamis-plan 1'" },
	{ "# nothing\n", "p: empty plan: the first line must be 'tamis-plan 1'" },
	{ "tamis-plan 2\n",
	    "p:1: not a blend plan: the first line must be 'tamis-plan 1'" },
	{ "seq 4096\n", "p:1: not a blend plan: the first line must be 'tamis-plan 1'" },
	{ HEAD "sequence 3\n",
	    "p:3: unknown line 'sequence': use seq, seed, shard, pack, "
	    "batch, phase, weights, hold, only, group, source or take" },
	{ HEAD "seq 17\n", "p:3: duplicate line 'seq': keep one" },
	{ "tamis-plan 1\nseq\n", "p:2: 'seq' takes one number: write 'seq N'" },
	{ "tamis-plan 1\nseq 0\n",
	    "p:2: seq 0 is out of range: use 1 to 16777216 tokens" },
	{ "tamis-plan 1\nseq 1.5\n", "p:2: '1.5' is not an integer" },
	{ "tamis-plan 1\nseed -1\n",
	    "p:2: '-1' is not a number: write 8e12, 1.5M or 0.25" },
	{ HEAD "shard 0\n", "p:3: shard 0 is out of range: use 1 to 4294967296 samples" },
	{ HEAD "phase p\n",
	    "p:3: 'phase' is incomplete: write 'phase NAME TOKENS' or 'phase NAME max'" },
	{ HEAD "phase p! 3\n",
	    "p:3: invalid name 'p!': use 1 to 64 letters, digits and . _ / + -" },
	{ HEAD "phase p 3\nphase p 4\n", "p:4: duplicate phase 'p': rename one" },
	{ HEAD "phase p max\nphase q 4\n", "p:4: phase 'q' follows phase 'p' of 'max' "
					   "tokens: make 'max' the last phase" },
	{ HEAD "phase p 3 len=32\n",
	    "p:3: unknown key in 'len=32': a phase takes seq=N and shard=N" },
	{ HEAD "group g 1\n",
	    "p:3: group 'g' precedes the phases: add 'phase NAME TOKENS' above" },
	{ FULL "phase q 5\n",
	    "p:5: phase 'q' must precede the groups: move this line up" },
	{ FULL "group g 0\n", "p:5: duplicate group 'g': rename one" },
	{ HEAD "phase p 3\ngroup g\n",
	    "p:4: 'group' is incomplete: write 'group NAME SHARE'" },
	{ HEAD "phase p 3\ngroup g 70\n",
	    "p:4: share '70' exceeds 1: write 0.7 for 70 %, or add 'weights relative' "
	    "above the groups" },
	{ HEAD "phase p 3\ngroup g 1 weight.q=1\n",
	    "p:4: unknown phase 'q' in 'weight.q=': define it above the groups" },
	{ HEAD "phase p 3\ngroup g 1 copies=1:1\n",
	    "p:4: unknown key 'copies': a group takes weight.PHASE= alpha= temperature= "
	    "unimax= min= max= cap=" },
	{ HEAD "phase p 3\ngroup g 1 alpha\n",
	    "p:4: 'alpha' is not of the form KEY=VALUE" },
	{ HEAD "phase p 3\ngroup g 1 weight.p=1 weight.p=1\n",
	    "p:4: duplicate key 'weight.p=': keep one" },
	{ FULL "source\n",
	    "p:5: 'source' is incomplete: write 'source NAME SHARDS... in=GROUP'" },
	{ FULL "source s x\n", "p:5: source 's' has no group: add in=GROUP" },
	{ FULL "source s in=g\n", "p:5: source 's' has no shards: list them before in=" },
	{ FULL "source s x in=h\n", "p:5: unknown group 'h': add 'group h SHARE' above" },
	{ FULL "source s x in=g cap=0\n",
	    "p:5: '0' epochs are out of range: use more than 0 and at most 255" },
	{ FULL "source s x in=g cap=256\n",
	    "p:5: '256' epochs are out of range: use more than 0 and at most 255" },
	{ FULL "source s x in=g cap=1 cap=2\n", "p:5: duplicate key 'cap=': keep one" },
	{ FULL "source s x in=g wieght=1\n",
	    "p:5: unknown key 'wieght': a source takes in= weight= weight.PHASE= cap= "
	    "times= copies= hold= only=; a path that contains '=' needs a '/' before "
	    "it" },
	{ FULL "source s x in=g\nsource s y in=g\n",
	    "p:6: duplicate source 's': rename one" },
	{ "tamis-plan 1\nphase p 3\ngroup g 1\nsource s x in=g\n",
	    "p:2: phase 'p' has no sample length: add 'seq 4096' above it, or seq=4096 "
	    "to this line" },
	{ FULL "seq 8\n", "p:5: 'seq' must precede the phases: move this line up" },
	{ FULL "shard 8\n", "p:5: 'shard' must precede the phases: move this line up" },
	{ HEAD "pack\n",
	    "p:3: 'pack' takes a word: write 'pack concat' or 'pack bestfit'" },
	{ HEAD "pack tight\n",
	    "p:3: unknown packing 'tight': write 'pack concat' or 'pack bestfit'" },
	{ HEAD "pack concat\npack concat\n", "p:4: duplicate line 'pack': keep one" },
	{ HEAD "seed 1\nseed 1\n", "p:4: duplicate line 'seed': keep one" },
	{ HEAD "batch 0\n",
	    "p:3: 'batch' takes two numbers: write 'batch TOKENS SAMPLES'" },
	{ HEAD "batch 1 8\n", "p:3: the first batch line begins at 1 tokens, not at 0" },
	{ HEAD "batch 0 8\nbatch 0 9\n",
	    "p:4: batch at 0 tokens follows the one at 0: sort the batch lines" },
	{ HEAD "batch 0 0\n",
	    "p:3: batch size 0 is out of range: use 1 to 4294967296 samples" },
	{ HEAD "phase p 3 seq=0\n",
	    "p:3: seq 0 is out of range: use 1 to 16777216 tokens" },
	{ HEAD "phase p 3 shard=0\n",
	    "p:3: shard 0 is out of range: use 1 to 4294967296 samples" },
	{ HEAD "phase p 3 seq=8 seq=9\n", "p:3: duplicate key 'seq=': keep one" },
	{ HEAD "phase p 3\ngroup g 1 alpha=1.5\n",
	    "p:4: alpha '1.5' is out of range: use 0 to 1" },
	{ HEAD "phase p 3\ngroup g 1 temperature=0.5\n",
	    "p:4: temperature '0.5' is out of range: use 1 to 1000" },
	{ HEAD "phase p 3\ngroup g 1 alpha=1 temperature=1\n",
	    "p:4: alpha=, temperature= and unimax= exclude each other: keep one" },
	{ HEAD "phase p 3\ngroup g 1 unimax=0\n",
	    "p:4: '0' epochs are out of range: use more than 0 and at most 255" },
	{ HEAD "phase p 3\ngroup g 1 unimax=4 max=0.5\n",
	    "p:4: unimax= cannot be combined with min= or max=: for bounds on equal "
	    "shares use alpha=0" },
	{ HEAD "phase p 3\ngroup g 1 min=0.5 max=0.4\n",
	    "p:4: min=0.5 exceeds max=0.4: lower min=" },
	{ FULL "source s x in=g times=0\n",
	    "p:5: times '0' is out of range: use more than 0 and at most 1000" },
	{ FULL "source s x in=g copies=3\n",
	    "p:5: copies= item '3' is not FROM:TIMES: write copies=2:1.5,10:3" },
	{ FULL "source s x in=g copies=3:1,\n",
	    "p:5: copies= item '' is not FROM:TIMES: write copies=2:1.5,10:3" },
	{ FULL "source s x in=g copies=3:1,3:2\n",
	    "p:5: copies= item '3:2' follows FROM 3: sort the items by FROM" },
	{ FULL "source s x in=g copies=3:256\n",
	    "p:5: copies= item '3:256': TIMES is out of range: use 0 to 255" },
	{ FULL "source s x in=g copies=65536:1\n",
	    "p:5: copies= item '65536:1': FROM is out of range: use 0 to 65535" },
	{ HEAD, "p: no phases: add 'phase NAME TOKENS'" },
	{ FULL, "p: no sources: add 'source NAME SHARDS... in=GROUP'" },
	{ HEAD "phase p 3\ngroup g 0.7\ngroup h 0.2\nsource s x in=g\n",
	    "p: phase 'p': group shares sum to 0.9, not to 1: adjust them, or add "
	    "'weights relative' above the groups" },
	{ HEAD "phase p 3\nphase q 3\ngroup g 0.7 weight.q=0.700000000001\ngroup h 0.3\n"
	       "source s x in=g\n",
	    "p: phase 'q': group shares sum to 1.000000000001, not to 1: adjust them, "
	    "or add 'weights relative' above the groups" },
};

START_TEST(plan_errors_name_the_fix)
{
	struct plan p;
	struct err err = { 0 };

	ck_assert_int_eq(plan_parse(span_of(plan_errors[_i].text), "p", &p, &err), -1);
	ck_assert_str_eq(err.msg, plan_errors[_i].want);
	ck_assert_int_eq(err.code, EXIT_DATA);
	plan_free(&p);
}
END_TEST

START_TEST(plan_is_parsed)
{
	static const char good[] =
	    "# a comment\r\n\n  tamis-plan 1 # another\n"
	    "seq 4096\nseed 20240614\nshard 2K\npack bestfit\n"
	    "batch 0 768\nbatch 200e9 2304\n"
	    "phase pre 8e12\nphase cont 0.9e12 seq=32768 shard=16\n"
	    "group en 0.7 weight.cont=0.5 cap=4 temperature=2 max=0.4\n"
	    "group code 0.3 weight.cont=0.5 unimax=1.5\n"
	    "source a/b x-* d/k=v-* in=en weight.cont=0.25 weight=0.5 cap=2.5 times=3\n"
	    "source b x in=en copies=2:1.5,10:3\n"
	    "source c y in=code";
	struct plan p;
	struct err err = { 0 };

	ck_assert_int_eq(plan_parse(span_of(good), "p", &p, &err), 0);
	ck_assert_uint_eq(p.seed, 20240614);
	ck_assert(p.bestfit);
	ck_assert_uint_eq(p.nbatches, 2);
	ck_assert_uint_eq(p.batch[1].first, 200000000000);
	ck_assert_uint_eq(p.batch[1].samples, 2304);
	ck_assert_uint_eq(p.nphases, 2);
	ck_assert_uint_eq(p.phase[0].seq, 4096);
	ck_assert_uint_eq(p.phase[0].shard, 2000);
	ck_assert_uint_eq(p.phase[1].tokens, 900000000000);
	ck_assert_uint_eq(p.phase[1].seq, 32768);
	ck_assert_uint_eq(p.phase[1].shard, 16);
	ck_assert_uint_eq(p.group[0].weight[0], 7 * (SHARE_ONE / 10));
	ck_assert_uint_eq(p.group[0].weight[1], SHARE_ONE / 2);
	ck_assert_double_eq(p.group[0].alpha, 0.5);
	ck_assert_uint_eq(p.group[0].most, 4 * (SHARE_ONE / 10));
	ck_assert_uint_eq(p.group[0].unimax, PLAN_UNSET);
	ck_assert_uint_eq(p.group[1].unimax, 3 * CAP_ONE / 2);
	ck_assert_uint_eq(p.source[0].nglob, 2);
	ck_assert_str_eq(p.source[0].glob[1], "d/k=v-*");
	ck_assert_uint_eq(p.source[0].weight[0], SHARE_ONE / 2);
	ck_assert_uint_eq(p.source[0].weight[1], SHARE_ONE / 4);
	ck_assert_uint_eq(p.source[0].cap, 2500000);
	ck_assert_uint_eq(p.source[0].times, 3 * CAP_ONE);
	ck_assert_uint_eq(p.source[1].cap, 4 * CAP_ONE);
	ck_assert_uint_eq(p.source[1].ncopies, 2);
	ck_assert_uint_eq(p.source[1].copies[0].from, 2);
	ck_assert_uint_eq(p.source[1].copies[0].times, 1500000);
	ck_assert_uint_eq(p.source[2].cap, PLAN_UNSET);
	ck_assert_uint_eq(p.source[2].weight[0], PLAN_UNSET);
	plan_free(&p);
}
END_TEST

/* ---- resolving, with given sizes in place of shards ---- */

/* Fill in a source as resolve_docs would. */
static void
give(struct resolved *rp, const struct plan_source *p, const struct given *g,
    struct resolved_source *s)
{
	s->name = arena_copy(&rp->mem, span_of(p->name));
	s->group = p->group;
	s->cap = p->cap == PLAN_UNSET ? RESOLVED_NONE : p->cap;
	s->hold = p->hold;
	s->only_held = p->only_held;
	s->ncopies = p->ncopies;
	s->copies = arena_alloc(&rp->mem, PLAN_MAX_COPIES * sizeof *s->copies);
	if (p->ncopies > 0)
		memcpy(s->copies, p->copies, p->ncopies * sizeof *s->copies);
	s->docs = arena_alloc(&rp->mem, sizeof g->tokens);
	s->tokens =
	    memcpy(arena_alloc(&rp->mem, sizeof g->tokens), g->tokens, sizeof g->tokens);
	for (; s->nrepeats < GIVEN_ROUNDS && g->tokens[s->nrepeats] > 0; s->nrepeats++)
		s->docs[s->nrepeats] = 1;
	s->ninputs = 1;
	s->input = xcalloc(1, sizeof *s->input);
	s->input->path = s->name;
	s->input->rows = s->docs[0];
	s->input->docs = s->docs;
	s->input->tokens = s->tokens;
}

static void
give_packing(struct resolved *rp, struct resolved_source *s)
{
	s->packed = arena_alloc(
	    &rp->mem, xmul(xmul(rp->nclasses, s->nrepeats), sizeof *s->packed));
	for (uint32_t c = 0; c < rp->nclasses; c++)
		for (uint32_t r = 0; r < s->nrepeats; r++) {
			uint64_t *window = arena_alloc(&rp->mem, sizeof *window);

			*window = s->tokens[r] / rp->class_seq[c] + 1;
			s->packed[c * s->nrepeats + r] =
			    (struct resolved_packing){ window, 1, *window };
		}
}

static int
resolve_given(const char *text, const struct given *source, bool count,
    struct resolved *rp, struct err *err)
{
	struct plan p;
	int rc;

	*rp = (struct resolved){ .vocab = 1000, .eod = 2, .pad = 3, .bos = UINT32_MAX };
	*err = (struct err){ 0 };
	rc = plan_parse(span_of(text), "p", &p, err);
	rp->seed = p.seed;
	rp->bestfit = p.bestfit;
	rp->source = xcalloc(p.nsources, sizeof *rp->source);
	for (uint32_t i = 0; rc == 0 && i < p.nsources; i++)
		give(rp, &p.source[i], &source[i], &rp->source[rp->nsources++]);
	if (rc == 0)
		rc = resolve_phases(&p, "p", rp, err);
	for (uint32_t i = 0; rc == 0 && p.bestfit && i < p.nsources; i++)
		give_packing(rp, &rp->source[i]);
	if (rc == 0)
		rc = resolve_shares(&p, "p", rp, err);
	if (rc == 0 && count)
		rc = resolve_counts(&p, "p", rp, err);
	plan_free(&p);
	return rc;
}

int
given_resolve(
    const char *text, const struct given *source, struct resolved *rp, struct err *err)
{
	return resolve_given(text, source, true, rp, err);
}

int
given_shares(
    const char *text, const struct given *source, struct resolved *rp, struct err *err)
{
	return resolve_given(text, source, false, rp, err);
}

#define BODY "tamis-plan 1\nseq 16\nshard 100\n"

static const struct {
	const char *text;
	struct given source[3];
	const char *want;
} resolve_errors[] = {
	{ BODY "phase p 16K\ngroup g 1\ngroup h 0\nsource s x in=g\n", { { { 9000 } } },
	    "p:6: group 'h' has no sources: add one with in=h" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g weight=0.5\nsource t x in=g "
	       "weight=0.4\n",
	    { { { 9000 } }, { { 9000 } } },
	    "p: phase 'p': source weights in group 'g' sum to 0.9, not to 1: adjust "
	    "them, omit one of them, or add 'weights relative' above the sources" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g weight=0.75\nsource t x in=g "
	       "weight=0.5\n",
	    { { { 9000 } }, { { 9000 } } },
	    "p: phase 'p': source weights in group 'g' sum to 1.25, not to 1: adjust "
	    "them, omit one of them, or add 'weights relative' above the sources" },
	{ BODY "phase p 10\ngroup g 1\nsource s x in=g\n", { { { 9000 } } },
	    "p: phase 'p': 10 tokens are less than one sample of 16: raise its TOKENS" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g weight=0.5 cap=0.5\nsource t x "
	       "in=g cap=3\n",
	    { { { 12000 } }, { { 9000 } } },
	    "p:6: source 's' runs out: it needs 8000 tokens, its cap of 0.5 epochs "
	    "allows 6000: lower its weight in favour of t (19008 tokens left)" },
	{ BODY "phase p 16K\ngroup g 1\nsource s x in=g cap=1\n", { { { 15000 } } },
	    "p:6: source 's' runs out: it needs 16000 tokens, its cap of 1 epoch allows "
	    "15008: shorten phase p to 15008 tokens, write 'max' for them, or raise the "
	    "cap" },
	{ BODY "phase p 1M\ngroup g 1\nsource s x in=g\n", { { { 3000 } } },
	    "p:6: source 's' runs out: it needs 1000000 tokens, the limit of 255 uses of "
	    "a document allows 765008: shorten phase p to 765008 tokens" },
	{ BODY
	    "phase p 16K\ngroup g 1\nsource s x in=g weight=1\nsource t x in=g weight=0\n"
	    "source u x in=g\n",
	    { { { 9000 } }, { { 9000 } }, { { 10 } } }, NULL },
};

START_TEST(resolve_errors_name_the_fix)
{
	struct resolved rp;
	struct err err;
	int rc =
	    given_resolve(resolve_errors[_i].text, resolve_errors[_i].source, &rp, &err);

	if (resolve_errors[_i].want) {
		ck_assert_int_eq(rc, -1);
		ck_assert_str_eq(err.msg, resolve_errors[_i].want);
	} else {
		ck_assert_int_eq(rc, 0);
	}
	resolved_free(&rp);
}
END_TEST

static const struct given sizes[] = { { { 70001 } }, { { 12345 } }, { { 999 } },
	{ { 40000 } } };

#define GROUPS                                                                           \
	"group en 0.7\ngroup multi 0.15\ngroup code 0.15\nsource en x in=en\n"           \
	"source de x in=multi\nsource fr x in=multi\nsource py x in=code weight=1\n"

START_TEST(shares_are_split_exactly)
{
	struct resolved rp;
	struct err err;

	ck_assert_int_eq(
	    given_resolve(BODY "phase p 160K\n" GROUPS, sizes, &rp, &err), 0);
	ck_assert_uint_eq(rp.samples, 10000);
	ck_assert_uint_eq(rp.nshards, 100);
	ck_assert_uint_eq(rp.source[0].weight[0], 700000000000);
	ck_assert_uint_eq(rp.source[3].weight[0], 150000000000);
	/*
	 * Shares of 12345 and 999 tokens of 13344: rounded down, then by largest
	 * remainder.
	 */
	ck_assert_uint_eq(rp.source[1].weight[0] + rp.source[2].weight[0], 150000000000);
	ck_assert_uint_eq(rp.source[1].weight[0], 138770233813);
	resolved_free(&rp);
}
END_TEST

/* A longer run begins like a shorter one, over every phase that both complete. */
START_TEST(longer_runs_begin_the_same)
{
	struct resolved a, b;
	struct err err;

	ck_assert_int_eq(given_resolve(BODY "phase p 160K\n" GROUPS, sizes, &a, &err), 0);
	ck_assert_int_eq(
	    given_resolve(BODY "phase p 320K\nphase q 32K\n" GROUPS, sizes, &b, &err), 0);
	ck_assert_uint_eq(b.nshards, 220);
	ck_assert_mem_eq(a.at, b.at, (size_t)(a.nshards + 1) * a.nsources * sizeof *a.at);
	resolved_free(&a);
	resolved_free(&b);
}
END_TEST

START_TEST(max_ends_at_the_first_cap)
{
	struct resolved rp;
	struct err err;
	bool full = false;
	const uint64_t *last;

	ck_assert_int_eq(given_resolve(BODY "phase p max\n" GROUPS, sizes, &rp, &err), 0);
	last = rp.at + rp.nshards * rp.nsources;
	for (uint32_t s = 0; s < rp.nsources; s++) {
		ck_assert_uint_eq(rp.source[s].cap, CAP_ONE);
		ck_assert_uint_le(last[s], epoch_part_limit(&rp, s, 0, last));
		full |= last[s] == epoch_part_limit(&rp, s, 0, last);
	}
	ck_assert(full);
	resolved_free(&rp);
}
END_TEST

/* ---- plan.lock ---- */

static const struct {
	const char *text;
	struct given source[4];
} locks[] = {
	{ BODY "phase p 16K\nphase q 8K\n" GROUPS,
	    { { { 70001 } }, { { 12345 } }, { { 999 } }, { { 40000 } } } },
	{ BODY
	    "pack bestfit\nbatch 0 8\nbatch 8K 16\nphase p 16K\nphase q 8K seq=64 "
	    "shard=40\nphase r 4K\ngroup g 0.5 alpha=0.3\ngroup h 0.5\nsource a x in=g "
	    "copies=2:2,7:2.5 cap=9.25\nsource b x in=g\nsource c x in=h copies=1:1\n",
	    { { { 7000, 5000, 100 } }, { { 12345 } }, { { 999 } } } },
};

START_TEST(plan_lock_round_trips)
{
	struct resolved rp, again;
	struct err err;
	struct buf a = { 0 }, b = { 0 };

	ck_assert_msg(given_resolve(locks[_i].text, locks[_i].source, &rp, &err) == 0,
	    "%s", err.msg);
	resolved_render(&rp, &a);
	ck_assert_int_eq(resolved_parse(buf_span(&a), "plan.lock", &again, &err), 0);
	resolved_render(&again, &b);
	ck_assert(span_eq(buf_span(&a), buf_span(&b)));
	resolved_free(&again);
	/* Truncated or changed text is rejected, or is a valid plan.lock itself. */
	for (size_t i = 0; i < a.n; i++) {
		err = (struct err){ 0 };
		ck_assert_int_eq(
		    resolved_parse((struct span){ a.p, i }, "plan.lock", &again, &err),
		    -1);
		resolved_free(&again);
		a.p[i] ^= 1;
		err = (struct err){ 0 };
		if (resolved_parse(buf_span(&a), "plan.lock", &again, &err) == 0) {
			b.n = 0;
			resolved_render(&again, &b);
			ck_assert(span_eq(buf_span(&a), buf_span(&b)));
		}
		resolved_free(&again);
		a.p[i] ^= 1;
	}
	resolved_free(&rp);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

/* Counts that sum correctly but are not those of the schedule are rejected on use. */
START_TEST(wrong_counts_are_detected)
{
	struct resolved rp, again;
	struct err err;
	struct buf a = { 0 };
	uint16_t order[100];

	ck_assert_int_eq(given_resolve(BODY "phase p 16K\n" GROUPS, sizes, &rp, &err), 0);
	rp.at[2 * (size_t)rp.nsources]++;
	rp.at[2 * (size_t)rp.nsources + 1]--;
	resolved_render(&rp, &a);
	ck_assert_int_eq(resolved_parse(buf_span(&a), "plan.lock", &again, &err), 0);
	/* From the wrong counts, the schedule would return to the right ones. */
	for (uint64_t i = 0; i < again.nshards; i++)
		ck_assert_int_eq(resolved_order(&again, i, order), i != 1 && i != 2);
	resolved_free(&rp);
	resolved_free(&again);
	buf_free(&a);
}
END_TEST

START_TEST(table_shows_shares)
{
	struct resolved rp;
	struct err err;
	struct buf b = { 0 };

	ck_assert_int_eq(given_resolve(BODY "phase p 16K\n" GROUPS, sizes, &rp, &err), 0);
	shares_put(&rp, &b);
	buf_putc(&b, '\0');
	ck_assert_str_eq(b.p,
	    "phase p: 1000 samples of 16, 16000 tokens\n"
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
	resolved_free(&rp);
	buf_free(&b);
}
END_TEST

Suite *
mixer_suite(void)
{
	Suite *s = suite_create("mixer");
	TCase *t = tcase_create("plan");

	tcase_add_loop_test(
	    t, plan_errors_name_the_fix, 0, sizeof plan_errors / sizeof *plan_errors);
	tcase_add_test(t, plan_is_parsed);
	tcase_add_loop_test(t, resolve_errors_name_the_fix, 0,
	    sizeof resolve_errors / sizeof *resolve_errors);
	tcase_add_test(t, shares_are_split_exactly);
	tcase_add_test(t, longer_runs_begin_the_same);
	tcase_add_test(t, max_ends_at_the_first_cap);
	tcase_add_loop_test(t, plan_lock_round_trips, 0, sizeof locks / sizeof *locks);
	tcase_add_test(t, wrong_counts_are_detected);
	tcase_add_test(t, table_shows_shares);
	suite_add_tcase(s, schedule_tcase());
	suite_add_tcase(s, group_schedule_tcase());
	suite_add_tcase(s, epoch_parts_tcase());
	suite_add_tcase(s, shares_tcase());
	suite_add_tcase(s, scatterfile_tcase());
	suite_add_tcase(s, encoder_facts_tcase());
	suite_add_tcase(s, t);
	return s;
}
