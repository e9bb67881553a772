/* near_elect.c - decide which documents are kept, from the buckets of near-match. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/elect.h"
#include "dedup/keep_file.h"
#include "dedup/letters.h"
#include "dedup/matches.h"
#include "dedup/near_options.h"
#include "dedup/near_view.h"
#include "dedup/same.h"
#include "dedup/sketch_set.h"

struct near_elect {
	const char *matches;
	uint64_t parts, memory;
	bool incremental, quiet;
	struct near_decision decision;

	struct near_view view;
	char *const *path; /* of the input files */
	struct sketch_set set;
	bool *old; /* of each file: an earlier run decided it */
	struct spill_pool pool;
	struct elect_options options;
	struct elect *elect;
	struct same *same;
	uint64_t n; /* documents read */
};

static const struct near_elect defaults = {
	.parts = 1,
	.decision = NEAR_DECISION_DEFAULTS,
};

static const struct opt opts[] = {
	OPT_NOREPORT(OPT_T_STR, 0, "matches", struct near_elect, matches, "FILE",
	    "the output of near-match for the same files"),
	OPT_NOREPORT(OPT_T_U64, 0, "parts", struct near_elect, parts, "N",
	    "the matches have N parts: FILE.1-of-N, FILE.2-of-N, ..."),
	NEAR_DECISION_OPTS(struct near_elect, decision),
	OPT_BOOL(0, "incremental", struct near_elect, incremental,
	    "keep the decisions about files that have them, and rank these first"),
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct near_elect, memory, "BYTES",
	    "approximate memory to use; default: a quarter of RAM"),
	OPT_ALIAS(OPT_T_BYTES, 0, "mem", struct near_elect, memory, "BYTES"),
	OPT_END,
};

/* Read the decisions about file i. */
static int
read_old(struct near_elect *x, size_t i, const char *path, struct err *err)
{
	const struct sketch_file *f = &x->set.file[i];
	struct keep_file k;
	int rc = keep_file_get(&k, path, err);

	if (rc == 0 && memcmp(&k.sketches, &f->digest, sizeof k.sketches) != 0)
		rc = err_set(err, EXIT_DATA,
		    "'%s': not about these sketches of the file: remove it", path);
	x->old[i] = rc == 0;
	for (uint64_t n = 0; n < k.documents && rc == 0; n++)
		elect_old(x->elect, x->set.first[i] + n, !keep_file_has(&k, n));
	keep_file_free(&k);
	return rc;
}

/* With --incremental: find the files that an earlier run decided. */
static int
find_old(struct near_elect *x, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	x->old = xcalloc(x->set.n, sizeof *x->old);
	for (size_t i = 0; i < x->set.n && x->incremental && rc == 0; i++) {
		keep_path(&path, x->path[i]);
		if (access(path.p, F_OK) == 0)
			rc = read_old(x, i, path.p, err);
	}
	buf_free(&path);
	return rc;
}

struct adding {
	struct near_elect *x;
	bool old;
};

static int
add_doc(void *arg, const struct near_doc *d, struct err *err)
{
	const struct adding *a = arg;
	struct near_doc doc = *d;

	if (a->old)
		doc.age = elect_removed(a->x->elect, d->number) ? NEAR_OLD_REMOVED
								: NEAR_OLD_KEPT;
	return same_add(a->x->same, &doc, err);
}

/* Find the documents that have the same shingles. */
static int
read_sketches(struct near_elect *x, struct err *err)
{
	x->same = same_new(&x->pool);
	for (size_t i = 0; i < x->set.n; i++) {
		struct adding a = { x, x->old[i] };

		if (sketch_file_docs(&x->set.file[i], x->set.first[i], add_doc, &a, err) <
		    0)
			return -1;
	}
	return same_find(x->same, elect_same, x->elect, err);
}

static int
read_matches(struct near_elect *x, struct err *err)
{
	struct matches_head head = { .parts = x->parts,
		.files = x->set.n,
		.documents = x->set.documents,
		.sketches = x->set.digest };
	struct buf path = { 0 };
	int rc = 0;

	for (head.part = 1; head.part <= x->parts && rc == 0; head.part++) {
		matches_path(&path, x->matches, head.part, x->parts);
		rc = matches_read(path.p, &head, elect_bucket, x->elect, err);
	}
	buf_free(&path);
	return rc;
}

