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
#include "lib/io/inputs.h"
#include "lib/io/publish.h"

struct near_elect {
	const char *matches;
	uint64_t parts, memory;
	bool incremental;
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
	bool verbose;
	const struct setup *setup;
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
	int rc = keep_file_get(&k, path, "remove it", err);

	if (rc == 0 && !hash128_eq(k.sketches, f->digest))
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

/* The file of a document. */
static size_t
file_of(const struct near_elect *x, uint64_t number)
{
	size_t i = 0;

	while (i + 1 < x->set.n && x->set.first[i + 1] <= number)
		i++;
	return i;
}

/* Append FILE:LINE: near-sketch wrote a document a line. */
static void
put_place(const struct near_elect *x, uint64_t number, struct buf *b)
{
	const size_t i = file_of(x, number);

	buf_putf(b, "%s:%" PRIu64, x->path[i], number - x->set.first[i] + 1);
	buf_putc(b, '\0');
}

static void
warn_large(const struct near_elect *x)
{
	const struct elect_stats *s = elect_stats(x->elect);
	struct buf b = { 0 };

	put_place(x, s->example_number, &b);
	near_warn_large(&x->decision, s, b.p);
	buf_free(&b);
}

/* The documents of file i that are not kept. */
static uint64_t
dropped_of(const struct near_elect *x, size_t i)
{
	uint64_t n = 0;

	for (uint64_t k = 0; k < x->set.file[i].documents; k++)
		n += elect_removed(x->elect, x->set.first[i] + k);
	return n;
}

static void
print_files(const struct near_elect *x)
{
	for (size_t i = 0; i < x->set.n; i++)
		msg("  %" PRIu64 " of %" PRIu64 " dropped in '%s'", dropped_of(x, i),
		    x->set.file[i].documents, x->path[i]);
}

static void
elect_remark(const void *self)
{
	const struct near_elect *x = self;

	warn_large(x);
	if (x->verbose)
		print_files(x);
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

/* Refuse the options of filters that write documents. */
static int
check_common(const struct common *c, struct err *err)
{
	if (c->output)
		return err_set(err, EXIT_USAGE,
		    "--output '%s': the bits of FILE go to FILE.keep", c->output);
	if (c->rejects)
		return err_set(err, EXIT_USAGE,
		    "--rejects '%s': near-elect does not write documents: give it to "
		    "near-keep",
		    c->rejects);
	if (c->tag || c->level)
		return err_set(err, EXIT_USAGE,
		    "--%s: near-elect does not write documents: give it to near-keep",
		    c->tag ? "tag" : "compress");
	if (strcmp(c->id, "id") != 0)
		return err_set(err, EXIT_USAGE,
		    "--id '%s': near-elect reads no ids: give it to near-sketch", c->id);
	return 0;
}

static int
check_options(struct near_elect *x, const struct setup *setup, struct err *err)
{
	if (near_decision_check(&x->decision, err) < 0 || check_common(setup->c, err) < 0)
		return -1;
	if (!x->matches)
		return err_set(err, EXIT_USAGE, "name the matches with --matches FILE");
	if (x->parts < 1 || x->parts > KEY_PARTS)
		return err_set(err, EXIT_USAGE,
		    "--parts %" PRIu64 ": must be from 1 to %d", x->parts, KEY_PARTS);
	for (size_t i = 0; i < setup->ninputs; i++)
		if (strcmp(setup->input[i], "-") == 0)
			return err_set(err, EXIT_USAGE,
			    "standard input has no sketches beside it: name the files "
			    "that near-match was given");
	return 0;
}

/* Refuse another seed than that of the sketches. */
static int
check_seed(const struct near_elect *x, const struct common *c, struct err *err)
{
	const uint64_t seed = x->set.n ? x->set.file[0].options.seed : 0;

	if (c->seed == 0 || c->seed == seed)
		return 0;
	return err_set(err, EXIT_USAGE,
	    "--seed %" PRIu64 ": the sketches have seed %" PRIu64
	    ": give it to near-sketch",
	    c->seed, seed);
}

/* Refuse bits that would replace an input or the report. */
static int
check_outputs(const struct near_elect *x, const struct common *c, struct err *err)
{
	struct buf path = { 0 }, name = { 0 };
	int rc = c->report ? inputs_check(c->report, err) : 0;

	for (size_t i = 0; i < x->set.n && rc == 0; i++) {
		name.n = 0;
		buf_putf(&name, "the bits of '%s'", x->path[i]);
		buf_putc(&name, '\0');
		keep_path(&path, x->path[i]);
		if (!x->old[i])
			rc = inputs_check(path.p, err);
		if (rc == 0 && c->report)
			rc = publish_distinct(
			    (const struct output_name[]){
				{ name.p, path.p }, { "--report", c->report } },
			    2, err);
	}
	buf_free(&path);
	buf_free(&name);
	return rc;
}

static int
elect_open(void *self, struct setup *setup, struct err *err)
{
	struct near_elect *x = self;

	setup->alone = true;
	x->setup = setup;
	x->verbose = setup->c->verbose;
	if (check_options(x, setup, err) < 0 ||
	    spill_pool_init(&x->pool, x->memory, setup->c->tmp, err) < 0)
		return -1;
	x->path = setup->input;
	x->view.letters = letters_table();
	x->options = (struct elect_options){ .leaders = near_leaders(&x->decision),
		.memory = x->pool.memory / 8 };
	x->elect = elect_new(&x->options, &x->pool);
	if (sketch_set_open(&x->set, setup->input, setup->ninputs, err) == 0 &&
	    check_seed(x, setup->c, err) == 0 && find_old(x, err) == 0 &&
	    check_outputs(x, setup->c, err) == 0 && read_sketches(x, err) == 0 &&
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

/* The first file that is not the one that near-sketch wrote, or the number of files. */
static size_t
changed_file(const struct near_elect *x)
{
	size_t i = 0;

	while (i < x->set.n &&
	       hash128_eq(setup_input(x->setup, i).hash, x->set.file[i].source))
		i++;
	return i;
}

/* State that file i has changed, and where, if a document of it is known to have. */
static int
refuse_file(const struct near_elect *x, size_t i, struct err *err)
{
	const uint64_t number = elect_stats(x->elect)->changed;
	struct buf b = { 0 };

	if (number != UINT64_MAX && file_of(x, number) == i) {
		put_place(x, number, &b);
	} else {
		buf_puts(&b, x->path[i]);
		buf_putc(&b, '\0');
	}
	err_set(err, EXIT_DATA,
	    "%s: changed since near-sketch: run near-sketch, near-match and near-elect "
	    "again",
	    b.p);
	buf_free(&b);
	return -1;
}

/* State that the options present another text than the one that was sketched. */
static int
refuse_text(const struct near_elect *x, struct err *err)
{
	struct buf b = { 0 };

	put_place(x, elect_stats(x->elect)->changed, &b);
	err_set(err, EXIT_DATA,
	    "%s: not the text that near-sketch read: give the same --text and --on-bad",
	    b.p);
	buf_free(&b);
	return -1;
}

/* Decide. */
static int
elect_end(void *self, struct err *err)
{
	struct near_elect *x = self;
	struct err why = { 0 };
	const int rc = elect_run(x->elect, &why);
	const size_t changed = changed_file(x);

	if (changed < x->set.n)
		return refuse_file(x, changed, err);
	if (elect_stats(x->elect)->changed != UINT64_MAX)
		return refuse_text(x, err);
	if (rc == 0 && x->n != x->set.documents)
		return err_set(err, EXIT_DATA,
		    "%" PRIu64 " documents, but sketches of %" PRIu64
		    ": give the same --text and --on-bad as to near-sketch",
		    x->n, x->set.documents);
	if (rc < 0)
		*err = why;
	return rc;
}

static uint64_t
elect_drops(const void *self, const char **rule)
{
	const struct near_elect *x = self;
	uint64_t n = 0;

	*rule = "near.duplicate";
	for (size_t i = 0; i < x->set.n; i++)
		n += dropped_of(x, i);
	return n;
}

/* Publish the bits of each file. */
static int
elect_finish(void *self, struct span report, struct err *err)
{
	struct near_elect *x = self;
	struct buf path = { 0 };
	int rc = 0;

	for (size_t i = 0; i < x->set.n && rc == 0; i++) {
		if (x->old[i])
			continue;
		keep_path(&path, x->path[i]);
		rc = keep_file_put(path.p, elect_removals(x->elect), x->set.first[i],
		    &x->set.file[i], err);
	}
	buf_free(&path);
	return rc;
}

static const struct sink sink = {
	.write = elect_write,
	.drops = elect_drops,
	.finish = elect_finish,
};

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
	.end = elect_end,
	.remark = elect_remark,
	.open_thread = elect_open_thread,
	.close_thread = elect_close_thread,
	.sink = &sink,
};
