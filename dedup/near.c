/* near.c - drop documents that are near duplicates of one that is kept. */
#include <inttypes.h>
#include <stdlib.h>

#include "dedup/buckets.h"
#include "dedup/elect.h"
#include "dedup/letters.h"
#include "dedup/near_options.h"
#include "dedup/near_view.h"
#include "dedup/same.h"
#include "dedup/sketch.h"
#include "lib/base/num.h"

enum near_pass { PASS_SKETCH, PASS_SHINGLES };

struct near {
	struct near_decision decision;
	uint64_t bands, rows, memory;
	bool components, counts;
	struct near_view view;

	enum near_pass pass;
	struct sketcher *sketcher;
	struct spill_pool pool;
	struct elect_options options;
	struct same *same;
	struct buckets *buckets;
	struct elect *elect;
	struct near_scope_use scope;
	bool tag, ids, verbose;
};

static const struct near defaults = {
	.decision = NEAR_DECISION_DEFAULTS,
	.bands = 20,
	.rows = 7,
};

static const struct opt opts[] = {
	NEAR_DECISION_OPTS(struct near, decision),
	OPT_STR(0, "scope", struct near, view.scope, "FIELD,...",
	    "compare only documents with equal values in these fields"),
	OPT_STR(0, "priority", struct near, view.priority, "FIELD",
	    "prefer to keep documents with the larger number in FIELD"),
	OPT_U64(0, "bands", struct near, bands, "bands of a sketch"),
	OPT_U64(0, "rows", struct near, rows, "rows of a band"),
	OPT_BOOL(0, "components", struct near, components,
	    "keep one document of each component of documents that share band keys"),
	OPT_BOOL(0, "counts", struct near, counts,
	    "write fields dup_count and cluster_size to the documents that are kept"),
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct near, memory, "BYTES",
	    "approximate memory to use; default: a quarter of RAM"),
	OPT_ALIAS(OPT_T_BYTES, 0, "mem", struct near, memory, "BYTES"),
	OPT_END,
};

/* What map leaves for fold. */
struct near_state {
	struct near_doc doc;
	struct near_scope scope;
	uint64_t *key; /* of each band; NULL: a document without words */
	/* In the second pass. */
	struct near_shingle_set *set; /* NULL: not wanted */
	struct span id;		      /* p == NULL: not wanted */
};

struct thread {
	struct near_scratch s;
	uint64_t *value; /* a sketch */
};

static int
check_options(struct near *x, struct err *err)
{
	const struct near_decision *d = &x->decision, *usual = &defaults.decision;

	if (near_decision_check(&x->decision, err) < 0 ||
	    sketch_check(x->bands, x->rows, err) < 0 ||
	    near_scope_check(&x->view, err) < 0)
		return -1;
	if (x->components && (d->threshold != usual->threshold ||
				 d->measure != usual->measure || d->best != usual->best))
		return err_set(err, EXIT_USAGE,
		    "--components compares no shingles: omit --threshold, --measure and "
		    "--best");
	return 0;
}

static int
near_open(void *self, struct setup *setup, struct err *err)
{
	struct near *x = self;

	if (check_options(x, err) < 0 ||
	    spill_pool_init(&x->pool, x->memory, setup->c->tmp, err) < 0)
		return -1;
	x->tag = setup->c->tag;
	/* Rejects name the document that was kept, too. */
	x->ids = x->tag || setup->c->rejects;
	setup->passes = x->components && !x->ids ? 2 : 3;
	x->verbose = setup->c->verbose;
	x->view.letters = letters_table();
	x->sketcher = sketcher_new((uint32_t)x->bands, (uint32_t)x->rows, setup->c->seed);
	x->options = (struct elect_options){
		.leaders = near_leaders(&x->decision),
		.memory = x->pool.memory / 8,
		.components = x->components,
		.details = x->ids || x->counts,
		.ids = x->ids,
	};
	x->same = same_new(&x->pool);
	x->buckets = buckets_new(&x->pool);
	x->elect = elect_new(&x->options, &x->pool);
	return 0;
}

static void
print_details(const struct near *x, const struct elect_stats *s)
{
	msg("%" PRIu64 " documents with the shingles of another, %" PRIu64
	    " more candidates",
	    s->same, s->candidates);
	if (x->components)
		msg("%" PRIu64 " components, the largest of %" PRIu64 " documents",
		    s->components, s->largest_component);
	else
		msg("%" PRIu64 " pairs compared, %" PRIu64 " in full, in %" PRIu64
		    " partition%s",
		    s->leaders.compared, s->leaders.merged, s->partitions,
		    plural(s->partitions));
	msg("%.1f MB of temporary files at --memory %" PRIu64 "Mi",
	    (double)x->pool.file_max * 1e-6, x->pool.memory >> 20);
}

static void
near_remark(const void *self)
{
	const struct near *x = self;
	const struct elect_stats *s = elect_stats(x->elect);

	near_scope_warn(&x->view, &x->scope);
	near_warn_large(&x->decision, s, s->example);
	if (x->verbose)
		print_details(x, s);
}

static void
near_close(void *self)
{
	struct near *x = self;

	elect_free(x->elect);
	same_free(x->same);
	buckets_free(x->buckets);
	sketcher_free(x->sketcher);
}