static void
elect_close(void *self)
{
	struct near_elect *x = self;

	elect_free(x->elect);
	same_free(x->same);
	sketch_set_close(&x->set);
	free(x->old);
}

static int
elect_open(void *self, struct setup *setup, struct err *err)
{
	struct near_elect *x = self;

	setup->alone = true;
	x->quiet = setup->c->quiet;
	if (near_decision_check(&x->decision, err) < 0 ||
	    spill_pool_init(&x->pool, x->memory, setup->c->tmp, err) < 0)
		return -1;
	if (setup->c->output)
		return err_set(err, EXIT_USAGE,
		    "--output '%s': the bits of FILE go to FILE.keep", setup->c->output);
	if (!x->matches)
		return err_set(err, EXIT_USAGE, "name the matches with --matches FILE");
	if (x->parts < 1 || x->parts > KEY_PARTS)
		return err_set(err, EXIT_USAGE,
		    "--parts %" PRIu64 ": must be from 1 to %d", x->parts, KEY_PARTS);
	x->path = setup->input;
	x->view.letters = letters_table();
	x->options = (struct elect_options){ .leaders = near_leaders(&x->decision),
		.memory = x->pool.memory / 8 };
	x->elect = elect_new(&x->options, &x->pool);
	if (sketch_set_open(&x->set, setup->input, setup->ninputs, err) == 0 &&
	    find_old(x, err) == 0 && read_sketches(x, err) == 0 &&
	    read_matches(x, err) == 0 && elect_connect(x->elect, err) == 0 &&
	    same_docs(x->same, elect_doc, x->elect, err) == 0 &&
	    elect_deal(x->elect, err) == 0)
		return 0;
	elect_close(x);
	return -1;
}

static int
elect_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct near_scratch));
	return 0;
}

static void
elect_close_thread(void *scratch)
{
	near_scratch_free(scratch);
	free(scratch);
}

static void
elect_map(const void *self, void *scratch, struct doc *d)
{
	const struct near_elect *x = self;
	struct near_scratch *s = scratch;

	if (elect_wants(x->elect, doc_ordinal(d)))
		doc_state_set(d, near_shingle_copy(&x->view, s, d));
}

static int
elect_fold(void *self, struct doc *d, struct err *err)
{
	struct near_elect *x = self;
	const struct near_shingle_set *s = doc_state(d);

	x->n++;
	return s ? elect_shingles(
		       x->elect, doc_ordinal(d), s->content, s->shingle, s->n, err)
		 : 0;
}

static int
elect_write(void *self, struct doc *d, struct err *err)
{
	return 0;
}

/* Decide, and publish the bits of each file. */
static int
elect_finish(void *self, struct span report, struct err *err)
{
	struct near_elect *x = self;
	struct buf path = { 0 };
	int rc;

	if (x->n != x->set.documents)
		return err_set(err, EXIT_DATA,
		    "%" PRIu64 " documents, but sketches of %" PRIu64
		    ": the input has changed",
		    x->n, x->set.documents);
	rc = elect_run(x->elect, err);

	for (size_t i = 0; i < x->set.n && rc == 0; i++) {
		if (x->old[i])
			continue;
		keep_path(&path, x->path[i]);
		rc = keep_file_put(path.p, elect_removals(x->elect), x->set.first[i],
		    x->set.file[i].documents, x->set.file[i].digest, err);
	}
	if (rc == 0 && !x->quiet)
		msg("%" PRIu64 " documents are to be dropped",
		    elect_stats(x->elect)->removed);
	buf_free(&path);
	return rc;
}

static const struct sink sink = { .write = elect_write, .finish = elect_finish };

const struct filter filter_near_elect = {
	.name = "near-elect",
	.summary = "decide which documents are kept, from the matches of near-match",
	.example = "tamis near-elect --matches crawl.matches a.jsonl.zst b.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = elect_open,
	.close = elect_close,
	.map = elect_map,
	.fold = elect_fold,
	.open_thread = elect_open_thread,
	.close_thread = elect_close_thread,
	.sink = &sink,
};
