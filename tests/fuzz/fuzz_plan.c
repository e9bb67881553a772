/* fuzz_plan.c - plan and plan.lock: any text is rejected with a message or is
 * consistent.
 */
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/planfile.h"
#include "mixer/plan/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Limits of what is visited sample by sample. */
enum { FEW_SAMPLES = 1 << 14, FEW_SHARDS = 256, FEW_SOURCES = 64 };

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static void
check_error(const struct err *err)
{
	check(err->code == EXIT_DATA && err->msg[0] != '\0');
}

/* The epoch parts and the schedule of a valid plan must be consistent. */
static void
use_resolved(const struct resolved *rp)
{
	struct err err = { 0 };
	struct epoch_parts *p = epoch_parts_new(rp, &err);
	struct sample_order *o;
	uint16_t *order;

	if (!p) {
		check_error(&err);
		return;
	}
	o = sample_order_new(p);
	for (uint32_t i = 0; i < rp->nclasses * rp->nsources && i < FEW_SOURCES; i++) {
		uint32_t c = i / rp->nsources, s = i % rp->nsources;
		uint64_t n = epoch_parts_total(p, s, c);

		for (uint64_t k = 0; k < n && k < 4; k++) {
			uint64_t at = k % 2 ? n - 1 - k : k;
			struct sample_pos spot =
			    sample_order_pos(o, s, c, at < n ? at : 0);

			check(sample_order_number(o, &spot) == (at < n ? at : 0));
		}
	}
	for (uint64_t i = 0; i < rp->nshards && i < FEW_SHARDS; i++) {
		uint64_t n = resolved_shard_samples(rp, i);

		if (n > (uint64_t)FEW_SAMPLES / FEW_SHARDS * 4)
			continue;
		order = xcalloc((size_t)n, sizeof *order);
		resolved_order(rp, i, order);
		for (uint64_t k = 0; k < n; k++)
			check(order[k] < rp->nsources);
		free(order);
	}
	sample_order_free(o);
	epoch_parts_free(p);
}

/* With the checksum that a text should have: only then is the rest of it parsed. */
static void try_resolved(struct span text, bool must);

static void
try_sealed(struct span text)
{
	enum { LAST_LINE = 5 + 32 + 1 };
	struct buf b = { 0 };

	buf_put(&b, text.p, text.n > LAST_LINE ? text.n - LAST_LINE : 0);
	resolved_seal(&b, 0);
	try_resolved(buf_span(&b), false);
	buf_free(&b);
}

/* A valid plan.lock renders to the same text. */
static void
try_resolved(struct span text, bool must)
{
	struct resolved rp;
	struct err err = { 0 };
	struct buf again = { 0 };

	if (resolved_parse(text, "plan.lock", &rp, &err) == 0) {
		resolved_render(&rp, &again);
		check(span_eq(buf_span(&again), text));
		use_resolved(&rp);
	} else {
		check(!must);
		check_error(&err);
	}
	resolved_free(&rp);
	buf_free(&again);
}

/* Sizes in place of shards: [r] of source i. */
static void
give_source(struct resolved *rp, const struct plan_source *p, uint32_t i)
{
	struct resolved_source *s = &rp->source[rp->nsources++];

	*s = (struct resolved_source){ .name = arena_copy(&rp->mem, span_of(p->name)),
		.group = p->group,
		.cap = p->cap == PLAN_UNSET ? RESOLVED_NONE : p->cap,
		.copies = arena_alloc(&rp->mem, PLAN_MAX_COPIES * sizeof *s->copies),
		.ncopies = p->ncopies,
		.nrepeats = p->ncopies > 0 ? 1 + i % 3 : 1,
		.answers = 1,
		.docs = arena_alloc(&rp->mem, 3 * sizeof *s->docs),
		.tokens = arena_alloc(&rp->mem, 3 * sizeof *s->tokens),
		.input = xcalloc(1, sizeof *s->input),
		.ninputs = 1 };
	for (uint32_t k = 0; k < s->ncopies; k++)
		s->copies[k] = p->copies[k];
	for (uint32_t r = 0; r < s->nrepeats; r++) {
		s->docs[r] = 100 / (r + 1);
		s->tokens[r] = (UINT64_C(100) << (i * 7 % 10)) / (r + 1) + i;
	}
	*s->input = (struct resolved_input){
		.path = s->name, .rows = s->docs[0], .docs = s->docs, .tokens = s->tokens
	};
}

static void
give_packing(struct resolved *rp, struct resolved_source *s)
{
	s->packed = arena_alloc(
	    &rp->mem, xmul(xmul(rp->nclasses, s->nrepeats), sizeof *s->packed));
	for (uint32_t k = 0; k < rp->nclasses * s->nrepeats; k++) {
		uint64_t *window = arena_alloc(&rp->mem, sizeof *window);

		*window = s->tokens[k % s->nrepeats] / rp->class_seq[k / s->nrepeats] + 1;
		s->packed[k] = (struct resolved_packing){ window, 1, *window };
	}
}

/* A plan that resolves must render to a valid plan.lock. */
static void
try_resolve(const struct plan *p)
{
	struct resolved rp = { .seed = p->seed,
		.bestfit = p->bestfit,
		.vocab = 1000,
		.eod = 2,
		.pad = 3,
		.bos = UINT32_MAX };
	struct err err = { 0 };
	struct buf text = { 0 };
	int rc;

	rp.source = xcalloc(p->nsources, sizeof *rp.source);
	for (uint32_t i = 0; i < p->nsources; i++)
		give_source(&rp, &p->source[i], i);
	rc = resolve_phases(p, "p", &rp, &err);
	for (uint32_t k = 0; k < rp.nphases; k++)
		if (p->phase[k].tokens == PLAN_UNSET
			? p->phase[k].seq < 16
			: rp.phase[k].first + rp.phase[k].samples > FEW_SAMPLES)
			rc = err_set(&err, EXIT_DATA, "too large for a fuzzer");
	for (uint32_t i = 0; i < p->nsources && p->bestfit && rc == 0; i++)
		give_packing(&rp, &rp.source[i]);
	if (rc == 0)
		rc = resolve_shares(p, "p", &rp, &err);
	if (rc == 0)
		rc = resolve_counts(p, "p", &rp, &err);
	if (rc == 0) {
		resolved_render(&rp, &text);
		try_resolved(buf_span(&text), true);
	} else {
		check_error(&err);
	}
	buf_free(&text);
	resolved_free(&rp);
}

static void
try_plan(struct span text)
{
	struct plan p;
	struct err err = { 0 };

	if (plan_parse(text, "blend.plan", &p, &err) < 0) {
		check_error(&err);
		plan_free(&p);
		return;
	}
	check(p.nphases > 0 && p.nsources > 0);
	for (uint32_t k = 0; k < p.nphases; k++) {
		uint64_t sum = 0;

		check(p.phase[k].seq > 0 && p.phase[k].shard > 0);
		for (uint32_t g = 0; g < p.ngroups; g++)
			sum += p.group[g].weight[k];
		check(sum == SHARE_ONE);
	}
	for (uint32_t s = 0; s < p.nsources; s++)
		check(p.source[s].group < p.ngroups && p.source[s].nglob > 0 &&
		      p.source[s].cap > 0 && p.source[s].times > 0);
	if (p.nsources <= FEW_SOURCES)
		try_resolve(&p);
	plan_free(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };

	try_plan(text);
	try_resolved(text, false);
	try_sealed(text);
	return 0;
}