static int
open_thread(const void *self, void **scratch, struct err *err)
{
	const struct near *x = self;
	struct thread *t = xcalloc(1, sizeof *t);

	t->value = xmalloc(sketcher_values(x->sketcher) * sizeof *t->value);
	*scratch = t;
	return 0;
}

static void
close_thread(void *scratch)
{
	struct thread *t = scratch;

	near_scratch_free(&t->s);
	free(t->value);
	free(t);
}

static void
sketch(const struct near *x, struct thread *t, struct doc *d)
{
	struct near_state *st = doc_alloc(d, sizeof *st);

	*st = (struct near_state){ .key = NULL };
	st->doc = near_describe(&x->view, &t->s, d, &st->scope);
	if (st->doc.shingles) {
		st->key = doc_alloc(d, x->bands * sizeof *st->key);
		sketch_keys(x->sketcher, t->s.words.hash, t->s.n, st->scope.hash,
		    t->value, st->key);
	}
	doc_state_set(d, st);
}

/* In the second pass: what elect.c wants to know. */
static void
look_again(const struct near *x, struct thread *t, struct doc *d)
{
	const bool shingles = elect_wants(x->elect, doc_ordinal(d)),
		   id = elect_wants_id(x->elect, doc_ordinal(d));
	struct near_state *st;

	if (!shingles && !id)
		return;
	st = doc_alloc(d, sizeof *st);
	*st = (struct near_state){ .id = id ? doc_id(d) : (struct span){ NULL, 0 } };
	if (shingles)
		st->set = near_shingle_copy(&x->view, &t->s, d);
	doc_state_set(d, st);
}

static void
near_map(const void *self, void *scratch, struct doc *d)
{
	const struct near *x = self;

	if (x->pass == PASS_SKETCH)
		sketch(x, scratch, d);
	else
		look_again(x, scratch, d);
}

/* Hand over what map found in the second pass. */
static int
fold_again(struct near *x, struct doc *d, struct err *err)
{
	const struct near_state *st = doc_state(d);
	const uint64_t number = doc_ordinal(d);

	if (!st)
		return 0;
	if (st->id.p && elect_id(x->elect, number, st->id, err) < 0)
		return -1;
	return st->set ? elect_shingles(x->elect, number, st->set->content,
			     st->set->shingle, st->set->n, err)
		       : 0;
}

static int
near_fold(void *self, struct doc *d, struct err *err)
{
	struct near *x = self;
	struct near_state *st = doc_state(d);

	if (x->pass == PASS_SHINGLES)
		return fold_again(x, d, err);
	near_scope_note(&x->scope, st->scope);
	if (!st->key)
		return 0;
	st->doc.number = doc_ordinal(d);
	return same_add(x->same, &st->doc, err) < 0
		   ? -1
		   : buckets_add(x->buckets, st->doc.number, st->key, x->bands, err);
}

/* After the first pass: find the candidates. */
static int
find_candidates(struct near *x, struct err *err)
{
	if (same_find(x->same, elect_same, x->elect, err) < 0 ||
	    buckets_find(x->buckets, elect_twins(x->elect), elect_bucket, x->elect, err) <
		0 ||
	    elect_connect(x->elect, err) < 0 ||
	    same_docs(x->same, elect_doc, x->elect, err) < 0 ||
	    elect_deal(x->elect, err) < 0)
		return -1;
	same_free(x->same);
	x->same = NULL;
	return 0;
}

static int
near_decide(void *self, struct err *err)
{
	struct near *x = self;

	if (x->pass == PASS_SKETCH) {
		if (find_candidates(x, err) < 0)
			return -1;
		x->pass = PASS_SHINGLES;
		if (!x->components || x->ids)
			return 0;
	}
	return elect_run(x->elect, err);
}

/* Set the fields about duplicates. */
static void
set_fields(const struct near *x, struct doc *d, bool removed)
{
	struct fact f = { 0 };

	if (!elect_find(x->elect, doc_ordinal(d), &f))
		f = (struct fact){ 0 };
	if (removed) {
		doc_set_str(d, SPAN("dup_of"), f.id);
		if (!x->components)
			doc_set_num(d, SPAN("dup_sim"), f.similarity, 4);
	}
	/* Of an earlier run. */
	for (size_t i = 0; i < 2; i++) {
		const struct span key = i ? SPAN("dup_sim") : SPAN("dup_of");
		struct span old;

		if ((!removed || (i && x->components)) && doc_get(d, key, &old))
			doc_set_raw(d, key, SPAN("null"));
	}
	doc_set_u64(d, SPAN("dup_count"), removed ? 0 : f.count);
	doc_set_u64(d, SPAN("cluster_size"), f.count + 1);
}

static void
near_apply(const void *self, void *scratch, struct doc *d)
{
	const struct near *x = self;
	const bool removed = elect_removed(x->elect, doc_ordinal(d));

	if (x->tag || (removed ? x->ids : x->counts))
		set_fields(x, d, removed);
	if (removed)
		doc_drop(d, "near.duplicate");
}

const struct filter filter_near = {
	.name = "near",
	.summary = "drop documents that are near duplicates of one that is kept",
	.example = "tamis near -o unique.jsonl.zst a.jsonl.zst b.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = near_open,
	.close = near_close,
	.map = near_map,
	.fold = near_fold,
	.decide = near_decide,
	.apply = near_apply,
	.remark = near_remark,
	.open_thread = open_thread,
	.close_thread = close_thread,
};
