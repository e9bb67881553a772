/* near.c - drop documents that are near duplicates of one that is kept. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/buckets.h"
#include "dedup/elect.h"
#include "dedup/letters.h"
#include "dedup/near_view.h"
#include "dedup/same.h"
#include "dedup/sketch.h"

enum near_pass { PASS_SKETCH, PASS_SHINGLES };

struct near {
	double threshold;
	uint64_t bands, rows, best, memory;
	unsigned measure;
	struct near_view view;

	enum near_pass pass;
	struct sketcher *sketcher;
	struct spill_pool pool;
	struct elect_options options;
	struct same *same;
	struct buckets *buckets;
	struct elect *elect;
	bool tag;
};

static const struct near defaults = {
	.threshold = 0.8,
	.bands = 20,
	.rows = 7,
	.best = 1000,
};

static const struct opt opts[] = {
	OPT_DOUBLE('t', "threshold", struct near, threshold,
	    "the least similarity of duplicates, above 0 and up to 1"),
	OPT_ENUM(0, "measure", struct near, measure, "jaccard|containment",
	    "similarity: shingles in common, of those of both or of the shorter one"),
	OPT_STR(0, "scope", struct near, view.scope, "FIELD,...",
	    "compare only documents with equal values in these fields"),
	OPT_STR(0, "priority", struct near, view.priority, "FIELD",
	    "prefer to keep documents with the larger number in FIELD"),
	OPT_U64('b', "bands", struct near, bands, "bands of a sketch"),
	OPT_U64('r', "rows", struct near, rows, "rows of a band"),
	OPT_U64(0, "best", struct near, best,
	    "documents of a bucket, best first, with which all others are compared"),
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct near, memory, "BYTES",
	    "approximate memory to use; default: a quarter of RAM"),
	OPT_ALIAS(OPT_T_BYTES, 0, "mem", struct near, memory, "BYTES"),
	OPT_END,
};

/* What map leaves for fold. */
struct near_state {
	struct near_doc doc;
	uint64_t *key;	   /* of each band; NULL: a document without words */
	uint64_t *shingle; /* in the second pass */
	size_t n;
};

struct thread {
	struct near_scratch s;
	uint64_t *value; /* a sketch */
};

static int
check_options(struct near *x, struct err *err)
{
	if (!(x->threshold > 0 && x->threshold <= 1))
		return err_set(err, EXIT_USAGE,
		    "--threshold %g: must be above 0 and at most 1", x->threshold);
	if (x->bands < 1 || x->bands > BANDS_MAX)
		return err_set(err, EXIT_USAGE,
		    "--bands %" PRIu64 ": must be from 1 to %d", x->bands, BANDS_MAX);
	if (x->rows < 1 || x->bands * x->rows > SKETCH_MAX)
		return err_set(err, EXIT_USAGE,
		    "--rows %" PRIu64
		    ": must be at least 1, and bands times rows at most %d",
		    x->rows, SKETCH_MAX);
	if (x->best < 1)
		return err_set(err, EXIT_USAGE, "--best 0: must be at least 1");
	return 0;
}

static int
near_open(void *self, struct setup *setup, struct err *err)
{
	struct near *x = self;
	const char *tmp = setup->c->tmp ? setup->c->tmp : getenv("TMPDIR");

	if (check_options(x, err) < 0)
		return -1;
	setup->passes = 3;
	if (!x->memory)
		x->memory = (uint64_t)sysconf(_SC_PHYS_PAGES) / 4 *
			    (uint64_t)sysconf(_SC_PAGESIZE);
	x->tag = setup->c->tag;
	x->view.letters = letters_table();
	x->sketcher = sketcher_new((uint32_t)x->bands, (uint32_t)x->rows, setup->c->seed);
	x->pool = (struct spill_pool){ .dir = tmp && *tmp ? tmp : "/tmp",
		.limit = x->memory / 2 };
	x->options = (struct elect_options){
		.leaders = { .measure = (enum measure)x->measure,
		    .threshold = (uint64_t)(x->threshold * SIMILARITY_ONE + 0.5),
		    .best = x->best },
		.memory = x->memory / 8,
		.details = x->tag,
	};
	x->same = same_new(&x->pool);
	x->buckets = buckets_new(&x->pool);
	x->elect = elect_new(&x->options, &x->pool);
	return 0;
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
	uint64_t scope;

	*st = (struct near_state){ .doc = near_describe(&x->view, &t->s, d, &scope) };
	if (st->doc.shingles) {
		st->key = doc_alloc(d, x->bands * sizeof *st->key);
		sketch_keys(x->sketcher, t->s.words.hash, st->doc.shingles, scope,
		    t->value, st->key);
	}
	doc_state_set(d, st);
}

static void
copy_shingles(const struct near *x, struct thread *t, struct doc *d)
{
	struct near_state *st = doc_alloc(d, sizeof *st);
	const size_t n = near_shingle_set(&x->view, &t->s, d);

	*st = (struct near_state){ .n = n };
	st->shingle = doc_alloc(d, n * sizeof *st->shingle + 1);
	memcpy(st->shingle, t->s.words.hash, n * sizeof *st->shingle);
	doc_state_set(d, st);
}

static void
near_map(const void *self, void *scratch, struct doc *d)
{
	const struct near *x = self;

	if (x->pass == PASS_SKETCH)
		sketch(x, scratch, d);
	else if (elect_wants(x->elect, doc_ordinal(d)))
		copy_shingles(x, scratch, d);
}

static int
near_fold(void *self, struct doc *d, struct err *err)
{
	struct near *x = self;
	struct near_state *st = doc_state(d);

	if (x->pass == PASS_SHINGLES)
		return st ? elect_shingles(
				x->elect, doc_ordinal(d), st->shingle, st->n, err)
			  : 0;
	if (!st->key)
		return 0;
	st->doc.number = doc_ordinal(d);
	return same_add(x->same, &st->doc, err) < 0
		   ? -1
		   : buckets_add(x->buckets, st->doc.number, st->key, x->bands, err);
}

static int
near_decide(void *self, struct err *err)
{
	struct near *x = self;

	if (x->pass == PASS_SHINGLES)
		return elect_run(x->elect, err);
	x->pass = PASS_SHINGLES;
	if (same_find(x->same, elect_same, x->elect, err) < 0 ||
	    buckets_find(
		x->buckets, elect_removals(x->elect), elect_bucket, x->elect, err) < 0 ||
	    elect_connect(x->elect, err) < 0 ||
	    same_docs(x->same, elect_doc, x->elect, err) < 0 ||
	    elect_deal(x->elect, err) < 0)
		return -1;
	same_free(x->same);
	x->same = NULL;
	return 0;
}

static void
near_apply(const void *self, void *scratch, struct doc *d)
{
	const struct near *x = self;

	if (elect_removed(x->elect, doc_ordinal(d)))
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
	.open_thread = open_thread,
	.close_thread = close_thread,
};
